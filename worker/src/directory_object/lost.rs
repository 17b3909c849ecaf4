//! What the directory does after something was lost: it closes incidents whose history is gone, and hands out plans again.

use super::{DirectoryObject, RETRY_MS};
use crate::{alarm, call, dial, reply, storage};
use dualwatch_wire::door::{IncidentName, inner::ToTarget};
use worker::{Response, Result, console_error, console_warn};

impl DirectoryObject {
    /// Closes an incident that its own target knows nothing of: nobody could ever end it.
    pub(super) fn close_lost(&self, id: &str) -> Result<()> {
        let store = self.store()?;
        let Some(incident) = store.incident(id)?.filter(|incident| incident.open) else { return Ok(()) };
        console_warn!("{id} is closed: its target has lost what was stored of it");
        self.keep_incident(store, &incident.lost(dial::now()))
    }

    /// Returns what is said of an incident that the directory has, and of which its target knows nothing.
    pub(super) fn lost(&self, name: &IncidentName) -> Result<Response> {
        let id = name.as_str();
        let known = self.store()?.incident(id)?;
        if let Some(incident) = known.as_ref().filter(|incident| incident.open)
            && storage::trouble().is_none()
        {
            self.close_lost(&incident.summary.id)?;
        }
        match self.store()?.incident(id)? {
            Some(incident) if !self.store()?.is_internal(&incident.target)? => {
                let ended = incident.summary.ended.filter(|_| !incident.is_lost()).map(|ended| ended.by);
                Response::ok(dualwatch_words::storage::lost(&incident.name, incident.summary.began.by, ended))
            }
            _ => reply::not_found("there is no such incident"),
        }
    }

    /// Gives plans to targets that have none, though they were given one: their files were lost. Those that were not given
    /// theirs yet get them anyway.
    pub(super) async fn hand_out_again(&self, slugs: &[String]) -> Result<Response> {
        if storage::trouble().is_none() {
            let store = self.store()?;
            let mut is_any = false;
            for slug in slugs {
                is_any |= store.lacks_plan(slug)?;
            }
            if is_any {
                // Should this be cut off, the alarm makes up for it.
                alarm::set(&self.state.storage(), dial::now() + RETRY_MS).await?;
                self.hand_out().await?;
            }
        }
        Response::empty()
    }

    /// Lets every target go on at once: alarms that failed are tried again late, or never. Nobody waits for that.
    pub(super) fn resume(&self) -> Result<Response> {
        let (env, slugs) = (self.env.clone(), self.board()?.slugs());
        self.state.wait_until(async move {
            for slug in slugs {
                if let Err(error) = call::named_target(&env, &slug, &ToTarget::Resume, Some(String::new())).await
                    && !storage::is_unusable(&slug)
                {
                    console_error!("failed to let {slug} go on: {error}");
                }
            }
        });
        Response::empty()
    }
}
