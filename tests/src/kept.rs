//! What is kept of a target, in a real `SQLite` file, as a host keeps it: rounds, state, roll-ups and spells.

use dualwatch_core::{
    measure::{round::Round, time::Timestamp},
    remember::{
        availability::Window,
        history::{History, Record},
        retention::Retention,
        rollup::{
            Rollup,
            bucket::{Bucket, Size},
            series,
        },
        spell::{Spell, State, Track},
    },
};
use rusqlite::{Connection, Result, params};
use std::path::Path;

/// Rounds have row ids: in a table without, a row of more than a quarter of a page goes on in a page of its own
/// (<https://www.sqlite.org/fileformat2.html>, section 1.6), and a round of 1.3 kB takes 4.6 kB.
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE rounds (started_at INTEGER NOT NULL, vantage TEXT NOT NULL, doc TEXT NOT NULL,
                         PRIMARY KEY (started_at, vantage));
    CREATE TABLE history (id INTEGER PRIMARY KEY CHECK (id = 1), doc BLOB NOT NULL);
    CREATE TABLE rollups (key INTEGER PRIMARY KEY, doc BLOB NOT NULL);
    CREATE TABLE spells (track INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL, state INTEGER NOT NULL,
                         PRIMARY KEY (track, began)) WITHOUT ROWID;
";

/// The days of a page in one query: whole days, the hours of the open day, the minutes of its open hour.
const SERIES: &str = "SELECT key, doc FROM rollups WHERE key >= ?1 AND key < ?2 OR key >= ?3 AND key < ?4 \
                      OR key >= ?5 AND key < ?6 ORDER BY key";

/// A target's file.
pub struct Kept {
    sql: Connection,
    retention: Retention,
}

impl Kept {
    pub fn create(path: &Path) -> Result<Self> {
        let sql = Connection::open(path)?;
        sql.execute_batch(SCHEMA)?;
        Ok(Self { sql, retention: Retention::default() })
    }

    /// Does several things in one commit.
    pub fn commit<T>(&self, act: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        let transaction = self.sql.unchecked_transaction()?;
        let done = act(self)?;
        transaction.commit()?;
        Ok(done)
    }

    pub fn add_round(&self, round: &Round) -> Result<()> {
        let doc = serde_json::to_string(&dualwatch_wire::v1::Round::from(round)).expect("a round is JSON");
        self.sql
            .prepare_cached("INSERT OR IGNORE INTO rounds (started_at, vantage, doc) VALUES (?, ?, ?)")?
            .execute(params![round.started_at.unix_ms(), round.vantage.name, doc])?;
        Ok(())
    }

    pub fn set_state(&self, history: &History) -> Result<()> {
        self.sql
            .prepare_cached("INSERT OR REPLACE INTO history (id, doc) VALUES (1, ?)")?
            .execute([history.to_bytes()])?;
        Ok(())
    }

    /// Stores rows in their order, folds what is to be folded, and deletes what is too old.
    pub fn keep(&self, records: Vec<Record>, now: Timestamp) -> Result<()> {
        for record in records {
            match record {
                Record::Spell(track, spell) => {
                    self.sql
                        .prepare_cached("INSERT INTO spells (track, began, ended, state) VALUES (?, ?, ?, ?)")?
                        .execute(params![track as i64, spell.from.unix_ms(), spell.to.unix_ms(), spell.state.tag()])?;
                }
                Record::Rollup(bucket, rollup) => self.add_rollup(bucket, &rollup)?,
                Record::Fold(bucket) => {
                    let parts = bucket.parts().expect("five minutes have no parts");
                    let parts = self.rows([parts, 0..0, 0..0])?.into_iter().map(|(_, part)| part);
                    self.add_rollup(bucket, &Rollup::sum(&parts.collect::<Vec<_>>()))?;
                    self.expire(bucket.size(), now)?;
                }
            }
        }
        Ok(())
    }

    fn add_rollup(&self, bucket: Bucket, rollup: &Rollup) -> Result<()> {
        let mut insert = self.sql.prepare_cached("INSERT INTO rollups (key, doc) VALUES (?, ?)")?;
        insert.execute(params![bucket.key(), rollup.to_bytes()])?;
        Ok(())
    }

    fn expire(&self, after: Size, now: Timestamp) -> Result<()> {
        let before = self.retention.rounds_before(now).unix_ms();
        self.sql.prepare_cached("DELETE FROM rounds WHERE started_at < ?")?.execute([before])?;
        if after == Size::Day {
            for keys in Size::ALL.into_iter().filter_map(|size| self.retention.expired(size, now)) {
                self.sql.execute("DELETE FROM rollups WHERE key >= ? AND key < ?", [keys.start, keys.end])?;
            }
            let too_many: Option<i64> = self
                .sql
                .prepare_cached("SELECT ended FROM spells ORDER BY ended DESC LIMIT 1 OFFSET ?")?
                .query_map([self.retention.max_spells], |row| row.get(0))?
                .next()
                .transpose()?;
            let before = self.retention.spells_before(now, too_many.map(Timestamp::from_unix_ms));
            self.sql.execute("DELETE FROM spells WHERE ended <= ?", [before.unix_ms()])?;
        }
        Ok(())
    }

    fn rows(&self, keys: [std::ops::Range<i64>; 3]) -> Result<Vec<(Bucket, Rollup)>> {
        let [a, b, c] = keys;
        self.sql
            .prepare_cached(SERIES)?
            .query_map([a.start, a.end, b.start, b.end, c.start, c.end], |row| {
                let bucket = Bucket::from_key(row.get(0)?).expect("a key of a bucket");
                Ok((bucket, Rollup::from_bytes(row.get_ref(1)?.as_blob()?).expect("a row that reads")))
            })?
            .collect()
    }

    /// Returns the days of a window, what is open included, from one query.
    pub fn days(&self, window: Window, history: &History) -> Result<Vec<(Bucket, Rollup)>> {
        let (bucket, open) = history.open();
        let rows = self.rows(series::keys(window, bucket))?;
        Ok(series::fold(rows.into_iter().chain([(bucket, open)]), Size::Day))
    }

    /// Returns all spells of a track that are kept, the one that lasts included.
    pub fn spells(&self, track: Track, history: &History) -> Result<Vec<Spell>> {
        let mut spells: Vec<Spell> = self
            .sql
            .prepare_cached("SELECT state, began, ended FROM spells WHERE track = ? ORDER BY began")?
            .query_map([track as i64], |row| {
                Ok(Spell {
                    state: State::from_tag(row.get(0)?).expect("a tag of a state"),
                    from: Timestamp::from_unix_ms(row.get(1)?),
                    to: Timestamp::from_unix_ms(row.get(2)?),
                })
            })?
            .collect::<Result<_>>()?;
        spells.push(history.lasting(track));
        Ok(spells)
    }

    /// Returns the rows of a table, and the bytes of their documents (0 where a table has none).
    pub fn size_of(&self, table: &str, condition: &str) -> Result<(u64, u64)> {
        let doc = if table == "spells" { "NULL" } else { "CAST(doc AS BLOB)" };
        let query = format!("SELECT COUNT(*), COALESCE(SUM(LENGTH({doc})), 0) FROM {table} WHERE {condition}");
        self.sql.query_row(&query, [], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))
    }

    /// Returns how the page's query is carried out.
    pub fn query_plan(&self) -> Result<String> {
        let mut explain = self.sql.prepare(&format!("EXPLAIN QUERY PLAN {SERIES}"))?;
        let lines: Result<Vec<String>> = explain.query_map([0; 6], |row| row.get("detail"))?.collect();
        lines.map(|lines| lines.join("\n"))
    }

    /// Writes everything into the one file and returns its size in bytes, free pages included.
    pub fn file_bytes(&self) -> Result<u64> {
        self.sql.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let pragma = |name| self.sql.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
        Ok((pragma("page_count")? * pragma("page_size")?) as u64)
    }
}
