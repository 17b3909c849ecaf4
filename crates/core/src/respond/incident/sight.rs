//! What nobody sees of an incident while the round that is due does not come.

use super::Incident;
use crate::measure::{family::PerFamily, time::Timestamp};

impl Incident {
    /// Returns it as it is before the next round has come: what was wrong with a family is seen by nobody since the time that
    /// `unseen_since` says, if it says one ([`History::unseen_since`]). The next round will find the same.
    ///
    /// [`History::unseen_since`]: crate::remember::history::History::unseen_since
    #[must_use]
    pub fn while_unseen(mut self, unseen_since: &PerFamily<Option<Timestamp>>) -> Self {
        for (family, since) in unseen_since.iter() {
            if let Some(since) = since.filter(|_| self.now(family).is_some()) {
                self.goes_blind(family, since);
            }
        }
        self
    }
}
