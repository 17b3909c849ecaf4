//! A disk of a few megabytes, which a test fills, frees, and spoils. Inside of a namespace with mounts of its own.

use dualwatch_wire::object;
use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

/// Takes what is free.
const FILLING: &str = "filling";

/// A file system in memory; dropping it takes it away.
pub struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    /// Mounts one of so many megabytes.
    ///
    /// # Panics
    /// Where nothing may be mounted: ask [`is_inside_with_mounts`](crate::namespace::is_inside_with_mounts) before.
    pub fn new(megabytes: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        mount(&["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"], folder.path());
        Self { folder }
    }

    /// Where the data folder is.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Writes until nothing more is taken.
    pub fn fill(&self) {
        let path = self.folder.path().join(FILLING);
        let mut file = File::options().create(true).append(true).open(path).expect("a file");
        for n_bytes in [64 * 1_024, 4 * 1_024, 1] {
            let block = vec![b'x'; n_bytes];
            while file.write(&block).is_ok_and(|n| n > 0) {}
        }
    }

    /// Gives back what was filled.
    pub fn free(&self) {
        fs::remove_file(self.folder.path().join(FILLING)).expect("removed");
    }

    /// Makes it so that it can only be read.
    pub fn make_read_only(&self) {
        mount(&["-o", "remount,ro"], self.folder.path());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Whoever still has a file open there keeps it, and the namespace is about to vanish anyway.
        let _ = Command::new("umount").arg("--lazy").arg(self.folder.path()).status();
    }
}

fn mount(arguments: &[&str], at: &Path) {
    let out = Command::new("mount").args(arguments).arg(at).output().expect("`mount` runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
}

/// The database of an object in a data folder.
pub fn file(data: &Path, class: &str, name: &str) -> PathBuf {
    data.join(object::STORES[0]).join(object::file(class, name))
}

/// Removes a database with what is beside it.
pub fn lose(file: &Path) {
    fs::remove_file(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    lose_beside(file);
}

/// Replaces a database by something that is none; its mode stays as it is.
pub fn spoil(file: &Path) {
    assert!(file.exists(), "{}", file.display());
    lose_beside(file);
    fs::write(file, "this is no database\n".repeat(500)).expect("written");
}

fn lose_beside(file: &Path) {
    for ending in ["-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        // There need not be any.
        let _ = fs::remove_file(&path);
    }
}
