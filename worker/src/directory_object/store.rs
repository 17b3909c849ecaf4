//! What the directory keeps in `SQLite`.

use crate::{
    kept::random,
    reader,
    sql::{read, with_tables, write},
};
use dualwatch_core::{
    measure::{
        target::{BrowserEndpoints, Policy, Target},
        time::Timestamp,
        veil::Veil,
    },
    respond::{delivery::Channel, maintenance::Rule},
    self_test::place::Beside,
};
use dualwatch_wire::{
    events::Revision,
    problem::Located,
    v1::{Incident, Report},
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use worker::{Request, Result, SqlStorage, SqlStorageValue};

const SCHEMA: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS config (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS targets (slug TEXT PRIMARY KEY, position INTEGER NOT NULL, doc TEXT NOT NULL, \
     has_plan INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS reports (slug TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID",
    // `resolved_at`: milliseconds; null while it lasts.
    "CREATE TABLE IF NOT EXISTS incidents (id TEXT PRIMARY KEY, slug TEXT NOT NULL, began INTEGER NOT NULL, \
     resolved_at INTEGER, doc TEXT NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS incidents_began ON incidents (began)",
    "CREATE INDEX IF NOT EXISTS incidents_open ON incidents (began) WHERE resolved_at IS NULL",
    "CREATE TABLE IF NOT EXISTS identity (id INTEGER PRIMARY KEY CHECK (id = 1), doc TEXT NOT NULL)",
    // How new what is published is, where that was stored.
    "CREATE TABLE IF NOT EXISTS revision (id INTEGER PRIMARY KEY CHECK (id = 1), n INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS stopped (slug TEXT PRIMARY KEY) WITHOUT ROWID",
    // What makes the pages the operator's own, and its pictures: more than what is read with every page.
    "CREATE TABLE IF NOT EXISTS branding (part TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID",
    // Of targets of which not everything is public, also of those that were taken out: their incidents stay.
    "CREATE TABLE IF NOT EXISTS veils (slug TEXT PRIMARY KEY, internal INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID",
];

/// A configuration that was accepted, without its targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub name: String,
    pub accepted_at: Timestamp,
    pub policy: Policy,
    pub self_test: BrowserEndpoints,
    #[serde(default)]
    pub self_test_beside: Beside,
    pub warnings: Vec<Located>,
    #[serde(default)]
    pub maintenance: Vec<Rule>,
    #[serde(default)]
    pub channels: Vec<Channel>,
    #[serde(default)]
    pub timezone: Option<String>,
    #[serde(default)]
    pub public_url: Option<String>,
}

/// A target of the configuration, and the newest that it reported.
pub struct Entry {
    pub target: Target,
    pub report: Option<Report>,
}

pub struct Store {
    pub(super) sql: SqlStorage,
}

/// Who reads incidents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Without those of internal targets, and with what is public of the others.
    Everybody,
    Operator,
}

impl Reader {
    /// Returns who reads the answer to a call.
    pub fn of(request: &Request) -> Result<Self> {
        Ok(if reader::is_operator(request)? { Self::Operator } else { Self::Everybody })
    }
}

#[derive(Deserialize)]
struct IncidentRow {
    doc: String,
    veil: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Doc {
    pub(super) doc: String,
}

#[derive(Deserialize)]
struct TargetRow {
    doc: String,
    report: Option<String>,
}

#[derive(Deserialize)]
struct Slug {
    slug: String,
}

impl Store {
    pub fn open(sql: SqlStorage) -> Result<Self> {
        Ok(Self { sql: with_tables(sql, SCHEMA)? })
    }

    pub fn config(&self) -> Result<Option<Stored>> {
        let rows: Vec<Doc> = self.sql.exec("SELECT doc FROM config WHERE id = 1", None)?.to_array()?;
        rows.first().map(|row| read(&row.doc)).transpose()
    }

    /// Replaces the configuration. Written without an await in between: all of it or nothing.
    ///
    /// Every target is to hear of its plan again, also of one that did not change: that re-arms whoever has lost its
    /// alarm. Those that are gone are to be stopped.
    pub fn set_config(&self, stored: &Stored, targets: &[Target]) -> Result<()> {
        let earlier = self.slugs("SELECT slug FROM targets", Vec::new())?;
        let kept: HashSet<&str> = targets.iter().map(|t| t.slug.as_str()).collect();
        self.sql.exec("INSERT OR REPLACE INTO config (id, doc) VALUES (1, ?)", vec![write(stored)?.into()])?;
        for gone in earlier.iter().filter(|slug| !kept.contains(slug.as_str())) {
            self.sql.exec("DELETE FROM reports WHERE slug = ?", vec![gone.as_str().into()])?;
            self.sql.exec("INSERT OR IGNORE INTO stopped (slug) VALUES (?)", vec![gone.as_str().into()])?;
        }
        self.sql.exec("DELETE FROM targets", None)?;
        for (position, target) in targets.iter().enumerate() {
            let position = i32::try_from(position).unwrap_or(i32::MAX);
            self.sql.exec(
                "INSERT INTO targets (slug, position, doc) VALUES (?, ?, ?)",
                vec![target.slug.as_str().into(), position.into(), write(target)?.into()],
            )?;
            self.sql.exec("DELETE FROM stopped WHERE slug = ?", vec![target.slug.as_str().into()])?;
        }
        self.sql.exec("DELETE FROM veils WHERE slug IN (SELECT slug FROM targets)", None)?;
        for target in targets.iter().filter(|target| !target.public.is_all()) {
            let internal = i32::from(!target.public.target);
            self.sql.exec(
                "INSERT INTO veils (slug, internal, doc) VALUES (?, ?, ?)",
                vec![target.slug.as_str().into(), internal.into(), write(&target.veil())?.into()],
            )?;
        }
        Ok(())
    }

    /// Returns every target in the order of the configuration. A report that cannot be read counts as none.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        let rows: Vec<TargetRow> = self
            .sql
            .exec(
                "SELECT targets.doc AS doc, reports.doc AS report FROM targets \
                 LEFT JOIN reports ON reports.slug = targets.slug ORDER BY position",
                None,
            )?
            .to_array()?;
        rows.into_iter()
            .map(|row| {
                let report = row.report.and_then(|text| serde_json::from_str(&text).ok());
                Ok(Entry { target: read(&row.doc)?, report })
            })
            .collect()
    }

    /// Keeps an incident as its target tells it; it stays when the target is taken out of the configuration. Returns whether
    /// it was not known as it is.
    pub fn set_incident(&self, incident: &Incident) -> Result<bool> {
        let doc = write(incident)?;
        let known =
            self.sql.exec("SELECT doc FROM incidents WHERE id = ?", vec![incident.summary.id.as_str().into()])?;
        if known.to_array::<Doc>()?.first().is_some_and(|known| known.doc == doc) {
            return Ok(false);
        }
        let resolved_at = incident.resolved_at.map_or(SqlStorageValue::Null, |at| at.unix_ms().into());
        self.sql.exec(
            "INSERT OR REPLACE INTO incidents (id, slug, began, resolved_at, doc) VALUES (?, ?, ?, ?, ?)",
            vec![
                incident.summary.id.as_str().into(),
                incident.target.as_str().into(),
                incident.summary.began.by.unix_ms().into(),
                resolved_at,
                doc.into(),
            ],
        )?;
        Ok(true)
    }

    /// Returns the name that this directory has made for itself: one that was begun anew has another.
    pub fn identity(&self) -> Result<String> {
        self.sql.exec("INSERT OR IGNORE INTO identity (id, doc) VALUES (1, ?)", vec![random().into()])?;
        let rows: Vec<Doc> = self.sql.exec("SELECT doc FROM identity WHERE id = 1", None)?.to_array()?;
        Ok(rows.into_iter().next().map(|row| row.doc).unwrap_or_default())
    }

    /// Returns the revision that was stored last.
    pub fn revision(&self) -> Result<Option<Revision>> {
        #[derive(Deserialize)]
        struct Row {
            n: Revision,
        }
        let rows: Vec<Row> = self.sql.exec("SELECT n FROM revision WHERE id = 1", None)?.to_array()?;
        Ok(rows.first().map(|row| row.n))
    }

    /// Keeps a revision: in the commit of what it is of, where no `await` stands between.
    pub fn set_revision(&self, revision: Revision) -> Result<()> {
        self.sql.exec("INSERT OR REPLACE INTO revision (id, n) VALUES (1, ?)", vec![revision.number().into()])?;
        Ok(())
    }

    /// Returns the incidents of a target that are open.
    pub fn open_incidents(&self, slug: &str) -> Result<Vec<String>> {
        let query = "SELECT doc FROM incidents WHERE resolved_at IS NULL AND slug = ?";
        Ok(self.read_incidents(query, vec![slug.into()])?.into_iter().map(|incident| incident.summary.id).collect())
    }

    pub fn incident(&self, id: &str) -> Result<Option<Incident>> {
        Ok(self.read_incidents("SELECT doc FROM incidents WHERE id = ?", vec![id.into()])?.into_iter().next())
    }

    pub fn has_incident(&self, id: &str) -> Result<bool> {
        Ok(!self.slugs("SELECT slug FROM incidents WHERE id = ?", vec![id.into()])?.is_empty())
    }

    /// Returns the slugs of all targets that nobody is told of, those that were taken out among them.
    pub fn internal(&self) -> Result<Vec<String>> {
        self.slugs("SELECT slug FROM veils WHERE internal = 1", Vec::new())
    }

    /// Whether nobody is told of a target.
    pub fn is_internal(&self, slug: &str) -> Result<bool> {
        Ok(!self.veil(slug)?.public().target)
    }

    /// Returns what is taken out of what is told of a target.
    pub fn veil(&self, slug: &str) -> Result<Veil> {
        let rows = self.sql.exec("SELECT doc FROM veils WHERE slug = ?", vec![slug.into()])?.to_array::<Doc>()?;
        rows.first().map_or_else(|| Ok(Veil::over_nobody()), |row| read(&row.doc))
    }

    /// Returns the incidents that are open, and those that were resolved since a time, the newest first, at most `n` of
    /// each.
    pub fn current_incidents(&self, reader: Reader, since: Timestamp, n: i32) -> Result<Vec<Incident>> {
        let mut found = self.told(reader, "resolved_at IS NULL", "began DESC LIMIT ?", vec![n.into()])?;
        let recent = vec![since.unix_ms().into(), n.into()];
        found.extend(self.told(reader, "resolved_at >= ?", "began DESC LIMIT ?", recent)?);
        Ok(found)
    }

    /// Returns the incidents that are open, the newest first, at most `n`.
    pub fn all_open(&self, reader: Reader, n: usize) -> Result<Vec<Incident>> {
        let n = i32::try_from(n).unwrap_or(i32::MAX);
        self.told(reader, "resolved_at IS NULL", "began DESC LIMIT ?", vec![n.into()])
    }

    /// Returns the incidents that began before a time, of one target or of all, the newest first, at most `n`.
    pub fn incidents(&self, reader: Reader, slug: Option<&str>, before: Timestamp, n: i32) -> Result<Vec<Incident>> {
        let which = "(?1 IS NULL OR incidents.slug = ?1) AND began < ?2";
        let slug = slug.map_or(SqlStorageValue::Null, SqlStorageValue::from);
        self.told(reader, which, "began DESC, id LIMIT ?3", vec![slug, before.unix_ms().into(), n.into()])
    }

    /// Returns incidents as a reader is told of them.
    fn told(&self, reader: Reader, which: &str, order: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<Incident>> {
        let who = match reader {
            Reader::Everybody => "COALESCE(veils.internal, 0) = 0",
            Reader::Operator => "1 = 1",
        };
        let query = format!(
            "SELECT incidents.doc AS doc, veils.doc AS veil FROM incidents LEFT JOIN veils ON veils.slug = incidents.slug \
             WHERE {which} AND {who} ORDER BY {order}"
        );
        let rows: Vec<IncidentRow> = self.sql.exec(&query, bindings)?.to_array()?;
        let mut incidents = Vec::with_capacity(rows.len());
        for row in rows {
            // One that a version wrote otherwise is left out; its target still has it.
            let Ok(mut incident) = serde_json::from_str::<Incident>(&row.doc) else { continue };
            if reader == Reader::Everybody {
                let veil = row.veil.map_or_else(|| Ok(Veil::over_nobody()), |doc| read::<Veil>(&doc))?;
                incident.veil(&veil);
            }
            incidents.push(incident);
        }
        Ok(incidents)
    }

    /// One that a version wrote otherwise is left out; its target still has it.
    fn read_incidents(&self, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<Incident>> {
        let rows: Vec<Doc> = self.sql.exec(query, bindings)?.to_array()?;
        Ok(rows.iter().filter_map(|row| serde_json::from_str(&row.doc).ok()).collect())
    }

    /// Keeps the report of a target of the configuration.
    pub fn set_report(&self, slug: &str, text: &str) -> Result<()> {
        self.sql.exec("INSERT OR REPLACE INTO reports (slug, doc) VALUES (?, ?)", vec![slug.into(), text.into()])?;
        Ok(())
    }

    /// Returns targets that have not got their plan yet, at most `limit`.
    pub fn without_plan(&self, limit: usize) -> Result<Vec<Target>> {
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        let rows: Vec<Doc> = self
            .sql
            .exec("SELECT doc FROM targets WHERE has_plan = 0 ORDER BY position LIMIT ?", vec![limit.into()])?
            .to_array()?;
        rows.iter().map(|row| read(&row.doc)).collect()
    }

    /// Notes that a target has its plan by `of`, unless another configuration has come meanwhile.
    pub fn has_plan(&self, target: &Target, of: &Stored) -> Result<()> {
        if self.config()?.as_ref() != Some(of) {
            return Ok(());
        }
        self.sql.exec("UPDATE targets SET has_plan = 1 WHERE slug = ?", vec![target.slug.as_str().into()])?;
        Ok(())
    }

    /// Notes that a target has not got its plan. Returns whether it was believed to have it.
    pub fn lacks_plan(&self, slug: &str) -> Result<bool> {
        let had = self.slugs("SELECT slug FROM targets WHERE slug = ? AND has_plan = 1", vec![slug.into()])?;
        if !had.is_empty() {
            self.sql.exec("UPDATE targets SET has_plan = 0 WHERE slug = ?", vec![slug.into()])?;
        }
        Ok(!had.is_empty())
    }

    /// Returns targets that are gone from the configuration and have not been told yet, at most `limit`.
    pub fn stopped(&self, limit: usize) -> Result<Vec<String>> {
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        self.slugs("SELECT slug FROM stopped LIMIT ?", vec![limit.into()])
    }

    pub fn forget_stopped(&self, slug: &str) -> Result<()> {
        self.sql.exec("DELETE FROM stopped WHERE slug = ?", vec![slug.into()])?;
        Ok(())
    }

    fn slugs(&self, query: &str, parameters: Vec<SqlStorageValue>) -> Result<Vec<String>> {
        let rows: Vec<Slug> = self.sql.exec(query, parameters)?.to_array()?;
        Ok(rows.into_iter().map(|row| row.slug).collect())
    }
}
