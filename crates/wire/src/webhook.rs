//! What a webhook is told, and how it is signed: Standard Webhooks.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>. The body is `{"type",
//! "timestamp", "data"}`; three headers carry the key of the notice, the time of this try and the signature. A receiver
//! knows repetitions by the key, and refuses what was signed more than five minutes ago.
//!
//! ```
//! use dualwatch_core::measure::time::Timestamp;
//! use dualwatch_wire::{signature, webhook::{self, Event, EventKind, Secret}};
//!
//! #[derive(serde::Serialize)]
//! struct Incident { id: &'static str }
//!
//! let now = Timestamp::from_unix_ms(1_795_428_711_000);
//! let event = Event { kind: EventKind::Opened, timestamp: now, data: Incident { id: "inc-7" } };
//! let body = serde_json::to_string(&event).unwrap();
//! assert_eq!(body, r#"{"type":"incident.opened","timestamp":"2026-11-23T10:11:51.000Z","data":{"id":"inc-7"}}"#);
//!
//! let secret = Secret::parse("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
//! let [id, timestamp, signature] = webhook::headers(&secret, "inc-7:opened", now, &body);
//! assert_eq!((id.0, id.1.as_str()), ("webhook-id", "inc-7:opened"));
//! assert_eq!(secret.verify(&id.1, &timestamp.1, &signature.1, &body, now), Ok(()));
//! ```

use crate::{
    signature::{self, Refusal},
    time,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dualwatch_core::measure::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The idempotency key: the same in every try.
pub const ID_HEADER: &str = "webhook-id";
/// Seconds since 1970: when this try was signed.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
pub const SIGNATURE_HEADER: &str = "webhook-signature";
pub const CONTENT_TYPE: &str = "application/json";

const SECRET_PREFIX: &str = "whsec_";

/// The body of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event<T> {
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When it happened, not when it is told.
    #[serde(with = "time::rfc3339")]
    pub timestamp: Timestamp,
    pub data: T,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EventKind {
    #[serde(rename = "incident.opened")]
    Opened,
    /// Its families, its causes or its times changed.
    #[serde(rename = "incident.amended")]
    Amended,
    #[serde(rename = "incident.resolved")]
    Resolved,
}

impl EventKind {
    /// Returns the stable code, as in the field `type`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Opened => "incident.opened",
            Self::Amended => "incident.amended",
            Self::Resolved => "incident.resolved",
        }
    }
}

/// What a sender and a receiver share. It is not shown, not even for debugging.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Reads `whsec_` and Base64; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(SECRET_PREFIX)?).ok()?;
        (!bytes.is_empty()).then_some(Self(bytes))
    }

    /// Checks the three headers against a body, as a receiver does.
    pub fn verify(
        &self,
        id: &str,
        timestamp: &str,
        signature: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        signature::verify(&self.0, id, timestamp, signature, body, now)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Returns the headers of one try, with their values.
pub fn headers(secret: &Secret, id: &str, now: Timestamp, body: &str) -> [(&'static str, String); 3] {
    let timestamp_s = now.unix_ms().div_euclid(SECOND);
    [
        (ID_HEADER, id.to_owned()),
        (TIMESTAMP_HEADER, timestamp_s.to_string()),
        (SIGNATURE_HEADER, signature::sign(&secret.0, id, timestamp_s, body)),
    ]
}

/// Returns for how many milliseconds from `now` a value of `Retry-After` (RFC 9110, 10.2.3) asks: seconds, or a date in
/// the form that senders must use (5.6.7). None for what is neither; 0 for a date that has passed.
pub fn retry_after_ms(value: &str, now: Timestamp) -> Option<i64> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a number holds: a very long time.
        return Some(value.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(SECOND));
    }
    http_date(value).map(|at| at.ms_since(now).max(0))
}

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = text.split_once(", ")?.1.split(' ').collect();
    let [day, month, year, clock, "GMT"] = parts[..] else { return None };
    let month = MONTHS.iter().position(|m| *m == month)? + 1;
    time::parse(&format!("{year}-{month:02}-{day}T{clock}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);

    /// Pins the form: the key is what the Base64 stands for, not its text. Computed with
    /// `openssl dgst -sha256 -mac HMAC -macopt hexkey:...`.
    #[test]
    fn the_form_is_pinned() {
        let secret = Secret::parse("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
        let headers = headers(&secret, "inc-7:opened", NOW, r#"{"a":1}"#);
        assert_eq!(headers[0], ("webhook-id", "inc-7:opened".to_owned()));
        assert_eq!(headers[1], ("webhook-timestamp", "1795428711".to_owned()));
        // One entry, padded: some libraries fail at more, or at less.
        assert_eq!(headers[2], ("webhook-signature", "v1,gZbWrk/MMBXK3uIGQhLi0VIPl1MB0OPGEGVFPKg3SRY=".to_owned()));
    }

    #[test]
    fn kinds_are_written_as_their_codes() {
        for kind in [EventKind::Opened, EventKind::Amended, EventKind::Resolved] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }

    #[test]
    fn secrets() {
        // The libraries of receivers do not agree on Base64 for URLs, without its padding, or with a line end.
        let apart = ["whsec_-_8=", "whsec_MDE", "whsec_MDEy\n", " whsec_MDEy"];
        for text in ["", "whsec_", "whsec_!", "MDEy", "whsec-MDEy"].into_iter().chain(apart) {
            assert_eq!(Secret::parse(text), None, "{text}");
        }
        let secret = Secret::parse("whsec_MDEy").unwrap();
        assert_eq!((secret.0.as_slice(), format!("{secret:?}").as_str()), (&b"012"[..], "Secret"));
    }

    /// Promise (Secrets): A notice can be told from a forged one by its signature and its time.
    #[test]
    fn only_what_was_signed_with_the_secret_is_taken() {
        let secret = Secret::parse("whsec_MDEy").unwrap();
        let [id, at, signature] = headers(&secret, "k", NOW, "{}").map(|(_, value)| value);
        let other = Secret::parse("whsec_MDEz").unwrap();
        assert_eq!(secret.verify(&id, &at, &signature, "{}", NOW + 300 * SECOND), Ok(()));
        assert_eq!(secret.verify(&id, &at, &signature, "{ }", NOW), Err(Refusal::Wrong));
        assert_eq!(other.verify(&id, &at, &signature, "{}", NOW), Err(Refusal::Wrong));
        assert_eq!(secret.verify(&id, &at, &signature, "{}", NOW + 301 * SECOND), Err(Refusal::Untimely));
    }

    #[test]
    fn how_long_a_receiver_asks_to_wait() {
        let check = |value: &str, expected: Option<i64>| assert_eq!(retry_after_ms(value, NOW), expected, "{value}");
        check("120", Some(120_000));
        check(" 0 ", Some(0));
        check("99999999999999999999", Some(i64::MAX));
        check("Mon, 23 Nov 2026 10:12:51 GMT", Some(60_000));
        check("Mon, 23 Nov 2026 10:10:51 GMT", Some(0));
        for bad in
            ["", "-1", "1.5", "soon", "Mon, 23 Nov 2026 10:12:51", "Mon, 3 Nov 2026 10:12:51 GMT", "é, a b c d GMT"]
        {
            check(bad, None);
        }
    }
}
