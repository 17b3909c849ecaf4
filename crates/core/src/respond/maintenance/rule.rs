//! When maintenance is announced for, as its operator writes it.

use super::Expected;
use crate::measure::{family::PerFamily, time::Timestamp};
use serde::{Deserialize, Serialize};

/// The longest window, in seconds: what lasts longer than a month is no maintenance any more.
pub const MAX_WINDOW_S: u32 = 31 * 24 * 3_600;

/// One entry of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub title: String,
    /// Slugs; none: every target.
    pub targets: Option<Vec<String>>,
    pub families: PerFamily<bool>,
    pub expected: Expected,
    pub when: When,
}

impl Rule {
    /// Returns the rule as everybody may know it, without the targets of these names; `None` where it is about no other.
    #[must_use]
    pub fn without(&self, internal: &[String]) -> Option<Self> {
        let Some(slugs) = &self.targets else { return Some(self.clone()) };
        let told: Vec<String> = slugs.iter().filter(|slug| !internal.contains(slug)).cloned().collect();
        (!told.is_empty()).then(|| Self { targets: Some(told), ..self.clone() })
    }

    /// Whether the rule is about a target.
    pub fn concerns(&self, slug: &str) -> bool {
        self.targets.as_ref().is_none_or(|slugs| slugs.iter().any(|s| s == slug))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum When {
    Once { from: Timestamp, to: Timestamp },
    Recurring(Recurring),
}

/// A window that comes again by the calendar of a time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurring {
    pub every: Every,
    /// Minutes after midnight by the clock on the wall, below 1,440.
    pub at_minute: u16,
    /// Seconds by the clock that never jumps, at most [`MAX_WINDOW_S`].
    pub length_s: u32,
    /// A name of the IANA time zone database.
    pub zone: String,
    /// No window begins before.
    pub from: Option<Timestamp>,
    /// No window begins from then on.
    pub until: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Every {
    Day,
    /// On each of these days of the week.
    Weekdays {
        days: Vec<Weekday>,
    },
    /// On this day of the month, 1 to 31. A month without it has no window.
    Month {
        day: u8,
    },
    /// On, for example, the second Tuesday of the month. A month without it has no window.
    Nth {
        nth: Nth,
        weekday: Weekday,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nth {
    First,
    Second,
    Third,
    Fourth,
    Fifth,
    Last,
}

impl Nth {
    pub const ALL: [Self; 6] = [Self::First, Self::Second, Self::Third, Self::Fourth, Self::Fifth, Self::Last];

    /// Returns the word of the configuration.
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Third => "third",
            Self::Fourth => "fourth",
            Self::Fifth => "fifth",
            Self::Last => "last",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const ALL: [Self; 7] =
        [Self::Monday, Self::Tuesday, Self::Wednesday, Self::Thursday, Self::Friday, Self::Saturday, Self::Sunday];

    /// Returns the word of the configuration.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }
}
