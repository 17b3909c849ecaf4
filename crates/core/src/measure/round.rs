//! All tries at one time: both families of one target from one vantage, measured together.

use crate::measure::{
    controls::SilentControl,
    family::{Family, PerFamily},
    sample::Sample,
    text,
    time::Timestamp,
    vantage::Standing,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// The target's URL, without credentials.
    pub target: String,
    pub started_at: Timestamp,
    pub vantage: Vantage,
    pub samples: PerFamily<Sample>,
    pub dual_stack: DualStack,
}

impl Round {
    /// Makes every text of a round that was just measured visible ([`text::visible`]). What is read has come through
    /// [`text::read`].
    pub fn show_texts(&mut self) {
        text::show(&mut self.target);
        text::show(&mut self.vantage.name);
        self.samples.ipv4.show_texts();
        self.samples.ipv6.show_texts();
    }
}

/// The place that measured, and what it had proven about itself in this round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vantage {
    pub name: String,
    pub standing: PerFamily<Standing>,
    /// Controls that do not answer though others do.
    pub silent_controls: Vec<SilentControl>,
}

/// The family that a dual-stack client ends up on, and what it pays for the other one being there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DualStack {
    /// `None`: such a client is not served, or that cannot be told.
    pub family: Option<Family>,
    /// Milliseconds beyond what a client of the best single family needs. `None` with `family`.
    pub cost_ms: Option<f64>,
}
