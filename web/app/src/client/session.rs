//! One visit: measures from the browser, asks the worker for news, and keeps the time. Everything it learns
//! goes into the [`State`]; components only read it.

use crate::{
    found::{
        browser::{Found, SelfTest},
        edge,
        hearing::Hearing,
        near,
        route::{PerRoute, Route},
    },
    measure::{host, own, patience, presence, probe},
    show::{announce, model::PageModel, notice::Contact, state::State},
};
use dualwatch_core::{
    measure::{
        time::{MINUTE, SECOND, Timestamp},
        vicinity::{self, Vicinity},
    },
    self_test::place::with_label,
};
use dualwatch_wire::v1::{PageData, PageTarget};
use futures_util::future::{join, join3};
use leptos::{prelude::*, task::spawn_local};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use web_sys::RequestMode;

/// How often the worker is asked for news while the page is visible.
const POLL_EVERY_MS: i64 = 15 * SECOND;
/// How long the worker has to answer.
const POLL_TIMEOUT_MS: u32 = 10_000;
/// How often the browser measures again by itself: within the five minutes that samples may lie apart.
const CHECK_EVERY_MS: i64 = 4 * MINUTE;
/// The waits before a try: a failure is confirmed by a second one.
const TRIES: [u32; 2] = [0, 1_000];

/// One request to one target.
struct Job {
    slug: String,
    route: Route,
    url: String,
}

struct Session {
    state: RwSignal<State>,
    /// What the worker's clock is ahead of the browser's, in milliseconds.
    offset_ms: Cell<i64>,
    polled_at: Cell<i64>,
    checked_at: Cell<i64>,
    is_polling: Cell<bool>,
    is_checking: Cell<bool>,
    violations: probe::Violations,
    /// What was last told to a screen reader.
    told: RefCell<PageModel>,
}

/// Starts the session; it lasts as long as the page.
pub fn start(state: RwSignal<State>) {
    let (told, now) = state.with_untracked(|s| (s.model(), s.now));
    let begin = host::clock_ms();
    let session = Rc::new(Session {
        state,
        offset_ms: Cell::new(now.unix_ms() - begin),
        polled_at: Cell::new(begin),
        checked_at: Cell::new(begin),
        is_polling: Cell::new(false),
        is_checking: Cell::new(true),
        violations: probe::Violations::listen(),
        told: RefCell::new(told),
    });
    spawn_local(Rc::clone(&session).check());
    spawn_local(session.tick());
}

impl Session {
    /// Returns the worker's time.
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(host::clock_ms() + self.offset_ms.get())
    }

    /// Every second while somebody looks: shows the time, and starts what is due.
    async fn tick(self: Rc<Self>) {
        loop {
            host::sleep(1_000).await;
            if !host::is_visible() {
                continue;
            }
            self.state.update(|s| s.now = self.now());
            let clock = host::clock_ms();
            if clock - self.polled_at.get() >= POLL_EVERY_MS && !self.is_polling.replace(true) {
                self.polled_at.set(clock);
                spawn_local(Rc::clone(&self).poll());
            }
            let is_due =
                clock - self.checked_at.get() >= CHECK_EVERY_MS || self.state.with_untracked(|s| s.is_checking);
            if is_due && !self.is_checking.replace(true) {
                spawn_local(Rc::clone(&self).check());
            }
        }
    }

    /// Asks the worker for news.
    async fn poll(self: Rc<Self>) {
        let sent = host::clock_ms();
        let news = async {
            let origin = host::window().location().origin().ok()?;
            let page = self.state.with_untracked(|s| s.data.part.map_or(1, |part| part.page));
            let url = format!("{origin}/api/v1/page?page={page}");
            let answer = probe::get(&url, RequestMode::SameOrigin, POLL_TIMEOUT_MS).await;
            let answer = answer.ok().filter(|answer| answer.response.ok())?;
            let middle = i64::midpoint(sent, host::clock_ms());
            let date = answer.date_ms();
            Some((host::read_page(answer.json().await?)?, date, middle))
        };
        match news.await {
            Some((data, sent_at, middle)) => {
                // The data may have been made a while ago; the answer says when it was sent, to a second.
                let offset = sent_at.unwrap_or_else(|| data.now.unix_ms()) - middle;
                if (offset - self.offset_ms.get()).abs() > SECOND {
                    self.offset_ms.set(offset);
                }
                let changed = self.state.with_untracked(|s| changed(&s.data, &data));
                self.state.update(|s| {
                    s.now = self.now();
                    s.data = data;
                    s.contact = Contact::Fresh;
                });
                if !changed.is_empty() {
                    self.pass(changed).await;
                }
            }
            None => self.state.update(|s| s.contact = Contact::Lost),
        }
        self.is_polling.set(false);
        self.tell();
    }

    /// Measures everything from here.
    async fn check(self: Rc<Self>) {
        self.checked_at.set(host::clock_ms());
        let presence = presence::detect().await;
        self.state.update(|s| {
            s.report.presence = presence;
            // Each time: who travels takes the clock along.
            s.zone = Some(host::zone(s.now));
        });
        let targets = self.state.with_untracked(|s| s.data.targets.clone());
        self.pass(targets).await;
        self.state.update(|s| {
            s.report.is_done = true;
            s.is_checking = false;
        });
        self.is_checking.set(false);
        self.tell();
    }

    /// Measures our own endpoints, then these targets; all of them where an endpoint of ours fails, as any of them may
    /// prove the connection that this would accuse.
    async fn pass(&self, targets: Vec<PageTarget>) {
        let hearing = RefCell::new(Hearing::default());
        self.test_own(&hearing).await;
        self.find_vicinity().await;
        let targets =
            if hearing.borrow().has_own() { self.state.with_untracked(|s| s.data.targets.clone()) } else { targets };
        self.measure_targets(targets, &hearing).await;
        probe::forget_timings();
        self.state.update(|s| hearing.take().close(&mut s.report));
    }

    /// The dual-stack endpoint alone and first, as nothing may have warmed it up; then both families at once,
    /// in an order that favours neither.
    async fn test_own(&self, hearing: &RefCell<Hearing>) {
        // Before the page knows from where it was asked for: by where it was asked for alone.
        let origins = self.state.with_untracked(|s| {
            let origin = |route| near::origin(&s.data, route, s.data.self_test.vicinity);
            // A name of its own for each test: browsers remember what became of an earlier one.
            let label = format!("p{:x}", (js_sys::Math::random() * f64::from(u32::MAX)) as u32);
            PerRoute::from_fn(|route| origin(route).map(|origin| with_label(origin, &label)))
        });
        self.state.update(|s| {
            for (route, origin) in origins.iter() {
                s.report.self_test.get_mut(route).found.begin(origin.as_deref());
            }
        });
        let (first, second) = swap(Route::Ipv4, Route::Ipv6);
        self.test(&origins, Route::DualStack, hearing).await;
        join(self.test(&origins, first, hearing), self.test(&origins, second, hearing)).await;
    }

    /// Asks one own endpoint, where there is one; twice where it fails.
    async fn test(&self, origins: &PerRoute<Option<String>>, route: Route, hearing: &RefCell<Hearing>) {
        let Some(origin) = origins.get(route) else { return };
        let mut result = SelfTest::default();
        for wait in TRIES {
            host::sleep(wait).await;
            result = own::ask(origin, route, self.timeout_ms(), &self.violations, || self.now()).await;
            if !matches!(result.found, Found::Failed(_)) {
                break;
            }
        }
        self.state.update(|s| hearing.borrow_mut().own(&mut s.report, route, result));
    }

    /// Finds out how near the visitor is, from the address that the page's own origin is asked from. Where the page was
    /// asked for decides alone that somebody is far away.
    async fn find_vicinity(&self) {
        if self.state.with_untracked(|s| s.data.self_test.vicinity) == Vicinity::Elsewhere {
            return;
        }
        let location = host::window().location();
        let (Ok(origin), Ok(page)) = (location.origin(), location.hostname()) else { return };
        let told = own::ask(&origin, Route::DualStack, self.timeout_ms(), &self.violations, || self.now()).await;
        let vicinity = vicinity::of_visitor(&page, told.address_seen);
        self.state.update(|s| s.report.vicinity = Some(vicinity));
    }

    fn timeout_ms(&self) -> u32 {
        self.state.with_untracked(|s| {
            patience::timeout_ms(s.report.self_test.iter().filter_map(|(_, test)| match &test.found {
                Found::Reached(reach) => Some(reach.timing.first_byte.unwrap_or(reach.ms)),
                _ => None,
            }))
        })
    }

    /// Measures these targets, a few requests at a time: where their addresses mean the same here as at the edge.
    async fn measure_targets(&self, targets: Vec<PageTarget>, hearing: &RefCell<Hearing>) {
        let mut jobs = Vec::new();
        self.state.update(|s| {
            let visitor = s.report.vicinity(s.data.self_test.vicinity);
            for target in targets {
                let status = s.data.status.targets.iter().find(|status| status.slug == target.slug);
                let found = s.report.targets.entry(target.slug.clone()).or_default();
                let (first, second) = swap(Route::Ipv4, Route::Ipv6);
                for route in [first, second, Route::DualStack] {
                    let url = near::endpoint(&target, status, route, visitor);
                    found.get_mut(route).begin(url);
                    jobs.extend(url.map(|url| Job { slug: target.slug.clone(), route, url: url.to_owned() }));
                }
            }
        });
        jobs.reverse();
        let jobs = RefCell::new(jobs);
        // Six workers on one queue.
        let work = || self.work(&jobs, hearing);
        join(join3(work(), work(), work()), join3(work(), work(), work())).await;
    }

    /// Measures what is left on the queue, from its end.
    async fn work(&self, jobs: &RefCell<Vec<Job>>, hearing: &RefCell<Hearing>) {
        loop {
            let Some(job) = jobs.borrow_mut().pop() else { return };
            let mut found = Found::default();
            for wait in TRIES {
                host::sleep(wait).await;
                found = probe::target(&job.url, self.timeout_ms(), &self.violations, || self.now()).await;
                if !matches!(found, Found::Failed(_)) {
                    break;
                }
            }
            self.state.update(|s| {
                let found = found.excused(&job.url, s.data.status.targets.iter().find(|t| t.slug == job.slug));
                hearing.borrow_mut().target(&mut s.report, &job.slug, job.route, found);
            });
        }
    }

    /// Tells a screen reader and the window's title what has changed.
    fn tell(&self) {
        let model = self.state.with_untracked(State::model);
        if let Some(text) = announce::announcement(&self.told.borrow(), &model) {
            self.state.update(|s| s.announcement = text);
            host::set_title(&model.overview.headline);
        }
        self.told.replace(model);
    }
}

/// Returns the targets that are new, or of which the edge now says something else: what the browser found before
/// cannot be merged with that.
fn changed(old: &PageData, new: &PageData) -> Vec<PageTarget> {
    let sides = |data: &PageData, target: &PageTarget| {
        let status = data.status.targets.iter().find(|s| s.slug == target.slug)?;
        Some(Route::ALL.map(|route| edge::side(status, target.interval_s, route, data.now)))
    };
    let is_same =
        |target: &PageTarget| old.targets.iter().any(|t| t == target) && sides(old, target) == sides(new, target);
    new.targets.iter().filter(|target| !is_same(target)).cloned().collect()
}

/// Returns both in an order that chance decides.
fn swap<T>(a: T, b: T) -> (T, T) {
    if host::coin() { (a, b) } else { (b, a) }
}
