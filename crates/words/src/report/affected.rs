//! Who met an incident, a line for each kind of client.

use crate::elapsed;
use dualwatch_core::{
    measure::family::Family,
    respond::report::affected::{Affected, Fate},
};
use dualwatch_wire::v1::incident_report as wire;

pub fn lines(affected: &Affected) -> Vec<wire::Affected> {
    let line = |clients: &str, who: &str, fate: Fate| wire::Affected {
        clients: clients.to_owned(),
        fate: code(fate).to_owned(),
        text: format!("{who}: {}", fared(fate)),
    };
    let only = |clients: &str, family: Family| {
        let fate = *affected.single.get(family);
        let who = format!("People who have only {family}");
        let mut line = line(clients, &who, fate);
        if fate == Fate::Fails {
            line.text = format!("{who}: no answer while {family} was down");
        }
        line
    };
    vec![
        line("dual_stack", "Browsers and others that race both families (Happy Eyeballs)", affected.dual_stack),
        line("sequential", "Dual-stack programs that try one address after the other", affected.sequential),
        only("ipv4_only", Family::Ipv4),
        only("ipv6_only", Family::Ipv6),
    ]
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

fn fared(fate: Fate) -> String {
    match fate {
        Fate::Served { worst_ms: Some(ms) } if ms >= 1.0 => format!("served, at most {} later than usual", elapsed(ms)),
        Fate::Served { .. } => "served as usual".to_owned(),
        Fate::Partly { served, failed } => {
            format!("no answer in {failed} of {} rounds", u64::from(served) + u64::from(failed))
        }
        Fate::Waits => "waiting for the broken family to time out, up to two minutes; many gave up before".to_owned(),
        Fate::Fails => "no answer".to_owned(),
        Fate::Unknown => "not known: nobody could see it".to_owned(),
    }
}
