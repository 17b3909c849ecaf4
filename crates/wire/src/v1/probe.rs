//! `/probe/*`: what the worker, and `dualwatch echo`, see of the one who asks, and what the worker's resolvers say.
//!
//! The answer of `/probe/large` is bytes: what it tells stands in its headers (`crate::answer::probe`).

use crate::time::rfc3339;
use dualwatch_core::measure::{
    address::{Scope, scope},
    cause::Cause,
    family::Family,
    time::{SECOND, Timestamp},
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// `GET /probe/ip`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeAnswer {
    pub version: u32,
    /// `null` where the host does not tell.
    pub ip: Option<IpAddr>,
    pub family: Option<Family>,
    /// The peer's port, where the host tells: two answers from the same port came over one connection.
    pub port: Option<u16>,
    /// The `nonce` of the query, to tell this answer from a portal's.
    pub nonce: Option<String>,
    /// The server's clock when the request came in.
    #[serde(with = "rfc3339")]
    pub received_at: Timestamp,
    /// `HTTP/1.1`, `HTTP/2`, ..., where the host tells.
    pub protocol: Option<String>,
    /// The autonomous system that the address is announced by, where the host knows it (Cloudflare does).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asn: Option<u32>,
    /// How that calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

/// `POST /probe/sink`: as [`ProbeAnswer`], of a request whose body was read to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeSunk {
    #[serde(flatten)]
    pub answer: ProbeAnswer,
    /// The bytes of the body.
    pub received_bytes: usize,
}

/// `GET /probe/dns`: what the resolvers of the worker say of the name of a target. It is the same for every reader until
/// its time is over, but for the nonce.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeDns {
    pub version: u32,
    /// The slug that was asked for.
    pub target: String,
    pub nonce: Option<String>,
    /// When the resolvers were asked.
    #[serde(with = "rfc3339")]
    pub asked_at: Timestamp,
    /// Until then the same is answered, and nobody is asked.
    #[serde(with = "rfc3339")]
    pub kept_until: Timestamp,
    /// The A records.
    pub ipv4: ProbeLookup,
    /// The AAAA records.
    pub ipv6: ProbeLookup,
}

/// What became of one question to a resolver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProbeLookup {
    /// Why there is no address; `null` where there is one.
    pub cause: Option<Cause>,
    /// The name of the response code, such as `NOERROR` (RFC 6895 section 2.3); `null` where nobody answered or was asked.
    pub rcode: Option<String>,
    /// Those that are routed on the Internet.
    pub addresses: Vec<IpAddr>,
    /// Addresses that are not told, for they mean something inside of a network only.
    pub n_private: usize,
    /// Seconds for which the resolver allows to keep it, where it says so.
    pub ttl_s: Option<u32>,
    /// How long the resolver took, in milliseconds; `null` where nobody was asked: an address, or `localhost`.
    pub elapsed_ms: Option<f64>,
}

/// A reader causes no traffic more often than this, whatever the zone says.
const MIN_KEPT_MS: i64 = 5 * SECOND;
/// Nor is anything repeated for longer, so that a change is seen while somebody looks.
const MAX_KEPT_MS: i64 = 60 * SECOND;
/// For so long it is repeated that there is no address: how long a resolver would keep that is not told.
const NOTHING_KEPT_MS: i64 = 10 * SECOND;

impl ProbeDns {
    /// Writes a nonce into the text of a document that has none: it is made once, and each reader has another. Before the
    /// place stand a version and a slug, which have no quotes inside.
    pub fn with_nonce(text: &str, nonce: Option<&str>) -> String {
        // A text is always JSON.
        let nonce = nonce.map_or_else(|| "null".to_owned(), |nonce| serde_json::to_string(nonce).unwrap_or_default());
        text.replacen("\"nonce\":null", &format!("\"nonce\":{nonce}"), 1)
    }
}

impl ProbeLookup {
    /// Returns what is told of addresses that were found. `elapsed_ms`: as in [`Self::elapsed_ms`].
    pub fn found(addresses: &[IpAddr], ttl_s: Option<u32>, elapsed_ms: Option<f64>) -> Self {
        let public: Vec<IpAddr> = addresses.iter().copied().filter(|a| scope(*a) == Scope::Public).collect();
        let n_private = addresses.len() - public.len();
        let rcode = elapsed_ms.map(|_| "NOERROR".to_owned());
        Self { cause: None, rcode, addresses: public, n_private, ttl_s, elapsed_ms }
    }

    /// For how long a reader gets the same, in milliseconds.
    pub fn kept_ms(&self) -> i64 {
        match (self.cause, self.ttl_s) {
            (Some(_), _) => NOTHING_KEPT_MS,
            (None, ttl_s) => ttl_s.map_or(MAX_KEPT_MS, |s| i64::from(s) * SECOND).clamp(MIN_KEPT_MS, MAX_KEPT_MS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_on_the_internet_is_only_counted() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let all = ["9.9.9.9", "10.0.0.7", "127.0.0.1", "2620:fe::9", "fd00::1", "::ffff:192.168.0.1"].map(address);
        let told = ProbeLookup::found(&all, Some(300), Some(12.0));
        assert_eq!((told.addresses, told.n_private), (vec![address("9.9.9.9"), address("2620:fe::9")], 4));
        assert_eq!(told.rcode.as_deref(), Some("NOERROR"));
        assert_eq!(ProbeLookup::found(&all, None, None).rcode, None, "nobody was asked");
    }

    #[test]
    fn an_answer_is_kept_as_its_zone_says_within_bounds() {
        let kept = |ttl_s| ProbeLookup::found(&[], ttl_s, None).kept_ms();
        assert_eq!([None, Some(0), Some(30), Some(u32::MAX)].map(kept), [60_000, 5_000, 30_000, 60_000]);
        let nothing = ProbeLookup { cause: Some(Cause::DnsNodata), ..ProbeLookup::default() };
        assert_eq!(nothing.kept_ms(), 10_000);
    }

    fn answer() -> ProbeAnswer {
        ProbeAnswer {
            version: 1,
            ip: "2001:db8::7".parse().ok(),
            family: Some(Family::Ipv6),
            port: Some(4711),
            nonce: Some("abc".to_owned()),
            received_at: Timestamp::from_unix_ms(1_795_428_711_000),
            protocol: None,
            asn: None,
            network: None,
        }
    }

    /// What pages of earlier versions read.
    #[test]
    fn the_documents_keep_their_form() {
        let whole = json!({
            "version": 1, "ip": "2001:db8::7", "family": "ipv6", "port": 4711, "nonce": "abc",
            "received_at": "2026-11-23T10:11:51.000Z", "protocol": null,
        });
        assert_eq!(serde_json::to_value(answer()).unwrap(), whole);
        let sunk = ProbeSunk { answer: answer(), received_bytes: 20_000 };
        let text = serde_json::to_value(&sunk).unwrap();
        assert_eq!((&text["received_bytes"], &text["port"]), (&json!(20_000), &json!(4711)));
        assert_eq!(serde_json::from_value::<ProbeSunk>(text).unwrap(), sunk);
    }

    #[test]
    fn a_nonce_is_written_into_what_is_kept() {
        let dns = ProbeDns {
            version: 1,
            target: "shop".to_owned(),
            nonce: None,
            asked_at: Timestamp::from_unix_ms(0),
            kept_until: Timestamp::from_unix_ms(30_000),
            ipv4: ProbeLookup::default(),
            ipv6: ProbeLookup {
                cause: Some(Cause::DnsNodata),
                rcode: Some("NOERROR".to_owned()),
                elapsed_ms: Some(12.5),
                ..ProbeLookup::default()
            },
        };
        let kept = serde_json::to_string(&dns).unwrap();
        assert_eq!(ProbeDns::with_nonce(&kept, None), kept);
        for nonce in ["abc", "\"}, \"nonce\":null", "<b>\n\u{e9}"] {
            let read: ProbeDns = serde_json::from_str(&ProbeDns::with_nonce(&kept, Some(nonce))).unwrap();
            assert_eq!(read, ProbeDns { nonce: Some(nonce.to_owned()), ..dns.clone() });
        }
        let text = serde_json::to_value(&dns).unwrap();
        assert_eq!((&text["ipv6"]["cause"], &text["ipv6"]["addresses"]), (&json!("dns.nodata"), &json!([])));
    }
}
