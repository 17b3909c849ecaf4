use super::*;
use crate::measure::{
    family::Family,
    round::{DualStack, Vantage},
    time::MINUTE,
    vantage::Standing,
};

/// Answers of a name and what was found at its addresses, a round a minute.
struct Story {
    addresses: Addresses,
    at: Timestamp,
}

fn address(i: u8) -> IpAddr {
    IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(i)])
}

impl Story {
    fn new() -> Self {
        Self { addresses: Addresses::default(), at: Timestamp::from_unix_ms(0) }
    }

    /// Hears a round: `answer` are the addresses of the name in their order, `bad` those that are silent. Returns the warning.
    fn hear(&mut self, answer: &[u8], bad: &[u8]) -> Option<Warning> {
        self.hear_as(answer, bad, Cause::TcpTimeout, true)
    }

    fn hear_as(&mut self, answer: &[u8], bad: &[u8], cause: Cause, is_resolved: bool) -> Option<Warning> {
        let all_bad = answer.iter().all(|i| bad.contains(i));
        let mut sample = if all_bad { Sample::failed(cause) } else { Sample::reached() };
        sample.addresses = answer.iter().map(|i| address(*i)).collect();
        sample.phases.resolve = is_resolved.then_some(1.0);
        sample.each = (answer.iter())
            .map(|i| {
                if bad.contains(i) {
                    EachAddress::unconnected(address(*i), cause, 10_000.0)
                } else {
                    EachAddress::of(address(*i), &Sample::reached())
                }
            })
            .collect();
        self.hear_sample(sample)
    }

    fn hear_sample(&mut self, ipv6: Sample) -> Option<Warning> {
        self.at = self.at + MINUTE;
        let mut round = Round {
            target: String::new(),
            started_at: self.at,
            vantage: Vantage {
                name: String::new(),
                standing: PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven },
                silent_controls: Vec::new(),
            },
            samples: PerFamily { ipv4: Sample::skipped(None), ipv6 },
            dual_stack: DualStack::default(),
        };
        self.addresses.hear(&mut round, &Confirmation::default(), 60);
        round.samples.get(Family::Ipv6).evidence.warning
    }

    fn row(&self, i: u8) -> &Row {
        self.addresses.ipv6.rows.iter().find(|row| row.address == address(i)).unwrap()
    }

    fn states(&self) -> Vec<&'static str> {
        self.addresses.ipv6.rows.iter().map(|row| row.health.code()).collect()
    }
}

const fn fail(failing: u16, of: u16) -> Warning {
    Warning::AddressesFail { failing, of, mute: true }
}

#[test]
fn one_dead_of_three_is_confirmed_told_and_recovers() {
    let mut story = Story::new();
    assert_eq!(story.hear(&[1, 2, 3], &[]), None);
    assert_eq!(story.hear(&[3, 1, 2], &[2]), None, "not confirmed yet");
    assert_eq!(story.hear(&[2, 3, 1], &[2]), Some(fail(1, 3)));
    assert_eq!(story.states(), ["up", "down", "up"]);
    let row = story.row(2);
    assert_eq!((row.cause, row.health.since()), (Some(Cause::TcpTimeout), Some(Timestamp::from_unix_ms(2 * MINUTE))));
    assert_eq!(row.detail.as_ref().unwrap().elapsed_ms, Some(10_000.0));
    let at = |n: i64| Timestamp::from_unix_ms(n * MINUTE);
    assert_eq!(row.turns, [Turning { is_down: true, after: Some(at(1)), by: at(2) }]);
    story.hear(&[1, 2, 3], &[2]);
    let failing = story.addresses.ipv6.failing().unwrap();
    assert!((failing.share - 1.0 / 3.0).abs() < 1e-9);
    assert_eq!(story.addresses.ipv6.firsts, Firsts { failing: 1, of: 2 }, "of the answers since then");

    assert_eq!(story.hear(&[1, 2, 3], &[]), Some(fail(1, 3)), "once is no recovery");
    assert_eq!(story.hear(&[1, 2, 3], &[]), None);
    let row = story.row(2);
    assert_eq!((row.cause, row.detail.clone(), row.n_failed, row.n_measured), (None, None, 3, 6));
    assert_eq!(row.turns[1], Turning { is_down: false, after: Some(at(4)), by: at(5) });
    assert_eq!(story.addresses.ipv6.firsts, Firsts::default());
}

#[test]
fn all_but_one_is_degraded_and_all_is_down_as_ever() {
    let mut story = Story::new();
    for _ in 0..2 {
        story.hear(&[1, 2, 3, 4], &[1, 2, 4]);
    }
    assert_eq!(story.addresses.ipv6.failing().map(Warning::from), Some(fail(3, 4)));
    for _ in 0..2 {
        assert_eq!(story.hear(&[1, 2, 3, 4], &[1, 2, 3, 4]), None, "that is the family's");
    }
    assert_eq!(story.addresses.ipv6.failing(), None);
    assert_eq!(story.states(), ["down"; 4]);
}

#[test]
fn a_wrong_answer_is_not_called_silence() {
    let mut story = Story::new();
    for _ in 0..2 {
        story.hear_as(&[1, 2], &[2], Cause::HttpStatus, true);
    }
    assert!(!story.addresses.ipv6.failing().unwrap().is_mute);
}

#[test]
fn what_the_vantage_explains_accuses_no_address() {
    let mut story = Story::new();
    story.hear(&[1, 2], &[]);
    for _ in 0..3 {
        assert_eq!(story.hear_as(&[1, 2], &[2], Cause::VantageNoFamily, true), None);
    }
    assert_eq!((story.row(2).blind, story.row(2).cause), (Some(Cause::VantageNoFamily), None));
}

#[test]
fn an_address_that_the_name_no_longer_has_neither_recovers_nor_fails() {
    let mut story = Story::new();
    for _ in 0..3 {
        story.hear(&[1, 2], &[2]);
    }
    let turns = story.row(2).turns.len();
    assert_eq!(story.hear(&[1], &[]), None, "whoever asks now does not get it");
    assert_eq!((story.row(2).is_listed, story.row(2).turns.len()), (false, turns));
    for _ in 0..61 {
        story.hear(&[1], &[]);
    }
    let gone = &story.addresses.ipv6.gone[..];
    let at = |n: i64| Timestamp::from_unix_ms(n * MINUTE);
    assert_eq!(gone, [Gone { address: address(2), from: at(1), to: at(3), was_down: true }]);
    assert_eq!(story.states(), ["up"]);
    // It begins anew.
    story.hear(&[1, 2], &[]);
    assert_eq!((story.states(), story.addresses.ipv6.gone.len()), (vec!["up", "up"], 0));
}

#[test]
fn one_that_comes_and_goes_is_one_remark() {
    let mut story = Story::new();
    for i in 0..20 {
        let answer: &[u8] = if i % 5 == 4 { &[1, 2] } else { &[1, 2, 3] };
        story.hear(answer, &[3]);
    }
    let pool = &story.addresses.ipv6;
    assert!(!pool.rotates());
    let unsteady: Vec<_> = pool.unsteady().map(|row| (row.address, row.n_listed, row.n_answers)).collect();
    assert_eq!(unsteady, [(address(3), 16, 20)]);
    assert_eq!((story.row(3).health.code(), story.row(3).turns.len()), ("down", 1), "its state goes on where it was");
}

#[test]
fn a_name_whose_answers_go_round_changes_in_none_of_them() {
    let mut story = Story::new();
    for i in 0..30_u8 {
        let answer: Vec<u8> = (0..3).map(|k| (i * 3 + k) % 9 + 1).collect();
        story.hear(&answer, &[4]);
    }
    let pool = &story.addresses.ipv6;
    assert!(pool.rotates());
    assert_eq!((pool.rows.len(), pool.unsteady().count(), pool.gone.len()), (9, 0, 0));
    let failing = pool.failing().unwrap();
    assert_eq!((failing.failing, failing.of), (1, 9));
    assert!((failing.share - 1.0 / 9.0).abs() < 0.01, "{}", failing.share);
}

#[test]
fn what_the_operator_strikes_out_is_no_change_of_the_name() {
    let mut story = Story::new();
    for _ in 0..3 {
        story.hear_as(&[1, 2, 3], &[3], Cause::TcpRefused, false);
    }
    assert!(story.addresses.ipv6.is_pinned && story.addresses.ipv6.failing().is_some());
    assert_eq!(story.hear_as(&[1, 2], &[], Cause::TcpRefused, false), None);
    assert_eq!((story.addresses.ipv6.rows.len(), story.addresses.ipv6.gone.len()), (2, 0));
}

#[test]
fn nothing_is_kept_of_a_target_that_does_not_ask_for_it() {
    let mut story = Story::new();
    let mut plain = Sample::reached();
    plain.addresses = vec![address(1), address(2)];
    story.hear_sample(plain.clone());
    assert!(story.addresses.is_none());
    story.hear(&[1, 2], &[]);
    assert!(!story.addresses.is_none());
    story.hear_sample(Sample::failed(Cause::DnsTimeout));
    assert!(!story.addresses.is_none(), "without an answer nothing is known");
    story.hear_sample(plain);
    assert!(story.addresses.is_none(), "it is no longer asked for");
}

#[test]
fn where_many_take_turns_the_time_between_two_visits_is_no_gap() {
    let mut story = Story::new();
    let answer: Vec<u8> = (1..=12).collect();
    for i in 0..60_u8 {
        let mut sample = Sample::reached();
        sample.addresses = answer.iter().map(|i| address(*i)).collect();
        sample.phases.resolve = Some(1.0);
        let each = |n: u8| EachAddress::of(address(n), &Sample::reached());
        sample.each = vec![each(1), each(2 + (i * 2) % 11), each(2 + (i * 2 + 1) % 11)];
        story.hear_sample(sample);
    }
    assert_eq!(story.states(), ["up"; 12]);
    let since: Vec<i64> =
        story.addresses.ipv6.rows.iter().map(|r| r.health.since().unwrap().unix_ms() / MINUTE).collect();
    assert!(since.iter().all(|since| *since <= 6), "{since:?}");
}

#[test]
fn of_its_turns_the_last_are_kept() {
    let mut story = Story::new();
    for i in 0..100_u8 {
        let bad: &[u8] = if i % 10 < 5 { &[2] } else { &[] };
        story.hear(&[1, 2, 3], bad);
    }
    assert_eq!((story.row(2).turns.len(), story.row(1).turns.len()), (MAX_TURNS, 0));
}
