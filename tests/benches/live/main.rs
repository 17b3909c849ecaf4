//! What open pages cost that are told of changes: the ways to do that on workerd beside each other, and then the worker with
//! a thousand of them. `cargo xtask bench live` runs it (Linux); all is on loopback.

mod ways;

use dualwatch_tests::{
    stream::Stream,
    usage::{cpu_time, memory},
    worker::{Worker, eventually},
};
use dualwatch_wire::v1::PageData;
use serde_json::json;
use std::{
    io::Read as _,
    net::{SocketAddr, TcpStream},
    process::ExitCode,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use ways::{WAYS, Ways};

/// So many pages are open.
const N: usize = 1_000;
/// An object without anything to do is put away after ten seconds; a stream says that it lives every fifteen.
const IDLE: Duration = Duration::from_secs(31);
const N_CHANGES: u32 = 5;
/// From the commit of a change to every page.
const WITHIN_MS: i64 = 2_000;
const SOON: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    println!("{N} connections each, of one client on the same machine; idle means for {} s", IDLE.as_secs());
    for (path, name) in WAYS {
        way(path, name);
    }
    let is_reached = worker();
    println!("{}", if is_reached { "the aim is reached" } else { "the aim is NOT REACHED" });
    if is_reached { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a process takes for so many connections.
struct Taken {
    process: u32,
    before_kib: u64,
}

impl Taken {
    fn from(process: u32) -> Self {
        Self { process, before_kib: memory(process).now_kib }
    }

    fn kib_each(&self) -> f64 {
        memory(self.process).now_kib.saturating_sub(self.before_kib) as f64 / N as f64
    }

    /// Returns the CPU time that it takes meanwhile, in milliseconds, and what comes of it.
    fn cpu_ms<T>(&self, act: impl FnOnce() -> T) -> (u128, T) {
        let before = cpu_time(self.process);
        let done = act();
        ((cpu_time(self.process).saturating_sub(before)).as_millis(), done)
    }
}

/// Measures one of the ways, in a process of its own.
fn way(path: &str, name: &str) {
    let ways = Ways::start();
    // What the first requests take is no connection's.
    (0..200).for_each(|_| ways::change(ways.address));
    let taken = Taken::from(ways.id());
    let (opening, mut open) = taken.cpu_ms(|| (0..N).map(|_| ways::open(ways.address, path)).collect::<Vec<_>>());
    if path != "/socket" {
        open.iter_mut().for_each(read);
    }
    let opened_kib = taken.kib_each();
    let (idle, ()) = taken.cpu_ms(|| thread::sleep(IDLE));
    let idle_kib = taken.kib_each();
    let begun = Instant::now();
    let (changes, ()) = taken.cpu_ms(|| {
        for _ in 0..N_CHANGES {
            ways::change(ways.address);
            open.iter_mut().for_each(read);
        }
    });
    println!(
        "  {name:<36} {opened_kib:>6.1} KiB each, idle {idle_kib:>6.1}; CPU: opening all {opening} ms, idle {idle} ms, a change to all {} ms; \
         all have it after {} ms; {:.1} KiB each in the end",
        changes / u128::from(N_CHANGES),
        begun.elapsed().as_millis() / u128::from(N_CHANGES),
        taken.kib_each(),
    );
}

fn read(stream: &mut TcpStream) {
    let n = stream.read(&mut [0; 4_096]).expect("what is told");
    assert!(n > 0, "it has ended");
}

/// Measures the worker; returns whether every page hears of a change in time.
fn worker() -> bool {
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    let address = worker.edge.addresses()[0];
    worker.accept(&config(0));
    // A new one is measured within a minute.
    eventually("every target is measured", 4 * SOON, || {
        worker.status().targets.iter().all(|target| target.last_round_at.is_some()).then_some(())
    });
    let alone = Taken::from(worker.edge.id());
    (1..=N_CHANGES).for_each(|n| _ = changed(&worker, n));
    let (without, ()) = alone.cpu_ms(|| (1..=N_CHANGES).for_each(|n| _ = changed(&worker, n)));

    let taken = Taken::from(worker.edge.id());
    let ask = || Stream::open(address, "/api/v1/events", &[], SOON).expect("a stream");
    let (opening, mut streams) = taken.cpu_ms(|| (0..N).map(|_| ask()).collect::<Vec<_>>());
    let opened_kib = taken.kib_each();
    let (idle, ()) = taken.cpu_ms(|| thread::sleep(IDLE));
    let idle_kib = taken.kib_each();
    let (mut after, mut cpu) = (Vec::new(), 0);
    for n in 1..=N_CHANGES {
        let (one, ()) = taken.cpu_ms(|| {
            let committed = changed(&worker, n);
            after.extend(streams.iter_mut().map(|stream| heard(stream, committed)));
        });
        cpu += one;
    }
    after.sort_unstable();
    let latest = after[after.len() - 1];
    println!(
        "  the worker, {N} streams: {opened_kib:.1} KiB each, idle {idle_kib:.1}; CPU: opening all {opening} ms, idle {idle} ms of {} s, \
         a change to all {} ms (to nobody {} ms); heard {} ms after the commit in the median, {latest} ms at the latest (aim {WITHIN_MS})",
        IDLE.as_secs(),
        cpu / u128::from(N_CHANGES),
        without / u128::from(N_CHANGES),
        after[after.len() / 2],
    );
    let asked = Instant::now();
    let (cpu, ()) = taken.cpu_ms(|| read_all(address));
    println!("  all of them ask for `/` then: {cpu} ms of CPU, {} ms one after the other", asked.elapsed().as_millis());
    latest <= WITHIN_MS
}

/// Twenty targets where nothing answers, which are seldom measured.
fn config(n: u32) -> String {
    let target = |i: u32| json!({ "slug": format!("t{i}"), "name": format!("Service {i} of change {n}"), "url": "http://localhost:9/", "interval": "1h" });
    json!({ "targets": (0..20).map(target).collect::<Vec<_>>(), "network": { "allow_private": true } }).to_string()
}

/// Commits a change; returns its revision.
fn changed(worker: &Worker, n: u32) -> i64 {
    worker.accept(&config(n));
    worker.document::<PageData>("/api/v1/page").revision.number()
}

/// Reads on until a revision has come; returns how many milliseconds after its commit that was.
fn heard(stream: &mut Stream, revision: i64) -> i64 {
    loop {
        let event = stream.next(SOON).expect("an event").expect("no end");
        if event.revision() >= revision {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
            return i64::try_from(now).expect("before the year 292,000,000") - event.revision();
        }
    }
}

fn read_all(address: SocketAddr) {
    for _ in 0..N {
        let page =
            Stream::open(address, "/", &[("accept-encoding", "br"), ("connection", "close")], SOON).expect("a page");
        assert_eq!(page.status, 200, "{}", page.head);
    }
}
