//! Two vantages that deliver scripted rounds of many targets: as fast as the worker takes them, each until it is
//! acknowledged.

use crate::worker::vantage_token;
use dualwatch_core::{
    judge::dual_stack,
    measure::{
        cause::Cause,
        family::PerFamily,
        round::{self, Vantage},
        sample::{Phases, Sample},
        time::{SECOND, Timestamp},
        vantage::Standing,
    },
};
use dualwatch_wire::{
    signature::{self, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER},
    v1::{MAX_BATCH_SLUGS, Outcome, Receipt, Round, VERSION, VantageBatch, VantageRound},
};
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Two, so that they outvote the worker's own vantage.
pub const VANTAGES: [&str; 2] = ["one", "two"];

/// What both vantages see of a target in one round: a cause per family, `None` where it answers.
pub type Look = PerFamily<Option<Cause>>;

pub const WELL: Look = PerFamily { ipv4: None, ipv6: None };
pub const REFUSED: Look = PerFamily { ipv4: None, ipv6: Some(Cause::TcpRefused) };
pub const SILENT: Look = PerFamily { ipv4: None, ipv6: Some(Cause::TcpTimeout) };
pub const BOTH: Look = PerFamily { ipv4: Some(Cause::TcpRefused), ipv6: Some(Cause::TcpRefused) };

/// A target, and what is seen of it from the first round to the last.
#[derive(Clone, Debug)]
pub struct Script {
    pub slug: String,
    /// As the worker knows it: rounds of another URL say nothing about the target.
    pub url: String,
    pub looks: Vec<Look>,
}

struct Shared {
    /// Scripts before this one may run.
    open_to: AtomicUsize,
    n_acknowledged: AtomicUsize,
    ends: AtomicBool,
    /// What the worker has said that it keeps; per script, in order.
    acknowledged: Mutex<Vec<Vec<Round>>>,
}

/// The thread that delivers; it ends with its last script, or when it is dropped.
pub struct Feed {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Feed {
    /// Delivers everything at once.
    pub fn all(worker: SocketAddr, scripts: Vec<Script>) -> Self {
        let feed = Self::start(worker, scripts);
        feed.open_to(usize::MAX);
        feed
    }

    /// Begins to deliver to a worker that listens there, or will again.
    pub fn start(worker: SocketAddr, scripts: Vec<Script>) -> Self {
        let shared = Arc::new(Shared {
            open_to: AtomicUsize::new(0),
            n_acknowledged: AtomicUsize::new(0),
            ends: AtomicBool::new(false),
            acknowledged: Mutex::new(vec![Vec::new(); scripts.len()]),
        });
        let (of_thread, agent) = (shared.clone(), agent());
        let url = format!("http://{worker}/api/v1/vantage/rounds");
        let thread = std::thread::spawn(move || deliver(&url, &agent, &scripts, &of_thread));
        Self { shared, thread: Some(thread) }
    }

    /// Lets the first `n` scripts run.
    pub fn open_to(&self, n: usize) {
        self.shared.open_to.store(n, Ordering::Relaxed);
    }

    /// Returns how many rounds were acknowledged so far.
    pub fn n_acknowledged(&self) -> usize {
        self.shared.n_acknowledged.load(Ordering::Relaxed)
    }

    /// Whether every round of every script was acknowledged.
    pub fn is_over(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Returns the rounds that were acknowledged: per script, of both vantages in turn, in the order of time.
    pub fn acknowledged(&self) -> Vec<Vec<Round>> {
        self.shared.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Delivers rounds of one vantage, whatever their times: in one batch, until it is acknowledged.
pub fn deliver_rounds(worker: SocketAddr, vantage: &str, slug: &str, rounds: Vec<Round>) {
    let of = |(seq, round)| VantageRound { slug: slug.to_owned(), seq, round };
    let rounds = (1..).zip(rounds).map(of).collect();
    let batch = VantageBatch { version: VERSION, vantage: vantage.to_owned(), rounds };
    let (url, agent) = (format!("http://{worker}/api/v1/vantage/rounds"), agent());
    while !is_acknowledged(&url, &agent, &batch) {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Returns a round of a vantage that began at a time.
pub fn round_at(url: &str, vantage: &str, look: Look, at: Timestamp) -> Round {
    let script = Script { slug: String::new(), url: url.to_owned(), looks: vec![look] };
    round(&script, 0, vantage, at)
}

fn agent() -> ureq::Agent {
    let timeout = Some(Duration::from_secs(10));
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(timeout).build().into()
}

fn deliver(url: &str, agent: &ureq::Agent, scripts: &[Script], shared: &Shared) {
    let mut next = vec![0; scripts.len()];
    let (mut seq, mut last) = (0, Timestamp::from_unix_ms(0));
    let ends = || shared.ends.load(Ordering::Relaxed);
    while !ends() && next.iter().zip(scripts).any(|(n, script)| *n < script.looks.len()) {
        let open_to = shared.open_to.load(Ordering::Relaxed).min(scripts.len());
        let running: Vec<usize> =
            (0..open_to).filter(|i| next[*i] < scripts[*i].looks.len()).take(MAX_BATCH_SLUGS).collect();
        if running.is_empty() {
            std::thread::sleep(Duration::from_millis(5));
            continue;
        }
        for vantage in VANTAGES {
            // No two rounds begin in the same millisecond, though it is less than that since the last one.
            last = now().max(last + 1);
            let round = |i: &usize| {
                seq += 1;
                let script = &scripts[*i];
                VantageRound { slug: script.slug.clone(), seq, round: round(script, next[*i], vantage, last) }
            };
            let rounds = running.iter().map(round).collect();
            let batch = VantageBatch { version: VERSION, vantage: vantage.to_owned(), rounds };
            // As the program does it: again and again, until there is a receipt.
            while !is_acknowledged(url, agent, &batch) {
                if ends() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            let mut acknowledged = shared.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
            for (i, one) in running.iter().zip(batch.rounds) {
                acknowledged[*i].push(one.round);
            }
            shared.n_acknowledged.fetch_add(running.len(), Ordering::Relaxed);
        }
        for i in running {
            next[i] += 1;
        }
    }
}

fn is_acknowledged(url: &str, agent: &ureq::Agent, batch: &VantageBatch) -> bool {
    let body = serde_json::to_string(batch).expect("a batch is JSON");
    let signed_at_s = now().unix_ms() / SECOND;
    let token = vantage_token(&batch.vantage);
    let signed = signature::sign(&token, "id", signed_at_s, &body);
    let request = agent
        .post(url)
        .header("authorization", format!("Bearer {token}"))
        .header(ID_HEADER, "id")
        .header(TIMESTAMP_HEADER, signed_at_s.to_string());
    let Ok(mut response) = request.header(SIGNATURE_HEADER, signed).send(&body) else { return false };
    let Ok(text) = response.body_mut().read_to_string() else { return false };
    if response.status() != 200 {
        return false;
    }
    let receipt: Receipt = serde_json::from_str(&text).expect("a receipt");
    let is_accepted = receipt.received.iter().all(|r| r.outcome == Outcome::Accepted);
    assert!(is_accepted && receipt.received.len() == batch.rounds.len(), "all are rounds of known targets: {text}");
    true
}

fn round(script: &Script, n: usize, vantage: &str, at: Timestamp) -> Round {
    let samples = script.looks[n].map(|_, cause| sample(cause));
    let standing = PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven };
    (&round::Round {
        target: script.url.clone(),
        started_at: at,
        vantage: Vantage { name: vantage.to_owned(), standing, silent_controls: Vec::new() },
        dual_stack: dual_stack::view(&samples),
        samples,
    })
        .into()
}

fn sample(cause: Option<Cause>) -> Sample {
    let Some(cause) = cause else {
        let phases = Phases {
            resolve: Some(1.0),
            connect: Some(4.0),
            first_byte: Some(6.0),
            total: Some(11.5),
            ..Phases::default()
        };
        return Sample { phases, http_status: Some(200), ..Sample::reached() };
    };
    let mut sample = Sample::failed(cause);
    sample.evidence.elapsed_ms = Some(5.0);
    sample
}

fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}
