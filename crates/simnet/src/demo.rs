//! The demonstration: nine targets, each with a behaviour of its own, and the configuration that measures them.

use crate::{
    Lab, Service,
    script::{Behaviour, Name, Plan, Script, Step},
    words::{Connect, Tcp, Tls},
};
use dualwatch_core::measure::family::Family;
use std::{
    fmt::Write,
    io,
    net::Ipv4Addr,
    path::{Path, PathBuf},
};

/// The configuration's file name.
pub const CONFIG_FILE: &str = "demo.yml";
/// How long the flapping target answers over IPv6, and then does not.
const FLAPPING_S: u32 = 40;
/// Slower than this is degraded; the slow target answers after [`SLOW_MS`].
const MAX_RESPONSE_MS: u32 = 300;
const SLOW_MS: u64 = 800;

/// What the configuration says of a target.
struct Shown {
    /// The slug, and the service's key.
    slug: &'static str,
    name: &'static str,
    scheme: &'static str,
    host: &'static str,
    /// Where a browser page can measure it; none where it would not trust the lab's CA.
    browser: Browser,
}

enum Browser {
    Both,
    Ipv4,
    No,
}

const TARGETS: [Shown; 9] = [
    shown("healthy", "Healthy over both families", "http", "localhost", Browser::Both),
    shown("healthy-tls", "Healthy over both families, with TLS", "https", "healthy.demo.test", Browser::No),
    shown("ipv4-only", "IPv4 only by design", "http", "ipv4-only.demo.test", Browser::Ipv4),
    shown("ipv6-refused", "IPv6 refused", "http", "localhost", Browser::Both),
    shown("ipv6-silent", "IPv6 silent", "http", "localhost", Browser::Both),
    shown(
        "ipv6-wrong-certificate",
        "IPv6 with a wrong certificate",
        "https",
        "wrong-certificate.demo.test",
        Browser::No,
    ),
    shown("ipv6-slow", "IPv6 slow", "http", "localhost", Browser::Both),
    shown("flapping", "IPv6 flapping", "http", "localhost", Browser::Both),
    shown("down", "Down over both families", "http", "localhost", Browser::Both),
];

const fn shown(
    slug: &'static str,
    name: &'static str,
    scheme: &'static str,
    host: &'static str,
    browser: Browser,
) -> Shown {
    Shown { slug, name, scheme, host, browser }
}

/// Answers with the same page over both families: the lab's own page names the family, which is a difference.
fn good() -> Behaviour {
    Behaviour { body: Some("A service of the demonstration.\n".to_owned()), ..Behaviour::default() }
}

/// Returns the demonstration's script.
pub fn script() -> Script {
    let flapping = Plan::Repeat(vec![
        Step { seconds: FLAPPING_S, behaviour: good() },
        Step { seconds: FLAPPING_S, behaviour: Connect::Refused.into() },
    ]);
    let secure = |host| Service::both(Behaviour { tls: Some(Tls::Good), ..good() }).named(&[host]);
    Script::new()
        .name("healthy.demo.test", Name::dual())
        .name("ipv4-only.demo.test", Name::addresses(&[Ipv4Addr::LOCALHOST.into()]))
        .name("wrong-certificate.demo.test", Name::dual())
        .service("healthy", Service::both(good()))
        .service("healthy-tls", secure("healthy.demo.test"))
        .service("ipv4-only", Service::both(good()))
        .service("ipv6-refused", Service::both(good()).over(Family::Ipv6, Connect::Refused))
        .service("ipv6-silent", Service::both(good()).over(Family::Ipv6, Connect::Silent))
        .service("ipv6-wrong-certificate", secure("wrong-certificate.demo.test").over(Family::Ipv6, Tls::WrongName))
        .service("ipv6-slow", Service::both(good()).over(Family::Ipv6, Behaviour { delay_ms: SLOW_MS, ..good() }))
        .service("flapping", Service::both(good()).over(Family::Ipv6, flapping))
        .service("down", Service::both(Connect::Refused))
        .service("control-a", Service::both(Tcp::Hold).as_control())
        .service("control-b", Service::both(Tcp::Hold).as_control())
}

/// Starts the demonstration and writes its configuration into `dir`; returns both.
///
/// A restart in the same directory has the same URLs and the same CA.
pub async fn start(dir: &Path, base_port: u16) -> io::Result<(Lab, PathBuf)> {
    let lab = Lab::start_in(script(), dir, Some(base_port)).await?;
    let config = dir.join(CONFIG_FILE);
    std::fs::write(&config, configuration(&lab))?;
    Ok((lab, config))
}

/// Returns the Dualwatch configuration (YAML) that measures the demonstration.
pub fn configuration(lab: &Lab) -> String {
    let mut out = String::from("# Written by `dualwatch-lab demo` at every start; changes here are lost.\n");
    let list = |addresses: Vec<String>| {
        addresses.iter().map(|address| format!("\"{address}\"")).collect::<Vec<_>>().join(", ")
    };
    let controls = |family| list(lab.controls().get(family).iter().map(ToString::to_string).collect());
    let _ = write!(
        out,
        "network:\n  allow_private: true\nresolvers: [\"tcp://{}\"]\ncontrols:\n  ipv4: [{}]\n  ipv6: [{}]\n",
        lab.resolver(),
        controls(Family::Ipv4),
        controls(Family::Ipv6),
    );
    out.push_str("tls:\n  roots:\n    - |\n");
    for line in lab.ca_pem().lines() {
        let _ = writeln!(out, "      {line}");
    }
    out.push_str("targets:\n");
    for Shown { slug, name, scheme, host, browser } in &TARGETS {
        let port = lab.port(slug);
        let group = if slug.starts_with("ipv6") { "Trouble over IPv6" } else { "Others" };
        let _ = write!(
            out,
            "  - name: {name}\n    slug: {slug}\n    url: {scheme}://{host}:{port}/\n    interval: 5s\n    timeout: 2s\n    \
             group: {group}\n    \
             expect:\n      max_response_time: {MAX_RESPONSE_MS}ms\n"
        );
        let (ipv4, ipv6) = (format!("http://127.0.0.1:{port}/"), format!("http://[::1]:{port}/"));
        let _ = match browser {
            Browser::Both => write!(
                out,
                "    browser:\n      ipv4: \"{ipv4}\"\n      ipv6: \"{ipv6}\"\n      dual_stack: \"http://localhost:{port}/\"\n"
            ),
            Browser::Ipv4 => write!(out, "    browser:\n      ipv4: \"{ipv4}\"\n"),
            Browser::No => out.write_str("    browser: {}\n"),
        };
    }
    out
}
