//! What Dualwatch decides, as pure functions over plain values.
//!
//! In scope: families, targets, rounds, samples and their causes, what a vantage has proven about itself,
//! what a dual-stack client would see, the health of a target per family, and the merged verdict.
//! Out of scope: measuring (`dualwatch-prober`), documents (`dualwatch-wire`), words for people
//! (`dualwatch-words`), clocks, sockets and storage (the hosts). Time is always an argument.
//!
//! ```
//! use dualwatch_core::{
//!     measure::{cause::Cause, sample::Sample, target::Confirmation, time::Timestamp, vantage::{Nearby, Standing}},
//!     judge::{diagnosis, health::Health},
//! };
//!
//! // IPv6 was silent, and this vantage could not reach its own IPv6 controls either:
//! let silent = Sample::failed(Cause::TcpTimeout);
//! let settled = diagnosis::settle(silent, Standing::NoFamily, Nearby::Nothing);
//! assert_eq!(settled.cause, Some(Cause::VantageNoFamily));
//! assert_eq!(settled.evidence.measured, Some(Cause::TcpTimeout)); // what was measured is kept
//!
//! // so the target is not accused: its health is unknown, never down.
//! let now = Timestamp::from_unix_ms(1_700_000_000_000);
//! let health = Health::default();
//! let step = health.step(diagnosis::conclude(&settled), &Confirmation::default(), now);
//! assert!(matches!(step, Health::Unknown { .. }));
//! ```

pub mod judge;
pub mod measure;
pub mod notice;
pub mod remember;
pub mod respond;
pub mod self_test;
pub mod watch;
