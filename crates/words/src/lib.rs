//! The words of Dualwatch, in English, and of the pages, the self-test and badges in each of its languages: what a code means
//! to somebody with a broken network at three in the morning.
//!
//! In scope: a phrase for every cause, verdict, standing, side and health, one sentence for a sample, and how long
//! something lasted. Out of scope: deciding any of them (`dualwatch-core`), and markup (`dualwatch-app`).
//! Every table here is an exhaustive `match`: a missing phrase does not compile.
//!
//! ```
//! use dualwatch_core::{measure::{cause::Cause, family::Family, sample::Sample}, judge::verdict::Verdict};
//!
//! let mut refused = Sample::failed(Cause::TcpRefused);
//! refused.address = Some("2001:db8::1".parse().unwrap());
//! refused.evidence.elapsed_ms = Some(12.0);
//! assert_eq!(
//!     dualwatch_words::sample_sentence("https://service.example/", Family::Ipv6, &refused),
//!     "IPv6: 2001:db8::1 refused the connection after 12 ms"
//! );
//! assert_eq!(dualwatch_words::verdict(Verdict::YoursIsBroken, Family::Ipv6), "your IPv6 is broken");
//! ```

pub mod about;
mod absence;
pub mod badge;
pub mod branding;
pub mod bulletin;
mod causes;
pub mod charts;
mod clients;
mod differences;
pub(crate) mod explanations;
mod extended;
mod findings;
pub mod glass;
mod groups;
mod handshake;
mod letters;
mod meets;
pub mod pages;
pub mod report;
mod sample;
pub mod self_test;
mod share;
pub mod standing;
pub mod state;
pub mod status;
pub mod storage;
mod times;
mod unfit;
pub mod upptime;
mod verdicts;
mod warning;
mod who;
pub mod widget;
mod zone;

pub use absence::{absence, only};
pub use causes::{cause, cause_in};
pub use clients::{clients, counted};
pub use differences::{alternation, difference};
pub use explanations::explain;
pub use extended::extended_error;
pub use findings::{doing, finding, finding_ended, finding_family, origin};
pub use groups::{event, group};
pub use handshake::fault;
pub use letters::capitalised;
pub use meets::meets;
pub use sample::{certificate_for, names_and_more, sample_sentence};
pub use share::{known_for, percent};
pub use standing::standing;
pub use state::{health, rate};
pub use times::{duration, duration_with_error, elapsed, exact_duration};
pub use unfit::unfit;
pub use verdicts::{late_by, side, suspected, verdict, verdict_dual_stack};
pub use warning::warning;
pub use who::address::{each_address, every_address, every_address_in};
pub use who::{in_language as real_clients_in, page as clients_page, real_clients};
pub use zone::beside;
