//! Bodies that could be read before, and cannot now: nothing that is expected of them can fail any more, so it is said.

use super::{Detection, Ending, Finding, FindingChange, Kind, Observed, Origin, Usual, finding::tenths};
use crate::{
    measure::{
        bracket::Bracket,
        family::Family,
        sample::{Outcome, Sample, Warning},
    },
    remember::baseline::Phase,
};

/// Whether the target was reached, and what is expected of its body was not looked for.
pub fn is_unread(sample: &Sample) -> bool {
    sample.outcome == Outcome::Reached && sample.evidence.warning == Some(Warning::BodyUnread)
}

impl Detection {
    /// A target that never was read has not begun to be unread.
    pub(super) fn observe_unread(&mut self, family: Family, round: &Observed<'_>, changes: &mut Vec<FindingChange>) {
        let sample = round.samples.get(family);
        // A failure says nothing of how bodies come.
        if sample.outcome != Outcome::Reached {
            return;
        }
        let is_it = |f: &Finding| f.kind == Kind::BodyUnread && f.family == family;
        let open = self.open.iter().find(|f| is_it(f));
        match (open, is_unread(sample), self.families.get(family).reached_at) {
            (None, true, Some(read_at)) => {
                let seen_ms = tenths(sample.latency_ms().unwrap_or_default());
                let measured = Usual { ms: seen_ms, spread_ms: 0.0 };
                let finding = Finding {
                    kind: Kind::BodyUnread,
                    family,
                    phase: Phase::Total,
                    expected: self.usual(family, Phase::Total, round.at).unwrap_or(measured),
                    seen_ms,
                    since: Bracket::new(Some(read_at), round.at),
                    confirmed_at: round.at,
                    origin: Origin::Server,
                    moved: vec![Phase::Total],
                    is_in_both_families: is_unread(round.samples.get(family.other())),
                };
                self.begin(finding, changes);
            }
            (Some(_), false, _) => self.end(Ending::Returned, Bracket::new(None, round.at), changes, is_it),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        measure::{
            family::PerFamily,
            target::Scheme,
            time::{MINUTE, Timestamp},
        },
        notice::detection::FindingChange::{Began, Ended},
    };

    /// One round a minute: `r`ead, `u`nread, `f`ailed. Returns what IPv6 was told, by the minute.
    fn told(rounds: &str) -> Vec<(usize, char, Option<Timestamp>)> {
        let mut detection = Detection::default();
        let mut told = Vec::new();
        for (minute, how) in rounds.chars().enumerate() {
            let mut ipv6 = Sample::reached();
            ipv6.phases.total = Some(40.0);
            match how {
                'u' => ipv6.evidence.warning = Some(Warning::BodyUnread),
                'f' => ipv6 = Sample::failed(crate::measure::cause::Cause::TcpRefused),
                _ => {}
            }
            let samples = PerFamily { ipv4: Sample::skipped(None), ipv6 };
            let at = Timestamp::from_unix_ms(i64::try_from(minute).unwrap() * MINUTE);
            let round = Observed { at, scheme: Scheme::Http, samples: &samples, is_flagged: false };
            for change in detection.observe(&round) {
                told.push(match change {
                    Began { finding } if finding.kind == Kind::BodyUnread => (minute, '+', finding.since.after),
                    Ended { finding, how: Ending::Returned, .. } if finding.kind == Kind::BodyUnread => {
                        (minute, '-', None)
                    }
                    other => panic!("{other:?}"),
                });
            }
        }
        told
    }

    #[test]
    fn only_what_began_to_be_unread_is_said_and_only_once() {
        let read_at = Some(Timestamp::from_unix_ms(MINUTE));
        assert_eq!(told("rruuufuu"), [(2, '+', read_at)]);
        assert_eq!(told("rrufrr"), [(2, '+', read_at), (4, '-', None)]);
        assert_eq!(told("uuufu"), []);
        assert_eq!(told("rrff"), []);
        assert_eq!(told("uurfu").len(), 1);
    }
}
