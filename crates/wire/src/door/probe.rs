//! How a visitor tests itself: what `/probe/*` may be asked for, of the worker and of `dualwatch echo` alike.

use super::{Asked, Refusal, Route};
use dualwatch_core::measure::slug::Slug;

/// The longest answer of `/probe/large`, and the most that `/probe/sink` takes, in bytes.
pub const MAX_PROBE_BYTES: usize = 1024 * 1024;
/// Larger than any packet, and than the first flight of a fresh connection (RFC 6928): several full-size segments.
const DEFAULT_PROBE_BYTES: usize = 16 * 1024;
/// The longest delay, in milliseconds: beyond what a visitor waits for.
pub const MAX_DELAY_MS: u32 = 10_000;
/// A nonce is repeated, so it is short.
const MAX_NONCE_CHARS: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Who asks.
    Ip { nonce: Option<String>, delay_ms: u32 },
    /// So many bytes.
    Large { n_bytes: usize, nonce: Option<String>, delay_ms: u32 },
    /// Takes a body and forgets it.
    Sink { nonce: Option<String> },
    /// What the worker's resolvers say of a target.
    Dns { slug: Slug, nonce: Option<String> },
}

impl Asked<'_> {
    pub(super) fn probe(&self, which: &str) -> Result<Route, Refusal> {
        let route = |probe: Result<Probe, Refusal>| probe.map(Route::Probe);
        match which {
            "ip" => self.read(|| route(Ok(Probe::Ip { nonce: self.nonce(), delay_ms: self.delay()? }))),
            "large" => self.read(|| {
                let n_bytes = self.query.number("bytes", 1..=MAX_PROBE_BYTES)?.unwrap_or(DEFAULT_PROBE_BYTES);
                route(Ok(Probe::Large { n_bytes, nonce: self.nonce(), delay_ms: self.delay()? }))
            }),
            "sink" => self.post(|| route(Ok(Probe::Sink { nonce: self.nonce() }))),
            "dns" => self.read(|| {
                let missing = || Refusal::Bad("`target` is missing: the slug of a target".to_owned());
                let slug = self.query.slug("target")?.ok_or_else(missing)?;
                route(Ok(Probe::Dns { slug, nonce: self.nonce() }))
            }),
            _ => {
                let all = "the probes are /probe/ip, /probe/large?bytes=N, /probe/sink and /probe/dns?target=SLUG";
                Err(Refusal::NotFound(all.to_owned()))
            }
        }
    }

    /// Its beginning, where it is too long.
    fn nonce(&self) -> Option<String> {
        self.query.value("nonce").map(|nonce| nonce.chars().take(MAX_NONCE_CHARS).collect())
    }

    fn delay(&self) -> Result<u32, Refusal> {
        Ok(self.query.number("delay_ms", 0..=MAX_DELAY_MS)?.unwrap_or_default())
    }
}
