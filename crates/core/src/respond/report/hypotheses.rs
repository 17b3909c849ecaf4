//! Ranked hypotheses: what may have been behind an incident, with what speaks for and against each.
//!
//! Every hypothesis is a few rules over the facts of the incident; each rule that applies is an argument with a weight.
//! Those with more for than against are listed, the strongest first.

mod facts;
mod now_and_then;
mod rules;
#[cfg(test)]
mod tests;
mod told;

use super::Context;
use crate::{
    measure::{
        cause::Cause,
        certificate_fault::{CertificateFault, Reason},
        family::Family,
        sample::{Confidence, ExtendedError},
        time::Timestamp,
        unfit::UnfitAddress,
    },
    notice::changes::Change,
    respond::incident::Incident,
};
use serde::{Deserialize, Serialize};

/// What may have been behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "HypothesisCode"))]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No listener, or a firewall that rejects.
    NoListener,
    /// A firewall drops packets.
    FirewallDrops,
    /// The machine, or all of its network, was off.
    HostDown,
    /// The service was stopped while its machine went on.
    ServiceStopped,
    /// The route there is lost.
    RouteLost,
    /// The name leads to another address than before.
    AddressChanged,
    /// Records were taken out of the DNS.
    RecordRemoved,
    /// The DNS has no such records, and nobody knows of a time when it had.
    RecordMissing,
    /// The domain's name servers do not answer as they should.
    NameServers,
    /// The resolver that was asked does not answer.
    ResolverFailed,
    /// The certificate ran out.
    CertificateExpired,
    /// One family shows another certificate, or leads to another virtual host.
    OtherVirtualHost,
    /// The certificate was replaced by one that clients do not trust, or of another name.
    CertificateReplaced,
    /// The certificate is one that clients do not trust, or of another name; that it was replaced is not known.
    CertificateUnfit,
    /// Server and clients do not agree on TLS.
    TlsSettings,
    /// Large packets are lost on the way.
    PathMtu,
    /// Of several machines behind the name or the address one fails.
    OneOfSeveral,
    /// Something admits only so many connections or requests in a time.
    RateLimited,
    /// Packets are lost on the way, now and then.
    PacketLoss,
    /// The server is overloaded, or hangs.
    Overloaded,
    /// The application answers with errors.
    ApplicationError,
    /// The content or the address of a page was changed.
    ContentChanged,
    /// What is answered is not what is expected, and nobody knows of a time when it was.
    ContentUnexpected,
    /// The server does not take the method that it is asked with.
    MethodRefused,
    /// The zone's signatures do not hold (DNSSEC).
    SignaturesFail,
    /// The resolver blocks the name.
    ResolverBlocks,
    /// The name servers deny a name for one family that they have for the other.
    NameDenied,
    /// A record holds an address that is no destination.
    RecordUnfit,
    /// Redirects lead in a circle, or nowhere.
    RedirectLoop,
    /// Something in front of the server cuts connections off.
    ConnectionsCut,
    /// The provider or its network failed for many.
    ProviderWide,
    /// It was the place that measured, not the target.
    Vantage,
    /// What is wrong with a certificate that is not accepted, by its kind.
    #[serde(untagged)]
    Certificate(Reason),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    pub code: Code,
    /// The family that it is about; `None` where it is about the target as a whole.
    pub family: Option<Family>,
    pub confidence: Confidence,
    /// The sum of the weights: only for comparing.
    pub score: i32,
    pub arguments_for: Vec<Argument>,
    pub arguments_against: Vec<Argument>,
}

/// One observation that speaks for or against a hypothesis.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// So many of the failed rounds of a family had this cause.
    FailedFor {
        cause: Cause,
        family: Family,
        samples: u32,
        of: u32,
    },
    /// The answer came after so many milliseconds: from the machine itself, or from something in front of it.
    RefusedAfter {
        family: Family,
        ms: f64,
    },
    /// Nothing came back within so many milliseconds.
    SilentFor {
        family: Family,
        ms: f64,
    },
    /// TCP came up, so address, route and port were right.
    TcpCameUp {
        family: Family,
        ms: f64,
    },
    /// The other family answered at the same time.
    OtherFamilyWell {
        family: Family,
    },
    BothFamilies,
    /// One family only.
    OneFamilyOnly {
        family: Family,
    },
    Changed(Change),
    NothingChanged,
    CertificateNames {
        family: Family,
        names: Vec<String>,
        /// How many more that are not listed.
        further: usize,
    },
    CertificateEnded {
        family: Family,
        at: Timestamp,
    },
    CertificateFresh {
        family: Family,
        until: Timestamp,
    },
    /// What is wrong with which certificate.
    CertificateFault {
        family: Family,
        fault: CertificateFault,
    },
    HttpStatus {
        family: Family,
        status: u16,
    },
    /// What the resolver said of its response code (RFC 8914).
    Extended {
        family: Family,
        error: ExtendedError,
    },
    /// The name does not exist for this family, and for the other one it does.
    /// What the name has in place of an address.
    Unfit {
        family: Family,
        unfit: UnfitAddress,
    },
    ExistsAllTheSame {
        family: Family,
    },
    /// The server answered that it does not take `method`; `allow`: what it takes, where it says that.
    MethodRefused {
        family: Family,
        method: String,
        allow: Option<String>,
    },
    /// The runtime could not tell, and took this for likeliest.
    TakenFor {
        cause: Cause,
        family: Family,
        confidence: Option<Confidence>,
    },
    Flaps {
        episodes: u32,
    },
    /// So many of the observed rounds of a family failed, and those in between were answered.
    FailedNowAndThen {
        family: Family,
        failed: u32,
        of: u32,
    },
    /// Other targets went down at the same moment.
    Peers {
        names: Vec<String>,
        share_network: bool,
    },
    NoPeers,
    /// Only this vantage saw it.
    SeenBy {
        vantages: Vec<String>,
    },
    /// The vantage had shown in the same rounds that its own connection works.
    VantageProven {
        family: Family,
    },
    /// No control was there to prove the vantage.
    VantageUntested {
        family: Family,
    },
    Blind {
        family: Family,
    },
}

/// Returns the hypotheses for which more speaks than against, the strongest first.
pub fn rank(incident: &Incident, context: &Context<'_>) -> Vec<Hypothesis> {
    let facts = facts::Facts::of(incident, context);
    let mut ranked: Vec<Hypothesis> = rules::all(&facts)
        .into_iter()
        .filter_map(|case| {
            let sum = |arguments: &[(i32, Argument)]| arguments.iter().map(|(weight, _)| weight).sum::<i32>();
            let score = sum(&case.arguments_for) - sum(&case.arguments_against);
            let strip = |arguments: Vec<(i32, Argument)>| arguments.into_iter().map(|(_, argument)| argument).collect();
            (!case.arguments_for.is_empty() && score > 0).then(|| Hypothesis {
                code: case.code,
                family: case.family,
                confidence: confidence(score),
                score,
                arguments_for: strip(case.arguments_for),
                arguments_against: strip(case.arguments_against),
            })
        })
        .collect();
    ranked.sort_by_key(|h| (std::cmp::Reverse(h.score), h.code, h.family));
    ranked
}

const fn confidence(score: i32) -> Confidence {
    match score {
        70.. => Confidence::High,
        35..70 => Confidence::Medium,
        _ => Confidence::Low,
    }
}
