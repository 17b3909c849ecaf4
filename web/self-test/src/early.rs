//! The script in the document (`early.js`), as this crate uses it: it asks, and says what became of it.

use js_sys::{Array, Promise, Set};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// What `globalThis.dualwatch` is.
    #[derive(Clone)]
    pub type Early;
    #[wasm_bindgen(thread_local_v2, js_name = dualwatch)]
    pub static EARLY: Option<Early>;
    /// What it asked so far: an array of [`Made`].
    #[wasm_bindgen(method, getter)]
    pub fn asks(this: &Early) -> Array;
    #[wasm_bindgen(method)]
    pub fn ask(
        this: &Early,
        question: &str,
        origin: &str,
        path: &str,
        nonce: &str,
        label: &str,
        body: Option<&str>,
    ) -> Made;
    /// The lines of the device's own candidates, so far.
    #[wasm_bindgen(method, getter)]
    pub fn candidates(this: &Early) -> Array;
    #[wasm_bindgen(method, getter, js_name = isGathering)]
    pub fn is_gathering(this: &Early) -> bool;
    /// Whether it has come to its end by itself.
    #[wasm_bindgen(method, getter, js_name = isGathered)]
    pub fn is_gathered(this: &Early) -> Option<bool>;
    /// The addresses that the page's own policy has refused.
    #[wasm_bindgen(method, getter)]
    pub fn blocked(this: &Early) -> Set;
    /// The permission to ask the local network; none where the browser knows no such thing, or has not said it yet.
    #[wasm_bindgen(method, getter)]
    pub fn permission(this: &Early) -> Option<String>;
    /// When gathering began.
    #[wasm_bindgen(method, getter)]
    pub fn gathered(this: &Early) -> f64;
    /// Tells the script that it need not ask any more.
    #[wasm_bindgen(method, setter, js_name = isTaken)]
    pub fn set_is_taken(this: &Early, is_taken: bool);

    /// One request.
    pub type Made;
    #[wasm_bindgen(method, getter)]
    pub fn question(this: &Made) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn nonce(this: &Made) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn asked(this: &Made) -> f64;
    #[wasm_bindgen(method)]
    pub fn stop(this: &Made);
    /// Comes to an [`Answer`].
    #[wasm_bindgen(method, getter)]
    pub fn done(this: &Made) -> Promise;

    /// What became of a request. Times are milliseconds since the navigation began.
    pub type Answer;
    #[wasm_bindgen(method, getter)]
    pub fn url(this: &Answer) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn ms(this: &Answer) -> f64;
    /// None: it failed before an answer began. A redirect, of which the page sees nothing else, is 302.
    #[wasm_bindgen(method, getter)]
    pub fn status(this: &Answer) -> Option<u16>;
    /// Of an answer that came to its end, where it is short.
    #[wasm_bindgen(method, getter)]
    pub fn text(this: &Answer) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn bytes(this: &Answer) -> Option<u32>;
    #[wasm_bindgen(method, getter)]
    pub fn nonce(this: &Answer) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn peer(this: &Answer) -> Option<String>;
    /// Lengths of the look-up, of the connect phase without TLS, of TLS, and from the request to the first byte.
    #[wasm_bindgen(method, getter)]
    pub fn resolve(this: &Answer) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub fn connect(this: &Answer) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub fn secure(this: &Answer) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub fn trip(this: &Answer) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub fn protocol(this: &Answer) -> Option<String>;
    /// Other ways to ask the same server (RFC 7838).
    #[wasm_bindgen(method, getter)]
    pub fn alternative(this: &Answer) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = isBlocked)]
    pub fn is_blocked(this: &Answer) -> bool;

    /// A document of an endpoint, as the browser read it.
    pub type Document;
    #[wasm_bindgen(method, getter)]
    pub fn nonce(this: &Document) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn ip(this: &Document) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn family(this: &Document) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn port(this: &Document) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub fn received_at(this: &Document) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn received_bytes(this: &Document) -> Option<f64>;
    /// Whose network the client comes from, where the host knows it.
    #[wasm_bindgen(method, getter)]
    pub fn asn(this: &Document) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    pub fn network(this: &Document) -> Option<String>;
}
