//! `dualwatch replay` as people and scripts meet it: what it prints of scenarios, mistakes with their place, exit codes.
//!
//! `DUALWATCH_BLESS=1` writes what is printed into `tests/golden`, to be read before it is committed.

use dualwatch_tests::{
    program::program,
    scenario::{named, ndjson},
};
use serde_json::Value;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// Runs `dualwatch replay` with these arguments and this standard input.
fn replay(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(program())
        .arg("replay")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_owned();
    // It may end before it has read everything; a thread, so that neither waits for the other.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    let _ = writer.join();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Compares with a file of `tests/golden`, or writes it.
fn check_golden(file: &str, found: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(file);
    if std::env::var_os("DUALWATCH_BLESS").is_some_and(|v| v == "1") {
        std::fs::write(&path, found).expect("written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let at = expected.lines().zip(found.lines()).position(|(a, b)| a != b);
    let line = at.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    assert!(
        expected == found,
        "tests/golden/{file}:{}: not as printed now (DUALWATCH_BLESS=1 writes it)\n  expected: {}\n  found:    {}\n{found}",
        line + 1,
        expected.lines().nth(line).unwrap_or("(nothing more)"),
        found.lines().nth(line).unwrap_or("(nothing more)"),
    );
}

/// The scenario, and the file that holds what is printed of it.
const GOLDEN: &[(&str, &str)] = &[
    ("the founding outage", "founding-outage.txt"),
    ("the twin of the founding outage", "founding-twin.txt"),
    ("joined and parted", "joined-and-parted.txt"),
    ("flapping", "flapping.txt"),
    ("the certificate expired", "certificate-expired.txt"),
    ("path MTU", "path-mtu.txt"),
    ("the TTL was lowered, then the address changed", "address-changed.txt"),
    ("the machine is off", "both-down.txt"),
    ("withdrawn", "withdrawn.txt"),
    ("two incidents on one day", "two-incidents.txt"),
    ("blind in the middle of the outage", "blind-spell.txt"),
    ("down at the first look", "first-look.txt"),
    ("every other round for an hour", "unstable.txt"),
    ("it becomes down, and unstable again", "unstable-and-down.txt"),
    ("two certificates behind one address, one of which has run out", "two-certificates.txt"),
];

#[test]
fn a_replay_reads_as_it_was_read_before() {
    for (name, file) in GOLDEN {
        let output = replay(&["-"], &ndjson(&named(name)));
        assert_eq!(output.status.code(), Some(0), "{name}: {}", text(&output.stderr));
        check_golden(file, &text(&output.stdout));
    }
}

#[test]
fn the_json_has_the_pinned_form() {
    let output = replay(&["-", "--json"], &ndjson(&named("joined and parted")));
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    check_golden("joined-and-parted.json", &format!("{}\n", serde_json::to_string_pretty(&document).expect("JSON")));
}

/// The keys of an object, sorted.
fn keys(value: &Value) -> String {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys.join(" ")
}

#[test]
fn the_json_has_exactly_the_keys_of_the_contract() {
    let output = replay(&["-", "--json"], &ndjson(&named("the founding outage")));
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(keys(&document), "targets version");
    assert_eq!(document["version"], 1);
    let target = &document["targets"][0];
    assert_eq!(keys(target), "availability incidents target");
    assert_eq!(target["target"], "https://service.example/");
    assert_eq!(keys(&target["availability"]), "dual_stack ipv4 ipv6");
    for track in ["ipv4", "ipv6", "dual_stack"] {
        assert_eq!(keys(&target["availability"][track]), "down_s observed_s ratio up_s", "{track}");
    }
    assert_eq!(target["availability"]["ipv6"]["down_s"], 648_900);
    assert_eq!(target["availability"]["ipv4"]["ratio"], 1.0);
    let incidents = target["incidents"].as_array().expect("a list");
    assert_eq!(incidents.len(), 1, "one incident");
    let incident = &incidents[0];
    let all = "began causes down_s duration_s ended episodes families flapping id kind report troubled_s";
    assert_eq!(keys(incident), all);
    assert_eq!(incident["families"], serde_json::json!(["ipv6"]));
    assert_eq!(keys(&incident["began"]), "after by");
    assert_eq!(keys(&incident["ended"]), "after by");
    assert_eq!(keys(&incident["duration_s"]), "max min");
    // Seven days, twelve hours and a quarter, within a minute to each side.
    assert_eq!(incident["duration_s"], serde_json::json!({"min": 648_840, "max": 648_960}));
    assert_eq!((&incident["down_s"], &incident["troubled_s"]), (&incident["duration_s"], &incident["duration_s"]));
    assert_eq!(incident["causes"].as_array().map(Vec::len), Some(1));
    assert_eq!(keys(&incident["causes"][0]), "cause family from samples to");
    assert_eq!(incident["causes"][0]["cause"], "tcp.refused");
    assert_eq!(incident["causes"][0]["samples"], 10_815);
    let first = &incident["report"]["hypotheses"][0];
    assert_eq!(first["text"], "no listener or a rejecting firewall on IPv6");
}

#[test]
fn what_is_open_or_unbounded_is_null() {
    let document = |name: &str| -> Value {
        serde_json::from_slice(&replay(&["-", "--json"], &ndjson(&named(name))).stdout).expect("JSON")
    };
    let open = document("down from the first look to the last");
    let incident = &open["targets"][0]["incidents"][0];
    assert!(incident["ended"].is_null() && incident["duration_s"].is_null() && incident["began"]["after"].is_null());
    assert_eq!(open["targets"][0]["availability"]["dual_stack"]["ratio"], 0.0);
    let blind = document("the twin of the founding outage");
    let target = &blind["targets"][0];
    assert_eq!(target["incidents"], serde_json::json!([]));
    assert!(target["availability"]["ipv6"]["ratio"].is_null());
    assert_eq!(target["availability"]["ipv6"]["observed_s"], 0);
}

#[test]
fn bad_lines_are_named_and_the_others_count() {
    let rounds = ndjson(&named("an outage of exactly two rounds"));
    let mut lines: Vec<&str> = rounds.lines().collect();
    lines.insert(3, "");
    lines.insert(4, "{\"version\":1}");
    lines.push("nonsense");
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("rounds.ndjson");
    std::fs::write(&file, lines.join("\n")).expect("written");
    let name = file.to_str().expect("UTF-8");

    let output = replay(&[name], "");
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(errors.contains(&format!("{name}:5:")), "{errors}");
    assert!(errors.contains(&format!("{name}:{}:2: expected", lines.len())), "{errors}");
    assert!(errors.contains("2 lines are none"), "{errors}");
    assert!(text(&output.stdout).contains("service.example was down over IPv6"), "the other rounds count");
}

#[test]
fn where_rounds_are_missing_the_timeline_says_so() {
    // 30 rounds, one a minute; IPv6 is down from 00:05.
    let rounds = ndjson(&named("blind in the middle of the outage"));
    let without = |from: usize, to: usize| -> String {
        let lines = rounds.lines().enumerate().filter(|(minute, _)| !(from..to).contains(minute));
        lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
    };
    let printed = text(&replay(&["-"], &without(8, 24)).stdout);
    let silence = "  2026-11-23 00:08:00 UTC  IPv4 and IPv6 not known: no rounds from 2026-11-23 00:08:00 to 00:24:00 UTC\n  \
                   2026-11-23 00:24:00 UTC  IPv4 up\n  2026-11-23 00:24:00 UTC  IPv6 down: no answer\n";
    assert!(printed.contains(silence), "{printed}");

    // What was not known before is not lost.
    let printed = text(&replay(&["-"], &without(12, 17)).stdout);
    assert!(
        printed.contains("00:12:00 UTC  IPv4 not known: no rounds from 2026-11-23 00:12:00 to 00:17:00"),
        "{printed}"
    );
    // A round less is a minute that nobody saw.
    let printed = text(&replay(&["-"], &without(8, 9)).stdout);
    assert!(printed.contains("not known: no rounds from 2026-11-23 00:08:00 to 00:09:00"), "{printed}");
}

#[test]
fn maintenance_is_in_the_timeline_and_left_out_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = dir.path().join("dualwatch.yml");
    let maintenance = "maintenance:\n\
        \x20 - { title: New router, from: 2026-11-22T23:00:00Z, to: 2026-11-23T00:02:30Z, families: [ipv6] }\n\
        \x20 - { title: Backups, from: 2026-11-23T00:20:00Z, to: 2026-11-23T01:00:00Z, expected: degraded }\n";
    let text_of = format!("targets:\n  - {{ name: S, url: 'https://service.example/' }}\n{maintenance}");
    std::fs::write(&config, text_of).expect("written");
    let rounds = ndjson(&named("blind in the middle of the outage"));
    let output = replay(&["-", "--config", config.to_str().expect("UTF-8")], &rounds);
    let printed = text(&output.stdout);
    for said in [
        "  2026-11-23 00:00:00 UTC  maintenance \"New router\", begun 2026-11-22 23:00:00 UTC: IPv6 may be down until \
         2026-11-23 00:02:30 UTC\n  2026-11-23 00:00:00 UTC  IPv4 up\n",
        "  2026-11-23 00:02:30 UTC  maintenance \"New router\" ends\n",
        "  2026-11-23 00:20:00 UTC  maintenance \"Backups\" begins: IPv4 and IPv6 may be degraded until \
         2026-11-23 01:00:00 UTC\n",
        "  IPv4: 100 % (never down)\n",
        "unobserved for 10 minutes, maintenance for 2 minutes 30 seconds left out)\n",
    ] {
        assert!(printed.contains(said), "{said}\n{printed}{}", text(&output.stderr));
    }
}

#[test]
fn targets_that_fail_together_are_one_event_with_their_own_recoveries() {
    let one = ndjson(&named("an outage of exactly two rounds"));
    let other = one.replace("https://service.example/", "http://service.example/");
    let (one, other) = (one.as_str(), other.as_str());
    let printed = text(&replay(&["-"], &[one, other].concat()).stdout);
    let (_, event) = printed.split_once("\nSimultaneous outages\n").expect("a section");
    assert!(event.starts_with("  2 targets failed together over IPv6 at 2026-11-23 00:05:00 UTC."), "{event}");
    assert!(event.contains("\n    http://service.example/: 2026-11-23 00:05:00 to 00:07:00 UTC\n"), "{event}");

    // Which incident has which name is not for the order of the lines to decide.
    let ids = |rounds: &str, at: usize| -> (Value, Value) {
        let document: Value = serde_json::from_slice(&replay(&["-", "--json"], rounds).stdout).expect("JSON");
        assert_eq!(keys(&document), "events targets version");
        assert_eq!(keys(&document["events"][0]), "began ended incidents text");
        let id = |i: usize| document["targets"][i]["incidents"][0]["id"].clone();
        assert_eq!(document["events"][0]["incidents"].as_array().map(Vec::len), Some(2));
        (id(at), id(1 - at))
    };
    assert_eq!(ids(&[one, other].concat(), 0), ids(&[other, one].concat(), 1));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(program())
        .args(["replay", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(ndjson(&named("an outage of exactly two rounds")).as_bytes()).expect("it reads everything");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

/// As `check` and the page do: only what somebody left out is a design, and only what a name lacks is a record.
#[test]
fn why_nothing_is_measured_over_a_family_is_told() {
    let said = |url: &str, outcome: &str, detail: &str| {
        let sample = |outcome: &str, cause: &str, detail: &str| {
            format!(
                r#"{{"outcome":"{outcome}","cause":{cause},"detail":{detail},"addresses":[],"address":null,"phases_ms":{{}},"http_status":null,"certificate":null}}"#
            )
        };
        let round = |minute: u32| {
            format!(
                r#"{{"version":1,"target":"{url}","started_at":"2026-11-23T00:0{minute}:00.000Z","vantage":{{"name":"here","ipv4":"proven","ipv6":"proven"}},"ipv4":{},"ipv6":{},"dual_stack":{{"family":"ipv4","cost_ms":0.0}}}}"#,
                sample("reached", "null", "null"),
                sample(outcome, r#""dns.nodata""#, detail),
            )
        };
        let printed = replay(&["-"], &[round(0), round(1), round(2)].join("\n"));
        let lines: Vec<String> =
            text(&printed.stdout).lines().filter(|l| l.contains("UTC  IPv6")).map(str::to_owned).collect();
        lines.last().unwrap_or_else(|| panic!("{printed:?}")).clone()
    };
    let (asked, written) = (r#"{"resolver":"9.9.9.9:53"}"#, r#"{"seen":"192.0.2.1"}"#);
    for (url, outcome, detail, expected) in [
        ("https://shop.example/", "skipped", asked, "IPv6 not known: no AAAA record: IPv4 only by design"),
        ("https://shop.example/", "failed", asked, "IPv6 down: no AAAA record"),
        (
            "https://shop.example/",
            "skipped",
            written,
            "IPv6 not known: nothing to measure: the configuration pins IPv4 addresses only",
        ),
        (
            "https://shop.example/",
            "failed",
            written,
            "IPv6 down: nothing to measure: the configuration pins IPv4 addresses only",
        ),
        (
            "https://192.0.2.1/",
            "skipped",
            written,
            "IPv6 not known: nothing to measure: what is measured is an IPv4 address",
        ),
        ("https://192.0.2.1/", "failed", written, "IPv6 down: nothing to measure: what is measured is an IPv4 address"),
    ] {
        let line = said(url, outcome, detail);
        assert!(line.ends_with(expected), "{url} {outcome} {detail}: {line}");
    }
}

#[test]
fn nothing_to_replay_is_said() {
    let empty = replay(&["-"], "\n\n");
    assert_eq!((empty.status.code(), text(&empty.stdout).as_str()), (Some(0), "no rounds\n"));
    let json = replay(&["-", "--json"], "");
    assert_eq!(text(&json.stdout), "{\"version\":1,\"targets\":[]}\n");

    let missing = replay(&["/nowhere/rounds.ndjson"], "");
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("/nowhere/rounds.ndjson"), "{}", text(&missing.stderr));
}

#[test]
fn a_configuration_names_the_target_and_says_how_often_it_is_measured() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = dir.path().join("dualwatch.yml");
    let path = config.to_str().expect("UTF-8");
    let text_of = "targets:\n  - name: The service\n    url: https://service.example/\n    interval: 60s\n";
    std::fs::write(&config, text_of).expect("written");
    let rounds = ndjson(&named("an outage of exactly two rounds"));

    let output = replay(&["-", "--config", path], &rounds);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(printed.contains("# The service was down over IPv6"), "{printed}");
    let json = replay(&["-", "--json", "--config", path], &rounds);
    let document: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let id = document["targets"][0]["incidents"][0]["id"].as_str().expect("an id");
    assert_eq!(id, "the-service-20261123T000500Z");

    assert!(document["targets"][0]["availability"]["ipv6"].get("budget").is_none(), "no objective, no budget");

    // Of the observed time: what is left is below zero exactly where the ratio is below the objective.
    for (slo, is_met) in [("99.9", false), ("50", true)] {
        std::fs::write(&config, format!("slo: {slo}\n{text_of}")).expect("written");
        let json = replay(&["-", "--json", "--config", path], &rounds);
        let document: Value = serde_json::from_slice(&json.stdout).expect("JSON");
        let over = &document["targets"][0]["availability"]["ipv6"];
        let ms = |value: &Value| value.as_f64().expect("seconds") * 1_000.0;
        let objective: f64 = slo.parse().expect("a number");
        let allowed = ms(&over["observed_s"]) * (1.0 - objective / 100.0);
        assert!((ms(&over["budget"]["allowed_s"]) - allowed).abs() < 1.0, "{over}");
        assert_eq!(over["budget"]["spent_s"], over["down_s"]);
        assert_eq!(ms(&over["budget"]["left_s"]) >= 0.0, is_met, "{over}");
        let printed = text(&replay(&["-", "--config", path], &rounds).stdout);
        let said = if is_met { "error budget of 50 %: left " } else { "error budget of 99.9 %: overspent by " };
        assert!(printed.contains(said), "{printed}");
    }

    std::fs::write(&config, "targets:\n  - name: The service\n    colour: red\n").expect("written");
    let bad = replay(&["-", "--config", path], &rounds);
    assert_eq!(bad.status.code(), Some(2));
    assert!(text(&bad.stderr).contains(&format!("{path}:")), "{}", text(&bad.stderr));
}

#[test]
fn the_order_of_lines_and_repeated_lines_mean_nothing() {
    let rounds = ndjson(&named("joined and parted"));
    let mut lines: Vec<&str> = rounds.lines().collect();
    let straight = replay(&["-", "--json"], &rounds).stdout;
    lines.reverse();
    lines.extend_from_within(..20);
    let mixed = replay(&["-", "--json"], &lines.join("\n")).stdout;
    assert_eq!(text(&mixed), text(&straight));
}
