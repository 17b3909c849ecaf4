//! What the page asks of the browser itself: clock, visibility, the data in the document.

use crate::found::near;
use dualwatch_core::measure::{
    time::{DAY, Timestamp},
    zone::Zone,
};
use dualwatch_wire::v1::PageData;
use gloo_timers::future::TimeoutFuture;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use web_sys::{Document, Performance, VisibilityState, Window, console};

pub fn window() -> Window {
    leptos::prelude::window()
}

pub fn document() -> Document {
    leptos::prelude::document()
}

pub fn log_error(text: &str) {
    console::error_1(&JsValue::from_str(text));
}

/// Returns the data that the worker put into the document.
pub fn page_data() -> Option<PageData> {
    let text = document().get_element_by_id("page-data")?.text_content()?;
    read_page(js_sys::JSON::parse(&text).ok()?)
}

/// Reads the data of a page as this page's own location has it.
pub fn read_page(value: JsValue) -> Option<PageData> {
    read(value).map(|data| near::as_page(data, &protocol()))
}

/// Reads a document that has been parsed by the browser.
pub fn read<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// Returns the browser's own clock in Unix milliseconds. Not to be trusted: the session corrects it.
pub fn clock_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// Returns the clock of who reads this, as far back as the page speaks.
pub fn zone(now: Timestamp) -> Zone {
    Zone::between(now - 400 * DAY, now + DAY, |at| {
        let date = js_sys::Date::new(&JsValue::from_f64(at.unix_ms() as f64));
        // ECMA-262, 21.4.4.11: the minutes that UTC is ahead.
        (-(date.get_timezone_offset() * 60.0) as i32, "your time".to_owned())
    })
}

pub fn performance() -> Option<Performance> {
    window().performance()
}

/// Returns a clock for durations, in milliseconds.
pub fn stopwatch_ms() -> f64 {
    performance().map_or_else(js_sys::Date::now, |p| p.now())
}

pub fn is_visible() -> bool {
    document().visibility_state() == VisibilityState::Visible
}

/// Returns the scheme of the page, such as `https:`.
pub fn protocol() -> String {
    window().location().protocol().unwrap_or_default()
}

/// Whether this browser's WebRTC is Chromium's.
pub fn is_chromium() -> bool {
    window().navigator().user_agent().is_ok_and(|agent| agent.split(' ').any(|part| part.starts_with("Chrome/")))
}

/// Returns text that no cache and no portal has seen before. It tells answers apart; it protects nothing.
pub fn nonce() -> String {
    let part = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    format!("{:08x}{:08x}", part(), part())
}

pub fn coin() -> bool {
    js_sys::Math::random() < 0.5
}

pub async fn sleep(ms: u32) {
    TimeoutFuture::new(ms).await;
}

pub fn set_title(headline: &str) {
    document().set_title(&format!("{headline} · Dualwatch"));
}
