//! Where an answer was asked for, which is no part of what is made: marks stand for it, and each visit is written in their
//! place.
//!
//! ```
//! use dualwatch_wire::place::{NAME, ORIGIN, place};
//! let text = format!("{ORIGIN}/feed.atom tag:{NAME},2026:all");
//! assert_eq!(
//!     place(&text, "https://status.example:8443", "status.example"),
//!     "https://status.example:8443/feed.atom tag:status.example,2026:all"
//! );
//! ```

/// Stands for scheme, host and port. No host has such a name (RFC 6761 section 6.4).
pub const ORIGIN: &str = "http://site.visit.invalid";
/// Stands for the name of the host alone, in a form that the authority of a `tag:` has, too (RFC 4151 section 2.1).
pub const NAME: &str = "name.visit.invalid";
/// Stands for the same without dots: the identifier of a page.
pub const ID: &str = "name-visit-invalid";

/// Writes where it was asked for into an answer with marks. `host` has no port.
pub fn place(text: &str, origin: &str, host: &str) -> String {
    // An IPv6 literal has colons and brackets, which no name has.
    let name = host.trim_matches(['[', ']']).replace(':', "-");
    text.replace(ORIGIN, origin).replace(NAME, &name).replace(ID, &name.replace('.', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_a_name_too() {
        let text = format!("{ORIGIN} {NAME} {ID}");
        assert_eq!(place(&text, "http://[::1]:8787", "[::1]"), "http://[::1]:8787 --1 --1");
        assert_eq!(place(&text, "http://192.0.2.1", "192.0.2.1"), "http://192.0.2.1 192.0.2.1 192-0-2-1");
    }
}
