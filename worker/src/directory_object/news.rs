//! What is news to those who read what is published, and how they are told that there is some.

use super::DirectoryObject;
use crate::{
    dial, events,
    kept::{self, Change},
};
use dualwatch_wire::events::Revision;
use worker::{Response, Result};

impl DirectoryObject {
    /// Counts a change of what is published, and tells it to all who wait for one. `is_kept`: in the commit of what has
    /// changed. One that is stored nowhere counts for as long as this object lives; whoever has heard of it is told afterwards
    /// that there may be another.
    pub(super) fn news(&self, change: &Change, is_kept: bool) -> Result<()> {
        self.version.advance();
        self.version_of_news.advance();
        kept::note(change);
        let revision = self.revision()?.next(dial::now());
        if is_kept {
            self.store()?.set_revision(revision)?;
        }
        self.revision.set(Some(revision));
        events::publish(&self.state, revision);
        Ok(())
    }

    /// Returns how new what is published is.
    pub(super) fn revision(&self) -> Result<Revision> {
        if let Some(revision) = self.revision.get() {
            return Ok(revision);
        }
        let revision = self.store()?.revision()?.unwrap_or_default();
        self.revision.set(Some(revision));
        Ok(revision)
    }

    /// Opens a stream.
    pub(super) fn events(&self, known: Option<Revision>) -> Result<Response> {
        // What time has changed is found by looking.
        drop(self.board()?);
        events::open(&self.state, known, self.revision()?)
    }
}
