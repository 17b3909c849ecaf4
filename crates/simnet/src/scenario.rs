//! Scenario files: what was measured of one target over time, and what the engine must make of it.
//!
//! A file is TOML, a table `[[scenario]]` each:
//!
//! ```
//! let file = r#"
//! [[scenario]]
//! name = "a single failure is no outage"
//! why = "One lost packet is not worth an incident."
//! ## target = "https://service.example/"  interval = "1m"  confirm = { failures = 2, successes = 2 }
//! ## unstable = 20  relapse = "90m"  flapping_from = 3  calm = "30m"  vantages = ["edge", "berlin +7s 6:no_family"]
//! ## maintenance = ["00:10..00:20 6 down"]
//! timeline = '''
//! x5       4:ok(11ms) 6:ok(12ms)
//! x1       4:ok       6:tcp.refused(12ms)
//! x5       46:ok
//! '''
//! expect = '''
//! 00:05:00 6 suspect tcp.refused
//! '''
//! "#;
//! let scenarios = dualwatch_simnet::scenario::parse(file, "blips.toml").unwrap();
//! assert_eq!(scenarios[0].deliveries.len(), 11);
//! assert_eq!(scenarios[0].expect[0].text, "00:05:00 6 suspect tcp.refused");
//! ```
//!
//! A line of the timeline is one or more rounds, from where the line before ended ([`timeline`] has the grammar, [`sample`]
//! the words of a sample). Times count from the scenario's midnight, [`BEGIN`]. The lines of `expect` are compared by
//! who runs the scenario.

mod clock;
mod sample;
mod timeline;

pub use clock::{BEGIN, duration, time, time_text};
pub use timeline::Delivery;

use data_encoding::HEXLOWER;
use dualwatch_core::{
    measure::{
        family::PerFamily,
        sample::Certificate,
        target::Confirmation,
        time::{SECOND, Timestamp},
        vantage::Standing,
    },
    respond::{
        incident,
        maintenance::{Expected, Window},
    },
};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, ops::Range};
use toml::Spanned;

/// A mistake in a scenario file, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct Mistake {
    pub file: String,
    pub line: usize,
    pub message: String,
}

/// A place that measures; the first of a scenario is the own one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vantage {
    pub name: String,
    /// How long after the due time its rounds begin, in milliseconds.
    pub offset_ms: i64,
    pub standing: PerFamily<Standing>,
}

/// A line of the expectation, without comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub number: usize,
    pub text: String,
}

/// One scenario, ready to be run.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub name: String,
    pub why: String,
    pub file: String,
    /// Where it begins.
    pub line: usize,
    pub target: String,
    pub interval_s: u32,
    pub confirm: Confirmation,
    pub incidents: incident::Policy,
    pub vantages: Vec<Vantage>,
    pub maintenance: Vec<Window>,
    /// In the order in which they arrive.
    pub deliveries: Vec<Delivery>,
    pub expect: Vec<Line>,
    /// Where the text of `expect` stands in the file, quotes included; `None` where there is none.
    pub expect_at: Option<Range<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    certificate: BTreeMap<String, CertificateTable>,
    #[serde(default)]
    scenario: Vec<Spanned<Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateTable {
    names: Vec<String>,
    /// When it ends, on the scenario's clock; may be before it.
    until: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    why: String,
    target: Option<String>,
    interval: Option<Spanned<String>>,
    confirm: Option<Confirm>,
    /// In percent; 0: never.
    unstable: Option<u8>,
    relapse: Option<Spanned<String>>,
    flapping_from: Option<u32>,
    calm: Option<Spanned<String>>,
    #[serde(default)]
    vantages: Vec<Spanned<String>>,
    #[serde(default)]
    maintenance: Vec<Spanned<String>>,
    timeline: Spanned<String>,
    expect: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirm {
    failures: u32,
    successes: u32,
}

/// What the words of a timeline may refer to.
struct World {
    target: String,
    interval_ms: i64,
    vantages: Vec<Vantage>,
    certificates: BTreeMap<String, Certificate>,
}

/// Reads the scenarios of a file; `file` is what mistakes call it.
pub fn parse(text: &str, file: &str) -> Result<Vec<Scenario>, Mistake> {
    let source = Source { text, file };
    let read: File = toml::from_str(text).map_err(|e| {
        let at = e.span().map_or(0, |span| span.start);
        source.mistake(at, e.message().to_owned())
    })?;
    let mut certificates = BTreeMap::new();
    for (name, table) in read.certificate {
        let not_after = clock::date(table.until.get_ref()).map_err(|e| source.mistake(table.until.span().start, e))?;
        // Enough digits to be told apart, and the same in every run.
        let sha256 = HEXLOWER.encode(&name.bytes().chain(std::iter::repeat(0)).take(32).collect::<Vec<u8>>());
        let issuer = "CN=Example CA".to_owned();
        certificates.insert(
            name,
            Certificate { subject_names: table.names, further_names: 0, issuer, not_before: None, not_after, sha256 },
        );
    }
    let mut scenarios: Vec<Scenario> = Vec::new();
    for table in read.scenario {
        let scenario = scenario(&source, table, &certificates)?;
        if scenarios.iter().any(|s| s.name == scenario.name) {
            let message = format!("there are two scenarios named \"{}\"", scenario.name);
            return Err(Mistake { file: file.to_owned(), line: scenario.line, message });
        }
        scenarios.push(scenario);
    }
    Ok(scenarios)
}

fn scenario(
    source: &Source<'_>,
    table: Spanned<Table>,
    certificates: &BTreeMap<String, Certificate>,
) -> Result<Scenario, Mistake> {
    let line = source.line(table.span().start);
    let table = table.into_inner();
    let length = |value: &Option<Spanned<String>>, default: i64| match value {
        None => Ok(default),
        Some(value) => duration(value.get_ref()).map_err(|e| source.mistake(value.span().start, e)),
    };
    let interval_ms = length(&table.interval, 60 * SECOND)?;
    let default = incident::Policy::default();
    let incidents = incident::Policy {
        relapse_within_ms: length(&table.relapse, default.relapse_within_ms)?,
        flapping_from: table.flapping_from.unwrap_or(default.flapping_from),
        calm_ms: length(&table.calm, default.calm_ms)?,
    };
    let usual = Confirmation::default();
    let confirm = Confirmation {
        failures_to_confirm: table.confirm.as_ref().map_or(usual.failures_to_confirm, |c| c.failures),
        successes_to_confirm: table.confirm.as_ref().map_or(usual.successes_to_confirm, |c| c.successes),
        unstable_percent: table.unstable.map_or(usual.unstable_percent, |n| Some(n).filter(|n| *n > 0)),
    };
    let mut vantages = Vec::new();
    for (i, text) in table.vantages.iter().enumerate() {
        vantages.push(vantage(text.get_ref(), i).map_err(|e| source.mistake(text.span().start, e))?);
    }
    if vantages.is_empty() {
        vantages.push(Vantage { name: "edge".into(), offset_ms: 0, standing: PROVEN });
    }
    let mut maintenance = Vec::new();
    for text in &table.maintenance {
        maintenance.push(window(text.get_ref()).map_err(|e| source.mistake(text.span().start, e))?);
    }
    let target = table.target.unwrap_or_else(|| "https://service.example/".to_owned());
    let world = World { target, interval_ms, vantages, certificates: certificates.clone() };
    let deliveries = timeline::read(&world, &source.lines(&table.timeline)).map_err(|(line, message)| Mistake {
        file: source.file.to_owned(),
        line,
        message,
    })?;
    let expect = table.expect.as_ref().map(|text| source.lines(text)).unwrap_or_default();
    Ok(Scenario {
        name: table.name,
        why: table.why,
        file: source.file.to_owned(),
        line,
        target: world.target,
        interval_s: u32::try_from(interval_ms / SECOND).unwrap_or(u32::MAX).max(1),
        confirm,
        incidents,
        vantages: world.vantages,
        maintenance,
        deliveries,
        expect,
        expect_at: table.expect.map(|text| text.span()),
    })
}

const PROVEN: PerFamily<Standing> = PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven };

/// Reads `NAME [+OFFSET] [4:STANDING] [6:STANDING]`; without an offset each begins a second after the one before it.
fn vantage(text: &str, index: usize) -> Result<Vantage, String> {
    let mut words = text.split_whitespace();
    let name = words.next().ok_or("a vantage without a name")?.to_owned();
    let offset_ms = i64::try_from(index).unwrap_or(0) * SECOND;
    let mut vantage = Vantage { name, offset_ms, standing: PROVEN };
    for word in words {
        if let Some(offset) = word.strip_prefix('+') {
            vantage.offset_ms = duration(offset)?;
        } else if let Some((family, standing)) = word.split_once(':') {
            *vantage.standing.get_mut(sample::family(family)?) = sample::standing(standing)?;
        } else {
            return Err(format!("`{word}` is neither an offset such as `+5s` nor a standing such as `6:no_family`"));
        }
    }
    Ok(vantage)
}

/// Reads `FROM..TO 4|6|46 down|degraded`.
fn window(text: &str) -> Result<Window, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [span, families, expected] = words[..] else {
        return Err("expected a window such as `00:10..00:20 6 down`".to_owned());
    };
    let (from, to) = span.split_once("..").ok_or_else(|| format!("`{span}` is no span such as `00:10..00:20`"))?;
    let expected = match expected {
        "down" => Expected::Down,
        "degraded" => Expected::Degraded,
        other => return Err(format!("`{other}` is neither `down` nor `degraded`")),
    };
    let families = PerFamily { ipv4: families.contains('4'), ipv6: families.contains('6') };
    Ok(Window { title: "Announced work".to_owned(), from: time(from)?, to: time(to)?, families, expected })
}

/// The text of a file, which knows its lines.
struct Source<'a> {
    text: &'a str,
    file: &'a str,
}

impl Source<'_> {
    fn line(&self, at: usize) -> usize {
        self.text[..at.min(self.text.len())].matches('\n').count() + 1
    }

    fn mistake(&self, at: usize, message: String) -> Mistake {
        Mistake { file: self.file.to_owned(), line: self.line(at), message }
    }

    /// Returns the lines of a block `'''`, without comments and empty ones, each with its number in the file.
    fn lines(&self, block: &Spanned<String>) -> Vec<Line> {
        let first = self.line(block.span().start);
        // The newline right after the quotes is not part of the value.
        let quoted = &self.text[block.span()];
        let begins_below = quoted.trim_start_matches(['\'', '"']).starts_with(['\n', '\r']);
        (block.get_ref().lines().enumerate())
            .map(|(i, line)| Line {
                number: first + i + usize::from(begins_below),
                text: line.split('#').next().unwrap_or_default().trim().to_owned(),
            })
            .filter(|line| !line.text.is_empty())
            .collect()
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.name)
    }
}

impl Scenario {
    /// Returns the name of the vantage that decides where others are divided.
    pub fn own_vantage(&self) -> &str {
        &self.vantages[0].name
    }

    /// Returns when the first round begins; [`BEGIN`] where there is none.
    pub fn begin(&self) -> Timestamp {
        self.deliveries.iter().map(|d| d.round.started_at).min().unwrap_or(BEGIN)
    }
}

#[cfg(test)]
mod tests;
