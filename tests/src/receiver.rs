//! A receiver of webhooks: a real HTTP server that checks signatures, keeps what it got, and answers as it is told.
//!
//! ```no_run
//! use dualwatch_tests::receiver::{Answer, Receiver};
//!
//! let receiver = Receiver::start();
//! receiver.answer_next([Answer::Status(500), Answer::RetryAfter { status: 429, seconds: 7 }]);
//! println!("notify: [{{ webhook: '{}', secret: {} }}]", receiver.url(), receiver.secret());
//! // ... something is delivered: the first two tries are refused, every later one gets 204 ...
//! assert!(receiver.received().iter().all(|delivery| delivery.refusal.is_none()));
//! ```

use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::{
    signature::Refusal,
    webhook::{self, Secret},
};
use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, Response, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{
    collections::VecDeque,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{net::TcpListener, runtime::Runtime};

/// Thirty-two bytes.
const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// What one delivery is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Status(u16),
    /// With `Retry-After` in seconds.
    RetryAfter {
        status: u16,
        seconds: u32,
    },
    /// With `Location`: to this receiver itself, under another path.
    Redirect(u16),
    /// 204, so much later.
    Slow(Duration),
    /// The connection is closed instead.
    Hangup,
}

/// A delivery, as it came.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// `webhook-id`.
    pub id: String,
    /// When it was signed, in seconds since 1970.
    pub timestamp: String,
    /// Why a real receiver would refuse it.
    pub refusal: Option<Refusal>,
    pub authorization: Option<String>,
    pub content_type: Option<String>,
    pub path: String,
    pub body: String,
    /// What it was answered.
    pub answer: Answer,
}

impl Delivery {
    /// Returns the event; null for what is no JSON.
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// Says what a delivery is answered, from its key and from how many came with that key before.
type Rule = Box<dyn Fn(&str, usize) -> Answer + Send>;

#[derive(Default)]
struct Book {
    received: Vec<Delivery>,
    next: VecDeque<Answer>,
    rule: Option<Rule>,
}

/// A receiver on loopback; it ends when it is dropped.
pub struct Receiver {
    address: SocketAddr,
    book: Arc<Mutex<Book>>,
    _runtime: Runtime,
}

impl Receiver {
    /// Starts one on a free port of 127.0.0.1.
    pub fn start() -> Self {
        Self::start_on("127.0.0.1:0".parse().expect("an address"))
    }

    /// Starts one on an address, such as that of a receiver that was dropped.
    pub fn start_on(address: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind(address)).expect("the port is free");
        let address = listener.local_addr().expect("bound");
        let book = Arc::new(Mutex::new(Book::default()));
        runtime.spawn(serve(listener, book.clone()));
        Self { address, book, _runtime: runtime }
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL for the configuration; `network: { allow_private: true }` goes with it.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Returns the secret for the configuration.
    pub const fn secret(&self) -> &'static str {
        SECRET
    }

    /// Says what the next deliveries are answered, one each; after them every one is answered 204.
    pub fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        lock(&self.book).next.extend(answers);
    }

    /// Says what every later delivery is answered, from its key and from how many came with that key before.
    pub fn answer_by(&self, rule: impl Fn(&str, usize) -> Answer + Send + 'static) {
        lock(&self.book).rule = Some(Box::new(rule));
    }

    /// Returns everything that came, in the order in which it came whole.
    pub fn received(&self) -> Vec<Delivery> {
        lock(&self.book).received.clone()
    }

    /// Returns the keys of what was taken (answered 204), each once, in the order of their first delivery.
    pub fn taken(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for delivery in self.received() {
            let is_taken = matches!(delivery.answer, Answer::Status(200..=299) | Answer::Slow(_));
            if is_taken && !keys.contains(&delivery.id) {
                keys.push(delivery.id);
            }
        }
        keys
    }
}

async fn serve(listener: TcpListener, book: Arc<Mutex<Book>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let book = book.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, book.clone()));
            // An error is a connection that the other side has closed, or that we do for `Hangup`.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// The connection is to be closed without an answer.
#[derive(Debug)]
struct HungUp;

impl std::fmt::Display for HungUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hung up")
    }
}

impl std::error::Error for HungUp {}

async fn answer(request: Request<Incoming>, book: Arc<Mutex<Book>>) -> Result<Response<Empty<Bytes>>, HungUp> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| HungUp)?.to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    let header = |name: &str| head.headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let id = header(webhook::ID_HEADER).unwrap_or_default();
    let timestamp = header(webhook::TIMESTAMP_HEADER).unwrap_or_default();
    let signature = header(webhook::SIGNATURE_HEADER).unwrap_or_default();
    let secret = Secret::parse(SECRET).expect("a secret");
    let refusal = secret.verify(&id, &timestamp, &signature, &body, now()).err();
    let answer = {
        let mut book = lock(&book);
        let answer = book.next.pop_front().unwrap_or_else(|| {
            let n_before = book.received.iter().filter(|delivery| delivery.id == id).count();
            book.rule.as_ref().map_or(Answer::Status(204), |rule| rule(&id, n_before))
        });
        book.received.push(Delivery {
            id,
            timestamp,
            refusal,
            authorization: header("authorization"),
            content_type: header("content-type"),
            path: head.uri.path().to_owned(),
            body,
            answer,
        });
        answer
    };
    let respond = |status: u16, header: Option<(&str, String)>| {
        let mut response = Response::builder().status(status);
        if let Some((name, value)) = header {
            response = response.header(name, value);
        }
        Ok::<_, Infallible>(response.body(Empty::new()).expect("a response"))
    };
    let response = match answer {
        Answer::Status(status) => respond(status, None),
        Answer::RetryAfter { status, seconds } => respond(status, Some(("retry-after", seconds.to_string()))),
        Answer::Redirect(status) => respond(status, Some(("location", "/elsewhere".to_owned()))),
        Answer::Slow(time) => {
            tokio::time::sleep(time).await;
            respond(204, None)
        }
        Answer::Hangup => return Err(HungUp),
    };
    Ok(response.unwrap_or_else(|never| match never {}))
}

fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

fn lock(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_wire::webhook::headers;

    /// Posts as a sender would; returns the status, none where there was no answer.
    fn post(receiver: &Receiver, key: &str, signed: &str, sent: &str) -> Option<u16> {
        let secret = Secret::parse(receiver.secret()).unwrap();
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let mut request = agent.post(receiver.url());
        for (name, value) in headers(&secret, key, now(), signed) {
            request = request.header(name, value);
        }
        request.send(sent).ok().map(|response| response.status().as_u16())
    }

    #[test]
    fn it_answers_as_it_is_told_and_knows_what_was_signed() {
        let receiver = Receiver::start();
        let slow = Answer::Slow(Duration::from_millis(30));
        let later = Answer::RetryAfter { status: 429, seconds: 7 };
        receiver.answer_next([Answer::Status(500), later, Answer::Redirect(307), Answer::Hangup, slow]);
        let statuses: Vec<Option<u16>> = (0..6).map(|n| post(&receiver, &format!("k{n}"), "{}", "{}")).collect();
        assert_eq!(statuses, [Some(500), Some(429), Some(307), None, Some(204), Some(204)]);
        assert_eq!(post(&receiver, "forged", "{}", r#"{"a":1}"#), Some(204));
        let deliveries = receiver.received();
        assert!(deliveries[..6].iter().all(|d| d.refusal.is_none() && d.path == "/hook"), "{deliveries:?}");
        assert_eq!((deliveries[6].refusal, &deliveries[6].event()["a"]), (Some(Refusal::Wrong), &Value::from(1)));
        assert_eq!(receiver.taken(), ["k4", "k5", "forged"]);
    }
}
