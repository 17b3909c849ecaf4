//! An analysis as text: each site with its incidents and findings, then what concerns all of them.

use super::past::Past;
use dualwatch_core::measure::{
    text::visible,
    time::{SECOND, Timestamp},
};
use dualwatch_core::{
    remember::spell::Track,
    respond::incident::{self, Ending},
};
use dualwatch_import::{Analysis, Code, Finding, History, Incident, Nature, read::Window};
use dualwatch_replay::TargetReplay;
use dualwatch_wire::{time, upptime::Status};
use dualwatch_words::{
    cause_in, exact_duration, known_for, percent,
    report::{from_to, headline, moment},
};
use std::io::{Result, Write};

/// A site that failed every night has hundreds; the newest tell enough, and `--json` has all.
const MAX_INCIDENTS: usize = 20;

/// Characters of a line of explanation.
const WIDTH: usize = 112;

pub fn analysis(out: &mut impl Write, analysis: &Analysis, past: &Past) -> Result<()> {
    let sites = analysis.targets.iter().enumerate().map(|(n, history)| (history, past.site(n)));
    let (loud, quiet): (Vec<_>, Vec<_>) =
        sites.partition(|(history, _)| !history.incidents.is_empty() || !history.findings.is_empty());
    for (history, site) in loud {
        target(out, history, site)?;
    }
    let quiet = quiet.into_iter().map(|(history, _)| history);
    let (never_recorded, quiet): (Vec<_>, Vec<_>) = quiet.partition(|history| history.versions.is_empty());
    names(out, "Up in every record", &quiet)?;
    names(out, "Without any record", &never_recorded)?;
    windows(out, &analysis.windows)?;
    overall(out, &analysis.findings)?;
    summary(out, analysis, past)
}

/// Writes one line, whatever the repository says in it: a name or a title of several would be lines of ours to who reads it.
fn put(out: &mut impl Write, line: &str) -> Result<()> {
    writeln!(out, "{}", visible(line))
}

fn target(out: &mut impl Write, history: &History, site: Option<&TargetReplay>) -> Result<()> {
    put(out, &format!("{} ({})", history.name, history.slug))?;
    put(out, &format!("  {}{}", history.url, observed(history, site)))?;
    let lines = lines(history, site);
    let n_hidden = lines.len().saturating_sub(MAX_INCIDENTS);
    if n_hidden > 0 {
        writeln!(out, "    {} (--json lists them)", count(n_hidden, "earlier incident"))?;
    }
    for line in &lines[n_hidden..] {
        put(out, &format!("    {line}"))?;
    }
    findings(out, &history.findings)?;
    writeln!(out)
}

/// Returns what happened in the order of time: the incidents, and beside them what is none.
fn lines(history: &History, site: Option<&TargetReplay>) -> Vec<String> {
    let incidents = site.map_or(&[][..], |site| &site.incidents);
    let at = |incident| {
        let place =
            site.map(|site| site.place_of(incident)).filter(|place| site.is_some_and(|site| *place != site.url));
        place.map_or_else(String::new, |place| format!(" (measured at {place})"))
    };
    let left_at = |incident| site.and_then(|site| site.left_at(incident));
    let told = incidents
        .iter()
        .map(|incident| (incident.began().by, outage(history, incident, left_at(incident)) + &at(incident)));
    // What was never seen up is explained below, and is no outage.
    let others = history.incidents.iter().filter(|spell| match spell.nature {
        Nature::NeverUp => false,
        Nature::Outage => spell.status == Status::Degraded,
        Nature::CertificateWarning | Nature::MeasurementError => true,
    });
    let mut lines: Vec<_> = told.chain(others.map(|spell| (spell.began, line(history, spell)))).collect();
    lines.sort_by_key(|(began, _)| *began);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// Returns from when to when there are records.
pub fn span(analysis: &Analysis) -> Option<(Timestamp, Timestamp)> {
    let firsts = analysis.targets.iter().filter_map(History::first_at);
    firsts.min().zip(analysis.targets.iter().filter_map(History::last_at).max())
}

/// Returns ` · IPv4 · 640 records from … to … UTC · up 99.98 %`.
fn observed(history: &History, site: Option<&TargetReplay>) -> String {
    let (Some(first), Some(last)) = (history.first_at(), history.last_at()) else {
        return " · no records".to_owned();
    };
    let n = count(history.versions.len(), "record");
    let between =
        if first == last { format!("of {}", moment(first)) } else { format!("from {}", from_to(first, last)) };
    let up = site.filter(|_| history.was_ever_up() && first != last).map_or_else(String::new, |site| {
        let times = site.times(Track::from(history.measured.family));
        let (known_ms, length_ms) = (times.known_ms().cast_signed(), site.window.length_ms().cast_signed());
        let hardly = known_for(known_ms, length_ms).map_or_else(String::new, |known| format!(" · {known}"));
        let up = times.ratio().map_or_else(String::new, |up| format!(" · up {} of the time observed", percent(up)));
        let down = match times.down_ms.cast_signed() {
            0 => String::new(),
            down_ms => format!(", down {}", exact_duration(down_ms)),
        };
        format!("{hardly}{up}{down}")
    });
    format!(" · {} · {n} {between}{up}", history.measured.family)
}

/// Returns the line of an incident: when, and what a running instance says of it. Its URL was measured until `left_at`.
fn outage(history: &History, incident: &incident::Incident, left_at: Option<Timestamp>) -> String {
    let began = incident.began();
    let is_over = incident.outages.iter().all(|o| matches!(o.ended, Some((_, ending)) if ending != Ending::RecordEnds));
    let ended = incident.ended().filter(|_| is_over).map(|ended| ended.by);
    let when = when(history, began.by, began.after.is_none(), ended, left_at);
    let why =
        incident.causes.first().map_or_else(String::new, |span| format!(": {}", cause_in(span.family, span.cause)));
    let code =
        incident.causes.first().and_then(|span| span.exhibit.http_status).map_or_else(String::new, |s| format!(" {s}"));
    format!("{when}  {}{why}{code}", headline(&history.name, incident))
}

fn line(history: &History, incident: &Incident) -> String {
    let when = when(history, incident.began, incident.opens_history, incident.ended, None);
    let lasted = incident.ended.map(|ended| format!("  {}", exact_duration(ended.ms_since(incident.began))));
    let lasted = lasted.unwrap_or_default();
    let status = match (incident.status, incident.code) {
        (Status::Degraded, _) => "degraded".to_owned(),
        (_, Some(0)) => "down, no HTTP answer".to_owned(),
        (status, Some(code)) => format!("{}, code {code}", status.code()),
        (status, None) => format!("{}, no code", status.code()),
    };
    let nature = match incident.nature {
        Nature::Outage | Nature::NeverUp => "",
        Nature::CertificateWarning => " (its certificate was about to expire)",
        Nature::MeasurementError => " (the measurement failed)",
    };
    format!("{when}{lasted}  {status}{nature}")
}

/// Returns from when to when something was, as far as the records of its URL tell, which end before `left_at`.
fn when(
    history: &History,
    began: Timestamp,
    is_perhaps_older: bool,
    ended: Option<Timestamp>,
    left_at: Option<Timestamp>,
) -> String {
    match (ended, is_perhaps_older) {
        (Some(ended), false) => format!("{} → {} UTC", seconds(began), until(began, ended)),
        (Some(ended), true) => format!("{} (and perhaps before) → {}", moment(began), moment(ended)),
        (None, _) => {
            let before = if is_perhaps_older { " (and perhaps before)" } else { "" };
            let of_it = history.versions.iter().map(|version| version.record.at);
            let last = of_it.filter(|at| left_at.is_none_or(|left| *at < left)).max();
            let last = last.map_or_else(String::new, moment);
            let whose = if left_at.is_some() { "the last record of its URL" } else { "its last record" };
            format!("{}{before} → not over in {whose}, of {last}", moment(began))
        }
    }
}

fn findings(out: &mut impl Write, findings: &[Finding]) -> Result<()> {
    let mut explained: Option<Code> = None;
    for finding in findings {
        if explained != Some(finding.code) {
            writeln!(out, "  ! {} [{}]", finding.code.explanation(), finding.code.as_str())?;
            explained = Some(finding.code);
        }
        for line in wrapped(&visible(&finding.detail)) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

/// Breaks a text into lines at its spaces.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn names(out: &mut impl Write, what: &str, histories: &[&History]) -> Result<()> {
    if histories.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = histories.iter().map(|history| history.name.as_str()).collect();
    put(out, &format!("{what}: {}", names.join(", ")))?;
    writeln!(out)
}

fn windows(out: &mut impl Write, windows: &[Window]) -> Result<()> {
    for window in windows {
        let targets: Vec<&str> = window.targets.iter().map(|(slug, _)| slug.as_str()).collect();
        let (from, to) = (seconds(window.start), until(window.start, window.end));
        put(out, &format!("Maintenance {from} → {to} UTC, `{}`: {}", window.title, targets.join(", ")))?;
        writeln!(out)?;
    }
    Ok(())
}

fn overall(out: &mut impl Write, list: &[Finding]) -> Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    writeln!(out, "All sites together")?;
    findings(out, list)?;
    writeln!(out)
}

fn summary(out: &mut impl Write, analysis: &Analysis, past: &Past) -> Result<()> {
    let sum = |nature: Nature| {
        analysis.targets.iter().flat_map(|history| &history.incidents).filter(|i| i.nature == nature).count()
    };
    let n_versions: usize = analysis.targets.iter().map(|history| history.versions.len()).sum();
    let n_outages: usize = past.incidents().map(|incident| incident.episodes as usize).sum();
    let n_incidents = past.incidents().count();
    let outages = count(n_outages, "outage");
    let outages =
        if n_incidents == n_outages { outages } else { format!("{outages} in {}", count(n_incidents, "incident")) };
    let mut parts = vec![count(analysis.targets.len(), "site"), count(n_versions, "record"), outages];
    for (nature, noun) in [
        (Nature::CertificateWarning, "certificate warning"),
        (Nature::MeasurementError, "failed measurement"),
        (Nature::NeverUp, "site never seen up"),
    ] {
        match (sum(nature), nature) {
            (0, _) => {}
            (1, _) | (_, Nature::CertificateWarning | Nature::MeasurementError) => parts.push(count(sum(nature), noun)),
            (n, _) => parts.push(format!("{n} sites never seen up")),
        }
    }
    let every = format!("; measured about every {}", exact_duration(i64::from(analysis.measured_every_s) * SECOND));
    let as_of = analysis.as_of.map_or_else(String::new, |t| format!("; last record {}", moment(t)));
    writeln!(out, "{}{as_of}{every}", parts.join(", "))
}

/// Returns `2026-03-03 05:34:03`, in UTC.
fn seconds(t: Timestamp) -> String {
    let text = time::format(Timestamp::from_unix_ms(t.unix_ms().div_euclid(SECOND) * SECOND));
    text.chars().take("2026-03-03T05:34:03".len()).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// Returns the end of a span, without its date where that is the one it began on.
fn until(began: Timestamp, ended: Timestamp) -> String {
    let (began, ended) = (seconds(began), seconds(ended));
    match (began.split_once(' '), ended.split_once(' ')) {
        (Some((first, _)), Some((day, time))) if first == day => time.to_owned(),
        _ => ended,
    }
}

fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
