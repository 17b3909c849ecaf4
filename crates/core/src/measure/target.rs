//! What is to be measured, and how: targets, expectations, controls, resolvers.

mod confirmation;
mod dns;
mod expect;
mod goals;
mod json;
mod octets;
mod request;

pub use confirmation::Confirmation;
pub use dns::{DNS_TYPES, DnsQuestion};
pub use expect::{Expect, Expected, ExpectedFailure, HeaderExpectation, StatusRange};
pub use goals::{Retention, Slo};
pub use json::{JsonExpectation, JsonPath, JsonScalar, JsonStep};
pub use octets::Octets;
pub use request::{Method, Request, RequestHeader};

use crate::measure::{family::PerFamily, public::Public};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

/// The shortest and longest interval between two rounds of a target, and the default, in seconds.
pub const INTERVAL_S: std::ops::RangeInclusive<u32> = 5..=3600;
pub const DEFAULT_INTERVAL_S: u32 = 60;
/// The default bound of a whole round, in milliseconds. Never longer than the interval.
pub const DEFAULT_TIMEOUT_MS: u32 = 10_000;
/// The default number of redirects that are followed.
pub const DEFAULT_MAX_REDIRECTS: u8 = 5;
/// What a regular expression may cost, in words of 64 bits that are touched for a character
/// (`dualwatch_pattern::Pattern::cost`). With it the largest body takes at most as long as ten times its digest.
pub const MAX_PATTERN_COST: usize = 60;
/// What all of a target's may cost together.
pub const MAX_PATTERNS_COST: usize = 8 * MAX_PATTERN_COST;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    Http,
    Https,
    /// A TCP connection, and what is said over it, if anything.
    Tcp,
    /// A TLS handshake, and what is said over it, if anything.
    Tls,
    /// One question to a name server, over TCP (RFC 7766).
    Dns,
    /// The opening handshake of a WebSocket (RFC 6455), and what is said over it, if anything.
    Ws,
    /// The same over TLS.
    Wss,
}

impl Scheme {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Dns => "dns",
            Self::Ws => "ws",
            Self::Wss => "wss",
        }
    }

    /// Whether HTTP is spoken, in the clear or over TLS.
    pub const fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }

    /// Whether TLS is spoken.
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::Tls | Self::Wss)
    }

    /// Whether there is a bare stream of bytes: no path, no user.
    pub const fn is_stream(self) -> bool {
        matches!(self, Self::Tcp | Self::Tls)
    }

    /// Whether a WebSocket is opened, in the clear or over TLS.
    pub const fn is_web_socket(self) -> bool {
        matches!(self, Self::Ws | Self::Wss)
    }

    /// Whether bytes of our choice are exchanged, if any.
    pub const fn is_conversation(self) -> bool {
        self.is_stream() || self.is_web_socket()
    }

    /// Returns the port that the scheme implies, if any.
    pub const fn default_port(self) -> Option<u16> {
        match self {
            Self::Http | Self::Ws => Some(80),
            Self::Https | Self::Wss => Some(443),
            Self::Dns => Some(53),
            Self::Tcp | Self::Tls => None,
        }
    }
}

/// A host as written in a URL: a name in ASCII lower case without the final dot, or a literal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Host {
    Name(String),
    Address(IpAddr),
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(a)) => write!(f, "{a}"),
            Self::Address(IpAddr::V6(a)) => write!(f, "[{a}]"),
        }
    }
}

/// Where a target answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    pub scheme: Scheme,
    pub host: Host,
    pub port: u16,
    /// Path and query, percent-encoded, beginning with `/`; empty for `tcp` and `tls`.
    pub path: String,
}

impl Endpoint {
    /// Returns `host` or `host:port` as the HTTP `Host` header wants it.
    pub fn authority(&self) -> String {
        if self.scheme.default_port() == Some(self.port) {
            self.host.to_string()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.code(), self.authority(), self.path)
    }
}

/// URLs that a browser can fetch to reach one family only, and both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BrowserEndpoints {
    pub ipv4: Option<String>,
    pub ipv6: Option<String>,
    pub dual_stack: Option<String>,
}

/// One thing that is measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Lower-case letters, digits and single hyphens; unique; part of URLs.
    pub slug: String,
    pub name: String,
    pub endpoint: Endpoint,
    /// The value of the `Authorization` header that credentials in the URL stand for. Never shown.
    pub authorization: Option<String>,
    /// What is sent. It may hold secrets: never shown.
    #[serde(default)]
    pub request: Request,
    pub interval_s: u32,
    pub timeout_ms: u32,
    pub expect: Expect,
    /// Addresses to use in place of those that the name resolves to.
    pub addresses: Vec<IpAddr>,
    /// What the page may fetch to measure this target from the visitor's browser.
    pub browser: BrowserEndpoints,
    /// What is asked of its availability, if anything.
    #[serde(default)]
    pub slo: Option<Slo>,
    /// How many rounds in a row confirm that it is down, and that it is up again.
    #[serde(default)]
    pub confirm: Confirmation,
    /// The names of the channels that hear of its incidents; none: all of them.
    #[serde(default)]
    pub notify: Option<Vec<String>>,
    /// The name under which it is shown together with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// With what its people reach it: names of the table of real clients.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<String>,
    /// What of it everybody may know.
    #[serde(default, skip_serializing_if = "Public::is_all")]
    pub public: Public,
    /// Whether each of its addresses is visited for itself, and not only as many as it takes until one answers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub every_address: bool,
}

impl Target {
    /// Returns a target with every default, as `dualwatch check` uses it.
    pub fn new(slug: &str, endpoint: Endpoint) -> Self {
        Self {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            endpoint,
            authorization: None,
            request: Request::default(),
            interval_s: DEFAULT_INTERVAL_S,
            timeout_ms: DEFAULT_TIMEOUT_MS,
            expect: Expect::default(),
            addresses: Vec::new(),
            browser: BrowserEndpoints::default(),
            slo: None,
            confirm: Confirmation::default(),
            notify: None,
            group: None,
            clients: Vec::new(),
            public: Public::default(),
            every_address: false,
        }
    }

    /// Returns the URL without its user part, as it is measured: what everybody may know of it, [`Self::veil`] says.
    pub fn url(&self) -> String {
        self.endpoint.to_string()
    }
}

/// Who is asked for addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Resolver {
    /// DNS over TCP (RFC 7766) to a literal.
    Tcp { address: SocketAddr },
    /// DNS over HTTPS (RFC 8484), POST. A name in the URL is looked up through the literal resolvers.
    Doh { endpoint: Endpoint },
    /// The operating system's resolver; only a native program has one.
    System,
}

impl fmt::Display for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { address } => write!(f, "tcp://{address}"),
            Self::Doh { endpoint } => write!(f, "{endpoint}"),
            Self::System => f.write_str("system"),
        }
    }
}

/// What holds for every target of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Known-good destinations per family, of unrelated operators; a TCP handshake is enough.
    pub controls: PerFamily<Vec<SocketAddr>>,
    /// Asked in this order until one answers.
    pub resolvers: Vec<Resolver>,
    /// Whether loopback and private addresses may be measured.
    pub allow_private: bool,
    /// Certificates (PEM) that are trusted beside the public roots.
    pub extra_roots_pem: Vec<String>,
    #[serde(default)]
    pub history: Retention,
}

/// The public resolvers' TCP 443 literals that prove a family: Quad9, Google, OpenDNS, Cloudflare.
/// Four unrelated operators; the order is the order of asking.
pub fn default_controls() -> PerFamily<Vec<SocketAddr>> {
    let list = |literals: &[&str]| literals.iter().filter_map(|l| l.parse().ok()).collect();
    PerFamily {
        ipv4: list(&["9.9.9.9:443", "8.8.8.8:443", "208.67.222.222:443", "1.1.1.1:443"]),
        ipv6: list(&[
            "[2620:fe::fe]:443",
            "[2001:4860:4860::8888]:443",
            "[2620:119:35::35]:443",
            "[2606:4700:4700::1111]:443",
        ]),
    }
}

/// DNS over HTTPS by literal, so that resolving needs no resolver: Quad9 and Google, over IPv4 and IPv6.
pub fn default_resolvers() -> Vec<Resolver> {
    ["9.9.9.9", "8.8.8.8", "2620:fe::fe", "2001:4860:4860::8888"]
        .iter()
        .filter_map(|literal| literal.parse().ok())
        .map(|address| Resolver::Doh {
            endpoint: Endpoint {
                scheme: Scheme::Https,
                host: Host::Address(address),
                port: 443,
                path: "/dns-query".to_owned(),
            },
        })
        .collect()
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            controls: default_controls(),
            resolvers: default_resolvers(),
            allow_private: false,
            extra_roots_pem: Vec::new(),
            history: Retention::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_what_they_say() {
        let controls = default_controls();
        assert_eq!((controls.ipv4.len(), controls.ipv6.len()), (4, 4));
        assert!(controls.ipv4.iter().all(SocketAddr::is_ipv4) && controls.ipv6.iter().all(SocketAddr::is_ipv6));
        assert_eq!(default_resolvers().len(), 4);
        assert_eq!(default_resolvers()[2].to_string(), "https://[2620:fe::fe]/dns-query");
    }
}
