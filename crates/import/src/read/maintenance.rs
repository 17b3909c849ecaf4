//! Maintenance windows, which Upptime reads from an HTML comment in an issue labelled `maintenance`.

use super::{issue::Issue, place::quoted, time};
use dualwatch_core::measure::time::Timestamp;

/// What a window allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    Down,
    Degraded,
}

/// Planned work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub title: String,
    pub start: Timestamp,
    pub end: Timestamp,
    /// Slugs and what is expected of each, in the order of the text.
    pub targets: Vec<(String, Expectation)>,
}

/// Why Upptime does not follow a text that was meant as a maintenance window. It says so nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// The lines are there, but not within `<!--` and `-->`.
    NotInAComment,
    /// A time is missing or is none: the key, and what is there.
    NoTime(&'static str, String),
    EndsBeforeItStarts,
    /// Names instead of slugs.
    NoSlugs(Vec<String>),
    NoTargets,
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotInAComment => f.write_str("`start:` and `end:` do not stand within `<!--` and `-->`"),
            Self::NoTime(key, text) if text.is_empty() => write!(f, "`{key}:` is missing"),
            Self::NoTime(key, text) => write!(f, "`{key}: {text}` is no time"),
            Self::EndsBeforeItStarts => f.write_str("it ends before it starts"),
            Self::NoSlugs(names) => {
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                write!(f, "{} are names, not slugs", names.join(", "))
            }
            Self::NoTargets => f.write_str("neither `expectedDown:` nor `expectedDegraded:` names a slug"),
        }
    }
}

/// Returns the window that an issue describes, or everything that keeps it from being one; `None` where the issue has
/// nothing to do with maintenance.
pub fn maintenance(issue: &Issue) -> Option<Result<Window, Vec<Rejected>>> {
    if !issue.labels.iter().any(|label| label == "maintenance") {
        return None;
    }
    let comment = issue.body.split_once("<!--").and_then(|(_, rest)| rest.split_once("-->")).map(|(text, _)| text);
    let text = comment.unwrap_or(&issue.body);
    let value = |key: &str| text.lines().find_map(|line| line.trim().strip_prefix(key)?.trim().strip_prefix(':'));
    if value("start").is_none() && value("end").is_none() {
        return None;
    }
    let mut rejected = Vec::new();
    if comment.is_none() {
        rejected.push(Rejected::NotInAComment);
    }
    let mut point = |key: &'static str| {
        let text = value(key).unwrap_or_default().trim();
        let instant = time::instant(text);
        if instant.is_none() {
            rejected.push(Rejected::NoTime(key, text.to_owned()));
        }
        instant.map(|instant| instant.at)
    };
    let (start, end) = (point("start"), point("end"));
    if start.zip(end).is_some_and(|(start, end)| end <= start) {
        rejected.push(Rejected::EndsBeforeItStarts);
    }
    let named = |key, expectation| {
        let list = value(key).unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
        list.map(move |name| (name.to_owned(), expectation))
    };
    let targets: Vec<(String, Expectation)> =
        named("expectedDown", Expectation::Down).chain(named("expectedDegraded", Expectation::Degraded)).collect();
    let odd: Vec<String> = targets.iter().map(|(slug, _)| slug.clone()).filter(|slug| !is_slug(slug)).collect();
    if !odd.is_empty() {
        rejected.push(Rejected::NoSlugs(odd));
    }
    if targets.is_empty() {
        rejected.push(Rejected::NoTargets);
    }
    Some(match (start, end) {
        (Some(start), Some(end)) if rejected.is_empty() => {
            Ok(Window { title: issue.title.clone(), start, end, targets })
        }
        _ => Err(rejected),
    })
}

fn is_slug(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_wire::time::format;

    fn issue(label: &str, body: &str) -> Issue {
        Issue {
            repo: String::new(),
            number: 1,
            labels: vec![label.to_owned()],
            title: "Move".to_owned(),
            body: body.to_owned(),
            comments: Vec::new(),
        }
    }

    #[test]
    fn a_window() {
        let body = "<!--\nstart: 2022-03-30T12:35:59.000+08:00\nend: 2022-03-30T13:00:59.000+08:00\n\
                    expectedDown: shop, mail\nexpectedDegraded: api\n-->\nWe move.";
        let window = maintenance(&issue("maintenance", body)).unwrap().unwrap();
        assert_eq!(
            (format(window.start), format(window.end)),
            ("2022-03-30T04:35:59.000Z".into(), "2022-03-30T05:00:59.000Z".into())
        );
        let slugs: Vec<&str> = window.targets.iter().map(|(slug, _)| slug.as_str()).collect();
        assert_eq!(slugs, ["shop", "mail", "api"]);
        assert_eq!(window.targets[2].1, Expectation::Degraded);
        assert_eq!(maintenance(&issue("status", body)), None);
        assert_eq!(maintenance(&issue("maintenance", "We move tomorrow.")), None);
    }

    #[test]
    fn what_upptime_ignores_is_diagnosed() {
        let check = |body: &str, expected: &[&str]| {
            let rejected = maintenance(&issue("maintenance", body)).unwrap().unwrap_err();
            let shown: Vec<String> = rejected.iter().map(ToString::to_string).collect();
            assert_eq!(shown, expected, "{body}");
        };
        check(
            "start: 2022-01-07T13:03:10Z\nend: 2022-01-07T14:03:10Z\nexpectedDown: GET to /dummy",
            &["`start:` and `end:` do not stand within `<!--` and `-->`", "`GET to /dummy` are names, not slugs"],
        );
        check("<!-- \nstart: soon\nexpectedDown: a\n-->", &["`start: soon` is no time", "`end:` is missing"]);
        check(
            "<!--\nstart: 2022-01-07T14:00:00Z\nend: 2022-01-07T13:00:00Z\n-->",
            &["it ends before it starts", "neither `expectedDown:` nor `expectedDegraded:` names a slug"],
        );
    }
}
