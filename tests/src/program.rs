//! The program `dualwatch` as a vantage, as people run it.

use crate::worker::{VANTAGE_TOKEN, workspace};
use dualwatch_edgehost::{Process, tied_command};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, OnceLock},
};

/// Returns the program, built where it is not.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match std::env::var_os("DUALWATCH_PROGRAM") {
        // Benchmarks run a release build.
        Some(given) => given.into(),
        None => built("dualwatch-cli", "dualwatch"),
    })
}

/// Returns the program of the fault lab, built where it is not.
pub fn lab() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| built("dualwatch-simnet", "dualwatch-lab"))
}

fn built(package: &str, bin: &str) -> PathBuf {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--locked", "--package", package, "--bin", bin]);
    assert!(cargo.current_dir(workspace()).status().expect("cargo runs").success(), "the program can be built");
    // A test runs from `deps` in the folder of its profile.
    let test = std::env::current_exe().expect("the path of the test program");
    let target = test.parent().and_then(Path::parent).and_then(Path::parent).expect("a target folder");
    target.join("debug").join(bin)
}

/// A running `dualwatch vantage`.
pub struct Vantage {
    process: Process,
}

impl Vantage {
    /// Starts one for the worker at `origin`, with its spool and token in `dir`.
    pub fn start(origin: &str, name: &str, dir: &Path) -> Self {
        Self::start_with(origin, name, dir, &[])
    }

    /// The same, with further arguments.
    pub fn start_with(origin: &str, name: &str, dir: &Path, arguments: &[&OsStr]) -> Self {
        let token = dir.join("token");
        std::fs::write(&token, format!("{VANTAGE_TOKEN}\n")).expect("written");
        let mut command = tied_command(program());
        command.args(["vantage", "--for", origin, "--name", name, "--token-file"]).arg(&token);
        command.arg("--spool").arg(dir.join("spool")).args(arguments);
        let log: dualwatch_edgehost::Log = Arc::new(|line| println!("vantage: {line}"));
        Self { process: Process::spawn(command, &log).expect("the vantage starts") }
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Ends it as Ctrl-C does.
    pub fn stop(self) {
        let status = self.process.stop().expect("stopped");
        assert!(status.success(), "a vantage that is asked to end ends well: {status}");
    }

    /// Ends it as a power cut does.
    pub fn kill(self) {
        self.process.kill().expect("killed");
    }
}
