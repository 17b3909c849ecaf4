//! What several vantages together say of a target: the place where their findings become one published fact.

use crate::{
    judge::{
        diagnosis::{Conclusion, conclude},
        dual_stack,
        health::Health,
        schedule::{late_after_ms, speaks_for_ms},
    },
    measure::{
        cause::{Cause, Phase},
        family::{Family, PerFamily},
        round::{DualStack, Round},
        sample::Sample,
        time::{DAY, Timestamp},
        vantage::Standing,
    },
};
use std::cmp::Reverse;

/// A vantage that was silent for so long is not listed any more; its rounds are kept.
pub const FORGOTTEN_AFTER_MS: i64 = DAY;

/// What one vantage last measured of a target, and what its own rounds so far have led to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding<'a> {
    /// Whether this is the worker's own vantage, which decides where others are divided.
    pub is_own: bool,
    pub health: &'a PerFamily<Health>,
    pub round: &'a Round,
    /// When it last found each family well.
    pub last_good: PerFamily<Option<Timestamp>>,
}

/// What is published of a family, and who said so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreed<'a> {
    pub health: Health,
    /// Gives cause, latency and address.
    pub sample: &'a Sample,
    /// The name of the vantage whose sample this is, and when its round began.
    pub vantage: &'a str,
    pub heard_at: Timestamp,
    /// When the newest round began that says the same of this family: this one, or that of another vantage.
    pub seen_at: Timestamp,
    /// What that vantage had proven about itself in this family.
    pub standing: Standing,
    pub well_before: WellBefore,
}

/// When vantages that do not reach a target had last found it well: each knows only for itself that it was. That another
/// one was well later says nothing about where these are. Nothing where there is one vantage alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WellBefore {
    /// The one that `since` comes from.
    pub first: Option<Timestamp>,
    /// The one that failed last: where it was outvoted before, it has turned the majority.
    pub newest: Option<Timestamp>,
}

impl WellBefore {
    pub const NONE: Self = Self { first: None, newest: None };
}

/// What is published of a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement<'a> {
    /// When the newest of the rounds began that were looked at.
    pub last_round_at: Timestamp,
    pub families: PerFamily<Agreed<'a>>,
    /// The round of one vantage that shows both families best: what differs between the families is seen in one pair.
    pub paired: &'a Round,
    /// How a dual-stack client fares: as in that round, or, where another conclusion is published of a family, computed
    /// from what is published.
    pub dual_stack: DualStack,
}

impl<'a> Agreement<'a> {
    /// Returns what is published of both families, of one vantage or of two.
    pub const fn samples(&self) -> PerFamily<&'a Sample> {
        PerFamily { ipv4: self.families.ipv4.sample, ipv6: self.families.ipv6.sample }
    }
}

/// Decides from the newest finding of every vantage; `None` where there is none at all.
///
/// Of the own vantage while its newest round is not late ([`late_after_ms`]), and of any other while its newest round
/// still speaks of now ([`speaks_for_ms`], which is less), per family:
///
/// | who knows something | what they say | state | cause, latency, address |
/// |---|---|---|---|
/// | none | | unknown | of one to which the target says "not offered"; else of the own vantage, else of the newest |
/// | some | all reach it | up | of the own vantage, else of the newest |
/// | some | nobody reaches it | the gravest: down, recovering, suspect | the most exact cause ([`exactness`]) |
/// | some | they differ | that of the majority; on a tie the own vantage decides, else "reached" | of that side, as above |
///
/// A vantage that is blind, or that has gone away, takes no part: nothing becomes down, or up, because of it.
/// `since` comes from the own vantage where it is in that state, else from who has seen it first.
pub fn agree<'a>(findings: &[Finding<'a>], interval_s: u32, now: Timestamp) -> Option<Agreement<'a>> {
    if let [only] = findings {
        return Some(alone(only));
    }
    let bound_ms = |f: &Finding<'a>| if f.is_own { late_after_ms(interval_s) } else { speaks_for_ms(interval_s) };
    let is_timely = |f: &&Finding<'a>| now.ms_since(f.round.started_at) <= bound_ms(f);
    let mut timely: Vec<Finding<'a>> = findings.iter().filter(is_timely).copied().collect();
    if timely.is_empty() {
        // Whoever reads this sees by its time that it is late.
        timely.extend(findings.iter().max_by_key(|f| f.round.started_at));
    }
    // The own vantage first, then the newest: with that, "first" decides every tie the same way in every round.
    timely.sort_by_key(|f| (!f.is_own, Reverse(f.round.started_at)));
    let last_round_at = timely.iter().map(|f| f.round.started_at).max()?;
    // Both families of one round are paired; two vantages are not.
    let n_known = |f: &Finding<'_>| f.health.iter().filter(|(_, health)| is_known(health)).count();
    let paired = timely.iter().rev().max_by_key(|f| n_known(f))?.round;
    let families = PerFamily { ipv4: of_family(&timely, Family::Ipv4)?, ipv6: of_family(&timely, Family::Ipv6)? };
    let shows =
        |(family, agreed): (Family, &Agreed<'_>)| conclude(paired.samples.get(family)) == conclude(agreed.sample);
    let dual_stack = if families.iter().all(shows) {
        paired.dual_stack
    } else {
        dual_stack::view(&families.map(|_, agreed| agreed.sample.clone()))
    };
    Some(Agreement { last_round_at, families, paired, dual_stack })
}

/// A single vantage agrees with itself; most targets have one, so it costs nothing.
fn alone<'a>(finding: &Finding<'a>) -> Agreement<'a> {
    let round = finding.round;
    Agreement {
        last_round_at: round.started_at,
        families: finding.health.map(|family, health| Agreed {
            health,
            sample: round.samples.get(family),
            vantage: &round.vantage.name,
            heard_at: round.started_at,
            seen_at: round.started_at,
            standing: *round.vantage.standing.get(family),
            well_before: WellBefore::NONE,
        }),
        paired: round,
        dual_stack: round.dual_stack,
    }
}

/// How much a cause says: which of several vantages is believed about the same failure.
///
/// | | causes |
/// |---|---|
/// | 3 | an answer: of the target, or of a resolver |
/// | 2 | silence, told exactly: `tcp.timeout`, `net.unreachable`, `dns.timeout` |
/// | 1 | `tcp.no_connection`: one of several |
/// | 0 | `measurement.failed`, what the vantage explains, and no cause |
pub const fn exactness(cause: Option<Cause>) -> u8 {
    match cause {
        None => 0,
        Some(Cause::TcpNoConnection) => 1,
        Some(cause) if cause.is_silence() => 2,
        Some(cause) if cause.proves_answer() => 3,
        Some(cause) if matches!(cause.phase(), Phase::Resolve) => 3,
        Some(_) => 0,
    }
}

/// Decides one family; `findings` are in the order in which they are believed.
fn of_family<'a>(findings: &[Finding<'a>], family: Family) -> Option<Agreed<'a>> {
    let health = |f: &Finding<'a>| *f.health.get(family);
    let sample = |f: &Finding<'a>| f.round.samples.get(family);
    let agreed = |health: Health, f: &Finding<'a>| Agreed {
        health,
        sample: sample(f),
        vantage: &f.round.vantage.name,
        heard_at: f.round.started_at,
        seen_at: seen_at(findings, family, conclude(sample(f))).max(f.round.started_at),
        standing: *f.round.vantage.standing.get(family),
        well_before: WellBefore::NONE,
    };

    let knowing: Vec<Finding<'a>> = findings.iter().filter(|f| is_known(f.health.get(family))).copied().collect();
    if knowing.is_empty() {
        let says_not_offered = |f: &&Finding<'a>| matches!(conclude(sample(f)), Conclusion::Unpublished(_));
        let voice = findings.iter().find(says_not_offered).or(findings.first())?;
        return Some(agreed(health(voice), voice));
    }

    let side = majority(&knowing, |f| matches!(health(f), Health::Up { .. }));
    let gravest = side.iter().map(|f| gravity(&health(f))).max()?;
    let in_state: Vec<&Finding<'a>> = side.iter().filter(|f| gravity(&health(f)) == gravest).collect();
    let own = in_state.iter().find(|f| f.is_own);
    let first = own.or(in_state.iter().min_by_key(|f| health(f).since()))?;
    let state = health(first);

    match state {
        Health::Up { .. } => {
            let alike = majority(&side, |f| conclude(sample(f)) == Conclusion::Good { degraded: false });
            Some(agreed(state, alike.first()?))
        }
        Health::Recovering { .. } => Some(agreed(state, in_state.first()?)),
        _ => {
            // Of equals the own one, else who has seen it first: the same one in every round, so that two who take
            // turns do not make two causes take turns.
            let failed = side.iter().rev().filter(|f| matches!(conclude(sample(f)), Conclusion::Bad(_)));
            let belief = |f: &&Finding<'a>| (exactness(sample(f).cause), f.is_own, Reverse(health(f).since()));
            let voice = failed.max_by_key(belief).or(in_state.first().copied())?;
            let newest = side.iter().max_by_key(|f| health(f).since())?;
            let well = |f: &Finding<'a>| *f.last_good.get(family);
            let well_before = WellBefore { first: well(first), newest: well(newest) };
            Some(Agreed { well_before, ..agreed(state, voice) })
        }
    }
}

/// Returns when the newest round began that comes to the same conclusion about a family, for whatever cause.
fn seen_at(findings: &[Finding<'_>], family: Family, conclusion: Conclusion) -> Timestamp {
    let says_so = |f: &&Finding<'_>| match (conclude(f.round.samples.get(family)), conclusion) {
        (Conclusion::Good { degraded }, Conclusion::Good { degraded: of }) => degraded == of,
        (Conclusion::Bad(_), Conclusion::Bad(_)) => true,
        _ => false,
    };
    let newest = findings.iter().filter(says_so).map(|f| f.round.started_at).max();
    newest.unwrap_or(Timestamp::from_unix_ms(0))
}

/// Returns those of the larger side; on a tie the side of the own vantage, and without one the side that says yes.
fn majority<'a>(findings: &[Finding<'a>], says_yes: impl Fn(&Finding<'a>) -> bool) -> Vec<Finding<'a>> {
    let (yes, no): (Vec<_>, Vec<_>) = findings.iter().copied().partition(|f| says_yes(f));
    if yes.len() > no.len() || (yes.len() == no.len() && !no.iter().any(|f| f.is_own)) { yes } else { no }
}

const fn is_known(health: &Health) -> bool {
    !matches!(health, Health::Unknown { .. })
}

const fn gravity(health: &Health) -> u8 {
    match health {
        Health::Unknown { .. } | Health::Up { .. } => 0,
        Health::Suspect { .. } => 1,
        Health::Recovering { .. } => 2,
        Health::Down { .. } => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{
        round::{DualStack, Vantage},
        sample::Sample,
        time::{MINUTE, SECOND},
    };

    const NOW: i64 = 10 * MINUTE;

    /// A minute before its newest round.
    fn well(round: &Round) -> PerFamily<Option<Timestamp>> {
        PerFamily::from_fn(|_| Some(round.started_at - MINUTE))
    }

    /// One vantage in words: `NAME AGE STATE [CAUSE]`; the age of its newest round is in seconds. `edge` is the own.
    fn parse(text: &str) -> (PerFamily<Health>, Round) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let started_at = Timestamp::from_unix_ms(NOW - words[1].parse::<i64>().unwrap() * SECOND);
        let since = Timestamp::from_unix_ms(MINUTE);
        let health = match words[2] {
            "up" => Health::Up { since },
            "suspect" => Health::Suspect { since, failures: 1, up_since: None },
            "down" => Health::Down { since },
            "recovering" => Health::Recovering { since, successes: 1, down_since: since },
            _ => Health::Unknown { since: Some(since), down_since: None },
        };
        let cause = words.get(3).map(|code| Cause::from_code(code).unwrap());
        let sample = match (words[2], cause) {
            ("up" | "recovering", cause) => Sample { cause, ..Sample::reached() },
            ("unknown", Some(Cause::DnsNodata)) => Sample::skipped(cause),
            (_, cause) => Sample::failed(cause.unwrap()),
        };
        let round = Round {
            target: String::new(),
            started_at,
            vantage: Vantage { name: words[0].to_owned(), standing: PerFamily::default(), silent_controls: Vec::new() },
            samples: PerFamily { ipv4: sample.clone(), ipv6: sample },
            dual_stack: DualStack::default(),
        };
        (PerFamily { ipv4: health, ipv6: health }, round)
    }

    /// Expects `STATE CAUSE VANTAGE`, whatever the order of the findings.
    fn check(vantages: &[&str], expected: &str) {
        check_every(60, vantages, expected);
    }

    fn check_every(interval_s: u32, vantages: &[&str], expected: &str) {
        let parsed: Vec<_> = vantages.iter().map(|text| parse(text)).collect();
        let mut findings: Vec<Finding<'_>> = (parsed.iter())
            .map(|(health, round)| Finding {
                is_own: round.vantage.name == "edge",
                health,
                round,
                last_good: well(round),
            })
            .collect();
        for _ in 0..2 {
            let agreement = agree(&findings, interval_s, Timestamp::from_unix_ms(NOW)).unwrap();
            let Agreed { health, sample, vantage, .. } = agreement.families.ipv6;
            let cause = sample.cause.map_or("-", Cause::code);
            assert_eq!(format!("{} {cause} {vantage}", health.code()), expected, "{vantages:?}");
            findings.reverse();
        }
    }

    #[test]
    fn the_most_exact_cause_is_published() {
        check(&["edge 5 down tcp.no_connection", "local 5 down tcp.refused"], "down tcp.refused local");
        check(&["edge 5 down tcp.no_connection", "local 5 suspect net.unreachable"], "down net.unreachable local");
        check(&["edge 5 suspect tcp.timeout", "local 5 down tls.alert"], "down tls.alert local");
        check(&["edge 5 down http.status", "local 5 down tcp.refused"], "down http.status edge");
        check(&["edge 5 down dns.timeout", "local 5 down dns.nxdomain"], "down dns.nxdomain local");
        check(&["edge 5 down tcp.no_connection"], "down tcp.no_connection edge");
    }

    #[test]
    fn a_vantage_that_went_away_or_is_blind_takes_no_part() {
        check(&["edge 5 down tcp.no_connection", "local 130 down tcp.refused"], "down tcp.refused local");
        check(&["edge 5 down tcp.no_connection", "local 131 down tcp.refused"], "down tcp.no_connection edge");
        check(&["edge 5 up", "local 131 down tcp.refused"], "up - edge");
        check(&["edge 5 up", "a 131 down tcp.refused", "b 131 down tcp.refused"], "up - edge");
        check(&["edge 5 unknown vantage.no_family", "local 131 down tcp.refused"], "unknown vantage.no_family edge");
        check(&["edge 180 up", "local 131 down tcp.refused"], "up - edge");
        check(&["edge 181 down tcp.no_connection", "local 5 up"], "up - local");
        check(&["edge 5 unknown vantage.no_family", "local 5 up"], "up - local");
        check(&["edge 5 up", "local 5 unknown vantage.offline"], "up - edge");
        check(&["edge 5 unknown measurement.failed", "local 5 down tcp.refused"], "down tcp.refused local");
    }

    /// The shortest interval there is: two periods, and ten seconds.
    #[test]
    fn at_a_short_interval_an_absent_vantage_is_soon_out() {
        check_every(5, &["edge 5 down tcp.no_connection", "local 20 down tcp.refused"], "down tcp.refused local");
        check_every(5, &["edge 5 down tcp.no_connection", "local 21 down tcp.refused"], "down tcp.no_connection edge");
        check_every(5, &["edge 70 down tcp.no_connection", "local 21 up"], "down tcp.no_connection edge");
        check_every(5, &["edge 71 down tcp.no_connection", "local 20 up"], "up - local");
    }

    #[test]
    fn nobody_who_knows_is_unknown() {
        check(
            &["edge 5 unknown vantage.no_family", "local 3 unknown vantage.offline"],
            "unknown vantage.no_family edge",
        );
        check(
            &["edge 200 unknown vantage.no_family", "local 3 unknown vantage.offline"],
            "unknown vantage.offline local",
        );
        check(&["edge 5 unknown vantage.no_family", "local 3 unknown dns.nodata"], "unknown dns.nodata local");
        assert_eq!(agree(&[], 60, Timestamp::from_unix_ms(NOW)), None);
    }

    #[test]
    fn the_majority_decides_and_the_own_vantage_a_tie() {
        check(&["edge 5 up", "local 5 down tcp.refused"], "up - edge");
        check(&["edge 5 down tcp.no_connection", "local 5 up"], "down tcp.no_connection edge");
        check(&["edge 5 up", "a 5 down tcp.timeout", "b 4 down tcp.refused"], "down tcp.refused b");
        check(&["edge 5 down tcp.no_connection", "a 5 up", "b 4 up"], "up - b");
        check(&["a 5 up", "b 4 down tcp.refused"], "up - a");
        check(&["edge 5 down tcp.timeout", "a 5 recovering", "b 4 up"], "down tcp.timeout edge");
        check(&["edge 5 recovering", "a 5 suspect tcp.refused"], "recovering - edge");
    }

    #[test]
    fn degraded_is_decided_among_those_who_reach_it() {
        check(&["edge 5 up", "a 5 up slow"], "up - edge");
        check(&["edge 5 up slow", "a 5 up"], "up slow edge");
        check(&["edge 5 up", "a 5 up slow", "b 4 up slow"], "up slow b");
    }

    #[test]
    fn a_single_vantage_is_published_as_it_is() {
        for text in ["edge 5 up", "edge 5 suspect tcp.reset", "edge 5 recovering", "a 5 unknown vantage.clock"] {
            let words: Vec<&str> = text.split_whitespace().collect();
            check(&[text], &format!("{} {} {}", words[2], words.get(3).unwrap_or(&"-"), words[0]));
        }
    }

    #[test]
    fn since_is_that_of_the_own_vantage_and_the_pair_of_who_sees_both_families() {
        let (mut edge, mut edge_round) = parse("edge 5 down tcp.no_connection");
        let (mut local, mut local_round) = parse("local 4 down tcp.refused");
        let at = |ms| Timestamp::from_unix_ms(ms);
        edge.ipv6 = Health::Down { since: at(2 * MINUTE) };
        local.ipv6 = Health::Down { since: at(MINUTE) };
        edge_round.dual_stack = DualStack { family: Some(Family::Ipv4), cost_ms: Some(1.0) };
        local_round.dual_stack = DualStack { family: Some(Family::Ipv4), cost_ms: Some(2.0) };
        let said = |edge: &PerFamily<Health>| {
            let own = Finding { is_own: true, health: edge, round: &edge_round, last_good: well(&edge_round) };
            let other = Finding { is_own: false, health: &local, round: &local_round, last_good: well(&local_round) };
            let agreement = agree(&[other, own], 60, at(NOW)).unwrap();
            (agreement.families.ipv6.health.since(), agreement.paired.dual_stack.cost_ms, agreement.last_round_at)
        };
        assert_eq!(said(&edge), (Some(at(2 * MINUTE)), Some(1.0), local_round.started_at));
        let blind = PerFamily { ipv6: Health::default(), ..edge };
        assert_eq!(said(&blind), (Some(at(MINUTE)), Some(2.0), local_round.started_at));
    }
}
