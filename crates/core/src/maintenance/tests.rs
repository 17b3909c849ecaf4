//! Cases of windows, in minutes.

use super::*;
use crate::{cause::Cause, time::MINUTE};
use proptest::prelude::*;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_unix_ms(minute * MINUTE)
}

const BOTH: PerFamily<bool> = PerFamily { ipv4: true, ipv6: true };
const ONLY_V6: PerFamily<bool> = PerFamily { ipv4: false, ipv6: true };

fn window(title: &str, from: i64, to: i64, families: PerFamily<bool>, expected: Expected) -> Window {
    Window { title: title.to_owned(), from: at(from), to: at(to), families, expected }
}

/// `a` 10-20 down, `b` 20-30 down of IPv6, `c` 15-40 degraded, `d` 50-60 down.
fn windows() -> Vec<Window> {
    vec![
        window("a", 10, 20, BOTH, Expected::Down),
        window("b", 20, 30, ONLY_V6, Expected::Down),
        window("c", 15, 40, BOTH, Expected::Degraded),
        window("d", 50, 60, BOTH, Expected::Down),
    ]
}

const BAD: Conclusion = Conclusion::Bad(Cause::TcpTimeout);
const SLOW: Conclusion = Conclusion::Good { degraded: true };

#[test]
fn what_is_excused() {
    let check = |minute, family, conclusion, title: Option<&str>| {
        let windows = windows();
        let found = excuse(&windows, family, at(minute), conclusion).map(|w| w.title.as_str());
        assert_eq!(found, title, "{family} at {minute}: {conclusion:?}");
    };
    check(9, Family::Ipv4, BAD, None);
    check(10, Family::Ipv4, BAD, Some("a"));
    check(10, Family::Ipv4, SLOW, Some("a"));
    check(17, Family::Ipv4, BAD, Some("a"));
    check(20, Family::Ipv4, BAD, None); // announced: degraded; it is down
    check(20, Family::Ipv4, SLOW, Some("c"));
    check(20, Family::Ipv6, BAD, Some("b"));
    check(40, Family::Ipv6, SLOW, None);
    check(10, Family::Ipv4, Conclusion::Good { degraded: false }, None);
    check(10, Family::Ipv4, Conclusion::Blind(Cause::VantageOffline), None);
    check(10, Family::Ipv4, Conclusion::Unpublished(None), None);
}

#[test]
fn an_outage_that_outlasts_its_window_begins_where_the_window_ends() {
    let check = |family, began: (Option<i64>, i64), expected: (Option<i64>, i64)| {
        let found = began_unexcused(&windows(), family, began.0.map(at), at(began.1));
        assert_eq!(found, (expected.0.map(at), at(expected.1)), "{family} {began:?}");
    };
    check(Family::Ipv4, (Some(11), 12), (Some(20), 20));
    check(Family::Ipv6, (Some(11), 12), (Some(30), 30)); // the next window follows without a break
    check(Family::Ipv4, (None, 12), (Some(20), 20));
    check(Family::Ipv4, (Some(9), 12), (Some(20), 20));
    check(Family::Ipv4, (Some(19), 21), (Some(20), 21));
    check(Family::Ipv4, (Some(9), 21), (Some(9), 21)); // blind all the time: it may have begun before the window
    check(Family::Ipv4, (Some(30), 31), (Some(30), 31)); // "degraded" does not excuse down
    check(Family::Ipv4, (None, 45), (None, 45));
}

#[test]
fn time_is_cut_at_the_borders() {
    let windows = windows();
    let shown = |family, from, to| -> String {
        let pieces = pieces(&windows, family, at(from), at(to));
        let piece = |p: &Piece<'_>| {
            let title = p.window.map_or("-", |w| w.title.as_str());
            format!("{title}:{}..{}", p.from.unix_ms() / MINUTE, p.to.unix_ms() / MINUTE)
        };
        pieces.iter().map(piece).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shown(Family::Ipv4, 0, 70), "-:0..10 a:10..20 c:20..40 -:40..50 d:50..60 -:60..70");
    assert_eq!(shown(Family::Ipv6, 12, 35), "a:12..20 b:20..30 c:30..35");
    assert_eq!(shown(Family::Ipv6, 41, 44), "-:41..44");
    assert_eq!(shown(Family::Ipv6, 44, 44), "");
}

#[test]
fn rules_concern_all_targets_or_those_they_name() {
    let when = When::Once { from: at(0), to: at(1) };
    let rule =
        |targets| Rule { title: String::new(), targets, families: BOTH, expected: Expected::Down, when: when.clone() };
    assert!(rule(None).concerns("shop"));
    assert!(rule(Some(vec!["mail".to_owned(), "shop".to_owned()])).concerns("shop"));
    assert!(!rule(Some(vec!["mail".to_owned()])).concerns("shop"));
}

proptest! {
    /// Cutting loses no time, and the bounds stay in order.
    #[test]
    fn pieces_make_the_whole(
        spans in prop::collection::vec((0i64..200, 1i64..60, any::<bool>(), any::<bool>()), 0..8),
        from in 0i64..200, length in 0i64..100, by in 0i64..10,
    ) {
        let windows: Vec<Window> = spans.iter().map(|(begin, minutes, v6_only, down)| {
            let expected = if *down { Expected::Down } else { Expected::Degraded };
            window("w", *begin, begin + minutes, if *v6_only { ONLY_V6 } else { BOTH }, expected)
        }).collect();
        for family in Family::ALL {
            let pieces = pieces(&windows, family, at(from), at(from + length));
            let total: i64 = pieces.iter().map(|p| p.to.ms_since(p.from)).sum();
            prop_assert_eq!(total, length * MINUTE);
            prop_assert!(pieces.windows(2).all(|two| two[0].to == two[1].from));
            for piece in &pieces {
                prop_assert_eq!(covers(&windows, family, piece.to - 1), piece.window);
            }
            let (after, until) = began_unexcused(&windows, family, Some(at(from)), at(from + by));
            prop_assert!(after.is_some_and(|after| after <= until) && until >= at(from + by));
            prop_assert!(excuse(&windows, family, until, BAD).is_none());
        }
    }
}
