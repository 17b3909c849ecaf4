//! `history-versions.tsv`: the committed versions of all history files, one a line, as an extract of git.

use super::{
    history::{Fields, Record},
    place::{Place, Problem, quoted},
    time,
};
use dualwatch_core::measure::time::Timestamp;
use std::sync::Arc;

/// One committed version of a history file.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// The name of the file, without `.yml`.
    pub slug: String,
    /// Hexadecimal; empty where it is not known.
    pub commit: String,
    pub committed_at: Option<Timestamp>,
    pub record: Record,
    pub place: Place,
}

const COLUMNS: [&str; 9] =
    ["commit", "commit_time", "slug", "url", "status", "code", "responseTime", "lastUpdated", "startTime"];

/// Without these a line tells nothing.
const NEEDED: [&str; 4] = ["slug", "status", "code", "lastUpdated"];

fn columns(line: &str) -> impl Iterator<Item = &str> {
    line.trim_start_matches('\u{feff}').split('\t')
}

/// Returns why none of the lines can be read, if the first one does not name the columns.
pub fn unreadable_header(text: &str) -> Option<String> {
    let header: Vec<&str> = text.lines().next().map_or_else(Vec::new, |line| columns(line).collect());
    let missing = NEEDED.iter().find(|name| !header.contains(*name))?;
    let seen = match header.join("\t") {
        empty if empty.trim().is_empty() => String::new(),
        line => format!(" in {}", quoted(&line)),
    };
    Some(format!("no column `{missing}`{seen}; expected a first line with {}, separated by tabs", COLUMNS.join(", ")))
}

/// Reads the lines in their order; reports those that cannot be read. The first line names the columns.
pub fn versions(text: &str, file: &str, into: &mut Vec<Version>, problems: &mut Vec<Problem>) {
    let file: Arc<str> = file.into();
    let place = |line| Place { file: Arc::clone(&file), line };
    let mut lines = text.lines().zip(1..);
    let header: Vec<&str> = lines.next().map_or_else(Vec::new, |(line, _)| columns(line).collect());
    let index: Vec<Option<usize>> = COLUMNS.iter().map(|name| header.iter().position(|h| h == name)).collect();
    for (name, column) in COLUMNS.iter().zip(&index) {
        if column.is_none() {
            problems.push(Problem { at: place(1), what: format!("no column `{name}`") });
        }
    }
    for (line, number) in lines.filter(|(line, _)| !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() != header.len() {
            let what = format!("{} columns, not {}: {}", cells.len(), header.len(), quoted(line));
            problems.push(Problem { at: place(number), what });
            continue;
        }
        let cell = |column: usize| index[column].map(|i| cells[i]);
        let field = |column: usize| cell(column).map(|text| (time::unquoted(text.trim()), number));
        let fields = Fields {
            url: field(3),
            status: field(4),
            code: field(5),
            response_time: field(6),
            last_updated: field(7),
            start_time: field(8),
        };
        let n_before = problems.len();
        let record = fields.record(&place, problems);
        for problem in &mut problems[n_before..] {
            problem.at.line = number;
        }
        let slug = cell(2).unwrap_or_default();
        if slug.is_empty() {
            problems.push(Problem { at: place(number), what: format!("no slug: {}", quoted(line)) });
        } else if let Some(record) = record {
            into.push(Version {
                slug: slug.to_owned(),
                commit: cell(0).unwrap_or_default().to_owned(),
                committed_at: cell(1).and_then(time::instant).map(|instant| instant.at),
                record,
                place: place(number),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &[&str]) -> (usize, Vec<String>) {
        let mut text = COLUMNS.join("\t");
        for row in rows {
            text.push('\n');
            text.push_str(&row.replace('|', "\t"));
        }
        let (mut versions_read, mut problems) = (Vec::new(), Vec::new());
        versions(&text, "v.tsv", &mut versions_read, &mut problems);
        (versions_read.len(), problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_line_is_read_or_reported() {
        const GOOD: &str = "a|2026-01-01T00:00:00+01:00|shop|u|up|200|9|2026-01-01T00:00:00Z|2026-01-01T00:00:00Z";
        assert_eq!(read(&[GOOD, &GOOD.replace("200", "null")]), (2, Vec::new()));
        let check = |row: &str, part: &str| {
            let (n, problems) = read(&[GOOD, row]);
            assert_eq!((n, problems.len()), (1, 1), "{row}: {problems:?}");
            assert!(problems[0].starts_with("v.tsv:3: ") && problems[0].contains(part), "{}", problems[0]);
        };
        check("a|b", "2 columns, not 9: `a\\tb`");
        check(&GOOD.replace("|up|", "|odd|"), "`odd` is no status");
        check(&GOOD.replace("|9|2026-01-01T00:00:00Z", "|9|later"), "`lastUpdated: later` is no time");
        check(&GOOD.replace("|shop|", "||"), "no slug");
    }

    #[test]
    fn a_first_line_that_names_no_columns_is_said() {
        let header = COLUMNS.join("\t");
        assert_eq!(unreadable_header(&header), None);
        assert_eq!(unreadable_header(&format!("\u{feff}{header}\r\n")), None);
        let check = |text: &str, expected: &str| {
            let found = unreadable_header(text).unwrap();
            assert!(found.starts_with(expected), "{found}");
            assert!(
                found.ends_with(
                    "expected a first line with commit, commit_time, slug, url, status, code, \
                                     responseTime, lastUpdated, startTime, separated by tabs"
                ),
                "{found}"
            );
        };
        check("", "no column `slug`; ");
        check("\n\n", "no column `slug`; ");
        check("foo\tbar\n", "no column `slug` in `foo\\tbar`; ");
        check(&header.replace("status", "state"), "no column `status` in ");
    }

    #[test]
    fn a_missing_column_is_named() {
        let mut problems = Vec::new();
        versions("commit\tslug\n", "v.tsv", &mut Vec::new(), &mut problems);
        assert_eq!(problems.len(), 7);
        assert_eq!(problems[0].to_string(), "v.tsv:1: no column `commit_time`");
    }
}
