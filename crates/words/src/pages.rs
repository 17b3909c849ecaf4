//! The pages of services and incidents, and the rest of the status page, in words: in every language, a match for each.
//!
//! The reports that programs read, and the Markdown, are English ([`crate::report`]); what a page says in another language is
//! made of their codes and numbers ([`reports`]).

pub(crate) mod de;
mod en;
pub mod reports;
pub(crate) mod zh_hans;

use crate::{self_test::phrases::texts, status::Status, times};
use dualwatch_core::{
    judge::{consistency::Difference, meets::Meets},
    measure::{cause::Cause, family::Family, vantage::Standing},
    notice::{changes::Alternation, grouping::Group},
    remember::storage::Since,
    respond::incident::{lasted::Lasted, outline::DurationMs},
};
use dualwatch_wire::time::MONTHS;
use std::net::SocketAddr;

/// Everything that is said on the pages without scripts, and of incidents on the status page.
pub trait Pages: Status {
    /// Returns a text that is always the same.
    fn heading(&self, heading: Heading) -> &'static str;

    /// Returns what is said of something, as a fragment or a sentence.
    fn tell(&self, told: Told<'_>) -> String;

    /// Returns a length of time in days, hours, minutes and seconds, alone; `None` is less than a second.
    fn counted(&self, parts: Option<[i64; 4]>) -> String;

    /// Returns a length of time of which only the shortest is known; `None` is nothing.
    fn at_least(&self, length: Option<&str>) -> String;

    /// Returns a share, 0 to 1, in percent. A line does not break before the sign.
    fn percent(&self, share: f64) -> String;

    /// Returns a month of a year; it counts from 1.
    fn month(&self, year: &str, month: usize) -> String;

    /// Returns what a cause means and where to look, as one sentence.
    fn explain(&self, cause: Cause) -> &'static str;

    /// Returns one sentence for a difference between the families, without a full stop.
    fn difference(&self, difference: &Difference) -> String;

    /// Returns one sentence for what a family shows in turns, without a full stop.
    fn alternation(&self, alternation: &Alternation) -> String;

    /// Returns what people meet where something fails.
    fn meets(&self, meets: Meets) -> &'static str;

    /// Returns what a standing of a place that measures means for the targets, where it means anything.
    fn meaning(&self, name: &str, family: Family, standing: Standing, reached: Option<&str>) -> Option<String>;

    /// Says that a control of a place that measures does not answer though others do; `for_ms`: for so long.
    fn silent_control(&self, name: &str, control: SocketAddr, for_ms: i64, is_dropped: bool) -> String;

    /// Says that nothing can be stored.
    fn stores_nothing(&self, since: Since) -> String;

    /// Says that what is stored of these cannot be read, as a sentence.
    fn unusable(&self, names: &[&str]) -> String;

    /// Returns what an event of several targets says.
    fn group(&self, group: &Group) -> String;

    /// Returns what was the case for how long, such as "Service was down over IPv6 for 12 minutes".
    fn was(&self, name: &str, over: Over, lasted: Option<&Lasted>) -> String;

    /// Returns a length of time as fine as it asks for: to the nearest minute from an hour on.
    fn span(&self, ms: i64) -> String {
        self.counted(times::told(ms))
    }

    /// Returns a length of time to the nearest second.
    fn exact(&self, ms: i64) -> String {
        self.counted(times::exact(ms))
    }

    /// Returns a length of time with its error bar.
    fn with_error(&self, length: DurationMs) -> String {
        match times::printed(length) {
            None => {
                let least = times::exact(length.min).map(|parts| self.counted(Some(parts)));
                self.at_least(least.as_deref())
            }
            Some((middle, 0)) => self.exact(middle),
            Some((middle, error)) => [&*self.exact(middle), &*self.exact(error)].join(" ± "),
        }
    }
}

texts! {
    /// A text of a page that is always the same.
    Heading {
        /// The page of the self-test, in a row of others.
        YourConnection,
        /// Where the same can be read by a machine.
        NowAsJson,
        AvailabilityAsJson,
        HistoryAsJson,
        ReportAsMarkdown,
        AllAsJson,
        /// Over the rows of a service.
        Now,
        Availability,
        Budget,
        Days,
        NoneOnRecord,
        /// Above the shares of time.
        Shares,
        Window,
        /// The column of a client that has both families.
        Both,
        NothingToSpend,
        Spent,
        /// What a day can have been.
        Up,
        Degraded,
        Down,
        Maintenance,
        NotObserved,
        NoOutageSeen,
        AsTable,
        DaysInUtc,
        Day,
        /// Below the list of incidents.
        EachIsOne,
        Together,
        Older,
        Over,
        /// Before the name of a service.
        OfService,
        When,
        Causes,
        Changed,
        Affected,
        Announced,
    RealClients,
        /// Each address of the name for itself.
        Addresses,
        Behind,
        LookAt,
        Similar,
        Detection,
        SinceThen,
        /// Above the parts of an incident, and its columns.
        PartsOf,
        WhatWasDown,
        From,
        Until,
        ItLasts,
        /// What the shapes of a timeline mean.
        Shapes,
        Evidence,
        For,
        Against,
        LookFor,
        /// Before what the evidence has answered already.
        Known,
        /// In place of a page.
        NothingHere,
        NoIncident,
        NoService,
        /// A page without scripts is as old as it says.
        LoadAgain,
        NoPage,
        HistoryLost,
        HistoryLostSays,
        NotNow,
        OurFault,
        /// The ways on, in pieces: two of them are links.
        WayBefore,
        WayServices,
        WayAnd,
        WayIncidents,
        WayAfter,
    }
}

/// What is said, with what it is said of.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// A page is true as of then.
    AsOf(&'a str),
    /// For how long it was so.
    Lasted(Lasting, &'a str),
    /// A sum may be wrong by so much.
    RightToWithin(&'a str),
    /// A share of what is known.
    OfThat(&'a str),
    /// A share that nobody saw.
    NotObserved(&'a str),
    KnownFor {
        known: &'a str,
        of: &'a str,
    },
    /// An error budget.
    Left(&'a str),
    OverspentBy(&'a str),
    OfBudget(&'a str),
    BudgetUnder(&'a str),
    /// The names of windows.
    Hours(u32),
    LastDays(i64),
    Year,
    AllSince(&'a str),
    OutagesOn(usize),
    DaysNotObserved(usize),
    StripOf {
        route: &'a str,
        n_days: i64,
        said: &'a str,
    },
    ColumnIsADay(&'a str),
    Unreadable(u64),
    OpenIncidents {
        n_open: usize,
        n: usize,
    },
    MoreNotListed(usize),
    MoreCauses(u32),
    /// When an incident was over; or that its record ends then.
    OverAt(&'a str),
    CutAt(&'a str),
    Failed {
        family: Family,
        failed: u32,
        of: u32,
    },
    /// The parts of an incident in a sentence.
    Parts {
        has_earlier: bool,
        has_unstable: bool,
        parts: &'a str,
    },
    Part {
        what: &'a str,
        from: &'a str,
        to: Option<&'a str>,
    },
    Families(&'a [Family]),
    DownOver(&'a [Family]),
    UnstableOver(&'a [Family]),
    Flaps {
        n: u32,
        lasts: bool,
    },
    /// It is the so manieth time.
    Again(u32),
    /// The words of a timeline; whether somebody could see all of it.
    Drawn(Drawn, bool),
    DrawnFrom {
        from: &'a str,
        to: &'a str,
    },
    SoFar {
        age: &'a str,
        is_least: bool,
    },
    FirstOfTurns {
        n: u32,
        age: &'a str,
        is_least: bool,
    },
    NoIncidentNamed(&'a str),
    NoServiceNamed(&'a str),
}

/// What lasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    Down,
    Degraded,
    Maintenance,
    NotObserved,
}

/// What a timeline shows of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    NoOutage,
    Unstable,
    WasUnstable,
    Down,
    WasDown,
}

/// Over what something was down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Whatever there is.
    All,
    Only(Family),
    /// Both families, and never at the same time.
    OneAtATime,
}

/// Returns a month such as `2026-11` in words; what is none stays as it is.
pub fn month(text: &str, words: &dyn Pages) -> String {
    let told = text.split_once('-').and_then(|(year, month)| {
        let month = month.parse::<usize>().ok().filter(|month| (1..=MONTHS.len()).contains(month))?;
        Some(words.month(year, month))
    });
    told.unwrap_or_else(|| text.to_owned())
}
