//! Runs cargo-deny over `deny.toml`: licences, bans, sources, and the advisories of `RustSec`.

use crate::say;
use crate::setup::cargo_deny;
use crate::workspace::{Workspace, run as run_program, succeeds};
use anyhow::Result;
use std::process::Command;

/// Fails with what cargo-deny finds. Where the database of advisories cannot be fetched that is said, and the rest holds.
pub fn run(workspace: &Workspace) -> Result<()> {
    let program = cargo_deny(workspace)?;
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.args(["--all-features"]).args(arguments).current_dir(&workspace.root);
        command
    };
    run_program(&mut deny(&["--locked", "check", "licenses", "bans", "sources"]), "cargo deny check")?;
    if !succeeds(&mut deny(&["fetch", "db"])) {
        say(
            "advisories were not looked at: their database (github.com/rustsec/advisory-db) cannot be fetched from here",
        );
        return Ok(());
    }
    run_program(&mut deny(&["--locked", "check", "--disable-fetch", "advisories"]), "cargo deny check advisories")
}
