//! Where npm has put the workerd program for this machine.

use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum WorkerdMissing {
    #[error("workerd is not made for {os} on {arch}")]
    Platform { os: &'static str, arch: &'static str },
    #[error("no workerd at {}: run `cargo xtask build`, or `npm install --ignore-scripts` beside it", .0.display())]
    NotInstalled(PathBuf),
}

/// Returns the program inside the platform's own npm package below `node_modules`.
///
/// The package `workerd` only links to it from an install script, and those are not run.
pub fn workerd_in(node_modules: &Path) -> Result<PathBuf, WorkerdMissing> {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let package = package(os, arch).ok_or(WorkerdMissing::Platform { os, arch })?;
    let program = node_modules.join("@cloudflare").join(package).join("bin/workerd");
    if program.is_file() { Ok(program) } else { Err(WorkerdMissing::NotInstalled(program)) }
}

/// Names as in `optionalDependencies` of npm's `workerd`.
fn package(os: &str, arch: &str) -> Option<&'static str> {
    match (os, arch) {
        ("linux", "x86_64") => Some("workerd-linux-64"),
        ("linux", "aarch64") => Some("workerd-linux-arm64"),
        ("macos", "x86_64") => Some("workerd-darwin-64"),
        ("macos", "aarch64") => Some("workerd-darwin-arm64"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_the_remedy() {
        let dir = tempfile::tempdir().unwrap();
        let error = workerd_in(dir.path()).unwrap_err().to_string();
        assert!(error.contains("cargo xtask build") || error.contains("not made for"), "{error}");
    }

    #[test]
    fn unknown_platforms_have_no_package() {
        assert_eq!(package("freebsd", "x86_64"), None);
        assert_eq!(package("linux", "aarch64"), Some("workerd-linux-arm64"));
    }
}
