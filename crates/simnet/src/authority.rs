//! Issues every certificate of the lab, the good and the bad, under a CA of its own.

use crate::words::Tls;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, CustomExtension, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv6Addr},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const DAY: Duration = Duration::from_hours(24);
/// The name in a `wrong_name` certificate.
pub const OTHER_NAME: &str = "other-name.example";
/// Authorities that clients do not accept.
const UNFIT: &str = "Dualwatch fault lab unfit intermediate";
const CHILDLESS: &str = "Dualwatch fault lab authority without others below it";
/// How many names make a `large_chain` leaf of about 20 kB: far above any path MTU, below rustls' limit of 64 KiB.
const N_LARGE_NAMES: usize = 700;
/// How many make a `big_certificate`: more than rustls takes, less than the 100 KiB that OpenSSL does.
const N_BIG_NAMES: usize = 2_600;
/// How many make a `huge_certificate` of more than 100 KiB: the most that OpenSSL takes of a chain, and more than
/// rustls does.
const N_HUGE_NAMES: usize = 3_700;
/// How many certificates a `long_chain` has that belong to no chain: together with the others below rustls' 64 KiB.
const N_STRANGERS: usize = 100;

/// The CA of a lab, with all it has issued. Serialized, it is the secret part of a lab's state.
#[derive(Clone, Serialize, Deserialize)]
pub struct Authority {
    root: Keyed,
    intermediate: Keyed,
    stranger: Keyed,
    /// By kind and names, so that a restart shows the same certificates.
    leaves: BTreeMap<String, Leaf>,
}

/// A CA certificate with its key.
#[derive(Clone, Serialize, Deserialize)]
struct Keyed {
    name: String,
    certificate_pem: String,
    key_pem: String,
}

/// What a server presents: leaf first.
#[derive(Clone, Serialize, Deserialize)]
struct Leaf {
    chain_pem: String,
    key_pem: String,
    renew_at_unix_s: u64,
}

/// A chain and its key, as rustls takes them.
pub struct Presented {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: PrivateKeyDer<'static>,
}

impl Authority {
    /// Returns a new CA: a root, an intermediate that signs everything, and a stranger's root.
    pub fn new() -> io::Result<Self> {
        let root = Keyed::root("Dualwatch fault lab root")?;
        let intermediate = root.intermediate("Dualwatch fault lab intermediate")?;
        let stranger = Keyed::root("A root that nobody trusts")?;
        Ok(Self { root, intermediate, stranger, leaves: BTreeMap::new() })
    }

    /// Returns the root certificate that clients are to trust, as PEM.
    pub fn ca_pem(&self) -> &str {
        &self.root.certificate_pem
    }

    /// Returns the root certificate that clients are to trust, as DER.
    pub fn ca_der(&self) -> io::Result<CertificateDer<'static>> {
        CertificateDer::from_pem_slice(self.root.certificate_pem.as_bytes()).map_err(io::Error::other)
    }

    /// Returns what a server of this behaviour presents for these names, issuing it where needed.
    /// Behaviours that are not about the certificate present a good one.
    pub fn present(&mut self, tls: Tls, names: &[String], now: SystemTime) -> io::Result<Presented> {
        let kind = match tls {
            Tls::OtherCertificate
            | Tls::LargeChain
            | Tls::BigCertificate
            | Tls::HugeCertificate
            | Tls::LongChain
            | Tls::ExpiresSoon
            | Tls::Expired
            | Tls::NotYetValid
            | Tls::WrongName
            | Tls::UnknownRoot
            | Tls::SelfSigned
            | Tls::SelfSignedCa
            | Tls::MissingIntermediate
            | Tls::ExpiredIntermediate
            | Tls::ClientOnly
            | Tls::KeyForSigning
            | Tls::IssuerMayNotSign
            | Tls::NameOutside
            | Tls::DeepPath
            | Tls::CriticalExtension
            | Tls::AuthorityAsServer => tls,
            Tls::LargeChainTls12 => Tls::LargeChain,
            Tls::BigCertificateTls12 => Tls::BigCertificate,
            _ => Tls::Good,
        };
        let id = format!("{} {}", kind.word(), names.join(" "));
        let now_s = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        if self.leaves.get(&id).is_none_or(|leaf| leaf.renew_at_unix_s <= now_s) {
            let leaf = self.issue(kind, names, now).map_err(io::Error::other)?;
            self.leaves.insert(id.clone(), leaf);
        }
        self.leaves[&id].presented()
    }

    fn issue(&self, kind: Tls, names: &[String], now: SystemTime) -> Result<Leaf, rcgen::Error> {
        let mut names = names.to_vec();
        match kind {
            Tls::WrongName => names = vec![OTHER_NAME.to_owned()],
            Tls::LargeChain => names.extend(filler(N_LARGE_NAMES)),
            Tls::BigCertificate => names.extend(filler(N_BIG_NAMES)),
            Tls::HugeCertificate => names.extend(filler(N_HUGE_NAMES)),
            _ => {}
        }
        let mut params = CertificateParams::new(names.clone())?;
        params.distinguished_name.push(DnType::CommonName, names.first().cloned().unwrap_or_default());
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        match kind {
            Tls::ClientOnly => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            Tls::KeyForSigning => params.key_usages = vec![KeyUsagePurpose::KeyCertSign],
            Tls::AuthorityAsServer => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            Tls::CriticalExtension => {
                // Of the arc that is set aside for documentation (RFC 5612).
                let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32_473, 1], vec![5, 0]);
                unknown.set_criticality(true);
                params.custom_extensions = vec![unknown];
            }
            _ => {}
        }
        params.use_authority_key_identifier_extension = !matches!(kind, Tls::SelfSigned | Tls::SelfSignedCa);
        let (begins, ends, renew_after) = match kind {
            // Reissued each day, so that it stays ten days away.
            Tls::Expired => (now - 100 * DAY, now - 10 * DAY, DAY),
            // As long as its intermediate would be valid.
            Tls::ExpiredIntermediate => (now - DAY, now + 397 * DAY, DAY),
            Tls::ExpiresSoon => (now - 80 * DAY, now + 10 * DAY, DAY),
            Tls::NotYetValid => (now + 10 * DAY, now + 100 * DAY, DAY),
            _ => (now - DAY, now + 397 * DAY, 330 * DAY),
        };
        (params.not_before, params.not_after) = (begins.into(), ends.into());
        let key = KeyPair::generate()?;
        let chain_pem = match kind {
            Tls::SelfSigned => params.self_signed(&key)?.pem(),
            Tls::SelfSignedCa => {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                params.self_signed(&key)?.pem()
            }
            Tls::UnknownRoot => params.signed_by(&key, &self.stranger.issuer()?)?.pem(),
            Tls::ExpiredIntermediate | Tls::IssuerMayNotSign | Tls::NameOutside | Tls::DeepPath => {
                let (issuer, above_pem) = self.unfit_issuer(kind, now)?;
                params.signed_by(&key, &issuer)?.pem() + &above_pem
            }
            Tls::MissingIntermediate => params.signed_by(&key, &self.intermediate.issuer()?)?.pem(),
            _ => params.signed_by(&key, &self.intermediate.issuer()?)?.pem() + &self.intermediate.certificate_pem,
        };
        let strangers = if kind == Tls::LongChain { N_STRANGERS } else { 0 };
        let chain_pem = chain_pem + &self.stranger.certificate_pem.repeat(strangers);
        let renew_at = (now + renew_after).duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Leaf { chain_pem, key_pem: key.serialize_pem(), renew_at_unix_s: renew_at.as_secs() })
    }
}

impl Authority {
    /// Returns an issuer of its own that clients do not accept, with its certificate and what is above it as PEM.
    fn unfit_issuer(&self, kind: Tls, now: SystemTime) -> Result<(Issuer<'static, KeyPair>, String), rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = ca_params(UNFIT);
        params.use_authority_key_identifier_extension = true;
        match kind {
            Tls::ExpiredIntermediate => params.not_after = (now - 10 * DAY).into(),
            Tls::IssuerMayNotSign => params.key_usages = vec![KeyUsagePurpose::CrlSign],
            Tls::NameOutside => {
                let permitted_subtrees = vec![GeneralSubtree::DnsName(OTHER_NAME.to_owned())];
                params.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
            }
            _ => {}
        }
        if kind != Tls::DeepPath {
            let certificate = params.signed_by(&key, &self.root.issuer()?)?;
            return Ok((Issuer::new(params, key), certificate.pem()));
        }
        let above_key = KeyPair::generate()?;
        let mut above = ca_params(CHILDLESS);
        above.use_authority_key_identifier_extension = true;
        above.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let above_pem = above.signed_by(&above_key, &self.root.issuer()?)?.pem();
        let certificate = params.signed_by(&key, &Issuer::new(above, above_key))?;
        Ok((Issuer::new(params, key), certificate.pem() + &above_pem))
    }
}

impl Leaf {
    fn presented(&self) -> io::Result<Presented> {
        let chain = CertificateDer::pem_slice_iter(self.chain_pem.as_bytes()).collect::<Result<_, _>>();
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes());
        Ok(Presented { chain: chain.map_err(io::Error::other)?, key: key.map_err(io::Error::other)? })
    }
}

impl Keyed {
    fn root(name: &str) -> io::Result<Self> {
        let make = || {
            let key = KeyPair::generate()?;
            let mut params = ca_params(name);
            params.name_constraints = Some(harmless());
            let certificate = params.self_signed(&key)?;
            Ok::<_, rcgen::Error>((certificate.pem(), key.serialize_pem()))
        };
        let (certificate_pem, key_pem) = make().map_err(io::Error::other)?;
        Ok(Self { name: name.to_owned(), certificate_pem, key_pem })
    }

    fn intermediate(&self, name: &str) -> io::Result<Self> {
        let make = || {
            let key = KeyPair::generate()?;
            let mut params = ca_params(name);
            params.use_authority_key_identifier_extension = true;
            let certificate = params.signed_by(&key, &self.issuer()?)?;
            Ok::<_, rcgen::Error>((certificate.pem(), key.serialize_pem()))
        };
        let (certificate_pem, key_pem) = make().map_err(io::Error::other)?;
        Ok(Self { name: name.to_owned(), certificate_pem, key_pem })
    }

    /// The name and the key are all that a signature takes from its issuer, so the certificate is not parsed again.
    fn issuer(&self) -> Result<Issuer<'static, KeyPair>, rcgen::Error> {
        Ok(Issuer::new(ca_params(&self.name), KeyPair::from_pem(&self.key_pem)?))
    }
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let now = SystemTime::now();
    params.not_before = (now - 200 * DAY).into();
    params.not_after = (now + 10 * 365 * DAY).into();
    params
}

fn filler(n_names: usize) -> impl Iterator<Item = String> {
    (0..n_names).map(|n| format!("filler-{n:04}.large-chain.example"))
}

/// The names that the CA may certify: none that anyone could be deceived with (RFC 6761, RFC 5737, RFC 3849,
/// RFC 2544), so that trusting it by mistake does no harm.
fn harmless() -> NameConstraints {
    let names = ["test", "example", "localhost", "invalid"].map(|n| GeneralSubtree::DnsName(n.to_owned()));
    let networks: [(IpAddr, u8); 7] = [
        ([127, 0, 0, 0].into(), 8),
        ([192, 0, 2, 0].into(), 24),
        ([198, 51, 100, 0].into(), 24),
        ([203, 0, 113, 0].into(), 24),
        ([198, 18, 0, 0].into(), 15),
        (Ipv6Addr::LOCALHOST.into(), 128),
        ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0].into(), 32),
    ];
    let networks = networks.map(|(ip, bits)| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, bits)));
    NameConstraints { permitted_subtrees: names.into_iter().chain(networks).collect(), excluded_subtrees: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_survive_storage_and_are_renewed() {
        let now = SystemTime::now();
        let mut authority = Authority::new().unwrap();
        let names = ["a.test".to_owned()];
        let first = authority.present(Tls::Good, &names, now).unwrap().chain;
        assert_eq!(first.len(), 2);
        let mut restored: Authority = serde_json::from_str(&serde_json::to_string(&authority).unwrap()).unwrap();
        assert_eq!(restored.present(Tls::Good, &names, now).unwrap().chain, first);
        assert_eq!(restored.present(Tls::Silent, &names, now).unwrap().chain, first, "not about the certificate");
        assert_ne!(restored.present(Tls::Good, &names, now + 331 * DAY).unwrap().chain[0], first[0]);
        let other = restored.present(Tls::OtherCertificate, &names, now).unwrap().chain;
        assert_eq!((other[0] == first[0], other[1] == first[1]), (false, true));
        let large = restored.present(Tls::LargeChain, &names, now).unwrap().chain;
        assert!((18_000..30_000).contains(&large[0].len()), "{}", large[0].len());
        let big = restored.present(Tls::BigCertificateTls12, &names, now).unwrap().chain;
        assert!((70_000..95_000).contains(&big[0].len()), "{}", big[0].len());
        let huge = restored.present(Tls::HugeCertificate, &names, now).unwrap().chain;
        assert!(huge[0].len() > 102_400, "{}", huge[0].len());
        let long = restored.present(Tls::LongChain, &names, now).unwrap().chain;
        let bytes: usize = long.iter().map(|certificate| certificate.len() + 5).sum();
        assert!(long.len() == 102 && bytes < 0xffff, "{} certificates, {bytes} bytes", long.len());
    }
}
