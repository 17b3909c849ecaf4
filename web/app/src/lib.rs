//! The status page: rendered to HTML at the edge, hydrated in the browser, merged with the browser's own view.
//!
//! In rooms, each using only those before it: what both sides found (`found`), how the browser finds it (`measure`), what
//! is shown of it in values and words (`show`), and how (`components`). Above them stand the two sides: the browser's,
//! which hydrates, measures and polls (`client`, feature `hydrate`), and the edge's: the document around the page
//! (`document`, feature `ssr`) and the pages that need no script (`pages`, the same feature).
//! Out of scope: the verdict itself (`dualwatch-core`), words for codes (`dualwatch-words`), who serves it (`worker`).
//!
//! Invariants: components do not fetch; everything that decides what is shown is a function of values and a time.

// Leptos hands properties to components by value.
#![allow(clippy::needless_pass_by_value)]

pub mod components;
pub mod found;
pub mod measure;
pub mod show;

#[cfg(test)]
mod samples;

#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
pub use document::{Assets, render};
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod widget;

#[cfg(feature = "hydrate")]
mod client;
