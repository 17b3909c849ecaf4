//! The status page in words, in every language: the same as the self-test's, a match for each, so that a missing phrase does
//! not compile.
//!
//! What goes into a sentence comes as values and as fragments that are in the same language already.

mod de;
mod en;
mod zh_hans;

use crate::self_test::times::Times;
use dualwatch_core::measure::{
    absence::Absence,
    family::Family,
    sample::Warning,
    time::{DAY, HOUR, MINUTE, SECOND},
    unfit::UnfitAddress,
    vantage::Standing,
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{Judged, status::State},
};

/// Everything that the status page says of services.
pub trait Status: Times {
    /// Returns which language this is.
    fn language(&self) -> Language;

    /// Returns the word of a standing, as in "IPv6 proven".
    fn standing(&self, standing: Standing) -> &'static str;

    /// Returns a text of the page that is always the same.
    fn caption(&self, caption: Caption) -> &'static str;

    /// Returns what is said of something, as a fragment or a sentence.
    fn say(&self, said: Said<'_>) -> String;

    /// Returns a length of time as it is read again and again: whole minutes once there is one.
    fn length(&self, ms: i64) -> String;
}

/// A text that is always the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caption {
    Skip,
    Troubled,
    Incidents,
    AllIncidents,
    /// That there are none; ends with what separates it from a link.
    NoIncidents,
    Services,
    Availability,
    /// Of a URL that is measured with a query.
    WithoutQuery,
    MeasuredFrom,
    Edge,
    DualStack,
    Published,
    AsJson,
    Privacy,
    NotObserved,
    /// In a row of the timeline.
    NoOutageSeen,
    /// Above the rows of services: what their bars are, and whose figures stand where.
    NinetyDays,
    ThirtyDays,
    Now,
    /// What a day was like of which less than half was seen.
    PartlySeen,
    /// Looking for services.
    Find,
    Search,
    /// Those of no group, among groups.
    Others,
    /// The page of how we measure, in a row of others.
    About,
    /// Choosing among incidents.
    EveryFamily,
    EveryCause,
    Choose,
}

impl Caption {
    pub const ALL: [Self; 27] = [
        Self::Skip,
        Self::Troubled,
        Self::Incidents,
        Self::AllIncidents,
        Self::NoIncidents,
        Self::Services,
        Self::Availability,
        Self::WithoutQuery,
        Self::MeasuredFrom,
        Self::Edge,
        Self::DualStack,
        Self::Published,
        Self::AsJson,
        Self::Privacy,
        Self::NotObserved,
        Self::NoOutageSeen,
        Self::NinetyDays,
        Self::ThirtyDays,
        Self::Now,
        Self::PartlySeen,
        Self::Find,
        Self::Search,
        Self::Others,
        Self::About,
        Self::EveryFamily,
        Self::EveryCause,
        Self::Choose,
    ];
}

/// What is said, with what it is said of.
#[derive(Clone, Copy, Debug)]
pub enum Said<'a> {
    /// The state of everything in one sentence.
    Headline(Judged),
    /// Of so many more nothing is known.
    MoreUnknown(u32),
    /// So many are unstable.
    Unstable(usize),
    /// We cannot be asked any more: what is seen is of then.
    Unreachable(&'a str),
    /// Our own watcher is late, by so long where that is known, for so many services of all.
    Late {
        by: Option<&'a str>,
        n_late: usize,
        n: usize,
    },
    NotMeasuredYet,
    NoRecentRound,
    LastOne(&'a str),
    Then(State),
    State(State),
    /// It is up, and yet there is something.
    But {
        state: State,
        why: &'a str,
    },
    /// A verdict, and yet there is something.
    Also {
        said: &'a str,
        why: &'a str,
    },
    /// What is not as it should be; `coding`: what its body came in, where that was not read.
    Warned {
        warning: &'a Warning,
        coding: Option<&'a str>,
    },
    /// The only service is up, and yet there is something.
    UpBut(&'a str),
    /// So many are up, and not as they should be.
    Degraded(usize),
    /// Maintenance is running: beside the headline.
    UnderMaintenance,
    /// Which services something is about.
    Concerns(&'a str),
    /// It is so for so long.
    For(&'a str),
    Since {
        when: &'a str,
        lasts: &'a str,
    },
    /// It is so, and why.
    Why {
        state: State,
        why: Option<&'a str>,
    },
    /// A certificate is for these names and more, and not for the one that is wanted.
    Certificate {
        names: &'a str,
        n_more: usize,
        wanted: Option<&'a str>,
    },
    Absence(Absence, Family),
    Only(Absence, Family),
    /// An address is no destination of the service's own.
    Unfit(&'a UnfitAddress),
    ByChoice,
    CannotTell,
    /// The vantage has not this family.
    VantageHasNone(Family),
    Maintenance(&'a str),
    MeasuredBy(&'a str),
    UpOver(Family),
    NoAddress,
    LostToTrying {
        length: &'a str,
        family: Family,
    },
    Slower(&'a str),
    NoTimeLost,
    HeldUpBy {
        family: Family,
        why: Option<&'a str>,
    },
    NoFallback {
        from: Family,
    },
    /// It is slow, beside its verdict.
    NotAsked,
    AnotherMachine,
    NoWebAddress(Option<Family>),
    UpOver30Days,
    KnownFor {
        known: &'a str,
        of: &'a str,
    },
    /// Maintenance over one family or both.
    Planned(Option<Family>),
    /// It fails again and again.
    Wavers(Option<Family>),
    /// An incident in a sentence without a full stop; over one family, or over whatever it offers.
    IsDown {
        name: &'a str,
        over: Option<Family>,
    },
    IsUnstable {
        name: &'a str,
        over: Option<Family>,
    },
    ComesAndGoes {
        name: &'a str,
        over: Option<Family>,
    },
    AnswersAgain {
        name: &'a str,
        over: Option<Family>,
    },
    /// When it began; `again`: since when it is down again, or only unstable, where it was well in between.
    Began {
        when: &'a str,
        ago: &'a str,
        is_least: bool,
        again: Option<(bool, &'a str)>,
    },
    BeforeFirstLook(&'a str),
    At(&'a str),
    Between {
        after: &'a str,
        by: &'a str,
    },
    /// How many services a group has, and how many of them have trouble.
    InGroup {
        n: u32,
        troubled: u32,
    },
    /// How many services were found, of which so many are shown.
    Found {
        n: u32,
        shown: usize,
    },
    Vantage {
        name: &'a str,
        ipv4: &'a str,
        ipv6: &'a str,
        ago: &'a str,
    },
}

/// Returns the parts that a length of time is told in: how many days, hours, minutes and seconds. `None`: less than a second.
fn parts(ms: i64) -> Option<[i64; 4]> {
    let unit = match ms {
        ..SECOND => return None,
        SECOND..MINUTE => SECOND,
        _ => MINUTE,
    };
    let ms = ms - ms % unit;
    let [days, hours, minutes, seconds] = [ms / DAY, ms % DAY / HOUR, ms % HOUR / MINUTE, ms % MINUTE / SECOND];
    Some([days, hours, minutes, seconds])
}

/// Joins numbers with their units, each in its singular and its plural; what is 0 is left out.
pub(crate) fn joined(parts: [i64; 4], units: [(&str, &str); 4], between: &str, separator: &str) -> String {
    let told = parts.into_iter().zip(units).filter(|(n, _)| *n > 0);
    let told = told.map(|(n, (one, many))| [n.to_string().as_str(), between, if n == 1 { one } else { many }].concat());
    told.collect::<Vec<_>>().join(separator)
}
