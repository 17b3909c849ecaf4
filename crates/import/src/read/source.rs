//! What was read from a repository, before anything is concluded from it.

use super::{
    history,
    issue::{self, Issue},
    place::{Place, Problem},
    published,
    versions::{self, Version},
};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::upptime::{Badge, SummaryItem};

/// Everything that a repository says.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The name and the text of `.upptimerc.yml`.
    pub configuration: Option<(String, String)>,
    /// Oldest first, as far as the source knows an order.
    pub versions: Vec<Version>,
    pub summary: Vec<SummaryItem>,
    /// With their paths.
    pub badges: Vec<(String, Badge)>,
    pub issues: Vec<Issue>,
    pub problems: Vec<Problem>,
}

impl Source {
    /// Reads `history-versions.tsv`.
    pub fn read_versions(&mut self, text: &str, file: &str) {
        versions::versions(text, file, &mut self.versions, &mut self.problems);
    }

    /// Reads one version of `history/{slug}.yml`; `file` is what problems call it.
    pub fn read_history(&mut self, text: &str, file: &str, slug: &str, commit: &str, committed_at: Option<Timestamp>) {
        if let Some((record, place)) = history::history(text, file, &mut self.problems) {
            let (slug, commit) = (slug.to_owned(), commit.to_owned());
            self.versions.push(Version { slug, commit, committed_at, record, place });
        }
    }

    /// Reads `history/summary.json`.
    pub fn read_summary(&mut self, text: &str, file: &str) {
        self.summary.extend(published::summary(text, file, &mut self.problems));
    }

    /// Reads a file of `api/`; one that is not a badge is somebody's own and is none of our business.
    pub fn read_badge(&mut self, text: &str, file: &str) {
        self.badges.extend(published::badge(text).map(|badge| (file.to_owned(), badge)));
    }

    /// Reads issue texts, one JSON object a line.
    pub fn read_issues(&mut self, text: &str, file: &str) {
        self.issues.extend(issue::issues(text, file, &mut self.problems));
    }

    /// Notes something about the whole history.
    pub(crate) fn note(&mut self, file: &str, what: impl Into<String>) {
        self.problems.push(Problem { at: Place { file: file.into(), line: 1 }, what: what.into() });
    }
}
