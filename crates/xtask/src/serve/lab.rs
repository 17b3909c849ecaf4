//! The fault lab: real servers on loopback with scripted faults, for the demo.

use crate::say;
use crate::workspace::{Workspace, run};
use anyhow::{Context as _, Result, bail};
use dualwatch_edgehost::loopback;
use serde::Deserialize;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The lab's first port is this far behind the worker's.
const DISTANCE: u16 = 14;
/// So many ports the lab may take.
const N_PORTS: u16 = 64;
/// Ports to draw from: below those that systems give to outgoing connections (Linux: from 32768).
const DRAWN_FROM: std::ops::Range<u16> = 12_000..31_000;
const DRAWS: usize = 100;
/// It ends at once when its standard input does; only a stuck one needs more.
const GRACE: Duration = Duration::from_secs(3);

/// A running lab; dropping it stops it, and it stops by itself when we are gone.
pub struct Lab {
    child: Child,
    /// The configuration with its targets.
    pub config: PathBuf,
}

/// The line that the lab prints when all its servers listen.
#[derive(Deserialize)]
struct Ready {
    ready: bool,
    config: PathBuf,
}

impl Lab {
    /// Builds the program and returns its path.
    pub fn build(workspace: &Workspace) -> Result<PathBuf> {
        let mut cargo = workspace.cargo();
        cargo.args(["build", "--locked", "--package", "dualwatch-simnet", "--bin", "dualwatch-lab"]);
        run(&mut cargo, "building the fault lab")?;
        Ok(workspace.target.join("debug/dualwatch-lab"))
    }

    /// Starts it and waits until all its servers listen.
    pub fn start(program: &Path, dir: &Path, base_port: u16) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["demo", "--base-port", &base_port.to_string(), "--dir"]).arg(dir);
        Self::await_ready(&mut command, dir).with_context(|| format!("the fault lab, ports from {base_port} on"))
    }

    fn await_ready(command: &mut Command, dir: &Path) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot run it")?;
        let stdout = child.stdout.take().context("it has no output")?;
        let mut lab = Self { child, config: PathBuf::new() };
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        match serde_json::from_str::<Ready>(&line) {
            Ok(Ready { ready: true, config }) => lab.config = dir.join(config),
            _ if line.is_empty() => bail!("it did not start; is one of them taken?"),
            _ => bail!("it said {:?} instead of being ready", line.trim()),
        }
        // Reads on, so that the lab never waits for us.
        thread::spawn(move || stdout.lines().map_while(Result::ok).for_each(|line| eprintln!("lab | {line}")));
        Ok(lab)
    }

    /// Returns how it ended, or `None` while it runs.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Closes its standard input, which ends it, and ends it when that does not.
    pub fn stop(&mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + GRACE;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                say("the fault lab does not end by itself; ending it");
                self.child.kill()?;
                self.child.wait()?;
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

/// Returns the lab's first port for a worker at `port`.
pub fn base_port(port: u16) -> Result<u16> {
    let base = port.checked_add(DISTANCE).filter(|base| base.checked_add(N_PORTS).is_some());
    base.with_context(|| format!("port {port} leaves no room for the lab's ports: choose one below 65000"))
}

/// Returns a port that is free on this machine, as are those that the lab will take.
pub fn free_port() -> Result<u16> {
    let width = u64::from(DRAWN_FROM.end - DRAWN_FROM.start);
    (0..DRAWS)
        // Every `RandomState` has keys of its own.
        .map(|_| DRAWN_FROM.start + (RandomState::new().hash_one(0) % width) as u16)
        .find(|port| (0..DISTANCE + N_PORTS).all(|offset| is_free(port + offset)))
        .context("found no range of free ports; name one with --port")
}

fn is_free(port: u16) -> bool {
    loopback(port).into_iter().all(|address| match TcpListener::bind(address) {
        Ok(_) => true,
        // A family that this machine lacks takes no port.
        Err(error) => !matches!(error.kind(), std::io::ErrorKind::AddrInUse | std::io::ErrorKind::PermissionDenied),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(script: &str) -> Result<Lab> {
        Lab::await_ready(Command::new("sh").args(["-c", script]), Path::new("/"))
    }

    #[test]
    fn it_is_ready_when_it_says_so_and_ends_with_its_input() {
        let mut lab = started("echo '{\"ready\":true,\"config\":\"/d/demo.yml\"}'; read line").unwrap();
        assert_eq!(lab.config, Path::new("/d/demo.yml"));
        lab.stop().unwrap();
        assert!(lab.ended().unwrap().is_some());
    }

    #[test]
    fn a_lab_that_cannot_start_says_why() {
        let error = |script| started(script).err().unwrap().to_string();
        assert!(error("exit 1").contains("did not start"));
        assert!(error("echo no").contains("\"no\""));
    }

    #[test]
    fn ports_leave_room() {
        assert_eq!(base_port(8787).unwrap(), 8801);
        assert!(base_port(65_530).is_err());
        let port = free_port().unwrap();
        assert!(DRAWN_FROM.contains(&port) && is_free(port));
    }
}
