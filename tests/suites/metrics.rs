//! `/metrics` on real workerd, as others read it: promtool and a real Prometheus, which scrapes over IPv6; the alert rules
//! and the dashboard beside it.

use dualwatch_core::measure::cause::Cause;
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab,
    prometheus::{Prometheus, Sample, promtool, samples},
    worker::{Answer, Worker, eventually, workspace},
};
use dualwatch_wire::v1::status::State;
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::PathBuf, time::Duration};

const SOON: Duration = Duration::from_secs(30);
const OPEN_METRICS: &str = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

fn dir() -> PathBuf {
    workspace().join("web/metrics")
}

fn lab(runtime: &tokio::runtime::Runtime) -> Lab {
    let script = lab::half_and_tls();
    runtime.block_on(Lab::start(script)).expect("the lab starts")
}

fn config(lab: &Lab, services: &[&str]) -> String {
    let controls = lab::controls(lab);
    let target = |name: &&str| {
        let (scheme, host) = if *name == "tls" { ("https", "tls.lab.test") } else { ("http", "localhost") };
        let url = format!("{scheme}://{host}:{}/", lab.port(name));
        // A name that hurts who does not escape.
        json!({ "slug": name, "name": format!("{name} \"q\" \\ ü"), "url": url, "interval": 5, "timeout": "2s" })
    };
    json!({
        "targets": services.iter().map(target).collect::<Vec<_>>(),
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "resolvers": [format!("tcp://{}", lab.resolver())],
        "network": { "allow_private": true },
        "tls": { "roots": [lab.ca_pem()] },
    })
    .to_string()
}

fn value(all: &[Sample], name: &str, labels: &str) -> Option<f64> {
    let mut found = all.iter().filter(|sample| sample.name == name && sample.labels == labels);
    let value = found.next().map(|sample| sample.value);
    assert_eq!(found.next(), None, "{name}{{{labels}}} is there twice");
    value
}

/// Waits until all is measured, and the half one's incident is open.
fn settled(worker: &Worker) {
    eventually("an incident, and every round", SOON, || {
        let status = worker.status();
        let is_known = |state| !matches!(state, State::Unknown | State::Suspect);
        let all = status.targets.iter().all(|t| is_known(t.ipv4.state) && is_known(t.ipv6.state));
        let half = status.targets.iter().find(|t| t.slug == "half")?;
        (all && half.ipv6.state == State::Down).then_some(())
    });
}

#[test]
fn what_is_measured_is_told_in_both_forms_and_nothing_is_nought_that_is_unknown() {
    let runtime = lab::runtime();
    let lab = lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    worker.accept(&config(&lab, &["good", "half", "tls"]));
    settled(&worker);

    let text = worker.ask("GET", "/metrics", &[]);
    assert_eq!((text.status, text.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
    let said = promtool(&["check", "metrics"], data.path(), &text.body);
    assert_eq!(said.as_deref(), Ok(""), "{}", text.body);
    let all = samples(&text.body);
    let at = |name: &str, labels: &str| value(&all, name, labels);
    let probe = |slug: &str, family: &str| format!("target=\"{slug}\",family=\"{family}\",vantage=\"edge\"");
    for (slug, family, success) in [
        ("good", "ipv4", 1.0),
        ("good", "ipv6", 1.0),
        ("half", "ipv4", 1.0),
        ("half", "ipv6", 0.0),
        ("tls", "ipv6", 1.0),
    ] {
        let labels = probe(slug, family);
        assert_eq!(at("probe_success", &labels), Some(success), "{labels}");
        let is_reached = success > 0.0;
        assert_eq!(at("probe_http_status_code", &labels), is_reached.then_some(200.0), "{labels}");
        assert_eq!(at("probe_duration_seconds", &labels).is_some(), is_reached, "{labels}");
        let is_tls = f64::from(u8::from(slug == "tls"));
        assert_eq!(at("probe_http_ssl", &labels), is_reached.then_some(is_tls), "{labels}");
        assert_eq!(at("probe_ip_protocol", &labels), Some(if family == "ipv4" { 4.0 } else { 6.0 }), "{labels}");
        let phase = |phase: &str| at("probe_http_duration_seconds", &format!("{labels},phase=\"{phase}\""));
        assert_eq!(phase("connect").is_some(), is_reached, "{labels}");
        assert_eq!(phase("tls").is_some(), slug == "tls", "{labels}");
        let family = format!("target=\"{slug}\",family=\"{family}\"");
        assert_eq!(at("dualwatch_family_up", &family), Some(success), "{family}");
        assert_eq!(at("dualwatch_incident_open", &format!("{family},kind=\"down\"")), Some(1.0 - success), "{family}");
        assert_eq!(at("dualwatch_incident_open", &format!("{family},kind=\"unstable\"")), Some(0.0), "{family}");
    }
    // workerd does not tell refused from unreachable.
    let cause = Cause::TcpNoConnection.code();
    let half = format!("target=\"half\",family=\"ipv6\",cause=\"{cause}\"");
    assert_eq!(at("dualwatch_family_cause_info", &half), Some(1.0), "{}", text.body);
    let day = |days: f64| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64() + days * 86_400.0
    };
    let ends = at("probe_ssl_earliest_cert_expiry", &probe("tls", "ipv4")).expect("a certificate");
    let seen = worker.target("tls").last_round.unwrap().ipv4.certificate.unwrap().not_after;
    assert!((ends - seen.unix_ms() as f64 / 1_000.0).abs() < 1e-3 && ends > day(0.0), "{ends}");
    for (name, labels, expected) in [
        ("dualwatch_target_late", "target=\"good\"", 0.0),
        ("dualwatch_target_interval_seconds", "target=\"good\"", 5.0),
        ("dualwatch_vantage_standing", "vantage=\"edge\",family=\"ipv6\",standing=\"proven\"", 1.0),
        ("dualwatch_vantage_healthy", "vantage=\"edge\",family=\"ipv6\"", 1.0),
        ("dualwatch_storage_trouble", "", 0.0),
    ] {
        assert_eq!(at(name, labels), Some(expected), "{name}{{{labels}}}");
    }
    let status = worker.status();
    let last =
        status.targets.iter().find(|t| t.slug == "good").unwrap().last_round_at.unwrap().unix_ms() as f64 / 1_000.0;
    let told = at("dualwatch_target_last_round_timestamp_seconds", "target=\"good\"").unwrap();
    assert!((told - last).abs() < 30.0, "{told} {last}");

    let open = worker.ask("GET", "/metrics", &[("accept", OPEN_METRICS)]);
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!((open.status, open.header("content-type")), (200, content_type));
    assert!(open.body.ends_with("\n# EOF\n") && !open.body.contains("\n\n"), "{}", open.body);
    assert!(open.body.contains("# TYPE dualwatch_family_cause info\n"), "{}", open.body);
    let names = |text: &str| samples(text).into_iter().map(|s| (s.name, s.labels)).collect::<BTreeSet<_>>();
    let both = eventually("the same series in both forms", SOON, || {
        let [text, open] =
            [("accept", "*/*"), ("accept", OPEN_METRICS)].map(|a| worker.ask("GET", "/metrics", &[a]).body);
        (names(&text) == names(&open)).then_some(text)
    });
    // No labels but those of this list: what a label may say is bounded by the configuration and the closed sets.
    let known = [
        "target", "family", "vantage", "phase", "cause", "state", "kind", "window", "name", "url", "standing",
        "version",
    ];
    for sample in samples(&both).iter().filter(|sample| sample.name != "dualwatch_target_info") {
        let used: Vec<&str> =
            sample.labels.split(',').filter_map(|label| label.split('=').next()).filter(|l| !l.is_empty()).collect();
        assert!(used.iter().all(|label| known.contains(label)), "{sample:?}");
    }

    // A target that is gone leaves nothing.
    worker.accept(&config(&lab, &["good"]));
    let text = worker.ask("GET", "/metrics", &[]).body;
    assert!(!text.contains("half") && text.contains("target=\"good\""), "{text}");
}

#[test]
fn it_is_kept_has_a_tag_and_is_packed_as_a_scraper_takes_it() {
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    worker.accept(r#"{"targets":[{"slug":"nobody","url":"http://localhost:9/","interval":"1h"}],"network":{"allow_private":true}}"#);
    let tag = |answer: &Answer| answer.header("etag").to_owned();
    let [text, open] = [&[][..], &[("accept", OPEN_METRICS)]].map(|headers| {
        eventually("a tag that stays for a moment", SOON, || {
            let whole = worker.ask("GET", "/metrics", headers);
            let head = worker.ask("HEAD", "/metrics", headers);
            let known = [headers, &[("if-none-match", whole.header("etag"))]].concat();
            let known = worker.ask("GET", "/metrics", &known);
            (tag(&whole) == tag(&head) && known.status == 304).then(|| {
                assert_eq!((whole.status, head.status, &*head.body, &*known.body), (200, 200, "", ""));
                assert_eq!(head.header("content-type"), whole.header("content-type"));
                for answer in [&whole, &head, &known] {
                    assert_eq!(answer.header("vary"), "accept, accept-encoding");
                    assert_eq!(answer.header("cache-control"), "no-cache");
                    assert_eq!(answer.header("access-control-allow-origin"), "*");
                }
                whole
            })
        })
    });
    assert_ne!(tag(&text), tag(&open));
    let (packed, bytes) = worker.ask_bytes("GET", "/metrics", &[("accept-encoding", "gzip")]);
    assert_eq!((packed.status, packed.header("content-encoding")), (200, "gzip"));
    assert!(bytes.len() * 3 < text.body.len(), "{} of {}", bytes.len(), text.body.len());
    // As Prometheus asks, which takes neither 304 nor brotli for an answer.
    let scrape = [("accept", OPEN_METRICS), ("accept-encoding", "gzip"), ("x-prometheus-scrape-timeout-seconds", "10")];
    let (scraped, _) = worker.ask_bytes("GET", "/metrics", &scrape);
    assert_eq!((scraped.status, scraped.header("content-encoding")), (200, "gzip"));
    let (plain, bytes) = worker.ask_bytes("GET", "/metrics", &[("accept", OPEN_METRICS)]);
    assert_eq!((plain.status, plain.header("content-encoding")), (200, ""));
    assert!(bytes.ends_with(b"\n# EOF\n"));
    let options = worker.ask("OPTIONS", "/metrics", &[]);
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, OPTIONS"));
    let refused = worker.ask("DELETE", "/metrics", &[]);
    assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD"));
    assert_eq!(refused.header("content-type"), "application/problem+json");
}

/// Promise (Secrets): Where an installation has a token for its metrics, nobody reads them without it, nor what was made for
/// somebody who had it.
#[test]
fn where_there_is_a_token_only_who_has_it_reads_them() {
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start_with(data.path(), 0, &[("METRICS_TOKEN", "of-the-metrics")]);
    let right = ("authorization", "Bearer of-the-metrics");
    for _ in 0..2 {
        for headers in [&[][..], &[("authorization", "Bearer other")], &[("authorization", "Basic of-the-metrics")]] {
            let refused = worker.ask("GET", "/metrics", headers);
            assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"), "{}", refused.body);
            assert!(!refused.body.contains("dualwatch_") && refused.header("etag").is_empty(), "{}", refused.body);
        }
        let told = worker.ask("GET", "/metrics", &[right]);
        assert!(told.status == 200 && told.body.contains("dualwatch_build_info"), "{}", told.body);
    }
    // What is named in our memory is no address.
    for path in ["/metrics%20as%20text", "/metrics/as/text", "/metrics%3F"] {
        assert_eq!(worker.ask("GET", path, &[]).status, 404, "{path}");
    }
}

#[test]
fn prometheus_scrapes_it_over_ipv6_and_the_dashboard_finds_what_it_asks_for() {
    let runtime = lab::runtime();
    let lab = lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    worker.accept(&config(&lab, &["good", "half", "tls"]));
    settled(&worker);
    let port = worker.edge.addresses()[0].port();
    let Some(over_ipv6) = worker.edge.addresses().iter().find(|address| address.is_ipv6()) else {
        return dualwatch_notrun::refused("no loopback address of IPv6");
    };
    let dir = tempfile::tempdir().unwrap();
    // One asks as it does by itself, which is OpenMetrics; one is told to ask over IPv4.
    let jobs = format!(
        "- {{ job_name: v6, static_configs: [{{ targets: ['{over_ipv6}'] }}] }}\n\
         - {{ job_name: v4, static_configs: [{{ targets: ['127.0.0.1:{port}'] }}] }}\n"
    );
    let prometheus = Prometheus::start(&jobs, dir.path());
    eventually("two scrapes", SOON, || {
        let up = prometheus.query("up");
        (up.len() == 2 && up.iter().all(|(_, up)| *up > 0.0)).then_some(())
    });
    assert_eq!(prometheus.scrape_errors(), Vec::<String>::new());
    let down = prometheus.query("probe_success{job=\"v6\"} == 0");
    assert_eq!(down.len(), 1, "{down:?}");
    assert_eq!((&down[0].0["target"], &down[0].0["family"]), (&json!("half"), &json!("ipv6")));
    let name = prometheus.query("dualwatch_target_info{job=\"v6\",target=\"half\"}");
    assert_eq!(name[0].0["name"], "half \"q\" \\ ü");
    // Every sample that was sent is stored.
    let scraped = prometheus.query("scrape_samples_scraped{job=\"v6\"}")[0].1;
    let stored = prometheus.query("count({job=\"v6\",__name__=~\"(probe|dualwatch)_.+\"})")[0].1;
    assert!((scraped - stored).abs() < 0.5, "{scraped} and {stored}");

    for (title, expression) in dashboard() {
        let found = prometheus.query(&expression);
        // Nothing waits in vain here, or only of a target that is reached over the later family.
        assert!(!found.is_empty() || title.contains("waits in vain"), "{title}: {expression}");
    }
}

/// Returns the title and the expressions of every panel, as Grafana asks them where all is chosen.
fn dashboard() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(dir().join("dashboard.json")).expect("the dashboard");
    let board: Value = serde_json::from_str(&text).expect("JSON");
    let panels = board["panels"].as_array().expect("panels").iter();
    let expressions = panels.flat_map(|panel| {
        let targets = panel["targets"].as_array().expect("targets").iter();
        targets.map(|target| {
            let mut expression = target["expr"].as_str().expect("an expression").to_owned();
            for name in ["$target", "$family", "$vantage"] {
                expression = expression.replace(name, ".*");
            }
            assert!(!expression.contains('$'), "{expression}");
            (panel["title"].as_str().expect("a title").to_owned(), expression)
        })
    });
    expressions.collect()
}

#[test]
fn the_alert_rules_do_what_their_tests_say() {
    for arguments in [["check", "rules", "rules.yml"], ["test", "rules", "rules.test.yml"]] {
        let said = promtool(&arguments, &dir(), "");
        assert!(said.as_ref().is_ok_and(|said| said.contains("SUCCESS")), "{said:?}");
    }
}

#[test]
fn the_dashboard_can_be_read_and_no_two_panels_are_one() {
    let expressions = dashboard();
    let rules: Vec<Value> = expressions
        .iter()
        .enumerate()
        .map(|(i, (_, expression))| json!({ "record": format!("panel_{i}"), "expr": expression }))
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let file = json!({ "groups": [{ "name": "dashboard", "rules": rules }] });
    std::fs::write(dir.path().join("dashboard.yml"), file.to_string()).unwrap();
    let said = promtool(&["check", "rules", "dashboard.yml"], dir.path(), "");
    assert!(said.is_ok(), "{said:?}");
    let titles: BTreeSet<&str> = expressions.iter().map(|(title, _)| &**title).collect();
    assert!(titles.len() > 10, "{titles:?}");
}
