//! Incidents as the changes of status imply them.

use crate::{
    nature::Nature,
    source::Version,
    target::{History, Measured},
};
use dualwatch_core::time::Timestamp;
use dualwatch_wire::upptime::Status;

/// A spell of versions with one status other than "up".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// When the first of them was measured.
    pub began: Timestamp,
    /// When the next version with another status was measured.
    pub ended: Option<Timestamp>,
    pub status: Status,
    /// The code of the first.
    pub code: Option<u16>,
    pub nature: Nature,
    /// The commit of the first.
    pub commit: String,
    pub n_versions: usize,
    /// Whether the history begins with it: when it really began is not known.
    pub opens_history: bool,
}

impl Incident {
    pub fn duration_ms(&self) -> Option<i64> {
        self.ended.map(|ended| ended.ms_since(self.began))
    }
}

/// Returns the incidents of a history in order.
pub(crate) fn incidents(history: &History) -> Vec<Incident> {
    let versions = &history.versions;
    let mut list = Vec::new();
    let mut start = 0;
    for spell in versions.chunk_by(|a, b| a.record.status == b.record.status) {
        let end = start + spell.len();
        if let [first, ..] = spell
            && first.record.status != Status::Up
        {
            list.push(Incident {
                began: first.record.at,
                ended: versions.get(end).map(|next| next.record.at),
                status: first.record.status,
                code: first.record.code,
                nature: if history.was_ever_up() { nature(spell, history.measured) } else { Nature::NeverUp },
                commit: first.commit.clone(),
                n_versions: spell.len(),
                opens_history: start == 0,
            });
        }
        start = end;
    }
    list
}

/// Anything that accuses makes a spell an outage.
fn nature(spell: &[Version], measured: Measured) -> Nature {
    let mut natures = spell.iter().map(|version| Nature::of(version, measured));
    let first = natures.next().unwrap_or(Nature::Outage);
    if natures.all(|nature| nature == first) { first } else { Nature::Outage }
}
