//! Where the browser begins: hydrates the page from the data in the document, then starts the session.

mod session;

use crate::{
    components::{Signals, app},
    measure::host,
};
use wasm_bindgen::prelude::*;

/// Runs once, when the module has been loaded. A document without readable data stays as it is: plain HTML.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| host::log_error(&panic.to_string())));
    let Some(data) = host::page_data() else {
        host::log_error("the document holds no readable page data");
        return;
    };
    leptos::mount::hydrate_body(move || {
        let signals = Signals::new(data);
        session::start(signals.state);
        app(signals)
    });
}
