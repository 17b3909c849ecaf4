//! `dualwatch vantage`: this machine as a further vantage of a worker.
//!
//! ```text
//!  worker --plans, every 30 s--> plans (kept on disk) --> measure: the worker's grid, the same prober
//!  worker <--signed batches, in order-- deliver <-- spool (on disk, append-only) <-- every round
//! ```
//!
//! While the worker is unreachable, measuring goes on by the last plans, and rounds wait in the spool.

mod bell;
mod deliver;
mod measure;
mod plans;
mod private;
mod spool;
pub mod token;
pub mod worker;

use crate::{exit::Exit, out::Out};
use anyhow::{Context, Result, anyhow};
use bell::Bell;
use dualwatch_core::measure::{round::Round, target::Resolver};
use dualwatch_wire::v1::vantage::is_name;
use spool::Spool;
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};
use tokio::sync::watch;
use worker::Worker;

/// So much is kept for a worker that is unreachable: about three weeks of 20 targets a minute.
const SPOOL_BYTES: u64 = 256 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The worker, such as `https://status.example/`.
    #[arg(long = "for", value_name = "URL")]
    worker: String,
    /// The file with the token of this vantage, or with the vantage token of that installation.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// Trust the certificates of this PEM file for the worker, in place of the public roots. May be given more than
    /// once.
    #[arg(long, value_name = "FILE")]
    ca: Vec<PathBuf>,
    /// The name of this vantage [default: that of the token, else the host name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where plans and undelivered rounds are kept [default: the platform's place for application data]
    #[arg(long, value_name = "DIR")]
    spool: Option<PathBuf>,
    /// Ask this resolver in place of the worker's: `https://…/dns-query`, `tcp://literal[:53]` or `system`. May be
    /// given more than once.
    #[arg(long, value_name = "R")]
    resolver: Vec<String>,
}

/// A round, and the target that it is of.
type Measured = (String, Round);

/// Measures and delivers until Ctrl-C or SIGTERM.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let given = token::read(&arguments.token_file)?;
    let host = || sanitised(&gethostname::gethostname().to_string_lossy());
    let given = token::Given::new(&given);
    let name = given.name(arguments.name.as_deref(), host)?;
    let worker = Worker::new(&arguments.worker, &given.token_of(&name)?, &roots(&arguments.ca)?)?;
    let resolvers = arguments.resolver.iter().map(|text| resolver(text)).collect::<Result<Vec<_>>>()?;
    let dir = match &arguments.spool {
        Some(dir) => dir.clone(),
        None => default_dir(&worker)?,
    };
    let spool = Spool::open(&dir, SPOOL_BYTES).with_context(|| format!("failed to use {}", dir.display()))?;
    let n_waiting = spool.n_rounds();

    let (stop, stopped) = watch::channel(false);
    let bell = Arc::new(Bell::default());
    let ending = bell.clone();
    ctrlc::set_handler(move || {
        ending.end();
        // Nobody listens any more: we are ending already.
        let _ = stop.send(true);
    })
    .context("failed to catch Ctrl-C")?;

    let (url, folder) = (worker.url(), dir.display());
    writeln!(Out::new(), "vantage {name} measures for {url}; rounds wait in {folder} ({n_waiting} now)")?;
    let spool = Arc::new(Mutex::new(spool));
    let (worker, poller_bell) = (Arc::new(worker), bell.clone());
    let (plans, planned) = watch::channel(plans::kept(&dir));
    let poller = worker.clone();
    thread::spawn(move || plans::poll(&poller, &dir, &plans, &poller_bell));
    let (deliver_spool, deliver_bell) = (spool.clone(), bell.clone());
    thread::spawn(move || deliver::run(&worker, &given, &deliver_spool, &deliver_bell));
    let (rounds, measured) = mpsc::channel::<Measured>();
    let writer = thread::spawn(move || keep(&measured, &spool, &bell));

    let runtime = crate::serving::runtime()?;
    let vantage = measure::Vantage { name, resolvers, rounds, witnesses: Arc::default() };
    tokio::task::LocalSet::new().block_on(&runtime, measure::run(vantage, planned, stopped));
    // What was measured is kept before we end. What is on its way to the worker is sent again next time.
    writer.join().map_err(|_| anyhow!("the writer of the spool has failed"))?;
    Ok(Exit::Reachable)
}

/// Puts every round onto the disk, beside the thread that measures: a slow disk is not the target's time.
fn keep(measured: &mpsc::Receiver<Measured>, spool: &Mutex<Spool>, bell: &Bell) {
    for (slug, round) in measured {
        let kept = spool.lock().unwrap_or_else(PoisonError::into_inner).append(&slug, &(&round).into());
        match kept {
            Ok(0) => {}
            Ok(n_dropped) => complain!("warning: the spool is full; its {n_dropped} oldest rounds are lost"),
            Err(error) => complain!("warning: a round of {slug} is lost, it cannot be written: {error}"),
        }
        bell.ring();
    }
}

fn roots(files: &[PathBuf]) -> Result<Vec<ureq::tls::Certificate<'static>>> {
    let mut roots = Vec::new();
    for file in files {
        let read = fs::read(file).map_err(anyhow::Error::from).and_then(|pem| worker::certificates(&pem));
        roots.extend(read.with_context(|| format!("failed to use --ca {}", file.display()))?);
    }
    Ok(roots)
}

/// Returns the nearest name that a vantage can have.
fn sanitised(text: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' };
    let name: String = text.chars().map(allowed).collect();
    let name: String = name.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()).chars().take(64).collect();
    if is_name(&name) { name } else { "vantage".to_owned() }
}

fn resolver(text: &str) -> Result<Resolver> {
    dualwatch_config::parse_resolver(text)
        .map_err(|e| anyhow!("--resolver `{text}`: {}\n  hint: {}", e.message, e.hint))
}

fn default_dir(worker: &Worker) -> Result<PathBuf> {
    use etcetera::app_strategy::{AppStrategy as _, AppStrategyArgs, choose_native_strategy};
    let args =
        AppStrategyArgs { top_level_domain: "org".into(), author: "dualwatch".into(), app_name: "Dualwatch".into() };
    let strategy = choose_native_strategy(args).map_err(|e| anyhow!("{e}: name a folder with --spool"))?;
    // One for each worker: what was measured for one is not for another.
    Ok(strategy.data_dir().join("vantage").join(Path::new(&sanitised(worker.authority()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_host_name_gives_a_name() {
        for (host, name) in [("office-2", "office-2"), ("ünï cödé", "n--c-d-"), ("", "vantage"), ("-.-", "vantage")]
        {
            assert_eq!(sanitised(host), name);
            assert!(is_name(name));
        }
        assert_eq!(sanitised(&"a".repeat(100)).len(), 64);
    }
}
