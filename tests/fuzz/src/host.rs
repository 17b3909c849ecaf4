//! A host in memory for the prober: scripted peers, a clock that moves only when everybody waits.

use dualwatch_core::measure::{round::Round, target::Target, time::Timestamp};
use dualwatch_prober::{Clock, Decode, Dial, DialError, DialErrorKind, Prober};
use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    io,
    net::{IpAddr, SocketAddr},
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Rounds end a little after their deadline: the last timer, and what is done after it.
const MARGIN_MS: f64 = 1.0;
/// 2026-11-23
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_392_000_000);

/// How a peer ends when everything is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Close,
    Reset,
    /// It stays, and says nothing.
    Silence,
}

/// What a peer says, in pieces of `piece` bytes.
#[derive(Clone, Debug)]
pub struct Says {
    pub bytes: Vec<u8>,
    pub piece: usize,
    pub end: End,
    /// Before it has heard anything.
    pub at_once: bool,
}

impl Says {
    /// Reads the first byte as how, and says the rest.
    pub fn of(data: &[u8]) -> Self {
        let (how, bytes) = data.split_first().map_or((0, data), |(how, bytes)| (*how, bytes));
        let end = match how & 3 {
            0 | 1 => End::Close,
            2 => End::Reset,
            _ => End::Silence,
        };
        let piece = [usize::MAX, 1, 7, 1_460][usize::from(how >> 2 & 3)];
        Self { bytes: bytes.to_vec(), piece, end, at_once: how & 0x10 != 0 }
    }
}

/// Chooses what is said to whom: the address, and how many connections came before.
type Script = dyn Fn(SocketAddr, usize) -> Option<Says>;

/// The host. A clone is the same host.
#[derive(Clone)]
pub struct Memory(Rc<State>);

struct State {
    now_ms: Cell<f64>,
    sleepers: RefCell<Vec<(f64, Waker)>>,
    script: Box<Script>,
    resolved: Vec<IpAddr>,
    connected: RefCell<Vec<SocketAddr>>,
}

impl Memory {
    /// Makes a host whose resolver answers every name with `resolved`; `None` of the script refuses a connection.
    pub fn new(resolved: Vec<IpAddr>, script: impl Fn(SocketAddr, usize) -> Option<Says> + 'static) -> Self {
        Self(Rc::new(State {
            now_ms: Cell::new(0.0),
            sleepers: RefCell::default(),
            script: Box::new(script),
            resolved,
            connected: RefCell::default(),
        }))
    }

    /// Returns where connections went, in order.
    pub fn connected(&self) -> Vec<SocketAddr> {
        self.0.connected.borrow().clone()
    }

    /// Measures a round, and checks what holds for each: it ends in time, and no failed probe has a latency.
    ///
    /// # Panics
    /// Where one of that does not hold.
    pub fn round(&self, prober: &Prober<Self>, target: &Target) -> Round {
        let began = self.0.now_ms.get();
        let round = self.run(prober.round(target));
        let took = self.0.now_ms.get() - began;
        assert!(took <= f64::from(target.timeout_ms) + MARGIN_MS, "a round took {took} ms");
        for sample in [&round.samples.ipv4, &round.samples.ipv6] {
            let failed = sample.outcome == dualwatch_core::measure::sample::Outcome::Failed;
            assert!(!(failed && sample.phases.total.is_some()), "a failed probe has a latency: {sample:?}");
        }
        round
    }

    /// Runs a future to its end. Whenever nothing can go on, the clock moves to the next timer.
    ///
    /// # Panics
    /// Where the future waits for nothing that can come.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            if woken.0.swap(false, Ordering::Relaxed) {
                continue;
            }
            let mut sleepers = self.0.sleepers.borrow_mut();
            let next = sleepers.iter().map(|(due, _)| *due).fold(f64::INFINITY, f64::min);
            assert!(next.is_finite(), "a round waits for nothing");
            self.0.now_ms.set(self.0.now_ms.get().max(next));
            let due: Vec<Waker> = sleepers.extract_if(.., |(due, _)| *due <= next).map(|(_, waker)| waker).collect();
            drop(sleepers);
            due.into_iter().for_each(Waker::wake);
        }
    }
}

/// Whether somebody can go on without the clock.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Decode for Memory {
    fn decode(&self, _label: &str, _bytes: &[u8]) -> Option<String> {
        None
    }
}

impl Clock for Memory {
    fn now_ms(&self) -> f64 {
        self.0.now_ms.get()
    }

    fn wall(&self) -> Timestamp {
        NOW
    }

    async fn sleep_ms(&self, ms: f64) {
        let due = self.0.now_ms.get() + ms.max(0.0);
        poll_fn(|context| {
            if self.0.now_ms.get() >= due {
                return Poll::Ready(());
            }
            self.0.sleepers.borrow_mut().push((due, context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

impl Dial for Memory {
    type Stream = Stream;

    async fn connect(&self, to: SocketAddr) -> Result<Stream, DialError> {
        let n_before = self.0.connected.borrow().len();
        self.0.connected.borrow_mut().push(to);
        match (self.0.script)(to, n_before) {
            Some(says) => Ok(Stream { hears: says.at_once, says, at: 0, waiting: None }),
            None => Err(DialError::new(DialErrorKind::Refused, "Connection refused")),
        }
    }

    async fn system_lookup(&self, _name: &str) -> Result<Vec<IpAddr>, DialError> {
        Ok(self.0.resolved.clone())
    }
}

/// A connection to a scripted peer.
pub struct Stream {
    says: Says,
    at: usize,
    hears: bool,
    waiting: Option<Waker>,
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let left = self.says.bytes.len() - self.at;
        if !self.hears || (left == 0 && self.says.end == End::Silence) {
            self.waiting = Some(context.waker().clone());
            return Poll::Pending;
        }
        if left == 0 && self.says.end == End::Reset {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let n = left.min(self.says.piece).min(buf.remaining());
        buf.put_slice(&self.says.bytes[self.at..self.at + n]);
        self.at += n;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.hears = true;
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
