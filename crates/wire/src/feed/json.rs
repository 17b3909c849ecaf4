//! JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>).

use super::{Entry, Feed};
use crate::{
    place::{NAME, ORIGIN},
    time::rfc3339,
};
use dualwatch_core::measure::time::Timestamp;
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: String,
    feed_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_url: Option<&'a str>,
    language: &'a str,
    authors: [Author; 1],
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Author {
    name: &'static str,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    content_html: String,
    #[serde(with = "rfc3339")]
    date_published: Timestamp,
    #[serde(with = "rfc3339")]
    date_modified: Timestamp,
    tags: &'a [String],
    language: &'a str,
    /// Whoever reads extensions; all of it is in the title, the text and the tags, too.
    #[serde(rename = "_dualwatch")]
    extension: Extension,
}

#[derive(Serialize)]
struct Extension {
    state: &'static str,
}

pub fn write(feed: &Feed) -> String {
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: &feed.title,
        home_page_url: format!("{ORIGIN}/"),
        feed_url: &feed.path,
        next_url: feed.next.as_deref(),
        language: feed.language,
        authors: [Author { name: NAME }],
        items: feed.entries.iter().map(|entry| item(entry, feed)).collect(),
    };
    // Documents of ours are always JSON: their keys are text.
    serde_json::to_string(&document).unwrap_or_default()
}

fn item<'a>(entry: &'a Entry, feed: &'a Feed) -> Item<'a> {
    Item {
        id: &entry.id,
        url: &entry.link,
        title: &entry.title,
        content_html: entry.html(feed.report),
        date_published: entry.published,
        date_modified: entry.updated,
        tags: &entry.categories,
        language: feed.language,
        extension: Extension { state: entry.state },
    }
}
