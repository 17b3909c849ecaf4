//! Who met an incident, a line for each kind of client.

use crate::elapsed;
use dualwatch_core::{
    family::Family,
    report::affected::{Affected, Fate},
};
use dualwatch_wire::v1::incident_report as wire;

pub fn lines(affected: &Affected) -> Vec<wire::Affected> {
    let line = |clients: &str, who: &str, fate: Fate| wire::Affected {
        clients: clients.to_owned(),
        fate: code(fate).to_owned(),
        text: format!("{who}: {}", fared(fate)),
    };
    let single = |family| *affected.single.get(family);
    vec![
        line("dual_stack", "Browsers and others that race both families (Happy Eyeballs)", affected.dual_stack),
        line("sequential", "Dual-stack programs that try one address after the other", affected.sequential),
        line("ipv4_only", "People who have only IPv4", single(Family::Ipv4)),
        line("ipv6_only", "People who have only IPv6", single(Family::Ipv6)),
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
