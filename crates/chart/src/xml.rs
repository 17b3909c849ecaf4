//! Text in a drawing.

use std::fmt::Write as _;

/// Escapes text for an element or a quoted attribute; what XML has no place for becomes a space.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Writes a share of the width in percent, with two digits behind the point at most. No text refuses to be written to.
pub fn percent(into: &mut String, share: f64) {
    let hundredths = (share * 10_000.0).round() as i64;
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => _ = write!(into, "{whole}%"),
        (whole, rest) if rest % 10 == 0 => _ = write!(into, "{whole}.{}%", rest / 10),
        (whole, rest) => _ = write!(into, "{whole}.{rest:02}%"),
    }
}
