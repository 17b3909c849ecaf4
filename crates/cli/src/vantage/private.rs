//! Keeps what is on the disk from the other users of the machine: plans hold the credentials of targets.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io,
    path::Path,
};

/// Returns the options of a file that only its owner reads, once it is made.
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates a folder that only its owner enters, and those above it, where there is none.
pub fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Takes a folder from others, and the files in it that are ours, where an earlier version has left them open.
#[cfg(unix)]
pub fn close(folder: &Path, is_ours: impl Fn(&Path) -> bool) -> io::Result<()> {
    restrict(folder, 0o700)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_file() && is_ours(&path) {
            restrict(&path, 0o600)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn restrict(path: &Path, most: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode() & 0o7777;
    if mode & !most == 0 { Ok(()) } else { fs::set_permissions(path, fs::Permissions::from_mode(mode & most)) }
}

/// Elsewhere a folder is of its owner's profile.
#[cfg(not(unix))]
pub fn close(_folder: &Path, _is_ours: impl Fn(&Path) -> bool) -> io::Result<()> {
    Ok(())
}
