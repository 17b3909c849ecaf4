//! RSS 2.0 (<https://www.rssboard.org/rss-specification>), with Atom's links.

use super::{Entry, Feed, xml::Xml};
use crate::{place::ORIGIN, time};

pub fn write(feed: &Feed) -> String {
    let mut xml = Xml::begin();
    let spaces = [("version", "2.0"), ("xmlns:atom", "http://www.w3.org/2005/Atom")];
    xml.around("rss", &spaces, |xml| {
        xml.around("channel", &[], |xml| {
            xml.text("title", &[], &feed.title);
            xml.text("link", &[], &format!("{ORIGIN}/"));
            xml.text("description", &[], &feed.title);
            xml.text("language", &[], feed.language);
            xml.text("lastBuildDate", &[], &time::http_date(feed.updated));
            xml.text("generator", &[], "Dualwatch");
            xml.empty("atom:link", &[("rel", "self"), ("type", "application/rss+xml"), ("href", &feed.path)]);
            if let Some(next) = &feed.next {
                xml.empty("atom:link", &[("rel", "next"), ("type", "application/rss+xml"), ("href", next)]);
            }
            for entry in &feed.entries {
                xml.around("item", &[], |xml| write_item(xml, entry, feed.report));
            }
        });
    });
    xml.finish()
}

fn write_item(xml: &mut Xml, entry: &Entry, report: &str) {
    xml.text("title", &[], &entry.title);
    xml.text("link", &[], &entry.link);
    xml.text("guid", &[("isPermaLink", "false")], &entry.id);
    // There is no other time in the format, and readers take it for both.
    xml.text("pubDate", &[], &time::http_date(entry.updated));
    for category in &entry.categories {
        xml.text("category", &[], category);
    }
    xml.text("description", &[], &entry.html(report));
}
