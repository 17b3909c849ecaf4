//! The versions of history files out of a clone: every commit that touches one of them.

use super::{file, source::Source};
use dualwatch_core::measure::time::{SECOND, Timestamp};
use gix::{ObjectId, Repository, revision::walk::Sorting, traverse::commit::simple::CommitTimeOrder};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
};

/// Trees of neighbouring commits are deltas of each other.
const CACHE_BYTES: usize = 16 << 20;

/// Returns the repository in a folder, bare or not; `None` where the folder is none. Folders above are not looked at.
pub(crate) fn open(folder: &Path) -> Result<Option<Repository>, gix::Error> {
    let is_repository =
        folder.join(".git").exists() || (folder.join("objects").is_dir() && folder.join("HEAD").is_file());
    if !is_repository {
        return Ok(None);
    }
    let mut repository = gix::open(folder).map_err(gix::Error::from_error)?;
    repository.object_cache_size(CACHE_BYTES);
    Ok(Some(repository))
}

/// Reads the files of the newest commit, and all versions of the history files, oldest first.
pub(crate) fn read(repository: &Repository, source: &mut Source) -> Result<(), gix::Error> {
    if repository.is_shallow()? {
        source.note(".git/shallow", "the clone is shallow: the history before its first commit is not there");
    }
    let head = repository.head_commit()?;
    versions(repository, head.id, source)?;
    let known = source.versions.iter().map(|version| version.slug.clone()).collect();
    files(repository, head.tree_id()?.detach(), "", &known, source)
}

/// A commit is one version of each history file that differs from all its parents.
fn versions(repository: &Repository, head: ObjectId, source: &mut Source) -> Result<(), gix::Error> {
    let walk = repository.rev_walk([head]).sorting(Sorting::ByCommitTime(CommitTimeOrder::NewestFirst)).all()?;
    let mut folders: HashMap<ObjectId, Option<ObjectId>> = HashMap::new();
    let mut found = Vec::new();
    for info in walk {
        let info = info?;
        let Some(own) = history_folder(repository, info.id, &mut folders)? else { continue };
        let mut parents = Vec::new();
        for parent in info.parent_ids() {
            // A parent beyond the end of a shallow clone is no parent.
            if repository.has_object(parent) {
                parents.push(history_folder(repository, parent.detach(), &mut folders)?);
            }
        }
        if parents.contains(&Some(own)) {
            continue;
        }
        let before: Vec<BTreeMap<String, ObjectId>> =
            parents.into_iter().flatten().map(|id| histories(repository, id)).collect::<Result<_, _>>()?;
        let at = Timestamp::from_unix_ms(info.commit_time() * SECOND);
        for (slug, blob) in histories(repository, own)? {
            if before.iter().all(|parent| parent.get(&slug) != Some(&blob)) {
                found.push((info.id, at, slug, blob));
            }
        }
    }
    // The walk goes from the newest to the oldest.
    for (commit, at, slug, blob) in found.into_iter().rev() {
        let text = String::from_utf8_lossy(&repository.find_blob(blob)?.data).into_owned();
        let commit = commit.to_string();
        let file = format!("history/{slug}.yml@{}", &commit[..8]);
        source.read_history(&text, &file, &slug, &commit, Some(at));
    }
    Ok(())
}

/// Returns the tree of `history/` in a commit.
fn history_folder(
    repository: &Repository,
    commit: ObjectId,
    folders: &mut HashMap<ObjectId, Option<ObjectId>>,
) -> Result<Option<ObjectId>, gix::Error> {
    if let Some(folder) = folders.get(&commit) {
        return Ok(*folder);
    }
    let tree = repository.find_commit(commit)?.tree()?;
    let folder = tree.find_entry("history").filter(|entry| entry.mode().is_tree()).map(|entry| entry.object_id());
    folders.insert(commit, folder);
    Ok(folder)
}

/// Returns the history files of a tree by slug.
fn histories(repository: &Repository, folder: ObjectId) -> Result<BTreeMap<String, ObjectId>, gix::Error> {
    let tree = repository.find_tree(folder)?;
    let mut files = BTreeMap::new();
    for entry in tree.iter() {
        let entry = entry?;
        let name = entry.filename().to_string();
        if let (Some(slug), true) = (name.strip_suffix(".yml"), entry.mode().is_blob()) {
            files.insert(slug.to_owned(), entry.object_id());
        }
    }
    Ok(files)
}

/// Reads the files of a tree that say something.
fn files(
    repository: &Repository,
    tree: ObjectId,
    prefix: &str,
    known: &HashSet<String>,
    source: &mut Source,
) -> Result<(), gix::Error> {
    for entry in repository.find_tree(tree)?.iter() {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.filename());
        if entry.mode().is_tree() && (prefix.starts_with("api/") || matches!(&*path, "history" | "api" | "issues")) {
            files(repository, entry.object_id(), &format!("{path}/"), known, source)?;
        } else if entry.mode().is_blob() {
            let text = || -> Result<String, gix::Error> {
                Ok(String::from_utf8_lossy(&repository.find_blob(entry.object_id())?.data).into_owned())
            };
            file::read(source, &path, known, text)?;
        }
    }
    Ok(())
}
