//! German.

use super::{causes, joined, lasted};
use crate::self_test::words;
use dualwatch_core::{
    measure::{
        family::{Family, PerFamily},
        time::Timestamp,
    },
    respond::maintenance::Expected,
};
use dualwatch_wire::{
    answer::language::Language,
    bulletin::{Moment, What},
    phrases::{Announced, Headline, Phrases, Subject},
    scheduled::Phase,
    statuspage::{Overall, Standing},
};

pub struct De;

const UNITS: [&str; 4] = ["d", "h", "min", "s"];

fn over(families: PerFamily<bool>) -> String {
    let joined = joined(families, " und ");
    if joined.is_empty() { joined } else { format!(" über {joined}") }
}

impl Phrases for De {
    fn code(&self) -> &'static str {
        Language::De.code()
    }

    fn component(&self, target: &str, family: Option<Family>) -> String {
        match family {
            Some(family) => format!("{target} über {family}"),
            None => format!("{target} (Dual-Stack)"),
        }
    }

    fn description(&self, standing: Standing, family: Option<Family>) -> Option<&'static str> {
        match (standing, family) {
            (Standing::Unknown, _) => Some("Nicht bekannt: keine aktuelle Runde sagt etwas dazu."),
            (Standing::Absent, Some(Family::Ipv6)) => {
                Some("Veröffentlicht keine IPv6-Adresse und soll das auch nicht.")
            }
            (Standing::Absent, _) => Some("Veröffentlicht keine IPv4-Adresse und soll das auch nicht."),
            (_, None) => Some("Wie es einem Client mit beiden Familien ergeht (RFC 8305)."),
            _ => None,
        }
    }

    fn overall(&self, overall: Overall) -> &'static str {
        match overall {
            Overall::Up => "Alle Systeme in Betrieb",
            Overall::Maintenance => "Wartung",
            Overall::Degraded => "Teilweise beeinträchtigt",
            Overall::Unknown => "Teilweise nicht bekannt",
            Overall::Partly => "Kleinere Störung",
            Overall::Down => "Teilweiser Ausfall",
            Overall::AllDown => "Vollständiger Ausfall",
        }
    }

    fn headline(&self, target: &str, headline: Headline) -> String {
        match headline {
            Headline::Down(families) => format!("{target} ist{} nicht erreichbar", over(families)),
            Headline::Unstable(families) => format!("{target} ist{} instabil", over(families)),
            Headline::Quiet => format!("{target} antwortet vorerst wieder"),
            Headline::Over { families, is_unstable, lasted: length } => {
                let how = if is_unstable { "instabil" } else { "nicht erreichbar" };
                let length = length.map_or(String::new(), |length| format!(" ({})", lasted(length, UNITS)));
                format!("{target} war{} {how}{length}", over(families))
            }
            Headline::Lost => format!("{target}: Wie es weiterging, ist verloren"),
        }
    }

    fn resolved(&self, headline: &str) -> String {
        format!("Behoben: {headline}")
    }

    fn moment(&self, moment: &Moment) -> String {
        let why = causes(Language::De, &moment.causes, ": ", "; ").map_or(String::new(), |why| format!(": {why}"));
        let troubled = over(moment.troubles());
        match moment.what {
            What::Began | What::Changed if moment.down == PerFamily::default() => format!("Instabil{troubled}{why}."),
            What::Began => format!("Nicht erreichbar{}{why}.", over(moment.down)),
            What::Changed => format!("Jetzt nicht erreichbar{}{why}.", over(moment.down)),
            What::Cause => format!("Eine weitere Ursache{troubled}{why}."),
            What::Quiet => "Antwortet wieder. Das kam und ging schon vorher, daher wird weiter beobachtet.".to_owned(),
            What::Over => "Antwortet wieder.".to_owned(),
        }
    }

    fn announced(&self, announced: &Announced<'_>) -> String {
        let Announced { title, from, to, families, expected } = announced;
        let expected =
            if *expected == Expected::Down { "eventuell nicht erreichbar" } else { "eventuell beeinträchtigt" };
        format!("{title}: von {} bis {}{} {expected}.", self.time(*from), self.time(*to), over(*families))
    }

    fn announced_title(&self, title: &str, at: Phase) -> String {
        match at {
            Phase::Scheduled => format!("Wartung angekündigt: {title}"),
            Phase::InProgress => format!("Wartung läuft: {title}"),
            Phase::Completed => format!("Wartung beendet: {title}"),
        }
    }

    fn feed(&self, site: &str, subject: &Subject, family: Option<Family>, is_maintenance: bool) -> String {
        let what = if is_maintenance { "Wartungen" } else { "Störungen" };
        let family = family.map_or(String::new(), |family| format!(" über {family}"));
        match subject {
            Subject::Everything => format!("{what}{family} · {site}"),
            Subject::Target(name) => format!("{what} von {name}{family} · {site}"),
        }
    }

    fn report(&self) -> &'static str {
        "Der ganze Bericht"
    }

    fn time(&self, at: Timestamp) -> String {
        words(Language::De).formats().moment(at)
    }
}
