//! What is wrong with a history, or with what was published of it.

mod configured;
mod flapping;
mod observed;
mod published;
mod together;
mod trips;

pub(crate) use configured::{of_configuration, of_issues, of_problems};
pub(crate) use together::together;

use crate::conclude::{codes::Finding, target::History};
use dualwatch_core::measure::time::Timestamp;

/// Returns what is wrong with one site, apart from its configuration.
pub(crate) fn of_target(history: &History, all: &[History], as_of: Option<Timestamp>) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(observed::url_changed(history));
    found.extend(observed::never_up(history));
    found.extend(observed::silent(history));
    found.extend(observed::measurement_errors(history));
    found.extend(observed::certificate_warnings(history));
    found.extend(observed::without_zone(history));
    found.extend(trips::impossible(history, all));
    found.extend(flapping::flapping(history));
    found.extend(published::contradiction(history, as_of));
    found.extend(published::window_arithmetic(history));
    found
}
