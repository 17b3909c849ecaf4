//! Where a request was asked for and by whom, as proxies in front of us say it that the operator has named.
//!
//! What comes in by another address than its visitor knows is made anew with that one, before anything else looks at it: so
//! nothing here knows of proxies and of the path below which they have put us, but what is written for visitors.

use crate::{client, reply};
use dualwatch_wire::door::{
    base::{Arrived, Base},
    proxies::{Proxies, Told},
};
use std::{cell::OnceCell, result::Result as Either};
use worker::{Env, Request, Response, Result, console_error, wasm_bindgen::JsCast as _, web_sys};

/// What the bindings say of what stands in front.
pub struct Front {
    pub proxies: Proxies,
    pub base: Base,
}

thread_local! {
    static FRONT: OnceCell<&'static Front> = const { OnceCell::new() };
}

/// Returns what the bindings say, which are read once.
pub fn front(env: &Env) -> &'static Front {
    FRONT.with(|front| *front.get_or_init(|| Box::leak(Box::new(read(env)))))
}

fn read(env: &Env) -> Front {
    let text = |name: &str| env.var(name).map(|text| text.to_string()).unwrap_or_default();
    let proxies = Proxies::parse(&text("TRUSTED_PROXIES"), &text("PROXY_HEADERS")).unwrap_or_else(|why| {
        console_error!("TRUSTED_PROXIES, PROXY_HEADERS: {why}; no proxy is trusted");
        Proxies::default()
    });
    let base = Base::parse(&text("BASE_PATH")).unwrap_or_else(|why| {
        console_error!("BASE_PATH: {why}; the page is at the root");
        Base::default()
    });
    Front { proxies, base }
}

/// Returns what stands before each path of ours; nothing before the bindings were read.
pub fn base() -> &'static str {
    FRONT.with(|front| front.get().map_or("", |front| front.base.as_str()))
}

/// Returns the address that a request was asked for. `None`: [`take`] answers it, or has yet to be asked what stands in front.
pub fn url(request: &web_sys::Request) -> Option<String> {
    let front = FRONT.with(|front| front.get().copied())?;
    let url = request.url();
    match front.arrived(request, &url) {
        Arrived::AsItIs => Some(url),
        Arrived::At(url) => Some(url),
        Arrived::Beside(_) => None,
    }
}

/// Returns the request as its visitor has made it, or the answer that leads to where it should have been made.
pub fn take(request: Request, env: &Env) -> Result<Either<Request, web_sys::Response>> {
    let inner = request.inner();
    match front(env).arrived(inner, &inner.url()) {
        Arrived::AsItIs => Ok(Ok(request)),
        // Everything else of it, its body too.
        Arrived::At(url) => match web_sys::Request::new_with_str_and_init(&url, inner.unchecked_ref()) {
            Ok(made) => Ok(Ok(made.into())),
            Err(_) => Ok(Err(reply::bad_request("this host has no name that can be read")?.into())),
        },
        Arrived::Beside(path) => {
            let mut response = Response::empty()?.with_status(308);
            response.headers_mut().set("location", &path)?;
            reply::public(response.headers_mut())?;
            Ok(Err(response.into()))
        }
    }
}

impl Front {
    fn arrived(&self, request: &web_sys::Request, url: &str) -> Arrived {
        self.base.arrived(url, &self.told(request))
    }

    /// Returns what the proxies tell of a request.
    fn told(&self, request: &web_sys::Request) -> Told {
        if self.proxies.is_empty() {
            return Told::default();
        }
        let peer = client::peer(request);
        let Some(ip) = peer.ip else { return Told::default() };
        self.proxies.hear((ip, peer.port), |name| request.headers().get(name).ok().flatten())
    }
}
