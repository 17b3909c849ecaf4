//! Incidents as the changes of status imply them.

use crate::{
    conclude::{
        measured::Measured,
        nature::Nature,
        target::{History, Incident},
    },
    read::Version,
};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::upptime::Status;

/// Returns the incidents of a history in order.
pub(crate) fn incidents(history: &History) -> Vec<Incident> {
    let versions = &history.versions;
    let mut list = Vec::new();
    let mut start = 0;
    let is_one = |a: &Version, b: &Version| a.record.status == b.record.status && is_one_place(history, a, b);
    for spell in versions.chunk_by(is_one) {
        let end = start + spell.len();
        if let [first, ..] = spell
            && first.record.status != Status::Up
        {
            list.push(Incident {
                began: first.record.at,
                ended: next_of(history, end).map(|next| next.record.at),
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

/// Whether two versions are of the same place: of another one nothing follows.
fn is_one_place(history: &History, a: &Version, b: &Version) -> bool {
    history.place_of(a) == history.place_of(b)
}

/// Returns the version that ends what came before it; `None` where nobody asked there again.
fn next_of(history: &History, end: usize) -> Option<&Version> {
    let last = history.versions.get(end.checked_sub(1)?)?;
    history.versions.get(end).filter(|next| is_one_place(history, last, next))
}

/// Anything that accuses makes a spell an outage.
fn nature(spell: &[Version], measured: Measured) -> Nature {
    let mut natures = spell.iter().map(|version| Nature::of(version, measured));
    let first = natures.next().unwrap_or(Nature::Outage);
    if natures.all(|nature| nature == first) { first } else { Nature::Outage }
}

/// A time in which a site failed itself, as far as anybody can tell: an incident, or the part of one that accuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub began: Timestamp,
    pub ended: Option<Timestamp>,
    /// Whether the history begins with it.
    pub opens_history: bool,
}

/// Returns the failures of a history in order. With a short certificate the site answered, so a warning is no failure,
/// and ends one. What fails in the middle of a warning has no beginning: while a status lasts, Upptime records it once a
/// day.
pub(crate) fn failures(history: &History) -> Vec<Failure> {
    let versions = &history.versions;
    let nature = |version: &Version| Nature::of(version, history.measured);
    let is_warning = |version: &Version| nature(version) == Nature::CertificateWarning;
    let is_one = |a: &Version, b: &Version| {
        a.record.status == b.record.status && is_warning(a) == is_warning(b) && is_one_place(history, a, b)
    };
    let mut list = Vec::new();
    let mut start = 0;
    for spell in versions.chunk_by(is_one).filter(|_| history.was_ever_up()) {
        let end = start + spell.len();
        let is_after_warning = start > 0 && is_warning(&versions[start - 1]) && next_of(history, start).is_some();
        if let [first, ..] = spell
            && first.record.status != Status::Up
            && !is_after_warning
            && spell.iter().any(|version| nature(version).accuses())
        {
            let ended = next_of(history, end).map(|next| next.record.at);
            list.push(Failure { began: first.record.at, ended, opens_history: start == 0 });
        }
        start = end;
    }
    list
}
