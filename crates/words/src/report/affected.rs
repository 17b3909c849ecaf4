//! Who met an incident, a line for each kind of client.

use crate::{elapsed, meets};
use dualwatch_clients::Met;
use dualwatch_core::{
    judge::meets::Meets,
    measure::family::{Family, PerFamily},
    respond::{
        incident::Incident,
        report::affected::{Affected, Fate},
    },
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{ClientTally, incident_report as wire},
};

/// `down` says which families are down now; `tally` counts real clients that were run with what failed.
pub fn lines(affected: &Affected, down: PerFamily<bool>, tally: Option<ClientTally>) -> Vec<wire::Affected> {
    let line = |clients: &str, who: &str, fate: Fate, met: &[Meets]| wire::Affected {
        clients: clients.to_owned(),
        fate: code(fate).to_owned(),
        text: format!("{who}: {}", fared(fate, met)),
        tally: None,
    };
    let any = affected.meets_over_any();
    let only = |clients: &str, family: Family| {
        let fate = *affected.single.get(family);
        let who = format!("People who have only {family}");
        let met = affected.meets.get(family);
        let mut line = line(clients, &who, fate, met);
        if fate == Fate::Fails {
            let is = if *down.get(family) { "is" } else { "was" };
            line.text = format!("{who}: {} while {family} {is} down", meets::all(met));
        }
        line
    };
    let mut sequential =
        line("sequential", "Dual-stack programs that try one address after the other", affected.sequential, &any);
    if let Some(tally) = tally {
        // What was counted is said, and not what a model would do.
        let text = crate::counted(Language::En, &tally);
        sequential = wire::Affected { text, tally: Some(tally), ..sequential };
    }
    vec![
        line("dual_stack", "Browsers and others that race both families (Happy Eyeballs)", affected.dual_stack, &any),
        sequential,
        only("ipv4_only", Family::Ipv4),
        only("ipv6_only", Family::Ipv6),
    ]
}

/// Returns what dual-stack clients met for most of the time, where one family alone failed and the other served people.
pub fn met(incident: &Incident, affected: &Affected) -> Met {
    let failed = |family: Family| incident.causes.iter().any(|span| span.family == family);
    let is_well = |family: Family| matches!(affected.single.get(family), Fate::Served { .. });
    let longest = incident.causes.iter().max_by_key(|span| span.samples);
    match (failed(Family::Ipv4), failed(Family::Ipv6), longest) {
        (false, true, Some(span)) if is_well(Family::Ipv4) => Met::of_cause(span.cause, &span.exhibit.evidence),
        (true, false, Some(span)) if is_well(Family::Ipv6) => Met::of_ipv4_cause(span.cause),
        _ => Met::Nothing,
    }
}

const fn code(fate: Fate) -> &'static str {
    match fate {
        Fate::Served { .. } => "served",
        Fate::Partly { .. } => "partly",
        Fate::Waits => "waits",
        Fate::Fails => "fails",
        Fate::Unknown => "unknown",
    }
}

fn fared(fate: Fate, met: &[Meets]) -> String {
    match fate {
        Fate::Served { worst_ms: Some(ms) } if ms >= 1.0 => format!("served, at most {} later than usual", elapsed(ms)),
        Fate::Served { .. } => "served as usual".to_owned(),
        Fate::Partly { served, failed } => {
            format!("{} in {failed} of {} rounds", meets::all(met), u64::from(served) + u64::from(failed))
        }
        Fate::Waits => "waiting for the broken family to time out, if they wait so long".to_owned(),
        Fate::Fails => meets::all(met),
        Fate::Unknown => "not known: nobody could see it".to_owned(),
    }
}
