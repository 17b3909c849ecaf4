//! One target: its plan, its schedule, its rounds. A single writer; its alarm is its clock.

mod store;

use crate::{
    call,
    dial::{self, Edge},
    reply,
};
use dualwatch_core::{
    agreement::Finding,
    clients::clients,
    consistency::differences,
    delivery::Channel,
    health,
    maintenance::Rule,
    round,
    schedule::{due_after_round, first_due},
    target::{Policy, Target},
    time::{SECOND, Timestamp},
};
use dualwatch_prober::Prober;
use dualwatch_wire::v1::{Report, Round, Rounds, Status, TargetDetail, VERSION};
use serde::{Deserialize, Serialize};
use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};
use store::{Progress, Store};
use worker::{
    DurableObject, Env, Error, Request, Response, Result, ScheduledTime, State, console_error, durable_object,
    js_sys::Date,
};

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

/// An alarm goes off a few ms late; one that is so late was lost.
const OVERDUE_MS: i64 = 10 * SECOND;

#[durable_object(alarm)]
pub struct TargetObject {
    state: State,
    env: Env,
    /// The prober of the plan with this text; roots are read once, not in every round.
    prober: RefCell<Option<(String, Rc<Prober<Edge>>)>>,
    /// Opened by the first event that needs it: the schema is looked at once in the object's life.
    store: OnceCell<Store>,
}

impl DurableObject for TargetObject {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, prober: RefCell::new(None), store: OnceCell::new() }
    }

    /// Answers other objects and `routes`; no visitor's request comes here as it is.
    async fn fetch(&self, mut request: Request) -> Result<Response> {
        match request.path().as_str() {
            "/plan" => self.take_plan(&request.text().await?).await,
            "/stop" => self.stop().await,
            "/arm" => {
                self.arm_if_lost().await?;
                Response::empty()
            }
            "/detail" => self.detail().await,
            "/rounds" => self.rounds(&request).await,
            "/take" => self.take(&request.text().await?).await,
            path => Err(Error::RustError(format!("a target has no {path}"))),
        }
    }

    /// Measures one round. The next one is due by the plan, whatever becomes of this one.
    async fn alarm(&self) -> Result<Response> {
        let store = self.store()?;
        let Some((text, plan)) = read_plan(store)? else { return Response::empty() };
        let target = &plan.target;
        self.arm(due_after_round(&target.slug, target.interval_s, dial::now())).await?;

        let prober = self.prober(&text, &plan)?;
        let round = prober.round(target).await;

        // Input gate: while we measured, another plan may have come. Then this round answers no question any more.
        if store.plan()?.as_deref() != Some(text.as_str()) {
            return Response::empty();
        }
        let controls = prober.controls();
        if store.controls()? != controls {
            store.set_controls(&controls)?;
        }
        self.absorb(store, &plan, vec![(&round).into()]).await?;
        Response::empty()
    }
}

impl TargetObject {
    fn store(&self) -> Result<&Store> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = Store::open(self.state.storage().sql())?;
        Ok(self.store.get_or_init(|| store))
    }

    /// Keeps rounds of any vantage, and tells what all of them together now say.
    ///
    /// A round that is older than the newest of its vantage came late: it is kept, and changes nothing.
    async fn absorb(&self, store: &Store, plan: &Plan, rounds: Vec<Round>) -> Result<()> {
        let now = dial::now();
        let target = &plan.target;
        let mut progress = store.progress()?;
        // Output gate: all writes happen before the next await, so they are one commit.
        for round in rounds {
            store.add_round(&round)?;
            let of = progress.iter().position(|p| p.round.vantage.name == round.vantage.name);
            let last = of.map(|at| progress[at].round.started_at);
            // A round of an address that was configured before says nothing about this one.
            if round.target != target.url() || last.is_some_and(|last| round.started_at <= last) {
                continue;
            }
            let health = of.map(|at| progress[at].health).unwrap_or_default();
            let policy = health::Policy::default();
            let health = health::step_round(health, last, target.interval_s, &round.clone().into(), &policy);
            let next = Progress { health, round };
            store.set_progress(&next)?;
            match of {
                Some(at) => progress[at] = next,
                None => progress.push(next),
            }
        }
        store.forget_before(now)?;
        match report(plan, &progress, now) {
            Some(report) => self.tell(store, report).await,
            None => Ok(()),
        }
    }

    /// Takes rounds that a further vantage has sent.
    async fn take(&self, body: &str) -> Result<Response> {
        let store = self.store()?;
        let Some((_, plan)) = read_plan(store)? else { return reply::not_found("this target has not begun yet") };
        // The directory does not miss our own rounds as long as others come.
        self.arm_if_lost().await?;
        self.absorb(store, &plan, parse(body)?).await?;
        Response::empty()
    }

    /// Tells the directory what is new, or once a minute that this target lives. What could not be delivered is news
    /// again after the next round.
    async fn tell(&self, store: &Store, report: Report) -> Result<()> {
        if store.told()?.is_some_and(|told| !report.is_due_after(&told)) {
            return Ok(());
        }
        let told = match call::directory(&self.env, "/report", Some(call::json(&report)?)).await {
            Ok(response) if response.status_code() == 200 => Ok(()),
            Ok(response) => Err(format!("it answered {}", response.status_code())),
            Err(error) => Err(error.to_string()),
        };
        match told {
            Ok(()) => store.set_told(&report),
            Err(why) => {
                console_error!("failed to tell the directory about {}: {why}", report.status.slug);
                Ok(())
            }
        }
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
        let prober = Rc::new(prober.with_controls(self.store()?.controls()?));
        *self.prober.borrow_mut() = Some((text.to_owned(), prober.clone()));
        Ok(prober)
    }

    async fn arm(&self, due: Timestamp) -> Result<()> {
        self.state.storage().set_alarm(ScheduledTime::new(Date::new(&(due.unix_ms() as f64).into()))).await
    }

    /// Sets the alarm where there is none though there should be, or where it should have gone off long ago: alarms can
    /// be lost while the object still believes in them, and nobody would see it.
    async fn arm_if_lost(&self) -> Result<()> {
        let alarm = self.state.storage().get_alarm().await?.map(Timestamp::from_unix_ms);
        let is_lost = alarm.is_none_or(|due| dial::now().ms_since(due) > OVERDUE_MS);
        if is_lost && let Some((_, plan)) = read_plan(self.store()?)? {
            self.arm(due_after_round(&plan.target.slug, plan.target.interval_s, dial::now())).await?;
        }
        Ok(())
    }

    async fn take_plan(&self, text: &str) -> Result<Response> {
        let plan: Plan = parse(text)?;
        let store = self.store()?;
        let earlier = read_plan(store)?;
        if earlier.as_ref().is_some_and(|(earlier, _)| earlier == text) {
            self.arm_if_lost().await?;
            return Response::empty();
        }
        let is_same_thing = earlier.is_some_and(|(_, earlier)| earlier.target.endpoint == plan.target.endpoint);
        store.set_plan(text)?;
        // The name may have changed, or the interval: the directory must hear of it after the next round.
        store.delete_told()?;
        if !is_same_thing {
            // The health of another address says nothing about this one.
            store.delete_progress()?;
        }
        self.arm(first_due(&plan.target.slug, plan.target.interval_s, dial::now())).await?;
        Response::empty()
    }

    /// Stops measuring; the rounds are kept.
    async fn stop(&self) -> Result<Response> {
        self.store()?.delete_plan()?;
        self.state.storage().delete_alarm().await?;
        Response::empty()
    }

    async fn detail(&self) -> Result<Response> {
        self.arm_if_lost().await?;
        let store = self.store()?;
        let Some((_, plan)) = read_plan(store)? else { return reply::not_found("this target has not begun yet") };
        let now = dial::now();
        let report = report(&plan, &store.progress()?, now);
        // As the directory would publish it.
        let entry = std::iter::once((&plan.target, report.as_ref()));
        let status = Status::publish(entry, &plan.vantage, now).targets.remove(0);
        let last_round = store.last_round()?;
        let measured: Option<round::Round> = last_round.clone().map(round::Round::from);
        let next_due_at = self.state.storage().get_alarm().await?.map(Timestamp::from_unix_ms);
        reply::internal(&TargetDetail {
            version: VERSION,
            status,
            interval_s: plan.target.interval_s,
            timeout_ms: plan.target.timeout_ms,
            next_due_at,
            n_rounds: store.n_rounds()?,
            last_round,
            differences: measured.as_ref().map(|round| differences(&round.samples)).unwrap_or_default(),
            clients: measured.map(|round| clients(&round.samples, round.dual_stack)),
        })
    }

    async fn rounds(&self, request: &Request) -> Result<Response> {
        self.arm_if_lost().await?;
        let store = self.store()?;
        let Some((_, plan)) = read_plan(store)? else { return reply::not_found("this target has not begun yet") };
        let url = request.url()?;
        let bound = |name: &str| {
            let value = url.query_pairs().find(|(key, _)| key == name)?.1.parse().ok()?;
            Some(Timestamp::from_unix_ms(value))
        };
        let (Some(from), Some(to)) = (bound("from"), bound("to")) else {
            return reply::bad_request("`from` and `to` are needed");
        };
        let found = store.rounds(from, to)?;
        reply::internal(&Rounds {
            version: VERSION,
            slug: plan.target.slug,
            from,
            to,
            rounds: found.rounds,
            next_from: found.next_from,
            n_unreadable: found.n_unreadable,
        })
    }
}

/// What all vantages together say; none before the first round.
fn report(plan: &Plan, progress: &[Progress], now: Timestamp) -> Option<Report> {
    let rounds: Vec<_> = progress.iter().map(|p| dualwatch_core::round::Round::from(p.round.clone())).collect();
    let findings: Vec<Finding<'_>> = (progress.iter().zip(&rounds))
        .map(|(p, round)| Finding { is_own: round.vantage.name == plan.vantage, health: &p.health, round })
        .collect();
    Report::of(&plan.target, &findings, now)
}

fn read_plan(store: &Store) -> Result<Option<(String, Plan)>> {
    store.plan()?.map(|text| Ok((text.clone(), parse(&text)?))).transpose()
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::RustError(format!("failed to read a plan: {e}")))
}
