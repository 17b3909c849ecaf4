//! Runs worker and page on this machine until Ctrl-C.

mod configuration;
mod data;
mod front;
mod lab;
mod publish;
mod vantage;

use crate::workspace::Workspace;
use crate::{build, children, say};
use anyhow::{Context as _, Result, bail};
use configuration::Configuration;
use dualwatch_edgehost::{Edge, Network, Options, loopback};
use front::Front;
use lab::Lab;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use vantage::Vantage;

/// How often we look whether workerd and the lab still run.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(clap::Args)]
pub struct Args {
    /// The configuration [default: ./dualwatch.yml, written with comments where there is none]
    #[arg(long, value_name = "FILE", conflicts_with = "demo")]
    config: Option<PathBuf>,
    /// The port on every address; 0 picks a free one
    #[arg(long, value_name = "N", default_value_t = 8787)]
    port: u16,
    /// Where rounds, configuration and tokens are kept [default: the platform's place for application data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Listens on this address instead of the loopback addresses; may be repeated
    #[arg(long, value_name = "ADDR")]
    listen: Vec<IpAddr>,
    /// Measures the servers of the fault lab on this machine instead of a configuration
    #[arg(long)]
    demo: bool,
    /// Leaves out the vantage `local`, which names causes that workerd cannot tell apart
    #[arg(long)]
    no_vantage: bool,
    #[command(flatten)]
    front: Front,
    /// Answers `/metrics` only to who bears a token, which is made in the data folder
    #[arg(long)]
    metrics_token: bool,
}

/// Gets what is missing, builds, starts, and stays until Ctrl-C, SIGTERM, or the end of a process it needs.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    // What is wrong with the configuration is said before anything takes time.
    let data = data::dir(args.data.as_deref(), args.demo)?;
    let mut configuration = if args.demo { None } else { Some(Configuration::find(args.config.as_deref())?) };
    let front = args.front.vars(configuration.as_ref().and_then(|c| c.public_url.as_deref()))?;
    let built = build::run(workspace)?;
    let program = if args.demo { Some(Lab::build(workspace)?) } else { None };
    let vantage_program = if args.no_vantage { None } else { Some(Vantage::build(workspace)?) };
    // From here on there is more to stop, in an order.
    let interrupted = children::listen();

    let token = data::token(&data, data::ADMIN)?;
    let vantage_token = data::token(&data, data::VANTAGE)?;
    let metrics_token = args.metrics_token.then(|| data::token(&data, data::METRICS)).transpose()?;
    let edge = Edge::start(&Options {
        workerd: built.workerd,
        bundle: built.bundle,
        data: data.clone(),
        listen: listen(args)?,
        vars: BTreeMap::from([
            ("ADMIN_TOKEN".into(), token.value.clone()),
            ("VANTAGE_TOKEN".into(), vantage_token.value.clone()),
            ("METRICS_TOKEN".into(), metrics_token.as_ref().map(|token| token.value.clone()).unwrap_or_default()),
            ("VANTAGE".into(), "edge".into()),
        ])
        .into_iter()
        .chain(front.vars.clone())
        .collect(),
        network: match &configuration {
            Some(configuration) if !configuration.allow_private => Network::Public,
            _ => Network::Everywhere,
        },
        extra_ca: configuration.as_ref().map(|c| c.extra_roots_pem.clone()).unwrap_or_default(),
        log: Arc::new(|line| eprintln!("edge | {line}")),
    })?;
    for skipped in edge.skipped() {
        say(format_args!("not listening on {}: {}", skipped.address, skipped.reason));
    }
    let mut lab = match program {
        Some(program) => {
            let lab = Lab::start(&program, &data.join("lab"), lab::base_port(edge.addresses()[0].port())?)?;
            configuration = Some(Configuration::read(&lab.config)?);
            Some(lab)
        }
        None => None,
    };
    let configuration = configuration.context("there is no configuration")?;
    publish::put(&edge.origin(), &token.value, &configuration)?;
    let start = |program: PathBuf| Vantage::start(&program, &edge.origin(), &vantage_token, &data);
    let vantage = vantage_program.map(start).transpose()?;

    println!("configuration: {} (targets: {})", configuration.path.display(), configuration.n_targets);
    println!("data: {}", data.display());
    println!("admin token: {}", token.path.display());
    println!("vantage token: {}", vantage_token.path.display());
    if let Some(token) = metrics_token {
        println!("metrics token: {}", token.path.display());
    }
    let path = front.base.as_str();
    let urls: Vec<String> = edge.addresses().iter().map(|address| format!("http://{address}{path}/")).collect();
    println!("ready: {}", urls.join(" "));
    watch(&interrupted, edge, lab.as_mut(), vantage)
}

/// Builds the program `dualwatch` and returns its path.
pub fn build_program(workspace: &Workspace) -> Result<PathBuf> {
    Vantage::build(workspace)
}

/// Builds the program of the fault lab and returns its path.
pub fn build_lab(workspace: &Workspace) -> Result<PathBuf> {
    Lab::build(workspace)
}

/// Returns when it is time to stop, with everything stopped.
fn watch(
    interrupted: &mpsc::Receiver<()>,
    edge: Edge,
    mut lab: Option<&mut Lab>,
    mut vantage: Option<Vantage>,
) -> Result<()> {
    let outcome = loop {
        match interrupted.recv_timeout(LOOK_EVERY) {
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            _ => break Ok(()),
        }
        if let Some(status) = edge.ended()? {
            break Err(anyhow::anyhow!("workerd ended by itself ({status})"));
        }
        if let Some(status) = lab.as_mut().map(|lab| lab.ended()).transpose()?.flatten() {
            break Err(anyhow::anyhow!("the fault lab ended by itself ({status})"));
        }
        if let Some(vantage) = &mut vantage {
            vantage.look()?;
        }
    };
    say("stopping");
    // First: it would only find the worker gone.
    if let Some(vantage) = vantage {
        vantage.stop()?;
    }
    edge.stop().context("cannot stop workerd")?;
    if let Some(lab) = lab {
        lab.stop()?;
    }
    outcome
}

fn listen(args: &Args) -> Result<Vec<SocketAddr>> {
    // The lab takes the ports that follow: all of them have to be free.
    let port = if args.demo && args.port == 0 { lab::free_port()? } else { args.port };
    if port == 0 && args.listen.iter().any(IpAddr::is_unspecified) && args.listen.len() > 1 {
        bail!("--port 0 with several --listen addresses needs addresses of this machine, not {:?}", args.listen);
    }
    Ok(if args.listen.is_empty() {
        loopback(port)
    } else {
        args.listen.iter().map(|address| SocketAddr::new(*address, port)).collect()
    })
}
