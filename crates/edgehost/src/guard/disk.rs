//! The disk itself: how much is free, whether it takes a write, and the reserve.

use crate::private;
use dualwatch_core::remember::storage::{LOW_BYTES, RESERVE_BYTES, RESERVE_BYTES_EACH, Seen, Trouble};
use dualwatch_wire::object;
use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// A file that is written anew to find out whether one can be.
const TRIED: &str = "tried";
/// Larger than what a file system keeps beside the name of a file.
const TRIED_BYTES: usize = 16 * 1024;
/// At most this part of a small disk is held back.
const RESERVE_PART: u64 = 8;

/// The folder of the objects, and the disk that it is on.
pub struct Disk {
    folder: PathBuf,
}

/// What was seen, and what the system says of it.
pub struct Look {
    pub seen: Seen,
    pub why: String,
}

impl Disk {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Looks how much is free, and with `writes` whether a file can be written.
    pub fn look(&self, writes: bool) -> Look {
        let written = writes.then(|| self.write());
        let (free_bytes, all_bytes) = match rustix::fs::statvfs(&self.folder) {
            Ok(found) => (found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize),
            // Not known; writing will tell.
            Err(_) => (u64::MAX, u64::MAX),
        };
        let lacking_bytes = self.wanted_bytes(all_bytes).saturating_sub(self.reserved_bytes());
        let why = match &written {
            Some(Err(error)) => error.to_string(),
            _ => format!("{} kB are free", free_bytes / 1_024),
        };
        let written = written.map(|result| result.map_err(|error| trouble(&error)));
        Look { seen: Seen { free_bytes, lacking_bytes, written }, why }
    }

    /// Makes room before anything is started on a disk that is full already.
    pub fn make_room(&self) {
        if self.look(false).seen.free_bytes < LOW_BYTES {
            self.give_up_reserve();
        }
    }

    /// Frees what was held back. Where that fails there is nothing else to be done.
    pub fn give_up_reserve(&self) {
        let _ = fs::remove_file(self.reserve());
    }

    /// Makes the reserve whole, unless too little would be left then; it is tried again.
    pub fn make_reserve(&self) {
        let lacking = self.look(false).seen;
        if lacking.free_bytes < 2 * LOW_BYTES + lacking.lacking_bytes {
            return;
        }
        if self.fill_reserve(lacking.lacking_bytes).is_err() {
            self.give_up_reserve();
        }
    }

    /// Not of zeros: some file systems store those as nothing.
    fn fill_reserve(&self, n_bytes: u64) -> io::Result<()> {
        let path = self.reserve();
        drop(private::open_file(&path)?);
        let mut file = File::options().append(true).open(&path)?;
        // Marsaglia's xorshift64.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut block = vec![0; 64 * 1_024];
        let mut n_left = n_bytes;
        while n_left > 0 {
            for chunk in block.chunks_mut(8) {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                chunk.copy_from_slice(&state.to_ne_bytes()[..chunk.len()]);
            }
            let n = block.len().min(usize::try_from(n_left).unwrap_or(usize::MAX));
            file.write_all(&block[..n])?;
            n_left -= n as u64;
        }
        file.sync_data()
    }

    fn write(&self) -> io::Result<()> {
        let mut file = private::open_file(&self.folder.join(TRIED))?;
        // What is there already would be taken also by a disk that is full.
        file.set_len(0)?;
        file.write_all(&[0x5a; TRIED_BYTES])?;
        file.sync_data()
    }

    fn reserve(&self) -> PathBuf {
        self.folder.join(object::RESERVE)
    }

    fn reserved_bytes(&self) -> u64 {
        fs::metadata(self.reserve()).map_or(0, |found| found.len())
    }

    fn wanted_bytes(&self, all_bytes: u64) -> u64 {
        (RESERVE_BYTES + RESERVE_BYTES_EACH * self.n_objects()).min(all_bytes / RESERVE_PART)
    }

    fn n_objects(&self) -> u64 {
        let is_object = |path: PathBuf| path.to_string_lossy().ends_with(object::ENDING);
        let of = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
        let classes = of(self.folder.clone());
        classes.flat_map(|class| of(class.path())).filter(|file| is_object(file.path())).count() as u64
    }
}

/// Returns what an error of a write means.
fn trouble(error: &io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Trouble::Full,
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Trouble::ReadOnly,
        _ => Trouble::Failing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart() {
        // POSIX numbers, the same on Linux and macOS: ENOSPC, EROFS, EACCES, EIO.
        for (number, expected) in
            [(28, Trouble::Full), (30, Trouble::ReadOnly), (13, Trouble::ReadOnly), (5, Trouble::Failing)]
        {
            assert_eq!(trouble(&io::Error::from_raw_os_error(number)), expected, "{number}");
        }
    }

    #[test]
    fn the_reserve_grows_with_the_objects_and_is_given_up_whole() {
        let dir = tempfile::tempdir().unwrap();
        let disk = Disk::new(dir.path().to_owned());
        let lacking = || disk.look(false).seen.lacking_bytes;
        assert_eq!(lacking(), RESERVE_BYTES);
        disk.make_reserve();
        assert_eq!((lacking(), disk.reserved_bytes()), (0, RESERVE_BYTES));
        fs::create_dir(dir.path().join("class")).unwrap();
        for name in ["a.sqlite", "b.sqlite", "b.sqlite-wal"] {
            fs::write(dir.path().join("class").join(name), "").unwrap();
        }
        assert_eq!(lacking(), 2 * RESERVE_BYTES_EACH);
        disk.make_reserve();
        assert_eq!(disk.reserved_bytes(), RESERVE_BYTES + 2 * RESERVE_BYTES_EACH);
        disk.make_room();
        assert_eq!(lacking(), 0, "there is room");
        disk.give_up_reserve();
        disk.give_up_reserve();
        assert_eq!(disk.reserved_bytes(), 0);
    }
}
