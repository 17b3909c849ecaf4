//! What the suites share: the table of causes as a lab and a configuration, a worker on real workerd, and the program.

pub mod namespace;
pub mod program;
pub mod table;
pub mod worker;
