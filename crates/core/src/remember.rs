//! What is kept of the past: which round speaks for which time, roll-ups, availability, and what is usual.

pub mod availability;
pub mod baseline;
pub mod history;
pub mod retention;
pub mod rollup;
pub mod spell;
pub mod storage;
pub mod unstored;
