//! What the directory answers for widgets.

use super::DirectoryObject;
use crate::{
    dial,
    kept::{self, Asked, Of},
    reply,
};
use dualwatch_core::measure::slug::Slug;
use dualwatch_wire::door::Whom;
use worker::{Request, Response, Result};

impl DirectoryObject {
    /// As [`dualwatch_wire::v1::Board::widget`].
    pub(super) fn widget(&self, whom: &Whom, request: &Request) -> Result<Response> {
        let board = self.board()?;
        self.wake_late(&board);
        let now = dial::now();
        let Some(document) = board.widget(whom, now) else { return nobody() };
        let made = kept::json(Of::Board, &self.version, self.until(&board, now));
        kept::answer(&Asked::of(request, &made)?, &made, || Ok(document.into_bytes()))
    }

    /// As [`dualwatch_wire::v1::Board::widget_facts`].
    pub(super) fn widget_facts(&self, slug: &Slug, request: &Request) -> Result<Response> {
        let board = self.board()?;
        let Some(document) = board.widget_facts(slug, self.self_test()?) else { return nobody() };
        let made = kept::json(Of::Board, &self.version, self.until(&board, dial::now()));
        kept::answer(&Asked::of(request, &made)?, &made, || Ok(document.into_bytes()))
    }
}

fn nobody() -> Result<Response> {
    reply::not_found("there is no target and no group of this name; /api/v1/status lists them all")
}
