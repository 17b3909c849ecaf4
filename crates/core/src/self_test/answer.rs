//! What one answer proves.

use crate::{
    measure::family::Family,
    self_test::{question::Question, told::Told},
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What came back to one ask, as the page saw it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status; `None` where the browser hides the answer from the page.
    pub status: Option<u16>,
    /// Asked for over TLS from its first request on: then it was the named host that answered.
    pub is_secure: bool,
    /// What our endpoint saw, where the body was our document.
    pub echo: Option<Echo>,
    /// Whether the body came to its end, and as long as it was meant to be.
    pub is_whole: bool,
    /// Length of the connect phase without TLS, where the timing API shows it; 0 over a connection that was there.
    pub connect_ms: Option<u32>,
    /// From the request to the first byte of the answer, where the timing API shows it.
    pub round_trip_ms: Option<u32>,
    /// The parts of the wait, for people.
    pub phases: Phases,
    /// Whether the answer says that it could have come over HTTP/3 (RFC 7838).
    pub offers_http3: bool,
}

/// The parts of the wait for an answer, in milliseconds rounded up; `None` where the timing API does not show it. A browser
/// that shows 0 says nothing: it hides the length, or has used a connection that was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phases {
    pub resolve_ms: Option<u32>,
    pub connect_ms: Option<u32>,
    pub tls_ms: Option<u32>,
    pub first_byte_ms: Option<u32>,
    pub protocol: Option<Protocol>,
}

impl Phases {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How the browser asked (ALPN, RFC 7301).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    #[serde(rename = "http/1.1")]
    Http1,
    #[serde(rename = "h2")]
    Http2,
    #[serde(rename = "h3")]
    Http3,
}

impl Protocol {
    pub const ALL: [Self; 3] = [Self::Http1, Self::Http2, Self::Http3];

    /// Returns the stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Http1 => "http/1.1",
            Self::Http2 => "h2",
            Self::Http3 => "h3",
        }
    }

    /// Returns the protocol with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.code() == code)
    }
}

/// What our endpoint saw of an ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// The number in the query, read back.
    pub nonce: Option<u64>,
    /// Of the connection, where the host tells; a proxy's is none.
    pub family: Option<Family>,
    pub address: Option<IpAddr>,
    /// The client's port: two answers from one port of one address came over one connection.
    pub port: Option<u16>,
}

/// Returns what a reply to a question proves, asked with a nonce. `is_reused` says that it came over the connection of
/// another of our names.
///
/// | the answer | told |
/// |---|---|
/// | hidden from the page, over TLS | `ok`: the named host answered |
/// | hidden from the page, without TLS | `foreign_answer`: whoever answers is no proof |
/// | an error status over TLS, without our nonce | `error_status` |
/// | ended too early | `cut_short` |
/// | without our nonce, or with another one | `foreign_answer` |
/// | with our nonce, over the connection of another name | `reused_connection` |
/// | with our nonce, over the other family | `wrong_family` |
/// | with our nonce, asked about HTTP/3, over another protocol | `not_offered`, or `not_used` where it was offered |
/// | with our nonce | `ok` |
pub fn judge(question: Question, nonce: u64, reply: &Reply, is_reused: bool) -> Told {
    let Some(status) = reply.status else { return if reply.is_secure { Told::Ok } else { Told::Foreign } };
    let echo = reply.echo.filter(|echo| echo.nonce == Some(nonce));
    let Some(echo) = echo else {
        return match (reply.is_secure, status >= 400, reply.is_whole) {
            (true, true, _) => Told::Status,
            (_, false, false) => Told::Partial,
            _ => Told::Foreign,
        };
    };
    if !reply.is_whole {
        return Told::Partial;
    }
    let is_wrong = question.family().is_some_and(|meant| echo.family.is_some_and(|seen| seen != meant));
    match (is_reused, is_wrong) {
        (true, _) => Told::Discarded,
        (false, true) => Told::WrongFamily,
        (false, false) if question == Question::Http3 && reply.phases.protocol != Some(Protocol::Http3) => {
            if reply.offers_http3 { Told::NotUsed } else { Told::NotOffered }
        }
        (false, false) => Told::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONCE: u64 = 7;

    fn reply(nonce: u64, family: Family) -> Reply {
        let echo = Echo { nonce: Some(nonce), family: Some(family), ..Echo::default() };
        Reply { status: Some(200), is_secure: true, echo: Some(echo), is_whole: true, ..Reply::default() }
    }

    fn check(reply: Reply, is_reused: bool, expected: Told) {
        assert_eq!(judge(Question::Ipv6, NONCE, &reply, is_reused), expected, "{reply:?} {is_reused}");
    }

    #[test]
    fn only_our_nonce_or_the_named_host_over_tls_is_an_answer() {
        let ours = reply(NONCE, Family::Ipv6);
        check(ours, false, Told::Ok);
        check(ours, true, Told::Discarded);
        check(Reply { is_whole: false, ..ours }, false, Told::Partial);
        check(reply(8, Family::Ipv6), false, Told::Foreign);
        check(reply(NONCE, Family::Ipv4), false, Told::WrongFamily);
        check(Reply { echo: None, ..ours }, false, Told::Foreign);
        check(Reply { echo: None, is_whole: false, ..ours }, false, Told::Partial);
        check(Reply { echo: None, status: Some(503), ..ours }, false, Told::Status);
        check(Reply { echo: None, status: Some(503), is_secure: false, ..ours }, false, Told::Foreign);
        check(Reply { status: None, echo: None, ..ours }, false, Told::Ok);
        check(Reply { status: None, echo: None, is_secure: false, ..ours }, false, Told::Foreign);
    }

    #[test]
    fn http3_is_tested_where_it_is_used() {
        let over = |protocol, offers_http3| {
            let phases = Phases { protocol, ..Phases::default() };
            judge(Question::Http3, NONCE, &Reply { phases, offers_http3, ..reply(NONCE, Family::Ipv6) }, false)
        };
        assert_eq!(over(Some(Protocol::Http3), true), Told::Ok);
        assert_eq!(over(Some(Protocol::Http2), true), Told::NotUsed);
        assert_eq!(over(None, true), Told::NotUsed);
        assert_eq!(over(Some(Protocol::Http2), false), Told::NotOffered);
        for protocol in Protocol::ALL {
            assert_eq!(Protocol::from_code(protocol.code()), Some(protocol));
        }
    }

    #[test]
    fn a_family_that_the_host_does_not_tell_is_not_wrong() {
        let mut untold = reply(NONCE, Family::Ipv4);
        untold.echo = untold.echo.map(|echo| Echo { family: None, ..echo });
        check(untold, false, Told::Ok);
        assert_eq!(judge(Question::DualStack, NONCE, &reply(NONCE, Family::Ipv4), false), Told::Ok);
    }
}
