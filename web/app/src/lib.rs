//! The pages of Dualwatch, rendered to HTML at the edge. Nothing of them is hydrated: what a browser measures, and how a page
//! stays live, is `web/self-test`'s, which writes into what stands here.
//!
//! In rooms, each using only those before it: what the edge found and which URLs a browser may ask (`found`), what is shown
//! of it in values and words (`show`), and how (`components`). Above them stand the document around a page (`document`) and
//! the pages (`pages`).
//! Out of scope: the verdict itself (`dualwatch-core`), words for codes (`dualwatch-words`), who serves it (`worker`).
//!
//! Invariants: everything that decides what is shown is a function of values and a time.

// Leptos hands properties to components by value.
#![allow(clippy::needless_pass_by_value)]

pub mod components;
pub mod found;
pub mod show;

#[cfg(test)]
mod samples;

mod document;
pub use document::Assets;
pub mod pages;
pub mod root;
pub mod widget;
