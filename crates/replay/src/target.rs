//! One target through the engine.

use crate::{Known, Policy};
use dualwatch_core::{
    judge::health::Health,
    measure::{
        absence::Absence,
        cause::Cause,
        family::{Family, PerFamily},
        round::Round,
        target::{DEFAULT_TIMEOUT_MS, Scheme},
        time::{SECOND, Timestamp},
    },
    notice::{changes::Alternation, grouping::Group},
    remember::{
        availability::{Past, Times, Window},
        history::Record,
        spell::{PerTrack, Spell, Track},
    },
    respond::{
        incident::{Effect, Ending, Incident, State as Incidents, step::abandon},
        maintenance::{self, Rule},
        report::{Context, Peer},
    },
    watch::{Settings, Watch},
};
use dualwatch_wire::v1::{
    self, IncidentReport,
    incident::Summary,
    replay::{Availability, AvailabilityPerTrack, ReplayIncident, ReplayTarget},
};

/// Where the rounds at hand do not tell their distance.
const DEFAULT_INTERVAL_S: u32 = dualwatch_core::measure::target::DEFAULT_INTERVAL_S;

/// One moment of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The agreed health of a family is another one, or the first; with the cause of the round that made it so, and, where
    /// that is that there is no address, why there is none.
    Health {
        at: Timestamp,
        family: Family,
        health: Health,
        cause: Option<Cause>,
        absence: Option<Absence>,
    },
    /// No round speaks of the time up to `to`: these families were known before it, and are not known in it.
    Silence {
        at: Timestamp,
        to: Timestamp,
        families: PerFamily<bool>,
    },
    /// A maintenance window begins, or the rounds begin in it.
    MaintenanceBegins {
        at: Timestamp,
        window: maintenance::Window,
    },
    MaintenanceEnds {
        at: Timestamp,
        window: maintenance::Window,
    },
    /// An incident opened, changed or was resolved; with what it was then.
    Effect {
        effect: Effect,
        incident: Box<Incident>,
    },
}

impl Event {
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Health { at, .. }
            | Self::Silence { at, .. }
            | Self::MaintenanceBegins { at, .. }
            | Self::MaintenanceEnds { at, .. } => *at,
            Self::Effect { effect, .. } => effect.at,
        }
    }
}

/// What came of the rounds of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetReplay {
    /// The URL, as in the rounds.
    pub url: String,
    pub known: Known,
    pub interval_s: u32,
    pub n_rounds: usize,
    /// Of records that are of several places, from when on each was measured, in the order of time.
    pub places: Vec<(Timestamp, String)>,
    /// From the first round to the last.
    pub window: Window,
    pub events: Vec<Event>,
    /// The oldest first, each as it was at the end.
    pub incidents: Vec<Incident>,
    pub spells: PerTrack<Vec<Spell>>,
    /// What the engine knows after the last round.
    pub watch: Watch,
}

/// Rounds as they came in, whatever their own times say.
#[derive(Clone, Debug)]
pub struct Arrivals<'a> {
    /// Each with the moment at which it arrived, in that order.
    pub rounds: Vec<(Timestamp, Round)>,
    /// The vantage that decides where others are divided.
    pub own_vantage: &'a str,
    pub windows: &'a [maintenance::Window],
}

impl TargetReplay {
    /// Replays rounds in the order of their own times.
    pub fn of(url: String, known: Known, mut rounds: Vec<Round>, policy: &Policy, rules: &[Rule]) -> Self {
        rounds.sort_by(|a, b| (a.started_at, &a.vantage.name).cmp(&(b.started_at, &b.vantage.name)));
        let own_vantage = rounds.first().map(|r| r.vantage.name.clone()).unwrap_or_default();
        let rounds: Vec<_> = rounds.into_iter().map(|round| (round.started_at, round)).collect();
        let Window { from, to } = window_of(&rounds);
        // A zone that is not known was refused when the configuration was read.
        let windows = dualwatch_config::windows(rules, &known.slug, from, to + 1).unwrap_or_default();
        Self::of_arrivals(url, known, Arrivals { rounds, own_vantage: &own_vantage, windows: &windows }, policy)
    }

    /// Replays rounds in the order in which they arrived.
    pub fn of_arrivals(url: String, known: Known, arrivals: Arrivals<'_>, policy: &Policy) -> Self {
        let Arrivals { rounds, own_vantage, windows } = arrivals;
        let interval_s = known.interval_s.unwrap_or_else(|| usual_interval_s(&rounds));
        let mut window = window_of(&rounds);
        if known.unchanged_s.is_some() {
            // The last record stands for its own measurement.
            window.to = window.to + i64::from(interval_s) * SECOND;
        }
        let mut replay = Self {
            known,
            interval_s,
            n_rounds: 0,
            places: Vec::new(),
            window,
            events: Vec::new(),
            incidents: Vec::new(),
            spells: PerTrack::from_fn(|_| Vec::new()),
            watch: Watch::default(),
            url,
        };
        let url = replay.url.clone();
        let settings = Settings {
            url: &url,
            own_vantage,
            interval_s,
            timeout_ms: replay.known.timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS.min(interval_s.saturating_mul(1_000))),
            unchanged_s: replay.known.unchanged_s,
            confirm: replay.known.confirm.unwrap_or(policy.confirm),
            incidents: policy.incidents,
            scheme: replay.known.scheme.unwrap_or(Scheme::Https),
            windows,
        };
        replay.announce(windows);
        let mut before = None;
        for (now, mut round) in rounds {
            if replay.moves(&mut round, now) {
                before = None;
            }
            let unchanged = replay.watch.hear_unchanged(&round, &settings);
            replay.take(unchanged.effects, unchanged.records);
            before = replay.hear(round, now, &settings, before);
        }
        replay.finish();
        replay
    }

    /// Takes note of where a record is of; returns whether that is another place than the one before was of.
    fn moves(&mut self, round: &mut Round, now: Timestamp) -> bool {
        if self.known.unchanged_s.is_none() {
            return false;
        }
        let place = std::mem::replace(&mut round.target, self.url.clone());
        if self.places.last().is_some_and(|(_, last)| *last == place) {
            return false;
        }
        self.places.push((now, place));
        if self.places.len() == 1 {
            return false;
        }
        if let Some(incident) = self.watch.leave() {
            self.keep(&incident);
        }
        true
    }

    /// Returns where it was measured when an incident began.
    pub fn place_of(&self, incident: &Incident) -> &str {
        let began = incident.began().by;
        let place = self.places.iter().rev().find(|(from, _)| *from <= began);
        place.map_or(&self.url, |(_, place)| place)
    }

    /// Returns since when it was measured somewhere else than where an incident began; `None` where it still is there.
    pub fn left_at(&self, incident: &Incident) -> Option<Timestamp> {
        let began = incident.began().by;
        self.places.iter().map(|(from, _)| *from).find(|from| *from > began)
    }

    /// Takes one round; returns the health that is agreed on then, `None` before the first round.
    fn hear(
        &mut self,
        round: Round,
        now: Timestamp,
        settings: &Settings<'_>,
        before: Option<PerFamily<Health>>,
    ) -> Option<PerFamily<Health>> {
        let heard = self.watch.hear(round, settings, now);
        if !heard.accepted {
            return before;
        }
        self.n_rounds += 1;
        let agreement = self.watch.agreement(settings, now)?;
        let agreed = agreement.families.map(|family, agreed| {
            let is_absent = agreed.sample.cause == Some(Cause::DnsNodata);
            let absence = is_absent.then(|| Absence::of(settings.url, family, agreed.sample.is_of_known_addresses()));
            (agreed.health, agreed.sample.cause, absence)
        });
        let mut is_news = before.map_or(PerFamily { ipv4: true, ipv6: true }, |before| {
            agreed.map(|family, (health, ..)| health.code() != before.get(family).code())
        });
        if let Some(before) = before {
            let unseen = heard.sight.map(|family, sight| {
                let was_known = !matches!(before.get(family), Health::Unknown { .. });
                sight.unseen_since.filter(|_| was_known)
            });
            self.silent(unseen, agreement.last_round_at);
            // It is news also where it is what it was before, and none as long as nobody sees it.
            is_news = is_news
                .map(|family, is_news| (is_news || unseen.get(family).is_some()) && heard.sight.get(family).is_seen);
        }
        for (family, (health, cause, absence)) in agreed.iter() {
            if *is_news.get(family) {
                let (health, cause, absence) = (*health, *cause, *absence);
                self.events.push(Event::Health { at: now, family, health, cause, absence });
            }
        }
        self.take(heard.effects, heard.records);
        Some(agreed.map(|_, (health, ..)| health))
    }

    /// Takes what a round has brought.
    fn take(&mut self, effects: Vec<Effect>, records: Vec<Record>) {
        for effect in effects {
            if let Some(incident) = self.watch.incident().cloned() {
                self.keep(&incident);
                self.events.push(Event::Effect { effect, incident: Box::new(incident) });
            }
        }
        for record in records {
            if let Record::Spell(track, spell) = record {
                self.spells.get_mut(track).push(spell);
            }
        }
    }

    /// Notes since when families that were known were not seen, up to a round; goes on with what was noted before.
    fn silent(&mut self, unseen: PerFamily<Option<Timestamp>>, until: Timestamp) {
        let Some(since) = unseen.iter().filter_map(|(_, since)| *since).min() else { return };
        let silent = unseen.map(|_, since| since.is_some());
        let last = self.events.iter_mut().rev().find_map(|event| match event {
            Event::Silence { to, families, .. } => Some((to, families)),
            _ => None,
        });
        match last {
            Some((to, families)) if *to == since && *families == silent => *to = until,
            _ => self.events.push(Event::Silence { at: since, to: until, families: silent }),
        }
    }

    /// Puts the borders of maintenance into the timeline, as far as rounds were at hand.
    fn announce(&mut self, windows: &[maintenance::Window]) {
        let Window { from, to } = self.window;
        for window in windows.iter().filter(|w| from < w.to && w.from <= to) {
            self.events.push(Event::MaintenanceBegins { at: window.from.max(from), window: window.clone() });
            if window.to <= to {
                self.events.push(Event::MaintenanceEnds { at: window.to, window: window.clone() });
            }
        }
    }

    fn keep(&mut self, incident: &Incident) {
        match self.incidents.iter_mut().find(|known| known.id == incident.id) {
            Some(known) => *known = incident.clone(),
            None => self.incidents.push(incident.clone()),
        }
    }

    /// Takes what lasts at the end.
    fn finish(&mut self) {
        // Where rounds are missing, and where maintenance begins and ends, is between them. What is of one moment stays
        // in its order.
        self.events.sort_by_key(Event::at);
        if self.known.unchanged_s.is_some() {
            self.end_records();
        }
        if let Some(incident) = self.watch.incident().cloned() {
            self.keep(&incident);
        }
        if let Some(history) = &self.watch.history {
            for track in Track::ALL {
                let lasting = history.lasting(track);
                self.spells.get_mut(track).push(lasting);
            }
        }
    }

    /// Ends records: nobody knows what came after the last one.
    fn end_records(&mut self) {
        let closed = self.watch.history.as_mut().map_or_else(Vec::new, |history| {
            history.expect_no_more();
            history.close(self.window.to)
        });
        let Incidents { last_heard, .. } = self.watch.state.incidents;
        let end = last_heard.unwrap_or(self.window.to);
        let ended = abandon(std::mem::take(&mut self.watch.state.incidents), Ending::RecordEnds, end);
        self.take(Vec::new(), closed);
        if let Some(incident) = ended.state.latest {
            self.keep(&incident);
        }
    }

    /// Returns how long a track was in each state, from the first round to the last.
    pub fn times(&self, track: Track) -> Times {
        Past { folded: &[], spells: self.spells.get(track) }.over(self.window).times
    }

    /// Returns the report on one of its incidents, which may belong to one of the events ([`crate::named_events`]).
    pub fn report(&self, incident: &Incident, events: &[Group]) -> IncidentReport {
        // Nobody watches on where a record ends.
        let heard_to = self.watch.state.incidents.last_heard.filter(|_| self.known.unchanged_s.is_none());
        let peers = Peer::among(events, &v1::incident::id(&self.known.slug, incident.id));
        let context = Context {
            url: Some(self.place_of(incident)),
            scheme: self.known.scheme,
            clients: &[],
            others: &self.incidents,
            peers: &peers,
            heard_to,
            now: heard_to,
        };
        dualwatch_words::report::report(&self.known.slug, &self.known.name, incident, &context)
    }

    /// Returns what went to and fro in the last day.
    pub fn alternating(&self) -> Vec<Alternation> {
        self.watch.state.changes.alternating(self.window.to)
    }

    /// Returns what is known at the end of each of its addresses, where its rounds have that.
    pub fn every_address(&self) -> Option<dualwatch_wire::v1::EveryAddress> {
        dualwatch_words::every_address(&self.watch.state.addresses, &self.url, &[])
    }

    /// Returns its part of the document of a replay with these events.
    pub fn document(&self, events: &[Group]) -> ReplayTarget {
        let over = |track| Availability::of(&self.times(track), self.known.slo);
        ReplayTarget {
            target: self.url.clone(),
            availability: AvailabilityPerTrack {
                ipv4: over(Track::Ipv4),
                ipv6: over(Track::Ipv6),
                dual_stack: over(Track::DualStack),
            },
            alternations: self.alternating(),
            addresses: self.every_address(),
            incidents: (self.incidents.iter())
                .map(|incident| ReplayIncident {
                    summary: Summary::of(&self.known.slug, incident),
                    report: self.report(incident, events),
                })
                .collect(),
        }
    }
}

/// Returns the time from the first round to the last.
fn window_of(rounds: &[(Timestamp, Round)]) -> Window {
    let nothing = Timestamp::from_unix_ms(0);
    let began = || rounds.iter().map(|(_, round)| round.started_at);
    Window { from: began().min().unwrap_or(nothing), to: began().max().unwrap_or(nothing) }
}

/// Returns the usual distance between the rounds of one vantage, in seconds.
///
/// The upper quartile of all distances: while something is wrong rounds come faster, and these are not the schedule.
fn usual_interval_s(arrivals: &[(Timestamp, Round)]) -> u32 {
    let mut last: Vec<(&str, Timestamp)> = Vec::new();
    let mut distances: Vec<i64> = Vec::new();
    for (_, round) in arrivals {
        match last.iter_mut().find(|(name, _)| *name == round.vantage.name) {
            Some((_, at)) => {
                let distance = round.started_at.ms_since(*at);
                if distance > 0 {
                    distances.push(distance);
                }
                *at = round.started_at;
            }
            None => last.push((&round.vantage.name, round.started_at)),
        }
    }
    if distances.is_empty() {
        return DEFAULT_INTERVAL_S;
    }
    let at = (distances.len() * 3 / 4).min(distances.len() - 1);
    let (_, usual, _) = distances.select_nth_unstable(at);
    u32::try_from((*usual + SECOND - 1) / SECOND).unwrap_or(u32::MAX).max(1)
}
