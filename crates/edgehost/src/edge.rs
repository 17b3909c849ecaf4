//! A running edge: workerd with its data folder, from the first bind to the last signal.

use crate::bundle::Bundle;
use crate::config::{Config, Network, PROXY_HEADERS, Socket, variable};
use crate::guard::{self, Disk, Guard, Wake, Worker};
use crate::health;
use crate::listen::{self, Bound, ListenError, SkippedAddress};
use crate::private;
use crate::process::{Log, Process};
use crate::quiet::Quiet;
use command_fds::{CommandFdExt as _, FdMapping};
use data_encoding::HEXLOWER;
use dualwatch_wire::object::STORES;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// workerd answers after about 50 ms here; a machine that is busy compiling may need seconds.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// Between two questions while it refuses to answer.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(20);
/// Two edges on one data folder would write over each other.
const LOCK: &str = "lock";
/// Who has it may tell the worker of its disk: this program, for as long as it runs.
const HOST_TOKEN: &str = "HOST_TOKEN";
/// 128 bits: nobody guesses it.
const TOKEN_BYTES: usize = 16;
/// The folder of the worker's objects, so that it can name their files.
const OBJECTS: &str = "OBJECTS";
/// 0, 1 and 2 are the standard streams.
const FIRST_FD: i32 = 3;

#[derive(Clone)]
pub struct Options {
    /// The workerd program; see [`crate::workerd_in`].
    pub workerd: PathBuf,
    pub bundle: Bundle,
    /// Created when missing; only one edge at a time may have it, and only its owner may read it.
    pub data: PathBuf,
    /// See [`crate::loopback`].
    pub listen: Vec<SocketAddr>,
    /// Text bindings of the worker beside `PAGE_ASSETS` and `WIDGET_ASSETS`, which come from the bundle, and `HOST_TOKEN` and `OBJECTS`.
    pub vars: BTreeMap<String, String>,
    pub network: Network,
    /// Further roots, PEM, for the worker's own `fetch`.
    pub extra_ca: Vec<String>,
    pub log: crate::process::Log,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error("another edge runs on {}", .0.display())]
    DataInUse(PathBuf),
    #[error("cannot use {}: {source}", .path.display())]
    Data { path: PathBuf, source: io::Error },
    #[error("cannot run {}: {source}", .program.display())]
    Spawn { program: PathBuf, source: io::Error },
    #[error("workerd ended at once ({status}); its last words:\n{last_words}")]
    Ended { status: ExitStatus, last_words: String },
    #[error("workerd did not get ready within {} s ({reason}); its last words:\n{last_words}", READY_WITHIN.as_secs())]
    NotReady { reason: String, last_words: String },
}

/// A running edge; dropping it stops it.
pub struct Edge {
    // First: it ends before the worker that it tells.
    guard: Option<Guard>,
    process: Process,
    addresses: Vec<SocketAddr>,
    skipped: Vec<SkippedAddress>,
    // Held for as long as we or workerd live: the lock belongs to the open file, and workerd has it too.
    _lock: File,
}

impl Edge {
    /// Returns when the worker has answered `GET /healthz`.
    pub fn start(options: &Options) -> Result<Self, StartError> {
        let data = prepare(&options.data)?;
        let lock = lock(&data)?;
        // On a disk that knows no owners, or in a folder that is another's, we run all the same, and say so.
        let stores = STORES.map(|store| data.join(store));
        let disk = Disk::new(stores[0].clone());
        disk.make_room();
        if let Err((path, error)) = private::close(&data, &stores, &[data.join(LOCK)]) {
            (options.log)(&format!("others may read {}: {error}", path.display()));
        }
        let Bound { listeners, skipped } = listen::bind(&options.listen)?;
        let addresses: Vec<SocketAddr> = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
        let sockets: Vec<Socket> = (addresses.iter().enumerate())
            .map(|(i, address)| Socket { name: format!("listen-{i}"), is_ipv6: address.is_ipv6() })
            .collect();

        let config = data.join("workerd.capnp");
        let token = token().map_err(|source| StartError::Spawn { program: options.workerd.clone(), source })?;
        let mut command = command(options, &config);
        command.env(variable(HOST_TOKEN), &token).env(variable(OBJECTS), &stores[0]);
        for (socket, fd) in sockets.iter().zip(FIRST_FD..) {
            command.args(["--socket-fd", &format!("{}={fd}", socket.name)]);
        }
        let vars = options
            .vars
            .keys()
            .map(String::as_str)
            .chain(["PAGE_ASSETS", "WIDGET_ASSETS", HOST_TOKEN, OBJECTS])
            .collect::<Vec<_>>();
        let text = Config {
            bundle: &options.bundle,
            data: &data,
            sockets: &sockets,
            vars: &vars,
            network: options.network,
            has_tunnel: has_tunnel(options),
            extra_ca: &options.extra_ca,
        }
        .render();
        private::write(&config, &text).map_err(|source| StartError::Data { path: config.clone(), source })?;

        let spawn_error = |source| StartError::Spawn { program: options.workerd.clone(), source };
        let inherited = lock.try_clone().map_err(spawn_error)?;
        let fds = listeners.into_iter().map(Into::into).chain([inherited.into()]);
        let mappings = fds.zip(FIRST_FD..).map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd }).collect();
        command.fd_mappings(mappings).map_err(|collision| spawn_error(io::Error::other(collision)))?;
        let (wake, wakes) = guard::wakes();
        let process = Process::spawn(command, &listened(&options.log, wake.clone())).map_err(spawn_error)?;

        let mut edge = Self { guard: None, process, addresses, skipped, _lock: lock };
        edge.await_ready()?;
        let worker = Worker { address: edge.addresses[0], token };
        edge.guard = Some(Guard::start(disk, worker, (wake, wakes), options.log.clone()));
        Ok(edge)
    }

    fn await_ready(&mut self) -> Result<(), StartError> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            let reason = match health::answers(self.addresses[0]) {
                Ok(()) => return Ok(()),
                Err(reason) => reason,
            };
            if let Ok(Some(status)) = self.process.ended() {
                return Err(StartError::Ended { status, last_words: self.process.last_words() });
            }
            if Instant::now() > deadline {
                let _ = self.process.stop();
                return Err(StartError::NotReady { reason, last_words: self.process.last_words() });
            }
            thread::sleep(ASK_AGAIN_AFTER);
        }
    }

    /// The first address as a URL prefix without a final slash, such as `http://127.0.0.1:8787`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.addresses[0])
    }

    /// The addresses that it listens on, with their real ports.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The addresses that were asked for and do not exist here.
    pub fn skipped(&self) -> &[SkippedAddress] {
        &self.skipped
    }

    /// workerd's process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Returns how workerd ended, or `None` while it runs.
    pub fn ended(&self) -> io::Result<Option<ExitStatus>> {
        self.process.ended()
    }

    /// Asks workerd to end, and ends it when it does not.
    pub fn stop(mut self) -> io::Result<ExitStatus> {
        drop(self.guard.take());
        self.process.stop()
    }

    /// Ends workerd as a power cut would.
    pub fn kill(self) -> io::Result<ExitStatus> {
        self.process.kill()
    }
}

/// Returns a log that says what workerd repeats only now and then, and that wakes the guard where workerd complains.
fn listened(log: &Log, wake: Sender<Wake>) -> Log {
    let (log, quiet, begun) = (log.clone(), Mutex::new(Quiet::default()), Instant::now());
    Arc::new(move |line| {
        if guard::is_complaint(line) {
            // Nobody listens any more: we are ending.
            let _ = wake.send(Wake::Look);
        }
        let said = quiet.lock().unwrap_or_else(PoisonError::into_inner).pass(line, begun.elapsed());
        if let Some(said) = said {
            log(&said);
        }
    })
}

/// Whether the worker is to read what a tunnel of Cloudflare's says.
fn has_tunnel(options: &Options) -> bool {
    let headers = options.vars.get(PROXY_HEADERS).map(|names| names.to_ascii_lowercase());
    headers.is_some_and(|names| names.split(',').any(|name| name.trim() == "cf-connecting-ip"))
}

fn token() -> io::Result<String> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(format!("no random numbers: {error}")))?;
    Ok(HEXLOWER.encode(&bytes))
}

/// Creates the data folder with what workerd expects in it; returns its absolute path.
fn prepare(data: &Path) -> Result<PathBuf, StartError> {
    let made = STORES.iter().try_for_each(|store| private::create_folder(&data.join(store)));
    made.and_then(|()| data.canonicalize()).map_err(|source| StartError::Data { path: data.into(), source })
}

/// Two processes on one data folder would each believe to be its only writer.
fn lock(data: &Path) -> Result<File, StartError> {
    let path = data.join(LOCK);
    let file = private::open_file(&path).map_err(|source| StartError::Data { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::DataInUse(data.into())),
        Err(TryLockError::Error(source)) => Err(StartError::Data { path, source }),
    }
}

fn command(options: &Options, config: &Path) -> Command {
    let mut command = private::command(&options.workerd);
    // The asset service and the cron module are "experimental": they may change with another version of workerd,
    // and the version is pinned.
    command.args(["serve", "--experimental", "-I"]).arg(options.bundle.worker_dir()).arg(config);
    let pages = serde_json::to_string(&options.bundle.pages).unwrap_or_default();
    let widget = serde_json::to_string(&options.bundle.widget).unwrap_or_default();
    command.env(variable("PAGE_ASSETS"), pages).env(variable("WIDGET_ASSETS"), widget);
    command.envs(options.vars.iter().map(|(name, value)| (variable(name), value)));
    command
}
