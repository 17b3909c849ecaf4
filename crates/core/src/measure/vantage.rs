//! What a vantage has proven about itself, from controls measured in the same round.

use crate::measure::{
    family::PerFamily,
    sample::{Outcome, Sample},
};
use serde::{Deserialize, Serialize};

/// The state of one family at the place that measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// No control answered, and yet a target of the Internet was reached over this family; what is measured stands.
    Disputed,
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
            Self::Disputed => "disputed",
        }
    }

    /// Whether nothing is known to be missing here: what is measured over this family may accuse a target.
    pub const fn may_accuse(self) -> bool {
        matches!(self, Self::Proven | Self::Untested | Self::Disputed)
    }

    /// Whether it is held that this family does not work here.
    const fn is_dead(self) -> bool {
        matches!(self, Self::NoFamily | Self::Offline)
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

/// What a control's certificate says of the way to it. Asked for only where it may excuse the target.
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

/// So many unrelated controls must agree before they excuse a target, where so many are configured.
pub const QUORUM: usize = 2;

impl SecondOpinion {
    /// Combines the opinions of several of `n_controls` controls.
    ///
    /// A good certificate cannot be made by whoever intercepts, nor by a wrong clock: one refutes all others. A bad one
    /// may be the fault of that control alone, so it takes a quorum of the same opinion.
    pub fn of(opinions: &[Self], n_controls: usize) -> Self {
        let count = |wanted: Self| opinions.iter().filter(|o| **o == wanted).count();
        let quorum = QUORUM.min(n_controls).max(1);
        if count(Self::Good) > 0 {
            Self::Good
        } else {
            [Self::Intercepted, Self::WrongDate].into_iter().find(|o| count(*o) >= quorum).unwrap_or_default()
        }
    }
}

/// What something near us does in everybody's name, so that it is no answer of the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nearby {
    #[default]
    Nothing,
    /// Every control was refused: a firewall.
    Refuses,
    /// An address that no host has accepted a connection: a tunnel that accepts every connection itself.
    Accepts,
    /// An address that no host has answered a question: a captive portal.
    Answers,
}

/// What was found out about one family of the vantage in a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    pub tally: Tally,
    pub opinion: SecondOpinion,
    /// What answered at an address that no host has ([`Nearby::Refuses`] is read from the tally).
    pub nobody: Nearby,
}

impl Proof {
    pub const fn nearby(&self) -> Nearby {
        match self.nobody {
            Nearby::Nothing if self.tally.all_refused() => Nearby::Refuses,
            other => other,
        }
    }

    /// Whether controls were asked and none has answered. Where every connection is accepted, only a certificate is an
    /// answer.
    fn is_dead(&self) -> bool {
        match self.nobody {
            Nearby::Accepts => self.tally != Tally::default() && self.opinion == SecondOpinion::None,
            _ => self.tally.answered == 0 && self.tally.failed > 0,
        }
    }
}

/// Decides the standing of both families.
///
/// Controls belong to unrelated operators: one answer proves the family, and it takes the silence of all of them to
/// condemn it.
///
/// | this family | its certificate | where no host is | other family | standing |
/// |---|---|---|---|---|
/// | any | any | a question is answered | any | captive portal |
/// | an answer | intercepted | any | any | captive portal |
/// | an answer | wrong date | any | any | clock |
/// | an answer | good | any | any | proven |
/// | an answer | none, not asked | a connection is accepted | dead | offline |
/// | an answer | none, not asked | a connection is accepted | not dead | `no_family`: a tunnel proves nothing |
/// | an answer | none, not asked | nothing, not asked | any | proven |
/// | none asked | | | any | untested |
/// | all failed | | | all failed | offline |
/// | all failed | | | an answer, or none asked | `no_family` |
pub fn judge(proofs: PerFamily<Proof>) -> PerFamily<Standing> {
    PerFamily::from_fn(|family| {
        let proof = proofs.get(family);
        if proof.nobody == Nearby::Answers {
            return Standing::CaptivePortal;
        }
        if proof.is_dead() {
            return if proofs.get(family.other()).is_dead() { Standing::Offline } else { Standing::NoFamily };
        }
        match (proof.tally.answered, proof.opinion) {
            (_, SecondOpinion::Intercepted) => Standing::CaptivePortal,
            (_, SecondOpinion::WrongDate) => Standing::Clock,
            (0, _) => Standing::Untested,
            (_, SecondOpinion::Good | SecondOpinion::None) => Standing::Proven,
        }
    })
}

/// Takes into account what targets have shown in the same round, where every control was silent: a family over which one
/// was reached is not called dead. `witnessed`: another target was asked beside this one, and answered.
///
/// | all controls silent, and | this family |
/// |---|---|
/// | the target has shown a certificate that is trusted for its name | proven: nobody else can |
/// | it was reached otherwise, or another one answers | as [`contradicted`]; not where every connection is accepted |
/// | nobody was reached | as judged; where the other family is alive, `no_family` in place of offline |
pub fn heard(
    judged: PerFamily<Standing>,
    samples: PerFamily<&Sample>,
    nearby: PerFamily<Nearby>,
    witnessed: PerFamily<bool>,
) -> PerFamily<Standing> {
    let proven = PerFamily::from_fn(|family| match (*judged.get(family), samples.get(family).phases.tls) {
        (standing, Some(_)) if standing.is_dead() => Standing::Proven,
        (standing, _) => standing,
    });
    let is_reached = PerFamily::from_fn(|family| {
        let is_anybodys = matches!(nearby.get(family), Nearby::Accepts | Nearby::Answers);
        !is_anybodys && (samples.get(family).outcome == Outcome::Reached || *witnessed.get(family))
    });
    contradicted(proven, is_reached)
}

/// Decides what is held of both families of a vantage where targets of the Internet contradict its controls: `is_reached`
/// over a family in the same round, or, of all its targets together, lately enough.
///
/// | this family | is reached | other family then | standing |
/// |---|---|---|---|
/// | `no_family`, offline | yes | any | disputed: the controls are silent, and the family carries something |
/// | offline | no | proven, untested, disputed | `no_family` |
/// | offline | no | any other | offline |
/// | any other | any | any | as it is |
pub fn contradicted(held: PerFamily<Standing>, is_reached: PerFamily<bool>) -> PerFamily<Standing> {
    let disputed = held.map(|family, standing| match standing {
        dead if dead.is_dead() && *is_reached.get(family) => Standing::Disputed,
        standing => standing,
    });
    PerFamily::from_fn(|family| match (*disputed.get(family), *disputed.get(family.other())) {
        (Standing::Offline, other) if other.may_accuse() => Standing::NoFamily,
        (standing, _) => standing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::cause::Cause;

    #[test]
    fn what_reached_its_target_is_not_offline() {
        let reached = |tls: Option<f64>| {
            let mut sample = Sample::reached();
            sample.phases.tls = tls;
            sample
        };
        let silent = || Sample::failed(Cause::TcpTimeout);
        let refused_later = || {
            let mut sample = Sample::failed(Cause::HttpStatus);
            sample.phases.tls = Some(9.0);
            sample
        };
        let dead = PerFamily { ipv4: Standing::Offline, ipv6: Standing::Offline };
        let check = |ipv4: Sample, nearby, expected: (&str, &str)| {
            let (samples, nearby) = (PerFamily { ipv4, ipv6: silent() }, PerFamily { ipv4: nearby, ipv6: nearby });
            let heard = heard(dead, samples.as_ref(), nearby, PerFamily::default());
            assert_eq!((heard.ipv4.code(), heard.ipv6.code()), expected, "{samples:?}");
        };
        check(reached(Some(9.0)), Nearby::Nothing, ("proven", "no_family"));
        check(reached(Some(9.0)), Nearby::Accepts, ("proven", "no_family"));
        check(refused_later(), Nearby::Nothing, ("proven", "no_family"));
        check(reached(None), Nearby::Nothing, ("disputed", "no_family"));
        check(reached(None), Nearby::Accepts, ("offline", "offline"));
        check(silent(), Nearby::Nothing, ("offline", "offline"));
        let no_v6 = PerFamily { ipv4: Standing::Proven, ipv6: Standing::NoFamily };
        let samples = PerFamily { ipv4: reached(None), ipv6: reached(Some(9.0)) };
        let both = heard(no_v6, samples.as_ref(), PerFamily::default(), PerFamily::default());
        assert_eq!((both.ipv4, both.ipv6), (Standing::Proven, Standing::Proven));
        let portal = PerFamily { ipv4: Standing::CaptivePortal, ipv6: Standing::Offline };
        let heard = heard(portal, samples.as_ref(), PerFamily::default(), PerFamily::default());
        assert_eq!(heard.ipv4, Standing::CaptivePortal);
    }

    #[test]
    fn another_target_that_answers_beside_a_silent_one_disputes_what_the_controls_say() {
        let (four, six) = (Sample::failed(Cause::TcpTimeout), Sample::failed(Cause::NetUnreachable));
        let check = |judged: [Standing; 2], nearby, witnessed: [bool; 2], expected: (&str, &str)| {
            let pair = |[ipv4, ipv6]: [Standing; 2]| PerFamily { ipv4, ipv6 };
            let witnessed = PerFamily { ipv4: witnessed[0], ipv6: witnessed[1] };
            let (samples, nearby) = (PerFamily { ipv4: &four, ipv6: &six }, PerFamily { ipv4: nearby, ipv6: nearby });
            let heard = heard(pair(judged), samples, nearby, witnessed);
            assert_eq!((heard.ipv4.code(), heard.ipv6.code()), expected, "{judged:?} {witnessed:?}");
        };
        let (offline, missing) = ([Standing::Offline; 2], [Standing::NoFamily, Standing::Proven]);
        check(offline, Nearby::Nothing, [true, false], ("disputed", "no_family"));
        check(offline, Nearby::Nothing, [false, true], ("no_family", "disputed"));
        check(offline, Nearby::Refuses, [true, true], ("disputed", "disputed"));
        check(offline, Nearby::Accepts, [true, true], ("offline", "offline"));
        check(missing, Nearby::Nothing, [true, false], ("disputed", "proven"));
        check(missing, Nearby::Nothing, [false, true], ("no_family", "proven"));
    }

    /// Every pair of standings, with and without a target that is reached over the first.
    #[test]
    fn every_row_of_what_contradicts_the_controls() {
        use Standing::{CaptivePortal, Clock, Disputed, NoFamily, Offline, Proven, Untested};
        let all = [Proven, NoFamily, Offline, CaptivePortal, Clock, Untested, Disputed];
        for this in all {
            for other in all {
                for is_reached in [false, true] {
                    let held = PerFamily { ipv4: this, ipv6: other };
                    let expected = match (this, is_reached, other) {
                        (NoFamily | Offline, true, _) => Disputed,
                        (Offline, false, Proven | Untested | Disputed) => NoFamily,
                        _ => this,
                    };
                    let swapped = PerFamily { ipv4: other, ipv6: this };
                    let of = |held, ipv4, ipv6| contradicted(held, PerFamily { ipv4, ipv6 });
                    assert_eq!(of(held, is_reached, false).ipv4, expected, "{this:?} {is_reached} {other:?}");
                    assert_eq!(of(swapped, false, is_reached).ipv6, expected, "{this:?} {is_reached} {other:?}");
                    assert!(!of(held, is_reached, true).ipv6.is_dead(), "{this:?} {other:?}");
                }
            }
        }
    }

    fn proof((answered, failed): (usize, usize)) -> Proof {
        Proof { tally: Tally { answered, failed, refused: 0 }, ..Proof::default() }
    }

    fn check(v4: (usize, usize), v6: (usize, usize), expected: (&str, &str)) {
        let standing = judge(PerFamily { ipv4: proof(v4), ipv6: proof(v6) });
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

    fn judge_one(ipv4: Proof) -> Standing {
        judge(PerFamily { ipv4, ipv6: proof((1, 0)) }).ipv4
    }

    #[test]
    fn a_second_opinion_counts_only_where_a_control_answers() {
        let with = |tally, opinion| judge_one(Proof { opinion, ..proof(tally) });
        assert_eq!(with((1, 0), SecondOpinion::Intercepted), Standing::CaptivePortal);
        assert_eq!(with((1, 0), SecondOpinion::WrongDate), Standing::Clock);
        assert_eq!(with((1, 0), SecondOpinion::Good), Standing::Proven);
        assert_eq!(with((0, 2), SecondOpinion::None), Standing::NoFamily);
    }

    #[test]
    fn a_tunnel_that_accepts_everything_proves_nothing() {
        let tunnel = |opinion| Proof { opinion, nobody: Nearby::Accepts, ..proof((1, 0)) };
        assert_eq!(judge_one(tunnel(SecondOpinion::None)), Standing::NoFamily);
        assert_eq!(judge_one(tunnel(SecondOpinion::Good)), Standing::Proven, "the tunnel carries what it accepts");
        assert_eq!(judge_one(tunnel(SecondOpinion::Intercepted)), Standing::CaptivePortal);
        let both = judge(PerFamily { ipv4: tunnel(SecondOpinion::None), ipv6: tunnel(SecondOpinion::None) });
        assert_eq!((both.ipv4, both.ipv6), (Standing::Offline, Standing::Offline));
        let untested = Proof { nobody: Nearby::Accepts, ..Proof::default() };
        assert_eq!(judge_one(untested), Standing::Untested, "without controls what is measured stands");
    }

    #[test]
    fn whoever_answers_where_no_host_is_is_a_portal() {
        assert_eq!(judge_one(Proof { nobody: Nearby::Answers, ..proof((1, 0)) }), Standing::CaptivePortal);
        assert_eq!(judge_one(Proof { nobody: Nearby::Answers, ..proof((0, 4)) }), Standing::CaptivePortal);
    }

    #[test]
    fn a_quorum_excuses_and_one_good_certificate_refutes() {
        use SecondOpinion::{Good, Intercepted, None, WrongDate};
        let check = |opinions: &[SecondOpinion], n, expected| assert_eq!(SecondOpinion::of(opinions, n), expected);
        check(&[Intercepted], 1, Intercepted);
        check(&[Intercepted], 4, None);
        check(&[Intercepted, Intercepted], 4, Intercepted);
        check(&[WrongDate, None, WrongDate], 4, WrongDate);
        check(&[WrongDate, Intercepted], 4, None);
        check(&[WrongDate, WrongDate, Good], 4, Good);
        check(&[], 0, None);
    }

    #[test]
    fn a_firewall_that_refuses_everything_is_near() {
        let refused = |refused| Proof { tally: Tally { answered: 0, failed: 2, refused }, ..Proof::default() };
        assert_eq!((refused(2).nearby(), refused(1).nearby()), (Nearby::Refuses, Nearby::Nothing));
    }
}
