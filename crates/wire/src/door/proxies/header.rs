//! The headers in which proxies say for whom they ask.

/// A header that may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// A list: each proxy puts who asked it at the end.
    XForwardedFor,
    XForwardedProto,
    XForwardedHost,
    XForwardedPort,
    /// RFC 7239: all of that.
    Forwarded,
    /// The one address that Cloudflare saw, which a tunnel hands on.
    CfConnectingIp,
}

impl Header {
    pub const ALL: [Self; 6] = [
        Self::XForwardedFor,
        Self::XForwardedProto,
        Self::XForwardedHost,
        Self::XForwardedPort,
        Self::Forwarded,
        Self::CfConnectingIp,
    ];

    /// What is read where nothing else is said: proxies write these two with one line each, or by themselves. The host that
    /// was asked they hand on as it is.
    pub const USUAL: [Self; 2] = [Self::XForwardedFor, Self::XForwardedProto];

    /// Returns its name, as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "X-Forwarded-For",
            Self::XForwardedProto => "X-Forwarded-Proto",
            Self::XForwardedHost => "X-Forwarded-Host",
            Self::XForwardedPort => "X-Forwarded-Port",
            Self::Forwarded => "Forwarded",
            Self::CfConnectingIp => "CF-Connecting-IP",
        }
    }

    /// Whether it says who asks.
    pub const fn says_who(&self) -> bool {
        matches!(self, Self::XForwardedFor | Self::Forwarded | Self::CfConnectingIp)
    }

    /// Reads the name of a header.
    ///
    /// # Errors
    /// That there is no such one, and which ones there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|header| header.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| format!("`{text}` is no header that is read; there are {}", Self::listed(|_| true)))
    }

    /// Returns the names of some of them, as a list for people.
    pub fn listed(is_listed: impl Fn(&Self) -> bool) -> String {
        Self::ALL.iter().filter(|header| is_listed(header)).map(|header| header.name()).collect::<Vec<_>>().join(", ")
    }
}
