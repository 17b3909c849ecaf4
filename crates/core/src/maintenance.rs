//! Maintenance: which failures were announced, and what that excuses.
//!
//! The rule. Inside of a window a failure that was announced is no incident, and its time counts as maintenance, neither
//! up nor down: announced "down" excuses down and degraded, announced "degraded" excuses only degraded. A target that
//! answers well inside of a window is up, as always. Outside of the windows nothing changes: an outage that outlasts its
//! window is an incident, which begins where the window ends.
//!
//! Windows are half-open, `[from, to)`. When a rule makes windows is a matter of calendars and time zones:
//! `dualwatch_config::occurrences`.
//!
//! ```
//! use dualwatch_core::{
//!     cause::Cause, diagnosis::Conclusion, family::{Family, PerFamily},
//!     maintenance::{Expected, Window, began_unexcused, excuse}, time::{HOUR, MINUTE, Timestamp},
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
//! let bad = Conclusion::Bad(Cause::TcpRefused);
//! let at = two_o_clock + 5 * MINUTE;
//! assert!(excuse(&windows, Family::Ipv6, at, bad).is_some());
//! assert!(excuse(&windows, Family::Ipv4, at, bad).is_none());
//!
//! // It is still down when the window ends: that is when the incident begins, to the millisecond.
//! let end = two_o_clock + 2 * HOUR;
//! assert!(excuse(&windows, Family::Ipv6, end, bad).is_none());
//! assert_eq!(began_unexcused(&windows, Family::Ipv6, Some(two_o_clock), at), (Some(end), end));
//! ```

mod rule;

pub use rule::{Every, MAX_WINDOW_S, Nth, Recurring, Rule, Weekday, When};

use crate::{
    diagnosis::Conclusion,
    family::{Family, PerFamily},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What is announced. The greater excuses what the lesser does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// Returns the window that excuses what a round at `at` concludes. None where nothing failed, or nothing was announced
/// that goes so far: then the conclusion counts as on any other day.
pub fn excuse(windows: &[Window], family: Family, at: Timestamp, conclusion: Conclusion) -> Option<&Window> {
    let needed = match conclusion {
        Conclusion::Bad(_) => Expected::Down,
        Conclusion::Good { degraded: true } => Expected::Degraded,
        Conclusion::Good { degraded: false } | Conclusion::Blind(_) | Conclusion::Unpublished(_) => return None,
    };
    covers(windows, family, at).filter(|w| w.expected >= needed)
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

/// Returns in which interval `(after, by]` that part of an outage began which is not excused; the outage itself began in
/// the given one. To be asked when a round outside of the windows is the first that fails without an excuse.
///
/// Where the target was already seen down inside of the window, that part begins with the window's end: both bounds are
/// the same, there is nothing to be measured about it.
pub fn began_unexcused(
    windows: &[Window],
    family: Family,
    after: Option<Timestamp>,
    by: Timestamp,
) -> (Option<Timestamp>, Timestamp) {
    let end = excused_until(windows, family, by);
    if end > by {
        return (Some(end), end);
    }
    // Last good inside of the window: what failed before its end would have been excused.
    (after.map(|after| excused_until(windows, family, after)), by)
}

/// A piece of time, and what was announced for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'w> {
    pub from: Timestamp,
    pub to: Timestamp,
    pub window: Option<&'w Window>,
}

/// Cuts `[from, to)` at the borders of a family's windows: no time lies in two pieces, and none is left out.
pub fn pieces(windows: &[Window], family: Family, from: Timestamp, to: Timestamp) -> Vec<Piece<'_>> {
    let inside = |t: &Timestamp| from < *t && *t < to;
    let borders = windows.iter().filter(|w| *w.families.get(family)).flat_map(|w| [w.from, w.to]).filter(inside);
    let mut cuts: Vec<Timestamp> = borders.collect();
    cuts.sort_unstable();
    cuts.dedup();
    let starts = std::iter::once(from).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain(std::iter::once(to));
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for (from, to) in starts.zip(ends).filter(|(from, to)| from < to) {
        let window = covers(windows, family, from);
        match pieces.last_mut() {
            Some(last) if last.window == window => last.to = to,
            _ => pieces.push(Piece { from, to, window }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests;
