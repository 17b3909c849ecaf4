//! What a vantage has proven about itself, from controls measured in the same round.

use crate::family::{Family, PerFamily};
use serde::{Deserialize, Serialize};

/// The state of one family at the place that measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A control answered over this family in this round.
    Proven,
    /// No control of this family answered, while the other family is not dead.
    NoFamily,
    /// No control answered over either family.
    Offline,
    /// Something between us and the Internet answers in its place.
    CaptivePortal,
    /// Our own clock is wrong: certificates cannot be judged.
    Clock,
    /// There was no control of the target's scope; what is measured stands.
    #[default]
    Untested,
}

impl Standing {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::NoFamily => "no_family",
            Self::Offline => "offline",
            Self::CaptivePortal => "captive_portal",
            Self::Clock => "clock",
            Self::Untested => "untested",
        }
    }
}

/// How many controls of one family were asked, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub answered: usize,
    pub failed: usize,
    /// Those of `failed` that were refused or reset. Controls serve the port they are asked on, so that is what a
    /// firewall near us does, not the control.
    pub refused: usize,
}

impl Tally {
    /// Whether every control was refused: then a refusal in the name of a target is no answer of the target.
    pub const fn all_refused(&self) -> bool {
        self.answered == 0 && self.failed > 0 && self.refused == self.failed
    }
}

/// Decides the standing of both families.
///
/// Controls belong to unrelated operators: one answer proves the family, and silence of all of them condemns it.
///
/// | this family | other family | standing |
/// |---|---|---|
/// | an answer | any | proven |
/// | none asked | any | untested |
/// | all failed | all failed | offline |
/// | all failed | an answer, or none asked | `no_family` |
pub fn judge(tallies: PerFamily<Tally>) -> PerFamily<Standing> {
    let dead = |family: Family| {
        let tally = tallies.get(family);
        tally.answered == 0 && tally.failed > 0
    };
    PerFamily::from_fn(|family| match tallies.get(family) {
        Tally { answered: 0, failed: 0, .. } => Standing::Untested,
        Tally { answered: 0, .. } if dead(family.other()) => Standing::Offline,
        Tally { answered: 0, .. } => Standing::NoFamily,
        Tally { .. } => Standing::Proven,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(v4: (usize, usize), v6: (usize, usize), expected: (&str, &str)) {
        let tally = |(answered, failed)| Tally { answered, failed, refused: 0 };
        let standing = judge(PerFamily { ipv4: tally(v4), ipv6: tally(v6) });
        assert_eq!((standing.ipv4.code(), standing.ipv6.code()), expected, "{v4:?} {v6:?}");
    }

    #[test]
    fn every_row() {
        check((1, 0), (1, 0), ("proven", "proven"));
        check((1, 0), (0, 4), ("proven", "no_family"));
        check((1, 3), (0, 4), ("proven", "no_family"));
        check((0, 4), (0, 4), ("offline", "offline"));
        check((0, 4), (0, 0), ("no_family", "untested"));
        check((0, 0), (0, 0), ("untested", "untested"));
        check((0, 2), (2, 0), ("no_family", "proven"));
    }
}
