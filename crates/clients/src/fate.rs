//! What a cell comes to for whoever uses the client.

use crate::{Cell, Client, Fault};
use dualwatch_core::measure::family::Family;

/// Below this nobody notices: browsers themselves take 250 to 300 ms to give up on a family.
const UNNOTICED_S: f64 = 1.0;

/// Who pays for a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Every connection, as far as is known.
    Nothing,
    /// The first one alone: it remembers which family was broken.
    Family,
}

/// How a client fares with a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    /// It uses the family that is well before it has tried the other, so it never meets the fault.
    Untouched,
    /// It gets its answer in less than a second.
    Unnoticed,
    /// It gets its answer after so long.
    Waits { after_s: f64, kept: Kept },
    /// So many of its requests get an answer.
    Partly { served: u32, of: u32 },
    /// It gets none, although the other family is well. `is_cut`: it was still waiting after so long.
    Fails { after_s: f64, is_cut: bool },
}

impl Client {
    /// Returns how it fares; `None`: that was not run.
    pub fn fate(&self, fault: Fault) -> Option<Fate> {
        let worst = |after_s: &[f64]| after_s.iter().copied().fold(0.0, f64::max);
        Some(match self.cell(fault) {
            Cell::NotRun => return None,
            Cell::Served { over, .. } if self.avoids(fault.family()) && !over.contains(&fault.family()) => {
                Fate::Untouched
            }
            Cell::Served { after_s, .. } if worst(after_s) < UNNOTICED_S => Fate::Unnoticed,
            Cell::Served { after_s, .. } => {
                let is_kept = after_s.len() > 1 && after_s.iter().skip(1).all(|s| *s < UNNOTICED_S);
                Fate::Waits { after_s: worst(after_s), kept: if is_kept { Kept::Family } else { Kept::Nothing } }
            }
            Cell::Partly { served, of, .. } => Fate::Partly { served: *served, of: *of },
            Cell::Failed { after_s, is_cut } => Fate::Fails { after_s: worst(after_s), is_cut: *is_cut },
        })
    }

    /// Whether it leaves a family alone where the other one answers.
    fn avoids(&self, family: Family) -> bool {
        match (family, self.cell(Fault::Healthy)) {
            (Family::Ipv6, _) => self.is_ipv4_first(),
            (Family::Ipv4, Cell::Served { over, .. }) => *over == [Family::Ipv6],
            (Family::Ipv4, _) => false,
        }
    }

    /// Whether it asks over IPv4 and leaves IPv6 alone where IPv4 answers.
    pub fn is_ipv4_first(&self) -> bool {
        self.tries == [Family::Ipv4]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{all, find};

    fn fate(id: &str, fault: Fault) -> Fate {
        find(id)[0].fate(fault).unwrap()
    }

    #[test]
    fn the_counts_are_those_of_whoever_measured() {
        let mut counts = [0; 7];
        for client in all() {
            let at = match client.fate(Fault::Silent).unwrap() {
                Fate::Unnoticed => 0,
                Fate::Waits { after_s, .. } if after_s < 10.9 => 1,
                Fate::Waits { after_s, .. } if after_s <= 60.5 => 2,
                Fate::Waits { .. } => 3,
                Fate::Fails { .. } => 4,
                Fate::Partly { .. } => 5,
                Fate::Untouched => 6,
            };
            counts[at] += 1;
        }
        assert_eq!(counts, [49, 8, 9, 35, 22, 1, 12]);
        let failing = |fault| {
            let fates = all().iter().filter_map(|client| client.fate(fault));
            fates.filter(|fate| matches!(fate, Fate::Fails { .. })).count()
        };
        assert_eq!(failing(Fault::Slow), 0);
        // Three more are served or not by chance: they take either family first.
        assert_eq!(failing(Fault::Mute), 110);
        assert_eq!([Fault::Ipv4Silent, Fault::MuteTls, Fault::Certificate].map(failing), [7, 62, 58]);
    }

    #[test]
    fn well_known_ones_fare_as_they_were_seen_to() {
        assert_eq!(fate("curl", Fault::Silent), Fate::Unnoticed);
        assert_eq!(fate("java-httpclient", Fault::Silent), Fate::Untouched);
        assert_eq!(fate("python-requests", Fault::Silent), Fate::Waits { after_s: 135.0, kept: Kept::Nothing });
        assert_eq!(fate("nginx", Fault::Silent), Fate::Waits { after_s: 60.0, kept: Kept::Family });
        assert_eq!(fate("haproxy", Fault::Silent), Fate::Fails { after_s: 20.0, is_cut: false });
        assert_eq!(fate("curl", Fault::Mute), Fate::Fails { after_s: 180.0, is_cut: true });
        assert_eq!(fate("envoy-all", Fault::Silent), Fate::Partly { served: 2, of: 3 });
        assert_eq!(find("nginx")[0].fate(Fault::AllSilent), None);
    }
}
