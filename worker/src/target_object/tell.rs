//! What a target tells the directory.

use super::{Plan, Stores, TargetObject};
use crate::{call, dial};
use dualwatch_core::{
    judge::agreement::Finding,
    measure::{
        family::{Family, PerFamily},
        time::{SECOND, Timestamp},
    },
    remember::{availability::Period, spell::Track},
    respond::{
        incident::Incident,
        maintenance::{Window, covers},
    },
    watch::Watch,
};
use dualwatch_wire::{
    door::inner::ToDirectory,
    v1::{self, Report, Uptime},
};
use worker::{Result, console_error};

/// So many incidents are told at once; the others with the next round.
const MAX_INCIDENTS: i64 = 20;
/// So often the directory is told of incidents at once, where it knows nothing of them.
const MAX_TELLS: usize = 60;

impl TargetObject {
    /// Tells the directory what is new, or once a minute that this target lives: both of us keep that. After other rounds
    /// it hears of their times, which nobody keeps, so that a round costs no row. What could not be delivered is news again
    /// after the next round.
    pub(super) async fn tell(&self, text: &str, plan: &Plan) -> Result<()> {
        let watch = self.stores()?.watch()?;
        self.tell_of(text, plan, &watch).await.map(drop)
    }

    /// Tells all that the directory does not know, as far as that is a matter of seconds; the rest comes with rounds.
    pub(super) async fn tell_all(&self, text: &str, plan: &Plan) -> Result<()> {
        for _ in 0..MAX_TELLS {
            if self.stores()?.ledger.untold(1)?.is_empty() {
                break;
            }
            self.tell(text, plan).await?;
        }
        Ok(())
    }

    /// Tells with what is known of the target. Returns whether the directory has heard; there may be nothing to tell.
    pub(super) async fn tell_of(&self, text: &str, plan: &Plan, watch: &Watch) -> Result<bool> {
        let stores = self.stores()?;
        let now = dial::now();
        let windows = self.windows(text, plan, now);
        let untold = stores.ledger.untold(MAX_INCIDENTS)?;
        let Some(report) = report(plan, watch, &windows, now) else {
            return self.tell_past(plan, untold).await;
        };
        let told = stores.store.told()?;
        if untold.is_empty() && told.is_some_and(|told| !report.is_due_after(&told)) {
            let pulse = Report { uptime: stores.uptime_of_young(watch, now)?, ..report };
            return self.tell_directory(&ToDirectory::Pulse, call::json(&pulse)?, plan, &[]).await;
        }
        let target = &plan.target;
        let document = |incident| v1::Incident::of(&target.slug, &target.name, incident);
        // While we waited for something else it may have changed.
        let open = stores.store.watch()?.incidents.open;
        let is_untold = |id| untold.iter().any(|incident| incident.id == id);
        let mut incidents: Vec<v1::Incident> = untold.iter().map(document).collect();
        incidents.extend(open.as_deref().filter(|open| !is_untold(open.id)).map(document));
        let upptime = stores.numbers(now)?.map(Box::new);
        let full = Report { incidents, uptime: stores.uptime(now)?, upptime, ..report.clone() };
        let has_heard = self.tell_directory(&ToDirectory::Report, call::json(&full)?, plan, &untold).await?;
        if has_heard {
            stores.store.set_told(&report)?;
        }
        Ok(has_heard)
    }

    /// Tells of incidents where nothing is measured yet: those of a past that was loaded.
    async fn tell_past(&self, plan: &Plan, untold: Vec<Incident>) -> Result<bool> {
        if untold.is_empty() {
            return Ok(false);
        }
        let target = &plan.target;
        let documents: Vec<_> = untold.iter().map(|i| v1::Incident::of(&target.slug, &target.name, i)).collect();
        self.tell_directory(&ToDirectory::Past, call::json(&documents)?, plan, &untold).await
    }

    /// Tells the directory; where it has heard, notes that of these incidents. Returns whether it has.
    async fn tell_directory(&self, what: &ToDirectory, body: String, plan: &Plan, untold: &[Incident]) -> Result<bool> {
        let why = match call::directory(&self.env, what, Some(body)).await {
            Ok(response) if response.status_code() == 200 => {
                // Only as it was told: while we waited, it may have changed.
                untold.iter().try_for_each(|incident| self.stores()?.ledger.told(incident))?;
                return Ok(true);
            }
            Ok(response) => format!("it answered {}", response.status_code()),
            Err(error) => error.to_string(),
        };
        console_error!("failed to tell the directory about {} ({what:?}): {why}", plan.target.slug);
        Ok(false)
    }
}

impl Stores {
    /// Returns those of these incidents of a target that are not stored here.
    pub(super) fn lost(&self, slug: &str, ids: Vec<String>) -> Result<Vec<String>> {
        let mut lost = Vec::new();
        for id in ids {
            // The public name is to the second, the identifier to the millisecond.
            let second = v1::incident::began_of(&id).map_or(0, Timestamp::unix_ms);
            let near = self.ledger.between(second, second + SECOND, MAX_INCIDENTS)?;
            if !near.iter().any(|incident| v1::incident::id(slug, incident.id) == id) {
                lost.push(id);
            }
        }
        Ok(lost)
    }

    /// Returns that of a target that has been known for so short a time that every round changes it; else nothing.
    fn uptime_of_young(&self, watch: &Watch, now: Timestamp) -> Result<Option<Uptime>> {
        let Some(history) = &watch.history else { return Ok(None) };
        let track = Track::DualStack;
        let since = self.past.told_from(track)?.unwrap_or(history.lasting(track).from);
        if Uptime::is_told_always(since, now) { self.uptime(now) } else { Ok(None) }
    }

    /// Returns the share of the last 30 days in which each track was up.
    pub(super) fn uptime(&self, now: Timestamp) -> Result<Option<Uptime>> {
        let Some(mut history) = self.past.state()? else { return Ok(None) };
        // Of a copy: what is not stored yet counts, and stays for the next round.
        let fresh = history.advance(now);
        let window = Period::Days30.ending(now);
        let mut over = Vec::with_capacity(Track::ALL.len());
        for track in Track::ALL {
            over.extend(self.past.over(&fresh, &[window], track, &history)?);
        }
        let [ipv4, ipv6, dual_stack] = &over[..] else { return Ok(None) };
        Ok(Uptime::of(ipv4, ipv6, dual_stack))
    }
}

/// What all vantages together say; none before the first round.
pub(super) fn report(plan: &Plan, watch: &Watch, windows: &[Window], now: Timestamp) -> Option<Report> {
    let findings: Vec<Finding<'_>> = (watch.progress.iter())
        .map(|p| Finding {
            is_own: p.round.vantage.name == plan.vantage,
            health: &p.health,
            round: &p.round,
            last_good: p.last_good,
        })
        .collect();
    let mut report = Report::of(&plan.target, &findings, now)?;
    let covered = PerFamily::from_fn(|family: Family| covers(windows, family, now).is_some());
    report.status.ipv4.maintenance = covered.ipv4;
    report.status.ipv6.maintenance = covered.ipv6;
    report.confirm(&watch.state, &plan.vantage, now);
    report.mark(watch.state.incidents.open.as_deref());
    Some(report)
}
