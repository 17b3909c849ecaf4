//! Who met an incident, counted round by round.

use super::Impact;
use crate::{
    judge::clients::{Clients, Sequential, clients},
    measure::{
        bytes::{Reader, Unreadable, Writer},
        family::PerFamily,
        round::DualStack,
        sample::{Outcome, Sample},
    },
};
use serde::Deserialize;

/// An impact as it was written: once with a cost of 0 where nobody was served.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct Kept {
    rounds: u32,
    #[serde(default)]
    other_family_served: u32,
    dual_stack_served: u32,
    dual_stack_failed: u32,
    dual_stack_worst_ms: Option<f64>,
    sequential_served: u32,
    sequential_waits: u32,
    sequential_failed: u32,
}

impl From<Kept> for Impact {
    fn from(kept: Kept) -> Self {
        let Kept { rounds, other_family_served, dual_stack_served, dual_stack_failed, dual_stack_worst_ms, .. } = kept;
        let Kept { sequential_served, sequential_waits, sequential_failed, .. } = kept;
        let dual_stack_worst_ms = dual_stack_worst_ms.filter(|_| dual_stack_served > 0);
        Self {
            rounds,
            other_family_served,
            dual_stack_served,
            dual_stack_failed,
            dual_stack_worst_ms,
            sequential_served,
            sequential_waits,
            sequential_failed,
        }
    }
}

/// What stands in bytes for "nobody was served".
const NOBODY: f64 = -1.0;

impl Impact {
    pub(super) fn is_none(&self) -> bool {
        self.rounds == 0
    }

    /// Adds what was counted before it was known that it belongs here.
    pub(crate) fn add(&mut self, other: &Self) {
        let Self { rounds, other_family_served, dual_stack_served, dual_stack_failed, .. } = other;
        let Self { dual_stack_worst_ms, sequential_served, sequential_waits, sequential_failed, .. } = other;
        for (n, more) in [
            (&mut self.rounds, rounds),
            (&mut self.other_family_served, other_family_served),
            (&mut self.dual_stack_served, dual_stack_served),
            (&mut self.dual_stack_failed, dual_stack_failed),
            (&mut self.sequential_served, sequential_served),
            (&mut self.sequential_waits, sequential_waits),
            (&mut self.sequential_failed, sequential_failed),
        ] {
            *n = n.saturating_add(*more);
        }
        self.cost(*dual_stack_worst_ms);
    }

    /// Keeps the worst of what it cost who was served.
    fn cost(&mut self, cost_ms: Option<f64>) {
        if let Some(cost_ms) = cost_ms {
            self.dual_stack_worst_ms = Some(self.dual_stack_worst_ms.map_or(cost_ms, |worst| worst.max(cost_ms)));
        }
    }

    /// Counts one round in which a family failed, by what the vantages agreed on after it.
    pub(crate) fn count(&mut self, samples: PerFamily<&Sample>, dual_stack: DualStack) {
        let Clients { sequential, .. } = clients(samples, dual_stack);
        let DualStack { family, cost_ms } = dual_stack;
        self.rounds = self.rounds.saturating_add(1);
        if samples.iter().any(|(_, sample)| sample.outcome == Outcome::Reached) {
            self.other_family_served = self.other_family_served.saturating_add(1);
        }
        let slot = match sequential {
            Sequential::Served { .. } => Some(&mut self.sequential_served),
            Sequential::WaitsForTimeout => Some(&mut self.sequential_waits),
            Sequential::Fails { .. } => Some(&mut self.sequential_failed),
            Sequential::Unknown => None,
        };
        let is_told = slot.is_some();
        if let Some(n) = slot {
            *n = n.saturating_add(1);
        }
        match family {
            Some(_) => self.dual_stack_served = self.dual_stack_served.saturating_add(1),
            None if is_told => self.dual_stack_failed = self.dual_stack_failed.saturating_add(1),
            None => {}
        }
        self.cost(cost_ms.filter(|_| family.is_some()));
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        let Self { rounds, other_family_served, dual_stack_served, dual_stack_failed, dual_stack_worst_ms, .. } = self;
        let Self { sequential_served, sequential_waits, sequential_failed, .. } = self;
        let counts = [rounds, other_family_served, dual_stack_served, dual_stack_failed];
        for n in counts.into_iter().chain([sequential_served, sequential_waits, sequential_failed]) {
            writer.number(*n);
        }
        writer.float(dual_stack_worst_ms.unwrap_or(NOBODY));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let mut impact = Self {
            rounds: reader.small()?,
            other_family_served: reader.small()?,
            dual_stack_served: reader.small()?,
            dual_stack_failed: reader.small()?,
            sequential_served: reader.small()?,
            sequential_waits: reader.small()?,
            sequential_failed: reader.small()?,
            dual_stack_worst_ms: None,
        };
        // What was written before has 0 for nobody.
        impact.dual_stack_worst_ms = Some(reader.float()?).filter(|ms| *ms >= 0.0 && impact.dual_stack_served > 0);
        Ok(impact)
    }
}
