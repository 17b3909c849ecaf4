//! The health of a target in one family: one step per round of one vantage.

use crate::{
    judge::{
        diagnosis::{self, Conclusion},
        schedule::silence,
    },
    measure::{family::PerFamily, round::Round, target::Confirmation, time::Timestamp},
};
use serde::{Deserialize, Serialize};

/// What is true of one family of one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Health {
    /// Nothing is known: never measured, not offered, or the vantage was blind.
    Unknown {
        since: Option<Timestamp>,
        /// It was down when it was last seen: what comes next must be confirmed as from there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        down_since: Option<Timestamp>,
    },
    Up {
        since: Timestamp,
    },
    /// Failed, not yet often enough to say so.
    Suspect {
        since: Timestamp,
        failures: u32,
        up_since: Option<Timestamp>,
    },
    Down {
        since: Timestamp,
    },
    /// Down, and answering again, not yet often enough to say so.
    Recovering {
        since: Timestamp,
        successes: u32,
        down_since: Timestamp,
    },
}

/// Returns the health of both families after a settled round.
///
/// `last_round_at` is when the round before began. Where rounds are missing in between, nothing is known of that time:
/// neither "up" nor "down" reaches over it.
pub fn step_round(
    health: PerFamily<Health>,
    last_round_at: Option<Timestamp>,
    interval_s: u32,
    round: &Round,
    policy: &Confirmation,
) -> PerFamily<Health> {
    let now = round.started_at;
    let gap_from = last_round_at.filter(|last| silence(*last, now, interval_s).is_some());
    health.map(|family, health| {
        let health = match gap_from {
            Some(last) => health.lost_sight(last),
            None => health,
        };
        health.step(diagnosis::conclude(round.samples.get(family)), policy, now)
    })
}

impl Default for Health {
    fn default() -> Self {
        Self::Unknown { since: None, down_since: None }
    }
}

impl Health {
    /// Returns the stable code of the state, as in `/api/v1/status`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown",
            Self::Up { .. } => "up",
            Self::Suspect { .. } => "suspect",
            Self::Down { .. } => "down",
            Self::Recovering { .. } => "recovering",
        }
    }

    pub const fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Unknown { since, .. } => *since,
            Self::Up { since }
            | Self::Suspect { since, .. }
            | Self::Down { since }
            | Self::Recovering { since, .. } => Some(*since),
        }
    }

    /// Returns the health after a round that began at `now`.
    #[must_use]
    pub fn step(self, conclusion: Conclusion, policy: &Confirmation, now: Timestamp) -> Self {
        match conclusion {
            Conclusion::Good { .. } => self.step_good(policy, now),
            Conclusion::Bad(_) => self.step_bad(policy, now),
            Conclusion::Blind(_) => self.lost_sight(now),
            // What is not offered cannot be down any more.
            Conclusion::Unpublished(_) => match self {
                Self::Unknown { since: Some(since), .. } => Self::Unknown { since: Some(since), down_since: None },
                _ => Self::Unknown { since: Some(now), down_since: None },
            },
        }
    }

    /// Returns what is left when nothing can be seen any more since `from`: that it is not known, and whether it was
    /// down before.
    pub(super) fn lost_sight(self, from: Timestamp) -> Self {
        match self {
            Self::Unknown { since: Some(_), .. } => self,
            Self::Down { since } | Self::Recovering { down_since: since, .. } => {
                Self::Unknown { since: Some(from), down_since: Some(since) }
            }
            Self::Unknown { down_since, .. } => Self::Unknown { since: Some(from), down_since },
            Self::Up { .. } | Self::Suspect { .. } => Self::Unknown { since: Some(from), down_since: None },
        }
    }

    fn step_good(self, policy: &Confirmation, now: Timestamp) -> Self {
        let recovering = |since, successes, down_since| {
            if successes >= policy.successes_to_confirm {
                Self::Up { since }
            } else {
                Self::Recovering { since, successes, down_since }
            }
        };
        match self {
            Self::Unknown { down_since: None, .. } | Self::Suspect { up_since: None, .. } => Self::Up { since: now },
            Self::Up { since } | Self::Suspect { up_since: Some(since), .. } => Self::Up { since },
            Self::Down { since } | Self::Unknown { down_since: Some(since), .. } => recovering(now, 1, since),
            Self::Recovering { since, successes, down_since } => {
                recovering(since, successes.saturating_add(1), down_since)
            }
        }
    }

    fn step_bad(self, policy: &Confirmation, now: Timestamp) -> Self {
        let suspect = |since, failures, up_since| {
            if failures >= policy.failures_to_confirm {
                Self::Down { since }
            } else {
                Self::Suspect { since, failures, up_since }
            }
        };
        match self {
            Self::Unknown { down_since: None, .. } => suspect(now, 1, None),
            // Confirmed before, and nothing was seen that speaks against it.
            Self::Unknown { down_since: Some(since), .. } => Self::Down { since },
            Self::Up { since } => suspect(now, 1, Some(since)),
            Self::Suspect { since, failures, up_since } => suspect(since, failures.saturating_add(1), up_since),
            Self::Down { since } | Self::Recovering { down_since: since, .. } => Self::Down { since },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{
        cause::Cause,
        round::{DualStack, Vantage},
        sample::Sample,
        time::MINUTE,
    };

    /// Feeds one round a minute: `g`ood, `b`ad, blind `?`; expects one state letter each.
    fn check(rounds: &str, states: &str) -> Health {
        let begin = Timestamp::from_unix_ms(0);
        let mut health = Health::default();
        let mut seen = String::new();
        for (i, round) in rounds.chars().enumerate() {
            let conclusion = match round {
                'g' => Conclusion::Good { degraded: false },
                'b' => Conclusion::Bad(Cause::TcpRefused),
                _ => Conclusion::Blind(Cause::VantageNoFamily),
            };
            health = health.step(conclusion, &Confirmation::default(), begin + i64::try_from(i).unwrap() * MINUTE);
            seen.push(health.code().chars().next().unwrap());
        }
        assert_eq!(seen, states, "{rounds}");
        health
    }

    #[test]
    fn failure_and_recovery_are_confirmed_by_a_second_round() {
        check("gbbbgg", "usddru");
        check("bb", "sd");
    }

    #[test]
    fn a_single_failure_leaves_up_as_it_was() {
        assert_eq!(check("ggbg", "uusu"), Health::Up { since: Timestamp::from_unix_ms(0) });
    }

    #[test]
    fn a_relapse_continues_the_same_outage() {
        assert_eq!(check("gbbgb", "usdrd"), Health::Down { since: Timestamp::from_unix_ms(MINUTE) });
    }

    #[test]
    fn nothing_reaches_over_missing_rounds() {
        let round = |at: i64| Round {
            target: String::new(),
            started_at: Timestamp::from_unix_ms(at),
            vantage: Vantage { name: String::new(), standing: PerFamily::default(), silent_controls: Vec::new() },
            samples: PerFamily { ipv4: Sample::reached(), ipv6: Sample::failed(Cause::TcpRefused) },
            dual_stack: DualStack::default(),
        };
        let begin = Timestamp::from_unix_ms(0);
        let health = PerFamily { ipv4: Health::Up { since: begin }, ipv6: Health::Down { since: begin } };
        let step = |at| step_round(health, Some(begin), 60, &round(at), &Confirmation::default());
        assert_eq!(step(3 * MINUTE), health);
        let now = Timestamp::from_unix_ms(3 * MINUTE + 1);
        let after = step(3 * MINUTE + 1);
        assert_eq!(after.ipv4, Health::Up { since: now });
        assert_eq!(after.ipv6, Health::Down { since: begin });
    }

    #[test]
    fn what_was_down_before_a_blind_spell_is_confirmed_as_from_there() {
        let begin = Timestamp::from_unix_ms(0);
        assert_eq!(check("gbb??b", "usduud"), Health::Down { since: begin + MINUTE });
        assert_eq!(check("gbb??gg", "usduuru"), Health::Up { since: begin + 5 * MINUTE });
        assert_eq!(check("gb?b", "usus"), Health::Suspect { since: begin + 3 * MINUTE, failures: 1, up_since: None });
    }

    #[test]
    fn a_blind_round_makes_unknown_never_up_or_down() {
        // `u` of "unknown" and of "up" look alike here; the value tells.
        let at = |minutes| Some(Timestamp::from_unix_ms(minutes * MINUTE));
        assert_eq!(check("gbb??", "usduu"), Health::Unknown { since: at(3), down_since: at(1) });
    }
}
