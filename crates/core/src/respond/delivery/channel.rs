//! Where notices go.

use crate::measure::{
    address::is_allowed,
    target::{Endpoint, Host, Scheme},
};
use serde::{Deserialize, Serialize};

/// One entry of `notify:`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Unique; what targets name it by.
    pub name: String,
    pub means: Means,
}

/// How a notice is delivered. More kinds come; each is one variant here, and one function at the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Means {
    /// A line in the host's log.
    Log,
    /// A POST that is signed as Standard Webhooks says.
    Webhook {
        /// Its path may be as good as a password: never shown.
        endpoint: Endpoint,
        /// The value of the `Authorization` header that credentials in the URL stand for. Never shown.
        authorization: Option<String>,
        /// `whsec_` and Base64. Never shown.
        secret: String,
    },
}

impl Channel {
    /// Whether a target that names these channels (or none, for all) is heard on this one.
    pub fn hears(&self, notify: Option<&[String]>) -> bool {
        notify.is_none_or(|names| names.contains(&self.name))
    }
}

impl Means {
    /// Returns why nothing may be delivered there: a request that we make must not become one into somebody's network.
    ///
    /// In the clear, and to what is no public address, only where `allow_private` is set. Of a name only the name itself
    /// is judged here; what it resolves to is for the host, which connects.
    pub fn refusal(&self, allow_private: bool) -> Option<String> {
        let Self::Webhook { endpoint, .. } = self else { return None };
        match &endpoint.host {
            Host::Address(address) if !is_allowed(*address, allow_private) => Some(format!("{address} is not public")),
            // RFC 6761, 6.3.
            Host::Name(name) if !allow_private && (name == "localhost" || name.ends_with(".localhost")) => {
                Some(format!("{name} is this machine itself"))
            }
            _ => match endpoint.scheme {
                Scheme::Https => None,
                Scheme::Http if allow_private => None,
                other => Some(format!("a webhook is https, not {}", other.code())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_may_be_delivered() {
        let check = |scheme, host: &str, allow_private, expected: Option<&str>| {
            let host = host.parse().map_or_else(|_| Host::Name(host.to_owned()), Host::Address);
            let endpoint = Endpoint { scheme, host, port: 443, path: "/".to_owned() };
            let means = Means::Webhook { endpoint, authorization: None, secret: String::new() };
            assert_eq!(means.refusal(allow_private).as_deref(), expected, "{means:?}");
        };
        check(Scheme::Https, "hooks.example", false, None);
        check(Scheme::Https, "9.9.9.9", false, None);
        check(Scheme::Https, "2620:fe::fe", false, None);
        check(Scheme::Https, "127.0.0.1", false, Some("127.0.0.1 is not public"));
        check(Scheme::Https, "::ffff:10.0.0.1", false, Some("::ffff:10.0.0.1 is not public"));
        check(Scheme::Https, "169.254.169.254", false, Some("169.254.169.254 is not public"));
        check(Scheme::Https, "localhost", false, Some("localhost is this machine itself"));
        check(Scheme::Http, "hooks.example", false, Some("a webhook is https, not http"));
        check(Scheme::Http, "127.0.0.1", true, None);
        check(Scheme::Http, "localhost", true, None);
        check(Scheme::Http, "224.0.0.1", true, Some("224.0.0.1 is not public"));
        check(Scheme::Tcp, "hooks.example", true, Some("a webhook is https, not tcp"));
        assert_eq!(Means::Log.refusal(false), None);
    }

    #[test]
    fn targets_are_heard_on_the_channels_that_they_name() {
        let channel = Channel { name: "ops".to_owned(), means: Means::Log };
        assert!(channel.hears(None) && channel.hears(Some(&["log".to_owned(), "ops".to_owned()])));
        assert!(!channel.hears(Some(&["log".to_owned()])) && !channel.hears(Some(&[])));
    }
}
