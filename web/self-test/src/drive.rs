//! Makes the requests of a run, and tells it what becomes of them.

use crate::{
    early::{Answer, Document, EARLY, Early, Made},
    read,
    show::{Further, Page},
    targets::{Targets, Visitor},
};
use dualwatch_core::{
    measure::{
        time::{MINUTE, Timestamp},
        url::is_mixed,
        vicinity::{self, Vicinity},
    },
    self_test::{
        addresses::{Addresses, Classes},
        answer::{Phases, Protocol, Reply},
        environment::{Condition, Fact},
        evidence::Clock,
        patience, place,
        question::Question,
        run::{Ask, AskId, Ending, Offer, Order, Run},
        sentence::Sentence,
        told::Refusal,
    },
};
use dualwatch_wire::v1::self_test::{SelfTestResult, Tell};
use dualwatch_words::self_test::phrases::Words;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// A large answer or request is of several full packets, also of jumbo frames.
const LARGE_BYTES: u32 = 16 * 1024;

/// How often a page that stays open measures again: within the five minutes that samples may lie apart.
const AGAIN_EVERY_MS: u32 = 4 * MINUTE as u32;

/// Answers come in bursts, and drawing each takes time from the next: what is no news for the sentence is drawn no more often.
const DRAW_EVERY_MS: u32 = 40;

/// A run, and what it is made of in the browser.
pub struct Drive {
    early: Early,
    pub page: Page,
    run: Rc<RefCell<Run>>,
    /// The services of the page, if it has any.
    targets: Option<Rc<Targets>>,
    /// What can still be stopped.
    made: RefCell<Vec<(AskId, Made)>>,
    timer: Cell<Option<i32>>,
    /// Our clock less the device's, in milliseconds.
    offset_ms: Cell<i64>,
    /// What was shown last, and when. The document comes as one that has checked nothing yet.
    drawn: Cell<(Sentence, u32)>,
    /// Begins the next turn; set once, right after this has been made.
    wake: RefCell<Option<Closure<dyn FnMut()>>>,
    /// How many runs there were before: what was asked for one of those is nobody's answer any more.
    n_before: Cell<u32>,
    /// When this run began.
    began_ms: Cell<u32>,
}

/// Takes the test over from the script in the document. Without that script, or its element, there is nothing to do.
pub fn take_over(words: &'static dyn Words, further: Further) -> Option<(Early, Page)> {
    let early = EARLY.with(Clone::clone)?;
    let page = Page::find(words, further)?;
    early.set_is_taken(true);
    Some((early, page))
}

/// Begins a run.
pub fn begin(early: Early, page: Page) -> Rc<Drive> {
    let run = Rc::new(RefCell::new(new_run(&page)));
    let targets = Targets::find(page.words).map(Rc::new);
    let made = RefCell::default();
    let drive = Rc::new(Drive {
        early,
        page,
        run,
        targets,
        made,
        timer: Cell::new(None),
        offset_ms: Cell::new(0),
        drawn: Cell::new((Sentence::Checking, now_ms())),
        wake: RefCell::default(),
        n_before: Cell::new(0),
        began_ms: Cell::new(now_ms()),
    });
    let again = Rc::clone(&drive);
    drive.wake.replace(Some(Closure::new(move || again.turn())));
    drive.adopt();
    drive.turn();
    drive
}

/// Returns a run that asks what can be asked here.
fn new_run(page: &Page) -> Run {
    let questions = place::offered(|place| page.origin(place).is_some(), page.is_secure);
    let questions = questions.iter().filter(|question| !page.is_brief() || !question.is_large()).collect();
    let half = || (js_sys::Math::random() * f64::from(u32::MAX)) as u64;
    Run::new(Offer { questions, ..Offer::default() }, half() << 32 | half())
}

impl Drive {
    /// Takes over what the script asked.
    fn adopt(self: &Rc<Self>) {
        for made in self.early.asks().iter() {
            let made: Made = made.unchecked_into();
            let question = Question::from_code(&made.question());
            if let (Some(question), Some(nonce)) = (question, read::nonce(&made.nonce())) {
                let id = self.run.borrow_mut().adopt(question, nonce, made.asked() as u32);
                self.listen(id, question, made);
            }
        }
    }

    /// Does what is due, shows what can be said, and sleeps until something changes by itself.
    fn turn(self: &Rc<Self>) {
        let now = now_ms();
        self.look_around(now);
        loop {
            let orders = self.run.borrow_mut().due(now);
            if orders.is_empty() {
                break;
            }
            for order in orders {
                match order {
                    Order::Ask(ask) => self.ask(ask, now),
                    Order::Abandon(id) => self.abandon(id),
                }
            }
        }
        self.ask_services(now);
        let run = self.run.borrow();
        let what = run.conclude(now);
        let (said, at) = self.drawn.get();
        let again_ms = at + DRAW_EVERY_MS;
        // What was found before is shown until there is all of the new.
        let is_first = self.n_before.get() == 0;
        let is_drawn = what.is_complete || is_first && (said != what.sentence || now >= again_ms);
        if is_drawn {
            let mut result = SelfTestResult::of_conclusion(&run, &what, now, self.now(), Tell::Addresses);
            self.add_services(now, &mut result);
            self.page.show(&result, what.is_complete);
            self.drawn.set((what.sentence, now));
            if what.is_complete && self.targets.as_ref().is_none_or(|targets| targets.is_complete()) {
                self.page.done();
            }
        }
        let gathered_ms = self.gathered_ms();
        let wake = [
            run.wake_at_ms(now),
            (gathered_ms > now).then_some(gathered_ms),
            (is_first && !is_drawn).then_some(again_ms),
        ];
        self.sleep_until(wake.into_iter().flatten().min(), now);
    }

    /// Begins anew, in the same page: with names that nothing has been asked of.
    pub fn again(self: &Rc<Self>) {
        for (_, made) in self.made.borrow_mut().drain(..) {
            made.stop();
        }
        self.run.replace(new_run(&self.page));
        self.n_before.set(self.n_before.get() + 1);
        self.began_ms.set(now_ms());
        if let Some(targets) = &self.targets {
            targets.forget();
        }
        self.turn();
    }

    /// Reads the page again, which may have been fetched anew, and judges by the time that it is.
    pub fn renew(self: &Rc<Self>) {
        let now = now_ms();
        if let Some(targets) = &self.targets {
            let drive = Rc::clone(self);
            targets.renew(&self.run, self.visitor(now), move || drive.turn());
        }
        if now.saturating_sub(self.began_ms.get()) >= AGAIN_EVERY_MS { self.again() } else { self.turn() }
    }

    /// Returns how everything stands.
    pub fn result(&self, now: u32, tell: Tell) -> SelfTestResult {
        let mut result = SelfTestResult::of(&self.run.borrow(), now, self.now(), tell);
        self.add_services(now, &mut result);
        result
    }

    /// Adds what was found of the services, and shows it.
    fn add_services(&self, now: u32, result: &mut SelfTestResult) {
        if let Some(targets) = &self.targets {
            targets.show(&self.run.borrow(), now, self.visitor(now), result);
        }
    }

    /// The time, by the worker's clock once that is known.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(js_sys::Date::now() as i64 + self.offset_ms.get())
    }

    /// Has the services asked as soon as they can be judged.
    fn ask_services(self: &Rc<Self>, now: u32) {
        let Some(targets) = &self.targets else { return };
        let is_known = {
            let run = self.run.borrow();
            run.knows_its_families(now) && !run.reading(Question::Portal, now).told.is_open()
        };
        if is_known {
            let drive = Rc::clone(self);
            targets.begin(&self.run, self.visitor(now), move || drive.turn());
        }
    }

    fn visitor(&self, now: u32) -> Visitor {
        self.visitor_at(&self.run.borrow(), now)
    }

    fn visitor_at(&self, run: &Run, now: u32) -> Visitor {
        let page = window().location().hostname().unwrap_or_default();
        // As the page's own server saw the visitor.
        let seen_as = run.reading(Question::Portal, now).address;
        Visitor {
            vicinity: vicinity::of_visitor(&page, seen_as),
            now_ms: js_sys::Date::now() as i64 + self.offset_ms.get(),
        }
    }

    fn sleep_until(&self, wake_at_ms: Option<u32>, now: u32) {
        let window = window();
        if let Some(timer) = self.timer.take() {
            window.clear_timeout_with_handle(timer);
        }
        if let (Some(at), Some(wake)) = (wake_at_ms, &*self.wake.borrow()) {
            // A millisecond more: timers go off early by a part of one.
            let ms = at.saturating_sub(now).saturating_add(1).cast_signed();
            let wake = wake.as_ref().unchecked_ref();
            self.timer.set(window.set_timeout_with_callback_and_timeout_and_arguments_0(wake, ms).ok());
        }
    }

    /// Reads what the browser says without asking anybody.
    fn look_around(&self, now: u32) {
        let mut run = self.run.borrow_mut();
        run.is_offline = !window().navigator().on_line();
        let is_gathered = self.early.is_gathered() == Some(true) || now >= self.gathered_ms();
        run.is_gathering = !is_gathered;
        if self.early.is_gathering() && is_gathered {
            let lines: Vec<String> = self.early.candidates().iter().filter_map(|line| line.as_string()).collect();
            run.addresses = Addresses::read(is_chromium(), lines.iter().map(String::as_str));
        }
        if let Some(known) = self.page.brief().filter(|known| !known.is_empty())
            && self.visitor_at(&run, now).vicinity == Vicinity::Machine
        {
            let told = if let Addresses::Classes(told) = run.addresses { told } else { Classes::default() };
            let (ipv4, global) = (told.ipv4 || known.contains("ipv4"), told.global || known.contains("ipv6"));
            run.addresses = Addresses::Classes(Classes { ipv4, global, ..told });
        }
        let either = |is_bad| if is_bad { Condition::Bad } else { Condition::Fine };
        let permission = Condition::of_permission(self.early.permission().as_deref(), window().is_secure_context());
        let addresses = match run.addresses {
            Addresses::Classes(_) | Addresses::Families { .. } => Condition::Fine,
            Addresses::Nothing | Addresses::Untold => Condition::Untold,
        };
        for (fact, condition) in [
            (Fact::Online, either(run.is_offline)),
            (Fact::Secure, either(!window().is_secure_context())),
            (Fact::Policy, either(self.early.blocked().size() > 0)),
            (Fact::MixedContent, either(self.page.has_mixed())),
            (Fact::LocalNetwork, permission),
            (Fact::Addresses, addresses),
        ] {
            run.environment.set(fact, condition);
        }
    }

    /// When the device's addresses are known, if ever.
    fn gathered_ms(&self) -> u32 {
        self.early.gathered() as u32 + patience::GATHER_MS
    }

    fn ask(self: &Rc<Self>, ask: Ask, now: u32) {
        let Some(origin) = self.page.origin(ask.question.place()) else { return };
        if is_mixed(&self.page.protocol, origin) {
            self.run.borrow_mut().hear(ask.id, now, Ending::Refused(Refusal::MixedContent));
            return;
        }
        let (path, body) = match ask.question {
            Question::LargeIpv4 | Question::LargeIpv6 | Question::LargeDualStack => {
                (["/probe/large?bytes=", &LARGE_BYTES.to_string(), "&"].concat(), None)
            }
            Question::UploadIpv4 | Question::UploadIpv6 | Question::UploadDualStack => {
                ("/probe/sink?".to_owned(), Some("x".repeat(LARGE_BYTES as usize)))
            }
            // Lists of what is blocked name paths as well.
            _ if ask.question.control_of().is_some() => ("/hello?".to_owned(), None),
            _ => ("/probe/ip?".to_owned(), None),
        };
        let (nonce, label) = (read::nonce_text(ask.nonce), ask.label(self.run.borrow().seed()));
        let made = self.early.ask(ask.question.code(), origin, &path, &nonce, &label, body.as_deref());
        self.listen(ask.id, ask.question, made);
    }

    fn listen(self: &Rc<Self>, id: AskId, question: Question, made: Made) {
        let (drive, done) = (Rc::clone(self), made.done());
        let n_before = self.n_before.get();
        self.made.borrow_mut().push((id, made));
        spawn_local(async move {
            // It never fails; if a script of somebody else has broken it, it counts as unanswered.
            let Ok(answer) = JsFuture::from(done).await else { return };
            if drive.n_before.get() != n_before {
                return;
            }
            let answer: Answer = answer.unchecked_into();
            drive.made.borrow_mut().retain(|(other, _)| *other != id);
            drive.hear(id, question, &answer);
            drive.turn();
        });
    }

    fn hear(&self, id: AskId, question: Question, answer: &Answer) {
        let document = document(answer);
        let mut run = self.run.borrow_mut();
        let ending = match ending(question, answer, document.as_ref()) {
            // The first script asks whatever it is told to.
            Ending::Failed if is_mixed(&self.page.protocol, &answer.url()) => Ending::Refused(Refusal::MixedContent),
            ending => ending,
        };
        // How long ago it was sent does not matter: a clock is wrong by minutes or right.
        let ours = document.as_ref().and_then(Document::received_at);
        let ours_ms = ours.map(|text| js_sys::Date::parse(&text)).filter(|ms| ms.is_finite());
        let has_nonce =
            |ending: &Ending| matches!(ending, Ending::Replied(Reply { echo: Some(echo), .. }) if echo.nonce.is_some());
        if let (Some(ours_ms), true) = (ours_ms, has_nonce(&ending)) {
            let here_ms = js_sys::Date::now() as i64;
            run.clock = Clock::compare(here_ms, ours_ms as i64);
            self.offset_ms.set(ours_ms as i64 - here_ms);
        }
        if let (Question::Portal, Some(document), true) = (question, &document, has_nonce(&ending)) {
            self.page.network(document.asn().map(|asn| asn as u32), document.network().as_deref());
        }
        run.hear(id, answer.ms() as u32, ending);
    }

    fn abandon(&self, id: AskId) {
        self.made.borrow_mut().retain(|(other, made)| {
            if *other == id {
                made.stop();
            }
            *other != id
        });
    }
}

/// Returns what became of an ask, for the core to judge.
fn ending(question: Question, answer: &Answer, document: Option<&Document>) -> Ending {
    if answer.is_blocked() {
        return Ending::Refused(Refusal::Csp);
    }
    let Some(status) = answer.status() else { return Ending::Failed };
    let from_headers = || {
        let (nonce, peer) = (answer.nonce()?, answer.peer().unwrap_or_default());
        Some(read::echo_of_headers(&nonce, &peer))
    };
    let from_document = |document: &Document| {
        let address = document.ip().and_then(|text| text.parse().ok());
        let port = document.port().map(|port| port as u16);
        Some(read::echo(&document.nonce()?, address, port, document.family().as_deref()))
    };
    let received = document.and_then(Document::received_bytes);
    let is_whole = answer.bytes().is_some_and(|bytes| match question {
        Question::LargeIpv4 | Question::LargeIpv6 | Question::LargeDualStack => bytes == LARGE_BYTES,
        Question::UploadIpv4 | Question::UploadIpv6 | Question::UploadDualStack => {
            received.is_none_or(|received| received as u32 == LARGE_BYTES)
        }
        _ => true,
    });
    Ending::Replied(Reply {
        status: Some(status),
        is_secure: answer.url().starts_with("https:"),
        echo: document.and_then(from_document).or_else(from_headers),
        is_whole,
        connect_ms: answer.connect().map(|ms| ms as u32),
        round_trip_ms: answer.trip().map(|ms| ms as u32),
        phases: phases(answer),
        offers_http3: answer.alternative().is_some_and(|text| text.contains("h3")),
    })
}

/// Returns the parts of the wait. A length of 0 is hidden, or of a connection that was there: it is not told.
fn phases(answer: &Answer) -> Phases {
    let ms = |length: Option<f64>| length.filter(|ms| *ms > 0.0).map(|ms| ms.ceil() as u32);
    Phases {
        resolve_ms: ms(answer.resolve()),
        connect_ms: ms(answer.connect()),
        tls_ms: ms(answer.secure()),
        first_byte_ms: ms(answer.trip()),
        protocol: answer.protocol().and_then(|code| Protocol::from_code(&code)),
    }
}

fn document(answer: &Answer) -> Option<Document> {
    let parsed = js_sys::JSON::parse(&answer.text()?).ok()?;
    parsed.is_object().then(|| parsed.unchecked_into())
}

/// Milliseconds since the page's navigation began.
pub fn now_ms() -> u32 {
    window().performance().map_or(0, |performance| performance.now() as u32)
}

pub fn window() -> web_sys::Window {
    // This module only runs in a page.
    web_sys::window().unwrap_or_else(|| js_sys::global().unchecked_into())
}

/// Whether this browser's WebRTC is Chromium's.
fn is_chromium() -> bool {
    window().navigator().user_agent().is_ok_and(|agent| agent.split(' ').any(|part| part.starts_with("Chrome/")))
}
