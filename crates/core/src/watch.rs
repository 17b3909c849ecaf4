//! The watch over one target: what every host does with a round, whoever measured it.
//!
//! A worker, a replay and a test call the same [`Watch::hear`]. It keeps the newest round of every vantage, steps its
//! health, lets the vantages agree, and steps the incidents with that.

use crate::{
    agreement::{Agreement, Finding, agree},
    changes,
    family::{Family, PerFamily},
    health::{self, Health},
    history::{History, Record},
    incident::{
        self, Effect, Incident, Kind,
        step::{Observation, Seen},
    },
    round::Round,
    schedule::{Hurry, late_after_ms},
    spell::Facts,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What the rounds of one vantage so far have led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub health: PerFamily<Health>,
    /// Its newest round.
    pub round: Round,
}

/// What a host must know of a target to watch over it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings<'a> {
    /// The target's URL without credentials: rounds of another say nothing about it.
    pub url: &'a str,
    /// The name of the vantage that decides where others are divided.
    pub own_vantage: &'a str,
    pub interval_s: u32,
    pub confirm: health::Policy,
    pub incidents: incident::Policy,
}

/// What is remembered of a target beside the newest rounds. Stored by the host after every round.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub incidents: incident::State,
    pub changes: changes::State,
    pub hurry: Hurry,
}

/// Everything that is known of a target now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watch {
    pub progress: Vec<Progress>,
    pub state: State,
    /// `None` before the first round.
    pub history: Option<History>,
}

/// What one round has brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// Whether it was newer than the last of its vantage, and of this target. One that is not changes nothing.
    pub accepted: bool,
    /// What is to be done, in this order. The incident of all of them is in the state: open, or the latest.
    pub effects: Vec<Effect>,
    /// Rows of the history that are complete, in the order in which they are to be stored.
    pub records: Vec<Record>,
}

impl Watch {
    /// Takes one round. `now` is the host's clock; in a replay the moment of the round itself.
    pub fn hear(&mut self, round: Round, settings: &Settings<'_>, now: Timestamp) -> Heard {
        let of = self.progress.iter().position(|p| p.round.vantage.name == round.vantage.name);
        let last = of.map(|at| self.progress[at].round.started_at);
        if round.target != settings.url || last.is_some_and(|last| round.started_at <= last) {
            return Heard::default();
        }
        let before = of.map(|at| self.progress[at].health).unwrap_or_default();
        let health = health::step_round(before, last, settings.interval_s, &round, &settings.confirm);
        if round.vantage.name == settings.own_vantage {
            self.state.hurry = self.state.hurry.step(&before, &health);
            self.state.changes.hear(&round);
        }
        let next = Progress { health, round };
        match of {
            Some(at) => self.progress[at] = next,
            None => self.progress.push(next),
        }
        let records = self.keep_history(settings, now);
        let effects = self.step_incidents(settings, now);
        self.note_changes(&effects);
        Heard { accepted: true, effects, records }
    }

    /// Returns what all vantages together say; `None` before the first round.
    pub fn agreement(&self, settings: &Settings<'_>, now: Timestamp) -> Option<Agreement<'_>> {
        if let [only] = &self.progress[..] {
            return agree(&[finding(only, settings)], settings.interval_s, now);
        }
        let findings: Vec<Finding<'_>> = self.progress.iter().map(|p| finding(p, settings)).collect();
        agree(&findings, settings.interval_s, now)
    }

    /// Returns the incident that effects of this moment are about.
    pub fn incident(&self) -> Option<&Incident> {
        let State { incidents, .. } = &self.state;
        incidents.open.as_deref().or(incidents.latest.as_deref())
    }

    fn keep_history(&mut self, settings: &Settings<'_>, now: Timestamp) -> Vec<Record> {
        let Some(agreement) = self.agreement(settings, now) else { return Vec::new() };
        let samples = PerFamily { ipv4: agreement.families.ipv4.sample, ipv6: agreement.families.ipv6.sample };
        let facts = Facts::new(agreement.last_round_at, samples, agreement.paired.dual_stack);
        let history = self.history.get_or_insert_with(|| History::new(facts.at));
        history.round(&facts, late_after_ms(settings.interval_s)).unwrap_or_default()
    }

    /// Keeps with an incident what changed around it: when it opens, and once more when it is over.
    fn note_changes(&mut self, effects: &[Effect]) {
        let is_turn = |e: &Effect| matches!(e.kind, Kind::Open { .. } | Kind::Resolve { .. });
        let Some(turn) = effects.iter().rev().find(|e| is_turn(e)) else { return };
        let incident::State { open, latest, .. } = &mut self.state.incidents;
        if let Some(incident) = open.as_deref_mut().or(latest.as_deref_mut()) {
            let found = self.state.changes.around(incident.began().by, turn.at);
            incident.changes.extend(found.into_iter().filter(|c| !incident.changes.contains(c)).collect::<Vec<_>>());
        }
    }

    fn step_incidents(&mut self, settings: &Settings<'_>, now: Timestamp) -> Vec<Effect> {
        let state = std::mem::take(&mut self.state.incidents);
        let Some(agreement) = self.agreement(settings, now) else {
            self.state.incidents = state;
            return Vec::new();
        };
        let families = PerFamily::from_fn(|family: Family| {
            let agreed = agreement.families.get(family);
            Seen {
                health: agreed.health,
                sample: agreed.sample,
                vantage: agreed.vantage,
                heard_at: agreed.heard_at,
                standing: agreed.standing,
                excused_until: None,
            }
        });
        let seen = Observation {
            at: state.last_heard.max(Some(agreement.last_round_at)).unwrap_or(agreement.last_round_at),
            now,
            late_after_ms: late_after_ms(settings.interval_s),
            families,
            paired: agreement.paired,
        };
        let step = incident::step::step(state, &seen, &settings.incidents);
        self.state.incidents = step.state;
        step.effects
    }
}

fn finding<'a>(progress: &'a Progress, settings: &Settings<'_>) -> Finding<'a> {
    let round = &progress.round;
    Finding { is_own: round.vantage.name == settings.own_vantage, health: &progress.health, round }
}
