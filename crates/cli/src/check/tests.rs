//! The forms of a check, from rounds that are written here.

use super::{junit, markdown, tap};
use dualwatch_core::measure::{
    cause::Cause,
    family::PerFamily,
    round::{DualStack, Round, Vantage},
    sample::Sample,
    time::Timestamp,
    vantage::Standing,
};

pub fn reached(total_ms: f64) -> Sample {
    let mut sample = Sample::reached();
    sample.phases.total = Some(total_ms);
    sample.address = "192.0.2.1".parse().ok();
    sample
}

pub fn failed(cause: Cause) -> Sample {
    Sample::failed(cause)
}

pub fn round(target: &str, ipv4: Sample, ipv6: Sample) -> Round {
    Round {
        target: target.to_owned(),
        started_at: Timestamp::from_unix_ms(1_795_428_711_042),
        vantage: Vantage {
            name: "here".to_owned(),
            standing: PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven },
            silent_controls: Vec::new(),
        },
        samples: PerFamily { ipv4, ipv6 },
        dual_stack: DualStack::default(),
    }
}

const HOSTILE: &str = "https://a.example/#\"><b>&|x\u{1b}[31m";

fn rounds() -> [Round; 2] {
    let absent = Sample::skipped(Some(Cause::DnsNodata));
    [
        round(HOSTILE, reached(44.0), failed(Cause::TcpRefused)),
        round("https://b.example/", failed(Cause::VantageNoFamily), absent),
    ]
}

#[test]
fn junit_counts_failures_errors_and_what_is_skipped() {
    let text = junit::print(&rounds());
    for expected in [
        "<testsuites name=\"dualwatch\" tests=\"4\" failures=\"1\" errors=\"1\"",
        "skipped=\"1\"",
        "timestamp=\"2026-11-23T10:11:51\"",
        "name=\"IPv4\" time=\"0.044\"></testcase>",
        "<failure type=\"tcp.refused\"",
        "<error type=\"vantage.no_family\"",
        "<skipped message=",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("<b>") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn tap_has_a_plan_points_and_reasons() {
    let text = tap::print(&rounds());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(&lines[..2], ["TAP version 14", "1..4"]);
    assert!(lines[2].starts_with("ok 1 - https://a.example/\\#"), "{}", lines[2]);
    assert!(lines[3].starts_with("not ok 2 - ") && lines[3].ends_with(" over IPv6"), "{}", lines[3]);
    assert_eq!(lines.iter().filter(|line| **line == "  ---").count(), 2);
    assert!(text.contains("  cause: \"tcp.refused\"\n  ...\n") && text.contains("severity: not measured"), "{text}");
    assert!(lines.last().unwrap().contains(" # SKIP "), "{text}");
}

#[test]
fn markdown_is_a_table_and_no_markup_of_others() {
    let text = markdown::print(&rounds());
    assert!(text.contains("| IPv6 | **failed** | IPv6: "), "{text}");
    assert!(text.contains("| IPv4 | not measured |") && text.contains("| IPv6 | not offered |"), "{text}");
    assert!(text.contains("Measured from here at 2026-11-23T10:11:51.042Z."), "{text}");
    assert!(!text.contains("<b>") && !text.contains('\u{1b}'), "{text}");
}
