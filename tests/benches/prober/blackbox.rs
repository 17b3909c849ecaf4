//! Debian's prometheus-blackbox-exporter beside us, asked as Prometheus asks it.

use dualwatch_core::measure::family::Family;
use dualwatch_edgehost::{Process, tied_command};
use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// Addresses as literals: not every machine's resolver has `localhost` over both families.
/// A fresh connection for every probe is what it does by itself; the rest is what our rounds do too.
const CONFIG: &str = "modules:
  ipv4:
    prober: http
    timeout: 5s
    http: { preferred_ip_protocol: ip4, ip_protocol_fallback: false, tls_config: { ca_file: CA, server_name: localhost } }
  ipv6:
    prober: http
    timeout: 5s
    http: { preferred_ip_protocol: ip6, ip_protocol_fallback: false, tls_config: { ca_file: CA, server_name: localhost } }
";

/// It listens within milliseconds; a busy machine may need more.
const READY_WITHIN: Duration = Duration::from_secs(10);

/// A running exporter.
pub struct Blackbox {
    process: Process,
    agent: ureq::Agent,
    origin: String,
    version: String,
}

impl Blackbox {
    /// Starts the program with the lab's CA; its files are in `dir`.
    pub fn start(program: &Path, ca_pem: &str, dir: &Path) -> Self {
        let (ca, config) = (dir.join("ca.pem"), dir.join("blackbox.yml"));
        fs::write(&ca, ca_pem).expect("written");
        fs::write(&config, CONFIG.replace("CA", &ca.display().to_string())).expect("written");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port");
        let mut command = tied_command(program);
        command.arg(format!("--config.file={}", config.display())).arg(format!("--web.listen-address={free}"));
        let log: dualwatch_edgehost::Log = Arc::new(|_| {});
        let mut process = Process::spawn(command, &log).expect("blackbox_exporter starts");
        let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
        let origin = format!("http://{free}");
        let begun = Instant::now();
        let metrics = loop {
            if let Ok(mut answer) = agent.get(format!("{origin}/metrics")).call() {
                break answer.body_mut().read_to_string().expect("text");
            }
            let may_come = process.ended().is_ok_and(|e| e.is_none()) && begun.elapsed() < READY_WITHIN;
            assert!(may_come, "blackbox_exporter does not start:\n{}", process.last_words());
            thread::sleep(Duration::from_millis(50));
        };
        let version = metrics.lines().find_map(|line| line.strip_prefix("blackbox_exporter_build_info{"));
        let version = version.and_then(|line| line.split("version=\"").last()?.split('"').next());
        Self { process, agent, origin, version: version.unwrap_or("of unknown version").to_owned() }
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    /// Probes once; returns the duration that it reports, in milliseconds.
    pub fn probe(&self, family: Family, at: SocketAddr) -> f64 {
        let url = format!("https://{at}/");
        let module = if family == Family::Ipv4 { "ipv4" } else { "ipv6" };
        let request = self.agent.get(format!("{}/probe", self.origin)).query("target", &url).query("module", module);
        let metrics = request.call().expect("it answers").body_mut().read_to_string().expect("text");
        let value = |name: &str| metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
        assert_eq!(value("probe_success "), Some(1.0), "{url} over {family}:\n{metrics}");
        value("probe_duration_seconds ").expect("a duration") * 1_000.0
    }
}
