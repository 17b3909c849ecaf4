//! The ways to tell open pages of a change, on the same workerd: a worker of a few lines of JavaScript.

use dualwatch_edgehost::{Log, Process, tied_command, workerd_in};
use dualwatch_tests::worker::workspace;
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

const WITHIN: Duration = Duration::from_secs(30);

/// What is asked for, and how it is called.
pub const WAYS: [(&str, &str); 3] = [
    ("/stream", "a stream of events"),
    ("/transform", "a stream by IdentityTransformStream"),
    ("/socket", "a WebSocket that hibernates"),
];

pub struct Ways {
    pub address: SocketAddr,
    process: Process,
}

impl Ways {
    pub fn start() -> Self {
        let root = workspace();
        let installed = || workerd_in(&root.join("worker/node_modules")).unwrap_or_else(|e| panic!("{e}"));
        let workerd = std::env::var_os("DUALWATCH_WORKERD").map_or_else(installed, PathBuf::from);
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).expect("a free port");
        let mut command = tied_command(&workerd);
        command.args(["serve", "--experimental"]).arg(root.join("tests/benches/live/ways.capnp"));
        command.arg("--socket-addr").arg(format!("http={address}"));
        let log: Log = Arc::new(|line| println!("ways: {line}"));
        let process = Process::spawn(command, &log).expect("workerd starts");
        let is_there = (0..200).any(|_| {
            thread::sleep(Duration::from_millis(25));
            TcpStream::connect(address).is_ok()
        });
        assert!(is_there, "the worker of ways did not get ready");
        Self { address, process }
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

/// Opens a connection in one of the ways; the head of its answer has come.
pub fn open(address: SocketAddr, path: &str) -> TcpStream {
    let upgrade = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
                   sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    let mut stream = asked(address, path, if path == "/socket" { upgrade } else { "" });
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    stream
}

/// Has a change told.
pub fn change(address: SocketAddr) {
    let mut answer = Vec::new();
    asked(address, "/change", "connection: close\r\n").read_to_end(&mut answer).expect("an answer");
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
}

fn asked(address: SocketAddr, path: &str, headers: &str) -> TcpStream {
    let mut stream = TcpStream::connect_timeout(&address, WITHIN).expect("a connection");
    stream.set_read_timeout(Some(WITHIN)).expect("a time");
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").as_bytes()).expect("sent");
    stream
}
