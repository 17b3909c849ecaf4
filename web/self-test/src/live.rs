//! What the status page needs beside the self-test: it stays open, so that everything is asked again from time to time, and
//! what `live.js` fetches anew is read anew. The reader's clock stands beside UTC.

use crate::{
    drive::{Drive, begin, take_over},
    show::set,
};
use dualwatch_core::measure::{
    time::{DAY, Timestamp},
    zone::Zone,
};
use dualwatch_words::self_test::phrases::{Label, Words};
use js_sys::Date;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// `globalThis.dualwatch`, as far as `live.js` calls us by it.
    #[derive(Clone)]
    type Live;
    #[wasm_bindgen(thread_local_v2, js_name = dualwatch)]
    static LIVE: Live;
    /// Called when the page may have changed, and from time to time.
    #[wasm_bindgen(method, setter)]
    fn set_renew(this: &Live, renew: &JsValue);
    /// Returns a text with the reader's clock beside UTC.
    #[wasm_bindgen(method, setter)]
    fn set_beside(this: &Live, beside: &JsValue);
}

/// Runs the test in brief, again and again.
pub fn start(words: &'static dyn Words) {
    if let Some((early, page)) = take_over(words, |_, _, _| {}) {
        offer(&begin(early, page));
    }
}

/// Lets the script of the page call, and a person begin anew.
fn offer(drive: &Rc<Drive>) {
    let live = LIVE.with(Clone::clone);
    let renewed = Rc::clone(drive);
    live.set_renew(&Closure::<dyn FnMut()>::new(move || renewed.renew()).into_js_value());
    let clock = Rc::clone(drive);
    let beside = move |text: String| {
        let now = clock.now();
        dualwatch_words::beside(&text, &zone(now, clock.page.words.label(Label::YourTime)), now)
    };
    live.set_beside(&Closure::<dyn FnMut(String) -> String>::new(beside).into_js_value());
    let Ok(Some(button)) = drive.page.root.query_selector("[data-again]") else { return };
    let again = Rc::clone(drive);
    let act = Closure::<dyn FnMut()>::new(move || {
        if let Some(app) = again.page.app() {
            set(&app, "data-self-test-state", "pending");
        }
        again.again();
    });
    button.unchecked_into::<HtmlElement>().set_onclick(Some(act.as_ref().unchecked_ref()));
    act.forget();
}

/// Returns the clock of who reads this, as far back as the page speaks.
fn zone(now: Timestamp, name: &str) -> Zone {
    Zone::between(now - 400 * DAY, now + DAY, |at| {
        let date = Date::new(&JsValue::from_f64(at.unix_ms() as f64));
        // ECMA-262, 21.4.4.11: the minutes that UTC is ahead.
        (-(date.get_timezone_offset() * 60.0) as i32, name.to_owned())
    })
}
