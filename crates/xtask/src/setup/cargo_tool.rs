//! Programs that cargo installs: into the target folder, so that nothing of the user's changes.

use crate::say;
use crate::workspace::{Workspace, find_program, run};
use anyhow::Result;
use std::path::PathBuf;

/// Returns cargo-fuzz, which builds and runs the fuzz targets.
pub fn cargo_fuzz(workspace: &Workspace) -> Result<PathBuf> {
    cargo_tool(workspace, "cargo-fuzz", "0.13.2")
}

/// Returns cargo-deny, which knows licences, bans, sources and advisories.
pub fn cargo_deny(workspace: &Workspace) -> Result<PathBuf> {
    cargo_tool(workspace, "cargo-deny", "0.20.2")
}

/// Returns the program, installed where there is none.
fn cargo_tool(workspace: &Workspace, name: &str, version: &str) -> Result<PathBuf> {
    let root = workspace.target.join("tools").join(name);
    let own = root.join("bin").join(name);
    if let Some(found) = find_program(&[name]).or_else(|| Some(own.clone()).filter(|path| path.is_file())) {
        return Ok(found);
    }
    say(format_args!("installing {name} {version} into {}: cargo install {name}", root.display()));
    let mut cargo = workspace.cargo();
    cargo.args(["install", name, "--locked", "--version", version, "--root"]).arg(&root);
    run(&mut cargo, &format!("cargo install {name}"))?;
    Ok(own)
}
