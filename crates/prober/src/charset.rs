//! Charsets of texts: which one an answer's body is in, as browsers find it out.
//!
//! | what is there, the first that is | the charset |
//! |---|---|
//! | a byte order mark (`EF BB BF`, `FE FF`, `FF FE`) | UTF-8, UTF-16BE, UTF-16LE, whatever else is said |
//! | `charset` in `Content-Type` | that one |
//! | HTML: `<meta charset>` or `<meta http-equiv>` in the first 1,024 bytes; XML: `encoding` of its declaration | that one |
//! | nothing of these, or a label that nobody knows | UTF-8 |
//!
//! Sources: WHATWG Encoding, section 6 (decode) and 4.2 (labels); HTML 13.2.3.2; RFC 9110 section 8.3.2.

mod declared;

use crate::{dial::Decode, work::Work};
use http::{HeaderMap, header};
use std::borrow::Cow;

use crate::{body::Body, classify::Failure, dial::Clock};

/// What a byte takes at most to be read as text, in words.
const WORDS_A_BYTE: usize = 8;
/// As far as browsers look for a declaration.
const MAX_BYTES_TO_DECLARATION: usize = 1024;

/// A body as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read<'b> {
    Text {
        text: Cow<'b, str>,
        /// The end is missing, of the body or of the text.
        is_cut: bool,
    },
    /// Nobody reads it: its charset, for people.
    Unread(String),
}

/// Reads a body in its charset, keeping at most `limit` bytes of the text.
pub async fn read<'b, H: Clock + Decode>(
    work: &mut Work<'_, H>,
    host: &H,
    body: &'b Body,
    headers: &HeaderMap,
    limit: usize,
) -> Result<Read<'b>, Failure> {
    work.takes(body.bytes.len() * WORDS_A_BYTE).await?;
    let (label, bytes) = label(headers, &body.bytes);
    let Some(label) = label.filter(|label| !is_utf8(label)) else {
        return Ok(Read::Text { text: String::from_utf8_lossy(bytes), is_cut: body.is_cut });
    };
    if is_replaced(&label) {
        return Ok(Read::Unread(format!("the charset `{label}`")));
    }
    let Some(mut text) = host.decode(&label, bytes) else {
        return Ok(Read::Text { text: String::from_utf8_lossy(bytes), is_cut: body.is_cut });
    };
    let is_cut = body.is_cut || text.len() > limit;
    text.truncate(text.floor_char_boundary(limit));
    Ok(Read::Text { text: Cow::Owned(text), is_cut })
}

/// Returns the bytes of a body without the mark of UTF-8 in front: JSON is never in another charset, and a parser may pass
/// the mark over (RFC 8259 section 8.1), as browsers do.
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Returns the label of a charset in lower case, and the text's own bytes.
fn label<'b>(headers: &HeaderMap, bytes: &'b [u8]) -> (Option<String>, &'b [u8]) {
    for (mark, label) in [(&b"\xef\xbb\xbf"[..], "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le")] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return (Some(label.to_owned()), rest);
        }
    }
    let content_type = headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
    let said = parameter(&content_type).or_else(|| {
        let first = &bytes[..bytes.len().min(MAX_BYTES_TO_DECLARATION)];
        match content_type.split(';').next().unwrap_or_default().trim() {
            // Without a type browsers look whether it is HTML.
            "" | "text/html" => declared::in_html(first),
            kind if kind == "application/xml" || kind == "text/xml" || kind.ends_with("+xml") => {
                declared::in_xml(first)
            }
            _ => None,
        }
    });
    (said, bytes)
}

/// Returns `charset` of a `Content-Type` in lower case.
fn parameter(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"').trim();
        (name.trim() == "charset" && !value.is_empty()).then(|| value.to_owned())
    })
}

fn is_utf8(label: &str) -> bool {
    matches!(label, "utf-8" | "utf8" | "unicode-1-1-utf-8" | "unicode11utf8" | "unicode20utf8" | "x-unicode20utf8")
}

/// Charsets that browsers refuse to read (WHATWG Encoding section 4.2, "replacement"): they show one sign in place of all.
fn is_replaced(label: &str) -> bool {
    matches!(label, "replacement" | "csiso2022kr" | "hz-gb-2312" | "iso-2022-cn" | "iso-2022-cn-ext" | "iso-2022-kr")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dial::Deadline, work::testing::Counting};
    use futures_util::FutureExt;

    fn read_as(content_type: &str, bytes: &[u8]) -> String {
        let mut headers = HeaderMap::new();
        if !content_type.is_empty() {
            headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        }
        let clock = Counting::default();
        let mut work = Work::new(&clock, Deadline::after(&clock, 1.0));
        let body = Body { bytes: bytes.to_vec(), is_cut: false };
        match read(&mut work, &clock, &body, &headers, 64).now_or_never().unwrap().unwrap() {
            Read::Text { text, is_cut } => format!("{text}{}", if is_cut { "…" } else { "" }),
            Read::Unread(what) => what,
        }
    }

    #[test]
    fn a_text_is_read_in_the_charset_that_browsers_find() {
        let cyrillic = b"<meta charset=windows-1251>\xef\xf0\xe8\xe2\xe5\xf2";
        for (content_type, bytes, text) in [
            ("text/html; charset=windows-1250", &b"z\xe1va\x9en\xe9 chyb\xec"[..], "závažné chybě"),
            ("text/html; charset=gb2312", b"\xd5\xfd\xb3\xa3", "正常"),
            ("text/plain; charset=\"Shift_JIS\"", b"\x90\xb3\x8f\xed", "正常"),
            ("TEXT/HTML;CHARSET=EUC-KR", b"\xc1\xa4\xbb\xf3", "정상"),
            ("text/html; charset=iso-8859-1", b"gr\xfcn", "grün"),
            ("text/html", cyrillic, "<meta charset=windows-1251>привет"),
            ("", cyrillic, "<meta charset=windows-1251>привет"),
            (
                "application/xml",
                b"<?xml version='1.0' encoding='iso-8859-2'?>\xb1",
                "<?xml version='1.0' encoding='iso-8859-2'?>ą",
            ),
            // Plain text declares nothing.
            ("text/plain", cyrillic, "<meta charset=windows-1251>\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            // The header counts before what the page says of itself, the mark before both.
            ("text/html; charset=koi8-r", b"<meta charset=utf-8>\xf0", "<meta charset=utf-8>П"),
            ("text/html; charset=windows-1250", b"\xef\xbb\xbf\xc3\xa9", "é"),
            ("text/html", b"\xff\xfea\0b\0", "ab"),
            ("text/html; charset=utf-8", b"\xfe\xff\0a\0b", "ab"),
            ("text/html; charset=x-nobody-knows", "grün".as_bytes(), "grün"),
            ("text/html; charset=", "grün".as_bytes(), "grün"),
            ("application/json", "\u{feff}{}".as_bytes(), "{}"),
            ("text/html; charset=ISO-2022-KR", b"abc", "the charset `iso-2022-kr`"),
        ] {
            assert_eq!(read_as(content_type, bytes), text, "{content_type}");
        }
    }

    #[test]
    fn a_text_that_becomes_longer_than_the_limit_is_cut() {
        let bytes = [0xe4; 40];
        assert_eq!(read_as("text/html; charset=iso-8859-1", &bytes), format!("{}…", "ä".repeat(32)));
    }
}
