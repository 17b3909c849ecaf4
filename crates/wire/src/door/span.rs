//! A span of time that is asked for.

use super::{Refusal, address::Query};
use dualwatch_core::measure::time::Timestamp;
use std::fmt::Write as _;

/// Where a span begins, and where it ends; what ends now says so, and not when that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub begin: Begin,
    /// The end, which is not in it; `None`: it ends now.
    pub to: Option<Timestamp>,
}

/// Where a span begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    At(Timestamp),
    /// So many milliseconds before its end.
    Before(i64),
}

impl Span {
    /// Reads `from` and `to`. Without `from` it is so many milliseconds long.
    pub(super) fn read(query: &Query<'_>, length: i64, now: Timestamp) -> Result<Self, Refusal> {
        let (from, to) = (query.time("from")?, query.time("to")?);
        if from.is_some_and(|from| from > to.unwrap_or(now + 1)) {
            return Err(Refusal::Bad("`from` is later than `to`".to_owned()));
        }
        Ok(Self { begin: from.map_or(Begin::Before(length), Begin::At), to })
    }

    /// Returns both ends, as they are at a time.
    pub fn at(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let to = self.to.unwrap_or(now + 1);
        match self.begin {
            Begin::At(from) => (from, to),
            Begin::Before(ms) => (to - ms, to),
        }
    }

    /// Whether both ends were named, so that it does not go with the time.
    pub const fn is_closed(self) -> bool {
        matches!(self.begin, Begin::At(_)) && self.to.is_some()
    }

    /// Writes it as the query of a canonical name, behind what is there already. A length that nobody asked for is no part
    /// of it: it is the same for everybody who names no beginning.
    pub(super) fn write(self, name: &mut String) {
        let from = match self.begin {
            Begin::At(from) => Some(("from", from)),
            Begin::Before(_) => None,
        };
        for (key, time) in from.into_iter().chain(self.to.map(|to| ("to", to))) {
            let sign = if name.contains('?') { '&' } else { '?' };
            // A text takes everything.
            let _ = write!(name, "{sign}{key}={}", time.unix_ms());
        }
    }
}
