//! The incidents of a target in `SQLite`, from their opening on, for ever.

use crate::sql::{read_text, with_tables, write};
use dualwatch_core::respond::incident::Incident;
use serde_json::from_str;
use worker::{Result, SqlStorage};

const SCHEMA: &[&str] = &[
    // `untold`: the directory does not know it as it is.
    "CREATE TABLE IF NOT EXISTS incidents (id INTEGER PRIMARY KEY, doc TEXT NOT NULL, untold INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS incidents_untold ON incidents (id) WHERE untold = 1",
];

pub struct Ledger {
    sql: SqlStorage,
}

impl Ledger {
    pub fn open(sql: SqlStorage) -> Result<Self> {
        Ok(Self { sql: with_tables(sql, SCHEMA)? })
    }

    /// Keeps an incident as it is now. With `is_news` the directory has to hear of it.
    pub fn keep(&self, incident: &Incident, is_news: bool) -> Result<()> {
        self.sql.exec(
            "INSERT INTO incidents (id, doc, untold) VALUES (?1, ?2, ?3) \
             ON CONFLICT (id) DO UPDATE SET doc = ?2, untold = MAX(untold, ?3)",
            vec![incident.id.0.unix_ms().into(), write(incident)?.into(), i64::from(is_news).into()],
        )?;
        Ok(())
    }

    /// Returns the incidents that began in a span of milliseconds, the newest first, at most `n`.
    pub fn between(&self, from_ms: i64, to_ms: i64, n: i64) -> Result<Vec<Incident>> {
        let query = "SELECT doc FROM incidents WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?";
        self.select(query, vec![from_ms.into(), to_ms.into(), n.into()])
    }

    /// Returns what the directory does not know as it is, the oldest first.
    pub fn untold(&self, n: i64) -> Result<Vec<Incident>> {
        self.select("SELECT doc FROM incidents WHERE untold = 1 ORDER BY id LIMIT ?", vec![n.into()])
    }

    /// Notes that the directory knows an incident as it was when it was told.
    pub fn told(&self, incident: &Incident) -> Result<()> {
        self.sql.exec(
            "UPDATE incidents SET untold = 0 WHERE id = ? AND doc = ?",
            vec![incident.id.0.unix_ms().into(), write(incident)?.into()],
        )?;
        Ok(())
    }

    /// Notes that the directory knows nothing of any.
    pub fn untell(&self) -> Result<()> {
        self.sql.exec("UPDATE incidents SET untold = 1 WHERE untold = 0", None)?;
        Ok(())
    }

    fn select(&self, query: &str, bindings: Vec<worker::SqlStorageValue>) -> Result<Vec<Incident>> {
        let cursor = self.sql.exec(query, bindings)?;
        let mut found = Vec::new();
        for row in cursor.raw() {
            // One that a version wrote otherwise is left out here, and stays in its row.
            found.extend(row?.first().and_then(read_text).and_then(|text| from_str(text).ok()));
        }
        Ok(found)
    }
}
