//! `dualwatch lint --summary DIR`: what many configurations of Upptime ask for, in numbers alone.

use super::count;
use crate::{exit::Exit, out::Out};
use anyhow::{Context, Result, ensure};
use dualwatch_config::{Finding, Severity, UpptimeSite, load, says_ipv6, upptime_sites};
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// What `--json` prints. Counts of sites, where nothing else is said.
#[derive(Debug, Default, Serialize)]
struct Summary {
    version: u32,
    n_files: usize,
    /// Files that are no configuration at all.
    n_unreadable: usize,
    /// Files with which Upptime's whole run ends.
    n_files_that_end: usize,
    /// Files in which there is nothing to say but notes.
    n_files_without_warning: usize,
    n_sites: usize,
    /// Those that become a target here.
    n_measurable: usize,
    /// By the check that Upptime does: `http`, `tcp-ping`, `ws`, `ssl`.
    checks: BTreeMap<String, usize>,
    by_globalping: usize,
    /// Plain HTTP, also because there is no scheme.
    without_tls: usize,
    with_secret: usize,
    named_ipv6: usize,
    ipv6_asked_for: usize,
    /// Those that Upptime measures over IPv6, by its own rules.
    ipv6_measured: usize,
    /// Of those, the ones that the file alone does not say to be down for ever.
    ipv6_that_can_be_up: usize,
    only_down: usize,
    no_answer_is_up: usize,
    body_decides: usize,
    /// By code, without notes: in how many files, how often.
    findings: BTreeMap<&'static str, Found>,
}

#[derive(Debug, Default, Serialize)]
struct Found {
    n_files: usize,
    n: usize,
}

/// Prints the numbers of a folder.
pub fn run(folder: &Path, json: bool) -> Result<Exit> {
    let mut files = Vec::new();
    walk(folder, &mut files)?;
    ensure!(!files.is_empty(), "there is no `.upptimerc.yml` in {}, nor below", folder.display());
    let mut summary = Summary { version: 1, ..Summary::default() };
    for path in &files {
        let bytes = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
        summary.add(&String::from_utf8_lossy(&bytes));
    }
    let mut out = Out::new();
    if json {
        writeln!(out, "{}", serde_json::to_string(&summary).context("failed to write JSON")?)?;
    } else {
        write!(out, "{}", summary.text())?;
    }
    Ok(Exit::Reachable)
}

/// Finds the configurations in a stable order. Not below links: they may lead in a circle.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let failed = || format!("failed to read {}", folder.display());
    let mut entries: Vec<_> =
        fs::read_dir(folder).with_context(failed)?.collect::<Result<_, _>>().with_context(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
        if entry.file_type().with_context(failed)?.is_dir() {
            walk(&entry.path(), files)?;
        } else if name.contains("upptimerc.") && is_yaml(&entry.path()) {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Whether a file is called as YAML is, in any case.
fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("yml") || end.eq_ignore_ascii_case("yaml"))
}

impl Summary {
    fn add(&mut self, text: &str) {
        self.n_files += 1;
        let findings = match load(text, ".upptimerc.yml", &|_| Err("no files".to_owned())) {
            Ok(config) => {
                self.n_measurable += config.targets.len();
                config.warnings
            }
            Err(findings) => {
                self.n_unreadable += 1;
                findings
            }
        };
        let ends = |finding: &Finding| finding.message.contains("Upptime's whole run ends");
        self.n_files_that_end += usize::from(findings.iter().any(ends));
        self.n_files_without_warning += usize::from(findings.iter().all(|f| f.severity == Severity::Note));
        let mut seen = HashSet::new();
        for finding in findings.iter().filter(|finding| finding.severity != Severity::Note) {
            let found = self.findings.entry(finding.code).or_default();
            found.n += 1;
            found.n_files += usize::from(seen.insert(finding.code));
        }
        for site in upptime_sites(text) {
            self.add_site(&site);
        }
    }

    fn add_site(&mut self, site: &UpptimeSite) {
        self.n_sites += 1;
        let check = ["tcp-ping", "ws", "ssl"].into_iter().find(|check| *check == site.check).unwrap_or("http");
        *self.checks.entry(check.to_owned()).or_default() += 1;
        let target = site.target.as_ref().map(|(_, url)| url.as_str());
        let counts = [
            (&mut self.by_globalping, site.is_globalping),
            (&mut self.without_tls, target.is_some_and(|url| url.starts_with("http://") || url.starts_with("ws://"))),
            (&mut self.with_secret, target.is_none() && site.url.contains('$')),
            (&mut self.named_ipv6, says_ipv6(&site.name)),
            (&mut self.ipv6_asked_for, site.ipv6),
            (&mut self.ipv6_measured, site.follows_ipv6()),
            (&mut self.ipv6_that_can_be_up, site.follows_ipv6() && site.only_down.is_none()),
            (&mut self.only_down, site.only_down.is_some()),
            (&mut self.no_answer_is_up, site.expects_no_answer),
            (&mut self.body_decides, site.has_body_rules),
        ];
        for (n, is_one) in counts {
            *n += usize::from(is_one);
        }
    }

    /// Returns the numbers in Markdown.
    fn text(&self) -> String {
        let mut rows = vec![
            ("become a target here".to_owned(), self.n_measurable),
            ("are measured by Globalping".to_owned(), self.by_globalping),
            ("are asked without TLS".to_owned(), self.without_tls),
            ("need a secret to be measured".to_owned(), self.with_secret),
            ("say IPv6 in their name".to_owned(), self.named_ipv6),
            ("ask for IPv6".to_owned(), self.ipv6_asked_for),
            ("are measured over IPv6 by Upptime's own rules".to_owned(), self.ipv6_measured),
            ("of these, can be up as far as the file tells".to_owned(), self.ipv6_that_can_be_up),
            ("can only be down".to_owned(), self.only_down),
            ("count no answer at all as up".to_owned(), self.no_answer_is_up),
            ("are judged by words in the body".to_owned(), self.body_decides),
        ];
        let checks = self.checks.iter().map(|(check, n)| (format!("have the check `{check}`"), *n));
        rows.splice(1..1, checks);
        let mut text = format!(
            "{} with {}\n\n| of the sites | |\n|---|--:|\n",
            count(self.n_files, "file"),
            count(self.n_sites, "site")
        );
        for (what, n) in rows {
            let _ = writeln!(text, "| {what} | {n} |"); // Writing to a String does not fail.
        }
        text.push_str("\n| of the files | |\n|---|--:|\n");
        for (what, n) in [
            ("are no configuration", self.n_unreadable),
            ("end Upptime's whole run", self.n_files_that_end),
            ("have no warning", self.n_files_without_warning),
        ] {
            let _ = writeln!(text, "| {what} | {n} |"); // Writing to a String does not fail.
        }
        text.push_str("\n| finding | files | times |\n|---|--:|--:|\n");
        let mut findings: Vec<_> = self.findings.iter().collect();
        findings.sort_by_key(|(code, found)| (std::cmp::Reverse(found.n_files), **code));
        for (code, Found { n_files, n }) in findings {
            let _ = writeln!(text, "| `{code}` | {n_files} | {n} |");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_counted() {
        let mut summary = Summary::default();
        summary.add("owner: o\nsites:\n  - { name: A, url: 'https://a.example' }\n");
        summary.add(
            "sites:\n  - { name: B IPv6, url: b.example/x, check: tcp-ping, port: 80, ipv6: no }\n  \
             - { name: C, url: $C }\n  - { name: 1, url: c.example }\n",
        );
        summary.add("sites: [");
        assert_eq!((summary.n_files, summary.n_unreadable, summary.n_sites, summary.n_measurable), (3, 1, 4, 3));
        assert_eq!((summary.n_files_that_end, summary.n_files_without_warning), (1, 1));
        assert_eq!((summary.with_secret, summary.without_tls, summary.named_ipv6), (1, 1, 1));
        assert_eq!((summary.ipv6_measured, summary.ipv6_that_can_be_up, summary.only_down), (1, 0, 1));
        assert_eq!(summary.checks.get("http"), Some(&3));
        let text = summary.text();
        assert!(text.starts_with("3 files with 4 sites\n"), "{text}");
        assert!(text.contains("| `only_down` | 1 | 1 |") && text.contains("| `yaml_syntax` | 1 | 1 |"), "{text}");
    }
}
