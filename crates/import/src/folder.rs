//! Finds the texts of an Upptime repository in a folder: a clone, or what was extracted from one.

use crate::{Place, Problem, Source, git, read};
use std::{
    collections::HashSet,
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// The extract of a repository's history, beside its files.
pub const VERSIONS: &str = "history-versions.tsv";

/// Why a folder could not be read.
#[derive(Debug)]
pub enum Error {
    File(PathBuf, io::Error),
    Git(PathBuf, gix::Error),
    /// The extract does not begin with the names of its columns.
    Versions(PathBuf, String),
    /// Neither a clone of an Upptime repository nor an extract.
    NothingThere(PathBuf),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "read {}: {error}", path.display()),
            Self::Git(path, error) => write!(f, "read the git history of {}: {error}", path.display()),
            Self::Versions(path, what) => write!(f, "read {}:1:1: {what}", path.display()),
            Self::NothingThere(path) => {
                write!(f, "find `.upptimerc.yml` or `history/` in {}", path.display())
            }
        }
    }
}

impl std::error::Error for Error {}

/// Reads everything in a folder. The versions come from `versions` where it is given, else from [`VERSIONS`] in the
/// folder, else from git, else from the files as they stand.
pub fn open(folder: &Path, versions: Option<&Path>) -> Result<Source, Error> {
    let mut source = Source::default();
    let extract = versions.map(Path::to_owned).or_else(|| Some(folder.join(VERSIONS)).filter(|path| path.is_file()));
    let git_error = |error| Error::Git(folder.to_owned(), error);
    if extract.is_none()
        && let Some(repository) = git::open(folder).map_err(git_error)?
    {
        git::read(&repository, &mut source).map_err(git_error)?;
        return Ok(source);
    }
    if let Some(path) = extract {
        let text = text(&path)?;
        if let Some(what) = read::unreadable_header(&text) {
            return Err(Error::Versions(path, what));
        }
        source.read_versions(&text, &shown(&path));
    }
    let mut files = Vec::new();
    walk(folder, "", &mut files)?;
    let known: HashSet<String> = source.versions.iter().map(|version| version.slug.clone()).collect();
    for (path, file) in files {
        file_of(&mut source, &file, &known, || text(&path))?;
    }
    if source.configuration.is_none() && source.versions.is_empty() && source.problems.is_empty() {
        return Err(Error::NothingThere(folder.to_owned()));
    }
    Ok(source)
}

/// Reads one file of a repository, if it is one that says something; `file` is its path in the repository. Histories
/// of sites that are known already are not read again.
pub(crate) fn file_of<E>(
    source: &mut Source,
    file: &str,
    known: &HashSet<String>,
    text: impl FnOnce() -> Result<String, E>,
) -> Result<(), E> {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let has_extension = |extension: &str| name.rsplit_once('.').is_some_and(|(_, e)| e == extension);
    match folder {
        "" if is_configuration(name) => source.configuration = Some((file.to_owned(), text()?)),
        "history" if has_extension("yml") => {
            let (slug, commit) = slug_and_commit(name);
            if !known.contains(slug) {
                source.read_history(&text()?, file, slug, commit, None);
            }
        }
        "history" if name.starts_with("summary.") && has_extension("json") => source.read_summary(&text()?, file),
        "issues" if has_extension("jsonl") => source.read_issues(&text()?, file),
        _ if file.starts_with("api/") && has_extension("json") => source.read_badge(&text()?, file),
        _ => {}
    }
    Ok(())
}

fn is_configuration(name: &str) -> bool {
    let name = name.trim_start_matches('.');
    let Some(rest) = name.strip_prefix("upptimerc.") else { return false };
    matches!(rest.rsplit('.').next(), Some("yml" | "yaml"))
}

/// `shop.yml`, or `shop.{commit}.yml` of a single version that was saved.
fn slug_and_commit(name: &str) -> (&str, &str) {
    let stem = name.strip_suffix(".yml").unwrap_or(name);
    match stem.rsplit_once('.') {
        Some((slug, commit)) if commit.len() >= 7 && commit.bytes().all(|b| b.is_ascii_hexdigit()) => (slug, commit),
        _ => (stem, ""),
    }
}

/// Returns the files in a stable order, with their paths below the folder.
fn walk(folder: &Path, prefix: &str, files: &mut Vec<(PathBuf, String)>) -> Result<(), Error> {
    let failed = |error| Error::File(folder.to_owned(), error);
    let mut entries: Vec<_> = fs::read_dir(folder).map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        // Not below links: they may lead in a circle.
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        if !is_folder {
            files.push((path, format!("{prefix}{name}")));
        } else if prefix.starts_with("api/") || (prefix.is_empty() && matches!(&*name, "history" | "api" | "issues")) {
            walk(&path, &format!("{prefix}{name}/"), files)?;
        }
    }
    Ok(())
}

fn text(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|error| Error::File(path.to_owned(), error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn shown(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

impl Source {
    /// Notes something about the whole history.
    pub(crate) fn note(&mut self, file: &str, what: impl Into<String>) {
        self.problems.push(Problem { at: Place { file: file.into(), line: 1 }, what: what.into() });
    }
}
