//! Every public address on real workerd, asked in every way: GET and HEAD agree, what has a tag is answered 304, `OPTIONS`
//! and 405 name the methods, any origin may read it, and errors are problem documents (RFC 9457).

use dualwatch_simnet::Lab;
use dualwatch_tests::{
    doors::{ADDRESSES, Is},
    lab,
    worker::{Answer, LOGO, Worker, eventually},
};
use dualwatch_wire::{answer::limit::Limit, door::MAX_DELAY_MS, v1::Incidents};
use serde_json::{Value, json};
use std::{io::Write as _, net::TcpStream, time::Duration};

const SOON: Duration = Duration::from_secs(30);

/// Headers in which GET and HEAD agree; the length of a body may be left out of an answer to HEAD (RFC 9110 section 9.3.2).
const ALIKE: [&str; 9] = [
    "content-type",
    "etag",
    "vary",
    "cache-control",
    "access-control-allow-origin",
    "x-content-type-options",
    "content-security-policy",
    "content-language",
    "www-authenticate",
];

fn is_problem(answer: &Answer, status: u16, what: &str) -> Value {
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (status, "application/problem+json"),
        "{what}: {}",
        answer.body
    );
    let problem: Value = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{what}: {e}: {}", answer.body));
    assert_eq!(problem["status"], status, "{what}");
    for field in ["type", "title", "detail"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{what}: {field} in {problem}");
    }
    assert_eq!(answer.header("access-control-allow-origin"), "*", "{what}: also who is refused may read why");
    problem
}

/// Asks in any way; some answers are no text.
fn ask(worker: &Worker, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let (answer, bytes) = worker.ask_bytes(method, path, headers);
    Answer { body: String::from_utf8_lossy(&bytes).into_owned(), ..answer }
}

fn settled() -> (tokio::runtime::Runtime, Lab, tempfile::TempDir, Worker, String) {
    let runtime = lab::runtime();
    let lab = runtime.block_on(Lab::start(lab::half())).expect("the lab starts");
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    let controls = lab::controls(&lab);
    let url = format!("http://localhost:{}/", lab.port("half"));
    let config = json!({
        "targets": [{ "slug": "half", "group": "All & sundry", "url": url, "interval": 5, "timeout": "2s" }],
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "network": { "allow_private": true },
        "page": { "logo": LOGO.0 },
    });
    let (status, answer) = worker.put_config_with(&config.to_string(), &[LOGO]);
    assert_eq!(status, 200, "{answer}");
    let incident = eventually("an incident", SOON, || {
        worker.document::<Incidents>("/api/v1/incidents").incidents.pop().map(|incident| incident.summary.id)
    });
    (runtime, lab, data, worker, incident)
}

#[test]
fn every_address_answers_every_method_as_it_should() {
    let (_runtime, _lab, _data, worker, incident) = settled();
    for (path, methods, is) in ADDRESSES {
        let path = path.replace("NAME", &incident);
        let options = ask(&worker, "OPTIONS", &path, &[("origin", "https://elsewhere.example")]);
        assert_eq!((options.status, &*options.body), (204, ""), "{path}");
        assert_eq!(options.header("allow"), format!("{methods}, OPTIONS"), "{path}");
        assert_eq!(options.header("access-control-allow-origin"), "*", "{path}");

        for method in ["DELETE", "PATCH", "POST", "PUT", "GET", "HEAD"]
            .into_iter()
            .filter(|m| !methods.split(", ").any(|k| k == *m))
        {
            let refused = ask(&worker, method, &path, &[]);
            let what = format!("{method} {path}");
            assert_eq!((refused.status, refused.header("allow")), (405, methods), "{what}");
            if method != "HEAD" {
                is_problem(&refused, 405, &what);
            }
        }
        if !methods.contains("GET") {
            continue;
        }
        // What changes meanwhile has another tag: that is asked for again.
        let (get, head) = eventually("GET and HEAD of the same moment", SOON, || {
            let (get, head) = (ask(&worker, "GET", &path, &[]), ask(&worker, "HEAD", &path, &[]));
            (get.header("etag") == head.header("etag")).then_some((get, head))
        });
        assert_eq!((get.status, &*head.body), (head.status, ""), "{path}");
        for name in ALIKE {
            assert_eq!(get.header(name), head.header(name), "{name} of {path}");
        }
        match is {
            Is::Closed => drop(is_problem(&get, 401, &path)),
            Is::Kept | Is::Fresh => assert_eq!(get.status, 200, "{path}: {}", get.body),
        }
        assert_eq!(get.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(!get.header("etag").is_empty(), is == Is::Kept, "{path}");
        if is == Is::Kept {
            let known = eventually("a tag that stays for a moment", SOON, || {
                let tag = ask(&worker, "GET", &path, &[]).header("etag").to_owned();
                Some(ask(&worker, "GET", &path, &[("if-none-match", &tag)])).filter(|known| known.status == 304)
            });
            assert!(known.body.is_empty() && !known.header("etag").is_empty(), "{path}");
            assert_eq!(known.header("access-control-allow-origin"), "*", "{path}");
        }
    }
}

#[test]
fn errors_are_problem_documents_and_unknown_parameters_are_named() {
    let (_runtime, _lab, _data, worker, incident) = settled();
    for (path, methods, _) in ADDRESSES.into_iter().filter(|(path, ..)| path.starts_with("/api/v1/")) {
        let path = path.replace("NAME", &incident);
        if !methods.contains("GET") {
            continue;
        }
        let sign = if path.contains('?') { '&' } else { '?' };
        let refused = worker.ask("GET", &format!("{path}{sign}no-such=1"), &[]);
        let problem = is_problem(&refused, 400, &path);
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("`no-such`") && detail.contains("; there "), "{path}: {detail}");
    }
    for (path, status) in [
        ("/api/v1/nothing", 404),
        ("/api/v1/targets/nobody", 404),
        ("/api/v1/targets/..", 404),
        ("/api/v1/incidents/nobody-20261123T101151Z", 404),
        ("/api/v1/status?limit=0", 400),
        ("/api/v1/page?page=99", 404),
        ("/api/v1/targets/half/rounds?from=soon", 400),
        ("/api/v1/config", 401),
        ("/api/v1/vantage/plans", 401),
        ("/assets/nothing.js", 404),
        ("/nothing", 404),
        ("/probe/large?bytes=0", 400),
    ] {
        is_problem(&worker.ask("GET", path, &[]), status, path);
    }
    // An address that is none has no methods; a preflight is answered all the same.
    let options = worker.ask("OPTIONS", "/nothing", &[]);
    assert_eq!((options.status, options.header("allow")), (204, ""));
}

/// Names that lead elsewhere, that no file and no object has, or that are none, as they are written in an address.
const HOSTILE: [&str; 12] = [
    ".hidden",
    ".env",
    "..",
    "%2e%2e%2frearm",
    "..%5crearm",
    "good%00",
    "good%0d%0ax:%20y",
    "%3Cscript%3E",
    "%22%3E%3Cimg%20src=x%3E",
    "HALF",
    "%F0%9F%8E%83",
    "%ff%fe",
];

/// Promise (Names from outside): Over every public address, a name that is none is answered as one that nobody has: without
/// an error of ours, and with nothing of it in what a browser would run.
#[test]
fn names_that_are_none_are_nobody_s_over_every_address() {
    let (_runtime, _lab, _data, worker, incident) = settled();
    let mut n = 0;
    for (path, ..) in ADDRESSES {
        for name in HOSTILE {
            let hostile = [("half", name), ("NAME", name), ("All+%26+sundry", name)]
                .iter()
                .fold(path.to_owned(), |path, (from, to)| path.replace(from, to));
            if hostile == path {
                continue;
            }
            n += 1;
            let answer = ask(&worker, "GET", &hostile, &[]);
            let is_badge = path.starts_with("/badge");
            let expected: &[u16] = match path {
                _ if is_badge => &[200],
                // A choice that is none counts as not made; a frame is made of what its address says.
                _ if path.starts_with("/embed") || path.starts_with("/repos/") => &[200, 404],
                _ => &[400, 404],
            };
            assert!(expected.contains(&answer.status), "{hostile}: {} {}", answer.status, answer.body);
            let is_run = ["html", "svg", "xml"].iter().any(|kind| answer.header("content-type").contains(kind));
            for spelled in ["<script>", "\"><img src=x"] {
                assert!(!is_run || !answer.body.contains(spelled), "{hostile}: {}", answer.body);
            }
            assert_eq!(answer.header("x"), "", "{hostile}");
            if is_badge && path.contains(".json") {
                assert!(answer.body.contains("\"isError\":true"), "{hostile}: {}", answer.body);
            }
        }
    }
    assert!(n > 200, "{n} addresses");
    // Under the name of an object of ours every address is answered to nobody.
    for (path, ..) in ADDRESSES {
        let path = path.replace("NAME", &incident);
        for host in ["directory.object.invalid", "TARGET.Object.Invalid:80"] {
            let refused = ask(&worker, "GET", &path, &[("host", host)]);
            is_problem(&refused, 421, &path);
        }
    }
}

/// What there is only so much of is told by its name, with the time after which to ask again.
#[test]
fn what_is_bounded_says_so() {
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    let at = worker.origin().trim_start_matches("http://").to_owned();
    // Until there are more than it holds back at once, however fast they come.
    let mut held = Vec::new();
    let answer = eventually("a refusal", SOON, || {
        for _ in 0..Limit::Delayed.quota() / 4 {
            let mut stream = TcpStream::connect(&*at).expect("connected");
            write!(stream, "GET /probe/ip?delay_ms={MAX_DELAY_MS} HTTP/1.1\r\nhost: {at}\r\n\r\n").expect("asked");
            held.push(stream);
        }
        Some(ask(&worker, "GET", "/probe/ip?delay_ms=1", &[])).filter(|answer| answer.status != 200)
    });
    is_problem(&answer, 503, "/probe/ip");
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.header("ratelimit-policy"), "\"delayed\";q=256;qu=\"concurrent-requests\"");
    assert_eq!(answer.header("ratelimit"), "\"delayed\";r=0;t=1");
}
