//! On which terms a WebSocket opens (RFC 6455 section 4): what is asked, and whether the answer agrees.

use crate::{
    classify::{Failure, clip},
    upgrade::{Opening, Switched},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use dualwatch_core::measure::cause::Cause;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha1::{Digest, Sha1};

/// The headers that ask for a WebSocket (RFC 6455 section 4.1), and the key among them.
pub struct Terms {
    key: HeaderValue,
}

impl Terms {
    /// Makes a key, by which the answer proves that it is to this request.
    pub fn new() -> Result<Self, Failure> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|e| Failure::measurement(format!("get random bytes: {e}")))?;
        let key = HeaderValue::try_from(BASE64_STANDARD.encode(nonce));
        Ok(Self { key: key.map_err(|e| Failure::measurement(format!("make a key: {e}")))? })
    }

    /// Puts what asks for a WebSocket among the headers of a request.
    pub fn ask(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        headers.insert(header::SEC_WEBSOCKET_KEY, self.key.clone());
    }

    /// Returns the connection where the answer agrees to the terms.
    ///
    /// | the answer | cause |
    /// |---|---|
    /// | another status than 101 | `http.status` |
    /// | 101, and not to this request or to what was not asked for | `http.malformed` |
    pub fn agreed<S>(&self, opening: Opening<S>, asked: &HeaderMap) -> Result<Switched<S>, Failure> {
        let Some(switched) = opening.switched else {
            let mut failure = Failure::bare(Cause::HttpStatus);
            failure.evidence.expected = Some(StatusCode::SWITCHING_PROTOCOLS.as_str().to_owned());
            failure.evidence.seen = Some(opening.status.to_string());
            return Err(failure);
        };
        self.check(&opening.headers, asked)?;
        Ok(switched)
    }

    /// RFC 6455 section 4.1, what a client must check of the answer, from 2 to 6.
    fn check(&self, answer: &HeaderMap, asked: &HeaderMap) -> Result<(), Failure> {
        let tokens = |headers: &HeaderMap, name| -> Vec<String> {
            let values = headers.get_all(name).into_iter().map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
            values.flat_map(|v| v.split(',').map(|t| t.trim().to_owned()).collect::<Vec<_>>()).collect()
        };
        let has = |name, token: &str| tokens(answer, name).iter().any(|t| t.eq_ignore_ascii_case(token));
        let wrong = |why: &str, name| {
            let mut failure = Failure::with_error(Cause::HttpMalformed, why);
            let seen = tokens(answer, name).join(", ");
            failure.evidence.seen = Some(if seen.is_empty() { "no such header".to_owned() } else { clip(&seen) });
            Err(failure)
        };
        if !has(header::UPGRADE, "websocket") {
            return wrong("the Upgrade header does not say websocket", header::UPGRADE);
        }
        if !has(header::CONNECTION, "upgrade") {
            return wrong("the Connection header does not say Upgrade", header::CONNECTION);
        }
        if tokens(answer, header::SEC_WEBSOCKET_ACCEPT) != [accept(self.key.as_bytes())] {
            return wrong("Sec-WebSocket-Accept does not answer the key that was sent", header::SEC_WEBSOCKET_ACCEPT);
        }
        if answer.contains_key(header::SEC_WEBSOCKET_EXTENSIONS) {
            return wrong("an extension that was not asked for", header::SEC_WEBSOCKET_EXTENSIONS);
        }
        let offered = tokens(asked, header::SEC_WEBSOCKET_PROTOCOL);
        if tokens(answer, header::SEC_WEBSOCKET_PROTOCOL).iter().any(|chosen| !offered.contains(chosen)) {
            return wrong("a subprotocol that was not asked for", header::SEC_WEBSOCKET_PROTOCOL);
        }
        Ok(())
    }
}

/// RFC 6455 section 4.2.2: the answer to a key.
fn accept(key: &[u8]) -> String {
    const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    BASE64_STANDARD.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    /// The key of RFC 6455 section 1.3, and the answer to it.
    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
    const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    /// `changed` replaces headers of a good answer; an empty value removes one.
    fn check(changed: &[(&'static str, &'static str)], error: Option<&str>) {
        let terms = Terms { key: HeaderValue::from_static(KEY) };
        let mut answer =
            headers(&[("upgrade", "websocket"), ("connection", "Upgrade"), ("sec-websocket-accept", ACCEPT)]);
        for (name, value) in changed {
            answer.remove(*name);
            if !value.is_empty() {
                answer.insert(*name, HeaderValue::from_static(value));
            }
        }
        let asked = headers(&[("sec-websocket-protocol", "chat, superchat")]);
        let result = terms.check(&answer, &asked).map_err(|failure| {
            assert_eq!(failure.cause, Cause::HttpMalformed);
            failure.evidence.error.unwrap_or_default()
        });
        match error {
            None => assert_eq!(result, Ok(()), "{changed:?}"),
            Some(part) => assert!(result.clone().unwrap_err().contains(part), "{changed:?}: {result:?}"),
        }
    }

    #[test]
    fn what_an_answer_must_say() {
        check(&[], None);
        check(&[("upgrade", "WebSocket"), ("connection", "keep-alive, upgrade")], None);
        check(&[("sec-websocket-protocol", "superchat")], None);
        check(&[("upgrade", "")], Some("Upgrade header"));
        check(&[("upgrade", "h2c")], Some("Upgrade header"));
        check(&[("connection", "close")], Some("Connection header"));
        check(&[("sec-websocket-accept", "")], Some("Sec-WebSocket-Accept"));
        check(&[("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOO=")], Some("Sec-WebSocket-Accept"));
        check(&[("sec-websocket-extensions", "permessage-deflate")], Some("extension"));
        check(&[("sec-websocket-protocol", "graphql-ws")], Some("subprotocol"));
    }

    #[test]
    fn every_request_has_a_key_of_its_own() {
        let (one, other) = (Terms::new().unwrap(), Terms::new().unwrap());
        assert_ne!(one.key, other.key);
        assert_eq!(BASE64_STANDARD.decode(one.key.as_bytes()).unwrap().len(), 16);
    }
}
