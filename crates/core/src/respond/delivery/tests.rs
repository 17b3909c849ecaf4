//! Cases of tries and of outboxes.

use super::*;
use proptest::prelude::*;

const T0: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);

fn pending(attempts: u32) -> Entry {
    Entry {
        state: State::Pending { attempts, due_at: T0, hold_until: None },
        ..Entry::new("inc-7:opened", "inc-7", "ops", T0)
    }
}

#[test]
fn every_answer_has_its_consequence() {
    let check = |attempts, outcome: &Outcome, expected: &str| {
        let state = step(&pending(attempts), outcome, T0);
        let shown = match &state {
            State::Pending { attempts, due_at, .. } => format!("again {attempts} {}s", due_at.ms_since(T0) / SECOND),
            State::Delivered { attempts, .. } => format!("delivered {attempts}"),
            State::GaveUp { why: GaveUp::Exhausted { .. }, .. } => "exhausted".to_owned(),
            State::GaveUp { why: GaveUp::Refused { why }, .. } => format!("refused {why}"),
            State::GaveUp { why: GaveUp::Crowded, .. } => "crowded".to_owned(),
            State::Disabled { .. } => "disabled".to_owned(),
        };
        assert_eq!(shown, expected, "{attempts} {outcome:?}");
    };
    let asks = |status, s: i64| Outcome::Answered { status, retry_after_ms: Some(s * SECOND) };
    for status in [200, 201, 204, 299] {
        check(0, &Outcome::answered(status), "delivered 1");
        check(9, &Outcome::answered(status), "delivered 10");
    }
    for status in [199, 301, 307, 400, 401, 404, 413, 429, 500, 503, 599] {
        check(0, &Outcome::answered(status), "again 1 5s");
        check(9, &Outcome::answered(status), "exhausted");
    }
    check(0, &Outcome::answered(410), "disabled");
    check(9, &Outcome::answered(410), "disabled");
    check(0, &Outcome::TimedOut, "again 1 5s");
    check(0, &Outcome::Unreachable { error: "refused".to_owned() }, "again 1 5s");
    check(0, &Outcome::Refused { why: "private".to_owned() }, "refused private");
    check(0, &asks(429, 90), "again 1 90s");
    check(0, &asks(503, 90), "again 1 90s");
    check(0, &asks(500, 90), "again 1 5s");
    check(0, &asks(429, 2), "again 1 5s"); // not before the schedule
    check(0, &asks(429, -2), "again 1 5s");
    check(0, &asks(429, 10_000_000), "again 1 86400s");
    check(9, &asks(429, 90), "exhausted");
}

#[test]
fn pauses_follow_the_schedule_with_at_most_a_tenth_more() {
    for (attempts, pause) in (1..).zip(PAUSES_MS) {
        for key in ["a", "b", "inc-7:opened", ""] {
            let with_jitter = pause_ms(key, attempts).unwrap();
            assert!((pause..=pause + pause / 10).contains(&with_jitter), "{key} {attempts}");
            assert_eq!(pause_ms(key, attempts), Some(with_jitter), "the same in every replay");
        }
    }
    assert_eq!((pause_ms("a", 0), pause_ms("a", 10)), (None, None));
    assert_ne!(pause_ms("a", 5), pause_ms("b", 5));
}

#[test]
fn what_is_settled_stays_settled() {
    let settled = [
        State::Delivered { at: T0, attempts: 1 },
        State::GaveUp { at: T0, why: GaveUp::Crowded },
        State::Disabled { at: T0 },
    ];
    for state in settled {
        let entry = Entry { state: state.clone(), ..pending(0) };
        for outcome in [Outcome::answered(200), Outcome::answered(410), Outcome::TimedOut] {
            assert_eq!(step(&entry, &outcome, T0 + 1), state);
        }
    }
}

/// `channel/subject/key`, with the seconds after which it is due.
fn outbox(entries: &[(&str, i64)]) -> Vec<Entry> {
    let entry = |(name, due_s): &(&str, i64)| {
        let mut parts = name.split('/');
        let (channel, subject, key) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        Entry::new(key, subject, channel, T0 + due_s * SECOND)
    };
    entries.iter().map(entry).collect()
}

fn keys<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> String {
    entries.into_iter().map(|e| e.key.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_incident_is_told_in_order_in_each_channel() {
    let mut entries = outbox(&[("ops/i1/a", 60), ("ops/i1/b", 0), ("ops/i2/c", 0), ("log/i1/d", 0), ("log/i1/e", 0)]);
    assert_eq!(keys(due(&entries, T0)), "c d");
    assert_eq!(next_due_at(&entries), Some(T0));
    // What waits behind a pause ends it.
    let hastened = hasten(&entries, &entries[1], T0).unwrap();
    assert_eq!(hastened, Entry::new("a", "i1", "ops", T0));
    assert_eq!(hasten(&entries, &entries[2], T0), None, "nothing is ahead of it");
    assert_eq!(hasten(&entries, &entries[4], T0), None, "what is ahead is due already");
    entries[0] = hastened;
    assert_eq!(keys(due(&entries, T0)), "a c d");
    entries[0].state = step(&entries[0], &Outcome::answered(200), T0);
    entries[3].state = step(&entries[3], &Outcome::answered(500), T0);
    assert_eq!(keys(due(&entries, T0)), "b c");
    assert_eq!(keys(&disable(&entries, "ops", T0)), "b c");
    assert!(disable(&entries, "ops", T0).iter().all(|e| e.state == State::Disabled { at: T0 }));
}

#[test]
fn news_bring_a_try_forward_that_does_not_count_but_not_before_the_receiver_is_willing() {
    let new = Entry::new("inc-7:resolved", "inc-7", "ops", T0);
    let check = |attempts, outcome: &Outcome, expected: Option<(u32, i64)>| {
        let head = Entry { state: step(&pending(attempts), outcome, T0), ..pending(attempts) };
        let now = T0 + SECOND;
        let hastened = hasten(&[head, new.clone()], &new, now).map(|e| match e.state {
            State::Pending { attempts, due_at, .. } => (attempts, due_at.ms_since(now) / SECOND),
            other => panic!("{other:?}"),
        });
        assert_eq!(hastened, expected, "{attempts} {outcome:?}");
    };
    let asks = |s: i64| Outcome::Answered { status: 429, retry_after_ms: Some(s * SECOND) };
    check(3, &Outcome::answered(500), Some((3, 0)));
    check(3, &asks(61), Some((3, 60)));
    check(3, &asks(0), Some((3, 0)));
    check(0, &asks(61), None); // it waits for the receiver anyway
    // A receiver that is away for a hundred news is still told of the first.
    let mut entry = pending(0);
    for n in 0..100 {
        entry.state = step(&entry, &Outcome::TimedOut, T0 + n);
        entry = hasten(&[entry.clone(), new.clone()], &new, T0 + n).expect("it waits");
    }
    assert!(entry.is_pending());
}

#[test]
fn a_full_outbox_keeps_first_and_last_words() {
    let mut entries = outbox(&[("ops/i1/open", 0), ("ops/i1/amend", 0), ("ops/i1/amend2", 0)]);
    for n in entries.len()..MAX_PENDING - 1 {
        entries.push(Entry::new(&format!("k{n}"), &format!("i{n}"), "ops", T0));
    }
    assert!(admit(&entries, T0).is_empty());
    entries.push(Entry::new("resolve", "i1", "ops", T0));
    assert_eq!(keys(&admit(&entries, T0)), "amend");
    assert!(matches!(admit(&entries, T0)[0].state, State::GaveUp { why: GaveUp::Crowded, .. }));
    entries.drain(1..3);
    entries.extend(outbox(&[("ops/x/y", 0), ("ops/x/z", 0)]));
    assert_eq!(keys(&admit(&entries, T0)), "open");
}

proptest! {
    /// Whatever is answered, an entry is settled after ten tries, and it is never due in the past.
    #[test]
    fn every_entry_settles(statuses in prop::collection::vec(100u16..600, 10), retry in prop::option::of(-9i64..99_999_999)) {
        let mut entry = pending(0);
        let mut now = T0;
        for status in statuses {
            entry.state = step(&entry, &Outcome::Answered { status, retry_after_ms: retry }, now);
            if let State::Pending { due_at, .. } = entry.state {
                prop_assert!(due_at > now);
                now = due_at;
            }
        }
        prop_assert!(entry.state.is_settled());
    }
}
