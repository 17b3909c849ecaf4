//! What the resolvers of the worker say of the names of the services: asked when somebody opens it, of each service once.

use crate::{
    drive::{now_ms, window},
    show::{elements, set, text},
};
use dualwatch_core::measure::{cause::Cause, slug::Slug};
use dualwatch_words::self_test::phrases::{Label, Words};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlElement};

#[wasm_bindgen]
extern "C" {
    /// The document of `/probe/dns`.
    type Told;
    #[wasm_bindgen(method, getter)]
    fn ipv4(this: &Told) -> Option<Records>;
    #[wasm_bindgen(method, getter)]
    fn ipv6(this: &Told) -> Option<Records>;

    /// Of one family.
    type Records;
    #[wasm_bindgen(method, getter)]
    fn cause(this: &Records) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn addresses(this: &Records) -> Option<Vec<String>>;
    #[wasm_bindgen(method, getter)]
    fn n_private(this: &Records) -> Option<f64>;
}

/// Waits until somebody wants to know. `own`: where the page's own server is asked.
pub fn offer(words: &'static dyn Words, root: &Element, own: &str) {
    let Ok(Some(details)) = root.query_selector("[data-names]") else { return };
    let Ok(details) = details.dyn_into::<HtmlElement>() else { return };
    let (here, own) = (details.clone(), own.to_owned());
    let open = Closure::<dyn FnMut()>::new(move || {
        here.set_ontoggle(None);
        let (here, own) = (here.clone(), own.clone());
        // One after the other: nobody waits for them, and each makes a resolver work.
        spawn_local(async move {
            for row in elements(here.query_selector_all("[data-name-of]")) {
                ask(words, &row, &own).await;
            }
        });
    });
    details.set_ontoggle(Some(open.as_ref().unchecked_ref()));
    open.forget();
}

async fn ask(words: &dyn Words, row: &Element, own: &str) {
    // What is no slug goes into no address.
    let Some(slug) = row.get_attribute("data-name-of").filter(|slug| Slug::parse(slug).is_some()) else { return };
    set(row, "data-state", "waiting");
    let begun = now_ms();
    let told = fetch(&[own, "/probe/dns?target=", &slug].concat()).await;
    set(row, "data-after-ms", &(now_ms() - begun).to_string());
    let Some(told) = told else {
        set(row, "data-state", "failed");
        set(row, "data-cause", "no_answer");
        return text(row, "[data-said]", words.label(Label::NoRecordsTold));
    };
    let line = |records: Option<Records>| {
        let Some(records) = records else { return String::new() };
        let addresses = records.addresses().unwrap_or_default();
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let cause = records.cause().and_then(|code| Cause::from_code(&code));
        words.records(&addresses, records.n_private().unwrap_or(0.0) as usize, cause)
    };
    set(row, "data-state", "ok");
    text(row, "[data-said]", &words.pair("IPv4", &line(told.ipv4())));
    text(row, "[data-seen]", &words.pair("IPv6", &line(told.ipv6())));
}

async fn fetch(path: &str) -> Option<Told> {
    let response = JsFuture::from(window().fetch_with_str(path)).await.ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    let read: JsValue = JsFuture::from(response.json().ok().filter(|_| response.ok())?).await.ok()?;
    read.is_object().then(|| read.unchecked_into())
}
