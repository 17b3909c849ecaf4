//! What the suites share: the table of causes as a lab and a configuration, and a worker on real workerd.

pub mod namespace;
pub mod table;
pub mod worker;
