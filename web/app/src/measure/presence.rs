//! Asks the browser which address families the device has: without a server, a permission or an address.

use crate::{
    found::browser::Presence,
    measure::{host, ice},
};
use dualwatch_core::measure::family::PerFamily;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RtcPeerConnection, RtcPeerConnectionIceEvent, RtcSessionDescriptionInit};

/// Gathering host candidates takes about 0.1 s; beyond this the browser will not say.
const WAIT_MS: u32 = 1_500;
const STEP_MS: u32 = 50;

/// Returns what the browser's own host candidates prove; unknown where it does not give any, or does not encode
/// the family as Chromium does.
pub async fn detect() -> PerFamily<Presence> {
    if !host::is_chromium() {
        return PerFamily::default();
    }
    // No ICE server is named, so nothing leaves the device.
    let Ok(connection) = RtcPeerConnection::new() else { return PerFamily::default() };
    let candidates = gather(&connection).await;
    connection.close();
    ice::presence(candidates.iter().map(String::as_str))
}

async fn gather(connection: &RtcPeerConnection) -> Vec<String> {
    let candidates = Rc::new(RefCell::new(Vec::new()));
    let is_complete = Rc::new(Cell::new(false));
    let on_candidate = {
        let (candidates, is_complete) = (Rc::clone(&candidates), Rc::clone(&is_complete));
        Closure::<dyn FnMut(_)>::new(move |event: RtcPeerConnectionIceEvent| match event.candidate() {
            Some(candidate) => candidates.borrow_mut().push(candidate.candidate()),
            None => is_complete.set(true),
        })
    };
    connection.set_onicecandidate(Some(on_candidate.as_ref().unchecked_ref()));
    let _channel = connection.create_data_channel("addresses");
    if let Ok(offer) = JsFuture::from(connection.create_offer()).await {
        let offer: RtcSessionDescriptionInit = offer.unchecked_into();
        if JsFuture::from(connection.set_local_description(&offer)).await.is_ok() {
            for _ in 0..WAIT_MS / STEP_MS {
                if is_complete.get() {
                    break;
                }
                host::sleep(STEP_MS).await;
            }
        }
    }
    connection.set_onicecandidate(None);
    candidates.take()
}
