//! A child process (workerd, above all): spawned, read, awaited, and never left behind.

use dualwatch_core::measure::text::visible;
use shared_child::SharedChild;
use shared_child::unix::SharedChildExt as _;
use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};
use std::{env, thread};

/// POSIX's number of the signal that asks a process to end.
const SIGTERM: i32 = 15;
/// What runs here ends at once on SIGTERM; only a stuck one needs more.
const GRACE: Duration = Duration::from_secs(5);
/// Lines of the log that an error message can show.
const KEPT_LINES: usize = 20;

/// Receives every line that a child writes, without its line end.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// A running child; dropping it stops it.
pub struct Process {
    child: Arc<SharedChild>,
    tail: Arc<Mutex<VecDeque<String>>>,
    readers: Vec<thread::JoinHandle<()>>,
}

impl Process {
    /// Runs `command` in a process group of its own, so that Ctrl-C reaches it only through us.
    pub fn spawn(mut command: Command, log: &Log) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let (sender, receiver) = mpsc::channel();
        // The kernel sends the parent-death signal when the *thread* that spawned the child ends: so this one stays.
        thread::Builder::new().name("child".into()).spawn(move || {
            let child = SharedChild::spawn(&mut command).map(Arc::new);
            // Dropping the command closes our copies of the sockets.
            drop(command);
            let waited = child.as_ref().ok().cloned();
            if sender.send(child).is_ok()
                && let Some(child) = waited
            {
                let _ = child.wait();
            }
        })?;
        let child = receiver.recv().map_err(io::Error::other)??;
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let streams: [Option<Box<dyn Read + Send>>; 2] =
            [child.take_stdout().map(|s| Box::new(s) as _), child.take_stderr().map(|s| Box::new(s) as _)];
        let readers = streams.into_iter().flatten().map(|stream| forward(stream, log.clone(), tail.clone())).collect();
        Ok(Self { child, tail, readers })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns how it ended, or `None` while it runs.
    pub fn ended(&self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Asks it to end, and ends it when it does not.
    pub fn stop(&self) -> io::Result<ExitStatus> {
        if let Some(status) = self.ended()? {
            return Ok(status);
        }
        self.child.send_signal(SIGTERM)?;
        match self.child.wait_deadline(Instant::now() + GRACE)? {
            Some(status) => Ok(status),
            None => self.kill(),
        }
    }

    /// Ends it without a chance to finish anything.
    pub fn kill(&self) -> io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }

    /// Returns the last lines that it wrote. Call it when the process has ended.
    pub fn last_words(&mut self) -> String {
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

fn forward(stream: impl Read + Send + 'static, log: Log, tail: Arc<Mutex<VecDeque<String>>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { break };
            let line = String::from_utf8_lossy(&line);
            // What a target says may stand in it.
            let line = visible(line.trim_end_matches('\r'));
            log(&line);
            let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            if tail.len() == KEPT_LINES {
                tail.pop_front();
            }
            tail.push_back(line.into_owned());
        }
    })
}

/// Returns a command for `program` that the kernel ends when we die without a chance to clean up (`kill -9`).
///
/// Linux can do that (`prctl(2)`, `PR_SET_PDEATHSIG`), and util-linux's `setpriv` asks for it without unsafe code;
/// where there is none, a killed parent leaves workerd behind.
pub fn tied_command(program: &Path) -> Command {
    match setpriv() {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "TERM", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn setpriv() -> Option<std::path::PathBuf> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let path = env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join("setpriv")).find(|path| path.is_file())?;
    // busybox has a `setpriv` without this option.
    let probe = Command::new(&path).args(["--pdeathsig", "TERM", "--", "true"]).stderr(Stdio::null()).status();
    probe.is_ok_and(|status| status.success()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = tied_command(Path::new("/bin/sh"));
        command.args(["-c", script]);
        command
    }

    fn silent() -> Log {
        Arc::new(|_| {})
    }

    #[test]
    fn lines_are_forwarded_and_kept() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let seen = lines.clone();
        let log: Log = Arc::new(move |line| seen.lock().unwrap().push(line.to_owned()));
        let mut process = Process::spawn(sh("echo out; echo err >&2; exit 3"), &log).unwrap();
        assert_eq!(process.child.wait().unwrap().code(), Some(3));
        let words = process.last_words();
        assert!(words.contains("out") && words.contains("err"), "{words}");
        assert_eq!(lines.lock().unwrap().len(), 2);
    }

    #[test]
    fn stopping_ends_it_and_repeats_harmlessly() {
        let process = Process::spawn(sh("exec sleep 600"), &silent()).unwrap();
        assert!(process.ended().unwrap().is_none());
        assert!(!process.stop().unwrap().success());
        assert!(!process.stop().unwrap().success());
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        assert!(Process::spawn(Command::new("/nonexistent/program"), &silent()).is_err());
    }
}
