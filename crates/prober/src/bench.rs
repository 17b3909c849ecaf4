//! What `cargo xtask bench matching` measures: the work on what a target sends, without any network.

use crate::{
    body::Body,
    dial::{Clock, Deadline, Decode},
    exchange::Answer,
    round::expect,
    tls::Tls,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use dualwatch_core::measure::{
    target::{Expect, JsonExpectation, JsonPath, JsonScalar, MAX_PATTERN_COST, Policy},
    time::Timestamp,
};
use dualwatch_pattern::Pattern;
use futures_util::FutureExt;
use http::{HeaderMap, header};
use rustls_pki_types::CertificateDer;
use std::cell::Cell;

/// Does one work on `bytes`; returns how often the thread is given back meanwhile, and what came of it.
///
/// | kind | bytes | what is done |
/// |---|---|---|
/// | `digest` | a body | its digest, as of every answer |
/// | `pattern PATTERN` | a body | matching |
/// | `texts` | a body | looking for fifty texts |
/// | `json` | a body | finding fifty places |
/// | `coding CODINGS` | a body | unpacking, and looking for one text |
/// | `chain` | certificates, each behind its length in four bytes, a trusted root first | verifying and summarising them |
pub fn run(kind: &str, bytes: &[u8]) -> Result<(u32, String), String> {
    let (kind, more) = kind.split_once(' ').unwrap_or((kind, ""));
    let one = || vec!["not there".to_owned()];
    match kind {
        "digest" => Ok((0, body(bytes).digest().unwrap_or_default())),
        "pattern" => judge(&Expect { body_matches: vec![more.to_owned()], ..Expect::default() }, None, bytes),
        "texts" => {
            let all = (0..50).map(|i| format!("{}{i}", "y".repeat(60))).collect();
            judge(&Expect { body_lacks: all, ..Expect::default() }, None, bytes)
        }
        "json" => judge(&Expect { body_json: places(), ..Expect::default() }, None, bytes),
        "coding" => judge(&Expect { body_contains: one(), ..Expect::default() }, Some(more), bytes),
        "chain" => chain(bytes),
        _ => Err(format!("no such work: {kind}")),
    }
}

/// Returns the template with the largest number that is allowed, and what it costs.
pub fn largest(template: &str) -> Option<(String, usize)> {
    (1..=512).rev().find_map(|n| {
        let pattern = template.replace('N', &n.to_string());
        let cost = Pattern::parse(&pattern).ok()?.cost();
        (cost <= MAX_PATTERN_COST).then_some((pattern, cost))
    })
}

fn body(bytes: &[u8]) -> Body {
    Body { bytes: bytes.to_vec(), is_cut: false }
}

/// Places that are all there, in one object after the other.
fn places() -> Vec<JsonExpectation> {
    let place = |i: u32| JsonExpectation {
        path: JsonPath::parse(&format!("$.a[{i}].b")).unwrap_or_default(),
        equals: Some(JsonScalar::Text("nowhere".to_owned())),
    };
    (0..50).map(place).collect()
}

fn judge(expect: &Expect, coding: Option<&str>, bytes: &[u8]) -> Result<(u32, String), String> {
    let mut headers = HeaderMap::new();
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, coding.parse().map_err(|_| "no coding")?);
    }
    let answer = Answer { status: 200, headers, body: body(bytes), first_byte_ms: 1.0 };
    let clock = Still::default();
    let deadline = Deadline::after(&clock, 1_000.0);
    let result = expect::answer(&clock, deadline, expect, &answer).now_or_never().ok_or("it waits")?;
    let outcome = result.map_or_else(|failure| failure.cause.code().to_owned(), |met| format!("{met:?}"));
    Ok((clock.0.get(), outcome))
}

/// 2026-11-23
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_392_000_000);

fn chain(bytes: &[u8]) -> Result<(u32, String), String> {
    let mut certificates = Vec::new();
    let mut rest = bytes;
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let (der, behind) = behind.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or("cut")?;
        certificates.push(CertificateDer::from(der.to_vec()));
        rest = behind;
    }
    let [root, chain @ ..] = &certificates[..] else { return Err("no root".to_owned()) };
    let pem = BASE64_STANDARD.encode(root);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n");
    let tls = Tls::new(&Policy { extra_roots_pem: vec![pem], ..Policy::default() })?;
    tls.judge(chain, "host.example", NOW).map(|outcome| (0, outcome))
}

/// A clock that stands still and counts how often the thread is given back.
#[derive(Default)]
struct Still(Cell<u32>);

impl Decode for Still {
    fn decode(&self, _label: &str, _bytes: &[u8]) -> Option<String> {
        None
    }
}

impl Clock for Still {
    fn now_ms(&self) -> f64 {
        0.0
    }

    fn wall(&self) -> Timestamp {
        Timestamp::from_unix_ms(0)
    }

    async fn sleep_ms(&self, _ms: f64) {}

    async fn pause(&self) {
        self.0.set(self.0.get() + 1);
    }
}
