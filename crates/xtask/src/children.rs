//! The programs that run for us: they end when we are told to end, and what they have started ends with them.
//!
//! Each is the first of a process group of its own. A signal that is meant for us alone (SIGTERM of a supervisor) would
//! otherwise leave cargo and its compilers behind; and while we wait for them, nothing else would hear it.

use anyhow::{Context as _, Result};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use std::{
    io,
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
};

/// What is done when we are told to end.
enum Wish {
    /// End those that run, and then ourselves.
    EndAll { groups: Vec<Pid> },
    /// Tell whoever has more to stop than that.
    Tell(mpsc::Sender<()>),
}

static WISH: Mutex<Wish> = Mutex::new(Wish::EndAll { groups: Vec::new() });

/// What shells say of a program that Ctrl-C has ended (POSIX: 128 and the number of the signal).
const INTERRUPTED: i32 = 130;

fn wish() -> MutexGuard<'static, Wish> {
    WISH.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hears Ctrl-C and SIGTERM from now on.
pub fn hear() -> Result<()> {
    ctrlc::set_handler(|| match &*wish() {
        Wish::EndAll { groups } => {
            crate::say("stopping");
            for group in groups {
                // It may have ended just now.
                let _ = killpg(*group, Signal::SIGTERM);
            }
            // With the lock held: nobody starts another one.
            std::process::exit(INTERRUPTED);
        }
        Wish::Tell(sender) => {
            // Nobody listens any more: we are ending already.
            let _ = sender.send(());
        }
    })
    .context("cannot catch Ctrl-C")
}

/// Lets the caller hear of it, who has no program running that this file has started.
pub fn listen() -> mpsc::Receiver<()> {
    let (sender, receiver) = mpsc::channel();
    *wish() = Wish::Tell(sender);
    receiver
}

/// A program that runs; it is ours to end until it was waited for.
pub struct Running {
    pub child: Child,
    group: Option<Pid>,
}

impl Running {
    /// Starts a program without an input: a group of its own has none on a terminal.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).process_group(0);
        // Held until it is noted: who ends all must know of it.
        let mut wish = wish();
        let child = command.spawn()?;
        let group = i32::try_from(child.id()).ok().map(Pid::from_raw);
        if let Wish::EndAll { groups } = &mut *wish {
            groups.extend(group);
        }
        Ok(Self { child, group })
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.forget();
        Ok(status)
    }

    fn forget(&mut self) {
        if let (Some(group), Wish::EndAll { groups }) = (self.group.take(), &mut *wish()) {
            groups.retain(|other| *other != group);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.forget();
    }
}

/// Runs a program to its end, as [`Command::status`] does.
pub fn status(command: &mut Command) -> io::Result<ExitStatus> {
    Running::spawn(command)?.wait()
}

/// Runs a program to its end and returns what it wrote, as [`Command::output`] does.
pub fn output(command: &mut Command) -> io::Result<Output> {
    let mut running = Running::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (stdout, stderr) = (running.child.stdout.take(), running.child.stderr.take());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let other = scope.spawn(|| stderr.map_or(Ok(0), |mut stderr| io::Read::read_to_end(&mut stderr, &mut err)));
        stdout.map_or(Ok(0), |mut stdout| io::Read::read_to_end(&mut stdout, &mut out))?;
        other.join().map_err(|_| io::Error::other("its output cannot be read"))?
    })?;
    Ok(Output { status: running.wait()?, stdout: out, stderr: err })
}
