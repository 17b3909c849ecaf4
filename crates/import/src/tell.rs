//! What was concluded, for others: the document of `dualwatch import --json`, and the rounds of an engine.

mod document;
pub mod rounds;
