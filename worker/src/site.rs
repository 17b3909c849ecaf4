//! Where others find us: the address that the operator has said, or else the one that was asked for.

use crate::{arrival, call};
use dualwatch_app::root::Root;
use dualwatch_wire::{door::inner::ToDirectory, place};
use worker::{Env, Result, Url};

/// Where our pages are found.
pub struct Site {
    /// Scheme, host, port and path, without a slash at its end.
    pub root: String,
    /// The name or the address of the host.
    host: String,
    /// Whether the operator has said it.
    pub is_said: bool,
}

impl Site {
    /// Returns where we are found by who asks for this address.
    pub async fn of(env: &Env, url: &Url) -> Result<Self> {
        let said = public_url(env).await?;
        let is_said = said.is_some();
        let root = said.unwrap_or_else(|| [&*url.origin().ascii_serialization(), arrival::base()].concat());
        let host = if is_said { Url::parse(&root).ok() } else { None };
        let host = host.as_ref().unwrap_or(url).host_str().unwrap_or_default().to_owned();
        Ok(Self { root, host, is_said })
    }

    /// Writes it into an answer with marks.
    pub fn place(&self, text: &str) -> String {
        place::place(text, &self.root, &self.host)
    }
}

/// Returns a finished page as it is at its place.
pub async fn rooted(env: &Env, html: &str) -> Result<String> {
    let public = public_url(env).await?;
    Ok(Root { base: arrival::base(), public: public.as_deref() }.placed(html))
}

/// The same of a page that says of no address that it is its own.
pub fn based(html: &str) -> String {
    Root { base: arrival::base(), public: None }.placed(html)
}

async fn public_url(env: &Env) -> Result<Option<String>> {
    call::read(call::directory(env, &ToDirectory::PublicUrl, None).await?).await
}
