//! English.

use super::Phrases;
use dualwatch_core::{
    measure::family::Family,
    remember::{availability::Period, spell::Track},
};
use dualwatch_wire::badge::condition::{Condition, Of};

pub struct En;

impl Phrases for En {
    fn condition(&self, condition: Condition) -> &'static str {
        match condition {
            Condition::Late => "our watcher is late",
            Condition::Down => "down",
            Condition::Failing => "failing",
            Condition::Unstable => "unstable",
            Condition::Recovering => "recovering",
            Condition::Maintenance => "maintenance",
            Condition::Unknown => "not known",
            Condition::Degraded => "degraded",
            Condition::Up => "up",
            Condition::Absent => "not offered",
        }
    }

    fn part(&self, family: Family, said: &str) -> String {
        format!("{family} {said}")
    }

    fn only(&self, family: Family, said: &str) -> String {
        format!("{said} ({family} only)")
    }

    fn all(&self, of: Of) -> String {
        match of {
            Of::None => "none watched yet".to_owned(),
            Of::AllUp(1) => "up".to_owned(),
            Of::AllUp(n) => format!("all {n} up"),
            Of::Trouble(n, of) => format!("{n} of {of} with trouble"),
            Of::Unknown(n, of) => format!("{n} of {of} not known"),
            Of::Late => self.condition(Condition::Late).to_owned(),
        }
    }

    fn services(&self) -> &'static str {
        "services"
    }

    fn track(&self, track: Track) -> &'static str {
        match track {
            Track::Ipv4 => "IPv4",
            Track::Ipv6 => "IPv6",
            Track::DualStack => "dual stack",
        }
    }

    fn uptime(&self, period: Period) -> String {
        format!("uptime {}", period.code())
    }

    fn latency(&self) -> &'static str {
        "latency"
    }

    fn certificate(&self) -> &'static str {
        "certificate"
    }

    fn share(&self, percent: &str) -> String {
        percent.to_owned()
    }

    fn not_observed(&self) -> &'static str {
        "not observed"
    }

    fn ends(&self, days: i64) -> String {
        match days {
            0 => "ends today".to_owned(),
            1 => "ends in 1 day".to_owned(),
            _ => format!("ends in {days} days"),
        }
    }

    fn ended(&self) -> &'static str {
        "expired"
    }

    fn no_certificate(&self) -> &'static str {
        "none"
    }

    fn no_service(&self) -> &'static str {
        "no such service"
    }

    fn no_group(&self) -> &'static str {
        "no such group"
    }

    fn no_badge(&self) -> &'static str {
        "no such badge"
    }

    fn unavailable(&self) -> &'static str {
        "status unavailable"
    }
}
