//! What departs from the usual: findings, changes, and which incidents are one event.

pub mod changes;
pub mod detection;
pub mod doubts;
pub mod grouping;
