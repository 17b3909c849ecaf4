//! The question of a `dns://server/name?type=AAAA` target (RFC 4501).

use super::Endpoint;
use std::fmt;

/// The record types that can be asked for.
pub const DNS_TYPES: [&str; 12] =
    ["A", "AAAA", "CAA", "CNAME", "HTTPS", "MX", "NS", "PTR", "SOA", "SRV", "SVCB", "TXT"];

/// What a name server is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsQuestion {
    /// In ASCII lower case, without the final dot; empty for the root.
    pub name: String,
    /// One of [`DNS_TYPES`].
    pub record_type: &'static str,
}

impl DnsQuestion {
    /// Reads the question out of path and query. Fails with what is wrong, as a lower-case fragment.
    pub fn of(endpoint: &Endpoint) -> Result<Self, String> {
        let text = endpoint.path.strip_prefix('/').unwrap_or(&endpoint.path);
        let (name, query) = text.split_once('?').unwrap_or((text, ""));
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let is_label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        if name.is_empty() {
            return Err("the name to ask for is missing".to_owned());
        }
        if name.len() > 253 || !name.split('.').all(is_label) {
            return Err(format!("`{}` is no name to ask for", name.chars().take(60).collect::<String>()));
        }
        let record_type = match query.split_once('=') {
            None if query.is_empty() => "A",
            Some((key, value)) if key.eq_ignore_ascii_case("type") => {
                let known = DNS_TYPES.into_iter().find(|t| t.eq_ignore_ascii_case(value));
                known.ok_or_else(|| format!("`{}` is no known type", value.chars().take(20).collect::<String>()))?
            }
            _ => return Err("after `?` comes `type=` and nothing else".to_owned()),
        };
        Ok(Self { name, record_type })
    }
}

impl fmt::Display for DnsQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.record_type, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::target::{Host, Scheme};

    #[test]
    fn questions() {
        let check = |path: &str, expected: Option<(&str, &str)>| {
            let host = Host::Name("ns.example".to_owned());
            let endpoint = Endpoint { scheme: Scheme::Dns, host, port: 53, path: path.to_owned() };
            let read = DnsQuestion::of(&endpoint).ok();
            assert_eq!(read.as_ref().map(|q| (q.name.as_str(), q.record_type)), expected, "{path}");
        };
        check("/shop.example", Some(("shop.example", "A")));
        check("/Shop.Example.?TYPE=aaaa", Some(("shop.example", "AAAA")));
        check("/_443._tcp.shop.example?type=SRV", Some(("_443._tcp.shop.example", "SRV")));
        for bad in ["", "/", "/a..b", "/a?type=ANY", "/a?class=CH", "/a?type=A&type=B", "/a b", "/a/b"] {
            check(bad, None);
        }
    }
}
