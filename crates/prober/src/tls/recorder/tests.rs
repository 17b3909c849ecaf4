use super::*;
use crate::tls::Tls;
use dualwatch_core::measure::{target::Policy, time::Timestamp};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd};
use rustls_pki_types::pem::PemObject;

/// 2027-01-01, and the same day in milliseconds.
const NOW_S: u64 = 1_798_761_600;

fn now() -> UnixTime {
    UnixTime::since_unix_epoch(std::time::Duration::from_secs(NOW_S))
}

/// What came of a chain: how it is trusted, or the cause with the fault in short.
fn judge(roots: &[String], presented: &[CertificateDer<'static>]) -> String {
    let policy = Policy { extra_roots_pem: roots.to_vec(), ..Policy::default() };
    let recorder = Tls::new(&policy).unwrap().recorder().unwrap();
    let name = ServerName::try_from("leaf.example").unwrap();
    let told = |fault: &CertificateFault| {
        let CertificateFault { kind, subject, issuer, date, about, is_servers } = fault;
        let whose = if *is_servers { "server" } else { "other" };
        let date = date.map_or_else(String::new, |date: Timestamp| format!(" {}", date.unix_ms()));
        let more = [issuer, about].into_iter().flatten().fold(String::new(), |all, one| all + " " + one);
        format!("{kind:?} {whose} {subject}{more}{date}")
    };
    match recorder.verify(&presented[0], &presented[1..], &name, now()) {
        Ok(_) => recorder.peer().dispute.map_or("trusted".to_owned(), |why| format!("trusted, {why:?}")),
        Err(error) => {
            let mut failure = classify::tls(&std::io::Error::other(error));
            recorder.explain(&mut failure);
            let fault = failure.evidence.fault.as_ref().map_or_else(|| "unexplained".to_owned(), told);
            format!("{} {fault}", failure.cause)
        }
    }
}

/// Judges a file of `tests/certificates`: those that are presented, and last the root that is trusted.
fn judge_file(pem: &str) -> String {
    let all: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes()).map(Result::unwrap).collect();
    let root = pem.rfind("-----BEGIN").map(|at| pem[at..].to_owned()).unwrap();
    judge(&[root], &all[..all.len() - 1])
}

#[test]
fn certificates_that_only_openssl_makes_are_taken_as_clients_take_them() {
    for (expected, pem) in [
        ("trusted", include_str!("../../../tests/certificates/p256_sha512.pem")),
        ("trusted", include_str!("../../../tests/certificates/p521_issuer.pem")),
        ("trusted", include_str!("../../../tests/certificates/p521_sha256.pem")),
        ("trusted", include_str!("../../../tests/certificates/p384_sha512.pem")),
        ("trusted", include_str!("../../../tests/certificates/before_1970.pem")),
        ("trusted, CurveP521", include_str!("../../../tests/certificates/p521_server.pem")),
        ("trusted, AuthorityAsServer", include_str!("../../../tests/certificates/authority_as_server.pem")),
        (
            "tls.untrusted WeakSignature server CN=leaf.example SHA-1 and RSA",
            include_str!("../../../tests/certificates/sha1.pem"),
        ),
        (
            "tls.untrusted WeakKey other CN=Root of 1024 bits RSA of 1024 bits",
            include_str!("../../../tests/certificates/rsa_1024_issuer.pem"),
        ),
        ("tls.untrusted Version server CN=leaf.example 1", include_str!("../../../tests/certificates/version_1.pem")),
        ("tls.untrusted Unreadable server  invalid date", include_str!("../../../tests/certificates/month_13.pem")),
    ] {
        assert_eq!(judge_file(pem), expected);
    }
}

#[test]
fn a_weak_key_of_a_server_is_no_forgery() {
    let pem = include_str!("../../../tests/certificates/rsa_1024_server.pem");
    let leaf = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let recorder = Tls::new(&Policy::default()).unwrap().recorder().unwrap();
    let refused: Result<(), Error> = recorder.explain_signature(&leaf, Err(CertificateError::BadSignature.into()));
    let mut failure = classify::tls(&std::io::Error::other(refused.unwrap_err()));
    recorder.explain(&mut failure);
    let fault = failure.evidence.fault.unwrap();
    assert_eq!((fault.kind, fault.about.as_deref()), (FaultKind::WeakKey, Some("RSA of 1024 bits")));
    assert_eq!(failure.cause, Cause::TlsUntrusted);
}

#[test]
fn names_of_old_authorities_can_be_read() {
    let subject = |pem: &str| classify::subject(&CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    assert_eq!(subject(include_str!("../../../tests/certificates/teletex.pem")), "O=München, CN=Old authority");
    let bmp = include_str!("../../../tests/certificates/bmp.pem");
    assert_eq!(subject(bmp), "CN=中文");
    let summary = classify::certificate(&CertificateDer::from_pem_slice(bmp.as_bytes()).unwrap()).unwrap();
    assert_eq!((summary.subject_names, summary.issuer), (vec!["中文".to_owned()], "CN=中文".to_owned()));
}

/// An authority with its key.
struct Made {
    params: CertificateParams,
    key: KeyPair,
    certificate: rcgen::Certificate,
}

fn authority(name: &str, by: Option<&Made>, change: impl FnOnce(&mut CertificateParams)) -> Made {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2030, 1, 1);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let certificate = match by {
        Some(by) => params.signed_by(&key, &Issuer::from_params(&by.params, &by.key)).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    Made { params, key, certificate }
}

fn leaf(by: &Made, change: impl FnOnce(&mut CertificateParams)) -> CertificateDer<'static> {
    let mut params = CertificateParams::new(vec!["leaf.example".to_owned()]).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "leaf.example");
    params.not_before = date_time_ymd(2026, 6, 1);
    params.not_after = date_time_ymd(2027, 6, 1);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    params.signed_by(&key, &Issuer::from_params(&by.params, &by.key)).unwrap().der().clone()
}

#[test]
fn the_certificate_that_is_missing_is_named() {
    let (x, y) = (authority("Root X", None, |_| {}), authority("Root Y", None, |_| {}));
    let issuer = authority("Issuer I", Some(&y), |_| {});
    let (roots, leaf) = ([x.certificate.pem()], leaf(&issuer, |_| {}));
    let (i, y) = (issuer.certificate.der().clone(), y.certificate.der().clone());
    assert_eq!(
        judge(&roots, std::slice::from_ref(&leaf)),
        "tls.untrusted IssuerMissing server CN=leaf.example CN=Issuer I"
    );
    assert_eq!(judge(&roots, &[leaf.clone(), i.clone()]), "tls.untrusted IssuerMissing other CN=Issuer I CN=Root Y");
    assert_eq!(judge(&roots, &[leaf, i, y]), "tls.untrusted RootUntrusted other CN=Root Y");
}

#[test]
fn what_no_client_takes_is_not_taken() {
    let ended = authority("Root of old", None, |params| params.not_after = date_time_ymd(2026, 12, 1));
    let of_ended = leaf(&ended, |_| {});
    let expired = "tls.expired Expired other CN=Root of old 1796083200000";
    assert_eq!(judge(&[ended.certificate.pem()], std::slice::from_ref(&of_ended)), expired);
    // Another root of the name, with the same key: one that is valid is enough.
    let mut renewed = ended.params.clone();
    renewed.not_after = date_time_ymd(2030, 1, 1);
    let renewed = renewed.self_signed(&ended.key).unwrap();
    assert_eq!(judge(&[ended.certificate.pem(), renewed.pem()], &[of_ended]), "trusted");

    let root = authority("Root", None, |_| {});
    let roots = [root.certificate.pem()];
    let usage = |usage| move |params: &mut CertificateParams| params.key_usages = vec![usage];
    let issuer = authority("No signer", Some(&root), usage(KeyUsagePurpose::DigitalSignature));
    assert_eq!(
        judge(&roots, &[leaf(&issuer, |_| {}), issuer.certificate.der().clone()]),
        "tls.untrusted KeyUsage other CN=No signer Digital Signature"
    );
    assert_eq!(
        judge(&roots, &[leaf(&root, usage(KeyUsagePurpose::KeyCertSign))]),
        "tls.untrusted KeyUsage server CN=leaf.example Key Cert Sign"
    );
    for good in [KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment, KeyUsagePurpose::KeyAgreement] {
        assert_eq!(judge(&roots, &[leaf(&root, usage(good))]), "trusted");
    }
}

#[test]
fn a_chain_that_contradicts_itself_is_told_by_the_certificate_that_does() {
    let root = authority("Root", None, |_| {});
    let roots = [root.certificate.pem()];
    let ended = authority("Issuer", Some(&root), |params| params.not_after = date_time_ymd(2026, 12, 1));
    let of_ended = leaf(&ended, |_| {});
    let shown = [of_ended, ended.certificate.der().clone()];
    assert_eq!(judge(&roots, &shown), "tls.expired Expired other CN=Issuer 1796083200000");
    let own = leaf(&root, |params| params.not_after = date_time_ymd(2026, 12, 1));
    assert_eq!(judge(&roots, &[own]), "tls.expired Expired server CN=leaf.example 1796083200000");

    // By somebody else of the same name.
    let impostor = authority("Root", None, |_| {});
    assert_eq!(judge(&roots, &[leaf(&impostor, |_| {})]), "tls.untrusted Forged server CN=leaf.example CN=Root");
    let no_authority = authority("Server", Some(&root), |params| params.is_ca = IsCa::ExplicitNoCa);
    let shown = [leaf(&no_authority, |_| {}), no_authority.certificate.der().clone()];
    assert_eq!(judge(&roots, &shown), "tls.untrusted NoAuthority other CN=Server");
}

#[test]
fn an_authority_as_a_server_must_be_good_in_all_else() {
    let authority_too = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority("Root", None, |_| {});
    let roots = [root.certificate.pem()];
    assert_eq!(judge(&roots, &[leaf(&root, authority_too)]), "trusted, AuthorityAsServer");
    let stranger = authority("Stranger", None, |_| {});
    assert_eq!(
        judge(&roots, &[leaf(&stranger, authority_too)]),
        "tls.untrusted IssuerMissing server CN=leaf.example CN=Stranger"
    );
    let impostor = authority("Root", None, |_| {});
    assert_eq!(judge(&roots, &[leaf(&impostor, authority_too)]), "tls.untrusted Forged server CN=leaf.example CN=Root");
    let other = leaf(&root, |params| {
        authority_too(params);
        params.subject_alt_names = vec![rcgen::SanType::DnsName("other.example".try_into().unwrap())];
    });
    assert_eq!(judge(&roots, &[other]), "tls.untrusted AuthorityAsServer server CN=leaf.example");
    let limited = authority("Limited", None, |params| {
        params.name_constraints = Some(rcgen::NameConstraints {
            permitted_subtrees: vec![rcgen::GeneralSubtree::DnsName("test".to_owned())],
            excluded_subtrees: Vec::new(),
        });
    });
    assert_eq!(
        judge(&[limited.certificate.pem()], &[leaf(&limited, authority_too)]),
        "tls.untrusted NameConstraint other CN=Limited leaf.example"
    );
}
