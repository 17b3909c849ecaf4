//! `dualwatch exporter` beside Debian's `blackbox_exporter`: the same names, and the same values of the same servers; and what
//! keeps it from being a proxy for everybody.

use dualwatch_core::measure::family::Family;
use dualwatch_edgehost::{Process, tied_command};
use dualwatch_simnet::{
    Lab,
    script::{Script, Service},
    words::{Connect, Tls},
};
use dualwatch_tests::{
    program::program,
    prometheus::{Blackbox, Prometheus, Sample, promtool, samples},
    worker::eventually,
};
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(30);

/// A running exporter of ours.
struct Exporter {
    process: Process,
    /// Of each family that this machine has.
    origins: Vec<(Family, String)>,
    agent: ureq::Agent,
}

impl Exporter {
    fn start(arguments: &[&str]) -> Self {
        let mut command = tied_command(program());
        command.args(["exporter", "--port", "0"]).args(arguments);
        let lines = Arc::new(Mutex::new(Vec::new()));
        let log: dualwatch_edgehost::Log = {
            let lines = lines.clone();
            Arc::new(move |line| {
                println!("exporter: {line}");
                lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
            })
        };
        let mut process = Process::spawn(command, &log).expect("the program starts");
        let origins = eventually("the listeners", SOON, || {
            assert!(process.ended().expect("a status").is_none(), "it has ended: {}", process.last_words());
            let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            let of = |family: Family| {
                let begins = format!("{family}: http");
                lines
                    .iter()
                    .find(|line| line.starts_with(&begins))
                    .and_then(|line| Some((family, line.split_once(": ")?.1.to_owned())))
            };
            let told: Vec<_> = Family::ALL.into_iter().filter_map(of).collect();
            let n_absent = lines.iter().filter(|line| line.starts_with("warning: no IPv")).count();
            (told.len() + n_absent == 2).then_some(told)
        });
        let agent = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).build().into();
        Self { process, origins, agent }
    }

    fn origin(&self) -> &str {
        &self.origins[0].1
    }

    /// Asks; returns the status, a header, and the body.
    fn ask(&self, path: &str, headers: &[(&str, &str)]) -> (u16, ureq::http::HeaderMap, String) {
        let mut request = self.agent.get(format!("{}{path}", self.origin()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = request.call().expect("it answers");
        let body = answer.body_mut().read_to_string().expect("text");
        (answer.status().as_u16(), answer.headers().clone(), body)
    }

    fn probe(&self, module: &str, target: &str) -> Vec<Sample> {
        let (status, _, body) = self.ask(&format!("/probe?module={module}&target={target}"), &[]);
        assert_eq!(status, 200, "{module} {target}: {body}");
        samples(&body)
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn lab(runtime: &tokio::runtime::Runtime) -> Lab {
    let script = Script::new()
        .service("good", Service::good())
        .service("half", Service::good().over(Family::Ipv6, Connect::Refused))
        .service("silent", Service::good().over(Family::Ipv6, Connect::Silent))
        .service("tls", Service::both(Tls::Good))
        .service("untrusted", Service::both(Tls::SelfSigned));
    runtime.block_on(Lab::start(script)).expect("the lab starts")
}

/// Ours, with the authority of the lab.
fn ours(lab: &Lab, dir: &Path, further: &[&str]) -> Exporter {
    let ca = dir.join("lab.pem");
    std::fs::write(&ca, lab.ca_pem()).expect("written");
    let ca = ca.to_string_lossy().into_owned();
    Exporter::start(&[&["--allow-private", "--ca", &ca][..], further].concat())
}

const BLACKBOX: &str = "modules:
  http_2xx_ipv4:
    prober: http
    timeout: 5s
    http: { preferred_ip_protocol: ip4, ip_protocol_fallback: false, tls_config: { ca_file: lab.pem } }
  http_2xx_ipv6:
    prober: http
    timeout: 5s
    http: { preferred_ip_protocol: ip6, ip_protocol_fallback: false, tls_config: { ca_file: lab.pem } }
  tcp_connect_ipv4: { prober: tcp, timeout: 5s, tcp: { preferred_ip_protocol: ip4, ip_protocol_fallback: false } }
  tcp_connect_ipv6: { prober: tcp, timeout: 5s, tcp: { preferred_ip_protocol: ip6, ip_protocol_fallback: false } }
";

const ENDS: &str = "probe_ssl_earliest_cert_expiry";

/// The families of ours that the other one has not.
fn is_own(name: &str) -> bool {
    name.starts_with("dualwatch_")
}

/// Compares what both say of one target over one family.
fn compare(what: &str, theirs: &[Sample], ours: &[Sample], family: Family) {
    let of = |labels: &str| {
        labels.replace(&format!("family=\"{family}\"", family = family.code()), "").trim_matches(',').to_owned()
    };
    let mine =
        |name: &str, labels: &str| ours.iter().find(|s| s.name == name && of(&s.labels) == labels).map(|s| s.value);
    let others =
        |name: &str, labels: &str| theirs.iter().find(|s| s.name == name && s.labels == labels).map(|s| s.value);
    for sample in ours.iter().filter(|sample| !is_own(&sample.name)) {
        let labels = of(&sample.labels);
        // We tell when a certificate ends also where it is not trusted.
        let is_further = sample.name == ENDS && mine("probe_success", "") == Some(0.0);
        let is_theirs = others(&sample.name, &labels).is_some();
        assert!(is_theirs || is_further, "{what}: the other one has no {}{{{labels}}}", sample.name);
        assert!(sample.labels.contains(family.code()), "{what}: {sample:?}");
    }
    let success = others("probe_success", "").expect("a verdict");
    assert_eq!(mine("probe_success", ""), Some(success), "{what}: {ours:?}");
    assert_eq!(mine("probe_ip_protocol", ""), others("probe_ip_protocol", ""), "{what}");
    let apart = mine(ENDS, "").zip(others(ENDS, "")).map(|(ours, theirs)| (ours - theirs).abs());
    assert!(apart.is_none_or(|s| s < 1.0) && apart.is_some() == others(ENDS, "").is_some(), "{what}: {apart:?}");
    // Where that one writes 0 for "none", we write nothing.
    let unless_none = |value: Option<f64>| value.filter(|value| *value != 0.0);
    assert_eq!(mine("probe_http_status_code", ""), unless_none(others("probe_http_status_code", "")), "{what}");
    if success > 0.0 {
        assert_eq!(mine("probe_http_ssl", ""), others("probe_http_ssl", ""), "{what}");
        assert!(mine("probe_duration_seconds", "").is_some_and(|s| (0.0..5.0).contains(&s)), "{what}");
        for phase in ["connect", "tls", "processing"] {
            let labels = format!("phase=\"{phase}\"");
            let theirs = unless_none(others("probe_http_duration_seconds", &labels));
            assert_eq!(mine("probe_http_duration_seconds", &labels).is_some(), theirs.is_some(), "{what}: {phase}");
        }
    } else {
        assert_eq!(mine("probe_duration_seconds", ""), None, "{what}");
        assert!(ours.iter().any(|sample| sample.name == "dualwatch_probe_cause_info"), "{what}: {ours:?}");
    }
}

#[test]
fn both_exporters_say_the_same_of_the_same_servers() {
    let runtime = runtime();
    let lab = lab(&runtime);
    let dir = tempfile::tempdir().unwrap();
    let exporter = ours(&lab, dir.path(), &[]);
    let ca = dir.path().join("lab.pem");
    let blackbox = Blackbox::start(&BLACKBOX.replace("lab.pem", &ca.display().to_string()), dir.path());
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let theirs = |module: &str, target: &str| {
        let request = agent.get(format!("{}/probe", blackbox.origin)).query("module", module).query("target", target);
        // Labels of theirs hold spaces; none of those is one that is compared.
        let text = request.call().expect("it answers").body_mut().read_to_string().expect("text");
        let is_plain = |line: &&str| !line.contains(", ") && !line.contains("subject=");
        samples(&text.lines().filter(is_plain).collect::<Vec<_>>().join("\n"))
    };
    for family in lab.families() {
        for (scheme, service, module) in [
            ("http://", "good", "http_2xx"),
            ("", "good", "http_2xx"),
            ("http://", "half", "http_2xx"),
            ("https://", "tls", "http_2xx"),
            ("https://", "untrusted", "http_2xx"),
            ("", "good", "tcp_connect"),
            ("", "half", "tcp_connect"),
        ] {
            let (target, module) =
                (format!("{scheme}{}", lab.address(service, family)), format!("{module}_{}", family.code()));
            let what = format!("{module} {target} ({service})");
            compare(&what, &theirs(&module, &target), &exporter.probe(&module, &target), family);
        }
    }
}

#[test]
fn both_families_of_a_name_are_told_apart_with_their_causes_and_readers_can_read_it() {
    let runtime = runtime();
    let lab = lab(&runtime);
    if lab.families().len() < 2 {
        return dualwatch_notrun::refused("not both families on loopback");
    }
    let dir = tempfile::tempdir().unwrap();
    let resolver = format!("tcp://{}", lab.resolver());
    let exporter = ours(&lab, dir.path(), &["--resolver", &resolver]);
    let target = format!("http://localhost:{}/", lab.port("half"));
    let (_, headers, text) = exporter.ask(&format!("/probe?target={target}"), &[]);
    assert_eq!(headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(promtool(&["check", "metrics"], dir.path(), &text).as_deref(), Ok(""), "{text}");
    for line in [
        "probe_success{family=\"ipv4\"} 1",
        "probe_success{family=\"ipv6\"} 0",
        "dualwatch_probe_cause_info{family=\"ipv6\",cause=\"tcp.refused\"} 1",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
    }
    let open = exporter.ask(&format!("/probe?target={target}"), &[("accept", "application/openmetrics-text")]);
    assert_eq!(open.1["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(open.2.ends_with("# EOF\n"), "{}", open.2);
    let own = exporter.ask("/metrics", &[]).2;
    assert_eq!(promtool(&["check", "metrics"], dir.path(), &own).as_deref(), Ok(""), "{own}");

    // As the help says to write it.
    let host = exporter.origins.last().expect("a listener").1.replace("http://", "");
    let scrapes = format!(
        "- job_name: dualwatch\n  metrics_path: /probe\n  params: {{ module: [http_2xx] }}\n  \
         static_configs: [{{ targets: ['{target}'] }}]\n  relabel_configs:\n  \
         - {{ source_labels: [__address__], target_label: __param_target }}\n  \
         - {{ source_labels: [__param_target], target_label: instance }}\n  \
         - {{ target_label: __address__, replacement: '{host}' }}\n"
    );
    let prometheus = Prometheus::start(&scrapes, dir.path());
    let found = eventually("a probe by Prometheus", SOON, || {
        let found = prometheus.query("probe_success == 0");
        (!found.is_empty()).then_some(found)
    });
    assert_eq!(
        (found.len(), &found[0].0["instance"], &found[0].0["family"]),
        (1, &target.clone().into(), &"ipv6".into())
    );
    assert_eq!(prometheus.scrape_errors(), Vec::<String>::new());
}

/// Promise (Addresses): `dualwatch exporter` is no proxy: it measures no private address unless it is told to, nothing that
/// its operator has not named once anything is named, and nothing for a page whose name leads to this machine.
#[test]
fn it_is_no_proxy_for_everybody() {
    let runtime = runtime();
    let lab = lab(&runtime);
    let port = lab.port("good");
    let bare = Exporter::start(&[]);
    let text = bare.ask(&format!("/probe?target=127.0.0.1:{port}&module=http_2xx_ipv4"), &[]).2;
    assert!(text.contains("dualwatch_probe_cause_info{family=\"ipv4\",cause=\"policy.platform\"} 1"), "{text}");
    assert!(!text.contains("probe_success"), "{text}");
    assert_eq!(lab.n_accepted("good", Family::Ipv4), 0);

    let own_host = bare.origin().replace("http://", "");
    for (path, host, status) in [
        ("/probe?target=127.0.0.1", "rebound.example", 421),
        ("/metrics", "rebound.example:9115", 421),
        ("/metrics", own_host.as_str(), 200),
        ("/metrics", "localhost", 200),
        ("/-/healthy", "127.0.0.1", 200),
        ("/nothing", "127.0.0.1", 404),
        ("/probe", "127.0.0.1", 400),
        ("/probe?target=a.example&module=icmp", "127.0.0.1", 400),
        ("/probe?target=file:///etc/passwd", "127.0.0.1", 400),
    ] {
        let (answered, headers, body) = bare.ask(path, &[("host", host)]);
        assert_eq!(answered, status, "{path} {host}: {body}");
        if status >= 400 {
            assert_eq!(headers["content-type"], "application/problem+json", "{path}");
        }
        assert!(headers.get("access-control-allow-origin").is_none(), "no page may read it");
    }
    let request = bare.agent.post(format!("{}/probe?target=127.0.0.1", bare.origin())).send_empty().unwrap();
    assert_eq!((request.status().as_u16(), &request.headers()["allow"]), (405, &"GET, HEAD".parse().unwrap()));

    let narrow = Exporter::start(&["--allow-private", "--allow", "*.shop.example", "--allow", "127.0.0.0/8"]);
    for (target, status) in [("127.0.0.1", 200), ("[::1]", 403), ("localhost", 403), ("shop.example", 403)] {
        let (answered, _, body) = narrow.ask(&format!("/probe?target={target}:{port}"), &[]);
        assert_eq!(answered, status, "{target}: {body}");
    }
    // Others than this machine would have anything measured.
    let mut command = std::process::Command::new(program());
    let ended = command.args(["exporter", "--port", "0", "--ipv4", "0.0.0.0"]).output().expect("it runs");
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("--allow"), "{ended:?}");
    let status = bare.process.stop().expect("stopped");
    assert!(status.success(), "one that is asked to end ends well: {status}");
}

#[test]
fn a_probe_ends_before_the_scrape_does_and_no_more_are_made_than_there_is_room_for() {
    let runtime = runtime();
    let lab = lab(&runtime);
    if !lab.available().ipv6 {
        return dualwatch_notrun::refused("no loopback address of IPv6");
    }
    let dir = tempfile::tempdir().unwrap();
    let exporter = ours(&lab, dir.path(), &["--probes", "1"]);
    let path = format!("/probe?module=http_2xx_ipv6&target=[::1]:{}", lab.port("silent"));
    let begun = Instant::now();
    let (status, _, text) = exporter.ask(&path, &[("x-prometheus-scrape-timeout-seconds", "2")]);
    let took = begun.elapsed();
    assert!(status == 200 && text.contains("cause=\"tcp.timeout\""), "{text}");
    assert!((Duration::from_millis(1_400)..Duration::from_secs(2)).contains(&took), "{took:?}");

    // Four at once have one place: those that wait for half of their time in vain are told when to come again.
    let answers: Vec<_> = thread::scope(|scope| {
        let ask = || exporter.ask(&path, &[("x-prometheus-scrape-timeout-seconds", "1.5")]);
        let asked: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().map(|asked| asked.join().expect("answered")).collect()
    });
    let statuses: BTreeSet<u16> = answers.iter().map(|(status, ..)| *status).collect();
    assert_eq!(statuses, [200, 503].into(), "{answers:?}");
    for (_, headers, body) in answers.iter().filter(|(status, ..)| *status == 503) {
        assert_eq!(headers["retry-after"], "5", "{body}");
        assert!(body.contains("--probes"), "{body}");
    }
}
