//! The token of a vantage: made of the installation's own and the name of the vantage, so that who has it can speak for
//! that one and for no other.
//!
//! `NAME.CODE`, where the code is the HMAC-SHA256 (RFC 2104) of the name under the installation's token, in Base64 for
//! URLs (RFC 4648 section 5). The worker keeps no list: it makes the code again.

use crate::v1::vantage::is_name;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What else is signed with the installation's token is about something else.
const PURPOSE: &str = "dualwatch vantage ";

/// Returns the token of the vantage called `name`; `None` where nobody can have one: the installation has no token, or
/// that is no name.
///
/// ```
/// use dualwatch_wire::token::{holder, of_vantage};
/// let token = of_vantage("secret of the installation", "office").unwrap();
/// assert_eq!(holder("secret of the installation", &token), Some("office"));
/// assert_eq!(holder("secret of another one", &token), None);
/// ```
pub fn of_vantage(installation: &str, name: &str) -> Option<String> {
    let code = code(installation, name)?.finalize().into_bytes();
    Some(format!("{name}.{}", URL_SAFE_NO_PAD.encode(code)))
}

/// Returns the name in a token of this form, whoever made it; `None` of any other text, such as an installation's token.
pub fn name_in(token: &str) -> Option<&str> {
    parts(token).map(|(name, _)| name)
}

/// Returns the name of the vantage that a token of this installation belongs to, in a time that tells nothing of it.
pub fn holder<'t>(installation: &str, token: &'t str) -> Option<&'t str> {
    let (name, given) = parts(token)?;
    code(installation, name)?.verify_slice(&given).is_ok().then_some(name)
}

fn parts(token: &str) -> Option<(&str, Vec<u8>)> {
    // A name may have dots, and a code has none.
    let (name, code) = token.rsplit_once('.')?;
    let code = URL_SAFE_NO_PAD.decode(code).ok().filter(|code| code.len() == size_of::<[u8; 32]>())?;
    is_name(name).then_some((name, code))
}

fn code(installation: &str, name: &str) -> Option<Hmac<Sha256>> {
    if installation.is_empty() || !is_name(name) {
        return None;
    }
    // HMAC takes a key of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(installation.as_bytes()).ok()?;
    mac.update(PURPOSE.as_bytes());
    mac.update(name.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pins the form: computed with `openssl dgst -sha256 -hmac`.
    #[test]
    fn the_form_is_pinned() {
        assert_eq!(
            of_vantage("secret", "office").as_deref(),
            Some("office.a8cswbMXMSddEivmuNsaIpRR7BvGxoaNtb1xmGrZNrU")
        );
    }

    #[test]
    fn a_token_belongs_to_one_name() {
        let token = of_vantage("secret", "a.b").unwrap();
        assert_eq!((name_in(&token), holder("secret", &token)), (Some("a.b"), Some("a.b")));
        let code = token.rsplit_once('.').unwrap().1;
        for other in [format!("a.{code}"), format!("b.{code}"), format!("a.b.c.{code}"), format!("A.b.{code}")] {
            assert_eq!(holder("secret", &other), None, "{other}");
        }
        assert_eq!(holder("other", &token), None);
    }

    #[test]
    fn what_is_no_token_of_a_vantage_is_nobodys() {
        let token = of_vantage("secret", "office").unwrap();
        for text in [
            "",
            "secret",
            "office",
            "office.",
            ".",
            "-x.AAAA",
            &token[1..][..5],
            &format!("{token}="),
            &format!("{token} "),
        ] {
            assert_eq!((name_in(text), holder("secret", text)), (None, None), "{text}");
        }
        assert_eq!(of_vantage("", "office"), None, "an installation without a token has no vantages");
        assert_eq!(of_vantage("secret", "a b"), None);
        assert_eq!(holder("", &token), None);
    }
}
