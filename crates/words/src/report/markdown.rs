//! The report as Markdown: to be read, mailed, or pasted into a ticket.

use super::{between, from_to, moment};
use crate::{capitalised, exact_duration, glass, state::turns};
use dualwatch_core::{
    measure::{family::Family, sample::Confidence, time::Timestamp},
    respond::incident::{Ending, Rate},
};
use dualwatch_wire::v1::{
    IncidentReport,
    incident::{Bound, Incident, Outage, Segment},
};
use std::fmt::Write as _;

/// Returns the report of `incident` as Markdown. The same incident always gives the same text. `site` is where the pages of
/// the incident and its target are, such as `https://status.example`; `None` where there are none.
pub fn markdown(incident: &Incident, report: &IncidentReport, site: Option<&str>) -> String {
    let mut out = String::new();
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = write!(out, "\n## {title}\n\n{}\n", lines.join("\n"));
        }
    };
    let listed = |lines: Vec<String>| lines.into_iter().map(|line| format!("- {line}")).collect();
    section("When", listed(when(incident, report)));
    section("Causes, in order", causes(incident, report));
    section(
        "What changed around it",
        report.changes.iter().map(|c| format!("- {}", glass::markdown(&capitalised(c.text.clone())))).collect(),
    );
    section("Who was affected", report.affected.iter().map(|a| format!("- {}", glass::markdown(&a.text))).collect());
    section(
        "Each address of the name",
        report.addresses.iter().map(|a| format!("- {}", glass::markdown(&a.text))).collect(),
    );
    let real = report.real_clients.iter().flat_map(dualwatch_wire::v1::RealClients::texts);
    section("What real clients do then", real.map(|text| format!("- {}", glass::markdown(text))).collect());
    section("What may have been behind it", hypotheses(report));
    section("What to look at", checklist(report));
    section(
        "Similar incidents",
        report.similar.iter().map(|s| format!("- `{}` {}", s.id, glass::markdown(&s.text))).collect(),
    );
    section("How detection did", listed(detection(incident, report)));
    section("Since then", vec![glass::markdown(&report.regression.text)]);
    let (title, sentence) = (glass::markdown(&report.title), glass::markdown(&report.sentence));
    format!("# {title}\n\n{sentence}\n{}{out}", origin(incident, report, site))
}

/// Returns the line that says what was measured, and where there is more: a report is read far from its page.
fn origin(incident: &Incident, report: &IncidentReport, site: Option<&str>) -> String {
    let mut parts: Vec<String> = report.url.iter().map(|url| format!("Service: {}", linked(url))).collect();
    if let Some(site) = site {
        parts.push(format!("[this incident]({site}/incidents/{})", incident.summary.id));
        parts.push(format!("[the service's page]({site}/targets/{})", incident.target));
    }
    if parts.is_empty() { String::new() } else { format!("\n{}\n", parts.join(" · ")) }
}

/// Returns a URL as a link of its own, where it is one that a browser opens and has no sign that would end it.
fn linked(url: &str) -> String {
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '`' | '{' | '|' | '}' | '^');
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if is_web && url.chars().all(is_plain) { format!("<{url}>") } else { glass::markdown(url) }
}

/// Returns a moment with its error bar, such as "after ..., by ...".
pub fn bound(bound: Bound) -> String {
    match bound.after {
        Some(after) => between(after, bound.by),
        None => format!("by {} (it was so at the first look)", moment(bound.by)),
    }
}

/// Returns which families are down or unstable in a segment, such as "IPv6 unstable", "IPv4 down, IPv6 unstable".
pub fn troubled(segment: &Segment) -> String {
    let (unstable, down): (Vec<Family>, Vec<Family>) =
        segment.families.iter().partition(|family| segment.unstable.contains(family));
    let part = |of: Vec<Family>, what| (!of.is_empty()).then(|| format!("{} {what}", families(&of)));
    [part(down, "down"), part(unstable, "unstable")].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn families(families: &[Family]) -> String {
    families.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

/// Returns when it was, in which parts, and where nobody could see.
fn when(incident: &Incident, report: &IncidentReport) -> Vec<String> {
    let mut lines = bounds(incident, report);
    if report.segments.len() > 1 {
        for segment in &report.segments {
            let when = since(segment.began.by, segment.ended.map(|ended| ended.by));
            lines.push(format!("{} {when}", troubled(segment)));
        }
    }
    lines.extend(rates(incident));
    lines.extend(spells(incident));
    lines
}

/// Returns how much failed of what was unstable, or down and answering in between, a fragment each.
pub fn rates(incident: &Incident) -> Vec<String> {
    let unstable = incident.outages.iter().filter_map(|o| Some((o, o.unstable.or(o.between)?)));
    let line = |(o, rate): (&Outage, Rate)| {
        let when = since(o.began.by, o.ended.map(|ended| ended.by));
        format!("{} failed in {} {when}", o.family, crate::rate(rate))
    };
    unstable.filter(|(_, rate)| rate.of > 0).map(line).collect()
}

/// Returns when it began and ended, and how long it lasted: a fragment each.
pub fn bounds(incident: &Incident, report: &IncidentReport) -> Vec<String> {
    let mut lines = vec![format!("Began {}", bound(report.began))];
    match report.ended {
        Some(ended) => {
            let how = match incident.outages.last().and_then(|o| o.ending) {
                Some(Ending::Withdrawn) => " (its addresses were taken out of the DNS)",
                Some(Ending::Reconfigured) => " (its configuration was changed)",
                Some(Ending::HistoryLost) => " at the latest: its history was lost",
                Some(Ending::Recovered | Ending::WentDown | Ending::RecordEnds) | None => "",
            };
            lines.push(if incident.is_cut() {
                format!("Not over when the record ends, at {}", moment(ended.by))
            } else {
                format!("Ended {}{how}", bound(ended))
            });
        }
        None => lines.push(match report.segments.last().and_then(|last| last.ended) {
            Some(well) => format!("Not over yet: well since {}, and watched for a relapse", moment(well.by)),
            None => "Not over yet".to_owned(),
        }),
    }
    let n = incident.summary.episodes;
    match (&report.down, &report.duration) {
        (Some(down), Some(span)) if n > 1 || down != span => {
            lines.push(format!("Down for {down}{}", if n > 1 { " in all" } else { "" }));
            lines.push(format!("Lasted {span} from the first failure to the last recovery"));
        }
        (_, Some(span)) if n > 1 => lines.push(format!("Lasted {span} from the first failure to the last recovery")),
        (_, Some(span)) => lines.push(format!("Lasted {span}")),
        (_, None) => {}
    }
    lines
}

/// Returns how often it came and went, and where nobody could see: a fragment each.
pub fn spells(incident: &Incident) -> Vec<String> {
    let mut lines = Vec::new();
    let n = incident.summary.episodes;
    let turns = || capitalised(turns(n, incident.outages.iter().any(|outage| outage.ended.is_none())));
    match (incident.summary.flapping, n) {
        (true, _) => lines.push(format!("{}: it flaps", turns())),
        (false, 2..) => lines.push(turns()),
        (false, _) => {}
    }
    for blind in &incident.blind {
        lines.push(format!("Nobody could see {} {}", blind.family, since(blind.from, blind.to)));
    }
    lines
}

fn since(from: Timestamp, to: Option<Timestamp>) -> String {
    to.map_or_else(|| format!("since {}", moment(from)), |to| format!("from {}", from_to(from, to)))
}

fn causes(incident: &Incident, report: &IncidentReport) -> Vec<String> {
    let told = (report.causes.iter().enumerate()).map(|(i, cause)| {
        let span = if cause.summary.from == cause.summary.to {
            moment(cause.summary.from)
        } else {
            from_to(cause.summary.from, cause.summary.to)
        };
        format!("{}. {span}: `{}` {}", i + 1, cause.summary.cause, glass::markdown(&cause.text))
    });
    let omitted =
        Some(incident.causes_omitted).filter(|n| *n > 0).map(|n| format!("\n{n} more in between are left out."));
    told.chain(omitted).collect()
}

fn hypotheses(report: &IncidentReport) -> Vec<String> {
    let mut lines = Vec::new();
    for (i, hypothesis) in report.hypotheses.iter().enumerate() {
        let sure = likelihood(hypothesis.confidence);
        let text = glass::markdown(&capitalised(hypothesis.text.clone()));
        lines.push(format!("{}. **{text}** ({sure})", i + 1));
        lines.extend(hypothesis.arguments_for.iter().map(|a| format!("   - for: {}", glass::markdown(a))));
        lines.extend(hypothesis.arguments_against.iter().map(|a| format!("   - against: {}", glass::markdown(a))));
    }
    lines
}

fn checklist(report: &IncidentReport) -> Vec<String> {
    let mut lines = Vec::new();
    for list in &report.checklist {
        lines.push(format!("For `{}`:", list.cause));
        lines.push(String::new());
        lines.extend(list.answered.iter().map(|answer| format!("- [x] {answer}")));
        lines.extend(list.items.iter().map(|item| format!("- [ ] {item}")));
        lines.push(String::new());
    }
    lines.pop();
    lines
}

/// Returns how sure a hypothesis is.
pub const fn likelihood(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "likely",
        Confidence::Medium => "possible",
        Confidence::Low => "unlikely, but not ruled out",
    }
}

/// Returns how detection itself did, a fragment each.
pub fn detection(incident: &Incident, report: &IncidentReport) -> Vec<String> {
    let d = &report.detection;
    let mut lines = vec![match d.detected_within_s {
        Some(within) => format!("Seen at most {} after it began", exact_duration(within.ms())),
        None => "It had begun before anybody looked".to_owned(),
    }];
    lines.push(format!("Confirmed {} after it was first seen", exact_duration(d.confirmed_after_s.ms())));
    if let Some(within) = d.recovery_within_s {
        lines.push(format!("Recovery seen at most {} after it happened", exact_duration(within.ms())));
    }
    match [d.blind_s.ipv4.ms(), d.blind_s.ipv6.ms()] {
        _ if incident.blind.is_empty() => {}
        // What both did not see at the same time is not to be added up.
        [ipv4, ipv6] if ipv4 > 0 && ipv6 > 0 => {
            let (ipv4, ipv6) = (exact_duration(ipv4), exact_duration(ipv6));
            lines.push(format!("Blind for {ipv4} over IPv4 and for {ipv6} over IPv6 while it was down"));
        }
        [ipv4, ipv6] => {
            let spells = if d.n_blind == 1 { "one spell".to_owned() } else { format!("{} spells", d.n_blind) };
            lines.push(format!("Blind for {} in {spells} while it was down", exact_duration(ipv4.max(ipv6))));
        }
    }
    lines
}
