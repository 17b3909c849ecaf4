//! The status page: rendered to HTML at the edge, hydrated in the browser, merged with the browser's own view.
//!
//! In scope: what the page shows (pure, in `model` and what it uses), how (`components`), the document around it
//! (`document`, feature `ssr`), the pages that need no script (`pages`, the same feature), and the browser's part: measuring and polling (`client`, feature `hydrate`).
//! Out of scope: the verdict itself (`dualwatch-core`), words for codes (`dualwatch-words`), who serves it (`worker`).
//!
//! Invariants: components do not fetch; everything that decides what is shown is a function of values and a time.

// Leptos hands properties to components by value.
#![allow(clippy::needless_pass_by_value)]

pub mod announce;
pub mod browser;
pub mod components;
pub mod edge;
pub mod ice;
pub mod incidents;
pub mod markup;
pub mod merge;
pub mod model;
pub mod notice;
pub mod overview;
pub mod patience;
pub mod percent;
pub mod phrases;
pub mod refusal;
pub mod route;
pub mod self_test;
pub mod state;
pub mod target;
pub mod timeline;
pub mod tone;
pub mod uptime;
pub mod vantage;

#[cfg(test)]
mod samples;

#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
pub use document::{Assets, render};
#[cfg(feature = "ssr")]
pub mod pages;

#[cfg(feature = "hydrate")]
mod client;
#[cfg(feature = "hydrate")]
mod host;
#[cfg(feature = "hydrate")]
mod own;
#[cfg(feature = "hydrate")]
mod presence;
#[cfg(feature = "hydrate")]
mod probe;
#[cfg(feature = "hydrate")]
mod session;
