//! Atom, RFC 4287.

use super::{Entry, Feed, xml::Xml};
use crate::{
    place::{NAME, ORIGIN},
    time,
};

pub fn write(feed: &Feed) -> String {
    let mut xml = Xml::begin();
    let namespaces = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", feed.language)];
    xml.around("feed", &namespaces, |xml| {
        xml.text("id", &[], &feed.id);
        xml.text("title", &[("type", "text")], &feed.title);
        xml.text("updated", &[], &time::format(feed.updated));
        xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &feed.path)]);
        xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &format!("{ORIGIN}/"))]);
        // RFC 5005 section 3.
        if let Some(next) = &feed.next {
            xml.empty("link", &[("rel", "next"), ("type", "application/atom+xml"), ("href", next)]);
        }
        xml.around("author", &[], |xml| xml.text("name", &[], NAME));
        xml.text("generator", &[], "Dualwatch");
        for entry in &feed.entries {
            xml.around("entry", &[], |xml| write_entry(xml, entry, feed.report));
        }
    });
    xml.finish()
}

fn write_entry(xml: &mut Xml, entry: &Entry, report: &str) {
    xml.text("id", &[], &entry.id);
    xml.text("title", &[("type", "text")], &entry.title);
    xml.text("published", &[], &time::format(entry.published));
    xml.text("updated", &[], &time::format(entry.updated));
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &entry.link)]);
    for category in &entry.categories {
        xml.empty("category", &[("term", category)]);
    }
    xml.text("content", &[("type", "html")], &entry.html(report));
}
