//! The tries of one question, and what they come to.

use crate::{
    measure::family::Family,
    self_test::{
        answer::{self, Phases, Reply},
        patience,
        place::Place,
        question::Question,
        run::AskId,
        told::{Pace, Refusal, Told},
    },
};
use std::net::IpAddr;

/// All tries of one question, in the order of their asking.
#[derive(Clone, Debug, Default)]
pub(super) struct Track {
    pub tries: Vec<Try>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Try {
    pub id: AskId,
    pub nonce: u64,
    pub asked_ms: u32,
    pub end: Option<End>,
    pub is_abandoned: bool,
}

/// How a try ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub at_ms: u32,
    /// The pace of a failure is not decided yet: it depends on what is learnt of the round trip.
    pub told: Told,
    pub family: Option<Family>,
    pub address: Option<IpAddr>,
    pub port: Option<u16>,
    pub connect_ms: Option<u32>,
    pub round_trip_ms: Option<u32>,
    pub phases: Phases,
}

impl End {
    const fn bare(at_ms: u32, told: Told) -> Self {
        let phases = Phases { resolve_ms: None, connect_ms: None, tls_ms: None, first_byte_ms: None, protocol: None };
        Self { at_ms, told, family: None, address: None, port: None, connect_ms: None, round_trip_ms: None, phases }
    }

    pub const fn failed(at_ms: u32) -> Self {
        Self::bare(at_ms, Told::Failed(Pace::Unclear))
    }

    pub const fn refused(at_ms: u32, refusal: Refusal) -> Self {
        Self::bare(at_ms, Told::Refused(refusal))
    }

    pub fn replied(question: Question, attempt: &Try, at_ms: u32, reply: &Reply, is_reused: bool) -> Self {
        let told = answer::judge(question, attempt.nonce, reply, is_reused);
        let echo = reply.echo.filter(|echo| echo.nonce == Some(attempt.nonce));
        Self {
            family: echo.and_then(|echo| echo.family).or(question.family().filter(|_| told == Told::Ok)),
            address: echo.and_then(|echo| echo.address),
            port: echo.and_then(|echo| echo.port),
            connect_ms: reply.connect_ms,
            round_trip_ms: reply.round_trip_ms,
            phases: reply.phases,
            ..Self::bare(at_ms, told)
        }
    }
}

impl Track {
    /// Returns the quickest answer of ours, and how long it took.
    pub fn best(&self) -> Option<(u32, End)> {
        let ends = self.tries.iter().filter_map(|attempt| {
            let end = attempt.end.filter(|end| end.told == Told::Ok)?;
            Some((end.at_ms.saturating_sub(attempt.asked_ms), end))
        });
        ends.min_by_key(|(after_ms, _)| *after_ms)
    }

    /// Returns when the first answer came that was not later than `limit_ms` after its ask.
    pub fn answered_in_time_ms(&self, limit_ms: u32) -> Option<u32> {
        let ends = self.tries.iter().filter_map(|attempt| {
            let end = attempt.end.filter(|end| end.told == Told::Ok)?;
            (end.at_ms.saturating_sub(attempt.asked_ms) <= limit_ms).then_some(end.at_ms)
        });
        ends.min()
    }

    /// Returns when the last try has ended, or is given up.
    pub fn given_up_ms(&self, limit_ms: u32) -> Option<u32> {
        let first = self.tries.first()?;
        let until = |attempt: &Try| match attempt.end {
            Some(end) => end.at_ms,
            None => (first.asked_ms + limit_ms).max(if attempt.id == first.id {
                0
            } else {
                attempt.asked_ms + patience::SECOND_TRY_MS
            }),
        };
        self.tries.iter().map(until).max()
    }

    /// Returns how long it took to fail, or was waited.
    pub fn lasted_ms(&self, now_ms: u32, limit_ms: u32) -> Option<u32> {
        let first = self.tries.first()?;
        let until = match first.end {
            Some(end) => end.at_ms,
            None => now_ms.min(self.given_up_ms(limit_ms).unwrap_or(now_ms)),
        };
        Some(until.saturating_sub(first.asked_ms))
    }

    /// Returns the family that the first answer came over, where that says something of the device's connection to the
    /// world: an answer from the same machine does not.
    ///
    /// An answer that comes when the question has been given up proves nothing any more: by then it may have been said that
    /// the family is broken, and what is said is not taken back.
    pub fn came_over(&self, limit_ms: u32) -> Option<Family> {
        let first = self.tries.first()?;
        let until =
            |attempt: &Try| attempt.asked_ms + if attempt.id == first.id { limit_ms } else { patience::SECOND_TRY_MS };
        let until_ms = self.tries.iter().map(until).max()?;
        let ends = self.tries.iter().filter_map(|attempt| attempt.end.filter(|end| end.told == Told::Ok));
        let end = ends.min_by_key(|end| end.at_ms)?;
        let is_soon = end.at_ms <= until_ms;
        let is_far = end.address.is_some_and(|address| !address.to_canonical().is_loopback());
        end.family.filter(|_| is_soon && is_far)
    }

    /// Returns how long the try has been waited for that was waited for longest.
    pub fn waited_ms(&self, now_ms: u32) -> Option<u32> {
        let waited = |attempt: &Try| attempt.end.map_or(now_ms, |end| end.at_ms).saturating_sub(attempt.asked_ms);
        self.tries.iter().map(waited).max()
    }

    /// Whether the first try failed after the time that a browser grants IPv6 before it turns to IPv4: Firefox does so
    /// where there is no IPv4 to turn to either, and calls that a failure (measured: 255 to 290 ms). It is silence.
    pub fn is_given_up_early(&self) -> bool {
        self.tries.first().is_some_and(|first| {
            first.end.is_some_and(|end| {
                matches!(end.told, Told::Failed(_)) && patience::GIVEN_UP_MS.contains(&(end.at_ms - first.asked_ms))
            })
        })
    }

    /// Whether tries failed in one moment that were not asked in one: they waited for the same neighbour, which does not
    /// exist. Each would fail after three seconds; whoever comes later to the same queue fails with the first. What came sooner
    /// is no such queue: on a busy machine tries that were refused at once are told of in one moment as well.
    fn fails_together(&self) -> bool {
        let [first, second] = self.tries.as_slice() else { return false };
        let (Some(end), Some(other)) = (first.end, second.end) else { return false };
        let is_failed = matches!((end.told, other.told), (Told::Failed(_), Told::Failed(_)));
        let are_apart = second.asked_ms >= first.asked_ms + patience::APART_MS;
        let has_waited = end.at_ms.saturating_sub(first.asked_ms) >= LEAST_QUEUE_MS;
        is_failed && has_waited && are_apart && end.at_ms.abs_diff(other.at_ms) <= patience::ONE_MOMENT_MS
    }

    /// Returns what tries without an answer of ours come to, when all have ended or are given up.
    ///
    /// What something else answered tells more than a failure, and a failure more than silence: unless it is silence
    /// itself, as the other try shows.
    pub fn conclude(&self, round_trip_ms: Option<u32>) -> Told {
        let ends = || self.tries.iter().filter_map(|attempt| Some((attempt, attempt.end?)));
        let special = ends().map(|(_, end)| end.told).find(|told| !matches!(told, Told::Failed(_)));
        let is_silence = self.is_given_up_early() && self.tries.iter().any(|attempt| attempt.end.is_none());
        special
            .or(is_silence.then_some(Told::Silent))
            .or_else(|| self.fails_together().then_some(Told::Failed(Pace::Gateway)))
            .or_else(|| {
                ends().next().map(|(attempt, end)| Told::Failed(pace(end.at_ms - attempt.asked_ms, round_trip_ms)))
            })
            .unwrap_or(Told::Silent)
    }

    /// Returns the round trips that answers show, each with the time at which it was learnt.
    pub fn round_trips_ms(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.tries.iter().filter_map(|attempt| {
            let end = attempt.end.filter(|end| end.told == Told::Ok)?;
            // A new connection is resolved, opened, secured and asked: four round trips, or a little less.
            let took = end.at_ms.saturating_sub(attempt.asked_ms);
            Some((end.at_ms, end.round_trip_ms.unwrap_or(took / 4)))
        })
    }
}

/// Round trips below this are not told apart from the browser's own work: its clock may tick in whole milliseconds.
const LEAST_ROUND_TRIP_MS: u32 = 10;

/// Of the three seconds, two at least were waited for by whoever came late to the queue of a gateway that does not exist.
const LEAST_QUEUE_MS: u32 = 2_000;

/// A gateway that does not exist was seen to fail after 3,065 to 3,075 ms.
const GATEWAY_MS: std::ops::RangeInclusive<u32> = 2_900..=3_600;

/// Says how soon a failure came, compared with the round trip to us.
pub(super) fn pace(after_ms: u32, round_trip_ms: Option<u32>) -> Pace {
    if GATEWAY_MS.contains(&after_ms) {
        return Pace::Gateway;
    }
    match round_trip_ms {
        Some(round_trip) if round_trip >= LEAST_ROUND_TRIP_MS => {
            if after_ms <= round_trip / 5 {
                Pace::AtOnce
            } else if after_ms >= round_trip / 10 * 7 && after_ms <= round_trip.saturating_mul(3) {
                Pace::RoundTrip
            } else {
                Pace::Unclear
            }
        }
        _ => Pace::Unclear,
    }
}

/// Returns the place that a question is asked at; answers from different ones must not share a connection. The page's own
/// origin may be any of them.
pub(super) fn host(question: Question) -> Option<Place> {
    Some(question.place()).filter(|place| *place != Place::Own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_of_a_failure() {
        for (after, round_trip, expected) in [
            (3_070, Some(20), Pace::Gateway),
            (3, Some(40), Pace::AtOnce),
            (41, Some(40), Pace::RoundTrip),
            (90, Some(40), Pace::RoundTrip),
            (15, Some(40), Pace::Unclear),
            (2, Some(1), Pace::Unclear),
            (2, None, Pace::Unclear),
        ] {
            assert_eq!(pace(after, round_trip), expected, "{after} {round_trip:?}");
        }
    }
}
