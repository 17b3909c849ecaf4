//! What the records come to where they are heard by the engine: the same as in a running instance into which they are loaded.

use dualwatch_core::{measure::target::Confirmation, notice::grouping::Group, respond::incident::Incident};
use dualwatch_import::{Analysis, rounds};
use dualwatch_replay::{Known, Policy, TargetReplay};
use dualwatch_wire::v1::import::Import;

/// The sites as the engine sees them, in their order, and the events that they share.
pub struct Past {
    sites: Vec<Option<TargetReplay>>,
    events: Vec<Group>,
}

impl Past {
    pub fn of(analysis: &Analysis) -> Self {
        let sites: Vec<Option<TargetReplay>> = (analysis.targets.iter().zip(rounds::per_target(analysis)))
            .map(|(history, rounds::Rounds { target, rounds })| {
                // The fragment tells two sites of one place apart, and is no part of the address.
                let url = target.strip_suffix(&format!("#{}", history.slug)).unwrap_or(&target);
                let rounds: Vec<_> = rounds
                    .into_iter()
                    .map(|round| {
                        // What was measured elsewhere keeps its own URL.
                        let place = if round.target == target { url.to_owned() } else { round.target.clone() };
                        dualwatch_core::measure::round::Round { target: place, ..round }
                    })
                    .collect();
                let known = Known {
                    slug: history.slug.clone(),
                    name: history.name.clone(),
                    interval_s: Some(analysis.measured_every_s),
                    unchanged_s: Some(rounds::UNCHANGED_S),
                    // Upptime has confirmed what it records.
                    confirm: Some(Confirmation {
                        failures_to_confirm: 1,
                        successes_to_confirm: 1,
                        ..Confirmation::default()
                    }),
                    ..Known::of_url(url)
                };
                (!rounds.is_empty()).then(|| TargetReplay::of(url.to_owned(), known, rounds, &Policy::default(), &[]))
            })
            .collect();
        let all: Vec<TargetReplay> = sites.iter().flatten().cloned().collect();
        Self { events: dualwatch_replay::named_events(&all), sites }
    }

    /// Returns what the engine makes of the n-th site; `None` without any record.
    pub fn site(&self, n: usize) -> Option<&TargetReplay> {
        self.sites.get(n)?.as_ref()
    }

    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.sites.iter().flatten().flat_map(|site| &site.incidents)
    }

    /// Puts it into the document of the analysis.
    pub fn complete(&self, mut document: Import) -> Import {
        for (target, site) in document.targets.iter_mut().zip(&self.sites) {
            target.past = site.as_ref().map(|site| site.document(&self.events));
        }
        document
    }
}
