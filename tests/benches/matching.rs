//! The worst of what a target may send and a configuration may ask for, each as a multiple of hashing a body of the same
//! size (the digest of every answer), in the same run: at the edge (workerd, compiled as the worker is) and in the
//! program. `cargo xtask bench matching` runs it; it fails where the thread is held longer than ten times that at the edge.
//!
//! `held` is what is done without giving the thread back, on average: all of it, by the number of pieces.

use dualwatch_edgehost::{Log, Process, tied_command};
use dualwatch_prober::bench;
use flate2::{Compression, write::GzEncoder};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P384_SHA384, date_time_ymd,
};
use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const MEBIBYTE: usize = 1 << 20;
/// The thread is held no longer, at the edge.
const BOUND: f64 = 10.0;
/// Each work is repeated for so long, so often; the least counts.
const LONG: Duration = Duration::from_millis(400);
const N_TRIES: usize = 3;

fn main() {
    let edge = Edge::start();
    println!(
        "{:<44} {:>12} {:>7} {:>7} {:>12} {:>7}   came of it",
        "", "edge ms", "ratio", "held", "program ms", "ratio"
    );
    let mut digest = (0.0, 0.0);
    let mut over = Vec::new();
    for (name, kind, bytes) in works() {
        let (at_edge, outcome) = edge.time(&kind, &bytes);
        let (in_program, _) = program(&kind, &bytes);
        if digest.0 == 0.0 {
            digest = (at_edge, in_program);
        }
        let (n_pauses, outcome) = outcome.split_once(' ').expect("pauses and an outcome");
        let ratio = at_edge / digest.0;
        let held = ratio / (n_pauses.parse::<f64>().expect("a number") + 1.0);
        let of_program = in_program / digest.1;
        println!(
            "{name:<44} {at_edge:>12.2} {ratio:>7.2} {held:>7.2} {in_program:>12.2} {of_program:>7.2}   {outcome}"
        );
        if held > BOUND || (kind.starts_with("pattern") && ratio > BOUND) {
            over.push(name);
        }
    }
    assert!(over.is_empty(), "above {BOUND} at the edge: {over:?}");
}

/// (what it is, what is done, with what); the digest first.
fn works() -> Vec<(String, String, Vec<u8>)> {
    let plain = vec![b'y'; MEBIBYTE];
    let mut works = vec![("the digest of 1 MiB".to_owned(), "digest".to_owned(), plain.clone())];
    for template in [r".{0,N}z", r"(?:\b.?|.){0,N}z", "(?:x|y)*x(?:x|y){N}z", r"(?s)(?:.y?){N}z", "(?i)y{N}z"] {
        let (pattern, cost) = bench::largest(template).expect("one is allowed");
        works.push((format!("{pattern} ({cost})"), format!("pattern {pattern}"), plain.clone()));
    }
    let (pattern, _) = bench::largest(".{0,N}z").expect("one is allowed");
    let kind = format!("pattern {pattern}");
    works.push((".. in text of two bytes a character".into(), kind.clone(), "ä".repeat(MEBIBYTE / 2).into_bytes()));
    works.push((".. in bytes that are no text".into(), kind, vec![0xff; MEBIBYTE]));
    works.push(("fifty texts to look for".into(), "texts".into(), plain));
    let json =
        |part: &str| format!("{{\"a\":[{}]}}", [part].repeat(MEBIBYTE / (part.len() + 1)).join(",")).into_bytes();
    works.push(("JSON: numbers".into(), "json".into(), json("1e308")));
    works.push(("JSON: members of one name".into(), "json".into(), json(r#"{"b":1e308,"b":2e308}"#)));
    works.push(("JSON: escaped texts".into(), "json".into(), json(r#"{"b":"\u00e4\u00e4"}"#)));
    let deep = format!("{{\"b\":{}{}}}", "[".repeat(MEBIBYTE / 2 - 8), "]".repeat(MEBIBYTE / 2 - 8));
    works.push(("JSON: 500,000 deep".into(), "json".into(), deep.into_bytes()));
    let bomb = gzip(&vec![0; 64 * MEBIBYTE]);
    works.push(("gzip: a bomb".into(), "coding gzip".into(), bomb));
    works.push(("gzip: a bomb in five more".into(), format!("coding {}", ["gzip"; 6].join(",")), nested(6)));
    works.push(("gzip: 1 MiB of codes and no text".into(), "coding gzip".into(), codes()));
    works.push((
        "gzip: the same, packed five times".into(),
        format!("coding {}", ["gzip"; 6].join(",")),
        packed(codes()),
    ));
    works.push(("a certificate of 4,000 names".into(), "chain".into(), many_names()));
    works.push(("a chain of hundreds that all could be the next".into(), "chain".into(), crossed()));
    works
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).expect("memory");
    encoder.finish().expect("memory")
}

/// Every layer is a body of the largest size.
fn nested(n: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(1);
    let text: Vec<u8> = (0..MEBIBYTE - 1024).map(|_| random.u8(..)).collect();
    (0..n).fold(text, |text, _| gzip(&text))
}

fn packed(text: Vec<u8>) -> Vec<u8> {
    (0..5).fold(text, |text, _| gzip(&text))
}

/// Blocks that describe codes for 257 symbols in a dozen bytes, and end (RFC 1951 section 3.2.7).
fn codes() -> Vec<u8> {
    let mut bits = Vec::new();
    let mut put = |value: u32, n: u32| bits.extend((0..n).map(|i| value >> i & 1 == 1));
    put(0, 1); // not the last one
    put(2, 2); // with codes of its own
    put(0, 5); // 257 symbols
    put(0, 5); // one distance
    put(14, 4); // 18 lengths of codes for lengths:
    // 16, 17, 18 (many zeros), 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1
    for length in [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] {
        put(length, 3);
    }
    // Codes of one bit, in the order of the symbols: 0 is "1", 1 is "18".
    put(1, 1);
    put(138 - 11, 7);
    put(1, 1);
    put(118 - 11, 7);
    put(0, 1); // the end of the block has one bit
    put(0, 1); // and so has the distance
    put(0, 1); // the end of the block
    let n_blocks = (MEBIBYTE - 64) * 8 / bits.len();
    let all: Vec<bool> = bits.iter().copied().cycle().take(n_blocks * bits.len()).collect();
    let bytes = all.chunks(8).map(|byte| byte.iter().enumerate().fold(0, |sum, (i, bit)| sum | u8::from(*bit) << i));
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255].into_iter().chain(bytes).collect()
}

fn named(name: &str, names: Vec<String>) -> CertificateParams {
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name.push(DnType::CommonName, name);
    (params.not_before, params.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2027, 1, 1));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

/// The slowest key that there is to make here.
fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).expect("a key")
}

fn written(certificates: &[Vec<u8>]) -> Vec<u8> {
    certificates.iter().flat_map(|der| [&(der.len() as u32).to_be_bytes()[..], der].concat()).collect()
}

fn many_names() -> Vec<u8> {
    let (root, root_key) = (named("root", Vec::new()), key());
    let names = (0..4_000).map(|i| format!("n{i}.h.test")).collect();
    let mut leaf = named("leaf", names);
    leaf.is_ca = IsCa::NoCa;
    let trusted = root.self_signed(&root_key).expect("a root").der().to_vec();
    let leaf = leaf.signed_by(&key(), &Issuer::new(root, root_key)).expect("a leaf").der().to_vec();
    written(&[trusted, leaf])
}

/// Each name is there as often as there is room for it, signed by nobody: every way to the root has to be tried.
fn crossed() -> Vec<u8> {
    const N_OF_A_NAME: usize = 30;
    let trusted = named("root", Vec::new()).self_signed(&key()).expect("a root").der().to_vec();
    let names = ["a", "b", "c", "root"];
    let by = |name: &str| Issuer::new(named(name, Vec::new()), key());
    let mut leaf = named("leaf", vec!["host.example".to_owned()]);
    leaf.is_ca = IsCa::NoCa;
    let mut all = vec![trusted, leaf.signed_by(&key(), &by("a")).expect("a leaf").der().to_vec()];
    for pair in names.windows(2) {
        let of_name = || named(pair[0], Vec::new()).signed_by(&key(), &by(pair[1])).expect("one").der().to_vec();
        all.extend((0..N_OF_A_NAME).map(|_| of_name()));
    }
    written(&all)
}

/// Returns the least time of one work in milliseconds.
fn least(mut run: impl FnMut(usize) -> Duration) -> f64 {
    let once = run(1).max(Duration::from_micros(10));
    let n = (LONG.as_secs_f64() / once.as_secs_f64()).ceil().clamp(1.0, 5_000.0) as usize;
    let tries = (0..N_TRIES).map(|_| run(n).as_secs_f64() * 1_000.0 / n as f64);
    tries.fold(f64::INFINITY, f64::min)
}

fn program(kind: &str, bytes: &[u8]) -> (f64, String) {
    let mut outcome = String::new();
    let ms = least(|n| {
        let begin = Instant::now();
        for _ in 0..n {
            outcome = format!("{:?}", bench::run(kind, bytes));
        }
        begin.elapsed()
    });
    (ms, outcome)
}

struct Edge {
    address: SocketAddr,
    agent: ureq::Agent,
    _process: Process,
}

impl Edge {
    fn start() -> Self {
        let of =
            |name: &str| std::env::var_os(name).map(PathBuf::from).expect("`cargo xtask bench matching` runs this");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).expect("a free port");
        let mut command = tied_command(&of("DUALWATCH_WORKERD"));
        command.arg("serve").arg(of("DUALWATCH_WORST").join("worst.capnp"));
        command.arg("--socket-addr").arg(format!("http={free}"));
        let log: Log = Arc::new(|line| println!("workerd: {line}"));
        let process = Process::spawn(command, &log).expect("workerd starts");
        for _ in 0..200 {
            if TcpStream::connect(free).is_ok() {
                return Self { address: free, agent: ureq::Agent::new_with_defaults(), _process: process };
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("workerd did not get ready");
    }

    fn time(&self, kind: &str, bytes: &[u8]) -> (f64, String) {
        let ask = |n: usize| {
            let url = format!("http://{}/", self.address);
            let begin = Instant::now();
            let mut response = self
                .agent
                .post(url)
                .query("kind", kind)
                .query("n", n.to_string())
                .send(bytes)
                .expect("workerd answers");
            let text = response.body_mut().read_to_string().expect("text");
            (begin.elapsed(), text)
        };
        let mut outcome = String::new();
        let ms = least(|n| {
            // What the request itself takes is no part of it.
            let (nothing, _) = ask(0);
            let (all, text) = ask(n);
            outcome = text;
            all.saturating_sub(nothing)
        });
        (ms, outcome)
    }
}
