//! What a reader gets of charts: every figure once drawn, once told.

use super::*;
use crate::samples::NOW;
use dualwatch_core::measure::time::{HOUR, MINUTE};
use dualwatch_wire::{
    answer::language::Spoken,
    seconds::Seconds,
    v1::{
        chart::{ChartStep, FamilyStep, Grain},
        history::BucketTimes,
    },
};

fn still(language: Language) -> Still {
    Still { spoken: Spoken { language, is_chosen: language != Language::En }, path: None, now: NOW, live: None }
}

fn step(up: i64, down: i64, total: Option<f64>) -> FamilyStep {
    let s = Seconds::from_ms;
    let times = BucketTimes { up_s: s(up), down_s: s(down), ..BucketTimes::default() };
    FamilyStep { times, medians: [Some(1.5), total.map(|ms| ms / 2.0), None, total, total] }
}

/// A day: IPv6 is 12 ms slower, down in one step, and nobody looked for two hours.
fn day() -> ChartSums {
    let grain = Grain { size: dualwatch_core::remember::rollup::bucket::Size::FiveMinutes, step_ms: 10 * MINUTE };
    let window = grain.window(Period::Day, NOW);
    let steps = (0..144).filter(|i| !(30..42).contains(i)).map(|i| {
        let from = window.from + i * 10 * MINUTE;
        let passed = NOW.ms_since(from).min(10 * MINUTE);
        let ipv6 = if i == 100 { step(7 * MINUTE, 3 * MINUTE, None) } else { step(passed, 0, Some(52.0)) };
        ChartStep { from, ipv4: step(passed, 0, Some(40.5)), ipv6 }
    });
    let usual = Usual { p10_ms: 38.0, p90_ms: 44.0, days: 30 };
    ChartSums {
        from: window.from,
        to: window.to,
        step_ms: grain.step_ms,
        usual: PerFamily { ipv4: Some(usual), ipv6: None },
        steps: steps.collect(),
    }
}

fn drawn(sums: &ChartSums, language: Language, marks: &[Noted]) -> String {
    let charts = Charts { range: Period::Day, sums, year: &year(), zone: None, marks, ends: &[] };
    parts(&charts, "shop", &still(language)).replace('\u{a0}', " ")
}

fn year() -> ChartSums {
    let to = NOW;
    let today = to - to.unix_ms().rem_euclid(DAY);
    let from = today - 364 * DAY;
    let steps = (300..365).map(|i| {
        let from = from + i * DAY;
        let passed = to.ms_since(from).min(DAY);
        let down = if i == 310 { HOUR } else { 0 };
        ChartStep { from, ipv4: step(passed, 0, Some(40.0)), ipv6: step(passed - down, down, Some(40.0)) }
    });
    let steps = steps.collect();
    ChartSums { from, to, step_ms: DAY, usual: PerFamily::default(), steps }
}

#[test]
fn every_figure_is_told_beside_the_drawing() {
    let html = drawn(&day(), Language::En, &[]);
    // The newest first; a step of which nothing is known is in no row of its own.
    let rows: Vec<&str> = html.split("<tr data-x=").skip(1).collect();
    assert_eq!(rows.len(), 132);
    assert!(
        rows[0]
            .contains("<th scope=\"row\">2026-11-23 10:10:00 UTC</th><td>40.5 ms</td><td>52 ms</td><td>+11.5 ms</td>"),
        "{}",
        rows[0]
    );
    assert!(html.contains("<td>40.5 ms</td><td>down 3 minutes</td><td></td>"), "{html}");
    assert!(html.contains(" UTC</th><td>not observed</td><td>not observed</td><td></td>"), "{html}");
    assert!(html.contains("IPv4: 40.5 ms to 40.5 ms, usually 38 ms to 44 ms. IPv6: 52 ms to 52 ms."), "{html}");
    assert!(html.contains("IPv6: outages on 1 day, 300 days not observed"), "{html}");
    assert!(html.contains("<th scope=\"row\">2026-10</th>") && html.contains("down 1 hour"), "{html}");
    assert!(
        html.contains("href=\"/targets/shop?range=7d\"")
            && html.contains("href=\"/targets/shop\" aria-current=\"page\""),
        "{html}"
    );
    assert!(!html.contains("NaN") && !html.contains(" style="), "{html}");
    // Two gaps: where nobody looked, and where IPv6 was down.
    let path = |class: &str| {
        html.split(&format!("class=\"{class}\" d=\"")).nth(2).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!((path("line ipv4").matches('M').count(), path("line ipv6").matches('M').count()), (2, 3));
}

#[test]
fn ids_are_there_once_and_drawings_are_named() {
    let html = drawn(&day(), Language::De, &[]);
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|part| part.split('"').next()).collect();
    let n = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), n, "{ids:?}");
    assert!(html.contains("Latenz, 24 Stunden") && html.contains("40,5 ms"), "{html}");
    assert_eq!(html.matches("role=\"img\"").count(), 1 + 1 + 3 + 2, "latency, difference, three phases, two years");
}

#[test]
fn nothing_known_says_so() {
    let none = ChartSums { steps: Vec::new(), usual: PerFamily::default(), ..day() };
    let html = drawn(&none, Language::En, &[]);
    assert!(html.contains("Nothing has answered in this time") && !html.contains("chart-difference"), "{html}");
}

#[test]
fn what_is_marked_is_told() {
    let hostile = "<script>alert(1)</script>".to_owned();
    let html = drawn(&day(), Language::En, &[Noted { at: NOW - HOUR, text: hostile }]);
    assert!(!html.contains("<script") && html.contains("<li>&lt;script&gt;"), "{html}");
    assert!(html.contains("<text y=\"10\">1</text>"), "{html}");
}

/// What charts add to a page, in bytes: whoever changes them sees it here.
#[test]
fn charts_are_small() {
    let html = drawn(&day(), Language::En, &[]);
    assert!(html.len() < 90_000, "{}", html.len());
}
