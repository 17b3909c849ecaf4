//! Checks, builds and tests everything; prints one line that says how it went.

use crate::build::{self, Built};
use crate::setup::{browser_packages, chromium, ensure_node, firefox};
use crate::workspace::{Workspace, run as run_program};
use crate::{say, sizes};
use anyhow::{Context as _, Result, bail};
use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// Runs only these parts
    #[arg(value_name = "PART")]
    only: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Formatting, and clippy without a warning
    Lints,
    /// Native tests of every crate; those of the worker run it on workerd
    Rust,
    /// The page in Chromium, and in Firefox where it is installed
    Browser,
    /// Sizes of worker and page against their budget
    Sizes,
}

impl Part {
    const ALL: [Self; 4] = [Self::Lints, Self::Rust, Self::Browser, Self::Sizes];

    fn name(self) -> &'static str {
        match self {
            Self::Lints => "lints",
            Self::Rust => "rust",
            Self::Browser => "browser",
            Self::Sizes => "sizes",
        }
    }

    fn run(self, workspace: &Workspace, built: &Built) -> Result<()> {
        match self {
            Self::Lints => lints(workspace),
            Self::Rust => rust(workspace, built),
            Self::Browser => browser(workspace),
            Self::Sizes => sizes::check(built),
        }
    }
}

/// Runs all parts, also after one has failed: one run shows everything that is wrong.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let started = Instant::now();
    let built = build::run(workspace)?;
    let mut summary = vec![format!("build ok ({} s)", started.elapsed().as_secs())];
    let mut failed = Vec::new();
    for part in Part::ALL.into_iter().filter(|part| args.only.is_empty() || args.only.contains(part)) {
        say(format_args!("testing: {}", part.name()));
        let started = Instant::now();
        let outcome = part.run(workspace, &built);
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        summary.push(format!("{} {word} ({} s)", part.name(), started.elapsed().as_secs()));
        if let Err(error) = outcome {
            say(format_args!("{}: {error:#}", part.name()));
            failed.push(part.name());
        }
    }
    println!("test: {}; {} s in all", summary.join(", "), started.elapsed().as_secs());
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

fn lints(workspace: &Workspace) -> Result<()> {
    let format = run_program(workspace.cargo().args(["fmt", "--all", "--check"]), "cargo fmt --check");
    let clippy = |arguments: &[&str]| {
        let mut cargo = workspace.cargo();
        cargo.args(["clippy", "--locked", "--quiet"]).args(arguments).args(["--", "--deny", "warnings"]);
        run_program(&mut cargo, &format!("cargo clippy {}", arguments.join(" ")))
    };
    // Never run natively, and the page's browser half only exists for this target.
    let wasm = |package, feature| {
        let target = ["--target", "wasm32-unknown-unknown", "--no-default-features"];
        clippy(&[&["--package", package, "--features", feature][..], &target].concat())
    };
    // `rustcrypto`: it needs no C compiler, and the lints are the same.
    all([format, clippy(&["--all-targets"]), wasm("dualwatch-worker", "rustcrypto"), wasm("dualwatch-app", "hydrate")])
}

/// Fails with every failure among `outcomes`.
fn all<const N: usize>(outcomes: [Result<()>; N]) -> Result<()> {
    let failures: Vec<String> = outcomes.into_iter().filter_map(|outcome| Some(outcome.err()?.to_string())).collect();
    if failures.is_empty() {
        return Ok(());
    }
    bail!("{}", failures.join("; "))
}

fn rust(workspace: &Workspace, built: &Built) -> Result<()> {
    let test = |arguments: &[&str]| {
        let mut cargo = workspace.cargo();
        cargo.args(["test", "--locked", "--no-fail-fast"]).args(arguments);
        // For the suites that run the worker.
        cargo.env("DUALWATCH_BUNDLE", built.bundle.root()).env("DUALWATCH_WORKERD", &built.workerd);
        run_program(&mut cargo, &format!("cargo test {}", arguments.join(" ")))
    };
    // The page renders natively too; it is no default member because its other half does not.
    all([test(&[]), test(&["--package", "dualwatch-app", "--features", "ssr"])])
}

fn browser(workspace: &Workspace) -> Result<()> {
    let node = ensure_node()?;
    browser_packages(workspace)?;
    let chromium = chromium()?;
    let files = test_files(workspace)?;
    let mut command = Command::new(node);
    command.args(["--test", "--test-concurrency=1"]).args(files).current_dir(workspace.browser_tests_dir());
    command.env("XTASK", env::current_exe().context("cannot find ourselves")?);
    command.env("CHROMIUM", chromium).env("SCREENSHOTS", workspace.bundle_dir().join("screenshots"));
    match firefox() {
        Some(firefox) => drop(command.env("FIREFOX", firefox)),
        None => say("no Firefox here: the page is tested in Chromium only (Debian: apt install firefox-esr)"),
    }
    run_program(&mut command, "the browser tests")
}

fn test_files(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let dir = workspace.browser_tests_dir();
    let entries = dir.read_dir().with_context(|| format!("cannot read {}", dir.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<_> = paths.into_iter().filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    files.sort();
    if files.is_empty() {
        bail!("no tests in {}", dir.display());
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_named() {
        let error = all([Ok(()), Err(anyhow::anyhow!("a")), Err(anyhow::anyhow!("b"))]).unwrap_err();
        assert_eq!(error.to_string(), "a; b");
        assert!(all([Ok(()), Ok(())]).is_ok());
    }
}
