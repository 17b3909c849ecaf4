//! The facts of an incident in the form in which rules ask for them.

use crate::{
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        vantage::Standing,
    },
    notice::changes::{Change, What},
    remember::baseline::Phase,
    respond::{
        incident::{CauseSpan, Incident},
        report::{Context, Peer, tally},
    },
};

pub struct Facts<'a> {
    pub incident: &'a Incident,
    pub peers: &'a [Peer],
    /// Failed rounds per family and cause, the most frequent first.
    pub tally: Vec<(Cause, Family, u32)>,
    pub down: PerFamily<bool>,
    /// The only family that was down, if it was one, and whether the other one was seen to answer meanwhile.
    pub only: Option<Family>,
    pub other_is_well: bool,
    /// Whether both families were down at the same time, not only one after the other.
    pub is_together: bool,
    pub vantages: Vec<String>,
}

impl<'a> Facts<'a> {
    pub fn of(incident: &'a Incident, context: &Context<'a>) -> Self {
        let down = incident.families();
        let only = match (down.ipv4, down.ipv6) {
            (true, false) => Some(Family::Ipv4),
            (false, true) => Some(Family::Ipv6),
            _ => None,
        };
        let mut vantages: Vec<String> = Vec::new();
        for span in &incident.causes {
            if !vantages.contains(&span.exhibit.vantage) {
                vantages.push(span.exhibit.vantage.clone());
            }
        }
        Self {
            incident,
            peers: context.peers,
            tally: tally(incident),
            down,
            only,
            other_is_well: only.is_some() && incident.impact.other_family_served > 0,
            is_together: incident.is_together(),
            vantages,
        }
    }

    pub fn families(&self) -> impl Iterator<Item = Family> + '_ {
        Family::ALL.into_iter().filter(|family| *self.down.get(*family))
    }

    /// Returns the failed rounds of a family.
    pub fn n_failed(&self, family: Family) -> u32 {
        self.tally.iter().filter(|(_, of, _)| *of == family).map(|(.., n)| n).sum()
    }

    /// Returns the failed rounds of a family for any of these causes, and the most frequent of them.
    pub fn failed_for(&self, family: Family, causes: &[Cause]) -> Option<(Cause, u32)> {
        let of = self.tally.iter().filter(|(cause, of, _)| *of == family && causes.contains(cause));
        let mut total: Option<(Cause, u32)> = None;
        for (cause, _, n) in of {
            total = Some(total.map_or((*cause, *n), |(first, sum)| (first, sum.saturating_add(*n))));
        }
        total
    }

    pub fn has(&self, family: Family, cause: Cause) -> bool {
        self.failed_for(family, &[cause]).is_some()
    }

    /// Returns the first failure of a family for any of these causes.
    pub fn first(&self, family: Family, causes: &[Cause]) -> Option<&'a CauseSpan> {
        self.incident.causes.iter().find(|span| span.family == family && causes.contains(&span.cause))
    }

    pub fn changes(&self, family: Family) -> impl Iterator<Item = &'a Change> + use<'a> {
        let began = self.incident.began().by;
        self.incident.changes.iter().filter(move |c| c.family == family && c.at.after.is_none_or(|t| t < began))
    }

    pub fn address_change(&self, family: Family) -> Option<&'a Change> {
        self.changes(family).find(|c| matches!(c.what, What::Addresses { .. }))
    }

    /// Returns the change by which the TTL of the addresses was lowered: somebody planned to move them.
    pub fn ttl_lowered(&self, family: Family) -> Option<&'a Change> {
        self.changes(family).find(|c| matches!(c.what, What::Ttl { before_s, after_s } if after_s < before_s))
    }

    pub fn certificate_change(&self, family: Family) -> Option<&'a Change> {
        self.changes(family).find(|c| matches!(c.what, What::Certificate { .. }))
    }

    /// Whether a family was seen well before it failed first. Where it was not, nothing can have changed.
    pub fn was_well(&self, family: Family) -> bool {
        let first = self.incident.outages.iter().filter(|o| o.family == family).min_by_key(|o| o.began.by);
        first.is_some_and(|outage| outage.began.after.is_some())
    }

    /// Whether the certificate of a family can have been replaced: it was seen to be another one, or it is not known
    /// which one it is now.
    pub fn may_be_replaced(&self, family: Family, causes: &[Cause]) -> bool {
        let is_shown = self.first(family, causes).is_some_and(|span| span.exhibit.certificate.is_some());
        self.certificate_change(family).is_some() || (self.was_well(family) && !is_shown)
    }

    /// Returns a change of how long this phase takes.
    pub fn latency_change(&self, family: Family, of: Phase) -> Option<&'a Change> {
        self.changes(family).find(|c| matches!(c.what, What::Latency { phase, .. } if phase == of))
    }

    /// Whether the vantages had proven a family in the rounds that failed.
    pub fn standing(&self, family: Family) -> Option<Standing> {
        self.incident.causes.iter().find(|span| span.family == family).map(|span| span.exhibit.standing)
    }
}
