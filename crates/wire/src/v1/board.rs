//! What is published of all targets, as text: each is written once when something comes of it, and an answer is joined from
//! what is written already. An answer of a thousand targets reads no report.

mod metrics;
mod whole;
mod widget;

use super::{
    Incident, Judged, Maintenance, PageGroup, PagePart, PageTarget, Report, SelfTest, Storage, TargetStatus, VERSION,
    VantageStatus,
    report::{target_status, vantages_of},
    status::State,
};
use crate::{events::Revision, time};
use dualwatch_core::{
    judge::schedule::late_after_ms,
    measure::{
        family::Family,
        target::Target,
        time::{SECOND, Timestamp},
        vicinity::{Vicinity, is_shared},
    },
};
use serde::Serialize;
use std::collections::HashMap;

/// So many targets are in one answer of `/api/v1/status`.
pub const MAX_TARGETS: usize = 1_000;
/// So many targets are in one page.
pub const PER_PAGE: usize = 50;
/// So many groups are told where there are several pages.
const MAX_GROUPS: usize = 100;

/// Judges one target as the edge alone sees it: the page's own way of doing that, since its headline counts by it.
pub type Judge = fn(&TargetStatus, u32, Timestamp) -> Judged;

/// All targets of the configuration, in its order, as they are published.
#[derive(Debug)]
pub struct Board {
    own: String,
    judge: Judge,
    /// Those that everybody may know of: all that is published is made of these.
    places: Vec<Place>,
    by_slug: HashMap<String, usize>,
    /// Those that are measured and told to nobody, by slug.
    internal: HashMap<String, Place>,
    /// When the next target becomes late.
    next_late: Option<Timestamp>,
    storage: Option<Storage>,
    /// Maintenance that goes on, and that is to come.
    maintenance: Vec<Maintenance>,
}

/// One target.
#[derive(Debug)]
struct Place {
    /// In the order of the configuration, from 0 on.
    position: usize,
    target: Target,
    report: Option<Report>,
    status: TargetStatus,
    judged: Judged,
    /// `status`, and the page's row, as text.
    status_text: String,
    row_text: String,
    /// From when on it is late; `None` where it is, or was never measured.
    late_from: Option<Timestamp>,
}

/// What a report has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Something that a reader must see at once.
    News,
    /// Times and latencies.
    Times,
    /// Nothing: no target of the configuration has this name.
    Nobody,
}

impl Board {
    /// Returns the board at `now` of the targets with their reports as they were stored; `own` is the name of the worker's
    /// vantage. Later rounds may have come since than those are of: for what time rounds speak is known from the next on.
    pub fn new(
        own: &str,
        judge: Judge,
        entries: impl IntoIterator<Item = (Target, Option<Report>)>,
        now: Timestamp,
    ) -> Self {
        let (places, internal): (Vec<Place>, Vec<Place>) = (entries.into_iter().enumerate())
            .map(|(position, (target, report))| {
                let report = report.map(|report| Report { spoken: None, ..report });
                Place::new(position, target, report, judge, now)
            })
            .partition(|place| place.target.public.target);
        let by_slug = places.iter().enumerate().map(|(i, place)| (place.target.slug.clone(), i)).collect();
        let mut board = Self {
            own: own.to_owned(),
            judge,
            places,
            by_slug,
            internal: internal.into_iter().map(|place| (place.target.slug.clone(), place)).collect(),
            next_late: None,
            storage: None,
            maintenance: Vec::new(),
        };
        board.note_next_late();
        board
    }

    /// Takes the newest report of a target. One that is not kept comes between those that are: its times are new, and, of a
    /// young target, its shares, and the rest is as it was; where it was overtaken it says nothing.
    pub fn hear(&mut self, mut report: Report, is_kept: bool, now: Timestamp) -> Heard {
        let slug = &report.status.slug;
        let is_internal = self.internal.contains_key(slug);
        let known = self.by_slug.get(slug).and_then(|i| self.places.get_mut(*i));
        let Some(place) = known.or_else(|| self.internal.get_mut(slug)) else {
            return Heard::Nobody;
        };
        if let Some(earlier) = place.report.as_ref().filter(|_| !is_kept) {
            if report.status.last_round_at <= earlier.status.last_round_at {
                return Heard::Nobody;
            }
            report.uptime = report.uptime.or(earlier.uptime);
        }
        if report.upptime.is_none() {
            report.upptime = place.report.as_ref().and_then(|earlier| earlier.upptime.clone());
        }
        let other_vantages = place.report.as_ref().is_none_or(|earlier| report.has_other_vantages(earlier));
        let next = Place::new(place.position, place.target.clone(), Some(report), self.judge, now);
        let is_news = other_vantages || next.status.is_news_after(&place.status) || next.judged != place.judged;
        *place = next;
        if is_internal {
            // What nobody is told changes no answer.
            return Heard::Nobody;
        }
        self.note_next_late();
        if is_news { Heard::News } else { Heard::Times }
    }

    /// Takes what is wrong with storing, if anything is. Returns whether that is news.
    pub fn set_storage(&mut self, storage: Option<Storage>) -> bool {
        let told = |slug: &String| !self.internal.contains_key(slug);
        let storage = storage.and_then(|Storage { trouble, unusable }| {
            Storage::of(trouble, unusable.into_iter().filter(told).collect())
        });
        let is_news = self.storage != storage;
        self.storage = storage;
        is_news
    }

    /// Takes what is announced. Returns whether that is news.
    pub fn set_maintenance(&mut self, maintenance: Vec<Maintenance>) -> bool {
        let is_news = self.maintenance != maintenance;
        self.maintenance = maintenance;
        is_news
    }

    /// Returns what is announced for a target.
    pub fn maintenance_of(&self, slug: &str) -> Vec<Maintenance> {
        self.maintenance.iter().filter(|window| window.concerns(slug)).cloned().collect()
    }

    /// Returns the newest report of a target, which may be newer than what is stored.
    pub fn report(&self, slug: &str) -> Option<&Report> {
        self.place(slug)?.report.as_ref()
    }

    /// Shows what nobody sees at `now` of open incidents: no round came when it was due.
    pub fn lose_sight<'a>(&self, incidents: impl IntoIterator<Item = &'a mut Incident>, now: Timestamp) {
        for incident in incidents.into_iter().filter(|incident| incident.open) {
            if let Some(spoken) = self.report(&incident.target).and_then(|report| report.spoken) {
                incident.lose_sight(&spoken.map(|_, spoken| spoken.unseen_since(now)));
            }
        }
    }

    /// Returns when to look again at what [`lose_sight`](Self::lose_sight) shows: when the next family that has trouble goes
    /// out of sight, or in a moment, where one is and may come back. `None` where none has trouble.
    pub fn next_unseen(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.places.iter().filter_map(|place| place.report.as_ref()).flat_map(|report| {
            let troubled = Family::ALL.into_iter().filter(|family| {
                let facts = report.status.facts(*family);
                facts.unstable || !matches!(facts.state, State::Up | State::Unknown)
            });
            troubled.filter_map(|family| Some(report.spoken?.get(family).holds_until + 1))
        });
        ends.min().map(|end| end.max(now + SECOND))
    }

    /// Lets time pass. Returns whether a target has become late, which is news.
    pub fn pass(&mut self, now: Timestamp) -> bool {
        if self.next_late.is_none_or(|at| at > now) {
            return false;
        }
        for place in self.places.iter_mut().filter(|place| place.late_from.is_some_and(|at| at <= now)) {
            *place = Place::new(place.position, place.target.clone(), place.report.take(), self.judge, now);
        }
        self.note_next_late();
        true
    }

    /// Returns when the next target becomes late: until then an answer holds as long as nothing is heard.
    pub fn next_late(&self) -> Option<Timestamp> {
        self.next_late
    }

    fn note_next_late(&mut self) {
        self.next_late = self.places.iter().filter_map(|place| place.late_from).min();
    }

    /// Whether there is such a target, as far as everybody is told.
    pub fn knows(&self, slug: &str) -> bool {
        self.by_slug.contains_key(slug)
    }

    /// Returns the targets that should have reported by now, at most `n`.
    pub fn late(&self, now: Timestamp, n: usize) -> Vec<String> {
        let all = self.places.iter().chain(self.internal.values());
        let late = all.filter(|place| place.late_from.is_none_or(|at| at <= now));
        late.take(n).map(|place| place.target.slug.clone()).collect()
    }

    /// Returns the document of `GET /api/v1/status` with at most `n` targets, those that follow the one named `after`.
    /// `None` where there is no such target.
    pub fn status(&self, after: Option<&str>, n: usize, now: Timestamp) -> Option<String> {
        let from = after.map_or(Some(0), |slug| self.by_slug.get(slug).map(|i| i + 1))?;
        let to = self.places.len().min(from.saturating_add(n.clamp(1, MAX_TARGETS)));
        let places = &self.places[from..to];
        let next_after = places.last().filter(|_| to < self.places.len()).map(|last| &*last.target.slug);
        Some(self.status_of(places.iter().map(|place| &*place.status_text), next_after, now))
    }

    fn status_of<'a>(&self, texts: impl Iterator<Item = &'a str>, next_after: Option<&str>, now: Timestamp) -> String {
        let mut text = format!("{{\"version\":{VERSION},\"published_at\":\"{}\",\"vantages\":", time::format(now));
        text += &json(&self.vantages());
        text += ",\"targets\":";
        list(&mut text, texts);
        if let Some(slug) = next_after {
            text += ",\"next_after\":";
            text += &json(slug);
        }
        if !self.maintenance.is_empty() {
            text += ",\"maintenance\":";
            text += &json(&self.maintenance);
        }
        if let Some(storage) = &self.storage {
            text += ",\"storage\":";
            text += &json(storage);
        }
        text.push('}');
        text
    }

    fn vantages(&self) -> Vec<VantageStatus> {
        vantages_of(self.places.iter().filter_map(|place| place.report.as_ref()), &self.own)
    }

    /// Returns the document of `GET /api/v1/page` for one page, from 1 on; `incidents` is the text of its list. `None` where
    /// there is no such page.
    pub fn page(
        &self,
        page: u32,
        self_test: &SelfTest,
        incidents: &str,
        (revision, now): (Revision, Timestamp),
    ) -> Option<String> {
        let n_pages = self.n_pages();
        let first = usize::try_from(page.checked_sub(1).filter(|i| *i < n_pages)?).ok()? * PER_PAGE;
        let mut shown: Vec<&Place> = self.places.iter().collect();
        let (mut part, mut groups) = (None, Vec::new());
        if n_pages > 1 {
            let ranks = self.ranks();
            let rank = |place: &Place| ranks.get(&place.target.group.as_deref()).copied();
            shown.sort_by_key(|place| (place.judged.troubled == 0, rank(place)));
            groups = groups_of(&shown);
            let all = first..(first + PER_PAGE).min(shown.len());
            let others = shown.iter().enumerate().filter(|(i, _)| !all.contains(i));
            let elsewhere = others.fold(Judged::default(), |sum, (_, place)| sum.and(place.judged));
            part = Some(PagePart::new(page, n_pages, elsewhere));
            shown = shown[all].to_vec();
        }
        let now_text = time::format(now);
        let n = revision.number();
        let mut text = format!("{{\"version\":{VERSION},\"now\":\"{now_text}\",\"revision\":{n},\"status\":");
        text += &self.status_of(shown.iter().map(|place| &*place.status_text), None, now);
        text += ",\"self_test\":";
        text += &json(self_test);
        text += ",\"targets\":";
        list(&mut text, shown.iter().map(|place| &*place.row_text));
        text += ",\"incidents\":";
        text += incidents;
        if let Some(part) = part {
            text += ",\"part\":";
            text += &json(&part);
        }
        if !groups.is_empty() {
            text += ",\"groups\":";
            text += &json(&groups);
        }
        text.push('}');
        Some(text)
    }

    /// Returns the places of the groups in the order of the configuration; those of no group are one.
    fn ranks(&self) -> HashMap<Option<&str>, usize> {
        let mut ranks = HashMap::new();
        for place in &self.places {
            let next = ranks.len();
            ranks.entry(place.target.group.as_deref()).or_insert(next);
        }
        ranks
    }

    /// Returns what is published of every target, in the order of the configuration.
    pub fn statuses(&self) -> Vec<&TargetStatus> {
        self.places.iter().map(|place| &place.status).collect()
    }

    /// Returns the place of a target in that order, from 0 on.
    pub fn place_of(&self, slug: &str) -> Option<usize> {
        self.by_slug.get(slug).copied()
    }

    /// Returns how many pages there are; one where there is nothing to show.
    pub fn n_pages(&self) -> u32 {
        u32::try_from(self.places.len().div_ceil(PER_PAGE).max(1)).unwrap_or(u32::MAX)
    }

    /// Returns what is published of one target, and how often it is measured, in seconds.
    pub fn target(&self, slug: &str) -> Option<(&TargetStatus, u32)> {
        let place = &self.places[*self.by_slug.get(slug)?];
        Some((&place.status, place.target.interval_s))
    }
}

impl Place {
    fn new(position: usize, target: Target, report: Option<Report>, judge: Judge, now: Timestamp) -> Self {
        let report = report.filter(|report| report.is_about(&target));
        let status = target_status(&target, report.as_ref(), &target.veil(), now);
        let last = report.as_ref().and_then(|report| report.status.last_round_at);
        // Late is what is older than that, not as old.
        let late_from = last.map(|last| last + late_after_ms(target.interval_s) + 1).filter(|at| *at > now);
        let row = row(&target, report.as_ref());
        Self {
            position,
            judged: judge(&status, target.interval_s, now),
            status_text: json(&status),
            row_text: json(&row),
            status,
            late_from,
            report,
            target,
        }
    }
}

/// Returns the groups of targets in the order of all pages, the first [`MAX_GROUPS`] of them.
fn groups_of(shown: &[&Place]) -> Vec<PageGroup> {
    let mut groups: Vec<PageGroup> = Vec::new();
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    // Those without trouble follow each other: the first one of a group says where it is.
    let well = shown.iter().enumerate().skip_while(|(_, place)| place.judged.troubled > 0);
    for (i, place) in well.chain(shown.iter().enumerate().take_while(|(_, place)| place.judged.troubled > 0)) {
        let Some(name) = place.target.group.as_deref() else { continue };
        let page = if place.judged.troubled > 0 { 1 } else { i / PER_PAGE + 1 };
        let group = match by_name.get(name) {
            Some(known) => &mut groups[*known],
            None if groups.len() == MAX_GROUPS => continue,
            None => {
                by_name.insert(name, groups.len());
                let page = u32::try_from(page).unwrap_or(u32::MAX);
                groups.push(PageGroup { name: name.to_owned(), targets: 0, troubled: 0, page });
                let last = groups.len() - 1;
                &mut groups[last]
            }
        };
        group.targets += 1;
        group.troubled += place.judged.troubled;
    }
    groups
}

/// Returns what the page needs of a target beside its status.
fn row(target: &Target, report: Option<&Report>) -> PageTarget {
    let veil = target.veil();
    let mut browser = veil.browser(&target.browser);
    if veil.hides_address() {
        // Nobody can see then where its names lead: to whom they mean something else, no browser is told them.
        let status = report.map(|report| &report.status);
        let seen = || status.into_iter().flat_map(|status| [status.ipv4.address, status.ipv6.address]).flatten();
        for url in [&mut browser.ipv4, &mut browser.ipv6, &mut browser.dual_stack] {
            url.take_if(|url| !is_shared(url, seen(), Vicinity::Elsewhere));
        }
    }
    let told = [&browser.ipv4, &browser.ipv6, &browser.dual_stack];
    let whole = [&target.browser.ipv4, &target.browser.ipv6, &target.browser.dual_stack];
    let without_query = told.iter().zip(whole).any(|(told, whole)| told.is_some() && *told != whole);
    PageTarget {
        slug: target.slug.clone(),
        interval_s: target.interval_s,
        browser,
        without_query,
        uptime: report.and_then(|report| report.uptime),
        days: report.and_then(|report| report.upptime.as_ref()?.days.clone()),
    }
}

/// Writes a list of what is text already.
fn list<'a>(text: &mut String, parts: impl Iterator<Item = &'a str>) {
    text.push('[');
    for (i, part) in parts.enumerate() {
        if i > 0 {
            text.push(',');
        }
        *text += part;
    }
    text.push(']');
}

/// Documents of ours are always JSON: their keys are text, and their numbers finite.
fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

mod badge;
#[cfg(test)]
mod tests;
mod upptime;
