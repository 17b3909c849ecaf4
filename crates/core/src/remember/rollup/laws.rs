//! The laws of roll-ups, over random rounds: merging is rolling up the whole, and bytes read back.

use super::{Rollup, bucket::Size};
use crate::{
    judge::diagnosis::Conclusion,
    measure::{
        bytes::Unreadable,
        cause::Cause,
        family::{Family, PerFamily},
        round::DualStack,
        sample::Phases,
        time::{DAY, SECOND, Timestamp},
    },
    remember::spell::{Facts, PerTrack, State, timeline::Stretch},
};
use proptest::prelude::*;

fn conclusions() -> impl Strategy<Value = Conclusion> {
    let cause = || prop::sample::select(Cause::ALL);
    prop_oneof![
        any::<bool>().prop_map(|degraded| Conclusion::Good { degraded }),
        cause().prop_map(Conclusion::Bad),
        cause().prop_map(Conclusion::Blind),
        prop::option::of(cause()).prop_map(Conclusion::Unpublished),
    ]
}

fn phases() -> impl Strategy<Value = Phases> {
    let ms = || prop::option::of(0.0f64..20_000.0);
    (ms(), ms(), ms(), ms(), ms()).prop_map(|(resolve, connect, tls, first_byte, total)| Phases {
        resolve,
        connect,
        tls,
        first_byte,
        total,
    })
}

/// A round, and the state that holds from it for 20 seconds.
pub(super) fn facts(seconds: std::ops::Range<i64>) -> impl Strategy<Value = Facts> {
    let conclusions = (conclusions(), conclusions()).prop_map(|(ipv4, ipv6)| PerFamily { ipv4, ipv6 });
    let phases = (phases(), phases()).prop_map(|(ipv4, ipv6)| PerFamily { ipv4, ipv6 });
    let family = prop::option::of(prop::sample::select(&Family::ALL));
    (seconds, conclusions, phases, family).prop_map(|(s, conclusions, phases, family)| Facts {
        at: Timestamp::from_unix_ms(s * SECOND),
        seen_at: PerFamily::from_fn(|_| Timestamp::from_unix_ms(s * SECOND)),
        conclusions,
        phases,
        dual_stack: DualStack { family, cost_ms: None },
        confirmed: PerFamily::default(),
        turned: PerFamily::default(),
    })
}

fn add(rollup: &mut Rollup, facts: &Facts) {
    rollup.add_round(facts);
    let states = PerTrack { dual_stack: State::Maintenance, ..facts.states() };
    rollup.add_time(&Stretch { states, from: facts.at, to: facts.at + 20 * SECOND });
}

fn whole(rounds: &[Facts]) -> Rollup {
    rounds.iter().fold(Rollup::default(), |mut rollup, facts| {
        add(&mut rollup, facts);
        rollup
    })
}

fn merged(a: &Rollup, b: &Rollup) -> Rollup {
    let mut sum = a.clone();
    sum.merge(b);
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_is_rolling_up_the_whole(rounds in prop::collection::vec(facts(0..100), 0..60), cuts in [0usize..60, 0..60]) {
        let mut cuts = cuts.map(|cut| cut.min(rounds.len()));
        cuts.sort_unstable();
        let [a, b, c] = [&rounds[..cuts[0]], &rounds[cuts[0]..cuts[1]], &rounds[cuts[1]..]].map(whole);
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&a, &Rollup::default()), a.clone());
        let left = merged(&merged(&a, &b), &c);
        prop_assert_eq!(&left, &merged(&a, &merged(&b, &c)));
        prop_assert_eq!(&left, &whole(&rounds));
        for (_, counts) in left.counts.iter() {
            prop_assert_eq!(counts.n_rounds() as usize, rounds.len());
        }
    }

    #[test]
    fn five_minutes_become_hours_and_days(rounds in prop::collection::vec(facts(0..2 * DAY / SECOND), 0..80)) {
        let of = |size: Size| {
            let mut buckets = std::collections::BTreeMap::<_, Rollup>::new();
            for facts in &rounds {
                add(buckets.entry(size.of(facts.at)).or_default(), facts);
            }
            buckets
        };
        let fold = |finer: &std::collections::BTreeMap<_, Rollup>, size: Size| {
            let mut buckets = std::collections::BTreeMap::<_, Rollup>::new();
            for (bucket, rollup) in finer {
                let bucket: &super::bucket::Bucket = bucket;
                buckets.entry(bucket.within(size)).or_default().merge(rollup);
            }
            buckets
        };
        let hours = fold(&of(Size::FiveMinutes), Size::Hour);
        prop_assert_eq!(&hours, &of(Size::Hour));
        prop_assert_eq!(fold(&hours, Size::Day), of(Size::Day));
    }

    #[test]
    fn bytes_read_back(rounds in prop::collection::vec(facts(0..100), 0..40), cut in 0usize..10_000, extra in any::<u8>()) {
        let rollup = whole(&rounds);
        let mut bytes = rollup.to_bytes();
        prop_assert_eq!(Rollup::from_bytes(&bytes), Ok(rollup));
        prop_assert!(Rollup::from_bytes(&bytes[..cut % bytes.len()]).is_err());
        bytes.push(extra);
        prop_assert_eq!(Rollup::from_bytes(&bytes), Err(Unreadable::Long(1)));
    }

    #[test]
    fn garbage_is_refused_or_read_but_never_panics(
        garbage in prop::collection::vec(any::<u8>(), 0..200),
        rounds in prop::collection::vec(facts(0..100), 0..5), flips in prop::collection::vec((any::<usize>(), any::<u8>()), 0..5),
    ) {
        let _ = Rollup::from_bytes(&garbage);
        let mut bytes = whole(&rounds).to_bytes();
        for (at, with) in flips {
            let at = at % bytes.len();
            bytes[at] ^= with;
        }
        if let Ok(read) = Rollup::from_bytes(&bytes) {
            // Whatever is read is sound: it can be merged, asked and written again.
            let mut sum = read.clone();
            sum.merge(&read);
            prop_assert_eq!(Rollup::from_bytes(&read.to_bytes()), Ok(read));
        }
    }
}

#[test]
fn an_unknown_version_is_named() {
    assert_eq!(Rollup::from_bytes(&[]), Err(Unreadable::Short));
    assert_eq!(Rollup::from_bytes(&[2, 0, 0]), Err(Unreadable::Version(2)));
}

/// Pins what is stored for years: what this wrote must be read for ever.
#[test]
fn the_form_is_pinned() {
    let mut rollup = whole(&[Facts {
        at: Timestamp::from_unix_ms(0),
        seen_at: PerFamily::from_fn(|_| Timestamp::from_unix_ms(0)),
        conclusions: PerFamily { ipv4: Conclusion::Good { degraded: false }, ipv6: Conclusion::Bad(Cause::TcpRefused) },
        phases: PerFamily {
            ipv4: Phases { resolve: Some(0.05), connect: Some(10.0), tls: None, first_byte: None, total: Some(30.0) },
            ipv6: Phases { resolve: Some(0.05), ..Phases::default() },
        },
        dual_stack: DualStack { family: Some(Family::Ipv4), cost_ms: None },
        confirmed: PerFamily::default(),
        turned: PerFamily::default(),
    }]);
    rollup.latency.ipv4.record(super::latency::Timing::Resolve, 0.05);
    let mut expected = vec![1, 1, 0, 0, 0, 0, 3, 50 << 1 | 1, 2];
    // 10,000 us: 78 * 2^7 is the bin's beginning, so it is bin 7 * 64 + 78 of connect; distance from resolve's 50.
    let connect = 1_728 + 7 * 64 + 78;
    let total = 4 * 1_728 + 8 * 64 + 117;
    for distance in [connect - 51, total - connect - 1] {
        let doubled: u16 = distance << 1;
        expected.extend([(doubled & 127) as u8 | 128, (doubled >> 7) as u8]);
    }
    expected.extend([0, 0, 0, 1, 11]);
    expected.extend(b"tcp.refused");
    expected.extend([1, 0, 1, 50 << 1]);
    let twenty_seconds = [160, 156, 1];
    expected.extend(twenty_seconds);
    expected.extend([0; 3]);
    expected.extend([0; 2]);
    expected.extend(twenty_seconds);
    expected.push(0);
    expected.extend([0; 3]);
    expected.extend(twenty_seconds);
    assert_eq!(rollup.to_bytes(), expected);
}
