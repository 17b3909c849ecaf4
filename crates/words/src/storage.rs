//! What is said where nothing can be stored: on the page, to programs, and in the log of the host.

use crate::{exact_duration, report::moment};
use dualwatch_core::{
    measure::time::Timestamp,
    remember::storage::{Since, Trouble},
};
use std::fmt::Display;

/// What is said of an incident that was open when its target's file was lost.
pub const HISTORY_LOST: &str = "its history was lost, so when it was well again is not known";

/// What to do about a stored file that cannot be used.
pub const DOCTOR: &str = "`dualwatch doctor` on the data folder says what is lost and what to do";

/// Returns what is wrong, such as "the disk is full".
pub const fn trouble(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Full => "the disk is full",
        Trouble::ReadOnly => "the disk can only be read",
        Trouble::Failing => "the disk fails to write",
    }
}

const fn past(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Full => "it was full",
        Trouble::ReadOnly => "it could only be read",
        Trouble::Failing => "it failed to write",
    }
}

/// Returns what ends it.
const fn end(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Full => "when there is space",
        Trouble::ReadOnly => "when it can be written to",
        Trouble::Failing => "when it works again",
    }
}

/// Returns the title of a problem document.
pub const fn title(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Full => "Disk full",
        Trouble::ReadOnly => "Disk read-only",
        Trouble::Failing => "Disk failing",
    }
}

/// Returns the sentence for people who look at the page.
pub fn banner(since: Since) -> String {
    format!(
        "Our own watcher stores nothing since {}: {}. It goes on measuring; what it finds is shown here, is kept in memory, \
         and is stored {}.",
        moment(since.since),
        trouble(since.trouble),
        end(since.trouble)
    )
}

/// Returns the sentence for people where stored files of targets cannot be used.
pub fn unusable(names: &[&str]) -> String {
    const MOST: usize = 5;
    let mut list = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        list = format!("{list} and {} more", names.len() - MOST);
    }
    format!("What our own watcher has stored of {list} cannot be read; the log names each file")
}

/// Returns why nothing is taken that would have to be stored.
pub fn refused(since: Since) -> String {
    format!(
        "{} since {}, so this cannot be stored: send it again {}",
        trouble(since.trouble),
        moment(since.since),
        end(since.trouble)
    )
}

/// Returns why something cannot be read.
pub fn unread(since: Since) -> String {
    format!("{} since {}, and what is asked for is not in memory", trouble(since.trouble), moment(since.since))
}

/// Returns the line of `/healthz`.
pub fn health(since: Since) -> String {
    format!("storage: {} since {}; rounds are measured and not stored", trouble(since.trouble), moment(since.since))
}

/// Returns what is said of an incident of which only the list is left; `ended` is when it was well again, where that was
/// seen.
pub fn lost(name: &str, began: Timestamp, ended: Option<Timestamp>) -> String {
    match ended {
        Some(ended) => format!(
            "{name} failed from {} to {}; its history was lost, and its report with that",
            moment(began),
            moment(ended)
        ),
        None => format!("{name} failed from {} on; {HISTORY_LOST}", moment(began)),
    }
}

/// Returns the log's line on a trouble in a folder, with what the system said of it.
pub fn began(trouble_: Trouble, folder: &dyn Display, why: &str) -> String {
    format!("{}: {folder} ({why}); what is measured is kept in memory, and stored {}", trouble(trouble_), end(trouble_))
}

/// Returns the log's line on a trouble that goes on.
pub fn lasts(since: Since, folder: &dyn Display, why: &str, now: Timestamp) -> String {
    format!("{} for {} now: {folder} ({why})", trouble(since.trouble), exact_duration(now.ms_since(since.since)))
}

/// Returns the log's line on the end of a trouble.
pub fn ended(since: Since, folder: &dyn Display, now: Timestamp) -> String {
    format!(
        "{folder} can be written to again, after {} in which {}",
        exact_duration(now.ms_since(since.since)),
        past(since.trouble)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Since = Since { trouble: Trouble::Full, since: Timestamp::from_unix_ms(1_795_428_711_000) };

    #[test]
    fn a_full_disk_is_told_on_each_glass() {
        assert_eq!(
            banner(FULL),
            "Our own watcher stores nothing since 2026-11-23 10:11:51 UTC: the disk is full. It goes on measuring; what it \
             finds is shown here, is kept in memory, and is stored when there is space."
        );
        assert_eq!(
            refused(FULL),
            "the disk is full since 2026-11-23 10:11:51 UTC, so this cannot be stored: send it again when there is space"
        );
        assert_eq!(
            health(FULL),
            "storage: the disk is full since 2026-11-23 10:11:51 UTC; rounds are measured and not stored"
        );
        assert_eq!(
            unread(FULL),
            "the disk is full since 2026-11-23 10:11:51 UTC, and what is asked for is not in memory"
        );
    }

    #[test]
    fn the_log_names_the_folder() {
        let now = FULL.since + 95_000;
        assert_eq!(
            began(Trouble::Full, &"/data", "12 kB left"),
            "the disk is full: /data (12 kB left); what is measured is kept in memory, and stored when there is space"
        );
        assert_eq!(
            lasts(FULL, &"/data", "0 kB left", now),
            "the disk is full for 1 minute 35 seconds now: /data (0 kB left)"
        );
        assert_eq!(
            ended(FULL, &"/data", now),
            "/data can be written to again, after 1 minute 35 seconds in which it was full"
        );
    }

    #[test]
    fn an_end_that_was_seen_is_still_known() {
        let began = FULL.since;
        assert_eq!(
            lost("Shop", began, None),
            "Shop failed from 2026-11-23 10:11:51 UTC on; its history was lost, so when it was well again is not known"
        );
        assert_eq!(
            lost("Shop", began, Some(began + 60_000)),
            "Shop failed from 2026-11-23 10:11:51 UTC to 2026-11-23 10:12:51 UTC; its history was lost, and its report with \
             that"
        );
    }

    #[test]
    fn many_unusable_files_are_counted() {
        assert_eq!(
            unusable(&["a", "b"]),
            "What our own watcher has stored of a, b cannot be read; the log names each file"
        );
        assert!(unusable(&["a", "b", "c", "d", "e", "f", "g"]).contains("of a, b, c, d, e and 2 more cannot"));
    }
}
