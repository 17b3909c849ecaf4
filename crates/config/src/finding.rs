//! What is wrong with a configuration, and where.

use serde::Serialize;
use std::fmt;

/// How many errors and how many warnings are listed; the rest is only counted. A person stops reading far earlier.
const MAX_LISTED: usize = 500;

/// A place in the text; lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub line: u64,
    pub column: u64,
}

impl Place {
    pub(crate) const START: Self = Self { line: 1, column: 1 };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The configuration cannot be used.
    Error,
    /// The configuration can be used, but does not do what its author probably thinks.
    Warning,
    /// Nothing is wrong with the configuration; something of it is done in another way here, or not at all.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// One thing that is wrong, where it is, and what to do about it.
/// Shown as `file:line:col: error[code]: message`, then `  hint: ...` on a line of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    /// Stable and public; the crate's README lists them.
    pub code: &'static str,
    pub file: String,
    /// Counts from 1.
    pub line: u64,
    /// Counts from 1, in characters.
    pub column: u64,
    /// A lower-case fragment. Never holds credentials.
    pub message: String,
    pub hint: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, code, file, line, column, message, hint } = self;
        write!(f, "{file}:{line}:{column}: {severity}[{code}]: {message}")?;
        hint.as_ref().map_or(Ok(()), |hint| write!(f, "\n  hint: {hint}"))
    }
}

/// Collects the findings of one file.
pub(crate) struct Report {
    file: String,
    findings: Vec<Finding>,
    n_errors: usize,
    n_warnings: usize,
}

impl Report {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), findings: Vec::new(), n_errors: 0, n_warnings: 0 }
    }

    pub(crate) fn error(&mut self, at: Place, code: &'static str, text: impl Into<String>, hint: impl Into<String>) {
        self.n_errors += 1;
        if self.n_errors <= MAX_LISTED {
            self.push(Severity::Error, at, code, text.into(), hint.into());
        }
    }

    pub(crate) fn warning(&mut self, at: Place, code: &'static str, text: impl Into<String>, hint: impl Into<String>) {
        self.n_warnings += 1;
        if self.n_warnings <= MAX_LISTED {
            self.push(Severity::Warning, at, code, text.into(), hint.into());
        }
    }

    /// Notes count with the warnings.
    pub(crate) fn note(&mut self, at: Place, code: &'static str, text: impl Into<String>, hint: impl Into<String>) {
        self.n_warnings += 1;
        if self.n_warnings <= MAX_LISTED {
            self.push(Severity::Note, at, code, text.into(), hint.into());
        }
    }

    /// Adds to the last finding at a place; returns whether there is one.
    pub(crate) fn amend(&mut self, at: Place, more: &str) -> bool {
        let last = self.findings.iter_mut().rev().find(|f| (f.line, f.column) == (at.line, at.column));
        let Some(finding) = last else { return false };
        finding.message.push_str("; ");
        finding.message.push_str(more);
        true
    }

    pub(crate) const fn has_error(&self) -> bool {
        self.n_errors > 0
    }

    /// Whether nothing more of a severity is listed, so that no work need go into a good hint.
    pub(crate) const fn is_full(&self, severity: Severity) -> bool {
        match severity {
            Severity::Error => self.n_errors >= MAX_LISTED,
            Severity::Warning | Severity::Note => self.n_warnings >= MAX_LISTED,
        }
    }

    fn push(&mut self, severity: Severity, at: Place, code: &'static str, message: String, hint: String) {
        self.findings.push(Finding {
            severity,
            code,
            file: self.file.clone(),
            line: at.line,
            column: at.column,
            message,
            hint: (!hint.is_empty()).then_some(hint),
        });
    }

    /// Returns the findings in the order of the file.
    pub(crate) fn into_findings(mut self) -> Vec<Finding> {
        self.findings.sort_by_key(|f| (f.line, f.column));
        let n_unlisted = self.n_errors.saturating_sub(MAX_LISTED) + self.n_warnings.saturating_sub(MAX_LISTED);
        if n_unlisted > 0 {
            let last = self.findings.last().map_or(Place::START, |f| Place { line: f.line, column: f.column });
            let severity = if self.has_error() { Severity::Error } else { Severity::Warning };
            self.findings.push(Finding {
                severity,
                code: "more_findings",
                file: self.file,
                line: last.line,
                column: last.column,
                message: format!("{n_unlisted} more findings are not listed"),
                hint: Some("correct those above first".to_owned()),
            });
        }
        self.findings
    }
}

/// Returns user text in quotation marks, fit for one line of a terminal: escaped, and shortened.
pub(crate) fn quoted(text: &str) -> String {
    const MAX: usize = 60;
    let mut shown: String = text.chars().take(MAX).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// Returns `1 site`, `2 sites`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_come_in_the_order_of_the_file_and_are_bounded() {
        let mut report = Report::new("x.yml");
        for line in (1..=600).rev() {
            report.warning(Place { line, column: 2 }, "odd", "message", "");
        }
        report.error(Place { line: 700, column: 1 }, "code", "message", "do this");
        let findings = report.into_findings();
        assert_eq!(findings.len(), MAX_LISTED + 2);
        assert_eq!(findings[0].to_string(), "x.yml:101:2: warning[odd]: message");
        assert_eq!(findings[MAX_LISTED].to_string(), "x.yml:700:1: error[code]: message\n  hint: do this");
        assert_eq!(findings[MAX_LISTED + 1].message, "100 more findings are not listed");
    }

    #[test]
    fn quoted_text_stays_on_one_line() {
        assert_eq!(quoted("a\nb\u{1b}[0m"), "`a\\nb\\u{1b}[0m`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
    }
}
