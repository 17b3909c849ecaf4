//! What of a target the operator makes public.

use serde::{Deserialize, Serialize};

/// What of a target is public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Public {
    /// Whether there is such a target at all, as far as anybody is told.
    pub target: bool,
    pub url: bool,
    pub address: bool,
}

impl Default for Public {
    fn default() -> Self {
        Self { target: true, url: true, address: true }
    }
}

impl Public {
    /// Nothing but what it is called: where nobody says what is public.
    pub const NAME_ONLY: Self = Self { target: true, url: false, address: false };

    /// Returns a word for what of a target that there is may be told.
    pub const fn code(self) -> &'static str {
        match (self.url, self.address) {
            (true, true) => "all",
            (true, false) => "url",
            (false, true) => "address",
            (false, false) => "name",
        }
    }

    /// Returns what such a word says; as little as possible where it is none.
    pub fn of_code(code: &str) -> Self {
        let one = |url, address| Self { target: true, url, address };
        let all = [one(true, true), one(true, false), one(false, true)];
        all.into_iter().find(|public| public.code() == code).unwrap_or(Self::NAME_ONLY)
    }

    /// Whether everything is.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_public_has_a_word_and_no_word_is_the_least() {
        for (url, address) in [(true, true), (true, false), (false, true), (false, false)] {
            let public = Public { target: true, url, address };
            assert_eq!(Public::of_code(public.code()), public);
        }
        assert_eq!(Public::of_code(""), Public::NAME_ONLY);
        assert!(Public::default().is_all() && !Public::NAME_ONLY.is_all());
    }
}
