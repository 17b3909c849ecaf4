//! What holds for all targets: controls, resolvers, private networks, extra certificates.

use crate::{
    Runtime,
    fields::{self, Fields},
    finding::{Report, quoted},
    reach,
    resolver::{parse_literal, parse_resolver},
    yaml::Node,
};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    target::{Resolver, default_controls, default_resolvers},
};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use std::net::SocketAddr;

/// A round asks controls and resolvers one after the other; more only make it longer.
const MAX_CONTROLS: usize = 16;
const MAX_RESOLVERS: usize = 16;
const MAX_ROOTS: usize = 100;

/// Whether private addresses may be measured. What could not be read is taken for a yes: that is reported, and the
/// addresses that it was to allow are no mistakes of their own.
pub(super) fn allow_private(node: &Node, report: &mut Report) -> bool {
    let Some(network) = Fields::read(node, "`network`", &["allow_private"], report) else { return true };
    let Some(flag) = network.get("allow_private") else { return false };
    fields::flag(flag, "`allow_private`", report).unwrap_or(true)
}

/// Returns the controls; a family that is left out has the default ones, an empty list none.
pub(super) fn controls(node: Option<&Node>, allow_private: bool, report: &mut Report) -> PerFamily<Vec<SocketAddr>> {
    let controls =
        node.and_then(|node| Fields::read(node, "`controls`", &[Family::Ipv4.code(), Family::Ipv6.code()], report));
    default_controls().map(|family, default| {
        let Some(node) = controls.as_ref().and_then(|c| c.get(family.code())) else {
            return default;
        };
        let what = format!("`controls.{}`", family.code());
        let Some(items) = at_most(node, &what, MAX_CONTROLS, report) else {
            return default;
        };
        items.iter().filter_map(|item| control(item, family, allow_private, report)).collect()
    })
}

fn control(node: &Node, family: Family, allow_private: bool, report: &mut Report) -> Option<SocketAddr> {
    let text = fields::text(node, "a control", report)?;
    match parse_literal(text, None, Some(family)) {
        Ok(address) => {
            check_address(node, address, "control", allow_private, report);
            Some(address)
        }
        Err(error) => {
            report.error(node.at, "bad_control", format!("control: {}", error.message), error.hint);
            None
        }
    }
}

/// Reports an address that may not be asked; returns whether it may.
fn check_address(node: &Node, address: SocketAddr, what: &str, allow_private: bool, report: &mut Report) -> bool {
    let refused = reach::refuse_address(address.ip(), allow_private);
    refused
        .map(|(message, hint)| report.error(node.at, "private_address", format!("{what}: {message}"), hint))
        .is_none()
}

fn at_most<'n>(node: &'n Node, what: &str, limit: usize, report: &mut Report) -> Option<&'n [Node]> {
    let items = fields::list(node, what, report)?;
    if items.len() > limit {
        let message = format!("{what} has {} items; {limit} is the limit", items.len());
        report.error(items[limit].at, "out_of_range", message, "keep the best ones");
        return Some(&items[..limit]);
    }
    Some(items)
}

/// Returns the resolvers in the order of asking, and whether nothing is wrong with any; left out: the default ones; an
/// empty list: none.
pub(super) fn resolvers(
    node: Option<&Node>,
    allow_private: bool,
    runtime: Runtime,
    report: &mut Report,
) -> (Vec<Resolver>, bool) {
    let Some(items) = node.and_then(|node| at_most(node, "`resolvers`", MAX_RESOLVERS, report)) else {
        return (default_resolvers(), node.is_none());
    };
    let mut resolvers = Vec::with_capacity(items.len());
    let mut are_good = true;
    for item in items {
        let Some(text) = fields::text(item, "a resolver", report) else {
            continue;
        };
        match parse_resolver(text) {
            Ok(resolver) => {
                are_good &= check_resolver(item, &resolver, allow_private, runtime, report);
                resolvers.push(resolver);
            }
            Err(error) => report.error(item.at, "bad_resolver", format!("resolver: {}", error.message), error.hint),
        }
    }
    are_good &= resolvers.len() == items.len();
    (resolvers, are_good)
}

fn check_resolver(
    node: &Node,
    resolver: &Resolver,
    allow_private: bool,
    runtime: Runtime,
    report: &mut Report,
) -> bool {
    match resolver {
        Resolver::Tcp { address } => check_address(node, *address, "resolver", allow_private, report),
        Resolver::Doh { endpoint } => {
            let refused = reach::refuse_host(&endpoint.host, allow_private);
            refused
                .map(|(message, hint)| {
                    report.error(node.at, "private_address", format!("resolver: {message}"), hint);
                })
                .is_none()
        }
        Resolver::System if runtime == Runtime::Edge => {
            let hint = "name a DNS-over-HTTPS URL or `tcp://literal:53`";
            report.error(node.at, "no_system_resolver", "`resolvers`: the edge has no resolver of its own", hint);
            false
        }
        Resolver::System => true,
    }
}

/// Returns the PEM texts of certificates that are trusted beside the public ones.
pub(super) fn roots(node: &Node, files: &dyn Fn(&str) -> Result<String, String>, report: &mut Report) -> Vec<String> {
    let items = Fields::read(node, "`tls`", &["roots"], report)
        .and_then(|tls| at_most(tls.get("roots")?, "`tls.roots`", MAX_ROOTS, report))
        .unwrap_or_default();
    items.iter().filter_map(|item| root(item, files, report)).collect()
}

fn root(node: &Node, files: &dyn Fn(&str) -> Result<String, String>, report: &mut Report) -> Option<String> {
    let text = fields::text(node, "a root certificate", report)?;
    let pem = if text.contains("-----BEGIN") {
        text.to_owned()
    } else {
        match files(text) {
            Ok(pem) => pem,
            Err(why) => {
                report.error(
                    node.at,
                    "unreadable_file",
                    format!("the certificate file {} cannot be read: {why}", quoted(text)),
                    "write a path relative to this file, or the PEM text itself after `|`",
                );
                return None;
            }
        }
    };
    match check_pem(&pem) {
        Ok(()) => Some(pem),
        Err((message, hint)) => {
            report.error(node.at, "bad_certificate", message, hint);
            None
        }
    }
}

fn check_pem(pem: &str) -> Result<(), (String, &'static str)> {
    const HINT: &str = "a certificate begins with `-----BEGIN CERTIFICATE-----`; keep its lines as they are";
    // The configuration is stored and shown; a key has no place in it.
    if pem.contains("PRIVATE KEY-----") {
        return Err(("a private key among the certificates".to_owned(), "take the key out, and keep it secret"));
    }
    let mut n_certificates = 0;
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        match certificate {
            Ok(der) if !der.is_empty() => n_certificates += 1,
            Ok(_) => return Err(("an empty certificate".to_owned(), HINT)),
            Err(error) => return Err((format!("no PEM text: {error}"), HINT)),
        }
    }
    if n_certificates == 0 { Err(("no certificate in it".to_owned(), HINT)) } else { Ok(()) }
}
