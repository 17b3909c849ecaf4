//! The npm packages: workerd for the worker, puppeteer-core for the browser tests.

use super::ensure_node;
use crate::say;
use crate::workspace::{Workspace, find_program, run};
use anyhow::{Context as _, Result};
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// `--ignore-scripts`: workerd's install script only makes a link that is not needed, and no other is wanted.
/// Not `npm ci`: it refuses a lock file that lacks the packages of other platforms.
const INSTALL: [&str; 4] = ["install", "--ignore-scripts", "--no-audit", "--no-fund"];

/// Returns the workerd program, installing npm's package when it is missing.
pub fn workerd(workspace: &Workspace) -> Result<PathBuf> {
    let dir = workspace.worker_dir();
    let modules = dir.join("node_modules");
    if let (true, Ok(workerd)) = (is_current(&dir), dualwatch_edgehost::workerd_in(&modules)) {
        return Ok(workerd);
    }
    install(&dir, &[])?;
    if dualwatch_edgehost::workerd_in(&modules).is_err() {
        // npm leaves out optional packages that a lock file made on another platform does not list.
        let package = platform_package(&modules)?;
        install(&dir, &["--no-save", "--no-package-lock", &package])?;
    }
    stamp(&dir)?;
    Ok(dualwatch_edgehost::workerd_in(&modules)?)
}

/// Installs what the browser tests need.
pub fn browser_packages(workspace: &Workspace) -> Result<()> {
    let dir = workspace.browser_tests_dir();
    if is_current(&dir) {
        return Ok(());
    }
    install(&dir, &[])?;
    stamp(&dir)
}

fn install(dir: &Path, further: &[&str]) -> Result<()> {
    ensure_node()?;
    let npm = find_program(&["npm"]).context("npm is missing: install it beside Node.js")?;
    let shown = INSTALL.iter().chain(further).copied().collect::<Vec<_>>().join(" ");
    say(format_args!("installing npm packages in {}: npm {shown}", dir.display()));
    let mut command = Command::new(npm);
    command.args(INSTALL).args(["--loglevel=error"]).args(further).current_dir(dir);
    run(&mut command, "npm install")
}

/// Returns the package with workerd for this machine, at the version that the package `workerd` asks for.
fn platform_package(modules: &Path) -> Result<String> {
    let manifest = fs::read_to_string(modules.join("workerd/package.json")).context("npm did not install workerd")?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
    let os = if env::consts::OS == "macos" { "darwin" } else { env::consts::OS };
    let arch = if env::consts::ARCH == "aarch64" { "arm64" } else { "64" };
    let name = format!("@cloudflare/workerd-{os}-{arch}");
    let version = manifest["optionalDependencies"][&name].as_str();
    let version = version.with_context(|| format!("workerd is not made for this machine (no {name})"))?;
    Ok(format!("{name}@{version}"))
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
