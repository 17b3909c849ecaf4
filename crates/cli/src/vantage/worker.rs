//! The worker, as a vantage asks it.

use anyhow::{Context, Result, anyhow, bail, ensure};
use dualwatch_wire::{
    problem::Problem,
    signature::{self, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER},
    v1::{Plans, Receipt, VantageBatch},
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use ureq::{Agent, Body, http::Response};
use url::{Host, Url};

const TIMEOUT: Duration = Duration::from_secs(30);
/// Plans of some ten thousand targets.
const MAX_ANSWER_BYTES: u64 = 64 * 1024 * 1024;

pub struct Worker {
    agent: Agent,
    url: Url,
    token: String,
}

impl Worker {
    pub fn new(url: &str, token: &str) -> Result<Self> {
        let mut url: Url = url.parse().with_context(|| format!("--for `{url}` is no URL"))?;
        ensure!(matches!(url.scheme(), "http" | "https"), "--for `{url}` must begin with https:// or http://");
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let is_here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if url.scheme() == "http" && !is_here {
            eprintln!("warning: over http:// everybody on the way can read the vantage token; use https://");
        }
        let mut config = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false);
        if is_here {
            // A proxy of the environment is not for this machine's own addresses.
            config = config.proxy(None);
        }
        Ok(Self { agent: config.build().into(), url, token: token.to_owned() })
    }

    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Host and port, as in the URL.
    pub fn authority(&self) -> &str {
        self.url.authority()
    }

    /// Asks what is to be measured.
    pub fn plans(&self) -> Result<Plans> {
        let url = self.url.join("api/v1/vantage/plans")?;
        let bearer = format!("Bearer {}", self.token);
        read(self.agent.get(url.as_str()).header("authorization", bearer).call()?)
    }

    /// Sends a batch, signed at this moment.
    pub fn deliver(&self, batch: &VantageBatch) -> Result<Receipt> {
        let url = self.url.join("api/v1/vantage/rounds")?;
        let body = serde_json::to_string(batch).context("failed to write JSON")?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let timestamp = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let id = format!("{}-{}-{}", batch.vantage, batch.rounds.first().map_or(0, |r| r.seq), now.as_millis());
        let signed = signature::sign(&self.token, &id, timestamp, &body);
        let request = (self.agent.post(url.as_str()))
            .header("content-type", "application/json")
            .header(ID_HEADER, &id)
            .header(TIMESTAMP_HEADER, timestamp.to_string())
            .header(SIGNATURE_HEADER, signed);
        read(request.send(&body)?)
    }
}

/// Reads a document; a refusal says what the worker says of it.
fn read<T: serde::de::DeserializeOwned>(mut response: Response<Body>) -> Result<T> {
    let status = response.status();
    let text = response.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_string()?;
    if !status.is_success() {
        match serde_json::from_str::<Problem>(&text) {
            Ok(problem) => bail!("the worker answers {status}: {}: {}", problem.title, problem.detail),
            Err(_) => bail!("the worker answers {status}"),
        }
    }
    serde_json::from_str(&text).map_err(|error| anyhow!("the worker's answer cannot be read: {error}"))
}
