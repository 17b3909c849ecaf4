//! The data folder, and the tokens in it.

use anyhow::{Context as _, Result, anyhow};
use data_encoding::HEXLOWER;
use etcetera::app_strategy::{AppStrategy as _, AppStrategyArgs, choose_native_strategy};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// 256 bits: nobody guesses it, and a digest of it tells nothing.
const TOKEN_BYTES: usize = 32;

/// Creates and returns the data folder: the given one, or the platform's own place; a demo has one to itself.
pub fn dir(given: Option<&Path>, is_demo: bool) -> Result<PathBuf> {
    let dir = match given {
        Some(dir) => dir.to_owned(),
        None => default_dir()?.join(if is_demo { "demo" } else { "main" }),
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&dir)
        .with_context(|| format!("cannot create the data folder {}", dir.display()))?;
    dir.canonicalize().with_context(|| format!("cannot use the data folder {}", dir.display()))
}

fn default_dir() -> Result<PathBuf> {
    let args =
        AppStrategyArgs { top_level_domain: "org".into(), author: "dualwatch".into(), app_name: "Dualwatch".into() };
    let strategy = choose_native_strategy(args).map_err(|error| anyhow!("{error}: name a data folder with --data"))?;
    Ok(strategy.data_dir())
}

/// Who has it may configure.
pub const ADMIN: &str = "admin-token";
/// Who has it may measure.
pub const VANTAGE: &str = "vantage-token";
/// Who has it may read the metrics.
pub const METRICS: &str = "metrics-token";

pub struct Token {
    pub value: String,
    pub path: PathBuf,
}

/// Returns a token of a data folder, making it when there is none; only its owner may read the file.
pub fn token(data: &Path, file: &str) -> Result<Token> {
    let path = data.join(file);
    match fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => return Ok(Token { value: text.trim().to_owned(), path }),
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot read {}", path.display()));
        }
        _ => {}
    }
    let value = new_token()?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(&path).and_then(|mut file| writeln!(file, "{value}"));
    written.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Token { value, path })
}

fn new_token() -> Result<String> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no random numbers: {error}"))?;
    Ok(HEXLOWER.encode(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_token_is_made_once_and_only_its_owner_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = token(dir.path(), ADMIN).unwrap();
        assert_eq!(first.value.len(), 2 * TOKEN_BYTES);
        assert_eq!(token(dir.path(), ADMIN).unwrap().value, first.value);
        assert_ne!(token(dir.path(), VANTAGE).unwrap().value, first.value);
        assert_eq!(fs::metadata(&first.path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_given_folder_is_created() {
        let dir = tempfile::tempdir().unwrap();
        let made = super::dir(Some(&dir.path().join("a/b")), false).unwrap();
        assert_eq!(fs::metadata(made).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
