//! What hosts say when a connection fails, word for word, and what that means.
//!
//! One line per text, with the version it was seen on. A text that is not here is [`DialErrorKind::Unknown`], which
//! becomes `measurement.failed` with the text kept: nothing is guessed.

use crate::dial::DialErrorKind;

/// Where a text comes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// While the connection is being opened.
    Connecting,
    /// On a connection that was open.
    Connected,
}

/// (when, the beginning of the text, the version it was seen on, what it means)
pub const TEXTS: &[(When, &str, &str, DialErrorKind)] = &[
    // Refused, unreachable, prohibited, and addresses outside of the allow-list: all the same words.
    (
        When::Connecting,
        "proxy request failed, cannot connect to the specified address",
        "workerd 2026-11-17",
        DialErrorKind::NoConnection,
    ),
    // A reset that arrives before the stream is handed out.
    (When::Connecting, "Network connection lost.", "workerd 2026-11-17", DialErrorKind::Reset),
    (When::Connected, "Network connection lost.", "workerd 2026-11-17", DialErrorKind::Reset),
    (
        When::Connecting,
        "Specified address is empty string, contains unsupported characters or is too long.",
        "workerd 2026-11-17",
        DialErrorKind::Forbidden,
    ),
    // Cloudflare's documentation of TCP sockets, "Troubleshooting".
    (When::Connecting, "TCP Loop detected", "Cloudflare documentation 2026", DialErrorKind::Forbidden),
    (
        When::Connecting,
        "Connections to port 25 are prohibited",
        "Cloudflare documentation 2026",
        DialErrorKind::Forbidden,
    ),
    // glibc's words for EAI_* (getaddrinfo has no error numbers in Rust's io::Error).
    (When::Connecting, "Name or service not known", "glibc 2.36, EAI_NONAME", DialErrorKind::NoSuchName),
    (When::Connecting, "No address associated with hostname", "glibc 2.36, EAI_NODATA", DialErrorKind::NoAddress),
    (
        When::Connecting,
        "nodename nor servname provided, or not known",
        "macOS 14, EAI_NONAME",
        DialErrorKind::NoSuchName,
    ),
];

/// Returns what a text means.
pub fn meaning(when: When, text: &str) -> DialErrorKind {
    TEXTS
        .iter()
        .find(|(w, known, _, _)| *w == when && text.contains(known))
        .map_or(DialErrorKind::Unknown, |(_, _, _, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_are_found_inside_longer_ones() {
        let text = "Error: proxy request failed, cannot connect to the specified address. It looks like you might be \
                    trying to connect to a HTTP-based service — consider using fetch instead";
        assert_eq!(meaning(When::Connecting, text), DialErrorKind::NoConnection);
        assert_eq!(meaning(When::Connected, "Error: Network connection lost."), DialErrorKind::Reset);
        assert_eq!(meaning(When::Connected, "internal error; reference = abc"), DialErrorKind::Unknown);
        let text = "failed to lookup address information: Name or service not known";
        assert_eq!(meaning(When::Connecting, text), DialErrorKind::NoSuchName);
    }
}
