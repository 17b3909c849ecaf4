//! The pages, in English.

use super::{Drawn, Heading, Lasting, Over, Pages, Told};
use crate::{self_test::En, self_test::times::Formats, state};
use dualwatch_core::{
    judge::{consistency::Difference, meets::Meets},
    measure::{cause::Cause, family::Family, vantage::Standing},
    notice::{changes::Alternation, grouping::Group},
    remember::storage::Since,
    respond::incident::lasted::Lasted,
};
use dualwatch_wire::time::MONTHS;
use std::net::SocketAddr;

impl<F: Formats> Pages for En<F> {
    fn heading(&self, heading: Heading) -> &'static str {
        match heading {
            Heading::YourConnection => "Your connection",
            Heading::NowAsJson => "now, as JSON",
            Heading::AvailabilityAsJson => "availability as JSON",
            Heading::HistoryAsJson => "history as JSON",
            Heading::ReportAsMarkdown => "the report as Markdown",
            Heading::AllAsJson => "everything as JSON",
            Heading::Now => "Now, seen from the edge",
            Heading::Availability => "Availability",
            Heading::Budget => "Error budget",
            Heading::Days => "The last 90 days",
            Heading::NoneOnRecord => "None is on record.",
            Heading::Shares => "Share of the observed time in which it was up; maintenance counts neither way",
            Heading::Window => "Window",
            Heading::Both => "Client with both",
            Heading::NothingToSpend => "nothing to spend yet",
            Heading::Spent => "spent",
            Heading::Up => state::UP,
            Heading::Degraded => "degraded",
            Heading::Down => state::DOWN,
            Heading::Maintenance => "maintenance",
            Heading::NotObserved => "not observed",
            Heading::NoOutageSeen => "no outage seen",
            Heading::AsTable => "The same as a table",
            Heading::DaysInUtc => "The last 90 days, in UTC",
            Heading::Day => "Day",
            Heading::EachIsOne => "Each is one bad period of one service, with its causes and a report.",
            Heading::Together => "Began together",
            Heading::Older => "Older incidents",
            Heading::Over => "Over",
            Heading::OfService => "The service: ",
            Heading::When => "When",
            Heading::Causes => "Causes, in order",
            Heading::Changed => "What changed before it",
            Heading::Affected => "Who was affected",
            Heading::Announced => "Maintenance",
            Heading::RealClients => "What real clients do then",
            Heading::Addresses => "Each address",
            Heading::Behind => "What may have been behind it",
            Heading::LookAt => "What to look at",
            Heading::Similar => "Similar incidents",
            Heading::Detection => "How detection did",
            Heading::SinceThen => "Since then",
            Heading::PartsOf => "What was down from when to when",
            Heading::WhatWasDown => "Down",
            Heading::From => "From",
            Heading::Until => "Until",
            Heading::ItLasts => "it lasts",
            Heading::Shapes => {
                "Filled: down. Half: unstable. Hatched: nobody could see it. A slope: the moment lies somewhere below it."
            }
            Heading::Evidence => "The evidence as it was recorded",
            Heading::For => "For",
            Heading::Against => "Against",
            Heading::LookFor => "For: ",
            Heading::Known => "Known",
            Heading::NothingHere => "There is nothing here",
            Heading::NoIncident => "There is no incident with this name: it may be mistyped.",
            Heading::NoService => "There is no service with this name: it may be mistyped.",
            Heading::LoadAgain => "This page does not change by itself: load it again for news.",
            Heading::NoPage => "There is no such page.",
            Heading::HistoryLost => "Its history was lost",
            Heading::HistoryLostSays => "All that is left of it is that it was.",
            Heading::NotNow => "This cannot be shown just now",
            Heading::OurFault => "This is a fault of ours; the log has more of it.",
            Heading::WayBefore => "The ",
            Heading::WayServices => "list of services",
            Heading::WayAnd => " and the ",
            Heading::WayIncidents => "list of incidents",
            Heading::WayAfter => " lead to everything that is here.",
        }
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn tell(&self, told: Told<'_>) -> String {
        match told {
            Told::AsOf(when) => format!("As of {when}."),
            Told::Lasted(what, length) => format!("{} {length}", lasting(what)),
            Told::RightToWithin(length) => format!("right to within {length}"),
            Told::OfThat(share) => format!("{share} of that"),
            Told::NotObserved(share) => format!("{share} not observed"),
            Told::KnownFor { known, of } => format!("known for {known} of {of}"),
            Told::Left(length) => format!("{length} left"),
            Told::OverspentBy(length) => format!("overspent by {length}"),
            Told::OfBudget(length) => format!("of {length}"),
            Told::BudgetUnder(slo) => {
                format!("Time that may be down under the objective of {slo} %, over the observed time")
            }
            Told::Hours(n) => format!("{n} hours"),
            Told::LastDays(n) => format!("{n} days"),
            Told::Year => "1 year".to_owned(),
            Told::AllSince(when) => format!("All since {when}"),
            Told::OutagesOn(n) => format!("outages on {}", days(n)),
            Told::DaysNotObserved(n) => format!("{} not observed", days(n)),
            Told::StripOf { route, n_days, said } => format!("{route}, the last {n_days} days: {said}"),
            Told::ColumnIsADay(from) => format!("A column is a day, from {from} on the left to today. In it:"),
            Told::Unreadable(n) => {
                format!("{n} stored sums cannot be read by this version; they are drawn as gaps.")
            }
            Told::OpenIncidents { n: 0, .. } => "No incident is on record".to_owned(),
            Told::OpenIncidents { n_open: 0, .. } => "No incident is open".to_owned(),
            Told::OpenIncidents { n_open: 1, .. } => "1 incident is open".to_owned(),
            Told::OpenIncidents { n_open: n, .. } => format!("{n} incidents are open"),
            Told::MoreNotListed(1) => "1 more is not listed here. ".to_owned(),
            Told::MoreNotListed(n) => format!("{n} more are not listed here. "),
            Told::MoreCauses(n) => format!("{n} more in between are left out."),
            Told::OverAt(when) => format!("until {when} UTC"),
            Told::CutAt(when) => format!("not over when the record ends, {when} UTC"),
            Told::Failed { family, failed, of } => format!("{family}: {failed} of {of} rounds failed"),
            Told::Parts { has_earlier, has_unstable, parts } => {
                let what = match (has_earlier, has_unstable) {
                    (true, true) => "Lately",
                    (false, true) => "In order",
                    (true, false) => "Lately down",
                    (false, false) => "Down",
                };
                format!("{what}: {parts} UTC.")
            }
            Told::Part { what, from, to } => {
                let to = to.map_or_else(String::new, |to| format!(" to {to}"));
                format!("{what} from {from}{to}")
            }
            Told::Families(over) => families(over),
            Told::DownOver(over) => format!("{} {}", families(over), state::DOWN),
            Told::UnstableOver(over) => format!("{} {}", families(over), state::UNSTABLE),
            Told::Flaps { n, lasts } => {
                format!("It flaps: it {}, so not every turn is announced.", state::turns(n, lasts))
            }
            Told::Again(n) => format!("It came back: this is the {} time.", ordinal(n)),
            Told::Drawn(drawn, sees_all) => {
                let what = match drawn {
                    Drawn::NoOutage => "no outage seen",
                    Drawn::Unstable => "unstable",
                    Drawn::WasUnstable => "was unstable",
                    Drawn::Down => "down",
                    Drawn::WasDown => "was down",
                };
                format!("{what}{}", if sees_all { "" } else { ", at times not seen" })
            }
            Told::DrawnFrom { from, to } => format!("From {from} to {to}."),
            Told::SoFar { age, is_least } => format!("It has lasted {}{age} so far", least(is_least)),
            Told::FirstOfTurns { n, age, is_least } => {
                format!("The first of {n} turns began {}{age} ago", least(is_least))
            }
            Told::NoIncidentNamed(name) => format!("There is no incident with the name “{name}”: it may be mistyped."),
            Told::NoServiceNamed(name) => {
                format!("There is no service with the name “{name}”: it may be mistyped, or was removed.")
            }
        }
    }

    fn counted(&self, parts: Option<[i64; 4]>) -> String {
        crate::times::counted(parts)
    }

    fn at_least(&self, length: Option<&str>) -> String {
        length.map_or_else(|| "an unknown time".to_owned(), |length| format!("at least {length}"))
    }

    fn percent(&self, share: f64) -> String {
        crate::percent(share).replace(' ', "\u{a0}")
    }

    fn month(&self, year: &str, month: usize) -> String {
        format!("{} {year}", MONTHS[month - 1])
    }

    fn explain(&self, cause: Cause) -> &'static str {
        crate::explain(cause)
    }

    fn difference(&self, difference: &Difference) -> String {
        crate::difference(difference)
    }

    fn alternation(&self, alternation: &Alternation) -> String {
        crate::alternation(alternation)
    }

    fn meets(&self, meets: Meets) -> &'static str {
        crate::meets(meets)
    }

    fn meaning(&self, name: &str, family: Family, standing: Standing, reached: Option<&str>) -> Option<String> {
        crate::standing::meaning(name, family, standing, reached)
    }

    fn silent_control(&self, name: &str, control: SocketAddr, for_ms: i64, is_dropped: bool) -> String {
        crate::standing::silent_control(name, control, for_ms, is_dropped)
    }

    fn stores_nothing(&self, since: Since) -> String {
        crate::storage::banner(since)
    }

    fn unusable(&self, names: &[&str]) -> String {
        crate::storage::unusable(names) + "."
    }

    fn group(&self, group: &Group) -> String {
        crate::group(group, crate::report::moment)
    }

    fn was(&self, name: &str, over: Over, lasted: Option<&Lasted>) -> String {
        let over = match over {
            Over::All => String::new(),
            Over::Only(family) => format!(" over {family}"),
            Over::OneAtATime => " over one family at a time".to_owned(),
        };
        match lasted {
            Some(lasted) => format!("{name} was {}", crate::report::lasted(lasted, &over)),
            None => format!("{name} was {}{over}", state::DOWN),
        }
    }
}

const fn lasting(what: Lasting) -> &'static str {
    match what {
        Lasting::Down => state::DOWN,
        Lasting::Degraded => "degraded",
        Lasting::Maintenance => "maintenance",
        Lasting::NotObserved => "not observed",
    }
}

fn days(n: usize) -> String {
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

fn families(families: &[Family]) -> String {
    families.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

const fn least(is_least: bool) -> &'static str {
    if is_least { "at least " } else { "" }
}

fn ordinal(n: u32) -> String {
    match n {
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        _ => format!("{n}th"),
    }
}
