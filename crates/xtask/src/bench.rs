//! Measures how much Dualwatch takes, each benchmark in a program of its own (`tests/benches`), in a release build.

use crate::build::{self, Built};
use crate::say;
use crate::setup::{Browsers, Need, blackbox, prepare};
use crate::workspace::{Workspace, run as run_program, run_reading};
use anyhow::{Context as _, Result};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(clap::Args)]
pub struct Args {
    /// Runs only these benchmarks
    #[arg(value_name = "NAME")]
    names: Vec<Name>,
    /// Another checkout of this repository, whose program and worker `prober` measures beside ours
    #[arg(long, value_name = "CHECKOUT")]
    against: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    /// CPU and wall time per HTTPS check: the program, the worker on workerd, and blackbox exporter
    Prober,
    /// What each address takes in the worker with `addresses: every`, beside a target of its own: CPU, rows, bytes
    Addresses,
    /// Requests a second of the public answers beside a worker of constants, and how late rounds begin while readers ask
    Api,
    /// What open pages cost that are told of changes: a thousand of them, and other ways to tell them (Linux)
    Live,
    /// What a round takes after it is measured: time, state, bytes on disk, and the data of a page of 90 days
    Incidents,
    /// The worst of what is allowed (patterns, JSON, codings, certificates) beside hashing a body, at the edge and in the program
    Matching,
    /// The self-test beside the order and the timers of test-ipv6.com, in Chromium and Firefox, in a network of its own (Linux)
    SelfTest,
    /// Memory of the program and of workerd while every hostile behaviour runs 1,000 times; two hours
    Memory,
}

impl Name {
    const ALL: [Self; 8] = [
        Self::Prober,
        Self::Addresses,
        Self::Api,
        Self::Live,
        Self::Incidents,
        Self::Matching,
        Self::SelfTest,
        Self::Memory,
    ];

    fn run(self, workspace: &Workspace, against: Option<&Path>) -> Result<()> {
        match self {
            Self::Prober => {
                let other = [("DUALWATCH_BLACKBOX", blackbox(workspace))];
                let before = against.map(before).transpose()?.into_iter().flatten();
                cargo_bench(workspace, "prober", worker(workspace)?.into_iter().chain(other).chain(before))
            }
            Self::Addresses => cargo_bench(workspace, "addresses", worker(workspace)?),
            Self::Api => cargo_bench(workspace, "api", worker(workspace)?),
            Self::Live => cargo_bench(workspace, "live", worker(workspace)?),
            Self::Incidents => cargo_bench(workspace, "incidents", []),
            Self::Matching => {
                let (modules, workerd) = build::worst(workspace)?;
                cargo_bench(
                    workspace,
                    "matching",
                    [("DUALWATCH_WORST", Some(modules)), ("DUALWATCH_WORKERD", Some(workerd))],
                )
            }
            Self::SelfTest => self_test(workspace),
            Self::Memory => {
                let program = [("DUALWATCH_PROGRAM", Some(program(workspace)?))];
                cargo_bench(workspace, "memory", worker(workspace)?.into_iter().chain(program))
            }
        }
    }
}

/// Runs the named benchmarks one after the other, or all of them.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    for name in Name::ALL.into_iter().filter(|name| args.names.is_empty() || args.names.contains(name)) {
        name.run(workspace, args.against.as_deref())?;
    }
    Ok(())
}

/// Builds the worker; returns where benchmarks find it.
fn worker(workspace: &Workspace) -> Result<[(&'static str, Option<PathBuf>); 2]> {
    let Built { bundle, workerd, .. } = build::run(workspace)?;
    Ok([("DUALWATCH_BUNDLE", Some(bundle.root().into())), ("DUALWATCH_WORKERD", Some(workerd))])
}

/// Builds the worker and the benchmark of another checkout, each by its own means; returns where ours finds them.
fn before(checkout: &Path) -> Result<[(&'static str, Option<PathBuf>); 2]> {
    say(format_args!("building the worker of {}", checkout.display()));
    let other = Workspace { root: checkout.to_owned(), target: checkout.join("target") };
    run_program(other.cargo().args(["xtask", "build"]), "building the other worker")?;
    say(format_args!("building the benchmark of {} (release)", checkout.display()));
    let mut cargo = other.cargo();
    cargo.args(["bench", "--no-run", "--locked", "--package", "dualwatch-tests", "--bench", "prober"]);
    let mut program = None;
    run_reading(cargo.arg("--message-format=json"), "building the other benchmark", |line| {
        let message: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        if message["target"]["name"] == "prober" {
            program = message["executable"].as_str().map(PathBuf::from).or(program.take());
        }
    })?;
    let program = program.context("cargo did not say where the other benchmark is")?;
    Ok([("DUALWATCH_AGAINST_PROGRAM", Some(program)), ("DUALWATCH_AGAINST_BUNDLE", Some(other.bundle_dir()))])
}

/// Runs the one that needs browsers, and so is no program of ours.
fn self_test(workspace: &Workspace) -> Result<()> {
    let ready = prepare(workspace, &[Need::Browsers, Need::Networks])?;
    build::build(workspace, &ready)?;
    let Browsers { chromium, firefox } = ready.browsers.context("no browsers were found")?;
    let program = env::current_exe().context("cannot find ourselves")?;
    let mut command = Command::new(ready.node);
    command.arg("bench/self-test.mjs").current_dir(workspace.browser_tests_dir());
    command.env("XTASK", program).env("CHROMIUM", chromium).env("FIREFOX", firefox);
    run_program(&mut command, "the benchmark self-test")
}

/// Builds and runs a `[[bench]]` of the crate `tests`, which finds what it needs in its environment.
fn cargo_bench(
    workspace: &Workspace,
    name: &str,
    needs: impl IntoIterator<Item = (&'static str, Option<PathBuf>)>,
) -> Result<()> {
    say(format_args!("building the benchmark {name} (release)"));
    let mut cargo = workspace.cargo();
    cargo.args(["bench", "--quiet", "--locked", "--package", "dualwatch-tests", "--bench", name]);
    for (variable, path) in needs {
        match path {
            Some(path) => cargo.env(variable, path),
            None => cargo.env_remove(variable),
        };
    }
    run_program(&mut cargo, &format!("the benchmark {name}"))
}

/// Builds the program `dualwatch` as it is released; returns its path.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    say("building the program (release)");
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--release", "--quiet", "--locked", "--package", "dualwatch-cli", "--bin", "dualwatch"]);
    run_program(&mut cargo, "building the program")?;
    Ok(workspace.target.join("release/dualwatch"))
}
