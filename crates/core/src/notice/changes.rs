//! What changed about a target: addresses, their TTL, certificate, server; remembered, because an outage often follows
//! a change.

mod alternation;
mod bytes;
mod ttl;

pub use alternation::Alternation;
use alternation::Turns;

use crate::{
    judge::{consistency::Aspect, diagnosis::shows_target},
    measure::{
        bracket::Bracket,
        family::{Family, PerFamily},
        round::Round,
        sample::{Outcome, Sample},
        time::{DAY, Timestamp},
        veil::Veil,
    },
    notice::detection::{FindingChange, Kind},
    remember::baseline::Phase,
};
use serde::{Deserialize, Serialize};
use std::{mem::discriminant, net::IpAddr};
use ttl::Ttl;

/// So many changes of a target are remembered.
const MAX_CHANGES: usize = 8;
/// So many names of a certificate are told; one more is remembered, which says that there are more.
pub const LISTED_NAMES: usize = 4;
/// So long before an incident a change may have to do with it.
pub const LOOK_BACK_MS: i64 = DAY;
/// A list of addresses, or a TTL, that changes more often in that time does so by design.
const ROTATES_FROM: usize = 3;

/// One thing that is not as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub family: Family,
    /// Seen as before last, seen as now first.
    pub at: Bracket,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ChangeKind"))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// The addresses that the name resolves to.
    Addresses { before: Vec<IpAddr>, after: Vec<IpAddr> },
    /// The TTL of those addresses in seconds, as the zone says it. Who moves a service often lowers it first.
    Ttl { before_s: u32, after_s: u32 },
    /// The certificate, by the first digits of its SHA-256, and the names in it.
    Certificate { before: String, after: String, names: Vec<String> },
    /// The `Server` header.
    Server { before: String, after: String },
    /// How long a phase takes: a new level, not a slow round.
    Latency { phase: Phase, before_ms: f64, after_ms: f64 },
    /// The HTTP status of a good answer.
    Status { before: u16, after: u16 },
}

impl Change {
    /// Takes out what is not told of the target. Returns whether anything is left to tell.
    pub fn veil(&mut self, veil: &Veil) -> bool {
        match &mut self.what {
            What::Addresses { .. } => return !veil.hides_address(),
            What::Certificate { before, after, names } => {
                veil.names(names);
                for digits in [before, after] {
                    veil.digest(digits);
                }
            }
            What::Server { before, after } => [before, after].into_iter().for_each(|server| veil.text(server)),
            What::Ttl { .. } | What::Latency { .. } | What::Status { .. } => {}
        }
        true
    }
}

/// How one family looked last, and when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Looks {
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<(Timestamp, Vec<IpAddr>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<Ttl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<(Timestamp, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<(Timestamp, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<(Timestamp, u16)>,
    /// How often it went from one value to another and back, of what was seen to turn; the body of each answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    turns: Vec<Turns>,
}

/// What is remembered between rounds of one vantage: another one may be shown other addresses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    looks: PerFamily<Looks>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
}

/// As many digits of a digest as tell two certificates apart.
const DIGITS: usize = 16;

impl State {
    /// Compares a round with what was seen before.
    pub fn hear(&mut self, round: &Round) {
        for (family, sample) in round.samples.iter() {
            let looks = self.looks.get_mut(family);
            let at = round.started_at;
            for (after, what) in looks.take(sample, at).into_iter().flatten() {
                if alternation::note(&mut looks.turns, &what, at) {
                    alternation::thin(&mut self.changes, family, &what);
                }
                self.changes.push(Change { family, at: Bracket { after: Some(after), by: at }, what });
            }
            if shows_target(sample)
                && sample.outcome == Outcome::Reached
                && let Some(digest) = &sample.evidence.body_digest
            {
                alternation::look(&mut looks.turns, Aspect::Body, digest.get(..DIGITS).unwrap_or(digest), at);
            }
            alternation::forget(&mut looks.turns, at);
            self.changes.extend(looks.take_ttl(sample, at).map(|(at, what)| Change { family, at, what }));
        }
        self.keep_within_bounds();
    }

    /// Takes over from detection that a phase has another level than before.
    pub fn note(&mut self, findings: &[FindingChange]) {
        for change in findings {
            if let FindingChange::Began { finding } = change
                && finding.kind == Kind::LatencyShift
            {
                let what =
                    What::Latency { phase: finding.phase, before_ms: finding.expected.ms, after_ms: finding.seen_ms };
                self.changes.push(Change { family: finding.family, at: finding.since, what });
            }
        }
        self.keep_within_bounds();
    }

    /// Returns what goes to and fro at a time: several machines behind a name that are not alike.
    pub fn alternating(&self, now: Timestamp) -> Vec<Alternation> {
        let mut found = Vec::new();
        for (family, looks) in self.looks.iter() {
            found.extend(looks.turns.iter().filter_map(|turns| turns.alternation(family, now)));
        }
        found
    }

    fn keep_within_bounds(&mut self) {
        while self.changes.len() > MAX_CHANGES {
            self.changes.remove(0);
        }
    }

    /// Returns the changes, in order of time, that may have to do with an incident which began at `began` and ends by
    /// `until`: those since a day before. What rotates by design is left out.
    pub fn around(&self, began: Timestamp, until: Timestamp) -> Vec<Change> {
        let is_near = |c: &&Change| c.at.by > began - LOOK_BACK_MS && c.at.after.is_none_or(|after| after <= until);
        let near: Vec<&Change> = self.changes.iter().filter(is_near).collect();
        let alternating = self.alternating(until);
        let alternates = |change: &Change| alternating.iter().any(|alternation| alternation.is_of(change));
        let rotates = |change: &Change| {
            let is_alike =
                |c: &&&Change| c.family == change.family && discriminant(&c.what) == discriminant(&change.what);
            matches!(change.what, What::Addresses { .. } | What::Ttl { .. })
                && (near.iter().filter(is_alike).count() >= ROTATES_FROM || alternates(change))
        };
        // What goes to and fro is told once.
        let is_again = |at: usize| {
            let change = near[at];
            let is_alike =
                |c: &&Change| c.family == change.family && discriminant(&c.what) == discriminant(&change.what);
            alternates(change) && near[..at].iter().any(is_alike)
        };
        let told = (0..near.len()).filter(|at| !rotates(near[*at]) && !is_again(*at));
        let mut found: Vec<Change> = told.map(|at| near[at].clone()).collect();
        // Some are known late.
        found.sort_by_key(|c| c.at.by);
        found
    }
}

impl Looks {
    /// Takes the TTL of a sample's addresses; returns how it changed, and when that was.
    fn take_ttl(&mut self, sample: &Sample, at: Timestamp) -> Option<(Bracket, What)> {
        let seen_s = sample.evidence.ttl_s?;
        let known = match &mut self.ttl {
            Some(known) => known,
            slot => {
                *slot = Some(Ttl::new(seen_s, at));
                return None;
            }
        };
        known.hear(seen_s, at).map(|c| (c.at, What::Ttl { before_s: c.before_s, after_s: c.after_s }))
    }

    /// Takes what a sample shows; returns what differs, each with when it was last seen as before. The certificate of a
    /// captive portal is none of the target's.
    fn take(&mut self, sample: &Sample, at: Timestamp) -> [Option<(Timestamp, What)>; 4] {
        // The order of addresses means nothing, so a list is compared sorted; nearly always it is as it was.
        let addresses = (!sample.addresses.is_empty()).then_some(&sample.addresses).and_then(|seen| {
            let is_same = |known: &[IpAddr]| known.len() == seen.len() && seen.iter().all(|a| known.contains(a));
            match &mut self.addresses {
                Some((when, known)) if is_same(known) => {
                    *when = at;
                    None
                }
                slot => {
                    let mut sorted = seen.clone();
                    sorted.sort_unstable();
                    let (when, before) = slot.replace((at, sorted.clone()))?;
                    Some((when, What::Addresses { before, after: sorted }))
                }
            }
        });
        if !shows_target(sample) {
            return [addresses, None, None, None];
        }
        let certificate = sample.certificate.as_ref().and_then(|seen| {
            let digits = seen.sha256.get(..DIGITS).unwrap_or(&seen.sha256);
            let (when, before) = swap(&mut self.certificate, digits, at)?;
            let names = seen.subject_names.iter().take(LISTED_NAMES + 1).cloned().collect();
            Some((when, What::Certificate { before, after: digits.to_owned(), names }))
        });
        let server = sample.evidence.server.as_ref().and_then(|seen| {
            let (when, before) = swap(&mut self.server, seen, at)?;
            Some((when, What::Server { before, after: seen.clone() }))
        });
        let good_status = sample.http_status.filter(|_| sample.outcome == Outcome::Reached);
        let status = good_status.and_then(|seen| match self.status.replace((at, seen)) {
            Some((when, before)) if before != seen => Some((when, What::Status { before, after: seen })),
            _ => None,
        });
        [addresses, certificate, server, status]
    }
}

/// Notes that `seen` was seen; returns what was known before, where that was something else.
fn swap(slot: &mut Option<(Timestamp, String)>, seen: &str, at: Timestamp) -> Option<(Timestamp, String)> {
    match slot {
        Some((when, known)) if known == seen => {
            *when = at;
            None
        }
        _ => slot.replace((at, seen.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{
        cause::Cause,
        round::{DualStack, Vantage},
        time::MINUTE,
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_unix_ms(minute * MINUTE)
    }

    /// IPv6 as `address,address server` per minute; with a third word, something near the vantage answered.
    fn state(rounds: &[&str]) -> State {
        let mut state = State::default();
        for (minute, text) in rounds.iter().enumerate() {
            let mut words = text.split_whitespace();
            let addresses = words.next().unwrap().split(',').filter_map(|a| a.parse().ok()).collect();
            let mut ipv6 = Sample { addresses, ..Sample::reached() };
            ipv6.evidence.server = words.next().map(str::to_owned);
            if words.next().is_some() {
                ipv6 = Sample { outcome: Outcome::Failed, cause: Some(Cause::VantageCaptivePortal), ..ipv6 };
            }
            state.hear(&Round {
                target: String::new(),
                started_at: at(i64::try_from(minute).unwrap()),
                vantage: Vantage { name: "edge".into(), standing: PerFamily::default(), silent_controls: Vec::new() },
                samples: PerFamily { ipv4: Sample::reached(), ipv6 },
                dual_stack: DualStack::default(),
            });
        }
        state
    }

    #[test]
    fn a_change_lies_between_two_rounds() {
        let state = state(&["2001:db8::1 a", "2001:db8::1 a", "- a", "2001:db8::2 b"]);
        let changes = state.around(at(3), at(9));
        assert_eq!(changes.len(), 2);
        assert_eq!(changes[0].at, Bracket { after: Some(at(1)), by: at(3) });
        assert_eq!(changes[1].at, Bracket { after: Some(at(2)), by: at(3) });
        assert_eq!(changes[1].what, What::Server { before: "a".into(), after: "b".into() });
        assert!(state.around(at(3) + 2 * DAY, at(9) + 2 * DAY).is_empty(), "too long before");
    }

    #[test]
    fn what_answers_in_everybodys_name_has_changed_nothing() {
        let state = state(&["2001:db8::1 a", "2001:db8::1 portal blind", "2001:db8::1 a"]);
        assert_eq!(state.around(at(3), at(9)), []);
    }

    #[test]
    fn the_order_of_addresses_is_no_change_and_rotation_is_left_out() {
        let two = ["2001:db8::1,2001:db8::2", "2001:db8::2,2001:db8::1"];
        assert!(state(&[two[0], two[1], two[0]]).around(at(2), at(9)).is_empty());
        let rotating = ["2001:db8::1 a", "2001:db8::2 a", "2001:db8::1 a", "2001:db8::2 b"];
        let changes = state(&rotating).around(at(4), at(9));
        assert!(matches!(&changes[..], [Change { what: What::Server { .. }, .. }]), "{changes:?}");
    }
}
