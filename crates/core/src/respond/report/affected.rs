//! Who met an incident: clients that race the families, clients that try one after the other, clients of one family.

use crate::{
    judge::meets::Meets,
    measure::family::{Family, PerFamily},
    respond::incident::{Impact, Incident},
};

/// How one kind of client fared while the incident lasted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    /// It noticed nothing beyond a delay of at most so many milliseconds, where that is known.
    Served { worst_ms: Option<f64> },
    /// Some rounds it was served, some not; of how many.
    Partly { served: u32, failed: u32 },
    /// It got an answer only after its own connect timeout, if it waited so long.
    Waits,
    /// It was not served.
    Fails,
    /// It cannot be told.
    Unknown,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Affected {
    /// Clients with Happy Eyeballs (RFC 8305): browsers, most phones.
    pub dual_stack: Fate,
    /// The model of a client that tries the families in turn, IPv6 first; what real ones did was measured.
    pub sequential: Fate,
    /// Clients that have only this family.
    pub single: PerFamily<Fate>,
    /// What whoever was not served over a family met there, the most frequent first; empty where nothing is known.
    pub meets: PerFamily<Vec<Meets>>,
    /// The outage of a family that dual-stack clients did not notice.
    pub is_hidden: bool,
}

impl Affected {
    /// Returns what clients met that have both families, each once.
    pub fn meets_over_any(&self) -> Vec<Meets> {
        let mut all: Vec<Meets> = Vec::new();
        // IPv6 is tried first.
        for meets in self.meets.ipv6.iter().chain(&self.meets.ipv4) {
            if !all.contains(meets) {
                all.push(*meets);
            }
        }
        all
    }
}

/// Returns what people met over a family.
fn meets(incident: &Incident, family: Family) -> Vec<Meets> {
    let mut counted: Vec<(Meets, u32)> = Vec::new();
    for span in incident.causes.iter().filter(|span| span.family == family) {
        let meets = Meets::of(span.cause, span.exhibit.http_status);
        match counted.iter_mut().find(|(known, _)| *known == meets) {
            Some((_, n)) => *n = n.saturating_add(span.samples),
            None if meets == Meets::Unknown => {}
            None => counted.push((meets, span.samples)),
        }
    }
    // Stable: of equals the one that came first.
    counted.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    counted.into_iter().map(|(meets, _)| meets).collect()
}

pub fn affected(incident: &Incident) -> Affected {
    let Impact {
        dual_stack_served,
        dual_stack_failed,
        dual_stack_worst_ms,
        sequential_served,
        sequential_waits,
        sequential_failed,
        other_family_served,
        ..
    } = incident.impact;
    let dual_stack = match (dual_stack_served, dual_stack_failed) {
        (0, 0) => Fate::Unknown,
        (_, 0) => Fate::Served { worst_ms: dual_stack_worst_ms },
        (0, _) => Fate::Fails,
        (served, failed) => Fate::Partly { served, failed },
    };
    let sequential = match (sequential_served, sequential_waits, sequential_failed) {
        (0, 0, 0) => Fate::Unknown,
        (_, 0, 0) => Fate::Served { worst_ms: None },
        (0, _, 0) => Fate::Waits,
        (0, 0, _) => Fate::Fails,
        (served, waits, failed) => Fate::Partly { served: served.saturating_add(waits), failed },
    };
    let families = incident.families();
    let was_down = |family| incident.outages.iter().any(|o| o.family == family && o.rate().is_none());
    let single = PerFamily::from_fn(|family: Family| match (*families.get(family), other_family_served) {
        (true, _) if was_down(family) => Fate::Fails,
        (true, _) => incident.rate(family).map_or(Fate::Unknown, |rate| Fate::Partly {
            served: rate.of.saturating_sub(rate.failed),
            failed: rate.failed,
        }),
        // One family answered while the other was down: this one.
        (false, 1..) => Fate::Served { worst_ms: None },
        (false, 0) => Fate::Unknown,
    });
    Affected {
        dual_stack,
        sequential,
        single,
        meets: PerFamily::from_fn(|family| meets(incident, family)),
        is_hidden: dual_stack_failed == 0 && dual_stack_served > 0,
    }
}
