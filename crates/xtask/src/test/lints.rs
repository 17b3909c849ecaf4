//! Formatting, and clippy without a warning: alone, or beside the tests.

use super::all;
use crate::children;
use crate::workspace::{Workspace, run as run_program};
use anyhow::{Context as _, Result, bail};
use std::process::Command;
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// How the lints went, and how many seconds they took.
pub struct Timed {
    pub outcome: Result<()>,
    pub s: u64,
}

/// Runs all of them, and shows what they say.
pub fn check(workspace: &Workspace) -> Result<()> {
    all(commands(workspace).map(|(mut command, what)| run_program(&mut command, &what)))
}

/// The same, timed.
pub fn check_timed(workspace: &Workspace) -> Timed {
    timed(|| check(workspace))
}

/// Lints that run while something else does, at the lowest priority: what they say is said when they have ended.
pub struct Beside(JoinHandle<Timed>);

impl Beside {
    pub fn start(workspace: &Workspace) -> Self {
        let commands = commands(workspace);
        Self(thread::spawn(|| timed(|| all(commands.map(|(command, what)| quietly(&command, &what))))))
    }

    /// Waits until they have ended.
    pub fn finish(self) -> Timed {
        self.0.join().unwrap_or_else(|_| Timed { outcome: Err(anyhow::anyhow!("the lints panicked")), s: 0 })
    }
}

fn timed(run: impl FnOnce() -> Result<()>) -> Timed {
    let started = Instant::now();
    Timed { outcome: run(), s: started.elapsed().as_secs() }
}

/// Runs a command when nobody else needs the processor. Fails with everything that it has said.
fn quietly(command: &Command, what: &str) -> Result<()> {
    let mut nice = Command::new("nice");
    nice.args(["-n", "19"]).arg(command.get_program()).args(command.get_args());
    nice.current_dir(command.get_current_dir().context("in no folder")?);
    let output = children::output(&mut nice).context("cannot run nice")?;
    if output.status.success() {
        return Ok(());
    }
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    bail!("{what} failed ({}):\n{}", output.status, String::from_utf8_lossy(&said).trim_end())
}

fn commands(workspace: &Workspace) -> [(Command, String); 5] {
    let cargo = |arguments: &[&str]| {
        let mut cargo = workspace.cargo();
        cargo.args(arguments);
        (cargo, format!("cargo {}", arguments.join(" ")))
    };
    let clippy = |arguments: &[&str]| {
        cargo(&[&["clippy", "--locked", "--quiet"], arguments, &["--", "--deny", "warnings"]].concat())
    };
    // Never run natively, and the page's browser half only exists for this target.
    let wasm = |package, features: &str| {
        let target = ["--target", "wasm32-unknown-unknown", "--no-default-features"];
        clippy(&[&["--package", package, "--features", features][..], &target].concat())
    };
    [
        cargo(&["fmt", "--all", "--check"]),
        clippy(&["--all-targets"]),
        // `rustcrypto`: it needs no C compiler, and the lints are the same.
        wasm("dualwatch-worker", "rustcrypto"),
        clippy(&["--package", "dualwatch-app", "--all-targets"]),
        wasm("dualwatch-self-test", ""),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_quiet_command_says_is_told_when_it_fails() {
        let command = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]).current_dir(env!("CARGO_MANIFEST_DIR"));
            command
        };
        quietly(&command("echo all is well"), "this").unwrap();
        let error = quietly(&command("echo one; echo two >&2; exit 3"), "this").unwrap_err().to_string();
        assert_eq!(error, "this failed (exit status: 3):\none\ntwo");
    }
}
