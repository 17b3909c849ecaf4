//! Round trips that cannot be: a connection that came about sooner than the target could have answered.
//!
//! A proxy, a tunnel or a gateway near the vantage may accept the connection itself and only then look for the target.
//! The connect time is then the way to that box. The other family's connect time tells how far away the target is, and
//! what needs the target itself (a TLS handshake, an answer) still takes as long as that.

use crate::measure::{
    bracket::Bracket,
    bytes::{Reader, Unreadable, Writer},
    sample::{Outcome, Phases, Sample},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// The other family takes at least so many times as long, and so many milliseconds longer. Two ways between the same
/// two places differ by detours, hardly ever by eight times; and 50 ms are some 5,000 km of fibre and back.
const MIN_RATIO: f64 = 8.0;
const MIN_AWAY_MS: f64 = 50.0;
/// What needs the target takes at least this part of the other family's round trip: paths may differ a little.
const FOLLOWS: f64 = 0.5;
/// Numbers that each of two plain series must have.
const MIN_SERIES: usize = 5;

/// Rounds more that are impossible than not before it is said, and the most that count.
const TO_BEGIN: u8 = 5;
const MAX_SCORE: u8 = 8;

/// Whether the connect times of one family tell of something nearer than the target, seen beside the other family's.
///
/// `None` where the pair says nothing.
pub fn is_impossible(suspect: &Sample, other: &Sample) -> Option<bool> {
    let (Outcome::Reached, Outcome::Reached) = (suspect.outcome, other.outcome) else { return None };
    let (near, far) = (suspect.phases.connect?, other.phases.connect?);
    Some(is_far_below(near, far) && needs_longer(&suspect.phases, far))
}

fn is_far_below(near_ms: f64, far_ms: f64) -> bool {
    near_ms * MIN_RATIO <= far_ms && far_ms - near_ms >= MIN_AWAY_MS
}

/// Whether what needs the target itself takes as long as the target is away. A service that really is that near (one
/// family behind a content network) shakes hands in a short time as well. Where nothing but a connection is measured,
/// there is nothing to compare.
fn needs_longer(phases: &Phases, far_ms: f64) -> bool {
    phases.tls.or(phases.first_byte).is_none_or(|ms| ms >= far_ms * FOLLOWS)
}

/// What two plain series of connect times (in milliseconds, of the same host, measured at any times) tell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Impossible {
    /// The median of the series that is too fast.
    pub seen_ms: f64,
    /// The least and the median of the other.
    pub least_ms: f64,
    pub expected_ms: f64,
}

/// Compares two plain series, such as a history that holds nothing but response times.
///
/// Half of the suspect's times must be far below the least that the other family ever took.
pub fn in_series(suspect: &[f64], other: &[f64]) -> Option<Impossible> {
    let sorted = |series: &[f64]| {
        let mut sorted: Vec<f64> = series.iter().copied().filter(|ms| ms.is_finite() && *ms >= 0.0).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        (sorted.len() >= MIN_SERIES).then_some(sorted)
    };
    let (suspect, other) = (sorted(suspect)?, sorted(other)?);
    let (seen_ms, least_ms) = (suspect[suspect.len() / 2], other[0]);
    is_far_below(seen_ms, least_ms).then(|| Impossible { seen_ms, least_ms, expected_ms: other[other.len() / 2] })
}

/// One family's rounds so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nearness {
    score: u8,
    pub since: Bracket,
    pub is_open: bool,
    last_impossible: Timestamp,
    /// The first possible round after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    possible_at: Option<Timestamp>,
}

impl Nearness {
    pub(crate) fn write(self, writer: &mut Writer, base: Timestamp) {
        let Self { score, since, is_open, last_impossible, possible_at } = self;
        writer.number(score);
        writer.bracket(since, base);
        writer.number(is_open);
        writer.time(last_impossible, base);
        writer.maybe(possible_at, |writer, at| writer.time(at, base));
    }

    pub(crate) fn read(reader: &mut Reader<'_>, base: Timestamp) -> Result<Self, Unreadable> {
        let score = reader.fitting().and_then(|n| if n <= MAX_SCORE { Ok(n) } else { Err(Unreadable::Range) })?;
        let (since, is_open, last_impossible) = (reader.bracket(base)?, reader.flag()?, reader.time(base)?);
        Ok(Self { score, since, is_open, last_impossible, possible_at: reader.maybe(|reader| reader.time(base))? })
    }
}

/// What a round brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NearnessChange {
    Began(Bracket),
    Ended(Bracket),
}

/// Returns the state after a pair of samples; `last` is the round before.
pub fn step(
    state: Option<Nearness>,
    is_impossible: bool,
    last: Option<Timestamp>,
    at: Timestamp,
) -> (Option<Nearness>, Option<NearnessChange>) {
    let Some(mut state) = state else {
        let since = Bracket::new(last, at);
        let new = Nearness { score: 1, since, is_open: false, last_impossible: at, possible_at: None };
        return (is_impossible.then_some(new), None);
    };
    if is_impossible {
        (state.last_impossible, state.possible_at) = (at, None);
        state.score = (state.score + 1).min(MAX_SCORE);
        let begins = state.score >= TO_BEGIN && !state.is_open;
        state.is_open |= begins;
        return (Some(state), begins.then_some(NearnessChange::Began(state.since)));
    }
    state.score = state.score.saturating_sub(1);
    let possible_at = *state.possible_at.get_or_insert(at);
    if state.score > 0 {
        return (Some(state), None);
    }
    let ended = state.is_open.then(|| NearnessChange::Ended(Bracket::new(Some(state.last_impossible), possible_at)));
    (None, ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(near: (f64, Option<f64>, Option<f64>), far_ms: f64, expected: bool) {
        let of = |connect, tls, first_byte| {
            let phases = Phases { connect: Some(connect), tls, first_byte, ..Phases::default() };
            Sample { phases, ..Sample::reached() }
        };
        let (suspect, other) = (of(near.0, near.1, near.2), of(far_ms, None, None));
        assert_eq!(is_impossible(&suspect, &other), Some(expected), "{near:?} beside {far_ms}");
        assert_eq!(is_impossible(&other, &suspect), Some(false));
    }

    #[test]
    fn a_connection_in_no_time_to_a_target_far_away() {
        check((2.0, None, None), 135.0, true); // WARP on a hosted runner, to Brazil
        check((2.0, Some(290.0), Some(140.0)), 135.0, true);
        check((2.0, Some(5.0), Some(140.0)), 135.0, false); // a content network: TLS is as near
        check((2.0, None, Some(6.0)), 135.0, false);
        check((2.0, None, Some(140.0)), 135.0, true);
        check((40.0, None, None), 135.0, false);
        check((2.0, None, None), 30.0, false); // one region, two ways
        check((0.1, None, None), 4.0, false);
        assert_eq!(is_impossible(&Sample::reached(), &Sample::reached()), None);
    }

    #[test]
    fn five_rounds_begin_it_and_some_possible_ones_end_it() {
        let mut state = None;
        let mut told = Vec::new();
        for (i, round) in "x.xxxxx.xxxx.x.........".chars().enumerate() {
            let at = Timestamp::from_unix_ms(i64::try_from(i).unwrap());
            let change;
            (state, change) = step(state, round == 'x', Some(at - 1), at);
            told.extend(change.map(|change| (i, change)));
        }
        let bracket = |after, by| Bracket::new(Some(Timestamp::from_unix_ms(after)), Timestamp::from_unix_ms(by));
        let (began, ended) = (NearnessChange::Began(bracket(1, 2)), NearnessChange::Ended(bracket(13, 14)));
        assert_eq!(told, [(6, began), (21, ended)]);
    }

    #[test]
    fn plain_series() {
        let far = [1376.0, 135.0, 118.0, 177.0, 115.0, 180.0];
        let near = [2.0, 7.0, 43.0, 2.0, 8.0, 2.0, 2.0];
        let expected = Impossible { seen_ms: 2.0, least_ms: 115.0, expected_ms: 177.0 };
        assert_eq!(in_series(&near, &far), Some(expected));
        assert_eq!(in_series(&far, &near), None);
        assert_eq!(in_series(&near[..4], &far), None);
        assert_eq!(in_series(&[40.0; 9], &far), None);
        assert_eq!(in_series(&[f64::NAN; 9], &far), None);
    }
}
