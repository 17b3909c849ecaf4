//! What a person can take along of a result: a link, a text for a ticket, a file.

use crate::{drive::window, show::Page};
use dualwatch_wire::v1::self_test::{SelfTestResult, Tell, Unreadable, read_shared, write_shared};
use dualwatch_words::self_test::{
    phrases::{Label, Words},
    ticket,
};
use serde::Serialize as _;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// What a link with a result has behind it.
pub const MARK: &str = "#r=";

/// Returns the result that the address of the page holds, if it is such an address.
pub fn opened() -> Option<Result<SelfTestResult, Unreadable>> {
    let fragment = window().location().hash().ok()?;
    fragment.strip_prefix(MARK).map(read_shared)
}

/// Makes the buttons do what they say. `result` gives the result as it stands, with as much of the addresses as asked for.
pub fn offer(page: &Page, result: impl Fn(Tell) -> SelfTestResult + 'static) {
    let root = page.root.clone();
    let tell = {
        let root = root.clone();
        move || {
            let whole = find::<HtmlInputElement>(&root, "[data-share-whole]").is_some_and(|box_| box_.checked());
            if whole { Tell::Addresses } else { Tell::Networks }
        }
    };
    let result = Rc::new(move || result(tell()));
    let on = |selector: &str, act: Box<dyn Fn(&SelfTestResult)>| {
        let Some(button) = find::<HtmlElement>(&root, selector) else { return };
        let result = Rc::clone(&result);
        let act = Closure::<dyn FnMut()>::new(move || act(&result()));
        button.set_onclick(Some(act.as_ref().unchecked_ref()));
        act.forget();
    };
    let (first, second, words) = (root.clone(), root.clone(), page.words);
    on("[data-share-link]", Box::new(move |result| copy(words, &first, link(result))));
    on("[data-share-text]", Box::new(move |result| copy(words, &second, ticket(words, result))));
    on("[data-share-file]", Box::new(download));
    on("[data-share-print]", Box::new(|_| _ = window().print()));
    offer_again(page);
}

/// Lets a person begin anew.
pub fn offer_again(page: &Page) {
    if let Some(again) = find::<HtmlElement>(&page.root, "[data-again]") {
        let act = Closure::<dyn FnMut()>::new(|| {
            let location = window().location();
            let path = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
            // The same address without a result, and then anew: every question has a name of its own again.
            _ = window().history().and_then(|h| h.replace_state_with_url(&JsValue::NULL, "", Some(&path)));
            _ = location.reload();
        });
        again.set_onclick(Some(act.as_ref().unchecked_ref()));
        act.forget();
    }
}

/// Lets the links to other languages show the same result: it is codes, and each language has its own words for it.
pub fn offer_languages(page: &Page) {
    let fragment = window().location().hash().unwrap_or_default();
    for link in page.languages() {
        let address = link.get_attribute("href").unwrap_or_default() + &fragment;
        _ = link.set_attribute("href", &address);
    }
}

/// Returns the address that shows a result, in the language of whoever opens it.
fn link(result: &SelfTestResult) -> String {
    let location = window().location();
    let page = location.origin().unwrap_or_default() + &location.pathname().unwrap_or_default();
    page + MARK + &write_shared(result)
}

/// Copies a text; where the browser does not let us, shows it to be copied by hand.
fn copy(words: &'static dyn Words, root: &Element, text: String) {
    let said = find::<HtmlElement>(root, "[data-shared]");
    let shown = find::<HtmlElement>(root, "[data-shared-text]");
    let clipboard = window().navigator().clipboard();
    spawn_local(async move {
        // There is no clipboard at all on a page without TLS.
        let is_there = !clipboard.is_undefined();
        let is_copied = is_there && JsFuture::from(clipboard.write_text(&text)).await.is_ok();
        if let (Some(said), Some(shown)) = (said, shown) {
            let label = if is_copied { Label::Copied } else { Label::CopyByHand };
            said.set_text_content(Some(words.label(label)));
            shown.set_text_content(Some(&text));
            shown.set_hidden(is_copied);
        }
    });
}

fn download(result: &SelfTestResult) {
    let value = result.serialize(&serde_wasm_bindgen::Serializer::json_compatible());
    let text =
        value.and_then(|value| Ok(js_sys::JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &2.into())?));
    let (Ok(text), Some(document)) = (text, window().document()) else { return };
    let link = document.create_element("a").ok().and_then(|link| link.dyn_into::<HtmlElement>().ok());
    let Some(link) = link else { return };
    let address = ["data:application/json,", &String::from(js_sys::encode_uri_component(&String::from(text)))].concat();
    _ = link.set_attribute("href", &address);
    _ = link.set_attribute("download", "self-test.json");
    link.click();
}

fn find<T: JsCast>(root: &Element, selector: &str) -> Option<T> {
    root.query_selector(selector).ok()??.dyn_into().ok()
}
