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

/// What a control's certificate says of the way to it. Asked for only where a target's certificate was refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecondOpinion {
    /// Not asked, or no answer: nothing is known.
    #[default]
    None,
    /// The control's certificate is as it should be.
    Good,
    /// The control, whose certificate we know to be good, shows one that nobody vouches for, or of another name.
    Intercepted,
    /// The control's certificate is not yet valid, or no longer: so is every one, by our clock.
    WrongDate,
}

/// Decides the standing of both families.
///
/// Controls belong to unrelated operators: one answer proves the family, and silence of all of them condemns it.
///
/// | this family | its certificate | other family | standing |
/// |---|---|---|---|
/// | an answer | intercepted | any | captive portal |
/// | an answer | wrong date | any | clock |
/// | an answer | good, not asked | any | proven |
/// | none asked | | any | untested |
/// | all failed | | all failed | offline |
/// | all failed | | an answer, or none asked | `no_family` |
pub fn judge(tallies: PerFamily<Tally>, opinions: PerFamily<SecondOpinion>) -> PerFamily<Standing> {
    let dead = |family: Family| {
        let tally = tallies.get(family);
        tally.answered == 0 && tally.failed > 0
    };
    PerFamily::from_fn(|family| match tallies.get(family) {
        Tally { answered: 0, failed: 0, .. } => Standing::Untested,
        Tally { answered: 0, .. } if dead(family.other()) => Standing::Offline,
        Tally { answered: 0, .. } => Standing::NoFamily,
        Tally { .. } => match opinions.get(family) {
            SecondOpinion::Intercepted => Standing::CaptivePortal,
            SecondOpinion::WrongDate => Standing::Clock,
            SecondOpinion::Good | SecondOpinion::None => Standing::Proven,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(v4: (usize, usize), v6: (usize, usize), expected: (&str, &str)) {
        let tally = |(answered, failed)| Tally { answered, failed, refused: 0 };
        let standing = judge(PerFamily { ipv4: tally(v4), ipv6: tally(v6) }, PerFamily::default());
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

    #[test]
    fn a_second_opinion_counts_only_where_a_control_answers() {
        let answered = Tally { answered: 1, failed: 0, refused: 0 };
        let judge_one = |tally, opinion| {
            let both = PerFamily { ipv4: tally, ipv6: answered };
            judge(both, PerFamily { ipv4: opinion, ipv6: SecondOpinion::None }).ipv4
        };
        assert_eq!(judge_one(answered, SecondOpinion::Intercepted), Standing::CaptivePortal);
        assert_eq!(judge_one(answered, SecondOpinion::WrongDate), Standing::Clock);
        assert_eq!(judge_one(answered, SecondOpinion::Good), Standing::Proven);
        assert_eq!(judge_one(Tally { answered: 0, failed: 2, refused: 0 }, SecondOpinion::None), Standing::NoFamily);
    }
}
