//! Whether what is remembered can be stored: what a host sees of its disk, and what follows from it.

use crate::measure::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Why nothing is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "StorageTroubleKind"))]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// There is no space left, or so little that reading needs it.
    Full,
    /// Nothing may be written there.
    ReadOnly,
    /// A write failed for another reason.
    Failing,
}

/// With less than this we stop in time: a database that is opened to be read needs room beside it.
pub const LOW_BYTES: u64 = 2 * 1024 * 1024;

/// What is kept free for a full disk: a file that is given up then, so that what is stored can still be read.
pub const RESERVE_BYTES: u64 = 4 * 1024 * 1024;
/// So much more for each object that may be open at once: `SQLite`'s shared memory beside each database is 32 kB.
pub const RESERVE_BYTES_EACH: u64 = 48 * 1024;

/// What was seen of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What may still be written.
    pub free_bytes: u64,
    /// What is missing of the reserve.
    pub lacking_bytes: u64,
    /// What became of a write that was tried; `None`: none was.
    pub written: Option<Result<(), Trouble>>,
}

/// A trouble, and since when there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    pub trouble: Trouble,
    pub since: Timestamp,
}

/// Returns what is so from now on. `before` is what was so until now; `None`: all is well.
///
/// It begins with a write that failed, or with little space; it ends with a write that did not, and with space for the
/// reserve and twice what is too little, so that it does not begin again at once.
pub fn step(before: Option<Since>, seen: Seen, now: Timestamp) -> Option<Since> {
    let is_scarce = |enough: u64| seen.free_bytes < enough;
    let trouble = match (seen.written, before) {
        (Some(Err(trouble)), _) => Some(trouble),
        (_, None) => is_scarce(LOW_BYTES).then_some(Trouble::Full),
        (Some(Ok(())), Some(_)) => is_scarce(2 * LOW_BYTES + seen.lacking_bytes).then_some(Trouble::Full),
        // Whether it is over is found out by writing.
        (None, Some(before)) => Some(before.trouble),
    };
    trouble.map(|trouble| Since { trouble, since: before.map_or(now, |before| before.since) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);
    const MUCH: u64 = 1 << 30;

    /// Free bytes, what is missing of the reserve, what became of a write.
    fn seen(free_bytes: u64, lacking_bytes: u64, written: Option<Result<(), Trouble>>) -> Seen {
        Seen { free_bytes, lacking_bytes, written }
    }

    #[test]
    fn it_begins_with_little_space_or_a_write_that_fails() {
        let begun = |seen| step(None, seen, NOW).map(|s| s.trouble);
        assert_eq!(begun(seen(MUCH, 0, None)), None);
        assert_eq!(begun(seen(LOW_BYTES, 0, Some(Ok(())))), None);
        assert_eq!(begun(seen(LOW_BYTES - 1, 0, Some(Ok(())))), Some(Trouble::Full));
        assert_eq!(begun(seen(0, 0, None)), Some(Trouble::Full));
        for trouble in [Trouble::Full, Trouble::ReadOnly, Trouble::Failing] {
            assert_eq!(begun(seen(MUCH, 0, Some(Err(trouble)))), Some(trouble), "a quota may be full on an empty disk");
        }
    }

    #[test]
    fn it_ends_with_a_write_and_room_for_the_reserve_and_keeps_when_it_began() {
        let full = Some(Since { trouble: Trouble::Full, since: NOW });
        let then = |seen| step(full, seen, NOW + 5_000);
        assert_eq!(then(seen(MUCH, RESERVE_BYTES, None)), full, "nobody tried");
        assert_eq!(then(seen(2 * LOW_BYTES + RESERVE_BYTES - 1, RESERVE_BYTES, Some(Ok(())))), full);
        assert_eq!(then(seen(2 * LOW_BYTES + RESERVE_BYTES, RESERVE_BYTES, Some(Ok(())))), None);
        assert_eq!(then(seen(2 * LOW_BYTES, 0, Some(Ok(())))), None);
        let other = then(seen(MUCH, 0, Some(Err(Trouble::ReadOnly))));
        assert_eq!(other, Some(Since { trouble: Trouble::ReadOnly, since: NOW }));
    }
}
