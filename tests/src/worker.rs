//! The worker on real workerd, as `cargo xtask serve` runs it, with its data in a folder of the test.

use crate::stream;
use dualwatch_edgehost::{Bundle, Edge, Network, Options, StartError, loopback, workerd_in};
use dualwatch_wire::v1::{self, ConfigUpload, Rounds, Status, TargetDetail};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

pub const ADMIN_TOKEN: &str = "token-of-the-tests";

pub const VANTAGE_TOKEN: &str = "vantage-token-of-the-tests";

/// A picture beside a configuration: its name, and what is in it.
pub const LOGO: (&str, &str) = ("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");

/// Returns the token of a vantage of that installation.
///
/// # Panics
/// Where no vantage can have that name.
pub fn vantage_token(name: &str) -> String {
    dualwatch_wire::token::of_vantage(VANTAGE_TOKEN, name).expect("a name")
}

/// A running worker.
pub struct Worker {
    pub edge: Edge,
    agent: ureq::Agent,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Worker {
    /// Starts the built bundle on free ports of both loopback addresses.
    ///
    /// # Panics
    /// Where there is no bundle: `cargo xtask test` builds it first.
    pub fn start(data: &Path) -> Self {
        Self::start_on(data, 0)
    }

    /// The same, where it may not start.
    pub fn try_start(data: &Path) -> Result<Self, StartError> {
        Self::try_start_on(data, 0, &[])
    }

    /// The same as `start`, on a given port.
    pub fn start_on(data: &Path, port: u16) -> Self {
        Self::try_start_on(data, port, &[]).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The same, with further text bindings.
    pub fn start_with(data: &Path, port: u16, vars: &[(&str, &str)]) -> Self {
        Self::try_start_on(data, port, vars).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The same as `start`, of another bundle.
    pub fn start_of(bundle: &Path, data: &Path) -> Self {
        Self::try_start_of(bundle, data, 0, &[]).unwrap_or_else(|e| panic!("{e}"))
    }

    fn try_start_on(data: &Path, port: u16, vars: &[(&str, &str)]) -> Result<Self, StartError> {
        let built = || workspace().join("target").join("dualwatch");
        let bundle = std::env::var_os("DUALWATCH_BUNDLE").map_or_else(built, PathBuf::from);
        Self::try_start_of(&bundle, data, port, vars)
    }

    fn try_start_of(bundle: &Path, data: &Path, port: u16, vars: &[(&str, &str)]) -> Result<Self, StartError> {
        let root = workspace();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let options = Options {
            workerd: workerd_in(&root.join("worker").join("node_modules")).unwrap_or_else(|e| panic!("{e}")),
            bundle: Bundle::open(bundle)
                .unwrap_or_else(|e| panic!("{e}\n`cargo xtask build` makes it; `cargo xtask test` does both")),
            data: data.to_owned(),
            listen: loopback(port),
            vars: BTreeMap::from([
                ("ADMIN_TOKEN".to_owned(), ADMIN_TOKEN.to_owned()),
                ("VANTAGE_TOKEN".to_owned(), VANTAGE_TOKEN.to_owned()),
                ("VANTAGE".to_owned(), "edge".to_owned()),
            ])
            .into_iter()
            .chain(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
            .collect(),
            network: Network::Everywhere,
            extra_ca: Vec::new(),
            log: {
                let lines = lines.clone();
                Arc::new(move |line| {
                    // Shown by the test runner where a test fails.
                    println!("workerd: {line}");
                    lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
                })
            },
        };
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .into();
        Ok(Self { edge: Edge::start(&options)?, agent, lines })
    }

    /// Returns where it is asked: scheme, host and port.
    pub fn origin(&self) -> String {
        self.edge.origin()
    }

    /// Returns what workerd has written so far.
    pub fn log(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Loads rounds of the past, a line of JSON each; returns how many of them were taken.
    pub fn load(&self, slug: &str, ndjson: &str) -> u64 {
        let token = format!("Bearer {ADMIN_TOKEN}");
        let headers = [("authorization", &*token), ("content-type", "application/x-ndjson")];
        let (status, answer) = self.post(&format!("/api/v1/targets/{slug}/rounds"), &headers, ndjson);
        assert_eq!(status, 200, "{answer}");
        answer["n_rounds"].as_u64().expect("a number")
    }

    /// Returns the incidents of a target, the newest first.
    pub fn incidents(&self, slug: &str) -> Vec<v1::Incident> {
        let answer: v1::Incidents = self.document(&format!("/api/v1/incidents?target={slug}"));
        answer.incidents
    }

    /// Sends a configuration; returns the status and the answer.
    pub fn put_config(&self, text: &str) -> (u16, Value) {
        self.put_config_with(text, &[])
    }

    /// The same with files beside it, each with what is in it.
    pub fn put_config_with(&self, text: &str, files: &[(&str, &str)]) -> (u16, Value) {
        let files = files.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned())).collect();
        let upload = ConfigUpload { name: "dualwatch.yml".into(), text: text.into(), files };
        self.put_config_as(&serde_json::to_string(&upload).expect("JSON"), Some(ADMIN_TOKEN))
    }

    /// Sends a configuration that must be accepted; returns what was made of it.
    pub fn accept(&self, text: &str) -> Value {
        let (status, answer) = self.put_config(text);
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// Sends any body to the configuration's address, with or without a token.
    pub fn put_config_as(&self, body: &str, token: Option<&str>) -> (u16, Value) {
        let mut request =
            self.agent.put(format!("{}/api/v1/config", self.edge.origin())).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.send(body).expect("the worker answers");
        let text = response.body_mut().read_to_string().expect("text");
        (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Sends a body with headers; returns the status and the answer.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
        let mut request = self.agent.post(format!("{}{path}", self.edge.origin()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.send(body).expect("the worker answers");
        let text = response.body_mut().read_to_string().expect("text");
        (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Asks for a path with a bearer token; returns the status and the answer.
    pub fn get_as(&self, path: &str, token: &str) -> (u16, Value) {
        let request = self.agent.get(format!("{}{path}", self.edge.origin()));
        let mut response =
            request.header("authorization", format!("Bearer {token}")).call().expect("the worker answers");
        let text = response.body_mut().read_to_string().expect("text");
        (response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Asks for a path with headers; returns status, `ETag` and body.
    pub fn get_with(&self, path: &str, headers: &[(&str, String)]) -> (u16, String, String) {
        let mut request = self.agent.get(format!("{}{path}", self.edge.origin()));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = request.call().expect("the worker answers");
        let tag = response.headers().get("etag").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let body = response.body_mut().read_to_string().expect("text");
        (response.status().as_u16(), tag, body)
    }

    /// Asks in any way; a `host` among the headers stands for the one that is really asked. Of a stream of events, which has
    /// no end that one could wait for, the body is what comes up to the first event.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let (answer, body) = self.ask_bytes(method, path, headers);
        Answer { body: String::from_utf8(body).expect("text"), ..answer }
    }

    /// Asks in any way; returns the answer, and its body as it was sent.
    pub fn ask_bytes(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> (Answer, Vec<u8>) {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.edge.origin()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = self.agent.run(request.body(()).expect("a request")).expect("the worker answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer { status, headers, body: String::new() };
        let body = if answer.header("content-type") == "text/event-stream" {
            stream::first_event(response.body_mut().as_reader()).expect("a stream")
        } else {
            response.body_mut().read_to_vec().expect("a whole body")
        };
        (answer, body)
    }

    /// Asks for a path; returns status, content type and body.
    pub fn get(&self, path: &str) -> (u16, String, String) {
        let mut response = self.agent.get(format!("{}{path}", self.edge.origin())).call().expect("the worker answers");
        let content_type = response.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let content_type = content_type.to_owned();
        let body = response.body_mut().read_to_string().expect("text");
        (response.status().as_u16(), content_type, body)
    }

    /// Asks for a document.
    pub fn document<T: DeserializeOwned>(&self, path: &str) -> T {
        let (status, _, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap_or_else(|e| panic!("{path}: {e}\n{body}"))
    }

    pub fn status(&self) -> Status {
        self.document("/api/v1/status")
    }

    pub fn target(&self, slug: &str) -> TargetDetail {
        self.document(&format!("/api/v1/targets/{slug}"))
    }

    pub fn rounds(&self, slug: &str) -> Rounds {
        self.document(&format!("/api/v1/targets/{slug}/rounds"))
    }
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: String,
}

impl Answer {
    /// Returns a header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Waits for something that real time brings about, such as a round; `what` is said where it does not come.
pub fn eventually<T>(what: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < within, "{what}: not within {} s", within.as_secs());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("`tests` is in the workspace").to_owned()
}
