//! A year of one-minute rounds in a real `SQLite` file: how large it is, how fast a page's data comes, and whether it
//! is right.

use dualwatch_core::{
    judge::schedule::Reach,
    measure::{
        cause::Cause,
        time::{DAY, HOUR, MINUTE, Timestamp},
    },
    remember::{
        availability::{Past, Period, Times, Window},
        history::History,
        rollup::bucket::Size,
        spell::{Facts, Track},
    },
};
use dualwatch_tests::{
    kept::Kept,
    year::{self, Year},
};
use std::time::{Duration, Instant};

/// A round takes ten seconds at most.
const REACH: Reach = Reach::of(year::INTERVAL_S, 10_000);
const MAX_BYTES: u64 = 40_000_000;
const MAX_QUERY: Duration = Duration::from_millis(50);

/// Rounds older than this many days before the end are deleted before anybody reads them: they are not written.
const N_DAYS_WRITTEN: i64 = 9;

/// Lives through the year.
fn live(kept: &Kept) -> (History, Timestamp) {
    let mut history = History::new(year::BEGIN);
    let mut minutes = Year::rounds(0..year::N_ROUNDS);
    for day in 0..365 {
        kept.commit(|kept| {
            for round in minutes.by_ref().take((DAY / MINUTE) as usize) {
                if day >= 365 - N_DAYS_WRITTEN {
                    kept.add_round(&round)?;
                }
                let records = history.round(&Facts::of(&round), REACH).expect("rounds in order");
                kept.keep(records, round.started_at)?;
            }
            kept.set_state(&history)
        })
        .expect("a day is kept");
    }
    let end = year::BEGIN + year::N_ROUNDS * MINUTE;
    kept.keep(history.advance(end), end).expect("the last day is kept");
    (history, end)
}

#[test]
fn a_year_is_small_fast_and_right() {
    let dir = tempfile::tempdir().unwrap();
    let kept = Kept::create(&dir.path().join("target.sqlite")).unwrap();
    let (history, end) = live(&kept);
    is_small(&kept);
    is_fast(&kept, &history, end);
    is_right(&kept, &history, end);
}

fn is_small(kept: &Kept) {
    let (n_rounds, _) = kept.size_of("rounds", "TRUE").unwrap();
    assert_eq!(n_rounds, (7 * DAY / MINUTE).cast_unsigned(), "rounds are kept for seven days");
    let rows = |size: Size| {
        let from = size.of(Timestamp::from_unix_ms(0)).key();
        kept.size_of("rollups", &format!("key >> 32 = {}", from >> 32)).unwrap().0
    };
    assert_eq!(Size::ALL.map(rows), [90 * 288, 365 * 24, 365]);
    let bytes = kept.file_bytes().unwrap();
    assert!(bytes <= MAX_BYTES, "a year takes {bytes} bytes");
}

fn is_fast(kept: &Kept, history: &History, end: Timestamp) {
    let plan = kept.query_plan().unwrap();
    assert!(!plan.contains("SCAN"), "the page's query reads the table: {plan}");
    let window = Window::ending(end - 1, 90 * DAY);
    let fastest = (0..20).map(|_| {
        let begin = Instant::now();
        assert_eq!(kept.days(window, history).unwrap().len(), 91, "the first day is a part of one");
        begin.elapsed()
    });
    let fastest = fastest.min().unwrap();
    assert!(fastest < MAX_QUERY, "90 days take {fastest:?}");
}

fn is_right(kept: &Kept, history: &History, end: Timestamp) {
    let spells = kept.spells(Track::Ipv6, history).unwrap();
    let past = Past { folded: &[], spells: &spells };
    let all = past.over(Period::Year.ending(end));
    let off = all.times.down_ms.cast_signed() - year::ipv6_down_ms();
    assert!(off.abs() <= year::lateness_ms(spells.len()), "off by {off} ms");
    assert_eq!(all.unobserved_ms().cast_signed() / HOUR, 9, "the vantage had no IPv6 for nine hours");
    assert_eq!(past.over(Window { from: year::BEGIN + 92 * DAY, to: year::BEGIN + 98 * DAY }).ratio(), Some(0.0));

    // Spells and days are sums of the same time, made in two ways.
    let days = kept.days(Period::Year.ending(end), history).unwrap();
    let mut sum = Times::default();
    for (day, rollup) in &days {
        assert_eq!(rollup.times.ipv6, past.over(day.window()).times, "{day:?}");
        sum.merge(&rollup.times.ipv6);
    }
    assert_eq!(sum, all.times);
    // All spells gone: whole days are exact still.
    let folded: Vec<_> = days.iter().map(|(day, rollup)| (day.window(), rollup.times.ipv6)).collect();
    let without = Past { folded: &folded, spells: &[history.lasting(Track::Ipv6)] };
    assert_eq!(without.over(all.window), all);

    let refused: u32 = days.iter().map(|(_, rollup)| rollup.counts.ipv6.bad.get(Cause::TcpRefused)).sum();
    let long = (7 * DAY + 12 * HOUR + 15 * MINUTE) / MINUTE;
    assert_eq!(i64::from(refused), long + 5 * DAY / (40 * MINUTE));
}
