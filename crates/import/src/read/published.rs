//! What Upptime publishes about its own history: the summary and the badges.

use super::place::{Place, Problem, quoted};
use dualwatch_wire::upptime::{Badge, SummaryItem};
use serde_json::Value;

/// Returns the items of `history/summary.json`; reports those that are none.
pub fn summary(text: &str, file: &str, problems: &mut Vec<Problem>) -> Vec<SummaryItem> {
    let mut problem = |line: usize, what| {
        problems.push(Problem { at: Place { file: file.into(), line: line as u64 }, what });
    };
    let items: Vec<Value> = match serde_json::from_str(text) {
        Ok(items) => items,
        Err(error) => {
            problem(error.line().max(1), format!("no list of sites: {error}"));
            return Vec::new();
        }
    };
    let read = |item: Value| {
        let shown = item["slug"].as_str().or(item["name"].as_str()).unwrap_or("?").to_owned();
        serde_json::from_value(item)
            .map_err(|error| {
                let line = text.lines().position(|line| line.contains(&shown)).map_or(1, |index| index + 1);
                problem(line, format!("the site {} is left out: {error}", quoted(&shown)));
            })
            .ok()
    };
    items.into_iter().filter_map(read).collect()
}

/// Returns the badge, if the text is one.
pub fn badge(text: &str) -> Option<Badge> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_site_is_reported() {
        let mut problems = Vec::new();
        assert!(summary("[\n {\"slug\": \"shop\",\n \"status\": \"odd\"}]", "s.json", &mut problems).is_empty());
        assert!(summary("{", "s.json", &mut problems).is_empty());
        assert!(problems[0].to_string().starts_with("s.json:2: the site `shop` is left out: "), "{}", problems[0]);
        assert!(problems[1].to_string().starts_with("s.json:1: no list of sites: "), "{}", problems[1]);
    }

    #[test]
    fn other_files_are_no_badges() {
        assert!(badge(r#"{"schemaVersion":1,"label":"uptime","message":"100%","color":"brightgreen"}"#).is_some());
        assert!(badge(r#"{"services":[]}"#).is_none());
        assert!(badge("[]").is_none());
    }
}
