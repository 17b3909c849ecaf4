//! `dualwatch echo` on the open Internet: hostile clients, a renewed certificate, and its end.

use dualwatch_core::measure::family::Family;
use dualwatch_tests::{
    echo::{Answer, Echo, Raw},
    worker::eventually,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto::ring};
use rustls_pki_types::CertificateDer;
use std::{
    ffi::OsStr,
    fs,
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(30);
/// No connection lives longer; beyond it there is only what a busy machine adds.
const LIFE: Duration = Duration::from_secs(45);
const GOOD: &[u8] = b"GET /probe/ip?nonce=good HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

fn start(arguments: &[&str]) -> Echo {
    Echo::start(&arguments.iter().map(OsStr::new).collect::<Vec<_>>())
}

fn status(bytes: &[u8]) -> u16 {
    Answer::parse(bytes).map_or(0, |answer| answer.status)
}

/// An authority, and files with a certificate that it has signed.
struct Signed {
    ca: Issuer<'static, KeyPair>,
    ca_der: CertificateDer<'static>,
    folder: tempfile::TempDir,
}

impl Signed {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca_der = params.self_signed(&key).expect("a certificate").der().clone();
        let this = Self { ca: Issuer::new(params, key), ca_der, folder: tempfile::tempdir().expect("a folder") };
        this.renew();
        this
    }

    /// Writes another certificate with another key; returns the certificate.
    fn renew(&self) -> CertificateDer<'static> {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let leaf = params.signed_by(&key, &self.ca).expect("a certificate");
        fs::write(self.chain(), leaf.pem()).expect("written");
        fs::write(self.key(), key.serialize_pem()).expect("written");
        leaf.der().clone()
    }

    fn chain(&self) -> std::path::PathBuf {
        self.folder.path().join("chain.pem")
    }

    fn key(&self) -> std::path::PathBuf {
        self.folder.path().join("key.pem")
    }

    fn start(&self, more: &[&str]) -> Echo {
        let path = |path: &Path| path.to_str().expect("a path").to_owned();
        let (chain, key) = (path(&self.chain()), path(&self.key()));
        start(&[&["--https", "0", "--certificate", &chain, "--key", &key], more].concat())
    }

    fn connect(&self, to: SocketAddr) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.ca_der.clone()).expect("a root");
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let name = "localhost".try_into().expect("a name");
        let client = ClientConnection::new(Arc::new(config), name).expect("a client");
        StreamOwned::new(client, Raw::connect(to).stream)
    }
}

/// Asks over a connection that stays open; returns the status and the certificate that was shown.
fn ask(stream: &mut StreamOwned<ClientConnection, TcpStream>) -> (u16, CertificateDer<'static>) {
    stream.write_all(b"GET /probe/ip HTTP/1.1\r\nhost: a\r\n\r\n").expect("sent");
    let mut bytes = Vec::new();
    let mut piece = [0; 4_096];
    // The document ends in a brace.
    while bytes.last() != Some(&b'}') {
        let n = stream.read(&mut piece).expect("an answer");
        assert!(n > 0, "the connection is over: {}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&piece[..n]);
    }
    let shown = stream.conn.peer_certificates().and_then(<[_]>::first).expect("a certificate");
    (status(&bytes), shown.clone().into_owned())
}

#[test]
fn a_certificate_is_renewed_without_losing_a_connection() {
    let signed = Signed::new();
    let first = signed.renew();
    let echo = signed.start(&[]);
    let (_, _, address) = echo.listeners[0].clone();
    let mut old = signed.connect(address);
    assert_eq!(ask(&mut old), (200, first.clone()));

    let second = signed.renew();
    eventually("the new certificate", SOON, || {
        assert_eq!(ask(&mut old), (200, first.clone()), "a connection goes on as it began");
        (ask(&mut signed.connect(address)).1 == second).then_some(())
    });

    // A broken one is named with its place, and the old one shown.
    fs::write(signed.chain(), "\n\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").expect("written");
    let line = eventually("the warning", SOON, || echo.log().into_iter().find(|line| line.contains("is of no use")));
    assert!(line.contains("chain.pem:3: this certificate cannot be read"), "{line}");
    assert_eq!(ask(&mut signed.connect(address)), (200, second));

    let third = signed.renew();
    eventually("the certificate after that", SOON, || (ask(&mut signed.connect(address)).1 == third).then_some(()));
    // Over HTTP/2 a browser would take one connection for names of several families.
    let mut newest = signed.connect(address);
    assert_eq!(ask(&mut newest), (200, third));
    assert_eq!(newest.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
    assert!(echo.stop().success());
}

/// Sends a piece again and again, until the other side hangs up or a minute is over; returns what was answered.
fn drip(mut raw: Raw, piece: &[u8], pause: Duration) -> Vec<u8> {
    let began = Instant::now();
    while raw.stream.write_all(piece).is_ok() && began.elapsed() < Duration::from_secs(55) {
        thread::sleep(pause);
    }
    raw.end().unwrap_or_default()
}

/// Hostile clients, each by its name: what it does with a connection to a plain and to a TLS listener, and which status may
/// be the answer (0: none).
type Hostile = (&'static str, fn(SocketAddr, SocketAddr) -> Vec<u8>, &'static [u16]);

const SECOND: Duration = Duration::from_secs(1);

const HOSTILE: &[Hostile] = &[
    ("silent", |http, _| Raw::connect(http).end().expect("an end"), &[0]),
    ("silent before TLS", |_, https| Raw::connect(https).end().expect("an end"), &[0]),
    (
        "slow head",
        |http, _| drip(Raw::connect(http).send(b"GET /probe/ip HTTP/1.1\r\nx: "), b"a", SECOND / 2),
        &[0, 408],
    ),
    (
        "slow headers",
        |http, _| drip(Raw::connect(http).send(b"GET / HTTP/1.1\r\n"), b"a: b\r\n", SECOND / 2),
        &[0, 408],
    ),
    (
        "slow handshake",
        |_, https| drip(Raw::connect(https).send(b"\x16\x03\x01\x02\x00\x01"), b"\x00", SECOND / 2),
        &[0],
    ),
    ("garbage for TLS", |_, https| Raw::connect(https).send(&[0xee; 20_000]).end().expect("an end"), &[0]),
    (
        "a hello that is no hello",
        |_, https| Raw::connect(https).send(b"\x16\x03\x01\x00\x05hello").end().expect("an end"),
        &[0],
    ),
    ("HTTP for TLS", |_, https| Raw::connect(https).send(GOOD).end().expect("an end"), &[0]),
    (
        "TLS for HTTP",
        |http, _| Raw::connect(http).send(b"\x16\x03\x01\x00\x05hello\r\n\r\n").end().expect("an end"),
        &[0, 400],
    ),
    (
        "a head of 64 kB",
        |http, _| {
            let head = [b"GET /probe/ip HTTP/1.1\r\nx: ".to_vec(), vec![b'a'; 64 * 1024], b"\r\n\r\n".to_vec()];
            Raw::connect(http).send(&head.concat()).end().expect("an end")
        },
        &[0, 431],
    ),
    (
        "an address of 64 kB",
        |http, _| {
            let head = [b"GET /probe/ip?nonce=".to_vec(), vec![b'a'; 64 * 1024], b" HTTP/1.1\r\n\r\n".to_vec()];
            Raw::connect(http).send(&head.concat()).end().expect("an end")
        },
        &[0, 414, 431],
    ),
    (
        "an address of 9 kB",
        |http, _| {
            let head = [
                b"GET /probe/ip?nonce=".to_vec(),
                vec![b'a'; 9_000],
                b" HTTP/1.1\r\nconnection: close\r\n\r\n".to_vec(),
            ];
            Raw::connect(http).send(&head.concat()).end().expect("an end")
        },
        &[400],
    ),
    (
        "a thousand headers",
        |http, _| {
            let head = [b"GET / HTTP/1.1\r\n".to_vec(), b"a: b\r\n".repeat(1_000), b"\r\n".to_vec()].concat();
            Raw::connect(http).send(&head).end().expect("an end")
        },
        &[0, 431],
    ),
    (
        "an endless body",
        |http, _| {
            let raw =
                Raw::connect(http).send(b"POST /probe/sink HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
            let chunk = [b"10000\r\n".to_vec(), vec![7; 65_536], b"\r\n".to_vec()].concat();
            drip(raw, &chunk, Duration::ZERO)
        },
        &[0, 413],
    ),
    (
        "an endless body where none is wanted",
        |http, _| {
            let raw =
                Raw::connect(http).send(b"GET /probe/ip HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
            let chunk = [b"10000\r\n".to_vec(), vec![7; 65_536], b"\r\n".to_vec()].concat();
            drip(raw, &chunk, Duration::ZERO)
        },
        &[0, 200],
    ),
    (
        "a slow body",
        |http, _| {
            let raw =
                Raw::connect(http).send(b"POST /probe/sink HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n");
            drip(raw, b"a", SECOND / 2)
        },
        &[0, 408],
    ),
    (
        "half a body, then closed",
        |http, _| {
            let raw =
                Raw::connect(http).send(b"POST /probe/sink HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\nabc");
            raw.half_close().end().expect("an end")
        },
        &[0, 400],
    ),
    ("half-closed at once", |http, _| Raw::connect(http).half_close().end().expect("an end"), &[0]),
    ("half-closed after asking", |http, _| Raw::connect(http).send(GOOD).half_close().end().expect("an end"), &[200]),
    (
        "half-closed while it is held back",
        |http, _| {
            let raw = Raw::connect(http).send(b"GET /probe/ip?delay_ms=2000 HTTP/1.1\r\nconnection: close\r\n\r\n");
            raw.half_close().end().expect("an end")
        },
        &[200],
    ),
    (
        "a thousand requests at once",
        |http, _| {
            let one = b"GET /probe/ip HTTP/1.1\r\nhost: a\r\n\r\n";
            let bytes = Raw::connect(http).send(&one.repeat(1_000)).end().expect("an end");
            let n = String::from_utf8_lossy(&bytes).matches("HTTP/1.1 200 OK").count();
            assert!(n <= 100, "{n} answers over one connection");
            bytes
        },
        &[200],
    ),
    (
        "lengths that differ",
        |http, _| {
            let head = b"POST /probe/sink HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd";
            Raw::connect(http).send(head).end().expect("an end")
        },
        &[0, 400],
    ),
];

/// Promise (Bounds): Hostile clients of `dualwatch echo` (slow, endless, silent, half-closed, garbage) end within its times,
/// cost bounded memory, and are in nobody's way.
#[test]
fn hostile_clients_end_and_are_in_nobodys_way() {
    let signed = Signed::new();
    let echo = signed.start(&["--http", "0", "--per-client", "400", "--connections", "450"]);
    let (Some(http), Some(https)) = (echo.address(Family::Ipv4, "http"), echo.address(Family::Ipv4, "https")) else {
        return dualwatch_notrun::refused("everything here: there is no IPv4");
    };
    let n_idle = echo.n_sockets();
    let before = echo.memory();
    // Those who never read what they asked for, and those who hold as much of a head as may be.
    let never_read: Vec<Raw> = (0..60)
        .map(|_| Raw::connect(http).send(b"GET /probe/large?bytes=1048576 HTTP/1.1\r\nhost: a\r\n\r\n"))
        .collect();
    let head = [b"GET / HTTP/1.1\r\nx: ".to_vec(), vec![b'a'; 15_000]].concat();
    let half_heads: Vec<Raw> = (0..200).map(|_| Raw::connect(http).send(&head)).collect();
    let all: Vec<_> = HOSTILE
        .iter()
        .map(|(name, act, allowed)| {
            thread::spawn(move || {
                let began = Instant::now();
                let bytes = act(http, https);
                (*name, status(&bytes), *allowed, began.elapsed(), bytes.len())
            })
        })
        .collect();
    // Meanwhile somebody else is answered, whenever they come.
    let mut n_good = 0;
    while !all.iter().all(thread::JoinHandle::is_finished) {
        let began = Instant::now();
        assert_eq!(status(&Raw::connect(http).send(GOOD).end().expect("an answer")), 200);
        assert!(began.elapsed() < Duration::from_secs(5), "answered after {:?}", began.elapsed());
        n_good += 1;
        thread::sleep(SECOND / 4);
    }
    for client in all {
        let (name, status, allowed, after, n_bytes) = client.join().expect("a client");
        println!("{name}: status {status}, {n_bytes} bytes, over after {after:?}");
        assert!(allowed.contains(&status), "{name} is answered with {status}");
        assert!(after < LIFE, "{name} was over after {after:?}");
    }
    let peak_kib = echo.memory().peak_kib - before.now_kib;
    eventually("all connections are over", LIFE, || (echo.n_sockets() == n_idle).then_some(()));
    drop((never_read, half_heads));
    println!("{n_good} answers to others meanwhile; {peak_kib} KiB more at the worst");
    assert!(n_good > 0 && peak_kib < 32 * 1024, "{peak_kib} KiB");
    // Nothing is said of who was there.
    assert!(echo.log().iter().all(|line| !line.contains("127.0.0.1:") || line.contains("://")), "{:?}", echo.log());
    assert!(echo.stop().success());
}

/// Connects from a given address of this machine.
fn connect_from(from: IpAddr, to: SocketAddr) -> Raw {
    let socket = socket2::Socket::new(socket2::Domain::for_address(to), socket2::Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::new(from, 0).into()).expect("an address of ours");
    socket.connect(&to.into()).expect("somebody listens");
    let stream: TcpStream = socket.into();
    stream.set_read_timeout(Some(SOON)).expect("a timeout");
    Raw { stream }
}

/// Promise (Bounds): Thousands of connections of one client leave room for the others at `dualwatch echo`.
#[test]
fn a_flood_from_one_address_leaves_room_for_others() {
    let echo = start(&["--http", "0", "--per-client", "16", "--connections", "200"]);
    let Some(to) = echo.address(Family::Ipv4, "http") else {
        return dualwatch_notrun::refused("everything here: there is no IPv4");
    };
    let n_idle = echo.n_sockets();
    let before = echo.memory();
    let mut held = std::collections::VecDeque::new();
    let mut most = 0;
    for i in 0..4_000 {
        held.push_back(connect_from([127, 0, 0, 9].into(), to).send(b"GET /probe/ip HTTP/1.1\r\n"));
        if held.len() > 400 {
            held.pop_front();
        }
        if i % 100 == 0 {
            most = most.max(echo.n_sockets() - n_idle);
        }
    }
    // A place of its own for each: another network, and the neighbours of the flood.
    for other in [[127, 0, 1, 1], [127, 0, 0, 10]] {
        let bytes = connect_from(other.into(), to).send(GOOD).end().expect("an answer");
        assert_eq!(status(&bytes), 200, "{other:?}");
    }
    // One is between being accepted and being turned away.
    assert!(most <= 16 + 1, "{most} connections of one client");
    let more_kib = echo.memory().peak_kib - before.now_kib;
    println!("at most {most} connections of the flood at once; {more_kib} KiB more");
    assert!(more_kib < 8 * 1024, "{more_kib} KiB");
    assert!(echo.stop().success());
    assert!(echo.log().iter().any(|line| line.contains("more found no room")), "{:?}", echo.log());
}

/// Promise (Bounds): `dualwatch echo` amplifies nothing: what is not asked for by its size is small, and large answers of one
/// client are refused beyond their budget.
#[test]
fn large_answers_have_a_budget() {
    let echo = start(&["--http", "0", "--per-client", "100"]);
    let (_, _, to) = echo.listeners[0].clone();
    let large = |bytes: usize| {
        let head = format!("GET /probe/large?bytes={bytes} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        Raw::connect(to).send(head.as_bytes()).end().expect("an answer")
    };
    let statuses: Vec<u16> = (0..40).map(|_| status(&large(1024 * 1024))).collect();
    let n_refused = statuses.iter().filter(|status| **status == 429).count();
    assert!(statuses[..8].iter().all(|status| *status == 200), "{statuses:?}");
    // Eight at once, and another every four seconds.
    assert!(n_refused > 0 && statuses.iter().all(|status| matches!(status, 200 | 429)), "{statuses:?}");
    let refused = Answer::parse(&large(1024 * 1024)).expect("an answer");
    assert_eq!((refused.status, refused.header("retry-after")), (429, "4"));
    assert_eq!(refused.header("access-control-allow-origin"), "*");
    // Everything else goes on.
    for target in ["/probe/ip", "/", "/probe/large?bytes=x", "/probe/sink"] {
        let head = format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let n_bytes = Raw::connect(to).send(head.as_bytes()).end().expect("an answer").len();
        assert!((1..1_500).contains(&n_bytes), "{target}: {n_bytes} bytes");
    }
}

#[test]
fn it_ends_after_what_is_being_answered() {
    let echo = start(&["--http", "0"]);
    let (_, _, to) = echo.listeners[0].clone();
    let head = b"GET /probe/ip?delay_ms=1500&nonce=last HTTP/1.1\r\nhost: a\r\n\r\n";
    let n_idle = echo.n_sockets();
    let asked = Raw::connect(to).send(head);
    let idle = Raw::connect(to).send(b"GET /probe/ip HTTP/1.1\r\nhost: a\r\n\r\n");
    eventually("both are connected", SOON, || (echo.n_sockets() == n_idle + 2).then_some(()));
    let answer = thread::spawn(move || asked.end().expect("an answer"));
    let began = Instant::now();
    let ended = echo.stop();
    assert!(ended.success(), "{ended}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(status(&answer.join().expect("a client")), 200);
    assert_eq!(status(&idle.end().expect("an end")), 200);
    assert!(TcpStream::connect(to).is_err(), "nobody listens any more");
}

/// A family that is served over the other's socket would be taken for it.
#[test]
fn each_family_has_its_own_socket() {
    let echo = start(&["--http", "0"]);
    let families: Vec<Family> = echo.listeners.iter().map(|(family, ..)| *family).collect();
    if families.len() < 2 {
        return dualwatch_notrun::refused("over ipv6: its loopback address cannot be bound");
    }
    assert_eq!(families, Family::ALL);
    for (family, _, to) in &echo.listeners {
        let bytes = Raw::connect(*to).send(GOOD).end().expect("an answer");
        let answer = Answer::parse(&bytes).expect("an answer");
        let document: serde_json::Value = serde_json::from_slice(&answer.body).expect("a document");
        assert_eq!(document["family"], family.code());
    }
}
