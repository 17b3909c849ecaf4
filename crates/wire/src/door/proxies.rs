//! Who asks, and under which address, where proxies stand in front: what they say counts only where the operator has named
//! them, and only in the headers that the operator has named, for a header that a proxy leaves alone is the visitor's own.
//!
//! ```text
//! visitor ---> proxy, named ---> proxy, named ---> us: the peer is the second proxy
//!
//! X-Forwarded-For: 192.0.2.66, 2001:db8::7, 10.0.0.3
//!                  |           |            `- said by the second proxy: the first one
//!                  |           `- said by the first proxy: the first from the end that is no proxy of ours, who asks
//!                  `- said by who asks: nothing
//! ```

mod forwarded;
mod header;
mod node;

pub use header::Header;

use std::net::IpAddr;

/// The proxies that are believed, and in which headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    networks: Vec<(IpAddr, u32)>,
    headers: Vec<Header>,
}

/// Who asked, with the port where it is told.
pub type Peer = (IpAddr, Option<u16>);

/// What is known of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// `None`: a proxy asks for somebody whom it does not name.
    pub who: Option<Peer>,
    /// Whether who asks is connected with TLS; `None`: nobody whom we believe says so.
    pub is_secure: Option<bool>,
    /// The host that was asked, with its port where one is told.
    pub host: Option<String>,
    /// The port that was asked.
    pub port: Option<u16>,
}

impl Proxies {
    /// Reads addresses and networks (`10.0.0.0/8`), and names of headers, each with commas between them. Where no header is
    /// named, it is `X-Forwarded-For` and `X-Forwarded-Proto`.
    ///
    /// # Errors
    /// The part that is none, and what would be one.
    pub fn parse(networks: &str, headers: &str) -> Result<Self, String> {
        let networks = parts(networks).map(network).collect::<Result<Vec<_>, _>>()?;
        let headers = parts(headers).map(Header::parse).collect::<Result<Vec<_>, _>>()?;
        let headers = if headers.is_empty() { Header::USUAL.to_vec() } else { headers };
        let naming: Vec<_> = headers.iter().filter(|header| header.says_who()).map(|header| header.name()).collect();
        match &naming[..] {
            [_] => Ok(Self { networks, headers }),
            [] => Err(format!("none of the headers says who asks; name one of {}", Header::listed(Header::says_who))),
            [first, second, ..] => {
                Err(format!("{first} and {second} both say who asks; name the one that your proxy sets"))
            }
        }
    }

    /// Whether nobody is believed.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether an address is that of a proxy that is believed.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.networks.iter().any(|(network, n_bits)| match (network, ip) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                is_within(network.to_bits().into(), ip.to_bits().into(), 32 - n_bits)
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => is_within(network.to_bits(), ip.to_bits(), 128 - n_bits),
            _ => false,
        })
    }

    /// Returns what is known of a request, from the peer of the connection and from what `header` returns for a name: all
    /// that stands in the headers of that name, in their order, with commas between them.
    pub fn hear(&self, peer: Peer, header: impl Fn(&str) -> Option<String>) -> Told {
        if !self.trusts(peer.0) {
            return Told { who: Some(peer), ..Told::default() };
        }
        let read = |one: Header| self.headers.contains(&one).then(|| header(one.name())).flatten();
        let mut told = Told::default();
        // Where in a list with an item for each proxy stands what the first of ours has said, and how long that list is.
        let mut place = None;
        if let Some(list) = read(Header::Forwarded) {
            told = forwarded::parse(&list).map(|hops| self.nearest(hops)).unwrap_or_default();
        }
        if let Some(list) = read(Header::XForwardedFor) {
            let nodes: Vec<_> = list.split(',').map(node::parse).collect();
            let at = self.at(&nodes, |node| *node);
            told.who = nodes.get(at).copied().flatten();
            place = Some((at, nodes.len()));
        }
        if let Some(address) = read(Header::CfConnectingIp) {
            told.who = node::of_cloudflare(&address, || header("cf-connecting-ipv6"));
        }
        let item = |one: Header| read(one).map(|list| item(&list, place));
        told.is_secure = told.is_secure.or_else(|| node::is_secure(&item(Header::XForwardedProto)?));
        told.host = told.host.or_else(|| node::host(&item(Header::XForwardedHost)?));
        told.port = item(Header::XForwardedPort).and_then(|port| node::port(&port));
        told
    }

    /// Returns the place in a list of who asked whom, from the end the first that is no proxy of ours: what cannot be read is
    /// nobody's, and what stands before it was said by nobody whom we know. Where all are ours, it is the first.
    fn at<T>(&self, list: &[T], who: impl Fn(&T) -> Option<Peer>) -> usize {
        list.iter().rposition(|item| who(item).is_none_or(|(ip, _)| !self.trusts(ip))).unwrap_or(0)
    }

    fn nearest(&self, mut hops: Vec<Told>) -> Told {
        let at = self.at(&hops, |hop| hop.who);
        if at < hops.len() { hops.swap_remove(at) } else { Told::default() }
    }
}

/// Returns the item of a list that stands where the first of our proxies has written: in one with an item for each proxy at
/// its place, and else the last one.
fn item(list: &str, place: Option<(usize, usize)>) -> String {
    let items: Vec<_> = list.split(',').map(str::trim).collect();
    let at = place.filter(|(_, n)| *n == items.len()).map_or(items.len() - 1, |(at, _)| at);
    items[at].to_owned()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn network(part: &str) -> Result<(IpAddr, u32), String> {
    let read = || {
        let (ip, n_bits) = part.split_once('/').map_or((part, None), |(ip, n_bits)| (ip, Some(n_bits)));
        let ip: IpAddr = ip.parse().ok()?;
        let most = if ip.is_ipv4() { 32 } else { 128 };
        let digits = |text: &str| text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let n_bits: u32 = n_bits.map_or(Some(most), digits).filter(|n| *n <= most)?;
        // What is written as IPv6 and means IPv4 is compared as that.
        Some(match ip.to_canonical() {
            canonical if ip.is_ipv6() && canonical.is_ipv4() => (canonical, n_bits.checked_sub(96)?),
            canonical => (canonical, n_bits),
        })
    };
    read().ok_or_else(|| {
        format!("`{part}` is no address and no network; write `192.0.2.1`, `10.0.0.0/8`, `::1` or `2001:db8::/32`")
    })
}

fn is_within(network: u128, ip: u128, n_free_bits: u32) -> bool {
    network.checked_shr(n_free_bits).unwrap_or(0) == ip.checked_shr(n_free_bits).unwrap_or(0)
}

#[cfg(test)]
mod tests;
