//! How rounds are taken in: one commit of the rounds, what they lead to, and the notices that are requested.

use super::{Plan, Stores, TargetObject, parse, read_plan, store::Progress, windows_between};
use crate::{call, dial, outbox::Notice, reply};
use dualwatch_core::{
    incident::{self, Effect, Incident, Kind},
    maintenance::Window,
    retention::Retention,
    schedule::Hurry,
    time::{DAY, SECOND, Timestamp},
    watch::{Settings, Watch},
};
use dualwatch_wire::{
    v1::{self, Round, VERSION},
    webhook::{Event, EventKind},
};
use worker::{Response, Result};

/// Whether rounds are of now, or of a past that is loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Now(Timestamp),
    /// Each at its own time; nobody is told of what was long ago.
    Then,
}

impl TargetObject {
    /// Keeps rounds of any vantage, and what all of them together now say. Returns whether the next round is to come
    /// sooner.
    ///
    /// A round that is older than the newest of its vantage came late: it is kept, and changes nothing.
    pub(super) fn absorb(&self, text: &str, plan: &Plan, rounds: Vec<Round>) -> Result<Hurry> {
        let now = dial::now();
        let windows = self.windows(text, plan, now);
        self.hear(plan, rounds, When::Now(now), &windows)
    }

    /// Output gate: all writes happen without an await in between, so they are one commit.
    fn hear(&self, plan: &Plan, rounds: Vec<Round>, when: When, windows: &[Window]) -> Result<Hurry> {
        let stores = self.stores()?;
        let Stores { store, past, .. } = stores;
        let target = &plan.target;
        let url = target.url();
        let settings = Settings {
            url: &url,
            own_vantage: &plan.vantage,
            interval_s: target.interval_s,
            confirm: target.confirm,
            incidents: incident::Policy::default(),
            scheme: target.endpoint.scheme,
            windows,
        };
        let retention = retention(plan);
        let mut watch = stores.watch()?;
        for round in rounds {
            store.add_round(&round)?;
            let vantage = round.vantage.name.clone();
            let now = match when {
                When::Now(now) => now,
                When::Then => round.started_at,
            };
            let heard = watch.hear(round.into(), &settings, now);
            if !heard.accepted {
                continue;
            }
            if let Some(progress) = watch.progress.iter().find(|p| p.round.vantage.name == vantage) {
                store.set_progress(&Progress::from(progress))?;
            }
            past.keep(heard.records, &retention, now)?;
            if let Some(incident) = watch.incident() {
                match when {
                    When::Now(_) => stores.carry_out(plan, incident, &heard.effects, now)?,
                    When::Then if !heard.effects.is_empty() => stores.ledger.keep(incident, true)?,
                    When::Then => {}
                }
            }
        }
        store.set_watch(&watch.state)?;
        if let Some(history) = &watch.history {
            past.set_state(history)?;
        }
        if let When::Now(now) = when {
            store.forget_before(retention.rounds_before(now))?;
        }
        Ok(watch.state.hurry)
    }

    /// Takes rounds that a further vantage has sent.
    pub(super) async fn take(&self, body: &str) -> Result<Response> {
        let stores = self.stores()?;
        let Some((text, plan)) = read_plan(&stores.store)? else {
            return reply::not_found("this target has not begun yet");
        };
        // The directory does not miss our own rounds as long as others come.
        self.arm_if_lost().await?;
        self.absorb(&text, &plan, parse(body)?)?;
        self.deliver(stores, &plan)?;
        self.tell(&text, &plan).await?;
        Response::empty()
    }

    /// Loads rounds of the past, in the order of time, each as if it were heard at its own time. What is not later than
    /// what is known already changes nothing.
    pub(super) async fn load(&self, body: &str) -> Result<Response> {
        let stores = self.stores()?;
        let Some((text, plan)) = read_plan(&stores.store)? else {
            return reply::not_found("this target has not begun yet");
        };
        let mut rounds: Vec<Round> = parse(body)?;
        rounds.sort_by_key(|round| round.started_at);
        let ends = rounds.first().zip(rounds.last()).map(|(a, b)| (a.started_at, b.started_at));
        if let Some((from, to)) = ends {
            let windows = windows_between(&plan, from - DAY, to + DAY);
            self.hear(&plan, rounds, When::Then, &windows)?;
        }
        self.tell(&text, &plan).await?;
        reply::internal(&v1::Loaded { version: VERSION, slug: plan.target.slug, n_rounds: stores.store.n_rounds()? })
    }
}

impl Stores {
    /// Puts together what is known of the target.
    pub(super) fn watch(&self) -> Result<Watch> {
        Ok(Watch {
            progress: self.store.progress()?.into_iter().map(Into::into).collect(),
            state: self.store.watch()?,
            history: self.past.state()?,
        })
    }

    /// Keeps the incident as effects have made it, and requests the notices among them.
    pub(super) fn carry_out(&self, plan: &Plan, incident: &Incident, effects: &[Effect], now: Timestamp) -> Result<()> {
        if effects.is_empty() {
            return Ok(());
        }
        self.ledger.keep(incident, true)?;
        let target = &plan.target;
        let subject = v1::incident::id(&target.slug, incident.id);
        for effect in effects.iter().filter(|effect| effect.notify) {
            let kind = match effect.kind {
                Kind::Open { .. } => EventKind::Opened,
                Kind::Amend { .. } => EventKind::Amended,
                Kind::Resolve { .. } => EventKind::Resolved,
            };
            let data = v1::Incident::of(&target.slug, &target.name, incident);
            let body = call::json(&Event { kind, timestamp: effect.at, data })?;
            let key = format!("{subject}.{}", effect.n);
            self.outbox.request(&Notice { key: &key, subject: &subject, body: &body }, &plan.channels, now)?;
        }
        Ok(())
    }
}

/// Returns how long what is kept of a target.
fn retention(plan: &Plan) -> Retention {
    let history = &plan.policy.history;
    Retention {
        rounds_ms: i64::from(history.rounds_s) * SECOND,
        five_minutes_ms: i64::from(history.five_minutes_s) * SECOND,
        hours_ms: i64::from(history.hourly_s) * SECOND,
        ..Retention::default()
    }
}
