//! Whether building and testing left the checkout as it was: what they change keeps the next pull from coming in.

use crate::workspace::{Workspace, find_program};
use anyhow::{Context as _, Result, bail};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// What git says of the files at a moment; nothing where this is no checkout.
#[derive(Debug, Default)]
pub struct Checkout(BTreeSet<String>);

impl Checkout {
    /// Whether the workspace is one: an unpacked archive is none.
    pub fn is_one(workspace: &Workspace) -> bool {
        workspace.root.join(".git").exists()
    }

    pub fn look(workspace: &Workspace) -> Result<Self> {
        if Self::is_one(workspace) { Self::at(&workspace.root) } else { Ok(Self::default()) }
    }

    fn at(root: &Path) -> Result<Self> {
        let git = find_program(&["git"]).context("git is missing")?;
        let mut command = Command::new(git);
        // The checkout may belong to somebody else, as it does in many containers; nothing of it is run.
        command.args(["-c", "safe.directory=*", "-c", "core.fsmonitor=false"]);
        command.args(["--no-optional-locks", "status", "--porcelain"]);
        let output = command.current_dir(root).output().context("cannot run git")?;
        if !output.status.success() {
            bail!("git status failed: {}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        Ok(Self(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()))
    }

    /// Fails with the names of the files that have changed since.
    pub fn unchanged_since(&self, before: &Self) -> Result<()> {
        // A line is two letters for what has happened, and the file's name.
        let changed: BTreeSet<&str> = self.0.symmetric_difference(&before.0).filter_map(|line| line.get(3..)).collect();
        if changed.is_empty() {
            return Ok(());
        }
        bail!("the checkout changed while this ran: {}", changed.into_iter().collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_appears_is_named_and_what_was_there_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let git = |arguments: &[&str]| {
            let output = Command::new("git").args(arguments).current_dir(dir.path()).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        git(&["init", "--quiet"]);
        fs::write(dir.path().join("lock"), "{}").unwrap();
        git(&["add", "lock"]);
        let author = ["-c", "user.name=a", "-c", "user.email=a@service.example"];
        git(&[&author[..], &["commit", "--quiet", "--message", "a", "--no-gpg-sign"]].concat());
        fs::write(dir.path().join("mine"), "").unwrap();
        let before = Checkout::at(dir.path()).unwrap();
        Checkout::at(dir.path()).unwrap().unchanged_since(&before).unwrap();

        fs::write(dir.path().join("lock"), "{ }").unwrap();
        let error = Checkout::at(dir.path()).unwrap().unchanged_since(&before).unwrap_err().to_string();
        assert!(error.ends_with(": lock"), "{error}");
    }

    #[test]
    fn this_workspace_can_be_asked() {
        Checkout::look(&Workspace::locate().unwrap()).unwrap();
    }
}
