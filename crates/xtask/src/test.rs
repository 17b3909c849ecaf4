//! Checks, builds and tests everything; prints one line that says how it went, and what did not run.

mod checkout;
mod lints;
mod tally;
mod whole;

use crate::build::{self, Built};
use crate::setup::{Browsers, Need, Ready, prepare};
use crate::workspace::{Workspace, run as run_program, run_reading, search_path};
use crate::{dependencies, say, sizes};
use anyhow::{Context as _, Result, bail};
use checkout::Checkout;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;
use std::{env, fs, io};
use tally::Tally;

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
    /// Licences, bans and sources of what we depend on
    Dependencies,
    /// Native tests of every crate; those of the worker run it on workerd
    Rust,
    /// The page in Chromium and in Firefox
    Browser,
    /// Sizes of worker and page against their budget
    Sizes,
}

/// What the parts share.
struct Run<'a> {
    workspace: &'a Workspace,
    ready: Ready,
    built: Built,
    /// This program, by the name that it was started with: cargo may put another build of it there meanwhile.
    program: PathBuf,
    /// Where tests note that they could not run.
    notes: PathBuf,
    tally: Tally,
}

impl Part {
    const ALL: [Self; 5] = [Self::Lints, Self::Dependencies, Self::Rust, Self::Browser, Self::Sizes];

    fn name(self) -> &'static str {
        match self {
            Self::Lints => "lints",
            Self::Dependencies => "dependencies",
            Self::Rust => "rust",
            Self::Browser => "browser",
            Self::Sizes => "sizes",
        }
    }

    fn run(self, run: &mut Run) -> Result<()> {
        match self {
            Self::Lints => lints::check(run.workspace),
            Self::Dependencies => dependencies::check(run.workspace),
            Self::Rust => rust(run),
            Self::Browser => browser(run),
            Self::Sizes => sizes::check(&run.built),
        }
    }
}

/// Runs all parts, also after one has failed: one run shows everything that is wrong.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let started = Instant::now();
    let program = env::current_exe().context("cannot find ourselves")?;
    let parts: Vec<Part> =
        Part::ALL.into_iter().filter(|part| args.only.is_empty() || args.only.contains(part)).collect();
    let ready = prepare(workspace, &needs(workspace, &parts))?;
    let before = Checkout::look(workspace)?;
    let built = build::build(workspace, &ready)?;
    let notes = workspace.bundle_dir().join("not-run");
    remove(&notes)?;
    let mut run = Run { workspace, ready, built, program, notes, tally: Tally::default() };
    let mut summary = vec![format!("build ok ({} s)", started.elapsed().as_secs())];
    let mut failed = Vec::new();
    let mut note = |part: Part, outcome: Result<()>, s: u64, how: &str| {
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        summary.push(format!("{} {word} ({s} s{how})", part.name()));
        if let Err(error) = outcome {
            say(format_args!("{}: {error:#}", part.name()));
            failed.push(part.name().to_owned());
        }
    };
    let is_beside = parts.contains(&Part::Lints) && parts.contains(&Part::Rust);
    for part in parts {
        if part == Part::Lints && is_beside {
            continue;
        }
        say(format_args!("testing: {}", part.name()));
        let started = Instant::now();
        if part == Part::Rust && is_beside {
            // Tests wait for servers and for time to pass, most of them: the lints take what they leave of the processor.
            let outcome = compile(&run).map(|()| lints::Beside::start(workspace));
            let (outcome, lints) = match outcome {
                Ok(lints) => (part.run(&mut run), lints.finish()),
                Err(error) => (Err(error), lints::check_timed(workspace)),
            };
            note(part, outcome, started.elapsed().as_secs(), "");
            note(Part::Lints, lints.outcome, lints.s, " beside it");
        } else {
            let outcome = part.run(&mut run);
            note(part, outcome, started.elapsed().as_secs(), "");
        }
    }
    let changed = Checkout::look(workspace).and_then(|after| after.unchanged_since(&before));
    failed.extend(changed.err().map(|error| format!("{error:#}")));
    let not_run = dualwatch_notrun::read(&run.notes).context("cannot read what tests have noted")?;
    if whole::is_broken(&not_run) {
        failed.push("CI=true asks for a whole run, and the kernel refused a part of it".to_owned());
    }

    let Tally { passed, failed: n_failed, skipped } = run.tally;
    let n_not_run = whole::n_not_run(&not_run);
    // A test that could not run has returned, which its runner takes for passing.
    println!("{} passed, {n_failed} failed, {} skipped", passed.saturating_sub(n_not_run), skipped + n_not_run);
    println!("test: {}; {} s in all{}", summary.join(", "), started.elapsed().as_secs(), whole::words(&not_run));
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

/// What the parts need beside a build.
fn needs(workspace: &Workspace, parts: &[Part]) -> Vec<Need> {
    let of = |part: &Part| -> &[Need] {
        match part {
            Part::Lints => &[Need::Lints],
            Part::Rust => &[Need::Networks, Need::Consumers, Need::Readers, Need::Clients, Need::Proxies],
            // The browsers are put into networks of their own.
            Part::Browser => &[Need::Browsers, Need::Networks, Need::Proxies],
            Part::Dependencies | Part::Sizes => &[],
        }
    };
    let mut needs = Vec::new();
    for need in parts.iter().flat_map(of).copied().chain(Checkout::is_one(workspace).then_some(Need::Checkout)) {
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    needs
}

fn remove(file: &PathBuf) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}

/// Fails with every failure among `outcomes`.
fn all<const N: usize>(outcomes: [Result<()>; N]) -> Result<()> {
    let failures: Vec<String> = outcomes.into_iter().filter_map(|outcome| Some(outcome.err()?.to_string())).collect();
    if failures.is_empty() {
        return Ok(());
    }
    bail!("{}", failures.join("; "))
}

/// Every test of the workspace. What renders the pages is only used in the worker, and therefore no default member.
const RUST: [&[&str]; 2] = [&[], &["--package", "dualwatch-app"]];

/// From what number the cases of the laws (proptest) are made.
const LAWS_SEED: &str = "9293";

fn cargo_test(run: &Run, arguments: &[&str]) -> Command {
    let mut cargo = run.workspace.cargo();
    cargo.args(["test", "--locked", "--no-fail-fast"]).args(arguments);
    // For the suites that run the worker, and those that make networks.
    cargo.env("DUALWATCH_BUNDLE", run.built.bundle.root()).env("DUALWATCH_WORKERD", &run.built.workerd);
    // For those that others read us with.
    cargo.env("DUALWATCH_NODE", &run.ready.node);
    cargo.env("NODE", &run.ready.node);
    cargo.env("PATH", search_path()).env(dualwatch_notrun::VARIABLE, &run.notes);
    // What a test says is the same each time; new cases of the laws are what `cargo xtask fuzz laws` looks for.
    cargo.env("PROPTEST_RNG_SEED", LAWS_SEED).env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    cargo
}

/// Compiles what [`rust`] runs.
fn compile(run: &Run) -> Result<()> {
    all(RUST.map(|arguments| {
        let what = format!("cargo test --no-run {}", arguments.join(" "));
        run_program(cargo_test(run, arguments).arg("--no-run"), what.trim_end())
    }))
}

fn rust(run: &mut Run) -> Result<()> {
    all(RUST.map(|arguments| {
        let what = format!("cargo test {}", arguments.join(" "));
        run_reading(&mut cargo_test(run, arguments), what.trim_end(), |line| run.tally.read(line))
    }))
}

fn browser(run: &mut Run) -> Result<()> {
    let Browsers { chromium, firefox } = run.ready.browsers.as_ref().context("no browsers were asked for")?;
    let files = test_files(run.workspace)?;
    // `dualwatch echo` is what browsers ask in the networks.
    let program = crate::serve::build_program(run.workspace)?;
    // Its odd servers are opened in them.
    let lab = crate::serve::build_lab(run.workspace)?;
    let mut command = Command::new(&run.ready.node);
    command.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]).args(files);
    command.current_dir(run.workspace.browser_tests_dir());
    command.env("XTASK", &run.program);
    command.env("CHROMIUM", chromium).env("FIREFOX", firefox).env("DUALWATCH", program).env("DUALWATCH_LAB", lab);
    command.env("PATH", search_path()).env(dualwatch_notrun::VARIABLE, &run.notes);
    command.env("SCREENSHOTS", run.workspace.bundle_dir().join("screenshots"));
    run_reading(&mut command, "the browser tests", |line| run.tally.read(line))
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
