//! What the directory answers: the status and the page from its board, incidents, and what other objects ask of it.

use super::{DirectoryObject, store::Reader};
use crate::{
    dial,
    kept::{self, Asked, Made, Of},
    reader, reply,
};
use dualwatch_core::{
    measure::{
        slug::Slug,
        time::{DAY, MINUTE, SECOND, Timestamp},
    },
    notice::grouping,
    respond::report::Peer,
};
use dualwatch_wire::{
    answer::exposition::Format,
    door::{IncidentName, Whom},
    v1::{self, Board, PageIncident, SelfTest, VERSION, board::MAX_TARGETS},
};
use worker::{Request, Response, Result};

/// So many incidents are on the page of each kind, and in one answer.
const MAX_CURRENT: i32 = 20;
/// The largest number that JavaScript has exactly (ECMA-262, `Number.MAX_SAFE_INTEGER`): later than every incident.
pub(super) const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;
const MAX_INCIDENTS: i32 = 100;

impl DirectoryObject {
    /// As [`Board::status`].
    pub(super) fn status(&self, after: Option<&Slug>, limit: Option<usize>, request: &Request) -> Result<Response> {
        let (after, limit) = (after.map(Slug::as_str), limit.unwrap_or(MAX_TARGETS));
        let board = self.board()?;
        self.wake_late(&board);
        if reader::is_operator(request)? {
            return match board.whole_status(after, limit, dial::now()) {
                Some(text) => json(text),
                None => reply::bad_request("`after` is the slug of a target, and there is none of this name"),
            };
        }
        if let Some(slug) = after.filter(|slug| !board.knows(slug)) {
            return reply::bad_request(format!("`after` is the slug of a target, and there is none `{slug}`"));
        }
        let now = dial::now();
        let made = kept::json(Of::Board, &self.version, self.until(&board, now));
        kept::answer(&Asked::of(request, &made)?, &made, || {
            Ok(board.status(after, limit, now).unwrap_or_default().into_bytes())
        })
    }

    /// As [`Board::page`].
    pub(super) fn page(&self, page: u32, request: &Request) -> Result<Response> {
        let board = self.board()?;
        self.wake_late(&board);
        if !(1..=board.n_pages()).contains(&page) {
            return reply::not_found(format!("there is no page {page} of services"));
        }
        let now = dial::now();
        let (incidents, incidents_until) = self.current_incidents(&board, now)?;
        let self_test = self.self_test()?;
        let made = kept::json(Of::Page, &self.version, self.until(&board, now).min(incidents_until));
        kept::answer(&Asked::of(request, &made)?, &made, || {
            let at = (self.revision()?, now);
            Ok(board.page(page, &self_test, &incidents, at).unwrap_or_default().into_bytes())
        })
    }

    /// Until when what the board says is true as long as nothing comes; not too long, since it says when it was published.
    pub(super) fn until(&self, board: &Board, now: Timestamp) -> Timestamp {
        let changes = [board.next_late(), self.announced_until.get()];
        changes.into_iter().flatten().fold(now + MINUTE, Timestamp::min)
    }

    /// Returns what is configured of the self-test.
    pub(super) fn self_test(&self) -> Result<SelfTest> {
        let configured = self.store()?.config()?.map(|stored| SelfTest {
            origins: stored.self_test,
            beside: stored.self_test_beside,
            ..SelfTest::default()
        });
        Ok(configured.unwrap_or_default())
    }

    /// As [`Board::badge`].
    pub(super) fn badge(&self, whom: &Whom, request: &Request) -> Result<Response> {
        let board = self.board()?;
        self.wake_late(&board);
        let now = dial::now();
        let Some(facts) = board.badge(whom, now) else {
            return reply::not_found("there is no such target, and no such group");
        };
        let made = kept::json(Of::Board, &self.version, self.until(&board, now));
        kept::answer(&Asked::of(request, &made)?, &made, || kept::body(&facts))
    }

    /// As [`Board::metrics`].
    pub(super) fn metrics(&self, format: Format, request: &Request) -> Result<Response> {
        let board = self.board()?;
        self.wake_late(&board);
        let now = dial::now();
        let content_type = format.content_type().to_owned();
        let made = Made { content_type, ..kept::json(Of::Page, &self.version, self.until(&board, now)) };
        kept::answer(&Asked::of(request, &made)?, &made, || {
            let open = self.store()?.all_open(Reader::Everybody, usize::MAX)?;
            Ok(board.metrics(format, &open, now).into_bytes())
        })
    }

    /// As [`Board::upptime`].
    pub(super) fn upptime(&self, request: &Request) -> Result<Response> {
        let board = self.board()?;
        self.wake_late(&board);
        let made = kept::json(Of::Board, &self.version, self.until(&board, dial::now()));
        kept::answer(&Asked::of(request, &made)?, &made, || Ok(board.upptime().into_bytes()))
    }

    /// Returns the incidents of the page as text, and until when they are those.
    fn current_incidents(&self, board: &Board, now: Timestamp) -> Result<(String, Timestamp)> {
        if let Some(current) = self.current.borrow().as_ref().filter(|(_, until)| now < *until) {
            return Ok(current.clone());
        }
        let mut current = self.store()?.current_incidents(Reader::Everybody, now - DAY, MAX_CURRENT)?;
        board.lose_sight(&mut current, now);
        let resolved = current.iter().filter_map(|incident| incident.resolved_at);
        let until = resolved.map(|at| at + DAY + 1).filter(|at| *at > now).chain(board.next_unseen(now)).min();
        let listed: Vec<PageIncident> = current.iter().map(Into::into).collect();
        let found = (crate::call::json(&listed)?, until.unwrap_or(now + DAY));
        *self.current.borrow_mut() = Some(found.clone());
        Ok(found)
    }

    /// The incidents of all targets, or of one; the newest first.
    pub(super) fn incidents(
        &self,
        target: Option<&Slug>,
        before: Option<Timestamp>,
        request: &Request,
    ) -> Result<Response> {
        let before = before.unwrap_or(Timestamp::from_unix_ms(MAX_SAFE_INTEGER));
        let now = dial::now();
        let board = self.board()?;
        let until = board.next_unseen(now).map_or(now + MINUTE, |unseen| unseen.min(now + MINUTE));
        let made = kept::json(Of::Incidents, &self.version_of_incidents, until);
        let reader = Reader::of(request)?;
        kept::answer(&Asked::of(request, &made)?, &made, || {
            let mut incidents = self.store()?.incidents(reader, target.map(Slug::as_str), before, MAX_INCIDENTS + 1)?;
            board.lose_sight(&mut incidents, now);
            let next_before = cut(&mut incidents);
            let events = v1::incident::events(&incidents, |incident| incident.name.clone());
            let events = events.iter().map(dualwatch_words::event).collect();
            kept::body(&v1::Incidents { version: VERSION, incidents, events, next_before })
        })
    }

    /// Whether there is this target, and what of it is public.
    pub(super) fn knows(&self, slug: &Slug, request: &Request) -> Result<Response> {
        let (board, slug) = (self.board()?, slug.as_str());
        let is_told = board.knows(slug) || (reader::is_operator(request)? && board.has(slug));
        match board.veil_of(slug).filter(|_| is_told) {
            Some(veil) => reader::yes(veil.public()),
            None => reply::not_found(format!("there is no target `{slug}`")),
        }
    }

    /// Whether a target of the configuration has this incident, perhaps, or one that was taken out had it; and what of the
    /// target is public. What was internal when it was taken out stays so.
    pub(super) fn has(&self, name: &IncidentName, request: &Request) -> Result<Response> {
        let (board, slug) = (self.board()?, name.slug().as_str());
        // Asked of every name, so that the time taken says nothing about internal ones.
        let (is_told, gone) = (self.store()?.has_incident(name.as_str())?, self.store()?.veil(slug)?);
        let veil = board.veil_of(slug).or(is_told.then_some(gone));
        let is_operator = reader::is_operator(request)?;
        match veil.filter(|veil| veil.public().target || is_operator) {
            Some(veil) => reader::yes(veil.public()),
            None => reply::not_found(format!("there is no incident `{name}`")),
        }
    }

    /// The other targets of the event that an incident belongs to.
    pub(super) fn peers(&self, name: &IncidentName, request: &Request) -> Result<Response> {
        // A name is to the second.
        let before = name.began() + SECOND + grouping::MAX_APART_MS;
        let near = self.store()?.incidents(Reader::of(request)?, None, before, MAX_INCIDENTS)?;
        let events = v1::incident::events(&near, |incident| incident.name.clone());
        reply::internal(&Peer::among(&events, name.as_str()))
    }

    /// What a further vantage measures: everything, under the same policy.
    pub(super) fn plans(&self) -> Result<Response> {
        let store = self.store()?;
        let plans = match store.config()? {
            Some(stored) => (store.entries()?.into_iter())
                .map(|entry| v1::Plan { target: entry.target, policy: stored.policy.clone() })
                .collect(),
            None => Vec::new(),
        };
        reply::internal(&v1::Plans { version: VERSION, plans })
    }
}

/// An answer that is text already, and kept nowhere.
fn json(text: String) -> Result<Response> {
    let response = Response::ok(text)?;
    response.headers().set("content-type", reply::JSON)?;
    Ok(response)
}

/// Shortens a list that is longer than an answer; returns the `before` that the rest has. Incidents that began in the
/// same millisecond are on the same side of the cut.
fn cut(incidents: &mut Vec<v1::Incident>) -> Option<Timestamp> {
    let most = usize::try_from(MAX_INCIDENTS).unwrap_or(usize::MAX);
    let began = |incident: &v1::Incident| incident.summary.began.by;
    let rest = incidents.get(most).map(began)?;
    let n = incidents.iter().take_while(|incident| began(incident) > rest).count();
    // A whole answer of one millisecond: what began with it and is left over cannot be asked for.
    let (n, next) = if n == 0 { (most, rest) } else { (n, rest + 1) };
    incidents.truncate(n);
    Some(next)
}
