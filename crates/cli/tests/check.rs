//! `dualwatch check` as people and scripts meet it: output, JSON, exit codes, against the lab on loopback.

use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{
    Lab,
    script::{Name, Script, Service},
    words::{Connect, Dns, Tls},
};
use serde_json::Value;
use std::process::{Command, Output};

struct Setting {
    runtime: tokio::runtime::Runtime,
    lab: Lab,
    dir: tempfile::TempDir,
}

impl Setting {
    fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let names = ["good.lab.test", "mixed.lab.test"];
        let script = Script::new()
            .service("good", Service::both(Tls::Good).named(&names))
            .service("mixed", Service::both(Tls::Good).named(&names).over(Family::Ipv6, Tls::WrongName))
            .service("half", Service::good().over(Family::Ipv6, Connect::Refused))
            .service("other", Service::both(Tls::Good).named(&names).over(Family::Ipv6, Tls::OtherCertificate))
            .name("good.lab.test", Name::dual())
            .name("mixed.lab.test", Name::dual())
            .name("v4only.lab.test", Name::addresses(&["127.0.0.1".parse().unwrap()]))
            .name("nothing.lab.test", Dns::Nxdomain.into());
        let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("ca.pem"), lab.ca_pem()).expect("written");
        Self { runtime, lab, dir }
    }

    /// Runs `dualwatch check` with the lab's resolver and CA.
    fn check(&self, arguments: &[&str]) -> Output {
        let resolver = format!("tcp://{}", self.lab.resolver());
        let _runs = self.runtime.enter();
        Command::new(env!("CARGO_BIN_EXE_dualwatch"))
            .args(["check", "--allow-private", "--resolver", &resolver, "--vantage", "here", "--ca"])
            .arg(self.dir.path().join("ca.pem"))
            .args(arguments)
            .output()
            .expect("the program runs")
    }

    fn url(&self, scheme: &str, host: &str, service: &str) -> String {
        format!("{scheme}://{host}:{}/", self.lab.port(service))
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn all_phases_of_both_families_with_a_self_made_ca() {
    let setting = Setting::new();
    let output = setting.check(&[&setting.url("https", "good.lab.test", "good")]);
    let text = text(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for expected in
        ["IPv4: reached 127.0.0.1 in ", "IPv6: reached ::1 in ", "certificate for good.lab.test", "dual-stack client"]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    for phase in ["resolve ", "connect ", "TLS ", "first byte ", "total "] {
        assert_eq!(text.matches(phase).count(), 2, "{phase}: {text}");
    }
}

#[test]
fn differences_between_the_families_are_found() {
    let setting = Setting::new();
    let output = setting.check(&[&setting.url("https", "good.lab.test", "other")]);
    assert_eq!(output.status.code(), Some(0), "a difference is a finding, not a failure");
    assert!(text(&output).contains("The certificate differs: "), "{}", text(&output));
    // The lab's page names the family it came over.
    assert!(text(&output).contains("The page itself differs"), "{}", text(&output));
}

#[test]
fn json_has_exactly_the_fields_of_version_1() {
    let setting = Setting::new();
    let output = setting.check(&["--json", &setting.url("https", "mixed.lab.test", "mixed")]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut expected = ["version", "target", "started_at", "vantage", "ipv4", "ipv6", "dual_stack"];
    expected.sort_unstable();
    assert_eq!(keys(&document), expected);
    assert_eq!(keys(&document["vantage"]), ["ipv4", "ipv6", "name"]);
    assert_eq!(keys(&document["dual_stack"]), ["cost_ms", "family"]);
    for family in ["ipv4", "ipv6"] {
        let expected =
            ["address", "addresses", "cause", "certificate", "detail", "http_status", "outcome", "phases_ms"];
        assert_eq!(keys(&document[family]), expected);
        assert_eq!(keys(&document[family]["certificate"]), ["issuer", "not_after", "sha256", "subject_names"]);
    }
    assert_eq!(document["version"], 1);
    assert_eq!(document["vantage"]["name"], "here");
    assert_eq!(document["ipv4"]["outcome"], "reached");
    assert_eq!(keys(&document["ipv4"]["phases_ms"]), ["connect", "first_byte", "resolve", "tls", "total"]);
    assert_eq!(document["ipv6"]["cause"], "tls.name_mismatch");
    assert_eq!(keys(&document["ipv6"]["phases_ms"]), ["connect", "resolve"], "no time for what did not happen");
    assert_eq!(document["dual_stack"]["family"], Value::Null, "browsers do not fall back once TCP is up");
}

#[test]
fn exit_codes() {
    let setting = Setting::new();
    let half = setting.url("http", "localhost", "half");
    let check = |arguments: &[&str], code: i32, expected: &str| {
        let output = setting.check(arguments);
        let all = text(&output) + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {all}");
        assert!(all.contains(expected), "{arguments:?}: {expected}: {all}");
    };
    check(&[&half], 1, "IPv6: ::1 refused the connection after ");
    check(&["--family", "4", &half], 0, "IPv6: not asked for");
    check(&["--family", "6", &half], 1, "refused");
    check(&[&setting.url("http", "v4only.lab.test", "half")], 0, "IPv4 only by design");
    check(&["http://nothing.lab.test/"], 1, "the name does not exist");
    check(&["gopher://x.example/"], 2, "hint:");
    check(&["--ca", "/nonexistent/ca.pem", &half], 2, "/nonexistent/ca.pem");
    check(&["--resolver", "udp://192.0.2.1", &half], 2, "hint:");
    check(&["--nonsense"], 2, "--nonsense");
    check(&[], 2, "URL");
}

/// Promise (Addresses): A target reaches no private address unless the configuration allows those, in whatever form a
/// name or a redirect has it.
#[test]
fn private_addresses_are_refused_unless_allowed() {
    let setting = Setting::new();
    let resolver = format!("tcp://{}", setting.lab.resolver());
    // The public name is what an attacker controls; it resolves to loopback.
    for url in [setting.url("https", "good.lab.test", "good"), setting.url("http", "127.0.0.1", "half")] {
        let output = Command::new(env!("CARGO_BIN_EXE_dualwatch"))
            .args(["check", "--resolver", &resolver, "--json", &url])
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{url}");
        let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(document["ipv4"]["cause"], "policy.platform", "{url}: {document}");
        assert_eq!(document["ipv4"]["outcome"], "skipped");
        assert!(String::from_utf8_lossy(&output.stderr).is_empty() || !document["ipv4"]["detail"].is_null());
    }
    assert_eq!(setting.lab.n_accepted("good", Family::Ipv4), 0, "nothing was connected to");
}
