//! One family's visit to a target: connect, handshake, exchange, and on along its redirects.

use super::{
    dialogue, dns, every,
    expect::{self, Met},
    forbidden::forbidden,
    large,
    redirect::{is_same_origin, join, next_method, redirect},
    web_socket::{self, Terms},
    whole::Answers,
    wide,
};
use crate::{
    body::{self, MAX_BODY_BYTES},
    classify::{Failure, clip},
    connect::{NotConnected, connect},
    cookies::Jar,
    dial::{Deadline, Dial, Stopwatch},
    exchange::{Answer, Connection, Limits, USER_AGENT, Unanswered},
    resolve::{Lookup, LookupResult, NoAddress, Tools, resolve},
    tls::{self, HandshakeError, Speak},
    upgrade::upgrade,
};
use dualwatch_core::measure::{
    address,
    cause::{Cause, Phase},
    family::Family,
    sample::{Confidence, Evidence, Outcome, Sample, Warning},
    target::{DnsQuestion, Endpoint, Expected, Host, Method, Scheme, Target},
};
use http::{HeaderMap, header};
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncRead, AsyncWrite};

/// Measures one family of a target.
pub(crate) async fn probe<D: Dial>(
    tools: &Tools<'_, D>,
    answers: &Answers,
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
            // What is published and serves nobody is no design.
            let by_design = no.failure.cause == Cause::DnsNodata
                && *target.expect.families.get(family) != Expected::Required
                && no.failure.evidence.unfit.iter().all(|unfit| unfit.why.is_unpublished());
            fail(&mut sample, no.failure);
            if by_design {
                sample.outcome = Outcome::Skipped;
            } else if sample.evidence.elapsed_ms.is_none() {
                sample.evidence.elapsed_ms = no.elapsed_ms;
            }
            return sample;
        }
    };
    sample.addresses.clone_from(&lookup.addresses);
    sample.phases.resolve = lookup.elapsed_ms;
    sample.evidence.ttl_s = lookup.ttl_s;
    sample.evidence.unfit.clone_from(&lookup.unfit);
    sample.evidence.further_addresses = lookup.n_further;
    let watch = Stopwatch::start(tools.dial);
    let mut visit = Visit {
        tools,
        answers,
        target,
        family,
        deadline,
        sample,
        n_redirects: 0,
        method: target.request.method,
        cookies: Jar::default(),
        judging_ms: 0.0,
    };
    let result = visit.follow(target.endpoint.clone(), lookup).await;
    let answered_ms = (watch.elapsed_ms(tools.dial) - visit.judging_ms).max(0.0);
    let mut sample = visit.sample;
    match result {
        Ok(()) => {
            sample.phases.total = Some(answered_ms + sample.phases.resolve.unwrap_or(0.0));
            expect::speed(&mut sample, &target.expect, answered_ms);
            expect::certificate(&mut sample, &target.expect, tools.now);
        }
        Err(mut failure) => {
            // An answer that is not as expected: known when it was there.
            if failure.cause.phase() == Phase::Exchange && failure.evidence.elapsed_ms.is_none() {
                failure.evidence.elapsed_ms = Some(answered_ms);
            }
            if failure.cause.is_waited_for() {
                failure.evidence.note_spent(watch.elapsed_ms(tools.dial) + sample.phases.resolve.unwrap_or(0.0));
            }
            fail(&mut sample, failure);
        }
    }
    every::conclude(&mut sample);
    sample
}

/// A stage that stayed silent: `cause`, or large packets are lost where small ones pass.
fn silence(cause: Cause, small_passes: Option<Confidence>) -> Failure {
    match small_passes {
        None => Failure::bare(cause),
        confidence => Failure::new(Cause::PathMtu, Evidence { confidence, ..Evidence::default() }),
    }
}

fn fail(sample: &mut Sample, mut failure: Failure) {
    sample.outcome = if failure.cause == Cause::PolicyPlatform { Outcome::Skipped } else { Outcome::Failed };
    sample.cause = Some(failure.cause);
    // What was noted on the way to the failure stays beside its own evidence.
    let noted = std::mem::take(&mut sample.evidence);
    let Evidence { ttl_s, location, server, body_digest, own_authority, further_addresses, .. } = noted;
    let unfit =
        if failure.evidence.unfit.is_empty() { noted.unfit } else { std::mem::take(&mut failure.evidence.unfit) };
    // TLS 1.3 tells only behind the handshake what it makes of a client without a certificate.
    let client_certificate = noted.client_certificate | failure.evidence.client_certificate;
    let evidence = Evidence { ttl_s, location, server, body_digest, own_authority, ..*failure.evidence };
    sample.evidence = Evidence { further_addresses, unfit, client_certificate, ..evidence };
}

struct Visit<'a, D> {
    tools: &'a Tools<'a, D>,
    /// What came whole over both families so far.
    answers: &'a Answers,
    target: &'a Target,
    family: Family,
    deadline: Deadline,
    sample: Sample,
    n_redirects: u8,
    /// Of the next request: some redirects change it.
    method: Method,
    /// What the site has set on the way.
    cookies: Jar,
    /// How long we looked at the answer.
    judging_ms: f64,
}

impl<D: Dial> Visit<'_, D> {
    /// Visits one endpoint after the other until one answers without a redirect.
    async fn follow(&mut self, mut endpoint: Endpoint, mut lookup: Lookup) -> Result<(), Failure> {
        let mut visited = vec![(endpoint.to_string(), None)];
        loop {
            let addresses = self.allowed(&endpoint, &lookup)?;
            let Some(answer) = self.visit(&endpoint, &addresses).await? else { return Ok(()) };
            let max_redirects = self.target.expect.max_redirects;
            let Some(location) = redirect(&answer).filter(|_| max_redirects > 0) else {
                return self.judge(&answer).await;
            };
            self.cookies.hear(&endpoint, &answer.headers, self.tools.now);
            let next = join(&endpoint, &location)?;
            self.method = next_method(answer.status, self.method);
            // A body is for the target alone. Where it would have to be repeated elsewhere, the redirect is the answer.
            if self.has_body() && !is_same_origin(&next, &self.target.endpoint) {
                self.sample.evidence.location = Some(clip(&next.to_string()));
                return self.judge(&answer).await;
            }
            let url = next.to_string();
            self.sample.evidence.location = Some(clip(&url));
            self.n_redirects += 1;
            // With another cookie the same page may answer otherwise.
            let visit = (url, self.cookies.tell(&next));
            if visited.contains(&visit) || self.n_redirects > max_redirects {
                let mut failure = Failure::bare(Cause::HttpRedirectLoop);
                failure.evidence.expected = Some(format!("at most {max_redirects} redirects, none to where it was"));
                failure.evidence.seen = Some(clip(&format!("redirect {} to {}", self.n_redirects, visit.0)));
                return Err(failure);
            }
            visited.push(visit);
            if next.host != endpoint.host {
                lookup = self.resolve_redirect(&next).await?;
            }
            endpoint = next;
        }
    }

    /// Holds an answer against what is expected. The time that this takes is ours.
    async fn judge(&mut self, answer: &Answer) -> Result<(), Failure> {
        let watch = Stopwatch::start(self.tools.dial);
        let met = expect::answer(self.tools.dial, self.deadline, &self.target.expect, answer).await;
        let met = met.map_err(|mut failure| {
            if failure.cause == Cause::HttpStatus && expect::is_about_method(answer.status) {
                failure.evidence.method = Some(self.method.code().to_owned());
            }
            failure
        });
        self.judging_ms = watch.elapsed_ms(self.tools.dial);
        if let Met::AllButBody(coding) = met? {
            self.sample.evidence.warning = Some(Warning::BodyUnread);
            self.sample.evidence.seen = Some(coding);
        }
        Ok(())
    }

    /// A redirect leads on over the same family: that is the question here.
    async fn resolve_redirect(&self, next: &Endpoint) -> Result<Lookup, Failure> {
        let same_as_target = next.host == self.target.endpoint.host;
        let pinned: &[IpAddr] = if same_as_target { &self.target.addresses } else { &[] };
        if let Host::Address(address) = next.host
            && pinned.is_empty()
            && !self.is_allowed(address)
        {
            // Neither family goes there, and for the same reason: of which one it is does not matter.
            return Err(forbidden(&[address]));
        }
        let results = resolve(self.tools, &next.host, pinned, &[self.family], self.deadline).await;
        match results.into_iter().next() {
            Some(Ok(lookup)) => Ok(lookup),
            Some(Err(NoAddress { mut failure, elapsed_ms })) => {
                if failure.cause.is_waited_for() && failure.evidence.elapsed_ms.is_none() {
                    failure.evidence.elapsed_ms = elapsed_ms;
                }
                Err(failure)
            }
            None => Err(Failure::measurement(format!("look up `{}`", next.host))),
        }
    }

    /// Drops the addresses that this configuration does not allow; what was checked is what is connected to.
    fn allowed(&self, endpoint: &Endpoint, lookup: &Lookup) -> Result<Vec<SocketAddr>, Failure> {
        let allowed = lookup.addresses.iter().filter(|a| self.is_allowed(**a));
        let allowed: Vec<SocketAddr> = allowed.map(|a| SocketAddr::new(*a, endpoint.port)).collect();
        if allowed.is_empty() {
            let mut failure = forbidden(&lookup.addresses);
            failure.evidence.resolver.clone_from(&lookup.resolver);
            return Err(failure);
        }
        Ok(allowed)
    }

    fn is_allowed(&self, address: IpAddr) -> bool {
        address::is_allowed(address, self.tools.policy.allow_private)
    }

    /// Visits one endpoint. `None`: it speaks no HTTP, and it is reached.
    async fn visit(&mut self, endpoint: &Endpoint, addresses: &[SocketAddr]) -> Result<Option<Answer>, Failure> {
        let dial = self.tools.dial;
        let is_first = self.n_redirects == 0;
        let connected = connect(dial, addresses, self.deadline).await;
        if is_first && self.target.every_address {
            every::note(&mut self.sample.each, &connected);
        }
        let connected = connected.map_err(|NotConnected { cause, address, evidence }| {
            self.sample.address = Some(address.ip());
            Failure::new(cause, evidence)
        })?;
        self.sample.address = Some(connected.address.ip());
        if is_first {
            self.sample.phases.connect = Some(connected.connect_ms);
        }
        if !connected.failed.is_empty() {
            self.sample.evidence.attempts.clone_from(&connected.failed);
        }
        match endpoint.scheme {
            Scheme::Tcp => self.converse(connected.stream).await.map(|()| None),
            Scheme::Http => self.exchange(endpoint, connected.address, connected.stream).await.map(Some),
            Scheme::Https => {
                let stream = self.shake_hands(endpoint, Speak::Http, connected.address, connected.stream).await?;
                self.exchange(endpoint, connected.address, stream).await.map(Some)
            }
            Scheme::Dns => self.ask(endpoint, connected.stream).await.map(|()| None),
            Scheme::Ws => self.open_web_socket(endpoint, connected.stream).await.map(|()| None),
            Scheme::Wss => {
                let stream = self.shake_hands(endpoint, Speak::Http, connected.address, connected.stream).await?;
                self.open_web_socket(endpoint, stream).await.map(|()| None)
            }
            Scheme::Tls => {
                let stream = self.shake_hands(endpoint, Speak::Anything, connected.address, connected.stream).await?;
                self.converse(stream).await.map(|()| None)
            }
        }
    }

    async fn shake_hands(
        &mut self,
        endpoint: &Endpoint,
        speak: Speak,
        address: SocketAddr,
        stream: D::Stream,
    ) -> Result<tls::Stream<D::Stream>, Failure> {
        let dial = self.tools.dial;
        let watch = Stopwatch::start(dial);
        let handshake = self.tools.tls.handshake(&endpoint.host, speak, self.tools.now, stream);
        let look = Box::pin(large::handshake(self.tools, endpoint, speak, address, self.deadline));
        let bound = self.deadline.bound(dial, handshake);
        let (result, small_passes) = large::with_look(dial, self.deadline, bound, look).await;
        let elapsed_ms = watch.elapsed_ms(dial);
        let mut failure = match result {
            Some(Ok((stream, peer))) => {
                // On the way to the last answer: whoever follows the redirects meets it, too.
                self.sample.evidence.own_authority |= peer.own_authority;
                if self.n_redirects == 0 {
                    self.sample.phases.tls = Some(elapsed_ms);
                    self.sample.certificate = peer.certificate;
                }
                // Where the handshake is the question, its chain is part of the answer.
                if speak == Speak::Anything {
                    self.sample.evidence.chain = peer.chain;
                }
                self.sample.evidence.client_certificate = peer.asks_for_certificate;
                self.sample.evidence.warning = peer.dispute.map(|why| Warning::CertificateDisputed { why });
                return Ok(stream);
            }
            Some(Err(HandshakeError { mut failure, peer, ask })) => {
                wide::explain(self.tools, &endpoint.host, speak, ask, address, self.deadline, &mut failure).await;
                self.sample.certificate = peer.certificate;
                if failure.cause == Cause::TlsNameMismatch {
                    failure.evidence.expected = Some(endpoint.host.to_string());
                }
                // Whether an intermediate certificate is missing.
                if failure.cause == Cause::TlsUntrusted {
                    failure.evidence.chain = peer.chain;
                }
                failure
            }
            None => silence(Cause::TlsTimeout, small_passes),
        };
        failure.evidence.elapsed_ms = Some(elapsed_ms);
        Err(failure)
    }

    async fn ask(&mut self, endpoint: &Endpoint, mut stream: D::Stream) -> Result<(), Failure> {
        let question = DnsQuestion::of(endpoint).map_err(|e| Failure::measurement(format!("ask {endpoint}: {e}")))?;
        let asked = dns::ask(self.tools.dial, &mut stream, &question, &self.target.expect, self.deadline).await;
        self.sample.phases.first_byte = Some(asked.map_err(|mut failure| {
            failure.evidence.resolver = Some(endpoint.authority());
            failure
        })?);
        Ok(())
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(&mut self, mut stream: S) -> Result<(), Failure> {
        if self.target.request.send.is_none() && self.target.expect.receives.is_empty() {
            return Ok(());
        }
        let said = dialogue::converse(self.tools.dial, &mut stream, self.target, self.deadline).await;
        self.sample.phases.first_byte = said.first_byte_ms;
        said.result
    }

    async fn exchange<S: AsyncRead + AsyncWrite + Unpin + 'static>(
        &mut self,
        endpoint: &Endpoint,
        address: SocketAddr,
        stream: S,
    ) -> Result<Answer, Failure> {
        let request = self.request(endpoint)?;
        let mut connection = Connection::open(stream).await.map_err(Failure::measurement)?;
        let limits = Limits { body_bytes: MAX_BODY_BYTES };
        let is_first = self.n_redirects == 0;
        // RFC 9110 section 9.2.1: only what is safe is asked for more than once.
        let again = || self.request(endpoint).ok().filter(|_| matches!(self.method, Method::Get | Method::Head));
        let twin = || self.answers.of(self.family.other(), endpoint);
        let look = Box::pin(large::exchange(self.tools, endpoint, address, again, twin, self.deadline));
        let sent = connection.send(self.tools.dial, request, limits, self.deadline);
        let (sent, small_passes) = large::with_look(self.tools.dial, self.deadline, sent, look).await;
        match sent {
            Ok(answer) => {
                self.answers.keep(self.family, endpoint, &answer);
                self.sample.http_status = Some(answer.status);
                self.sample.evidence.server = server(&answer.headers);
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
                if failure.cause == Cause::HttpTimeout && small_passes.is_some() {
                    let elapsed_ms = failure.evidence.elapsed_ms;
                    let mut failure = silence(Cause::HttpTimeout, small_passes);
                    failure.evidence.elapsed_ms = elapsed_ms;
                    return Err(failure);
                }
                Err(failure)
            }
        }
    }

    async fn open_web_socket<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        endpoint: &Endpoint,
        stream: S,
    ) -> Result<(), Failure> {
        let dial = self.tools.dial;
        let terms = Terms::new()?;
        let mut request = self.request(endpoint)?;
        terms.ask(request.headers_mut());
        let asked = request.headers().clone();
        let opening = upgrade(dial, stream, request, self.deadline).await.map_err(|unanswered| unanswered.failure)?;
        self.sample.http_status = Some(opening.status);
        self.sample.phases.first_byte = Some(opening.first_byte_ms);
        self.sample.evidence.server = server(&opening.headers);
        let switched = terms.agreed(opening, &asked)?;
        web_socket::converse(dial, switched, self.target, self.deadline).await
    }

    fn request(&self, endpoint: &Endpoint) -> Result<http::Request<body::RequestBody>, Failure> {
        let mut request = http::Request::builder()
            .method(self.method.code())
            .uri(&endpoint.path)
            .header(header::HOST, endpoint.authority())
            .header(header::CONNECTION, "close");
        // Credentials, headers and bodies are for the target alone, not for wherever it redirects to.
        let is_target = is_same_origin(endpoint, &self.target.endpoint);
        let own = if is_target { &self.target.request.headers[..] } else { &[] };
        let ours = [(header::USER_AGENT, USER_AGENT), (header::ACCEPT, "*/*"), (header::ACCEPT_ENCODING, "identity")];
        for (name, value) in ours.iter().filter(|(name, _)| !own.iter().any(|h| name == h.name.as_str())) {
            request = request.header(name, *value);
        }
        let authorization = self.target.authorization.as_ref().filter(|_| is_target);
        if let Some(value) = authorization.filter(|_| !own.iter().any(|h| header::AUTHORIZATION == h.name.as_str())) {
            request = request.header(header::AUTHORIZATION, value);
        }
        // One header for all of them, as browsers send it (RFC 6265 section 5.4).
        let own_cookies = own.iter().filter(|h| header::COOKIE == h.name.as_str()).map(|h| h.value.clone());
        let cookies: Vec<String> = own_cookies.chain(self.cookies.tell(endpoint)).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for header in own.iter().filter(|h| header::COOKIE != h.name.as_str()) {
            request = request.header(&header.name, &header.value);
        }
        let body = self.target.request.body.as_ref().filter(|_| is_target && self.method.takes_body());
        request
            .body(body::request(body.map_or_else(Vec::new, |text| text.clone().into_bytes())))
            .map_err(|e| Failure::measurement(format!("ask for `{}`: {e}", endpoint.path)))
    }

    /// Whether the next request carries a body.
    fn has_body(&self) -> bool {
        self.method.takes_body() && self.target.request.body.is_some()
    }
}

/// RFC 9110 section 10.2.4, cut: it is for comparing, not for keeping.
fn server(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::SERVER)?;
    Some(String::from_utf8_lossy(value.as_bytes()).chars().take(100).collect())
}
