//! Which address families a device has, read from the priorities of its own ICE candidates.

use crate::found::browser::Presence;
use dualwatch_core::measure::family::{Family, PerFamily};

/// Returns the family that a host candidate stands for, also where its address is masked by mDNS.
///
/// RFC 8839 section 5.1: `candidate:<foundation> <component> <transport> <priority> <address> <port> typ host ...`.
/// RFC 8445 section 5.1.2.1: `priority = type << 24 | local << 8 | 256 - component`. Chromium's WebRTC keeps its
/// `IPAddressPrecedence()` in the low byte of `local`: 30 IPv4, 40 global IPv6, 50 unique local, 20 6to4, 10 Teredo
/// (`rtc_base/ip_address.cc`; loopback is 60 in either family and is not offered).
///
/// ```
/// use dualwatch_app::measure::ice::family;
/// use dualwatch_core::measure::family::Family;
/// let global_v6 = "candidate:1 1 udp 2122262783 6dd3c1b4.local 51342 typ host generation 0";
/// assert_eq!(family(global_v6), Some(Family::Ipv6));
/// ```
pub fn family(candidate: &str) -> Option<Family> {
    let fields: Vec<&str> = candidate.split_ascii_whitespace().collect();
    let [_, _, _, priority, _, _, "typ", "host", ..] = fields[..] else { return None };
    let priority: u32 = priority.parse().ok()?;
    match (priority >> 8) & 0xff {
        30 => Some(Family::Ipv4),
        10 | 20 | 40 | 50 => Some(Family::Ipv6),
        _ => None,
    }
}

/// Returns what the candidates prove. A family without a candidate is absent only where the other one has some:
/// no candidate at all means that the browser hides them.
pub fn presence<'a>(candidates: impl IntoIterator<Item = &'a str>) -> PerFamily<Presence> {
    let mut seen = PerFamily::<bool>::default();
    for family in candidates.into_iter().filter_map(family) {
        *seen.get_mut(family) = true;
    }
    PerFamily::from_fn(|family| match (*seen.get(family), *seen.get(family.other())) {
        (true, _) => Presence::Present,
        (false, true) => Presence::Absent,
        (false, false) => Presence::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A host candidate of the first component whose address is of this WebRTC precedence.
    fn host(precedence: u32) -> String {
        let priority = (126 << 24) | ((0x7e00 | precedence) << 8) | 255;
        format!("candidate:842163049 1 udp {priority} 1f4712db.local 51342 typ host generation 0 network-cost 999")
    }

    #[test]
    fn families() {
        for (precedence, expected) in [
            (30, Some(Family::Ipv4)),
            (40, Some(Family::Ipv6)),
            (50, Some(Family::Ipv6)),
            (20, Some(Family::Ipv6)),
            (10, Some(Family::Ipv6)),
            (60, None),
            (1, None),
        ] {
            assert_eq!(family(&host(precedence)), expected, "{precedence}");
        }
        for odd in ["", "candidate:1 1 udp x a.local 1 typ host", "candidate:1 1 udp 2122262783 192.0.2.1 1 typ srflx"]
        {
            assert_eq!(family(odd), None, "{odd}");
        }
    }

    #[test]
    fn absence_needs_the_other_family_to_be_seen() {
        use Presence::{Absent, Present, Unknown};
        let check = |precedences: &[u32], ipv4, ipv6| {
            let hosts: Vec<String> = precedences.iter().map(|p| host(*p)).collect();
            assert_eq!(presence(hosts.iter().map(String::as_str)), PerFamily { ipv4, ipv6 }, "{precedences:?}");
        };
        check(&[30, 40], Present, Present);
        check(&[30], Present, Absent);
        check(&[40, 50], Absent, Present);
        check(&[], Unknown, Unknown);
        check(&[60], Unknown, Unknown);
    }
}
