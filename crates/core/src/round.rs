//! All tries at one time: both families of one target from one vantage, measured together.

use crate::{
    controls::SilentControl, dual_stack::DualStack, family::PerFamily, sample::Sample, time::Timestamp,
    vantage::Standing,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// The target's URL, without credentials.
    pub target: String,
    pub started_at: Timestamp,
    pub vantage: Vantage,
    pub samples: PerFamily<Sample>,
    pub dual_stack: DualStack,
}

/// The place that measured, and what it had proven about itself in this round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vantage {
    pub name: String,
    pub standing: PerFamily<Standing>,
    /// Controls that do not answer though others do.
    pub silent_controls: Vec<SilentControl>,
}
