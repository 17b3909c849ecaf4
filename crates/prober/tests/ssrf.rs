//! No target, name or redirect leads to an address that the configuration does not allow.

use dualwatch_core::measure::{
    cause::Cause,
    family::PerFamily,
    round::Round,
    sample::Outcome,
    target::{Endpoint, Host, Policy, Request, RequestHeader, Resolver, Scheme, Target},
    time::Timestamp,
};
use dualwatch_prober::{
    Clock, Decode, Dial, DialError, DialErrorKind, Prober,
    post::{NotPosted, Posted},
};
use std::{
    cell::RefCell,
    collections::{HashMap, VecDeque},
    net::{IpAddr, SocketAddr},
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// The address that everything public has here; nothing leaves this process.
const PUBLIC: &str = "9.9.9.9";

/// A network in memory: names with one answer after the other, and one HTTP server at every address.
#[derive(Clone)]
struct Net {
    started: Instant,
    /// The last answer stays.
    names: Rc<RefCell<HashMap<String, VecDeque<&'static str>>>>,
    /// What the server answers, by path.
    pages: Rc<HashMap<String, String>>,
    seen: Rc<RefCell<Seen>>,
}

#[derive(Default)]
struct Seen {
    connected: Vec<SocketAddr>,
    looked_up: Vec<String>,
    requests: Vec<String>,
}

impl Decode for Net {
    fn decode(&self, _label: &str, _bytes: &[u8]) -> Option<String> {
        None
    }
}

impl Clock for Net {
    fn now_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1_000.0
    }

    fn wall(&self) -> Timestamp {
        Timestamp::from_unix_ms(1_700_000_000_000)
    }

    async fn sleep_ms(&self, ms: f64) {
        tokio::time::sleep(Duration::from_secs_f64(ms / 1_000.0)).await;
    }
}

impl Dial for Net {
    type Stream = DuplexStream;

    async fn connect(&self, to: SocketAddr) -> Result<DuplexStream, DialError> {
        // Asked where something near could answer in everybody's name: RFC 5737, nobody is there.
        if to.ip() == IpAddr::from([203, 0, 113, 1]) {
            return Err(DialError::new(DialErrorKind::Unreachable, "no route"));
        }
        self.seen.borrow_mut().connected.push(to);
        let (ours, mut theirs) = tokio::io::duplex(64 * 1_024);
        let (pages, seen) = (Rc::clone(&self.pages), Rc::clone(&self.seen));
        tokio::task::spawn_local(async move {
            let mut request = Vec::new();
            let is_head = |bytes: &[u8]| bytes.windows(4).any(|end| end == b"\r\n\r\n");
            while !is_head(&request) && theirs.read_buf(&mut request).await.is_ok_and(|n| n > 0) {}
            let request = String::from_utf8_lossy(&request).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            seen.borrow_mut().requests.push(request);
            match &*path {
                "/slow" => tokio::time::sleep(Duration::from_millis(300)).await,
                "/silent" => std::future::pending().await,
                _ => {}
            }
            let head = match pages.get(&path) {
                Some(location) => {
                    format!("HTTP/1.1 307 Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
                }
                None => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned(),
            };
            let _ = theirs.write_all(head.as_bytes()).await;
        });
        Ok(ours)
    }

    async fn system_lookup(&self, name: &str) -> Result<Vec<IpAddr>, DialError> {
        self.seen.borrow_mut().looked_up.push(name.to_owned());
        let mut names = self.names.borrow_mut();
        let answers = names.get_mut(name).ok_or(DialError::new(DialErrorKind::NoSuchName, "no such name"))?;
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().copied() };
        Ok(answer.into_iter().flat_map(|list| list.split(' ')).map(|a| a.parse().expect("an address")).collect())
    }
}

struct Case {
    net: Net,
    target: Target,
}

impl Case {
    /// A target `http://service.test/` that resolves to `answers`, one after the other.
    fn new(answers: &[&'static str]) -> Self {
        let host = Host::Name("service.test".to_owned());
        let endpoint = Endpoint { scheme: Scheme::Http, host, port: 80, path: "/".to_owned() };
        let names = HashMap::from([("service.test".to_owned(), answers.iter().copied().collect())]);
        let net = Net {
            started: Instant::now(),
            names: Rc::new(RefCell::new(names)),
            pages: Rc::default(),
            seen: Rc::default(),
        };
        Self { net, target: Target { timeout_ms: 2_000, ..Target::new("service", endpoint) } }
    }

    fn page(mut self, path: &str, location: &str) -> Self {
        Rc::make_mut(&mut self.net.pages).insert(path.to_owned(), location.to_owned());
        self
    }

    fn name(self, name: &str, answers: &[&'static str]) -> Self {
        self.net.names.borrow_mut().insert(name.to_owned(), answers.iter().copied().collect());
        self
    }

    async fn measure(&self) -> Round {
        self.measure_where(false).await
    }

    async fn measure_where(&self, allow_private: bool) -> Round {
        tokio::task::LocalSet::new().run_until(self.prober(allow_private).round(&self.target)).await
    }

    /// Posts a text to where the target is.
    async fn post(&self, allow_private: bool) -> Result<Posted, NotPosted> {
        let (prober, headers) = (self.prober(allow_private), [("x-key", "secret".to_owned())]);
        let posted = prober.post(&self.target.endpoint, &headers, "a text", 2_000.0);
        Box::pin(tokio::task::LocalSet::new().run_until(posted)).await
    }

    fn prober(&self, allow_private: bool) -> Prober<Net> {
        let policy = Policy {
            controls: PerFamily { ipv4: Vec::new(), ipv6: Vec::new() },
            resolvers: vec![Resolver::System],
            allow_private,
            ..Policy::default()
        };
        Prober::new(self.net.clone(), policy, "here").expect("the public roots")
    }

    fn connected(&self) -> Vec<String> {
        self.net.seen.borrow().connected.iter().map(ToString::to_string).collect()
    }
}

/// Promise (Addresses): A target reaches no private address unless the configuration allows those, in whatever form a
/// name or a redirect has it.
#[tokio::test]
async fn a_name_that_is_not_public_is_not_connected_to() {
    for answer in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "0.1.2.3", "240.0.0.1"] {
        let case = Case::new(&[answer]);
        let sample = case.measure().await.samples.ipv4;
        assert_eq!((sample.outcome, sample.cause), (Outcome::Skipped, Some(Cause::PolicyPlatform)), "{answer}");
        assert_eq!(case.connected(), [""; 0], "{answer}");
    }
    for answer in ["::1", "fd00::1", "fec0::1", "2002:7f00:1::", "2001:0:1:2:3:4:80ff:fffe"] {
        let case = Case::new(&[answer]);
        let sample = case.measure().await.samples.ipv6;
        assert_eq!((sample.outcome, sample.cause), (Outcome::Skipped, Some(Cause::PolicyPlatform)), "{answer}");
        assert_eq!(case.connected(), [""; 0], "{answer}");
    }
    // What is no destination for anybody is none for us: it is told, and not connected to.
    let unfit =
        ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1", "fe80::1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1"];
    for answer in unfit {
        for allow_private in [false, true] {
            let case = Case::new(&[answer]);
            let samples = case.measure_where(allow_private).await.samples;
            let sample = if answer.contains(':') { samples.ipv6 } else { samples.ipv4 };
            let told: Vec<String> = sample.evidence.unfit.iter().map(|unfit| unfit.address.to_string()).collect();
            assert_eq!((sample.cause, told), (Some(Cause::DnsNodata), vec![answer.to_owned()]));
            assert_eq!(case.connected(), [""; 0], "{answer}");
        }
    }
    // A mapped address would travel over IPv4: it is no address of either family.
    let case = Case::new(&["::ffff:127.0.0.1"]);
    assert_eq!(case.measure().await.samples.ipv6.cause, Some(Cause::DnsNodata));
    assert_eq!(case.connected(), [""; 0]);
}

#[tokio::test]
async fn of_several_addresses_only_public_ones_are_tried() {
    let case = Case::new(&["127.0.0.1 9.9.9.9 10.0.0.1"]);
    assert_eq!(case.measure().await.samples.ipv4.outcome, Outcome::Reached);
    assert_eq!(case.connected(), ["9.9.9.9:80"]);
}

/// Promise (Addresses): What is connected to is what was judged: a name that changes in between gains nothing.
#[tokio::test]
async fn a_name_that_changes_between_check_and_connection_gains_nothing() {
    // Looked up once for the round; a redirect to the same host goes to the address that was checked.
    let case = Case::new(&[PUBLIC, "127.0.0.1"]).page("/", "/again");
    assert_eq!(case.measure().await.samples.ipv4.outcome, Outcome::Reached);
    assert_eq!(case.connected(), ["9.9.9.9:80", "9.9.9.9:80"]);
    assert_eq!(case.net.seen.borrow().looked_up, ["service.test"]);

    // Back from another host it is looked up again, and checked again.
    let case = Case::new(&[PUBLIC, "127.0.0.1"])
        .name("other.test", &[PUBLIC])
        .page("/", "http://other.test/there")
        .page("/there", "http://service.test/back");
    assert_eq!(case.measure().await.samples.ipv4.cause, Some(Cause::PolicyPlatform));
    assert_eq!(case.connected(), ["9.9.9.9:80", "9.9.9.9:80"]);
}

/// Promise (Addresses): A target reaches no private address unless the configuration allows those, in whatever form a
/// name or a redirect has it.
#[tokio::test]
async fn no_way_of_writing_a_private_address_into_a_redirect_helps() {
    for location in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://017700000001/",
        "http://127.0.0.1./",
        "http://%E2%91%A0%E2%91%A1%E2%91%A6.0.0.1/",
        "http://9.9.9.9@127.0.0.1/",
        "http://9.9.9.9:80@127.0.0.1:80/",
        "http://127.0.0.1\\@9.9.9.9/",
        "http:127.0.0.1/",
        "//127.0.0.1/",
        "\\\\127.0.0.1\\",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://x.localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://rebound.test/",
    ] {
        let case = Case::new(&[PUBLIC]).name("rebound.test", &["192.168.0.1"]).page("/", location);
        let sample = case.measure().await.samples.ipv4;
        let other = case.connected().into_iter().find(|a| a != "9.9.9.9:80");
        assert_eq!(other, None, "{location}");
        // `http:path` is relative to the target, by the rules of browsers.
        let is_relative = location == "http:127.0.0.1/";
        let expected = if is_relative { None } else { Some(Cause::PolicyPlatform) };
        assert_eq!(sample.cause, expected, "{location}");
    }
    for location in ["http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[fe80::1]/"] {
        let case = Case::new(&["2620:fe::fe"]).page("/", location);
        let sample = case.measure().await.samples.ipv6;
        assert_eq!(sample.cause, Some(Cause::PolicyPlatform), "{location}: {sample:?}");
        assert_eq!(case.connected(), ["[2620:fe::fe]:80"], "{location}");
    }
    for location in ["file:///etc/passwd", "gopher://9.9.9.9/", "http://[fe80::1%25eth0]/", "http://9.9.9.9:99999/"] {
        let case = Case::new(&[PUBLIC]).page("/", location);
        assert_eq!(case.measure().await.samples.ipv4.cause, Some(Cause::HttpMalformed), "{location}");
        assert_eq!(case.connected(), ["9.9.9.9:80"], "{location}");
    }
}

/// A redirect to an address that is written down says so, over the other family too: no record is missing.
#[tokio::test]
async fn a_redirect_to_an_address_of_the_other_family_says_what_it_is() {
    for (location, cause, seen) in [
        ("http://10.0.0.1/", Cause::PolicyPlatform, None),
        ("http://127.0.0.1/", Cause::PolicyPlatform, None),
        ("http://192.0.43.8/", Cause::DnsNodata, Some("192.0.43.8")),
    ] {
        let case = Case::new(&["2620:fe::fe"]).page("/", location);
        let sample = case.measure().await.samples.ipv6;
        let evidence = &sample.evidence;
        assert_eq!((sample.cause, evidence.seen.as_deref()), (Some(cause), seen), "{location}: {sample:?}");
        assert_eq!(evidence.location.as_deref(), Some(location));
        assert_eq!(case.connected(), ["[2620:fe::fe]:80"], "{location}");
    }
}

/// The place that stays silent had only what those before it had left.
#[tokio::test]
async fn what_was_waited_is_counted_from_the_beginning() {
    let mut case = Case::new(&[PUBLIC]).page("/slow", "/silent");
    case.target.endpoint.path = "/slow".to_owned();
    case.target.timeout_ms = 500;
    let sample = case.measure().await.samples.ipv4;
    assert_eq!(sample.cause, Some(Cause::HttpTimeout));
    let (spent, own) = (sample.evidence.spent_ms.expect("a whole"), sample.evidence.elapsed_ms.expect("a part"));
    assert!(spent >= 499.0 && own < spent - 250.0, "{spent} and {own}");

    // Who is silent at once had all the time.
    case.target.endpoint.path = "/silent".to_owned();
    let sample = case.measure().await.samples.ipv4;
    assert_eq!((sample.cause, sample.evidence.spent_ms), (Some(Cause::HttpTimeout), None), "{sample:?}");
}

/// Promise (Secrets): A target's credentials are sent to that target and to nobody that it leads to.
#[tokio::test]
async fn what_is_for_the_target_is_told_to_nobody_else() {
    let mut case = Case::new(&[PUBLIC]).name("other.test", &[PUBLIC]).page("/", "http://other.test/there");
    case.target.authorization = Some("Basic c2VjcmV0".to_owned());
    let header = RequestHeader { name: "x-key".to_owned(), value: "secret".to_owned() };
    case.target.request = Request { headers: vec![header], ..Request::default() };
    assert_eq!(case.measure().await.samples.ipv4.outcome, Outcome::Reached);
    let requests = case.net.seen.borrow().requests.clone();
    assert!(requests[0].contains("authorization: Basic c2VjcmV0") && requests[0].contains("x-key: secret"));
    assert!(requests[1].starts_with("GET /there"), "{}", requests[1]);
    assert!(!requests[1].contains("c2VjcmV0") && !requests[1].contains("secret"), "{}", requests[1]);

    // Another port or scheme of the same host is another place.
    for elsewhere in ["http://service.test:81/there", "http://service.test:8080/there"] {
        let mut case = Case::new(&[PUBLIC]).page("/", elsewhere);
        case.target.authorization = Some("Basic c2VjcmV0".to_owned());
        assert_eq!(case.measure().await.samples.ipv4.outcome, Outcome::Reached);
        assert!(!case.net.seen.borrow().requests[1].contains("c2VjcmV0"), "{elsewhere}");
    }
}

/// Every form in which an address of IPv6 carries one of IPv4, and the addresses of IPv4 that nobody is to reach.
fn forms_of_private_addresses() -> Vec<String> {
    let mut forms: Vec<String> = ["::1", "fd00::1", "fe80::1", "64:ff9b:1::1"].map(str::to_owned).to_vec();
    for [a, b, c, d] in
        [[127, 0, 0, 1], [10, 0, 0, 1], [172, 16, 0, 1], [192, 168, 1, 1], [169, 254, 169, 254], [100, 64, 0, 1]]
    {
        let (high, low) = (a << 8 | b, c << 8 | d);
        forms.extend([
            format!("{a}.{b}.{c}.{d}"),
            format!("::ffff:{a}.{b}.{c}.{d}"),
            format!("::ffff:0:{high:x}:{low:x}"),
            format!("64:ff9b::{high:x}:{low:x}"),
            format!("2002:{high:x}:{low:x}::1"),
            format!("2001:0:1:2:3:4:{:x}:{:x}", high ^ 0xffff, low ^ 0xffff),
        ]);
    }
    forms
}

/// Promise (Addresses): A webhook goes by the same rule of addresses, and follows no redirect.
#[tokio::test]
async fn nothing_is_posted_to_a_name_of_a_private_address_in_whatever_form() {
    for form in forms_of_private_addresses() {
        let form: &'static str = form.leak();
        let case = Case::new(&[form]);
        let Err(NotPosted::Unreachable(_)) = Box::pin(case.post(false)).await else { panic!("{form}") };
        assert_eq!(case.connected(), [""; 0], "{form}");
        // The public one beside it is where it goes, and nowhere else.
        let both: &'static str = format!("{form} {PUBLIC}").leak();
        let case = Case::new(&[both]);
        assert_eq!(Box::pin(case.post(false)).await, Ok(Posted { status: 200, retry_after: None }), "{form}");
        assert_eq!(case.connected(), ["9.9.9.9:80"], "{form}");
    }
    let case = Case::new(&["127.0.0.1"]);
    assert_eq!(Box::pin(case.post(true)).await.map(|posted| posted.status), Ok(200));
    assert_eq!(case.connected(), ["127.0.0.1:80"]);
}

/// Promise (Addresses): A webhook goes by the same rule of addresses, and follows no redirect.
#[tokio::test]
async fn what_is_posted_arrives_and_a_redirect_is_its_answer() {
    let case = Case::new(&[PUBLIC, "127.0.0.1"]).page("/", "http://127.0.0.1/");
    assert_eq!(Box::pin(case.post(false)).await.map(|posted| posted.status), Ok(307));
    assert_eq!((case.connected(), case.net.seen.borrow().looked_up.len()), (vec!["9.9.9.9:80".to_owned()], 1));
    let request = case.net.seen.borrow().requests[0].clone();
    assert!(request.starts_with("POST / HTTP/1.1\r\nhost: service.test\r\n"), "{request}");
    assert!(request.contains("\r\nx-key: secret\r\n") && request.contains("\r\ncontent-length: 6\r\n"), "{request}");
}
