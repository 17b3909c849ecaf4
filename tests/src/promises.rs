//! What is promised of security, as the tests say it that hold it.
//!
//! A test says so in its own comment, in a paragraph of its own; the text may go on over further lines:
//!
//! ```text
//! /// Promise (AREA): TEXT.
//! #[test]
//! fn name() {
//! ```

use std::collections::BTreeMap;

/// A promise, and the test that fails when it is broken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Promise {
    pub area: String,
    pub text: String,
    /// `path/of/file.rs`, from the top.
    pub file: String,
    /// The name of the test.
    pub test: String,
}

/// Returns the promises of one file.
///
/// # Errors
/// A promise that is not written as it should be, or that no test follows, with its line.
pub fn read(file: &str, text: &str) -> Result<Vec<Promise>, String> {
    let mut promises = Vec::new();
    let mut open: Option<(usize, String)> = None;
    let mut waiting: Vec<(usize, String)> = Vec::new();
    let mut is_test = false;
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        let place = |i: usize| format!("{file}:{}", i + 1);
        if let Some(comment) = line.strip_prefix("///") {
            let comment = comment.trim();
            if let Some(begun) = comment.strip_prefix("Promise").filter(|rest| rest.starts_with([' ', ':'])) {
                waiting.extend(open.replace((i, begun.trim_start().to_owned())));
            } else if comment.is_empty() {
                waiting.extend(open.take());
            } else if let Some((_, said)) = &mut open {
                *said = format!("{said} {comment}");
            }
            continue;
        }
        waiting.extend(open.take());
        if line.starts_with("#[") {
            is_test |= line.ends_with("test]") || line.contains("::test(");
            continue;
        }
        let name = line.trim_start_matches("async ").strip_prefix("fn ").and_then(|rest| rest.split('(').next());
        for (i, said) in waiting.drain(..) {
            let Some((area, said)) = said.strip_prefix('(').and_then(|rest| rest.split_once("): ")) else {
                return Err(format!("{}: a promise is written `Promise (AREA): TEXT.`", place(i)));
            };
            let (true, Some(name)) = (is_test, name) else {
                return Err(format!("{}: no test follows this promise", place(i)));
            };
            promises.push(Promise {
                area: area.to_owned(),
                text: said.to_owned(),
                file: file.to_owned(),
                test: name.to_owned(),
            });
        }
        is_test = false;
    }
    Ok(promises)
}

/// Returns the table of all promises: by area, each with every test that holds it. `up` leads from the document to the top.
pub fn table(promises: &[Promise], up: &str) -> String {
    let mut areas: BTreeMap<&str, BTreeMap<&str, Vec<&Promise>>> = BTreeMap::new();
    for promise in promises {
        areas.entry(&promise.area).or_default().entry(&promise.text).or_default().push(promise);
    }
    let mut lines = Vec::new();
    for (area, rows) in areas {
        lines.extend([format!("## {area}"), String::new(), "| what is promised | what holds it |".to_owned()]);
        lines.push("|---|---|".to_owned());
        for (text, by) in rows {
            let by: Vec<_> = by.iter().map(|promise| format!("[`{}`]({up}{})", promise.test, promise.file)).collect();
            lines.push(format!("| {} | {} |", text.replace('|', "\\|"), by.join(", ")));
        }
        lines.push(String::new());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
/// Sixty kills.
///
/// Promise (storage): Nothing is lost,
/// and nothing doubled.
#[test]
fn killed() {
}

/// Promise (names): An unknown name makes nothing.
/// 
/// Promise (storage): Nothing is lost, and nothing doubled.
#[tokio::test]
async fn unknown() {
}
";

    #[test]
    fn a_test_says_what_it_holds() {
        let promises = read("a.rs", FILE).unwrap();
        let short: Vec<_> = promises.iter().map(|p| (p.area.as_str(), p.text.as_str(), p.test.as_str())).collect();
        assert_eq!(
            short,
            [
                ("storage", "Nothing is lost, and nothing doubled.", "killed"),
                ("names", "An unknown name makes nothing.", "unknown"),
                ("storage", "Nothing is lost, and nothing doubled.", "unknown"),
            ]
        );
        let table = table(&promises, "../");
        assert!(table.starts_with("## names\n"), "{table}");
        let row = "| Nothing is lost, and nothing doubled. | [`killed`](../a.rs), [`unknown`](../a.rs) |";
        assert!(table.contains(row), "{table}");
    }

    #[test]
    fn a_promise_that_no_test_holds_is_an_error() {
        let error = read("a.rs", "\n/// Promise (names): Nothing.\nfn helper() {}\n").unwrap_err();
        assert_eq!(error, "a.rs:2: no test follows this promise");
        let error = read("a.rs", "/// Promise: nothing.\n#[test]\nfn a() {}\n").unwrap_err();
        assert_eq!(error, "a.rs:1: a promise is written `Promise (AREA): TEXT.`");
    }
}
