//! Rounds as lines of JSON, each mistake with its place.

use dualwatch_core::measure::round::Round;
use dualwatch_wire::v1;
use serde::de::IgnoredAny;
use std::fmt;

/// A line that is no round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    pub name: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.name, self.line, self.column, self.message)
    }
}

/// Reads one round a line; empty lines are skipped, and so is a byte order mark. `name` is what mistakes call the text.
pub fn parse(text: &[u8], name: &str) -> (Vec<Round>, Vec<BadLine>) {
    let mut rounds = Vec::new();
    let mut bad = Vec::new();
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    for (i, line) in text.split(|byte| *byte == b'\n').enumerate() {
        match round(line.trim_ascii_end()) {
            Ok(None) => {}
            Ok(Some(round)) => rounds.push(round),
            Err((column, message)) => bad.push(BadLine { name: name.to_owned(), line: i + 1, column, message }),
        }
    }
    (rounds, bad)
}

/// What some editors put in front of UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Reads a line, `None` where nothing is in it; else says at which column, counted in bytes, it is no round, and why.
fn round(line: &[u8]) -> Result<Option<Round>, (usize, String)> {
    let line = std::str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        (at + 1, format!("not UTF-8: the byte 0x{:02x}", line[at]))
    })?;
    let document = line.trim_start();
    if document.is_empty() {
        return Ok(None);
    }
    // A list of the right length would do for the library.
    if !document.starts_with('{') && serde_json::from_str::<IgnoredAny>(document).is_ok() {
        let what = match document.as_bytes()[0] {
            b'[' => "a list",
            b'"' => "a string",
            b't' | b'f' => "true or false",
            b'n' => "null",
            _ => "a number",
        };
        let message = format!("expected one round, an object as `dualwatch check --json` prints it, found {what}");
        return Err((line.len() - document.len() + 1, message));
    }
    let round: v1::Round = serde_json::from_str(line).map_err(|error| {
        let text = error.to_string();
        // The library appends its own place, of which only the column means anything here.
        let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
        (error.column().max(1), message)
    })?;
    Ok(Some(round.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = concat!(
        r#"{"version":1,"target":"https://service.example/","started_at":"2026-11-23T10:11:51.042Z","#,
        r#""vantage":{"name":"here","ipv4":"proven","ipv6":"proven"},"#,
        r#""ipv4":{"outcome":"reached","cause":null,"detail":null,"addresses":[],"address":null,"phases_ms":{},"#,
        r#""http_status":null,"certificate":null},"ipv6":{"outcome":"failed","cause":"tcp.refused","detail":null,"#,
        r#""addresses":[],"address":null,"phases_ms":{},"http_status":null,"certificate":null},"#,
        r#""dual_stack":{"family":null,"cost_ms":null}}"#
    );

    #[test]
    fn a_bad_line_has_its_place_and_the_others_are_read() {
        let text = format!("{GOOD}\n\nnonsense\n{}\n", GOOD.replace("tcp.refused", "tcp.nonsense"));
        let (rounds, bad) = parse(text.as_bytes(), "rounds.ndjson");
        assert_eq!(rounds.len(), 1);
        assert_eq!(bad.iter().map(|b| b.line).collect::<Vec<_>>(), [3, 4]);
        assert!(bad[1].to_string().contains("`tcp.nonsense` is not a cause"), "{}", bad[1]);
        assert!(bad[0].to_string().starts_with("rounds.ndjson:3:2: expected"), "{}", bad[0]);
    }

    /// A line that is no round, between two that are, and what is said of it.
    fn check(line: &[u8], expected: &str) {
        let text = [GOOD.as_bytes(), line, GOOD.as_bytes()].join(&b'\n');
        let (rounds, bad) = parse(&text, "f");
        assert_eq!(rounds.len(), 2, "{expected}");
        assert_eq!(bad.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn what_is_no_round_is_told_by_what_it_is() {
        let place = GOOD.find("service").unwrap();
        let mut latin = GOOD.as_bytes().to_vec();
        latin[place] = 0xe4;
        check(&latin, &format!("f:2:{}: not UTF-8: the byte 0xe4", place + 1));
        let found = |what: &str| {
            format!("f:2:1: expected one round, an object as `dualwatch check --json` prints it, found {what}")
        };
        check(b"[]", &found("a list"));
        check(b"[1,2,3,4,5,6,7]", &found("a list"));
        check(b"\"a round\"\r", &found("a string"));
        check(b"null", &found("null"));
        let later = GOOD.replace("\"version\":1", "\"version\":2");
        check(later.as_bytes(), "f:2:12: this is version 2, and this program reads version 1");
    }

    #[test]
    fn a_byte_order_mark_is_no_line() {
        assert_eq!(parse(format!("\u{feff}{GOOD}\r\n\r\n{GOOD}").as_bytes(), "f").0.len(), 2);
        assert_eq!(parse("\u{feff}".as_bytes(), "f"), (Vec::new(), Vec::new()));
    }
}
