//! Every public address on real workerd, asked in every way: GET and HEAD agree, what has a tag is answered 304, `OPTIONS`
//! and 405 name the methods, any origin may read it, and errors are problem documents (RFC 9457).

use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{
    Lab,
    script::{Script, Service},
    words::{Connect, Tcp},
};
use dualwatch_tests::{
    lab,
    worker::{Answer, Worker, eventually},
};
use dualwatch_wire::v1::Incidents;
use serde_json::{Value, json};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);

/// What an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    /// Kept: with a tag.
    Kept,
    /// Made for who asks.
    Fresh,
    /// Not read at all, or not without a token.
    Closed,
}

/// Every public address, how it is asked, and what it is. `NAME` stands for an incident.
const ADDRESSES: [(&str, &str, Is); 25] = [
    ("/", "GET, HEAD", Is::Kept),
    ("/incidents", "GET, HEAD", Is::Kept),
    ("/incidents/NAME", "GET, HEAD", Is::Kept),
    ("/targets/half", "GET, HEAD", Is::Kept),
    ("/self-test?lang=de", "GET, HEAD", Is::Kept),
    ("/api", "GET, HEAD", Is::Kept),
    ("/metrics", "GET, HEAD", Is::Kept),
    ("/healthz", "GET, HEAD", Is::Fresh),
    ("/probe/ip", "GET, HEAD", Is::Fresh),
    ("/probe/large?bytes=100", "GET, HEAD", Is::Fresh),
    ("/probe/sink", "POST", Is::Closed),
    ("/api/v1/status", "GET, HEAD", Is::Kept),
    ("/api/v1/status?limit=1", "GET, HEAD", Is::Kept),
    ("/api/v1/page", "GET, HEAD", Is::Kept),
    ("/api/v1/targets/half", "GET, HEAD", Is::Kept),
    ("/api/v1/targets/half/rounds", "GET, HEAD, POST", Is::Kept),
    ("/api/v1/targets/half/availability", "GET, HEAD", Is::Kept),
    ("/api/v1/targets/half/history?size=5m", "GET, HEAD", Is::Kept),
    ("/api/v1/incidents", "GET, HEAD", Is::Kept),
    ("/api/v1/incidents/NAME", "GET, HEAD", Is::Kept),
    ("/api/v1/incidents/NAME/report.md", "GET, HEAD", Is::Kept),
    ("/api/v1/openapi.json", "GET, HEAD", Is::Kept),
    ("/api/v1/vantage/plans", "GET, HEAD", Is::Closed),
    ("/api/v1/vantage/rounds", "POST", Is::Closed),
    ("/host/storage", "PUT", Is::Closed),
];

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
    let script = Script::new()
        .service("control", Service::both(Tcp::Hold).as_control())
        .service("half", Service::good().over(Family::Ipv6, Connect::Refused));
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    let controls = lab::controls(&lab);
    let url = format!("http://localhost:{}/", lab.port("half"));
    let config = json!({
        "targets": [{ "slug": "half", "url": url, "interval": 5, "timeout": "2s" }],
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "network": { "allow_private": true },
    });
    worker.accept(&config.to_string());
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
