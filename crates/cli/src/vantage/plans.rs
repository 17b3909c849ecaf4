//! The plans of the worker: asked for again and again, and kept for the time when it cannot be asked.

use super::{
    bell::Bell,
    private,
    worker::{Tagged, Worker},
};
use anyhow::{Context, Result};
use dualwatch_wire::v1::{Plan, Plans};
use std::{fs, io::Write, path::Path, time::Duration};
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(30);
/// A worker that does not answer is asked again after this, and then after twice as long each time.
const FIRST_RETRY: Duration = Duration::from_secs(1);
pub const FILE: &str = "plans.json";

/// Returns the plans that were kept; none where there are none that this version can read.
pub fn kept(dir: &Path) -> Vec<Plan> {
    let text = fs::read_to_string(dir.join(FILE)).unwrap_or_default();
    serde_json::from_str::<Plans>(&text).map(|plans| plans.plans).unwrap_or_default()
}

/// Asks at once and then every 30 s whether something is new, until the bell ends it. Changes are kept and passed on.
pub fn poll(worker: &Worker, dir: &Path, plans: &watch::Sender<Vec<Plan>>, bell: &Bell) {
    let mut retry = FIRST_RETRY;
    let mut said = String::new();
    let mut tag: Option<String> = None;
    loop {
        let pause = match worker.plans(tag.as_deref()) {
            Ok(answer) => {
                said.clear();
                retry = FIRST_RETRY;
                if let Some(Tagged { plans: new, tag: its_tag }) = answer {
                    tag = its_tag;
                    if new.plans != *plans.borrow() {
                        if let Err(error) = keep(dir, &new) {
                            complain!("warning: the plans are not kept for the next start: {error:#}");
                        }
                        complain!("{} targets to measure", new.plans.len());
                        plans.send_replace(new.plans);
                    }
                }
                EVERY
            }
            Err(error) => {
                let text = format!("{error:#}");
                if text != said {
                    let n_kept = plans.borrow().len();
                    complain!("warning: no plans from the worker, going on with {n_kept} kept ones: {text}");
                    said = text;
                }
                let pause = retry;
                retry = (retry * 2).min(EVERY);
                pause
            }
        };
        if !bell.sleep(pause) {
            return;
        }
    }
}

/// Writes whole or not at all. There may be credentials in it.
fn keep(dir: &Path, plans: &Plans) -> Result<()> {
    let new = dir.join(format!("{FILE}.new"));
    let mut file = private::options()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&new)
        .with_context(|| format!("failed to write {}", new.display()))?;
    file.write_all(serde_json::to_string(plans).context("failed to write JSON")?.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, dir.join(FILE))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::target::{Endpoint, Host, Policy, Scheme, Target};

    #[test]
    fn plans_are_kept_and_a_broken_file_is_none() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(kept(dir.path()), []);
        let host = Host::Name("service.example".into());
        let endpoint = Endpoint { scheme: Scheme::Https, host, port: 443, path: "/".into() };
        let plan = Plan { target: Target::new("service", endpoint), policy: Policy::default() };
        keep(dir.path(), &Plans { version: 1, plans: vec![plan.clone()] }).unwrap();
        assert_eq!(kept(dir.path()), [plan]);
        fs::write(dir.path().join(FILE), "{").unwrap();
        assert_eq!(kept(dir.path()), []);
    }
}
