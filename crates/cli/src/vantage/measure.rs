//! Measures every target of the plans on the grid that the worker itself measures on; faster, as the worker does, where
//! it matters when exactly something began or ended.

use super::Measured;
use dualwatch_core::{
    judge::{
        health::{Health, step_round},
        hurry::Hurry,
        schedule::{due_after_round, first_due},
    },
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        round::Round,
        target::{Policy, Resolver, Target},
        time::{SECOND, Timestamp},
        witness::Witnesses,
    },
};
use dualwatch_prober::{Clock, Prober, native::Tokio};
use dualwatch_wire::v1::Plan;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};
use tokio::{sync::watch, task::spawn_local};

/// The clock is read at least this often: a machine that slept, or whose clock was set, is soon on the grid again.
const LOOK_EVERY_MS: i64 = SECOND;

/// Who measures, and where the rounds go.
pub struct Vantage {
    pub name: String,
    /// Asked in place of those of the plans; empty: those of the plans.
    pub resolvers: Vec<Resolver>,
    pub rounds: mpsc::Sender<Measured>,
    /// What all plans together have reached.
    pub witnesses: Arc<Mutex<Witnesses>>,
}

struct Row {
    plan: Plan,
    prober: Rc<Prober<Tokio>>,
    due: Timestamp,
    is_running: Rc<Cell<bool>>,
    seen: Rc<RefCell<Seen>>,
}

/// What this vantage's own rounds say of a target.
#[derive(Default)]
struct Seen {
    last_at: Option<Timestamp>,
    health: PerFamily<Health>,
    hurry: Hurry,
    /// Why the measurement itself failed last, of each family.
    trouble: PerFamily<Option<String>>,
}

impl Seen {
    /// Returns why the measurement itself failed, where that is news.
    fn trouble(&mut self, round: &Round) -> Vec<String> {
        let mut news = Vec::new();
        for family in Family::ALL {
            let sample = round.samples.get(family);
            let is_ours = sample.cause == Some(Cause::MeasurementFailed);
            let now = is_ours.then(|| sample.evidence.error.clone().unwrap_or_default());
            let known = self.trouble.get_mut(family);
            if now.is_some() && *known != now {
                news.push(dualwatch_words::sample_sentence(&round.target, family, sample));
            }
            *known = now;
        }
        news
    }

    fn hear(&mut self, round: &Round, target: &Target) {
        let health = step_round(self.health, self.last_at, target.interval_s, round, &target.confirm);
        self.hurry = self.hurry.step(&self.health, &health);
        (self.health, self.last_at) = (health, Some(round.started_at));
    }

    /// Returns when the next round is due: `regular`, or sooner.
    fn due(&self, regular: Timestamp) -> Timestamp {
        self.last_at.map_or(regular, |last| self.hurry.due(regular, last))
    }
}

/// Runs until `stopped` says so.
pub async fn run(vantage: Vantage, mut plans: watch::Receiver<Vec<Plan>>, mut stopped: watch::Receiver<bool>) {
    let clock = Tokio::new();
    let mut rows = Vec::new();
    take(&vantage, &mut rows, &plans.borrow_and_update(), clock.wall());
    loop {
        let now = clock.wall();
        for row in &mut rows {
            step(row, &vantage, now);
        }
        let next = rows.iter().map(|row| row.due.ms_since(clock.wall())).min().unwrap_or(LOOK_EVERY_MS);
        let pause = Duration::from_millis(next.clamp(1, LOOK_EVERY_MS).unsigned_abs());
        tokio::select! {
            _ = stopped.changed() => return,
            changed = plans.changed() => match changed {
                Ok(()) => take(&vantage, &mut rows, &plans.borrow_and_update(), clock.wall()),
                // Nobody plans any more: we are ending.
                Err(_) => return,
            },
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Starts a round that is due.
fn step(row: &mut Row, vantage: &Vantage, now: Timestamp) {
    let (slug, interval_s) = (&row.plan.target.slug, row.plan.target.interval_s);
    let was_set_back = row.due.ms_since(now) > 2 * i64::from(interval_s) * SECOND;
    if was_set_back {
        row.due = due_after_round(slug, interval_s, now);
    }
    if row.seen.borrow().due(row.due) > now {
        return;
    }
    row.due = due_after_round(slug, interval_s, now);
    if row.is_running.replace(true) {
        return;
    }
    let (prober, target, is_running) = (row.prober.clone(), row.plan.target.clone(), row.is_running.clone());
    let (rounds, seen) = (vantage.rounds.clone(), row.seen.clone());
    spawn_local(async move {
        let round = Box::pin(prober.round(&target)).await;
        seen.borrow_mut().hear(&round, &target);
        for news in seen.borrow_mut().trouble(&round) {
            complain!("warning: {}: {news}", target.slug);
        }
        is_running.set(false);
        // Nobody keeps rounds any more: we are ending.
        let _ = rounds.send((target.slug, round));
    });
}

/// Takes new plans; a target whose plan is the same goes on as it is.
fn take(vantage: &Vantage, rows: &mut Vec<Row>, plans: &[Plan], now: Timestamp) {
    let mut earlier = std::mem::take(rows);
    let mut probers: Vec<(Policy, Rc<Prober<Tokio>>)> = Vec::new();
    for plan in plans {
        if let Some(at) = earlier.iter().position(|row| row.plan == *plan) {
            rows.push(earlier.swap_remove(at));
            continue;
        }
        let prober = match probers.iter().find(|(policy, _)| *policy == plan.policy) {
            Some((_, prober)) => prober.clone(),
            None => match prober(vantage, &plan.policy) {
                Ok(prober) => {
                    probers.push((plan.policy.clone(), prober.clone()));
                    prober
                }
                Err(why) => {
                    complain!("warning: {} is not measured: failed to {why}", plan.target.slug);
                    continue;
                }
            },
        };
        let due = first_due(&plan.target.slug, plan.target.interval_s, now);
        rows.push(Row { plan: plan.clone(), prober, due, is_running: Rc::default(), seen: Rc::default() });
    }
}

fn prober(vantage: &Vantage, policy: &Policy) -> Result<Rc<Prober<Tokio>>, String> {
    let mut policy = policy.clone();
    if !vantage.resolvers.is_empty() {
        policy.resolvers.clone_from(&vantage.resolvers);
    }
    let prober = Prober::new(Tokio::new(), policy, &vantage.name)?;
    Ok(Rc::new(prober.with_witnesses(Arc::clone(&vantage.witnesses))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::{
        round::{DualStack, Vantage as Place},
        sample::Sample,
    };

    #[test]
    fn why_the_measurement_itself_failed_is_said_once() {
        let round = |why: Option<&str>| {
            let mut ipv6 = Sample::reached();
            if let Some(why) = why {
                ipv6 = Sample::failed(Cause::MeasurementFailed);
                ipv6.evidence.error = Some(why.to_owned());
            }
            Round {
                target: "https://service.example/".to_owned(),
                started_at: Timestamp::from_unix_ms(0),
                vantage: Place { name: "office".into(), standing: PerFamily::default(), silent_controls: Vec::new() },
                dual_stack: DualStack::default(),
                samples: PerFamily { ipv4: Sample::reached(), ipv6 },
            }
        };
        let mut seen = Seen::default();
        assert_eq!(seen.trouble(&round(None)), [""; 0]);
        let news = ["IPv6: the measurement itself failed: a resolver's certificate is not trusted"];
        let failed = round(Some("a resolver's certificate is not trusted"));
        assert_eq!(seen.trouble(&failed), news);
        assert_eq!(seen.trouble(&failed), [""; 0]);
        assert_eq!(seen.trouble(&round(None)), [""; 0]);
        assert_eq!(seen.trouble(&failed), news);
    }
}
