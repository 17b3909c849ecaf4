//! What the page of the self-test says beside its sentence.

use crate::self_test::{confidence, family_state, presence, why};
use dualwatch_core::{
    measure::{family::Family, time::Timestamp},
    self_test::why::Confidence,
};
use dualwatch_wire::v1::self_test::{FamilyResult, Seen, SelfTestResult, Unreadable};

/// The title of the page.
pub const TITLE: &str = "Your connection: IPv4 and IPv6";
/// A text is on the clipboard.
pub const COPIED: &str = "Copied.";
/// The browser does not let a page copy.
pub const COPY_BY_HAND: &str = "Your browser does not let this page copy. Here it is:";

/// Returns the code and the scores that help desks know from test-ipv6.com (RIPE-631).
pub fn codes(result: &SelfTestResult) -> String {
    let score = |score: Option<u8>| score.map_or_else(|| "n/a".to_owned(), |score| format!("{score} of 10"));
    let code = result.helpdesk.map_or_else(|| "none".to_owned(), |helpdesk| helpdesk.to_string());
    format!("Help desk code: {code} · IPv4: {} · IPv6: {}", score(result.score_ipv4), score(result.score_ipv6))
}

/// Returns as whom a server saw the visitor.
pub fn seen_as(family: Family, seen: Seen) -> String {
    format!("over {family}, seen as {seen}")
}

/// Returns what is known of a family, in one line.
pub fn family_line(family: Family, found: &FamilyResult) -> String {
    format!("{family}: {}: {}; {}.", family_state(found.state), why(found.why), presence(found.presence, family))
}

/// Returns how sure it is, as a sentence.
pub fn surely(sure: Confidence) -> String {
    format!("How sure is that? {}.", confidence(sure))
}

/// Says that a result is not of now.
pub fn measured(at: Timestamp) -> String {
    format!(
        "A result that was shared with you, measured {}. Nothing was asked for it now.",
        dualwatch_wire::time::format(at)
    )
}

/// Returns why a shared result cannot be shown, and what to do.
pub fn unreadable(why: Unreadable) -> String {
    match why {
        Unreadable::TooLong => "This link is too long to hold a result.",
        Unreadable::NotOurs => "This link holds no result of a self-test.",
        Unreadable::Later(_) => "This result is of a newer version of this page. Open it where it was made.",
        Unreadable::Damaged => "This link was cut off or changed on its way. Ask for it once more.",
        Unreadable::Malformed => "This link holds no result that could be shown.",
    }
    .to_owned()
}
