//! What a browser is sent that has nothing of a page yet: counted on the wire, from a worker without targets.

use super::Built;
use super::page::PageModule;
use anyhow::{Context as _, Result, bail};
use dualwatch_edgehost::{Edge, Network, Options, PageAssets, loopback};
use dualwatch_wire::answer::coding::Coding;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

const WITHIN: Duration = Duration::from_secs(20);

/// Returns the bytes of all answers, heads included: the document, and what it loads.
pub fn of(built: &Built, module: &PageModule, page: &PageAssets, coding: Coding) -> Result<u64> {
    let data = built.bundle.root().join("first-load");
    super::remove(&data)?;
    let edge = Edge::start(&Options {
        workerd: built.workerd.clone(),
        bundle: built.bundle.clone(),
        data: data.clone(),
        listen: loopback(0),
        vars: BTreeMap::from(
            ["ADMIN_TOKEN", "VANTAGE_TOKEN", "VANTAGE"].map(|name| (name.to_owned(), "sizes".to_owned())),
        ),
        network: Network::Public,
        extra_ca: Vec::new(),
        log: Arc::new(|line| eprintln!("workerd: {line}")),
    })?;
    let paths = [module.path, &page.boot, &page.js, &page.wasm, &page.css];
    let sent = paths.into_iter().map(|path| sent(&edge, path, coding)).sum::<Result<u64>>();
    edge.stop().context("cannot stop workerd")?;
    super::remove(&data)?;
    sent
}

/// Returns the bytes of one answer.
fn sent(edge: &Edge, path: &str, coding: Coding) -> Result<u64> {
    let mut stream = TcpStream::connect_timeout(&edge.addresses()[0], WITHIN)?;
    stream.set_read_timeout(Some(WITHIN))?;
    let accepted = coding.content_encoding().unwrap_or("identity");
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: {accepted}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).with_context(|| format!("{path} has no end"))?;
    if !answer.starts_with(b"HTTP/1.1 200 ") {
        bail!("{path}: {}", String::from_utf8_lossy(&answer[..answer.len().min(200)]));
    }
    Ok(answer.len() as u64)
}
