//! What makes the pages the operator's own: name, texts, colour and pictures.

use dualwatch_core::measure::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What the section `page` of a configuration says. Texts in Markdown are HTML already, which may stand in a page as it is: the
/// configuration is read once, and pages are drawn again and again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Branding {
    /// Of the operator or the service: one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the operator is reached: a URL with the scheme `mailto` or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introduction: Option<String>,
    /// HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub announcements: Vec<Announcement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent: Option<Accent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Picture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub favicon: Option<Picture>,
}

/// A link to somewhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub text: String,
    /// With the scheme `https`.
    pub url: String,
}

/// What the operator tells everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    pub title: String,
    /// HTML.
    pub text: String,
    /// From when on it is shown; `None`: from the beginning.
    pub from: Option<Timestamp>,
    /// From then on it is not shown any more; `None`: never.
    pub until: Option<Timestamp>,
}

impl Announcement {
    /// Whether it is shown at a time.
    pub fn is_shown(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}

/// The colour of links, as `#rrggbb`: one that is read on a light ground, and one on a dark ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accent {
    pub light: String,
    pub dark: String,
}

/// A picture of the operator's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Picture {
    Svg,
    Png,
}

impl Picture {
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
        }
    }

    /// Returns the ending of a file of this kind.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}

/// What is in the pictures, in Base64. It is kept apart from [`Branding`], which every page needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pictures {
    pub logo: Option<String>,
    pub favicon: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announcement_is_shown_from_its_begin_until_its_end() {
        let at = |minute: i64| Timestamp::from_unix_ms(minute * 60_000);
        let of = |from: Option<i64>, until: Option<i64>| Announcement {
            title: String::new(),
            text: String::new(),
            from: from.map(at),
            until: until.map(at),
        };
        for (announcement, shown) in [
            (of(None, None), [true, true, true]),
            (of(Some(2), None), [false, true, true]),
            (of(None, Some(2)), [true, false, false]),
            (of(Some(2), Some(3)), [false, true, false]),
        ] {
            assert_eq!([1, 2, 3].map(|minute| announcement.is_shown(at(minute))), shown, "{announcement:?}");
        }
    }
}
