//! What is in a data folder, and on what it is.

use super::database::{self, State};
use anyhow::{Context as _, Result, bail};
use dualwatch_wire::object::{self, STORES};
use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// The file that a running worker holds a lock on.
const LOCK: &str = "lock";
/// workerd's own index of alarms, in every folder of a class.
const INDEX: &str = "metadata.sqlite";

/// What was found. Paths are below `data`, but for that itself.
#[derive(Debug)]
pub struct Folder {
    pub data: PathBuf,
    pub is_in_use: bool,
    pub disk: Disk,
    pub databases: Vec<Database>,
    /// Logs of changes and the like whose database is not there.
    pub strays: Vec<PathBuf>,
    /// What others may read, with its mode.
    pub open: Vec<(PathBuf, u32)>,
    /// What its own owner may not write.
    pub closed: Vec<PathBuf>,
    /// What belongs to somebody else than the folder does.
    pub foreign: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug)]
pub struct Disk {
    pub free_bytes: u64,
    /// How many more files there may be; `None` where the file system does not count them.
    pub free_files: Option<u64>,
    pub is_read_only: bool,
}

/// What a database is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Target,
    Directory,
    /// workerd's own: indexes of alarms, and the clock that wakes the worker.
    Own,
}

#[derive(Debug)]
pub struct Database {
    pub path: PathBuf,
    pub kind: Kind,
    /// How much is in the log of changes beside it, in bytes.
    pub log_bytes: u64,
    pub state: State,
}

impl Folder {
    /// Looks at everything; nothing is changed.
    pub fn read(data: &Path) -> Result<Self> {
        let data = data.canonicalize()?;
        if !data.join(STORES[0]).is_dir() {
            bail!("it is no data folder: it holds no `{}`", STORES[0]);
        }
        let found = rustix::fs::statvfs(data.join(STORES[0])).map_err(io::Error::from)?;
        let disk = Disk {
            free_bytes: found.f_bavail * found.f_frsize,
            free_files: (found.f_files > 0).then_some(found.f_favail),
            is_read_only: found.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
        };
        let is_in_use = is_in_use(&data.join(LOCK))?;
        let mut folder = Self {
            data,
            is_in_use,
            disk,
            databases: Vec::new(),
            strays: Vec::new(),
            open: Vec::new(),
            closed: Vec::new(),
            foreign: Vec::new(),
        };
        if !is_in_use {
            folder.walk()?;
        }
        Ok(folder)
    }

    /// How many targets there are files of, or a configuration for.
    pub fn n_targets(&self) -> usize {
        let files = self.databases.iter().filter(|database| database.kind == Kind::Target).count();
        let configured = self.directory().map_or(0, |content| content.targets.len());
        files.max(configured)
    }

    /// Returns what the directory says, where it can be read.
    pub fn directory(&self) -> Option<&database::Content> {
        self.databases.iter().find_map(|database| match &database.state {
            State::Whole(content) if database.kind == Kind::Directory => Some(content),
            _ => None,
        })
    }

    fn walk(&mut self) -> Result<()> {
        let owner = fs::metadata(&self.data)?.uid();
        let mut left: Vec<PathBuf> = STORES.map(|store| self.data.join(store)).into();
        self.look_at(&self.data.clone(), owner)?;
        while let Some(folder) = left.pop() {
            self.look_at(&folder, owner)?;
            let entries = fs::read_dir(&folder).with_context(|| format!("failed to read {}", folder.display()))?;
            let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
            paths.sort();
            for path in paths {
                let kind = fs::symlink_metadata(&path)?.file_type();
                if kind.is_dir() {
                    left.push(path);
                } else if kind.is_file() {
                    self.look_at(&path, owner)?;
                    self.take(&path);
                }
            }
        }
        Ok(())
    }

    fn look_at(&mut self, path: &Path, owner: u32) -> Result<()> {
        let found = fs::metadata(path).with_context(|| format!("failed to look at {}", path.display()))?;
        let mode = found.permissions().mode() & 0o7777;
        let below = self.below(path);
        if mode & 0o077 != 0 {
            self.open.push((below.clone(), mode));
        }
        if mode & 0o200 == 0 {
            self.closed.push(below.clone());
        }
        if found.uid() != owner {
            self.foreign.push(below);
        }
        Ok(())
    }

    fn take(&mut self, path: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for ending in ["-wal", "-shm"] {
            if let Some(of) = name.strip_suffix(ending).filter(|of| of.ends_with(object::ENDING))
                && !path.with_file_name(of).exists()
            {
                self.strays.push(self.below(path));
            }
        }
        if !name.ends_with(object::ENDING) {
            return;
        }
        let below = self.below(path);
        let class = below.parent().and_then(Path::file_name).unwrap_or_default();
        let kind = match class.to_str() {
            _ if name == INDEX => Kind::Own,
            Some(object::TARGETS) => Kind::Target,
            Some(object::DIRECTORY) => Kind::Directory,
            _ => Kind::Own,
        };
        let log_bytes = fs::metadata(beside(path, "-wal")).map_or(0, |found| found.len());
        self.databases.push(Database { path: below, kind, log_bytes, state: database::read(path) });
    }

    fn below(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.data).unwrap_or(path).to_owned()
    }
}

/// Returns the path of a file beside a database, such as its `-wal`.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn is_in_use(lock: &Path) -> Result<bool> {
    let file = match File::open(lock) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("failed to open {}", lock.display())),
    };
    match file.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error).context("failed to ask whether it is in use"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_none_and_one_in_use_are_told() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Folder::read(dir.path()).unwrap_err().to_string().contains("no data folder"));
        assert!(Folder::read(&dir.path().join("none")).is_err());
        fs::create_dir_all(dir.path().join("objects")).unwrap();
        fs::create_dir_all(dir.path().join("cron")).unwrap();
        assert!(!Folder::read(dir.path()).unwrap().is_in_use);
        let lock = File::create(dir.path().join(LOCK)).unwrap();
        lock.try_lock().unwrap();
        assert!(Folder::read(dir.path()).unwrap().is_in_use);
    }

    #[test]
    fn modes_strays_and_kinds_are_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let targets = dir.path().join("objects").join(object::TARGETS);
        fs::create_dir_all(&targets).unwrap();
        fs::create_dir_all(dir.path().join("cron")).unwrap();
        for (name, mode) in [("a.sqlite", 0o644), ("metadata.sqlite", 0o400), ("b.sqlite-wal", 0o600)] {
            fs::write(targets.join(name), "").unwrap();
            fs::set_permissions(targets.join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        let folder = Folder::read(dir.path()).unwrap();
        let below = |name: &str| Path::new("objects").join(object::TARGETS).join(name);
        assert!(folder.open.contains(&(below("a.sqlite"), 0o644)), "{:?}", folder.open);
        assert_eq!(folder.closed, [below("metadata.sqlite")]);
        assert_eq!(folder.strays, [below("b.sqlite-wal")]);
        let kinds: Vec<_> = folder.databases.iter().map(|d| (d.path.clone(), d.kind, &d.state)).collect();
        assert_eq!(
            kinds,
            [(below("a.sqlite"), Kind::Target, &State::Empty), (below("metadata.sqlite"), Kind::Own, &State::Empty)]
        );
    }
}
