//! Node.js, for npm and for the browser tests.

use crate::workspace::find_program;
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// The oldest release that `puppeteer-core` 24 runs on, and with `node --test` as the tests use it.
const OLDEST: u32 = 20;

/// Returns the path of `npm`.
pub fn npm() -> Result<PathBuf> {
    find_program(&["npm"]).context("npm (it comes with Node.js)")
}

/// Returns the path of `node`.
fn node() -> Result<PathBuf> {
    find_program(&["node"]).with_context(|| format!("Node.js {OLDEST} or newer (https://nodejs.org)"))
}

/// Checks that `node` is new enough.
pub fn ensure_node() -> Result<PathBuf> {
    let node = node()?;
    let output = Command::new(&node).arg("--version").output().context("cannot run node")?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match major(&version) {
        Some(major) if major >= OLDEST => Ok(node),
        _ => bail!("Node.js {OLDEST} or newer (https://nodejs.org; the one here is {version})"),
    }
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions() {
        assert_eq!(super::major("v20.20.2"), Some(20));
        assert_eq!(super::major("garbage"), None);
    }
}
