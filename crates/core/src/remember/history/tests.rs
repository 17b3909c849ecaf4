//! The laws of a history: its rows are those of the whole past, however it was fed.

use super::*;
use crate::{
    judge::{diagnosis::Conclusion, schedule::Reach},
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        round::DualStack,
        time::{DAY, HOUR, MINUTE, SECOND},
    },
    remember::{
        availability::{Past, Times, Window},
        rollup::{running::Running, series},
    },
};
use proptest::prelude::*;
use std::{collections::BTreeMap, ops::Range};

/// Any moment; a border of days, so that expectations can be read.
const BEGIN: Timestamp = Timestamp::from_unix_ms(20_000 * DAY);

fn facts(at: Timestamp, ipv4: Conclusion, ipv6: Conclusion) -> Facts {
    let is_good = |c| matches!(c, Conclusion::Good { .. });
    let family = [(Family::Ipv6, ipv6), (Family::Ipv4, ipv4)].into_iter().find(|(_, c)| is_good(*c)).map(|(f, _)| f);
    let phases = PerFamily::default();
    let (seen_at, conclusions) = (PerFamily { ipv4: at, ipv6: at }, PerFamily { ipv4, ipv6 });
    let dual_stack = DualStack { family, cost_ms: None };
    let (confirmed, turned) = (PerFamily::default(), PerFamily::default());
    Facts { at, seen_at, conclusions, phases, dual_stack, confirmed, turned }
}

/// A round speaks for three minutes.
const REACH: Reach = Reach { due_ms: 3 * MINUTE, hold_ms: 3 * MINUTE };

const GOOD: Conclusion = Conclusion::Good { degraded: false };
const BAD: Conclusion = Conclusion::Bad(Cause::TcpRefused);
const BLIND: Conclusion = Conclusion::Blind(Cause::VantageNoFamily);

/// A store as a host has it: rows by their keys.
#[derive(Debug, Default, PartialEq)]
struct Store {
    spells: BTreeMap<Track, Vec<Spell>>,
    rollups: BTreeMap<i64, Rollup>,
}

impl Store {
    fn keep(&mut self, records: Vec<Record>) {
        for record in records {
            match record {
                Record::Spell(track, spell) => {
                    let spells = self.spells.entry(track).or_default();
                    assert!(spells.last().is_none_or(|last| last.to == spell.from && last.state != spell.state));
                    spells.push(spell);
                }
                Record::Rollup(bucket, rollup) => {
                    assert!(self.rollups.insert(bucket.key(), *rollup).is_none(), "{bucket:?} twice");
                }
                Record::Fold(bucket) => {
                    let mut sum = Rollup::default();
                    self.rollups.range(bucket.parts().unwrap()).for_each(|(_, part)| sum.merge(part));
                    assert!(!sum.is_empty() && self.rollups.insert(bucket.key(), sum).is_none(), "{bucket:?}");
                }
            }
        }
    }

    /// The same, where sums of a past may be there already.
    fn keep_live(&mut self, records: Vec<Record>) {
        self.keep_earlier(records, Timestamp::from_unix_ms(i64::MAX));
    }

    /// Makes a sum, or makes it anew.
    fn fold(&mut self, bucket: Bucket) {
        let mut sum = Rollup::default();
        self.rollups.range(bucket.parts().unwrap()).for_each(|(_, part)| sum.merge(part));
        self.rollups.insert(bucket.key(), sum);
    }

    /// All that is known by now, spells and open buckets included.
    fn of(&self, history: &History, track: Track) -> (Vec<Spell>, Vec<(Bucket, Rollup)>) {
        let mut spells = self.spells.get(&track).cloned().unwrap_or_default();
        spells.push(history.lasting(track));
        let rows = self.rollups.iter().map(|(key, rollup)| (Bucket::from_key(*key).unwrap(), rollup.clone()));
        let (bucket, open) = history.open();
        (spells, series::coarsest(rows.chain([(bucket, open)])))
    }
}

/// Feeds one round a minute (`g`ood, `b`ad, blind `?`, none `.`), IPv6 as said, IPv4 always good.
fn feed(rounds: &str) -> (History, Store) {
    let (mut history, mut store) = (History::new(BEGIN), Store::default());
    for (minute, round) in (0..).zip(rounds.chars()) {
        let at = BEGIN + minute * MINUTE;
        let ipv6 = match round {
            'g' => GOOD,
            'b' => BAD,
            '?' => BLIND,
            _ => continue,
        };
        store.keep(history.round(&facts(at, GOOD, ipv6), REACH).unwrap());
    }
    store.keep(history.advance(BEGIN + i64::try_from(rounds.len()).unwrap() * MINUTE));
    (history, store)
}

#[test]
fn an_hour_of_rounds_becomes_twelve_rows_and_their_sum() {
    let (history, store) = feed(&("g".repeat(20) + &"b".repeat(15) + &"?".repeat(5) + &"g".repeat(25)));
    let hour = &store.rollups[&Size::Hour.of(BEGIN).key()];
    assert_eq!(hour.counts.ipv6.good, 40);
    assert_eq!(hour.counts.ipv6.bad.get(Cause::TcpRefused), 15);
    assert_eq!(hour.counts.ipv6.blind.get(Cause::VantageNoFamily), 5);
    let ms = |minutes: i64| (minutes * MINUTE).cast_unsigned();
    assert_eq!(hour.times.ipv6, Times { up_ms: ms(40), down_ms: ms(15), ..Times::default() });
    // A dual-stack client is on IPv4 meanwhile.
    assert_eq!(hour.times.dual_stack, Times { up_ms: ms(60), ..Times::default() });
    // 13 of five minutes (the last is just over) and the hour; the day is not over.
    assert_eq!(store.rollups.len(), 14);
    assert_eq!(
        history.lasting(Track::Ipv6),
        Spell { state: State::Up, from: BEGIN + 40 * MINUTE, to: BEGIN + 65 * MINUTE }
    );
}

#[test]
fn a_silent_day_has_no_rows_and_closes_what_was_open() {
    let (mut history, mut store) = feed("gggg");
    store.keep(history.advance(BEGIN + 3 * DAY));
    let keys: Vec<i64> = [Size::FiveMinutes, Size::Hour, Size::Day].map(|size| size.of(BEGIN).key()).to_vec();
    // The last round speaks until the sixth minute, so that there are two of five.
    assert_eq!(store.rollups.keys().copied().collect::<Vec<_>>(), [keys[0], keys[0] + 1, keys[1], keys[2]]);
    assert_eq!(store.rollups[&keys[2]].times.ipv4.known_ms(), (6 * MINUTE).cast_unsigned());
    assert_eq!(history.lasting(Track::Ipv4).state, State::Unobserved);
}

#[test]
fn a_round_twice_or_late_changes_nothing() {
    let (mut history, _) = feed("ggb");
    let before = history.clone();
    assert_eq!(history.round(&facts(BEGIN + 2 * MINUTE, GOOD, GOOD), REACH), None);
    assert_eq!(history.round(&facts(BEGIN, GOOD, GOOD), REACH), None);
    assert_eq!(history, before);
}

#[test]
fn a_window_of_maintenance_is_cut_at_its_own_borders() {
    let (mut history, mut store) = feed("gg");
    let cover = PerTrack { ipv4: Cover::Nothing, ipv6: Cover::All, dual_stack: Cover::Nothing };
    store.keep(history.cover(BEGIN + 2 * MINUTE + 10 * SECOND, cover));
    store.keep(history.round(&facts(BEGIN + 4 * MINUTE, GOOD, BAD), REACH).unwrap());
    store.keep(history.cover(BEGIN + 7 * MINUTE, PerTrack::default()));
    let (spells, rows) = store.of(&history, Track::Ipv6);
    let window = Window { from: BEGIN, to: BEGIN + 7 * MINUTE };
    let times = Past { folded: &[], spells: &spells }.over(window).times;
    assert_eq!(times.maintenance_ms, (4 * MINUTE + 50 * SECOND).cast_unsigned());
    assert_eq!(times.down_ms, 0);
    assert_eq!(rows.iter().map(|(_, rollup)| rollup.times.ipv6.maintenance_ms).sum::<u64>(), times.maintenance_ms);
}

/// IPv6 is down in every third of ten minutes.
fn at_minute(minute: i64) -> Facts {
    facts(BEGIN + minute * MINUTE, GOOD, if minute % 30 < 20 { GOOD } else { BAD })
}

/// One round a minute of a live history that begins at `from`, up to `to`.
fn live(from: i64, to: i64) -> (History, Store) {
    let (mut history, mut store) = (History::new(BEGIN + from * MINUTE), Store::default());
    (from..to).for_each(|minute| store.keep(history.round(&at_minute(minute), REACH).unwrap()));
    (history, store)
}

impl Store {
    /// Stores rows of a past that ends at `end` at the latest, as a host does.
    fn keep_earlier(&mut self, records: Vec<Record>, end: Timestamp) {
        for record in records {
            match record {
                Record::Rollup(bucket, rollup) if bucket.end() <= end => {
                    drop(self.rollups.insert(bucket.key(), *rollup));
                }
                Record::Fold(bucket) if bucket.end() <= end => self.fold(bucket),
                _ => {}
            }
        }
    }
}

/// Stores the rows of a past of one round a minute, as a host does that loads it when it is `now`.
fn load_of(store: &mut Store, from: i64, to: i64, now: i64) -> History {
    let mut past = History::new(BEGIN + from * MINUTE);
    let rounds = (from..to).flat_map(|minute| past.round(&at_minute(minute), REACH).unwrap());
    let records = rounds.collect();
    store.keep_earlier(records, BEGIN + now * MINUTE);
    store.keep_earlier(past.clone().close(BEGIN + now * MINUTE), BEGIN + now * MINUTE);
    past
}

/// Stores the rows of a past of one round a minute that ends where the live rounds begin.
fn load(store: &mut Store, from: i64, live_from: i64) {
    load_of(store, from, live_from, live_from);
}

#[test]
fn a_past_that_is_loaded_late_is_in_the_sums_where_it_meets_the_live_rounds() {
    let (from, live_from, end) = (-180, 10 * 60 + 35, 26 * 60);
    let (_, whole) = live(from, end);
    // In the same five minutes, in the same hour, on the same day, when the day is over.
    for loaded_at in [live_from + 2, live_from + 7, 12 * 60, 24 * 60 - 1, 24 * 60, 25 * 60 + 1] {
        let (mut history, mut store) = live(live_from, loaded_at);
        for begin in [live_from - 3, live_from - 60, from] {
            // However little of it is loaded, and once more.
            load(&mut store, begin, live_from);
            history.seam(BEGIN + live_from * MINUTE).for_each(|bucket| store.fold(bucket));
        }
        for minute in loaded_at..end {
            store.keep(history.round(&at_minute(minute), REACH).unwrap());
        }
        assert_eq!(store.rollups, whole.rollups, "loaded in minute {loaded_at}");
    }
}

/// Loads a past before anything is measured, and begins to measure later, at first seeing nothing for so many minutes.
fn measured_after(past: Range<i64>, loaded_at: i64, live: Range<i64>, n_blind: i64) -> Store {
    let mut store = Store::default();
    let begin = BEGIN + live.start * MINUTE;
    let past = load_of(&mut store, past.start, past.end, loaded_at);
    store.keep_earlier(past.clone().close(begin), begin);
    let mut history = History::new(begin);
    for minute in live.clone() {
        let mut facts = at_minute(minute);
        if minute < live.start + n_blind {
            facts.conclusions = PerFamily { ipv4: BLIND, ipv6: BLIND };
            facts.dual_stack.family = None;
        }
        store.keep_live(history.round(&facts, REACH).unwrap());
    }
    store.keep_live(history.advance(BEGIN + live.end * MINUTE));
    store
}

#[test]
fn a_past_has_its_last_hour_and_day_whenever_measuring_begins() {
    const AN_HOUR: i64 = 60;
    const A_DAY: i64 = 24 * AN_HOUR;
    let end = 13 * AN_HOUR + 2;
    let (_, alone) = {
        let (mut history, mut store) = live(0, end);
        store.keep(history.advance(BEGIN + 10 * DAY));
        (history, store)
    };
    let of_first_day = |store: &Store| {
        let day: BTreeMap<i64, Rollup> = (store.rollups.iter())
            .filter(|(key, _)| Bucket::from_key(**key).unwrap().within(Size::Day) == Size::Day.of(BEGIN))
            .map(|(key, rollup)| (*key, rollup.clone()))
            .collect();
        day
    };
    // Loaded at once, in the same five minutes, in the same hour, later that day, the next day; first measured in a later
    // hour, on the next day, much later.
    for loaded_at in [end, end + 1, end + 20, 20 * AN_HOUR, A_DAY, 30 * AN_HOUR] {
        for live_from in [A_DAY, A_DAY + 5, 2 * A_DAY - 1, 9 * A_DAY + 7].into_iter().filter(|from| *from >= loaded_at)
        {
            let store = measured_after(0..end, loaded_at, live_from..live_from + 2 * A_DAY, 0);
            assert_eq!(of_first_day(&store), of_first_day(&alone), "loaded in {loaded_at}, measured from {live_from}");
        }
    }
    // Measured on the same day, where nothing is seen until the next: the day is that of the past alone.
    for live_from in [end + 5, end + 70, A_DAY - 1] {
        let store = measured_after(0..end, end, live_from..2 * A_DAY, A_DAY - live_from);
        let day = &store.rollups[&Size::Day.of(BEGIN).key()];
        let expected = &alone.rollups[&Size::Day.of(BEGIN).key()];
        assert_eq!(day.times, expected.times, "measured from {live_from}");
        assert_eq!(day.counts.ipv6.good, expected.counts.ipv6.good);
    }
}

#[test]
fn sums_that_go_from_part_to_part_are_those_of_the_rows() {
    // Parts end in the middle of five minutes, of an hour, of a day, and with them.
    for parts in [&[3_000][..], &[7, 61, 1_000, 1_440, 1_441, 2_000, 3_000], &[60, 120, 1_500, 2_880, 3_000]] {
        let (mut past, mut store, mut running) = (History::new(BEGIN), Store::default(), Running::default());
        let mut folded = BTreeMap::new();
        let mut keep = |records: Vec<Record>, running: &mut Running, store: &mut Store| {
            for record in &records {
                match record {
                    Record::Rollup(bucket, rollup) => running.add(*bucket, rollup),
                    Record::Fold(bucket) => drop(folded.insert(bucket.key(), running.fold(*bucket).unwrap())),
                    Record::Spell(..) => {}
                }
            }
            store.keep(records);
        };
        let mut from = 0;
        for to in parts {
            running = Running::of(running.rows().cloned());
            for minute in from..*to {
                keep(past.round(&at_minute(minute), REACH).unwrap(), &mut running, &mut store);
            }
            from = *to;
        }
        keep(past.close(BEGIN + 10 * DAY), &mut running, &mut store);
        assert_eq!(running, Running::default());
        store.rollups.retain(|key, _| Bucket::from_key(*key).unwrap().size() > Size::FiveMinutes);
        assert_eq!(folded, store.rollups, "{parts:?}");
    }
}

/// What a version before wrote of two rounds a minute apart, the last of which it held to speak until it was late.
fn bytes_before(told_to: Timestamp, late_at: Timestamp) -> Vec<u8> {
    let epoch = Timestamp::from_unix_ms(0);
    let mut writer = crate::measure::bytes::Writer::new(1, 512);
    writer.time(told_to, epoch);
    writer.number(1_u8);
    writer.time(told_to, told_to);
    writer.time(late_at, told_to);
    for _ in Track::ALL {
        writer.number(State::Up.tag());
        writer.number(Cover::Nothing as u8);
        writer.number(State::Up.tag());
        writer.time(told_to - MINUTE, told_to);
    }
    writer.time(Size::FiveMinutes.of(told_to).start(), told_to);
    writer.number(0_u8);
    Open::default().write(writer)
}

#[test]
fn what_a_version_before_held_for_too_long_speaks_as_long_as_it_should() {
    let told_to = BEGIN + MINUTE;
    let mut history = History::from_bytes(&bytes_before(told_to, told_to + 3 * MINUTE)).unwrap();
    assert_eq!(History::from_bytes(&history.to_bytes()), Ok(history.clone()));
    let timely = history.clone().round(&facts(told_to + MINUTE, GOOD, GOOD), REACH).unwrap();
    assert_eq!(timely, [], "the next round came: nothing has ended");
    let ended = history.advance(told_to + HOUR);
    let up = Spell { state: State::Up, from: BEGIN, to: told_to + MINUTE };
    assert!(ended.contains(&Record::Spell(Track::Ipv6, up)), "{ended:?}");
}

#[test]
fn garbage_is_no_state() {
    let bytes = feed("ggbb??g").0.to_bytes();
    assert!(bytes.len() < 200, "{} bytes", bytes.len());
    for end in 0..bytes.len() {
        assert!(History::from_bytes(&bytes[..end]).is_err(), "{end}");
    }
}

fn conclusions() -> impl Strategy<Value = Conclusion> {
    prop::sample::select(vec![GOOD, BAD, BLIND, Conclusion::Good { degraded: true }, Conclusion::Unpublished(None)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Spells and buckets are two sums of the same time: over any run of whole buckets they agree, for every track;
    /// looks in between, delays, repetitions and restarts change neither.
    #[test]
    fn rows_are_those_of_the_whole_past(
        rounds in prop::collection::vec((1i64..1_500, conclusions(), conclusions(), 0i64..4_000), 1..80),
        hold_s in 30i64..4_000, gap_h in 0i64..60,
    ) {
        let (mut plain, mut looked) = ((History::new(BEGIN), Store::default()), (History::new(BEGIN), Store::default()));
        let (mut at, n) = (BEGIN, rounds.len());
        // Without time in which what is said is provisional: the looks are not of copies.
        let reach = Reach { due_ms: hold_s * SECOND, hold_ms: hold_s * SECOND };
        let mut last = None;
        for (i, (after_s, ipv4, ipv6, look_s)) in rounds.into_iter().enumerate() {
            let look = at + look_s.min(after_s) * SECOND;
            at = at + after_s * SECOND + if i == n / 2 { gap_h * HOUR } else { 0 };
            let facts = facts(at, ipv4, ipv6);
            plain.1.keep(plain.0.round(&facts, reach).unwrap());
            looked.1.keep(looked.0.advance(look));
            looked.0 = History::from_bytes(&looked.0.to_bytes()).unwrap();
            looked.1.keep(looked.0.round(&facts, reach).unwrap());
            for again in [Some(facts), last] {
                prop_assert!(again.is_none_or(|facts| looked.0.round(&facts, reach).is_none()));
            }
            last = Some(facts);
        }
        let end = at + 2 * HOUR;
        plain.1.keep(plain.0.advance(end));
        looked.1.keep(looked.0.advance(end));
        prop_assert_eq!(&plain, &looked);
        for track in Track::ALL {
            let (spells, rows) = plain.1.of(&plain.0, track);
            prop_assert!(spells.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].state != pair[1].state));
            let past = Past { folded: &[], spells: &spells };
            let mut sum = Times::default();
            for (bucket, rollup) in &rows {
                prop_assert_eq!(*rollup.times.get(track), past.over(bucket.window()).times, "{:?}", bucket);
                sum.merge(rollup.times.get(track));
            }
            prop_assert_eq!(sum, past.over(Window { from: BEGIN, to: end }).times);
            let counted: u32 = rows.iter().map(|(_, rollup)| rollup.counts.ipv4.n_rounds()).sum();
            prop_assert_eq!(counted as usize, n);
        }
    }

    #[test]
    fn garbage_never_panics(
        garbage in prop::collection::vec(any::<u8>(), 0..100), flips in prop::collection::vec((any::<usize>(), any::<u8>()), 1..4),
    ) {
        let _ = History::from_bytes(&garbage);
        let mut bytes = feed("ggbb??g").0.to_bytes();
        for (at, with) in flips {
            let at = at % bytes.len();
            bytes[at] ^= with;
        }
        if let Ok(mut read) = History::from_bytes(&bytes) {
            prop_assert_eq!(History::from_bytes(&read.to_bytes()), Ok(read.clone()));
            read.advance(BEGIN + DAY);
        }
    }
}

#[test]
fn a_round_that_two_vantages_measured_is_counted_once() {
    let mut history = History::new(BEGIN);
    for ms in [0, 3, MINUTE, MINUTE + 3] {
        assert!(history.round(&facts(BEGIN + ms, GOOD, BAD), REACH).is_some());
    }
    let (_, open) = history.open();
    assert_eq!((open.counts.ipv4.n_rounds(), open.counts.ipv6.n_rounds()), (2, 2));
}
