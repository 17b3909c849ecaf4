//! Finds the texts of an Upptime repository in a folder: a clone, or what was extracted from one.

use super::{file, git, source::Source, versions};
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
        if let Some(what) = versions::unreadable_header(&text) {
            return Err(Error::Versions(path, what));
        }
        source.read_versions(&text, &shown(&path));
    }
    let mut files = Vec::new();
    walk(folder, "", &mut files)?;
    let known: HashSet<String> = source.versions.iter().map(|version| version.slug.clone()).collect();
    for (path, path_in_it) in files {
        file::read(&mut source, &path_in_it, &known, || text(&path))?;
    }
    if source.configuration.is_none() && source.versions.is_empty() && source.problems.is_empty() {
        return Err(Error::NothingThere(folder.to_owned()));
    }
    Ok(source)
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
