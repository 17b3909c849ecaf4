//! Rounds as lines of JSON, each mistake with its place.

use dualwatch_core::round::Round;
use dualwatch_wire::v1;
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

/// Reads one round a line; empty lines are skipped. `name` is what mistakes call the text.
pub fn parse(text: &str, name: &str) -> (Vec<Round>, Vec<BadLine>) {
    let mut rounds = Vec::new();
    let mut bad = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<v1::Round>(line) {
            Ok(round) => rounds.push(round.into()),
            Err(error) => {
                let text = error.to_string();
                // The library appends its own place, of which only the column means anything here.
                let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
                bad.push(BadLine { name: name.to_owned(), line: i + 1, column: error.column().max(1), message });
            }
        }
    }
    (rounds, bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_has_its_place_and_the_others_are_read() {
        let good = concat!(
            r#"{"version":1,"target":"https://service.example/","started_at":"2026-11-23T10:11:51.042Z","#,
            r#""vantage":{"name":"here","ipv4":"proven","ipv6":"proven"},"#,
            r#""ipv4":{"outcome":"reached","cause":null,"detail":null,"addresses":[],"address":null,"phases_ms":{},"#,
            r#""http_status":null,"certificate":null},"ipv6":{"outcome":"failed","cause":"tcp.refused","detail":null,"#,
            r#""addresses":[],"address":null,"phases_ms":{},"http_status":null,"certificate":null},"#,
            r#""dual_stack":{"family":null,"cost_ms":null}}"#
        );
        let text = format!("{good}\n\nnonsense\n{}\n", good.replace("tcp.refused", "tcp.nonsense"));
        let (rounds, bad) = parse(&text, "rounds.ndjson");
        assert_eq!(rounds.len(), 1);
        assert_eq!(bad.iter().map(|b| b.line).collect::<Vec<_>>(), [3, 4]);
        assert!(bad[1].to_string().contains("`tcp.nonsense` is not a cause"), "{}", bad[1]);
        assert!(bad[0].to_string().starts_with("rounds.ndjson:3:2: expected"), "{}", bad[0]);
    }
}
