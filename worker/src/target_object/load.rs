//! How a past is loaded: rounds from before this target was measured here, each heard at its own time.
//!
//! They lead a life of their own beside the present: their incidents, spells and sums are kept with the others, and what
//! is measured now is not touched. Nobody is told of what was long ago.

use super::{Plan, Stores, TargetObject, parse, read_plan, store::Progress, windows_between};
use crate::{dial, reply};
use dualwatch_core::{
    judge::schedule::late_after_ms,
    measure::{
        target::Confirmation,
        time::{DAY, Timestamp},
    },
    remember::{
        history::{History, Record},
        spell::Track,
    },
    respond::incident::{self, Ending, step::abandon},
    watch::{self, Settings, Watch},
};
use dualwatch_wire::v1::{Loaded, Round, VERSION};
use serde::{Deserialize, Serialize};
use worker::{Request, Response, Result};

/// How rounds of the past are read: as the target is configured, where nothing else is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// So many rounds in a row confirm a change: records of a monitor that confirms by itself need one.
    confirm: Option<u32>,
    /// The usual distance of rounds, in seconds: how long one speaks for the time after it.
    interval_s: Option<u32>,
}

impl Pace {
    pub(super) fn of(request: &Request) -> Result<Self> {
        let url = request.url()?;
        let number = |name: &str| url.query_pairs().find(|(key, _)| key == name)?.1.parse().ok();
        Ok(Self { confirm: number("confirm"), interval_s: number("interval") })
    }
}

/// How far a past is loaded.
#[derive(Default, Serialize, Deserialize)]
struct Loading {
    own_vantage: String,
    progress: Vec<Progress>,
    state: watch::State,
    /// How long a round speaks for the time after it. `None`: loaded before this was noted, by the target's interval.
    #[serde(default)]
    hold_ms: Option<i64>,
}

impl TargetObject {
    /// Loads one part of a past. What is not later than what was loaded before, or not earlier than the first round that
    /// was measured here, changes nothing.
    pub(super) async fn load(&self, body: &str, pace: Pace) -> Result<Response> {
        let stores = self.stores()?;
        let Some((text, plan)) = read_plan(&stores.store)? else {
            return reply::not_found("this target has not begun yet");
        };
        let mut rounds: Vec<Round> = parse(body)?;
        rounds.sort_by_key(|round| round.started_at);
        let n_taken = self.load_part(&plan, rounds, pace)?;
        self.tell_all(&text, &plan).await?;
        reply::internal(&Loaded { version: VERSION, slug: plan.target.slug, n_rounds: n_taken })
    }

    /// Output gate: all writes happen without an await in between, so they are one commit.
    fn load_part(&self, plan: &Plan, rounds: Vec<Round>, pace: Pace) -> Result<u64> {
        let Some((from, to)) = rounds.first().zip(rounds.last()).map(|(a, b)| (a.started_at, b.started_at)) else {
            return Ok(0);
        };
        let stores = self.stores()?;
        let now = dial::now();
        let live_from = stores.store.live_from()?.unwrap_or(now);
        let (mut loading, history) = stores.store.loading::<Loading>()?.unwrap_or_default();
        if loading.own_vantage.is_empty() {
            let is_own = rounds.iter().any(|round| round.vantage.name == plan.vantage);
            loading.own_vantage = if is_own { plan.vantage.clone() } else { rounds[0].vantage.name.clone() };
        }
        let target = &plan.target;
        let (url, windows) = (target.url(), windows_between(plan, from - DAY, to + DAY));
        let confirm =
            pace.confirm.map(|n| Confirmation { failures_to_confirm: n, successes_to_confirm: n, ..target.confirm });
        let settings = Settings {
            url: &url,
            own_vantage: &loading.own_vantage,
            interval_s: pace.interval_s.unwrap_or(target.interval_s),
            confirm: confirm.unwrap_or(target.confirm),
            incidents: incident::Policy::default(),
            scheme: target.endpoint.scheme,
            windows: &windows,
        };
        if let Some(history) = &history {
            for track in Track::ALL {
                stores.past.reopen_earlier(track, history.lasting(track), live_from)?;
            }
        }
        let progress = loading.progress.iter().cloned().map(Into::into).collect();
        let mut watch = Watch { progress, state: loading.state, history };
        let retention = plan.retention();
        let keep_rounds_from = retention.rounds_before(now);
        let mut n_taken = 0;
        for round in rounds.into_iter().filter(|round| round.started_at < live_from) {
            if round.started_at >= keep_rounds_from {
                stores.store.add_round(&round)?;
            }
            let started_at = round.started_at;
            let heard = watch.hear(round.into(), &settings, started_at);
            n_taken += u64::from(heard.accepted);
            stores.past.keep_earlier(heard.records, live_from)?;
            if let Some(incident) = watch.incident().filter(|_| !heard.effects.is_empty()) {
                stores.ledger.keep(incident, true)?;
            }
        }
        let hold_ms = late_after_ms(settings.interval_s);
        self.close_part(&watch, hold_ms, live_from)?;
        if let Some(live) = stores.past.state()? {
            let mut seam = live.seam(live_from).filter(|bucket| retention.keeps_parts(*bucket, now));
            seam.try_for_each(|bucket| stores.past.fold(bucket))?;
        }
        loading.hold_ms = Some(hold_ms);
        loading.progress = watch.progress.iter().map(Into::into).collect();
        loading.state = watch.state;
        stores.store.set_loading(&loading, watch.history.as_ref())?;
        self.changed(&target.slug);
        Ok(n_taken)
    }

    /// Keeps what lasts at the end of a part as far as it is known; the next part goes on from the state as it was.
    fn close_part(&self, watch: &Watch, hold_ms: i64, live_from: Timestamp) -> Result<()> {
        let stores = self.stores()?;
        if let Some(history) = &watch.history {
            stores.past.close_earlier(history.clone(), hold_ms, live_from)?;
        }
        let end = watch.state.incidents.last_heard.unwrap_or(live_from);
        let step = abandon(watch.state.incidents.clone(), Ending::RecordEnds, end);
        match &step.state.latest {
            Some(incident) if step.resolved => stores.ledger.keep(incident, true),
            _ => Ok(()),
        }
    }
}

impl Stores {
    /// Ends a past that was loaded before anything was measured, where the first round that is measured began: what is
    /// left of its last hour and day is summed up.
    pub(super) fn end_past(&self, plan: &Plan, live_from: Timestamp) -> Result<()> {
        let Some((loading, Some(history))) = self.store.loading::<Loading>()? else { return Ok(()) };
        let hold_ms = loading.hold_ms.unwrap_or_else(|| late_after_ms(plan.target.interval_s));
        // A vantage may send what it measured long before it could.
        self.past.cut_earlier(live_from)?;
        self.past.close_earlier(history, hold_ms, live_from)
    }

    /// Returns what is told of a target: what was measured, or, before anything was, what was loaded.
    pub(super) fn told(&self, plan: &Plan, now: Timestamp) -> Result<(History, Vec<Record>)> {
        if let Some(mut live) = self.past.state()? {
            let fresh = live.advance(now);
            return Ok((live, fresh));
        }
        let Some((loading, Some(mut history))) = self.store.loading::<Loading>()? else {
            return Ok((History::new(now), Vec::new()));
        };
        let hold_ms = loading.hold_ms.unwrap_or_else(|| late_after_ms(plan.target.interval_s));
        let fresh = history.close(now, hold_ms);
        Ok((history, fresh))
    }
}
