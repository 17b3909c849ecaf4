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
    // `--crate-type`: a page's library is also linked into the worker, and only here it is a module of its own.
    let lib = ["--lib", "--crate-type", "cdylib"];
    for module in MODULES {
        let features = module.features.join(",");
        let package = ["--package", module.package, "--features", &features];
        let program = ["--bin", module.name];
        let made: &[&str] = if module.is_program { &program } else { &lib };
        cargo_rustc(workspace, &[&package[..], made].concat(), crypto)?;
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

#[cfg(test)]
mod tests {
    /// As a `cdylib` too, it would be written under the same name by the worker's build and the page's: each would
    /// undo the other, and nothing would ever be up to date.
    #[test]
    fn the_page_is_a_plain_library_in_its_manifest() {
        assert!(!include_str!("../../../../web/app/Cargo.toml").contains("\"cdylib\""));
    }
}
