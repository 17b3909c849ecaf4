//! Where an Upptime site answers: its URL, or host and port, as its check reads them.

use super::{Check, Site, scalar};
use crate::{
    endpoint::{UrlError, parse_url},
    finding::quoted,
    reach,
    upptime::keys::Remark,
};
use dualwatch_core::measure::target::Endpoint;
use std::net::Ipv6Addr;

impl Site<'_, '_> {
    /// Returns where the site answers, or reports why it cannot be measured.
    pub(super) fn endpoint(&mut self) -> Option<(Endpoint, Option<String>)> {
        let port = self.get("port").and_then(scalar).map(str::trim);
        if let Some(secret) = secret_in(self.url).or_else(|| port.and_then(secret_in)) {
            let message = format!("this needs the secret {}; the site is skipped", quoted(secret));
            let hint = "Upptime's secrets stay at GitHub; write the URL itself into a `dualwatch.yml`";
            self.report.warning(self.url_node.at, "secret_needed", message, hint);
            return None;
        }
        let parsed = match self.check {
            Check::Http => self.web_url(),
            Check::Ws => self.ws_url(),
            Check::TcpPing => self.host_and_port(port, 80).and_then(|at| parse_url(&format!("tcp://{at}"))),
            Check::Ssl => self.host_and_port(port, 443).and_then(|at| parse_url(&format!("https://{at}/"))),
        };
        let (endpoint, authorization) = match parsed {
            Ok(url) => url,
            Err(UrlError { message, hint }) => {
                let message = format!("{message}; the site is skipped");
                self.report.warning(self.url_node.at, "malformed_url", message, hint);
                return None;
            }
        };
        if let Some((message, _)) = reach::refuse_host(&endpoint.host, false) {
            let hint = "measure it from a `dualwatch.yml` with `network: { allow_private: true }`";
            let message = format!("{message}; the site is skipped");
            self.report.warning(self.url_node.at, "private_address", message, hint);
            return None;
        }
        Some((endpoint, authorization))
    }

    fn web_url(&mut self) -> Result<(Endpoint, Option<String>), UrlError> {
        if self.url.contains("://") {
            let lower = self.url.get(..5).map(str::to_ascii_lowercase);
            // libcurl cannot open it either.
            if lower.as_deref() == Some("tcp:/") {
                return Err(UrlError::new(
                    "the scheme `tcp` needs another check",
                    "write `check: tcp-ping` and `port:`",
                ));
            }
            return parse_url(self.url);
        }
        let parsed = parse_url(&format!("http://{}", self.url))?;
        let remark = Remark::Assumed(
            "guessed_scheme",
            "a URL without a scheme is measured over `http`, as Upptime's curl does",
            "write `https://` before the host",
        );
        self.tally.note_site(remark, "guessed_scheme", self.url_node.at);
        Ok(parsed)
    }

    fn ws_url(&self) -> Result<(Endpoint, Option<String>), UrlError> {
        match self.url.split_once("://") {
            // The client that Upptime uses (`ws`) reads them so.
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => parse_url(&format!("ws://{rest}")),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => parse_url(&format!("wss://{rest}")),
            Some((scheme, _)) if ["ws", "wss"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => {
                parse_url(self.url)
            }
            _ => Err(UrlError::new("this is no URL of a WebSocket", "write `wss://host/path`")),
        }
    }

    /// Returns `host:port` of a check that has no URL: a bare host, perhaps with a scheme before and a path after it.
    fn host_and_port(&mut self, port: Option<&str>, default: u16) -> Result<String, UrlError> {
        let rest = self.url.split_once("://").map_or(self.url, |(_, rest)| rest);
        let rest = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        if rest.contains('@') {
            return Err(UrlError::new("a host takes no user name", "remove what stands before `@`"));
        }
        let (host, own_port) = if rest.parse::<Ipv6Addr>().is_ok() {
            (format!("[{rest}]"), None)
        } else {
            match rest.rsplit_once(':') {
                Some((host, port)) if !port.contains(']') && (host.ends_with(']') || !host.contains(':')) => {
                    (host.to_owned(), Some(port))
                }
                _ => (rest.to_owned(), None),
            }
        };
        if self.check == Check::Ssl {
            let remark = Remark::Assumed(
                "ssl_as_https",
                "an `ssl` check is measured as an HTTPS request; any status counts as reached",
                "Upptime looks at the certificate alone; a server that speaks no HTTP needs `check: tcp-ping`",
            );
            self.tally.note_site(remark, "ssl_as_https", self.url_node.at);
        }
        if let Some(port) = port.filter(|p| !p.is_empty()).or(own_port) {
            return Ok(format!("{host}:{port}"));
        }
        if self.check == Check::TcpPing {
            let remark = Remark::Assumed(
                "guessed_port",
                "a `tcp-ping` without `port` is measured on port 80, as in Upptime",
                "write `port:`",
            );
            self.tally.note_site(remark, "guessed_port", self.url_node.at);
        }
        Ok(format!("{host}:{default}"))
    }
}

/// Returns the first `$NAME` that Upptime replaces from its environment.
pub(super) fn secret_in(text: &str) -> Option<&str> {
    text.match_indices('$').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let end =
            rest.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).unwrap_or(rest.len());
        let starts_well = rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
        starts_well.then(|| &text[at..=at + end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets() {
        for (text, secret) in [
            ("$SECRET_SITE", Some("$SECRET_SITE")),
            ("https://$HOST/x", Some("$HOST")),
            ("https://shop.example/?$filter=x", None),
            ("https://shop.example/?p=$&q=$_A1", Some("$_A1")),
            ("https://shop.example/$", None),
            ("https://shop.example/", None),
        ] {
            assert_eq!(secret_in(text), secret, "{text}");
        }
    }
}
