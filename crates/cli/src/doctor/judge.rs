//! What is wrong with a data folder, what is lost by it, and what to do: from what was found there.

use super::{
    database::{Content, State},
    look::{Database, Folder, Kind},
};
use dualwatch_core::{
    measure::time::{SECOND, Timestamp},
    remember::storage::LOW_BYTES,
};
use dualwatch_wire::{
    object::{self, STORES},
    v1::incident,
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something is lost, or will be, or does not work.
    Trouble,
    /// It is as it should not be, and mends itself or harms nobody.
    Note,
}

/// One thing that was found. `code` is stable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    pub code: &'static str,
    /// Below the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    pub what: String,
    /// What is lost by it, if anything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
    pub advice: String,
}

impl Finding {
    fn new(severity: Severity, code: &'static str, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { severity, code, path: None, target: None, what: what.into(), lost: None, advice: advice.into() }
    }

    fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    fn of(mut self, target: Option<&str>) -> Self {
        self.target = target.map(str::to_owned);
        self
    }

    fn losing(mut self, lost: impl Into<String>) -> Self {
        self.lost = Some(lost.into());
        self
    }

    pub fn is_trouble(&self) -> bool {
        self.severity == Severity::Trouble
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_trouble() { "trouble: " } else { "note: " })?;
        if let Some(target) = &self.target {
            write!(f, "{target}: ")?;
        }
        f.write_str(&self.what)?;
        if let Some(path) = &self.path {
            write!(f, "\n  file: {}", path.display())?;
        }
        if let Some(lost) = &self.lost {
            write!(f, "\n  lost: {lost}")?;
        }
        write!(f, "\n  to do: {}", self.advice)
    }
}

/// Returns what is to be said of a folder, trouble first.
pub fn judge(folder: &Folder) -> Vec<Finding> {
    let mut findings = disk(folder);
    findings.extend(permissions(folder));
    let owners = owners(folder);
    for database in &folder.databases {
        findings.extend(damage(database, &owners));
    }
    findings.extend(directory(folder));
    findings.extend(targets(folder, &owners));
    findings.extend(folder.strays.iter().map(|path| {
        let what = "the changes of a database that is not there itself";
        Finding::new(Severity::Trouble, "stray", what, "look for the database of that name; else remove this file")
            .at(path)
    }));
    let n_logs = folder.databases.iter().filter(|database| database.log_bytes > 0).count();
    if n_logs > 0 {
        let what = format!(
            "{n_logs} databases have a log of changes beside them (-wal): the worker was not stopped, it ended"
        );
        let advice = "nothing: the next start takes them in; a copy of the folder needs them";
        findings.push(Finding::new(Severity::Note, "logs", what, advice));
    }
    findings.sort_by_key(|finding| finding.severity);
    findings
}

fn disk(folder: &Folder) -> Vec<Finding> {
    let disk = &folder.disk;
    let mut findings = Vec::new();
    if disk.is_read_only {
        let what = "the disk is mounted so that it can only be read";
        let advice =
            "mount it for writing; where the system has done that by itself, look at its log and check the disk";
        findings.push(Finding::new(Severity::Trouble, "read_only", what, advice));
    }
    if disk.free_bytes < 2 * LOW_BYTES {
        let what = format!("the disk is full: {} kB are free", disk.free_bytes / 1024);
        let advice = "make room; until then rounds are measured and not stored";
        findings.push(Finding::new(Severity::Trouble, "full", what, advice));
    }
    if disk.free_files == Some(0) {
        let what = "the file system takes no more files, whatever space it has (it is out of inodes)";
        findings.push(Finding::new(Severity::Trouble, "no_inodes", what, "remove files that nobody needs"));
    }
    findings
}

fn permissions(folder: &Folder) -> Vec<Finding> {
    let named = |paths: &[PathBuf]| {
        let first = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
        let first = if first.is_empty() { ".".to_owned() } else { first };
        if paths.len() > 1 { format!("{first} and {} more", paths.len() - 1) } else { first }
    };
    let mut findings = Vec::new();
    if let Some((_, mode)) = folder.open.first() {
        let paths: Vec<PathBuf> = folder.open.iter().map(|(path, _)| path.clone()).collect();
        let what = format!("others may read what is stored, credentials included: {} (mode {mode:04o})", named(&paths));
        let advice = format!("the next start closes it; now: chmod -R go-rwx {}", folder.data.display());
        findings.push(Finding::new(Severity::Trouble, "open", what, advice));
    }
    if !folder.closed.is_empty() {
        let what = format!("its own owner may not write {}", named(&folder.closed));
        let advice = format!("chmod -R u+rwX {}", folder.data.display());
        findings.push(Finding::new(Severity::Trouble, "not_writable", what, advice));
    }
    if !folder.foreign.is_empty() {
        let what = format!("{} belongs to another user than the folder", named(&folder.foreign));
        findings.push(Finding::new(Severity::Trouble, "foreign", what, "chown it to the user who runs the worker"));
    }
    findings
}

/// Returns whose each database is, by its path.
fn owners(folder: &Folder) -> BTreeMap<PathBuf, String> {
    let mut owners = BTreeMap::new();
    let path = |slug: &str| Path::new(STORES[0]).join(object::file(object::TARGETS, slug));
    if let Some(directory) = folder.directory() {
        let listed = directory.listed.iter().map(|listed| &listed.slug);
        owners.extend(directory.targets.iter().chain(listed).map(|slug| (path(slug), slug.clone())));
    }
    // One that says itself whose it is.
    for database in folder.databases.iter().filter(|database| database.kind == Kind::Target) {
        if let State::Whole(Content { slug: Some(slug), .. }) = &database.state {
            owners.entry(database.path.clone()).or_insert_with(|| slug.clone());
        }
    }
    owners
}

fn damage(database: &Database, owners: &BTreeMap<PathBuf, String>) -> Option<Finding> {
    let slug = owners.get(&database.path).map(String::as_str);
    let what = match &database.state {
        State::Whole(_) => return None,
        // workerd makes its own anew.
        State::Empty if database.kind == Kind::Own => return None,
        State::Empty => "its database is empty".to_owned(),
        State::Damaged(why) => format!("its database cannot be used: {why}"),
    };
    let (lost, advice) = match database.kind {
        Kind::Target => (
            "rounds, history and reports of incidents of this target; the directory keeps the list of its incidents",
            "put back this file, with its -wal, from a backup; or move both away: the next start begins anew, and closes the \
             incident that was open",
        ),
        Kind::Directory => (
            "incidents of targets that were taken out of the configuration; the others are told again by their targets",
            "put back this file, with its -wal, from a backup; or move both away: the next start hands in the configuration, \
             and the targets tell what they have",
        ),
        Kind::Own => ("nothing: alarms are set again", "move it away, with its -wal"),
    };
    let what = match (database.kind, slug) {
        (Kind::Target, None) => format!("{what} (a target that nobody knows any more)"),
        (Kind::Directory, _) => what.replacen("its", "the directory's", 1),
        (Kind::Own, _) => what.replacen("its", "workerd's own", 1),
        _ => what,
    };
    Some(Finding::new(Severity::Trouble, "damaged", what, advice).at(&database.path).of(slug).losing(lost))
}

fn directory(folder: &Folder) -> Option<Finding> {
    let is_there = folder.databases.iter().any(|database| database.kind == Kind::Directory);
    let has_targets = folder.databases.iter().any(|database| database.kind == Kind::Target);
    if is_there || !has_targets {
        return None;
    }
    let path = Path::new(STORES[0]).join(object::file(object::DIRECTORY, object::DIRECTORY_NAME));
    let what = "the directory's database is not there";
    let advice =
        "put it back from a backup; or start: the configuration is handed in, and the targets tell what they have";
    let lost = "incidents of targets that were taken out of the configuration";
    Some(Finding::new(Severity::Trouble, "directory_lost", what, advice).at(&path).losing(lost))
}

/// Targets without their database, incidents that their target has lost, and databases that nobody names.
fn targets(folder: &Folder, owners: &BTreeMap<PathBuf, String>) -> Vec<Finding> {
    let Some(directory) = folder.directory() else { return Vec::new() };
    let files: BTreeMap<&Path, &Database> = (folder.databases.iter())
        .filter(|database| database.kind == Kind::Target)
        .map(|database| (database.path.as_path(), database))
        .collect();
    let mut findings = Vec::new();
    let is_listed = |slug: &str| directory.listed.iter().any(|listed| listed.slug == slug);
    for (path, slug) in owners {
        match files.get(path.as_path()).map(|database| &database.state) {
            None if is_listed(slug) => {
                let what = "its database is not there, though the directory lists incidents of it";
                let advice =
                    "put it back from a backup; or start: it begins anew, and the incident that was open is closed";
                let lost = "rounds, history and reports of incidents of this target";
                let finding = Finding::new(Severity::Trouble, "target_lost", what, advice);
                findings.push(finding.at(path).of(Some(slug)).losing(lost));
            }
            None => {
                let what = "it has no database: it was never measured, or all that was stored is lost";
                findings.push(
                    Finding::new(Severity::Note, "target_new", what, "nothing: the next start makes it").of(Some(slug)),
                );
            }
            Some(State::Whole(content)) => findings.extend(lost_incidents(slug, directory, content)),
            Some(State::Empty | State::Damaged(_)) => {}
        }
    }
    let known: BTreeSet<&str> = directory
        .targets
        .iter()
        .chain(directory.listed.iter().map(|listed| &listed.slug))
        .map(String::as_str)
        .collect();
    for (path, database) in files {
        let slug = owners.get(path).map(String::as_str);
        if slug.is_some_and(|slug| known.contains(slug)) || !matches!(database.state, State::Whole(_)) {
            continue;
        }
        let what =
            "a database that the directory knows nothing of: its target was taken out, or is one of another folder";
        let advice = "name the target in the configuration to see it again; or remove the file";
        findings.push(Finding::new(Severity::Note, "orphan", what, advice).at(path).of(slug));
    }
    findings
}

/// The incidents that are open in the directory and that their target knows nothing of.
fn lost_incidents(slug: &str, directory: &Content, own: &Content) -> Vec<Finding> {
    let is_known = |id: &str| {
        let second = incident::began_of(id).map_or(i64::MIN, Timestamp::unix_ms);
        own.incidents_ms.iter().any(|ms| (0..SECOND).contains(&(ms - second)))
    };
    let open = directory.listed.iter().filter(|listed| listed.slug == slug && listed.is_open);
    open.filter(|listed| !is_known(&listed.id))
        .map(|listed| {
            let what =
                format!("the incident {} is open in the directory, and its target knows nothing of it", listed.id);
            let advice = "nothing: the next start closes it, and says that its history was lost";
            Finding::new(Severity::Trouble, "incident_lost", what, advice)
                .of(Some(slug))
                .losing("the report of that incident")
        })
        .collect()
}

#[cfg(test)]
mod tests;
