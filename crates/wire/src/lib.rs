//! Every document that Dualwatch serves or stores, versioned.
//!
//! In scope: the addresses and the shapes of `/api/v1`, of `dualwatch check --json`, of stored rounds, of problem documents,
//! of badges, metrics, of the files that Upptime publishes, and the names of the files in which workerd keeps objects.
//! Out of scope: where they are stored, who asked, and what they mean (`dualwatch-core`).
//!
//! ```
//! use dualwatch_core::measure::{sample::Sample, cause::Cause};
//! use dualwatch_wire::v1;
//!
//! let sample = v1::Sample::from(&Sample::failed(Cause::TcpRefused));
//! assert_eq!(serde_json::to_value(&sample).unwrap()["cause"], "tcp.refused");
//! ```

pub mod answer;
pub mod badge;
pub mod bulletin;
pub mod crawl;
pub mod door;
pub mod events;
pub mod feed;
pub mod metrics;
pub mod object;
#[cfg(feature = "schema")]
pub mod openapi;
pub mod phrases;
pub mod place;
pub mod problem;
pub mod scheduled;
pub mod seconds;
pub mod signature;
pub mod statuspage;
pub mod time;
pub mod token;
pub mod upptime;
pub mod v1;
pub mod webhook;
pub mod xml;
