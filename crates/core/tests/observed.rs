//! Which time is observed, and of which nobody knows: for every second the rule said the other way round, and one answer
//! from the availability and from the incidents.

#[path = "laws/rounds.rs"]
mod rounds;
#[path = "laws/settings.rs"]
mod settings;

use dualwatch_core::{
    judge::{diagnosis::Conclusion, diagnosis::conclude, schedule::Reach},
    measure::{
        family::{Family, PerFamily},
        round::Round,
        target::Confirmation,
        time::{SECOND, Timestamp},
    },
    remember::{
        availability::{self, Past},
        history::Record,
        spell::{PerTrack, Spell, State, Track},
    },
    respond::{
        incident::{Incident, Trouble},
        maintenance::{Expected, Window, covers},
    },
    watch::{Settings, Watch},
};
use proptest::prelude::*;
use rounds::{VANTAGES, round};
use settings::{BEGIN, settings};

const INTERVAL_S: u32 = 5;
const TIMEOUT_MS: u32 = 2_000;
const REACH: Reach = Reach::of(INTERVAL_S, TIMEOUT_MS);

/// What came of rounds, each with the moment at which it was heard.
struct Lived {
    spells: PerTrack<Vec<Spell>>,
    incidents: Vec<Incident>,
    window: availability::Window,
}

fn live(rounds: &[(Timestamp, Round)], windows: &[Window], confirm: u32) -> Lived {
    let confirm =
        Confirmation { failures_to_confirm: confirm, successes_to_confirm: confirm, ..Confirmation::default() };
    let settings = Settings { interval_s: INTERVAL_S, timeout_ms: TIMEOUT_MS, confirm, windows, ..settings() };
    let mut watch = Watch::default();
    let mut lived = Lived {
        spells: PerTrack::from_fn(|_| Vec::new()),
        incidents: Vec::new(),
        window: availability::Window { from: BEGIN, to: BEGIN },
    };
    for (now, round) in rounds {
        let heard = watch.hear(round.clone(), &settings, *now);
        for record in heard.records {
            if let Record::Spell(track, spell) = record {
                lived.spells.get_mut(track).push(spell);
            }
        }
        if let Some(incident) = watch.incident() {
            match lived.incidents.iter_mut().find(|known| known.id == incident.id) {
                Some(known) => *known = incident.clone(),
                None => lived.incidents.push(incident.clone()),
            }
        }
    }
    if let Some(history) = &watch.history {
        for track in Track::ALL {
            lived.spells.get_mut(track).push(history.lasting(track));
        }
        lived.window.from = lived.spells.ipv4.first().map_or(BEGIN, |spell| spell.from);
        lived.window.to = history.told_to();
    }
    lived
}

impl Lived {
    fn seconds(&self) -> impl Iterator<Item = Timestamp> + use<> {
        let (from, to) = (self.window.from, self.window.to);
        (0..to.ms_since(from) / SECOND).map(move |n| from + n * SECOND)
    }

    fn state(&self, track: Track, at: Timestamp) -> State {
        let spell = self.spells.get(track).iter().find(|s| s.from <= at && at < s.to);
        spell.map_or(State::Unobserved, |spell| spell.state)
    }

    fn is_blind(incident: &Incident, family: Family, at: Timestamp) -> bool {
        incident.blind.iter().any(|b| b.family == family && b.from <= at && b.to.is_none_or(|to| at < to))
    }

    /// Counts every second by itself: the parts are the whole, and nothing is down that an incident calls blind.
    fn check(&self) {
        for track in Track::ALL {
            let over = Past { folded: &[], spells: self.spells.get(track) }.over(self.window);
            let times = over.times;
            let parts = times.observed_ms() + over.unobserved_ms() + times.maintenance_ms;
            assert_eq!(parts, self.window.length_ms());
            let count = |states: &[State]| {
                let n = self.seconds().filter(|at| states.contains(&self.state(track, *at))).count();
                n as u64 * SECOND.cast_unsigned()
            };
            assert_eq!(count(&[State::Up, State::Degraded]), times.up_ms, "{}", track.code());
            assert_eq!(count(&[State::Down]), times.down_ms, "{}", track.code());
            assert_eq!(count(&[State::Maintenance]), times.maintenance_ms, "{}", track.code());
            assert_eq!(count(&[State::Unobserved]), over.unobserved_ms(), "{}", track.code());
        }
        for incident in &self.incidents {
            for spell in &incident.blind {
                assert!(spell.to.is_none_or(|to| spell.from < to), "{spell:?}");
            }
            for family in Family::ALL {
                for at in self.seconds().filter(|at| Self::is_blind(incident, family, *at)) {
                    let state = self.state(family.into(), at);
                    assert_ne!(state, State::Down, "{} {at:?} {:?}", family.code(), incident.blind);
                }
            }
        }
    }
}

/// A run of rounds that show the same: how many, how many seconds apart, what, by which vantages, and how many seconds
/// after their beginning they are heard.
type Run = (usize, i64, char, char, usize, i64);

fn runs(vantages: usize) -> impl Strategy<Value = Vec<Run>> {
    let gap = prop_oneof![12 => Just(5), 2 => Just(7), 1 => Just(3), 2 => Just(12), 1 => Just(61), 1 => Just(142)];
    let letter = || prop::sample::select(&['g', 'g', 'g', 'r', 'r', 'r', 's', 'n', '?'][..]);
    let late = prop_oneof![4 => Just(0), 1 => 1i64..9];
    prop::collection::vec((1usize..7, gap, letter(), letter(), 0..vantages, late), 1..30)
}

/// In the order in which they are heard.
fn rounds(runs: &[Run]) -> Vec<(Timestamp, Round)> {
    let (mut at, mut rounds) = (BEGIN, Vec::new());
    for (n, gap_s, ipv4, ipv6, vantage, late_s) in runs {
        for _ in 0..*n {
            at = at + gap_s * SECOND;
            let late_s = if *vantage == 0 { 0 } else { *late_s };
            rounds.push((at + late_s * SECOND, round(at, VANTAGES[*vantage], *ipv4, *ipv6)));
        }
    }
    rounds.sort_by_key(|(now, _)| *now);
    rounds
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    let window =
        (0i64..400, 1i64..120, any::<bool>(), any::<bool>()).prop_map(|(from, length, is_all, is_down)| Window {
            title: "Work".to_owned(),
            from: BEGIN + from * SECOND,
            to: BEGIN + (from + length) * SECOND,
            families: PerFamily { ipv4: is_all, ipv6: true },
            expected: if is_down { Expected::Down } else { Expected::Degraded },
        });
    prop::collection::vec(window, 0..3)
}

/// What each of these rounds says of a family, said the other way round: of what is reached whether it is degraded is what so
/// many in a row have confirmed, from the one before the last of these on.
fn said(rounds: &[(Timestamp, Round)], family: Family, confirm: u32) -> Vec<State> {
    let conclusions: Vec<Conclusion> = rounds.iter().map(|(_, round)| conclude(round.samples.get(family))).collect();
    let (mut is_degraded, mut n_other) = (false, 0);
    let mut said: Vec<State> = Vec::new();
    for (i, conclusion) in conclusions.iter().enumerate() {
        match conclusion {
            Conclusion::Good { degraded } if *degraded == is_degraded => n_other = 0,
            Conclusion::Good { degraded } => {
                n_other += 1;
                if n_other >= confirm {
                    let before = i.checked_sub(1).filter(|at| matches!(conclusions[*at], Conclusion::Good { .. }));
                    if let Some(before) = before.filter(|_| n_other > 1) {
                        said[before] = State::of(*conclusion);
                    }
                    (is_degraded, n_other) = (*degraded, 0);
                }
            }
            Conclusion::Unpublished(_) => (is_degraded, n_other) = (false, 0),
            Conclusion::Bad(_) | Conclusion::Blind(_) => {}
        }
        said.push(match conclusion {
            Conclusion::Good { .. } => State::of(Conclusion::Good { degraded: is_degraded }),
            other => State::of(*other),
        });
    }
    said
}

/// With one vantage: for every second, who speaks?
fn check_every_second(runs: &[Run], windows: &[Window], confirm: u32) {
    let rounds = rounds(runs);
    let lived = live(&rounds, windows, confirm);
    lived.check();
    let said = PerFamily::from_fn(|family| said(&rounds, family, confirm));
    for at in lived.seconds() {
        let n = rounds.partition_point(|(_, round)| round.started_at <= at);
        let (last, next) = (&rounds[n - 1].1, rounds[n].1.started_at);
        let is_in_time = next.ms_since(last.started_at) <= REACH.hold_ms;
        let is_spoken_of = is_in_time || at.ms_since(last.started_at) < REACH.due_ms;
        for family in Family::ALL {
            let conclusion = conclude(last.samples.get(family));
            let seen = if is_spoken_of { said.get(family)[n - 1] } else { State::Unobserved };
            let expected = match covers(windows, family, at).map(|window| window.expected) {
                Some(Expected::Down) => State::Maintenance,
                Some(Expected::Degraded) if seen == State::Degraded => State::Maintenance,
                _ => seen,
            };
            assert_eq!(lived.state(family.into(), at), expected, "{} {:?}", family.code(), at);
            let is_offered = !matches!(conclusion, Conclusion::Unpublished(_)) || !is_spoken_of;
            for incident in lived.incidents.iter().filter(|i| i.blind_omitted_ms == PerFamily::default()) {
                let is_down = incident.outages.iter().any(|o| {
                    let is_over = o.ended.is_some_and(|(ended, _)| ended.by <= at);
                    o.family == family && o.trouble() == Trouble::Down && o.began.by <= at && !is_over
                });
                // In an outage nothing else hides what nobody saw.
                if is_down && is_offered && seen == State::Unobserved {
                    assert!(Lived::is_blind(incident, family, at), "{} {:?} {:?}", family.code(), at, incident);
                }
            }
        }
    }
}

/// What an incident shows while the round that is due does not come is what the next round, when it comes, keeps.
fn check_gaps(runs: &[Run], confirm: u32) {
    let confirm =
        Confirmation { failures_to_confirm: confirm, successes_to_confirm: confirm, ..Confirmation::default() };
    let settings = Settings { interval_s: INTERVAL_S, timeout_ms: TIMEOUT_MS, confirm, ..settings() };
    let mut watch = Watch::default();
    for (now, round) in rounds(runs) {
        let (open, history) = (watch.state.incidents.open.clone(), watch.history.clone());
        let last = watch.progress.first().map(|progress| progress.round.started_at);
        let shown = open.zip(history).zip(last).map(|((open, history), last)| {
            let holds_until = last + REACH.hold_ms;
            // As long as it can come in time nothing is said.
            assert_eq!(history.unseen_since(holds_until), PerFamily::default());
            assert_eq!(open.clone().while_unseen(&history.unseen_since(holds_until)), *open);
            let before = round.started_at - 1;
            (before > holds_until).then(|| open.while_unseen(&history.unseen_since(before)))
        });
        watch.hear(round, &settings, now);
        let Some(shown) = shown.flatten() else { continue };
        let kept = watch.incident().filter(|kept| kept.id == shown.id).expect("it is kept");
        for spell in shown.blind.iter().filter(|spell| spell.to.is_none()) {
            // It may turn out that it was well again before nobody saw it.
            let ends = kept.outages.iter().filter(|o| o.family == spell.family).map(|o| o.ended);
            let was_over = ends.max_by_key(|ended| ended.map_or(Timestamp::from_unix_ms(i64::MAX), |(end, _)| end.by));
            let was_over = was_over.flatten().is_some_and(|(end, _)| end.by <= spell.from);
            let is_kept = Lived::is_blind(kept, spell.family, spell.from);
            assert!(is_kept || was_over, "{:?} {:?}", spell, kept.blind);
        }
        let lasts = |family: &Family| shown.now(*family).is_some();
        let n_lasting = shown.blind.iter().filter(|spell| spell.to.is_none()).count();
        assert_eq!(n_lasting, Family::ALL.iter().filter(|family| lasts(family)).count());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_parts_are_the_whole_whoever_measures(runs in runs(3), windows in windows(), confirm in 1u32..4) {
        live(&rounds(&runs), &windows, confirm).check();
    }

    #[test]
    fn every_second_is_what_its_round_says(runs in runs(1), windows in windows(), confirm in 1u32..4) {
        check_every_second(&runs, &windows, confirm);
    }

    #[test]
    fn a_gap_shows_as_it_will_be_kept(runs in runs(1), confirm in 1u32..4) {
        check_gaps(&runs, confirm);
    }
}

/// Rounds every five seconds, IPv6 as said; `.`: none.
fn told(letters: &str, confirm: u32) -> Lived {
    let rounds: Vec<_> = (0..)
        .zip(letters.chars())
        .filter(|(_, letter)| *letter != '.')
        .map(|(n, letter)| (BEGIN + n * 5 * SECOND, round(BEGIN + n * 5 * SECOND, "edge", 'g', letter)))
        .collect();
    live(&rounds, &[], confirm)
}

#[test]
fn a_stop_of_a_minute_is_a_minute_that_nobody_saw() {
    // As when the worker is stopped for 61 s at an interval of 5 s.
    let lived = told(&format!("ggrrrr{}rrggg", ".".repeat(12)), 2);
    let over = Past { folded: &[], spells: &lived.spells.ipv6 }.over(lived.window);
    assert_eq!(over.unobserved_ms(), 60_000);
    assert_eq!((over.times.up_ms, over.times.down_ms), (20_000, 30_000));
    let [incident] = &lived.incidents[..] else { panic!("{:?}", lived.incidents) };
    let blind: Vec<_> = incident.blind.iter().map(|b| (b.family, b.to.unwrap().ms_since(b.from))).collect();
    assert_eq!(blind, [(Family::Ipv6, 60_000)], "IPv4 was well");
    lived.check();
}

#[test]
fn what_was_not_confirmed_when_sight_was_lost_is_blind_in_the_incident_that_follows() {
    let lived = told("ggr...rgggg", 2);
    let [incident] = &lived.incidents[..] else { panic!("{:?}", lived.incidents) };
    assert_eq!(incident.began().by, BEGIN + 10 * SECOND);
    let blind: Vec<_> =
        incident.blind.iter().map(|b| (b.from.ms_since(BEGIN), b.to.unwrap().ms_since(BEGIN))).collect();
    assert_eq!(blind, [(15_000, 30_000)]);
    lived.check();
}

#[test]
fn what_another_sees_at_the_moment_at_which_one_goes_blind_is_no_blind_spell_of_no_length() {
    let runs = [
        (1, 5, 'g', 'g', 1, 0),
        (3, 5, 'r', 'g', 0, 0),
        (1, 5, 'r', 'g', 1, 6),
        (1, 5, '?', 'g', 0, 0),
        (1, 5, 'g', 'g', 0, 0),
    ];
    live(&rounds(&runs), &[], 1).check();
}

#[test]
fn of_many_gaps_before_an_outage_is_confirmed_those_in_it_are_known() {
    check_every_second(&[(3, 142, 'r', 'g', 0, 0), (5, 142, 'r', 'g', 0, 0), (2, 12, 'r', 'g', 0, 0)], &[], 3);
}

#[test]
fn of_more_blind_spells_than_are_kept_the_newest_stay_whichever_family_is_confirmed_first() {
    let runs = [(3, 5, 'r', 'g', 0, 0), (2, 12, 'g', 'r', 0, 0), (5, 142, 'g', 'r', 0, 0), (2, 12, 'r', 'r', 0, 0)];
    check_gaps(&runs, 3);
}
