//! A record knows its own URL, and a configuration that explains a history is said before anything else is blamed.

use dualwatch_import::{Code, Source, analyse, rounds};

fn source(config: &str, records: &[(&str, &str, &str, &str, &str)]) -> Source {
    let mut source =
        Source { configuration: Some((".upptimerc.yml".to_owned(), config.to_owned())), ..Source::default() };
    for (slug, at, url, status, code) in records {
        let text = format!("url: {url}\nstatus: {status}\ncode: {code}\nresponseTime: 9\nlastUpdated: 2026-09-{at}Z\n");
        source.read_history(&text, "history.yml", slug, "", None);
    }
    source
}

const CONFIG: &str = "sites:\n  - {name: de2.vpn.example, url: 'https://de1.vpn.example'}\n  \
                      - {name: de1.vpn.example, url: 'https://de1.vpn.example'}\n";

#[test]
fn an_outage_is_told_of_the_url_that_failed() {
    let slug = "de2-vpn-example";
    let records = [
        (slug, "01T00:00:00", "https://de2.vpn.example", "up", "200"),
        (slug, "02T00:00:00", "https://de2.vpn.example", "down", "0"),
        (slug, "02T06:00:00", "https://de1.vpn.example", "up", "200"),
        (slug, "03T00:00:00", "https://de1.vpn.example", "up", "200"),
    ];
    let analysis = analyse(source(CONFIG, &records));
    let history = &analysis.targets[0];
    assert!(history.findings.iter().any(|f| f.code == Code::NameOfAnotherHost), "{:?}", history.findings);
    let changed = history.findings.iter().find(|f| f.code == Code::UrlChanged).expect("a finding");
    assert_eq!(
        changed.detail,
        "until 2026-09-02T06:00:00.000Z measured at https://de2.vpn.example, now at https://de1.vpn.example"
    );
    let asked: Vec<String> = rounds::rounds(&analysis).into_iter().map(|round| round.target).collect();
    let is_of = |n: usize, host: &str| asked[n].starts_with(&format!("https://{host}.vpn.example/"));
    assert!(is_of(0, "de2") && is_of(1, "de2") && is_of(2, "de1") && is_of(3, "de1"), "{asked:?}");
}

#[test]
fn what_was_down_before_the_url_changed_has_no_end() {
    let slug = "de2-vpn-example";
    let records = |last: &'static str| {
        [
            (slug, "01T00:00:00", "https://de2.vpn.example", "up", "200"),
            (slug, "02T00:00:00", "https://de2.vpn.example", "down", "0"),
            (slug, "02T06:00:00", "https://de1.vpn.example", last, if last == "up" { "200" } else { "0" }),
            (slug, "03T00:00:00", "https://de1.vpn.example", "up", "200"),
        ]
    };
    let ends = |last| -> Vec<bool> {
        let analysis = analyse(source(CONFIG, &records(last)));
        analysis.targets[0].incidents.iter().map(|incident| incident.ended.is_some()).collect()
    };
    assert_eq!(ends("up"), [false]);
    // The other place was down too, and that is another outage.
    assert_eq!(ends("down"), [false, true]);
}

#[test]
fn a_bare_host_keeps_the_port_of_its_check() {
    let config = "sites: [{name: Mail, url: new.example, check: tcp-ping, port: 25}]";
    let records = [
        ("mail", "01T00:00:00", "old.example", "up", "200"),
        ("mail", "02T00:00:00", "new.example", "up", "200"),
        ("mail", "02T01:00:00", "new.example/", "up", "200"),
    ];
    let analysis = analyse(source(config, &records));
    let asked: Vec<String> = rounds::rounds(&analysis).into_iter().map(|round| round.target).collect();
    assert_eq!(asked, ["tcp://old.example:25", "tcp://new.example:25", "tcp://new.example:25"]);
}

#[test]
fn the_configuration_explains_first() {
    let config = "sites: [{name: T, url: a.example/public/x, port: 80, check: tcp-ping, ipv6: true}]";
    let records: Vec<_> =
        ["01T00:00:00", "02T00:00:00"].map(|at| ("t", at, "a.example/public/x", "down", "0")).to_vec();
    let analysis = analyse(source(config, &records));
    let found = &analysis.targets[0].findings;
    assert_eq!(found[0].code, Code::OnlyDown, "{found:?}");
    let never = found.iter().find(|f| f.code == Code::NeverObservedUp).expect("a finding");
    assert!(
        never.detail.starts_with("by the configuration it can only be down: the whole text is asked of DNS"),
        "{never:?}"
    );
    assert!(!never.detail.contains("hosted runners"), "{never:?}");
}

#[test]
fn no_answer_is_not_up() {
    let config = "sites: [{name: A, url: 'https://a.example', expectedStatusCodes: [200, 0]}]";
    let records =
        [("a", "01T00:00:00", "https://a.example", "up", "200"), ("a", "02T00:00:00", "https://a.example", "up", "0")];
    let analysis = analyse(source(config, &records));
    let codes: Vec<Code> = analysis.targets[0].findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, [Code::NoAnswerExpected, Code::NoAnswerExpected], "what it says, and what was recorded by it");
    let causes: Vec<_> = rounds::rounds(&analysis).iter().map(|round| round.ipv4.cause).collect();
    assert!(causes[0].is_none() && causes[1].is_some(), "{causes:?}");
}

#[test]
fn a_history_under_a_name_of_other_letters_is_its_sites() {
    let config = "sites: [{name: 日本語, url: a.example, check: tcp-ping, port: 22, ipv6: no}]";
    let analysis = analyse(source(config, &[("日本語", "01T00:00:00", "a.example", "up", "200")]));
    assert_eq!(analysis.targets.len(), 1);
    let history = &analysis.targets[0];
    assert_eq!((history.name.as_str(), history.endpoint.as_deref()), ("日本語", Some("tcp://a.example:22")));
    assert_eq!(history.measured.family, dualwatch_core::measure::family::Family::Ipv6);
}
