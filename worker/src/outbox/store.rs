//! What the outbox keeps in `SQLite`.

use crate::sql::{read, with_tables, write};
use dualwatch_core::{
    measure::time::Timestamp,
    respond::delivery::{Channel, Entry, State},
};
use serde::Deserialize;
use worker::{Result, SqlStorage};

/// `seq` is the order of the requests. `due_at` and `body` are there as long as an entry is pending, `settled_at` from
/// then on. Of a disabled channel its means are kept: it is enabled again where they change.
const SCHEMA: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, channel TEXT NOT NULL, \
     due_at INTEGER, attempts INTEGER NOT NULL, settled_at INTEGER, doc TEXT NOT NULL, body TEXT, UNIQUE (key, channel))",
    "CREATE INDEX IF NOT EXISTS outbox_pending ON outbox (seq) WHERE due_at IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS outbox_disabled (channel TEXT PRIMARY KEY, means TEXT NOT NULL, at INTEGER NOT NULL) \
     WITHOUT ROWID",
];

pub struct Store {
    sql: SqlStorage,
}

#[derive(Deserialize)]
struct Doc {
    doc: String,
}

#[derive(Deserialize)]
struct Body {
    body: Option<String>,
}

#[derive(Deserialize)]
struct Means {
    means: String,
}

impl Store {
    pub fn open(sql: SqlStorage) -> Result<Self> {
        Ok(Self { sql: with_tables(sql, SCHEMA)? })
    }

    /// Returns the pending entries in the order of their requests.
    pub fn pending(&self) -> Result<Vec<Entry>> {
        let query = "SELECT doc FROM outbox WHERE due_at IS NOT NULL ORDER BY seq";
        let rows: Vec<Doc> = self.sql.exec(query, None)?.to_array()?;
        rows.iter().map(|row| read(&row.doc)).collect()
    }

    pub fn knows(&self, entry: &Entry) -> Result<bool> {
        let query = "SELECT doc FROM outbox WHERE key = ? AND channel = ?";
        let rows: Vec<Doc> =
            self.sql.exec(query, vec![entry.key.as_str().into(), entry.channel.as_str().into()])?.to_array()?;
        Ok(!rows.is_empty())
    }

    pub fn add(&self, entry: &Entry, body: &str) -> Result<()> {
        self.sql.exec(
            "INSERT OR IGNORE INTO outbox (key, channel, attempts, doc, body) VALUES (?, ?, 0, ?, ?)",
            vec![entry.key.as_str().into(), entry.channel.as_str().into(), write(entry)?.into(), body.into()],
        )?;
        self.set(entry)
    }

    /// Stores the new state of an entry that is there.
    pub fn set(&self, entry: &Entry) -> Result<()> {
        let of = [entry.key.as_str().into(), entry.channel.as_str().into()];
        let doc = write(entry)?;
        match &entry.state {
            State::Pending { attempts, due_at, .. } => {
                let query = "UPDATE outbox SET doc = ?, attempts = ?, due_at = ? WHERE key = ? AND channel = ?";
                let attempts = i64::from(*attempts);
                let values = [doc.into(), attempts.into(), due_at.unix_ms().into()];
                self.sql.exec(query, values.into_iter().chain(of).collect::<Vec<_>>())?;
            }
            State::Delivered { at, .. } | State::GaveUp { at, .. } | State::Disabled { at } => {
                let query = "UPDATE outbox SET doc = ?, settled_at = ?, due_at = NULL, body = NULL \
                             WHERE key = ? AND channel = ?";
                let values = [doc.into(), at.unix_ms().into()];
                self.sql.exec(query, values.into_iter().chain(of).collect::<Vec<_>>())?;
            }
        }
        Ok(())
    }

    pub fn body(&self, entry: &Entry) -> Result<Option<String>> {
        let query = "SELECT body FROM outbox WHERE key = ? AND channel = ?";
        let rows: Vec<Body> =
            self.sql.exec(query, vec![entry.key.as_str().into(), entry.channel.as_str().into()])?.to_array()?;
        Ok(rows.into_iter().next().and_then(|row| row.body))
    }

    /// Deletes what was settled before.
    pub fn forget_before(&self, oldest: Timestamp) -> Result<()> {
        self.sql.exec("DELETE FROM outbox WHERE settled_at < ?", vec![oldest.unix_ms().into()])?;
        Ok(())
    }

    /// Whether a channel was disabled by its receiver, and is still what it was then.
    pub fn is_disabled(&self, channel: &Channel) -> Result<bool> {
        let query = "SELECT means FROM outbox_disabled WHERE channel = ?";
        let rows: Vec<Means> = self.sql.exec(query, vec![channel.name.as_str().into()])?.to_array()?;
        let means = write(&channel.means)?;
        Ok(rows.iter().any(|row| row.means == means))
    }

    pub fn set_disabled(&self, channel: &Channel, at: Timestamp) -> Result<()> {
        self.sql.exec(
            "INSERT OR REPLACE INTO outbox_disabled (channel, means, at) VALUES (?, ?, ?)",
            vec![channel.name.as_str().into(), write(&channel.means)?.into(), at.unix_ms().into()],
        )?;
        Ok(())
    }
}
