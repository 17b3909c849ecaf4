//! One version of `history/{slug}.yml`.
//!
//! Upptime writes these files from a text template, not as YAML: values stand as they are, and old files have `- `
//! before every line. So they are read line by line, as Upptime's own readers do.

use super::{
    place::{Place, Problem, quoted},
    time,
};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::upptime::Status;

/// What Upptime recorded of one check.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub url: String,
    pub status: Status,
    /// As recorded: 0 is Upptime's word for "no answer"; `None` where it wrote `null` or nothing.
    pub code: Option<u16>,
    /// As recorded: 0 for "no answer", too.
    pub response_ms: Option<u32>,
    /// `lastUpdated`: when it was measured.
    pub at: Timestamp,
    /// `startTime`: since when the site is tracked; never the start of an outage.
    pub tracked_since: Option<Timestamp>,
    /// Whether `lastUpdated` had no zone and was taken as UTC.
    pub is_zoneless: bool,
}

/// The values of a record as text, each with the line it stands in.
#[derive(Default)]
pub(super) struct Fields<'t> {
    pub url: Option<(&'t str, u64)>,
    pub status: Option<(&'t str, u64)>,
    pub code: Option<(&'t str, u64)>,
    pub response_time: Option<(&'t str, u64)>,
    pub last_updated: Option<(&'t str, u64)>,
    pub start_time: Option<(&'t str, u64)>,
}

/// Returns the record and the place of its status, or reports why there is none. A line that is not understood is
/// reported, and costs nothing but itself.
pub fn history(text: &str, file: &str, problems: &mut Vec<Problem>) -> Option<(Record, Place)> {
    let place = |line| Place { file: file.into(), line };
    let mut fields = Fields::default();
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim();
        let line = line.strip_prefix("- ").unwrap_or(line);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            problems.push(Problem { at: place(number), what: format!("no `key: value`: {}", quoted(line)) });
            continue;
        };
        let value = Some((time::unquoted(value.trim()), number));
        match key.trim() {
            "url" => fields.url = value,
            "status" => fields.status = value,
            "code" => fields.code = value,
            "responseTime" => fields.response_time = value,
            "lastUpdated" => fields.last_updated = value,
            "startTime" => fields.start_time = value,
            "generator" => {}
            other => {
                problems.push(Problem { at: place(number), what: format!("unknown key {}", quoted(other)) });
            }
        }
    }
    let line = fields.status.map_or(1, |(_, line)| line);
    fields.record(&place, problems).map(|record| (record, place(line)))
}

/// Returns a value, unless it is one of the words for none.
fn written(field: Option<(&str, u64)>) -> Option<(&str, u64)> {
    field.filter(|(text, _)| !matches!(*text, "" | "null" | "undefined" | "NaN"))
}

impl Fields<'_> {
    /// Returns the record, if its status, its code and its time can be read; reports everything else that cannot.
    pub(super) fn record(&self, place: &dyn Fn(u64) -> Place, problems: &mut Vec<Problem>) -> Option<Record> {
        let mut problem = |line, what| problems.push(Problem { at: place(line), what });
        for (field, key) in [(self.status, "status"), (self.last_updated, "lastUpdated")] {
            if field.is_none() {
                problem(1, format!("a record without `{key}`; it is left out"));
            }
        }
        let status = self.status.and_then(|(text, line)| {
            let status = Status::from_code(text);
            if status.is_none() {
                problem(line, format!("{} is no status; the record is left out", quoted(text)));
            }
            status
        });
        let at = self.last_updated.and_then(|(text, line)| {
            let at = time::instant(text);
            if at.is_none() {
                problem(line, format!("`lastUpdated: {text}` is no time; the record is left out"));
            }
            at
        });
        let number = |text: &str, most: u32| {
            let number = text.parse::<f64>().ok().filter(|n| (0.0..=f64::from(most)).contains(n));
            number.map(|n| n.round() as u32)
        };
        let code = written(self.code).map_or(Some(None), |(text, line)| {
            let code = number(text, u16::MAX.into()).and_then(|code| u16::try_from(code).ok());
            if code.is_none() {
                problem(line, format!("{} is no code; the record is left out", quoted(text)));
            }
            code.map(Some)
        });
        let response_ms = written(self.response_time).and_then(|(text, line)| {
            let ms = number(text, u32::MAX);
            if ms.is_none() {
                problem(line, format!("`responseTime: {text}` is no number; it counts as absent"));
            }
            ms
        });
        let tracked_since = self.start_time.and_then(|(text, line)| {
            let since = time::instant(text);
            if since.is_none() && !text.is_empty() {
                problem(line, format!("`startTime: {text}` is no time; it counts as absent"));
            }
            since.map(|since| since.at)
        });
        let (status, at, code) = (status?, at?, code?);
        Some(Record {
            url: self.url.map_or_else(String::new, |(url, _)| url.to_owned()),
            status,
            code,
            response_ms,
            at: at.at,
            tracked_since,
            is_zoneless: at.is_zoneless,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Record>, Vec<String>) {
        let mut problems = Vec::new();
        let record = history(text, "a.yml", &mut problems).map(|(record, _)| record);
        (record, problems.iter().map(ToString::to_string).collect())
    }

    const GOOD: &str = "url: https://a.example/x?y: z\nstatus: down\ncode: 0\nresponseTime: 0\n\
                        lastUpdated: 2024-02-01T23:07:11.367Z\nstartTime: 2024-01-15T10:13:30.802Z\n\
                        generator: Upptime <https://github.com/upptime/upptime>\n";

    #[test]
    fn new_and_old_files_read_the_same() {
        let (new, problems) = read(GOOD);
        assert_eq!(problems, [""; 0]);
        let record = new.clone().unwrap();
        assert_eq!(
            (record.url.as_str(), record.code, record.status),
            ("https://a.example/x?y: z", Some(0), Status::Down)
        );
        let old = format!("- {}", GOOD.trim_end().replace('\n', "\n- "));
        assert_eq!(read(&old).0, new);
    }

    #[test]
    fn what_is_odd_is_named_with_its_line() {
        let check = |from: &str, to: &str, is_kept: bool, expected: &[&str]| {
            let (record, problems) = read(&GOOD.replace(from, to));
            assert_eq!(record.is_some(), is_kept, "{to}");
            assert_eq!(problems.len(), expected.len(), "{to}: {problems:?}");
            for (problem, part) in problems.iter().zip(expected) {
                assert!(problem.starts_with("a.yml:") && problem.contains(part), "{problem} / {part}");
            }
        };
        check("code: 0", "code: null", true, &[]);
        check("code: 0", "code: x", false, &["a.yml:3: `x` is no code; the record is left out"]);
        check("code: 0", "code: 99999", false, &["a.yml:3: `99999` is no code"]);
        check("responseTime: 0", "responseTime: x", true, &["a.yml:4: `responseTime: x` is no number"]);
        check("status: down", "status: sideways", false, &["a.yml:2: `sideways` is no status"]);
        check("status: down\n", "", false, &["without `status`"]);
        check("lastUpdated: 2024-02-01T23:07:11.367Z", "lastUpdated: soon", false, &["a.yml:5: `lastUpdated: soon`"]);
        check("generator", "genrator", true, &["a.yml:7: unknown key `genrator`"]);
        check("responseTime: 0", "<<<<<<< HEAD", true, &["a.yml:4: no `key: value`: `<<<<<<< HEAD`"]);
        check("2024-02-01T23:07:11.367Z", "'2024-02-01T23:07:11.367'", true, &[]);
    }
}
