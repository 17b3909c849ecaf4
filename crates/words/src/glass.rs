//! The last step before people see a text: what the medium itself would read as an order is written so that it does not.
//!
//! Texts of others are one line without anything invisible from the moment that they are read
//! (`dualwatch_core::measure::text`). What is left are the orders of each medium: a terminal's escape sequences (for
//! what came by another way, such as an error of a library), and Markdown's marks. HTML is escaped by what renders it.

use dualwatch_core::measure::text::{is_hidden, visible};
use std::borrow::Cow;

/// Returns a text for a terminal or a log: several lines stay several lines, and everything else that is invisible is
/// written out.
///
/// ```
/// assert_eq!(dualwatch_words::glass::terminal("one\n\u{1b}]0;two\u{7}"), "one\n\\u001b]0;two\\u0007");
/// ```
pub fn terminal(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c == '\n' || c == '\t' || !is_hidden(c);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let pieces = text.split_inclusive(['\n', '\t']).map(|piece| {
        let (words, end) = piece.split_at(piece.len() - usize::from(piece.ends_with(['\n', '\t'])));
        visible(words).into_owned() + end
    });
    Cow::Owned(pieces.collect())
}

/// Returns a text for the middle of a line of Markdown (`CommonMark`, and GitHub's tables, links and mentions): it is read
/// there as it is.
///
/// ```
/// let text = "a <b>[link](https://x.example)</b> of @all";
/// assert_eq!(
///     dualwatch_words::glass::markdown(text),
///     r"a \<b\>\[link\](https\://x.example)\</b\> of \@all"
/// );
/// ```
pub fn markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    let text = visible(text);
    let mut rest = text.chars().peekable();
    let mut is_first = true;
    while let Some(c) = rest.next() {
        let is_mark = match c {
            // A backslash before a letter or digit is no escape and stays readable.
            '\\' => rest.peek().is_none_or(char::is_ascii_punctuation),
            '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '#' | '@' | '$' => true,
            // `https://` becomes a link by itself.
            ':' => rest.peek() == Some(&'/'),
            '-' | '+' | '=' => is_first,
            _ => false,
        };
        if is_mark {
            shown.push('\\');
        }
        shown.push(c);
        is_first = false;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Promise (Texts): No text of a target orders a terminal, a document, a page or a log about: control and
    /// bidirectional characters are written out.
    #[test]
    fn a_terminal_gets_lines_and_no_orders() {
        assert!(matches!(terminal("two\nlines, and \u{4f60}\u{597d}\n"), Cow::Borrowed(_)));
        assert_eq!(terminal("a\u{9b}31m\u{202e}b\rc\nd"), "a\\u009b31m\\u202eb\\rc\nd");
        assert_eq!(terminal("\u{1b}"), "\\u001b");
    }

    /// Promise (Texts): A report is no place for markup of others: HTML, links and line breaks of a target are shown as
    /// text.
    #[test]
    fn markdown_is_read_as_it_is() {
        for (text, shown) in [
            (
                "IPv6: 2001:db8::1 refused the connection after 12 ms",
                "IPv6: 2001:db8::1 refused the connection after 12 ms",
            ),
            ("a\nb", r"a\nb"),
            ("# title", r"\# title"),
            ("- item", r"\- item"),
            ("well-known", "well-known"),
            ("![x](y)", r"!\[x\](y)"),
            ("&lt;", r"\&lt;"),
            (r"a\*b", r"a\\\*b"),
            ("CN=*.example", r"CN=\*.example"),
        ] {
            assert_eq!(markdown(text), shown);
        }
    }
}
