//! Badges on real workerd: what is drawn, what goes with it, and what is said where there is none.

use dualwatch_core::measure::family::Family;
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab,
    worker::{Answer, Worker, eventually},
};
use dualwatch_wire::{badge::Shields, v1::status::State};
use serde_json::{Value, json};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);
/// Twice what passes between two reckonings of young targets.
const RECKONED: Duration = Duration::from_mins(4);

/// A worker that has found `half` down over IPv6, and everything else up.
fn started(runtime: &tokio::runtime::Runtime, data: &std::path::Path) -> (Lab, Worker) {
    let script = lab::half();
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let controls = lab::controls(&lab);
    let target = |name: &str, service: &str| json!({ "name": name, "slug": service, "url": format!("http://localhost:{}/", lab.port(service)), "interval": 5, "timeout": "2s" });
    let mut half = target("Half", "half");
    half["group"] = json!("Halves / & more");
    let config = json!({
        "targets": [target("Good <b>&\"", "good"), half],
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "network": { "allow_private": true },
    });
    let worker = Worker::start(data);
    worker.accept(&config.to_string());
    eventually("half is down over IPv6, and good is up", SOON, || {
        let targets = worker.status().targets;
        let is = |i: usize, family, state| targets.get(i).is_some_and(|target| target.facts(family).state == state);
        (is(1, Family::Ipv6, State::Down) && is(0, Family::Ipv4, State::Up) && is(0, Family::Ipv6, State::Up))
            .then_some(())
    });
    (lab, worker)
}

fn shields(worker: &Worker, path: &str) -> Shields {
    // shields refuses a key that it does not know, and null.
    const KEYS: [&str; 6] = ["schemaVersion", "label", "message", "color", "isError", "cacheSeconds"];
    let answer = worker.ask("GET", path, &[]);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{path}: {}", answer.body);
    let whole: Value = serde_json::from_str(&answer.body).expect(path);
    for (key, value) in whole.as_object().expect("an object") {
        assert!(KEYS.contains(&key.as_str()) && !value.is_null(), "{path}: {key}");
    }
    serde_json::from_value(whole).expect(path)
}

fn is_image(answer: &Answer, path: &str) {
    assert_eq!(answer.header("content-type"), "image/svg+xml; charset=utf-8", "{path}: {}", answer.body);
    assert!(answer.body.starts_with("<svg xmlns=") && answer.body.ends_with("</svg>"), "{path}: {}", answer.body);
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin", "{path}");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
}

#[test]
fn badges_say_what_is_published() {
    let runtime = lab::runtime();
    let data = tempfile::tempdir().unwrap();
    let (_lab, worker) = started(&runtime, data.path());
    let said = |path: &str| {
        let Shields { label, message, color, is_error, .. } = shields(&worker, path);
        assert!(!is_error, "{path}");
        (label, message, color)
    };
    for (path, label, message, color) in [
        ("/badge/good.json", "Good <b>&\"", "up", "brightgreen"),
        ("/badge/half.json", "Half", "IPv6 down", "orange"),
        ("/badge/half.json?family=ipv6", "Half IPv6", "down", "red"),
        ("/badge/half.json?family=ipv4&lang=de", "Half IPv4", "erreichbar", "brightgreen"),
        ("/badge/half.json?family=dual-stack", "Half dual stack", "up", "brightgreen"),
        ("/badge/half.json?metric=latency&family=ipv6", "Half IPv6 latency", "down", "red"),
        ("/badge/good.json?metric=certificate", "Good <b>&\" certificate", "none", "lightgrey"),
        ("/badge.json", "services", "1 of 2 with trouble", "orange"),
        ("/badge.json?family=ipv4", "services IPv4", "all 2 up", "brightgreen"),
        ("/badge.json?lang=zh-Hans", "服务", "2 个中有 1 个异常", "orange"),
        ("/badge.json?metric=certificate", "services certificate", "none", "lightgrey"),
        ("/badge.json?group=Halves+/+%26+more", "Halves / & more", "1 of 1 with trouble", "red"),
        (
            "/badge.json?group=Halves%20%2F%20%26%20more&family=ipv4&lang=de",
            "Halves / & more IPv4",
            "erreichbar",
            "brightgreen",
        ),
        (
            "/badge.json?group=Halves+/+%26+more&metric=certificate&family=ipv6",
            "Halves / & more IPv6 certificate",
            "not known",
            "lightgrey",
        ),
    ] {
        assert_eq!(said(path), (label.to_owned(), message.to_owned(), color.to_owned()), "{path}");
    }
    let (label, message, color) = said("/badge/good.json?metric=latency");
    assert!(label == "Good <b>&\" latency" && message.ends_with(" ms") && color == "brightgreen", "{message} {color}");
    for window in ["24h", "7d", "30d", "90d"] {
        let half = eventually("a share is known", SOON, || {
            let (_, message, color) = said(&format!("/badge/half.json?window={window}&family=ipv6"));
            (message != "not observed").then_some((message, color))
        });
        assert_eq!(half, ("0 %".to_owned(), "red".to_owned()), "{window}");
        let (label, message, color) = said(&format!("/badge/good.json?window={window}"));
        assert_eq!((message, color), ("100 %".to_owned(), "brightgreen".to_owned()), "{window}");
        assert_eq!(label, format!("Good <b>&\" uptime {window}"));
    }
    for window in ["24h", "7d", "30d", "90d"] {
        // Known for less than a day: it is reckoned once a minute.
        let (half, all) = eventually("the shares of several", RECKONED, || {
            let [half, all] = ["group=Halves+/+%26+more&", ""]
                .map(|whom| said(&format!("/badge.json?{whom}window={window}&family=ipv6")));
            [&half, &all].iter().all(|(_, message, _)| message != "not observed").then_some((half, all))
        });
        assert_eq!(half, (format!("Halves / & more IPv6 uptime {window}"), "0 %".to_owned(), "red".to_owned()));
        assert_eq!(all, (format!("services IPv6 uptime {window}"), "50.00 %".to_owned(), "red".to_owned()));
    }
    let (label, message, _) = said("/badge.json?metric=uptime");
    assert!(label == "services uptime 30d" && message.ends_with(" %"), "{label} {message}");
}

#[test]
fn an_image_is_kept_and_asked_for_again_for_nothing() {
    let runtime = lab::runtime();
    let data = tempfile::tempdir().unwrap();
    let (_lab, worker) = started(&runtime, data.path());
    for path in [
        "/badge/good.svg",
        "/badge.svg?style=for-the-badge",
        "/badge.svg?group=Halves+/+%26+more&theme=dark",
        "/badge/half.svg?family=ipv6&style=social&theme=auto",
        "/badge/half.svg?metric=uptime&window=7d&style=plastic",
        "/badge/half.json",
    ] {
        // News, such as the first share of a window, make another one: that is asked for again.
        eventually("a tag that stays for a moment", SOON, || {
            let whole = worker.ask("GET", path, &[]);
            assert_eq!((whole.status, whole.header("cache-control")), (200, "no-cache"), "{path}: {}", whole.body);
            if path.contains(".svg") {
                is_image(&whole, path);
            }
            let etag = whole.header("etag").to_owned();
            assert!(etag.len() > 2, "{path}");
            let again = worker.ask("GET", path, &[("if-none-match", &format!("W/{etag}"))]);
            let head = worker.ask("HEAD", path, &[]);
            let same = again.header("etag") == etag && head.header("etag") == etag;
            if same {
                assert_eq!((again.status, &*again.body), (304, ""), "{path}");
                assert_eq!((head.status, &*head.body), (200, ""), "{path}");
                assert_eq!(head.header("content-type"), whole.header("content-type"), "{path}");
            }
            same.then_some(())
        });
    }
    let image = worker.ask("GET", "/badge/good.svg", &[]).body;
    assert!(image.contains("<title>Good &lt;b&gt;&amp;&quot;: up</title>") && !image.contains("<b>"), "{image}");
    assert!(image.contains("xml:lang=\"en\""), "{image}");
    // Who says nothing of a language has it in English, whatever a proxy's own is.
    let other = worker.ask("GET", "/badge/good.svg", &[("accept-language", "de")]);
    assert!(other.body.contains(": up</title>"), "{}", other.body);
}

#[test]
fn there_is_an_image_for_what_there_is_not() {
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    for (path, said) in [
        ("/badge/nobody.svg", "no such service"),
        ("/badge/nobody.svg?lang=de", "kein solcher Dienst"),
        ("/badge/No-Slug.svg", "no such service"),
        ("/badge/..%2f..%2fapi.svg", "no such service"),
        ("/badge/nobody.svg?style=round", "no such badge"),
        ("/badge.svg?metric=downtime", "no such badge"),
        ("/badge.svg?group=nobody", "no such group"),
        ("/badge.svg?group=nobody&lang=zh-Hans", "无此分组"),
        ("/badge.svg?group=%0A", "no such group"),
    ] {
        let answer = worker.ask("GET", path, &[]);
        // Firefox draws no SVG that comes with 404.
        assert_eq!(answer.status, 200, "{path}");
        is_image(&answer, path);
        assert!(answer.body.contains(&format!("<title>Dualwatch: {said}</title>")), "{path}: {}", answer.body);
        let head = worker.ask("HEAD", path, &[]);
        assert_eq!((head.status, &*head.body), (200, ""), "{path}");
        let json = shields(&worker, &path.replace(".svg", ".json"));
        assert!(json.is_error && json.message == said && json.color == "lightgrey", "{path}: {json:?}");
    }
    // Nothing is configured, so nothing is known of anything.
    let none = shields(&worker, "/badge.json");
    assert_eq!((&*none.message, &*none.color), ("none watched yet", "lightgrey"));
    for metric in ["latency", "certificate"] {
        assert_eq!(shields(&worker, &format!("/badge.json?metric={metric}")).message, "none watched yet");
    }
    assert_eq!(worker.ask("GET", "/badge/shop.png", &[]).status, 404);
    let refused = worker.ask("POST", "/badge/shop.svg", &[]);
    assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD"));
}
