//! What one answer proves.

use crate::{
    measure::family::Family,
    self_test::{question::Question, told::Told},
};
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
    fn a_family_that_the_host_does_not_tell_is_not_wrong() {
        let mut untold = reply(NONCE, Family::Ipv4);
        untold.echo = untold.echo.map(|echo| Echo { family: None, ..echo });
        check(untold, false, Told::Ok);
        assert_eq!(judge(Question::DualStack, NONCE, &reply(NONCE, Family::Ipv4), false), Told::Ok);
    }
}
