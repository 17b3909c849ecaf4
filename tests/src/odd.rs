//! `odd.toml`: servers that are odd, and what each client makes of them.

use crate::table::{Row, Table};
use dualwatch_simnet::script::Behaviour;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

const TEXT: &str = include_str!("../suites/odd.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Odd {
    pub row: Vec<OddRow>,
}

/// One server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OddRow {
    /// Unique; also the slug of the target, and `NAME.lab.test` its host.
    pub name: String,
    /// In words.
    pub does: String,
    pub behaviour: Behaviour,
    /// More of the target, as in `dualwatch.yml`.
    #[serde(default)]
    pub target: serde_json::Map<String, Value>,
    #[serde(default)]
    pub curl_options: Vec<String>,
    pub curl: Curl,
    pub chromium: Option<Taken>,
    pub firefox: Option<Taken>,
    pub check: Taken,
    /// Why they do not agree.
    pub differs: Option<String>,
}

/// What a client makes of a server: the status of a whole answer, or the client's word for why there was none.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Taken {
    Answer(u16),
    Nothing(String),
}

/// What curl makes of it, in one of its versions or another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Curl {
    Any(Taken),
    Either(Vec<Taken>),
}

impl Taken {
    fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(status) => Some(*status),
            Self::Nothing(_) => None,
        }
    }

    /// Whether both are the same answer, or none.
    pub fn agrees(&self, other: &Self) -> bool {
        self.status() == other.status()
    }
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(status) => write!(f, "{status}"),
            Self::Nothing(word) => f.write_str(word),
        }
    }
}

impl Curl {
    pub fn all(&self) -> &[Taken] {
        match self {
            Self::Any(taken) => std::slice::from_ref(taken),
            Self::Either(all) => all,
        }
    }
}

impl Odd {
    pub fn read() -> Self {
        toml::from_str(TEXT).unwrap_or_else(|e| panic!("odd.toml: {e}"))
    }

    /// Returns the rows as those of the other tables, for the lab and for check.
    pub fn table(&self) -> Table {
        Table { row: self.row.iter().map(OddRow::row).collect(), ..Table::hostile() }
    }
}

impl OddRow {
    /// Whether all clients that the row names take the server alike.
    pub fn agrees(&self) -> bool {
        let others = self.curl.all().iter().chain(&self.chromium).chain(&self.firefox);
        others.into_iter().all(|taken| taken.agrees(&self.check))
    }

    fn row(&self) -> Row {
        let (http_status, cause) = match &self.check {
            Taken::Answer(status @ 200..=299) => (Some(*status), None),
            Taken::Answer(status) => (Some(*status), Some("http.status".to_owned())),
            Taken::Nothing(cause) => (None, Some(cause.clone())),
        };
        Row {
            name: self.name.clone(),
            behaviour: Some(self.behaviour.clone()),
            target: self.target.clone(),
            cause,
            http_status,
            ..Row::default()
        }
    }
}
