//! `dualwatch doctor`: what is wrong with a data folder, what is lost, and what to do.
//!
//! ```text
//! data folder --> look (what is there, read and not touched) --> judge (findings) --> words, or JSON
//! ```

mod database;
mod judge;
mod look;

use crate::{exit::Exit, out::Out};
use anyhow::{Context as _, Result, bail};
use judge::Finding;
use look::Folder;
use serde::Serialize;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 healthy, 1 there is trouble, 2 it cannot be looked at (it is in use, or no data \
                        folder) or bad usage. Nothing in the folder is changed."
)]
pub struct Arguments {
    /// The data folder, as `cargo xtask serve` prints it; the worker must not be running.
    #[arg(value_name = "DATA")]
    data: PathBuf,
    /// Print one document.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'f> {
    version: u32,
    data: &'f Path,
    free_bytes: u64,
    n_targets: usize,
    n_databases: usize,
    healthy: bool,
    findings: &'f [Finding],
}

/// Prints what is wrong, the gravest first.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let data = &arguments.data;
    let folder = Folder::read(data).with_context(|| format!("failed to look at {}", data.display()))?;
    if folder.is_in_use {
        bail!("{} is in use: stop the worker that runs on it, and ask again", data.display());
    }
    let findings = judge::judge(&folder);
    let is_healthy = !findings.iter().any(Finding::is_trouble);
    let mut out = Out::new();
    if arguments.json {
        let document = Document {
            version: 1,
            data: &folder.data,
            free_bytes: folder.disk.free_bytes,
            n_targets: folder.n_targets(),
            n_databases: folder.databases.len(),
            healthy: is_healthy,
            findings: &findings,
        };
        writeln!(out, "{}", serde_json::to_string(&document).context("failed to write JSON")?)?;
    } else {
        for finding in &findings {
            writeln!(out, "{finding}")?;
        }
        writeln!(out, "{}: {}", folder.data.display(), summary(&folder, &findings))?;
    }
    Ok(if is_healthy { Exit::Reachable } else { Exit::Failed })
}

/// Returns `healthy: 12 databases of 10 targets, 4 GB free`, or how much is wrong.
fn summary(folder: &Folder, findings: &[Finding]) -> String {
    let n = findings.iter().filter(|finding| finding.is_trouble()).count();
    let state = match n {
        0 => "healthy".to_owned(),
        1 => "1 trouble".to_owned(),
        n => format!("{n} troubles"),
    };
    let free_mb = folder.disk.free_bytes / (1024 * 1024);
    format!("{state}; {} databases of {} targets, {free_mb} MB free", folder.databases.len(), folder.n_targets())
}
