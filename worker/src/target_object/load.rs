//! How a past is loaded: rounds from before this target was measured here, each heard at its own time.
//!
//! They lead a life of their own beside the present: their incidents, spells and sums are kept with the others, and what
//! is measured now is not touched. Nobody is told of what was long ago.

use super::{Plan, Stores, TargetObject, parse, past::Earlier, read_plan, store::Progress, windows_between};
use crate::{dial, reply};
use dualwatch_core::{
    measure::{
        target::Confirmation,
        time::{DAY, Timestamp},
    },
    remember::{
        history::{History, Record},
        retention::Retention,
        spell::Track,
    },
    respond::incident::{self, Ending, step::abandon},
    watch::{self, Heard, Settings, Watch},
};
use dualwatch_wire::{
    door::Pace,
    v1::{AnotherUrl, Loaded, Round, VERSION},
};
use serde::{Deserialize, Serialize};
use worker::{Response, Result};

/// How far a past is loaded.
#[derive(Default, Serialize, Deserialize)]
struct Loading {
    own_vantage: String,
    /// Its last part was of records, the last of which speaks for no more than its own interval.
    #[serde(default)]
    is_record: bool,
    /// Where the last record was measured; `None` of rounds, which are all of this target.
    #[serde(default)]
    place: Option<String>,
    /// Up to which record that is so: what is not later was loaded before.
    #[serde(default)]
    heard_to: Option<Timestamp>,
    progress: Vec<Progress>,
    state: watch::State,
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
        let of_another_url = AnotherUrl::among(&rounds, &plan.target.url());
        let n_taken = self.load_part(&plan, rounds, pace)?;
        self.tell_all(&text, &plan).await?;
        reply::internal(&Loaded { version: VERSION, slug: plan.target.slug, n_rounds: n_taken, of_another_url })
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
            // How long a round of another monitor takes is not known; it is done before the next.
            timeout_ms: pace.interval_s.map_or(target.timeout_ms, |interval_s| interval_s.saturating_mul(1_000)),
            unchanged_s: pace.unchanged_s,
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
        loading.is_record = pace.unchanged_s.is_some();
        let progress = loading.progress.iter().cloned().map(Into::into).collect();
        let mut watch = Watch { progress, state: loading.state, history };
        let retention = plan.retention();
        let keep_rounds_from = retention.rounds_before(now);
        let mut rows = stores.past.earlier(live_from, &retention, now)?;
        let mut n_taken = 0;
        for round in rounds.into_iter().filter(|round| round.started_at < live_from) {
            if round.started_at >= keep_rounds_from {
                stores.store.add_round(&round)?;
            }
            let started_at = round.started_at;
            let mut round: dualwatch_core::measure::round::Round = round.into();
            if loading.is_record {
                if loading.heard_to.is_some_and(|heard_to| started_at <= heard_to) {
                    continue;
                }
                loading.heard_to = Some(started_at);
                let told_of = std::mem::replace(&mut round.target, url.clone());
                if loading.place.as_ref().is_some_and(|last| *last != told_of)
                    && let Some(left) = watch.leave()
                {
                    stores.ledger.keep(&left, true)?;
                }
                loading.place = Some(told_of);
            }
            let unchanged = watch.hear_unchanged(&round, &settings);
            stores.keep_past(&watch, unchanged, &mut rows)?;
            let heard = watch.hear(round, &settings, started_at);
            n_taken += u64::from(heard.accepted);
            stores.keep_past(&watch, heard, &mut rows)?;
        }
        stores.past.set_running(&rows.running)?;
        self.close_part(&watch, loading.is_record, rows)?;
        if let Some(live) = stores.past.state()? {
            let mut seam = live.seam(live_from).filter(|bucket| retention.keeps_parts(*bucket, now));
            seam.try_for_each(|bucket| stores.past.fold(bucket))?;
        }
        loading.progress = watch.progress.iter().map(Into::into).collect();
        loading.state = watch.state;
        stores.store.set_loading(&loading, watch.history.as_ref())?;
        self.changed(&target.slug);
        Ok(n_taken)
    }

    /// Keeps what lasts at the end of a part as far as it is known; the next part goes on from the state as it was.
    fn close_part(&self, watch: &Watch, is_record: bool, rows: Earlier) -> Result<()> {
        let stores = self.stores()?;
        let end = watch.state.incidents.last_heard.unwrap_or(rows.live_from);
        if let Some(history) = &watch.history {
            stores.past.close_earlier(waited_for(history.clone(), is_record), rows)?;
        }
        let step = abandon(watch.state.incidents.clone(), Ending::RecordEnds, end);
        match &step.state.latest {
            Some(incident) if step.resolved => stores.ledger.keep(incident, true),
            _ => Ok(()),
        }
    }
}

/// Of records, the last one is waited for no longer than a round is.
fn waited_for(mut history: History, is_record: bool) -> History {
    if is_record {
        history.expect_no_more();
    }
    history
}

impl Stores {
    /// Keeps what a round of a past has brought.
    fn keep_past(&self, watch: &Watch, heard: Heard, rows: &mut Earlier) -> Result<()> {
        self.past.keep_earlier(heard.records, rows)?;
        match watch.incident() {
            Some(incident) if !heard.effects.is_empty() => self.ledger.keep(incident, true),
            _ => Ok(()),
        }
    }

    /// Ends a past that was loaded before anything was measured, where the first round that is measured began: what is
    /// left of its last hour and day is summed up.
    pub(super) fn end_past(&self, live_from: Timestamp, retention: &Retention, now: Timestamp) -> Result<()> {
        let Some((Loading { is_record, .. }, Some(history))) = self.store.loading()? else { return Ok(()) };
        // A vantage may send what it measured long before it could.
        self.past.cut_earlier(live_from)?;
        self.past.close_earlier(waited_for(history, is_record), self.past.earlier(live_from, retention, now)?)
    }

    /// Returns what is told of a target: what was measured, or, before anything was, what was loaded.
    pub(super) fn told(&self, now: Timestamp) -> Result<(History, Vec<Record>)> {
        if let Some(mut live) = self.past.state()? {
            let fresh = live.advance(now);
            return Ok((live, fresh));
        }
        let Some((Loading { is_record, .. }, Some(history))) = self.store.loading()? else {
            return Ok((History::new(now), Vec::new()));
        };
        let mut history = waited_for(history, is_record);
        let fresh = history.close(now);
        Ok((history, fresh))
    }
}
