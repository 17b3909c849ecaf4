//! `page:`: what makes the pages the operator's own.

mod colour;
mod line;
mod markdown;
mod picture;

use super::Files;
use crate::{
    fields::{self, Fields},
    finding::{Report, quoted},
    yaml::Node,
    zone::{self, Day},
};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::v1::branding::{Announcement, Branding, Link, Pictures};
use url::Url;

const KEYS: &[&str] =
    &["name", "contact", "links", "introduction", "footer", "announcements", "accent", "logo", "favicon"];
/// In characters.
const MAX_NAME: usize = 60;
const MAX_TITLE: usize = 120;
/// In bytes; RFC 5321 has no longer address of mail, and URLs in a footer need no more either.
const MAX_URL: usize = 1_024;
const MAX_LINKS: usize = 12;
const MAX_ANNOUNCEMENTS: usize = 20;

pub(super) fn read(node: &Node, files: Files<'_>, report: &mut Report) -> (Branding, Pictures) {
    let Some(fields) = Fields::read(node, "`page`", KEYS, report) else { return Default::default() };
    let markdown = |key: &str, report: &mut Report| markdown::read(fields.get(key)?, &format!("`{key}`"), report);
    let picture = |key: &str, report: &mut Report| {
        fields.get(key).and_then(|node| picture::read(node, key, files, report)).unzip()
    };
    let (logo, in_logo) = picture("logo", report);
    let (favicon, in_favicon) = picture("favicon", report);
    let branding = Branding {
        name: fields.get("name").and_then(|node| line::read(node, "`name`", MAX_NAME, report)),
        contact: fields.get("contact").and_then(|node| contact(node, report)),
        links: fields.get("links").map(|node| links(node, report)).unwrap_or_default(),
        introduction: markdown("introduction", report),
        footer: markdown("footer", report),
        announcements: fields.get("announcements").map(|node| announcements(node, report)).unwrap_or_default(),
        accent: fields.get("accent").and_then(|node| colour::read(node, report)),
        logo,
        favicon,
    };
    (branding, Pictures { logo: in_logo, favicon: in_favicon })
}

/// Reads an address of mail, or a URL, as a URL.
fn contact(node: &Node, report: &mut Report) -> Option<String> {
    let text = fields::text(node, "`contact`", report)?.trim();
    let written = if text.contains('@') && !text.contains(':') { format!("mailto:{text}") } else { text.to_owned() };
    let url = link_to(&written).filter(|url| match url.scheme() {
        "mailto" => is_mail(url.path()),
        scheme => scheme == "https",
    });
    if url.is_none() {
        let message = format!("`contact` is neither an address of mail nor an https URL: {}", quoted(text));
        report.error(node.at, "bad_url", message, "write `ops@shop.example` or `https://shop.example/help`");
    }
    url.map(String::from)
}

fn is_mail(address: &str) -> bool {
    matches!(address.split_once('@'), Some((name, host)) if !name.is_empty() && host.contains('.') && !host.contains('@'))
}

/// Returns where a link may lead: to the web or to a mailbox, and to nothing that a browser would run.
fn link_to(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok().filter(|url| url.as_str().len() <= MAX_URL)?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty());
    // Who reads a link takes what stands before an `@` for the host.
    let is_plain = url.username().is_empty() && url.password().is_none();
    ((is_web && is_plain) || url.scheme() == "mailto").then_some(url)
}

fn links(node: &Node, report: &mut Report) -> Vec<Link> {
    let items = at_most(node, "`links`", MAX_LINKS, report);
    items.iter().filter_map(|item| link(item, report)).collect()
}

fn link(node: &Node, report: &mut Report) -> Option<Link> {
    let fields = Fields::read(node, "a link", &["text", "url"], report)?;
    let text = needed(&fields, "a link", "text", report).and_then(|node| line::read(node, "`text`", MAX_NAME, report));
    let node = needed(&fields, "a link", "url", report)?;
    let written = fields::text(node, "`url`", report)?;
    let Some(url) = link_to(written).filter(|url| url.scheme() == "https") else {
        let message = format!("{} is no https URL", quoted(written));
        report.error(node.at, "bad_url", message, "write the whole of it: `https://shop.example/imprint`");
        return None;
    };
    Some(Link { text: text?, url: url.into() })
}

fn announcements(node: &Node, report: &mut Report) -> Vec<Announcement> {
    let items = at_most(node, "`announcements`", MAX_ANNOUNCEMENTS, report);
    items.iter().filter_map(|item| announcement(item, report)).collect()
}

fn announcement(node: &Node, report: &mut Report) -> Option<Announcement> {
    const WHAT: &str = "an announcement";
    let fields = Fields::read(node, WHAT, &["title", "text", "from", "until", "zone"], report)?;
    let title = needed(&fields, WHAT, "title", report).and_then(|node| line::read(node, "`title`", MAX_TITLE, report));
    let text = fields.get("text").map_or(Some(String::new()), |node| markdown::read(node, "`text`", report));
    let zone = match fields.get("zone") {
        Some(node) => Some(zone::read(node, "`zone`", report)?.1),
        None => None,
    };
    let mut moment = |key: &str, day| -> Option<Option<Timestamp>> {
        let Some(node) = fields.get(key) else { return Some(None) };
        zone::moment(node, &format!("`{key}`"), zone.as_ref(), day, report).map(Some)
    };
    let (from, until) = (moment("from", Day::Start), moment("until", Day::End));
    let (from, until) = (from?, until?);
    if let (Some(begin), Some(end)) = (from, until)
        && end <= begin
    {
        let message = "`until` is not after `from`, so that nobody would read this";
        report.error(fields.place_of("until"), "empty_window", message, "put it later, or leave it out");
        return None;
    }
    Some(Announcement { title: title?, text: text?, from, until })
}

fn needed<'n>(fields: &Fields<'n>, what: &str, key: &str, report: &mut Report) -> Option<&'n Node> {
    let node = fields.get(key);
    if node.is_none() {
        report.error(fields.at, "missing_key", format!("{what} without `{key}`"), format!("add `{key}:`"));
    }
    node
}

fn at_most<'n>(node: &'n Node, what: &str, limit: usize, report: &mut Report) -> &'n [Node] {
    let items = fields::list(node, what, report).unwrap_or_default();
    if items.len() > limit {
        let message = format!("{what} has {} items; {limit} is the limit", items.len());
        report.error(items[limit].at, "out_of_range", message, "keep those that matter most");
    }
    &items[..items.len().min(limit)]
}
