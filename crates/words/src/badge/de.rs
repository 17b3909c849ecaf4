//! German.

use super::Phrases;
use dualwatch_core::{
    measure::family::Family,
    remember::{availability::Period, spell::Track},
};
use dualwatch_wire::badge::condition::{Condition, Of};

pub struct De;

impl Phrases for De {
    fn condition(&self, condition: Condition) -> &'static str {
        match condition {
            Condition::Late => "unsere Messung ist überfällig",
            Condition::Down => "ausgefallen",
            Condition::Failing => "antwortet nicht",
            Condition::Unstable => "instabil",
            Condition::Recovering => "erholt sich",
            Condition::Maintenance => "Wartung",
            Condition::Unknown => "nicht bekannt",
            Condition::Degraded => "eingeschränkt",
            Condition::Up => "erreichbar",
            Condition::Absent => "nicht angeboten",
        }
    }

    fn part(&self, family: Family, said: &str) -> String {
        format!("{family} {said}")
    }

    fn only(&self, family: Family, said: &str) -> String {
        format!("{said} (nur {family})")
    }

    fn all(&self, of: Of) -> String {
        match of {
            Of::None => "noch keine beobachtet".to_owned(),
            Of::AllUp(1) => "erreichbar".to_owned(),
            Of::AllUp(n) => format!("alle {n} erreichbar"),
            Of::Trouble(n, of) => format!("{n} von {of} mit Störung"),
            Of::Unknown(n, of) => format!("{n} von {of} nicht bekannt"),
            Of::Late => self.condition(Condition::Late).to_owned(),
        }
    }

    fn services(&self) -> &'static str {
        "Dienste"
    }

    fn track(&self, track: Track) -> &'static str {
        match track {
            Track::Ipv4 => "IPv4",
            Track::Ipv6 => "IPv6",
            Track::DualStack => "Dual-Stack",
        }
    }

    fn uptime(&self, period: Period) -> String {
        let window = match period {
            Period::Day => "24 h",
            Period::Days7 => "7 T",
            Period::Days30 => "30 T",
            Period::Days90 => "90 T",
            Period::Year => "1 J",
        };
        format!("Verfügbarkeit {window}")
    }

    fn latency(&self) -> &'static str {
        "Antwortzeit"
    }

    fn certificate(&self) -> &'static str {
        "Zertifikat"
    }

    fn share(&self, percent: &str) -> String {
        percent.replace('.', ",")
    }

    fn not_observed(&self) -> &'static str {
        "nicht beobachtet"
    }

    fn ends(&self, days: i64) -> String {
        match days {
            0 => "endet heute".to_owned(),
            1 => "noch 1 Tag".to_owned(),
            _ => format!("noch {days} Tage"),
        }
    }

    fn ended(&self) -> &'static str {
        "abgelaufen"
    }

    fn no_certificate(&self) -> &'static str {
        "keines"
    }

    fn no_service(&self) -> &'static str {
        "kein solcher Dienst"
    }

    fn no_group(&self) -> &'static str {
        "keine solche Gruppe"
    }

    fn no_badge(&self) -> &'static str {
        "kein solches Abzeichen"
    }

    fn unavailable(&self) -> &'static str {
        "Status nicht verfügbar"
    }
}
