//! The door: what a request from outside asks for, as a value; and the calls from object to object that it leads to.
//!
//! In scope: every public address, and what is refused before any object is asked. Text from outside becomes a [`Slug`], an
//! [`IncidentName`], a number or a time here, or goes no further. What objects say to each other is a value too
//! ([`inner`]); nothing that came by a public address is one.
//! Out of scope: bodies, tokens, and what the answer is.
//!
//! ```
//! use dualwatch_core::measure::{slug::Slug, time::Timestamp};
//! use dualwatch_wire::door::{Document, Refusal, Route, parse};
//!
//! let ask = |path: &str| parse("GET", &format!("https://status.example{path}"), Timestamp::from_unix_ms(0));
//! let shop = Slug::parse("shop").unwrap();
//! assert_eq!(ask("/api/v1/targets/shop"), Ok(Route::Document(Document::Detail(shop))));
//! assert!(matches!(ask(r"/api/v1/targets/..\rearm"), Err(Refusal::NotFound(_))));
//! ```

pub mod address;
pub mod badge;
pub mod base;
pub mod credentials;
pub mod document;
pub mod inner;
pub mod name;
pub mod page;
pub mod probe;
pub mod proxies;
pub mod span;
pub mod upptime;
pub mod widget;

pub use badge::{AskedBadge, NoBadge};
pub use document::{Asks, Document};
pub use name::IncidentName;
pub use page::{Branded, Chosen, Crawled, Form, NoPage, Page};
pub use probe::{MAX_DELAY_MS, MAX_PROBE_BYTES, Probe};
pub use span::{Begin, Span};
pub use widget::{Look, Theme, Variant, Whom};

use crate::{answer::language::Language, events::Revision, feed, problem::Problem, statuspage::Which, v1::search};
use address::{Address, Query, shown};
use dualwatch_core::measure::{slug::Slug, time::Timestamp};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// What may be asked (RFC 9110 section 9.3.7): the same everywhere.
    Options,
    Health,
    /// A file of the page.
    Asset,
    /// How a visitor tests itself.
    Probe(Probe),
    Page(Page),
    Crawled(Crawled),
    Branded(Branded),
    Badge(AskedBadge),
    /// A file of an Upptime repository, or what its pages ask of their code host.
    Upptime(upptime::Upptime),
    Document(Document),
    /// The script of the widget, as it is now.
    WidgetScript,
    /// What a widget shows.
    Widget {
        whom: Whom,
        language: Language,
    },
    /// What a browser needs that is to ask a target itself.
    WidgetCheck {
        slug: Slug,
        language: Language,
    },
    /// The configuration as it is shown.
    ReadConfig,
    TakeConfig,
    /// A past for a target.
    LoadRounds {
        slug: Slug,
        pace: Pace,
    },
    Plans,
    TakeRounds,
    /// What the host program says of its disk.
    TakeStorage,
    /// The host program is about to end us.
    TakeEnd,
    /// Everything as metrics.
    Metrics,
    /// The stream that says when something has changed, to who has the revision `since`.
    Events {
        since: Option<Revision>,
    },
    /// What the API is, for one of both.
    Described(Described),
    /// What real clients do, as a document.
    Clients,
}

/// For whom the API is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Described {
    People,
    /// As an `OpenAPI` document.
    Programs,
}

impl Described {
    /// Returns its canonical path.
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "/api",
            Self::Programs => "/api/v1/openapi.json",
        }
    }
}

/// How rounds of the past are read: as the target is configured, where nothing else is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// So many rounds in a row confirm a change: records of a monitor that confirms by itself need one.
    pub confirm: Option<u32>,
    /// The usual distance of rounds, in seconds: how long one speaks for the time after it.
    pub interval_s: Option<u32>,
    /// They are records of what has changed: for so many seconds at most one stands for all that were the same until the
    /// next.
    pub unchanged_s: Option<u32>,
}

/// Why a request goes no further than the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is nothing at this address; with a sentence for programs.
    NotFound(String),
    /// The same of a page.
    NoPage(NoPage),
    /// What is asked for cannot be.
    Bad(String),
    /// The method is not one of these, as the `Allow` header writes them.
    Method(&'static str),
    /// Asked of a host whose name only our own objects have.
    Misdirected,
}

impl Refusal {
    /// Returns what is answered.
    pub fn problem(&self) -> Problem {
        match self {
            Self::NotFound(detail) => Problem::new(404, "not-found", "Not found", detail),
            Self::NoPage(NoPage::Incident) => Problem::new(404, "not-found", "Not found", NO_INCIDENT),
            Self::NoPage(NoPage::Target) => Problem::new(404, "not-found", "Not found", NO_TARGET),
            Self::Bad(detail) => Problem::new(400, "bad-request", "Bad request", detail),
            Self::Method(allowed) => Problem::new(
                405,
                "method-not-allowed",
                "Method not allowed",
                match allowed.rsplit_once(", ") {
                    Some((most, last)) => format!("only {most} and {last} are answered here"),
                    None => format!("only {allowed} is answered here"),
                },
            ),
            // RFC 9110 section 15.5.20.
            Self::Misdirected => {
                Problem::new(421, "misdirected", "Misdirected", "nothing is served under this host name")
            }
        }
    }
}

const READ: &str = "GET, HEAD";
const POST: &str = "POST";
const PUT: &str = "PUT";

/// Returns what a request asks for, by its method and its whole address. What may be read with `GET` may be asked for with
/// `HEAD`.
///
/// # Errors
/// Why it cannot be answered, whatever is stored.
pub fn parse(method: &str, url: &str, now: Timestamp) -> Result<Route, Refusal> {
    let Some(Address { authority, path, query }) = Address::of(url) else {
        return Err(Refusal::NotFound("this is no address".to_owned()));
    };
    if inner::is_inner(authority) {
        return Err(Refusal::Misdirected);
    }
    if method == OPTIONS {
        return Ok(Route::Options);
    }
    let asked = Asked { method, path, query, now };
    let mut parts = [""; 6];
    let mut n = 0;
    for part in path[1..].split('/') {
        let Some(place) = parts.get_mut(n) else { return Err(asked.nothing()) };
        *place = part;
        n += 1;
    }
    match &parts[..n] {
        [""] => asked.read(|| asked.status(Form::Html)),
        ["healthz"] => asked.read(|| Ok(Route::Health)),
        ["assets", files @ ..] => asked.read(|| if is_file(files) { Ok(Route::Asset) } else { Err(asked.nothing()) }),
        ["incidents"] => asked.read(|| {
            let (before, chosen) = (query.time("before")?, query.chosen()?);
            Ok(Route::Page(Page::Incidents { before, chosen, language: query.language() }))
        }),
        ["incidents", name] => asked.read(|| {
            let name = IncidentName::parse(name);
            name.map(|name| Route::Page(Page::Incident(name, query.language())))
                .ok_or(Refusal::NoPage(NoPage::Incident))
        }),
        ["targets", slug] => asked.read(|| {
            let slug = Slug::parse(slug).ok_or(Refusal::NoPage(NoPage::Target))?;
            Ok(Route::Page(Page::Target(slug, query.range()?, query.language())))
        }),
        ["self-test"] => asked
            .read(|| Ok(Route::Page(Page::SelfTest { is_embedded: query.has("embed"), language: query.language() }))),
        ["clients"] => asked.read(|| {
            let search = query.value("q").and_then(|text| search::query(&text));
            Ok(Route::Page(Page::Clients { search, language: query.language() }))
        }),
        ["about"] => asked.read(|| Ok(Route::Page(Page::About { language: query.language() }))),
        ["robots.txt"] => asked.read(|| Ok(Route::Crawled(Crawled::Robots))),
        ["sitemap.xml"] => asked.read(|| Ok(Route::Crawled(Crawled::Sitemap))),
        ["favicon.ico"] => asked.read(|| Ok(Route::Crawled(Crawled::Icon))),
        ["branding.css"] => asked.read(|| Ok(Route::Branded(Branded::Style))),
        ["logo"] => asked.read(|| Ok(Route::Branded(Branded::Logo))),
        ["widget.js"] => asked.read(|| Ok(Route::WidgetScript)),
        ["embed"] => asked.read(|| Ok(asked.embed(false))),
        ["embed", "frame"] => asked.read(|| Ok(asked.embed(true))),
        ["badge", file] => asked.badge(file, false),
        [file @ ("badge.svg" | "badge.json")] => asked.badge(file, true),
        ["probe", which] => asked.probe(which),
        // What blocks by name or by path knows neither this nor the host that it is asked of.
        ["hello"] => asked.probe("ip"),
        ["api"] => asked.read(|| Ok(Route::Described(Described::People))),
        ["metrics"] => asked.read(|| Ok(Route::Metrics)),
        ["host", "storage"] => asked.put(|| Ok(Route::TakeStorage)),
        ["host", "end"] => asked.put(|| Ok(Route::TakeEnd)),
        ["api", "v1", below @ ..] => asked.api(below),
        ["api", "v2", ..]
        | ["feed.atom" | "feed.rss" | "feed.json" | "history.atom" | "history.rss" | "history.json"] => asked.foreign(),
        file => match upptime::Upptime::read(file, &query) {
            Some(file) => asked.read(|| Ok(Route::Upptime(file))),
            None => Err(asked.nothing()),
        },
    }
}

/// Returns the methods that an address is asked with, as the `Allow` header writes them; `None` where there is nothing,
/// whatever is stored.
pub fn methods(url: &str) -> Option<String> {
    // No address has this method, so that those that there are say which ones they have.
    match parse("", url, Timestamp::from_unix_ms(0)) {
        Err(Refusal::Method(allowed)) => Some(format!("{allowed}, {OPTIONS}")),
        _ => None,
    }
}

/// Returns the language that an address chooses, whatever is there.
pub fn language(url: &str) -> Option<Language> {
    Address::of(url)?.query.language()
}

const OPTIONS: &str = "OPTIONS";

const NO_INCIDENT: &str = "There is no incident with this name: it may be mistyped.";
const NO_TARGET: &str = "There is no service with this name: it may be mistyped.";

/// Whether these are the names of a file and of the folders around it: nothing that leads elsewhere.
fn is_file(names: &[&str]) -> bool {
    let is_name = |name: &&str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    };
    !names.is_empty() && names.iter().all(is_name)
}

/// A request, on the way to what it asks for.
struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    query: Query<'a>,
    now: Timestamp,
}

impl Asked<'_> {
    fn nothing(&self) -> Refusal {
        Refusal::NotFound(format!("there is nothing at {}", shown(self.path)))
    }

    fn is_read(&self) -> bool {
        matches!(self.method, "GET" | "HEAD")
    }

    fn read(&self, route: impl FnOnce() -> Result<Route, Refusal>) -> Result<Route, Refusal> {
        if self.is_read() { route() } else { Err(Refusal::Method(READ)) }
    }

    fn post(&self, route: impl FnOnce() -> Result<Route, Refusal>) -> Result<Route, Refusal> {
        if self.method == "POST" { route() } else { Err(Refusal::Method(POST)) }
    }

    fn put(&self, route: impl FnOnce() -> Result<Route, Refusal>) -> Result<Route, Refusal> {
        if self.method == "PUT" { route() } else { Err(Refusal::Method(PUT)) }
    }

    fn badge(&self, file: &str, is_of_all: bool) -> Result<Route, Refusal> {
        let badge = badge::read(file, is_of_all, &self.query).ok_or_else(|| self.nothing())?;
        self.read(|| Ok(Route::Badge(badge)))
    }

    /// As [`read`](Self::read), of an address that has these parameters and no others: who misspells one is told so.
    fn read_with(&self, known: &[&str], route: impl FnOnce() -> Result<Route, Refusal>) -> Result<Route, Refusal> {
        self.read(|| self.query.only(known).and_then(|()| route()))
    }

    fn api(&self, below: &[&str]) -> Result<Route, Refusal> {
        let document = |known: &[&str], read: fn(&Query<'_>) -> Result<Document, Refusal>| {
            self.read_with(known, || read(&self.query).map(Route::Document))
        };
        match below {
            ["page"] => self.read_with(&["page", "q"], || self.status(Form::Json)),
            ["openapi.json"] => self.read_with(&[], || Ok(Route::Described(Described::Programs))),
            ["clients"] => self.read_with(&[], || Ok(Route::Clients)),
            ["events"] => self.read_with(&["since"], || self.events()),
            ["status"] => document(&["after", "limit"], Document::status),
            ["incidents"] => document(&["target", "before"], Document::incidents),
            ["incidents", name, rest @ ..] => self.incident(name, rest),
            ["targets", slug, rest @ ..] => self.target(slug, rest),
            ["config"] => match self.method {
                "PUT" => self.query.only(&[]).map(|()| Route::TakeConfig),
                _ if self.is_read() => self.read_with(&[], || Ok(Route::ReadConfig)),
                _ => Err(Refusal::Method("GET, HEAD, PUT")),
            },
            ["widget", rest @ ..] => self.widget(rest),
            ["vantage", "plans"] => self.read_with(&[], || Ok(Route::Plans)),
            ["vantage", "rounds"] => self.post(|| self.query.only(&[]).map(|()| Route::TakeRounds)),
            _ => Err(self.nothing()),
        }
    }

    /// What others have addresses for: Statuspage's API, and feeds.
    fn foreign(&self) -> Result<Route, Refusal> {
        if let Some(which) = Which::ALL.into_iter().find(|which| which.path() == self.path) {
            return self.read(|| Document::statuspage(which, &self.query).map(Route::Document));
        }
        let (name, ending) = self.path[1..].split_once('.').ok_or_else(|| self.nothing())?;
        let form = feed::Form::ALL.into_iter().find(|form| form.code() == ending).ok_or_else(|| self.nothing())?;
        let document = match (name, form) {
            ("history", feed::Form::Json) => Document::months(&self.query),
            ("history" | "feed", _) => Document::feed(form, name == "history", &self.query),
            _ => return Err(self.nothing()),
        };
        self.read(|| document.map(Route::Document))
    }

    /// `?page=N`: a part of the status page; `?q=`: what is looked for in all parts.
    fn status(&self, form: Form) -> Result<Route, Refusal> {
        let search = self.query.value("q").and_then(|text| search::query(&text));
        let part = self.query.number("page", 0..=u32::MAX)?.filter(|_| search.is_none()).unwrap_or(1);
        let language = self.query.language().filter(|_| form == Form::Html);
        Ok(Route::Page(Page::Status { form, part, search, language }))
    }

    /// `?since=ID`: of a reader who cannot send headers, as a browser that opens its first stream.
    fn events(&self) -> Result<Route, Refusal> {
        let hint = "`since` is the `id` of an event, or the `revision` of /api/v1/page";
        let since = self.query.value("since");
        let since = since.map(|id| Revision::parse(&id).ok_or_else(|| Refusal::Bad(hint.to_owned()))).transpose()?;
        Ok(Route::Events { since })
    }

    fn incident(&self, name: &str, rest: &[&str]) -> Result<Route, Refusal> {
        let made = match rest {
            [] => Document::Incident,
            ["report.md"] => Document::Report,
            _ => return Err(self.nothing()),
        };
        let Some(name) = IncidentName::parse(name) else {
            let detail = "there is no incident of this name; /api/v1/incidents lists them all";
            return Err(Refusal::NotFound(detail.to_owned()));
        };
        self.read_with(&[], || Ok(Route::Document(made(name))))
    }

    fn target(&self, slug: &str, rest: &[&str]) -> Result<Route, Refusal> {
        if !matches!(rest, [] | ["rounds" | "availability" | "history"]) {
            return Err(self.nothing());
        }
        let Some(slug) = Slug::parse(slug) else {
            let detail = "there is no target of this name; /api/v1/status lists them all";
            return Err(Refusal::NotFound(detail.to_owned()));
        };
        let known = |known| self.query.only(known);
        match (rest, self.method) {
            (["rounds"], "POST") => Ok(Route::LoadRounds { slug, pace: self.pace()? }),
            (["rounds"], _) if !self.is_read() => Err(Refusal::Method("GET, HEAD, POST")),
            _ if !self.is_read() => Err(Refusal::Method(READ)),
            (["rounds"], _) => {
                known(&["from", "to"])?;
                Ok(Route::Document(Document::rounds(slug, &self.query, self.now)?))
            }
            (["history"], _) => {
                known(&["size", "from", "to"])?;
                Ok(Route::Document(Document::history(slug, &self.query, self.now)?))
            }
            (["availability"], _) => known(&[]).map(|()| Route::Document(Document::Availability(slug))),
            _ => known(&[]).map(|()| Route::Document(Document::Detail(slug))),
        }
    }

    fn pace(&self) -> Result<Pace, Refusal> {
        self.query.only(&["confirm", "interval", "unchanged"])?;
        let confirm = self.query.number("confirm", 1..=10)?;
        let interval_s = self.query.number("interval", 5..=7 * 86_400)?;
        let unchanged_s = self.query.number("unchanged", 5..=366 * 86_400)?;
        Ok(Pace { confirm, interval_s, unchanged_s })
    }
}

#[cfg(test)]
mod tests;
