//! The status page, in English.

use super::{Caption, Said, Status};
use crate::{
    self_test::{En, times::Formats},
    state,
};
use dualwatch_core::measure::{family::Family, time::MINUTE, vantage::Standing};
use dualwatch_wire::{
    answer::language::Language,
    v1::{Judged, status::State},
};

impl<F: Formats> Status for En<F> {
    fn language(&self) -> Language {
        Language::En
    }

    fn standing(&self, standing: Standing) -> &'static str {
        crate::standing(standing)
    }

    fn caption(&self, caption: Caption) -> &'static str {
        match caption {
            Caption::Skip => "Skip to the services",
            Caption::Troubled => "Services with trouble",
            Caption::Incidents => "Incidents",
            Caption::AllIncidents => "All incidents",
            Caption::NoIncidents => "None now, and none within the last day. ",
            Caption::Services => "Services",
            Caption::Availability => "Availability and history",
            Caption::WithoutQuery => "measured with a query that is not public; your browser asks without it",
            Caption::MeasuredFrom => "Measured from",
            Caption::Edge => "Edge",
            Caption::DualStack => "Dual stack",
            Caption::Published => "Published at ",
            Caption::AsJson => "the same as JSON",
            Caption::Privacy => {
                "To check from here, your browser asks our own endpoints and the services listed above, and reads from WebRTC \
                 which address families your device has. The results stay in this page; nothing is stored, and nobody else is \
                 asked."
            }
            Caption::NotObserved => "not observed",
            Caption::NoOutageSeen => "no outage seen",
            Caption::NinetyDays => "90 days: IPv4 above, IPv6 below",
            Caption::ThirtyDays => "30 days",
            Caption::Now => "now",
            Caption::PartlySeen => "up, as far as seen",
            Caption::Find => "Find a service",
            Caption::Search => "Search",
            Caption::Others => "Others",
            Caption::About => "How we measure",
            Caption::EveryFamily => "Both families",
            Caption::EveryCause => "All causes",
            Caption::Choose => "Show",
        }
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn say(&self, said: Said<'_>) -> String {
        match said {
            Said::Headline(all) => headline(all),
            Said::MoreUnknown(n) => format!("Of {n} more it is not known."),
            Said::Unstable(1) => "1 service is unstable.".to_owned(),
            Said::Unstable(n) => format!("{n} services are unstable."),
            Said::Unreachable(from) => format!(
                "Our own watcher cannot be reached; what you see of it is from {from}. Your browser's own results still count."
            ),
            Said::Late { by, n_late, n } => {
                let by = by.map_or_else(String::new, |by| format!(" by {by}"));
                let of = if n_late == n { String::new() } else { format!(" for {n_late} of {n} services") };
                format!("Our own watcher is late{by}{of}.")
            }
            Said::NotMeasuredYet => "not measured yet".to_owned(),
            Said::NoRecentRound => "no recent round".to_owned(),
            Said::LastOne(ago) => format!("last one {ago} ago"),
            Said::Then(state) => format!("then {}", word(state)),
            Said::State(state) => word(state).to_owned(),
            Said::But { state, why } => format!("{}, but {why}", word(state)),
            Said::Also { said, why } => format!("{said}, but {why}"),
            Said::Warned { warning, coding } => crate::warning(warning, coding),
            Said::UpBut(why) => format!("The service is up, but {why}."),
            Said::Degraded(1) => "1 service is up, and not as it should be.".to_owned(),
            Said::Degraded(n) => format!("{n} services are up, and not as they should be."),
            Said::UnderMaintenance => "Maintenance is running.".to_owned(),
            Said::Concerns(names) => format!("It is about {names}."),
            Said::For(length) => format!("for {length}"),
            Said::Since { when, lasts } => format!("since {when}, {lasts}"),
            Said::Why { state, why } => format!("{}: {}", word(state), why.unwrap_or("cause not known")),
            Said::Certificate { names, n_more, wanted } => {
                let more = if n_more == 0 { String::new() } else { format!(" and {n_more} more") };
                let not = wanted.map_or_else(String::new, |wanted| format!(", not for {wanted}"));
                format!("shows a certificate for {}{more}{not}", if names.is_empty() { "nobody" } else { names })
            }
            Said::Absence(absence, family) => crate::absence(absence, family),
            Said::Only(absence, family) => crate::only(absence, family),
            Said::Unfit(unfit) => crate::unfit(unfit),
            Said::ByChoice => "not measured, by choice".to_owned(),
            Said::CannotTell => "cannot tell".to_owned(),
            Said::VantageHasNone(family) => format!("the place that measures has no working {family}"),
            Said::Maintenance(said) => format!("{said} (maintenance)"),
            Said::MeasuredBy(name) => format!("measured by {name}"),
            Said::UpOver(family) => format!("up over {family}"),
            Said::NoAddress => "no address of either family".to_owned(),
            Said::LostToTrying { length, family } => format!("{length} lost to trying {family} first"),
            Said::Slower(length) => format!("{length} slower than the better family alone"),
            Said::NoTimeLost => "no time lost".to_owned(),
            Said::HeldUpBy { family, why } => format!("held up by {family}: {}", why.unwrap_or("cause not known")),
            Said::NoFallback { from } => {
                format!("a client that connects over {from} does not fall back to {}", from.other())
            }
            Said::NotAsked => "Not checked from your browser.".to_owned(),
            Said::AnotherMachine => {
                "Not checked from your browser: its address is local to where it is measured; where you are it would be \
                 another machine."
                    .to_owned()
            }
            Said::NoWebAddress(None) => "Not checked from here: no web address.".to_owned(),
            Said::NoWebAddress(Some(family)) => {
                format!("Not checked from here: no web address that is {family} only.")
            }
            Said::UpOver30Days => "Up over 30 days".to_owned(),
            Said::KnownFor { known, of } => format!("Known for {known} of {of}"),
            Said::Planned(over) => {
                let over = families(over);
                format!("Maintenance over {over}, as announced: what fails because of it does not count as an outage")
            }
            Said::Wavers(over) => {
                format!("over {}: it fails again and again, and answers in between", families(over))
            }
            Said::IsDown { name, over } => format!("{name} is down{}", of(over)),
            Said::IsUnstable { name, over } => format!("{name} is unstable{}", of(over)),
            Said::ComesAndGoes { name, over } => format!("{name} comes and goes{}", of(over)),
            Said::AnswersAgain { name, over } => format!("{name} answers again{}, and is being watched", of(over)),
            Said::Began { when, ago, is_least, again } => {
                let least = if is_least { "at least " } else { "" };
                let again = again.map_or_else(String::new, |(is_mild, since)| {
                    format!("; {} again since {since} UTC", if is_mild { "unstable" } else { "down" })
                });
                format!("Began {when}, {least}{ago} ago{again}.")
            }
            Said::BeforeFirstLook(by) => format!("before {by} UTC, when it was first looked at"),
            Said::At(by) => format!("at {by} UTC"),
            Said::Between { after, by } => format!("between {after} and {by} UTC"),
            Said::InGroup { n, troubled } => {
                let services = if n == 1 { "1 service".to_owned() } else { format!("{n} services") };
                if troubled == 0 { services } else { format!("{services}, {troubled} with trouble") }
            }
            Said::Found { n: 0, .. } => "No service was found.".to_owned(),
            Said::Found { n: 1, .. } => "1 service was found.".to_owned(),
            Said::Found { n, shown } if n as usize > shown => {
                format!("{n} services were found; the first {shown} are shown.")
            }
            Said::Found { n, .. } => format!("{n} services were found."),
            Said::Vantage { name, ipv4, ipv6, ago } => {
                format!("{name}: IPv4 {ipv4}, IPv6 {ipv6}; last round {ago} ago")
            }
        }
    }

    fn length(&self, ms: i64) -> String {
        crate::duration(if ms < MINUTE { ms } else { ms - ms % MINUTE })
    }
}

const fn word(state: State) -> &'static str {
    match state {
        State::Unknown => state::UNKNOWN,
        State::Up => state::UP,
        State::Suspect => state::SUSPECT,
        State::Down => state::DOWN,
        State::Recovering => state::RECOVERING,
    }
}

const fn families(over: Option<Family>) -> &'static str {
    match over {
        Some(Family::Ipv4) => "IPv4",
        Some(Family::Ipv6) => "IPv6",
        None => "IPv4 and IPv6",
    }
}

fn of(over: Option<Family>) -> String {
    over.map_or_else(String::new, |family| format!(" over {family}"))
}

fn headline(all: Judged) -> String {
    let Judged { targets: n, troubled, over_ipv4: four, over_ipv6: six, unknown, .. } = all;
    let who = match (n, troubled) {
        (1, _) => "The service has".to_owned(),
        (_, 1) => format!("1 of {n} services has"),
        _ => format!("{troubled} of {n} services have"),
    };
    match (troubled, four, six) {
        (0, ..) if n == 0 => "No service is watched yet.".to_owned(),
        (0, ..) if unknown == n => "Nothing is known at the moment.".to_owned(),
        (0, ..) if unknown > 0 => {
            let others = if n - unknown == 1 { "the other is up" } else { "the others are up" };
            format!("{unknown} of {n} services cannot be judged now; {others}.")
        }
        (0, ..) if n == 1 => "The service is up.".to_owned(),
        (0, ..) => format!("All {n} services are up."),
        (_, 0, 0) => format!("{who} trouble for clients with both families."),
        (_, 0, _) => format!("{who} trouble over IPv6."),
        (_, _, 0) => format!("{who} trouble over IPv4."),
        (1, 1, 1) => format!("{who} trouble over IPv4 and IPv6."),
        _ => format!("{who} trouble: {four} over IPv4, {six} over IPv6."),
    }
}
