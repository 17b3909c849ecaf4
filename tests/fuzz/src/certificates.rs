//! Certificates: summarised alone, and presented in a handshake.

use crate::host::{End, Memory, Says};
use dualwatch_core::measure::{
    family::PerFamily,
    sample::Outcome,
    target::{Endpoint, Host, Policy, Resolver, Scheme, Target},
};
use dualwatch_prober::{Prober, classify};
use std::net::IpAddr;

/// RFC 8446 section 5.1.
const MAX_RECORD: usize = 1 << 14;
/// As many certificates are made of the bytes; ours keeps ten.
const MAX_CERTIFICATES: usize = 12;

/// The first byte chooses: everything that a server sends, or certificates divided by their lengths (two bytes each).
///
/// # Panics
/// Where a certificate that nobody signed is trusted, or a round does not end in time.
pub fn run(data: &[u8]) {
    let Some((how, rest)) = data.split_first() else { return };
    let says = if how & 1 == 0 {
        let chain = divide(rest);
        for der in &chain {
            let summary = classify::certificate(der);
            assert_eq!(summary.is_some(), classify::subject(der).is_some(), "both read it, or none");
            assert_eq!(summary.is_some(), classify::validity(der).is_some(), "both read it, or none");
        }
        Says { bytes: flight(&chain), piece: usize::MAX, end: End::Close, at_once: false }
    } else {
        Says::of(rest)
    };
    let memory = Memory::new(vec![IpAddr::from([192, 0, 2, 1])], move |_, _| Some(says.clone()));
    let host = Host::Name("service.example".to_owned());
    let target = Target::new("t", Endpoint { scheme: Scheme::Tls, host, port: 443, path: String::new() });
    let policy = Policy {
        controls: PerFamily::default(),
        resolvers: vec![Resolver::System],
        allow_private: true,
        extra_roots_pem: Vec::new(),
        ..Policy::default()
    };
    let prober = Prober::new(memory.clone(), policy, "fuzz").expect("the public roots");
    let round = memory.round(&prober, &target);
    assert_eq!(round.samples.ipv4.outcome, Outcome::Failed, "nobody signed that: {round:?}");
}

/// Divides bytes into certificates: each has its length before it; the last is what is left.
pub fn divide(mut data: &[u8]) -> Vec<&[u8]> {
    let mut chain = Vec::new();
    while let Some((length, rest)) = data.split_first_chunk()
        && chain.len() < MAX_CERTIFICATES
    {
        let (der, after) = rest.split_at(rest.len().min(usize::from(u16::from_be_bytes(*length))));
        chain.push(der);
        data = after;
    }
    chain
}

/// The first flight of a TLS 1.2 server (RFC 5246 section 7.3): everything in the clear, so that the chain is looked at
/// before anything is proven. Its key exchange is signed by nobody.
fn flight(chain: &[&[u8]]) -> Vec<u8> {
    let mut hello = vec![3, 3];
    hello.extend([0x5a; 32]);
    // No session; TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256; no compression; extensions: renegotiation_info,
    // extended_master_secret, ec_point_formats.
    hello.extend([0, 0xc0, 0x2b, 0, 0, 15, 0xff, 1, 0, 1, 0, 0, 0x17, 0, 0, 0, 0x0b, 0, 2, 1, 0]);
    let list: Vec<u8> = chain.iter().flat_map(|der| [&length3(der.len())[..], der].concat()).collect();
    let certificates = [&length3(list.len())[..], &list].concat();
    // X25519 with the base point, ecdsa_secp256r1_sha256, and eight bytes for a signature.
    let exchange = [&[3, 0, 29, 32, 9][..], &[0; 31], &[4, 3, 0, 8], &[1; 8]].concat();
    let messages = [(2, hello), (11, certificates), (12, exchange), (14, Vec::new())];
    let bytes: Vec<u8> =
        messages.iter().flat_map(|(kind, body)| [&[*kind][..], &length3(body.len()), body].concat()).collect();
    let record = |part: &[u8]| [&[22, 3, 3][..], &(part.len() as u16).to_be_bytes(), part].concat();
    bytes.chunks(MAX_RECORD).flat_map(record).collect()
}

fn length3(length: usize) -> [u8; 3] {
    let [.., a, b, c] = length.to_be_bytes();
    [a, b, c]
}
