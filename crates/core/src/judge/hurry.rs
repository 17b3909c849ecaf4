//! Faster rounds while it matters when exactly something began or ended.

use crate::{
    judge::health::Health,
    measure::{
        bytes::{Reader, Unreadable, Writer},
        family::PerFamily,
        time::{SECOND, Timestamp},
    },
};
use serde::{Deserialize, Serialize};

/// How far apart rounds are while it matters when exactly something began or ended.
pub const HURRY_EVERY_MS: i64 = 5 * SECOND;
/// How many rounds in a row are so close together at most: one minute of them.
pub const HURRY_ROUNDS: u8 = 12;

/// How many more rounds are to come faster than the interval says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hurry {
    left: u8,
}

impl Hurry {
    /// Returns what is left after a round of the own vantage. The first failure and the first recovery of a family begin
    /// it: then the end of a short outage, and a relapse, are known to a few seconds. It ends when nothing is in doubt.
    #[must_use]
    pub fn step(self, before: &PerFamily<Health>, after: &PerFamily<Health>) -> Self {
        let is_in_doubt = |health: &Health| !matches!(health, Health::Up { .. } | Health::Unknown { .. });
        let begins = before.iter().zip(after.iter()).any(|((_, before), (_, after))| {
            let is_first_failure = matches!(after, Health::Suspect { failures: 1, .. });
            let is_first_recovery = matches!(after, Health::Recovering { successes: 1, .. });
            (is_first_failure || is_first_recovery) && before != after
        });
        let is_over = !after.iter().any(|(_, health)| is_in_doubt(health));
        match (begins, is_over) {
            (_, true) => Self { left: 0 },
            (true, false) => Self { left: HURRY_ROUNDS },
            (false, false) => Self { left: self.left.saturating_sub(1) },
        }
    }

    pub(crate) fn write(self, writer: &mut Writer) {
        writer.number(self.left);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        Ok(Self { left: reader.fitting()? })
    }

    /// Returns when the next round is due after one that began at `now`: `regular`, or sooner.
    pub fn due(self, regular: Timestamp, now: Timestamp) -> Timestamp {
        if self.left > 0 { regular.min(now + HURRY_EVERY_MS) } else { regular }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_failure_and_a_first_recovery_are_looked_at_closely_for_a_while() {
        let now = Timestamp::from_unix_ms(0);
        let both = |health| PerFamily { ipv4: Health::Up { since: now }, ipv6: health };
        let up = both(Health::Up { since: now });
        let suspect = both(Health::Suspect { since: now, failures: 1, up_since: None });
        let down = both(Health::Down { since: now });
        let recovering = both(Health::Recovering { since: now, successes: 1, down_since: now });
        let is_fast = |hurry: Hurry| hurry.due(now + 60 * SECOND, now) == now + HURRY_EVERY_MS;

        let mut hurry = Hurry::default().step(&up, &up);
        assert!(!is_fast(hurry));
        hurry = hurry.step(&up, &suspect).step(&suspect, &down);
        let n_fast = (0..100)
            .take_while(|_| {
                hurry = hurry.step(&down, &down);
                is_fast(hurry)
            })
            .count();
        assert_eq!(n_fast, usize::from(HURRY_ROUNDS) - 2, "bounded, however long it is down");
        hurry = hurry.step(&down, &recovering);
        assert!(is_fast(hurry));
        assert!(!is_fast(hurry.step(&recovering, &up)), "nothing is in doubt any more");
        assert_eq!(hurry.due(now + 2 * SECOND, now), now + 2 * SECOND, "never later than the interval says");
    }
}
