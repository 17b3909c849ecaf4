//! `dualwatch status`: how a status page stands, one of ours or any that answers as Statuspage does.
//!
//! All of it is text from outside: what it says passes the terminal's glass ([`crate::out`]), each name stays in its line,
//! and only so much of an answer is read.

mod fetch;
mod ours;
mod statuspage;
mod table;

use crate::{exit::Exit, out::Out};
use anyhow::{Context, Result, bail};
use fetch::Fetch;
use serde::Serialize;
use std::{io::Write, path::PathBuf};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 all well, or as announced; 1 something is wrong; 2 not known, or it could not be asked."
)]
pub struct Arguments {
    /// The address of the page, such as `https://status.example/`.
    #[arg(value_name = "URL")]
    url: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Trust the certificates in this PEM file, and no others. May be given more than once.
    #[arg(long, value_name = "FILE")]
    ca: Vec<PathBuf>,
}

/// How something stands; of two the later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// Not offered, by design.
    Absent,
    Up,
    Maintenance,
    /// Not measured, late, or a word that we do not know.
    Unknown,
    Degraded,
    Partial,
    Down,
}

impl Stands {
    const fn word(self) -> &'static str {
        match self {
            Self::Absent => "not offered",
            Self::Up => "up",
            Self::Maintenance => "maintenance",
            Self::Unknown => "not known",
            Self::Degraded => "degraded",
            Self::Partial => "partly down",
            Self::Down => "down",
        }
    }

    const fn exit(self) -> Exit {
        match self {
            Self::Absent | Self::Up | Self::Maintenance => Exit::Reachable,
            Self::Unknown => Exit::CouldNotMeasure,
            Self::Degraded | Self::Partial | Self::Down => Exit::Failed,
        }
    }
}

/// A page as it is printed.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Page {
    version: u32,
    /// `dualwatch` or `statuspage`.
    kind: &'static str,
    name: String,
    /// The worst of all.
    state: Stands,
    /// What it says of itself in a line.
    description: String,
    components: Vec<Component>,
    incidents: Vec<String>,
}

/// A service, or a part of one.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Component {
    name: String,
    state: Stands,
    /// Of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    ipv4: Option<Stands>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ipv6: Option<Stands>,
    /// Why, and since when.
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
}

/// Asks, prints, and exits as it stands.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let page = ask(&Fetch::new(&arguments.url, &arguments.ca)?)?;
    let mut out = Out::new();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string(&page).context("failed to write JSON")?)?;
    } else {
        write!(out, "{}", table::print(&page))?;
    }
    Ok(page.state.exit())
}

/// Asks for our own document first, and then for that of Statuspage: below the address, and at the root of its host, where
/// Statuspage's own widgets ask for it.
fn ask(fetch: &Fetch) -> Result<Page> {
    let ours = fetch.get("api/v1/status")?;
    if let Some(page) = ours.text().and_then(ours::read) {
        return ours::all(fetch, page);
    }
    let mut answers = vec![ours.what()];
    for path in ["api/v2/summary.json", "/api/v2/summary.json"] {
        let answer = fetch.get(path)?;
        if let Some(page) = answer.text().and_then(statuspage::read) {
            return Ok(page);
        }
        answers.push(answer.what());
    }
    answers.dedup();
    bail!("this is no status page that can be read: {}", answers.join("; "));
}
