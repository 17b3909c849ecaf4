//! A worker of a few lines of JavaScript on the same workerd, which answers constants.

use dualwatch_edgehost::{Log, Process, tied_command, workerd_in};
use dualwatch_tests::worker::workspace;
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

/// What one path is answered with.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Constant {
    pub size: usize,
    #[serde(rename = "type")]
    pub content_type: String,
}

pub struct Baseline {
    pub address: SocketAddr,
    _process: Process,
}

impl Baseline {
    pub fn start(answers: &BTreeMap<&str, Constant>) -> Self {
        let root = workspace();
        let installed = || workerd_in(&root.join("worker/node_modules")).unwrap_or_else(|e| panic!("{e}"));
        let workerd = std::env::var_os("DUALWATCH_WORKERD").map_or_else(installed, PathBuf::from);
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).expect("a free port");
        let mut command = tied_command(&workerd);
        command.arg("serve").arg(root.join("tests/benches/api/baseline.capnp"));
        command.arg("--socket-addr").arg(format!("http={free}"));
        command.env("ANSWERS", serde_json::to_string(answers).expect("JSON"));
        let log: Log = Arc::new(|line| println!("baseline: {line}"));
        let process = Process::spawn(command, &log).expect("workerd starts");
        for _ in 0..200 {
            if TcpStream::connect(free).is_ok() {
                return Self { address: free, _process: process };
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("the baseline did not get ready");
    }
}
