//! Faulty networks (namespaces, Linux): a test runs itself again inside, measures there, and hands the rounds out.

use crate::{
    program::lab,
    published::Published,
    table::{NetworkRow, slug},
    worker::{Worker, eventually},
};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    target::Confirmation,
};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::world::SETTING;
use dualwatch_wire::v1;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fmt::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// What stands before the line that is handed out.
const SEEN: &str = "SEEN ";
/// Longer than any round of the table, on a machine that is busy with other networks.
const SOON: Duration = Duration::from_secs(40);
/// The shortest there is: the worker is to confirm what it sees.
const INTERVAL: &str = "5s";
/// The kernel says "unreachable" about a silent neighbour only after 3 s (RFC 4861 section 10), and about ICMP between
/// namespaces after 1 s.
const TIMEOUT_MS: u32 = 5_000;
/// Enough for everything that answers or stays silent at once.
const SHORT_TIMEOUT_MS: u32 = 2_500;

/// Services without TLS, and with it.
const PLAIN: [&str; 6] = ["web", "page", "page_without_ranges", "silent_to_get", "silent", "refused"];
const TLS: [&str; 6] = ["good", "large_chain", "large_chain_tls12", "expired", "not_yet_valid", "unknown_root"];

/// The services of every network, and the names with more than one address. A page of 20 kB and a chain of as much are
/// what a path with a small MTU cannot carry.
fn script(controls: &str) -> String {
    let page = "x".repeat(20_000);
    let mut script = format!(
        "[service.control]\ncontrol = true\nboth = {{ tls = \"{controls}\" }}\n\
         [service.web]\nboth = {{}}\n\
         [service.page]\nboth = {{ body = \"{page}\" }}\n\
         [service.page_without_ranges]\nboth = {{ body = \"{page}\", ranges = false }}\n\
         [service.silent_to_get]\nboth = {{ http = \"silent_to_get\" }}\n\
         [service.silent]\nboth = {{ connect = \"silent\" }}\n\
         [service.refused]\nboth = {{ connect = \"refused\" }}\n"
    );
    for tls in TLS {
        _ = writeln!(script, "[service.{tls}]\nnames = [\"{}\"]\nboth = {{ tls = \"{tls}\" }}", host(tls));
    }
    let (v4, v6) = ("198.51.100.1", "2001:db8:2::1");
    for target in PLAIN.iter().chain(&TLS) {
        _ = writeln!(script, "[name.\"{}\"]\na = [\"{v4}\"]\naaaa = [\"{v6}\"]", host(target));
    }
    // The hop has nothing on the port of `web` and refuses; 99 is nobody's.
    for (target, v4_first, v6_first) in
        [("first_refused", "192.0.2.2", "2001:db8:1::2"), ("first_silent", "198.51.100.99", "2001:db8:2::99")]
    {
        _ = writeln!(
            script,
            "[name.\"{}\"]\na = [\"{v4_first}\", \"{v4}\"]\naaaa = [\"{v6_first}\", \"{v6}\"]",
            host(target)
        );
    }
    script
}

fn host(target: &str) -> String {
    format!("{}.lab.test", slug(target))
}

/// What the program and the worker saw in one network.
#[derive(Serialize, Deserialize)]
pub struct Seen {
    /// A round by slug.
    pub native: BTreeMap<String, Value>,
    /// Rounds by slug, the oldest first: as many as confirm a failure, or more.
    pub edge: BTreeMap<String, Vec<Value>>,
    /// What the worker published after these rounds.
    pub published: Published,
}

/// Measures the targets of rows of one network, natively and by a worker; `inside` is the name of the test that calls
/// [`look_around`].
pub fn measure(rows: &[&NetworkRow], over: Family, inside: &str) -> Seen {
    let dir = tempfile::tempdir().expect("a folder");
    let (world, controls) = rows[0].network();
    let path = dir.path().join("script.toml");
    std::fs::write(&path, script(controls)).expect("written");
    let mut targets: Vec<&str> = rows.iter().map(|row| row.target.as_str()).collect();
    targets.sort_unstable();
    targets.dedup();
    let out = Command::new(lab())
        .args(["world", world, "--over", over.code(), "--dir"])
        .arg(dir.path())
        .arg(&path)
        .arg("--")
        .arg(std::env::current_exe().expect("the path of the test program"))
        .args(["--exact", inside, "--nocapture"])
        .env(TARGETS, targets.join(" "))
        .env(WORLD, world)
        .output()
        .expect("the lab's program runs");
    let said = String::from_utf8_lossy(&out.stdout);
    let line = said.split(SEEN).nth(1).and_then(|rest| rest.lines().next());
    let Some(line) = line else { panic!("{world} over {over}: {said}{}", String::from_utf8_lossy(&out.stderr)) };
    serde_json::from_str(line).expect("JSON")
}

const TARGETS: &str = "DUALWATCH_TESTS_TARGETS";
const WORLD: &str = "DUALWATCH_TESTS_WORLD";

/// Inside of a network: measures what is asked for and prints it. Outside of one it does nothing.
pub fn look_around() {
    let Ok(setting) = std::env::var(SETTING) else { return };
    let setting: Value = serde_json::from_str(&setting).expect("JSON");
    let targets = std::env::var(TARGETS).expect("targets");
    let targets: Vec<&str> = targets.split(' ').collect();
    let config = config(&setting, &targets);
    // The worker first: it reads more from times, and a neighbour that is already being asked for fails sooner.
    let (edge, published) = at_the_edge(&config, &targets);
    let seen = Seen { native: natively(&config), edge, published };
    println!("{SEEN}{}", serde_json::to_string(&seen).expect("JSON"));
}

fn config(setting: &Value, targets: &[&str]) -> String {
    let ca: PathBuf = serde_json::from_value(setting["ca"].clone()).expect("a path");
    let resolvers: PerFamily<SocketAddr> = serde_json::from_value(setting["resolvers"].clone()).expect("addresses");
    let is_slow = ["gateway_silent", "unreachable", "prohibited"].contains(&&*std::env::var(WORLD).expect("a world"));
    let timeout = if is_slow { TIMEOUT_MS } else { SHORT_TIMEOUT_MS };
    let target = |target: &&str| {
        let service = if target.starts_with("first_") { "web" } else { target };
        let scheme = if PLAIN.contains(&service) { "http" } else { "https" };
        let url = format!("{scheme}://{}:{}/", host(target), setting["services"][service]);
        json!({ "name": target, "slug": slug(target), "url": url, "interval": INTERVAL, "timeout": format!("{timeout}ms") })
    };
    json!({
        "targets": targets.iter().map(target).collect::<Vec<_>>(),
        "controls": setting["controls"],
        "resolvers": [format!("tcp://{}", resolvers.ipv6), format!("tcp://{}", resolvers.ipv4)],
        "network": { "allow_private": true },
        "tls": { "roots": [read(&ca)] },
    })
    .to_string()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn natively(config: &str) -> BTreeMap<String, Value> {
    let config = dualwatch_config::load(config, "dualwatch.yml", &|_| Err("no files here".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let prober = Prober::new(Tokio::new(), config.policy, "native").expect("the lab's CA can be used");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let rounds = config.targets.iter().map(|target| async {
        let round = Box::pin(prober.round(target)).await;
        (target.slug.clone(), json!(v1::Round::from(&round)))
    });
    runtime.block_on(futures_util::future::join_all(rounds)).into_iter().collect()
}

/// The worker's rounds, so many that a failure is confirmed, and what it publishes after them.
fn at_the_edge(config: &str, targets: &[&str]) -> (BTreeMap<String, Vec<Value>>, Published) {
    // The first may come before anything else was reached.
    let is_witnessed = std::env::var(WORLD).is_ok_and(|world| world == "controls_dead");
    let n_rounds = Confirmation::default().failures_to_confirm as usize + usize::from(is_witnessed);
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    worker.accept(config);
    let rounds = targets.iter().map(|target| {
        let slug = slug(target);
        let rounds = eventually(&format!("{n_rounds} rounds of {slug}"), SOON, || {
            let (status, _, body) = worker.get(&format!("/api/v1/targets/{slug}/rounds"));
            let answer: Value = serde_json::from_str(&body).ok()?;
            let rounds = answer["rounds"].as_array()?;
            (status == 200 && rounds.len() >= n_rounds).then(|| rounds.clone())
        });
        (slug, rounds)
    });
    let rounds: BTreeMap<String, Vec<Value>> = rounds.collect();
    let published = Published::of(&worker, &rounds.keys().collect::<Vec<_>>());
    worker.edge.stop().expect("stopped");
    (rounds, published)
}
