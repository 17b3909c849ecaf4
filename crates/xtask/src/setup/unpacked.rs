//! Programs of Debian that are compared with or asked, unpacked into the target folder.

use crate::say;
use crate::workspace::{Workspace, find_program, succeeds};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package whose programs are run and that is not installed: it would start a service that listens on every address.
#[derive(Debug)]
pub struct Unpacked {
    pub package: &'static str,
    /// Any of these names is the program; the first is its name in the package.
    pub names: &'static [&'static str],
    /// Why it is wanted, for the line that says that it is being got.
    pub purpose: &'static str,
}

/// What the benchmarks, and tests of our exporter, compare with.
pub const BLACKBOX: Unpacked = Unpacked {
    package: "prometheus-blackbox-exporter",
    names: &["prometheus-blackbox-exporter", "blackbox_exporter"],
    purpose: "to compare with",
};

/// What reads our metrics; `promtool`, which checks them and the rules, is in the same package.
pub const PROMETHEUS: Unpacked =
    Unpacked { package: "prometheus", names: &["prometheus"], purpose: "to read our metrics" };

pub const PROMTOOL: Unpacked = Unpacked { names: &["promtool"], ..PROMETHEUS };

/// What stands in front of the worker in tests, as with operators.
pub const NGINX: Unpacked =
    Unpacked { package: "nginx", names: &["nginx"], purpose: "to stand in front of the worker" };

pub const CADDY: Unpacked = Unpacked { package: "caddy", names: &["caddy"], ..NGINX };

impl Unpacked {
    /// Returns the program: an installed one, or the one of the package, unpacked.
    pub fn get(&self, workspace: &Workspace) -> Option<PathBuf> {
        let Self { package, names, purpose } = *self;
        let dir = workspace.target.join("tools").join(package);
        let unpacked =
            || ["usr/bin", "usr/sbin"].map(|bin| dir.join(bin).join(names[0])).into_iter().find(|path| path.is_file());
        if let Some(found) = find_program(names).or_else(unpacked) {
            return Some(found);
        }
        let apt = find_program(&["apt-get"]).filter(|_| find_program(&["dpkg-deb"]).is_some());
        let fetched = apt.is_some_and(|apt| {
            say(format_args!("getting {package} {purpose}: apt-get download, unpacked into {}", dir.display()));
            let download = || succeeds(Command::new(&apt).args(["download", package]).current_dir(&dir));
            // A fresh machine has no package lists yet.
            let has_lists = || download() || (succeeds(Command::new(&apt).arg("update")) && download());
            fs::create_dir_all(&dir).is_ok() && has_lists()
        });
        let file =
            fetched.then(|| fs::read_dir(&dir).ok()?.flatten().map(|entry| entry.path()).find(|path| is_package(path)));
        if let Some(file) = file.flatten() {
            succeeds(Command::new("dpkg-deb").arg("--extract").arg(file).arg(&dir));
        }
        unpacked()
    }

    /// Says what is missing, and how to get it.
    pub fn wanted(&self) -> String {
        format!("{} (Debian: apt-get download {}, unpacked; elsewhere on PATH)", self.names[0], self.package)
    }
}

/// Returns `blackbox_exporter` for the benchmarks, which do without it where it cannot be had.
pub fn blackbox(workspace: &Workspace) -> Option<PathBuf> {
    let found = BLACKBOX.get(workspace);
    if found.is_none() {
        say(format_args!("{} cannot be had here: only our own figures are measured", BLACKBOX.package));
    }
    found
}

fn is_package(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "deb")
}
