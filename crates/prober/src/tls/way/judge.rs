//! What is wrong with the certificates of one way, from the server's on.

use super::{End, Map, Question, Way, content, is_self_issued, split, subject};
use crate::tls::names;
use dualwatch_core::measure::{
    certificate_fault::{CertificateFault, FaultKind},
    time::Timestamp,
};
use rustls_pki_types::ServerName;
use std::net::IpAddr;
use x509_parser::{
    asn1_rs::Oid,
    extensions::{GeneralName, ParsedExtension},
    prelude::X509Certificate,
    public_key::PublicKey,
    x509::X509Version,
};

/// Shorter keys no public authority certifies, and neither Chromium nor OpenSSL as Debian sets it takes them.
const MIN_RSA_BITS: usize = 2_048;
/// What no client takes any more, with its name.
const WEAK: [(&str, &str); 4] = [
    ("1.2.840.113549.1.1.5", "SHA-1 and RSA"),
    ("1.2.840.10045.4.1", "SHA-1 and ECDSA"),
    ("1.2.840.113549.1.1.4", "MD5 and RSA"),
    ("1.2.840.113549.1.1.2", "MD2 and RSA"),
];

/// Returns all faults of a way; that it leads nowhere is the last one.
pub fn way(question: &Question<'_>, way: &Way<'_>, map: &Map<'_>) -> Vec<CertificateFault> {
    let mut faults = Vec::new();
    for (at, x509) in way.path.iter().enumerate() {
        faults.extend(of_itself(question, x509, at));
        if at > 0 {
            faults.extend(of_authority(question, way, x509, at, false));
        }
        let next = way.path.get(at + 1).copied();
        if question.with_signatures {
            let by = match (next, way.end) {
                (Some(next), _) => Some((next.public_key().raw, Some(next))),
                (None, End::Pinned(root)) => Some((root.public_key().raw, Some(root))),
                // Of a public root only this is known, without its tag and length.
                (None, End::Public(root)) => Some((root.subject_public_key_info.as_ref(), None)),
                (None, End::Nowhere) => None,
            };
            faults.extend(by.and_then(|(key, issuer)| signature(question, x509, at, key, issuer)));
        }
    }
    match way.end {
        End::Pinned(root) => {
            faults.extend(dates(question, root, false));
            faults.extend(of_authority(question, way, root, way.path.len(), true));
        }
        // What it may certify is the verifier's to read: here it is not looked at, and counts as not allowed.
        End::Public(root) if root.name_constraints.is_some() => {
            let last =
                way.path.last().map(|last| about(FaultKind::NameConstraint, last, false, question.name.to_str()));
            faults.extend(last);
        }
        End::Public(_) => {}
        End::Nowhere => faults.extend(nowhere(way, map)),
    }
    // What clients disagree on comes behind what they agree on.
    faults.sort_by_key(|fault| fault.kind == FaultKind::AuthorityAsServer);
    faults
}

fn fault(kind: FaultKind, x509: &X509Certificate<'_>, is_servers: bool) -> CertificateFault {
    CertificateFault { kind, subject: subject(x509), issuer: None, date: None, about: None, is_servers }
}

fn about(kind: FaultKind, x509: &X509Certificate<'_>, is_servers: bool, about: impl Into<String>) -> CertificateFault {
    CertificateFault { about: Some(about.into()), ..fault(kind, x509, is_servers) }
}

/// What a certificate that was sent must be, whatever it is for.
fn of_itself(question: &Question<'_>, x509: &X509Certificate<'_>, at: usize) -> Vec<CertificateFault> {
    let is_servers = at == 0;
    let mut faults = Vec::new();
    if x509.version() != X509Version::V3 {
        let version = x509.version().0.saturating_add(1);
        faults.push(about(FaultKind::Version, x509, is_servers, version.to_string()));
    }
    let unknown =
        x509.extensions().iter().find(|extension| extension.critical && !is_known(extension.parsed_extension()));
    faults.extend(unknown.map(|e| about(FaultKind::CriticalExtension, x509, is_servers, e.oid.to_id_string())));
    faults.extend(dates(question, x509, is_servers));
    if let Ok(Some(usages)) = x509.extended_key_usage()
        && !usages.value.server_auth
        && !usages.value.any
    {
        let named = [
            (usages.value.client_auth, "clientAuth"),
            (usages.value.code_signing, "codeSigning"),
            (usages.value.email_protection, "emailProtection"),
            (usages.value.time_stamping, "timeStamping"),
            (usages.value.ocsp_signing, "OCSPSigning"),
        ];
        let named = named.iter().filter(|(has, _)| *has).map(|(_, name)| (*name).to_owned());
        let all: Vec<String> = named.chain(usages.value.other.iter().map(Oid::to_id_string)).collect();
        faults.push(about(FaultKind::Purpose, x509, is_servers, all.join(", ")));
    }
    if is_servers {
        faults.extend(weak_key(x509, is_servers));
        faults.extend(server_usage(x509));
        if x509.is_ca() {
            faults.push(fault(FaultKind::AuthorityAsServer, x509, is_servers));
        }
    }
    faults
}

/// Returns whether a server's key may be used for no kind of handshake: then every client refuses it.
pub fn server_usage(x509: &X509Certificate<'_>) -> Option<CertificateFault> {
    let usage = x509.key_usage().ok()??;
    let is_usable = usage.value.digital_signature() || usage.value.key_encipherment() || usage.value.key_agreement();
    (!is_usable).then(|| about(FaultKind::KeyUsage, x509, true, usage.value.to_string()))
}

/// The extensions that are understood here: a critical one that is not is refused (RFC 5280 section 4.2).
const fn is_known(extension: &ParsedExtension<'_>) -> bool {
    !matches!(
        extension,
        ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::ParseError { .. } | ParsedExtension::Unparsed
    )
}

fn dates(question: &Question<'_>, x509: &X509Certificate<'_>, is_servers: bool) -> Option<CertificateFault> {
    let (from, to) = (x509.validity().not_before.timestamp(), x509.validity().not_after.timestamp());
    let (kind, date) = match question.now {
        now if now < from => (FaultKind::NotYetValid, from),
        now if now > to => (FaultKind::Expired, to),
        _ => return None,
    };
    let date = Some(Timestamp::from_unix_ms(date.saturating_mul(1_000)));
    let issuer = (!is_servers).then(|| names::name(x509.issuer()));
    Some(CertificateFault { date, issuer, ..fault(kind, x509, is_servers) })
}

/// What an authority must be that has signed the certificate before it. Of a root that the operator trusts less is asked:
/// that it is one, he says.
fn of_authority(
    question: &Question<'_>,
    way: &Way<'_>,
    x509: &X509Certificate<'_>,
    at: usize,
    is_trusted: bool,
) -> Vec<CertificateFault> {
    let mut faults = Vec::new();
    let constraints = x509.basic_constraints().ok().flatten().map(|constraints| constraints.value);
    if !is_trusted && !constraints.is_some_and(|constraints| constraints.ca) {
        faults.push(fault(FaultKind::NoAuthority, x509, false));
    }
    let n_below = way.path[1..at].iter().filter(|below| !is_self_issued(below)).count();
    if let Some(most) = constraints.and_then(|constraints| constraints.path_len_constraint)
        && !is_trusted
        && n_below > most as usize
    {
        faults.push(about(FaultKind::PathLength, x509, false, most.to_string()));
    }
    if let Ok(Some(usage)) = x509.key_usage()
        && !usage.value.key_cert_sign()
    {
        faults.push(about(FaultKind::KeyUsage, x509, false, usage.value.to_string()));
    }
    if let Ok(Some(constraints)) = x509.name_constraints() {
        let excluded = constraints.value.excluded_subtrees.iter().flatten().map(|tree| &tree.base);
        let permitted = constraints.value.permitted_subtrees.iter().flatten().map(|tree| &tree.base);
        let (excluded, permitted): (Vec<_>, Vec<_>) = (excluded.collect(), permitted.collect());
        let name = first_outside(question, &way.path, &permitted, &excluded);
        faults.extend(name.map(|name| about(FaultKind::NameConstraint, x509, false, name)));
    }
    faults
}

/// Returns a name of the server's certificate that an authority may not certify (RFC 5280 section 4.2.1.10).
fn first_outside(
    question: &Question<'_>,
    path: &[&X509Certificate<'_>],
    permitted: &[&GeneralName<'_>],
    excluded: &[&GeneralName<'_>],
) -> Option<String> {
    let names = path[0].subject_alternative_name().ok().flatten();
    for name in names.iter().flat_map(|extension| &extension.value.general_names) {
        let is_inside = |base: &&GeneralName<'_>| match (name, base) {
            (GeneralName::DNSName(name), GeneralName::DNSName(base)) => is_below(name, base),
            (GeneralName::IPAddress(address), GeneralName::IPAddress(base)) => is_in_network(address, base),
            _ => false,
        };
        let is_alike = |base: &&&GeneralName<'_>| std::mem::discriminant(name) == std::mem::discriminant(**base);
        let of_kind = permitted.iter().filter(is_alike).count();
        let is_out = of_kind > 0 && !permitted.iter().any(is_inside) || excluded.iter().any(is_inside);
        if is_out {
            return Some(match name {
                GeneralName::DNSName(name) => (*name).to_owned(),
                _ => match question.name {
                    ServerName::IpAddress(address) => IpAddr::from(*address).to_string(),
                    name => name.to_str().into_owned(),
                },
            });
        }
    }
    None
}

/// `a.example` is below `example` and below `a.example`; `.example` is the same as `example` for who reads it leniently.
fn is_below(name: &str, base: &str) -> bool {
    let (name, base) = (name.to_ascii_lowercase(), base.trim_start_matches('.').to_ascii_lowercase());
    base.is_empty() || name == base || name.strip_suffix(&base).is_some_and(|rest| rest.ends_with('.'))
}

/// The base is an address with its mask.
fn is_in_network(address: &[u8], base: &[u8]) -> bool {
    let (network, mask) = base.split_at(base.len() / 2);
    address.len() == network.len()
        && address.iter().zip(network).zip(mask).all(|((byte, network), mask)| byte & mask == network & mask)
}

pub fn weak_key(x509: &X509Certificate<'_>, is_servers: bool) -> Option<CertificateFault> {
    let Ok(PublicKey::RSA(key)) = x509.public_key().parsed() else { return None };
    let bits = key.key_size();
    (bits < MIN_RSA_BITS).then(|| about(FaultKind::WeakKey, x509, is_servers, format!("RSA of {bits} bits")))
}

/// What is wrong with how a certificate is signed; `key` is its issuer's (`subjectPublicKeyInfo`).
fn signature(
    question: &Question<'_>,
    x509: &X509Certificate<'_>,
    at: usize,
    key: &[u8],
    issuer: Option<&X509Certificate<'_>>,
) -> Option<CertificateFault> {
    let is_servers = at == 0;
    let oid = x509.signature_algorithm.algorithm.to_id_string();
    if let Some((_, name)) = WEAK.iter().find(|(weak, _)| *weak == oid) {
        return Some(about(FaultKind::WeakSignature, x509, is_servers, *name));
    }
    if let Some(weak) = issuer.and_then(|issuer| weak_key(issuer, false)) {
        return Some(weak);
    }
    let unknown = || Some(about(FaultKind::UnknownSignature, x509, is_servers, oid.clone()));
    let parts = || {
        let (_, behind_tbs) = split(content(x509.as_raw())?)?;
        let algorithm = content(behind_tbs)?;
        let key = if issuer.is_some() { content(key)? } else { key };
        let (key_algorithm, bits) = split(key)?;
        // The first byte of a BIT STRING is how many bits of the last one do not count.
        Some((algorithm, key_algorithm, content(bits)?.get(1..)?))
    };
    let Some((algorithm, key_algorithm, key)) = parts() else { return unknown() };
    let mut fitting = question
        .algorithms
        .iter()
        .filter(|a| a.signature_alg_id().as_ref() == algorithm && a.public_key_alg_id().as_ref() == key_algorithm)
        .peekable();
    if fitting.peek().is_none() {
        return unknown();
    }
    let message = x509.tbs_certificate.as_ref();
    let is_good = fitting.any(|a| a.verify_signature(key, message, &x509.signature_value.data).is_ok());
    let by = Some(names::name(x509.issuer()));
    (!is_good).then(|| CertificateFault { issuer: by, ..fault(FaultKind::Forged, x509, is_servers) })
}

/// Why a way leads to nobody who is trusted.
fn nowhere(way: &Way<'_>, map: &Map<'_>) -> Option<CertificateFault> {
    let last = way.path.last()?;
    let is_servers = way.path.len() == 1;
    if is_servers && is_self_issued(last) {
        return Some(fault(FaultKind::SelfSigned, last, is_servers));
    }
    let issuer = names::name(last.issuer());
    Some(if map.is_sent(last.issuer().as_raw()) {
        CertificateFault { subject: issuer, ..fault(FaultKind::RootUntrusted, last, false) }
    } else {
        CertificateFault { issuer: Some(issuer), ..fault(FaultKind::IssuerMissing, last, is_servers) }
    })
}
