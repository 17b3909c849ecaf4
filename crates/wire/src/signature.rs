//! The signature of what a vantage sends, and of what [`webhook`](crate::webhook) tells, in the form of Standard Webhooks.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>: HMAC-SHA256 over
//! `ID.TIMESTAMP.BODY`, in Base64 after `v1,`; several signatures are separated by spaces.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dualwatch_core::measure::time::{SECOND, Timestamp};
use hmac::{Hmac, Mac};
use sha2::Sha256;

pub const ID_HEADER: &str = "dualwatch-id";
/// Seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "dualwatch-timestamp";
pub const SIGNATURE_HEADER: &str = "dualwatch-signature";

/// A signature is taken so many seconds before and after its own time: what was recorded cannot be sent again later.
pub const TOLERANCE_S: i64 = 300;

const SCHEME: &str = "v1,";

/// Why a signed text is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A header is missing, or is not what it should be.
    Malformed,
    /// Signed too long ago, or in the future: a replay, or a clock that is wrong.
    Untimely,
    /// Not signed with this token, or changed on the way.
    Wrong,
}

impl Refusal {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Malformed => "the signature's headers are missing or malformed",
            Self::Untimely => "signed more than five minutes ago or ahead; compare the clocks",
            Self::Wrong => "not signed with the vantage token of this installation",
        }
    }
}

/// Returns the value of [`SIGNATURE_HEADER`].
pub fn sign(token: impl AsRef<[u8]>, id: &str, timestamp_s: i64, body: &str) -> String {
    let digest = mac(token.as_ref(), id, timestamp_s, body).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
    format!("{SCHEME}{}", STANDARD.encode(digest))
}

/// Checks the three headers against what was sent, in a time that tells nothing of the token. An empty token takes
/// nothing.
pub fn verify(
    token: impl AsRef<[u8]>,
    id: &str,
    timestamp: &str,
    signature: &str,
    body: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let token = token.as_ref();
    let timestamp_s: i64 = timestamp.parse().map_err(|_| Refusal::Malformed)?;
    if id.is_empty() || signature.is_empty() {
        return Err(Refusal::Malformed);
    }
    if token.is_empty() {
        return Err(Refusal::Wrong);
    }
    let is_signed = signature
        .split(' ')
        .filter_map(|one| STANDARD.decode(one.strip_prefix(SCHEME)?).ok())
        .any(|given| mac(token, id, timestamp_s, body).is_some_and(|mac| mac.verify_slice(&given).is_ok()));
    if !is_signed {
        return Err(Refusal::Wrong);
    }
    // After the signature, so that a stranger learns nothing of our clock.
    let apart_s = (now.unix_ms() / SECOND).saturating_sub(timestamp_s).saturating_abs();
    if apart_s > TOLERANCE_S { Err(Refusal::Untimely) } else { Ok(()) }
}

fn mac(token: &[u8], id: &str, timestamp_s: i64, body: &str) -> Option<Hmac<Sha256>> {
    // HMAC takes a key of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(token).ok()?;
    for part in [id, ".", &timestamp_s.to_string(), ".", body] {
        mac.update(part.as_bytes());
    }
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_795_428_711;

    fn check(token: &str, id: &str, timestamp: &str, signature: &str, now_s: i64) -> Result<(), Refusal> {
        verify(token, id, timestamp, signature, "{}", Timestamp::from_unix_ms(now_s * SECOND))
    }

    /// Pins the form: computed with `openssl dgst -sha256 -hmac`.
    #[test]
    fn the_form_is_pinned() {
        assert_eq!(sign("secret", "msg_1", AT, "{}"), "v1,y2bXH+74cEoplmLjFlhi12mVyPzvNwqUHr1MrRoaEko=");
    }

    /// Promise (Vantages): Rounds of a further vantage are taken only signed, in time, and once.
    #[test]
    fn only_what_was_signed_in_time_is_taken() {
        let good = sign("secret", "msg_1", AT, "{}");
        let at = AT.to_string();
        assert_eq!(check("secret", "msg_1", &at, &good, AT), Ok(()));
        assert_eq!(check("secret", "msg_1", &at, &format!("v1,AAAA {good}"), AT + TOLERANCE_S), Ok(()));
        assert_eq!(check("secret", "msg_1", &at, &good, AT + TOLERANCE_S + 1), Err(Refusal::Untimely));
        assert_eq!(check("secret", "msg_1", &at, &good, AT - TOLERANCE_S - 1), Err(Refusal::Untimely));
        assert_eq!(check("other", "msg_1", &at, &good, AT), Err(Refusal::Wrong));
        assert_eq!(check("secret", "msg_2", &at, &good, AT), Err(Refusal::Wrong));
        assert_eq!(check("secret", "msg_1", &(AT + 1).to_string(), &good, AT), Err(Refusal::Wrong));
        assert_eq!(check("secret", "msg_1", "now", &good, AT), Err(Refusal::Malformed));
        assert_eq!(check("secret", "msg_1", &at, "", AT), Err(Refusal::Malformed));
        assert_eq!(check("", "msg_1", &at, &sign("", "msg_1", AT, "{}"), AT), Err(Refusal::Wrong));
    }
}
