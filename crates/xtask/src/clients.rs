//! Measures the table of real clients again (`tests/clients`), which takes packages of four registries, root and an hour.

use crate::workspace::{Workspace, run as run_program};
use anyhow::Result;
use std::process::Command;

#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub struct Args {
    /// What the suite is told; `--help` has all of it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTION")]
    options: Vec<String>,
}

/// Runs the suite; fails where it could not run, and with `--compare` where a client fares otherwise than the table says.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let mut python = Command::new("python3");
    // Nothing is left in the folders of the repository.
    python.arg("-B").arg(workspace.root.join("tests/clients/run.py")).args(&args.options);
    run_program(&mut python, "measuring clients")
}
