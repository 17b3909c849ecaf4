//! From what was read to what it means.

use crate::{
    conclude::{
        codes::Finding,
        distance::measured_every_s,
        findings,
        incidents::incidents,
        target::{self, History},
    },
    read::{Source, Window},
};
use dualwatch_core::measure::time::Timestamp;

/// What a repository's history says.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// Those of the configuration in its order, then those that only the history knows.
    pub targets: Vec<History>,
    /// What is not about a single target.
    pub findings: Vec<Finding>,
    /// Planned work, as far as issues say.
    pub windows: Vec<Window>,
    /// When anything was measured last.
    pub as_of: Option<Timestamp>,
    /// After so many seconds at most a site was measured again, as far as schedule and outages tell: between two records
    /// that say the same nothing has changed; between two that do not it did so within that time before the second.
    pub measured_every_s: u32,
}

/// Concludes from everything that was read.
pub fn analyse(mut source: Source) -> Analysis {
    let mut targets = target::histories(&mut source);
    for history in &mut targets {
        history.incidents = incidents(history);
    }
    let as_of = targets.iter().filter_map(History::last_at).max();
    let (mut overall, by_slug) = findings::of_configuration(&source, &targets);
    let per_target: Vec<Vec<Finding>> =
        targets.iter().map(|history| findings::of_target(history, &targets, as_of)).collect();
    for ((history, own), configured) in targets.iter_mut().zip(per_target).zip(by_slug) {
        history.findings = configured.into_iter().chain(own).collect();
    }
    overall.extend(findings::together(&targets));
    let (windows, of_issues) = findings::of_issues(&source, &targets);
    overall.extend(of_issues);
    overall.extend(findings::of_problems(&source));
    let configuration = source.configuration.as_ref().map_or("", |(_, text)| text);
    let measured_every_s = measured_every_s(dualwatch_config::upptime_interval_s(configuration), &targets);
    Analysis { targets, findings: overall, windows, as_of, measured_every_s }
}
