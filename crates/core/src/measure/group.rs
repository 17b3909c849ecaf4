//! The name under which several targets are shown together.

use std::fmt;

/// A name such as `Payments`: one line of text, which anybody may read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(String);

impl Group {
    /// The longest one, in characters.
    pub const MAX_CHARS: usize = 64;

    /// Returns the name that a text is; `None` where it is empty, too long, begins or ends with a space, or is not one line.
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = !text.is_empty()
            && text.trim() == text
            && text.chars().count() <= Self::MAX_CHARS
            && !text.contains(char::is_control);
        is_name.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_name_of_a_group() {
        for good in ["Payments", "a/b & c", "支付", &"x".repeat(64)] {
            assert_eq!(Group::parse(good).as_ref().map(Group::as_str), Some(good));
        }
        for bad in ["", " ", " a", "a\n", "a\0b", &"x".repeat(65)] {
            assert_eq!(Group::parse(bad), None, "{bad:?}");
        }
    }
}
