//! Which hosts may be measured for whoever asks.

use dualwatch_core::measure::target::Host;
use dualwatch_wire::door::proxies::Proxies as Networks;

/// What `--allow` says; nothing at all leaves it to the rule of addresses.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    /// In small letters; those that begin with a dot stand for what is below them.
    names: Vec<String>,
    networks: Networks,
    is_everything: bool,
}

impl Allowed {
    /// Reads names, names with `*.` before them, addresses and networks.
    ///
    /// # Errors
    /// The one that is none of these.
    pub fn parse(list: &[String]) -> Result<Self, String> {
        let (mut names, mut networks) = (Vec::new(), Vec::new());
        for text in list {
            let bare = text.trim_matches(['[', ']']);
            if Networks::parse(bare, "").is_ok() && !bare.is_empty() {
                networks.push(bare);
                continue;
            }
            let name = text.strip_prefix('*').unwrap_or(text).to_ascii_lowercase();
            let labels = name.strip_prefix('.').filter(|_| text.starts_with('*')).unwrap_or(&name);
            let is_name = labels.split('.').all(|label| {
                !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            });
            if !is_name {
                return Err(format!("`{text}` is no name, no `*.name`, no address and no network"));
            }
            names.push(name);
        }
        Ok(Self { names, networks: Networks::parse(&networks.join(","), "")?, is_everything: list.is_empty() })
    }

    /// Whether a host may be measured. A name is allowed by its name, never by the address that it has.
    pub fn allows(&self, host: &Host) -> bool {
        match host {
            _ if self.is_everything => true,
            Host::Address(ip) => self.networks.trusts(*ip),
            Host::Name(name) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                self.names.iter().any(|allowed| {
                    if allowed.starts_with('.') { name.ends_with(allowed.as_str()) } else { name == *allowed }
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Host {
        text.parse().map_or_else(|_| Host::Name(text.to_owned()), Host::Address)
    }

    /// Promise (Addresses): `dualwatch exporter` measures only what its operator has named, once anything is named.
    #[test]
    fn only_what_is_named_is_measured() {
        let list = ["Shop.example", "*.inner.example", "192.0.2.0/24", "[2001:db8::1]", "2001:db8:1::/48"];
        let allowed = Allowed::parse(&list.map(ToOwned::to_owned)).unwrap();
        for (text, is_allowed) in [
            ("shop.example", true),
            ("SHOP.example.", true),
            ("www.shop.example", false),
            ("a.inner.example", true),
            ("a.b.inner.example", true),
            ("inner.example", false),
            ("xinner.example", false),
            ("shop.example.evil.example", false),
            ("192.0.2.7", true),
            ("::ffff:192.0.2.7", true),
            ("192.0.3.1", false),
            ("2001:db8::1", true),
            ("2001:db8::2", false),
            ("2001:db8:1:2::3", true),
        ] {
            assert_eq!(allowed.allows(&host(text)), is_allowed, "{text}");
        }
        assert!(Allowed::parse(&[]).unwrap().allows(&host("anything.example")));
        for bad in ["", "*", "a b", "https://shop.example/", "192.0.2.0/33", "*shop.example/x", ".", "*."] {
            assert!(Allowed::parse(&[bad.to_owned()]).is_err(), "{bad:?}");
        }
    }
}
