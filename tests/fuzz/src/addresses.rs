//! Addresses and URLs: nothing that is not public is ever connected to, by whatever way it comes.

use crate::host::{End, Memory, Says};
use dualwatch_core::measure::{
    address::{is_allowed, scope},
    family::PerFamily,
    target::{Endpoint, Host, Policy, Resolver, Scheme, Target},
};
use dualwatch_prober::Prober;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The IANA special-purpose registries for IPv4 (and multicast), written down once more: prefix and length.
const SPECIAL_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// The same for IPv6: the first two groups (what is longer is given in full below) and the length.
const SPECIAL_V6: &[(u128, u32)] = &[
    (0, 128),
    (1, 128),
    (0x0064_ff9b_0001 << 80, 48),
    (0x0100 << 112, 64),
    (0x2001_0002_0000 << 80, 48),
    (0x2001_0010 << 96, 28),
    (0x2001_0020 << 96, 28),
    (0x2001_0db8 << 96, 32),
    (0x3fff << 112, 20),
    (0x5f00 << 112, 16),
    (0xfc00 << 112, 7),
    (0xfe80 << 112, 10),
    (0xfec0 << 112, 10),
    (0xff00 << 112, 8),
];

/// Formats that carry an IPv4 address: prefix, length, bits behind it, and whether it is inverted.
const CARRIES_V4: &[(u128, u32, u32, bool)] = &[
    (0, 96, 0, false),                 // compatible
    (0xffff << 32, 96, 0, false),      // mapped
    (0xffff << 48, 96, 0, false),      // translated
    (0x0064_ff9b << 96, 96, 0, false), // NAT64
    (0x2002 << 112, 16, 80, false),    // 6to4
    (0x2001_0000 << 96, 32, 0, true),  // Teredo
];

/// Reads 4 bytes as IPv4, 16 as IPv6, and the rest as a URL.
///
/// # Panics
/// Where an address that is not public is allowed or connected to.
pub fn run(data: &[u8]) {
    let Some((v4, rest)) = data.split_first_chunk::<4>() else { return };
    let Some((v6, text)) = rest.split_first_chunk::<16>() else { return };
    let (v4, v6) = (IpAddr::V4(Ipv4Addr::from(*v4)), IpAddr::V6(Ipv6Addr::from(*v6)));
    for address in [v4, v6] {
        assert!(!is_allowed(address, false) || !is_special(address), "{address} is allowed, as {:?}", scope(address));
        assert!(!is_allowed(address, false) || is_allowed(address, true), "{address}: private is not more");
    }
    let Ok(text) = std::str::from_utf8(text) else { return };
    if let Ok((endpoint, _)) = dualwatch_config::parse_url(text) {
        let again = dualwatch_config::parse_url(&endpoint.to_string()).map(|(endpoint, _)| endpoint);
        assert_eq!(again.as_ref(), Ok(&endpoint), "{endpoint} means itself");
        measure(vec![v4, v6], &Target::new("t", endpoint), "HTTP/1.1 200 OK\r\n\r\n".to_owned());
    }
    // The same as a redirect of a target that may be measured.
    let (host, path) = (Host::Name("service.example".to_owned()), "/".to_owned());
    let mut target = Target::new("t", Endpoint { scheme: Scheme::Http, host, port: 80, path });
    target.addresses = vec![IpAddr::from([9, 9, 9, 9])];
    let location = text.replace(['\r', '\n'], "");
    measure(vec![v4, v6], &target, format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\n\r\n"));
}

/// Measures a target in memory, where every name resolves to `resolved` and every server answers the same.
fn measure(resolved: Vec<IpAddr>, target: &Target, answer: String) {
    let says = Says { bytes: answer.into_bytes(), piece: usize::MAX, end: End::Close, at_once: false };
    let host = Memory::new(resolved, move |_, _| Some(says.clone()));
    let policy = Policy {
        controls: PerFamily::default(),
        resolvers: vec![Resolver::System],
        allow_private: false,
        extra_roots_pem: Vec::new(),
        ..Policy::default()
    };
    let prober = Prober::new(host.clone(), policy, "fuzz").expect("the public roots");
    let round = host.round(&prober, target);
    // The two addresses of documentation that are asked on purpose: whoever answers there is near us
    // (`prober/src/round/doubt.rs`).
    let nobody: [IpAddr; 2] = ["203.0.113.1", "2001:db8:ffff:ffff::1"].map(|text| text.parse().expect("an address"));
    for to in host.connected() {
        assert!(nobody.contains(&to.ip()) || !is_special(to.ip()), "{} led to {to}: {round:?}", target.url());
    }
    let tried = [&round.samples.ipv4, &round.samples.ipv6].into_iter().flat_map(|s| &s.evidence.attempts);
    assert!(
        tried
            .map(|attempt: &dualwatch_core::measure::sample::Attempt| attempt.address)
            .all(|a: SocketAddr| !is_special(a.ip()))
    );
}

/// Whether an address is not one of the public Internet.
fn is_special(address: IpAddr) -> bool {
    let has_prefix = |bits: u128, prefix: u128, length: u32| (bits ^ prefix).checked_shr(128 - length) == Some(0);
    match address {
        IpAddr::V4(v4) => SPECIAL_V4.iter().any(|(prefix, length)| {
            has_prefix(u128::from(v4.to_bits()) << 96, u128::from(u32::from_be_bytes(*prefix)) << 96, *length)
        }),
        IpAddr::V6(v6) => {
            let bits = v6.to_bits();
            let carried = CARRIES_V4.iter().find(|(prefix, length, ..)| has_prefix(bits, *prefix, *length));
            let inner = carried.map(|(.., behind, is_inverted)| {
                let v4 = (bits >> behind) as u32;
                Ipv4Addr::from_bits(if *is_inverted { !v4 } else { v4 })
            });
            inner.is_some_and(|v4| is_special(v4.into()))
                || SPECIAL_V6.iter().any(|(prefix, length)| has_prefix(bits, *prefix, *length))
        }
    }
}
