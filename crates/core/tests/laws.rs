//! What holds for every sequence of rounds, whatever they show, from whomever, in whatever order they come.

#[path = "laws/rounds.rs"]
mod rounds;
#[path = "laws/settings.rs"]
mod settings;

use dualwatch_core::{
    judge::diagnosis::{Conclusion, conclude},
    measure::{
        family::Family,
        round::Round,
        time::{MINUTE, SECOND, Timestamp},
    },
    remember::{
        availability::{Past, Window},
        history::{History, Record},
        spell::{PerTrack, Spell, Track},
    },
    respond::incident::{Effect, Ending, Incident, Kind, Outage, Rate},
    watch::{Heard, State, Watch},
};
use proptest::prelude::*;
use rounds::{VANTAGES, round};
use settings::{BEGIN, settings};

/// A run of rounds that show the same: how many, how far apart, what, by which vantages.
type Run = (usize, i64, char, char, usize);

/// Rounds come in runs: where each is drawn by itself nothing is ever confirmed.
fn runs(letters: &'static [char], vantages: usize) -> impl Strategy<Value = Vec<Run>> {
    let gap = prop_oneof![8 => Just(60), 3 => Just(5), 1 => Just(170), 1 => Just(600), 1 => Just(2_000)];
    let letter = || prop::sample::select(letters);
    prop::collection::vec((1usize..6, gap, letter(), letter(), 0..vantages), 0..30)
}

fn rounds(runs: &[Run]) -> Vec<Round> {
    let mut at = BEGIN;
    let mut rounds = Vec::new();
    for (times, gap_s, ipv4, ipv6, vantage) in runs {
        // What is `u`nstable is refused every other time, for long enough to be told.
        let is_unstable = *ipv4 == 'u' || *ipv6 == 'u';
        for i in 0..times * if is_unstable { 12 } else { 1 } {
            at = at + gap_s * SECOND;
            let shown = |letter: char| match letter {
                'u' if i % 2 == 0 => 'r',
                'u' => 'g',
                letter => letter,
            };
            rounds.push(round(at, VANTAGES[*vantage], shown(*ipv4), shown(*ipv6)));
        }
    }
    rounds
}

const ALL: &[char] = &['g', 'g', 'g', 'r', 'r', 't', 'u', 's', 'n', '?'];

/// All that came of a sequence of rounds.
#[derive(Clone, Debug, Default, PartialEq)]
struct Told {
    watch: Watch,
    effects: Vec<Effect>,
    records: Vec<Record>,
    incidents: Vec<Incident>,
}

impl Told {
    fn hear(&mut self, round: Round) -> Heard {
        let now = round.started_at;
        let heard = self.watch.hear(round, &settings(), now);
        self.effects.extend(heard.effects.iter().copied());
        self.records.extend(heard.records.iter().cloned());
        if let Some(incident) = self.watch.incident() {
            match self.incidents.iter_mut().find(|known| known.id == incident.id) {
                Some(known) => *known = incident.clone(),
                None => self.incidents.push(incident.clone()),
            }
        }
        heard
    }

    fn of(rounds: &[Round]) -> Self {
        let mut told = Self::default();
        for round in rounds {
            told.hear(round.clone());
        }
        told
    }

    fn last_at(&self) -> Timestamp {
        self.watch.state.incidents.last_heard.unwrap_or(BEGIN)
    }

    fn spells(&self) -> PerTrack<Vec<Spell>> {
        let mut spells = PerTrack::from_fn(|_| Vec::new());
        for record in &self.records {
            if let Record::Spell(track, spell) = record {
                spells.get_mut(*track).push(*spell);
            }
        }
        if let Some(history) = &self.watch.history {
            for track in Track::ALL {
                spells.get_mut(track).push(history.lasting(track));
            }
        }
        spells
    }
}

/// Stores all that is stored of a watch, and loads it again.
fn reloaded(watch: &Watch) -> Watch {
    let state = watch.state.to_bytes(serde_json::to_vec).expect("what is rare is JSON");
    let state = State::from_bytes(&state, serde_json::from_slice).expect("the bytes are read");
    let history = watch.history.as_ref().map(|h| History::from_bytes(&h.to_bytes()).expect("the bytes are read"));
    Watch { progress: watch.progress.clone(), state, history }
}

/// A round without a cause against the target in either family.
fn is_innocent(round: &Round) -> bool {
    round.samples.iter().all(|(_, sample)| !matches!(conclude(sample), Conclusion::Bad(_)))
}

/// With several vantages the bounds still are in order, and the reports of them do not panic.
fn check_bounds(told: &Told) {
    for incident in &told.incidents {
        for outage in &incident.outages {
            let began = outage.began;
            assert!(began.after.is_none_or(|after| after <= began.by), "{outage:?}");
            if let Some((ended, _)) = outage.ended {
                assert!(ended.after.is_none_or(|after| began.by <= ended.by && after <= ended.by), "{outage:?}");
            }
        }
        let segments = incident.segments();
        assert!(segments.windows(2).all(|s| s[0].ended.is_some_and(|e| e.by <= s[1].began.by)));
        let context = dualwatch_core::respond::report::Context { others: &told.incidents, ..Default::default() };
        let report = dualwatch_core::respond::report::Report::of(incident, &context);
        assert!(report.detection.confirmed_after_ms >= 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_resolve_has_one_earlier_open_and_effects_are_numbered_without_a_gap(runs in runs(ALL, 3)) {
        let told = Told::of(&rounds(&runs));
        for incident in &told.incidents {
            let effects: Vec<&Effect> = told.effects.iter().filter(|e| e.incident == incident.id).collect();
            let mut open = None;
            let mut last_episode = 0;
            for (i, effect) in effects.iter().enumerate() {
                prop_assert_eq!(effect.n as usize, i + 1, "{:?}", effects);
                match effect.kind {
                    Kind::Open { episode } => {
                        prop_assert!(open.is_none() && episode > last_episode, "{:?}", effects);
                        (open, last_episode) = (Some(episode), episode);
                    }
                    Kind::Resolve { episode } => {
                        prop_assert!(open.take().is_some_and(|opened| opened <= episode), "{:?}", effects);
                        last_episode = episode;
                    }
                    Kind::Amend { .. } => prop_assert!(open.is_some(), "{:?}", effects),
                }
            }
            prop_assert_eq!(effects.len(), incident.n_effects as usize);
            prop_assert_eq!(open.is_some(), incident.is_open());
            prop_assert_eq!(last_episode.max(incident.episodes), incident.episodes);
        }
        // No effect is of an incident that nobody has.
        prop_assert!(told.effects.iter().all(|e| told.incidents.iter().any(|i| i.id == e.incident)));
        let times: Vec<Timestamp> = told.effects.iter().map(|e| e.at).collect();
        prop_assert!(times.is_sorted());
    }

    #[test]
    fn replaying_is_the_identity_and_so_is_storing_between_any_two_rounds(runs in runs(ALL, 3), every in 1usize..5) {
        let rounds = rounds(&runs);
        let told = Told::of(&rounds);
        prop_assert_eq!(&Told::of(&rounds), &told);
        let mut stored = Told::default();
        for (i, round) in rounds.iter().enumerate() {
            if i % every == 0 {
                stored.watch = reloaded(&stored.watch);
            }
            stored.hear(round.clone());
        }
        prop_assert_eq!(&stored, &told);
    }

    #[test]
    fn what_comes_late_twice_or_out_of_order_changes_nothing(runs in runs(ALL, 3), again in prop::collection::vec((0usize..60, 0usize..60), 0..20)) {
        let rounds = rounds(&runs);
        let told = Told::of(&rounds);
        let mut disturbed = Told::default();
        for (i, round) in rounds.iter().enumerate() {
            disturbed.hear(round.clone());
            // Some round that its vantage has already sent, or one in between that it had not.
            for (_, back) in again.iter().filter(|(after, _)| *after == i) {
                let old = &rounds[i.saturating_sub(*back)];
                let before = disturbed.watch.clone();
                let newest = rounds[..=i].iter().rev().find(|r| r.vantage.name == old.vantage.name).unwrap();
                for started_at in [old.started_at, old.started_at - 3 * SECOND] {
                    if started_at <= newest.started_at {
                        let heard = disturbed.watch.hear(
                            Round { started_at, ..old.clone() },
                            &settings(),
                            round.started_at,
                        );
                        prop_assert_eq!(heard, Heard::default());
                        prop_assert_eq!(&disturbed.watch, &before);
                    }
                }
            }
        }
        prop_assert_eq!(&disturbed, &told);
    }

    #[test]
    fn availability_parts_sum_to_the_time(runs in runs(ALL, 3)) {
        let rounds = rounds(&runs);
        let told = Told::of(&rounds);
        let spells = told.spells();
        let Some((first, last)) = rounds.first().zip(rounds.last()) else { return Ok(()) };
        let window = Window { from: first.started_at, to: last.started_at };
        for (track, spells) in spells.iter() {
            let availability = Past { folded: &[], spells }.over(window);
            let times = availability.times;
            prop_assert_eq!(times.observed_ms(), times.up_ms + times.down_ms);
            let sum = times.up_ms + times.down_ms + times.maintenance_ms + availability.unobserved_ms();
            prop_assert_eq!(sum, window.length_ms(), "{}", track.code());
            // Spells follow each other without a gap, and no two of a kind.
            for pair in spells.windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
                prop_assert_ne!(pair[0].state, pair[1].state);
            }
        }
    }

    /// With one vantage: whatever is called down is in an incident, and what is in one was called down.
    #[test]
    fn what_is_down_is_in_an_incident(runs in runs(ALL, 1)) {
        let mut told = Told::default();
        for round in rounds(&runs) {
            told.hear(round);
            for family in Family::ALL {
                let code = told.watch.progress[0].health.get(family).code();
                let is_in_incident = told.watch.state.incidents.open.as_ref().is_some_and(|i| i.is_down(family));
                match code {
                    "down" | "recovering" => prop_assert!(is_in_incident, "{}: {}", family.code(), code),
                    "up" => prop_assert!(!is_in_incident, "{}: {}", family.code(), code),
                    // Suspect after "not offered", and blind, an outage may go on.
                    _ => {}
                }
            }
        }
    }

    /// With one vantage: every failing round of a confirmed outage lies in it, and no good one.
    #[test]
    fn the_bounds_of_an_outage_fit_the_rounds(runs in runs(ALL, 1)) {
        let rounds = rounds(&runs);
        let told = Told::of(&rounds);
        for incident in &told.incidents {
            for outage in &incident.outages {
                let of = |at: Timestamp| {
                    let round = rounds.iter().find(|r| r.started_at == at);
                    round.map(|r| conclude(r.samples.get(outage.family)))
                };
                let began = outage.began;
                prop_assert!(began.after.is_none_or(|after| after < began.by), "{:?}", outage);
                // What is unstable again after it was down is so from the end of that on.
                let goes_on = outage.unstable.is_some()
                    && incident.outages.iter().any(|o| o.ended.is_some_and(|(ended, _)| ended == began));
                prop_assert!(goes_on || matches!(of(began.by), Some(Conclusion::Bad(_))), "{:?}", outage);
                if let Some(after) = began.after.filter(|_| !goes_on) {
                    prop_assert!(matches!(of(after), Some(Conclusion::Good { .. } | Conclusion::Unpublished(_))), "{:?}", outage);
                }
                if let Some((ended, Ending::WentDown)) = outage.ended {
                    prop_assert!(incident.outages.iter().any(|o| o.unstable.is_none() && o.began == ended), "{:?}", outage);
                } else if let Some((ended, _)) = outage.ended {
                    let last_bad = ended.after.expect("something failed before it");
                    prop_assert!(began.by <= last_bad && last_bad < ended.by, "{:?}", outage);
                    prop_assert!(matches!(of(last_bad), Some(Conclusion::Bad(_))), "{:?}", outage);
                    prop_assert!(!matches!(of(ended.by), None | Some(Conclusion::Bad(_) | Conclusion::Blind(_))), "{:?}", outage);
                }
            }
        }
    }

    /// With one vantage: what is told of a rate is what the rounds from its beginning to its end show.
    #[test]
    fn a_rate_is_that_of_the_rounds(runs in runs(ALL, 1)) {
        let rounds = rounds(&runs);
        let told = Told::of(&rounds);
        for incident in &told.incidents {
            for outage @ Outage { family, began, ended, .. } in &incident.outages {
                let Some(Rate { failed, of }) = &outage.rate() else { continue };
                prop_assert!(failed <= of);
                // Of what is unstable a streak that is not over is not counted yet.
                let newest = told.last_at() + i64::from(outage.unstable.is_none());
                let (to, is_over) = ended.map_or((newest, false), |(ended, _)| (ended.by, true));
                let within = rounds.iter().filter(|r| began.by <= r.started_at && r.started_at < to);
                let n_bad = within.filter(|r| matches!(conclude(r.samples.get(*family)), Conclusion::Bad(_))).count();
                prop_assert!(*failed as usize <= n_bad, "{:?} {}", incident.outages, n_bad);
                prop_assert!(!is_over || *failed > 0 || incident.outages.len() > 1, "{:?}", incident.outages);
            }
            for family in Family::ALL {
                // Of one family nothing overlaps, and one thing at most lasts.
                let mut spans: Vec<_> = (incident.outages.iter().filter(|o| o.family == family))
                    .map(|o| (o.began.by, o.ended.map(|(ended, _)| ended.by)))
                    .collect();
                spans.sort();
                for pair in spans.windows(2) {
                    prop_assert!(pair[0].1.is_some_and(|ended| ended <= pair[1].0), "{:?}", incident.outages);
                }
            }
        }
        // What is unstable is in an incident that is open.
        for (family, track) in told.watch.state.incidents.tracks.iter() {
            let open = told.watch.state.incidents.open.as_ref();
            let has_it = open.is_some_and(|open| open.outages.iter().any(|o| o.family == family && o.ended.is_none()));
            prop_assert!(!track.unrest.is_unstable() || has_it, "{:?}", open);
        }
        // No two incidents have one name, and each is later than those before.
        prop_assert!(told.incidents.windows(2).all(|pair| pair[0].id < pair[1].id));
    }

    #[test]
    fn nobody_is_accused_by_rounds_that_show_no_failure(runs in runs(&['g', 's', 'n', '?'], 3)) {
        let rounds = rounds(&runs);
        prop_assert!(rounds.iter().all(is_innocent));
        let told = Told::of(&rounds);
        prop_assert_eq!(told.effects, Vec::new());
        prop_assert_eq!(told.incidents, Vec::new());
    }

    #[test]
    fn bounds_are_in_order_with_any_vantages(runs in runs(ALL, 3)) {
        check_bounds(&Told::of(&rounds(&runs)));
    }

    #[test]
    fn a_gap_is_never_up_or_down(letter in prop::sample::select(&['g', 'r'][..]), minutes in 5i64..600) {
        let before: Vec<Round> = (0..5).map(|i| round(BEGIN + i * MINUTE, "edge", letter, letter)).collect();
        let after = round(BEGIN + (4 + minutes) * MINUTE, "edge", letter, letter);
        let mut told = Told::of(&before);
        told.hear(after);
        let window = Window { from: BEGIN + 4 * MINUTE, to: BEGIN + (4 + minutes) * MINUTE };
        for (_, spells) in told.spells().iter() {
            let availability = Past { folded: &[], spells }.over(window);
            // Until the next one was due.
            prop_assert_eq!(availability.times.observed_ms(), MINUTE.cast_unsigned());
        }
    }
}

#[test]
fn what_one_has_seen_well_after_another_had_failed_does_not_turn_the_bounds() {
    let runs = [(2, 60, 'r', 's', 1), (1, 60, 'r', 'r', 1), (1, 5, 'u', 'g', 0), (4, 60, 'r', 'u', 2)];
    check_bounds(&Told::of(&rounds(&runs)));
}
