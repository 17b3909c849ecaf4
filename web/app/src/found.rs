//! What the edge found, and what a visitor's browser may ask beside it.
//!
//! In scope: the routes of a target, what the edge says of one, and which of them a visitor may measure.
//! Out of scope: in which words it is said (`show`), the verdict's table (`dualwatch-core`), who asks (`web/self-test`).

pub mod edge;
pub mod near;
pub mod route;
