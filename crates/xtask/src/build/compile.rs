//! Compiles the WebAssembly modules with cargo.

use super::page::{self, MODULES, Source};
use crate::setup::Crypto;
use crate::workspace::{self, Workspace};
use anyhow::Result;
use std::path::PathBuf;

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "wasm";

/// What the bundle is made from.
pub struct Compiled {
    /// The worker's module as the compiler left it.
    pub worker: PathBuf,
    /// The browser's, one for each of [`MODULES`].
    pub pages: Vec<Source>,
}

fn cargo_rustc(workspace: &Workspace, arguments: &[&str], crypto: &Crypto) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["rustc", "--locked", "--target", TARGET, "--profile", PROFILE, "--no-default-features"]);
    cargo.args(arguments).envs(crypto.environment().iter().map(|(name, value)| (name, value)));
    workspace::run(&mut cargo, &format!("cargo {}", arguments.join(" ")))
}

/// Runs cargo for each module: one run would give the page the features of the worker, and the other way round.
pub fn run(workspace: &Workspace, crypto: &Crypto) -> Result<Compiled> {
    // `--crate-type`: only here it is a module of its own.
    let lib = ["--lib", "--crate-type", "cdylib"];
    for module in MODULES {
        cargo_rustc(workspace, &["--package", module.package, "--bin", module.name], crypto)?;
    }
    cargo_rustc(
        workspace,
        &[&["--package", "dualwatch-worker", "--features", crypto.feature()][..], &lib].concat(),
        crypto,
    )?;
    let out = workspace.target.join(TARGET).join(PROFILE);
    Ok(Compiled { worker: out.join("dualwatch_worker.wasm"), pages: page::sources(workspace, &out)? })
}

/// Compiles the worker of a benchmark; returns its module as the compiler left it.
pub fn worst(workspace: &Workspace, crypto: &Crypto) -> Result<PathBuf> {
    cargo_rustc(workspace, &["--package", "dualwatch-worst", "--features", crypto.feature(), "--lib"], crypto)?;
    Ok(workspace.target.join(TARGET).join(PROFILE).join("dualwatch_worst.wasm"))
}
