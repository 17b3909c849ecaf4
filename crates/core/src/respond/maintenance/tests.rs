//! Cases of windows, in minutes.

use super::*;
use crate::{measure::time::MINUTE, remember::spell::Track};
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

#[test]
fn what_is_taken_out_of_the_reckoning() {
    let check = |minute, expected: [Cover; 3]| {
        let PerTrack { ipv4, ipv6, dual_stack } = cover(&windows(), at(minute));
        assert_eq!([ipv4, ipv6, dual_stack], expected, "at {minute}: IPv4, IPv6, dual-stack client");
    };
    check(9, [Cover::Nothing; 3]);
    check(10, [Cover::All; 3]);
    check(17, [Cover::All; 3]); // the one that excuses most
    check(20, [Cover::Degraded, Cover::All, Cover::Degraded]);
    check(30, [Cover::Degraded; 3]);
    check(40, [Cover::Nothing; 3]);
    check(59, [Cover::All; 3]);
    check(60, [Cover::Nothing; 3]);
}

#[test]
fn a_client_with_both_families_is_covered_where_both_are() {
    let windows = [window("w", 0, 10, ONLY_V6, Expected::Down)];
    let expected = PerTrack { ipv4: Cover::Nothing, ipv6: Cover::All, dual_stack: Cover::Nothing };
    assert_eq!(cover(&windows, at(5)), expected);
}

#[test]
fn being_down_is_excused_until_the_windows_end() {
    let check = |family, minute, expected| {
        assert_eq!(excused_until(&windows(), family, at(minute)), at(expected), "{family} at {minute}");
    };
    check(Family::Ipv4, 9, 9);
    check(Family::Ipv4, 12, 20);
    check(Family::Ipv6, 12, 30); // the next window follows without a break
    check(Family::Ipv4, 20, 20); // "degraded" does not excuse down
    check(Family::Ipv6, 20, 30);
    check(Family::Ipv4, 45, 45);
    check(Family::Ipv4, 50, 60);
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
    #[test]
    fn what_is_excused_is_covered_as_a_whole(
        spans in prop::collection::vec((0i64..200, 1i64..60, any::<bool>(), any::<bool>()), 0..8), from in 0i64..200,
    ) {
        let windows: Vec<Window> = spans.iter().map(|(begin, minutes, v6_only, down)| {
            let expected = if *down { Expected::Down } else { Expected::Degraded };
            window("w", *begin, begin + minutes, if *v6_only { ONLY_V6 } else { BOTH }, expected)
        }).collect();
        for family in Family::ALL {
            let track = Track::from(family);
            let until = excused_until(&windows, family, at(from));
            prop_assert!(until >= at(from));
            prop_assert_ne!(*cover(&windows, until).get(track), Cover::All);
            let is_whole = |minute| *cover(&windows, at(minute)).get(track) == Cover::All;
            prop_assert!((from..until.unix_ms() / MINUTE).all(is_whole));
        }
    }
}
