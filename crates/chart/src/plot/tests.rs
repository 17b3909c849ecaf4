//! What a drawing is, to the letter, and that nothing breaks it.

use super::*;
use crate::times;
use dualwatch_core::measure::time::{HOUR, MINUTE, Timestamp};

fn series(values: &[Option<f64>]) -> Vec<Point> {
    let point = |(value, i): (&Option<f64>, i64)| Point { from: i * MINUTE, to: (i + 1) * MINUTE, value: *value };
    values.iter().zip(0..).map(point).collect()
}

fn plot<'a>(lines: &'a [Line<'a>], n: i64) -> Plot<'a> {
    Plot { id: "p", title: "Latency", from: 0, to: n * MINUTE, height: 100, unit: "\u{a0}ms", lines, ..Plot::default() }
}

fn path<'a>(svg: &'a str, class: &str) -> &'a str {
    let after = svg.split(&format!("class=\"{class}\" d=\"")).nth(1).unwrap_or_else(|| panic!("no {class} in {svg}"));
    after.split('"').next().unwrap()
}

fn labels(svg: &str) -> Vec<&str> {
    let texts = svg.split("<text class=\"tick\"").skip(1).filter_map(|part| part.split('>').nth(1));
    texts.map(|text| text.trim_end_matches("</text")).collect()
}

#[test]
fn a_line_is_where_its_numbers_are_and_ends_at_a_gap() {
    let points = series(&[Some(0.0), Some(50.0), None, Some(100.0)]);
    let svg = plot(&[Line { code: "ipv6", points: &points, usual: Some((25.0, 75.0)) }], 4).svg();
    assert_eq!(path(&svg, "line ipv6"), "M125 1000l250-500M875 0h0");
    assert_eq!(labels(&svg), ["0\u{a0}ms", "50\u{a0}ms", "100\u{a0}ms"]);
    assert!(svg.contains("<rect class=\"usual ipv6\" y=\"250\" width=\"1000\" height=\"500\"/>"), "{svg}");
    assert!(svg.contains("height=\"138\"><title id=\"p-title\">Latency</title>"), "{svg}");
}

#[test]
fn little_or_nothing_is_drawn_without_a_number_that_is_none() {
    let constant = series(&[Some(20.0); 5]);
    let odd = series(&[Some(f64::NAN), Some(f64::INFINITY), Some(-0.0), Some(f64::NEG_INFINITY)]);
    for points in [&[][..], &series(&[Some(20.0)]), &series(&[None, None]), &constant, &odd] {
        for usual in [None, Some((20.0, 20.0)), Some((f64::NAN, f64::INFINITY))] {
            let lines = [Line { code: "ipv4", points, usual }];
            for n in [0, 5] {
                let svg = plot(&lines, n).svg();
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
                assert!(svg.ends_with("</svg>") && labels(&svg).len() >= 3, "{svg}");
            }
        }
    }
    let lines = [Line { code: "ipv4", points: &constant, usual: None }];
    let svg = plot(&lines, 5).svg();
    assert_eq!(path(&svg, "line ipv4"), "M100 0l200 0l200 0l200 0l200 0");
    assert_eq!(labels(&svg), ["0\u{a0}ms", "5\u{a0}ms", "10\u{a0}ms", "15\u{a0}ms", "20\u{a0}ms"]);
    let svg = Plot { point: Some(','), ..plot(&[], 5) }.svg();
    assert_eq!(labels(&svg), ["0,0\u{a0}ms", "0,5\u{a0}ms", "1,0\u{a0}ms"], "nothing at all");
}

#[test]
fn below_zero_is_below_zero() {
    let points = series(&[Some(-10.0), Some(10.0)]);
    let svg = plot(&[Line { code: "difference", points: &points, usual: None }], 2).svg();
    assert_eq!(path(&svg, "line difference"), "M250 1000l500-1000");
    assert_eq!(labels(&svg)[0], "\u{2212}10\u{a0}ms");
    assert!(svg.contains("<line class=\"zero\" x2=\"100%\" y1=\"68\" y2=\"68\"/>"), "{svg}");
}

#[test]
fn every_state_has_a_shape_and_maintenance_is_hatched() {
    let spell = |from, to, state| Spell { from: from * MINUTE, to: to * MINUTE, state };
    let ipv4 = [spell(0, 10, State::Up), spell(10, 20, State::Maintenance), spell(20, 40, State::Up)];
    let ipv6 = [spell(0, 10, State::Down), spell(20, 30, State::Degraded)];
    let lanes = [Lane { label: "IPv4", spells: &ipv4 }, Lane { label: "IPv6", spells: &ipv6 }];
    let svg = Plot { lanes: &lanes, ..plot(&[], 40) }.svg();
    assert_eq!(path(&svg, "is-down"), "M0 0h250v100h-250z");
    assert_eq!(path(&svg, "is-degraded"), "M500 50h250v50h-250z", "half as high");
    assert_eq!(path(&svg, "was-down"), "M0 0h250v1000h-250z");
    assert!(svg.contains("<rect x=\"25%\" width=\"25%\" y=\"18\" height=\"100\" fill=\"url(#p-hatch)\"/>"), "{svg}");
    assert!(svg.contains("height=\"194\""), "{svg}");
}

#[test]
fn text_of_others_stays_text() {
    let hostile = "</title><script>alert(1)</script>\"'&\u{1}\u{202e}";
    let marks = [Mark { at: MINUTE, label: hostile, text: hostile }];
    let lanes = [Lane { label: hostile, spells: &[] }];
    let ticks = [times::Tick { at: MINUTE, label: hostile.to_owned(), is_fine: true }];
    let plot = Plot {
        title: hostile,
        description: hostile,
        unit: hostile,
        marks: &marks,
        lanes: &lanes,
        ticks: &ticks,
        ..plot(&[], 4)
    };
    let svg = plot.svg();
    assert!(!svg.contains("<script") && !svg.contains('\u{1}') && !svg.contains(" style="), "{svg}");
    assert_eq!(svg.matches("</title>").count(), 2, "that of the drawing and that of the mark: {svg}");
}

/// A week of five-minute sums of two families, up and down in turns, is no larger than promised; a usual day is small.
#[test]
fn a_drawing_is_bounded() {
    let worst: Vec<Point> = (0..20_000)
        .map(|i| Point { from: i * MINUTE, to: (i + 1) * MINUTE, value: Some((i * 7_919 % 1_000) as f64) })
        .collect();
    let spells: Vec<Spell> = (0..20_000)
        .map(|i| Spell { from: i * MINUTE, to: (i + 1) * MINUTE, state: State::ALL[(i / 50 % 4) as usize] })
        .collect();
    let of_family = |code| Line { code, points: &worst, usual: None };
    let seen_over = |label| Lane { label, spells: &spells };
    let (lines, rows) = ([of_family("ipv4"), of_family("ipv6")], [seen_over("IPv4"), seen_over("IPv6")]);
    let svg = Plot { lanes: &rows, ..plot(&lines, 20_000) }.svg();
    assert!(svg.len() < 40_000, "{}", svg.len());

    let day: Vec<Point> = (0..144)
        .map(|i| Point {
            from: i * 10 * MINUTE,
            to: (i + 1) * 10 * MINUTE,
            value: Some(40.0 + (i * 31 % 17) as f64 / 3.0),
        })
        .collect();
    let up = [Spell { from: 0, to: 24 * HOUR, state: State::Up }];
    let of_family = |code| Line { code, points: &day, usual: Some((38.0, 47.0)) };
    let seen_over = |label| Lane { label, spells: &up };
    let (lines, rows) = ([of_family("ipv4"), of_family("ipv6")], [seen_over("IPv4"), seen_over("IPv6")]);
    let ticks = times::ticks(Timestamp::from_unix_ms(0), Timestamp::from_unix_ms(24 * HOUR), None);
    let svg = Plot { lanes: &rows, ticks: &ticks, to: 24 * HOUR, ..plot(&lines, 0) }.svg();
    assert!(svg.len() < 6_000, "{}", svg.len());
}
