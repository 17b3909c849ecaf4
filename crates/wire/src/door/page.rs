//! The pages for people, as they are asked for.

use super::{IncidentName, widget::Look};
use crate::answer::language::{Language, Spoken};
use dualwatch_core::{
    measure::{cause::Cause, family::Family, slug::Slug, time::Timestamp},
    remember::availability::Period,
};
use form_urlencoded::byte_serialize;

/// A page for people, or the data that one is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// All services, in parts that are counted from 1.
    Status {
        form: Form,
        part: u32,
        /// Those of all parts that are looked for by this, as [`query`](crate::v1::search::query) has it.
        search: Option<String>,
        /// Chosen by the address; otherwise what the browser asks for. Data has none.
        language: Option<Language>,
    },
    /// Those that began before a time, as far as they are chosen.
    Incidents {
        before: Option<Timestamp>,
        chosen: Chosen,
        language: Option<Language>,
    },
    Incident(IncidentName, Option<Language>),
    /// What its charts reach over.
    Target(Slug, Period, Option<Language>),
    /// What the visitor's own connection can do; `is_embedded`: without the frame, as a part of somebody's page.
    SelfTest {
        is_embedded: bool,
        /// Chosen by the address; otherwise what the browser asks for.
        language: Option<Language>,
    },
    /// The widget in every look, with the code to paste; `is_framed`: the chosen one alone, as a part of somebody's page.
    Embed {
        look: Look,
        is_framed: bool,
        language: Option<Language>,
    },
    /// What real clients do when IPv6 is broken.
    Clients {
        /// Those that are looked for by this, as [`query`](crate::v1::search::query) has it.
        search: Option<String>,
        language: Option<Language>,
    },
    /// How we measure and judge.
    About {
        language: Option<Language>,
    },
}

/// Which incidents are asked for; `None`: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    pub target: Option<Slug>,
    pub family: Option<Family>,
    pub cause: Option<Cause>,
}

impl Chosen {
    /// Returns the address of a page with these choices behind it.
    pub fn link(&self, path: &str, before: Option<Timestamp>) -> String {
        let parts = [
            self.target.as_ref().map(|slug| format!("target={slug}")),
            self.family.map(|family| format!("family={}", family.code())),
            self.cause.map(|cause| format!("cause={}", cause.code())),
            before.map(|before| format!("before={}", before.unix_ms())),
        ];
        let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&");
        if query.is_empty() { path.to_owned() } else { [path, "?", &query].concat() }
    }
}

/// What the charts of a service reach over where nothing else is asked for.
pub const USUAL_RANGE: Period = Period::Day;

/// Returns the path and query of the page of a service whose charts reach over this.
pub fn ranged(slug: &str, range: Period) -> String {
    match range {
        USUAL_RANGE => format!("/targets/{slug}"),
        range => format!("/targets/{slug}?range={}", range.code()),
    }
}

/// A file that crawlers and browsers ask for by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crawled {
    Robots,
    Sitemap,
    Icon,
}

impl Crawled {
    pub const ALL: [Self; 3] = [Self::Robots, Self::Sitemap, Self::Icon];

    pub const fn path(self) -> &'static str {
        match self {
            Self::Robots => "/robots.txt",
            Self::Sitemap => "/sitemap.xml",
            Self::Icon => "/favicon.ico",
        }
    }
}

/// A file that makes the pages the operator's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branded {
    /// The style of what only such pages have, in the operator's colour.
    Style,
    Logo,
}

impl Branded {
    pub const fn path(self) -> &'static str {
        match self {
            Self::Style => "/branding.css",
            Self::Logo => "/logo",
        }
    }
}

/// Which of the two forms of the same is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Html,
    Json,
}

impl Page {
    /// Returns the language that its address chooses.
    pub const fn language(&self) -> Option<Language> {
        match self {
            Self::Status { language, .. }
            | Self::Incidents { language, .. }
            | Self::Incident(_, language)
            | Self::Target(_, _, language)
            | Self::SelfTest { language, .. }
            | Self::Embed { language, .. }
            | Self::Clients { language, .. }
            | Self::About { language } => *language,
        }
    }

    /// Returns the same page in a language, or in the one that its reader asks for.
    #[must_use]
    pub fn in_language(mut self, chosen: Option<Language>) -> Self {
        match &mut self {
            Self::Status { language, .. }
            | Self::Incidents { language, .. }
            | Self::Incident(_, language)
            | Self::Target(_, _, language)
            | Self::SelfTest { language, .. }
            | Self::Embed { language, .. }
            | Self::Clients { language, .. }
            | Self::About { language } => *language = chosen,
        }
        self
    }

    /// Returns its canonical path and query.
    pub fn name(&self) -> String {
        match self {
            Self::Status { form, part, search, language } => {
                let path = if *form == Form::Html { "/" } else { "/api/v1/page" };
                let path = match search {
                    Some(query) => found(path, query),
                    None if *part == 1 => path.to_owned(),
                    None => format!("{path}?page={part}"),
                };
                Spoken::of(*language, None).link(&path)
            }
            Self::Incidents { before, chosen, language } => {
                Spoken::of(*language, None).link(&chosen.link("/incidents", *before))
            }
            Self::Incident(name, language) => Spoken::of(*language, None).link(&format!("/incidents/{name}")),
            Self::Target(slug, range, language) => Spoken::of(*language, None).link(&ranged(slug.as_str(), *range)),
            Self::SelfTest { is_embedded, language } => {
                let path = if *is_embedded { "/self-test?embed" } else { "/self-test" };
                Spoken::of(*language, None).link(path)
            }
            Self::Clients { search, language } => {
                let path = search.as_ref().map_or_else(|| "/clients".to_owned(), |query| found("/clients", query));
                Spoken::of(*language, None).link(&path)
            }
            Self::About { language } => Spoken::of(*language, None).link("/about"),
            Self::Embed { look, is_framed, language } => {
                let path = if *is_framed { "/embed/frame" } else { "/embed" };
                Spoken::of(*language, None).link(&look.link(path))
            }
        }
    }
}

/// Returns the address of those of a page that are looked for.
fn found(path: &str, query: &str) -> String {
    [path, "?q=", &byte_serialize(query.as_bytes()).collect::<String>()].concat()
}

/// Of what there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPage {
    Incident,
    Target,
}
