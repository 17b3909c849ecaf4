//! What scenario files say, and where their mistakes are.

use super::*;
use dualwatch_core::measure::{cause::Cause, sample::Outcome};

fn parsed(head: &str, timeline: &str) -> Result<Scenario, Mistake> {
    let text = format!("[[scenario]]\nname = 'a'\nwhy = 'b'\n{head}\ntimeline = '''\n{timeline}\n'''\n");
    parse(&text, "f.toml").map(|mut s| s.remove(0))
}

/// Expects the rounds as `arrival/beginning vantage IPv4 IPv6`.
fn check(head: &str, timeline: &str, expected: &[&str]) {
    let scenario = parsed(head, timeline).unwrap_or_else(|e| panic!("{e}"));
    let found: Vec<String> = (scenario.deliveries.iter())
        .map(|Delivery { round, at }| {
            let word = |s: &dualwatch_core::measure::sample::Sample| match (s.outcome, s.cause) {
                (Outcome::Reached, None) => "ok".to_owned(),
                (_, cause) => cause.map_or("off".to_owned(), |c| c.code().to_owned()),
            };
            let (ipv4, ipv6) = (word(&round.samples.ipv4), word(&round.samples.ipv6));
            let vantage = &round.vantage.name;
            format!("{}/{} {vantage} {ipv4} {ipv6}", time_text(*at), time_text(round.started_at))
        })
        .collect();
    assert_eq!(found, expected, "{timeline}");
}

#[test]
fn rounds_follow_each_other() {
    check(
        "",
        "x2 46:ok\ngap 10m\n4:ok 6:none",
        &["00:00:00/00:00:00 edge ok ok", "00:01:00/00:01:00 edge ok ok", "00:12:00/00:12:00 edge ok dns.nodata"],
    );
    check(
        "interval = '1h'",
        "1d02:30 until 1d03:31 46:tcp.refused",
        &["1d02:30:00/1d02:30:00 edge tcp.refused tcp.refused", "1d03:30:00/1d03:30:00 edge tcp.refused tcp.refused"],
    );
    check(
        "",
        "repeat 2\nevery 5s 46:ok\n46:slow\nend",
        &[
            "00:00:00/00:00:00 edge ok ok",
            "00:00:05/00:00:05 edge slow slow",
            "00:01:05/00:01:05 edge ok ok",
            "00:01:10/00:01:10 edge slow slow",
        ],
    );
}

#[test]
fn rounds_arrive_late_twice_reversed_and_astray() {
    check(
        "",
        "late 90s 46:slow\nx2 46:ok",
        &["00:01:00/00:01:00 edge ok ok", "00:01:30/00:00:00 edge slow slow", "00:02:00/00:02:00 edge ok ok"],
    );
    check(
        "",
        "x2 reversed 46:ok\nstray 00:00:30 46:off\ntwice 46:ok",
        &[
            "00:02:00/00:01:00 edge ok ok",
            "00:02:00/00:00:00 edge ok ok",
            "00:02:00/00:00:30 edge off off",
            "00:02:00/00:02:00 edge ok ok",
            "00:02:00/00:02:00 edge ok ok",
        ],
    );
}

#[test]
fn several_vantages_begin_at_their_own_time_and_have_proven_what_they_have() {
    let head = "vantages = ['edge', 'berlin +7s 6:no_family', 'tokyo']";
    check(
        head,
        "46:ok | berlin 4:ok 6:tcp.timeout | tokyo 4:ok 6:tcp.refused(offline,refuses)",
        &[
            "00:00:00/00:00:00 edge ok ok",
            "00:00:02/00:00:02 tokyo ok vantage.offline",
            "00:00:07/00:00:07 berlin ok vantage.no_family",
        ],
    );
    let scenario = parsed(head, "berlin 4:ok 6:tcp.timeout").unwrap();
    let sample = &scenario.deliveries[0].round.samples.ipv6;
    assert_eq!(sample.evidence.measured, Some(Cause::TcpTimeout));
}

#[test]
fn brackets_give_details() {
    let text = "4:ok(11ms,192.0.2.7,192.0.2.8,server:nginx) 6:http.status(503,20ms,2001:db8::2)";
    let round = &parsed("", text).unwrap().deliveries[0].round.clone();
    assert_eq!(round.samples.ipv4.latency_ms(), Some(11.0));
    assert_eq!(round.samples.ipv4.addresses.len(), 2);
    assert_eq!(round.samples.ipv4.evidence.server.as_deref(), Some("nginx"));
    let v6 = &round.samples.ipv6;
    assert_eq!((v6.http_status, v6.evidence.elapsed_ms), (Some(503), Some(20.0)));
    assert_eq!(v6.address, "2001:db8::2".parse().ok());
    assert!(v6.phases.connect.is_some() && v6.phases.total.is_none());
}

#[test]
fn mistakes_have_their_line() {
    let check = |head: &str, timeline: &str, expected: &str| {
        let mistake = parsed(head, timeline).expect_err(timeline).to_string();
        assert!(mistake.starts_with(expected), "{mistake}");
    };
    check("", "46:ok\n\n# all is well\n46:nonsense", "f.toml:9: `nonsense` is not a cause");
    check("", "46:ok\n00:00 46:ok", "f.toml:7: this goes back in time: the next round is due at 00:01:00");
    check("", "berlin 46:ok", "f.toml:6: `berlin` is neither");
    check("", "4:ok", "f.toml:6: no sample of IPv6");
    check("", "4:ok 46:ok", "f.toml:6: two samples of IPv4");
    check("", "4:ok(2001:db8::1) 6:ok", "f.toml:6: 2001:db8::1 is no IPv4 address");
    check("", "46:ok(12", "f.toml:6: `ok(12` lacks its closing bracket");
    check("", "46:ok(quick)", "f.toml:6: `quick` says nothing");
    check("", "46:ok(cert:new)", "f.toml:6: there is no [certificate.new]");
    check("", "repeat 2\n46:ok", "f.toml:6: `repeat` without `end`");
    check("", "gap soon", "f.toml:6: `soon` is no duration");
    check("interval = '1 minute'", "46:ok", "f.toml:4: `1 minute` is no duration");
    check("vantages = ['edge', 'a 6:lost']", "46:ok", "f.toml:4: `lost` is no standing");
    check("maintenance = ['00:10 6 down']", "46:ok", "f.toml:4: `00:10` is no span");
    check("colour = 'red'", "46:ok", "f.toml:4: unknown field `colour`");
    check("name = 'c'", "46:ok", "f.toml:4: duplicate key");
    let twice = "[[scenario]]\nname = 'a'\nwhy = ''\ntimeline = ''\n".repeat(2);
    assert!(parse(&twice, "f.toml").unwrap_err().to_string().starts_with("f.toml:5: there are two"));
}

#[test]
fn times_read_as_they_are_written() {
    for text in ["00:00:00", "23:59:59.500", "7d12:15:00"] {
        assert_eq!(time(text).map(time_text).as_deref(), Ok(text));
    }
    for text in ["24:00", "1:00", "00:60", "00:00:00.5", "d00:00", "now", ""] {
        assert!(time(text).is_err(), "{text}");
    }
    assert_eq!(duration("7d12h15m"), Ok(648_900_000));
    assert_eq!(duration("12ms"), Ok(12));
    for text in ["", "12", "m", "1w", "99999999999999999999s"] {
        assert!(duration(text).is_err(), "{text}");
    }
}
