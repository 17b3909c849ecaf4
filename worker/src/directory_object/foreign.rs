//! What the directory answers in the formats of others: Statuspage's API, and feeds. All of it is made once per change.

use super::{DirectoryObject, answers::MAX_SAFE_INTEGER, store::Reader};
use crate::{
    dial,
    kept::{self, Asked, Made, Of},
    reply,
};
use dualwatch_core::measure::{
    slug::Slug,
    time::{DAY, HOUR, Timestamp},
};
use dualwatch_wire::{
    answer::language::Language,
    door::Document,
    feed::{self, About, Feed, Form},
    scheduled::Scheduled,
    statuspage::{self, Answer, Months, Which, history},
    time, v1,
    v1::board::MAX_TARGETS,
};
use worker::{Request, Response, Result};

/// Maintenance is told from so long before it begins until so long after its end.
const ANNOUNCED_MS: i64 = 31 * DAY;
/// So many incidents are looked at for one answer: of one family fewer may be meant.
const LOOKED_AT: i32 = 200;
/// So many windows are told at most.
const MAX_WINDOWS: usize = 100;

impl DirectoryObject {
    /// Statuspage's documents. Of more targets than are in one answer, the others follow `after` the last.
    pub(super) fn statuspage(
        &self,
        which: Which,
        after: Option<&Slug>,
        language: Language,
        request: &Request,
    ) -> Result<Response> {
        let now = dial::now();
        let board = self.board()?;
        self.wake_late(&board);
        let start = match after.map(|slug| board.place_of(slug.as_str())) {
            None => 0,
            Some(Some(place)) => place + 1,
            Some(None) => return reply::bad_request("`after` is the slug of a target, and there is none of this name"),
        };
        let (windows, change) = self.windows(now)?;
        let until = [board.next_late(), change].into_iter().flatten().fold(now + HOUR, Timestamp::min);
        let made = kept::json(Of::Page, &self.version_of_news, until);
        kept::answer(&Asked::of(request, &made)?, &made, || {
            let store = self.store()?;
            let most = i32::try_from(statuspage::MAX_INCIDENTS).unwrap_or(i32::MAX);
            let end = Timestamp::from_unix_ms(MAX_SAFE_INTEGER);
            let newest =
                if which.has_past() { store.incidents(Reader::Everybody, None, end, most)? } else { Vec::new() };
            let targets = board.statuses();
            let shown = start.min(targets.len())..targets.len().min(start + MAX_TARGETS);
            let known = statuspage::Known {
                targets,
                shown,
                open: &store.all_open(Reader::Everybody, MAX_TARGETS)?,
                newest: &newest,
                windows: &windows,
                accepted_at: self.accepted_at()?,
                now,
            };
            Ok(Answer::of(which, &known, dualwatch_words::bulletin::phrases(language)).text().into_bytes())
        })
    }

    /// The incidents by month, as in the history of such a page.
    pub(super) fn months(&self, page: u32, language: Language, request: &Request) -> Result<Response> {
        let now = dial::now();
        let (begin, end) = history::span(page, now);
        let made = kept::json(Of::Incidents, &self.version_of_incidents, end.max(now).min(now + HOUR));
        kept::answer(&Asked::of(request, &made)?, &made, || {
            let mut incidents = self.store()?.incidents(Reader::Everybody, None, end, LOOKED_AT)?;
            incidents.retain(|incident| incident.summary.began.by >= begin);
            let told = incidents.iter().map(|incident| incident.resolved_at.unwrap_or(incident.confirmed_at)).max();
            let updated_at =
                told.map_or(self.accepted_at(), |at| self.accepted_at().map(|accepted| accepted.max(at)))?;
            let phrases = dualwatch_words::bulletin::phrases(language);
            Ok(Months::of(page, &incidents, now, updated_at, phrases).text().into_bytes())
        })
    }

    /// A feed, with its `Last-Modified`: there are readers that send a tag only beside one.
    pub(super) fn feed(
        &self,
        form: Form,
        about: &About,
        before: Option<Timestamp>,
        (language, is_history): (Option<Language>, bool),
        request: &Request,
    ) -> Result<Response> {
        let now = dial::now();
        let (mut windows, change) = self.windows(now)?;
        // Older parts are about what was.
        if before.is_some() {
            windows.clear();
        }
        let made = Made {
            content_type: form.content_type().to_owned(),
            ..kept::json(Of::Incidents, &self.version_of_incidents, change.map_or(now + HOUR, |at| at.min(now + HOUR)))
        };
        let asked = Asked::of(request, &made)?;
        if let Some(known) = kept::known(&asked, &made)? {
            return Ok(known);
        }
        let store = self.store()?;
        let slug = about.target.as_ref().map(Slug::as_str);
        // What was taken out of the configuration may have had incidents.
        let board = self.board()?;
        let target_name = slug.and_then(|slug| board.target(slug)).map(|(status, _)| status.name.clone());
        let end = before.unwrap_or(Timestamp::from_unix_ms(MAX_SAFE_INTEGER));
        let of = |slug| store.incidents(Reader::Everybody, slug, end, LOOKED_AT);
        let incidents = if about.is_maintenance { Vec::new() } else { of(slug)? };
        let target_name = target_name.or_else(|| incidents.first().filter(|_| slug.is_some()).map(|i| i.name.clone()));
        if let (Some(slug), None) = (slug, &target_name) {
            return reply::not_found(format!("there is no target `{slug}`; /api/v1/status lists them all"));
        }
        let (shown, next) = part(about, incidents);
        let path = |before| Document::Feed { form, about: about.clone(), before, language, is_history }.name();
        let site = store.branding()?.name;
        let known = feed::Known {
            incidents: &shown,
            windows: &windows,
            target_name: target_name.as_deref(),
            site: site.as_deref(),
            accepted_at: self.accepted_at()?,
            now,
            path: path(before),
            next: next.map(|next| path(Some(next))),
        };
        let feed = Feed::of(about, &known, dualwatch_words::bulletin::phrases(language.unwrap_or_default()));
        let modified = vec![("last-modified", time::http_date(feed.updated()))];
        let made = Made { headers: modified, ..made };
        kept::answer(&asked, &made, || Ok(feed.text(form).into_bytes()))
    }

    /// When the configuration was accepted; the beginning of time where there is none.
    fn accepted_at(&self) -> Result<Timestamp> {
        Ok(self.store()?.config()?.map_or(Timestamp::from_unix_ms(0), |stored| stored.accepted_at))
    }

    /// Returns the windows of maintenance around a time, those that are nearest to it, in the order of their beginning, and
    /// when the phase of one changes next.
    pub(super) fn windows(&self, now: Timestamp) -> Result<(Vec<Scheduled>, Option<Timestamp>)> {
        let Some(stored) = self.store()?.config()? else { return Ok((Vec::new(), None)) };
        let mut all: Vec<Scheduled> = Vec::new();
        let internal = self.store()?.internal()?;
        for rule in stored.maintenance.iter().filter_map(|rule| rule.without(&internal)) {
            let rule = &rule;
            // A zone that was known when the configuration was accepted.
            let windows =
                dualwatch_config::occurrences(rule, now - ANNOUNCED_MS, now + ANNOUNCED_MS).unwrap_or_default();
            all.extend(windows.iter().map(|window| Scheduled::new(rule, window)));
        }
        all.sort_by_key(|window| window.from.ms_since(now).abs());
        all.truncate(MAX_WINDOWS);
        all.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
        let change = all.iter().filter_map(|window| window.next_change(now)).min();
        Ok((all, change))
    }
}

/// Returns the incidents of one answer, and before which time those are that follow.
fn part(about: &About, mut incidents: Vec<v1::Incident>) -> (Vec<v1::Incident>, Option<Timestamp>) {
    let n_looked_at = incidents.len();
    let last = incidents.last().map(|incident| incident.summary.began.by);
    incidents.retain(|incident| about.has(incident));
    if incidents.len() > feed::MAX_INCIDENTS {
        incidents.truncate(feed::MAX_INCIDENTS);
        let began = |incident: &v1::Incident| incident.summary.began.by;
        // What began in the same millisecond as the last follows, with what is told twice then: readers know it by its name.
        let next = incidents.last().map(began).map(|last| {
            let is_one_moment = incidents.first().map(began) == Some(last);
            if is_one_moment { last } else { last + 1 }
        });
        return (incidents, next);
    }
    let is_all = i32::try_from(n_looked_at).is_ok_and(|n| n < LOOKED_AT);
    (incidents, last.filter(|_| !is_all))
}
