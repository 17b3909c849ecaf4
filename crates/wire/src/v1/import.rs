//! What the history of another monitor says: printed by `dualwatch import upptime --json`.

use super::replay::ReplayTarget;
use crate::{
    time::{rfc3339, rfc3339_or_null},
    upptime::Status,
};
use dualwatch_core::measure::time::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    pub version: u32,
    /// After so many seconds at most a site was measured again: how exact the beginnings and ends are.
    pub measured_every_s: u32,
    /// Those of the configuration in its order, then those that only the history knows.
    pub targets: Vec<Target>,
    /// What is not about a single target.
    pub findings: Vec<Finding>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub slug: String,
    pub name: String,
    /// As the other monitor has it, without credentials.
    pub url: String,
    pub findings: Vec<Finding>,
    pub incidents: Vec<Incident>,
    /// What the records come to here: the incidents with their reports, and the availability over all of them, as a running
    /// instance has them where they are loaded. `null` without any record.
    #[serde(default)]
    pub past: Option<ReplayTarget>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable and public.
    pub code: String,
    /// What was expected, what was seen, since when.
    pub detail: String,
}

/// A spell in which the other monitor did not say "up".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// When the version was measured that first said so.
    #[serde(with = "rfc3339")]
    pub began: Timestamp,
    /// When the version was measured that first said otherwise; `null`: none did.
    #[serde(with = "rfc3339_or_null")]
    pub ended: Option<Timestamp>,
    /// Whole seconds, to the nearest.
    pub duration_s: Option<i64>,
    /// `down` or `degraded`.
    pub status: Status,
    /// The code of the first version, as recorded: 0 is Upptime's word for "no answer", `null` is its own.
    pub code: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_pinned() {
        let began = Timestamp::from_unix_ms(1_795_428_711_042);
        let incident = |ended: Option<Timestamp>, code| Incident {
            began,
            ended,
            duration_s: ended.map(|t| (t.ms_since(began) + 500) / 1_000),
            status: Status::Down,
            code,
        };
        let document = Import {
            version: 1,
            measured_every_s: 300,
            targets: vec![Target {
                slug: "shop".into(),
                name: "Shop".into(),
                url: "https://shop.example".into(),
                findings: vec![Finding { code: "flapping".into(), detail: "often".into() }],
                incidents: vec![incident(Some(began + 205_815), Some(0)), incident(None, None)],
                past: None,
            }],
            findings: Vec::new(),
        };
        let text = concat!(
            r#"{"version":1,"measured_every_s":300,"targets":[{"slug":"shop","name":"Shop","url":"https://shop.example","#,
            r#""findings":[{"code":"flapping","detail":"often"}],"#,
            r#""incidents":[{"began":"2026-11-23T10:11:51.042Z","ended":"2026-11-23T10:15:16.857Z","duration_s":206,"#,
            r#""status":"down","code":0},"#,
            r#"{"began":"2026-11-23T10:11:51.042Z","ended":null,"duration_s":null,"status":"down","code":null}],"past":null}],"#,
            r#""findings":[]}"#,
        );
        assert_eq!(serde_json::to_string(&document).unwrap(), text);
        assert_eq!(serde_json::from_str::<Import>(text).unwrap(), document);
    }
}
