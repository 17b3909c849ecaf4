//! What a badge is asked for with: `/badge/{slug}.svg`, `/badge.json`, `/badge.svg?group=Name` and their parameters.
//!
//! Every parameter is one of a few words, so that what is kept of badges has an end.

use super::{Whom, address::Query};
use crate::{
    answer::language::Language,
    badge::svg::{Style, Theme},
};
use dualwatch_core::{
    measure::slug::Slug,
    remember::{availability::Period, spell::Track},
};

/// The form of a badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Svg,
    /// What shields reads.
    Json,
}

/// What a badge is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum About {
    #[default]
    Status,
    Uptime(Period),
    Latency,
    Certificate,
}

/// A badge, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    pub form: Form,
    pub whom: Whom,
    pub about: About,
    /// `None`: as a whole.
    pub track: Option<Track>,
    pub style: Style,
    pub theme: Theme,
    pub language: Language,
}

/// A badge that there is, or none of this form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedBadge {
    pub form: Form,
    pub what: Result<Badge, NoBadge>,
}

/// Why there is no badge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBadge {
    /// There is no target of this name.
    NoName,
    /// There is no group of this name.
    NoGroup,
    /// A parameter says nothing that it may say.
    Parameter(&'static str),
}

/// The windows that a badge may be about.
pub const PERIODS: [Period; 4] = [Period::Day, Period::Days7, Period::Days30, Period::Days90];

/// Reads the last part of a path, such as `shop.svg`; `None`: it is no badge of any form.
pub(super) fn read(file: &str, is_of_all: bool, query: &Query<'_>) -> Option<AskedBadge> {
    let (name, form) = match file.rsplit_once('.')? {
        (name, "svg") => (name, Form::Svg),
        (name, "json") => (name, Form::Json),
        _ => return None,
    };
    let whom = if is_of_all {
        Whom::of_group(query).ok_or(NoBadge::NoGroup)
    } else {
        Slug::parse(name).map(Whom::Target).ok_or(NoBadge::NoName)
    };
    Some(AskedBadge { form, what: whom.and_then(|whom| Badge::read(form, whom, query)) })
}

impl Badge {
    fn read(form: Form, whom: Whom, query: &Query<'_>) -> Result<Self, NoBadge> {
        let period = one_of(query, "window", &PERIODS.map(|period| (period.code(), period)))?;
        let about = match one_of(query, "metric", &METRICS)? {
            // A window says that it is about the uptime.
            None if period.is_some() => About::Uptime(Period::Days30),
            about => about.unwrap_or_default(),
        };
        let about = match (about, period) {
            (About::Uptime(usual), period) => About::Uptime(period.unwrap_or(usual)),
            (_, Some(_)) => return Err(NoBadge::Parameter("window")),
            (about, None) => about,
        };
        let track = one_of(query, "family", &TRACKS)?;
        let style = one_of(query, "style", &Style::ALL.map(|style| (style.code(), style)))?.unwrap_or_default();
        let theme = one_of(query, "theme", &Theme::ALL.map(|theme| (theme.code(), theme)))?.unwrap_or_default();
        let language = query.language().unwrap_or_default();
        Ok(Self { form, whom, about, track, style, theme, language })
    }

    /// Returns its canonical path and query: what is usual is left out.
    pub fn name(&self) -> String {
        let ending = if self.form == Form::Svg { "svg" } else { "json" };
        let mut name = match &self.whom {
            Whom::Target(slug) => format!("/badge/{slug}.{ending}"),
            Whom::All => format!("/badge.{ending}"),
            Whom::Group(_) => format!("/badge.{ending}?{}", self.whom.query()),
        };
        let mut add = |key: &str, value: &str| {
            let sign = if name.contains('?') { '&' } else { '?' };
            name = format!("{name}{sign}{key}={value}");
        };
        match self.about {
            About::Status => {}
            About::Uptime(period) => {
                add("metric", "uptime");
                add("window", period.code());
            }
            About::Latency => add("metric", "latency"),
            About::Certificate => add("metric", "certificate"),
        }
        if let Some(track) = self.track {
            add("family", code(track));
        }
        if self.form == Form::Svg && self.style != Style::default() {
            add("style", self.style.code());
        }
        if self.form == Form::Svg && self.theme != Theme::default() {
            add("theme", self.theme.code());
        }
        if self.language != Language::default() {
            add("lang", self.language.code());
        }
        name
    }
}

const METRICS: [(&str, About); 4] = [
    ("status", About::Status),
    ("uptime", About::Uptime(Period::Days30)),
    ("latency", About::Latency),
    ("certificate", About::Certificate),
];

const TRACKS: [(&str, Track); 3] = [("ipv4", Track::Ipv4), ("ipv6", Track::Ipv6), ("dual-stack", Track::DualStack)];

fn code(track: Track) -> &'static str {
    TRACKS.iter().find(|(_, each)| *each == track).map_or("", |(code, _)| code)
}

/// Returns what a parameter says; `None` where it is not there.
fn one_of<T: Copy>(query: &Query<'_>, name: &'static str, all: &[(&str, T)]) -> Result<Option<T>, NoBadge> {
    let Some(said) = query.value(name) else { return Ok(None) };
    let found = all.iter().find(|(code, _)| *code == said);
    found.map(|(_, value)| Some(*value)).ok_or(NoBadge::Parameter(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::{Refusal, Route, parse};
    use dualwatch_core::measure::time::Timestamp;

    fn ask(path: &str) -> Result<Route, Refusal> {
        parse("GET", &format!("https://status.example{path}"), Timestamp::from_unix_ms(0))
    }

    fn badge(path: &str) -> Result<Badge, NoBadge> {
        match ask(path) {
            Ok(Route::Badge(asked)) => asked.what,
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn a_canonical_name_means_the_same() {
        for path in [
            "/badge.svg",
            "/badge.json?metric=latency&family=ipv4&lang=de",
            "/badge.svg?metric=certificate",
            "/badge.svg?group=A%26B+%2F&metric=uptime&window=7d&style=social",
            "/badge/shop.svg",
            "/badge/shop.json?metric=uptime&window=24h",
            "/badge/shop.svg?metric=uptime&window=90d&family=dual-stack&style=for-the-badge&theme=auto&lang=zh-Hans",
            "/badge/shop.svg?metric=certificate&family=ipv6&style=social",
        ] {
            assert_eq!(badge(path).expect(path).name(), path);
        }
        for (path, name) in [
            ("/badge/shop.svg?style=flat&theme=light&metric=status&lang=en&x=y", "/badge/shop.svg"),
            ("/badge/shop.svg?window=7d", "/badge/shop.svg?metric=uptime&window=7d"),
            ("/badge/shop.svg?metric=uptime", "/badge/shop.svg?metric=uptime&window=30d"),
            ("/badge/shop.json?style=plastic&theme=dark", "/badge/shop.json"),
            ("/badge/shop.svg?lang=tlh", "/badge/shop.svg"),
            ("/badge/shop.svg?group=A", "/badge/shop.svg"),
            ("/badge.svg?group=&target=x", "/badge.svg"),
            ("/badge.svg?window=7d", "/badge.svg?metric=uptime&window=7d"),
            ("/badge.svg?style=flat&group=%E6%94%AF%E4%BB%98", "/badge.svg?group=%E6%94%AF%E4%BB%98"),
        ] {
            assert_eq!(badge(path).expect(path).name(), name, "{path}");
        }
    }

    /// Promise (Names from outside): What is no badge is answered at the door, whatever it says.
    #[test]
    fn what_is_no_badge_is_said_at_the_door() {
        for (path, why) in [
            ("/badge/.svg", NoBadge::NoName),
            ("/badge/..svg", NoBadge::NoName),
            ("/badge/%2e%2e.svg", NoBadge::NoName),
            ("/badge/Shop.json", NoBadge::NoName),
            ("/badge/a.b.svg", NoBadge::NoName),
            ("/badge/shop.svg?style=round", NoBadge::Parameter("style")),
            ("/badge/shop.svg?style=", NoBadge::Parameter("style")),
            ("/badge/shop.svg?theme=DARK", NoBadge::Parameter("theme")),
            ("/badge/shop.svg?family=both", NoBadge::Parameter("family")),
            ("/badge/shop.svg?metric=downtime", NoBadge::Parameter("metric")),
            ("/badge/shop.svg?window=1y", NoBadge::Parameter("window")),
            ("/badge/shop.svg?metric=latency&window=7d", NoBadge::Parameter("window")),
            ("/badge.svg?group=%0A", NoBadge::NoGroup),
            ("/badge.svg?group=+a", NoBadge::NoGroup),
            ("/badge.svg?group=a&window=1y", NoBadge::Parameter("window")),
        ] {
            assert_eq!(badge(path), Err(why), "{path}");
        }
        for path in
            ["/badge", "/badge/", "/badge/shop", "/badge/shop.png", "/badge/shop.svg/", "/badge/a/b.svg", "/badge.png"]
        {
            assert!(matches!(ask(path), Err(Refusal::NotFound(_))), "{path}");
        }
        assert_eq!(
            parse("POST", "https://x.example/badge/shop.svg", Timestamp::from_unix_ms(0)),
            Err(Refusal::Method("GET, HEAD"))
        );
    }
}
