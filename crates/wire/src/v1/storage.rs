//! What is published, and what a host tells its worker, of whether anything can be stored.

use crate::time::rfc3339;
use dualwatch_core::{measure::time::Timestamp, remember::storage::Trouble};
use serde::{Deserialize, Serialize};

/// Nothing is stored, or not what some targets have to store. What is measured meanwhile is in memory only. The host program
/// tells its worker the same of the disk that the worker's objects are on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Storage {
    /// Left out where there is space, and only some stored files cannot be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<StorageTrouble>,
    /// The slugs of targets whose stored files cannot be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unusable: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StorageTrouble {
    pub kind: Trouble,
    #[serde(with = "rfc3339")]
    pub since: Timestamp,
}

impl Storage {
    /// Returns what is to be told, if anything is.
    pub fn of(trouble: Option<StorageTrouble>, unusable: Vec<String>) -> Option<Self> {
        (trouble.is_some() || !unusable.is_empty()).then_some(Self { trouble, unusable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_pinned_form() {
        let trouble = StorageTrouble { kind: Trouble::ReadOnly, since: Timestamp::from_unix_ms(1_795_428_711_000) };
        let text = |storage| serde_json::to_string(&storage).unwrap();
        assert_eq!(
            text(Storage::of(Some(trouble), Vec::new())),
            r#"{"trouble":{"kind":"read_only","since":"2026-11-23T10:11:51.000Z"}}"#
        );
        assert_eq!(text(Storage::of(None, vec!["a".into()])), r#"{"unusable":["a"]}"#);
        assert_eq!(Storage::of(None, Vec::new()), None);
        let well = Storage { trouble: None, unusable: Vec::new() };
        assert_eq!(serde_json::to_string(&well).unwrap(), "{}", "what a host says when all is well");
    }
}
