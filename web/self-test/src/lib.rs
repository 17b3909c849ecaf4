//! The self-test in the browser. It asks what `dualwatch_core::self_test::run` wants asked, hears what becomes of it, and
//! shows what can be said. It decides nothing: causes, sides and sentences are the core's, words are `dualwatch-words`'.
//!
//! ```text
//! early.js, inline: every question, before this has arrived and while it is compiled
//!    | adopted
//!    v
//! drive: Run::due -> ask ... hear -> SelfTestResult::of -> show: attributes and texts of the document
//!    | when the families are known          |
//!    targets: the services, row by row -----+
//!                                           |
//!                                        share: a link, a text, a file; a link is opened by show alone
//! ```
//!
//! The status page has the same test in it, in brief, and its services. It stays open: `live.js` fetches it again and again
//! and writes into it what has changed, `live` has it read and asked anew.
//!
//! Each language of each of the two pages is a program of its own (`bin`), which calls [`self_test`] or [`status`] with its
//! words and the browser's formats ([`Intl`]): no other language is in it, and in that of the status page nothing of what is
//! shared.

pub mod read;

#[cfg(target_arch = "wasm32")]
mod drive;
#[cfg(target_arch = "wasm32")]
mod early;
#[cfg(target_arch = "wasm32")]
mod intl;
#[cfg(target_arch = "wasm32")]
mod live;
#[cfg(target_arch = "wasm32")]
mod names;
#[cfg(target_arch = "wasm32")]
mod share;
#[cfg(target_arch = "wasm32")]
mod show;
#[cfg(target_arch = "wasm32")]
mod targets;
#[cfg(target_arch = "wasm32")]
mod waterfall;
#[cfg(target_arch = "wasm32")]
mod whole;

#[cfg(target_arch = "wasm32")]
pub use intl::Intl;
#[cfg(target_arch = "wasm32")]
pub use live::start as status;
#[cfg(target_arch = "wasm32")]
pub use whole::start as self_test;
