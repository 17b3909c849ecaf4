//! One table of requests and answers, held against the worker on real workerd and against `dualwatch echo`: what a page
//! tests a visitor's connection with answers alike, whoever serves it.

use dualwatch_core::measure::family::Family;
use dualwatch_tests::{
    echo::{Answer, Echo, Raw},
    worker::{Worker, eventually},
};
use dualwatch_wire::v1::{ProbeAnswer, ProbeDns, ProbeSunk};
use serde_json::{Value, json};
use std::{
    ffi::OsStr,
    net::SocketAddr,
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(30);
const MEBIBYTE: usize = 1024 * 1024;

/// Who is asked, and over which family.
struct Subject {
    who: &'static str,
    family: Family,
    address: SocketAddr,
}

/// An answer, and what the client knows of itself.
struct Asked {
    answer: Answer,
    client: SocketAddr,
    after: Duration,
    what: String,
}

impl Asked {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.answer.body).unwrap_or_else(|e| panic!("{}: {e}", self.what))
    }

    fn is(&self, status: u16, content_type: &str) {
        let Self { answer, what, .. } = self;
        let text = String::from_utf8_lossy(&answer.body[..answer.body.len().min(300)]);
        assert_eq!((answer.status, answer.header("content-type")), (status, content_type), "{what}: {text}");
    }

    fn is_problem(&self, status: u16, detail: &str) {
        self.is(status, "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status, "{}", self.what);
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains(detail)), "{}: {problem}", self.what);
    }
}

impl Subject {
    /// Asks with these headers (lines with their ends) and this body, over a connection of its own.
    fn ask(&self, method: &str, target: &str, headers: &str, body: &[u8]) -> Asked {
        let what = format!("{} over {}: {method} {target}", self.who, self.family);
        let head = format!("{method} {target} HTTP/1.1\r\nhost: probe.example\r\nconnection: close\r\n{headers}\r\n");
        let raw = Raw::connect(self.address);
        let client = raw.stream.local_addr().expect("an address");
        let began = Instant::now();
        let bytes = raw.send(&[head.as_bytes(), body].concat()).end().unwrap_or_else(|e| panic!("{what}: {e}"));
        let after = began.elapsed();
        let answer = Answer::parse(&bytes).unwrap_or_else(|| panic!("{what}: no answer, {} bytes", bytes.len()));
        Asked { answer, client, after, what }
    }

    fn get(&self, target: &str) -> Asked {
        self.ask("GET", target, "", b"")
    }

    fn post(&self, target: &str, body: &[u8]) -> Asked {
        self.ask("POST", target, &format!("content-length: {}\r\n", body.len()), body)
    }
}

/// What every answer has, whatever it is: any page may read it, nobody keeps it, and no browser takes it for a page.
fn is_public(asked: &Asked) {
    let Asked { answer, what, .. } = asked;
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("timing-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
        ("content-encoding", ""),
        ("set-cookie", ""),
    ] {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    assert!(answer.header("cache-control").contains("no-store"), "{what}: {:?}", answer.headers);
    assert!(answer.header("date").ends_with(" GMT"), "{what}: {:?}", answer.headers);
    assert!(!answer.header("content-type").contains("html"), "{what}");
    assert!(!answer.body.windows(7).any(|text| text == b"<script"), "{what}: markup");
    if answer.status == 200 {
        assert!(answer.header("cache-control").contains("no-transform"), "{what}: {:?}", answer.headers);
    }
}

/// Whether an answer tells who asked.
fn tells(asked: &Asked, subject: &Subject, answer: &ProbeAnswer, nonce: Option<&str>) {
    let expected = (Some(asked.client.ip()), Some(asked.client.port()), Some(subject.family), nonce);
    assert_eq!((answer.ip, answer.port, answer.family, answer.nonce.as_deref()), expected, "{}", asked.what);
    assert_eq!(answer.version, 1);
}

fn who_asks(subject: &Subject) {
    let long = "n".repeat(1_000);
    for (query, nonce) in [
        ("", None),
        ("?nonce=abc-1", Some("abc-1")),
        ("?nonce=a%20b+%C3%A9", Some("a b \u{e9}")),
        ("?nonce=%3Cb%3E%0d%0ax:y", Some("<b>\r\nx:y")),
        ("?x=1&nonce=first&nonce=second", Some("first")),
        (&format!("?nonce={long}"), Some(&long[..64])),
    ] {
        // The other one is for whom something blocks by path.
        for path in ["/probe/ip", "/hello"] {
            let asked = subject.get(&format!("{path}{query}"));
            is_public(&asked);
            asked.is(200, "application/json");
            tells(&asked, subject, &serde_json::from_slice(&asked.answer.body).expect("a document"), nonce);
        }
    }
    // What a client says of itself counts nothing.
    let forged = "x-forwarded-for: 203.0.113.9\r\nforwarded: for=203.0.113.9\r\ncf-connecting-ip: 203.0.113.9\r\n";
    let asked = subject.ask("GET", "/probe/ip", forged, b"");
    tells(&asked, subject, &serde_json::from_slice(&asked.answer.body).expect("a document"), None);
    let head = subject.ask("HEAD", "/probe/ip?nonce=a", "", b"");
    is_public(&head);
    head.is(200, "application/json");
    assert!(head.answer.body.is_empty(), "{}", head.what);
}

fn delays(subject: &Subject) {
    for target in ["/probe/ip?delay_ms=300&nonce=d", "/probe/large?bytes=1&delay_ms=300"] {
        let asked = subject.get(target);
        is_public(&asked);
        assert!(asked.answer.status == 200 && asked.after >= Duration::from_millis(299), "{target}: {:?}", asked.after);
    }
    for delay in ["10001", "-1", "x", ""] {
        let asked = subject.get(&format!("/probe/ip?delay_ms={delay}"));
        is_public(&asked);
        asked.is_problem(400, "`delay_ms`");
    }
}

fn large_answers(subject: &Subject) {
    let packs = "accept-encoding: gzip, deflate, br, zstd\r\n";
    for (query, n_bytes) in [("bytes=1", 1), ("", 16 * 1024), ("bytes=70000", 70_000), ("bytes=1048576", MEBIBYTE)] {
        let asked = subject.ask("GET", &format!("/probe/large?{query}&nonce=big-1"), packs, b"");
        is_public(&asked);
        asked.is(200, "application/octet-stream");
        assert_eq!(asked.answer.body.len(), n_bytes, "{}", asked.what);
        let told = (asked.answer.header("dualwatch-nonce"), asked.answer.header("dualwatch-client").to_owned());
        assert_eq!(told, ("big-1", asked.client.to_string()), "{}", asked.what);
        // A page may read both.
        let exposed = asked.answer.header("access-control-expose-headers");
        assert!(["dualwatch-nonce", "dualwatch-client"].iter().all(|name| exposed.contains(name)), "{exposed}");
        // It cannot be made much smaller on the way.
        let different: std::collections::BTreeSet<_> = asked.answer.body.windows(4).collect();
        assert!(n_bytes == 1 || different.len() > n_bytes * 9 / 10, "{}: {} different", asked.what, different.len());
    }
    let asked = subject.get("/probe/large?bytes=5&nonce=a%0d%0ax:%20y");
    assert_eq!((asked.answer.header("dualwatch-nonce"), asked.answer.header("x")), ("", ""), "{}", asked.what);
    let head = subject.ask("HEAD", "/probe/large?bytes=70000", "", b"");
    is_public(&head);
    head.is(200, "application/octet-stream");
    assert_eq!((head.answer.header("content-length"), head.answer.body.len()), ("70000", 0), "{}", head.what);
    for bytes in ["0", "1048577", "-1", "1e3", "", "99999999999999999999"] {
        let asked = subject.get(&format!("/probe/large?bytes={bytes}"));
        is_public(&asked);
        asked.is_problem(400, "`bytes`");
    }
}

fn large_requests(subject: &Subject) {
    for n_bytes in [0, 1, 20_000, MEBIBYTE] {
        let asked = subject.post("/probe/sink?nonce=s", &vec![7; n_bytes]);
        is_public(&asked);
        asked.is(200, "application/json");
        let sunk: ProbeSunk = serde_json::from_slice(&asked.answer.body).expect("a document");
        assert_eq!(sunk.received_bytes, n_bytes, "{}", asked.what);
        tells(&asked, subject, &sunk.answer, Some("s"));
    }
    let chunks = [format!("{:x}\r\n", 5_000).into_bytes(), vec![b'x'; 5_000], b"\r\n0\r\n\r\n".to_vec()].concat();
    let asked = subject.ask("POST", "/probe/sink", "transfer-encoding: chunked\r\n", &chunks);
    assert_eq!(asked.json()["received_bytes"], 5_000, "{}", asked.what);
    // What announces too much is refused before it is sent.
    let asked = subject.ask("POST", "/probe/sink", "content-length: 1048577\r\n", b"");
    is_public(&asked);
    asked.is_problem(413, "1048576");
}

fn what_is_not_answered(subject: &Subject) {
    let origin = "origin: https://status.example\r\n";
    for (target, method) in [("/probe/sink", "POST"), ("/probe/ip", "GET"), ("/probe/large", "GET")] {
        let wants = format!(
            "{origin}access-control-request-method: {method}\r\naccess-control-request-headers: content-type\r\n"
        );
        let asked = subject.ask("OPTIONS", target, &wants, b"");
        is_public(&asked);
        assert_eq!((asked.answer.status, asked.answer.body.len()), (204, 0), "{}", asked.what);
        let methods = asked.answer.header("access-control-allow-methods");
        assert!(methods.split(", ").any(|m| m == method), "{}: {methods}", asked.what);
        assert_eq!(asked.answer.header("access-control-allow-headers"), "content-type", "{}", asked.what);
    }
    for (method, target, allowed) in [
        ("POST", "/probe/ip", "GET, HEAD"),
        ("PUT", "/probe/large", "GET, HEAD"),
        ("DELETE", "/probe/sink", "POST"),
        ("GET", "/probe/sink", "POST"),
        ("PATCH", "/probe/dns?target=a", "GET, HEAD"),
    ] {
        let asked = subject.ask(method, target, "content-length: 0\r\n", b"");
        is_public(&asked);
        asked.is_problem(405, &allowed.replace(", ", " and "));
        assert_eq!(asked.answer.header("allow"), allowed, "{}", asked.what);
    }
    for target in ["/probe/", "/probe/ip/", "/probe/IP", "/probe/%69p", "/probe/ip/../large", "/probe/%3Cscript%3E"] {
        let asked = subject.get(target);
        is_public(&asked);
        asked.is_problem(404, "");
    }
    let asked = subject.get("/probe/dns?target=no.slug.example");
    is_public(&asked);
    asked.is_problem(400, "`target`");
    let asked = subject.get("/probe/dns?target=nobody");
    is_public(&asked);
    asked.is_problem(404, "");
}

/// Promise (Texts): What a visitor sends to a probe comes back as JSON or not at all: no header and no markup of others, of
/// the worker and of `dualwatch echo` alike.
#[test]
fn worker_and_echo_answer_alike() {
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    let echo = Echo::start(&["--http", "0", "--per-client", "500"].map(OsStr::new));
    let of = |address: &SocketAddr| Family::of(address.ip());
    let workers = worker.edge.addresses().iter().map(|a| Subject { who: "worker", family: of(a), address: *a });
    let echoes = echo.listeners.iter().map(|(family, _, a)| Subject { who: "echo", family: *family, address: *a });
    let subjects: Vec<Subject> = workers.chain(echoes).collect();
    if subjects.len() < 4 {
        dualwatch_notrun::refused("over ipv6: its loopback address cannot be bound");
    }
    for subject in &subjects {
        for rows in [who_asks, delays, large_answers, large_requests, what_is_not_answered] {
            rows(subject);
        }
    }
    // An echo is nothing else.
    for target in ["/", "/api/v1/status", "/incidents?before=garbage", "/assets/a.js"] {
        let (family, _, address) = &echo.listeners[0];
        let asked = Subject { who: "echo", family: *family, address: *address }.get(target);
        is_public(&asked);
        asked.is_problem(404, "dualwatch echo");
    }
}

/// Behind a proxy, the proxy is not who asks.
#[test]
fn a_trusted_proxy_says_who_asks() {
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start_with(data.path(), 0, &[("TRUSTED_PROXIES", "127.0.0.1,::1")]);
    let told = |headers: &[(&str, &str)]| -> ProbeAnswer {
        let answer = worker.ask("GET", "/probe/ip?nonce=p", headers);
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).expect("a document")
    };
    let visitor = told(&[("x-forwarded-for", "203.0.113.9, 2001:db8::7")]);
    assert_eq!((visitor.ip, visitor.family), ("2001:db8::7".parse().ok(), Some(Family::Ipv6)));
    let visitor = told(&[("x-forwarded-for", "[2001:db8::7]:4711"), ("forwarded", "for=203.0.113.9")]);
    assert_eq!((visitor.family, visitor.port), (Some(Family::Ipv6), Some(4711)));
    let unknown = told(&[]);
    assert_eq!((unknown.ip, unknown.family, unknown.port, unknown.nonce.as_deref()), (None, None, None, Some("p")));
}

/// Promise (Names from outside): `/probe/dns` asks a resolver for names of configured targets only, and not again while the
/// answer is kept.
#[test]
fn the_relay_asks_for_configured_names_and_seldom() {
    use dualwatch_simnet::{
        Lab,
        script::{Name, Script, Service},
        words::Dns,
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let script = Script::new()
        .service("good", Service::good())
        .name("one.lab.test", Name::addresses(&["9.9.9.9".parse().expect("an address")]))
        .name("none.lab.test", Dns::Nxdomain.into());
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    let target = |slug: &str| json!({ "slug": slug, "url": format!("tcp://{slug}.lab.test:9"), "interval": "1h", "timeout": "1s" });
    let config = json!({
        "targets": [
            target("one"),
            target("none"),
            { "slug": "local", "url": "tcp://127.0.0.1:9", "interval": "1h", "timeout": "1s" },
        ],
        "controls": { "ipv4": [], "ipv6": [] },
        "network": { "allow_private": true },
        "resolvers": [format!("tcp://{}", lab.resolver())],
    });
    worker.accept(&config.to_string());
    let ask = |query: &str| -> ProbeDns {
        eventually("an answer", SOON, || {
            let (status, _, text) = worker.get(&format!("/probe/dns?{query}"));
            (status == 200).then(|| serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}")))
        })
    };
    let first = ask("target=one&nonce=a");
    let (v4, v6) = (&first.ipv4, &first.ipv6);
    assert_eq!((v4.addresses.len(), v4.cause, v4.rcode.as_deref()), (1, None, Some("NOERROR")), "{v4:?}");
    assert!(v4.ttl_s.is_some() && v4.elapsed_ms.is_some(), "{v4:?}");
    assert_eq!(
        (v6.cause.map(|c| c.to_string()).as_deref(), v6.rcode.as_deref()),
        (Some("dns.nodata"), Some("NOERROR"))
    );
    // Everybody gets the same while it is kept, with a nonce of their own.
    let again = ask("target=one&nonce=b");
    assert_eq!((again.asked_at, again.nonce.as_deref()), (first.asked_at, Some("b")));
    assert_eq!((&again.ipv4, &again.ipv6), (v4, v6));
    assert!(first.kept_until > first.asked_at && first.kept_until.ms_since(first.asked_at) <= 66_000, "{first:?}");
    let none = ask("target=none").ipv4;
    assert_eq!(none.rcode.as_deref(), Some("NXDOMAIN"), "{none:?}");
    let local = ask("target=local").ipv4;
    assert_eq!((local.addresses.len(), local.n_private, local.elapsed_ms), (0, 1, None), "{local:?}");
    // No other name is ever asked for.
    for query in ["target=one.lab.test", "target=evil.example", "target=", "target=nobody", "name=evil.example"] {
        let (status, _, text) = worker.get(&format!("/probe/dns?{query}"));
        assert!(matches!(status, 400 | 404), "{query}: {status} {text}");
    }
    // Another configuration is seen at once.
    let without = json!({ "targets": [target("none")], "controls": { "ipv4": [], "ipv6": [] } });
    worker.accept(&without.to_string());
    assert_eq!(worker.get("/probe/dns?target=one").0, 404);
}
