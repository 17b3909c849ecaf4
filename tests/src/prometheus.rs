//! Programs of others that read metrics: promtool, Prometheus, and `blackbox_exporter` to compare with.

use crate::{unpacked::find, worker::eventually};
use dualwatch_edgehost::{Log, Process, tied_command};
use serde_json::Value;
use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

/// They listen within milliseconds; a busy machine may need more.
const SOON: Duration = Duration::from_secs(30);

/// Runs promtool with a text on its standard input.
///
/// # Errors
/// All that it says, where it does not succeed.
pub fn promtool(arguments: &[&str], dir: &Path, input: &str) -> Result<String, String> {
    let mut command = Command::new(find("prometheus", &["promtool"]));
    command.args(arguments).current_dir(dir);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("promtool starts");
    // Who reads no input has hung up.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    if output.status.success() { Ok(said) } else { Err(said) }
}

fn log(name: &'static str) -> Log {
    Arc::new(move |line| println!("{name}: {line}"))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port()
}

/// A running Prometheus.
pub struct Prometheus {
    process: Process,
    agent: ureq::Agent,
    origin: String,
}

impl Prometheus {
    /// Starts one with these scrape configurations, a YAML list; its files are in `dir`.
    ///
    /// # Panics
    /// Where it does not begin.
    pub fn start(scrape_configs: &str, dir: &Path) -> Self {
        let config = dir.join("prometheus.yml");
        let text =
            format!("global: {{ scrape_interval: 1s, scrape_timeout: 900ms }}\nscrape_configs:\n{scrape_configs}");
        fs::write(&config, text).expect("written");
        let port = free_port();
        let mut command = tied_command(&find("prometheus", &["prometheus"]));
        command.arg(format!("--config.file={}", config.display()));
        command.arg(format!("--storage.tsdb.path={}", dir.join("tsdb").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let process = Process::spawn(command, &log("prometheus")).expect("prometheus starts");
        let agent = ureq::Agent::config_builder().proxy(None).http_status_as_error(false).build().into();
        let mut prometheus = Self { process, agent, origin: format!("http://127.0.0.1:{port}") };
        eventually("Prometheus", SOON, || {
            assert!(prometheus.process.ended().expect("a status").is_none(), "{}", prometheus.process.last_words());
            let ready = prometheus.agent.get(format!("{}/-/ready", prometheus.origin)).call();
            ready.is_ok_and(|answer| answer.status() == 200).then_some(())
        });
        prometheus
    }

    /// Asks its API; returns `data`.
    ///
    /// # Panics
    /// Where it refuses.
    pub fn ask(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let mut request = self.agent.get(format!("{}/api/v1/{path}", self.origin));
        for (name, value) in query {
            request = request.query(*name, *value);
        }
        let text = request.call().expect("it answers").body_mut().read_to_string().expect("text");
        let mut answer: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(answer["status"], "success", "{path} {query:?}: {answer}");
        answer["data"].take()
    }

    /// Returns what an expression is now: the labels and the value of each series.
    ///
    /// # Panics
    /// Where it cannot be read, or is no vector.
    pub fn query(&self, expression: &str) -> Vec<(Value, f64)> {
        let data = self.ask("query", &[("query", expression)]);
        let result = data["result"].as_array().expect("a vector").iter();
        let series = result.map(|series| {
            let value = series["value"][1].as_str().and_then(|text| text.parse().ok()).expect("a number");
            (series["metric"].clone(), value)
        });
        series.collect()
    }

    /// Returns why its newest scrapes failed, of each target that it has.
    pub fn scrape_errors(&self) -> Vec<String> {
        let data = self.ask("targets", &[("state", "active")]);
        let targets = data["activeTargets"].as_array().expect("targets").iter();
        targets.filter_map(|target| target["lastError"].as_str()).filter(|e| !e.is_empty()).map(Into::into).collect()
    }
}

/// A running `blackbox_exporter`.
pub struct Blackbox {
    process: Process,
    pub origin: String,
}

impl Blackbox {
    /// Starts one with a configuration; its files are in `dir`.
    ///
    /// # Panics
    /// Where it does not begin.
    pub fn start(config: &str, dir: &Path) -> Self {
        let file = dir.join("blackbox.yml");
        fs::write(&file, config).expect("written");
        let port = free_port();
        let program = find("prometheus-blackbox-exporter", &["prometheus-blackbox-exporter", "blackbox_exporter"]);
        let mut command = tied_command(&program);
        command.arg(format!("--config.file={}", file.display())).arg(format!("--web.listen-address=127.0.0.1:{port}"));
        let process = Process::spawn(command, &log("blackbox_exporter")).expect("it starts");
        let mut blackbox = Self { process, origin: format!("http://127.0.0.1:{port}") };
        eventually("blackbox_exporter", SOON, || {
            assert!(blackbox.process.ended().expect("a status").is_none(), "{}", blackbox.process.last_words());
            ureq::get(format!("{}/-/healthy", blackbox.origin)).call().is_ok().then_some(())
        });
        blackbox
    }
}

/// One line of metrics in the older form.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub name: String,
    /// What stands between the braces, as it is.
    pub labels: String,
    pub value: f64,
}

/// Reads metrics in the older form, line by line; labels must not hold a space behind a brace.
///
/// # Panics
/// Where a line is none.
pub fn samples(text: &str) -> Vec<Sample> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let read = |line: &str| {
        let (series, value) = line.rsplit_once(' ')?;
        let (name, labels) = series.split_once('{').map_or((series, ""), |(name, labels)| (name, labels));
        let labels = labels.strip_suffix('}').unwrap_or(labels);
        Some(Sample { name: name.to_owned(), labels: labels.to_owned(), value: value.parse().ok()? })
    };
    lines.map(|line| read(line).unwrap_or_else(|| panic!("no sample: {line:?}"))).collect()
}
