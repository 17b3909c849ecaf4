//! Where an Upptime site answers: its URL, or host and port, as its check reads them.

use super::{Check, Site};
use crate::{
    endpoint::{UrlError, parse_url},
    finding::quoted,
    reach,
    upptime::{js, secrets::Unknown, tally::Remark},
    yaml::{Value, number},
};
use dualwatch_core::measure::target::Endpoint;
use std::net::Ipv6Addr;

impl Site<'_, '_> {
    /// Returns where the site answers, or reports why it cannot be measured.
    pub(super) fn endpoint(&mut self) -> Option<(Endpoint, Option<String>)> {
        let secrets = &self.around.secrets;
        let port = self.get("port").and_then(js::as_text);
        if let Some(unknown) = secrets.unknown(&self.url).or_else(|| port.and_then(|port| secrets.unknown(port))) {
            self.skip_unknown(unknown);
            return None;
        }
        let port =
            if matches!(self.check, Check::TcpPing | Check::Ssl) || self.is_globalping { self.port() } else { None };
        let parsed = match (self.is_globalping, self.check) {
            (true, Check::TcpPing) => {
                let message =
                    "Globalping pings it by ICMP, without any port, which is not measured here; the site is skipped";
                let hint = "leave `type: globalping` out, with a `port:` that answers";
                self.report.warning(self.url_node.at, "icmp_ping", message, hint);
                return None;
            }
            (true, Check::Http | Check::Ssl) => self.globalping_url(port),
            (false, Check::Http) => self.web_url(),
            (_, Check::Ws) => self.ws_url(),
            (false, Check::TcpPing) => self.host_and_port(port, 80).and_then(|at| parse_url(&format!("tcp://{at}"))),
            (false, Check::Ssl) => self.host_and_port(port, 443).and_then(|at| parse_url(&format!("https://{at}/"))),
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

    fn skip_unknown(&mut self, unknown: Unknown) {
        let at = self.url_node.at;
        match unknown {
            Unknown::Needed(secret, more) => {
                let message = format!("this needs the secret {}{more}; the site is skipped", quoted(&secret));
                let hint = "Upptime's secrets stay at GitHub; write the URL itself into a `dualwatch.yml`";
                self.report.warning(at, "secret_needed", message, hint);
            }
            Unknown::NeverReplaced(what, why, hint) => {
                let message = format!("nothing ever replaces {}: {why}; the site is skipped", quoted(&what));
                self.report.warning(at, "never_replaced", message, hint);
            }
        }
    }

    /// Globalping is asked over HTTPS where there is no scheme, and for HTTPS by a check of the certificate.
    fn globalping_url(&mut self, port: Option<String>) -> Result<(Endpoint, Option<String>), UrlError> {
        let (scheme, rest) = match self.url.split_once("://") {
            Some((scheme @ ("http" | "https"), rest)) => (scheme, rest),
            Some((scheme, _)) => {
                let message = format!("Globalping is asked for a host `{}`", scheme.to_ascii_lowercase());
                return Err(UrlError::new(message, "write `https://host/path`"));
            }
            None => ("https", self.url.as_str()),
        };
        let scheme = if self.check == Check::Ssl { "https" } else { scheme };
        let (mut endpoint, authorization) = parse_url(&format!("{scheme}://{rest}"))?;
        if let Some(port) = port {
            endpoint.port = crate::endpoint::parse_port(&port)?;
        }
        if self.check == Check::Ssl {
            "/".clone_into(&mut endpoint.path);
            self.note_ssl();
        }
        Ok((endpoint, authorization))
    }

    fn note_ssl(&mut self) {
        let remark = Remark::Otherwise(
            "ssl_as_https",
            "an `ssl` check is measured as an HTTPS request; any status counts as reached",
            "Upptime looks at the certificate alone, trusted or not, and says down while fewer than 7 days of it are left: \
             for ever where it is made for less than that; a server that speaks no HTTP needs `check: tcp-ping`",
        );
        self.tally.note_site(remark, "ssl_as_https", self.url_node.at);
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
            return parse_url(&self.url);
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
                parse_url(&self.url)
            }
            _ => Err(UrlError::new("this is no URL of a WebSocket", "write `wss://host/path`")),
        }
    }

    /// Returns `host:port` of a check that has no URL: a bare host, perhaps with a scheme before and a path after it.
    fn host_and_port(&mut self, port: Option<String>, default: u16) -> Result<String, UrlError> {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
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
        let own_port = own_port.map(str::to_owned);
        let needs_port = self.get("port").is_none_or(|node| !js::is_truthy(node));
        if self.check == Check::Ssl {
            self.note_ssl();
        }
        if let Some(port) = port.or(own_port) {
            return Ok(format!("{host}:{port}"));
        }
        if self.check == Check::TcpPing && needs_port {
            let remark = Remark::Assumed(
                "guessed_port",
                "a `tcp-ping` without `port` is measured on port 80, as in Upptime",
                "write `port:`",
            );
            self.tally.note_site(remark, "guessed_port", self.url_node.at);
        }
        Ok(format!("{host}:{default}"))
    }

    /// Returns the number that Upptime makes of `port`; what is none is its default.
    fn port(&mut self) -> Option<String> {
        let node = self.get("port").filter(|node| js::is_truthy(node))?;
        let number = if matches!(node.value, Value::Bool(_)) { f64::NAN } else { js::number(node) };
        if number.is_nan() {
            let message =
                format!("the port {} is no number; as in Upptime, the default is measured", quoted(&js::text(node)));
            self.report.warning(node.at, "ignored_value", message, "a port is a number from 1 to 65535");
        }
        (!number.is_nan() && number != 0.0).then(|| number::shown(number))
    }
}
