//! How a site was measured.

use crate::conclude::url::host;
use dualwatch_config::UpptimeSite;
use dualwatch_core::measure::family::Family;
use std::net::Ipv6Addr;

/// How Upptime measured a site, as far as the newest configuration and the records tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// A hosted runner has no IPv6 (actions/runner#3138), so without a followed `ipv6: true` or a literal it is IPv4.
    pub family: Family,
    pub by_globalping: bool,
    pub is_certificate_check: bool,
}

/// Returns how a site was measured: by its configuration where it has one, else by its slug and what was recorded.
pub(crate) fn measured(site: Option<&UpptimeSite>, slug: &str, url: &str, all_by_globalping: bool) -> Measured {
    let follows = site.map_or_else(|| !url.contains("://") && says_ipv6(slug), UpptimeSite::follows_ipv6);
    let is_ipv6 = follows || host(url).parse::<Ipv6Addr>().is_ok();
    Measured {
        family: if is_ipv6 { Family::Ipv6 } else { Family::Ipv4 },
        by_globalping: site.map_or(all_by_globalping, |site| site.is_globalping),
        is_certificate_check: site.map_or_else(|| slug.split('-').any(|word| word == "ssl"), |s| s.check == "ssl"),
    }
}

/// Whether a slug claims to be about IPv6. "IPv6" becomes `i-pv6`, "IPV6" `ipv-6`, "v6" stays.
fn says_ipv6(slug: &str) -> bool {
    slug.contains("i-pv6") || slug.contains("ipv6") || slug.contains("ipv-6") || slug.split('-').any(|w| w == "v6")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        let site = |check: &str, ipv6, url: &str| {
            let text = format!("sites: [{{ name: A, url: '{url}', check: {check}, ipv6: {ipv6} }}]");
            dualwatch_config::upptime_sites(&text).remove(0)
        };
        let check = |site: Option<UpptimeSite>, slug: &str, url: &str, expected| {
            assert_eq!(measured(site.as_ref(), slug, url, false).family, expected, "{slug} {url}");
        };
        check(Some(site("tcp-ping", true, "a.example")), "a", "a.example", Family::Ipv6);
        check(Some(site("tcp-ping", false, "a.example")), "a-v6", "a.example", Family::Ipv4);
        check(Some(site("http", true, "https://a.example")), "a-v6", "https://a.example", Family::Ipv4);
        check(None, "i-pv6-test", "a.example", Family::Ipv6);
        check(None, "a-v6", "https://a.example", Family::Ipv4);
        check(None, "a", "https://[2001:db8::1]/", Family::Ipv6);
        check(None, "env6", "a.example", Family::Ipv4);
    }
}
