//! Notes which tests could not run on this machine, and why, so that a run which was not whole says so.
//!
//! In scope: the note of a test, and reading all notes of a run. Out of scope: what follows from them (`cargo xtask
//! test` counts them in its last line). A program that is absent is no reason: `cargo xtask test` gets it or stops.
//!
//! A test has no way to be "not run" but to return, which counts as passed. So it leaves a line in the file that the
//! environment variable [`VARIABLE`] names; without that variable the reason is only printed.
//!
//! ```no_run
//! # fn versions() -> Option<u32> { None }
//! fn a_history_of_a_real_monitor_is_understood() {
//!     let Some(versions) = versions() else {
//!         return dualwatch_notrun::no_data("there is no Upptime data in ../shared/data");
//!     };
//!     assert!(versions > 0);
//! }
//! # a_history_of_a_real_monitor_is_understood();
//! ```

use std::{
    collections::BTreeSet,
    env, fmt,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    panic::Location,
    path::{Path, PathBuf},
    thread,
};

/// The environment variable that names the file of the notes.
pub const VARIABLE: &str = "DUALWATCH_NOT_RUN";

/// What kept a test from running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The kernel does not let us: no namespaces, no loopback address of a family.
    Refused,
    /// Real data that the repository does not hold is not there.
    NoData,
}

impl Why {
    const ALL: [Self; 2] = [Self::Refused, Self::NoData];

    fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NoData => "no_data",
        }
    }
}

/// A test that did not run, or not over one of the families.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotRun {
    pub why: Why,
    /// In words, without a line break.
    pub reason: String,
    /// The program and the test in it.
    pub test: String,
}

/// Notes that the kernel does not let the calling test run.
#[track_caller]
pub fn refused(reason: impl fmt::Display) {
    note(Why::Refused, &reason, Location::caller());
}

/// Notes that the calling test lacks real data, which a checkout need not have.
#[track_caller]
pub fn no_data(reason: impl fmt::Display) {
    note(Why::NoData, &reason, Location::caller());
}

fn note(why: Why, reason: &dyn fmt::Display, place: &Location) {
    println!("not run: {reason}");
    let Some(file) = env::var_os(VARIABLE) else { return };
    let note = NotRun { why, reason: reason.to_string(), test: test_at(place) };
    append(Path::new(&file), &note).unwrap_or_else(|error| panic!("cannot note in {}: {error}", file.display()));
}

/// The test runner names a test's thread after it; elsewhere the place in the code has to do.
fn test_at(place: &Location) -> String {
    let program = env::current_exe().unwrap_or_else(|_| PathBuf::from("?"));
    let program = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // Cargo adds a hash to the name.
    let program = program.rsplit_once('-').map_or(program.as_str(), |(name, _)| name);
    match thread::current().name() {
        Some(name) if name != "main" => format!("{program}::{name}"),
        _ => format!("{program}, {}:{}", place.file(), place.line()),
    }
}

/// One write of one line: tests of several programs append at once.
fn append(file: &Path, note: &NotRun) -> io::Result<()> {
    let NotRun { why, reason, test } = note;
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = format!("{}\t{}\t{}\n", why.word(), plain(reason), plain(test));
    OpenOptions::new().create(true).append(true).open(file)?.write_all(line.as_bytes())
}

/// Returns the notes in a file, each once; none where there is no file.
pub fn read(file: &Path) -> io::Result<BTreeSet<NotRun>> {
    let notes = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        notes => notes?,
    };
    let note = |line: &str| {
        let [why, reason, test] = line.split('\t').collect::<Vec<_>>()[..] else { return None };
        let why = Why::ALL.into_iter().find(|known| known.word() == why)?;
        Some(NotRun { why, reason: reason.to_owned(), test: test.to_owned() })
    };
    let strange = |line: &str| io::Error::new(io::ErrorKind::InvalidData, format!("not a note: {line:?}"));
    notes.lines().map(|line| note(line).ok_or_else(|| strange(line))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(why: Why, reason: &str) -> NotRun {
        NotRun { why, reason: reason.to_owned(), test: "a_test".to_owned() }
    }

    #[test]
    fn what_is_noted_is_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("notes");
        assert!(read(&file).unwrap().is_empty());
        for reason in ["no data here", "no\n  data\there"] {
            append(&file, &note(Why::NoData, reason)).unwrap();
        }
        append(&file, &note(Why::Refused, "no IPv6")).unwrap();
        let expected = [note(Why::Refused, "no IPv6"), note(Why::NoData, "no data here")];
        assert_eq!(read(&file).unwrap(), expected.into());
    }

    #[test]
    fn a_file_of_something_else_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("notes");
        fs::write(&file, "refused\tno test\n").unwrap();
        assert_eq!(read(&file).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_test_is_named_by_its_thread() {
        let name = test_at(Location::caller());
        assert_eq!(name, "dualwatch_notrun::tests::a_test_is_named_by_its_thread");
    }
}
