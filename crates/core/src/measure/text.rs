//! Text that is not ours: what a certificate, a header, a DNS record or a repository of somebody else says.

use serde::{Deserialize as _, Deserializer};
use std::{borrow::Cow, fmt::Write as _};

/// Returns foreign text as it may stand in one line of anything we show: what has no shape of its own is written as
/// JSON writes it (RFC 8259 section 7), so that nobody can move the cursor, end the line, or turn the reading direction
/// of our words. What is written so already stays.
///
/// ```
/// use dualwatch_core::measure::text::visible;
/// assert_eq!(visible("CN=Example, O=株式会社"), "CN=Example, O=株式会社");
/// assert_eq!(visible("a\u{1b}[2Jb\r\nc\u{202e}d"), r"a\u001b[2Jb\r\nc\u202ed");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_hidden(c) => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                let _ = write!(shown, "\\u{unit:04x}");
            }),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Whether a character has no shape and changes how others are read: controls, line and paragraph separators, marks and
/// overrides of the reading direction (UAX #9), invisible ones of no width, and tags. The joiners U+200C and U+200D are
/// not among them: words of several languages are spelt with them.
pub const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// Makes a text [`visible`] where it stands.
pub fn show(text: &mut String) {
    if let Cow::Owned(shown) = visible(text) {
        *text = shown;
    }
}

/// Reads a text of a document that somebody else may have written, [`visible`].
pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let mut text = String::deserialize(deserializer)?;
    show(&mut text);
    Ok(text)
}

/// Reads a text that may be absent, [`visible`].
pub fn read_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let mut text = Option::<String>::deserialize(deserializer)?;
    text.iter_mut().for_each(show);
    Ok(text)
}

/// Reads a list of texts, each [`visible`].
pub fn read_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let mut texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter_mut().for_each(show);
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_any_language_stays() {
        for text in ["", "plain", "münchen", "日本語", "עברית", "नमस्ते", "می\u{200c}خواهم", "👩\u{200d}🚒", r"a\n"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(shown) if shown == text), "{text}");
        }
    }

    #[test]
    fn what_has_no_shape_is_written_out() {
        for (text, shown) in [
            ("\u{9b}31m", r"\u009b31m"),
            ("\u{7f}", r"\u007f"),
            ("\u{2066}x\u{2069}", r"\u2066x\u2069"),
            ("\u{2028}", r"\u2028"),
            ("\0", r"\u0000"),
            ("\u{e0041}", r"\udb40\udc41"),
            ("pay\u{200b}pal\u{feff}", r"pay\u200bpal\ufeff"),
            ("a\tb", r"a\tb"),
        ] {
            assert_eq!(visible(text), shown);
            assert_eq!(visible(&visible(text)), shown, "twice is once");
        }
    }

    #[test]
    fn it_reads_back_as_json() {
        // `core` knows no JSON: by hand.
        let shown = visible("\u{202e}").into_owned();
        let number = u32::from_str_radix(shown.trim_start_matches("\\u"), 16).ok().and_then(char::from_u32);
        assert_eq!(number, Some('\u{202e}'));
    }
}
