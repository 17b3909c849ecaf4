//! Asks a status page: a bounded answer within a bounded time.

use anyhow::{Context, Result, ensure};
use std::{path::PathBuf, time::Duration};
use ureq::{
    Agent,
    tls::{RootCerts, TlsConfig},
};
use url::Url;

const TIMEOUT: Duration = Duration::from_secs(30);
/// A thousand of our targets are about a megabyte.
const MAX_ANSWER_BYTES: u64 = 16 * 1024 * 1024;

pub struct Fetch {
    agent: Agent,
    url: Url,
}

/// What was answered.
pub struct Answer {
    url: Url,
    status: u16,
    text: String,
}

impl Answer {
    /// Returns the body of an answer that is one.
    pub fn text(&self) -> Option<&str> {
        (self.status == 200).then_some(&*self.text)
    }

    /// Returns what came, in a few words.
    pub fn what(&self) -> String {
        match self.status {
            200 => format!("{} is answered with something else", self.url),
            status => format!("{} is answered with {status}", self.url),
        }
    }
}

impl Fetch {
    pub fn new(url: &str, ca: &[PathBuf]) -> Result<Self> {
        let mut url: Url = url.parse().with_context(|| format!("`{url}` is no URL"))?;
        ensure!(matches!(url.scheme(), "http" | "https"), "`{url}` must begin with https:// or http://");
        url.set_query(None);
        url.set_fragment(None);
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let mut roots = Vec::new();
        for path in ca {
            let pem = std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
            roots.extend(crate::vantage::worker::certificates(&pem).with_context(|| path.display().to_string())?);
        }
        let mut config = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false);
        if !roots.is_empty() {
            config = config.tls_config(TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots)).build());
        }
        Ok(Self { agent: config.build().into(), url })
    }

    /// Returns the host, as in the URL.
    pub fn host(&self) -> &str {
        self.url.authority()
    }

    /// Asks for a path below the address, or, where it begins with a slash, at the root of its host.
    pub fn get(&self, path: &str) -> Result<Answer> {
        let url = self.url.join(path)?;
        let asked = self.agent.get(url.as_str()).header("accept", "application/json").call();
        let mut response = asked.with_context(|| format!("failed to ask {url}"))?;
        let status = response.status().as_u16();
        // An error page, or one of bytes that are no text, says enough by its status.
        let text = response.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_string();
        let text = if status == 200 { text.with_context(|| format!("failed to read {url}"))? } else { String::new() };
        Ok(Answer { url, status, text })
    }
}
