//! One family's part of a round: how far a probe came, how long each phase took, what was answered.

use crate::measure::{
    cause::Cause,
    certificate_fault::{CertificateFault, Dispute},
    client::Offered,
    text,
    time::Timestamp,
    unfit::UnfitAddress,
};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The target answered as expected (perhaps slowly: then the cause is `slow`).
    Reached,
    Failed,
    /// Not tried, and rightly so: no address of this family is published, or it was not asked for.
    Skipped,
}

/// Milliseconds per phase; `None` where the phase did not complete. A failed probe has no `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Phases {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolve: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<f64>,
    /// From the request sent to the first byte of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<f64>,
    /// From the first question to the last byte, redirects included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<f64>,
}

/// One address that was tried, and how that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attempt {
    pub address: SocketAddr,
    /// `None`: connected.
    pub cause: Option<Cause>,
    pub elapsed_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// What is not as it should be with a target that is reached: degraded, and no cause of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// Whole days until the certificate expires, and how many it should have.
    CertificateExpires {
        days_left: i64,
        expected_days: u16,
        /// For how many whole days it was made, where those are no more than it should have: then it can never be otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        made_for_days: Option<i64>,
    },
    /// What is expected of the body was not looked for: it came in a content coding that browsers read and this vantage
    /// does not; which one is in `seen`.
    BodyUnread,
    /// Some clients refuse the certificate, and others take it.
    CertificateDisputed { why: Dispute },
    /// So many of the addresses that the name has over the family fail, and others do not. `mute`: none of them gives an
    /// answer, not even a wrong one.
    AddressesFail { failing: u16, of: u16, mute: bool },
}

/// What supports a cause. Only what is known is present.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Evidence {
    /// The time after which the failing phase failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<f64>,
    /// The time from the first question until nothing more was waited for, in milliseconds; only where that is longer than
    /// what the silent phase had of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent_ms: Option<f64>,
    /// What the runtime or library said, word for word.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub error: Option<String>,
    /// The cause as measured, where the vantage's state does not allow it to stand, or where the target is expected to
    /// fail just so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Cause>,
    /// Where the runtime does not say: what it most likely was, and how sure that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likely: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// A connection to an address that no host has, which came about all the same: something near accepts every one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nobody: Option<Attempt>,
    /// The resolver that answered (or did not).
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub resolver: Option<String>,
    /// The seconds for which the look-up's answer might be kept: less than the zone says where a resolver had it cached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_s: Option<u32>,
    /// The DNS response code, such as `NXDOMAIN`.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub rcode: Option<String>,
    /// What the resolver says that the response code is about (RFC 8914).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extended: Vec<ExtendedError>,
    /// The name does not exist, for this family; for the other one it does, as the same look-up found: a fault of the name
    /// servers (RFC 4074 section 4.2).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub exists_all_the_same: bool,
    /// Addresses that the name has over the family, and that are no destination of its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfit: Vec<UnfitAddress>,
    /// How many more addresses the name has over the family than are kept.
    #[serde(skip_serializing_if = "is_none_more")]
    pub further_addresses: usize,
    /// The TLS alert number (RFC 8446 section 6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<u8>,
    /// What the configuration asked for.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub expected: Option<String>,
    /// What was there instead.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub seen: Option<String>,
    /// The URL at which the last redirect ended.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub location: Option<String>,
    /// The method that was asked with; of answers 405 and 501, which are about it (RFC 9110 sections 15.5.6 and 15.6.2).
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub method: Option<String>,
    /// The methods that the server takes instead (`Allow`, RFC 9110 section 10.2.1); of answers 405 and 501.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub allow: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The `Server` header of the last answer, at most 100 characters of it.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub server: Option<String>,
    /// The first 8 bytes of the SHA-256 of the body, in hex; only of a body that was read whole.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub body_digest: Option<String>,
    /// The subjects of the certificates that the peer presented, its own first.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "text::read_list")]
    pub chain: Vec<String>,
    /// What is wrong with a certificate that is not accepted, and which of the chain has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<CertificateFault>,
    /// What came of offering all that common clients offer, where a server broke off our handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered: Option<Offered>,
    /// The server asked for a certificate of its client; there is none of ours.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub client_certificate: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<Warning>,
    /// A chain that was trusted leads to no public root, but to an authority that the operator names: whoever visits the
    /// target may not know it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub own_authority: bool,
}

/// An extended DNS error: a number of the registry, and a text for people (RFC 8914 section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExtendedError {
    pub code: u16,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub text: Option<String>,
}

/// A summary of the certificate that the peer sent, trusted or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    #[serde(deserialize_with = "text::read_list")]
    pub subject_names: Vec<String>,
    /// How many more it has that are not listed.
    #[serde(default, skip_serializing_if = "is_none_more")]
    pub further_names: usize,
    #[serde(deserialize_with = "text::read")]
    pub issuer: String,
    /// `None`: it is not known any more.
    #[serde(skip)]
    pub not_before: Option<Timestamp>,
    pub not_after: Timestamp,
    /// Lower-case hex of the SHA-256 of the DER.
    #[serde(deserialize_with = "text::read")]
    pub sha256: String,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The signature is serde's.
const fn is_none_more(further_names: &usize) -> bool {
    *further_names == 0
}

impl Certificate {
    /// Returns how many names it has, listed or not.
    pub const fn n_names(&self) -> usize {
        self.subject_names.len() + self.further_names
    }

    /// Lists no more than `most` names, and counts the others.
    pub fn list_names(&mut self, most: usize) {
        self.further_names += self.subject_names.len().saturating_sub(most);
        self.subject_names.truncate(most);
    }
}

impl Evidence {
    fn show_texts(&mut self) {
        let one = [
            &mut self.error,
            &mut self.resolver,
            &mut self.rcode,
            &mut self.expected,
            &mut self.seen,
            &mut self.location,
            &mut self.server,
            &mut self.body_digest,
        ];
        one.into_iter().flatten().for_each(text::show);
        self.chain.iter_mut().for_each(text::show);
        self.fault.iter_mut().for_each(CertificateFault::show_texts);
    }

    /// Notes how long a failed visit took as a whole, where its last phase stayed silent and had only a part of that.
    pub fn note_spent(&mut self, spent_ms: f64) {
        /// Less is the time between two steps.
        const APART_MS: f64 = 50.0;
        self.spent_ms = Some(spent_ms).filter(|spent| self.elapsed_ms.is_none_or(|own| spent - own > APART_MS));
    }

    /// Returns how long was waited until the failure, from the first question on where that is known.
    pub fn waited_ms(&self) -> Option<f64> {
        self.spent_ms.or(self.elapsed_ms)
    }
}

/// What a round found at one address of several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EachAddress {
    pub address: IpAddr,
    /// `None`: it answered as expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Milliseconds from the first packet to the last byte; of one that failed there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// What supports the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Evidence>,
}

impl EachAddress {
    /// Returns what a visit to this address alone says of it.
    pub fn of(address: IpAddr, sample: &Sample) -> Self {
        if sample.outcome == Outcome::Reached {
            let total_ms = sample.latency_ms();
            return Self { address, cause: None, total_ms, http_status: sample.http_status, detail: None };
        }
        let cause = sample.cause.or(Some(Cause::NotObserved));
        Self { address, cause, total_ms: None, http_status: sample.http_status, detail: proof(&sample.evidence) }
    }

    /// Returns that no connection to it came about.
    pub fn unconnected(address: IpAddr, cause: Cause, elapsed_ms: f64) -> Self {
        let detail = Evidence { elapsed_ms: Some(elapsed_ms), ..Evidence::default() };
        Self { address, cause: Some(cause), total_ms: None, http_status: None, detail: Some(detail) }
    }
}

/// What of the evidence is about the address, and not about the name.
fn proof(evidence: &Evidence) -> Option<Evidence> {
    let kept = Evidence {
        attempts: Vec::new(),
        resolver: None,
        ttl_s: None,
        unfit: Vec::new(),
        further_addresses: 0,
        chain: Vec::new(),
        server: None,
        body_digest: None,
        warning: None,
        ..evidence.clone()
    };
    (kept != Evidence::default()).then_some(kept)
}

/// What one family of one round gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub outcome: Outcome,
    pub cause: Option<Cause>,
    pub evidence: Evidence,
    /// All addresses of the family that the name has (or that are pinned).
    pub addresses: Vec<IpAddr>,
    /// The address that was connected to, or tried last.
    pub address: Option<IpAddr>,
    pub phases: Phases,
    pub http_status: Option<u16>,
    pub certificate: Option<Certificate>,
    /// What was found at each address that was visited for itself; empty where that is not asked for.
    pub each: Vec<EachAddress>,
}

impl Sample {
    fn bare(outcome: Outcome, cause: Option<Cause>) -> Self {
        Self {
            outcome,
            cause,
            evidence: Evidence::default(),
            addresses: Vec::new(),
            address: None,
            phases: Phases::default(),
            http_status: None,
            certificate: None,
            each: Vec::new(),
        }
    }

    pub fn reached() -> Self {
        Self::bare(Outcome::Reached, None)
    }

    pub fn failed(cause: Cause) -> Self {
        Self::bare(Outcome::Failed, Some(cause))
    }

    pub fn skipped(cause: Option<Cause>) -> Self {
        Self::bare(Outcome::Skipped, cause)
    }

    /// Makes every text that somebody else wrote visible ([`text::visible`]).
    pub(super) fn show_texts(&mut self) {
        self.evidence.show_texts();
        self.each.iter_mut().filter_map(|each| each.detail.as_mut()).for_each(Evidence::show_texts);
        if let Some(certificate) = &mut self.certificate {
            certificate.subject_names.iter_mut().for_each(text::show);
            text::show(&mut certificate.issuer);
            text::show(&mut certificate.sha256);
        }
    }

    /// Returns the latency in milliseconds: from the first packet to the last byte, without the name look-up.
    /// A probe that failed has none.
    pub fn latency_ms(&self) -> Option<f64> {
        match self.outcome {
            Outcome::Reached => self.phases.total.map(|t| (t - self.phases.resolve.unwrap_or(0.0)).max(0.0)),
            Outcome::Failed | Outcome::Skipped => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_not_listed_are_counted() {
        let mut certificate = Certificate {
            subject_names: (0..201).map(|n| format!("n{n}.example")).collect(),
            further_names: 0,
            not_before: None,
            issuer: String::new(),
            not_after: Timestamp::from_unix_ms(0),
            sha256: String::new(),
        };
        for (most, further) in [(300, 0), (100, 101), (100, 101), (4, 197), (0, 201)] {
            certificate.list_names(most);
            assert_eq!(
                (certificate.subject_names.len(), certificate.further_names),
                (201 - further, further),
                "{most}"
            );
        }
    }

    #[test]
    fn the_whole_time_is_kept_where_the_last_phase_had_only_a_part_of_it() {
        let mut evidence = Evidence { elapsed_ms: Some(197.0), ..Evidence::default() };
        evidence.note_spent(5_000.0);
        assert_eq!((evidence.spent_ms, evidence.waited_ms()), (Some(5_000.0), Some(5_000.0)));
        evidence.note_spent(198.0);
        assert_eq!((evidence.spent_ms, evidence.waited_ms()), (None, Some(197.0)), "a moment is no part");
        evidence.elapsed_ms = None;
        evidence.note_spent(12.0);
        assert_eq!(evidence.waited_ms(), Some(12.0));
    }

    #[test]
    fn what_is_of_the_name_is_kept_once() {
        let mut sample = Sample::failed(Cause::HttpStatus);
        sample.http_status = Some(503);
        sample.evidence.resolver = Some("tcp://192.0.2.53:53".to_owned());
        sample.evidence.ttl_s = Some(60);
        let each = EachAddress::of("192.0.2.1".parse().unwrap(), &sample);
        assert_eq!((each.cause, each.http_status, each.detail), (Some(Cause::HttpStatus), Some(503), None));
        let text = serde_json::to_string(&EachAddress::of("192.0.2.1".parse().unwrap(), &Sample::reached())).unwrap();
        assert_eq!(text, r#"{"address":"192.0.2.1"}"#);
    }
}
