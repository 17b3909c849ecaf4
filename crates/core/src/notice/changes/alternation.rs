//! Changes that go to and fro: machines behind one name or address that are not alike.

use super::{Change, What};
use crate::{
    judge::consistency::Aspect,
    measure::{family::Family, veil::Veil},
};
use serde::{Deserialize, Serialize};

/// So many turns are no deployment that was taken back: to, fro, and to again.
const TURNS: usize = 3;

/// What a family shows in turns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Alternation {
    pub family: Family,
    pub aspect: Aspect,
    /// The two values; of a certificate the first digits of its SHA-256.
    pub values: [String; 2],
}

impl Alternation {
    /// Takes out what is not told of the target.
    pub fn veil(&mut self, veil: &Veil) {
        for value in &mut self.values {
            match self.aspect {
                Aspect::Certificate => veil.digest(value),
                Aspect::Server => veil.text(value),
                _ => {}
            }
        }
    }

    pub(super) fn is_of(&self, change: &Change) -> bool {
        self.family == change.family && turn(&change.what).is_some_and(|(aspect, ..)| aspect == self.aspect)
    }
}

/// Returns what of a change can alternate: from which value to which.
fn turn(what: &What) -> Option<(Aspect, String, String)> {
    match what {
        What::Certificate { before, after, .. } => Some((Aspect::Certificate, before.clone(), after.clone())),
        What::Server { before, after } => Some((Aspect::Server, before.clone(), after.clone())),
        What::Status { before, after } => Some((Aspect::Status, before.to_string(), after.to_string())),
        // Addresses rotate by design, and what is made of numbers is never the same.
        What::Addresses { .. } | What::Ttl { .. } | What::Latency { .. } => None,
    }
}

/// Returns what goes to and fro among changes in the order of time: the newest turns of a kind are between two values.
pub(super) fn of<'a>(changes: impl Iterator<Item = &'a Change>) -> Vec<Alternation> {
    let turns: Vec<_> = changes.filter_map(|change| Some((change.family, turn(&change.what)?))).collect();
    let mut found: Vec<Alternation> = Vec::new();
    for family in Family::ALL {
        for aspect in [Aspect::Certificate, Aspect::Server, Aspect::Status] {
            let own: Vec<&(Aspect, String, String)> =
                turns.iter().filter(|(of, turn)| *of == family && turn.0 == aspect).map(|(_, turn)| turn).collect();
            let Some(newest) = own.len().checked_sub(TURNS).map(|at| &own[at..]) else { continue };
            let (_, one, other) = newest[0];
            let is_between = |(i, turn): (usize, &&(Aspect, String, String))| {
                let (before, after) = if i % 2 == 0 { (one, other) } else { (other, one) };
                (&turn.1, &turn.2) == (before, after)
            };
            if newest.iter().enumerate().all(is_between) {
                let mut values = [one.clone(), other.clone()];
                values.sort_unstable();
                found.push(Alternation { family, aspect, values });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{bracket::Bracket, time::Timestamp};

    /// The statuses of rounds in a row.
    fn check(statuses: &[u16], expected: Option<[&str; 2]>) {
        let at = Bracket { after: None, by: Timestamp::from_unix_ms(0) };
        let pairs = statuses.windows(2).filter(|pair| pair[0] != pair[1]);
        let change = |pair: &[u16]| What::Status { before: pair[0], after: pair[1] };
        let changes: Vec<Change> = pairs.map(|pair| Change { family: Family::Ipv6, at, what: change(pair) }).collect();
        let found = of(changes.iter());
        let values = found.first().map(|found| found.values.each_ref().map(String::as_str));
        assert_eq!(values, expected, "{statuses:?}");
        assert!(found.len() <= 1 && found.iter().all(|found| found.is_of(&changes[0])));
    }

    #[test]
    fn what_goes_to_and_fro_is_told_from_what_changed() {
        check(&[200, 200, 204, 204], None);
        check(&[200, 204, 200], None);
        check(&[200, 204, 200, 200, 204], Some(["200", "204"]));
        check(&[200, 204, 200, 204, 206], None);
        check(&[200, 204, 206, 204, 206, 204], Some(["204", "206"]));
    }
}
