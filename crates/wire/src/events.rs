//! The stream of events at `/api/v1/events`: it says that something published has changed, and never what.
//!
//! What has changed is read from the documents, which tell everybody what everybody may know: a stream that repeats nothing
//! of them cannot tell more. Its events are those of the HTML standard (section 9.2, server-sent events).

use dualwatch_core::measure::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How new what is published is: larger after each change.
///
/// It is the moment of the change in milliseconds since 1970, and one more than the last where the clock does not say later.
/// So what begins anew with nothing stored goes on with larger ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Revision(i64);

impl Revision {
    /// Returns the one that was written down as this number.
    pub const fn of(number: i64) -> Self {
        Self(number)
    }

    pub const fn number(self) -> i64 {
        self.0
    }

    /// Returns that of a change at `now`.
    ///
    /// ```
    /// use dualwatch_core::measure::time::Timestamp;
    /// use dualwatch_wire::events::Revision;
    /// let at = Timestamp::from_unix_ms;
    /// let first = Revision::default().next(at(1_000));
    /// assert_eq!(first, Revision::of(1_000));
    /// assert_eq!(first.next(at(1_000)), Revision::of(1_001));
    /// assert_eq!(first.next(at(2_000)), Revision::of(2_000));
    /// ```
    #[must_use]
    pub fn next(self, now: Timestamp) -> Self {
        Self(now.unix_ms().max(self.0 + 1))
    }

    /// Reads the id of an event as a reader sends it back; `None` where it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| text.parse().ok()).flatten().map(Self)
    }
}

/// What an event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Something that is published has changed since the id that the reader has.
    Change,
    /// Nothing has: the stream lives.
    Alive,
}

/// When a browser asks again that was cut off, in milliseconds. None asks sooner than that would be good for us
/// (Chromium takes 0 at its word).
pub const RETRY_MS: u32 = 1_000;
/// After so many milliseconds without a change a stream says that it lives. A reader who has left is noticed at the second
/// write after that.
pub const ALIVE_EVERY_MS: u32 = 15_000;

/// What a stream is, from its beginning to the end of any of its events, as a regular expression: for its description.
pub const FORM: &str = r#"^(retry: [0-9]+\n\n)?(id: [0-9]+\nevent: (change|alive)\ndata: \{"revision":[0-9]+\}\n\n)+$"#;

impl Event {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Alive => "alive",
        }
    }

    /// Returns the event as it is sent. A browser forgets the id of one without data.
    ///
    /// ```
    /// use dualwatch_wire::events::{Event, Revision};
    /// assert_eq!(
    ///     Event::Change.text(Revision::of(7)),
    ///     "id: 7\nevent: change\ndata: {\"revision\":7}\n\n",
    /// );
    /// ```
    pub fn text(self, Revision(n): Revision) -> String {
        format!("id: {n}\nevent: {}\ndata: {{\"revision\":{n}}}\n\n", self.name())
    }

    /// Returns what a reader is told first, who has the revision `known`, or says none.
    pub fn first(known: Option<Revision>, revision: Revision) -> String {
        let event = if known.is_none_or(|known| known == revision) { Self::Alive } else { Self::Change };
        format!("retry: {RETRY_MS}\n\n{}", event.text(revision))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_larger_than_the_one_before_whatever_the_clock_says() {
        let at = Timestamp::from_unix_ms;
        let mut last = Revision::default();
        for now in [5, 5, 3, 9, -4, 9, 20] {
            let next = last.next(at(now));
            assert!(next > last, "{next:?} after {last:?}");
            last = next;
        }
        assert_eq!(last, Revision::of(20));
    }

    #[test]
    fn only_what_was_sent_is_read_as_an_id() {
        assert_eq!(Revision::parse("1795902136123"), Some(Revision::of(1_795_902_136_123)));
        for none in ["", "-1", "+1", " 1", "1.0", "soon", "9999999999999999", "１"] {
            assert_eq!(Revision::parse(none), None, "{none}");
        }
    }

    #[test]
    fn who_has_another_revision_is_told_at_once() {
        let (old, new) = (Revision::of(7), Revision::of(8));
        let begins = |known, expected: &str| {
            let text = Event::first(known, new);
            assert_eq!(text, format!("retry: 1000\n\nid: 8\nevent: {expected}\ndata: {{\"revision\":8}}\n\n"));
        };
        begins(None, "alive");
        begins(Some(new), "alive");
        begins(Some(old), "change");
        // What was counted and not stored before a restart.
        begins(Some(Revision::of(9)), "change");
    }
}
