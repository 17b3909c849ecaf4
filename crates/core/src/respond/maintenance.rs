//! Maintenance: which time was announced, and what that excuses.
//!
//! The rule. A window that announces "down" is taken out of the reckoning as a whole, whatever is measured in it or not:
//! its time counts as maintenance, neither up nor down, and a failure in it is no incident. Were the good minutes of a
//! window counted and the bad ones not, announcing work would make a target look better. A window that announces
//! "degraded" takes out what is degraded; what is up in it is up, and what is down is down, and an incident. What is
//! measured is kept and said all the same. Outside of the windows nothing changes: an outage that outlasts its window is
//! an incident, which begins where the window ends.
//!
//! | announced | up | degraded | down | not observed |
//! |---|---|---|---|---|
//! | nothing | up | degraded | down | not observed |
//! | degraded | up | maintenance | down | not observed |
//! | down | maintenance | maintenance | maintenance | maintenance |
//!
//! Windows are half-open, `[from, to)`. When a rule makes windows is a matter of calendars and time zones:
//! `dualwatch_config::occurrences`.
//!
//! ```
//! use dualwatch_core::{
//!     measure::{family::{Family, PerFamily}, time::{HOUR, MINUTE, Timestamp}},
//!     respond::maintenance::{Expected, Window, cover, excused_until},
//!     remember::spell::{Cover, State},
//! };
//!
//! let two_o_clock = Timestamp::from_unix_ms(1_795_399_200_000);
//! let window = Window {
//!     title: "New core router".to_owned(),
//!     from: two_o_clock,
//!     to: two_o_clock + 2 * HOUR,
//!     families: PerFamily { ipv4: false, ipv6: true },
//!     expected: Expected::Down,
//! };
//! let windows = [window];
//! let at = two_o_clock + 5 * MINUTE;
//! assert_eq!(cover(&windows, at).ipv6, Cover::All);
//! assert_eq!(cover(&windows, at).ipv6.over(State::Up), State::Maintenance);
//! assert_eq!(cover(&windows, at).ipv4, Cover::Nothing);
//!
//! // Still down when the window ends: that is when the incident begins, to the millisecond.
//! let end = two_o_clock + 2 * HOUR;
//! assert_eq!(excused_until(&windows, Family::Ipv6, at), end);
//! assert_eq!(excused_until(&windows, Family::Ipv6, end), end);
//! ```

mod rule;

pub use rule::{Every, MAX_WINDOW_S, Nth, Recurring, Rule, Weekday, When};

use crate::{
    measure::{
        family::{Family, PerFamily},
        time::Timestamp,
    },
    remember::spell::{Cover, PerTrack},
};
use serde::{Deserialize, Serialize};

/// What is announced. The greater excuses what the lesser does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    Degraded,
    Down,
}

/// A time for which something was announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub title: String,
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
    pub families: PerFamily<bool>,
    pub expected: Expected,
}

impl Window {
    /// Whether the window is about a family at a time.
    pub fn covers(&self, family: Family, at: Timestamp) -> bool {
        *self.families.get(family) && self.from <= at && at < self.to
    }
}

/// Returns the window that a family is in; of several the one that excuses most, and of those the one that ends last.
pub fn covers(windows: &[Window], family: Family, at: Timestamp) -> Option<&Window> {
    windows.iter().filter(|w| w.covers(family, at)).max_by_key(|w| (w.expected, w.to))
}

/// Returns what the windows take out of the reckoning at a moment. A dual-stack client is covered only where both
/// families are.
pub fn cover(windows: &[Window], at: Timestamp) -> PerTrack<Cover> {
    let of = |family| match covers(windows, family, at).map(|window| window.expected) {
        None => Cover::Nothing,
        Some(Expected::Degraded) => Cover::Degraded,
        Some(Expected::Down) => Cover::All,
    };
    let (ipv4, ipv6) = (of(Family::Ipv4), of(Family::Ipv6));
    let dual_stack = match (ipv4, ipv6) {
        (Cover::All, Cover::All) => Cover::All,
        (Cover::Nothing, _) | (_, Cover::Nothing) => Cover::Nothing,
        _ => Cover::Degraded,
    };
    PerTrack { ipv4, ipv6, dual_stack }
}

/// Returns the first moment from `at` on at which being down is excused no more: `at` itself outside of the windows that
/// announce it, else the end of the last of those that follow each other without a break.
pub fn excused_until(windows: &[Window], family: Family, at: Timestamp) -> Timestamp {
    let mut until = at;
    // Each pass reaches further or is the last one.
    while let Some(further) =
        windows.iter().filter(|w| w.expected == Expected::Down && w.covers(family, until)).map(|w| w.to).max()
    {
        until = further;
    }
    until
}

#[cfg(test)]
mod tests;
