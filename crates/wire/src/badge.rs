//! Badges: what is written on one, and its two forms: an image that we draw, and the JSON that shields draws.
//!
//! In scope: what the facts of a target, or of all targets, come to on a badge ([`condition`]), and how that is drawn.
//! Out of scope: the words (`dualwatch-words`), and where the facts come from.
//!
//! Nothing that is not known is green, and nothing that is not known is red ([`Tone::Unknown`]).

pub mod condition;
pub mod facts;
pub mod font;
pub mod grade;
pub mod said;
pub mod svg;

use serde::{Deserialize, Serialize};

/// How a badge is coloured. Its words say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    Good,
    /// Reached, but not as well as expected.
    Slow,
    /// As announced.
    Planned,
    /// Something of it is wrong.
    Partial,
    Bad,
    /// Not measured, not known any more, or not there by design.
    Unknown,
}

impl Tone {
    pub const ALL: [Self; 6] = [Self::Good, Self::Slow, Self::Planned, Self::Partial, Self::Bad, Self::Unknown];

    /// Returns the name that shields has for such a colour. It draws an unknown name green: these are all in its list.
    pub const fn color(self) -> &'static str {
        match self {
            Self::Good => "brightgreen",
            Self::Slow => "yellow",
            Self::Planned => "blue",
            Self::Partial => "orange",
            Self::Bad => "red",
            Self::Unknown => "lightgrey",
        }
    }
}

/// What is written on a badge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    pub label: String,
    /// Never empty.
    pub message: String,
    pub tone: Tone,
}

/// So many characters of a text are on a badge: a name may be longer than a line of a page.
const MAX_CHARS: usize = 60;

impl Badge {
    /// Returns a badge with as much of the texts as it has room for.
    pub fn new(label: &str, message: &str, tone: Tone) -> Self {
        let message = if message.trim().is_empty() { "–" } else { message };
        Self { label: cut(label), message: cut(message), tone }
    }

    /// Returns what shields reads. `is_error`: there is no such badge.
    pub fn shields(&self, is_error: bool) -> Shields {
        Shields {
            schema_version: 1,
            label: self.label.clone(),
            message: self.message.clone(),
            color: self.tone.color().to_owned(),
            is_error,
            cache_seconds: CACHE_SECONDS,
        }
    }
}

/// How long shields may show what it has read; it takes five minutes where nothing is said.
const CACHE_SECONDS: u32 = 60;

fn cut(text: &str) -> String {
    let mut shown: String = text.trim().chars().take(MAX_CHARS).collect();
    if text.trim().chars().nth(MAX_CHARS).is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}

/// The answer of a shields endpoint (shields.io, "Endpoint Badge"): exactly keys that it knows, none of them null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shields {
    pub schema_version: u32,
    pub label: String,
    pub message: String,
    pub color: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_error: bool,
    pub cache_seconds: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_for_shields_is_pinned() {
        let badge = Badge::new("Shop IPv6", "down", Tone::Bad);
        let text = |is_error| serde_json::to_string(&badge.shields(is_error)).unwrap();
        assert_eq!(
            text(false),
            r#"{"schemaVersion":1,"label":"Shop IPv6","message":"down","color":"red","cacheSeconds":60}"#
        );
        assert_eq!(
            text(true),
            r#"{"schemaVersion":1,"label":"Shop IPv6","message":"down","color":"red","isError":true,"cacheSeconds":60}"#
        );
    }

    /// Upptime's list of them is that of shields; an unknown one, one in other letters and none at all are green there.
    #[test]
    fn every_color_is_one_that_shields_knows() {
        const KNOWN: [&str; 9] =
            ["brightgreen", "green", "yellow", "yellowgreen", "orange", "red", "blue", "grey", "lightgrey"];
        for tone in Tone::ALL {
            assert!(KNOWN.contains(&tone.color()), "{tone:?}");
            assert_eq!(tone.color().contains("green"), tone == Tone::Good, "{tone:?}");
            assert_eq!(tone.color() == "red", tone == Tone::Bad, "{tone:?}");
        }
    }

    #[test]
    fn a_badge_has_a_message_and_an_end() {
        let badge = Badge::new(&"ä".repeat(1_000), " ", Tone::Unknown);
        assert_eq!((badge.label.chars().count(), &*badge.message), (MAX_CHARS, "–"));
        assert!(badge.label.ends_with("ä…"));
        assert_eq!(Badge::new(&"a".repeat(MAX_CHARS), "x", Tone::Good).label, "a".repeat(MAX_CHARS));
    }
}
