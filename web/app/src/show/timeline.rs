//! The timeline of an incident as shapes: a row per family, filled while it was down, half while unstable, hatched where nobody could see.
//!
//! The shapes are SVG paths in a box of [`WIDTH`] by [`HEIGHT`] that is stretched to the width there is. A slope is the
//! error bar of a moment: it lies somewhere under it.

use dualwatch_core::measure::{family::Family, time::Timestamp};
use dualwatch_wire::v1::{
    PageIncident,
    incident::{Blind, Bound},
};
use dualwatch_words::{
    pages::{Drawn, Told},
    self_test::phrases::Whole,
};
use std::fmt::Write;

pub const WIDTH: i64 = 1_000;
pub const HEIGHT: i64 = 16;
/// What is shorter is drawn so long, so that nothing is too short to be seen.
const MIN_LENGTH: i64 = 6;
/// From one stroke of the hatching to the next.
const HATCH: i64 = 12;
/// The part of the box before the beginning (and after the end) that shows that it was not down then.
const LEAD: i64 = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    pub from: Timestamp,
    pub to: Timestamp,
    /// IPv4, IPv6.
    pub rows: [Row; 2],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub family: Family,
    pub words: String,
    /// Paths; empty where there is nothing to draw.
    pub down: String,
    pub blind: String,
}

/// Returns the timeline up to `now`, or up to the end where it is over.
pub fn timeline(incident: &PageIncident, now: Timestamp, w: &dyn Whole) -> Timeline {
    let began = incident.began();
    let first = began.map_or(now, |began| began.after.unwrap_or(began.by));
    let last = incident.ended().map_or(now, |ended| ended.by);
    let lead = (last.ms_since(first) / LEAD).max(1);
    let to = if incident.ended().is_some() { last + lead } else { last };
    // Before the first look it is not known to have been well.
    let is_known_before = began.is_some_and(|began| began.after.is_some());
    let scale = Scale { from: if is_known_before { first - lead } else { first }, to };
    Timeline { from: scale.from, to, rows: Family::ALL.map(|family| row(incident, family, scale, w)) }
}

fn row(incident: &PageIncident, family: Family, scale: Scale, w: &dyn Whole) -> Row {
    let outages = outages(incident, family);
    let blind: Vec<&Blind> = incident.blind.iter().filter(|b| b.family == family).collect();
    let is_mild = outages.iter().all(|outage| outage.is_mild);
    let lasts = outages.iter().any(|outage| outage.ended.is_none());
    let drawn = match (outages.is_empty(), is_mild, lasts) {
        (true, ..) => Drawn::NoOutage,
        (false, true, true) => Drawn::Unstable,
        (false, true, false) => Drawn::WasUnstable,
        (false, false, true) => Drawn::Down,
        (false, false, false) => Drawn::WasDown,
    };
    let words = w.tell(Told::Drawn(drawn, blind.is_empty()));
    Row {
        family,
        words,
        down: outages.iter().fold(String::new(), |path, outage| path + &scale.slab(outage)),
        blind: blind.iter().fold(String::new(), |path, blind| path + &scale.hatching(blind)),
    }
}

/// A family down, or unstable: that is mild.
struct Outage {
    is_mild: bool,
    began: Bound,
    ended: Option<Bound>,
}

/// Returns from when to when the family was down: segments of it that follow one another are one outage.
fn outages(incident: &PageIncident, family: Family) -> Vec<Outage> {
    let mut outages: Vec<Outage> = Vec::new();
    for segment in incident.segments.iter().filter(|s| s.families.contains(&family)) {
        let is_mild = segment.unstable.contains(&family);
        match outages.last_mut() {
            Some(last) if last.is_mild == is_mild && last.ended.is_some_and(|ended| ended.by == segment.began.by) => {
                last.ended = segment.ended;
            }
            _ => outages.push(Outage { is_mild, began: segment.began, ended: segment.ended }),
        }
    }
    outages
}

#[derive(Clone, Copy)]
struct Scale {
    from: Timestamp,
    to: Timestamp,
}

impl Scale {
    fn x(self, t: Timestamp) -> i64 {
        let whole = self.to.ms_since(self.from).max(1);
        (t.ms_since(self.from).saturating_mul(WIDTH) / whole).clamp(0, WIDTH)
    }

    /// Up from the last good moment to the first bad one, and down again.
    fn slab(self, Outage { is_mild, began, ended }: &Outage) -> String {
        let y = if *is_mild { HEIGHT / 2 } else { 0 };
        let rises = self.x(began.after.unwrap_or(began.by));
        let top = self.x(began.by).max(rises);
        let (falls, bottom) = match ended {
            Some(ended) => (self.x(ended.after.unwrap_or(ended.by)).max(top), self.x(ended.by)),
            None => (WIDTH, WIDTH),
        };
        let bottom = bottom.max(falls).max(rises + MIN_LENGTH);
        format!("M{rises} {HEIGHT}L{top} {y}H{falls}L{bottom} {HEIGHT}Z")
    }

    fn hatching(self, blind: &Blind) -> String {
        let from = self.x(blind.from);
        let to = blind.to.map_or(WIDTH, |to| self.x(to)).max(from + MIN_LENGTH);
        let mut path = format!("M{from} 0H{to}V{HEIGHT}H{from}Z");
        let mut x = from;
        while x + HATCH <= to {
            let _ = write!(path, "M{x} {HEIGHT}l{HATCH}-{HEIGHT}");
            x += HATCH;
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NOW, en, incident};
    use dualwatch_core::measure::time::MINUTE;

    /// What stands on the two rows for these outages: `family`, minutes ago it began and ended (0: it lasts).
    fn check(outages: &[(Family, i64, i64)], expected: [(&str, &str); 2]) {
        let drawn = timeline(&incident("Api", outages), NOW, en());
        let seen = drawn.rows.each_ref().map(|row| (&*row.words, row.down.as_str()));
        assert_eq!(seen, expected, "{outages:?}");
    }

    #[test]
    fn what_is_down_is_a_slab_with_slopes_for_what_is_not_known() {
        // From 19 minutes ago (last good: 20) to now; a twentieth lies before it.
        check(&[(Family::Ipv6, 19, 0)], [("no outage seen", ""), ("down", "M47 16L95 0H1000L1000 16Z")]);
        check(
            &[(Family::Ipv6, 19, 10), (Family::Ipv4, 15, 12)],
            [("was down", "M409 16L500 0H681L772 16Z"), ("was down", "M45 16L136 0H863L954 16Z")],
        );
    }

    #[test]
    fn nothing_is_drawn_from_before_the_first_look() {
        let mut incident = incident("Api", &[(Family::Ipv6, 19, 0)]);
        incident.segments[0].began.after = None;
        assert_eq!(timeline(&incident, NOW, en()).rows[1].down, "M0 16L0 0H1000L1000 16Z");
    }

    #[test]
    fn nothing_is_too_short_to_be_seen() {
        let drawn = timeline(&incident("Api", &[(Family::Ipv4, 100_000, 0), (Family::Ipv6, 5_000, 4_999)]), NOW, en());
        assert_eq!(drawn.rows[1].down, "M952 16L952 0H952L958 16Z");
    }

    #[test]
    fn where_nobody_could_see_it_is_hatched() {
        let mut incident = incident("Api", &[(Family::Ipv6, 19, 0)]);
        let blind = |from: i64, to: Option<i64>| Blind {
            family: Family::Ipv6,
            from: NOW - from * MINUTE,
            to: to.map(|to| NOW - to * MINUTE),
        };
        incident.blind = vec![blind(10, Some(9)), blind(1, None)];
        let drawn = timeline(&incident, NOW, en());
        assert_eq!(drawn.rows[1].words, "down, at times not seen");
        assert_eq!(
            drawn.rows[1].blind,
            "M523 0H571V16H523ZM523 16l12-16M535 16l12-16M547 16l12-16M559 16l12-16\
             M952 0H1000V16H952ZM952 16l12-16M964 16l12-16M976 16l12-16M988 16l12-16"
        );
        assert_eq!(drawn.rows[0].blind, "");
    }
}
