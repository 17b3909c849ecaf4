//! Writes "State of public monitors" (`crates/config/STATE.md`) from a folder of Upptime's configurations.

use crate::serve::build_program;
use crate::workspace::Workspace;
use crate::{children, say};
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

/// Names another folder, as it does for the tests that take real data.
const VARIABLE: &str = "UPPTIME_DATA";
/// Beside the checkout, where nothing else is said.
const DATA: &str = "../shared/data/upptime";
const HEADING: &str = "\
# State of public monitors

What configurations of Upptime that lie open in public repositories ask for, and what misleads in them: numbers alone, nobody
is named. `cargo xtask state DIR` writes this page by `dualwatch lint --summary` over a folder of such files; the codes are
those of [the linter](README.md#codes-of-findings). A file may be old, and its author may have known.
";

#[derive(clap::Args)]
pub struct Args {
    /// The folder with the configurations [default: `UPPTIME_DATA`, else `../shared/data/upptime`]
    dir: Option<PathBuf>,
}

/// Writes the page.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let named = || env::var_os(VARIABLE).map(PathBuf::from);
    let dir = args.dir.clone().or_else(named).unwrap_or_else(|| workspace.root.join(DATA));
    let program = build_program(workspace)?;
    let mut lint = Command::new(program);
    lint.args(["lint", "--summary"]).arg(&dir);
    let output = children::output(&mut lint).context("cannot run `dualwatch lint`")?;
    if !output.status.success() {
        bail!("dualwatch lint: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let numbers = String::from_utf8(output.stdout).context("`dualwatch lint` did not write UTF-8")?;
    let page = workspace.root.join("crates/config/STATE.md");
    fs::write(&page, format!("{HEADING}\n{numbers}")).with_context(|| format!("cannot write {}", page.display()))?;
    say(format_args!("written: {}", page.display()));
    Ok(())
}
