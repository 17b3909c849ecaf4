//! A replay for people: timeline, availability and reports of each target.

use crate::clients::found_here;
use dualwatch_core::{
    judge::health::Health,
    measure::{
        absence::Absence,
        cause::Cause,
        family::{Family, PerFamily},
        target::Slo,
        time::Timestamp,
    },
    notice::grouping::Group,
    remember::{
        availability::{Times, budget::ErrorBudget},
        spell::Track,
    },
    respond::{
        incident::{Amendment, Effect, Incident, Kind},
        maintenance::{Expected, Window},
        report::story::story,
    },
};
use dualwatch_replay::{Event, TargetReplay};
use dualwatch_wire::v1::{RealClients, incident::Incident as Document};
use dualwatch_words::{
    absence, cause_in, duration, exact_duration, percent,
    report::{from_to, moment},
};
use std::io::{Result, Write};

pub fn replay(out: &mut impl Write, targets: &[TargetReplay]) -> Result<()> {
    if targets.is_empty() {
        return writeln!(out, "no rounds");
    }
    let named = dualwatch_replay::named_events(targets);
    for (i, target) in targets.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        self::target(out, target, &named)?;
    }
    events(out, &dualwatch_replay::events(targets))
}

/// Prints what targets had in common, and when each of them was well again.
fn events(out: &mut impl Write, events: &[Group]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nSimultaneous outages")?;
    for event in events {
        writeln!(out, "  {}", dualwatch_words::group(event, moment))?;
        for member in &event.members {
            let when = match member.ended {
                Some(ended) => from_to(member.began.by, ended.by),
                None => format!("since {}", moment(member.began.by)),
            };
            writeln!(out, "    {}: {when}", member.target)?;
        }
    }
    Ok(())
}

fn target(out: &mut impl Write, target: &TargetReplay, events: &[Group]) -> Result<()> {
    let window = target.window;
    let every = duration(i64::from(target.interval_s) * 1_000);
    writeln!(out, "{}", target.url)?;
    writeln!(
        out,
        "{}, {}, one every {}",
        if target.n_rounds == 1 { "1 round".to_owned() } else { format!("{} rounds", target.n_rounds) },
        from_to(window.from, window.to),
        every.strip_prefix("1 ").unwrap_or(&every)
    )?;
    writeln!(out, "\nTimeline")?;
    for event in &target.events {
        match event {
            Event::Health { at, family, health, cause, absence } => {
                let why = why(*family, health, *cause, *absence).map_or_else(String::new, |why| format!(": {why}"));
                writeln!(out, "  {}  {family} {}{why}", moment(*at), dualwatch_words::health(health))?;
            }
            Event::Silence { at, to, families } => {
                let text = format!("{}: no rounds from {}", dualwatch_words::state::UNKNOWN, from_to(*at, *to));
                writeln!(out, "  {}  {} {text}", moment(*at), both(families))?;
            }
            Event::MaintenanceBegins { at, window } => {
                writeln!(out, "  {}  {}", moment(*at), announced(window, *at))?;
            }
            Event::MaintenanceEnds { at, window } => {
                writeln!(out, "  {}  maintenance{} ends", moment(*at), title(window))?;
            }
            Event::Effect { effect, incident } => {
                writeln!(out, "  {}  {}", moment(effect.at), what(effect, incident))?;
            }
        }
    }
    availability(out, target)?;
    let alternating = target.alternating();
    if !alternating.is_empty() {
        writeln!(out, "\nRemarks")?;
    }
    for alternation in &alternating {
        writeln!(out, "  {}.", dualwatch_words::alternation(alternation))?;
    }
    if let Some(every) = target.every_address() {
        writeln!(out, "\nEach address at the end")?;
        for told in [every.ipv4, every.ipv6].into_iter().flatten() {
            let real = told.real_clients.iter().flat_map(RealClients::texts);
            for line in told.text.iter().chain(real) {
                writeln!(out, "  {}", found_here(line))?;
            }
        }
    }
    if target.incidents.is_empty() {
        return writeln!(out, "\nNo incidents");
    }
    for incident in &target.incidents {
        let document = Document::of(&target.known.slug, &target.known.name, incident);
        let text = dualwatch_words::report::markdown(&document, &target.report(incident, events), None);
        writeln!(out, "\n{}", text.trim_end())?;
    }
    Ok(())
}

/// Says why a family is what it is. That a record is missing is a fault where the family is required; an address of the
/// other family has no records, and pinned ones say nothing of the name.
fn why(family: Family, health: &Health, cause: Option<Cause>, why_absent: Option<Absence>) -> Option<String> {
    match why_absent {
        Some(Absence::NoRecord) if !matches!(health, Health::Unknown { .. }) => {}
        Some(why) => return Some(absence(why, family)),
        None => {}
    }
    cause.map(|cause| cause_in(family, cause).to_owned())
}

/// Prints how much of the time the target was up, per track, and what that is not about.
fn availability(out: &mut impl Write, target: &TargetReplay) -> Result<()> {
    writeln!(out, "\nAvailability over observed time")?;
    for (track, name) in [(Track::Ipv4, "IPv4"), (Track::Ipv6, "IPv6"), (Track::DualStack, "dual-stack client")] {
        let times = target.times(track);
        match times.ratio() {
            None if times.maintenance_ms > 0 => {
                writeln!(out, "  {name}: not observed ({})", left_out(&times))?;
            }
            None => writeln!(out, "  {name}: not observed")?,
            Some(ratio) => {
                let down = match times.down_ms {
                    0 => "never down".to_owned(),
                    down => format!("down for {}", lasted(down)),
                };
                let planned = match times.maintenance_ms {
                    0 => String::new(),
                    _ => format!(", {}", left_out(&times)),
                };
                let unobserved = target.window.length_ms().saturating_sub(times.known_ms());
                let blind = match unobserved {
                    0 => String::new(),
                    unobserved => format!(", unobserved for {}", lasted(unobserved)),
                };
                let slo = target.known.slo.map_or(String::new(), |slo| objective(slo, &times));
                let length_ms = target.window.length_ms().cast_signed();
                let hardly = dualwatch_words::known_for(times.known_ms().cast_signed(), length_ms);
                let hardly = hardly.map_or_else(String::new, |known| format!("{known}: "));
                writeln!(out, "  {name}: {hardly}{} ({down}{blind}{planned}){slo}", percent(ratio))?;
            }
        }
    }
    Ok(())
}

fn left_out(times: &Times) -> String {
    format!("maintenance for {} left out", lasted(times.maintenance_ms))
}

fn lasted(ms: u64) -> String {
    exact_duration(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// Says which time was announced, and for what, as seen from `at`.
fn announced(window: &Window, at: Timestamp) -> String {
    let begins = if window.from < at { format!(", begun {}", moment(window.from)) } else { " begins".to_owned() };
    let expected = match window.expected {
        Expected::Down => "down",
        Expected::Degraded => "degraded",
    };
    format!(
        "maintenance{}{begins}: {} may be {expected} until {}",
        title(window),
        both(&window.families),
        moment(window.to)
    )
}

fn title(window: &Window) -> String {
    if window.title.is_empty() { String::new() } else { format!(" \"{}\"", window.title) }
}

/// Names the families that are meant.
fn both(families: &PerFamily<bool>) -> String {
    let names: Vec<String> = families.iter().filter(|(_, is_meant)| **is_meant).map(|(f, _)| f.to_string()).collect();
    names.join(" and ")
}

/// Says what an objective leaves.
fn objective(slo: Slo, times: &Times) -> String {
    let budget = ErrorBudget::of(slo, times);
    let (left, allowed) = (budget.left_ms(), exact_duration(budget.allowed_ms.cast_signed()));
    let spent = if left < 0 { "overspent by" } else { "left" };
    format!("; error budget of {} %: {spent} {} of {allowed}", slo.percent(), exact_duration(left.abs()))
}

fn what(effect: &Effect, incident: &Incident) -> String {
    let troubled_now = || Family::ALL.into_iter().filter(|f| incident.now(*f).is_some());
    let families: Vec<String> = troubled_now().map(|f| f.to_string()).collect();
    // Of two that are down it is said once.
    let wrong = if troubled_now().all(|f| incident.is_down(f)) {
        format!("{} down", families.join(" and "))
    } else {
        troubled_now().map(|f| troubled(incident, f)).collect::<Vec<_>>().join(" and ")
    };
    let last = story(incident).last().and_then(|chapter| chapter.seen.first().map(|seen| seen.span));
    let why = last.map_or(String::new(), |span| format!(": {}", cause_in(span.family, span.cause)));
    match effect.kind {
        Kind::Open { episode: 1 } => format!("incident opened: {wrong}{why}"),
        Kind::Open { episode } => {
            format!("incident opened again, episode {episode}: {wrong}{why}")
        }
        Kind::Resolve { .. } => "incident resolved".to_owned(),
        Kind::Amend { change } => match change {
            Amendment::Joined { family } => format!("incident: {family} down as well{why}"),
            Amendment::Unstable { family } => format!("incident: {}", troubled(incident, family)),
            Amendment::WentDown { family } => format!("incident: {family} was unstable, and is down now{why}"),
            Amendment::Parted { family } => format!("incident: {family} is well again, {} not", families.join(" and ")),
            Amendment::CauseChanged { family, cause } => {
                format!("incident: {family} now fails otherwise: {}", cause_in(family, cause))
            }
            Amendment::Flaps => "incident: it flaps; resolved only after a calm while".to_owned(),
            Amendment::Relapsed { episode } => format!("incident: down again, episode {episode}"),
            Amendment::Calms => "incident: well for now".to_owned(),
        },
    }
}

/// Says what is wrong with a family, such as "IPv6 unstable, 12 of 24 rounds failed".
fn troubled(incident: &Incident, family: Family) -> String {
    let lasting = incident.outages.iter().rev().find(|o| o.family == family && o.ended.is_none());
    match lasting.and_then(|outage| outage.unstable) {
        Some(rate) if rate.of > 0 => format!("{family} unstable, {} failed", dualwatch_words::rate(rate)),
        Some(_) => format!("{family} answers again, and is watched as unstable"),
        None => format!("{family} down"),
    }
}
