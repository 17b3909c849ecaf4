//! Watches the disk that the worker's objects are on, and tells the worker what it cannot see for itself.
//!
//! workerd breaks an object whose commit fails, after the object has gone on as if it had not; so the worker has to know
//! before it writes. We look once a second, which costs nothing; we write now and then, and whenever workerd complains.
//! When the disk is full a reserve is given up, so that what is stored can still be opened, and made again afterwards.

mod disk;

pub use disk::Disk;

use crate::process::Log;
use disk::Look;
use dualwatch_core::{
    measure::time::{MINUTE, Timestamp},
    remember::storage::{Since, Trouble, step},
};
use dualwatch_wire::v1::{Storage, StorageTrouble};
use dualwatch_words::storage as words;
use std::{
    net::SocketAddr,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Where the worker takes our word; with the token of this start.
const PATH: &str = "/host/storage";
/// Where it is told that it is to end: workerd does not, as long as somebody reads.
const END_PATH: &str = "/host/end";
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// So often a write is tried while all is well.
const WRITE_EVERY: Duration = Duration::from_secs(10);
/// So often the worker hears it again: it does not believe for ever what nobody repeats.
const TELL_EVERY: Duration = Duration::from_secs(10);
/// So often the log hears it again.
const LOG_EVERY_MS: i64 = 10 * MINUTE;
/// The worker answers within milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// What workerd writes where a commit, or the opening of a database, failed for reasons that may be the disk's.
const COMPLAINTS: [&str; 4] = ["SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"];

/// What the guard is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Something has complained: look whether it is the disk.
    Look,
    End,
}

/// A running guard; dropping it ends it.
pub struct Guard {
    wake: Sender<Wake>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Who is told, and how.
pub struct Worker {
    pub address: SocketAddr,
    /// Of this start alone; nobody else has it.
    pub token: String,
}

impl Guard {
    /// Watches `disk` until it is dropped. What is sent through the other end of `wakes` makes it look at once.
    pub fn start(disk: Disk, worker: Worker, (wake, wakes): (Sender<Wake>, Receiver<Wake>), log: Log) -> Self {
        let watching = Watching { disk, worker, log, state: None, told: None, wrote_at: None, logged_at: None };
        let thread = thread::Builder::new().name("guard".into()).spawn(move || watching.run(&wakes)).ok();
        Self { wake, thread }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.wake.send(Wake::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Whether a line of workerd's log may be about the disk.
pub fn is_complaint(line: &str) -> bool {
    COMPLAINTS.iter().any(|complaint| line.contains(complaint))
}

struct Watching {
    disk: Disk,
    worker: Worker,
    log: Log,
    state: Option<Since>,
    /// What the worker has taken last, and when.
    told: Option<(Option<Since>, Instant)>,
    wrote_at: Option<Instant>,
    logged_at: Option<Timestamp>,
}

impl Watching {
    fn run(mut self, wakes: &Receiver<Wake>) {
        let mut has_complaint = false;
        loop {
            let is_due = self.wrote_at.is_none_or(|at| at.elapsed() >= WRITE_EVERY);
            self.look(has_complaint || is_due || self.state.is_some(), now());
            self.tell();
            has_complaint = false;
            match wakes.recv_timeout(LOOK_EVERY) {
                Ok(Wake::End) | Err(RecvTimeoutError::Disconnected) => return self.end(),
                Ok(Wake::Look) => has_complaint = true,
                Err(RecvTimeoutError::Timeout) => {}
            }
            // Many lines are one complaint.
            for wake in wakes.try_iter() {
                match wake {
                    Wake::End => return self.end(),
                    Wake::Look => has_complaint = true,
                }
            }
        }
    }

    fn look(&mut self, writes: bool, now: Timestamp) {
        if writes {
            self.wrote_at = Some(Instant::now());
        }
        let Look { seen, why } = self.disk.look(writes);
        let before = self.state;
        self.state = step(before, seen, now);
        let folder = self.disk.folder().display();
        match (before, self.state) {
            (_, Some(is)) if before.is_none_or(|was| was.trouble != is.trouble) => {
                if is.trouble == Trouble::Full {
                    self.disk.give_up_reserve();
                }
                self.logged_at = Some(now);
                (self.log)(&words::began(is.trouble, &folder, &why));
            }
            (Some(_), Some(is)) if self.logged_at.is_none_or(|at| now.ms_since(at) >= LOG_EVERY_MS) => {
                self.logged_at = Some(now);
                (self.log)(&words::lasts(is, &folder, &why, now));
            }
            (Some(was), None) => {
                (self.log)(&words::ended(was, &folder, now));
                self.disk.make_reserve();
            }
            (None, None) if writes && seen.lacking_bytes > 0 => self.disk.make_reserve(),
            _ => {}
        }
    }

    /// Tells the worker what is new, or what lasts; what it did not take is told again.
    fn tell(&mut self) {
        let is_known = match &self.told {
            None => self.state.is_none(),
            Some((known, at)) => *known == self.state && (known.is_none() || at.elapsed() < TELL_EVERY),
        };
        if is_known {
            return;
        }
        let trouble = self.state.map(|Since { trouble, since }| StorageTrouble { kind: trouble, since });
        let told = Storage { trouble, unusable: Vec::new() };
        let Ok(body) = serde_json::to_string(&told) else { return };
        if self.worker.put(PATH, body) {
            self.told = Some((self.state, Instant::now()));
        }
    }

    /// Tells the worker, where it still runs.
    fn end(&self) {
        self.worker.put(END_PATH, String::new());
    }
}

impl Worker {
    /// Returns whether the worker has taken it.
    fn put(&self, path: &str, body: String) -> bool {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            // A proxy of the environment is not for this machine's own addresses.
            .proxy(None)
            .build()
            .into();
        let request = (agent.put(format!("http://{}{path}", self.address)))
            .header("authorization", format!("Bearer {}", self.token));
        request.send(body).is_ok()
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Returns both ends of what makes a guard look.
pub fn wakes() -> (Sender<Wake>, Receiver<Wake>) {
    mpsc::channel()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::remember::storage::Seen;
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        sync::{Arc, Mutex},
    };

    #[test]
    fn complaints_are_told_from_other_lines() {
        assert!(is_complaint("jsg.Error: database or disk is full: SQLITE_FULL"));
        assert!(is_complaint("disk I/O error: SQLITE_IOERR (extended: SQLITE_IOERR_SHMSIZE)"));
        assert!(!is_complaint("file is not a database: SQLITE_NOTADB"));
    }

    /// A worker that answers what it is asked with 204, and what it was asked.
    fn worker() -> (Worker, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = Vec::new();
                let mut bytes = [0; 4096];
                while !request.ends_with(b"}") {
                    let n = stream.read(&mut bytes).unwrap();
                    request.extend_from_slice(&bytes[..n]);
                }
                heard.lock().unwrap().push(String::from_utf8(request).unwrap());
                stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").unwrap();
            }
        });
        (Worker { address, token: "word".into() }, asked)
    }

    #[test]
    fn what_changes_is_logged_with_the_folder_and_told_to_the_worker_once() {
        let dir = tempfile::tempdir().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let log: Log = {
            let lines = lines.clone();
            Arc::new(move |line| lines.lock().unwrap().push(line.to_owned()))
        };
        let (worker, asked) = worker();
        let disk = Disk::new(dir.path().to_owned());
        let mut watching = Watching { disk, worker, log, state: None, told: None, wrote_at: None, logged_at: None };
        let at = Timestamp::from_unix_ms(1_795_428_711_000);
        watching.look(true, at);
        watching.tell();
        assert!(watching.state.is_none() && lines.lock().unwrap().is_empty() && asked.lock().unwrap().is_empty());
        // A folder that is gone takes no file.
        dir.close().unwrap();
        for s in 0..3 {
            watching.look(true, at + s * 1_000);
            watching.tell();
        }
        let since = Some(Since { trouble: Trouble::Failing, since: at });
        assert_eq!(watching.state, since);
        assert_eq!(lines.lock().unwrap().len(), 1, "{lines:?}");
        assert!(lines.lock().unwrap()[0].contains(&watching.disk.folder().display().to_string()));
        watching.look(true, at + LOG_EVERY_MS);
        assert_eq!(lines.lock().unwrap().len(), 2, "it lasts");
        std::fs::create_dir(watching.disk.folder()).unwrap();
        watching.look(true, at + LOG_EVERY_MS + 1_000);
        watching.tell();
        assert_eq!(watching.state, None);
        assert!(lines.lock().unwrap()[2].contains("can be written to again"), "{lines:?}");
        let asked = asked.lock().unwrap();
        assert_eq!(asked.len(), 2, "{asked:?}");
        assert!(asked[0].starts_with("PUT /host/storage ") && asked[0].contains("Bearer word"), "{asked:?}");
        assert!(
            asked[0].ends_with(r#"{"trouble":{"kind":"failing","since":"2026-11-23T10:11:51.000Z"}}"#),
            "{asked:?}"
        );
        assert!(asked[1].ends_with("\r\n\r\n{}"), "{asked:?}");
        std::fs::remove_dir_all(watching.disk.folder()).unwrap();
    }

    #[test]
    fn what_is_seen_of_a_disk_that_is_well_is_no_trouble() {
        let dir = tempfile::tempdir().unwrap();
        let Look { seen, why } = Disk::new(dir.path().to_owned()).look(true);
        let Seen { free_bytes, written, .. } = seen;
        assert!(free_bytes > 0 && written == Some(Ok(())), "{why}");
        let left = std::fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(left, 1, "one file, which is written anew each time");
    }
}
