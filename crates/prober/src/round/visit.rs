//! One family's visit to a target: connect, handshake, exchange, and on along its redirects.

use super::expect;
use crate::{
    body,
    classify::Failure,
    connect::{NotConnected, connect},
    dial::{Deadline, Dial, Stopwatch},
    exchange::{Answer, Connection, Limits, USER_AGENT, Unanswered},
    resolve::{Lookup, LookupResult, Tools, resolve},
    tls::HandshakeError,
};
use dualwatch_core::{
    address,
    cause::Cause,
    family::Family,
    sample::{Evidence, Outcome, Sample},
    target::{Endpoint, Expected, Host, Scheme, Target},
};
use http::header;
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncRead, AsyncWrite};
use url::Url;

/// As much of a body as is read, whether or not something is expected of it.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Measures one family of a target.
pub(crate) async fn probe<D: Dial>(
    tools: &Tools<'_, D>,
    target: &Target,
    family: Family,
    lookup: LookupResult,
    deadline: Deadline,
) -> Sample {
    let mut sample = Sample::reached();
    let lookup = match lookup {
        Ok(lookup) => lookup,
        Err(no) => {
            sample.phases.resolve = no.elapsed_ms.filter(|_| no.failure.cause == Cause::DnsNodata);
            let by_design =
                no.failure.cause == Cause::DnsNodata && *target.expect.families.get(family) != Expected::Required;
            fail(&mut sample, no.failure);
            if sample.evidence.elapsed_ms.is_none() && !by_design {
                sample.evidence.elapsed_ms = no.elapsed_ms;
            }
            if by_design {
                sample.outcome = Outcome::Skipped;
            }
            return sample;
        }
    };
    sample.addresses.clone_from(&lookup.addresses);
    sample.phases.resolve = lookup.elapsed_ms;
    let watch = Stopwatch::start(tools.dial);
    let mut visit = Visit { tools, target, family, deadline, sample, n_redirects: 0 };
    let result = visit.follow(target.endpoint.clone(), lookup).await;
    let mut sample = visit.sample;
    match result {
        Ok(()) => {
            let answered_ms = watch.elapsed_ms(tools.dial);
            sample.phases.total = Some(answered_ms + sample.phases.resolve.unwrap_or(0.0));
            expect::speed(&mut sample, &target.expect, answered_ms);
        }
        Err(failure) => fail(&mut sample, failure),
    }
    sample
}

fn fail(sample: &mut Sample, failure: Failure) {
    sample.outcome = if failure.cause == Cause::PolicyPlatform { Outcome::Skipped } else { Outcome::Failed };
    sample.cause = Some(failure.cause);
    // What was noted on the way to the failure stays beside its own evidence.
    let noted = std::mem::take(&mut sample.evidence);
    let Evidence { location, server, body_digest, .. } = noted;
    sample.evidence = Evidence { location, server, body_digest, ..*failure.evidence };
}

struct Visit<'a, D> {
    tools: &'a Tools<'a, D>,
    target: &'a Target,
    family: Family,
    deadline: Deadline,
    sample: Sample,
    n_redirects: u8,
}

impl<D: Dial> Visit<'_, D> {
    /// Visits one endpoint after the other until one answers without a redirect.
    async fn follow(&mut self, mut endpoint: Endpoint, mut lookup: Lookup) -> Result<(), Failure> {
        let mut visited = vec![endpoint.to_string()];
        loop {
            let addresses = self.allowed(&endpoint, &lookup)?;
            let Some(answer) = self.visit(&endpoint, &addresses).await? else { return Ok(()) };
            let max_redirects = self.target.expect.max_redirects;
            let Some(location) = redirect(&answer).filter(|_| max_redirects > 0) else {
                return expect::answer(&self.target.expect, &answer);
            };
            let next = join(&endpoint, location)?;
            let url = next.to_string();
            self.sample.evidence.location = Some(url.clone());
            self.n_redirects += 1;
            if visited.contains(&url) || self.n_redirects > max_redirects {
                let mut failure = Failure::bare(Cause::HttpRedirectLoop);
                failure.evidence.expected = Some(format!("at most {max_redirects} redirects, none to where it was"));
                failure.evidence.seen = Some(format!("redirect {} to {url}", self.n_redirects));
                return Err(failure);
            }
            visited.push(url);
            if next.host != endpoint.host {
                lookup = self.resolve_redirect(&next).await?;
            }
            endpoint = next;
        }
    }

    /// A redirect leads on over the same family: that is the question here.
    async fn resolve_redirect(&self, next: &Endpoint) -> Result<Lookup, Failure> {
        let same_as_target = next.host == self.target.endpoint.host;
        let pinned: &[IpAddr] = if same_as_target { &self.target.addresses } else { &[] };
        let results = resolve(self.tools, &next.host, pinned, &[self.family], self.deadline).await;
        match results.into_iter().next() {
            Some(Ok(lookup)) => Ok(lookup),
            Some(Err(no)) => Err(no.failure),
            None => Err(Failure::measurement(format!("look up `{}`", next.host))),
        }
    }

    /// Drops the addresses that this configuration does not allow; what was checked is what is connected to.
    fn allowed(&self, endpoint: &Endpoint, lookup: &Lookup) -> Result<Vec<SocketAddr>, Failure> {
        let is_allowed = |a: &&IpAddr| address::is_allowed(**a, self.tools.policy.allow_private);
        let allowed: Vec<SocketAddr> =
            lookup.addresses.iter().filter(is_allowed).map(|a| SocketAddr::new(*a, endpoint.port)).collect();
        if allowed.is_empty() {
            let refused = lookup.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let mut failure = Failure::with_error(
                Cause::PolicyPlatform,
                format!("{refused} is not a public address, and private ones are not allowed here"),
            );
            failure.evidence.resolver.clone_from(&lookup.resolver);
            return Err(failure);
        }
        Ok(allowed)
    }

    /// Visits one endpoint. `None`: it was a bare TCP target, and it is reached.
    async fn visit(&mut self, endpoint: &Endpoint, addresses: &[SocketAddr]) -> Result<Option<Answer>, Failure> {
        let dial = self.tools.dial;
        let is_first = self.n_redirects == 0;
        let connected = match connect(dial, addresses, self.deadline).await {
            Ok(connected) => connected,
            Err(NotConnected { cause, address, evidence }) => {
                self.sample.address = Some(address.ip());
                return Err(Failure::new(cause, evidence));
            }
        };
        self.sample.address = Some(connected.address.ip());
        if is_first {
            self.sample.phases.connect = Some(connected.connect_ms);
        }
        if !connected.failed.is_empty() {
            self.sample.evidence.attempts.clone_from(&connected.failed);
        }
        match endpoint.scheme {
            Scheme::Tcp => Ok(None),
            Scheme::Http => self.exchange(endpoint, connected.stream).await.map(Some),
            Scheme::Https => {
                let watch = Stopwatch::start(dial);
                let handshake = self.tools.tls.handshake(&endpoint.host, self.tools.now, connected.stream);
                let result = self.deadline.bound(dial, handshake).await;
                let elapsed_ms = watch.elapsed_ms(dial);
                let mut failure = match result {
                    Some(Ok((stream, certificate))) => {
                        if is_first {
                            self.sample.phases.tls = Some(elapsed_ms);
                            self.sample.certificate = certificate;
                        }
                        return self.exchange(endpoint, stream).await.map(Some);
                    }
                    Some(Err(HandshakeError { failure, certificate })) => {
                        self.sample.certificate = certificate;
                        failure
                    }
                    None => Failure::bare(Cause::TlsTimeout),
                };
                failure.evidence.elapsed_ms = Some(elapsed_ms);
                Err(failure)
            }
        }
    }

    async fn exchange<S: AsyncRead + AsyncWrite + Unpin + 'static>(
        &mut self,
        endpoint: &Endpoint,
        stream: S,
    ) -> Result<Answer, Failure> {
        let request = self.request(endpoint)?;
        let mut connection = Connection::open(stream).await.map_err(Failure::measurement)?;
        let limits = Limits { body_bytes: MAX_BODY_BYTES };
        let is_first = self.n_redirects == 0;
        match connection.send(self.tools.dial, request, limits, self.deadline).await {
            Ok(answer) => {
                self.sample.http_status = Some(answer.status);
                self.sample.evidence.server = server(&answer);
                self.sample.evidence.body_digest = answer.body.digest();
                if is_first {
                    self.sample.phases.first_byte = Some(answer.first_byte_ms);
                }
                Ok(answer)
            }
            Err(Unanswered { failure, status, first_byte_ms }) => {
                self.sample.http_status = status;
                if is_first {
                    self.sample.phases.first_byte = first_byte_ms;
                }
                Err(failure)
            }
        }
    }

    fn request(&self, endpoint: &Endpoint) -> Result<http::Request<body::RequestBody>, Failure> {
        let mut request = http::Request::get(&endpoint.path)
            .header(header::HOST, endpoint.authority())
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::ACCEPT, "*/*")
            .header(header::CONNECTION, "close");
        // Credentials are for the target alone, not for wherever it redirects to.
        let is_target = endpoint.host == self.target.endpoint.host && endpoint.port == self.target.endpoint.port;
        if let Some(authorization) = self.target.authorization.as_ref().filter(|_| is_target) {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        request
            .body(body::request(Vec::new()))
            .map_err(|e| Failure::measurement(format!("ask for `{}`: {e}", endpoint.path)))
    }
}

/// RFC 9110 section 10.2.4, cut: it is for comparing, not for keeping.
fn server(answer: &Answer) -> Option<String> {
    let value = answer.headers.get(header::SERVER)?;
    Some(String::from_utf8_lossy(value.as_bytes()).chars().take(100).collect())
}

/// RFC 9110 section 15.4: where an answer points to, if it is a redirect that clients follow.
fn redirect(answer: &Answer) -> Option<&str> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    answer.headers.get(header::LOCATION)?.to_str().ok()
}

fn join(base: &Endpoint, location: &str) -> Result<Endpoint, Failure> {
    let malformed = |why: &str| {
        let mut failure = Failure::with_error(Cause::HttpMalformed, format!("redirect {why}"));
        failure.evidence.seen = Some(location.chars().take(200).collect());
        failure
    };
    let url = Url::parse(&base.to_string())
        .and_then(|base| base.join(location))
        .map_err(|e| malformed(&format!("to a bad URL: {e}")))?;
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => return Err(malformed(&format!("to a scheme that is not HTTP: {other}"))),
    };
    let host = match url.host() {
        Some(url::Host::Domain(name)) => Host::Name(name.trim_end_matches('.').to_owned()),
        Some(url::Host::Ipv4(a)) => Host::Address(a.into()),
        Some(url::Host::Ipv6(a)) => Host::Address(a.into()),
        None => return Err(malformed("without a host")),
    };
    let port = url.port_or_known_default().ok_or_else(|| malformed("without a port"))?;
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    Ok(Endpoint { scheme, host, port, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(location: &str, expected: Result<&str, Cause>) {
        let base = Endpoint {
            scheme: Scheme::Https,
            host: Host::Name("service.example".into()),
            port: 8443,
            path: "/a/b?c".into(),
        };
        let joined = join(&base, location).map(|e| e.to_string()).map_err(|f| f.cause);
        assert_eq!(joined.as_deref().map_err(|c| *c), expected, "{location}");
    }

    #[test]
    fn redirects_are_joined_as_browsers_do() {
        check("/x?y=1", Ok("https://service.example:8443/x?y=1"));
        check("c", Ok("https://service.example:8443/a/c"));
        check("//other.example/", Ok("https://other.example/"));
        check("http://[2001:db8::1]:80/#part", Ok("http://[2001:db8::1]/"));
        check("ftp://service.example/", Err(Cause::HttpMalformed));
        check("https://", Err(Cause::HttpMalformed));
    }
}
