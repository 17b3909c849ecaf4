//! The configuration: found, read, and checked before anything is built.

use crate::say;
use anyhow::{Context as _, Result, bail};
use dualwatch_config::Finding;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Used where `--config` names no other.
const DEFAULT: &str = "dualwatch.yml";

/// A configuration without errors, as the worker takes it.
#[derive(Debug)]
pub struct Configuration {
    pub path: PathBuf,
    /// The file's name, which decides how it is read.
    pub name: String,
    pub text: String,
    /// The files that it refers to, under the names that it uses.
    pub files: BTreeMap<String, String>,
    pub n_targets: usize,
    pub allow_private: bool,
    pub extra_roots_pem: Vec<String>,
    /// Where people find the page.
    pub public_url: Option<String>,
}

impl Configuration {
    /// Reads `given`, or `./dualwatch.yml`, which is written with comments where there is none.
    pub fn find(given: Option<&Path>) -> Result<Self> {
        let path = given.unwrap_or(Path::new(DEFAULT));
        if given.is_none() && !path.exists() {
            fs::write(path, dualwatch_config::starter()).context("cannot write a first dualwatch.yml")?;
            say(format_args!("there was no configuration: wrote {} for you to edit", absolute(path).display()));
        }
        Self::read(path)
    }

    /// Reads and checks a file; everything that is wrong with it is printed.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let files = RefCell::new(BTreeMap::new());
        let read_file = |name: &str| {
            let bytes = fs::read(folder.join(name)).map_err(|error| error.to_string())?;
            let content = dualwatch_config::file_text(bytes);
            files.borrow_mut().insert(name.to_owned(), content.clone());
            Ok(content)
        };
        // Findings name the file as it was given, so that an editor finds it.
        let config = match dualwatch_config::load(&text, &path.to_string_lossy(), &read_file) {
            Ok(config) => config,
            Err(findings) => {
                print(&findings);
                bail!("{} cannot be used", path.display());
            }
        };
        print(&config.warnings);
        let name = path.file_name().map_or_else(|| DEFAULT.into(), |name| name.to_string_lossy().into_owned());
        Ok(Self {
            path: absolute(path),
            name,
            n_targets: config.targets.len(),
            allow_private: config.policy.allow_private,
            extra_roots_pem: config.policy.extra_roots_pem,
            public_url: config.public_url,
            files: files.into_inner(),
            text,
        })
    }
}

fn print(findings: &[Finding]) {
    for finding in findings {
        eprintln!("{finding}");
    }
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Configuration> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dualwatch.yml");
        fs::write(&path, text).unwrap();
        Configuration::read(&path)
    }

    #[test]
    fn a_good_file_is_taken_with_what_matters_here() {
        let config = read("targets: [{ name: Shop, url: 'https://shop.example/' }]").unwrap();
        assert_eq!((config.name.as_str(), config.n_targets, config.allow_private), ("dualwatch.yml", 1, false));
        let config = read("network: { allow_private: true }\ntargets: [{ name: Shop, url: 'https://shop.example/' }]");
        assert!(config.unwrap().allow_private);
    }

    #[test]
    fn a_bad_file_and_a_missing_one_are_errors() {
        assert!(read("targets: []").unwrap_err().to_string().contains("cannot be used"));
        assert!(Configuration::find(Some(Path::new("/no/such.yml"))).unwrap_err().to_string().contains("cannot read"));
    }
}
