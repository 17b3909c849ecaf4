//! English.

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

pub struct En;

const UNITS: [&str; 4] = ["d", "h", "min", "s"];

fn over(families: PerFamily<bool>) -> String {
    let joined = joined(families, " and ");
    if joined.is_empty() { joined } else { format!(" over {joined}") }
}

impl Phrases for En {
    fn code(&self) -> &'static str {
        Language::En.code()
    }

    fn component(&self, target: &str, family: Option<Family>) -> String {
        match family {
            Some(family) => format!("{target} over {family}"),
            None => format!("{target} (dual-stack)"),
        }
    }

    fn description(&self, standing: Standing, family: Option<Family>) -> Option<&'static str> {
        match (standing, family) {
            (Standing::Unknown, _) => Some("Not known: no recent round can tell."),
            (Standing::Absent, Some(Family::Ipv6)) => Some("Publishes no IPv6 address, and is not expected to."),
            (Standing::Absent, _) => Some("Publishes no IPv4 address, and is not expected to."),
            (_, None) => Some("As a client with both families fares (RFC 8305)."),
            _ => None,
        }
    }

    fn overall(&self, overall: Overall) -> &'static str {
        match overall {
            Overall::Up => "All Systems Operational",
            Overall::Maintenance => "Service Under Maintenance",
            Overall::Degraded => "Partially Degraded Service",
            Overall::Unknown => "Partially Unknown",
            Overall::Partly => "Minor Service Outage",
            Overall::Down => "Partial System Outage",
            Overall::AllDown => "Major Service Outage",
        }
    }

    fn headline(&self, target: &str, headline: Headline) -> String {
        match headline {
            Headline::Down(families) => format!("{target} is down{}", over(families)),
            Headline::Unstable(families) => format!("{target} is unstable{}", over(families)),
            Headline::Quiet => format!("{target} answers again, for now"),
            Headline::Over { families, is_unstable, lasted: length } => {
                let how = if is_unstable { "unstable" } else { "down" };
                let length = length.map_or(String::new(), |length| format!(" for {}", lasted(length, UNITS)));
                format!("{target} was {how}{}{length}", over(families))
            }
            Headline::Lost => format!("{target}: how it went on is lost"),
        }
    }

    fn resolved(&self, headline: &str) -> String {
        format!("Resolved: {headline}")
    }

    fn moment(&self, moment: &Moment) -> String {
        let why = causes(Language::En, &moment.causes, ": ", "; ").map_or(String::new(), |why| format!(": {why}"));
        let troubled = over(moment.troubles());
        match moment.what {
            What::Began | What::Changed if moment.down == PerFamily::default() => format!("Unstable{troubled}{why}."),
            What::Began => format!("Down{}{why}.", over(moment.down)),
            What::Changed => format!("Now down{}{why}.", over(moment.down)),
            What::Cause => format!("Another cause{troubled}{why}."),
            What::Quiet => "It answers again. It came and went before, so it is still watched.".to_owned(),
            What::Over => "It answers again.".to_owned(),
        }
    }

    fn announced(&self, announced: &Announced<'_>) -> String {
        let Announced { title, from, to, families, expected } = announced;
        let expected = if *expected == Expected::Down { "may be down" } else { "may be degraded" };
        format!("{title}: {expected}{} from {} to {}.", over(*families), self.time(*from), self.time(*to))
    }

    fn announced_title(&self, title: &str, at: Phase) -> String {
        match at {
            Phase::Scheduled => format!("Maintenance announced: {title}"),
            Phase::InProgress => format!("Maintenance in progress: {title}"),
            Phase::Completed => format!("Maintenance completed: {title}"),
        }
    }

    fn feed(&self, site: &str, subject: &Subject, family: Option<Family>, is_maintenance: bool) -> String {
        let what = if is_maintenance { "Maintenance" } else { "Incidents" };
        let family = family.map_or(String::new(), |family| format!(" over {family}"));
        match subject {
            Subject::Everything => format!("{what}{family} · {site}"),
            Subject::Target(name) => format!("{what} of {name}{family} · {site}"),
        }
    }

    fn report(&self) -> &'static str {
        "The whole report"
    }

    fn time(&self, at: Timestamp) -> String {
        words(Language::En).formats().moment(at)
    }
}
