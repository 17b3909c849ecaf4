//! The issues in which Upptime keeps its incidents, read back from their texts.

use super::place::{Place, Problem, quoted};
use dualwatch_wire::upptime::Status;
use serde::Deserialize;

/// An issue, as one line of JSON has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// `owner/name`.
    #[serde(default)]
    pub repo: String,
    #[serde(default)]
    pub number: u64,
    #[serde(default)]
    pub labels: Vec<String>,
    pub title: String,
    #[serde(default)]
    pub body: String,
    #[serde(default)]
    pub comments: Vec<String>,
}

/// What the text of an incident says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub name: String,
    pub url: String,
    pub status: Status,
    pub code: Option<u16>,
    pub response_ms: Option<u32>,
    /// The commit of the version that began it; empty where the text names none.
    pub commit: String,
}

/// What the comment says that closes an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    pub commit: String,
    /// Whole minutes, rounded down; `None`: old versions of Upptime say nothing, and below a minute it says "".
    pub minutes: Option<i64>,
}

/// Returns the issues of a text with one JSON object a line; reports the lines that are none.
pub fn issues(text: &str, file: &str, problems: &mut Vec<Problem>) -> Vec<Issue> {
    let mut read = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(issue) => read.push(issue),
            Err(error) => {
                let what = format!("no issue: {error}: {}", quoted(line));
                problems.push(Problem { at: Place { file: file.into(), line: number }, what });
            }
        }
    }
    read
}

impl Issue {
    /// Returns what the body says of an incident; `None` for every other text.
    ///
    /// ```text
    /// In [`{sha7}`](https://github.com/{owner}/{repo}/commit/{sha}
    /// ), {name} ({url}) was **down**:
    /// - HTTP code: {code}
    /// - Response time: {ms} ms
    /// ```
    pub fn report(&self) -> Option<Report> {
        let (head, facts, status) =
            [("was **down**", Status::Down), ("experienced **degraded performance**", Status::Degraded)]
                .into_iter()
                .find_map(|(words, status)| self.body.split_once(words).map(|(head, facts)| (head, facts, status)))?;
        // After the link, whose end stands on a line of its own. The name may have parentheses, too.
        let (link, site) = head.split_once("), ")?;
        let (name, url) = site.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
        let number = |key: &str| {
            let value = facts.lines().find_map(|line| line.trim().trim_start_matches("- ").strip_prefix(key))?;
            value.trim().trim_end_matches(" ms").parse::<u32>().ok()
        };
        Some(Report {
            name: name.to_owned(),
            url: url.to_owned(),
            status,
            code: number("HTTP code:").and_then(|code| u16::try_from(code).ok()),
            response_ms: number("Response time:"),
            commit: commit_of(link),
        })
    }

    /// Returns what the comment says that closes the incident.
    pub fn resolution(&self) -> Option<Resolution> {
        let comment = self.comments.iter().find(|c| c.trim_start().starts_with("**Resolved:**"))?;
        let (link, rest) = comment.rsplit_once(')')?;
        let duration = rest.trim().trim_end_matches('.').strip_prefix("after ");
        Some(Resolution { commit: commit_of(link), minutes: duration.and_then(minutes) })
    }
}

/// Returns the hash at the end of a link to a commit.
fn commit_of(link: &str) -> String {
    let hash = link.rsplit_once("/commit/").map_or("", |(_, hash)| hash).trim();
    if hash.bytes().all(|b| b.is_ascii_hexdigit()) { hash.to_owned() } else { String::new() }
}

/// Reads `1 day, 2 hours, 3 minutes`.
fn minutes(text: &str) -> Option<i64> {
    let part = |part: &str| {
        let (count, unit) = part.trim().split_once(' ')?;
        let each = match unit.trim_end_matches('s') {
            "day" => 24 * 60,
            "hour" => 60,
            "minute" => 1,
            _ => return None,
        };
        count.parse::<i64>().ok()?.checked_mul(each)
    };
    text.split(',').map(part).try_fold(0_i64, |sum, minutes| sum.checked_add(minutes?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(body: &str, comments: &[&str]) -> Issue {
        Issue {
            repo: String::new(),
            number: 1,
            labels: Vec::new(),
            title: String::new(),
            body: body.to_owned(),
            comments: comments.iter().map(|&c| c.to_owned()).collect(),
        }
    }

    #[test]
    fn incidents() {
        let body = "In [`498c07a`](https://git.example/o/r/commit/498c07a8dcd6\n), Shop (new) (https://shop.example) was \
                    **down**:\n- HTTP code: 503\n- Response time: 109 ms\n";
        let report = issue(body, &[]).report().unwrap();
        assert_eq!((report.name.as_str(), report.url.as_str()), ("Shop (new)", "https://shop.example"));
        assert_eq!((report.status, report.code, report.response_ms), (Status::Down, Some(503), Some(109)));
        assert_eq!(report.commit, "498c07a8dcd6");
        let slow = body.replace("was **down**", "experienced **degraded performance**");
        assert_eq!(issue(&slow, &[]).report().unwrap().status, Status::Degraded);
        assert_eq!(issue("Our shop was down", &[]).report(), None);
    }

    #[test]
    fn resolutions() {
        let check = |end: &str, minutes: Option<i64>| {
            let comment =
                format!("**Resolved:** Shop is back up in [`ed54ece`](https://git.example/o/r/commit/ed54\n){end}");
            let seen = issue("", &["I see", &comment]).resolution().unwrap();
            assert_eq!(seen, Resolution { commit: "ed54".to_owned(), minutes }, "{end}");
        };
        check(" after 3 minutes.", Some(3));
        check(" after 1 hour, 12 minutes.", Some(72));
        check(" after 7 days, 12 hours, 15 minutes.", Some(10_815));
        check(" after .", None);
        check(".", None);
        assert_eq!(issue("", &["not yet"]).resolution(), None);
    }
}
