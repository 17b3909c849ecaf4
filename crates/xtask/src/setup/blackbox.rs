//! Debian's prometheus-blackbox-exporter, which the benchmarks compare with.

use crate::say;
use crate::workspace::{Workspace, find_program, succeeds};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "prometheus-blackbox-exporter";
const NAMES: [&str; 2] = [PACKAGE, "blackbox_exporter"];

/// Returns the program: an installed one, or the one of the package, unpacked into the target folder. Nothing is
/// installed: the package would start a service that listens on every address.
pub fn blackbox(workspace: &Workspace) -> Option<PathBuf> {
    let dir = workspace.target.join("tools").join(PACKAGE);
    let unpacked = dir.join("usr/bin").join(PACKAGE);
    if let Some(found) = find_program(&NAMES).or_else(|| Some(unpacked.clone()).filter(|path| path.is_file())) {
        return Some(found);
    }
    let apt = find_program(&["apt-get"]).filter(|_| find_program(&["dpkg-deb"]).is_some());
    let fetched = apt.is_some_and(|apt| {
        say(format_args!("getting {PACKAGE} to compare with: apt-get download, unpacked into {}", dir.display()));
        let download = || succeeds(Command::new(&apt).args(["download", PACKAGE]).current_dir(&dir));
        // A fresh machine has no package lists yet.
        fs::create_dir_all(&dir).is_ok() && (download() || (succeeds(Command::new(&apt).arg("update")) && download()))
    });
    let package =
        fetched.then(|| fs::read_dir(&dir).ok()?.flatten().map(|entry| entry.path()).find(|path| is_package(path)));
    if let Some(package) = package.flatten() {
        succeeds(Command::new("dpkg-deb").arg("--extract").arg(package).arg(&dir));
    }
    let found = Some(unpacked).filter(|path| path.is_file());
    if found.is_none() {
        say(format_args!("{PACKAGE} cannot be had here: only our own figures are measured"));
    }
    found
}

fn is_package(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "deb")
}
