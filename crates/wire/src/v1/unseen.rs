//! What nobody sees of an open incident while the round that is due does not come.

use super::{Incident, incident::Blind};
use dualwatch_core::measure::{family::PerFamily, time::Timestamp};

impl Incident {
    /// Does as [`while_unseen`] with the document: whoever publishes it later than it was told says the same.
    ///
    /// [`while_unseen`]: dualwatch_core::respond::incident::Incident::while_unseen
    pub fn lose_sight(&mut self, unseen_since: &PerFamily<Option<Timestamp>>) {
        for (family, since) in unseen_since.iter() {
            let lasts = self.outages.iter().any(|outage| outage.family == family && outage.ended.is_none());
            let Some(since) = since.filter(|_| lasts) else { continue };
            match self.blind.iter_mut().rev().find(|spell| spell.family == family) {
                Some(last) if last.to.is_none_or(|to| to >= since) => last.to = None,
                _ => self.blind.push(Blind { family, from: since, to: None }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::{
        measure::{family::Family, time::Timestamp},
        respond::incident::{self, BlindSpell, Bound, Impact, IncidentId, Outage},
    };

    fn at(s: i64) -> Timestamp {
        Timestamp::from_unix_ms(1_795_428_660_000 + s * 1_000)
    }

    /// IPv6 is down, IPv4 was; nobody saw IPv6 in these spells.
    fn incident(blind: &[(i64, Option<i64>)]) -> incident::Incident {
        let outage = |family, ended: Option<i64>| Outage {
            family,
            began: Bound { after: Some(at(0)), by: at(5) },
            ended: ended.map(|s| (Bound { after: Some(at(s - 5)), by: at(s) }, incident::Ending::Recovered)),
            unstable: None,
            answers: incident::Answers::default(),
        };
        incident::Incident {
            id: IncidentId(at(5)),
            outages: vec![outage(Family::Ipv4, Some(15)), outage(Family::Ipv6, None)],
            outages_omitted: 0,
            outages_omitted_ms: PerFamily::default(),
            causes: Vec::new(),
            causes_omitted: 0,
            blind: (blind.iter())
                .map(|(from, to)| BlindSpell { family: Family::Ipv6, from: at(*from), to: to.map(at) })
                .collect(),
            blind_omitted_ms: PerFamily::default(),
            episodes: 1,
            flapping: false,
            confirmed_at: at(10),
            resolved_at: None,
            impact: Impact::default(),
            changes: Vec::new(),
            addresses: Vec::new(),
            n_effects: 1,
        }
    }

    /// Expects the spells of a family, whoever says them: the target, or the directory, which has only the document.
    fn check(blind: &[(i64, Option<i64>)], since: Option<i64>, expected: &[(i64, Option<i64>)]) {
        let unseen_since = PerFamily { ipv4: since.map(at), ipv6: since.map(at) };
        let target = super::super::Incident::of("a", "A", &incident(blind).while_unseen(&unseen_since));
        let mut directory = super::super::Incident::of("a", "A", &incident(blind));
        directory.lose_sight(&unseen_since);
        assert_eq!(directory, target, "{blind:?} {since:?}");
        let found: Vec<_> = target.blind.iter().map(|spell| (spell.family, spell.from, spell.to)).collect();
        let expected: Vec<_> = expected.iter().map(|(from, to)| (Family::Ipv6, at(*from), to.map(at))).collect();
        assert_eq!(found, expected, "{blind:?} {since:?}");
    }

    #[test]
    fn what_is_down_is_out_of_sight_from_when_the_round_that_was_due_did_not_come() {
        check(&[], None, &[]);
        check(&[], Some(30), &[(30, None)]);
        check(&[(10, Some(20))], Some(30), &[(10, Some(20)), (30, None)]);
        // It goes on, or lasts already.
        check(&[(10, Some(30))], Some(30), &[(10, None)]);
        check(&[(10, None)], Some(30), &[(10, None)]);
    }
}
