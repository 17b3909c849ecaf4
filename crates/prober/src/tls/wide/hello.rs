//! The bytes of a `ClientHello` that offers what common clients offer (RFC 8446 section 4.1.2).

use super::Ask;
use crate::tls::Speak;
use dualwatch_core::measure::target::Host;
use std::io;

const SUITES_13: [u16; 3] = [0x1301, 0x1302, 0x1303];
/// Those that we speak, and those of `core::measure::client`.
const SUITES_12: [u16; 27] = [
    0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc02c, 0xc030, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035, 0xc009, 0xc00a,
    0xc023, 0xc024, 0xc027, 0xc028, 0x003c, 0x003d, 0x009e, 0x009f, 0xccaa, 0x0033, 0x0039, 0x0067, 0x006b,
];
/// X25519, P-256 and P-384 are ours.
const GROUPS: [u16; 9] = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x11ec, 0x0100, 0x0101, 0x0102];
/// ECDSA, RSA-PSS (also of keys that are for PSS alone), RSA-PKCS1 with SHA-2, then `EdDSA`, and last SHA-1.
const SIGNATURES: [u16; 16] = [
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601, 0x0807, 0x0808,
    0x0203, 0x0201,
];
/// Those of keys that only OpenSSL verifies: RSA that is for PSS alone, and Ed448.
const OF_OTHERS: [u16; 4] = [0x0809, 0x080a, 0x080b, 0x0808];
const X25519: u16 = 0x001d;

/// Returns the record. For the size of certificates it offers TLS 1.2 alone, so that all that follows is to be read.
pub fn bytes(host: &Host, speak: Speak, ask: Ask) -> io::Result<Vec<u8>> {
    let only_tls12 = ask == Ask::Size;
    let is_offered = |signature: &&u16| ask != Ask::OurSignatures || !OF_OTHERS.contains(signature);
    let mut random = [0; 96];
    getrandom::fill(&mut random).map_err(|e| io::Error::other(e.to_string()))?;
    let suites = if only_tls12 { &[][..] } else { &SUITES_13[..] }.iter().chain(&SUITES_12);
    let mut extensions = Vec::new();
    let mut extension = |kind: u16, body: &[u8]| {
        extensions.extend_from_slice(&kind.to_be_bytes());
        extensions.extend(prefixed16(body));
    };
    if let Host::Name(name) = host {
        // RFC 6066 section 3: a list of one name of type host_name.
        extension(0, &prefixed16(&[&[0][..], &prefixed16(name.as_bytes())].concat()));
    }
    extension(23, &[]); // extended_master_secret
    extension(0xff01, &[0]); // renegotiation_info
    extension(10, &prefixed16(&list(GROUPS.iter()))); // supported_groups
    extension(11, &[1, 0]); // ec_point_formats: uncompressed
    extension(13, &prefixed16(&list(SIGNATURES.iter().filter(is_offered)))); // signature_algorithms
    if speak == Speak::Http {
        extension(16, &prefixed16(b"\x02h2\x08http/1.1")); // application_layer_protocol_negotiation
    }
    if !only_tls12 {
        extension(43, &[4, 3, 4, 3, 3]); // supported_versions: TLS 1.3 and 1.2
        extension(45, &[1, 1]); // psk_key_exchange_modes
        // key_share. Every 32 bytes are a public key of X25519 (RFC 7748 section 5); its private one is not needed.
        let share = [&X25519.to_be_bytes()[..], &prefixed16(&random[64..])].concat();
        extension(51, &prefixed16(&share));
    }
    let body = [
        &[3, 3][..],
        &random[..32],
        &[32],
        &random[32..64],
        &prefixed16(&list(suites)),
        &[1, 0],
        &prefixed16(&extensions),
    ]
    .concat();
    // Its length has 24 bits, of which 16 are enough.
    let message = [&[1, 0][..], &prefixed16(&body)].concat();
    Ok([&[22, 3, 1][..], &prefixed16(&message)].concat())
}

fn list<'a>(numbers: impl Iterator<Item = &'a u16>) -> Vec<u8> {
    numbers.flat_map(|number| number.to_be_bytes()).collect()
}

/// All that is written here is far below 64 KiB.
fn prefixed16(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::client;

    #[test]
    fn what_others_speak_is_offered() {
        let suites = (0..=u16::MAX).filter(|number| client::suite(*number).is_some());
        assert!(suites.clone().all(|number| SUITES_12.contains(&number)));
        assert_eq!(suites.count(), SUITES_12.len() - 6, "the others are ours");
        let groups = (0..=u16::MAX).filter(|number| client::group(*number).is_some());
        assert!(groups.clone().all(|number| GROUPS.contains(&number)));
        assert_eq!(groups.count(), GROUPS.len() - 3, "the others are ours");
    }
}
