//! `dualwatch check`: one round of each URL, for people, as JSON, and as monitors, build servers and tickets take it.

mod compare;
mod junit;
mod markdown;
pub mod nagios;
mod print;
mod tap;
#[cfg(test)]
mod tests;

use crate::{exit::Exit, out::Out};
use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;
use dualwatch_core::{
    judge::addresses,
    measure::{
        cause::Cause,
        every::Turn,
        family::{Family, PerFamily},
        round::Round,
        target::{Expected, Policy, Resolver, Target},
        time::Timestamp,
    },
};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_wire::v1;
use std::{
    io::Write,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Families {
    #[value(name = "4", alias = "ipv4")]
    Ipv4,
    #[value(name = "6", alias = "ipv6")]
    Ipv6,
    Both,
}

/// Which addresses of a name are visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Addresses {
    /// As many as it takes until one answers.
    First,
    /// Each of them.
    Every,
}

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools)] // Each is a flag of the command line.
pub struct Arguments {
    /// What to measure: `https://…`, `http://…`, `wss://…`, `ws://…`, `tls://host:port`, `tcp://host:port` or
    /// `dns://server/name?type=AAAA`.
    #[arg(required = true, value_name = "URL")]
    urls: Vec<String>,
    /// Measure over one family only.
    #[arg(long, value_enum, default_value = "both", value_name = "4|6|both")]
    family: Families,
    /// Visit as many addresses of a name as it takes until one answers, or each of them (32 of a family at most).
    #[arg(long, value_enum, default_value = "first", value_name = "first|every")]
    addresses: Addresses,
    /// Print one line of JSON per URL (the documents of /api/v1).
    #[arg(long, group = "form")]
    json: bool,
    /// Print as a plugin of Nagios or Icinga, and exit as one: 0 ok, 1 warning, 2 critical, 3 unknown.
    #[arg(long, group = "form")]
    nagios: bool,
    /// Print the XML of `JUnit`, as build servers read it.
    #[arg(long, group = "form")]
    junit: bool,
    /// Print the Test Anything Protocol.
    #[arg(long, group = "form")]
    tap: bool,
    /// Print Markdown, for a ticket.
    #[arg(long, group = "form")]
    markdown: bool,
    /// Ask this resolver: `https://…/dns-query`, `tcp://literal[:53]` or `system`. May be given more than once.
    #[arg(long, value_name = "R")]
    resolver: Vec<String>,
    /// Trust the certificates in this PEM file as well. May be given more than once.
    #[arg(long, value_name = "FILE")]
    ca: Vec<PathBuf>,
    /// Measure loopback and private addresses too.
    #[arg(long)]
    allow_private: bool,
    /// Give up after this many milliseconds.
    #[arg(long, value_name = "MS", default_value_t = dualwatch_core::measure::target::DEFAULT_TIMEOUT_MS,
          value_parser = clap::value_parser!(u32).range(100..=60_000))]
    timeout: u32,
    /// The name of this vantage in the output; the host name if left out.
    #[arg(long, value_name = "NAME")]
    vantage: Option<String>,
}

/// Measures every URL in order; the worst result decides the exit code.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let targets = arguments.urls.iter().map(|url| target(arguments, url)).collect::<Result<Vec<_>>>()?;
    let name = arguments.vantage.clone().unwrap_or_else(|| gethostname::gethostname().to_string_lossy().into_owned());
    let prober = Prober::new(Tokio::new(), policy(arguments)?, &name).map_err(|why| anyhow!("failed to {why}"))?;
    let runtime = crate::serving::runtime()?;
    let mut worst = Exit::Reachable;
    let mut out = Out::new();
    let mut rounds = Vec::with_capacity(targets.len());
    for target in &targets {
        let mut round = runtime.block_on(prober.round_in_turn(target, &Turn::only()));
        for sample in [&mut round.samples.ipv4, &mut round.samples.ipv6] {
            sample.evidence.warning = addresses::in_one_round(sample).or(sample.evidence.warning);
        }
        worst = worst.max(Exit::of(&round));
        if arguments.json {
            let text = serde_json::to_string(&v1::Round::from(&round)).context("failed to write JSON")?;
            writeln!(out, "{text}")?;
        } else if arguments.is_for_people() {
            print::round(&mut out, &round)?;
            hint(arguments, &round);
        }
        rounds.push(round);
    }
    if arguments.nagios {
        let (text, service) = nagios::print(&rounds, now());
        write!(out, "{text}")?;
        return Ok(Exit::Plugin(service));
    }
    let whole = [
        (arguments.junit, junit::print as fn(&[Round]) -> String),
        (arguments.tap, tap::print),
        (arguments.markdown, markdown::print),
    ];
    if let Some((_, print)) = whole.iter().find(|(is_asked_for, _)| *is_asked_for) {
        write!(out, "{}", print(&rounds))?;
    }
    Ok(worst)
}

/// Returns the time: the days that a certificate has left are counted from it.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

impl Arguments {
    const fn is_for_people(&self) -> bool {
        !(self.json || self.nagios || self.junit || self.tap || self.markdown)
    }

    /// Whether an error is to be told as a plugin tells it.
    pub const fn is_plugin(&self) -> bool {
        self.nagios
    }
}

fn target(arguments: &Arguments, url: &str) -> Result<Target> {
    let (endpoint, authorization) =
        dualwatch_config::parse_url(url).map_err(|e| anyhow!("`{url}`: {}\n  hint: {}", e.message, e.hint))?;
    let mut target = Target::new("check", endpoint);
    target.authorization = authorization;
    target.timeout_ms = arguments.timeout;
    target.every_address = arguments.addresses == Addresses::Every;
    let wanted = |family| match arguments.family {
        Families::Both => Expected::Published,
        Families::Ipv4 if family == Family::Ipv4 => Expected::Published,
        Families::Ipv6 if family == Family::Ipv6 => Expected::Published,
        Families::Ipv4 | Families::Ipv6 => Expected::Ignored,
    };
    target.expect.families = PerFamily::from_fn(wanted);
    Ok(target)
}

fn policy(arguments: &Arguments) -> Result<Policy> {
    let mut policy = Policy { allow_private: arguments.allow_private, ..Policy::default() };
    policy.resolvers = if arguments.resolver.is_empty() {
        vec![Resolver::System]
    } else {
        let parse = |text: &String| {
            dualwatch_config::parse_resolver(text)
                .map_err(|e| anyhow!("--resolver `{text}`: {}\n  hint: {}", e.message, e.hint))
        };
        arguments.resolver.iter().map(parse).collect::<Result<_>>()?
    };
    for path in &arguments.ca {
        let pem = std::fs::read_to_string(path)
            .with_context(|| format!("failed to read the certificates in {}", path.display()))?;
        anyhow::ensure!(
            pem.contains("-----BEGIN CERTIFICATE-----"),
            "{} holds no PEM certificate (no line `-----BEGIN CERTIFICATE-----`)",
            path.display()
        );
        policy.extra_roots_pem.push(pem);
    }
    Ok(policy)
}

/// Says what would help, where that is certain.
fn hint(arguments: &Arguments, round: &Round) {
    let is_private = Family::ALL.into_iter().map(|f| round.samples.get(f)).any(|sample| {
        sample.cause == Some(Cause::PolicyPlatform)
            && sample.evidence.unfit.iter().all(|unfit| unfit.why.is_unpublished())
    });
    if is_private && !arguments.allow_private {
        complain!("hint: --allow-private measures loopback and private addresses too");
    }
}
