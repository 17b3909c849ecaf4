//! `dualwatch echo`: endpoints of one family each, for self-tests in zones whose names always have both.
//!
//! ```text
//!  a listener per family and port --> limits: is there room? --> handshake --> HTTP/1.1 --> answer, as the worker's
//!  the files of the certificate --looked at every 2 s--> reload: shown from the next handshake on
//! ```
//!
//! What may be asked is `dualwatch_wire::door`, what is answered its documents: the worker and this program cannot part.

mod answer;
mod certificate;
mod limits;
pub mod listen;
mod reload;
mod serve;
mod zone;

use crate::{exit::Exit, out::Out, serving};
use answer::Echo;
use anyhow::{Result, anyhow, bail, ensure};
use dualwatch_core::measure::{
    address::{Scope, scope},
    family::{Family, PerFamily},
};
use limits::{Bounds, Limits};
use listen::Ports;
use reload::{Certificate, News, Seen};
use rustls::{ServerConfig, crypto::ring, server::NoServerSessionStorage};
use std::{
    io::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::PathBuf,
    rc::Rc,
    sync::Arc,
};
use tokio::{sync::watch, task::LocalSet};
use tokio_rustls::TlsAcceptor;
use zone::Zone;

const LONG_HELP: &str = "\
What to do:
  1. `dualwatch echo --zone status.example --address 192.0.2.7 --address 2001:db8::7` prints the DNS records to
     create, the names that the certificate needs, and the `self_test:` part of dualwatch.yml.
  2. `dualwatch echo --https 443 --certificate fullchain.pem --key privkey.pem` serves them. A certificate that is
     renewed is shown from the next connection on; one that is of no use is named with its place, and the old one kept.

Ports below 1024 need no root, which this program refuses (see --allow-root). As a service of systemd:

  [Service]
  ExecStart=/usr/local/bin/dualwatch echo --http 80 --https 443 \\
    --certificate ${CREDENTIALS_DIRECTORY}/chain --key ${CREDENTIALS_DIRECTORY}/key
  LoadCredential=chain:/etc/letsencrypt/live/status.example/fullchain.pem
  LoadCredential=key:/etc/letsencrypt/live/status.example/privkey.pem
  DynamicUser=yes
  AmbientCapabilities=CAP_NET_BIND_SERVICE
  LimitNOFILE=4096

(credentials are copies: restart the unit after a renewal, or name files that its user may read.) Elsewhere:
`sudo setcap cap_net_bind_service=+ep dualwatch`, or a port above 1023 that the firewall leads to.

It is safe to leave open to the Internet: connections are bounded in all and of each client (a /32, a /64), heads at
16 kB, bodies and large answers at 1 MiB, large answers by the second as well, and every phase has its time. Nothing is
logged of who asks. SIGTERM or Ctrl-C ends it after what is being answered.

Exit codes: 0 ended as it was told to, 2 could not begin or bad usage.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = LONG_HELP)]
pub struct Arguments {
    /// Serve plain HTTP at this port, over each family; 0 is any that is free.
    #[arg(long, value_name = "PORT")]
    http: Option<u16>,
    /// Serve HTTPS at this port, over each family; 0 is any that is free.
    #[arg(long, value_name = "PORT", requires = "certificate", requires = "key")]
    https: Option<u16>,
    /// The certificate of --https with those that it is signed by, PEM, its own first. Read again when it changes.
    #[arg(long, value_name = "FILE", requires = "https")]
    certificate: Option<PathBuf>,
    /// The private key of --https, PEM, without a password. Read again when it changes.
    #[arg(long, value_name = "FILE", requires = "https")]
    key: Option<PathBuf>,
    /// The address to serve IPv4 at.
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::UNSPECIFIED)]
    ipv4: Ipv4Addr,
    /// The address to serve IPv6 at.
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv6Addr::UNSPECIFIED)]
    ipv6: Ipv6Addr,
    /// Print the DNS records and the configuration for names below this one; without --http and --https nothing else.
    #[arg(long, value_name = "NAME", value_parser = Zone::parse)]
    zone: Option<String>,
    /// An address of this machine, for the records of --zone. May be given more than once.
    #[arg(long, value_name = "ADDRESS", requires = "zone")]
    address: Vec<IpAddr>,
    /// So many connections at once, in all.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = at_least_one)]
    connections: usize,
    /// So many connections at once of one client (a /32, a /64), and new ones in a second.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = at_least_one)]
    per_client: usize,
    /// Run as root all the same.
    #[arg(long)]
    allow_root: bool,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (1..=100_000).contains(n)).ok_or_else(|| "a number from 1 to 100000".to_owned())
}

/// Prints what the operator needs, and serves until Ctrl-C or SIGTERM.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let ports = Ports { http: arguments.http, https: arguments.https };
    let serves = ports.http.is_some() || ports.https.is_some();
    if let Some(name) = &arguments.zone {
        print_zone(&zone(arguments, name))?;
    } else if !serves {
        bail!("say where to serve (--http PORT, --https PORT), or print what a zone needs (--zone NAME)");
    }
    if !serves {
        return Ok(Exit::Reachable);
    }
    ensure!(
        arguments.allow_root || !is_root(),
        "this needs no root, and whoever breaks in would have it; see --help, or give --allow-root"
    );
    let tls = match (&arguments.certificate, &arguments.key) {
        (Some(chain), Some(key)) if ports.https.is_some() => Some(tls(chain.clone(), key.clone())?),
        _ => None,
    };
    let stopped = serving::until_told()?;
    let runtime = serving::runtime()?;
    let addresses = PerFamily { ipv4: arguments.ipv4.into(), ipv6: arguments.ipv6.into() };
    let bounds = Bounds { n_in_all: arguments.connections, n_per_client: arguments.per_client };
    LocalSet::new().block_on(&runtime, serve(&addresses, ports, bounds, tls, stopped))?;
    Ok(Exit::Reachable)
}

async fn serve(
    addresses: &PerFamily<IpAddr>,
    ports: Ports,
    bounds: Bounds,
    tls: Option<(Arc<Certificate>, Seen, TlsAcceptor)>,
    stopped: watch::Receiver<bool>,
) -> Result<()> {
    let listeners = listen::bind(addresses, ports)?;
    let echo = Rc::new(Echo::new(Limits::new(bounds, 0)));
    let tally = Rc::new(serve::Tally::default());
    let (watched, acceptor) = tls.map(|(certificate, seen, acceptor)| ((certificate, seen), acceptor)).unzip();
    let mut running = tokio::task::JoinSet::new();
    for listener in listeners {
        let (scheme, acceptor) = if listener.is_tls { ("https", acceptor.clone()) } else { ("http", None) };
        let family = Family::of(listener.address.ip());
        let mut out = Out::new();
        writeln!(out, "{family}: {scheme}://{}", listener.address)?;
        out.flush()?;
        running.spawn_local(serve::run(listener, echo.clone(), acceptor, tally.clone(), stopped.clone()));
    }
    let watch = async {
        match watched {
            Some((certificate, seen)) => certificate.watch(seen, tell).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = watch => {}
        () = async { while running.join_next().await.is_some() {} } => {}
    }
    writeln!(Out::new(), "{}", tally.told(echo.n_answered.get()))?;
    Ok(())
}

fn tell(news: News) {
    match news {
        News::Loaded => complain!("the certificate has changed: the new one is shown from now on"),
        News::Kept(why) => {
            complain!("warning: the certificate has changed and is of no use; the old one is kept: {why}");
        }
    }
}

/// Returns what ends TLS, and what keeps its certificate new.
fn tls(chain: PathBuf, key: PathBuf) -> Result<(Arc<Certificate>, Seen, TlsAcceptor)> {
    let provider = Arc::new(ring::default_provider());
    let (certificate, seen) = Certificate::open(chain, key, provider.clone())
        .map_err(|why| anyhow!("failed to use the certificate: {why}"))?;
    let certificate = Arc::new(certificate);
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificate.clone());
    // Over HTTP/2 a browser would take one connection for several of our names, and so for several families.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Every probe is to be a whole one, and nothing is kept of who was here.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok((certificate, seen, TlsAcceptor::from(Arc::new(config))))
}

fn zone(arguments: &Arguments, name: &str) -> Zone {
    let bound = [IpAddr::from(arguments.ipv4), arguments.ipv6.into()].into_iter().filter(|ip| !ip.is_unspecified());
    let all: Vec<IpAddr> = arguments.address.iter().copied().chain(bound).map(|ip| ip.to_canonical()).collect();
    let addresses = PerFamily::from_fn(|family| {
        let mut own: Vec<IpAddr> = all.iter().copied().filter(|ip| Family::of(*ip) == family).collect();
        own.sort_unstable();
        own.dedup();
        own
    });
    let (scheme, port) = match (arguments.https, arguments.http) {
        (Some(port), _) => ("https", port),
        (None, Some(port)) => ("http", port),
        (None, None) => ("https", 443),
    };
    Zone { name: name.to_owned(), addresses, scheme, port }
}

fn print_zone(zone: &Zone) -> Result<()> {
    for (_, addresses) in zone.addresses.iter() {
        for address in addresses.iter().filter(|address| scope(**address) != Scope::Public) {
            complain!("warning: {address} is not reached from the Internet");
        }
    }
    let mut out = Out::new();
    writeln!(out, "{}{}{}", zone.records(), zone.certificate_names(), zone.resolver_test())?;
    writeln!(out, "{}", zone.configuration())?;
    Ok(())
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
