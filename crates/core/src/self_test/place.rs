//! Where the questions are asked: our endpoints, each with the questions that it answers.

use crate::{
    measure::{target::BrowserEndpoints, url},
    self_test::question::{Question, Questions},
};
use serde::{Deserialize, Serialize};

/// One endpoint of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The origin of the page itself.
    Own,
    /// A name that has addresses of both families.
    DualStack,
    Ipv4,
    Ipv6,
    /// An address in place of a name.
    LiteralIpv4,
    LiteralIpv6,
    /// A name that can be looked up over IPv6 only.
    ResolverIpv6,
    /// The server of `Ipv4` under a name that no list of names knows.
    NeutralIpv4,
    NeutralIpv6,
}

impl Place {
    pub const ALL: [Self; 9] = [
        Self::Own,
        Self::DualStack,
        Self::Ipv4,
        Self::Ipv6,
        Self::LiteralIpv4,
        Self::LiteralIpv6,
        Self::ResolverIpv6,
        Self::NeutralIpv4,
        Self::NeutralIpv6,
    ];

    /// Returns the attribute of the page's first script that holds its origin.
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::Own => "data-own",
            Self::DualStack => "data-dual-stack",
            Self::Ipv4 => "data-ipv4",
            Self::Ipv6 => "data-ipv6",
            Self::LiteralIpv4 => "data-literal-ipv4",
            Self::LiteralIpv6 => "data-literal-ipv6",
            Self::ResolverIpv6 => "data-resolver-ipv6",
            Self::NeutralIpv4 => "data-neutral-ipv4",
            Self::NeutralIpv6 => "data-neutral-ipv6",
        }
    }

    /// Returns the origin of this endpoint, where there is one; the page knows its own.
    pub fn origin<'a>(self, named: &'a BrowserEndpoints, beside: &'a Beside) -> Option<&'a str> {
        match self {
            Self::Own => None,
            Self::DualStack => named.dual_stack.as_deref(),
            Self::Ipv4 => named.ipv4.as_deref(),
            Self::Ipv6 => named.ipv6.as_deref(),
            Self::LiteralIpv4 => beside.literal_ipv4.as_deref(),
            Self::LiteralIpv6 => beside.literal_ipv6.as_deref(),
            Self::ResolverIpv6 => beside.resolver_ipv6.as_deref(),
            Self::NeutralIpv4 => beside.neutral_ipv4.as_deref(),
            Self::NeutralIpv6 => beside.neutral_ipv6.as_deref(),
        }
    }
}

impl Question {
    /// Returns where it is asked.
    pub const fn place(self) -> Place {
        match self {
            // Only the page's own server can offer it: the endpoints of one family speak HTTP/1.1 alone.
            Self::Portal | Self::Http3 => Place::Own,
            Self::DualStack | Self::LargeDualStack | Self::UploadDualStack => Place::DualStack,
            Self::Ipv4 | Self::LargeIpv4 | Self::UploadIpv4 => Place::Ipv4,
            Self::Ipv6 | Self::LargeIpv6 | Self::UploadIpv6 => Place::Ipv6,
            Self::LiteralIpv4 => Place::LiteralIpv4,
            Self::LiteralIpv6 => Place::LiteralIpv6,
            Self::ResolverIpv6 => Place::ResolverIpv6,
            Self::NeutralIpv4 => Place::NeutralIpv4,
            Self::NeutralIpv6 => Place::NeutralIpv6,
        }
    }
}

/// Why a question is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAsked {
    /// There is no endpoint for it.
    NoEndpoint,
    /// It is about what only a page over TLS has.
    NoTls,
    /// The small question that it comes after was not answered in time: its answer would say nothing.
    SmallFailed,
    /// It is the control of a question that has not failed.
    NotNeeded,
}

impl NotAsked {
    pub const ALL: [Self; 4] = [Self::NoEndpoint, Self::NoTls, Self::SmallFailed, Self::NotNeeded];

    /// Returns why a question is not asked that there is an endpoint for, or not, from a page over TLS, or not.
    pub fn of(question: Question, has_endpoint: bool, is_secure: bool) -> Self {
        match question {
            _ if !has_endpoint => Self::NoEndpoint,
            Question::Http3 if !is_secure => Self::NoTls,
            _ if question.control_of().is_some() => Self::NotNeeded,
            _ => Self::SmallFailed,
        }
    }

    /// Returns the stable code, as in `data-cause`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoEndpoint => "no_endpoint",
            Self::NoTls => "no_tls",
            Self::SmallFailed => "small_failed",
            Self::NotNeeded => "not_needed",
        }
    }

    /// Whether it is known before the test is complete.
    pub const fn is_known_at_once(self) -> bool {
        matches!(self, Self::NoEndpoint | Self::NoTls)
    }
}

/// Returns what can be asked, of these endpoints, from a page over TLS, or not.
pub fn offered(has_endpoint: impl Fn(Place) -> bool, is_secure: bool) -> Questions {
    let is_offered =
        |question: &Question| has_endpoint(question.place()) && (is_secure || *question != Question::Http3);
    Question::ALL.into_iter().filter(is_offered).collect()
}

/// Endpoints beside the names of each family and of both: origins, as those.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Beside {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub literal_ipv4: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub literal_ipv6: Option<String>,
    /// A name whose name servers have IPv6 addresses only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver_ipv6: Option<String>,
    /// The IPv4 endpoint's server under a name that no list of names knows: what blocks names is told by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neutral_ipv4: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neutral_ipv6: Option<String>,
}

impl Beside {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What an origin begins with, after its scheme, where every name below it is an endpoint.
const ANY_LABEL: &str = "//*.";

/// Whether each request to this origin may have a name of its own: browsers remember for minutes what became of a name.
pub fn has_fresh_labels(origin: &str) -> bool {
    let host = url::host(origin);
    origin.contains(ANY_LABEL) || host == "localhost" || host.ends_with(".localhost")
}

/// Returns an origin with a label where it has room for one; of `localhost` none is needed.
pub fn with_label(origin: &str, label: &str) -> String {
    origin.replacen(ANY_LABEL, &["//", label, "."].concat(), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_a_place_and_every_place_an_attribute() {
        for place in Place::ALL {
            assert!(Question::ALL.into_iter().any(|question| question.place() == place), "{place:?}");
            assert_eq!(Place::ALL.into_iter().filter(|other| other.attribute() == place.attribute()).count(), 1);
        }
        for question in Question::ALL {
            // What must be of one family is asked where there is one family.
            let family = question.family().is_some();
            let is_of_one = matches!(
                question.place(),
                Place::Ipv4
                    | Place::Ipv6
                    | Place::LiteralIpv4
                    | Place::LiteralIpv6
                    | Place::NeutralIpv4
                    | Place::NeutralIpv6
            );
            assert_eq!(family, is_of_one, "{question:?}");
            // Except of HTTP/3 and of names, what comes after a small question is asked where that was.
            let small = question.after().filter(|_| question.is_large());
            assert!(small.is_none_or(|small| small.place() == question.place()), "{question:?}");
        }
    }

    #[test]
    fn what_is_not_offered_has_a_reason() {
        for is_secure in [false, true] {
            for place in Place::ALL {
                let questions = offered(|other| other == place, is_secure);
                for question in Question::ALL {
                    let has = question.place() == place;
                    let why = NotAsked::of(question, has, is_secure);
                    assert_eq!(questions.has(question), !why.is_known_at_once(), "{question:?} {is_secure}");
                    assert_eq!(why == NotAsked::NotNeeded, has && question.control_of().is_some(), "{question:?}");
                }
            }
        }
        assert!(!offered(|_| true, false).has(Question::Http3) && offered(|_| true, true) == Questions::ALL);
    }

    #[test]
    fn a_label_goes_where_there_is_room() {
        for (origin, has, expected) in [
            ("https://*.v6.example", true, "https://r1.v6.example"),
            ("https://v6.example:8443", false, "https://v6.example:8443"),
            ("//*.v6.example", true, "//r1.v6.example"),
            ("http://localhost:8787", true, "http://localhost:8787"),
            ("http://127.0.0.1:8787", false, "http://127.0.0.1:8787"),
        ] {
            assert_eq!((has_fresh_labels(origin), with_label(origin, "r1").as_str()), (has, expected), "{origin}");
        }
    }
}
