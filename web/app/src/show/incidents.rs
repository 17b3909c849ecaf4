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
    respond::incident::outline::DurationMs,
};
use dualwatch_wire::v1::{
    PageIncident,
    incident::{Bound, Segment},
};
use dualwatch_words as words;

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
pub fn incidents(all: &[PageIncident], now: Timestamp) -> Incidents {
    let (open, over): (Vec<&PageIncident>, Vec<&PageIncident>) = all.iter().partition(|i| i.open);
    let n_more = open.len().saturating_sub(AT_MOST) + over.len().saturating_sub(AT_MOST);
    Incidents {
        open: open.into_iter().take(AT_MOST).map(|i| self::open(i, now)).collect(),
        over: over.into_iter().take(AT_MOST).map(|i| self::over(i, now)).collect(),
        note: match (all.len(), n_more) {
            (0, _) => "None now, and none within the last day. ".to_owned(),
            (_, 0) => String::new(),
            (_, 1) => "1 more is not listed here. ".to_owned(),
            (_, n) => format!("{n} more are not listed here. "),
        },
    }
}

/// Returns one that lasts.
pub fn open(incident: &PageIncident, now: Timestamp) -> Open {
    let since = incident.began().map(|began| {
        let least = if began.after.is_none() { "at least " } else { "" };
        format!("Began {}, {least}{} ago.", moment_between(began, now), phrases::age(now.ms_since(began.by)))
    });
    let mut lines = Vec::new();
    lines.extend(parts(&incident.segments, now));
    lines.extend(causes(incident));
    lines.extend(rates(incident));
    lines.extend(flapping(incident));
    Open {
        id: incident.id.clone(),
        headline: headline(incident),
        since: since.unwrap_or_default(),
        lines,
        timeline: timeline::timeline(incident, now),
    }
}

/// Returns one that is over.
pub fn over(incident: &PageIncident, now: Timestamp) -> Over {
    let ended = incident.ended().map(|ended| format!("until {} UTC", clock(ended.by, now)));
    let causes = causes(incident).into_iter().chain(rates(incident));
    Over {
        id: incident.id.clone(),
        headline: headline(incident),
        detail: ended.into_iter().chain(causes).collect::<Vec<_>>().join(" · "),
    }
}

/// Returns what is the case in one sentence without a full stop, such as "Service is down over IPv6".
pub fn headline(incident: &PageIncident) -> String {
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
    let (name, over) = (&incident.name, only.map_or_else(String::new, |family| format!(" over {family}")));
    // Down counts more than unstable, now and of all there was.
    let is_mild = |s: &Segment| s.families.iter().all(|family| s.unstable.contains(family));
    let n_mild = incident.segments.iter().filter(|s| is_mild(s)).count();
    if !incident.open {
        return match duration(incident) {
            Some(lasted) if n_mild == incident.segments.len() => format!("{name} was unstable{over} for {lasted}"),
            Some(lasted) if n_mild > 0 => format!("{name} was down or unstable{over} for {lasted}"),
            Some(lasted) if incident.flapping => {
                format!("{name} was down {} times{over} within {lasted}", incident.episodes)
            }
            Some(lasted) => format!("{name} was down{over} for {lasted}"),
            None => format!("{name} was down{over}"),
        };
    }
    match (now_down, incident.flapping) {
        (Some(now), _) if is_mild(now) => format!("{name} is unstable{over}"),
        (Some(_), _) => format!("{name} is down{over}"),
        (None, true) => format!("{name} comes and goes{over}"),
        (None, false) => format!("{name} answers again{over}, and is being watched"),
    }
}

/// Returns how long it lasted with its error bar; `None` while it lasts.
pub fn duration(incident: &PageIncident) -> Option<String> {
    let (began, ended) = (incident.began()?, incident.ended()?);
    let min = ended.after.unwrap_or(ended.by).ms_since(began.by).max(0);
    let max = began.after.map(|after| ended.by.ms_since(after).max(0));
    Some(words::duration_with_error(DurationMs { min, max }))
}

/// Returns when which families were down, where that changed: "IPv6 from 14:02:00, IPv4 and IPv6 from 14:10:00 UTC".
fn parts(segments: &[Segment], now: Timestamp) -> Option<String> {
    /// The newest are told; the page of the incident has them all.
    const AT_MOST: usize = 4;
    if segments.len() < 2 {
        return None;
    }
    let told = &segments[segments.len().saturating_sub(AT_MOST)..];
    let parts = told.iter().map(|s| {
        let until = s.ended.filter(|_| is_followed_by_a_gap(s, segments)).map(|e| format!(" to {}", clock(e.by, now)));
        format!("{} from {}{}", troubled(s), clock(s.began.by, now), until.unwrap_or_default())
    });
    let earlier = match (told.len() < segments.len(), segments.iter().any(|s| !s.unstable.is_empty())) {
        (true, true) => "Lately",
        (false, true) => "In order",
        (true, false) => "Lately down",
        (false, false) => "Down",
    };
    Some(format!("{earlier}: {} UTC.", parts.collect::<Vec<_>>().join(", ")))
}

fn is_followed_by_a_gap(segment: &Segment, segments: &[Segment]) -> bool {
    segment.ended.is_some_and(|ended| !segments.iter().any(|next| next.began.by == ended.by))
}

/// Returns which families are down in a segment; of what is unstable that it is.
pub fn troubled(segment: &Segment) -> String {
    if segment.unstable.is_empty() { families(&segment.families) } else { words::report::troubled(segment) }
}

fn families(families: &[Family]) -> String {
    match families {
        [only] => only.to_string(),
        _ => "IPv4 and IPv6".to_owned(),
    }
}

/// Returns the causes in the order in which they were seen.
fn causes(incident: &PageIncident) -> Option<String> {
    let told = incident.causes.iter().map(|c| format!("{}: {}", c.family, words::cause_in(c.family, c.cause)));
    (!incident.causes.is_empty()).then(|| told.collect::<Vec<_>>().join("; "))
}

/// Returns how much failed of what was unstable: "IPv6: 29 of 60 rounds failed".
fn rates(incident: &PageIncident) -> Option<String> {
    let told: Vec<String> =
        incident.unstable.iter().map(|r| format!("{}: {} of {} rounds failed", r.family, r.failed, r.of)).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn flapping(incident: &PageIncident) -> Option<String> {
    let n = incident.episodes;
    match (incident.flapping, n) {
        (true, _) => Some(format!("It flaps: it came and went {n} times, so not every turn is announced.")),
        (false, 2..) => Some(format!("It came back: this is the {n} time.", n = ordinal(n))),
        _ => None,
    }
}

fn ordinal(n: u32) -> String {
    match n {
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        _ => format!("{n}th"),
    }
}

/// Returns a moment with its error bar: "between 14:01:00 and 14:02:00 UTC".
pub fn moment_between(bound: Bound, now: Timestamp) -> String {
    let by = clock(bound.by, now);
    match bound.after {
        None => format!("before {by} UTC, when it was first looked at"),
        Some(after) if bound.by.ms_since(after) < SECOND => format!("at {by} UTC"),
        Some(after) => format!("between {} and {by} UTC", clock(after, now)),
    }
}

/// Returns the time of day, with its date where that is more than a day ago.
fn clock(t: Timestamp, now: Timestamp) -> String {
    let time = phrases::hms(t);
    if now.ms_since(t) < DAY { time } else { format!("{} {time}", phrases::date(t)) }
}

#[cfg(test)]
mod tests;
