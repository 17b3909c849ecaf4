//! The texts of an Upptime repository as values: one module for each foreign text, and those that find and collect them.

mod file;
pub mod folder;
mod git;
mod history;
mod issue;
mod maintenance;
mod place;
mod published;
mod source;
mod time;
mod versions;

pub use history::{Record, history};
pub use issue::{Issue, Report, Resolution, issues};
pub use maintenance::{Expectation, Rejected, Window, maintenance};
pub use place::{Place, Problem};
pub use published::{badge, summary};
pub use source::Source;
pub use time::{Instant, instant};
pub use versions::{Version, unreadable_header, versions};
