//! The glass of XML: text that is not markup, whatever is in it.

use dualwatch_core::measure::text::visible;

/// Returns a text for the inside of an element, or of an attribute in quotation marks: what XML reads as markup is escaped,
/// and what it cannot hold (section 2.2), as everything without a shape of its own, is written out.
///
/// ```
/// assert_eq!(dualwatch_wire::xml::escaped("a<b> & \"c\"\u{0}\u{202e}"), "a&lt;b&gt; &amp; &quot;c&quot;\\u0000\\u202e");
/// ```
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 16);
    for c in visible(text).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&apos;"),
            // No characters of XML 1.0.
            '\u{fffe}' | '\u{ffff}' => shown.push('\u{fffd}'),
            c => shown.push(c),
        }
    }
    shown
}
