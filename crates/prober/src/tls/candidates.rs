//! Which certificates of a chain are looked at, and how many: each way from the leaf to a root that is tried costs a
//! signature, and a server may send hundreds of certificates that all could be the next.

use rustls_pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate};

/// As many are looked at. Public chains have one to three between the leaf and the root.
const MAX_CANDIDATES: usize = 6;
/// As many of the same name: one that is signed twice, by an old root and by a new one.
const MAX_OF_A_NAME: usize = 2;

/// Returns the certificates that lead on from the leaf by the names of their issuers, in the order in which they came.
///
/// With them there are at most 2 + 4 + 8 ways to a root. A root that was sent itself is not needed: those that are
/// trusted are known.
pub fn of<'c>(leaf: &CertificateDer<'_>, intermediates: &'c [CertificateDer<'c>]) -> Vec<CertificateDer<'c>> {
    let names: Vec<Option<(Vec<u8>, Vec<u8>)>> = intermediates.iter().map(|der| names(der)).collect();
    let mut wanted: Vec<Vec<u8>> = names_of_issuer(leaf);
    let mut taken = Vec::new();
    let mut at = 0;
    while let Some(name) = wanted.get(at).cloned() {
        let of_name = names.iter().enumerate().filter_map(|(i, names)| {
            let (subject, issuer) = names.as_ref()?;
            (*subject == name && subject != issuer).then_some((i, issuer))
        });
        for (i, issuer) in of_name.take(MAX_OF_A_NAME) {
            if taken.len() < MAX_CANDIDATES {
                taken.push(i);
                if !wanted.contains(issuer) {
                    wanted.push(issuer.clone());
                }
            }
        }
        at += 1;
    }
    taken.sort_unstable();
    taken.into_iter().map(|i| intermediates[i].clone()).collect()
}

/// Whether a certificate is signed by itself, as roots are.
pub fn is_root(der: &[u8]) -> bool {
    names(der).is_some_and(|(subject, issuer)| subject == issuer)
}

fn names_of_issuer(der: &[u8]) -> Vec<Vec<u8>> {
    names(der).map(|(_, issuer)| issuer).into_iter().collect()
}

/// The subject and the issuer, as they are written; `None` where it cannot be read.
fn names(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (_, x509) = X509Certificate::from_der(der).ok()?;
    Some((x509.subject().as_raw().to_vec(), x509.issuer().as_raw().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

    /// A certificate of `subject`, signed by somebody who has the name `issuer`.
    fn made(subject: &str, issuer: &str) -> CertificateDer<'static> {
        let named = |name: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params
        };
        let by = Issuer::new(named(issuer), KeyPair::generate().unwrap());
        named(subject).signed_by(&KeyPair::generate().unwrap(), &by).unwrap().der().clone()
    }

    fn check(chain: &[(&str, &str)], expected: &[usize]) {
        let made: Vec<_> = chain.iter().map(|(subject, issuer)| made(subject, issuer)).collect();
        let found = of(&made[0], &made[1..]);
        let found: Vec<_> = found.iter().map(|der| made.iter().position(|m| m == der).unwrap()).collect();
        assert_eq!(found, expected, "{chain:?}");
    }

    #[test]
    fn what_leads_on_is_looked_at() {
        check(&[("leaf", "a"), ("a", "b"), ("b", "root")], &[1, 2]);
        check(&[("leaf", "a"), ("b", "root"), ("other", "root"), ("a", "b")], &[1, 3]);
        check(&[("leaf", "a"), ("a", "root"), ("root", "root"), ("root", "old")], &[1, 3]);
        check(&[("leaf", "root")], &[]);
    }

    #[test]
    fn however_many_there_are() {
        check(&[&[("leaf", "a")][..], &[("a", "a")].repeat(9)].concat(), &[]);
        let crossed = [&[("leaf", "a")][..], &[("a", "b"), ("b", "a")].repeat(20)].concat();
        check(&crossed, &[1, 2, 3, 4]);
        let names: Vec<String> = (0..30).map(|i| format!("n{i}")).collect();
        let long: Vec<(&str, &str)> = names.windows(2).map(|w| (w[0].as_str(), w[1].as_str())).collect();
        check(&long, &[1, 2, 3, 4, 5, 6]);
        assert!(of(&CertificateDer::from(vec![1, 2, 3]), &[CertificateDer::from(Vec::new())]).is_empty());
    }
}
