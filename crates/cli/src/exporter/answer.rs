//! What is answered to a request: metrics of one probe, or of the exporter itself.

use super::{allow::Allowed, ask};
use dualwatch_core::measure::{
    family::Family,
    round::Round,
    target::{Expected, Target},
};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_wire::{
    answer::exposition::Format,
    metrics::{
        Exposition, Kind,
        probe::{self, Labelled, Probed},
    },
    problem::{self, Problem},
};
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderName, HeaderValue},
};
use std::{cell::Cell, net::IpAddr, time::Duration};
use tokio::{sync::Semaphore, time::timeout};

/// As Prometheus says how long it waits, in seconds.
const SCRAPE_TIMEOUT: &str = "x-prometheus-scrape-timeout-seconds";
/// What a URL may have; a longer one is no target.
const MAX_QUERY: usize = 16 * 1024;
/// When who found no room is to come again, in seconds.
const RETRY_AFTER_S: &str = "5";

pub type Answer = Response<Full<Bytes>>;

/// What all answers are made with.
pub struct Exporter {
    prober: Prober<Tokio>,
    allowed: Allowed,
    room: Semaphore,
    timeout_ms: u32,
    /// Only this machine reaches it: a name that leads here in somebody's browser is none of ours.
    is_loopback: bool,
    n_probes: Cell<u64>,
    n_refused: Cell<u64>,
}

impl Exporter {
    pub fn new(prober: Prober<Tokio>, allowed: Allowed, n_probes: usize, timeout_ms: u32, is_loopback: bool) -> Self {
        let (n_refused, room) = (Cell::new(0), Semaphore::new(n_probes));
        Self { prober, allowed, room, timeout_ms, is_loopback, n_probes: Cell::new(0), n_refused }
    }

    pub async fn answer(&self, request: &Request<Incoming>) -> Answer {
        let field = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
        let format = Format::of(field(header::ACCEPT));
        if self.is_loopback && !field(header::HOST).is_some_and(is_of_this_machine) {
            let detail = "only a literal address or `localhost` leads here";
            return tell(&Problem::new(421, "misdirected", "Misdirected", detail));
        }
        let path = request.uri().path();
        if !matches!(path, "/probe" | "/metrics" | "/-/healthy" | "/") {
            let detail = "/probe?target=..&module=.., /metrics and /-/healthy are here";
            return tell(&Problem::new(404, "not-found", "Not found", detail));
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let detail = "only GET and HEAD are answered here";
            let mut answer = tell(&Problem::new(405, "method-not-allowed", "Method not allowed", detail));
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        match path {
            "/probe" => {
                let query = request.uri().query().unwrap_or_default();
                let wait = field(HeaderName::from_static(SCRAPE_TIMEOUT));
                match self.probe(query, wait).await {
                    Ok((target, round)) => metrics(format, written(format, &target, &round)),
                    Err(problem) => {
                        self.n_refused.set(self.n_refused.get() + 1);
                        tell(&problem)
                    }
                }
            }
            "/metrics" => metrics(format, self.own(format)),
            "/" => text("dualwatch exporter: /probe?target=..&module=.. and /metrics; see dualwatch exporter --help\n"),
            _ => text("ok\n"),
        }
    }

    /// Measures what is asked for, where it may be and there is room.
    async fn probe(&self, query: &str, scrape_timeout: Option<&str>) -> Result<(Target, Round), Problem> {
        let bad = |why: String| Problem::new(400, "bad-request", "Bad request", why);
        if query.len() > MAX_QUERY {
            return Err(bad(format!("a query has at most {MAX_QUERY} bytes")));
        }
        let mut target = ask::target(query).map_err(bad)?;
        if !self.allowed.allows(&target.endpoint.host) {
            let detail = "this exporter measures only what its operator has named with --allow";
            return Err(Problem::new(403, "not-allowed", "Not allowed", detail));
        }
        target.timeout_ms = ask::timeout_ms(self.timeout_ms, scrape_timeout);
        // Who waits for room has less time to measure in: half of it is waited for at most.
        let wait = Duration::from_millis(u64::from(target.timeout_ms) / 2);
        let begun = tokio::time::Instant::now();
        let Ok(Ok(_place)) = timeout(wait, self.room.acquire()).await else {
            let detail = "too many probes are being made; see --probes";
            return Err(Problem::new(503, "unavailable", "Try again", detail));
        };
        let waited = u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX);
        target.timeout_ms = target.timeout_ms.saturating_sub(waited).max(1);
        self.n_probes.set(self.n_probes.get() + 1);
        let round = self.prober.round(&target).await;
        Ok((target, round))
    }

    fn own(&self, format: Format) -> String {
        let mut all = Exposition::new(format);
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        all.family("dualwatch_build", Kind::Info, "The version of this program.").sample(&version, 1.0);
        let mut probes = all.family("dualwatch_exporter_probes", Kind::Counter, "Probes that were made.");
        probes.sample(&[], self.n_probes.get() as f64);
        let mut refused = all.family("dualwatch_exporter_refused", Kind::Counter, "Probes that were refused.");
        refused.sample(&[], self.n_refused.get() as f64);
        let mut room = all.family("dualwatch_exporter_room", Kind::Gauge, "How many more could be made now.");
        room.sample(&[], self.room.available_permits() as f64);
        all.finish()
    }
}

/// Whether a `Host` is a literal or `localhost`: no name in somebody's zone, which may lead to this machine.
fn is_of_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let literal = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    literal.parse::<IpAddr>().is_ok() || name.eq_ignore_ascii_case("localhost")
}

/// Writes what came of a probe, of each family that was asked for.
fn written(format: Format, target: &Target, round: &Round) -> String {
    let mut all = Exposition::new(format);
    let probed = Probed::from(round);
    let asked = || Family::ALL.into_iter().filter(|f| *target.expect.families.get(*f) != Expected::Ignored);
    let labels: Vec<[(&str, &str); 1]> = asked().map(|family| [("family", family.code())]).collect();
    let labelled = asked().zip(&labels).map(|(family, labels)| Labelled {
        labels,
        scheme: target.endpoint.scheme,
        family,
        probe: probed.probe(family),
    });
    probe::write(&mut all, &labelled);
    let mut standings = all.family(
        "dualwatch_vantage_standing",
        Kind::Gauge,
        "1 for what this machine has proven about the family in this round.",
    );
    for family in asked() {
        let standing = round.vantage.standing.get(family).code();
        standings.sample(&[("family", family.code()), ("standing", standing)], 1.0);
    }
    if let Some(ms) = round.dual_stack.cost_ms {
        let help = "By how much later a dual-stack client gets there than it could.";
        all.family("dualwatch_dual_stack_cost_seconds", Kind::Gauge, help).sample(&[], ms / 1_000.0);
    }
    all.finish()
}

fn metrics(format: Format, body: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn text(body: &'static str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}

fn tell(problem: &Problem) -> Answer {
    // A problem has no part that JSON cannot hold.
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(problem::CONTENT_TYPE));
    if problem.status == 503 {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_literals_and_localhost_lead_to_loopback() {
        for host in ["127.0.0.1", "127.0.0.1:9115", "[::1]:9115", "[::1]", "localhost", "LocalHost:9115"] {
            assert!(is_of_this_machine(host), "{host}");
        }
        for host in ["", "rebound.example", "rebound.example:9115", "localhost.example", "localhost:x", "a:1:2"] {
            assert!(!is_of_this_machine(host), "{host}");
        }
    }
}
