//! The program as a vantage beside workerd: it knows a refusal from a missing route, which workerd does not.

use super::data::Token;
use crate::say;
use crate::workspace::{Workspace, run};
use anyhow::{Context as _, Result};
use dualwatch_edgehost::{Process, tied_command};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NAME: &str = "local";

/// A running vantage; dropping it stops it.
pub struct Vantage {
    process: Process,
    has_ended: bool,
}

impl Vantage {
    /// Builds the program and returns its path.
    pub fn build(workspace: &Workspace) -> Result<PathBuf> {
        let mut cargo = workspace.cargo();
        cargo.args(["build", "--locked", "--package", "dualwatch-cli", "--bin", "dualwatch"]);
        run(&mut cargo, "building the vantage")?;
        Ok(workspace.target.join("debug/dualwatch"))
    }

    /// Starts it for the worker at `origin`; its rounds wait in the data folder.
    pub fn start(program: &Path, origin: &str, token: &Token, data: &Path) -> Result<Self> {
        let mut command = tied_command(program);
        command.args(["vantage", "--for", origin, "--name", NAME, "--token-file"]).arg(&token.path);
        command.arg("--spool").arg(data.join("vantage"));
        let log: dualwatch_edgehost::Log = Arc::new(|line| eprintln!("{NAME} | {line}"));
        let process = Process::spawn(command, &log).with_context(|| format!("cannot run {}", program.display()))?;
        Ok(Self { process, has_ended: false })
    }

    /// Says when it has ended by itself. The worker goes on: nothing depends on one vantage.
    pub fn look(&mut self) -> Result<()> {
        if !self.has_ended
            && let Some(status) = self.process.ended()?
        {
            self.has_ended = true;
            say(format_args!("the vantage `{NAME}` ended by itself ({status}); the edge goes on alone"));
        }
        Ok(())
    }

    /// Asks it to end, and ends it when it does not.
    pub fn stop(self) -> Result<()> {
        self.process.stop().context("cannot stop the vantage")?;
        Ok(())
    }
}
