//! The name of a target as a part of addresses.

use std::fmt;

/// A name such as `shop` or `mail-2`: lower-case letters and digits of ASCII, with single hyphens between.
///
/// No text that is something else can be in one, so it stays in its place wherever it is put into an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// The longest one, in bytes; a DNS label has about this length, too.
    pub const MAX_BYTES: usize = 64;

    /// Returns the name that a text is; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        Self::is(text).then(|| Self(text.to_owned()))
    }

    /// Whether a text is such a name.
    pub fn is(text: &str) -> bool {
        let is_part = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        text.len() <= Self::MAX_BYTES && text.split('-').all(is_part)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_slug() {
        for good in ["a", "a-b", "0-1-x", &"a".repeat(64)] {
            assert_eq!(Slug::parse(good).as_ref().map(Slug::as_str), Some(good));
        }
        for bad in
            ["", "-", "-a", "a-", "a--b", "A", "a_b", "ä", "a b", "a.b", "a/b", "a\\b", "%61", "a\0", &"a".repeat(65)]
        {
            assert_eq!(Slug::parse(bad), None, "{bad}");
        }
    }
}
