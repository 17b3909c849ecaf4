//! One target: its plan, its schedule, its rounds. A single writer; its alarm is its clock.

mod absorb;
mod answers;
mod charts;
mod ledger;
mod load;
pub mod lookup;
mod numbers;
mod past;
mod store;
mod tell;
mod unstored;

use crate::{
    alarm, call,
    dial::{self, Edge},
    kept::{self, Change, Version},
    outbox::Outbox,
    reply, storage,
};
use dualwatch_core::{
    judge::schedule::{due_after_round, first_due},
    measure::{
        target::{Policy, Target},
        time::{DAY, SECOND, Timestamp},
        witness::Witnesses,
    },
    respond::{
        delivery::Channel,
        incident::{Ending, step::abandon},
        maintenance::{Rule, Window},
    },
};
use dualwatch_prober::Prober;
use dualwatch_wire::{door::inner::ToTarget, upptime::numbers::Numbers};
use ledger::Ledger;
use past::PastStore;
use serde::{Deserialize, Serialize};
use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    sync::{Arc, Mutex},
};
use store::{Store, Subject};
use worker::{DurableObject, Env, Error, Request, Response, Result, State, console_error, durable_object};

/// What the directory tells a target to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub target: Target,
    pub policy: Policy,
    /// The name of the vantage that this worker is.
    pub vantage: String,
    /// The rules that concern this target.
    #[serde(default)]
    pub maintenance: Vec<Rule>,
    /// The channels that hear of its incidents.
    #[serde(default)]
    pub channels: Vec<Channel>,
}

/// What the directory hands out: a plan, and what it believes of the target.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handed {
    pub plan: Plan,
    /// Which directory this is: another one than before has forgotten all that it was told.
    pub directory: String,
    /// The incidents that it holds for open.
    pub open: Vec<String>,
}

/// What a target answers to that.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Taken {
    /// Those of the open incidents that it knows nothing of: its file is not the one that they were stored in.
    pub lost: Vec<String>,
}

/// An alarm goes off a few ms late; one that is so late was lost.
const OVERDUE_MS: i64 = 10 * SECOND;
/// An alarm goes off a little early, too: what is due within this is due.
const EARLY_MS: i64 = 500;
/// Where a delivery is cut off, the alarm takes it up again after this.
const DELIVERY_GUARD_MS: i64 = 20 * SECOND;
/// Maintenance windows are worked out for so long before and after now.
const WINDOWS_AROUND_MS: i64 = 2 * DAY;

thread_local! {
    /// What the objects that run here have reached: which of a family's targets are asked where its controls are silent.
    static WITNESSES: Arc<Mutex<Witnesses>> = Arc::default();
}

/// The tables of a target, and the outbox.
struct Stores {
    store: Store,
    past: PastStore,
    ledger: Ledger,
    /// One for the object's life: it lets one delivery turn run at a time.
    outbox: Rc<Outbox>,
    /// What Upptime's files say, and when that was reckoned.
    numbers: RefCell<Option<(Timestamp, Numbers)>>,
}

/// Maintenance windows of the plan with this text, around a time.
struct Windows {
    plan: String,
    around: Timestamp,
    list: Rc<[Window]>,
}

#[durable_object(alarm)]
pub struct TargetObject {
    state: State,
    env: Env,
    /// The prober of the plan with this text; roots are read once, not in every round.
    prober: RefCell<Option<(String, Rc<Prober<Edge>>)>>,
    windows: RefCell<Option<Windows>>,
    /// What the resolvers said last to a visitor who wanted to know.
    lookup: lookup::Kept,
    /// Opened by the first event that needs it: the schema is looked at once in the object's life.
    stores: OnceCell<Stores>,
    /// Counts what could be answered otherwise than before.
    version: Version,
}

impl DurableObject for TargetObject {
    fn new(state: State, env: Env) -> Self {
        let (prober, windows) = (RefCell::new(None), RefCell::new(None));
        let lookup = lookup::Kept::default();
        Self { state, env, prober, windows, lookup, stores: OnceCell::new(), version: Version::default() }
    }

    /// Answers other objects and `routes`; no visitor's request comes here as it is.
    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let url = request.inner().url();
        let Some(asked) = ToTarget::decode(&url) else {
            return Err(Error::RustError(format!("a target has no {url}")));
        };
        match asked {
            ToTarget::Plan => self.take_plan(&request.text().await?).await,
            ToTarget::Stop => self.stop().await,
            ToTarget::Take => self.take(&request.text().await?).await,
            ToTarget::Load(pace) => self.load(&request.text().await?, pace).await,
            asked => {
                self.arm_if_lost(if asked == ToTarget::Resume { EARLY_MS } else { OVERDUE_MS }).await?;
                self.answer(&asked, &request).await
            }
        }
    }

    /// Measures one round if one is due, and delivers what is due. The next round is due by the plan, whatever becomes
    /// of this one.
    async fn alarm(&self) -> Result<Response> {
        let stores = self.stores()?;
        let store = &stores.store;
        let Some((text, plan)) = read_plan(store)? else {
            storage::outlast().await;
            return self.take_leave(stores).await;
        };
        let target = &plan.target;
        if storage::trouble().is_some() || storage::n_held(&target.slug) > 0 {
            return self.outlast(stores, &text, &plan).await;
        }
        let started_at = dial::now();
        if store.due()?.is_some_and(|due| due.ms_since(started_at) > EARLY_MS) {
            // Only a delivery was due.
            self.deliver(stores, &plan)?;
            self.arm_next(stores).await?;
            return Response::empty();
        }
        let regular = due_after_round(&target.slug, target.interval_s, started_at);
        store.set_due(regular)?;
        self.arm(regular).await?;
        self.changed(&target.slug);

        let prober = self.prober(&text, &plan)?;
        let known = prober.controls();
        let round = prober.round_in_turn(target, &stores.turn(target)?).await;

        // Input gate: while we measured, another plan may have come. Then this round answers no question any more.
        if store.plan()?.as_deref() != Some(text.as_str()) {
            return Response::empty();
        }
        if storage::trouble().is_some() {
            // The next alarm is set already, and goes on from here.
            return self.hold(stores, &text, &plan, &round).await;
        }
        let controls = prober.controls();
        if known != controls {
            store.set_controls(&controls)?;
        }
        let watch = self.absorb(&text, &plan, vec![(&round).into()])?;
        // Where it matters when exactly something began or ended, the next round comes sooner.
        let due = watch.state.hurry.due(regular, started_at).max(dial::now());
        if due < regular {
            store.set_due(due)?;
        }
        self.deliver(stores, &plan)?;
        self.arm_next(stores).await?;
        self.changed(&plan.target.slug);
        self.tell_of(&text, &plan, &watch).await?;
        Response::empty()
    }
}

impl TargetObject {
    /// Answers who only wants to know, or to see to it that the alarm is set.
    async fn answer(&self, asked: &ToTarget, request: &Request) -> Result<Response> {
        match asked {
            // Gone: whoever believes that this target has a plan is wrong, or its file was lost.
            ToTarget::Arm | ToTarget::Resume => {
                let has_plan = storage::trouble().is_some() || self.stores()?.store.plan()?.is_some();
                return Ok(Response::empty()?.with_status(if has_plan { 204 } else { 410 }));
            }
            // Those of a target that was taken out, too.
            ToTarget::Incident(name, language) => return self.incident(name, *language, request).await,
            ToTarget::Report(name) => return self.report_markdown(name, request).await,
            _ => {}
        }
        let Some((text, plan)) = read_plan(&self.stores()?.store)? else {
            return reply::not_found("this target has not begun yet");
        };
        match asked {
            ToTarget::Rounds(span) => self.rounds(&plan, *span, request),
            ToTarget::Availability => self.availability(&plan, request),
            ToTarget::Lookup => self.look_up(&text, &plan).await,
            ToTarget::History(size, span) => self.history(&plan, *size, *span, request),
            ToTarget::Charts(period) => self.charts(&plan, *period),
            _ => self.detail(&text, &plan, request).await,
        }
    }

    /// Notes that something was committed, or is due at another time: what was answered before is not true any more.
    fn changed(&self, slug: &str) {
        self.version.advance();
        kept::note(&Change::Target(slug));
    }

    fn stores(&self) -> Result<&Stores> {
        if let Some(stores) = self.stores.get() {
            return Ok(stores);
        }
        let sql = || self.state.storage().sql();
        let stores = Stores {
            store: Store::open(sql())?,
            past: PastStore::open(sql())?,
            ledger: Ledger::open(sql())?,
            outbox: Rc::new(Outbox::open(sql())?),
            numbers: RefCell::default(),
        };
        Ok(self.stores.get_or_init(|| stores))
    }

    fn prober(&self, text: &str, plan: &Plan) -> Result<Rc<Prober<Edge>>> {
        if let Some((of, prober)) = &*self.prober.borrow()
            && of == text
        {
            return Ok(prober.clone());
        }
        let prober = Prober::new(Edge, plan.policy.clone(), &plan.vantage)
            .map_err(|why| Error::RustError(format!("failed to prepare measuring: {why}")))?;
        // What was learnt of controls outlives this object's memory.
        let prober = prober.with_controls(self.stores()?.store.controls()?);
        let prober = Rc::new(prober.with_witnesses(WITNESSES.with(Arc::clone)));
        *self.prober.borrow_mut() = Some((text.to_owned(), prober.clone()));
        Ok(prober)
    }

    /// Returns the maintenance windows around now.
    fn windows(&self, text: &str, plan: &Plan, now: Timestamp) -> Rc<[Window]> {
        if let Some(known) = &*self.windows.borrow()
            && known.plan == text
            && now.ms_since(known.around).abs() < WINDOWS_AROUND_MS - DAY
        {
            return known.list.clone();
        }
        let (from, to) = (now - WINDOWS_AROUND_MS, now + WINDOWS_AROUND_MS);
        let windows: Rc<[Window]> = windows_between(plan, from, to).into();
        *self.windows.borrow_mut() = Some(Windows { plan: text.to_owned(), around: now, list: windows.clone() });
        windows
    }

    async fn arm(&self, due: Timestamp) -> Result<()> {
        alarm::set(&self.state.storage(), due).await
    }

    /// Sets the alarm to what is due first: the next round, or a delivery that nobody is at.
    async fn arm_next(&self, stores: &Stores) -> Result<()> {
        let guard = dial::now() + DELIVERY_GUARD_MS;
        let delivery = stores.outbox.next_due_at()?.map(|due| due.max(guard));
        match [stores.store.due()?, delivery].into_iter().flatten().min() {
            Some(due) => self.arm(due).await,
            None => Ok(()),
        }
    }

    /// Delivers what is due, beside the rounds: a receiver may take its time.
    fn deliver(&self, stores: &Stores, plan: &Plan) -> Result<()> {
        // What became of a delivery has to be stored.
        if storage::trouble().is_some()
            || stores.outbox.next_due_at()?.is_none_or(|due| due.ms_since(dial::now()) > EARLY_MS)
        {
            return Ok(());
        }
        let (outbox, storage) = (stores.outbox.clone(), self.state.storage());
        let (channels, policy, slug) = (plan.channels.clone(), plan.policy.clone(), plan.target.slug.clone());
        self.state.wait_until(async move {
            let armed = async {
                let Some(next) = outbox.deliver(&channels, &policy).await? else { return Ok(()) };
                let armed = storage.get_alarm().await?.map(Timestamp::from_unix_ms);
                if armed.is_none_or(|armed| next < armed) { alarm::set(&storage, next).await } else { Ok(()) }
            };
            if let Err(error) = armed.await {
                console_error!("failed to deliver notices of {slug}: {error}");
            }
        });
        Ok(())
    }

    /// Sets the alarm where there is none though there should be, or where it should have gone off long ago: alarms can
    /// be lost while the object still believes in them, and nobody would see it.
    async fn arm_if_lost(&self, overdue_ms: i64) -> Result<()> {
        if storage::trouble().is_some() {
            return Ok(());
        }
        let alarm = self.state.storage().get_alarm().await?.map(Timestamp::from_unix_ms);
        let is_lost = alarm.is_none_or(|due| dial::now().ms_since(due) > overdue_ms);
        let stores = self.stores()?;
        if is_lost && let Some((_, plan)) = read_plan(&stores.store)? {
            let due = due_after_round(&plan.target.slug, plan.target.interval_s, dial::now());
            stores.store.set_due(due)?;
            // Notices may have waited for that alarm too.
            self.arm_next(stores).await?;
            self.changed(&plan.target.slug);
        }
        Ok(())
    }

    async fn take_plan(&self, text: &str) -> Result<Response> {
        let Handed { plan, directory, open } = parse(text)?;
        let text = call::json(&plan)?;
        let stores = self.stores()?;
        let store = &stores.store;
        let taken = Taken { lost: stores.lost(&plan.target.slug, open)? };
        let is_another = store.told_to()?.as_ref() != Some(&directory);
        if is_another {
            store.set_told_to(&directory)?;
            store.delete_told()?;
            stores.ledger.untell()?;
        }
        let earlier = read_plan(store)?;
        if earlier.as_ref().is_some_and(|(earlier, _)| *earlier == text) {
            self.arm_if_lost(OVERDUE_MS).await?;
        } else {
            self.begin(&text, &plan, earlier.map(|(_, earlier)| earlier)).await?;
        }
        if is_another {
            self.tell_all(&text, &plan).await?;
        }
        reply::internal(&taken)
    }

    /// Begins to measure by a plan that is not the one of before.
    async fn begin(&self, text: &str, plan: &Plan, earlier: Option<Plan>) -> Result<()> {
        let stores = self.stores()?;
        let store = &stores.store;
        if earlier.is_none() {
            // It may have been taken out, and comes back.
            store.delete_progress()?;
        }
        let changed = earlier.filter(|earlier| earlier.target.endpoint != plan.target.endpoint);
        store.set_plan(text)?;
        // The name may have changed, or the interval: the directory must hear of it after the next round.
        store.delete_told()?;
        if let Some(earlier) = changed {
            // The health of another address says nothing about this one.
            begin_anew(stores, &earlier)?;
        }
        let due = first_due(&plan.target.slug, plan.target.interval_s, dial::now());
        store.set_due(due)?;
        self.arm(due).await?;
        self.changed(&plan.target.slug);
        Ok(())
    }

    /// Stops measuring; the rounds are kept. What is open ends, and those who heard of it hear of that.
    async fn stop(&self) -> Result<Response> {
        let stores = self.stores()?;
        if let Some((_, plan)) = read_plan(&stores.store)? {
            end_open(stores, &plan)?;
            stores.store.stop_plan(&Subject::from(&plan.target))?;
            self.state.storage().delete_alarm().await?;
            self.changed(&plan.target.slug);
        }
        self.take_leave(stores).await
    }

    /// Delivers what a target that was taken out has left to say, until nothing is left.
    async fn take_leave(&self, stores: &Stores) -> Result<Response> {
        let Some(text) = stores.store.stopped()? else { return Response::empty() };
        let plan: Plan = parse(&text)?;
        self.arm(dial::now() + DELIVERY_GUARD_MS).await?;
        self.deliver(stores, &plan)?;
        if !stores.ledger.untold(1)?.is_empty() {
            self.tell(&text, &plan).await?;
        }
        if stores.outbox.next_due_at()?.is_none() && stores.ledger.untold(1)?.is_empty() {
            self.state.storage().delete_alarm().await?;
            stores.store.delete_progress()?;
            stores.store.delete_stopped()?;
        }
        Response::empty()
    }
}

/// Ends what is open, and forgets what was measured last; the rounds and the history are kept.
fn begin_anew(stores: &Stores, plan: &Plan) -> Result<()> {
    end_open(stores, plan)?;
    stores.store.delete_progress()
}

/// Ends what is open: what is measured from now on, if anything, is something else.
fn end_open(stores: &Stores, plan: &Plan) -> Result<()> {
    let now = dial::now();
    let step = abandon(stores.store.watch()?.incidents, Ending::Reconfigured, now);
    if let Some(incident) = &step.state.latest {
        stores.carry_out(plan, incident, &step.effects, now)?;
    }
    stores.store.set_watch(&dualwatch_core::watch::State::default())
}

/// Returns the maintenance windows of a plan between two times. A zone that is not known was refused when the
/// configuration was read.
fn windows_between(plan: &Plan, from: Timestamp, to: Timestamp) -> Vec<Window> {
    dualwatch_config::windows(&plan.maintenance, &plan.target.slug, from, to).unwrap_or_default()
}

fn read_plan(store: &Store) -> Result<Option<(String, Plan)>> {
    store.plan()?.map(|text| Ok((text.clone(), parse(&text)?))).transpose()
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::RustError(format!("failed to read a message: {e}")))
}
