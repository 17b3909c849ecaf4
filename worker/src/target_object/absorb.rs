//! How rounds are taken in: one commit of the rounds, what they lead to, and the notices that are requested.

use super::{Plan, Stores, TargetObject, parse, read_plan, store::Progress};
use crate::{call, dial, outbox::Notice, reply, storage};
use dualwatch_core::{
    measure::{
        every::Turn,
        target::Target,
        time::{SECOND, Timestamp},
        veil::Veil,
    },
    remember::retention::Retention,
    respond::{
        incident::{self, Effect, Incident, Kind},
        maintenance::Window,
    },
    watch::{Settings, Watch},
};
use dualwatch_wire::{
    v1::{self, Round},
    webhook::{Event, EventKind},
};
use worker::{Response, Result};

impl TargetObject {
    /// Keeps rounds of any vantage, and what all of them together now say. Returns what is known of the target
    /// then.
    ///
    /// A round that is older than the newest of its vantage came late: it is kept, and changes nothing.
    ///
    /// Output gate: all writes happen without an await in between, so they are one commit.
    pub(super) fn absorb(&self, text: &str, plan: &Plan, rounds: Vec<Round>) -> Result<Watch> {
        let now = dial::now();
        let windows = self.windows(text, plan, now);
        let stores = self.stores()?;
        let Stores { store, past, .. } = stores;
        let target = &plan.target;
        let url = target.url();
        let settings = plan.settings(&url, &windows);
        let retention = plan.retention();
        let mut watch = stores.watch()?;
        // The very first one ends the past, if one was loaded.
        let is_measured = store.live_from()?.is_some();
        let first_at = rounds.iter().map(|round| round.started_at).min().filter(|_| !is_measured);
        if let Some(first) = first_at {
            stores.end_past(first, &retention, now)?;
        }
        for round in rounds {
            store.add_round(&round)?;
            let vantage = round.vantage.name.clone();
            let heard = watch.hear(round.into(), &settings, now);
            if !heard.accepted {
                continue;
            }
            if let Some(progress) = watch.progress.iter().find(|p| p.round.vantage.name == vantage) {
                store.set_progress(&Progress::from(progress))?;
            }
            past.keep(heard.records, &retention, now)?;
            if let Some(incident) = watch.incident() {
                stores.carry_out(plan, incident, &heard.effects, now)?;
            }
        }
        if let Some(first) = first_at {
            store.note_live(first)?;
        }
        store.set_watch(&watch.state)?;
        if let Some(history) = &watch.history {
            past.set_state(history)?;
        }
        store.forget_before(retention.rounds_before(now))?;
        self.changed(&target.slug);
        Ok(watch)
    }

    /// Takes rounds that a further vantage has sent.
    pub(super) async fn take(&self, body: &str) -> Result<Response> {
        if let Some(refusal) = storage::refusal()? {
            return Ok(refusal);
        }
        let stores = self.stores()?;
        let Some((text, plan)) = read_plan(&stores.store)? else {
            return reply::not_found("this target has not begun yet");
        };
        // The directory does not miss our own rounds as long as others come.
        self.arm_if_lost(super::OVERDUE_MS).await?;
        let watch = self.absorb(&text, &plan, parse(body)?)?;
        self.deliver(stores, &plan)?;
        // Should we be cut off, what waits is not to wait for the next round of our own.
        if stores.outbox.next_due_at()?.is_some() {
            self.arm_next(stores).await?;
        }
        self.tell_of(&text, &plan, &watch).await?;
        Response::empty()
    }
}

impl Stores {
    /// Returns what the next round must know of the addresses of a target; nothing is read where that is not asked for.
    pub(super) fn turn(&self, target: &Target) -> Result<Turn> {
        let mut turn = Turn::default();
        if target.every_address {
            turn.known = self.store.watch()?.addresses.known();
        }
        Ok(turn)
    }

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
            // A channel is the operator's own: of what is told there only queries are cut, where secrets stand.
            let mut data = v1::Incident::of(&target.slug, &target.name, incident);
            data.veil(&Veil::over_nobody());
            let body = call::json(&Event { kind, timestamp: effect.at, data })?;
            let key = format!("{subject}.{}", effect.n);
            self.outbox.request(&Notice { key: &key, subject: &subject, body: &body }, &plan.channels, now)?;
        }
        Ok(())
    }
}

impl Plan {
    /// Returns how rounds of the target at `url` are heard.
    pub(super) fn settings<'a>(&'a self, url: &'a str, windows: &'a [Window]) -> Settings<'a> {
        let target = &self.target;
        Settings {
            url,
            own_vantage: &self.vantage,
            interval_s: target.interval_s,
            timeout_ms: target.timeout_ms,
            unchanged_s: None,
            confirm: target.confirm,
            incidents: incident::Policy::default(),
            scheme: target.endpoint.scheme,
            windows,
        }
    }

    /// Returns how long what is kept of a target.
    pub(super) fn retention(&self) -> Retention {
        let history = &self.policy.history;
        Retention {
            rounds_ms: i64::from(history.rounds_s) * SECOND,
            five_minutes_ms: i64::from(history.five_minutes_s) * SECOND,
            hours_ms: i64::from(history.hourly_s) * SECOND,
            ..Retention::default()
        }
    }
}
