//! `dualwatch exporter`: measures what Prometheus asks for, as `blackbox_exporter` does, over both families and with causes.
//!
//! ```text
//!  /probe?target=..&module=..  --> ask: a target, or a refusal --> allow: may it be measured?
//!        --> answer: is there room? --> Prober::round --> dualwatch_wire::metrics
//! ```

mod allow;
mod answer;
mod ask;
mod serve;

use crate::{
    echo::listen::{self, Ports},
    exit::Exit,
    out::Out,
    serving,
};
use allow::Allowed;
use answer::Exporter;
use anyhow::{Context, Result, anyhow, bail};
use dualwatch_core::measure::{
    address::{Scope, scope},
    family::{Family, PerFamily},
    target::{Policy, Resolver},
};
use dualwatch_prober::{Prober, native::Tokio};
use std::{
    io::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::PathBuf,
    rc::Rc,
};
use tokio::{sync::watch, task::LocalSet};

/// The port of `blackbox_exporter`, which this stands in for.
const DEFAULT_PORT: u16 = 9115;

const LONG_HELP: &str = "\
In prometheus.yml, as for blackbox_exporter:

  - job_name: dualwatch
    metrics_path: /probe
    params: { module: [http_2xx] }
    static_configs: [{ targets: ['https://service.example/'] }]
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { source_labels: [__param_target], target_label: instance }
      - { target_label: __address__, replacement: '[::1]:9115' }

Modules: http_2xx (the default), tcp_connect, tls_connect, each over both families, with a label `family`; with _ipv4 or
_ipv6 behind them over that one alone. A target that is a whole URL (https, http, wss, ws, tls, tcp, dns) is measured as
it says. The names of the metrics are those of blackbox_exporter, with causes beside them; what is not known is left out,
where that one writes 0.

It is no open proxy: it listens on loopback, takes requests there only for a literal or `localhost`, and measures no
loopback and no private address without --allow-private. To listen elsewhere, say with --allow what may be measured.

Exit codes: 0 ended as it was told to, 2 could not begin or bad usage.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = LONG_HELP)]
pub struct Arguments {
    /// The port, over each family; 0 is any that is free.
    #[arg(long, value_name = "PORT", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The address to listen on over IPv4.
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST)]
    ipv4: Ipv4Addr,
    /// The address to listen on over IPv6.
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv6Addr::LOCALHOST)]
    ipv6: Ipv6Addr,
    /// Measure only these hosts: a name, `*.name` for what is below it, an address or a network. May be given more than
    /// once.
    #[arg(long, value_name = "HOST")]
    allow: Vec<String>,
    /// Measure every host of the Internet for whoever can reach this port.
    #[arg(long, conflicts_with = "allow")]
    allow_any: bool,
    /// Measure loopback and private addresses too.
    #[arg(long)]
    allow_private: bool,
    /// So many probes at once.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    probes: u16,
    /// Give up a probe after this many milliseconds, or before the scrape is over.
    #[arg(long, value_name = "MS", default_value_t = dualwatch_core::measure::target::DEFAULT_TIMEOUT_MS,
          value_parser = clap::value_parser!(u32).range(100..=60_000))]
    timeout: u32,
    /// Ask this resolver: `https://…/dns-query`, `tcp://literal[:53]` or `system`. May be given more than once.
    #[arg(long, value_name = "R")]
    resolver: Vec<String>,
    /// Trust the certificates in this PEM file as well. May be given more than once.
    #[arg(long, value_name = "FILE")]
    ca: Vec<PathBuf>,
}

/// Serves until Ctrl-C or SIGTERM.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let addresses = PerFamily { ipv4: arguments.ipv4.into(), ipv6: arguments.ipv6.into() };
    let is_loopback = addresses.iter().all(|(_, ip): (_, &IpAddr)| scope(*ip) == Scope::Loopback);
    let allowed = Allowed::parse(&arguments.allow).map_err(|why| anyhow!("--allow: {why}"))?;
    if !is_loopback && arguments.allow.is_empty() && !arguments.allow_any {
        bail!(
            "others than this machine could have anything measured: say what may be with --allow, or give --allow-any"
        );
    }
    let policy = policy(arguments)?;
    let prober = Prober::new(Tokio::new(), policy, "exporter").map_err(|why| anyhow!("failed to {why}"))?;
    let stopped = serving::until_told()?;
    let runtime = serving::runtime()?;
    let exporter = Exporter::new(prober, allowed, arguments.probes.into(), arguments.timeout, is_loopback);
    LocalSet::new().block_on(&runtime, serve(&addresses, arguments.port, Rc::new(exporter), stopped))?;
    Ok(Exit::Reachable)
}

fn policy(arguments: &Arguments) -> Result<Policy> {
    let mut policy = Policy { allow_private: arguments.allow_private, ..Policy::default() };
    policy.resolvers = vec![Resolver::System];
    if !arguments.resolver.is_empty() {
        let parse = |text: &String| {
            dualwatch_config::parse_resolver(text)
                .map_err(|e| anyhow!("--resolver `{text}`: {}\n  hint: {}", e.message, e.hint))
        };
        policy.resolvers = arguments.resolver.iter().map(parse).collect::<Result<_>>()?;
    }
    for path in &arguments.ca {
        let pem = std::fs::read_to_string(path)
            .with_context(|| format!("failed to read the certificates in {}", path.display()))?;
        policy.extra_roots_pem.push(pem);
    }
    Ok(policy)
}

async fn serve(
    addresses: &PerFamily<IpAddr>,
    port: u16,
    exporter: Rc<Exporter>,
    stopped: watch::Receiver<bool>,
) -> Result<()> {
    let listeners = listen::bind(addresses, Ports { http: Some(port), https: None })?;
    let mut running = tokio::task::JoinSet::new();
    for listener in listeners {
        let mut out = Out::new();
        writeln!(out, "{}: http://{}", Family::of(listener.address.ip()), listener.address)?;
        out.flush()?;
        running.spawn_local(serve::run(listener, exporter.clone(), stopped.clone()));
    }
    while running.join_next().await.is_some() {}
    Ok(())
}
