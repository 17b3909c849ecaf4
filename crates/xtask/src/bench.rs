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
    /// What a round takes after it is measured: time, state, bytes on disk, and the data of a page of 90 days
    Incidents,
}

impl Name {
    const ALL: [Self; 2] = [Self::Prober, Self::Incidents];

    fn run(self, workspace: &Workspace) -> Result<()> {
        match self {
            Self::Prober => {
                let Built { bundle, workerd, .. } = build::run(workspace)?;
                let worker = [("DUALWATCH_BUNDLE", Some(bundle.root().into())), ("DUALWATCH_WORKERD", Some(workerd))];
                let other = [("DUALWATCH_BLACKBOX", blackbox(workspace))];
                cargo_bench(workspace, "prober", worker.into_iter().chain(other))
            }
            Self::Incidents => cargo_bench(workspace, "incidents", []),
        }
    }
}

/// Runs the named benchmarks one after the other, or all of them.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    for name in Name::ALL.into_iter().filter(|name| args.names.is_empty() || args.names.contains(name)) {
        name.run(workspace)?;
    }
    Ok(())
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
