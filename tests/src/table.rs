//! `causes.toml`: a row per behaviour of the lab, with the cause and the evidence that it must lead to.

use dualwatch_core::measure::{cause::Cause, family::Family};
use dualwatch_simnet::{
    Lab,
    script::{Behaviour, Name, Script, Service},
    words::Tls,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The table, as people read it.
pub const TEXT: &str = include_str!("../suites/causes.toml");

/// The table of what is hostile by its bytes.
const HOSTILE: &str = include_str!("../suites/hostile.toml");
/// How many names stand in a row of aliases that no answer holds whole.
const N_ALIASES: usize = 200;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub row: Vec<Row>,
    #[serde(default)]
    pub doh: Vec<DohRow>,
    pub name_server: Vec<NameServerRow>,
    #[serde(default)]
    pub difference: Vec<DifferenceRow>,
    #[serde(default)]
    pub network: Vec<NetworkRow>,
}

/// A service that is another one over IPv6.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DifferenceRow {
    /// Unique; also the slug of the target.
    pub name: String,
    /// What `differs.lab.test` (or the row's own name, where this is given) resolves to.
    pub dns: Option<Name>,
    pub ipv4: Behaviour,
    pub ipv6: Behaviour,
    /// The aspect, what IPv4 shows, and what IPv6 shows; in the order of checking.
    #[serde(default)]
    pub findings: Vec<[String; 3]>,
    /// Whether IPv6 fails.
    #[serde(default)]
    pub is_down: bool,
}

/// One target in a faulty network, measured where the fault is over IPv4 and where it is over IPv6.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkRow {
    /// What the network does; a word of the lab.
    pub world: String,
    /// A service of the networks' script (`tests/src/network.rs`).
    #[serde(default = "web")]
    pub target: String,
    /// What the controls do over TLS; `good` where it is left out.
    pub controls: Option<String>,
    /// The standing of the family that has the fault; `proven` where it is left out.
    pub standing: Option<String>,
    /// The standing that is published of that family, where another target of the network decides it.
    pub published_standing: Option<String>,
    /// Another target of the network, which has to be reached before this row is true.
    pub witness: Option<String>,
    /// The standing of both families, and the cause over both.
    #[serde(default)]
    pub takes_both: bool,
    /// The expected cause over the family that has the fault; none: reached.
    pub cause: Option<String>,
    /// The cause expected of the worker, where its runtime tells less.
    pub edge_cause: Option<String>,
    /// The cause over the other family, where the target fails over both.
    pub other_cause: Option<String>,
    pub other_edge_cause: Option<String>,
    /// Parts of the evidence, by name.
    #[serde(default)]
    pub evidence: serde_json::Map<String, Value>,
    /// Parts of the worker's evidence, where they differ.
    pub edge_evidence: Option<serde_json::Map<String, Value>>,
    pub phases: Option<Vec<String>>,
}

fn web() -> String {
    "web".to_owned()
}

/// Returns the slug under which a target of the table is measured.
pub fn slug(target: &str) -> String {
    target.replace('_', "-")
}

impl NetworkRow {
    /// What distinguishes the network of this row: rows that agree in it share one.
    pub fn network(&self) -> (&str, &str) {
        (&self.world, self.controls.as_deref().unwrap_or("good"))
    }

    /// Whether a family has the fault, where the fault is over `over`.
    fn is_faulty(&self, family: Family, over: Family) -> bool {
        family == over || self.takes_both
    }

    /// Returns the standing and the cause expected of a family, where the fault is over `over`.
    pub fn expected(&self, family: Family, over: Family, at_the_edge: bool) -> (&str, Option<&str>) {
        let is_faulty = self.is_faulty(family, over);
        let standing = self.standing.as_deref().filter(|_| is_faulty).unwrap_or("proven");
        let own = (&self.edge_cause, &self.cause);
        let (edge, exact) = if is_faulty { own } else { (&self.other_edge_cause, &self.other_cause) };
        (standing, edge.as_deref().filter(|_| at_the_edge).or(exact.as_deref()))
    }

    /// Compares a round (a document of the wire) in the network whose fault is over `over` with the row; returns what
    /// differs.
    pub fn differences(&self, round: &Value, over: Family, at_the_edge: bool) -> Vec<String> {
        let mut differences = Vec::new();
        for family in Family::ALL {
            let is_faulty = self.is_faulty(family, over);
            let sample = &round[family.code()];
            let mut expect = |what: &str, expected: Value, seen: &Value| {
                if !includes(seen, &expected) {
                    differences.push(format!("{what} over {family}: expected {expected}, saw {seen}\n    {sample}"));
                }
            };
            let (standing, cause) = self.expected(family, over, at_the_edge);
            expect("standing", json!(standing), &round["vantage"][family.code()]);
            expect("cause", json!(cause), &sample["cause"]);
            expect("outcome", json!(if cause.is_some() { "failed" } else { "reached" }), &sample["outcome"]);
            if cause.is_some() {
                expect("total", Value::Null, &sample["phases_ms"]["total"]);
            }
            if is_faulty {
                let own = self.edge_evidence.as_ref().filter(|_| at_the_edge);
                let likely = own.and_then(|_| likely(sample, &round[family.other().code()]));
                for (name, value) in own.unwrap_or(&self.evidence) {
                    let value = likely.as_ref().and_then(|likely| likely.get(name)).unwrap_or(value);
                    expect(&format!("detail.{name}"), value.clone(), &sample["detail"][name]);
                }
                if let Some(phases) = &self.phases {
                    let seen = sample["phases_ms"].as_object().into_iter().flat_map(|o| o.keys());
                    let mut seen: Vec<&String> = seen.collect();
                    let mut expected: Vec<&String> = phases.iter().collect();
                    seen.sort();
                    expected.sort();
                    expect("phases", json!(expected), &json!(seen));
                }
            }
        }
        differences
    }

    /// Whether one of the worker's rounds shows the very evidence of the row. Not each of them does: another connection
    /// may have begun to ask for the neighbour before, and then this one fails as soon as a refusal would come.
    pub fn is_shown_by(&self, rounds: &[Value], over: Family) -> bool {
        let evidence = self.edge_evidence.as_ref().unwrap_or(&self.evidence);
        let shows =
            |round: &Value| evidence.iter().all(|(name, value)| includes(&round[over.code()]["detail"][name], value));
        rounds.iter().any(shows)
    }
}

/// Returns what "no connection" most likely was by the times of the round itself, under the names of the evidence; none
/// for another failure.
fn likely(sample: &Value, twin: &Value) -> Option<serde_json::Map<String, Value>> {
    if sample["cause"] != json!(Cause::TcpNoConnection) {
        return None;
    }
    let elapsed_ms = sample["detail"]["elapsed_ms"].as_f64()?;
    let (likely, confidence) = dualwatch_prober::classify::likely(elapsed_ms, twin["phases_ms"]["connect"].as_f64());
    match json!({ "likely": likely, "confidence": confidence }) {
        Value::Object(names) => Some(names),
        _ => None,
    }
}

/// Whether `seen` holds what is expected: of objects every named part, of arrays each in its place, all else as it is.
fn includes(seen: &Value, expected: &Value) -> bool {
    match (seen, expected) {
        (Value::Object(seen), Value::Object(expected)) => {
            expected.iter().all(|(name, value)| includes(seen.get(name).unwrap_or(&Value::Null), value))
        }
        (Value::Array(seen), Value::Array(expected)) => {
            seen.len() == expected.len() && seen.iter().zip(expected).all(|(s, e)| includes(s, e))
        }
        _ => seen == expected,
    }
}

/// One answer of a name server that is itself the target.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameServerRow {
    /// What it holds.
    pub name: Name,
    /// The type that is asked for.
    pub ask: String,
    /// As in `dualwatch.yml`.
    #[serde(default)]
    pub expect: serde_json::Map<String, Value>,
    pub cause: Option<String>,
    /// Parts of the evidence, by name.
    #[serde(default)]
    pub evidence: serde_json::Map<String, Value>,
}

/// One behaviour of a DNS-over-HTTPS server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DohRow {
    pub word: String,
    pub cause: Option<String>,
    /// Parts of the evidence, by name.
    #[serde(default)]
    pub evidence: serde_json::Map<String, Value>,
}

/// One behaviour, measured over both families.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Unique; also the slug of the target, and `NAME.lab.test` its host.
    pub name: String,
    /// What the server does; nothing listens where it is left out.
    pub behaviour: Option<Behaviour>,
    /// What the DNS server answers; both loopback addresses where it is left out.
    pub dns: Option<Name>,
    /// `http`, `https`, `tcp`, `ws` and so on; `https` where the behaviour has TLS, else `http`.
    pub scheme: Option<String>,
    /// The host in place of `NAME.lab.test`.
    pub host: Option<String>,
    /// More of the target, as in `dualwatch.yml`.
    #[serde(default)]
    pub target: serde_json::Map<String, Value>,
    /// The expected outcome; `failed` where a cause is expected, else `reached`.
    pub outcome: Option<String>,
    /// The expected cause; none: reached.
    pub cause: Option<String>,
    /// The cause expected of the worker, where its runtime tells less.
    pub edge_cause: Option<String>,
    /// Parts of the evidence, by name.
    #[serde(default)]
    pub evidence: serde_json::Map<String, Value>,
    /// Parts of the worker's evidence, where they differ.
    pub edge_evidence: Option<serde_json::Map<String, Value>>,
    /// Phases that must have a time; no other may.
    pub phases: Option<Vec<String>>,
    pub http_status: Option<u16>,
}

impl Table {
    pub fn read() -> Self {
        toml::from_str(TEXT).unwrap_or_else(|e| panic!("causes.toml: {e}"))
    }

    /// Reads the table of what is hostile by its bytes.
    pub fn hostile() -> Self {
        toml::from_str(HOSTILE).unwrap_or_else(|e| panic!("hostile.toml: {e}"))
    }

    /// Returns the lab's script in which every row is a service of its own.
    pub fn script(&self) -> Script {
        let mut script =
            Script::new().service("control", Service::both(dualwatch_simnet::words::Tcp::Hold).as_control());
        for row in &self.row {
            let behaviour = row.behaviour.clone().unwrap_or_else(|| dualwatch_simnet::words::Connect::Refused.into());
            let host = row.host();
            script = script
                .name(&host, row.dns.clone().unwrap_or_else(Name::dual))
                .service(&row.name, Service::both(behaviour).named(&[&host]));
        }
        // What rows point at.
        let aliases = (1..N_ALIASES).map(|i| (format!("alias-{}.lab.test", i - 1), format!("alias-{i}.lab.test")));
        let script = aliases.fold(script, |script, (from, to)| script.name(&from, Name::cname(&to)));
        let last = format!("alias-{}.lab.test", N_ALIASES - 1);
        let end = |tls: Option<Tls>| Service::both(Behaviour { tls, ..Behaviour::default() }).named(&["end.lab.test"]);
        let script = script.service("hostile_end", end(None)).service("hostile_tls_end", end(Some(Tls::Good)));
        script
            .name(&last, Name::dual())
            .name("end.lab.test", Name::dual())
            .name("gone.lab.test", dualwatch_simnet::words::Dns::Nxdomain.into())
    }

    /// Returns the configuration that measures every row against `lab`, as `dualwatch.yml` (JSON is YAML).
    pub fn config(&self, lab: &Lab) -> String {
        Self::config_of(&self.row, lab)
    }

    /// Returns the configuration that measures these rows only.
    pub fn config_of(rows: &[Row], lab: &Lab) -> String {
        let targets: Vec<Value> = rows.iter().map(|row| row.target(lab)).collect();
        let controls = |family| lab.controls().get(family).iter().map(ToString::to_string).collect::<Vec<_>>();
        let config = json!({
            "targets": targets,
            "controls": { "ipv4": controls(Family::Ipv4), "ipv6": controls(Family::Ipv6) },
            "resolvers": [format!("tcp://{}", lab.resolver())],
            "network": { "allow_private": true },
            "tls": { "roots": [lab.ca_pem()] },
        });
        config.to_string()
    }
}

impl Row {
    fn host(&self) -> String {
        self.host.clone().unwrap_or_else(|| format!("{}.lab.test", self.name.replace('_', "-")))
    }

    pub fn slug(&self) -> String {
        self.name.replace('_', "-")
    }

    /// Returns the scheme of the target.
    pub fn scheme(&self) -> String {
        let has_tls = self.behaviour.as_ref().is_some_and(|b| b.tls.is_some());
        self.scheme.clone().unwrap_or_else(|| if has_tls { "https" } else { "http" }.to_owned())
    }

    /// Whether the cause is that nothing comes: such a row takes its whole timeout.
    pub fn waits(&self) -> bool {
        self.cause.as_deref().is_some_and(|cause| cause.ends_with(".timeout"))
    }

    /// Returns the row with each `{port:KEY}` in its evidence filled in.
    #[must_use]
    pub fn with_ports(mut self, lab: &Lab) -> Self {
        let fill = |text: &str| {
            lab.ports()
                .fold(text.to_owned(), |text, (key, port)| text.replace(&format!("{{port:{key}}}"), &port.to_string()))
        };
        for value in self.evidence.values_mut() {
            if let Value::String(text) = value {
                *text = fill(text);
            }
        }
        self
    }

    /// Returns the target that measures the row, as `dualwatch.yml` has it.
    pub fn target(&self, lab: &Lab) -> Value {
        let scheme = self.scheme();
        let path = if scheme == "tcp" { "" } else { "/" };
        let mut target = json!({
            "name": self.name,
            "slug": self.slug(),
            "url": format!("{scheme}://{}:{}{path}", self.host(), lab.port(&self.name)),
            "interval": "60s",
            // Only what waits for it: where something comes, a busy machine may take its time.
            "timeout": if self.waits() { "2500ms" } else { "10s" },
        });
        if let Some(fields) = target.as_object_mut() {
            fields.extend(self.target.clone());
        }
        target
    }

    /// Compares one family's sample (a document of the wire) with the row; returns what differs.
    pub fn differences(&self, sample: &Value, at_the_edge: bool) -> Vec<String> {
        let mut differences = Vec::new();
        let mut expect = |what: &str, expected: &Value, seen: &Value| {
            if expected != seen {
                differences.push(format!("{what}: expected {expected}, saw {seen}"));
            }
        };
        let is_less = at_the_edge && self.edge_cause.is_some();
        let cause = if is_less { &self.edge_cause } else { &self.cause };
        let outcome =
            self.outcome.clone().unwrap_or_else(|| if cause.is_some() { "failed" } else { "reached" }.to_owned());
        expect("outcome", &json!(outcome), &sample["outcome"]);
        expect("cause", &json!(cause), &sample["cause"]);
        if !is_less {
            let own = self.edge_evidence.as_ref().filter(|_| at_the_edge);
            for (name, value) in own.unwrap_or(&self.evidence) {
                expect(&format!("detail.{name}"), value, &sample["detail"][name]);
            }
        }
        if let Some(phases) = &self.phases {
            let mut seen: Vec<String> =
                sample["phases_ms"].as_object().into_iter().flat_map(|o| o.keys().cloned()).collect();
            let mut expected = phases.clone();
            expected.sort();
            seen.sort();
            expect("phases", &json!(expected), &json!(seen));
        }
        if self.http_status.is_some() {
            expect("http_status", &json!(self.http_status), &sample["http_status"]);
        }
        let failed = sample["outcome"] == "failed";
        if failed && sample["phases_ms"].get("total").is_some() {
            differences.push("a failed probe has no total".to_owned());
        }
        differences
    }
}
