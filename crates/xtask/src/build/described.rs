//! The description of the API, which a test has written down (`tests/suites/openapi.rs`) and the worker serves.

use crate::workspace::Workspace;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

const NAMES: [&str; 2] = ["openapi.json", "page.html"];

pub struct File {
    pub name: &'static str,
    pub content: Vec<u8>,
}

/// Returns the files as they lie in the workspace.
pub fn files(workspace: &Workspace) -> Result<Vec<File>> {
    let read = |name| {
        let path = workspace.root.join("web/api").join(name);
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(File { name, content })
    };
    NAMES.into_iter().map(read).collect()
}

/// Puts them where the worker finds them.
pub fn copy(workspace: &Workspace, site: &Path) -> Result<()> {
    let dir = site.join("api");
    fs::create_dir_all(&dir)?;
    for File { name, content } in files(workspace)? {
        fs::write(dir.join(name), content).with_context(|| format!("cannot write {name}"))?;
    }
    Ok(())
}
