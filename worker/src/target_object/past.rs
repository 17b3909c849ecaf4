//! The past of a target in `SQLite`: spells, roll-ups, and the small state between rounds.

use crate::sql::{read_blob, read_integer, read_time, with_tables};
use dualwatch_core::{
    measure::time::Timestamp,
    remember::{
        availability::{Availability, Past, Times, Window},
        history::{History, Record},
        retention::Retention,
        rollup::{
            Rollup,
            bucket::{Bucket, Size},
            running::Running,
            series,
        },
        spell::{Spell, State, Track},
    },
};
use std::ops::Range;
use worker::{Result, SqlStorage, SqlStorageValue};

const SCHEMA: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY CHECK (id = 1), doc BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS rollups (key INTEGER PRIMARY KEY, doc BLOB NOT NULL)",
    // The hour and the day that are not over of a past that is loaded.
    "CREATE TABLE IF NOT EXISTS running (key INTEGER PRIMARY KEY, doc BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS spells (track INTEGER NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL, \
     state INTEGER NOT NULL, PRIMARY KEY (track, began)) WITHOUT ROWID",
];

/// The rows of a page in one query: whole days, the hours of the open day, the minutes of its open hour.
const SERIES: &str = "SELECT key, doc FROM rollups WHERE key >= ? AND key < ? OR key >= ? AND key < ? \
                      OR key >= ? AND key < ? ORDER BY key";

pub struct PastStore {
    sql: SqlStorage,
}

/// How the rows of a past are kept that is loaded.
pub struct Earlier {
    /// When the first round began that was measured here.
    pub live_from: Timestamp,
    /// The hour and the day that are not over.
    pub running: Running,
    /// The keys of rows that are too old to be kept.
    expired: Vec<Range<i64>>,
}

impl Earlier {
    fn keeps(&self, bucket: Bucket) -> bool {
        bucket.end() <= self.live_from && !self.expired.iter().any(|keys| keys.contains(&bucket.key()))
    }
}

/// Roll-ups in the order of time, and how many rows could not be read.
pub struct Rows {
    pub rows: Vec<(Bucket, Rollup)>,
    pub n_unreadable: u64,
}

impl PastStore {
    pub fn open(sql: SqlStorage) -> Result<Self> {
        Ok(Self { sql: with_tables(sql, SCHEMA)? })
    }

    /// Returns the state of the history. One that cannot be read counts as none: what is stored in rows stays.
    pub fn state(&self) -> Result<Option<History>> {
        let cursor = self.sql.exec("SELECT doc FROM history WHERE id = 1", None)?;
        let Some(row) = cursor.raw().next().transpose()? else { return Ok(None) };
        Ok(row.first().and_then(read_blob).and_then(|bytes| History::from_bytes(bytes).ok()))
    }

    pub fn set_state(&self, history: &History) -> Result<()> {
        let doc = SqlStorageValue::Blob(history.to_bytes());
        self.sql.exec("INSERT OR REPLACE INTO history (id, doc) VALUES (1, ?)", vec![doc])?;
        Ok(())
    }

    /// Stores rows in their order, folds what is to be folded, and deletes what is too old.
    pub fn keep(&self, records: Vec<Record>, retention: &Retention, now: Timestamp) -> Result<()> {
        for record in records {
            match record {
                Record::Spell(track, spell) => {
                    self.sql.exec(
                        "INSERT OR REPLACE INTO spells (track, began, ended, state) VALUES (?, ?, ?, ?)",
                        vec![
                            (track as i64).into(),
                            spell.from.unix_ms().into(),
                            spell.to.unix_ms().into(),
                            i64::from(spell.state.tag()).into(),
                        ],
                    )?;
                }
                Record::Rollup(bucket, rollup) => self.add(bucket, &rollup)?,
                Record::Fold(bucket) => {
                    self.fold(bucket)?;
                    if bucket.size() == Size::Day {
                        self.expire(retention, now)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Returns how rows of a past are kept that is loaded.
    pub fn earlier(&self, live_from: Timestamp, retention: &Retention, now: Timestamp) -> Result<Earlier> {
        let expired = Size::ALL.into_iter().filter_map(|size| retention.expired(size, now)).collect();
        let cursor = self.sql.exec("SELECT key, doc FROM running", None)?;
        let rows = cursor.raw().map(|row| row.map(|row| read_row(&row))).collect::<Result<Vec<_>>>()?;
        Ok(Earlier { live_from, running: Running::of(rows.into_iter().flatten()), expired })
    }

    /// Keeps the sums that the next part goes on with.
    pub fn set_running(&self, running: &Running) -> Result<()> {
        self.sql.exec("DELETE FROM running", None)?;
        for (bucket, rollup) in running.rows() {
            let doc = SqlStorageValue::Blob(rollup.to_bytes());
            self.sql.exec("INSERT INTO running (key, doc) VALUES (?, ?)", vec![bucket.key().into(), doc])?;
        }
        Ok(())
    }

    /// Stores rows of a past that is loaded: what was measured here stands. A bucket that was cut by the end of a part is
    /// replaced by the whole one. What is too old to be kept is in the sums, and in no row.
    pub fn keep_earlier(&self, records: Vec<Record>, rows: &mut Earlier) -> Result<()> {
        for record in records {
            match record {
                Record::Spell(track, spell) => self.add_earlier_spell(track, spell, rows.live_from)?,
                // Where it meets what was measured here, sums are made anew when the part is stored.
                Record::Rollup(bucket, rollup) if bucket.end() <= rows.live_from => {
                    rows.running.add(bucket, &rollup);
                    if rows.keeps(bucket) {
                        self.add(bucket, &rollup)?;
                    }
                }
                Record::Fold(bucket) if bucket.end() <= rows.live_from => {
                    if let Some(sum) = rows.running.fold(bucket).filter(|_| rows.keeps(bucket)) {
                        self.add(bucket, &sum)?;
                    }
                }
                Record::Rollup(..) | Record::Fold(_) => {}
            }
        }
        Ok(())
    }

    /// Makes the sum of a bucket, or makes it anew.
    pub fn fold(&self, bucket: Bucket) -> Result<()> {
        let Some(parts) = bucket.parts() else { return Ok(()) };
        let parts: Vec<Rollup> = self.rows([parts, 0..0, 0..0])?.rows.into_iter().map(|(_, r)| r).collect();
        self.add(bucket, &Rollup::sum(&parts))
    }

    /// Stores a spell of a past that is loaded; one that began at the same time and is shorter gives way.
    pub fn add_earlier_spell(&self, track: Track, spell: Spell, live_from: Timestamp) -> Result<()> {
        let to = spell.to.min(live_from);
        if spell.from >= to {
            return Ok(());
        }
        self.sql.exec(
            "INSERT INTO spells (track, began, ended, state) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (track, began) DO UPDATE SET ended = ?3, state = ?4 WHERE ended < ?3",
            vec![
                (track as i64).into(),
                spell.from.unix_ms().into(),
                to.unix_ms().into(),
                i64::from(spell.state.tag()).into(),
            ],
        )?;
        Ok(())
    }

    /// Stores what a past that is loaded still says where it ends.
    pub fn close_earlier(&self, mut history: History, mut rows: Earlier) -> Result<()> {
        let live_from = rows.live_from;
        self.keep_earlier(history.close(live_from), &mut rows)?;
        Track::ALL.into_iter().try_for_each(|track| self.add_earlier_spell(track, history.lasting(track), live_from))
    }

    /// Forgets what a past that is loaded says of the time from `live_from` on.
    pub fn cut_earlier(&self, live_from: Timestamp) -> Result<()> {
        let at = live_from.unix_ms();
        self.sql.exec("DELETE FROM spells WHERE began >= ?", vec![at.into()])?;
        self.sql.exec("UPDATE spells SET ended = ?1 WHERE ended > ?1", vec![at.into()])?;
        for keys in Size::ALL.map(|size| size.keys_from(live_from)) {
            self.sql
                .exec("DELETE FROM rollups WHERE key >= ? AND key < ?", vec![keys.start.into(), keys.end.into()])?;
        }
        Ok(())
    }

    /// Forgets what was kept of a track's last spell when a part ended: the next part knows how it went on.
    pub fn reopen_earlier(&self, track: Track, lasting: Spell, live_from: Timestamp) -> Result<()> {
        self.sql.exec(
            "DELETE FROM spells WHERE track = ? AND began >= ? AND began < ?",
            vec![(track as i64).into(), lasting.from.unix_ms().into(), live_from.unix_ms().into()],
        )?;
        Ok(())
    }

    fn add(&self, bucket: Bucket, rollup: &Rollup) -> Result<()> {
        let doc = SqlStorageValue::Blob(rollup.to_bytes());
        self.sql.exec("INSERT OR REPLACE INTO rollups (key, doc) VALUES (?, ?)", vec![bucket.key().into(), doc])?;
        Ok(())
    }

    fn expire(&self, retention: &Retention, now: Timestamp) -> Result<()> {
        for keys in Size::ALL.into_iter().filter_map(|size| retention.expired(size, now)) {
            let bounds = vec![keys.start.into(), keys.end.into()];
            self.sql.exec("DELETE FROM rollups WHERE key >= ? AND key < ?", bounds)?;
        }
        let query = "SELECT ended FROM spells ORDER BY ended DESC LIMIT 1 OFFSET ?";
        let cursor = self.sql.exec(query, vec![i64::from(retention.max_spells).into()])?;
        let too_many = cursor.raw().next().transpose()?.and_then(|row| row.first().and_then(read_time));
        let before = retention.spells_before(now, too_many);
        self.sql.exec("DELETE FROM spells WHERE ended <= ?", vec![before.unix_ms().into()])?;
        Ok(())
    }

    fn rows(&self, keys: [Range<i64>; 3]) -> Result<Rows> {
        let [a, b, c] = keys;
        let bounds = [a.start, a.end, b.start, b.end, c.start, c.end];
        let cursor = self.sql.exec(SERIES, bounds.map(SqlStorageValue::from).to_vec())?;
        let mut found = Rows { rows: Vec::new(), n_unreadable: 0 };
        for row in cursor.raw() {
            match read_row(&row?) {
                Some(row) => found.rows.push(row),
                None => found.n_unreadable += 1,
            }
        }
        Ok(found)
    }

    /// Returns the sums of a window in buckets of this size, what is open included.
    ///
    /// `fresh` are the rows that time alone has completed since the last round, and that are not stored yet.
    pub fn series(&self, fresh: &[Record], window: Window, size: Size, history: &History) -> Result<Rows> {
        let (bucket, open) = history.open();
        let keys = match size {
            Size::Day => series::keys(window, bucket),
            Size::Hour => {
                let [_, _, minutes] = series::keys(window, bucket);
                [keys_of(Size::Hour, &window), minutes, 0..0]
            }
            Size::FiveMinutes => [keys_of(size, &window), 0..0, 0..0],
        };
        let mut found = self.rows(keys)?;
        let is_within = |bucket: &Bucket| bucket.start() < window.to && window.from < bucket.end();
        found.rows.extend(fresh.iter().filter_map(|record| match record {
            Record::Rollup(bucket, rollup) if is_within(bucket) => Some((*bucket, Rollup::clone(rollup))),
            _ => None,
        }));
        if is_within(&bucket) && !open.is_empty() {
            found.rows.push((bucket, open.clone()));
        }
        found.rows = series::fold(found.rows, size);
        Ok(found)
    }

    /// Returns the spells of a track that reach into what follows `from`, the one that lasts included.
    fn spells(&self, fresh: &[Record], track: Track, from: Timestamp, history: &History) -> Result<Vec<Spell>> {
        let query = "SELECT state, began, ended FROM spells WHERE track = ? AND ended > ? ORDER BY began";
        let cursor = self.sql.exec(query, vec![(track as i64).into(), from.unix_ms().into()])?;
        let mut spells = Vec::new();
        for row in cursor.raw() {
            let row = row?;
            let state = row.first().and_then(read_integer).and_then(|tag| State::from_tag(tag as u8));
            let times = row.get(1).and_then(read_time).zip(row.get(2).and_then(read_time));
            if let (Some(state), Some((from, to))) = (state, times) {
                spells.push(Spell { state, from, to });
            }
        }
        spells.extend(fresh.iter().filter_map(|record| match record {
            Record::Spell(of, spell) if *of == track => Some(*spell),
            _ => None,
        }));
        spells.push(history.lasting(track));
        Ok(spells)
    }

    /// Returns whole buckets for the time before the oldest spell, where a window reaches further back than spells are
    /// kept.
    fn folded(&self, window: Window, track: Track) -> Result<Vec<(Window, Times)>> {
        let rows = self.rows([keys_of(Size::Day, &window), keys_of(Size::Hour, &window), 0..0])?.rows;
        let times = |rollup: &Rollup| *rollup.times.get(track);
        Ok(series::coarsest(rows).iter().map(|(bucket, rollup)| (bucket.window(), times(rollup))).collect())
    }

    /// Returns when the oldest spell of a track that is kept began.
    pub fn told_from(&self, track: Track) -> Result<Option<Timestamp>> {
        let query = "SELECT MIN(began) FROM spells WHERE track = ?";
        let cursor = self.sql.exec(query, vec![(track as i64).into()])?;
        Ok(cursor.raw().next().transpose()?.and_then(|row| row.first().and_then(read_time)))
    }

    /// Returns since when anything is known; `fresh` as in [`PastStore::series`]. Of what no spell is left it is the
    /// beginning of a day.
    pub fn known_from(&self, fresh: &[Record], history: &History) -> Result<Option<Timestamp>> {
        let first = |query: &str, bounds: Vec<SqlStorageValue>| {
            let row = self.sql.exec(query, bounds)?.raw().next().transpose()?;
            Ok::<_, worker::Error>(row.and_then(|row| row.first().and_then(read_integer)))
        };
        let unobserved = i64::from(State::Unobserved.tag());
        let stored = first("SELECT MIN(began) FROM spells WHERE state <> ?", vec![unobserved.into()])?;
        let fresh = fresh.iter().filter_map(|record| match record {
            Record::Spell(_, spell) => Some(*spell),
            _ => None,
        });
        let lasting = Track::ALL.map(|track| history.lasting(track));
        let known = fresh.chain(lasting).filter(|spell| spell.state != State::Unobserved && spell.from < spell.to);
        let told = stored.map(Timestamp::from_unix_ms).into_iter().chain(known.map(|spell| spell.from)).min();
        let days = Size::Day.keys_from(Timestamp::from_unix_ms(0));
        let query = "SELECT MIN(key) FROM rollups WHERE key >= ? AND key < ?";
        let oldest = first(query, vec![days.start.into(), days.end.into()])?.and_then(Bucket::from_key);
        // The day in which the oldest spell begins is told by that.
        Ok(oldest.filter(|day| told.is_none_or(|told| day.end() <= told)).map(Bucket::start).or(told))
    }

    /// Returns the availability of a track over windows that end at the latest with what `history` tells.
    /// `fresh` as in [`PastStore::series`].
    pub fn over(
        &self,
        fresh: &[Record],
        windows: &[Window],
        track: Track,
        history: &History,
    ) -> Result<Vec<Availability>> {
        let Some(from) = windows.iter().map(|w| w.from).min() else { return Ok(Vec::new()) };
        let spells = self.spells(fresh, track, from, history)?;
        let is_told = self.told_from(track)?.is_none_or(|told| told <= from);
        let folded = if is_told {
            Vec::new()
        } else {
            let to = windows.iter().map(|w| w.to).max().unwrap_or(from);
            self.folded(Window { from, to }, track)?
        };
        let past = Past { folded: &folded, spells: &spells };
        Ok(windows.iter().map(|window| past.over(*window)).collect())
    }
}

fn read_row(row: &[SqlStorageValue]) -> Option<(Bucket, Rollup)> {
    let bucket = row.first().and_then(read_integer).and_then(Bucket::from_key)?;
    Some((bucket, row.get(1).and_then(read_blob).and_then(|bytes| Rollup::from_bytes(bytes).ok())?))
}

fn keys_of(size: Size, window: &Window) -> Range<i64> {
    let begin = size.of(window.from).key();
    begin..(size.of(window.to - 1).key() + 1).max(begin)
}
