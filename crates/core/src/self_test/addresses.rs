//! Which addresses the device has, as far as its browser lets a page see: without a server, a permission or an address.

use crate::measure::family::{Family, PerFamily};

/// What is known of the device's addresses of one family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Presence {
    #[default]
    Unknown,
    /// One of the Internet, with a way to use it.
    Global,
    /// Only of its own network (RFC 4193).
    Local,
    /// Only of a tunnel through IPv4: 6to4 or Teredo.
    Tunnel,
    /// Some address, of which kind the browser does not say: a hint, no more.
    Some,
    /// None of this family that could be used, while there is one of the other.
    Absent,
    /// Probably none: the browser shows one family only, and answers came over the other one.
    Hidden,
}

impl Presence {
    pub const ALL: [Self; 7] =
        [Self::Unknown, Self::Global, Self::Local, Self::Tunnel, Self::Some, Self::Absent, Self::Hidden];

    /// Returns the stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Global => "global",
            Self::Local => "local",
            Self::Tunnel => "tunnel",
            Self::Some => "some",
            Self::Absent => "absent",
            Self::Hidden => "probably_absent",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|presence| presence.code() == code)
    }
}

/// What the browser's own host candidates said when gathering ended, or half a second after it began: on some devices it
/// never ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Addresses {
    /// Not gathered (yet), no such interface, or a browser whose candidates nobody has measured.
    #[default]
    Untold,
    /// Chromium gave no candidate: as where there is no IPv4 address at all, or where a policy hides them.
    Nothing,
    /// Chromium: the class of each address is in its priority.
    Classes(Classes),
    /// Firefox: how many families the interface has that the page came over. Which ones it does not say.
    Families { both: bool },
}

/// The classes that Chromium's candidates told, each for itself.
#[allow(clippy::struct_excessive_bools)] // A set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Classes {
    pub ipv4: bool,
    pub global: bool,
    pub local: bool,
    pub tunnel: bool,
}

impl Addresses {
    /// Returns everything that can be known of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let has = |set: u8, bit: u8| set & bit != 0;
        let classes = (1..16).map(move |set| Classes {
            ipv4: has(set, 1),
            global: has(set, 2),
            local: has(set, 4),
            tunnel: has(set, 8),
        });
        let others = [Self::Untold, Self::Nothing, Self::Families { both: false }, Self::Families { both: true }];
        others.into_iter().chain(classes.map(Self::Classes))
    }

    /// Returns what the lines `candidate:...` of a browser tell.
    ///
    /// RFC 8839 section 5.1: `candidate:<foundation> <component> <transport> <priority> <address> <port> typ host ...`.
    /// RFC 8445 section 5.1.2.1: `priority = type << 24 | local << 8 | 256 - component`. Chromium's WebRTC keeps its
    /// `IPAddressPrecedence()` in the low byte of `local`: 30 IPv4, 40 global IPv6, 50 unique local, 20 6to4, 10 Teredo.
    /// Firefox counts `local` down from 32,512 by 256 for each interface and family, so that its low byte is 0.
    ///
    /// ```
    /// use dualwatch_core::self_test::addresses::Addresses;
    /// let firefox = ["candidate:0 1 UDP 2122252543 a.local 55438 typ host"];
    /// assert_eq!(Addresses::read(false, firefox), Addresses::Families { both: false });
    /// ```
    pub fn read<'a>(is_chromium: bool, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut classes, mut n_families) = (Classes::default(), 0);
        for local in candidates.into_iter().filter_map(local_preference) {
            match local & 0xff {
                30 => classes.ipv4 = true,
                40 => classes.global = true,
                50 => classes.local = true,
                10 | 20 => classes.tunnel = true,
                0 if local != 0 => n_families += 1,
                _ => {}
            }
        }
        if classes != Classes::default() {
            Self::Classes(classes)
        } else if n_families > 0 {
            Self::Families { both: n_families > 1 }
        } else if is_chromium {
            Self::Nothing
        } else {
            Self::Untold
        }
    }

    /// Returns what is known per family. `answered` is the family that an answer of ours came over, if one did.
    pub fn presence(self, answered: Option<Family>) -> PerFamily<Presence> {
        let absent_beside = |other: bool| if other { Presence::Absent } else { Presence::Unknown };
        match self {
            Self::Untold => PerFamily::default(),
            Self::Nothing if answered == Some(Family::Ipv6) => {
                PerFamily { ipv4: Presence::Hidden, ipv6: Presence::Some }
            }
            Self::Nothing => PerFamily::default(),
            Self::Classes(c) => PerFamily {
                ipv4: if c.ipv4 { Presence::Global } else { absent_beside(c.global || c.local || c.tunnel) },
                ipv6: match (c.global, c.tunnel, c.local) {
                    (true, ..) => Presence::Global,
                    (_, true, _) => Presence::Tunnel,
                    (.., true) => Presence::Local,
                    _ => absent_beside(c.ipv4),
                },
            },
            Self::Families { both: true } => PerFamily::from_fn(|_| Presence::Some),
            Self::Families { both: false } => PerFamily::from_fn(|family| match answered {
                Some(seen) if seen == family => Presence::Some,
                Some(_) => Presence::Hidden,
                None => Presence::Unknown,
            }),
        }
    }
}

/// Returns the local preference of a host candidate over UDP.
fn local_preference(candidate: &str) -> Option<u32> {
    let mut fields = candidate.split_ascii_whitespace().skip(2);
    let transport = fields.next()?;
    let priority: u32 = fields.next()?.parse().ok()?;
    let is_host = fields.nth(2)? == "typ" && fields.next()? == "host";
    (is_host && transport.eq_ignore_ascii_case("udp")).then_some((priority >> 8) & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The candidates of a browser by their local preferences.
    fn read(locals: &[u32]) -> Addresses {
        let line = |local: &u32| {
            let priority = 126 << 24 | local << 8 | 255;
            format!("candidate:3011261301 1 udp {priority} 6f2d.local 36490 typ host generation 0 network-cost 999")
        };
        let lines: Vec<String> = locals.iter().map(line).collect();
        Addresses::read(true, lines.iter().map(String::as_str))
    }

    fn check(locals: &[u32], answered: Option<Family>, ipv4: Presence, ipv6: Presence) {
        assert_eq!(read(locals).presence(answered), PerFamily { ipv4, ipv6 }, "{locals:?} {answered:?}");
    }

    #[test]
    fn what_was_measured_of_both_browsers() {
        use Presence::{Absent, Global, Hidden, Local, Some, Tunnel, Unknown};
        let (v4, v6) = (Option::Some(Family::Ipv4), Option::Some(Family::Ipv6));
        check(&[30], None, Global, Absent);
        check(&[30, 40], None, Global, Global);
        check(&[30, 50], None, Global, Local);
        check(&[30, 20], None, Global, Tunnel);
        check(&[30, 10], None, Global, Tunnel);
        check(&[40], None, Absent, Global);
        check(&[], v4, Unknown, Unknown);
        check(&[], None, Unknown, Unknown);
        check(&[], v6, Hidden, Some); // measured of devices without any IPv4 address
        check(&[0x7e00, 0x7f00], v4, Some, Some);
        check(&[0x7f00], v4, Some, Hidden);
        check(&[0x7f00], v6, Hidden, Some);
        check(&[0x7f00], None, Unknown, Unknown);
        check(&[60, 1, 0], None, Unknown, Unknown);
        check(&[0x7f1e, 0x7f28], None, Global, Global); // Chromium with the permission to see all interfaces
    }

    #[test]
    fn only_host_candidates_over_udp_count() {
        let tcp = "candidate:1 1 TCP 2105524479 b.local 9 typ host tcptype active";
        let reflexive = "candidate:1 1 udp 2122262783 192.0.2.1 1 typ srflx";
        for odd in ["", "candidate:", "candidate:1 1 udp x a.local 1 typ host", tcp, reflexive] {
            assert_eq!(Addresses::read(false, [odd]), Addresses::Untold, "{odd}");
        }
    }
}
