//! What a browser can fetch to reach a target over one family, or over both.

use dualwatch_core::measure::target::{BrowserEndpoints, Endpoint, Host};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Returns what the target's own URL allows: a page cannot choose the family of a name, so a name serves for both
/// families together; a literal has one family; `localhost` has both literals.
pub(crate) fn of_endpoint(endpoint: &Endpoint) -> BrowserEndpoints {
    if !endpoint.scheme.is_http() {
        return BrowserEndpoints::default();
    }
    let at = |host: Host| Some(Endpoint { host, ..endpoint.clone() }.to_string());
    match &endpoint.host {
        Host::Name(name) if name == "localhost" => BrowserEndpoints {
            ipv4: at(Host::Address(Ipv4Addr::LOCALHOST.into())),
            ipv6: at(Host::Address(Ipv6Addr::LOCALHOST.into())),
            dual_stack: Some(endpoint.to_string()),
        },
        Host::Name(_) => BrowserEndpoints { dual_stack: Some(endpoint.to_string()), ..BrowserEndpoints::default() },
        Host::Address(IpAddr::V4(_)) => {
            BrowserEndpoints { ipv4: Some(endpoint.to_string()), ..BrowserEndpoints::default() }
        }
        Host::Address(IpAddr::V6(_)) => {
            BrowserEndpoints { ipv6: Some(endpoint.to_string()), ..BrowserEndpoints::default() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_that_a_url_can_reach() {
        let check = |url: &str, expected: [Option<&str>; 3]| {
            let found = of_endpoint(&crate::parse_url(url).unwrap().0);
            assert_eq!([found.ipv4.as_deref(), found.ipv6.as_deref(), found.dual_stack.as_deref()], expected, "{url}");
        };
        check("https://u:p@shop.example/a", [None, None, Some("https://shop.example/a")]);
        check("http://192.0.2.1:8080", [Some("http://192.0.2.1:8080/"), None, None]);
        check("http://[2001:db8::1]/", [None, Some("http://[2001:db8::1]/"), None]);
        check(
            "http://localhost:9000/x?y",
            [Some("http://127.0.0.1:9000/x?y"), Some("http://[::1]:9000/x?y"), Some("http://localhost:9000/x?y")],
        );
        check("tcp://localhost:22", [None, None, None]);
    }
}
