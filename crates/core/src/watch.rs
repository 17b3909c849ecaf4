//! The watch over one target: what every host does with a round, whoever measured it.
//!
//! A worker, a replay and a test call the same [`Watch::hear`]. It keeps the newest round of every vantage, steps its
//! health, lets the vantages agree, and steps the incidents with that.

mod bytes;

pub use bytes::Rare;

use crate::{
    judge::{
        addresses::Addresses,
        agreement::{Agreement, Finding, agree},
        diagnosis::{Conclusion, conclude, settle},
        health::{self, Health},
        hurry::Hurry,
        schedule::{Reach, late_after_ms},
    },
    measure::{
        family::{Family, PerFamily},
        round::Round,
        target::{Confirmation, Scheme},
        time::{DAY, SECOND, Timestamp},
        vantage::Nearby,
    },
    notice::{
        changes,
        detection::{Detection, FindingChange, Observed},
        doubts::Doubts,
    },
    remember::{
        history::{History, Record},
        spell::{Facts, State as Shown},
    },
    respond::{
        incident::{
            self, Effect, Ending, Incident, Kind,
            step::{Observation, Seen, Sight, abandon},
        },
        maintenance::{Window, cover, covers, excused_until},
    },
};
use serde::{Deserialize, Serialize};

/// What the rounds of one vantage so far have led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub health: PerFamily<Health>,
    /// Its newest round.
    pub round: Round,
    /// When it last found each family well, or not offered.
    pub last_good: PerFamily<Option<Timestamp>>,
}

/// What a host must know of a target to watch over it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings<'a> {
    /// The target's URL without credentials: rounds of another say nothing about it.
    pub url: &'a str,
    /// The name of the vantage that decides where others are divided.
    pub own_vantage: &'a str,
    pub interval_s: u32,
    /// The longest that a round may take.
    pub timeout_ms: u32,
    /// Of records of a monitor that measures every `interval_s`, and writes down what has changed, and once a while that
    /// nothing has: for so many seconds at most one of them stands for all that were the same until the next. `None`:
    /// every round is at hand.
    pub unchanged_s: Option<u32>,
    pub confirm: Confirmation,
    pub incidents: incident::Policy,
    pub scheme: Scheme,
    /// The maintenance windows around now, those of the last day included.
    pub windows: &'a [Window],
}

/// What is remembered of a target beside the newest rounds. Stored by the host after every round, as bytes. It is a
/// document too: a version before stored that.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub incidents: incident::State,
    pub changes: changes::State,
    pub detection: Detection,
    pub hurry: Hurry,
    #[serde(skip_serializing_if = "Doubts::is_none")]
    pub doubts: Doubts,
    /// Of a target each of whose addresses is visited for itself; of others nothing.
    #[serde(skip_serializing_if = "Addresses::is_none")]
    pub addresses: Addresses,
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
    /// How far somebody sees each family.
    pub sight: PerFamily<Sight>,
    /// What is to be done, in this order. The incident of all of them is in the state: open, or the latest.
    pub effects: Vec<Effect>,
    /// Rows of the history that are complete, in the order in which they are to be stored.
    pub records: Vec<Record>,
    /// Findings that began or ended: latencies that are not as usual, answers that come too soon.
    pub findings: Vec<FindingChange>,
}

impl Watch {
    /// Takes one round. `now` is the host's clock; in a replay the moment of the round itself.
    pub fn hear(&mut self, mut round: Round, settings: &Settings<'_>, now: Timestamp) -> Heard {
        let of = self.progress.iter().position(|p| p.round.vantage.name == round.vantage.name);
        let last = of.map(|at| self.progress[at].round.started_at);
        if round.target != settings.url || last.is_some_and(|last| round.started_at <= last) {
            return Heard::default();
        }
        for family in Family::ALL {
            // Whoever wrote the round: what has not been proven accuses nobody. A settled sample stays as it is.
            let standing = *round.vantage.standing.get(family);
            if !standing.may_accuse() {
                let sample = round.samples.get_mut(family);
                *sample = settle(sample.clone(), standing, Nearby::Nothing);
            }
        }
        if round.vantage.name == settings.own_vantage {
            self.state.addresses.hear(&mut round, &settings.confirm, settings.interval_s);
        }
        let (before, good) = of.map(|at| (self.progress[at].health, self.progress[at].last_good)).unwrap_or_default();
        // Between two records it was measured all the time.
        let seen_last = last.filter(|last| !settings.is_unchanged(*last, round.started_at));
        let health = health::step_round(before, seen_last, settings.interval_s, &round, &settings.confirm);
        let (mut findings, mut turned) = (Vec::new(), PerFamily { ipv4: false, ipv6: false });
        if round.vantage.name == settings.own_vantage {
            self.state.hurry = self.state.hurry.step(&before, &health);
            self.state.changes.hear(&round);
            turned = self.state.doubts.hear(&round, &settings.confirm);
            let at = round.started_at;
            findings = self.state.detection.observe(&Observed {
                at,
                scheme: settings.scheme,
                samples: &round.samples,
                is_flagged: Family::ALL.iter().any(|family| covers(settings.windows, *family, at).is_some()),
            });
            self.state.changes.note(&findings);
        }
        let last_good = good.map(|family, good| match conclude(round.samples.get(family)) {
            Conclusion::Good { .. } | Conclusion::Unpublished(_) => Some(round.started_at),
            Conclusion::Bad(_) | Conclusion::Blind(_) => good,
        });
        let started_at = round.started_at;
        let is_own = |p: &Progress| p.round.vantage.name == settings.own_vantage && p.round.started_at == started_at;
        let next = Progress { health, round, last_good };
        match of {
            Some(at) => self.progress[at] = next,
            None => self.progress.push(next),
        }
        let (mut records, mut effects, mut sight) = (Vec::new(), Vec::new(), PerFamily::default());
        // History and incidents look at the same: it is decided once.
        if let Some(agreement) = agreement_of(&self.progress, settings, now) {
            let reach = settings.reach(self.progress.len());
            // What another vantage measured is kept as it was.
            let is_own = |family: Family| agreement.families.get(family).vantage == settings.own_vantage;
            let mild = self.state.doubts.mild();
            let confirmed = PerFamily::from_fn(|family| is_own(family).then(|| mild.get(family).is_degraded));
            let turned = turned.map(|family, turned| turned && is_own(family));
            (records, sight) = keep_history(&mut self.history, &agreement, (confirmed, turned), settings, reach);
            effects = step_incidents(&mut self.state.incidents, &agreement, settings, sight, now);
        }
        self.note_changes(&effects);
        if let (Some(open), Some(heard)) = (&mut self.state.incidents.open, self.progress.iter().find(|p| is_own(p))) {
            open.visit(&heard.round, &self.state.addresses);
        }
        Heard { accepted: true, sight, effects, records, findings }
    }

    /// Hears what the newest record of a vantage says once more, where `next` says otherwise: as it was measured for the
    /// last time before that, an interval earlier. What changed did so in between, and not at any time since the record.
    /// To be called before [`Watch::hear`]; of rounds that are all at hand it is nothing.
    pub fn hear_unchanged(&mut self, next: &Round, settings: &Settings<'_>) -> Heard {
        let at = next.started_at - i64::from(settings.interval_s) * SECOND;
        let says = |round: &Round| PerFamily::from_fn(|family| Shown::of(conclude(round.samples.get(family))));
        let of = |p: &&mut Progress| p.round.vantage.name == next.vantage.name;
        let Some(progress) = self.progress.iter_mut().find(of).filter(|progress| {
            let last = progress.round.started_at;
            next.target == settings.url
                && last < at
                && settings.is_unchanged(last, next.started_at)
                && says(&progress.round) != says(next)
        }) else {
            return Heard::default();
        };
        let last = std::mem::replace(&mut progress.round.started_at, at);
        progress.last_good = progress.last_good.map(|_, good| if good == Some(last) { Some(at) } else { good });
        let effects = agreement_of(&self.progress, settings, at).map_or_else(Vec::new, |agreement| {
            step_incidents(&mut self.state.incidents, &agreement, settings, PerFamily::default(), at)
        });
        self.note_changes(&effects);
        Heard { effects, ..Heard::default() }
    }

    /// Takes leave of the place that was measured so far: what comes is of another one. What is open ends where its record
    /// does, which is no recovery, and what comes begins anew. Returns what was open.
    pub fn leave(&mut self) -> Option<Incident> {
        if let Some(history) = &mut self.history {
            history.expect_no_more();
        }
        self.progress.clear();
        let State { incidents, .. } = std::mem::take(&mut self.state);
        let end = incidents.last_heard?;
        abandon(incidents, Ending::RecordEnds, end).state.latest.map(|latest| *latest)
    }

    /// Returns what all vantages together say; `None` before the first round.
    pub fn agreement(&self, settings: &Settings<'_>, now: Timestamp) -> Option<Agreement<'_>> {
        agreement_of(&self.progress, settings, now)
    }

    /// Returns the incident that effects of this moment are about.
    pub fn incident(&self) -> Option<&Incident> {
        let State { incidents, .. } = &self.state;
        incidents.open.as_deref().or(incidents.latest.as_deref())
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
}

impl Settings<'_> {
    /// Returns how far the rounds of so many vantages reach.
    pub const fn reach(&self, n_vantages: usize) -> Reach {
        let reach = Reach::of(self.interval_s, self.timeout_ms);
        if let Some(unchanged_s) = self.unchanged_s {
            return reach.unchanged(unchanged_s);
        }
        if n_vantages > 1 { reach.delivered() } else { reach }
    }

    /// Whether the time between two records is known to have been as the first of them says.
    fn is_unchanged(&self, last: Timestamp, next: Timestamp) -> bool {
        self.unchanged_s.is_some_and(|s| next.ms_since(last) <= i64::from(s) * SECOND)
    }

    /// After how many milliseconds without a round the target is late.
    fn late_after_ms(&self) -> i64 {
        late_after_ms(self.interval_s).max(self.unchanged_s.map_or(0, |s| i64::from(s) * SECOND))
    }
}

/// Takes what is agreed on into the history. Returns the rows that are complete with it, and how long nobody had seen each
/// family by then, and whether somebody sees it now.
fn keep_history(
    history: &mut Option<History>,
    agreement: &Agreement<'_>,
    (confirmed, turned): (PerFamily<Option<bool>>, PerFamily<bool>),
    settings: &Settings<'_>,
    reach: Reach,
) -> (Vec<Record>, PerFamily<Sight>) {
    let seen_at = agreement.families.map(|_, agreed| agreed.seen_at);
    let facts = Facts::new(agreement.last_round_at, agreement.samples(), agreement.dual_stack).seen_at(seen_at);
    let facts = Facts { confirmed, turned, ..facts };
    let history = history.get_or_insert_with(|| History::new(facts.at));
    let mut records = Vec::new();
    history.restate(&facts);
    // Whether the round before had its next one in time is known now: before anything is told.
    let spoken_until = history.lapse(facts.at);
    let sight = PerFamily::from_fn(|family: Family| {
        let unseen_since = *spoken_until.get(family.into());
        Sight {
            unseen_since: Some(unseen_since).filter(|since| *since < facts.at),
            is_seen: facts.at < reach.spoken(*seen_at.get(family)).holds_until,
        }
    });
    // The borders of windows lie between the rounds: time is cut exactly there.
    let told_to = history.told_to();
    // A target may be new, or its windows, while one of them is open.
    if facts.at.ms_since(told_to) < DAY {
        records.extend(history.cover(told_to, cover(settings.windows, told_to)));
    }
    let is_between = |t: &Timestamp| told_to < *t && *t <= facts.at;
    let mut borders: Vec<Timestamp> = settings.windows.iter().flat_map(|w| [w.from, w.to]).filter(is_between).collect();
    borders.sort_unstable();
    for at in borders {
        records.extend(history.cover(at, cover(settings.windows, at)));
    }
    match history.round(&facts, reach) {
        Some(complete) => records.extend(complete),
        // Of a vantage whose round began before the newest, and that is heard only now.
        None => history.correct(&facts, reach),
    }
    (records, sight)
}

fn step_incidents(
    incidents: &mut incident::State,
    agreement: &Agreement<'_>,
    settings: &Settings<'_>,
    sight: PerFamily<Sight>,
    now: Timestamp,
) -> Vec<Effect> {
    let families = PerFamily::from_fn(|family: Family| {
        let agreed = agreement.families.get(family);
        Seen {
            health: agreed.health,
            sample: agreed.sample,
            vantage: agreed.vantage,
            heard_at: agreed.heard_at,
            sight: *sight.get(family),
            standing: agreed.standing,
            well_before: &agreed.well_before,
            excused_until: Some(excused_until(settings.windows, family, agreed.heard_at))
                .filter(|until| *until > agreed.heard_at),
        }
    });
    let seen = Observation {
        at: incidents.last_heard.max(Some(agreement.last_round_at)).unwrap_or(agreement.last_round_at),
        now,
        late_after_ms: settings.late_after_ms(),
        unstable_percent: settings.confirm.unstable_percent,
        families,
        dual_stack: agreement.dual_stack,
    };
    incident::step::step_in_place(incidents, &seen, &settings.incidents).effects
}

fn agreement_of<'a>(progress: &'a [Progress], settings: &Settings<'_>, now: Timestamp) -> Option<Agreement<'a>> {
    if let [only] = progress {
        return agree(&[finding(only, settings)], settings.interval_s, now);
    }
    let findings: Vec<Finding<'_>> = progress.iter().map(|p| finding(p, settings)).collect();
    agree(&findings, settings.interval_s, now)
}

fn finding<'a>(progress: &'a Progress, settings: &Settings<'_>) -> Finding<'a> {
    let round = &progress.round;
    let is_own = round.vantage.name == settings.own_vantage;
    Finding { is_own, health: &progress.health, round, last_good: progress.last_good }
}
