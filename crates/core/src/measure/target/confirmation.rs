//! How often something must be seen before it is said.

use serde::{Deserialize, Serialize};

/// How many rounds in a row confirm a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    pub failures_to_confirm: u32,
    pub successes_to_confirm: u32,
}

impl Default for Confirmation {
    fn default() -> Self {
        Self { failures_to_confirm: 2, successes_to_confirm: 2 }
    }
}
