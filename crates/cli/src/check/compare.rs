//! What differs between the families, and what that means for a client that has both.

use dualwatch_clients::Met;
use dualwatch_core::{
    judge::{clients::clients, consistency::differences, dual_stack::meets, meets::Meets},
    measure::{
        family::Family,
        round::Round,
        sample::{Outcome, Sample},
    },
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{ClientTally, RealClients},
};
use dualwatch_words as words;

/// Returns the comparison, a line each; nothing where only one family was measured.
pub fn lines(round: &Round) -> Vec<String> {
    let (v4, v6) = (&round.samples.ipv4, &round.samples.ipv6);
    let mut lines = Vec::new();
    if v4.outcome == Outcome::Skipped && v6.outcome == Outcome::Skipped {
        return lines;
    }
    if let (Outcome::Reached, Outcome::Reached) = (v4.outcome, v6.outcome) {
        lines.extend(speed(v4, v6));
    }
    lines.extend(differences(&round.samples).iter().map(words::difference));
    let both_tried = [v4, v6].iter().all(|s| s.outcome != Outcome::Skipped);
    if both_tried {
        lines.push(client(round));
        let (model, met) = (clients(round.samples.as_ref(), round.dual_stack), Met::of(v4, v6));
        let tally = ClientTally::of(met, &round.target).filter(|tally| tally.of > 0);
        lines.extend(words::clients(Language::En, Some(&model), tally.as_ref()));
        let real = words::real_clients(Language::En, met, &round.target, &[]);
        lines.extend(real.iter().flat_map(RealClients::texts).cloned());
    }
    lines
}

fn speed(v4: &Sample, v6: &Sample) -> Option<String> {
    let (v4, v6) = (v4.latency_ms()?, v6.latency_ms()?);
    let (slower, by) = if v6 > v4 { (Family::Ipv6, v6 - v4) } else { (Family::Ipv4, v4 - v6) };
    Some(format!("Both families answer; {slower} takes {} longer", words::elapsed(by)))
}

fn client(round: &Round) -> String {
    match (round.dual_stack.family, round.dual_stack.cost_ms) {
        (Some(family), Some(cost)) if cost > 0.0 => {
            format!("A dual-stack client (RFC 8305) ends up on {family}, {} later than it could", words::elapsed(cost))
        }
        (Some(family), _) => format!("A dual-stack client (RFC 8305) ends up on {family}, without delay"),
        (None, _) => match meets(&round.samples) {
            Meets::Unknown => "What a dual-stack client sees cannot be told from here".to_owned(),
            met => format!("A dual-stack client (RFC 8305) gets {}", words::meets(met)),
        },
    }
}
