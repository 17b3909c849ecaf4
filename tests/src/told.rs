//! A worker, targets that two vantages tell it about, and a receiver of its notices.

use crate::{
    feed::{Look, Script},
    lab,
    receiver::Receiver,
    worker::Worker,
};
use dualwatch_simnet::Lab;
use serde_json::{Value, json};

/// A lab with a service that is well, one that refuses IPv6, and controls; everything on loopback.
pub struct Told {
    _runtime: tokio::runtime::Runtime,
    lab: Lab,
    pub receiver: Receiver,
    pub data: tempfile::TempDir,
}

impl Told {
    /// # Panics
    /// Where the lab does not start.
    #[expect(clippy::new_without_default, reason = "it starts servers")]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let lab = runtime.block_on(Lab::start(lab::half())).expect("the lab starts");
        let data = tempfile::tempdir().expect("a folder");
        Self { _runtime: runtime, lab, receiver: Receiver::start(), data }
    }

    /// Starts a worker on the folder, with a configuration.
    pub fn start(&self, config: &Value) -> Worker {
        let worker = Worker::start(self.data.path());
        worker.accept(&config.to_string());
        worker
    }

    /// Returns the URL of `good` or `half`.
    pub fn url(&self, service: &str) -> String {
        format!("http://localhost:{}/", self.lab.port(service))
    }

    /// Returns the URL of a service that takes connections, and then says nothing until the time limit.
    pub fn silent_url(&self) -> String {
        format!("https://localhost:{}/", self.lab.port("control"))
    }

    /// Returns a target of the configuration. The shortest interval is 5 s.
    pub fn target(&self, slug: &str, service: &str, interval_s: u32) -> Value {
        json!({ "name": slug, "slug": slug, "url": self.url(service), "interval": interval_s, "timeout": "2s" })
    }

    /// Returns the channel of a receiver.
    pub fn channel(name: &str, receiver: &Receiver) -> Value {
        json!({ "name": name, "webhook": receiver.url(), "secret": receiver.secret() })
    }

    /// Returns a configuration of these targets and channels.
    pub fn config(&self, targets: &[Value], notify: &[Value]) -> Value {
        let controls = lab::controls(&self.lab);
        json!({
            "targets": targets,
            "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
            "resolvers": [format!("tcp://{}", self.lab.resolver())],
            "network": { "allow_private": true },
            "notify": notify,
        })
    }

    /// Returns what vantages tell of a target at `good`, each look in so many rounds.
    pub fn script(&self, slug: &str, looks: &[(Look, usize)]) -> Script {
        let looks = looks.iter().flat_map(|(look, n)| std::iter::repeat_n(*look, *n)).collect();
        Script { slug: slug.to_owned(), url: self.url("good"), looks }
    }
}
