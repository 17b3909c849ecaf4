//! `dualwatch import upptime` as people and scripts meet it: text, JSON, rounds, exit codes.

use dualwatch_wire::v1;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const CONFIG: &str = "\
owner: a
clinet: x
sites:
  - name: Shop
    url: https://shop.example
  - name: Mail (IPv6)
    url: mail.example
    check: tcp-ping
    port: 25
  - name: IPv6 test
    url: six.example
    check: tcp-ping
    port: 25
    ipv6: true
";

const VERSIONS: &str = "\
commit\tcommit_time\tslug\turl\tstatus\tcode\tresponseTime\tlastUpdated\tstartTime
a1\t2026-01-01T00:00:01Z\tshop\thttps://shop.example\tup\t200\t90\t2026-01-01T00:00:00.000Z\t2026-01-01T00:00:00.000Z
a1\t2026-01-01T00:00:01Z\ti-pv6-test\tsix.example\tdown\t0\t0\t2026-01-01T00:00:00.500Z\t2026-01-01T00:00:00.000Z
a1\t2026-01-01T00:00:01Z\tmail-i-pv6\tmail.example\tup\t200\t31\t2026-01-01T00:00:00.800Z\t2026-01-01T00:00:00.000Z
a2\t2026-01-01T06:00:01Z\tshop\thttps://shop.example\tdown\t503\t40\t2026-01-01T06:00:00.000Z\t2026-01-01T00:00:00.000Z
a3\t2026-01-01T06:03:26Z\tshop\thttps://shop.example\tup\t200\t95\t2026-01-01T06:03:25.815Z\t2026-01-01T00:00:00.000Z
a4\tbroken line
a5\t2026-01-02T00:00:01Z\tshop\thttps://shop.example\tdown\t0\t0\t2026-01-02T00:00:00.000Z\t2026-01-01T00:00:00.000Z
";

const TEXT: &str = "\
Shop (shop)
  https://shop.example · IPv4 · 4 records from 2026-01-01 00:00:00 to 2026-01-02 00:00:00 UTC · up 99.41 % of the time observed, down 8 minutes 26 seconds
    2026-01-01 06:00:00 → 06:03:25 UTC  Shop was down over IPv4 for 4 minutes 13 seconds ± 4 minutes 13 seconds: \
unexpected HTTP status 503
    2026-01-02 00:00:00 UTC → not over in its last record, of 2026-01-02 00:00:00 UTC  Shop was down over IPv4 for an \
unknown time: no connection came about

Mail (IPv6) (mail-i-pv6)
  mail.example · IPv4 · 1 record of 2026-01-01 00:00:00 UTC
  ! The name says IPv6, and what was measured is IPv4. [named_ipv6_probes_ipv4]
    .upptimerc.yml:6:11: the name `Mail (IPv6)` says IPv6, but Upptime measures it without `ipv6: true`; what
    Upptime shows for it is not about IPv6; here both families are measured

IPv6 test (i-pv6-test)
  six.example · IPv6 · 1 record of 2026-01-01 00:00:00 UTC
  ! It was never seen up, so this is no outage: suspect the place that measures, or the configuration. \
[never_observed_up]
    expected at least one record that says up; the only record, of 2026-01-01T00:00:00.500Z, says down (code 0); it
    is measured over IPv6, which GitHub's hosted runners do not have (actions/runner#3138)

All sites together
  ! The configuration has a key that Upptime does not know and ignores. [unknown_key]
    .upptimerc.yml:2:1: Upptime does not know `clinet`; it has no effect, neither in Upptime nor here
  ! Something in the history could not be read. [record_unreadable]
    history-versions.tsv:7: 2 columns, not 9: `a4\\tbroken line`

3 sites, 6 records, 2 outages, 1 site never seen up; last record 2026-01-02 00:00:00 UTC; \
measured about every 5 minutes
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(".upptimerc.yml"), CONFIG).expect("written");
    fs::write(folder.path().join("history-versions.tsv"), VERSIONS).expect("written");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dualwatch"))
        .args(["import", "upptime"])
        .arg(folder)
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn stdout(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

#[test]
fn text_reads_well() {
    assert_eq!(stdout(&run(folder().path(), &[])), TEXT);
}

#[test]
fn the_clock_of_a_zone_stands_behind_utc() {
    let text = stdout(&run(folder().path(), &["--timezone", "Europe/Berlin"]));
    for expected in [
        "2026-01-01 06:00:00 → 06:03:25 UTC (07:00:00 → 07:03:25 in Berlin)  Shop was down",
        "from 2026-01-01 00:00:00 to 2026-01-02 00:00:00 UTC (01:00:00 to 2026-01-02 01:00:00 in Berlin) ·",
        "2026-01-02 00:00:00 UTC (01:00:00 in Berlin) → not over in its last record, of 2026-01-02 00:00:00 UTC (01:00:00 \
         in Berlin)",
        "last record 2026-01-02 00:00:00 UTC (01:00:00 in Berlin);",
    ] {
        assert!(text.contains(expected), "{expected}:\n{text}");
    }
    // Nothing else is another.
    let told: Vec<&str> =
        text.split(" (0").map(|part| part.split_once("Berlin)").map_or(part, |(_, rest)| rest)).collect();
    assert_eq!(told.concat(), TEXT);
    let refused = run(folder().path(), &["--timezone", "Europe/Berlim"]);
    let error = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{error}");
    assert!(error.contains("there is no time zone `Europe/Berlim`"), "{error}");
}

#[test]
fn json_has_every_incident() {
    let text = stdout(&run(folder().path(), &["--json"]));
    let document: v1::import::Import = serde_json::from_str(&text).expect("the document");
    assert_eq!((document.version, document.targets.len()), (1, 3));
    let shop = &document.targets[0];
    assert_eq!(shop.incidents.iter().map(|i| i.duration_s).collect::<Vec<_>>(), [Some(206), None]);
    assert_eq!(shop.incidents.iter().map(|i| i.code).collect::<Vec<_>>(), [Some(503), Some(0)]);
    let codes = |list: &[v1::import::Finding]| list.iter().map(|f| f.code.clone()).collect::<Vec<_>>();
    assert_eq!(codes(&document.targets[1].findings), ["named_ipv6_probes_ipv4"]);
    assert_eq!(codes(&document.targets[2].findings), ["never_observed_up"]);
    assert_eq!(codes(&document.findings), ["unknown_key", "record_unreadable"]);
}

#[test]
fn rounds_are_those_of_check() {
    let text = stdout(&run(folder().path(), &["--rounds"]));
    let rounds: Vec<v1::Round> = text.lines().map(|line| serde_json::from_str(line).expect("a round")).collect();
    assert_eq!(rounds.len(), 6);
    assert!(rounds.is_sorted_by_key(|round| round.started_at));
    let targets: Vec<&str> = rounds.iter().take(3).map(|round| round.target.as_str()).collect();
    assert_eq!(targets, ["https://shop.example/", "tcp://six.example:25", "tcp://mail.example:25"]);
}

#[test]
fn versions_may_come_from_elsewhere() {
    let folder = folder();
    let elsewhere = folder.path().join("elsewhere.tsv");
    fs::write(&elsewhere, VERSIONS.lines().take(2).collect::<Vec<_>>().join("\n")).expect("written");
    let output = run(folder.path(), &["--json", "--versions", elsewhere.to_str().expect("UTF-8")]);
    let document: v1::import::Import = serde_json::from_str(&stdout(&output)).expect("the document");
    assert!(document.targets.iter().all(|target| target.incidents.is_empty()));
}

#[test]
fn what_cannot_be_read_is_said() {
    let check = |output: &Output, part: &str| {
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains(part), "{error}");
    };
    let empty = tempfile::tempdir().expect("a folder");
    check(&run(empty.path(), &[]), "failed to find `.upptimerc.yml` or `history/` in ");
    check(&run(&empty.path().join("missing"), &[]), "failed to read ");
    check(&run(empty.path(), &["--json", "--rounds"]), "cannot be used with");
    let folder = folder();
    let versions = folder.path().join("versions.tsv");
    for (text, seen) in [("", "no column `slug`; "), ("foo\tbar\n", "no column `slug` in `foo\\tbar`; ")] {
        fs::write(&versions, text).expect("written");
        let output = run(folder.path(), &["--versions", versions.to_str().expect("UTF-8")]);
        check(&output, &format!("versions.tsv:1:1: {seen}expected a first line with commit, "));
    }
}

/// A folder with one site and the records (URL, status, code, time) of its slug.
fn moved(slug: &str, config: &str, records: &[(&str, &str, &str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(".upptimerc.yml"), config).expect("written");
    let mut versions =
        "commit\tcommit_time\tslug\turl\tstatus\tcode\tresponseTime\tlastUpdated\tstartTime\n".to_owned();
    for (i, (url, status, code, at)) in records.iter().enumerate() {
        let line = format!("a{i}\t{at}\t{slug}\t{url}\t{status}\t{code}\t90\t{at}\t2026-08-01T00:00:00.000Z\n");
        versions.push_str(&line);
    }
    fs::write(folder.path().join("history-versions.tsv"), versions).expect("written");
    folder
}

#[test]
fn an_outage_is_of_the_url_that_was_measured_then() {
    let folder = moved(
        "de2-vpn-example",
        "owner: o\nrepo: r\nsites:\n  - {name: de1.vpn.example, url: https://de1.vpn.example}\n  - {name: de2.vpn.example, \
         url: https://de1.vpn.example}\n",
        &[
            ("https://de2.vpn.example", "up", "200", "2026-09-01T00:00:00.000Z"),
            ("https://de2.vpn.example", "down", "0", "2026-09-02T00:00:00.000Z"),
            ("https://de1.vpn.example", "up", "200", "2026-09-02T06:00:00.000Z"),
            ("https://de1.vpn.example", "up", "200", "2026-09-03T00:00:00.000Z"),
        ],
    );
    let text = stdout(&run(folder.path(), &[]));
    for expected in [
        // The last record of this URL, and not the last of all, which is of another one.
        "2026-09-02 00:00:00 UTC → not over in the last record of its URL, of 2026-09-02 00:00:00 UTC  de2.vpn.example was \
         down over IPv4 for an unknown time: no connection came about (measured at https://de2.vpn.example/)",
        "until 2026-09-02T06:00:00.000Z measured at https://de2.vpn.example, now at https://de1.vpn.example",
        "neither a recovery nor an outage",
        "[name_of_another_host]",
    ] {
        assert!(text.contains(expected), "{expected}:\n{text}");
    }
    let rounds = stdout(&run(folder.path(), &["--rounds"]));
    let urls: Vec<String> = (rounds.lines())
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["target"].to_string())
        .collect();
    assert!(urls[..2].iter().all(|url| url == "\"https://de2.vpn.example/\""), "{urls:?}");
    assert!(urls[2..].iter().all(|url| url.starts_with("\"https://de1.vpn.example/")), "{urls:?}");
}

#[test]
fn no_path_recovers_by_being_asked_no_more() {
    let folder = moved(
        "q",
        "owner: o\nrepo: r\nsites:\n  - {name: q, url: http://q.example/new}\n",
        &[
            ("http://q.example/old", "up", "200", "2026-09-01T00:00:00.000Z"),
            ("http://q.example/old", "down", "404", "2026-09-02T00:00:00.000Z"),
            ("http://q.example/old", "down", "404", "2026-09-02T03:00:00.000Z"),
            ("http://q.example/new", "up", "200", "2026-09-02T05:00:00.000Z"),
        ],
    );
    let text = stdout(&run(folder.path(), &[]));
    let expected = "2026-09-02 00:00:00 UTC → not over in the last record of its URL, of 2026-09-02 03:00:00 UTC";
    assert!(text.contains(expected) && text.contains("(measured at http://q.example/old)"), "{text}");
    // What is not over in the last record of all is told as before.
    let folder = moved(
        "q",
        "owner: o\nrepo: r\nsites:\n  - {name: q, url: http://q.example/new}\n",
        &[
            ("http://q.example/old", "up", "200", "2026-09-01T00:00:00.000Z"),
            ("http://q.example/new", "up", "200", "2026-09-02T00:00:00.000Z"),
            ("http://q.example/new", "down", "404", "2026-09-02T05:00:00.000Z"),
        ],
    );
    let text = stdout(&run(folder.path(), &[]));
    assert!(text.contains("not over in its last record, of 2026-09-02 05:00:00 UTC"), "{text}");
}
