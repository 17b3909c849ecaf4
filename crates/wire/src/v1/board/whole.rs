//! All targets of a board, also those that nobody is told of: for the operator, and for what is done with each of them.

use super::{Board, MAX_TARGETS, Place, json};
use crate::v1::{TargetStatus, report::target_status};
use dualwatch_core::measure::{time::Timestamp, veil::Veil};

impl Board {
    /// Returns a target, whether everybody may know of it or not.
    pub(super) fn place(&self, slug: &str) -> Option<&Place> {
        self.by_slug.get(slug).map(|i| &self.places[*i]).or_else(|| self.internal.get(slug))
    }

    /// Returns all targets in the order of the configuration, whether everybody may know of them or not.
    fn all(&self) -> Vec<&Place> {
        let mut all: Vec<&Place> = self.places.iter().chain(self.internal.values()).collect();
        all.sort_by_key(|place| place.position);
        all
    }

    /// Returns what is taken out of all that everybody is told of a target; `None` where there is none.
    pub fn veil_of(&self, slug: &str) -> Option<Veil> {
        self.place(slug).map(|place| place.target.veil())
    }

    /// Returns the targets in the order of the configuration, those among them that nobody is told of.
    pub fn slugs(&self) -> Vec<String> {
        self.all().into_iter().map(|place| place.target.slug.clone()).collect()
    }

    /// Whether there is such a target, told of or not.
    pub fn has(&self, slug: &str) -> bool {
        self.place(slug).is_some()
    }

    /// As [`Board::status`], for the operator: every target, with what is told to nobody else.
    pub fn whole_status(&self, after: Option<&str>, n: usize, now: Timestamp) -> Option<String> {
        let all = self.all();
        let from = after.map_or(Some(0), |slug| Some(all.iter().position(|place| place.target.slug == slug)? + 1))?;
        let to = all.len().min(from.saturating_add(n.clamp(1, MAX_TARGETS)));
        let next_after = all[from..to].last().filter(|_| to < all.len()).map(|last| &*last.target.slug);
        let veil = Veil::lifted();
        let texts = all[from..to].iter().map(|place| json(&place.published(&veil, now))).collect::<Vec<_>>();
        Some(self.status_of(texts.iter().map(String::as_str), next_after, now))
    }
}

impl Place {
    fn published(&self, veil: &Veil, now: Timestamp) -> TargetStatus {
        target_status(&self.target, self.report.as_ref(), veil, now)
    }
}
