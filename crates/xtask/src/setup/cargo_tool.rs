//! cargo-fuzz, which builds and runs the fuzz targets.

use crate::say;
use crate::workspace::{Workspace, find_program, run};
use anyhow::Result;
use std::path::PathBuf;

const VERSION: &str = "0.13.2";

/// Returns the program, installed into the target folder where there is none.
pub fn cargo_fuzz(workspace: &Workspace) -> Result<PathBuf> {
    let root = workspace.target.join("tools/cargo-fuzz");
    let own = root.join("bin/cargo-fuzz");
    if let Some(found) = find_program(&["cargo-fuzz"]).or_else(|| Some(own.clone()).filter(|path| path.is_file())) {
        return Ok(found);
    }
    say(format_args!("installing cargo-fuzz {VERSION} into {}: cargo install cargo-fuzz", root.display()));
    let mut cargo = workspace.cargo();
    cargo.args(["install", "cargo-fuzz", "--locked", "--version", VERSION, "--root"]).arg(&root);
    run(&mut cargo, "cargo install cargo-fuzz")?;
    Ok(own)
}
