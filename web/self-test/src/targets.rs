//! Asks the services of the page, once the visitor's own connection is known, and writes what that comes to into their rows.
//!
//! The rows are in the document with the edge's word; what was asked there stands in their attributes.

mod row;

use crate::{drive::window, show};
use dualwatch_core::{
    judge::verdict::{MERGE_WITHIN_MS, PageControl, Side},
    measure::{family::PerFamily, vicinity::Vicinity},
    self_test::{
        reach::{Reach, Way, control_of_both, reach, said},
        run::Run,
        target::{Next, next},
        told::{Refusal, Told},
        why::Why,
    },
};
use dualwatch_wire::v1::self_test::{RouteResult, SelfTestResult, TargetResult};
use dualwatch_words::self_test::phrases::Words;
use row::{Row, Service};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;

/// So many services are asked at a time: the visitor's own connection is tested beside them.
const AT_A_TIME: usize = 6;

#[wasm_bindgen]
extern "C" {
    /// What `boot.js` adds to `globalThis.dualwatch`.
    #[derive(Clone)]
    type Asker;
    #[wasm_bindgen(thread_local_v2, js_name = dualwatch)]
    static ASKER: Asker;
    #[wasm_bindgen(method)]
    fn reach(this: &Asker, url: &str, mode: &str, limit: u32) -> js_sys::Promise;
    #[wasm_bindgen(method)]
    fn sleep(this: &Asker, ms: u32) -> js_sys::Promise;
    #[wasm_bindgen(method)]
    fn neutral(this: &Asker, url: &str) -> String;

    /// What became of asking a service.
    type Reached;
    #[wasm_bindgen(method, getter)]
    fn ms(this: &Reached) -> f64;
    /// None: no answer. 0: an answer that the page may not read.
    #[wasm_bindgen(method, getter)]
    fn status(this: &Reached) -> Option<u16>;
    #[wasm_bindgen(method, getter, js_name = isSilent)]
    fn is_silent(this: &Reached) -> bool;
    #[wasm_bindgen(method, getter, js_name = isBlocked)]
    fn is_blocked(this: &Reached) -> bool;
}

/// What is known of the visitor when the services are asked.
#[derive(Clone, Copy)]
pub struct Visitor {
    pub vicinity: Vicinity,
    /// Unix milliseconds by our clock.
    pub now_ms: i64,
}

/// The services of the page.
pub struct Targets {
    words: &'static dyn Words,
    section: Element,
    services: RefCell<Vec<Service>>,
    /// Where each row is: its service and its place there.
    queue: RefCell<Vec<(usize, usize)>>,
    n_working: Cell<usize>,
    has_begun: Cell<bool>,
    /// Our clock less the device's, in milliseconds.
    offset_ms: Cell<i64>,
}

impl Targets {
    /// Finds the services in the document; `None` where there are none.
    pub fn find(words: &'static dyn Words) -> Option<Self> {
        let section = window().document()?.query_selector("[data-targets]").ok()??;
        let services = Service::all(&section, words);
        Some(Self {
            words,
            section,
            services: RefCell::new(services),
            queue: RefCell::default(),
            n_working: Cell::new(0),
            has_begun: Cell::new(false),
            offset_ms: Cell::new(0),
        })
    }

    /// Begins to ask them, unless that has been done. `again` is called when there is news.
    pub fn begin(self: &Rc<Self>, run: &Rc<RefCell<Run>>, visitor: Visitor, again: impl Fn() + Clone + 'static) {
        if self.has_begun.replace(true) {
            return;
        }
        let all = |service: usize, row: usize| Some((service, row));
        self.ask_all(all, run, visitor, again);
    }

    /// Lets everything be asked anew; what is known is shown meanwhile.
    pub fn forget(&self) {
        self.has_begun.set(false);
    }

    /// Reads the services again, which the page may have fetched anew: what the edge says otherwise now is asked anew, as what
    /// was found before cannot be merged with that. While services are being asked this waits for the next time.
    pub fn renew(self: &Rc<Self>, run: &Rc<RefCell<Run>>, visitor: Visitor, again: impl Fn() + Clone + 'static) {
        if !self.is_complete() {
            return;
        }
        let mut services = Service::all(&self.section, self.words);
        let mut asked = Vec::new();
        for (i, service) in services.iter_mut().enumerate() {
            let known = self.services.borrow();
            let before = known.iter().find(|before| before.slug == service.slug);
            for (j, row) in service.rows.iter_mut().enumerate() {
                if before.and_then(|before| before.rows.get(j)).is_none_or(|before| row.inherit(before)) {
                    asked.push((i, j));
                }
            }
        }
        self.services.replace(services);
        if !asked.is_empty() {
            self.ask_all(|i, j| Some((i, j)).filter(|place| asked.contains(place)), run, visitor, again);
        }
    }

    /// Asks the rows that `choose` gives.
    fn ask_all(
        self: &Rc<Self>,
        choose: impl Fn(usize, usize) -> Option<(usize, usize)>,
        run: &Rc<RefCell<Run>>,
        visitor: Visitor,
        again: impl Fn() + Clone + 'static,
    ) {
        let protocol = window().location().protocol().unwrap_or_default();
        self.offset_ms.set(visitor.now_ms - js_sys::Date::now() as i64);
        for (i, service) in self.services.borrow_mut().iter_mut().enumerate() {
            for (j, row) in service.rows.iter_mut().enumerate() {
                if let Some(place) = choose(i, j).filter(|_| row.begin(visitor.vicinity, &protocol)) {
                    self.queue.borrow_mut().push(place);
                }
            }
        }
        // From its end on.
        self.queue.borrow_mut().reverse();
        show::set(&self.section, "data-targets", "running");
        self.n_working.set(AT_A_TIME);
        for _ in 0..AT_A_TIME {
            let (this, run, again) = (Rc::clone(self), Rc::clone(run), again.clone());
            spawn_local(async move {
                loop {
                    let Some(place) = this.queue.borrow_mut().pop() else { break };
                    this.ask(place, &run).await;
                    again();
                }
                this.n_working.set(this.n_working.get() - 1);
                again();
            });
        }
    }

    /// Asks one route until it is clear.
    async fn ask(&self, (service, place): (usize, usize), run: &RefCell<Run>) {
        let asker = ASKER.with(Clone::clone);
        loop {
            let step = self.with(service, place, |row| next(row.asking()).map(|step| (step, row.url.clone())));
            let Some(((what, wait_ms), url)) = step else { return self.with(service, place, Row::settle) };
            let url = if what == Next::Alias { asker.neutral(&url) } else { url };
            if wait_ms > 0 {
                _ = JsFuture::from(asker.sleep(wait_ms)).await;
            }
            let limit = run.borrow().service_deadline_ms();
            let mode = if what == Next::Readable { "cors" } else { "no-cors" };
            // It never fails; if a script of somebody else has broken it, it counts as unanswered.
            let found = JsFuture::from(asker.reach(&url, mode, limit)).await.ok();
            let told = found.as_ref().map_or(Told::Silent, |found| told(found.unchecked_ref(), &run.borrow()));
            let after_ms = found.map_or(limit, |found| found.unchecked_ref::<Reached>().ms() as u32);
            let now_ms = js_sys::Date::now() as i64 + self.offset_ms.get();
            self.with(service, place, |row| row.hear(what, told, after_ms, now_ms));
            let proves = self.with(service, place, |row| row.proves());
            if let Some(family) = proves {
                *run.borrow_mut().proven.get_mut(family) = true;
            }
        }
    }

    fn with<T>(&self, service: usize, place: usize, act: impl FnOnce(&mut Row) -> T) -> T {
        act(&mut self.services.borrow_mut()[service].rows[place])
    }

    pub fn is_complete(&self) -> bool {
        self.has_begun.get() && self.n_working.get() == 0
    }

    /// Shows what is known by now, and writes it into a result.
    ///
    /// Before they are asked the document says what there is to say.
    pub fn show(&self, run: &Run, run_ms: u32, visitor: Visitor, result: &mut SelfTestResult) {
        if !self.has_begun.get() {
            return;
        }
        let (controls, fallback_ms) = (run.controls(run_ms), run.fallback_ms(run_ms));
        let (mut n_asked, mut n_no, mut n_partly) = (0, 0, 0);
        for service in self.services.borrow().iter() {
            let found = service.judge(controls, visitor.now_ms);
            let ways = PerFamily { ipv4: found[0].1, ipv6: found[1].1 };
            let reach = reach(ways, found[2].1, fallback_ms);
            service.show(&found, reach);
            let is_partly = found.iter().any(|(said, _)| !matches!(said.side, Side::None | Side::Unknown));
            n_asked += usize::from(reach != Reach::Unknown);
            match reach {
                // Of what was not asked from here nothing is counted.
                Reach::Unknown => {}
                Reach::No => n_no += 1,
                Reach::Stuck(_) => n_partly += 1,
                _ if is_partly => n_partly += 1,
                _ => {}
            }
            result.targets.extend(service.result(&found));
        }
        if self.is_complete() {
            let is_all = n_asked == self.services.borrow().len();
            let said = match n_asked {
                0 if self.services.borrow().is_empty() => String::new(),
                0 => self.not_asked(),
                // That all are reached is said where all were asked.
                _ if !is_all && n_no + n_partly == 0 => String::new(),
                n => self.words.services(n, n_no, n_partly),
            };
            show::text(&self.section, "[data-services-said]", &said);
            show::set(&self.section, "data-targets", "complete");
        }
    }

    /// Says that none was asked, as the document has it for where no module runs.
    fn not_asked(&self) -> String {
        let document = self.section.owner_document();
        let plain = document.and_then(|document| document.query_selector("[data-plain]").ok()?);
        plain.and_then(|plain| plain.get_attribute("data-services")).unwrap_or_default()
    }

    /// Shows the services of a result that was measured before: each as it was found, and nothing of now.
    pub fn show_result(&self, result: &SelfTestResult) {
        show::text(&self.section, "[data-services-said]", "");
        for service in self.services.borrow().iter() {
            let target = result.targets.iter().find(|target| target.slug.as_str() == service.slug);
            let of = |get: fn(&TargetResult) -> Option<RouteResult>| target.and_then(get);
            service.show_result([of(|t| t.ipv4), of(|t| t.ipv6), of(|t| t.dual_stack)]);
        }
        show::set(&self.section, "data-targets", "complete");
    }
}

/// Says what became of one request.
fn told(found: &Reached, run: &Run) -> Told {
    match found.status() {
        Some(400..) => Told::Status,
        Some(_) => Told::Ok,
        None if found.is_blocked() => Told::Refused(Refusal::Csp),
        None if found.is_silent() => Told::Silent,
        None => Told::Failed(run.pace(found.ms() as u32)),
    }
}
