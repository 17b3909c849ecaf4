//! The clock of the operator's zone beside UTC, in what is printed for people.

use dualwatch_core::measure::{
    time::{DAY, Timestamp},
    zone::Zone,
};

/// What is announced, and watched for a relapse, lies beyond the rounds.
const AROUND_MS: i64 = 400 * DAY;

/// Returns the clock of a zone around a span of time; `None` where there is no such zone.
pub fn around(name: &str, from: Timestamp, to: Timestamp) -> Option<Zone> {
    dualwatch_config::zone(name, from - AROUND_MS, to + AROUND_MS)
}

/// Returns what is printed about a span of time with the clock of a zone behind its times, where one is named.
pub fn beside(text: &str, timezone: Option<&str>, span: Option<(Timestamp, Timestamp)>) -> String {
    let zone = timezone.zip(span).and_then(|(name, (from, to))| Some((around(name, from, to)?, to)));
    zone.map_or_else(|| text.to_owned(), |(zone, to)| dualwatch_words::beside(text, &zone, to))
}
