//! The exit codes that `dualwatch` promises.

use crate::check::nagios::Service;
use dualwatch_core::{
    judge::diagnosis::{Conclusion, conclude},
    measure::{family::Family, round::Round},
};
use std::process::ExitCode;

/// In order of precedence: a failure is reported even where something else could not be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Reachable over every published family.
    Reachable,
    /// Could not measure, or bad usage.
    CouldNotMeasure,
    /// A family failed.
    Failed,
    /// As a plugin of Nagios says it.
    Plugin(Service),
}

impl Exit {
    /// Decides from one round.
    pub fn of(round: &Round) -> Self {
        Family::ALL
            .into_iter()
            .map(|family| match conclude(round.samples.get(family)) {
                Conclusion::Good { .. } | Conclusion::Unpublished(_) => Self::Reachable,
                Conclusion::Bad(_) => Self::Failed,
                Conclusion::Blind(_) => Self::CouldNotMeasure,
            })
            .max()
            .unwrap_or(Self::CouldNotMeasure)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Reachable => Self::from(0),
            Exit::Failed => Self::from(1),
            Exit::CouldNotMeasure => Self::from(2),
            Exit::Plugin(service) => Self::from(service.code()),
        }
    }
}
