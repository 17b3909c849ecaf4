//! The worker, as a vantage asks it.

use anyhow::{Context, Result, anyhow, bail, ensure};
use dualwatch_wire::{
    problem::Problem,
    signature::{self, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER},
    v1::{Loaded, Plans, Receipt, Status, VantageBatch},
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use ureq::{
    Agent, Body,
    http::{Response, StatusCode},
    tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem},
};
use url::{Host, Url};

const TIMEOUT: Duration = Duration::from_secs(30);
/// Plans or states of some ten thousand targets.
const MAX_LISTS_BYTES: u64 = 64 * 1024 * 1024;
/// Anything else: of a batch, or of why it is not taken.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

/// Plans, and what the worker calls this version of them (RFC 9110 section 8.8.3).
#[derive(Debug, PartialEq)]
pub struct Tagged {
    pub plans: Plans,
    pub tag: Option<String>,
}

pub struct Worker {
    agent: Agent,
    url: Url,
    token: String,
}

impl Worker {
    /// `roots`: certificates in place of the public roots; none: those.
    pub fn new(url: &str, token: &str, roots: &[Certificate<'static>]) -> Result<Self> {
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
            complain!("warning: over http:// everybody on the way can read the token; use https://");
        }
        let mut config = Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false);
        if !roots.is_empty() {
            config = config.tls_config(TlsConfig::builder().root_certs(RootCerts::new_with_certs(roots)).build());
        }
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

    /// Asks what is to be measured; `None`: what bears `known`, the tag of an earlier answer, still holds.
    pub fn plans(&self, known: Option<&str>) -> Result<Option<Tagged>> {
        let url = self.url.join("api/v1/vantage/plans")?;
        let bearer = format!("Bearer {}", self.token);
        let mut request = self.agent.get(url.as_str()).header("authorization", bearer);
        if let Some(tag) = known {
            request = request.header("if-none-match", tag);
        }
        let response = request.call()?;
        if response.status() == StatusCode::NOT_MODIFIED && known.is_some() {
            return Ok(None);
        }
        let tag = response.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        Ok(Some(Tagged { plans: read(response, MAX_LISTS_BYTES)?, tag }))
    }

    /// Sends a batch, signed at this moment with the token of its vantage.
    pub fn deliver(&self, batch: &VantageBatch, token: &str) -> Result<Receipt> {
        let url = self.url.join("api/v1/vantage/rounds")?;
        let body = serde_json::to_string(batch).context("failed to write JSON")?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let timestamp = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let id = format!("{}-{}-{}", batch.vantage, batch.rounds.first().map_or(0, |r| r.seq), now.as_millis());
        let signed = signature::sign(token, &id, timestamp, &body);
        let request = (self.agent.post(url.as_str()))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header(ID_HEADER, &id)
            .header(TIMESTAMP_HEADER, timestamp.to_string())
            .header(SIGNATURE_HEADER, signed);
        read(request.send(&body)?, MAX_ANSWER_BYTES)
    }
}

impl Worker {
    /// Returns what the worker knows of all targets, also what it tells to nobody else. The token is the admin's.
    pub fn status(&self) -> Result<Status> {
        let request = self.agent.get(self.url.join("api/v1/status")?.as_str());
        read(request.header("authorization", format!("Bearer {}", self.token)).call()?, MAX_LISTS_BYTES)
    }

    /// Loads records into a target as its past, one a line: of a monitor that measured every `interval_s` seconds and wrote
    /// down what it had confirmed to have changed, so that one stands for all that were the same until the next, for
    /// `unchanged_s` seconds at most. The token is the admin's.
    pub fn load_records(&self, slug: &str, rounds: &str, interval_s: u32, unchanged_s: u32) -> Result<Loaded> {
        let mut url = self.url.join(&format!("api/v1/targets/{slug}/rounds"))?;
        url.query_pairs_mut().append_pair("confirm", "1").append_pair("interval", &interval_s.to_string());
        url.query_pairs_mut().append_pair("unchanged", &unchanged_s.to_string());
        let request = (self.agent.post(url.as_str()))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/x-ndjson");
        read(request.send(rounds)?, MAX_ANSWER_BYTES)
    }
}

/// Returns the certificates of a PEM text.
pub fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item? {
            found.push(certificate);
        }
    }
    ensure!(!found.is_empty(), "there is no certificate (`-----BEGIN CERTIFICATE-----`) in it");
    Ok(found)
}

/// Reads a document of at most so many bytes; a refusal says what the worker says of it.
fn read<T: serde::de::DeserializeOwned>(mut response: Response<Body>, most_bytes: u64) -> Result<T> {
    let status = response.status();
    let most_bytes = if status.is_success() { most_bytes } else { MAX_ANSWER_BYTES };
    let read = response.body_mut().with_config().limit(most_bytes).read_to_string();
    let text = read.with_context(|| format!("the worker answers {status}, and what it says cannot be read"))?;
    if !status.is_success() {
        match serde_json::from_str::<Problem>(&text) {
            Ok(problem) => bail!("the worker answers {status}: {}: {}", problem.title, problem.detail),
            Err(_) => bail!("the worker answers {status}"),
        }
    }
    serde_json::from_str(&text).map_err(|error| anyhow!("the worker's answer cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    /// Answers one request after the other, each on its own connection, with what is written here; returns what was
    /// asked.
    fn serve(answers: &'static [&'static str]) -> (String, thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let asked = answers.iter().map(move |answer| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut bytes = [0; 1024];
            while !request.ends_with(b"\r\n\r\n") {
                let n = stream.read(&mut bytes).unwrap();
                request.extend_from_slice(&bytes[..n]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(request).unwrap().to_ascii_lowercase()
        });
        (url, thread::spawn(move || asked.collect()))
    }

    #[test]
    fn plans_that_are_known_are_not_sent_again() {
        let (url, server) = serve(&[
            "HTTP/1.1 200 OK\r\netag: \"one\"\r\nconnection: close\r\n\r\n{\"version\":1,\"plans\":[]}",
            "HTTP/1.1 304 Not Modified\r\netag: \"one\"\r\nconnection: close\r\n\r\n",
            "HTTP/1.1 200 OK\r\netag: \"two\"\r\nconnection: close\r\n\r\n{\"version\":1,\"plans\":[]}",
            "HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n",
        ]);
        let worker = Worker::new(&url, "token", &[]).unwrap();
        let tagged = |tag: &str| Tagged { plans: Plans { version: 1, plans: Vec::new() }, tag: Some(tag.to_owned()) };
        assert_eq!(worker.plans(None).unwrap(), Some(tagged("\"one\"")));
        assert_eq!(worker.plans(Some("\"one\"")).unwrap(), None);
        assert_eq!(worker.plans(Some("\"one\"")).unwrap(), Some(tagged("\"two\"")));
        assert!(worker.plans(None).is_err(), "not modified since nothing");
        let asked = server.join().unwrap();
        let conditional: Vec<bool> = asked.iter().map(|a| a.contains("if-none-match: \"one\"")).collect();
        assert_eq!(conditional, [false, true, true, false], "{asked:?}");
        assert!(asked.iter().all(|a| a.contains("authorization: bearer token")), "{asked:?}");
    }

    /// A server that answers without end is left in the middle; that it went on is not waited for.
    #[test]
    fn an_answer_without_end_is_left() {
        for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 500 Broken\r\n\r\n"] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}/", listener.local_addr().unwrap());
            let server = thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = Vec::new();
                let mut bytes = [0; 1024];
                // The head, and the two bytes of its body.
                while !request.windows(4).any(|end| end == b"\r\n\r\n") || !request.ends_with(b"{}") {
                    let n = stream.read(&mut bytes).unwrap();
                    request.extend_from_slice(&bytes[..n]);
                }
                stream.write_all(head.as_bytes()).unwrap();
                let piece = vec![b' '; 64 * 1024];
                let mut n_written = 0_u64;
                while let Ok(n) = stream.write(&piece) {
                    n_written += n as u64;
                }
                n_written
            });
            let worker = Worker::new(&url, "token", &[]).unwrap();
            let error = format!("{:#}", worker.load_records("slug", "{}", 60, 60).unwrap_err());
            assert!(error.contains("limit"), "{error}");
            drop(worker);
            // Both ends' buffers hold the rest.
            assert!(server.join().unwrap() < 32 * MAX_ANSWER_BYTES);
        }
    }

    #[test]
    fn a_file_without_a_certificate_is_no_root() {
        assert!(certificates(b"").is_err());
        assert!(certificates(b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n").is_err());
    }
}
