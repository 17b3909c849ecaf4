//! Nobody makes the worker hold much: bodies end at their bound while they are read, and readers who take nothing hold
//! little and keep nobody else waiting. On real workerd, whose memory is looked at.

use dualwatch_edgehost::{Process, tied_command, workerd_in};
use dualwatch_tests::{
    usage::memory,
    worker::{ADMIN_TOKEN, Worker, eventually, vantage_token, workspace},
};
use dualwatch_wire::v1::Status;
use serde_json::json;
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

const KIB_PER_MIB: u64 = 1024;
/// Far more than any body may have.
const HUGE: usize = 100 * 1024 * 1024;
/// What workerd may grow by while such bodies come in: the largest one that is taken, and its copies on the way. It was
/// 1 GB when they were read whole.
const BODIES_MIB: u64 = 200;
const SOON: Duration = Duration::from_mins(1);

/// How a body says how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Announced,
    /// RFC 9112 section 7.1.
    Chunked,
}

/// What became of a huge body.
#[derive(Debug)]
struct Sent {
    status: u16,
    n_bytes: usize,
}

/// Sends zeros until all are sent or the worker has enough of them; returns its answer.
fn send(at: SocketAddr, method: &str, path: &str, token: &str, length: Length) -> Sent {
    let mut stream = TcpStream::connect(at).expect("connected");
    stream.set_read_timeout(Some(SOON)).expect("a timeout");
    stream.set_write_timeout(Some(SOON)).expect("a timeout");
    let framing = match length {
        Length::Announced => format!("Content-Length: {HUGE}"),
        Length::Chunked => "Transfer-Encoding: chunked".to_owned(),
    };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {at}\r\nAuthorization: Bearer {token}\r\n{framing}\r\n\r\n");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut writer = stream.try_clone().expect("the same connection");
    let sending = thread::spawn(move || {
        let zeros = vec![b'0'; 64 * 1024];
        let mut piece = Vec::new();
        if length == Length::Chunked {
            piece.extend_from_slice(format!("{:x}\r\n", zeros.len()).as_bytes());
        }
        piece.extend_from_slice(&zeros);
        if length == Length::Chunked {
            piece.extend_from_slice(b"\r\n");
        }
        let mut n_bytes = 0;
        while n_bytes < HUGE && writer.write_all(&piece).is_ok() {
            n_bytes += zeros.len();
        }
        n_bytes
    });
    let status = status(&mut stream);
    // Who has an answer stops sending.
    let _ = stream.shutdown(std::net::Shutdown::Both);
    Sent { status, n_bytes: sending.join().expect("written") }
}

fn status(stream: &mut TcpStream) -> u16 {
    let mut begin = [0; "HTTP/1.1 413".len()];
    stream.read_exact(&mut begin).expect("an answer");
    String::from_utf8_lossy(&begin[9..]).parse().expect("a status")
}

#[test]
fn a_body_ends_at_its_bound_while_it_is_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(dir.path());
    worker.accept(&config(1));
    let at = worker.edge.addresses()[0];
    let own = vantage_token("a");
    let doors = [
        ("PUT", "/api/v1/config", ADMIN_TOKEN),
        ("POST", "/api/v1/targets/t0/rounds", ADMIN_TOKEN),
        ("POST", "/api/v1/vantage/rounds", &*own),
        ("POST", "/probe/sink", ""),
    ];
    let before = memory(worker.edge.id());
    for (method, path, token) in doors {
        for length in [Length::Announced, Length::Chunked] {
            let sent = send(at, method, path, token, length);
            assert_eq!(sent.status, 413, "{method} {path} {length:?}");
            // The largest bound, and what the buffers of both ends hold.
            let most = 16 * 1024 * 1024 + 32 * 1024 * 1024;
            assert!(sent.n_bytes < most, "{path} {length:?} took {} bytes", sent.n_bytes);
        }
        // Who may not send is refused first, whatever it is.
        if !token.is_empty() {
            assert_eq!(send(at, method, path, "wrong", Length::Chunked).status, 401, "{path}");
        }
    }
    // Four at once, three times over.
    for _ in 0..3 {
        let at_once: Vec<_> = (0..4)
            .map(|i| {
                let length = if i % 2 == 0 { Length::Chunked } else { Length::Announced };
                thread::spawn(move || send(at, "POST", "/api/v1/targets/t0/rounds", ADMIN_TOKEN, length))
            })
            .collect();
        for sent in at_once {
            let sent = sent.join().expect("an answer");
            // 503: there is no room for so many of the largest at once.
            assert!(matches!(sent.status, 413 | 503), "{sent:?}");
        }
    }
    let grown = memory(worker.edge.id()).peak_kib.saturating_sub(before.now_kib) / KIB_PER_MIB;
    println!("peak: {grown} MiB more than before");
    assert!(grown < BODIES_MIB, "workerd grew by {grown} MiB");
    // What is within the bound is taken as ever.
    worker.accept(&config(2));
}

#[test]
fn what_is_nested_without_end_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(dir.path());
    worker.accept(&config(1));
    let deep = "[".repeat(500_000);
    let (status, problem) = worker.put_config_as(&deep, Some(ADMIN_TOKEN));
    assert_eq!(status, 400, "JSON: {problem}");
    for text in [deep.clone(), format!("targets: {deep}"), "- ".repeat(400_000), "{a: ".repeat(200_000)] {
        let (status, problem) = worker.put_config(&text);
        assert_eq!(status, 422, "YAML: {problem}");
    }
    let token = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", &*token)];
    for text in [deep.clone(), format!(r#"{{"version":1,"target":{deep}"#), format!(r#"{{"unknown":{deep}"#)] {
        let (status, problem) = worker.post("/api/v1/targets/t0/rounds", &headers, &text);
        assert_eq!(status, 400, "rounds: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.starts_with("line 1: ")), "{problem}");
    }
    let answer = ureq::put(format!("{}/api/v1/config", worker.edge.origin()))
        .config()
        .http_status_as_error(false)
        .build()
        .header("authorization", &token)
        .send(&b"targets: \xff"[..])
        .expect("an answer");
    assert_eq!(answer.status(), 400, "what is not UTF-8 is not guessed at");
}

fn config(n_targets: usize) -> String {
    let target = |i: usize| {
        let name = format!("Service number {i}");
        json!({ "slug": format!("t{i}"), "name": name, "url": "http://localhost:9/", "interval": 3_600, "timeout": "1s" })
    };
    json!({
        "targets": (0..n_targets).map(target).collect::<Vec<_>>(),
        "controls": { "ipv4": ["127.0.0.1:9"], "ipv6": ["[::1]:9"] },
        "network": { "allow_private": true },
    })
    .to_string()
}

const N_READERS: usize = 200;
/// What they may cost together. Each connection takes 84 kB of workerd by itself; before large answers were sent in
/// pieces, 200 readers of a megabyte took 280 MB and more.
const READERS_MIB: u64 = 130;
/// How long another reader may wait; it takes some milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn readers_who_take_nothing_hold_little_and_others_are_served() {
    let dir = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(dir.path());
    worker.accept(&config(400));
    let at = worker.edge.addresses()[0];
    eventually("every target is measured once", SOON * 2, || {
        let mut answer = ureq::get(format!("http://{at}/api/v1/status")).call().expect("an answer");
        let text = answer.body_mut().read_to_string().expect("text");
        let status: Status = serde_json::from_str(&text).expect("a status");
        status.targets.iter().all(|t| t.last_round_at.is_some()).then_some(())
    });
    for path in ["/probe/large?bytes=1048576", "/", "/api/v1/status"] {
        let length = read(at, path);
        let before = memory(worker.edge.id());
        let held: Vec<TcpStream> = (0..N_READERS).map(|_| ask_and_leave(at, path)).collect();
        let begun = Instant::now();
        let read = read(at, path);
        let waited = begun.elapsed();
        assert!(read > length / 2, "{path}: {read} bytes for another reader, {length} before");
        assert!(waited < PATIENCE, "{path}: another reader waited {} ms", waited.as_millis());
        let after = memory(worker.edge.id());
        let grown = after.peak_kib.saturating_sub(before.peak_kib).max(after.now_kib.saturating_sub(before.now_kib));
        println!(
            "{path} ({length} bytes): {N_READERS} readers took {} MiB; another one waited {waited:?}",
            grown / KIB_PER_MIB
        );
        assert!(grown / KIB_PER_MIB < READERS_MIB, "{path}: {} MiB", grown / KIB_PER_MIB);
        drop(held);
    }
}

/// Reads a whole answer; returns how long it is. Who is told to ask again in a moment does: there is room as soon as one
/// of those who take nothing has been silent for half a second.
fn read(at: SocketAddr, path: &str) -> usize {
    eventually(path, SOON, || {
        let answer = ureq::get(format!("http://{at}{path}")).config().http_status_as_error(false).build().call();
        let mut answer = answer.expect("an answer");
        let is_told_to_wait = answer.status() == 503 && answer.headers().contains_key("retry-after");
        if is_told_to_wait {
            return None;
        }
        assert_eq!(answer.status(), 200, "{path}");
        Some(answer.body_mut().read_to_vec().expect("the whole").len())
    })
}

/// Asks, and takes nothing of the answer.
fn ask_and_leave(at: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).expect("connected");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {at}\r\n\r\n").expect("asked");
    stream
}

/// A worker of a few lines beside the file that sends large bodies. No buffer on the way holds one of eight megabytes, so
/// that its readers are really waited for.
const ALONE: &str = r#"
import { flow } from "flow.js";
const body = new Uint8Array(8 * 1024 * 1024).fill(32);
export default {
  fetch() {
    const stream = flow(body, 256);
    return stream ? new Response(stream) : new Response("busy", { status: 503, headers: { "retry-after": "1" } });
  },
};
"#;

const CONFIG: &str = r#"
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    compatibilityDate = "2026-08-01",
    modules = [(name = "main.js", esModule = embed "main.js"), (name = "flow.js", esModule = embed "flow.js")],
  ))],
  sockets = [(name = "http", service = "main")],
);
"#;

/// Of eight megabytes each, were they held whole, this would be 4 GB.
const N_STALLED: usize = 500;
const STALLED_MIB: u64 = 400;

#[test]
fn only_so_many_are_waited_for_and_who_takes_nothing_gives_way() {
    let dir = tempfile::tempdir().expect("a folder");
    let flow = workspace().join("worker/src/flow.js");
    std::fs::copy(flow, dir.path().join("flow.js")).expect("copied");
    std::fs::write(dir.path().join("main.js"), ALONE).expect("written");
    std::fs::write(dir.path().join("config.capnp"), CONFIG).expect("written");
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
    let workerd = workerd_in(&workspace().join("worker/node_modules")).unwrap_or_else(|e| panic!("{e}"));
    let mut command = tied_command(&workerd);
    command.arg("serve").arg(dir.path().join("config.capnp")).arg("--socket-addr").arg(format!("http={free}"));
    let log: dualwatch_edgehost::Log = std::sync::Arc::new(|line| println!("workerd: {line}"));
    let process = Process::spawn(command, &log).expect("workerd starts");
    eventually("it listens", SOON, || TcpStream::connect(free).ok());
    let whole = read(free, "/");
    assert_eq!(whole, 8 * 1024 * 1024);
    let before = memory(process.id());
    let held: Vec<TcpStream> = (0..N_STALLED).map(|_| ask_and_leave(free, "/")).collect();
    // There is no room until somebody was silent for half a second: then one after the other gives way.
    for _ in 0..20 {
        assert_eq!(read(free, "/"), whole);
    }
    let grown = memory(process.id()).peak_kib.saturating_sub(before.now_kib) / KIB_PER_MIB;
    println!("{N_STALLED} readers who take nothing of 8 MiB each: {grown} MiB");
    assert!(grown < STALLED_MIB, "{grown} MiB");
    drop(held);
}
