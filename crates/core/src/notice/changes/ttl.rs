//! The TTL of a zone's records, out of answers that a cache may have counted down (RFC 1035 section 3.2.1).
//!
//! A cache answers with anything from the zone's TTL down to nothing, so that a single low answer says little. Known are:
//! an answer above everything that was seen through a whole TTL comes from a zone that was raised; answers that stay low
//! for longer than a cache can count down from them come from one that was lowered.

use crate::measure::{
    bracket::Bracket,
    bytes::{Reader, Unreadable, Writer},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A TTL has changed where it is so many times as long as before, or before was so many times as long.
const FACTOR: u32 = 2;
/// Between TTLs below it nothing of interest changes, in seconds.
const FLOOR_S: u32 = 60;
/// So many low answers in a row: answers that fall anywhere in a TTL as short as the interval are all in the lower half
/// of it once in 2^24 times.
const N_LOW: u16 = 24;

/// What is known of the TTL of one family's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ttl {
    /// The highest that was seen: what the zone says.
    zone_s: u32,
    learned_at: Timestamp,
    heard_at: Timestamp,
    heard_s: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    low: Option<Low>,
}

/// Answers in a row of half the zone's TTL and less, from the first that is not the one before, counted down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Low {
    began: Bracket,
    rounds: u16,
    highest_s: u32,
}

/// A TTL that is not as it was, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    pub at: Bracket,
    pub before_s: u32,
    pub after_s: u32,
}

impl Ttl {
    pub fn new(seen_s: u32, at: Timestamp) -> Self {
        Self { zone_s: seen_s, learned_at: at, heard_at: at, heard_s: seen_s, low: None }
    }

    pub(crate) fn write(self, writer: &mut Writer, base: Timestamp) {
        let Self { zone_s, learned_at, heard_at, heard_s, low } = self;
        writer.number(zone_s);
        writer.time(learned_at, base);
        writer.time(heard_at, base);
        writer.number(heard_s);
        writer.maybe(low, |writer, Low { began, rounds, highest_s }| {
            writer.bracket(began, base);
            writer.number(rounds);
            writer.number(highest_s);
        });
    }

    pub(crate) fn read(reader: &mut Reader<'_>, base: Timestamp) -> Result<Self, Unreadable> {
        let (zone_s, learned_at) = (reader.small()?, reader.time(base)?);
        let (heard_at, heard_s) = (reader.time(base)?, reader.small()?);
        let low = reader.maybe(|reader| {
            Ok(Low { began: reader.bracket(base)?, rounds: reader.fitting()?, highest_s: reader.small()? })
        })?;
        Ok(Self { zone_s, learned_at, heard_at, heard_s, low })
    }

    /// Takes an answer's TTL; returns the change that it makes known. An answer that is not later changes nothing.
    pub fn hear(&mut self, seen_s: u32, at: Timestamp) -> Option<Changed> {
        if at <= self.heard_at {
            return None;
        }
        let changed = if seen_s > self.zone_s { self.rise(seen_s, at) } else { self.fall(seen_s, at) };
        (self.heard_at, self.heard_s) = (at, seen_s);
        changed.filter(|c| c.before_s.max(c.after_s) >= FLOOR_S)
    }

    /// Whether a cache must have asked the zone again since `since`, and the last answer was heard after that.
    fn outlasted(&self, since: Timestamp, ttl_s: u32) -> bool {
        self.heard_at.unix_ms() - since.unix_ms() >= i64::from(ttl_s) * 1_000
    }

    fn rise(&mut self, seen_s: u32, at: Timestamp) -> Option<Changed> {
        let is_settled = self.outlasted(self.learned_at, self.zone_s);
        let before_s = std::mem::replace(&mut self.zone_s, seen_s);
        self.low = None;
        let is_change = is_settled && seen_s / FACTOR >= before_s;
        if is_change || !is_settled {
            self.learned_at = at;
        }
        is_change.then_some(Changed { at: Bracket { after: Some(self.heard_at), by: at }, before_s, after_s: seen_s })
    }

    fn fall(&mut self, seen_s: u32, at: Timestamp) -> Option<Changed> {
        if seen_s > self.zone_s / FACTOR {
            self.low = None;
            return None;
        }
        if self.low.is_none() && self.is_counted_down(seen_s, at) {
            return None;
        }
        let began = Bracket { after: Some(self.heard_at), by: at };
        let mut low = self.low.unwrap_or(Low { began, rounds: 0, highest_s: 0 });
        low.rounds = low.rounds.saturating_add(1);
        low.highest_s = low.highest_s.max(seen_s);
        self.low = Some(low);
        // A cache that came down from the old TTL would be back up within the highest of the low answers.
        if low.rounds < N_LOW || !self.outlasted(low.began.by, low.highest_s.saturating_mul(FACTOR)) {
            return None;
        }
        let before_s = std::mem::replace(&mut self.zone_s, low.highest_s);
        (self.learned_at, self.low) = (low.began.by, None);
        Some(Changed { at: low.began, before_s, after_s: low.highest_s })
    }

    /// Whether an answer is the last one again, older by the time between them. A cache rounds to whole seconds.
    fn is_counted_down(&self, seen_s: u32, at: Timestamp) -> bool {
        let passed_s = (at.unix_ms() - self.heard_at.unix_ms()) / 1_000;
        (i64::from(self.heard_s) - passed_s - i64::from(seen_s)).abs() <= 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hears a cache that asks the zone when it has to, every `interval_s` until `until_s`; returns the changes.
    fn cached(ttl_at: impl Fn(i64) -> u32, interval_s: i64, until_s: i64) -> Vec<(i64, Changed)> {
        let (mut fetched, mut held_s) = (-1_234, ttl_at(0));
        let mut known: Option<Ttl> = None;
        let mut changes = Vec::new();
        for now in (0..until_s).step_by(usize::try_from(interval_s).unwrap()) {
            if now - fetched >= i64::from(held_s) {
                (fetched, held_s) = (now, ttl_at(now));
            }
            let left = u32::try_from(i64::from(held_s) - (now - fetched)).unwrap();
            let at = Timestamp::from_unix_ms(now * 1_000);
            match &mut known {
                Some(known) => changes.extend(known.hear(left, at).map(|c| (now, c))),
                None => known = Some(Ttl::new(left, at)),
            }
        }
        changes
    }

    #[test]
    fn a_ttl_that_stays_is_no_change_whatever_the_cache_says() {
        for ttl_s in [0, 1, 20, 30, 59, 60, 61, 90, 119, 120, 300, 601, 3_600, 86_400] {
            for interval_s in [5, 60, 61, 300, 900] {
                let changes = cached(|_| ttl_s, interval_s, 4 * 86_400);
                assert_eq!(changes, [], "{ttl_s} every {interval_s}");
            }
        }
    }

    #[test]
    fn an_answer_anywhere_in_a_short_ttl_is_no_change() {
        // A multiplicative generator: answers of many caches, in no order.
        let mut state = 1_u64;
        let mut known = Ttl::new(60, Timestamp::from_unix_ms(0));
        for minute in 1..500_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let seen_s = u32::try_from((state >> 33) % 61).unwrap();
            assert_eq!(known.hear(seen_s, Timestamp::from_unix_ms(minute * 60_000)), None, "minute {minute}");
        }
    }

    #[test]
    fn lowered_before_a_move() {
        let changes = cached(|now| if now < 50_000 { 3_600 } else { 60 }, 60, 86_400);
        let [(when, change)] = changes[..] else { panic!("{changes:?}") };
        assert_eq!((change.before_s, change.after_s), (3_600, 60));
        // The cache asks the zone again within the old TTL, and that is when it is seen.
        let (after, by) = (change.at.after.unwrap().unix_ms() / 1_000, change.at.by.unix_ms() / 1_000);
        assert_eq!(by - after, 60);
        assert!((50_000..=53_660).contains(&by), "{by}");
        assert!(when - by <= 30 * 60, "{when}");
    }

    #[test]
    fn raised_again() {
        let changes = cached(|now| if now < 50_000 { 60 } else { 3_600 }, 60, 86_400);
        let [(when, change)] = changes[..] else { panic!("{changes:?}") };
        assert_eq!((change.before_s, change.after_s), (60, 3_600));
        assert_eq!(change.at.by.unix_ms() / 1_000, when, "known at once");
        assert!((50_000..=50_060).contains(&when));
    }

    #[test]
    fn what_is_not_later_and_what_is_too_short_to_matter_change_nothing() {
        let mut known = Ttl::new(300, Timestamp::from_unix_ms(600_000));
        let before = known;
        assert_eq!(known.hear(86_400, Timestamp::from_unix_ms(600_000)), None);
        assert_eq!(known, before);
        assert_eq!(cached(|now| if now < 50_000 { 5 } else { 50 }, 60, 86_400), []);
    }
}
