//! What a widget is asked for: whose state, and in which look.

use super::{Asked, Page, Refusal, Route, address::Query};
use crate::answer::language::Language;
use dualwatch_core::measure::{group::Group, slug::Slug};

/// Whose state a widget shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Whom {
    /// All targets together.
    #[default]
    All,
    Group(Group),
    Target(Slug),
}

/// How a widget looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    #[default]
    Line,
    Card,
    /// Floats in a corner, and opens.
    Button,
    /// Is there only while something is wrong.
    Banner,
}

/// In which colours: without one, in those of the page around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    /// As the reader's system has it.
    System,
}

/// What is chosen on `/embed`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub whom: Whom,
    pub variant: Variant,
    pub theme: Option<Theme>,
    /// Whether a reader may ask the target from the own browser.
    pub has_check: bool,
}

impl Whom {
    /// Reads `target` and `group`; the former counts where both are there. `None`: there can be nothing of this name.
    fn read(query: &Query<'_>) -> Option<Self> {
        match query.value("target").filter(|text| !text.is_empty()) {
            Some(slug) => Slug::parse(&slug).map(Self::Target),
            None => Self::of_group(query),
        }
    }

    /// Reads `group`: all where it is not said. `None`: there can be no group of this name.
    pub(super) fn of_group(query: &Query<'_>) -> Option<Self> {
        match query.value("group").filter(|text| !text.is_empty()) {
            Some(group) => Group::parse(&group).map(Self::Group),
            None => Some(Self::All),
        }
    }

    /// Returns the query that says this; empty for all. Names of groups are written as forms write them.
    pub fn query(&self) -> String {
        match self {
            Self::All => String::new(),
            Self::Target(slug) => format!("target={slug}"),
            Self::Group(group) => {
                let encoded: String = form_urlencoded::byte_serialize(group.as_str().as_bytes()).collect();
                format!("group={encoded}")
            }
        }
    }

    /// Returns the canonical name of what a widget shows, in a language.
    pub fn name(&self, language: Language) -> String {
        join("/api/v1/widget", &[self.query(), format!("lang={}", language.code())])
    }
}

impl Variant {
    pub const ALL: [Self; 4] = [Self::Line, Self::Card, Self::Button, Self::Banner];

    /// Returns the value of the attribute `variant`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Card => "card",
            Self::Button => "button",
            Self::Banner => "banner",
        }
    }
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// Returns the value of the attribute `theme`, which is one of the property `color-scheme` as well.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "light dark",
        }
    }
}

impl Look {
    /// Reads `target`, `group`, `variant`, `theme` and `check`. What is not known counts as not said: it is a choice.
    fn read(query: &Query<'_>) -> Self {
        let code = |name| query.value(name).unwrap_or_default();
        let (variant, theme) = (code("variant"), code("theme"));
        Self {
            whom: Whom::read(query).unwrap_or_default(),
            variant: Variant::ALL.into_iter().find(|one| one.code() == variant).unwrap_or_default(),
            theme: Theme::ALL.into_iter().find(|one| one.code() == theme),
            has_check: query.has("check"),
        }
    }

    /// Returns an address that says this below `path`.
    pub fn link(&self, path: &str) -> String {
        let variant =
            if self.variant == Variant::Line { String::new() } else { format!("variant={}", self.variant.code()) };
        let theme = self.theme.map_or_else(String::new, |theme| format!("theme={}", theme.code().replace(' ', "+")));
        let check = if self.has_check { "check=on".to_owned() } else { String::new() };
        join(path, &[self.whom.query(), variant, theme, check])
    }
}

/// Puts the parts of a query that there are behind a path.
fn join(path: &str, parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// What a widget says in its address; its script says the same of both documents.
const KNOWN: [&str; 3] = ["target", "group", "lang"];

impl Asked<'_> {
    pub(super) fn embed(&self, is_framed: bool) -> Route {
        Route::Page(Page::Embed { look: Look::read(&self.query), is_framed, language: self.query.language() })
    }

    pub(super) fn widget(&self, rest: &[&str]) -> Result<Route, Refusal> {
        let language = self.query.language().unwrap_or_default();
        let nobody = || Refusal::NotFound("there is no target and no group of this name".to_owned());
        match rest {
            [] => self.read_with(&KNOWN, || {
                Ok(Route::Widget { whom: Whom::read(&self.query).ok_or_else(nobody)?, language })
            }),
            ["check"] => self.read_with(&KNOWN, || match Whom::read(&self.query) {
                Some(Whom::Target(slug)) => Ok(Route::WidgetCheck { slug, language }),
                _ => Err(nobody()),
            }),
            _ => Err(self.nothing()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::door::{Refusal, Route, parse};
    use dualwatch_core::measure::time::Timestamp;

    fn ask(path: &str) -> Result<Route, Refusal> {
        parse("GET", &format!("https://status.example{path}"), Timestamp::from_unix_ms(0))
    }

    fn name(path: &str) -> String {
        match ask(path) {
            Ok(Route::Widget { whom, language }) => whom.name(language),
            Ok(Route::Page(page)) => page.name(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn every_choice_has_one_address() {
        for (asked, canonical) in [
            ("/api/v1/widget", "/api/v1/widget?lang=en"),
            ("/api/v1/widget?lang=de-AT&target=shop", "/api/v1/widget?target=shop&lang=de"),
            ("/api/v1/widget?group=A%26B+%2F&target=", "/api/v1/widget?group=A%26B+%2F&lang=en"),
            ("/embed", "/embed"),
            ("/embed?variant=wrong&theme=&target=NO", "/embed"),
            (
                "/embed?check=on&theme=light+dark&variant=card&target=shop",
                "/embed?target=shop&variant=card&theme=light+dark&check=on",
            ),
            ("/embed/frame?lang=de&group=a", "/embed/frame?group=a&lang=de"),
        ] {
            assert_eq!(name(asked), canonical, "{asked}");
            assert_eq!(name(canonical), canonical);
        }
    }

    #[test]
    fn what_can_be_no_name_is_not_there() {
        for path in [
            "/api/v1/widget?target=No",
            "/api/v1/widget?target=..%2Frearm",
            "/api/v1/widget?group=%0A",
            "/api/v1/widget/check",
            "/api/v1/widget/check?group=a",
            "/api/v1/widget/other",
        ] {
            assert!(matches!(ask(path), Err(Refusal::NotFound(_))), "{path}");
        }
        assert!(matches!(ask("/api/v1/widget/check?target=a"), Ok(Route::WidgetCheck { .. })));
    }
}
