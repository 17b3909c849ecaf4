//! What both sides found, and what it comes to: values of a browser and of the edge, and the verdict on each route.
//!
//! In scope: the routes of a target, which of them a visitor may measure, what a browser can find on one, what the edge says
//! of one, and both merged.
//! Out of scope: how it is found (`measure`), in which words it is said (`show`), the verdict's table (`dualwatch-core`).

pub mod browser;
pub mod edge;
pub mod hearing;
pub mod merge;
pub mod near;
pub mod route;
