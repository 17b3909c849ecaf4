//! How the browser finds it: one probe, our own endpoints, the device's addresses, and what is asked of the browser.
//!
//! Everything here returns what was found and keeps nothing; when it is asked is the session's (`client`).

pub mod ice;
pub mod patience;
pub mod refusal;

#[cfg(feature = "hydrate")]
pub mod host;
#[cfg(feature = "hydrate")]
pub mod own;
#[cfg(feature = "hydrate")]
pub mod presence;
#[cfg(feature = "hydrate")]
pub mod probe;
