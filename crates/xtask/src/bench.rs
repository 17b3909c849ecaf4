//! Measures how much Dualwatch takes, each benchmark in a program of its own (`tests/benches`), in a release build.

use crate::build::{self, Built};
use crate::say;
use crate::setup::blackbox;
use crate::workspace::{Workspace, run as run_program};
use anyhow::Result;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// Runs only these benchmarks
    #[arg(value_name = "NAME")]
    names: Vec<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    /// CPU and wall time per HTTPS check: the program, the worker on workerd, and blackbox exporter
    Prober,
}

impl Name {
    const ALL: [Self; 1] = [Self::Prober];

    fn run(self, workspace: &Workspace, built: &Built) -> Result<()> {
        match self {
            Self::Prober => cargo_bench(workspace, built, "prober", &[("DUALWATCH_BLACKBOX", blackbox(workspace))]),
        }
    }
}

/// Runs the named benchmarks one after the other, or all of them.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let built = build::run(workspace)?;
    for name in Name::ALL.into_iter().filter(|name| args.names.is_empty() || args.names.contains(name)) {
        name.run(workspace, &built)?;
    }
    Ok(())
}

/// Builds and runs a `[[bench]]` of the crate `tests`, which finds the worker's bundle in its environment.
fn cargo_bench(workspace: &Workspace, built: &Built, name: &str, programs: &[(&str, Option<PathBuf>)]) -> Result<()> {
    say(format_args!("building the benchmark {name} (release)"));
    let mut cargo = workspace.cargo();
    cargo.args(["bench", "--quiet", "--locked", "--package", "dualwatch-tests", "--bench", name]);
    cargo.env("DUALWATCH_BUNDLE", built.bundle.root()).env("DUALWATCH_WORKERD", &built.workerd);
    for (variable, program) in programs {
        match program {
            Some(program) => cargo.env(variable, program),
            None => cargo.env_remove(variable),
        };
    }
    run_program(&mut cargo, &format!("the benchmark {name}"))
}
