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

/// More signatures than that are not looked at: keys that are being changed are two.
const MAX_SIGNATURES: usize = 8;
/// Longest identifier that is taken.
const MAX_ID_BYTES: usize = 256;

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
            Self::Malformed => "a header of the signature is missing, malformed, or there twice",
            Self::Untimely => "signed more than five minutes ago or ahead; compare the clocks",
            Self::Wrong => "not signed with the token of this vantage",
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
    let timestamp_s = canonical(timestamp).ok_or(Refusal::Malformed)?;
    // RFC 9110 section 5.3: of several headers of one name, hosts make one, with commas between.
    let is_id = !id.is_empty() && id.len() <= MAX_ID_BYTES && id.bytes().all(|b| b.is_ascii_graphic() && b != b',');
    let signatures = signature.split(' ').map(parts).take(MAX_SIGNATURES + 1).collect::<Option<Vec<_>>>();
    let signatures = signatures.filter(|all| all.len() <= MAX_SIGNATURES).ok_or(Refusal::Malformed)?;
    if !is_id {
        return Err(Refusal::Malformed);
    }
    if token.is_empty() {
        return Err(Refusal::Wrong);
    }
    // Computed once, however many there are to be compared with it.
    let mac = mac(token, id, timestamp_s, body).ok_or(Refusal::Wrong)?;
    let is_signed = signatures
        .into_iter()
        .filter(|(scheme, _)| *scheme == SCHEME)
        .any(|(_, code)| STANDARD.decode(code).is_ok_and(|given| mac.clone().verify_slice(&given).is_ok()));
    if !is_signed {
        return Err(Refusal::Wrong);
    }
    // After the signature, so that a stranger learns nothing of our clock.
    let apart_s = (now.unix_ms() / SECOND).saturating_sub(timestamp_s).saturating_abs();
    if apart_s > TOLERANCE_S { Err(Refusal::Untimely) } else { Ok(()) }
}

/// Reads a number that is written as we write it: what was signed is then what was sent. No sign before a positive one,
/// no zeros in front.
fn canonical(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|n| n.to_string() == text)
}

/// One signature, such as `v1,AAAA`: the scheme with its comma, and the code. Other schemes are of other receivers.
fn parts(text: &str) -> Option<(&str, &str)> {
    let at = text.find(',')? + 1;
    let (scheme, code) = text.split_at(at);
    let is_scheme = at > 1 && scheme[..at - 1].bytes().all(|b| b.is_ascii_alphanumeric());
    let is_code = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=-_".contains(&b));
    (is_scheme && is_code).then_some((scheme, code))
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
        assert_eq!(check("secret", "msg_1", &at, &format!("v1a,AAAA {good}"), AT), Ok(()), "another receiver's");
        assert_eq!(check("", "msg_1", &at, &sign("", "msg_1", AT, "{}"), AT), Err(Refusal::Wrong));
    }

    #[test]
    fn every_header_is_there_once_and_as_we_write_it() {
        let good = sign("secret", "msg_1", AT, "{}");
        let malformed = |id: &str, timestamp: &str, signature: &str| {
            let said = check("secret", id, timestamp, signature, AT);
            assert_eq!(said, Err(Refusal::Malformed), "`{id}` `{timestamp}` `{signature}`");
        };
        let at = AT.to_string();
        for timestamp in
            [format!("+{at}"), format!("0{at}"), format!(" {at}"), format!("{at}, {at}"), format!("{at}.0")]
        {
            malformed("msg_1", &timestamp, &good);
        }
        // The same signature twice, or a wrong one beside it, in a second header.
        for signature in [format!("{good}, {good}"), format!("v1,AAAA, {good}"), format!("{good},"), format!(" {good}")]
        {
            malformed("msg_1", &at, &signature);
        }
        for id in ["msg_1, msg_1", "", "a b", "a\nb", &"a".repeat(MAX_ID_BYTES + 1)] {
            malformed(id, &at, &good);
        }
        // Each would have to be compared.
        malformed("msg_1", &at, &[&*good; MAX_SIGNATURES + 1].join(" "));
        assert_eq!(check("secret", "msg_1", &at, &[&*good; MAX_SIGNATURES].join(" "), AT), Ok(()));
    }
}
