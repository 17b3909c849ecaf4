//! What a run tells of the services that are asked after it: what the visitor's own connection is worth there, how long to
//! wait, and how soon a failure came.

use super::{Run, track};
use crate::{
    judge::verdict::PageControl,
    measure::family::{Family, PerFamily},
    self_test::{patience, target, told::Pace, why::Why},
};

impl Run {
    /// Whether each family is known well enough for services to be asked: what is still to come of the run changes no
    /// question about them.
    pub fn knows_its_families(&self, now_ms: u32) -> bool {
        let what = self.conclude(now_ms);
        what.is_complete || what.families.iter().all(|(_, finding)| finding.why != Why::Checking)
    }

    /// Returns what is known of the visitor's own connection, as the control of a service's verdict.
    pub fn controls(&self, now_ms: u32) -> PerFamily<PageControl> {
        let (evidence, what) = (self.evidence(now_ms), self.conclude(now_ms));
        let presence = evidence.addresses.presence(what.preferred);
        PerFamily::from_fn(|family: Family| {
            target::control(*what.families.get(family), evidence.is_proven(family), *presence.get(family))
        })
    }

    /// Returns how long a service has to answer, in milliseconds.
    pub fn service_deadline_ms(&self) -> u32 {
        patience::deadline_ms(self.round_trip_ms().1, false)
    }

    /// Says how soon a failure at a service came, compared with the round trip to us.
    pub fn pace(&self, after_ms: u32) -> Pace {
        track::pace(after_ms, self.round_trip_ms().0)
    }

    /// Returns how long the browser waited for IPv6 before it took IPv4, where it did.
    pub fn fallback_ms(&self, now_ms: u32) -> Option<u32> {
        use crate::self_test::{evidence::Choice, question::Question};
        let waited = self.reading(Question::DualStack, now_ms).connect_ms;
        waited.filter(|_| self.evidence(now_ms).choice == Choice::Ipv4AfterWait)
    }
}
