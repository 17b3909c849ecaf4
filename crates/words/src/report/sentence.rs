//! The headline of an incident, what happened in one sentence, and a line per cause.

use super::{between, from_to, moment};
use crate::{capitalised, cause_in, duration_with_error, elapsed};
use dualwatch_core::{
    measure::family::{Family, PerFamily},
    respond::{
        incident::{CauseSpan, Ending, Incident, Outage, Trouble},
        report::affected::{Affected, Fate},
    },
};

/// Returns the family as an adverbial where it is only one: "is down over IPv6", "is down".
const fn over(families: PerFamily<bool>) -> &'static str {
    match families {
        PerFamily { ipv4: true, ipv6: false } => " over IPv4",
        PerFamily { ipv4: false, ipv6: true } => " over IPv6",
        _ => "",
    }
}

/// Returns the headline: what is down now and since when, else what was down and for how long.
pub fn headline(name: &str, incident: &Incident) -> String {
    if let Some((families, since)) = incident.down_now() {
        // Down at the first look: nobody knows since when.
        let at_least = if since.after.is_none() { "at least " } else { "" };
        return format!("{name} has been down{} since {at_least}{}", over(families), moment(since.by));
    }
    if let Some((families, since)) = incident.unstable_now() {
        let at_least = if since.after.is_none() { "at least " } else { "" };
        return format!("{name} has been unstable{} since {at_least}{}", over(families), moment(since.by));
    }
    let over = if incident.families().iter().all(|(_, was_down)| *was_down) && !incident.is_together() {
        " over one family at a time"
    } else {
        over(incident.families())
    };
    if incident.is_open() {
        return format!("{name} comes and goes{over} since {}", moment(incident.began().by));
    }
    let was = was(incident);
    match incident.duration() {
        None => format!("{name} was {was}{over}"),
        Some(duration) if incident.flapping && was == DOWN => {
            format!("{name} was down {} times{over} within {}", incident.episodes, duration_with_error(duration))
        }
        Some(duration) => format!("{name} was {was}{over} for {}", duration_with_error(duration)),
    }
}

const DOWN: &str = crate::state::DOWN;

/// Returns what was wrong.
fn was(incident: &Incident) -> &'static str {
    let was = |trouble| incident.outages.iter().any(|outage| outage.trouble() == trouble);
    match (was(Trouble::Down), was(Trouble::Unstable)) {
        (true, true) => "down or unstable",
        (false, true) => crate::state::UNSTABLE,
        _ => DOWN,
    }
}

/// Returns in how many rounds it failed, of each family that was unstable: ", in 29 of 60 rounds".
fn rates(incident: &Incident) -> String {
    let families = incident.families();
    let rates: Vec<String> = (Family::ALL.into_iter())
        .filter_map(|family| Some((family, incident.rate(family).filter(|rate| rate.of > 0)?)))
        .map(|(family, rate)| {
            let only = families.ipv4 != families.ipv6;
            let over = if only { String::new() } else { format!(" over {family}") };
            format!("{}{over}", crate::rate(rate))
        })
        .collect();
    if rates.is_empty() { String::new() } else { format!(", in {}", rates.join(" and ")) }
}

/// Returns when what was unstable went down, the first time.
fn went_down(incident: &Incident) -> String {
    let worse = incident.outages.iter().find_map(|o| o.ended.filter(|(_, ending)| *ending == Ending::WentDown));
    worse.map_or(String::new(), |(bound, _)| format!("; it went down by {}", moment(bound.by)))
}

/// Returns what happened in one sentence.
pub fn sentence(name: &str, incident: &Incident, affected: &Affected) -> String {
    let families = incident.families();
    let began = incident.began();
    let from = match began.after {
        Some(after) => capitalised(between(after, began.by)),
        None => format!("Before {}", moment(began.by)),
    };
    let first = incident.segments().first().map_or(families, |segment| segment.families);
    let (over, named) = match first {
        PerFamily { ipv4: true, ipv6: true } => ("IPv4 and IPv6", None),
        PerFamily { ipv4: true, ipv6: false } => ("IPv4", Some(Family::Ipv4)),
        _ => ("IPv6", Some(Family::Ipv6)),
    };
    let why = why(incident, named);
    let earliest = incident.outages.iter().min_by_key(|outage| outage.began.by);
    let how = match earliest.map(Outage::trouble) {
        Some(Trouble::Unstable) => " now and then",
        _ => "",
    };
    let other = match (families, affected.single.ipv4, affected.single.ipv6) {
        (PerFamily { ipv4: false, .. }, Fate::Served { .. }, _) => ", while IPv4 was fine",
        (PerFamily { ipv6: false, .. }, _, Fate::Served { .. }) => ", while IPv6 was fine",
        _ => "",
    };
    let too = match (families, named) {
        (PerFamily { ipv4: true, ipv6: true }, Some(first)) => too(incident, first.other()),
        _ => String::new(),
    };
    let until = match (incident.ended(), incident.outages.last().and_then(|o| o.ended)) {
        (Some(_), Some((_, Ending::Withdrawn))) => "; its addresses were then taken out of the DNS".to_owned(),
        (Some(_), Some((_, Ending::RecordEnds))) => "; the record ends before it was well again".to_owned(),
        (Some(_), Some((_, Ending::HistoryLost))) => format!("; {}", crate::storage::HISTORY_LOST),
        (Some(_), Some((_, Ending::Reconfigured))) => "; then its configuration was changed".to_owned(),
        (Some(ended), _) if incident.flapping && was(incident) == DOWN => {
            format!("; it came and went {} times until {}", incident.episodes, moment(ended.by))
        }
        (Some(ended), _) => format!("; it has worked again since {}", moment(ended.by)),
        (None, _) => match incident.down_now() {
            Some((down, _)) if down != families => format!("; it is still down{}", self::over(down)),
            Some(_) => "; it is still down".to_owned(),
            None if incident.unstable_now().is_some() => "; it is still unstable".to_owned(),
            None => format!("; it has come and gone {} times, and is well for now", incident.episodes),
        },
    };
    let hidden = if affected.is_hidden && families != (PerFamily { ipv4: true, ipv6: true }) {
        "; browsers fell back to the other family, so most people did not notice"
    } else {
        ""
    };
    let (rates, worse) = (rates(incident), went_down(incident));
    format!("{from} {name} began to fail{how} over {over}{why}{rates}{other}{too}{worse}{until}{hidden}.")
}

/// Returns when the family that failed second did so.
fn too(incident: &Incident, family: Family) -> String {
    let mut outages = incident.outages.iter().filter(|o| o.family == family);
    let Some(first) = outages.next() else { return String::new() };
    let why = why(incident, Some(family));
    match outages.next_back().unwrap_or(first).ended {
        Some((ended, _)) => format!("; {family} failed too{why}, from {}", from_to(first.began.by, ended.by)),
        None => format!("; {family} failed too{why}, since {}", moment(first.began.by)),
    }
}

/// Returns the cause of most rounds, of one family or of both, in brackets.
fn why(incident: &Incident, family: Option<Family>) -> String {
    let spans = incident.causes.iter().filter(|span| family.is_none_or(|family| span.family == family));
    let main = spans.max_by_key(|span| (span.samples, std::cmp::Reverse(span.from)));
    main.map_or(String::new(), |span| format!(" ({})", cause_in(span.family, span.cause)))
}

/// Returns what the first sample of a cause showed, such as "IPv6: connection refused (`2001:db8::1`, after 12 ms), seen
/// by edge in 41 rounds".
pub fn cause_line(span: &CauseSpan) -> String {
    let exhibit = &span.exhibit;
    let mut shown = Vec::new();
    shown.extend(exhibit.address.map(|a| a.to_string()));
    shown.extend(exhibit.http_status.map(|status| format!("HTTP {status}")));
    shown.extend(exhibit.evidence.rcode.clone());
    shown.extend(exhibit.evidence.alert.map(|alert| format!("TLS alert {alert}")));
    shown.extend(exhibit.evidence.elapsed_ms.map(|ms| format!("after {}", elapsed(ms))));
    if let (Some(expected), Some(seen)) = (&exhibit.evidence.expected, &exhibit.evidence.seen) {
        shown.push(format!("expected {expected}, saw {seen}"));
    }
    if let Some(likely) = exhibit.evidence.likely {
        shown.push(format!("most likely: {}", crate::cause(likely)));
    }
    let shown = if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) };
    let rounds = if span.samples == 1 { "1 round".to_owned() } else { format!("{} rounds", span.samples) };
    let cause = cause_in(span.family, span.cause);
    format!("{}: {cause}{shown}, seen by {} in {rounds}", span.family, exhibit.vantage)
}
