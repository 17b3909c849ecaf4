//! Servers that want what not every client speaks: by hand, since our own library does not speak it either.

use crate::words::Tls;

const TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: u16 = 0xc013;
const TLS_AES_128_GCM_SHA256: u16 = 0x1301;
const SECP521R1: u16 = 0x0019;
const ED448: u16 = 0x0808;
/// RFC 8446 section 4.1.3: the random value by which a `ServerHello` asks for another key share.
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];
const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// Returns a `ServerHello` for a client that has what this server wants, and alert 40 for others.
pub fn answer(tls: Tls, hello: &[u8]) -> Vec<u8> {
    let Some(Offer { suites, groups, signatures }) = offer(hello) else { return HANDSHAKE_FAILURE.to_vec() };
    match tls {
        Tls::OldSuites if suites.contains(&TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA) => {
            server_hello([0x5a; 32], TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, &[])
        }
        Tls::OtherGroup if groups.contains(&SECP521R1) => {
            // supported_versions: TLS 1.3; key_share: the group.
            let [high, low] = SECP521R1.to_be_bytes();
            server_hello(RETRY_RANDOM, TLS_AES_128_GCM_SHA256, &[0, 43, 0, 2, 3, 4, 0, 51, 0, 2, high, low])
        }
        Tls::OtherSignature if signatures.contains(&ED448) => {
            // supported_versions: TLS 1.3; key_share: X25519, with a public key, which are any 32 bytes.
            let share = [&[0, 51, 0, 36, 0, 0x1d, 0, 32][..], &[9; 32]].concat();
            server_hello([0x5a; 32], TLS_AES_128_GCM_SHA256, &[&[0, 43, 0, 2, 3, 4][..], &share].concat())
        }
        _ => HANDSHAKE_FAILURE.to_vec(),
    }
}

fn server_hello(random: [u8; 32], suite: u16, extensions: &[u8]) -> Vec<u8> {
    let body =
        [&[3, 3][..], &random, &[0], &suite.to_be_bytes(), &[0], &(extensions.len() as u16).to_be_bytes(), extensions]
            .concat();
    let length = body.len() as u8;
    [&[22, 3, 3, 0, length + 4, 2, 0, 0, length][..], &body].concat()
}

struct Offer {
    suites: Vec<u16>,
    groups: Vec<u16>,
    signatures: Vec<u16>,
}

/// Reads what a client offers (RFC 8446 section 4.1.2), behind the headers of record and message.
fn offer(hello: &[u8]) -> Option<Offer> {
    let rest = hello.get(5 + 4 + 2 + 32..)?;
    let (_session_id, rest) = take(rest, 1)?;
    let (suites, rest) = take(rest, 2)?;
    let (_compression, rest) = take(rest, 1)?;
    let (mut extensions, _) = take(rest, 2)?;
    let (mut groups, mut signatures) = (Vec::new(), Vec::new());
    while let [high, low, rest @ ..] = extensions {
        let (body, next) = take(rest, 2)?;
        if [*high, *low] == [0, 10] {
            groups = numbers(take(body, 2)?.0);
        }
        if [*high, *low] == [0, 13] {
            signatures = numbers(take(body, 2)?.0);
        }
        extensions = next;
    }
    Some(Offer { suites: numbers(suites), groups, signatures })
}

/// Takes what a length of so many bytes stands before.
fn take(bytes: &[u8], n: usize) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(n)?;
    rest.split_at_checked(length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
}

fn numbers(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}
