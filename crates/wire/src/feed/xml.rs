//! The glass of XML, and of the HTML inside of feeds: whatever a text holds, what is written is well-formed and shows it.

use dualwatch_core::measure::text::visible;
use quick_xml::{
    Writer,
    escape::escape,
    events::{BytesDecl, BytesText, Event},
};
use std::borrow::Cow;

/// Returns a text as XML 1.0 can have it (production 2, `Char`): what has no shape is written out, and the two that are no
/// characters are left out.
pub fn clean(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if text.contains(is_none) { Cow::Owned(text.replace(is_none, "")) } else { text }
}

/// U+FFFE and U+FFFF: no XML may have them, not even as a reference.
const fn is_none(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Returns a text as a title: angle brackets, which readers take for HTML however they are written, look like themselves.
///
/// ```
/// assert_eq!(dualwatch_wire::feed::xml::plain("a <b>\u{1b}"), r"a ‹b›\u001b");
/// ```
pub fn plain(text: &str) -> String {
    clean(text).replace('<', "‹").replace('>', "›")
}

/// Returns a text as HTML shows it, also between quotes.
pub fn html(text: &str) -> String {
    escape(&*clean(text)).into_owned()
}

/// Writes elements one after the other.
pub struct Xml(Writer<Vec<u8>>);

impl Xml {
    pub fn begin() -> Self {
        let mut writer = Writer::new(Vec::new());
        // A vector takes everything, here and below.
        let _ = writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        Self(writer)
    }

    /// Writes an element that holds a text.
    pub fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        let element = self.0.create_element(name).with_attributes(attributes.iter().copied());
        let _ = element.write_text_content(BytesText::new(&clean(text)));
    }

    /// Writes an element that holds nothing.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let _ = self.0.create_element(name).with_attributes(attributes.iter().copied()).write_empty();
    }

    /// Writes an element around others.
    pub fn around(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        use quick_xml::events::{BytesEnd, BytesStart};
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        let _ = self.0.write_event(Event::Start(start));
        inside(self);
        let _ = self.0.write_event(Event::End(BytesEnd::new(name)));
    }

    pub fn finish(self) -> String {
        String::from_utf8(self.0.into_inner()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise (Texts): A feed is well-formed whatever a name, a cause or a title of somebody else holds.
    #[test]
    fn every_character_is_one_that_xml_has() {
        let all: String = (0..=0x0011_0000_u32)
            .filter_map(char::from_u32)
            .filter(|c| !('\u{3000}'..='\u{ff00}').contains(c))
            .collect();
        let mut xml = Xml::begin();
        xml.text("a", &[("b", &clean(&all))], &all);
        let text = xml.finish();
        let is_char =
            |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(text.chars().all(is_char));
        let mut reader = quick_xml::Reader::from_str(&text);
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Eof => break,
                Event::Start(start) => assert!(start.attributes().all(|attribute| attribute.is_ok())),
                _ => {}
            }
        }
        assert_eq!(html("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&apos;");
    }
}
