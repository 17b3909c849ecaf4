//! Why an address is not connected to.

use crate::classify::Failure;
use dualwatch_core::measure::{
    address,
    cause::Cause,
    unfit::{Unfit, UnfitAddress},
};
use std::net::IpAddr;

/// None of these may be connected to.
pub fn forbidden(addresses: &[IpAddr]) -> Failure {
    let refused = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let is_unfit = addresses.iter().any(|a| Unfit::of(*a).is_some_and(|unfit| !unfit.is_unpublished()));
    let why = match addresses.iter().any(|a| address::is_allowed(*a, true)) {
        true => format!("{refused} is not a public address, and private ones are not allowed here"),
        false if is_unfit => format!("{refused} is no destination"),
        false => format!("{refused} is not routed anywhere"),
    };
    let mut failure = Failure::with_error(Cause::PolicyPlatform, why);
    failure.evidence.unfit = addresses.iter().filter_map(|a| UnfitAddress::of(*a)).collect();
    failure
}
