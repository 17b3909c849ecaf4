//! The token of a vantage: as it is given, or made of that of the installation. `dualwatch vantage-token` prints it.

use crate::{exit::Exit, out::Out};
use anyhow::{Context, Result, bail, ensure};
use dualwatch_wire::{token, v1::vantage::is_name};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// What the name of a vantage is ([`is_name`]).
const RULE: &str = "1 to 64 letters, digits, `.`, `_` or `-`, the first no sign";

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The name of the vantage that the token is for.
    #[arg(value_name = "NAME")]
    name: String,
    /// The file with the vantage token of the installation.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
}

/// Prints the token with which a vantage of that name measures, and no other.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let Arguments { name, token_file } = arguments;
    ensure!(is_name(name), "`{name}`: {RULE}");
    let installation = read(token_file)?;
    if let Some(other) = token::name_in(&installation) {
        bail!("{} holds the token of the vantage `{other}`, not that of the installation", token_file.display());
    }
    let made = token::of_vantage(&installation, name).context("no token can be made")?;
    writeln!(Out::new(), "{made}")?;
    Ok(Exit::Reachable)
}

/// Returns what a file of a token holds.
pub fn read(file: &Path) -> Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("failed to read the token in {}", file.display()))?;
    let text = text.trim();
    ensure!(!text.is_empty(), "{} is empty; it should hold the vantage token", file.display());
    Ok(text.to_owned())
}

/// What a vantage signs with.
#[derive(Clone, Debug)]
pub enum Given {
    /// Its own token.
    Own { name: String, token: String },
    /// That of the installation: who holds it may be any vantage.
    Installation(String),
}

impl Given {
    /// Tells the two apart.
    pub fn new(text: &str) -> Self {
        match token::name_in(text) {
            Some(name) => Self::Own { name: name.to_owned(), token: text.to_owned() },
            None => Self::Installation(text.to_owned()),
        }
    }

    /// Returns the name of the vantage: as it is asked for, where the token is not another one's.
    pub fn name(&self, asked: Option<&str>, otherwise: impl FnOnce() -> String) -> Result<String> {
        match (self, asked) {
            (Self::Own { name, .. }, Some(asked)) if name != asked => {
                bail!("--name `{asked}`: the token is that of the vantage `{name}`, and of no other")
            }
            (Self::Own { name, .. }, _) => Ok(name.clone()),
            (Self::Installation(_), asked) => Ok(asked.map_or_else(otherwise, str::to_owned)),
        }
    }

    /// Returns the token for what the vantage of this name has measured.
    pub fn token_of(&self, vantage: &str) -> Result<String> {
        match self {
            Self::Own { name, token } if name == vantage => Ok(token.clone()),
            Self::Own { name, .. } => {
                bail!("these rounds are of the vantage `{vantage}`, and the token is that of `{name}`; give its own")
            }
            Self::Installation(text) => {
                token::of_vantage(text, vantage).with_context(|| format!("`{vantage}`: {RULE}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_who_holds_it() {
        let own = token::of_vantage("secret", "office").unwrap();
        let check = |given: &str, named: Option<&str>| Given::new(given).name(named, || "host".to_owned());
        for (given, named, name) in [
            (&*own, None, "office"),
            (&own, Some("office"), "office"),
            ("secret", Some("home"), "home"),
            ("secret", None, "host"),
        ] {
            assert_eq!(check(given, named).unwrap(), name);
        }
        let error = check(&own, Some("home")).unwrap_err().to_string();
        assert!(error.contains("`office`, and of no other"), "{error}");
    }

    #[test]
    fn a_vantage_signs_what_it_may() {
        let own = token::of_vantage("secret", "office").unwrap();
        assert_eq!(Given::new(&own).token_of("office").unwrap(), own);
        assert_eq!(Given::new("secret").token_of("office").unwrap(), own);
        // Rounds of an earlier name wait in the spool until somebody gives a token for them.
        let error = Given::new(&own).token_of("home").unwrap_err().to_string();
        assert!(error.contains("are of the vantage `home`, and the token is that of `office`"), "{error}");
        assert!(Given::new("secret").token_of("a b").unwrap_err().to_string().contains("letters, digits"));
    }
}
