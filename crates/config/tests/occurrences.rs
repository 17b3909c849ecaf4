//! When recurring maintenance is, in zones whose clocks jump.

use dualwatch_config::{UnknownZone, occurrences, windows};
use dualwatch_core::{
    measure::{
        family::PerFamily,
        time::{DAY, HOUR, Timestamp},
    },
    respond::maintenance::{Every, Expected, Nth, Recurring, Rule, Weekday, When},
};
use proptest::prelude::*;

fn time(text: &str) -> Timestamp {
    Timestamp::from_unix_ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn shown(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.unix_ms()).unwrap().to_string().replace(":00Z", "Z")
}

fn rule(every: Every, at: &str, length_s: u32, zone: &str) -> Rule {
    let (hours, minutes) = at.split_once(':').unwrap();
    let at_minute = hours.parse::<u16>().unwrap() * 60 + minutes.parse::<u16>().unwrap();
    let recurring = Recurring { every, at_minute, length_s, zone: zone.to_owned(), from: None, until: None };
    Rule {
        title: "Backups".to_owned(),
        targets: None,
        families: PerFamily { ipv4: true, ipv6: true },
        expected: Expected::Down,
        when: When::Recurring(recurring),
    }
}

/// The beginnings of a rule of one hour, in UTC, of `[from, to)`, both at midnight UTC.
fn check(every: Every, at: &str, zone: &str, from: &str, to: &str, expected: &[&str]) {
    let midnight = |day: &str| time(&format!("{day}T00:00:00Z"));
    let found = occurrences(&rule(every, at, 3_600, zone), midnight(from), midnight(to)).unwrap();
    assert!(found.iter().all(|w| w.to.ms_since(w.from) == HOUR), "every window lasts its length");
    let begins: Vec<String> = found.iter().map(|w| shown(w.from)).collect();
    assert_eq!(begins, expected, "{at} {zone} {from}..{to}");
}

#[test]
fn clocks_that_are_put_forward() {
    // Berlin: 02:00 becomes 03:00 on 29 March 2026, so that 02:30 is 03:30 of that day.
    check(
        Every::Day,
        "02:30",
        "Europe/Berlin",
        "2026-03-28",
        "2026-03-31",
        &["2026-03-28T01:30Z", "2026-03-29T01:30Z", "2026-03-30T00:30Z"],
    );
    check(
        Every::Day,
        "02:30",
        "America/New_York",
        "2026-03-07",
        "2026-03-10",
        &["2026-03-07T07:30Z", "2026-03-08T07:30Z", "2026-03-09T06:30Z"],
    );
    // Lord Howe puts its clocks forward by half an hour: 02:15 becomes 02:45, on 4 October 2026.
    check(
        Every::Day,
        "02:15",
        "Australia/Lord_Howe",
        "2026-10-02",
        "2026-10-05",
        &["2026-10-02T15:45Z", "2026-10-03T15:45Z", "2026-10-04T15:15Z"],
    );
}

#[test]
fn clocks_that_are_put_back() {
    // 02:30 comes twice in Berlin on 25 October 2026: the first counts, and there is one window.
    check(
        Every::Day,
        "02:30",
        "Europe/Berlin",
        "2026-10-24",
        "2026-10-27",
        &["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"],
    );
    check(
        Every::Day,
        "01:30",
        "America/New_York",
        "2026-10-31",
        "2026-11-03",
        &["2026-10-31T05:30Z", "2026-11-01T05:30Z", "2026-11-02T06:30Z"],
    );
    check(
        Every::Day,
        "01:45",
        "Australia/Lord_Howe",
        "2026-04-03",
        "2026-04-06",
        &["2026-04-03T14:45Z", "2026-04-04T14:45Z", "2026-04-05T15:15Z"],
    );
}

#[test]
fn zones_without_jumps_and_days_left_out() {
    check(Every::Day, "00:00", "Asia/Kolkata", "2026-03-28", "2026-03-30", &["2026-03-28T18:30Z", "2026-03-29T18:30Z"]);
    // Samoa went from 29 to 31 December 2011: there was no 30th, and so no window on it.
    check(
        Every::Day,
        "12:00",
        "Pacific/Apia",
        "2011-12-28",
        "2012-01-01",
        &["2011-12-28T22:00Z", "2011-12-29T22:00Z", "2011-12-30T22:00Z", "2011-12-31T22:00Z"],
    );
    check(Every::Month { day: 30 }, "12:00", "Pacific/Apia", "2011-12-15", "2012-01-15", &[]);
    check(Every::Month { day: 31 }, "12:00", "Pacific/Apia", "2011-12-15", "2012-01-15", &["2011-12-30T22:00Z"]);
}

#[test]
fn days_of_the_week_and_of_the_month() {
    let (from, to) = ("2026-01-01", "2026-04-01");
    let sundays = Every::Weekdays { days: vec![Weekday::Sunday, Weekday::Saturday] };
    check(
        sundays,
        "09:00",
        "UTC",
        "2026-02-06",
        "2026-02-15",
        &["2026-02-07T09:00Z", "2026-02-08T09:00Z", "2026-02-14T09:00Z"],
    );
    check(Every::Month { day: 31 }, "09:00", "UTC", from, to, &["2026-01-31T09:00Z", "2026-03-31T09:00Z"]);
    let nth = |nth, weekday| Every::Nth { nth, weekday };
    let second_tuesday = &["2026-01-13T09:00Z", "2026-02-10T09:00Z", "2026-03-10T09:00Z"];
    check(nth(Nth::Second, Weekday::Tuesday), "09:00", "UTC", from, to, second_tuesday);
    let last_friday = &["2026-01-30T09:00Z", "2026-02-27T09:00Z", "2026-03-27T09:00Z"];
    check(nth(Nth::Last, Weekday::Friday), "09:00", "UTC", from, to, last_friday);
    check(nth(Nth::Fifth, Weekday::Monday), "09:00", "UTC", from, to, &["2026-03-30T09:00Z"]);
    // The day is that of the zone: Monday morning in Auckland is Sunday in UTC.
    let monday = Every::Weekdays { days: vec![Weekday::Monday] };
    check(monday, "08:00", "Pacific/Auckland", "2026-02-07", "2026-02-10", &["2026-02-08T19:00Z"]);
}

#[test]
fn a_length_is_by_a_clock_that_never_jumps() {
    let night = rule(Every::Day, "01:00", 2 * 3_600, "Europe/Berlin");
    let found = occurrences(&night, time("2026-03-28T23:00:00Z"), time("2026-03-29T12:00:00Z")).unwrap();
    assert_eq!((shown(found[0].from), shown(found[0].to)), ("2026-03-29T00:00Z".into(), "2026-03-29T02:00Z".into()));
}

#[test]
fn windows_are_found_from_any_moment_inside_and_within_their_bounds() {
    let long = rule(Every::Month { day: 1 }, "00:00", 20 * 86_400, "UTC");
    let at = |from: &str, to: &str| occurrences(&long, time(from), time(to)).unwrap().len();
    assert_eq!(at("2026-02-20T00:00:00Z", "2026-02-20T00:00:01Z"), 1);
    assert_eq!(at("2026-02-21T00:00:00Z", "2026-02-28T00:00:00Z"), 0);
    assert_eq!(at("2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"), 0);
    assert_eq!(at("2026-02-28T00:00:00Z", "2026-03-01T00:00:01Z"), 1);

    let mut bounded = rule(Every::Day, "02:00", 3_600, "UTC");
    if let When::Recurring(recurring) = &mut bounded.when {
        recurring.from = Some(time("2026-02-02T00:00:00Z"));
        recurring.until = Some(time("2026-02-05T00:00:00Z"));
    }
    let found = occurrences(&bounded, time("2020-01-01T00:00:00Z"), time("2030-01-01T00:00:00Z")).unwrap();
    let days: Vec<String> = found.iter().map(|w| shown(w.from)).collect();
    assert_eq!(days, ["2026-02-02T02:00Z", "2026-02-03T02:00Z", "2026-02-04T02:00Z"]);

    let once = |from, to| Rule { when: When::Once { from, to }, ..rule(Every::Day, "00:00", 60, "UTC") };
    let (from, to) = (time("2026-02-02T00:00:00Z"), time("2026-02-03T00:00:00Z"));
    let of = |a, b| occurrences(&once(from, to), a, b).unwrap().len();
    assert_eq!([of(from, to), of(to, to + DAY), of(from - DAY, from), of(from - DAY, from + 1)], [1, 0, 0, 1]);
}

#[test]
fn the_rules_of_a_target_together() {
    let daily = rule(Every::Day, "02:00", 3_600, "UTC");
    let other = Rule { targets: Some(vec!["mail".to_owned()]), ..daily.clone() };
    let once = When::Once { from: time("2026-02-01T00:00:00Z"), to: time("2026-02-02T00:00:00Z") };
    let rules = [daily.clone(), other, Rule { when: once, ..daily }];
    let of = |slug| windows(&rules, slug, time("2026-02-01T00:00:00Z"), time("2026-02-03T00:00:00Z")).unwrap();
    assert_eq!((of("shop").len(), of("mail").len()), (3, 5));
    assert!(of("mail").is_sorted_by_key(|w| w.from));
    let unknown = [rule(Every::Day, "02:00", 60, "Mars/Olympus")];
    assert_eq!(
        windows(&unknown, "shop", time("2026-02-01T00:00:00Z"), time("2026-02-02T00:00:00Z")),
        Err(UnknownZone("Mars/Olympus".to_owned()))
    );
}

/// Offsets of every kind, jumps at midnight (Beirut, Havana, Santiago) among them.
const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Beirut",
    "America/Havana",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// One window a day, in order and apart, and the same ones however the time is cut.
    #[test]
    fn daily_windows(zone in prop::sample::select(ZONES.to_vec()), minute in 0u16..1_440, day in 0i64..30_000, days in 1i64..40) {
        let rule = rule(Every::Day, &format!("{}:{}", minute / 60, minute % 60), 1_800, zone);
        let from = Timestamp::from_unix_ms(day * DAY);
        let all = occurrences(&rule, from, from + days * DAY).unwrap();
        prop_assert!((days - 1..=days + 2).contains(&i64::try_from(all.len()).unwrap()));
        prop_assert!(all.windows(2).all(|two| two[0].to <= two[1].from));
        let middle = from + days * DAY / 2;
        let mut parts = occurrences(&rule, from, middle).unwrap();
        parts.extend(occurrences(&rule, middle, from + days * DAY).unwrap());
        parts.dedup();
        prop_assert_eq!(parts, all);
    }
}
