//! Where the workspace and its target folder are, and how other programs are run.

use crate::children::{self, Running};
use anyhow::{Context as _, Result, bail};
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, thread};

/// How long a command may say nothing before we look whether it has ended.
const QUIET: Duration = Duration::from_millis(500);

pub struct Workspace {
    pub root: PathBuf,
    /// As cargo sees it: `CARGO_TARGET_DIR`, `build.target-dir`, or `target`.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo about the workspace that xtask was built in.
    pub fn locate() -> Result<Self> {
        // At run time where cargo runs us; the place of the build otherwise (a test may start the program itself).
        let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let mut metadata = Command::new(program("CARGO", "cargo"));
        metadata.args(["metadata", "--no-deps", "--format-version=1"]).current_dir(here);
        let output = children::output(&mut metadata).context("cannot run cargo")?;
        if !output.status.success() {
            bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let path = |key: &str| metadata[key].as_str().map(PathBuf::from).context("cargo metadata has no paths");
        Ok(Self { root: path("workspace_root")?, target: path("target_directory")? })
    }

    /// A cargo command in this workspace.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(program("CARGO", "cargo"));
        command.current_dir(&self.root);
        command
    }

    /// The bundle that `build` makes and `serve` and the tests run.
    pub fn bundle_dir(&self) -> PathBuf {
        self.target.join("dualwatch")
    }

    pub fn worker_dir(&self) -> PathBuf {
        self.root.join("worker")
    }

    pub fn widget_dir(&self) -> PathBuf {
        self.root.join("web/widget")
    }

    pub fn browser_tests_dir(&self) -> PathBuf {
        self.root.join("tests/browser")
    }

    pub fn consumer_tests_dir(&self) -> PathBuf {
        self.root.join("tests/consumers")
    }
}

fn program(variable: &str, default: &str) -> PathBuf {
    env::var_os(variable).map_or_else(|| default.into(), PathBuf::from)
}

/// Runs `command` with our own output; an error names `what` failed.
pub fn run(command: &mut Command, what: &str) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = children::status(command).with_context(|| format!("cannot run {name}"))?;
    if status.success() { Ok(()) } else { bail!("{what} failed ({status})") }
}

/// Runs `command` and hands every line of its standard output on, to ours and to `read`; an error names `what` failed.
pub fn run_reading(command: &mut Command, what: &str, mut read: impl FnMut(&str)) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut running = Running::spawn(command.stdout(Stdio::piped())).with_context(|| format!("cannot run {name}"))?;
    let stdout = running.child.stdout.take().context("it has no output")?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(stdout).split(b'\n').map_while(Result::ok);
        // Nobody listens any more: the command is over.
        lines.map(|line| sender.send(line)).take_while(Result::is_ok).for_each(drop);
    });
    let mut ended = None;
    loop {
        match lines.recv_timeout(QUIET) {
            Ok(line) => {
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                read(&line);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            // What it has left behind may hold its output open for ever.
            Err(mpsc::RecvTimeoutError::Timeout) if ended.is_some() => break,
            Err(mpsc::RecvTimeoutError::Timeout) => ended = running.child.try_wait()?,
        }
    }
    let status = ended.map_or_else(|| running.wait(), Ok)?;
    if status.success() { Ok(()) } else { bail!("{what} failed ({status})") }
}

/// Whether `command` runs and succeeds; what it writes is not shown.
pub fn succeeds(command: &mut Command) -> bool {
    children::output(command).is_ok_and(|output| output.status.success())
}

/// Returns `PATH` with the folders of programs for the administrator, which it lacks for everybody else on Debian.
pub fn search_path() -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let further = ["/usr/sbin", "/sbin"].map(PathBuf::from).into_iter().filter(|dir| dir.is_dir());
    env::join_paths(env::split_paths(&path).chain(further)).unwrap_or(path)
}

/// Returns the first of `names` that is a program on `PATH`, or is a path to one.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = search_path();
    names.iter().find_map(|name| {
        if name.contains('/') {
            return Some(PathBuf::from(name)).filter(|path| path.is_file());
        }
        env::split_paths(&path).map(|dir| dir.join(name)).find(|path| path.is_file())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_found_from_anywhere() {
        let workspace = Workspace::locate().unwrap();
        assert!(workspace.root.join("Cargo.lock").is_file());
        assert!(workspace.worker_dir().join("Cargo.toml").is_file());
    }

    #[test]
    fn programs_are_found_by_name_and_by_path() {
        assert!(find_program(&["no-such-program", "sh"]).is_some());
        assert!(find_program(&["/bin/sh"]).is_some());
        assert!(find_program(&["no-such-program", "/no/such/program"]).is_none());
    }

    #[test]
    fn lines_are_read_to_the_end_of_the_program_and_no_longer() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        // The child that is left behind keeps the output open.
        command.args(["-c", "echo a; sleep 30 & echo b; exit 3"]);
        let error = run_reading(&mut command, "the thing", |line| lines.push(line.to_owned())).unwrap_err();
        assert!(error.to_string().starts_with("the thing failed"), "{error}");
        assert_eq!(lines, ["a", "b"]);
    }

    #[test]
    fn a_failing_program_is_named_by_its_purpose() {
        let error = run(Command::new("sh").args(["-c", "exit 3"]), "the thing").unwrap_err().to_string();
        assert!(error.starts_with("the thing failed"), "{error}");
    }
}
