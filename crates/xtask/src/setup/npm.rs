//! The npm packages: workerd for the worker, terser for the widget, puppeteer-core for the browser tests, and what others read us
//! with.

use super::node;
use crate::say;
use crate::workspace::{Workspace, run};
use anyhow::{Context as _, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `--ignore-scripts`: workerd's install script only makes a link that is not needed, and no other is wanted.
/// `ci`: what the lock file says, on every platform, and the lock file stays as it is.
const INSTALL: [&str; 4] = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];

/// Returns the workerd program, installing npm's package when it is missing.
pub fn workerd(workspace: &Workspace) -> Result<PathBuf> {
    let dir = workspace.worker_dir();
    let modules = dir.join("node_modules");
    if let (true, Ok(workerd)) = (is_current(&dir), dualwatch_edgehost::workerd_in(&modules)) {
        return Ok(workerd);
    }
    install(&dir)?;
    // npm passes over an optional package that it cannot get, and workerd's own are that.
    let workerd = dualwatch_edgehost::workerd_in(&modules).context("npm did not install workerd")?;
    stamp(&dir)?;
    Ok(workerd)
}

/// Installs what the lock file of a folder names: what the widget is built with, or what tests need.
pub fn packages(dir: &Path) -> Result<()> {
    if is_current(dir) {
        return Ok(());
    }
    install(dir)?;
    stamp(dir)
}

/// Installs what reads the description of the API in a test.
pub fn openapi_packages(workspace: &Workspace) -> Result<()> {
    let dir = workspace.root.join("tests/openapi");
    if is_current(&dir) {
        return Ok(());
    }
    install(&dir)?;
    stamp(&dir)
}

fn install(dir: &Path) -> Result<()> {
    say(format_args!("installing npm packages in {}: npm {}", dir.display(), INSTALL.join(" ")));
    let mut command = Command::new(node::npm()?);
    command.args(INSTALL).args(["--loglevel=error"]).current_dir(dir);
    run(&mut command, "npm ci")
}

/// Whether `node_modules` was installed from the files that lie there now.
fn is_current(dir: &Path) -> bool {
    fs::read_to_string(stamp_path(dir)).is_ok_and(|stamp| stamp == fingerprint(dir))
}

fn stamp(dir: &Path) -> Result<()> {
    fs::write(stamp_path(dir), fingerprint(dir)).context("cannot write into node_modules")
}

fn stamp_path(dir: &Path) -> PathBuf {
    dir.join("node_modules/.dualwatch-installed")
}

fn fingerprint(dir: &Path) -> String {
    let mut hash = Sha256::new();
    for name in ["package.json", "package-lock.json"] {
        hash.update(fs::read(dir.join(name)).unwrap_or_default());
    }
    HEXLOWER.encode(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `npm ci` installs nothing else, and what is missing there is missing on that machine.
    #[test]
    fn the_lock_file_has_workerd_for_every_platform() {
        let folder = Workspace::locate().unwrap().worker_dir();
        let read = |name: &str| -> serde_json::Value {
            serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
        };
        let (manifest, lock) = (read("package.json"), read("package-lock.json"));
        let version = &manifest["dependencies"]["workerd"];
        for platform in ["darwin-64", "darwin-arm64", "linux-64", "linux-arm64"] {
            let package = &lock["packages"][format!("node_modules/@cloudflare/workerd-{platform}")];
            assert_eq!(&package["version"], version, "{platform}");
            assert!(package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")), "{platform}");
        }
    }

    #[test]
    fn a_changed_manifest_asks_for_another_install() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("node_modules")).unwrap();
        fs::write(dir.path().join("package.json"), "{}").unwrap();
        assert!(!is_current(dir.path()));
        stamp(dir.path()).unwrap();
        assert!(is_current(dir.path()));
        fs::write(dir.path().join("package.json"), "{ }").unwrap();
        assert!(!is_current(dir.path()));
    }
}
