//! Numbers, moments and lengths of time as the browser writes them in a language (ECMA-402).

use dualwatch_core::measure::time::Timestamp;
use dualwatch_words::self_test::times::Formats;
use js_sys::{Date, JSON, Number, Object};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    type DurationFormat;
    /// Fails where the browser has none yet.
    #[wasm_bindgen(catch, constructor, js_namespace = Intl)]
    fn new(language: &str, options: &JsValue) -> Result<DurationFormat, JsValue>;
    #[wasm_bindgen(catch, method)]
    fn format(this: &DurationFormat, duration: &JsValue) -> Result<String, JsValue>;
}

/// What the browser has for a language, by its tag.
pub struct Intl(pub &'static str);

/// To the second, in words where the language has any for months. A clock of 24 hours is what programs and help desks use.
const MOMENT: &str = r#"{"dateStyle":"long","timeStyle":"long","timeZone":"UTC","hourCycle":"h23"}"#;

impl Formats for Intl {
    fn number(&self, value: f64) -> String {
        Number::from(value).to_locale_string(self.0).into()
    }

    fn moment(&self, at: Timestamp) -> String {
        let at = Date::new(&JsValue::from_f64(at.unix_ms() as f64));
        at.to_locale_string(self.0, &options(MOMENT)).into()
    }

    fn length(&self, minutes: u32, seconds: u32) -> Option<String> {
        let format = DurationFormat::new(self.0, &options(r#"{"style":"long"}"#)).ok()?;
        let duration = ["{\"minutes\":", &minutes.to_string(), ",\"seconds\":", &seconds.to_string(), "}"].concat();
        format.format(&options(&duration)).ok()
    }
}

/// Reads an object of ours.
fn options(json: &str) -> Object {
    JSON::parse(json).unwrap_or_default().unchecked_into()
}
