//! What one round alone does not say: that a service is not as it should be, and that its families differ.
//!
//! Behind a name there may be several machines, of which each connection meets one by chance. What is seen once is chance;
//! what is seen in every one of some rounds is not.

use crate::{
    judge::{
        consistency::{Difference, differences},
        diagnosis::{Conclusion, conclude},
    },
    measure::{
        cause::Cause,
        family::PerFamily,
        round::Round,
        sample::{Sample, Warning},
        target::Confirmation,
    },
};
use serde::{Deserialize, Serialize};

/// A difference is one when so many rounds in a row have shown it: each family the same, and another than the other one. With
/// two machines of which each connection meets one by chance, at most one round of four shows a certain one.
pub const ROUNDS: u8 = 4;

/// What is in doubt of a target, as one vantage sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Doubts {
    #[serde(skip_serializing_if = "is_none_mild")]
    mild: PerFamily<Mild>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    seen: Vec<Seen>,
}

fn is_none_mild(mild: &PerFamily<Mild>) -> bool {
    *mild == PerFamily::default()
}

/// A difference, and in how many rounds in a row it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    difference: Difference,
    n: u8,
}

/// Whether a family that is reached is as it should be: confirmed as an outage is, in both directions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mild {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_degraded: bool,
    /// So many rounds in a row say otherwise.
    #[serde(skip_serializing_if = "is_zero")]
    n_other: u32,
    /// What the last one showed that was degraded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<Warning>,
    /// What its body came in, where that was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coding: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The signature is serde's.
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Doubts {
    /// Takes a round of the vantage. Returns of which families it confirmed what a round before it had said too: that one
    /// speaks for its time as this one does.
    pub fn hear(&mut self, round: &Round, confirm: &Confirmation) -> PerFamily<bool> {
        let confirmed = PerFamily::from_fn(|family| self.mild.get_mut(family).step(round.samples.get(family), confirm));
        let mut seen: Vec<Seen> = Vec::new();
        for difference in differences(&round.samples) {
            let before = self.seen.iter().find(|seen| seen.difference == difference).map_or(0, |seen| seen.n);
            seen.push(Seen { difference, n: before.saturating_add(1).min(ROUNDS) });
        }
        self.seen = seen;
        confirmed
    }

    /// Whether nothing is in doubt.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    pub const fn mild(&self) -> &PerFamily<Mild> {
        &self.mild
    }

    /// Whether a difference was seen often enough in a row.
    pub fn is_confirmed(&self, difference: &Difference) -> bool {
        self.seen.iter().any(|seen| seen.difference == *difference && seen.n >= ROUNDS)
    }
}

impl Mild {
    /// Returns whether it turns with this round, and others before this one were as it is.
    fn step(&mut self, sample: &Sample, confirm: &Confirmation) -> bool {
        let Conclusion::Good { degraded } = conclude(sample) else {
            // What fails or is not seen says nothing of this; what is not offered any more is not degraded.
            if matches!(conclude(sample), Conclusion::Unpublished(_)) {
                *self = Self::default();
            }
            return false;
        };
        if degraded {
            self.cause = sample.cause;
            self.warning = sample.evidence.warning;
            let is_unread = sample.evidence.warning == Some(Warning::BodyUnread);
            self.coding = sample.evidence.seen.clone().filter(|_| is_unread);
        }
        let mut is_turn = false;
        if degraded == self.is_degraded {
            self.n_other = 0;
        } else {
            self.n_other = self.n_other.saturating_add(1);
            let needed = if degraded { confirm.failures_to_confirm } else { confirm.successes_to_confirm };
            // Of each address that is confirmed already.
            let is_sure = matches!(self.warning, Some(Warning::AddressesFail { .. }));
            if is_sure || self.n_other >= needed {
                is_turn = self.n_other > 1;
                (self.is_degraded, self.n_other) = (degraded, 0);
            }
        }
        if !self.is_degraded && self.n_other == 0 {
            *self = Self::default();
        }
        is_turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        judge::consistency::Aspect,
        measure::{
            round::{DualStack, Vantage},
            time::Timestamp,
        },
    };

    fn round(ipv4: Sample, ipv6: Sample) -> Round {
        Round {
            target: String::new(),
            started_at: Timestamp::from_unix_ms(0),
            vantage: Vantage { name: String::new(), standing: PerFamily::default(), silent_controls: Vec::new() },
            samples: PerFamily { ipv4, ipv6 },
            dual_stack: DualStack::default(),
        }
    }

    /// Rounds over IPv4: `g`ood, `d`egraded, `b`ad; expects `D` where it is called degraded.
    fn check(rounds: &str, expected: &str) {
        let mut doubts = Doubts::default();
        let mut said = String::new();
        for letter in rounds.chars() {
            let sample = match letter {
                'g' => Sample::reached(),
                'd' => Sample { cause: Some(Cause::Slow), ..Sample::reached() },
                _ => Sample::failed(Cause::TcpRefused),
            };
            doubts.hear(&round(sample, Sample::skipped(None)), &Confirmation::default());
            said.push(if doubts.mild().ipv4.is_degraded { 'D' } else { '.' });
        }
        assert_eq!(said, expected, "{rounds}");
        if !said.ends_with('D') && rounds.ends_with("gg") {
            assert_eq!(doubts, Doubts::default(), "nothing is kept of it");
        }
    }

    #[test]
    fn rounds_that_take_turns_confirm_neither() {
        // Behind the name there is one that is as it should be, and one that is not.
        check("gdgdgdgdgdgd", "............");
        check("ddgdgdgdgdgd", ".DDDDDDDDDDD");
        check("ddgdgdgdgg", ".DDDDDDDD.");
    }

    #[test]
    fn degraded_is_confirmed_in_both_directions() {
        check("gdgdgd", "......");
        check("gddgddgg", "..DDDDD.");
        check("ddbdd", ".DDDD");
        check("dbdgg", "..DD.");
    }

    #[test]
    fn a_difference_needs_each_family_to_keep_to_its_own() {
        let mut doubts = Doubts::default();
        let of = |status| Sample { http_status: Some(status), ..Sample::reached() };
        let difference = Difference { aspect: Aspect::Status, ipv4: "200".into(), ipv6: "204".into() };
        let mut hear = |statuses: &[(u16, u16)]| {
            for (ipv4, ipv6) in statuses {
                doubts.hear(&round(of(*ipv4), of(*ipv6)), &Confirmation::default());
            }
            doubts.is_confirmed(&difference)
        };
        // By chance.
        assert!(!hear(&[(200, 204), (200, 204), (204, 204), (200, 204), (200, 200), (200, 204), (204, 200)]));
        assert!(!hear(&[(200, 204), (200, 204), (200, 204)]));
        assert!(hear(&[(200, 204)]) && !hear(&[(200, 200)]));
    }
}
