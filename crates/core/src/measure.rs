//! What is measured, and what a measurement is: families, targets, rounds, samples, causes, and what a vantage has proven.

pub mod absence;
pub mod address;
pub mod bracket;
pub mod bytes;
pub mod cause;
pub mod certificate_fault;
pub mod client;
pub mod controls;
pub mod dns_fault;
pub mod every;
pub mod expectation;
pub mod family;
pub mod group;
pub mod public;
pub mod round;
pub mod sample;
#[cfg(feature = "schema")]
mod schema;
pub mod slug;
pub mod target;
pub mod text;
pub mod time;
pub mod unfit;
pub mod url;
pub mod vantage;
pub mod veil;
pub mod vicinity;
pub mod witness;
pub mod zone;
