//! `dualwatch lint`: what is wrong with a configuration, for people or as JSON; of a folder of them, how much of what.

mod summary;

use crate::{exit::Exit, out::Out};
use anyhow::{Context, Result};
use dualwatch_config::{Finding, Format, Severity, file_text, load};
use serde::Serialize;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 usable (perhaps with warnings), 1 not usable, or warnings with --strict, \
                        2 the file cannot be read.")]
pub struct Arguments {
    /// A `dualwatch.yml` or a `.upptimerc.yml`; told apart by name, else by content.
    #[arg(value_name = "FILE", required_unless_present = "summary")]
    file: Option<PathBuf>,
    /// Count what the configurations of Upptime in this folder ask for, and what misleads in them; names nobody.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["file", "strict"])]
    summary: Option<PathBuf>,
    /// Print one document.
    #[arg(long)]
    json: bool,
    /// Let warnings fail as well; notes never do.
    #[arg(long)]
    strict: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'f> {
    version: u32,
    file: String,
    /// `null` where the file is too wrong to tell.
    format: Option<Format>,
    /// `null` where the configuration cannot be used.
    n_targets: Option<usize>,
    findings: &'f [Finding],
}

/// Prints every finding in the order of the file.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    if let Some(folder) = &arguments.summary {
        return summary::run(folder, arguments.json);
    }
    let path = arguments.file.as_ref().context("a file is needed")?;
    let bytes = fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{} is no text in UTF-8", path.display()))?;
    let name = path.display().to_string();
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let files = |file: &str| fs::read(folder.join(file)).map(file_text).map_err(|error| error.to_string());
    let (format, n_targets, findings) = match load(&text, &name, &files) {
        Ok(config) => (Some(config.format), Some(config.targets.len()), config.warnings),
        Err(findings) => (None, None, findings),
    };
    let mut out = Out::new();
    if arguments.json {
        let document = Document { version: 1, file: name, format, n_targets, findings: &findings };
        writeln!(out, "{}", serde_json::to_string(&document).context("failed to write JSON")?)?;
    } else {
        for finding in &findings {
            writeln!(out, "{finding}")?;
        }
        writeln!(out, "{name}: {}", summary(n_targets, &findings))?;
    }
    Ok(exit(&findings, arguments.strict))
}

/// Returns `usable: 3 targets, 2 warnings` or `not usable: 1 error, 2 warnings`; what measures nothing is not called usable.
fn summary(n_targets: Option<usize>, findings: &[Finding]) -> String {
    let n = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let rest = |n, noun| if n == 0 { String::new() } else { format!(", {}", count(n, noun)) };
    let warnings = rest(n(Severity::Warning), "warning") + &rest(n(Severity::Note), "note");
    let first = match n_targets {
        None => format!("not usable: {}", count(n(Severity::Error), "error")),
        Some(0) => "nothing to measure: 0 targets".to_owned(),
        Some(n) => format!("usable: {}", count(n, "target")),
    };
    format!("{first}{warnings}")
}

fn exit(findings: &[Finding], strict: bool) -> Exit {
    let fails = |finding: &Finding| match finding.severity {
        Severity::Error => true,
        Severity::Warning => strict,
        Severity::Note => false,
    };
    if findings.iter().any(fails) { Exit::Failed } else { Exit::Reachable }
}

pub(super) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
