//! rustfmt and clippy.

use crate::say;
use crate::workspace::{Workspace, find_program, run, succeeds};
use anyhow::{Result, bail};
use std::process::Command;

/// (cargo's subcommand, rustup's component)
const COMPONENTS: [(&str, &str); 2] = [("fmt", "rustfmt"), ("clippy", "clippy")];

/// Adds what is missing to the toolchain of this workspace.
///
/// `rust-toolchain.toml` lists both; for why that may not be enough see [`super::wasm_target::ensure`].
pub fn ensure(workspace: &Workspace) -> Result<()> {
    let works = |subcommand: &str| succeeds(workspace.cargo().args([subcommand, "--version"]));
    let missing = COMPONENTS.iter().filter(|(subcommand, _)| !works(subcommand)).map(|(_, component)| *component);
    let missing: Vec<_> = missing.collect();
    if missing.is_empty() {
        return Ok(());
    }
    let named = missing.join(" ");
    let Some(rustup) = find_program(&["rustup"]) else { bail!("{named} (of Rust; there is no rustup to add them)") };
    say(format_args!("adding components of Rust: rustup component add {named}"));
    let mut command = Command::new(rustup);
    command.args(["component", "add"]).args(&missing).current_dir(&workspace.root);
    run(&mut command, &format!("{named} (of Rust), because `rustup component add`"))
}
