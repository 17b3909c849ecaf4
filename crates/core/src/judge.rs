//! What one moment means: may a cause stand, how does a dual-stack client fare, is it up, what do several vantages agree on.

pub mod addresses;
pub mod agreement;
pub mod clients;
pub mod consistency;
pub mod diagnosis;
pub mod dual_stack;
pub mod health;
pub mod hurry;
pub mod meets;
pub mod schedule;
pub mod steadiness;
pub mod verdict;
