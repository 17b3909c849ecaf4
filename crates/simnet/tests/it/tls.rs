//! Handshakes.

use crate::client::{PATIENT, QUIET, shake, tls_error};
use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{Behaviour, Lab, Script, Service, words::Tls};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const NAME: &str = "web.test";

/// Shakes hands and asks for a page, because some refusals come after the handshake (TLS 1.3).
async fn meet(lab: &Lab, tls: Tls, family: Family, wait: Duration) -> String {
    let run = async {
        let mut stream = shake(lab, lab.address(tls.word(), family), NAME, wait).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: web.test\r\nConnection: close\r\n\r\n").await?;
        // Or it may stay in the stream: a task that has done much in one go is told to wait, and writes the rest only then.
        stream.flush().await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        Ok::<_, std::io::Error>(text)
    };
    match run.await {
        Ok(text) if text.ends_with(&format!("{} over {family}\n", tls.word())) => "good".to_owned(),
        Ok(text) => text,
        Err(e) => tls_error(&e),
    }
}

#[tokio::test]
async fn every_handshake() {
    let script = Tls::ALL
        .iter()
        .fold(Script::new(), |script, &tls| script.service(tls.word(), Service::both(tls).named(&[NAME])));
    let lab = Lab::start(script).await.unwrap();
    let checks = lab.families().into_iter().flat_map(|family| Tls::ALL.iter().map(move |tls| (family, *tls)));
    futures_util::future::join_all(checks.map(|(family, tls)| {
        let lab = &lab;
        async move {
            let expected = match tls {
                Tls::Good | Tls::ExpiresSoon | Tls::OtherCertificate | Tls::LargeChain | Tls::LargeChainTls12 => "good",
                Tls::LongChain | Tls::ManyTickets | Tls::GoodTls12 | Tls::NoAlpn | Tls::NamedOnly => "good",
                Tls::BigCertificate | Tls::BigCertificateTls12 | Tls::HugeCertificate => {
                    "InvalidMessage(HandshakePayloadTooLarge)"
                }
                Tls::Expired => "InvalidCertificate(ExpiredContext",
                Tls::NotYetValid => "InvalidCertificate(NotValidYetContext",
                Tls::WrongName => "InvalidCertificate(NotValidForNameContext",
                Tls::UnknownRoot | Tls::SelfSigned | Tls::MissingIntermediate => "InvalidCertificate(UnknownIssuer)",
                Tls::SelfSignedCa => "InvalidCertificate(Other(OtherError(CaUsedAsEndEntity)))",
                Tls::ExpiredIntermediate => "InvalidCertificate(ExpiredContext",
                Tls::ClientOnly => "InvalidCertificate(InvalidPurposeContext",
                // The library does not look at what keys may be used for.
                Tls::KeyForSigning | Tls::IssuerMayNotSign => "good",
                Tls::NameOutside => "InvalidCertificate(Other(OtherError(NameConstraintViolation)))",
                Tls::DeepPath => "InvalidCertificate(Other(OtherError(PathLenConstraintViolated)))",
                Tls::CriticalExtension => "InvalidCertificate(Other(OtherError(UnsupportedCriticalExtension)))",
                Tls::AuthorityAsServer => "InvalidCertificate(Other(OtherError(CaUsedAsEndEntity)))",
                Tls::OldSuites | Tls::OtherGroup | Tls::OtherSignature => "AlertReceived(HandshakeFailure)",
                // RFC 5246 has no alert of its own for it.
                Tls::ClientCertificateTls12 => "AlertReceived(CertificateRequired)",
                Tls::HandshakeFailure => "AlertReceived(HandshakeFailure)",
                Tls::UnrecognizedName => "AlertReceived(UnrecognisedName)",
                Tls::InternalError => "AlertReceived(InternalError)",
                Tls::ProtocolVersion => "AlertReceived(ProtocolVersion)",
                Tls::ProtocolTooOld => "PeerIncompatible(ServerDoesNotSupportTls12Or13)",
                Tls::ClientCertificate => "AlertReceived(CertificateRequired)",
                Tls::Http2Only => "AlertReceived(NoApplicationProtocol)",
                Tls::PlainHttp | Tls::Garbage => "InvalidMessage(InvalidContentType)",
                Tls::Silent | Tls::SilentAfterServerHello => "silent",
                Tls::Close => "closed",
                Tls::Reset | Tls::ResetMidFlight => "reset",
            };
            let wait = if expected == "silent" { QUIET } else { PATIENT };
            assert_eq!(meet(lab, tls, family, wait).await, expected, "{} over {family}", tls.word());
        }
    }))
    .await;
}

#[tokio::test]
async fn a_family_can_show_another_certificate() {
    let service = Service::both(Tls::Good).over(Family::Ipv6, Tls::OtherCertificate).named(&[NAME]);
    let lab =
        Lab::start(Script::new().service("web", service).service("bare", Service::both(Tls::Good))).await.unwrap();
    let leaf = async |service, family, name| {
        let stream = shake(&lab, lab.address(service, family), name, PATIENT).await.unwrap();
        stream.get_ref().1.peer_certificates().unwrap()[0].clone()
    };
    if lab.families().len() == 2 {
        assert_ne!(leaf("web", Family::Ipv4, NAME).await, leaf("web", Family::Ipv6, NAME).await);
        let by_literal = leaf("bare", Family::Ipv6, "::1").await;
        assert_eq!(by_literal, leaf("bare", Family::Ipv4, "127.0.0.1").await);
        assert_eq!(by_literal, leaf("bare", Family::Ipv4, "localhost").await);
    }
}

#[tokio::test]
async fn a_slow_handshake_is_slow() {
    let slow = Behaviour { tls_delay_ms: 100, ..Tls::Good.into() };
    let lab = Lab::start(Script::new().service("web", Service::both(slow).named(&[NAME]))).await.unwrap();
    let begun = Instant::now();
    shake(&lab, lab.address("web", lab.families()[0]), NAME, PATIENT).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(100));
}
