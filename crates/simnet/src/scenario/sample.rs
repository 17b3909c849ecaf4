//! The words of a sample: `ok(11ms)`, `tcp.refused(12ms,2001:db8::2)`, `blind`.
//!
//! | word | what it is |
//! |---|---|
//! | `ok` | reached, with the usual times and HTTP status 200 |
//! | `slow` | reached, slower than expected: degraded |
//! | `none` | no record of this family: not offered |
//! | `off` | not measured, by choice |
//! | `blind` | `vantage.no_family` |
//! | a code of a cause | failed for it |
//!
//! In brackets, separated by commas: `12ms` (the latency, or after how long it failed), `503` (the HTTP status), addresses,
//! `cert:NAME`, `server:TEXT`, `ttl:SECONDS`, `expires:DAYS` (reached, and the certificate ends too soon),
//! `likely:CAUSE` (what the runtime took for likeliest), `connect:5ms`, and what the vantage had proven: `untested`,
//! `no_family`, `offline`, `captive_portal`, `clock`, and beside it what something near it does in everybody's name:
//! `refuses`, `accepts`, `answers`.

use super::World;
use dualwatch_core::{
    judge::diagnosis::settle,
    measure::{
        cause::{Cause, Phase},
        family::Family,
        sample::{Attempt, Certificate, Confidence, Evidence, Phases, Sample, Warning},
        vantage::{Nearby, Standing},
    },
};
use std::net::{IpAddr, SocketAddr};

const RESOLVE_MS: f64 = 2.0;
const CONNECT_MS: f64 = 10.0;
const TLS_MS: f64 = 12.0;
/// Of a good answer, without the name look-up.
const LATENCY_MS: f64 = 40.0;
/// How long the prober waits for a connection or an answer.
const TIMEOUT_MS: f64 = 10_000.0;

pub(super) fn family(text: &str) -> Result<Family, String> {
    match text {
        "4" => Ok(Family::Ipv4),
        "6" => Ok(Family::Ipv6),
        other => Err(format!("`{other}` is no family: `4` or `6`")),
    }
}

pub(super) fn standing(text: &str) -> Result<Standing, String> {
    const ALL: [Standing; 7] = [
        Standing::Proven,
        Standing::NoFamily,
        Standing::Offline,
        Standing::CaptivePortal,
        Standing::Clock,
        Standing::Untested,
        Standing::Disputed,
    ];
    ALL.into_iter().find(|s| s.code() == text).ok_or_else(|| format!("`{text}` is no standing"))
}

fn nearby(text: &str) -> Option<Nearby> {
    match text {
        "refuses" => Some(Nearby::Refuses),
        "accepts" => Some(Nearby::Accepts),
        "answers" => Some(Nearby::Answers),
        _ => None,
    }
}

/// What the brackets say.
#[derive(Default)]
struct Details {
    ms: Option<f64>,
    connect_ms: Option<f64>,
    status: Option<u16>,
    addresses: Vec<IpAddr>,
    certificate: Option<Certificate>,
    server: Option<String>,
    ttl_s: Option<u32>,
    expires: Option<i64>,
    likely: Option<Cause>,
    standing: Option<Standing>,
    nearby: Nearby,
}

/// Reads a sample of `family`, settled by what its vantage had proven, which is returned beside it.
pub(super) fn sample(world: &World, family: Family, usual: Standing, text: &str) -> Result<(Sample, Standing), String> {
    let (kind, inside) = match text.split_once('(') {
        Some((kind, rest)) => {
            let inside = rest.strip_suffix(')').ok_or_else(|| format!("`{text}` lacks its closing bracket"))?;
            (kind, inside)
        }
        None => (text, ""),
    };
    let mut details = Details::default();
    for part in inside.split(',').filter(|part| !part.is_empty()) {
        detail(world, &mut details, part)?;
    }
    if details.addresses.is_empty() {
        details.addresses.push(match family {
            Family::Ipv4 => IpAddr::from([192, 0, 2, 1]),
            Family::Ipv6 => IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]),
        });
    }
    if let Some(wrong) = details.addresses.iter().find(|a| a.is_ipv4() != (family == Family::Ipv4)) {
        return Err(format!("{wrong} is no {family} address"));
    }
    let mut standing = details.standing.unwrap_or(usual);
    let nearby = details.nearby;
    let sample = match kind {
        "ok" => settle(reached(world, details), standing, nearby),
        "slow" => settle(Sample { cause: Some(Cause::Slow), ..reached(world, details) }, standing, nearby),
        "none" => Sample::skipped(Some(Cause::DnsNodata)),
        "off" => Sample::skipped(None),
        code => {
            let code = if code == "blind" { Cause::VantageNoFamily.code() } else { code };
            let cause = Cause::from_code(code).ok_or_else(|| format!("`{code}` is not a cause"))?;
            if let Some(proven) = standing_of(cause) {
                standing = proven;
            }
            settle(failed(world, cause, details), standing, nearby)
        }
    };
    Ok((sample, standing))
}

fn detail(world: &World, details: &mut Details, part: &str) -> Result<(), String> {
    let ms = |text: &str| super::duration(text).map(|ms| ms as f64);
    if let Ok(address) = part.parse::<IpAddr>() {
        details.addresses.push(address);
    } else if let Ok(status) = part.parse::<u16>() {
        details.status = Some(status);
    } else if let Some(nearby) = nearby(part) {
        details.nearby = nearby;
    } else if let Some((key, value)) = part.split_once(':') {
        match key {
            "cert" => {
                let known = world.certificates.get(value);
                details.certificate = Some(known.ok_or_else(|| format!("there is no [certificate.{value}]"))?.clone());
            }
            "server" => details.server = Some(value.to_owned()),
            "ttl" => {
                let seconds = value.parse().map_err(|_| format!("`{value}` is no number of seconds"))?;
                details.ttl_s = Some(seconds);
            }
            "expires" => {
                let days = value.parse().map_err(|_| format!("`{value}` is no number of days"))?;
                details.expires = Some(days);
            }
            "likely" => {
                let cause = Cause::from_code(value).ok_or_else(|| format!("`{value}` is not a cause"))?;
                details.likely = Some(cause);
            }
            "connect" => details.connect_ms = Some(ms(value)?),
            _ => return Err(format!("`{key}:` is none of cert, server, ttl, expires, likely, connect")),
        }
    } else if let Ok(proven) = standing(part) {
        details.standing = Some(proven);
    } else {
        details.ms = Some(ms(part).map_err(|_| format!("`{part}` says nothing about a sample"))?);
    }
    Ok(())
}

fn is_http(world: &World) -> bool {
    world.target.starts_with("http")
}

fn is_tls(world: &World) -> bool {
    ["https://", "tls://", "wss://"].iter().any(|scheme| world.target.starts_with(scheme))
}

fn reached(world: &World, details: Details) -> Sample {
    let latency = details.ms.unwrap_or(LATENCY_MS);
    let connect = details.connect_ms.unwrap_or(CONNECT_MS).min(latency / 2.0);
    let tls = is_tls(world).then_some(TLS_MS.min(latency / 4.0));
    let phases = Phases {
        resolve: Some(RESOLVE_MS),
        connect: Some(connect),
        tls,
        first_byte: Some(latency - connect - tls.unwrap_or(0.0)),
        total: Some(RESOLVE_MS + latency),
    };
    let warning = details.expires.map(|days_left| Warning::CertificateExpires {
        days_left,
        expected_days: 14,
        made_for_days: None,
    });
    Sample {
        address: details.addresses.first().copied(),
        addresses: details.addresses,
        phases,
        http_status: is_http(world).then(|| details.status.unwrap_or(200)),
        certificate: details.certificate,
        evidence: Evidence { server: details.server, ttl_s: details.ttl_s, warning, ..Evidence::default() },
        ..Sample::reached()
    }
}

fn failed(world: &World, cause: Cause, details: Details) -> Sample {
    let phase = cause.phase();
    let has_connected = match phase {
        Phase::Handshake | Phase::Exchange | Phase::Any => true,
        Phase::Resolve | Phase::Connect | Phase::Policy | Phase::Vantage | Phase::Measurement => {
            details.connect_ms.is_some()
        }
    };
    let is_timeout = matches!(
        cause,
        Cause::DnsTimeout | Cause::TcpTimeout | Cause::TlsTimeout | Cause::HttpTimeout | Cause::PathMtu
    );
    let elapsed = details.ms.unwrap_or(if is_timeout { TIMEOUT_MS } else { CONNECT_MS });
    let has_resolved = phase != Phase::Resolve;
    let mut evidence = Evidence { elapsed_ms: Some(elapsed), server: details.server, ..Evidence::default() };
    evidence.rcode = match cause {
        Cause::DnsNxdomain => Some("NXDOMAIN".to_owned()),
        Cause::DnsServfail => Some("SERVFAIL".to_owned()),
        Cause::DnsRefused => Some("REFUSED".to_owned()),
        _ => None,
    };
    // RFC 8446 section 6: handshake_failure.
    evidence.alert = (cause == Cause::TlsAlert).then_some(40);
    evidence.ttl_s = details.ttl_s.filter(|_| has_resolved);
    evidence.likely = details.likely;
    evidence.confidence = details.likely.map(|_| Confidence::Medium);
    if phase == Phase::Connect {
        let port = if is_tls(world) { 443 } else { 80 };
        evidence.attempts = (details.addresses.iter())
            .map(|a| Attempt { address: SocketAddr::new(*a, port), cause: Some(cause), elapsed_ms: elapsed })
            .collect();
    }
    let phases = Phases {
        resolve: has_resolved.then_some(RESOLVE_MS),
        connect: has_connected.then(|| details.connect_ms.unwrap_or(CONNECT_MS)),
        tls: (is_tls(world) && matches!(phase, Phase::Exchange | Phase::Any)).then_some(TLS_MS),
        ..Phases::default()
    };
    let addresses = if has_resolved { details.addresses } else { Vec::new() };
    Sample {
        address: addresses.first().copied(),
        addresses,
        phases,
        http_status: details.status.or((cause == Cause::HttpStatus).then_some(500)),
        certificate: details.certificate,
        evidence,
        // The prober does not even try what it may not.
        ..if cause == Cause::PolicyPlatform { Sample::skipped(Some(cause)) } else { Sample::failed(cause) }
    }
}

/// What a vantage that reports this cause has proven about itself.
const fn standing_of(cause: Cause) -> Option<Standing> {
    match cause {
        Cause::VantageNoFamily => Some(Standing::NoFamily),
        Cause::VantageOffline => Some(Standing::Offline),
        Cause::VantageCaptivePortal => Some(Standing::CaptivePortal),
        Cause::VantageClock => Some(Standing::Clock),
        _ => None,
    }
}
