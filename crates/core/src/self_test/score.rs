//! The scores and help-desk codes that test-ipv6.com made known (RIPE-631 builds a procedure on the codes).
//!
//! Re-expressed from what its rules answer, not from their text, and equal to them but for what is named in
//! `crates/core/tests/truth.rs`.

use crate::{
    measure::family::Family,
    self_test::{question::Question, run::Run, told::Told, why::Why},
};
use std::{fmt, net::Ipv6Addr};

/// How one of its tests ends. Five seconds part `ok` from `slow`, and a failure from a time-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Ok,
    Slow,
    Bad,
    Timeout,
}

/// What parts `ok` from `slow`.
const SLOW_MS: u32 = 5_000;

impl Ended {
    pub const ALL: [Self; 4] = [Self::Ok, Self::Slow, Self::Bad, Self::Timeout];

    pub const fn works(self) -> bool {
        matches!(self, Self::Ok | Self::Slow)
    }
}

/// An IPv6 address that is a tunnel through IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tunnel {
    /// RFC 3056: `2002::/16`.
    SixToFour,
    /// RFC 4380: `2001::/32`.
    Teredo,
}

impl Tunnel {
    pub const fn of(address: Ipv6Addr) -> Option<Self> {
        match address.segments() {
            [0x2002, ..] => Some(Self::SixToFour),
            [0x2001, 0, ..] => Some(Self::Teredo),
            _ => None,
        }
    }
}

/// What the scores depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    pub ipv4: Ended,
    pub ipv6: Ended,
    pub dual: Ended,
    /// The family that the dual-stack name was reached over, if it was.
    pub chosen: Option<Family>,
    pub large_ipv6: Ended,
    pub large_dual: Ended,
    pub resolver_ipv6: Ended,
    pub tunnel: Option<Tunnel>,
}

/// Scores from 0 to 10; `None` where they would mean nothing ("n/a").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// As things are now, with both kinds of sites around.
    pub ipv4: Option<u8>,
    /// For the day when there are sites with IPv6 only.
    pub ipv6: Option<u8>,
    pub helpdesk: Option<HelpDesk>,
}

/// What a help desk asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HelpDesk {
    pub code: Code,
    pub mtu: bool,
    pub slow: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Ipv4Only,
    Ipv6Only,
    DualStack,
    SixToFour,
    /// IPv4, and IPv6 that is broken: the emergency number.
    Broken,
}

impl HelpDesk {
    /// Returns what one of these reads as; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Code::ALL.into_iter().flat_map(|code| {
            [(false, false), (true, false), (false, true), (true, true)].map(|(mtu, slow)| Self { code, mtu, slow })
        });
        all.find(|helpdesk| helpdesk.to_string() == text)
    }
}

impl Code {
    pub const ALL: [Self; 5] = [Self::Ipv4Only, Self::Ipv6Only, Self::DualStack, Self::SixToFour, Self::Broken];

    pub const fn text(self) -> &'static str {
        match self {
            Self::Ipv4Only => "4",
            Self::Ipv6Only => "6",
            Self::DualStack => "46",
            Self::SixToFour => "624",
            Self::Broken => "112",
        }
    }
}

impl fmt::Display for HelpDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.text())?;
        f.write_str(if self.mtu { ",mtu" } else { "" })?;
        f.write_str(if self.slow { ",slow" } else { "" })
    }
}

impl Inputs {
    /// Returns what a run gives; `None` while it is not known, where a name of one family was not asked at all, or where
    /// it is our own endpoint that fails, or the visitor's filter that blocks it by its name.
    ///
    /// What there is no endpoint for counts as well: it takes nothing away.
    pub fn of(run: &Run, now_ms: u32) -> Option<Self> {
        let ended = |question| {
            let reading = run.reading(question, now_ms);
            let is_long = reading.after_ms.is_some_and(|ms| ms >= SLOW_MS);
            match reading.told {
                Told::Waiting | Told::Overdue => None,
                Told::NotAsked => Some(None),
                Told::Ok | Told::Slow => Some(Some(if is_long { Ended::Slow } else { Ended::Ok })),
                // Who is given up sooner than there would have timed out there.
                Told::Silent => Some(Some(Ended::Timeout)),
                _ => Some(Some(if is_long { Ended::Timeout } else { Ended::Bad })),
            }
        };
        let is_ours = |why| matches!(why, Why::OurName | Why::NameBlocked);
        if run.conclude(now_ms).families.iter().any(|(_, finding)| is_ours(finding.why)) {
            return None;
        }
        let dual = ended(Question::DualStack)?;
        let ipv6 = ended(Question::Ipv6)??;
        let of_large =
            |small: Ended, large| Some(ended(large)?.unwrap_or(if small.works() { Ended::Ok } else { small }));
        let seen = run.reading(Question::Ipv6, now_ms).address;
        let chosen = run.evidence(now_ms).choice.family();
        let ipv4 = ended(Question::Ipv4)??;
        // Without a name of both, the better one speaks for it, as a browser would.
        let dual = dual.unwrap_or(if ipv6.works() { ipv6 } else { ipv4 });
        Some(Self {
            ipv4,
            ipv6,
            dual,
            chosen: chosen.or_else(|| dual.works().then_some(if ipv6.works() { Family::Ipv6 } else { Family::Ipv4 })),
            large_ipv6: of_large(ipv6, Question::LargeIpv6)?,
            large_dual: of_large(dual, Question::LargeDualStack)?,
            resolver_ipv6: ended(Question::ResolverIpv6)?.unwrap_or(Ended::Ok),
            tunnel: seen.and_then(|ip| match ip {
                std::net::IpAddr::V6(ip) => Tunnel::of(ip),
                std::net::IpAddr::V4(_) => None,
            }),
        })
    }

    /// Whether large packets are in question over IPv6 that works.
    fn is_mtu(&self) -> bool {
        self.ipv6.works() && (self.large_ipv6 != Ended::Ok || self.large_dual != Ended::Ok)
    }

    fn chose(&self, family: Family) -> bool {
        self.dual.works() && self.chosen == Some(family)
    }
}

/// Scores a connection.
pub fn score(inputs: &Inputs) -> Score {
    let Some((mut ipv4, mut ipv6)) = base(inputs) else {
        return Score { ipv4: None, ipv6: None, helpdesk: None };
    };
    if inputs.dual.works() && !inputs.resolver_ipv6.works() {
        ipv6 = ipv6.min(9);
    }
    if inputs.is_mtu() {
        (ipv4, ipv6) = (ipv4.min(1), ipv6.min(1));
    }
    match inputs.tunnel {
        Some(Tunnel::SixToFour) => (ipv4, ipv6) = (ipv4.min(7), ipv6.min(7)),
        Some(Tunnel::Teredo) if !inputs.ipv6.works() => ipv6 = 0,
        Some(Tunnel::Teredo) if inputs.chose(Family::Ipv4) => ipv6 = ipv6.min(7),
        Some(Tunnel::Teredo) => (ipv4, ipv6) = (ipv4.min(7), ipv6.min(7)),
        None => {}
    }
    Score { ipv4: Some(ipv4), ipv6: Some(ipv6), helpdesk: helpdesk(inputs) }
}

/// The scores before what is wrong beside the families themselves.
fn base(inputs: &Inputs) -> Option<(u8, u8)> {
    let of = |ended| if ended == Ended::Slow { 5 } else { 10 };
    let (ipv4, ipv6) = (of(inputs.ipv4), of(inputs.ipv6));
    let (dual, chose4, chose6) = (inputs.dual, inputs.chose(Family::Ipv4), inputs.chose(Family::Ipv6));
    Some(match (inputs.ipv4.works(), inputs.ipv6.works()) {
        (false, false) => return None,
        (true, true) => match inputs.ipv4 {
            // Each works, and the one slow leg is the dual-stack name.
            Ended::Ok if inputs.ipv6 == Ended::Ok && dual == Ended::Slow => (7, 7),
            // IPv4 slow and the dual-stack name refused: IPv4 is what is wrong.
            Ended::Slow if inputs.ipv6 == Ended::Ok && dual == Ended::Bad => (5, 10),
            // Clients that have both fail although each works alone.
            _ if !dual.works() => (0, 0),
            _ => (ipv4, ipv6),
        },
        (false, true) if chose6 => (0, 10),
        // IPv6 only, and the name with both was reached over IPv4, or not at all.
        (false, true) => (0, 0),
        // IPv4 only, or IPv6 that fails.
        (true, false) => match inputs.ipv6 {
            _ if !dual.works() => (0, 0),
            // IPv6 works, as the dual-stack name shows, and the name with IPv6 alone is not found.
            Ended::Bad if chose6 && inputs.ipv4 == Ended::Ok => (10, 9),
            _ if !chose4 => (0, 0),
            _ if dual == Ended::Slow => (5, 0),
            Ended::Bad => (ipv4, 0),
            _ => (10, 0),
        },
    })
}

fn helpdesk(inputs: &Inputs) -> Option<HelpDesk> {
    // An IPv6 address was seen somewhere, although the name with IPv6 alone failed: none of the codes says that.
    let is_seen = inputs.chose(Family::Ipv6) || inputs.large_ipv6.works();
    let code = match (inputs.ipv4.works(), inputs.ipv6.works()) {
        (true, true) => match inputs.tunnel {
            None => Code::DualStack,
            Some(Tunnel::SixToFour) => Code::SixToFour,
            Some(Tunnel::Teredo) => return None,
        },
        (true, false) if is_seen && inputs.tunnel.is_none() => return None,
        (true, false) if inputs.ipv6 == Ended::Timeout => Code::Broken,
        (true, false) => Code::Ipv4Only,
        (false, true) => Code::Ipv6Only,
        (false, false) => return None,
    };
    let slow = [inputs.ipv4, inputs.ipv6, inputs.dual].contains(&Ended::Slow);
    Some(HelpDesk { code, mtu: inputs.is_mtu(), slow })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEALTHY: Inputs = Inputs {
        ipv4: Ended::Ok,
        ipv6: Ended::Ok,
        dual: Ended::Ok,
        chosen: Some(Family::Ipv6),
        large_ipv6: Ended::Ok,
        large_dual: Ended::Ok,
        resolver_ipv6: Ended::Ok,
        tunnel: None,
    };

    fn check(inputs: Inputs, ipv4: u8, ipv6: u8, helpdesk: &str) {
        let score = score(&inputs);
        let text = score.helpdesk.map_or(String::new(), |helpdesk| helpdesk.to_string());
        assert_eq!((score.ipv4, score.ipv6, text.as_str()), (Some(ipv4), Some(ipv6), helpdesk), "{inputs:?}");
    }

    #[test]
    fn what_help_desks_know() {
        check(HEALTHY, 10, 10, "46");
        check(Inputs { large_ipv6: Ended::Timeout, ..HEALTHY }, 1, 1, "46,mtu");
        check(Inputs { resolver_ipv6: Ended::Bad, ..HEALTHY }, 10, 9, "46");
        let silent = Inputs { ipv6: Ended::Timeout, chosen: Some(Family::Ipv4), large_ipv6: Ended::Timeout, ..HEALTHY };
        check(silent, 10, 0, "112");
        check(Inputs { dual: Ended::Slow, ..silent }, 5, 0, "112,slow");
        check(Inputs { ipv6: Ended::Bad, large_ipv6: Ended::Bad, ..silent }, 10, 0, "4");
        check(Inputs { ipv4: Ended::Bad, ..HEALTHY }, 0, 10, "6");
    }

    #[test]
    fn tunnels() {
        let tunnel = |tunnel, chosen| Inputs { tunnel: Some(tunnel), chosen: Some(chosen), ..HEALTHY };
        check(tunnel(Tunnel::SixToFour, Family::Ipv6), 7, 7, "624");
        check(tunnel(Tunnel::Teredo, Family::Ipv6), 7, 7, "");
        check(tunnel(Tunnel::Teredo, Family::Ipv4), 10, 7, "");
        check(Inputs { ipv6: Ended::Bad, ..tunnel(Tunnel::Teredo, Family::Ipv4) }, 10, 0, "4");
        assert_eq!(Tunnel::of("2002:c000:201::1".parse().unwrap()), Some(Tunnel::SixToFour));
        assert_eq!(Tunnel::of("2001:0:4136::1".parse().unwrap()), Some(Tunnel::Teredo));
        assert_eq!(Tunnel::of("2001:db8::1".parse().unwrap()), None);
    }

    #[test]
    fn codes_read_back() {
        for text in ["4", "6", "46", "624", "112", "46,mtu", "112,slow", "46,mtu,slow"] {
            assert_eq!(HelpDesk::parse(text).map(|helpdesk| helpdesk.to_string()).as_deref(), Some(text));
        }
        assert_eq!(HelpDesk::parse("46,slow,mtu"), None);
    }
}
