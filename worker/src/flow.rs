//! Answers as their readers take them: what is large is sent piece by piece, so that readers who take nothing hold little
//! of our memory, and only so many of them do.

use crate::reply;
use dualwatch_wire::answer::limit::Limit;
use worker::{
    Result,
    js_sys::Uint8Array,
    web_sys::{self, ReadableStream, ResponseInit},
};

mod js {
    use worker::{
        js_sys::Uint8Array,
        wasm_bindgen::prelude::wasm_bindgen,
        web_sys::{ReadableStream, ResponseInit},
    };

    #[wasm_bindgen(module = "/src/flow.js")]
    extern "C" {
        pub fn flow(body: &Uint8Array, most: u32) -> Option<ReadableStream>;

        #[wasm_bindgen(js_name = asItIs)]
        pub fn as_it_is(init: &ResponseInit);
    }
}

/// Has a body sent unchanged that is packed as its `Content-Encoding` says.
pub use js::as_it_is;

/// Up to this, a response holds its bytes: that is quicker, and two copies are no more than what a piece takes.
const WHOLE_BYTES: u32 = 64 * 1024;

/// Returns an answer with this body. `is_head`: the host leaves the body out, and wants to know its length.
pub fn response(body: &Uint8Array, init: &ResponseInit, is_head: bool) -> Result<web_sys::Response> {
    if is_head || body.length() <= WHOLE_BYTES {
        return Ok(web_sys::Response::new_with_opt_buffer_source_and_init(Some(body), init)?);
    }
    let stream: Option<ReadableStream> = js::flow(body, Limit::Readers.quota());
    match stream {
        Some(stream) => Ok(web_sys::Response::new_with_opt_readable_stream_and_init(Some(&stream), init)?),
        None => Ok(reply::busy(Limit::Readers)?.into()),
    }
}
