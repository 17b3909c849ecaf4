//! Remembers which chains were found good, so that their signatures are computed once and not in every round.
//!
//! Whether a chain leads to a trusted root under a name is the same for ever; only the dates are a matter of time. The
//! peer still proves in every handshake that it has the key of its certificate (RFC 8446 section 4.4.3).

use crate::classify;
use dualwatch_core::measure::certificate_fault::Dispute;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// About 50 bytes each: more than the targets of most installations, over both families.
const MAX_KEPT: usize = 1_024;

/// One memory for all probers: at the edge every target has its own, and that lives only as long as it is busy.
static KNOWN: Mutex<VecDeque<(Key, Span, Verdict)>> = Mutex::new(VecDeque::new());

/// From when to when all of a chain is valid, in seconds since 1970.
type Span = (i64, i64);

/// Who vouches for a chain that is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// One of the public roots.
    Public,
    /// One that the operator names, and no public one.
    Own,
}

/// What is to be said of a chain that is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub by: Authority,
    /// What other clients do not take.
    pub dispute: Option<Dispute>,
}

/// The roots, the name and the chain, as a digest of all their bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// `roots` stands for what is trusted beside the public roots.
    pub fn of(roots: &[u8; 32], name: &ServerName<'_>, chain: &[&CertificateDer<'_>]) -> Self {
        let mut hash = Sha256::new();
        hash.update(roots);
        let name = name.to_str();
        // Lengths, so that no two different chains have the same bytes.
        for part in [name.as_bytes()].into_iter().chain(chain.iter().map(std::convert::AsRef::as_ref)) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

/// Returns what was found of a chain that is good, where all of it is valid at this time. Otherwise the verifier decides,
/// with the reason.
pub fn recall(key: &Key, now: UnixTime) -> Option<Verdict> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    known.iter().find(|(of, (from, to), _)| of == key && (*from..=*to).contains(&now)).map(|(.., verdict)| *verdict)
}

/// Remembers a chain that was found good; the oldest is forgotten. One whose dates cannot be read is not kept. `until` is
/// when the root that it leads to ends, in seconds since 1970.
pub fn remember(key: Key, chain: &[&CertificateDer<'_>], until: Option<i64>, verdict: Verdict) {
    let spans = chain.iter().map(|der| classify::validity(der));
    let narrow = |all: Span, of: Option<Span>| of.map(|(from, to)| (all.0.max(from), all.1.min(to)));
    let Some(span) = spans.into_iter().try_fold((i64::MIN, until.unwrap_or(i64::MAX)), narrow) else { return };
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.iter().any(|(of, ..)| *of == key) {
        return;
    }
    known.truncate(MAX_KEPT - 1);
    // The newest first: it is the one that is asked for soonest.
    known.push_front((key, span, verdict));
}
