//! The incidents of the status page, in words: what is going on now, and what was over within the last day.

use crate::show::{
    phrases,
    timeline::{self, Timeline},
};
use dualwatch_core::{
    measure::{
        family::Family,
        time::{DAY, SECOND, Timestamp},
    },
    respond::incident::{self, lasted::Lasted, outline::DurationMs},
};
use dualwatch_wire::v1::{
    PageIncident,
    incident::{Bound, Segment},
    page::PageRate,
};
use dualwatch_words::{
    pages::{Over as Across, Told},
    self_test::phrases::Whole,
    status::{Caption, Said},
};

/// More are left to the list of all incidents.
const AT_MOST: usize = 12;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incidents {
    pub open: Vec<Open>,
    pub over: Vec<Over>,
    /// That there are none, or how many are left out; ends with a space where there is one.
    pub note: String,
}

/// One that is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    pub id: String,
    pub headline: String,
    /// Since when, with its error bar, and how long so far.
    pub since: String,
    /// Further sentences: its parts, its causes, whether it flaps.
    pub lines: Vec<String>,
    pub timeline: Timeline,
}

/// One that is over, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    pub id: String,
    pub headline: String,
    pub detail: String,
}

/// Returns what is shown at `now`.
pub fn incidents(all: &[PageIncident], now: Timestamp, w: &dyn Whole) -> Incidents {
    let (open, over): (Vec<&PageIncident>, Vec<&PageIncident>) = all.iter().partition(|i| i.open);
    let n_more = open.len().saturating_sub(AT_MOST) + over.len().saturating_sub(AT_MOST);
    Incidents {
        open: open.into_iter().take(AT_MOST).map(|i| self::open(i, now, w)).collect(),
        over: over.into_iter().take(AT_MOST).map(|i| self::over(i, now, w)).collect(),
        note: match (all.len(), n_more) {
            (0, _) => w.caption(Caption::NoIncidents).to_owned(),
            (_, 0) => String::new(),
            (_, n) => w.tell(Told::MoreNotListed(n)),
        },
    }
}

/// Returns one that lasts.
pub fn open(incident: &PageIncident, now: Timestamp, w: &dyn Whole) -> Open {
    let since = incident.began().map(|began| {
        let (when, ago) = (moment_between(began, now, w), w.length(now.ms_since(began.by)));
        let again = again(incident, now);
        let again = again.as_ref().map(|(is_mild, since)| (*is_mild, since.as_str()));
        w.say(Said::Began { when: &when, ago: &ago, is_least: began.after.is_none(), again })
    });
    let mut lines = Vec::new();
    lines.extend(parts(&incident.segments, now, w));
    lines.extend(causes(incident, w));
    lines.extend(rates(incident, w));
    lines.extend(flapping(incident, w));
    Open {
        id: incident.id.clone(),
        headline: headline(incident, w),
        since: since.unwrap_or_default(),
        lines,
        timeline: timeline::timeline(incident, now, w),
    }
}

/// Says since when it is so again, where it was well in between.
fn again(incident: &PageIncident, now: Timestamp) -> Option<(bool, String)> {
    let (is_mild, by) = current(&incident.segments).filter(|_| incident.episodes > 1)?;
    Some((is_mild, clock(by, now)))
}

/// Returns whether what lasts is only unstable, and since when all that is so now has been so.
fn current(segments: &[Segment]) -> Option<(bool, Timestamp)> {
    let last = segments.last().filter(|last| last.ended.is_none())?;
    let mut began = last.began.by;
    for earlier in segments.iter().rev().skip(1) {
        let is_same = last.families.iter().all(|f| earlier.families.contains(f)) && is_mild(earlier) == is_mild(last);
        if !is_same || earlier.ended.is_none_or(|ended| ended.by != began) {
            break;
        }
        began = earlier.began.by;
    }
    Some((is_mild(last), began))
}

fn is_mild(segment: &Segment) -> bool {
    segment.families.iter().all(|family| segment.unstable.contains(family))
}

/// Returns one that is over.
pub fn over(incident: &PageIncident, now: Timestamp, w: &dyn Whole) -> Over {
    let ended = incident.ended().map(|ended| {
        let at = &*clock(ended.by, now);
        w.tell(if incident.is_cut { Told::CutAt(at) } else { Told::OverAt(at) })
    });
    let causes = causes(incident, w).into_iter().chain(rates(incident, w));
    Over {
        id: incident.id.clone(),
        headline: headline(incident, w),
        detail: ended.into_iter().chain(causes).collect::<Vec<_>>().join(" · "),
    }
}

/// Returns what is the case in one sentence without a full stop, such as "Service is down over IPv6".
pub fn headline(incident: &PageIncident, w: &dyn Whole) -> String {
    let now_down = incident.segments.last().filter(|s| s.ended.is_none());
    let was_down = |family| incident.segments.iter().any(|s| s.families.contains(&family));
    let only = match now_down.map(|s| &s.families[..]) {
        Some([only]) => Some(*only),
        Some(_) => None,
        None => match Family::ALL.map(was_down) {
            [true, false] => Some(Family::Ipv4),
            [false, true] => Some(Family::Ipv6),
            _ => None,
        },
    };
    let is_apart = now_down.is_none() && incident.segments.iter().all(|s| s.families.len() == 1);
    let name = &incident.name;
    if !incident.open {
        let over = match only {
            Some(family) => Across::Only(family),
            None if is_apart => Across::OneAtATime,
            None => Across::All,
        };
        return w.was(name, over, lasted(incident).as_ref());
    }
    // Of what is not over and yet well just now, families that took turns are told as none.
    let over = only;
    w.say(match (now_down, incident.flapping) {
        (Some(now), _) if is_mild(now) => Said::IsUnstable { name, over },
        (Some(_), _) => Said::IsDown { name, over },
        (None, true) => Said::ComesAndGoes { name, over },
        (None, false) => Said::AnswersAgain { name, over },
    })
}

/// Returns how long it lasted; `None` while it lasts.
fn lasted(incident: &PageIncident) -> Option<Lasted> {
    let core = |b: Bound| incident::Bound { after: b.after, by: b.by };
    let span = DurationMs::between(core(incident.began()?), core(incident.ended()?));
    let span = DurationMs { max: span.max.filter(|_| !incident.is_cut), ..span };
    let down = incident.down_s.map(Into::into);
    Some(Lasted { down, troubled: incident.troubled_s?.into(), span, turns: incident.episodes })
}

/// Returns when which families were down, where that changed: "IPv6 from 14:02:00, IPv4 and IPv6 from 14:10:00 UTC".
fn parts(segments: &[Segment], now: Timestamp, w: &dyn Whole) -> Option<String> {
    /// The newest are told; the page of the incident has them all.
    const AT_MOST: usize = 4;
    if segments.len() < 2 {
        return None;
    }
    let told = &segments[segments.len().saturating_sub(AT_MOST)..];
    let part = |s: &Segment| {
        let until = s.ended.filter(|_| is_followed_by_a_gap(s, segments)).map(|ended| clock(ended.by, now));
        w.tell(Told::Part { what: &troubled(s, w), from: &clock(s.began.by, now), to: until.as_deref() })
    };
    let parts = told.iter().map(part).collect::<Vec<_>>().join(", ");
    let has_unstable = segments.iter().any(|s| !s.unstable.is_empty());
    Some(w.tell(Told::Parts { has_earlier: told.len() < segments.len(), has_unstable, parts: &parts }))
}

fn is_followed_by_a_gap(segment: &Segment, segments: &[Segment]) -> bool {
    segment.ended.is_some_and(|ended| !segments.iter().any(|next| next.began.by == ended.by))
}

/// Returns which families are down in a segment; of what is unstable that it is.
pub fn troubled(segment: &Segment, w: &dyn Whole) -> String {
    let (unstable, down): (Vec<Family>, Vec<Family>) =
        segment.families.iter().partition(|family| segment.unstable.contains(family));
    match (&down[..], &unstable[..]) {
        (down, []) => w.tell(Told::Families(down)),
        ([], unstable) => w.tell(Told::UnstableOver(unstable)),
        (down, unstable) => [w.tell(Told::DownOver(down)), w.tell(Told::UnstableOver(unstable))].join(", "),
    }
}

/// Returns the causes in the order in which they were seen.
fn causes(incident: &PageIncident, w: &dyn Whole) -> Option<String> {
    let told = incident.causes.iter().map(|c| w.pair(&c.family.to_string(), &phrases::cause_in(c.family, c.cause, w)));
    (!incident.causes.is_empty()).then(|| told.collect::<Vec<_>>().join("; "))
}

/// Returns how much failed of what was unstable: "IPv6: 29 of 60 rounds failed".
fn rates(incident: &PageIncident, w: &dyn Whole) -> Option<String> {
    let rate = |r: &PageRate| w.tell(Told::Failed { family: r.family, failed: r.failed, of: r.of });
    let told: Vec<String> = incident.unstable.iter().map(rate).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn flapping(incident: &PageIncident, w: &dyn Whole) -> Option<String> {
    match (incident.flapping, incident.episodes) {
        (true, n) => Some(w.tell(Told::Flaps { n, lasts: current(&incident.segments).is_some() })),
        (false, n @ 2..) => Some(w.tell(Told::Again(n))),
        _ => None,
    }
}

/// Returns a moment with its error bar: "between 14:01:00 and 14:02:00 UTC".
pub fn moment_between(bound: Bound, now: Timestamp, w: &dyn Whole) -> String {
    let by = &*clock(bound.by, now);
    w.say(match bound.after {
        None => Said::BeforeFirstLook(by),
        Some(after) if bound.by.ms_since(after) < SECOND => Said::At(by),
        Some(after) => return w.say(Said::Between { after: &clock(after, now), by }),
    })
}

/// Returns the time of day, with its date where that is more than a day ago.
fn clock(t: Timestamp, now: Timestamp) -> String {
    let time = phrases::hms(t);
    if now.ms_since(t) < DAY { time } else { format!("{} {time}", phrases::date(t)) }
}

#[cfg(test)]
mod tests;
