//! Whether everything ran, in the words of the last line.

use dualwatch_notrun::{NotRun, Why};
use std::collections::{BTreeMap, BTreeSet};
use std::env;

/// Returns how many tests did not run here, each counted once however often it says so.
pub fn n_not_run(notes: &BTreeSet<NotRun>) -> u64 {
    notes.iter().map(|note| &note.test).collect::<BTreeSet<_>>().len() as u64
}

/// Returns `, 3 not run: this (2), that (1)`, or nothing where all ran.
pub fn words(notes: &BTreeSet<NotRun>) -> String {
    let mut by_reason: BTreeMap<(Why, &str), u64> = BTreeMap::new();
    for NotRun { why, reason, .. } in notes {
        *by_reason.entry((*why, reason)).or_default() += 1;
    }
    if by_reason.is_empty() {
        return String::new();
    }
    let reasons: Vec<String> = by_reason.iter().map(|((_, reason), n)| format!("{reason} ({n})")).collect();
    format!(", {} not run: {}", n_not_run(notes), reasons.join(", "))
}

/// Whether a run that was to be whole was not: `CI=true` asks for everything that the repository itself has. Real data
/// is none of it.
pub fn is_broken(notes: &BTreeSet<NotRun>) -> bool {
    let is_asked = env::var("CI").is_ok_and(|ci| ["true", "1"].contains(&ci.to_ascii_lowercase().as_str()));
    is_asked && lacks(notes)
}

fn lacks(notes: &BTreeSet<NotRun>) -> bool {
    notes.iter().any(|note| note.why == Why::Refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(why: Why, reason: &str, test: &str) -> NotRun {
        NotRun { why, reason: reason.to_owned(), test: test.to_owned() }
    }

    #[test]
    fn reasons_are_counted_and_a_test_only_once() {
        assert_eq!(words(&BTreeSet::new()), "");
        let notes = BTreeSet::from([
            note(Why::Refused, "no namespaces", "a"),
            note(Why::Refused, "no namespaces", "b"),
            note(Why::NoData, "no data", "b"),
        ]);
        assert_eq!(words(&notes), ", 2 not run: no namespaces (2), no data (1)");
    }

    #[test]
    fn data_that_nobody_has_breaks_no_run() {
        assert!(!lacks(&[note(Why::NoData, "no data", "a")].into()));
        assert!(lacks(&[note(Why::NoData, "no data", "a"), note(Why::Refused, "no namespaces", "a")].into()));
    }
}
