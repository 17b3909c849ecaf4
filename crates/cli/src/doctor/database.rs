//! One stored database: whether it is whole, and what it says whose it is.

use anyhow::{Context as _, Result};
use rusqlite::{Connection, OpenFlags};
use std::{fs, path::Path};

/// So many faults of one file are told.
const MOST_FAULTS: u32 = 3;

/// What is in a database that is whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Of a target: its slug, as far as it says.
    pub slug: Option<String>,
    /// Of a target: when its incidents were first seen, in milliseconds since 1970, the oldest first.
    pub incidents_ms: Vec<i64>,
    /// Of the directory: its targets, in the order of the configuration.
    pub targets: Vec<String>,
    /// Of the directory: its incidents.
    pub listed: Vec<Listed>,
}

/// An incident that the directory lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub id: String,
    pub slug: String,
    pub is_open: bool,
}

/// How a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Whole(Content),
    /// Nothing is in it: whoever opens it begins anew.
    Empty,
    /// What is wrong with it.
    Damaged(String),
}

/// Looks at a database without touching it: one with a log of changes beside it is copied with that log first.
pub fn read(path: &Path) -> State {
    match fs::metadata(path) {
        Ok(found) if found.len() == 0 => return State::Empty,
        Ok(_) => {}
        Err(error) => return State::Damaged(error.to_string()),
    }
    match content(path) {
        Ok(content) => State::Whole(content),
        Err(error) => State::Damaged(format!("{error:#}")),
    }
}

fn content(path: &Path) -> Result<Content> {
    let log = super::look::beside(path, "-wal");
    let copies = tempfile::tempdir().context("failed to make room for a copy")?;
    let has_log = fs::metadata(&log).is_ok_and(|found| found.len() > 0);
    let path = if has_log {
        let copy = copies.path().join("copy.sqlite");
        fs::copy(path, &copy).context("failed to copy it")?;
        fs::copy(&log, super::look::beside(&copy, "-wal")).context("failed to copy its log of changes")?;
        copy
    } else {
        path.to_owned()
    };
    let db = if has_log { Connection::open(&path)? } else { untouched(&path)? };
    let faults: Vec<String> = (db.prepare(&format!("PRAGMA integrity_check({MOST_FAULTS})"))?)
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if faults != ["ok"] {
        anyhow::bail!("{}", faults.join("; ").replace('\n', " "));
    }
    contained(&db)
}

/// Opens a file that nobody writes: neither locks nor files beside it are made (<https://www.sqlite.org/uri.html>).
fn untouched(path: &Path) -> Result<Connection> {
    let mut uri = url::Url::from_file_path(path).map_err(|()| anyhow::anyhow!("it has no absolute path"))?;
    uri.query_pairs_mut().append_pair("immutable", "1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(uri.as_str(), flags)?)
}

/// What cannot be read in it, as a version wrote it otherwise, is left out.
fn contained(db: &Connection) -> Result<Content> {
    let has = |table: &str| db.table_exists(None, table);
    let mut content = Content::default();
    if has("targets")? {
        content.targets = rows(db, "SELECT slug FROM targets ORDER BY position", |row| row.get(0))?;
        content.listed = rows(db, "SELECT id, slug, resolved_at IS NULL FROM incidents ORDER BY began", |row| {
            Ok(Listed { id: row.get(0)?, slug: row.get(1)?, is_open: row.get(2)? })
        })?;
    } else if has("plan")? {
        for query in ["SELECT doc FROM plan", "SELECT doc FROM stopped", "SELECT doc FROM subject"] {
            let docs: Vec<String> = rows(db, query, |row| row.get(0))?;
            let slug = docs.first().and_then(|doc| serde_json::from_str(doc).ok()).and_then(|doc| slug(&doc));
            content.slug = content.slug.or(slug);
        }
        content.incidents_ms = rows(db, "SELECT id FROM incidents ORDER BY id", |row| row.get(0))?;
    }
    Ok(content)
}

/// The slug in a plan, or in what is left of one.
fn slug(doc: &serde_json::Value) -> Option<String> {
    let slug = doc["target"]["slug"].as_str().or(doc["slug"].as_str())?;
    Some(slug.to_owned())
}

fn rows<T>(db: &Connection, query: &str, read: impl FnMut(&rusqlite::Row) -> rusqlite::Result<T>) -> Result<Vec<T>> {
    Ok(db.prepare(query)?.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "CREATE TABLE plan (id INTEGER, doc TEXT); CREATE TABLE stopped (id INTEGER, doc TEXT);
        CREATE TABLE subject (id INTEGER, doc TEXT); CREATE TABLE incidents (id INTEGER PRIMARY KEY, doc TEXT);
        INSERT INTO subject VALUES (1, '{\"slug\":\"shop\"}'); INSERT INTO incidents VALUES (7, ''), (5, '');";

    fn made(script: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a b.sqlite");
        Connection::open(&path).unwrap().execute_batch(script).unwrap();
        (dir, path)
    }

    #[test]
    fn a_target_says_whose_it_is_and_nothing_is_touched() {
        let (dir, path) = made(TARGET);
        let State::Whole(content) = read(&path) else { panic!("{:?}", read(&path)) };
        assert_eq!((content.slug.as_deref(), &content.incidents_ms[..]), (Some("shop"), &[5, 7][..]));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_only_in_the_log_counts_and_the_log_stays() {
        let (dir, path) = made(&format!("PRAGMA journal_mode = WAL; {TARGET}"));
        let db = Connection::open(&path).unwrap();
        db.execute_batch("PRAGMA wal_autocheckpoint = 0; INSERT INTO incidents VALUES (9, '')").unwrap();
        // As a power cut leaves it.
        let left = tempfile::tempdir().unwrap();
        for ending in ["", "-wal"] {
            let name = format!("a b.sqlite{ending}");
            fs::copy(dir.path().join(&name), left.path().join(&name)).unwrap();
        }
        let path = left.path().join("a b.sqlite");
        let State::Whole(content) = read(&path) else { panic!("{:?}", read(&path)) };
        assert_eq!(content.incidents_ms, [5, 7, 9]);
        assert_eq!(fs::read_dir(left.path()).unwrap().count(), 2);
    }

    #[test]
    fn the_directory_lists_targets_and_incidents() {
        let (_dir, path) = made(
            "CREATE TABLE targets (slug TEXT, position INTEGER); CREATE TABLE incidents (id TEXT, slug TEXT, began INTEGER, \
             resolved_at INTEGER); INSERT INTO targets VALUES ('b', 1), ('a', 0); \
             INSERT INTO incidents VALUES ('a-1', 'a', 1, NULL), ('b-1', 'b', 0, 5);",
        );
        let State::Whole(content) = read(&path) else { panic!("{:?}", read(&path)) };
        assert_eq!(content.targets, ["a", "b"]);
        let listed: Vec<_> = content.listed.iter().map(|l| (l.id.as_str(), l.is_open)).collect();
        assert_eq!(listed, [("b-1", false), ("a-1", true)]);
    }

    #[test]
    fn damage_is_told_from_emptiness() {
        let (_dir, path) = made(TARGET);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(matches!(read(&path), State::Damaged(_)), "{:?}", read(&path));
        fs::write(&path, "this is no database\n".repeat(500)).unwrap();
        let State::Damaged(why) = read(&path) else { panic!("{:?}", read(&path)) };
        assert!(why.contains("not a database"), "{why}");
        fs::write(&path, "").unwrap();
        assert_eq!(read(&path), State::Empty);
        fs::remove_file(&path).unwrap();
        assert!(matches!(read(&path), State::Damaged(_)));
    }
}
