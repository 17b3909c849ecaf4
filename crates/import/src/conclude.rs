//! What the texts amount to: what is known of each site, its incidents and availability, and what is wrong.
//!
//! Functions of what was read: nothing here opens a file.

pub mod analysis;
pub mod availability;
pub mod codes;
mod distance;
mod findings;
mod incidents;
mod measured;
pub mod nature;
pub mod target;
pub mod text;
mod url;

pub use measured::Measured;
