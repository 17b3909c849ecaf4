//! A log that says a thing once, and then rarely: what workerd repeats with every alarm and every request.

use std::{collections::HashMap, fmt::Write as _, time::Duration};

/// So long the same is not said again.
const SAID_AGAIN_AFTER: Duration = Duration::from_mins(10);
/// So many kinds of lines are known at once.
const MOST_KINDS: usize = 200;

/// What was said, and what was not. Times are since any common beginning.
#[derive(Default)]
pub struct Quiet {
    kinds: HashMap<String, Kind>,
    /// The last line of workerd's own was not said: nor is the stack that follows it.
    is_hushed: bool,
}

struct Kind {
    said_at: Duration,
    n_hushed: u64,
}

impl Quiet {
    /// Returns what is to be said of a line, if anything is. What the worker says itself always is.
    pub fn pass(&mut self, line: &str, now: Duration) -> Option<String> {
        if line.starts_with("stack: ") {
            return (!self.is_hushed).then(|| line.to_owned());
        }
        self.is_hushed = false;
        if !is_of_workerd(line) {
            return Some(line.to_owned());
        }
        let name = name(line);
        if let Some(kind) = self.kinds.get_mut(&name) {
            if now.saturating_sub(kind.said_at) < SAID_AGAIN_AFTER {
                kind.n_hushed += 1;
                self.is_hushed = true;
                return None;
            }
            let n = std::mem::take(&mut kind.n_hushed);
            kind.said_at = now;
            let mut line = line.to_owned();
            if n > 0 {
                let _ = write!(line, " (and {n} more like it since it was said last)");
            }
            return Some(line);
        }
        if self.kinds.len() >= MOST_KINDS {
            self.kinds.clear();
        }
        self.kinds.insert(name, Kind { said_at: now, n_hushed: 0 });
        Some(line.to_owned())
    }
}

/// `workerd/util/sqlite.c++:914: failed: ...`, and what it says to JavaScript in place of a reason.
fn is_of_workerd(line: &str) -> bool {
    line.starts_with("workerd/") && line.contains(".c++:")
        || line.starts_with("kj/") && line.contains(".c++:")
        || line.contains("internal error; reference = ")
}

/// Returns a line without what differs each time: numbers, times, identifiers.
fn name(line: &str) -> String {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric());
    let kept = words.filter(|word| !word.is_empty() && !word.bytes().any(|b| b.is_ascii_digit()));
    kept.take(60).filter(|word| word.len() < 24).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: &str = "workerd/server/alarm-scheduler.c++:213: warning: exception = workerd/util/sqlite.c++:914: failed: \
                          SQLite failed; dbErrorMessage(prepareResult, db) = file is not a database: SQLITE_NOTADB";

    fn at(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn the_same_is_said_once_and_then_rarely_with_its_count() {
        let mut quiet = Quiet::default();
        assert_eq!(quiet.pass(FAILED, at(0)).as_deref(), Some(FAILED));
        assert!(quiet.pass("stack: workerd@3c24c00", at(0)).is_some());
        for s in 1..600 {
            assert_eq!(quiet.pass(FAILED, at(s)), None);
            assert_eq!(quiet.pass("stack: workerd@3c24c01", at(s)), None);
        }
        let said = quiet.pass(FAILED, at(600)).unwrap();
        assert!(said.starts_with(FAILED) && said.ends_with("(and 599 more like it since it was said last)"), "{said}");
        assert!(quiet.pass("stack: workerd@3c24c00", at(600)).is_some());
        assert_eq!(quiet.pass(FAILED, at(1_200)).as_deref(), Some(FAILED));
    }

    #[test]
    fn references_and_objects_are_no_difference_and_reasons_are() {
        let mut quiet = Quiet::default();
        let mut says = |line: &str| quiet.pass(line, at(1)).is_some();
        assert!(says("t0 did not take its plan: Error: internal error; reference = umphcc2aqrs5rhnja5sf24ui"));
        assert!(!says("t0 did not take its plan: Error: internal error; reference = h11b4sgt78i20vj6t52fg0p3"));
        assert!(says("workerd/a.c++:1: error: x; actorId = 342ac258; y: SQLITE_FULL"));
        assert!(!says("workerd/a.c++:1: error: x; actorId = 6748b5d9; y: SQLITE_FULL"));
        assert!(says("workerd/a.c++:1: error: x; actorId = 6748b5d9; y: SQLITE_IOERR"));
    }

    #[test]
    fn what_the_worker_says_is_never_held_back() {
        let mut quiet = Quiet::default();
        for _ in 0..9 {
            assert!(quiet.pass("notice a-20261123T101151Z.1 {}", at(0)).is_some());
        }
    }
}
