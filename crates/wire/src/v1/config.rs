//! `PUT` and `GET /api/v1/config`.

use crate::{problem::Located, time::rfc3339};
use dualwatch_core::{
    target::{Octets, Policy, Target},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A configuration on its way to the worker: the text as it is, and the files that it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigUpload {
    /// The name that findings call it, such as `dualwatch.yml`.
    pub name: String,
    pub text: String,
    /// Path as written in the text -> content.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// What was made of a configuration. Credentials are replaced by [`HIDDEN`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConfigDocument {
    pub version: u32,
    pub name: String,
    #[serde(with = "rfc3339")]
    pub accepted_at: Timestamp,
    pub targets: Vec<Target>,
    pub policy: Policy,
    pub warnings: Vec<Located>,
}

/// Stands for a secret that exists and is not shown.
pub const HIDDEN: &str = "(hidden)";

impl ConfigDocument {
    /// Hides every secret.
    #[must_use]
    pub fn without_secrets(mut self) -> Self {
        for target in &mut self.targets {
            if let Some(authorization) = &mut target.authorization {
                HIDDEN.clone_into(authorization);
            }
            for header in &mut target.request.headers {
                HIDDEN.clone_into(&mut header.value);
            }
            if let Some(body) = &mut target.request.body {
                HIDDEN.clone_into(body);
            }
            if let Some(send) = &mut target.request.send {
                *send = Octets::Text(HIDDEN.to_owned());
            }
        }
        self
    }
}
