//! Keeps what is stored from the other users of the machine: it holds passwords of targets and secrets of webhooks.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Their owner alone reads, writes and enters folders, and reads and writes files.
const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;
/// What a mask takes from what a program makes, so that this is left.
const MASK: &str = "077";

/// Creates a folder, and those above it, where there is none.
pub fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// Creates a file, or opens the one that is there without touching what is in it.
pub fn open_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(FILE).open(path)
}

/// Writes a file whole.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let file = open_file(path)?;
    restrict(path, FILE)?;
    file.set_len(0)?;
    io::Write::write_all(&mut &file, text.as_bytes())
}

/// Takes a folder from others, and with it these folders inside as they are filled, and these files, where an earlier
/// version has left them open. What else is in it may be anybody's, and is behind a closed door. Fails with the path that
/// stays open.
pub fn close(folder: &Path, filled: &[PathBuf], files: &[PathBuf]) -> Result<(), (PathBuf, io::Error)> {
    let restrict = |path: &Path, most| restrict(path, most).map_err(|error| (path.to_owned(), error));
    restrict(folder, FOLDER)?;
    files.iter().try_for_each(|file| restrict(file, FILE))?;
    filled.iter().try_for_each(|folder| close_filled(folder))
}

/// Links are not followed.
fn close_filled(folder: &Path) -> Result<(), (PathBuf, io::Error)> {
    let at = |error| (folder.to_owned(), error);
    restrict(folder, FOLDER).map_err(at)?;
    for entry in fs::read_dir(folder).map_err(at)? {
        let path = entry.map_err(at)?.path();
        let result = fs::symlink_metadata(&path).map(|found| found.file_type());
        match result {
            Ok(kind) if kind.is_dir() => close_filled(&path)?,
            Ok(kind) if kind.is_file() => restrict(&path, FILE).map_err(|error| (path, error))?,
            Ok(_) => {}
            Err(error) => return Err((path, error)),
        }
    }
    Ok(())
}

/// Takes from others what they may do, and leaves to the owner what they may.
fn restrict(path: &Path, most: u32) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode() & 0o7777;
    if mode & !most == 0 { Ok(()) } else { fs::set_permissions(path, Permissions::from_mode(mode & most)) }
}

/// Returns a command that runs `program` so that nobody else may read what it creates.
///
/// POSIX's shell sets the mask and becomes the program: setting it here would be for all threads of ours.
pub fn command(program: &Path) -> Command {
    let mut command = crate::process::tied_command(Path::new("/bin/sh"));
    command.args(["-c", &format!("umask {MASK} && exec \"$0\" \"$@\"")]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_folder_of_before_is_closed_with_what_is_ours_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let outside = dir.path().join("outside");
        fs::create_dir_all(data.join("objects/worker")).unwrap();
        for (path, mode) in [("theirs", 0o644), ("objects/b", 0o666), ("objects/worker/c", 0o400)] {
            fs::write(data.join(path), "").unwrap();
            fs::set_permissions(data.join(path), Permissions::from_mode(mode)).unwrap();
        }
        fs::write(&outside, "").unwrap();
        fs::set_permissions(&outside, Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&outside, data.join("objects/link")).unwrap();
        std::os::unix::fs::symlink(dir.path(), data.join("objects/up")).unwrap();
        fs::write(data.join("lock"), "").unwrap();
        fs::set_permissions(data.join("lock"), Permissions::from_mode(0o664)).unwrap();
        close(&data, &[data.join("objects")], &[data.join("lock")]).unwrap();
        assert_eq!(mode(&data.join("lock")), FILE);
        for folder in ["", "objects", "objects/worker"] {
            assert_eq!(mode(&data.join(folder)), FOLDER, "{folder}");
        }
        for (file, expected) in [("theirs", 0o644), ("objects/b", 0o600), ("objects/worker/c", 0o400)] {
            assert_eq!(mode(&data.join(file)), expected, "{file}");
        }
        assert_eq!(mode(&outside), 0o644, "what a link leads to is not ours");
    }

    /// Promise (Storage): A file is closed to others before anything is in it.
    #[test]
    fn what_is_written_is_closed_before_anything_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/file");
        create_folder(path.parent().unwrap()).unwrap();
        assert_eq!((mode(&dir.path().join("a")), mode(path.parent().unwrap())), (FOLDER, FOLDER));
        write(&path, "first and long").unwrap();
        assert_eq!(mode(&path), FILE);
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        write(&path, "second").unwrap();
        assert_eq!((mode(&path), fs::read_to_string(&path).unwrap().as_str()), (FILE, "second"));
        drop(open_file(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
    }

    #[test]
    fn a_program_makes_what_nobody_else_reads() {
        let dir = tempfile::tempdir().unwrap();
        let status = command(Path::new("/bin/sh"))
            .args(["-c", "mkdir \"$1\" && : > \"$1/file\"", "sh"])
            .arg(dir.path().join("folder with spaces"))
            .status()
            .unwrap();
        assert!(status.success());
        let folder = dir.path().join("folder with spaces");
        assert_eq!((mode(&folder), mode(&folder.join("file"))), (FOLDER, FILE));
    }
}
