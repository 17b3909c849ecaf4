//! What a target keeps in `SQLite`.

use crate::sql::{read_blob, read_text, read_time, with_tables, write, write_bytes};
use dualwatch_core::{
    judge::health::Health,
    measure::{
        controls::Controls,
        family::PerFamily,
        target::{Scheme, Target},
        time::Timestamp,
    },
    remember::history::History,
    watch,
};
use dualwatch_wire::v1::{Report, Round};
use serde::{Deserialize, Serialize};
use worker::{Result, SqlStorage, SqlStorageValue};

/// At most this many rounds are in one answer: a day of one a minute from one vantage.
const MAX_ROUNDS: usize = 1_440;

/// Rounds have row ids: in a table without, a row of more than a quarter of a page goes on in a page of its own
/// (<https://www.sqlite.org/fileformat2.html>, section 1.6), and a round of 1.3 kB takes 4.6 kB.
const SCHEMA: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS plan (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)",
    // Of a target that was taken out: as long as somebody is still to hear of that.
    "CREATE TABLE IF NOT EXISTS stopped (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)",
    // What is told of its incidents after that, for ever.
    "CREATE TABLE IF NOT EXISTS subject (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS progress_of (vantage TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS told (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)",
    // Which directory that was.
    "CREATE TABLE IF NOT EXISTS told_to (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS controls (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)",
    // Bytes; a version before wrote JSON, into a column that it called text.
    "CREATE TABLE IF NOT EXISTS watch (id INTEGER PRIMARY KEY CHECK (id = 1), doc BLOB NOT NULL)",
    // The past that is being loaded, beside the present.
    "CREATE TABLE IF NOT EXISTS loading (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL, history BLOB)",
    "CREATE TABLE IF NOT EXISTS live_from (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS due (id INTEGER PRIMARY KEY CHECK (id = 1), at INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS rounds (started_at INTEGER NOT NULL, vantage TEXT NOT NULL, doc TEXT NOT NULL, \
     PRIMARY KEY (started_at, vantage))",
];

/// What the documents of incidents say of their target. It outlives the plan, whose secrets must not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    pub slug: String,
    pub name: String,
    pub scheme: Scheme,
    /// What was measured, without credentials; not kept by earlier versions.
    #[serde(default)]
    pub url: Option<String>,
}

/// What the rounds of one vantage so far have led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub health: PerFamily<Health>,
    /// Its newest round.
    pub round: Round,
    /// When it last found each family well, or not offered.
    #[serde(default)]
    pub last_good: PerFamily<Option<Timestamp>>,
}

pub struct Store {
    sql: SqlStorage,
}

/// Rounds of a span of time, as text.
pub struct Found {
    pub rounds: Vec<String>,
    pub next_from: Option<Timestamp>,
    pub n_unreadable: u64,
}

#[derive(Deserialize)]
struct Doc {
    doc: String,
}

#[derive(Deserialize)]
struct Count {
    n: u64,
}

impl From<&Target> for Subject {
    fn from(target: &Target) -> Self {
        Self {
            slug: target.slug.clone(),
            name: target.name.clone(),
            scheme: target.endpoint.scheme,
            url: Some(target.url()),
        }
    }
}

impl From<Progress> for watch::Progress {
    fn from(p: Progress) -> Self {
        Self { health: p.health, round: p.round.into(), last_good: p.last_good }
    }
}

impl From<&watch::Progress> for Progress {
    fn from(p: &watch::Progress) -> Self {
        Self { health: p.health, round: (&p.round).into(), last_good: p.last_good }
    }
}

impl Store {
    pub fn open(sql: SqlStorage) -> Result<Self> {
        Ok(Self { sql: with_tables(sql, SCHEMA)? })
    }

    pub fn plan(&self) -> Result<Option<String>> {
        self.document("SELECT doc FROM plan WHERE id = 1")
    }

    pub fn set_plan(&self, text: &str) -> Result<()> {
        self.sql.exec("INSERT OR REPLACE INTO plan (id, doc) VALUES (1, ?)", vec![text.into()])?;
        self.delete_stopped()
    }

    /// Puts the plan away: it is measured by no more, and notices go where it says.
    pub fn stop_plan(&self, subject: &Subject) -> Result<()> {
        self.sql.exec("INSERT OR REPLACE INTO subject (id, doc) VALUES (1, ?)", vec![write(subject)?.into()])?;
        self.sql.exec("INSERT OR REPLACE INTO stopped (id, doc) SELECT id, doc FROM plan", None)?;
        self.sql.exec("DELETE FROM plan", None)?;
        self.sql.exec("DELETE FROM due", None)?;
        Ok(())
    }

    /// Returns what was measured before the plan was put away.
    pub fn subject(&self) -> Result<Option<Subject>> {
        let text = self.document("SELECT doc FROM subject WHERE id = 1")?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Returns the plan that was put away.
    pub fn stopped(&self) -> Result<Option<String>> {
        self.document("SELECT doc FROM stopped WHERE id = 1")
    }

    pub fn delete_stopped(&self) -> Result<()> {
        self.sql.exec("DELETE FROM stopped", None)?;
        Ok(())
    }

    /// Returns the progress of every vantage. One that a version wrote otherwise counts as none.
    pub fn progress(&self) -> Result<Vec<Progress>> {
        let rows: Vec<Doc> = self.sql.exec("SELECT doc FROM progress_of ORDER BY vantage", None)?.to_array()?;
        Ok(rows.iter().filter_map(|row| serde_json::from_str(&row.doc).ok()).collect())
    }

    pub fn set_progress(&self, progress: &Progress) -> Result<()> {
        self.sql.exec(
            "INSERT OR REPLACE INTO progress_of (vantage, doc) VALUES (?, ?)",
            vec![progress.round.vantage.name.as_str().into(), write(progress)?.into()],
        )?;
        Ok(())
    }

    pub fn delete_progress(&self) -> Result<()> {
        self.sql.exec("DELETE FROM progress_of", None)?;
        Ok(())
    }

    /// Returns what the directory heard last.
    pub fn told(&self) -> Result<Option<Report>> {
        let text = self.document("SELECT doc FROM told WHERE id = 1")?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub fn set_told(&self, report: &Report) -> Result<()> {
        self.sql.exec("INSERT OR REPLACE INTO told (id, doc) VALUES (1, ?)", vec![write(report)?.into()])?;
        Ok(())
    }

    pub fn delete_told(&self) -> Result<()> {
        self.sql.exec("DELETE FROM told", None)?;
        Ok(())
    }

    /// Returns what is remembered between rounds: bytes, or the JSON that a version before wrote. What cannot be read
    /// counts as nothing.
    pub fn watch(&self) -> Result<watch::State> {
        let cursor = self.sql.exec("SELECT doc FROM watch WHERE id = 1", None)?;
        let row = cursor.raw().next().transpose()?.unwrap_or_default();
        let state = match row.first() {
            Some(SqlStorageValue::Blob(bytes)) => watch::State::from_bytes(bytes, serde_json::from_slice).ok(),
            Some(SqlStorageValue::String(text)) => serde_json::from_str(text).ok(),
            _ => None,
        };
        Ok(state.unwrap_or_default())
    }

    pub fn set_watch(&self, state: &watch::State) -> Result<()> {
        let doc = SqlStorageValue::Blob(state.to_bytes(write_bytes)?);
        self.sql.exec("INSERT OR REPLACE INTO watch (id, doc) VALUES (1, ?)", vec![doc])?;
        Ok(())
    }

    /// Returns how far a past is loaded, and the state of its history.
    pub fn loading<T: serde::de::DeserializeOwned>(&self) -> Result<Option<(T, Option<History>)>> {
        let cursor = self.sql.exec("SELECT doc, history FROM loading WHERE id = 1", None)?;
        let Some(row) = cursor.raw().next().transpose()? else { return Ok(None) };
        let doc = row.first().and_then(read_text).and_then(|text| serde_json::from_str(text).ok());
        let history = row.get(1).and_then(read_blob).and_then(|bytes| History::from_bytes(bytes).ok());
        Ok(doc.map(|doc| (doc, history)))
    }

    pub fn set_loading<T: Serialize>(&self, doc: &T, history: Option<&History>) -> Result<()> {
        let history = history.map_or(SqlStorageValue::Null, |history| SqlStorageValue::Blob(history.to_bytes()));
        self.sql.exec(
            "INSERT OR REPLACE INTO loading (id, doc, history) VALUES (1, ?, ?)",
            vec![write(doc)?.into(), history],
        )?;
        Ok(())
    }

    /// Returns the name of the directory that knows what was told.
    pub fn told_to(&self) -> Result<Option<String>> {
        self.document("SELECT doc FROM told_to WHERE id = 1")
    }

    pub fn set_told_to(&self, directory: &str) -> Result<()> {
        self.sql.exec("INSERT OR REPLACE INTO told_to (id, doc) VALUES (1, ?)", vec![directory.into()])?;
        Ok(())
    }

    /// Returns when the oldest round began that was measured here or sent by a vantage, not loaded.
    pub fn live_from(&self) -> Result<Option<Timestamp>> {
        let cursor = self.sql.exec("SELECT at FROM live_from WHERE id = 1", None)?;
        Ok(cursor.raw().next().transpose()?.and_then(|row| row.first().and_then(read_time)))
    }

    /// Notes that, once and for all.
    pub fn note_live(&self, at: Timestamp) -> Result<()> {
        self.sql.exec("INSERT OR IGNORE INTO live_from (id, at) VALUES (1, ?)", vec![at.unix_ms().into()])?;
        Ok(())
    }

    /// Returns when the next round is due.
    pub fn due(&self) -> Result<Option<Timestamp>> {
        let cursor = self.sql.exec("SELECT at FROM due WHERE id = 1", None)?;
        Ok(cursor.raw().next().transpose()?.and_then(|row| row.first().and_then(read_time)))
    }

    pub fn set_due(&self, at: Timestamp) -> Result<()> {
        self.sql.exec("INSERT OR REPLACE INTO due (id, at) VALUES (1, ?)", vec![at.unix_ms().into()])?;
        Ok(())
    }

    /// Returns what the rounds so far say of the controls.
    pub fn controls(&self) -> Result<Controls> {
        let text = self.document("SELECT doc FROM controls WHERE id = 1")?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    pub fn set_controls(&self, controls: &Controls) -> Result<()> {
        self.sql.exec("INSERT OR REPLACE INTO controls (id, doc) VALUES (1, ?)", vec![write(controls)?.into()])?;
        Ok(())
    }

    /// Adds a round. One that is there already stays as it is.
    pub fn add_round(&self, round: &Round) -> Result<()> {
        self.sql.exec(
            "INSERT OR IGNORE INTO rounds (started_at, vantage, doc) VALUES (?, ?, ?)",
            vec![round.started_at.unix_ms().into(), round.vantage.name.as_str().into(), write(round)?.into()],
        )?;
        Ok(())
    }

    /// Deletes the rounds that began before a time.
    pub fn forget_before(&self, oldest: Timestamp) -> Result<()> {
        self.sql.exec("DELETE FROM rounds WHERE started_at < ?", vec![oldest.unix_ms().into()])?;
        Ok(())
    }

    /// Returns the newest round that can be read.
    pub fn last_round(&self) -> Result<Option<Round>> {
        let text = self.document("SELECT doc FROM rounds ORDER BY started_at DESC LIMIT 1")?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub fn n_rounds(&self) -> Result<u64> {
        let counts: Vec<Count> = self.sql.exec("SELECT COUNT(*) AS n FROM rounds", None)?.to_array()?;
        Ok(counts.first().map_or(0, |c| c.n))
    }

    /// Returns the rounds that began in `[from, to)`, oldest first, up to a limit.
    pub fn rounds(&self, from: Timestamp, to: Timestamp) -> Result<Found> {
        let limit = i32::try_from(MAX_ROUNDS + 1).unwrap_or(i32::MAX);
        let cursor = self.sql.exec(
            "SELECT started_at, doc FROM rounds WHERE started_at >= ? AND started_at < ? ORDER BY started_at LIMIT ?",
            vec![from.unix_ms().into(), to.unix_ms().into(), limit.into()],
        )?;
        let mut rows: Vec<(Timestamp, String)> = Vec::new();
        for row in cursor.raw() {
            let mut row = row?.into_iter();
            let at = row.next().as_ref().and_then(read_time);
            if let (Some(at), Some(SqlStorageValue::String(doc))) = (at, row.next()) {
                rows.push((at, doc));
            }
        }
        let next_from = rows.get(MAX_ROUNDS).map(|(at, _)| *at);
        let mut found = Found { rounds: Vec::new(), next_from, n_unreadable: 0 };
        // Two vantages can begin in the same millisecond: both rounds are on the same side of a cut.
        let is_here = |(at, _): &(Timestamp, String)| next_from.is_none_or(|next| *at < next);
        for (_, doc) in rows.into_iter().filter(is_here) {
            // Ours is whole: it was written in one statement. Whatever else is there is read to find out.
            if Round::is_as_stored(&doc) || serde_json::from_str::<Round>(&doc).is_ok() {
                found.rounds.push(doc);
            } else {
                found.n_unreadable += 1;
            }
        }
        Ok(found)
    }

    fn document(&self, query: &str) -> Result<Option<String>> {
        let rows: Vec<Doc> = self.sql.exec(query, None)?.to_array()?;
        Ok(rows.into_iter().next().map(|row| row.doc))
    }
}
