//! What a target does while nothing can be stored: it measures, keeps its rounds in memory, and tells what they say.
//!
//! An alarm cannot be set then either, for that is stored too. So the one that goes off goes on until the trouble is over,
//! and is the target's clock meanwhile. Incidents are not opened, and nobody is told of any, before the rounds that show
//! them are stored: a notice belongs to a commit.

use super::{Plan, Stores, TargetObject, tell::report};
use crate::{call, dial, storage};
use dualwatch_core::{judge::schedule::due_after_round, measure::round, watch::Watch};
use dualwatch_wire::{
    door::inner::ToDirectory,
    v1::{Report, Round},
};
use worker::{Response, Result, console_error};

impl TargetObject {
    /// Measures as long as nothing can be stored, and stores all of it then.
    pub(super) async fn outlast(&self, stores: &Stores, text: &str, plan: &Plan) -> Result<Response> {
        let target = &plan.target;
        let prober = self.prober(text, plan)?;
        let mut due = dial::now();
        while storage::trouble().is_some() {
            let started_at = dial::now();
            let round = prober.round_in_turn(target, &stores.turn(target)?).await;
            let watch = self.keep_unstored(stores, text, plan, &round)?;
            due = watch.state.hurry.due(due_after_round(&target.slug, target.interval_s, started_at), started_at);
            self.tell_unstored(stores, text, plan, &watch).await;
            storage::outlast_until(due).await;
        }
        // First: nothing that follows can then end the schedule.
        let due = due.max(dial::now());
        stores.store.set_due(due)?;
        self.arm(due).await?;
        self.store_held(stores, text, plan).await?;
        self.arm_next(stores).await?;
        self.changed(&target.slug);
        Response::empty()
    }

    /// Keeps one round in memory, and tells what it says.
    pub(super) async fn hold(
        &self,
        stores: &Stores,
        text: &str,
        plan: &Plan,
        round: &round::Round,
    ) -> Result<Response> {
        let watch = self.keep_unstored(stores, text, plan, round)?;
        self.tell_unstored(stores, text, plan, &watch).await;
        Response::empty()
    }

    /// Keeps one round in memory. Returns what is known of the target with all that are there.
    fn keep_unstored(&self, stores: &Stores, text: &str, plan: &Plan, round: &round::Round) -> Result<Watch> {
        storage::hold(&plan.target.slug, &Round::from(round))?;
        let watch = self.known(stores, text, plan, &storage::held(&plan.target.slug))?;
        self.changed(&plan.target.slug);
        Ok(watch)
    }

    /// Returns what is known of the target with rounds that are in memory.
    pub(super) fn known(&self, stores: &Stores, text: &str, plan: &Plan, held: &[Round]) -> Result<Watch> {
        let now = dial::now();
        let windows = self.windows(text, plan, now);
        let url = plan.target.url();
        let settings = plan.settings(&url, &windows);
        let mut watch = stores.watch()?;
        for round in held {
            watch.hear(round.clone().into(), &settings, now);
        }
        Ok(watch)
    }

    /// Tells the directory what there is to see. It has to be told again when it is stored.
    async fn tell_unstored(&self, stores: &Stores, text: &str, plan: &Plan, watch: &Watch) {
        let now = dial::now();
        let Some(report) = report(plan, watch, &self.windows(text, plan, now), now) else { return };
        let told = async {
            let full = Report { uptime: stores.uptime(now)?, ..report };
            let response = call::directory(&self.env, &ToDirectory::Report, Some(call::json(&full)?)).await?;
            if response.status_code() == 200 {
                return Ok(());
            }
            Err(worker::Error::RustError(format!("it answered {}", response.status_code())))
        };
        if let Err(error) = told.await {
            console_error!("failed to tell the directory about {}: {error}", plan.target.slug);
        }
    }

    /// Stores the rounds that wait in memory, and forgets them there when that is certain.
    async fn store_held(&self, stores: &Stores, text: &str, plan: &Plan) -> Result<()> {
        let slug = &plan.target.slug;
        let held = storage::held(slug);
        if held.is_empty() {
            return Ok(());
        }
        let n = held.len();
        let watch = self.absorb(text, plan, held)?;
        // It is news, so the directory is called, and a call leaves only after what was written before it.
        stores.store.delete_told()?;
        self.deliver(stores, plan)?;
        if self.tell_of(text, plan, &watch).await? {
            storage::stored(slug, n);
        }
        Ok(())
    }
}
