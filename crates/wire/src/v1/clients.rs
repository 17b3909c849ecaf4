//! `GET /api/v1/clients`: what real clients do when one side of a dual-stack name is broken, as it was measured. And
//! what of that belongs to the fault at hand.

use super::VERSION;
use dualwatch_clients::{
    self as measured, Cell, Client, Fate, Fault, Kept, MEASURED_ON, Met, Protocol, Tally, Unmeasured,
};
use dualwatch_core::measure::family::Family;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How it was measured, for whoever reads a number of it alone.
const METHOD: &str = "One Linux machine (kernel 6.18), network namespaces, round trip 10 ms; each name has one A and one \
                      AAAA record (all_silent: four), and one family is well: IPv4, or IPv6 where the fault begins \
                      with ipv4; one run for each client and fault; seconds from the first DNS query to the first byte \
                      of the server, read off the packets.";

/// The whole table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClientsDocument {
    pub version: u32,
    /// The day on which every row was measured.
    pub measured_on: String,
    pub method: String,
    /// The best known first.
    pub clients: Vec<MeasuredClient>,
}

/// One client, or one with a setting of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MeasuredClient {
    /// Stable.
    pub id: String,
    pub name: String,
    /// `browser`, `program`, `library`, `proxy`, `monitor`, `mail`.
    pub kind: String,
    /// Protocols, such as `http` or `postgresql`.
    pub speaks: Vec<String>,
    pub version: String,
    /// Where that version came from, such as "Debian 13" or "npm".
    pub source: String,
    /// Whether it asks over IPv4 first, and leaves IPv6 alone where IPv4 answers.
    pub ipv4_first: bool,
    /// What changes its behaviour, with the default; `~` before what was not confirmed. Empty: nothing is known.
    pub settings: String,
    /// By fault: `healthy`, `refused`, `silent`, `all_silent`, `unreachable`, `prohibited`, `mute`, `slow`, `no_ipv6`,
    /// `no_ipv6_slow`, `no_route`, `mute_tls`, `certificate`, `path_mtu`; `ipv4_refused`, `ipv4_silent`, `ipv4_mute`, where
    /// IPv6 is well. What was not run is not there.
    pub faults: BTreeMap<String, MeasuredFate>,
}

/// What one client did with one fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MeasuredFate {
    /// `untouched` (the family that is well was used first), `unnoticed` (served in less than a second), `waits`, `partly`, `fails`.
    pub fate: String,
    /// The families that answered; empty where none did, or where that was not recorded.
    pub over: Vec<Family>,
    /// Seconds until it was served or gave up, one number for each of its requests.
    pub after_s: Vec<f64>,
    /// It had not given up when it was ended after that long.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// It paid once, and remembered which family was broken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remembers: bool,
}

/// What real clients do with the fault at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RealClients {
    /// Which of the faults that were run this is, as in `/api/v1/clients`; or why it is none of them: `ipv4` (it was run over
    /// IPv6 alone), `vague`, `reset`, `dns`, `answers`, `protocol` (it was run, with no client of what is spoken there).
    pub fault: String,
    /// A line for each fate, whoever suffers most first.
    pub lines: Vec<RealFate>,
    /// A line for each client that the operator has named, with the settings that change what it does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<RealClient>,
    /// Where the names come from; empty where none is named.
    pub source: String,
}

/// What becomes of one client that the operator has named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RealClient {
    /// As `/api/v1/clients` has it.
    pub client: String,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RealFate {
    /// `fails`, `partly`, `waits`, `unnoticed`, `untouched`; `not_measured`.
    pub fate: String,
    pub text: String,
}

/// How many of the real clients that were run with the fault at hand fare how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClientTally {
    /// As in `RealClients`.
    pub fault: String,
    /// So many clients of what the target speaks were run with it; 0: none was, and what real clients do is not known.
    pub of: u32,
    /// So many were not served.
    #[serde(default, skip_serializing_if = "is_none")]
    pub fails: u32,
    /// So many were served now and then.
    #[serde(default, skip_serializing_if = "is_none")]
    pub partly: u32,
    /// So many were served after a second or more.
    #[serde(default, skip_serializing_if = "is_none")]
    pub waits: u32,
    /// After how many seconds the first of those was served, and the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_s: Option<[f64; 2]>,
    /// So many were served in less than a second.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unnoticed: u32,
    /// So many took the family that is well first.
    #[serde(default, skip_serializing_if = "is_none")]
    pub untouched: u32,
}

/// Serde asks with a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
const fn is_none(n: &u32) -> bool {
    *n == 0
}

impl ClientTally {
    /// Returns what was counted for what was met at a URL; `None`: nothing is met, or nobody knows what is spoken there.
    pub fn of(met: Met, url: &str) -> Option<Self> {
        let protocol = Protocol::of(url)?;
        let none = |why: Unmeasured| Self { fault: why.code().to_owned(), ..Self::default() };
        let fault = match met {
            Met::Nothing => return None,
            Met::Unmeasured(why) => return Some(none(why)),
            Met::Measured(fault) => fault,
        };
        let Some(tally) = Tally::of(fault, protocol) else { return Some(none(Unmeasured::Protocol)) };
        let Tally { of, fails, partly, waits, unnoticed, untouched, .. } = tally;
        let wait_s = tally.wait_s.map(|(least, most)| [least, most]);
        Some(Self { fault: fault.code().to_owned(), of, fails, partly, waits, wait_s, unnoticed, untouched })
    }
}

impl RealClients {
    /// Returns all that is to be read, in its order.
    pub fn texts(&self) -> impl Iterator<Item = &String> {
        let lines = self.lines.iter().map(|line| &line.text);
        let source = Some(&self.source).filter(|source| !source.is_empty());
        lines.chain(self.stack.iter().map(|client| &client.text)).chain(source)
    }
}

impl ClientsDocument {
    /// Returns these clients; `faults`: with what they did then, and with no other fault.
    pub fn of<'a>(clients: impl IntoIterator<Item = &'a Client>, faults: &[Fault]) -> Self {
        Self {
            version: VERSION,
            measured_on: MEASURED_ON.to_owned(),
            method: METHOD.to_owned(),
            clients: clients.into_iter().map(|client| MeasuredClient::of(client, faults)).collect(),
        }
    }

    /// Returns all of it.
    pub fn whole() -> Self {
        Self::of(measured::all(), Fault::ALL)
    }
}

impl MeasuredClient {
    fn of(client: &Client, faults: &[Fault]) -> Self {
        let fate = |fault: &Fault| Some((fault.code().to_owned(), MeasuredFate::of(client, *fault)?));
        Self {
            id: client.id.to_owned(),
            name: client.name.to_owned(),
            kind: client.kind.code().to_owned(),
            speaks: client.speaks.iter().map(|protocol| protocol.code().to_owned()).collect(),
            version: client.version.to_owned(),
            source: client.source.to_owned(),
            ipv4_first: client.is_ipv4_first(),
            settings: client.settings.to_owned(),
            faults: faults.iter().filter_map(fate).collect(),
        }
    }
}

impl MeasuredFate {
    fn of(client: &Client, fault: Fault) -> Option<Self> {
        let fate = client.fate(fault)?;
        let (over, after_s) = match client.cell(fault) {
            Cell::NotRun => return None,
            Cell::Served { over, after_s } => (over.clone(), after_s),
            Cell::Partly { after_s, .. } | Cell::Failed { after_s, .. } => (Vec::new(), after_s),
        };
        Some(Self {
            fate: measured::Class::of(fate).code().to_owned(),
            over,
            after_s: after_s.clone(),
            cut: matches!(fate, Fate::Fails { is_cut: true, .. }),
            remembers: matches!(fate, Fate::Waits { kept: Kept::Family, .. }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_what_was_run_and_nothing_where_that_was_not() {
        let text = |met, url| serde_json::to_string(&ClientTally::of(met, url)).unwrap();
        let (web, database) = ("https://a.example/", "tcp://a.example:5432");
        assert_eq!(
            text(Met::Measured(Fault::Silent), web),
            r#"{"fault":"silent","of":89,"fails":14,"partly":1,"waits":24,"wait_s":[1.03,135.0],"unnoticed":43,"untouched":7}"#
        );
        assert_eq!(text(Met::Measured(Fault::PathMtu), database), r#"{"fault":"protocol","of":0}"#);
        assert_eq!(text(Met::Unmeasured(Unmeasured::Reset), web), r#"{"fault":"reset","of":0}"#);
        assert_eq!(
            [ClientTally::of(Met::Nothing, web), ClientTally::of(Met::Measured(Fault::Silent), "")],
            [None, None]
        );
    }

    #[test]
    fn the_document_says_what_the_table_says() {
        let whole = ClientsDocument::whole();
        assert_eq!(whole.clients.len(), measured::all().len());
        let nginx = whole.clients.iter().find(|client| client.id == "nginx").unwrap();
        let text = serde_json::to_string(&nginx.faults["silent"]).unwrap();
        assert_eq!(text, r#"{"fate":"waits","over":["ipv4"],"after_s":[60.0,0.02,0.02],"remembers":true}"#);
        assert!(!nginx.faults.contains_key("all_silent"), "it was not run");
        let text = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<ClientsDocument>(&text).unwrap(), whole);
    }
}
