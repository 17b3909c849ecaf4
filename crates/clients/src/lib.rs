//! Who really suffers: what real clients do with a dual-stack name when one side of it is broken, as it was measured.
//!
//! The table is [`data/clients.tsv`](../data/clients.tsv): 136 clients and settings, each with version and source, and for
//! each kind of fault whether it got through, over which family, and after how long. Nothing here is a guess: a fault that
//! was not run, and a client that was not run with it, have no fate.

mod codes;
mod fate;
mod fault;
mod ports;
mod table;
mod who;

pub use fate::{Fate, Kept};
pub use fault::{Fault, Met, Unmeasured};
pub use ports::Protocol;
pub use table::{Cell, Client, Kind, MEASURED_ON, TableError, all, find, parse};
pub use who::{Class, Fared, Group, Tally, groups, named};
