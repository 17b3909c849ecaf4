//! How often something must be seen before it is said.

use serde::{Deserialize, Serialize};

/// How many rounds in a row confirm a change, and which share of failed rounds is told where none of that is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    pub failures_to_confirm: u32,
    pub successes_to_confirm: u32,
    /// From which share of failed rounds on, in percent, a family is unstable; `None`: never.
    #[serde(default = "usual_percent")]
    pub unstable_percent: Option<u8>,
}

/// One round of five: with fewer, somebody who tries once more hardly notices.
#[allow(clippy::unnecessary_wraps)] // As serde wants it.
const fn usual_percent() -> Option<u8> {
    Some(20)
}

impl Default for Confirmation {
    fn default() -> Self {
        Self { failures_to_confirm: 2, successes_to_confirm: 2, unstable_percent: usual_percent() }
    }
}
