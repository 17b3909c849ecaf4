//! The texts of an Upptime repository as values.

mod history;
mod issue;
mod maintenance;
mod published;
mod time;
mod versions;

pub use history::{Record, history};
pub use issue::{Issue, Report, Resolution, issues};
pub use maintenance::{Expectation, Rejected, Window, maintenance};
pub use published::{badge, summary};
pub use time::{Instant, instant};
pub use versions::{unreadable_header, versions};

/// Returns a text for one line of a terminal: escaped, shortened, in code marks.
pub(crate) fn quoted(text: &str) -> String {
    const MAX: usize = 80;
    let mut shown: String = text.chars().take(MAX).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
