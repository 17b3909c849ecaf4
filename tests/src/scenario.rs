//! Scenarios run through the engine, and what comes of them as text, a line a fact.
//!
//! | line | when it is compared |
//! |---|---|
//! | `TIME notify WHAT`, `TIME record WHAT`: an effect | always |
//! | `incident ...`, and below it causes, segments, blind spells, changes, the first hypothesis | always |
//! | `impact ...` below an incident: in how many rounds which clients were served | where the scenario has one such line |
//! | `TIME FAMILY STATE [CAUSE]`: the agreed health is another one | where the scenario has one such line, or `health` |
//! | `up TRACK ...`: availability | where the scenario has one such line, or `availability` |
//!
//! Lines that are compared are compared whole and in order.

use dualwatch_core::{
    measure::{
        family::{Family, PerFamily},
        time::Timestamp,
    },
    notice::changes::What,
    remember::spell::Track,
    respond::{
        incident::{Amendment, Bound, Effect, Ending, Impact, Incident, Kind, Trouble},
        report::{Context, Report},
    },
};
use dualwatch_replay::{Arrivals, Event, Known, Policy, TargetReplay};
use dualwatch_simnet::scenario::{Scenario, time_text};
use dualwatch_wire::v1;
use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Effect,
    Incident,
    Impact,
    Health,
    Availability,
}

fn subject(line: &str) -> Subject {
    match line.split_whitespace().collect::<Vec<_>>()[..] {
        ["health"] | [_, "4" | "6", ..] if !is_detail(line) => Subject::Health,
        ["availability"] | ["up", ..] => Subject::Availability,
        [_, "notify" | "record", ..] => Subject::Effect,
        ["impact", ..] => Subject::Impact,
        _ => Subject::Incident,
    }
}

/// Whether a line belongs to the incident above it.
fn is_detail(line: &str) -> bool {
    [
        "cause ",
        "impact ",
        "unstable ",
        "down and answering ",
        "segment ",
        "blind ",
        "changed ",
        "hypothesis ",
        "incident ",
    ]
    .iter()
    .any(|word| line.starts_with(word))
}

/// Runs a scenario through a fresh engine, in the order in which its rounds arrive.
pub fn run(scenario: &Scenario) -> TargetReplay {
    let known = Known { interval_s: Some(scenario.interval_s), ..Known::of_url(&scenario.target) };
    let policy = Policy { confirm: scenario.confirm, incidents: scenario.incidents };
    let arrivals = Arrivals {
        rounds: scenario.deliveries.iter().map(|d| (d.at, d.round.clone())).collect(),
        own_vantage: scenario.own_vantage(),
        windows: &scenario.maintenance,
    };
    TargetReplay::of_arrivals(scenario.target.clone(), known, arrivals, &policy)
}

/// Returns the lines of what came of a scenario: of the subjects that it asks for.
pub fn outcome(scenario: &Scenario, replay: &TargetReplay) -> Vec<String> {
    let asks = |of: Subject| scenario.expect.iter().any(|line| subject(&line.text) == of);
    let mut lines = Vec::new();
    for event in &replay.events {
        match event {
            Event::Health { at, family, health, cause, .. } if asks(Subject::Health) => {
                let cause = cause.map_or(String::new(), |cause| format!(" {cause}"));
                lines.push(format!("{} {} {}{cause}", time_text(*at), digit(*family), health.code()));
            }
            Event::Silence { at, families, .. } if asks(Subject::Health) => {
                for (family, _) in families.iter().filter(|(_, was_known)| **was_known) {
                    lines.push(format!("{} {} unknown", time_text(*at), digit(family)));
                }
            }
            Event::Health { .. } | Event::Silence { .. } => {}
            // A scenario says itself when there is maintenance.
            Event::MaintenanceBegins { .. } | Event::MaintenanceEnds { .. } => {}
            Event::Effect { effect, .. } => lines.push(effect_line(effect)),
        }
    }
    for incident in &replay.incidents {
        incident_lines(&mut lines, incident, replay);
        if asks(Subject::Impact) {
            lines.push(impact_line(&incident.impact));
        }
    }
    if asks(Subject::Availability) {
        for track in Track::ALL {
            lines.push(availability_line(track, replay));
        }
    }
    lines
}

/// Returns how the outcome differs from what a scenario expects; `None` where it does not.
pub fn difference(scenario: &Scenario, outcome: &[String]) -> Option<String> {
    let expected: Vec<String> =
        scenario.expect.iter().map(|l| l.text.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let found: Vec<String> = outcome.iter().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let at = (0..expected.len().max(found.len())).find(|i| expected.get(*i) != found.get(*i))?;
    let place = scenario.expect.get(at).or(scenario.expect.last()).map_or(scenario.line, |line| line.number);
    let nothing = String::from("(nothing more)");
    let mut text = format!("{}:{place}: {}\n", scenario.file, scenario.name);
    let _ = writeln!(text, "  expected: {}", expected.get(at).unwrap_or(&nothing));
    let _ = writeln!(text, "  found:    {}", found.get(at).unwrap_or(&nothing));
    let _ = writeln!(text, "all that was found:\n{}", outcome.join("\n"));
    Some(text)
}

/// Returns the text of a file with what was found in place of what its scenarios expect.
pub fn rewritten(text: &str, found: &[(Scenario, Vec<String>)]) -> String {
    let mut text = text.to_owned();
    for (scenario, outcome) in found.iter().rev() {
        if let Some(at) = scenario.expect_at.clone() {
            let lines: Vec<&str> = outcome.iter().map(String::as_str).chain(["'''"]).collect();
            text.replace_range(at, &format!("'''\n{}", lines.join("\n")));
        }
    }
    text
}

/// Returns every scenario file, in the order of their names.
pub fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(&folder).expect("the folder of scenarios");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    files
}

/// Reads the scenarios of one file.
pub fn read(path: &Path) -> Vec<Scenario> {
    let text = std::fs::read_to_string(path).expect("a scenario file");
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    dualwatch_simnet::scenario::parse(&text, &format!("tests/scenarios/{name}")).unwrap_or_else(|e| panic!("{e}"))
}

/// Returns the scenario with this name.
pub fn named(name: &str) -> Scenario {
    let mut all = files().into_iter().flat_map(|path| read(&path));
    all.find(|s| s.name == name).unwrap_or_else(|| panic!("no scenario is named \"{name}\""))
}

/// Returns the rounds of a scenario, a line of JSON each, in the order in which they arrive.
pub fn ndjson(scenario: &Scenario) -> String {
    let line = |round| serde_json::to_string(&v1::Round::from(round)).expect("a round is JSON") + "\n";
    scenario.deliveries.iter().map(|d| line(&d.round)).collect()
}

const fn digit(family: Family) -> char {
    match family {
        Family::Ipv4 => '4',
        Family::Ipv6 => '6',
    }
}

fn digits(families: PerFamily<bool>) -> String {
    families.iter().filter(|(_, is_down)| **is_down).map(|(family, _)| digit(family)).collect()
}

fn effect_line(effect: &Effect) -> String {
    let what = match effect.kind {
        Kind::Open { episode } => format!("open, episode {episode}"),
        Kind::Resolve { episode } => format!("resolve, episode {episode}"),
        Kind::Amend { change } => match change {
            Amendment::Unstable { family } => format!("{} unstable", digit(family)),
            Amendment::WentDown { family } => format!("{} went down", digit(family)),
            Amendment::Joined { family } => format!("{} joined", digit(family)),
            Amendment::Parted { family } => format!("{} parted", digit(family)),
            Amendment::CauseChanged { family, cause } => format!("{} now {cause}", digit(family)),
            Amendment::Flaps => "flaps".to_owned(),
            Amendment::Relapsed { episode } => format!("relapsed, episode {episode}"),
            Amendment::Calms => "calms".to_owned(),
        },
    };
    format!("{} {} {what}", time_text(effect.at), if effect.notify { "notify" } else { "record" })
}

/// A moment in (after, by]: `00:09:00..00:10:00`, `?..00:10:00` where there is no "after".
fn bound(bound: Bound) -> String {
    format!("{}..{}", bound.after.map_or("?".to_owned(), time_text), time_text(bound.by))
}

fn until(bound: Option<Timestamp>) -> String {
    bound.map_or("now".to_owned(), time_text)
}

fn seconds(ms: i64) -> String {
    let parts = if ms % 1_000 == 0 { String::new() } else { format!(".{:03}", ms % 1_000) };
    format!("{}{parts}s", ms / 1_000)
}

fn incident_lines(lines: &mut Vec<String>, incident: &Incident, replay: &TargetReplay) {
    let mut line = format!("incident {} began {}", digits(incident.families()), bound(incident.began()));
    if let Some(ended) = incident.ended() {
        let _ = write!(line, " ended {}", bound(ended));
    }
    if let Some(lasted) = incident.duration() {
        let _ = write!(line, " lasted {}..{}", seconds(lasted.min), lasted.max.map_or("?".to_owned(), seconds));
    }
    let is_withdrawn =
        |o: &dualwatch_core::respond::incident::Outage| o.ended.is_some_and(|(_, e)| e == Ending::Withdrawn);
    for (applies, word) in [
        (incident.trouble() == Trouble::Unstable, "unstable".to_owned()),
        (incident.episodes != 1, format!("episodes {}", incident.episodes)),
        (incident.flapping, "flapping".to_owned()),
        (incident.outages.iter().any(is_withdrawn), "withdrawn".to_owned()),
        (incident.is_open(), "open".to_owned()),
    ] {
        if applies {
            let _ = write!(line, " {word}");
        }
    }
    lines.push(line);
    for span in &incident.causes {
        let (from, to) = (time_text(span.from), time_text(span.to));
        let (family, seen_by) = (digit(span.family), &span.exhibit.vantage);
        lines.push(format!("  cause {family} {} {from}..{to} x{} by {seen_by}", span.cause, span.samples));
    }
    for outage in &incident.outages {
        if let Some(rate) = outage.rate() {
            let what = if outage.unstable.is_some() { "unstable" } else { "down and answering" };
            let (family, from, to) = (digit(outage.family), bound(outage.began), outage.ended.map(|(ended, _)| ended));
            let to = to.map_or("now".to_owned(), bound);
            lines.push(format!("  {what} {family} {from} to {to} failed {} of {}", rate.failed, rate.of));
        }
    }
    let segments = incident.segments();
    if segments.len() > 1 {
        for segment in segments {
            let to = until(segment.ended.map(|e| e.by));
            let unstable = digits(segment.unstable);
            let what = if unstable.is_empty() { String::new() } else { format!(" unstable {unstable}") };
            lines.push(format!("  segment {} {}..{to}{what}", digits(segment.families), time_text(segment.began.by)));
        }
    }
    for spell in &incident.blind {
        lines.push(format!("  blind {} {}..{}", digit(spell.family), time_text(spell.from), until(spell.to)));
    }
    for change in &incident.changes {
        let what = match &change.what {
            What::Addresses { before, after } => format!("addresses {before:?} {after:?}"),
            What::Ttl { before_s, after_s } => format!("ttl {before_s} {after_s}"),
            What::Certificate { .. } => "certificate".to_owned(),
            What::Server { before, after } => format!("server {before} {after}"),
            What::Status { before, after } => format!("status {before} {after}"),
            What::Latency { phase, before_ms, after_ms } => format!("latency {phase:?} {before_ms} {after_ms}"),
        };
        lines.push(format!("  changed {} {} {what}", digit(change.family), bound(change.at)));
    }
    let context = Context { scheme: replay.known.scheme, others: &replay.incidents, ..Context::default() };
    if let Some(first) = Report::of(incident, &context).hypotheses.first() {
        let family = first.family.map_or(String::new(), |family| format!(" {}", digit(family)));
        let code = serde_json::to_value(first.code).expect("a code");
        lines.push(format!("  hypothesis {}{family}", code.as_str().unwrap_or_default()));
    }
}

fn impact_line(impact: &Impact) -> String {
    let Impact { rounds, dual_stack_served, dual_stack_failed, .. } = impact;
    let Impact { sequential_served, sequential_waits, sequential_failed, .. } = impact;
    let sequential = format!("served {sequential_served} waits {sequential_waits} failed {sequential_failed}");
    format!(
        "  impact {rounds} dual_stack served {dual_stack_served} failed {dual_stack_failed} sequential {sequential}"
    )
}

fn availability_line(track: Track, replay: &TargetReplay) -> String {
    let times = replay.times(track);
    let unobserved = replay.window.length_ms() - times.known_ms();
    let text = |ms: u64| seconds(i64::try_from(ms).unwrap_or(i64::MAX));
    let mut line = format!("up {} {} down {}", track.code(), text(times.up_ms), text(times.down_ms));
    for (ms, word) in
        [(times.degraded_ms, "degraded"), (times.maintenance_ms, "maintenance"), (unobserved, "unobserved")]
    {
        if ms > 0 {
            let _ = write!(line, " {word} {}", text(ms));
        }
    }
    line
}
