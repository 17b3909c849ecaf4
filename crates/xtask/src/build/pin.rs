//! The version of wasm-bindgen: crate and generator must be the same, to the last digit.

use crate::workspace::Workspace;
use anyhow::{Context as _, Result, bail};
use std::fs;

/// The version of the generator that this program is linked with; `Cargo.toml` pins both with `=`.
pub const VERSION: &str = "0.2.130";

/// Checks that `Cargo.lock` has that version of both.
pub fn check(workspace: &Workspace) -> Result<()> {
    let text = fs::read_to_string(workspace.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let lock: toml::Table = text.parse().context("cannot understand Cargo.lock")?;
    for name in ["wasm-bindgen", "wasm-bindgen-cli-support"] {
        let versions = versions(&lock, name);
        if versions != [VERSION] {
            bail!("Cargo.lock has {name} {}: pin both it and its generator to ={VERSION}", versions.join(" and "));
        }
    }
    Ok(())
}

fn versions<'a>(lock: &'a toml::Table, name: &str) -> Vec<&'a str> {
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    packages
        .filter(|package| package.get("name").and_then(toml::Value::as_str) == Some(name))
        .filter_map(|package| package.get("version")?.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_is_pinned() {
        check(&Workspace::locate().unwrap()).unwrap();
    }
}
