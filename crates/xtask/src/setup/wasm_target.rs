//! The standard library for `wasm32-unknown-unknown`.

use crate::say;
use crate::workspace::{Workspace, find_program, run};
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::process::Command;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the target to the toolchain of this workspace when it is missing.
///
/// `rust-toolchain.toml` lists it, but where rustup may not install by itself (`RUSTUP_AUTO_INSTALL=0`) that list is
/// passed over without a word.
pub fn ensure(workspace: &Workspace) -> Result<()> {
    if is_installed(workspace)? {
        return Ok(());
    }
    let Some(rustup) = find_program(&["rustup"]) else {
        bail!("Rust's target {TARGET} (there is no rustup to add it: install it by your package manager)");
    };
    say(format_args!("adding Rust's WebAssembly target: rustup target add {TARGET}"));
    run(
        Command::new(rustup).args(["target", "add", TARGET]).current_dir(&workspace.root),
        &format!("Rust's target {TARGET}, because `rustup target add`"),
    )
}

fn is_installed(workspace: &Workspace) -> Result<bool> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(&workspace.root)
        .output()
        .context("cannot run rustc")?;
    let libdir = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    Ok(output.status.success() && libdir.read_dir().is_ok_and(|mut entries| entries.next().is_some()))
}
