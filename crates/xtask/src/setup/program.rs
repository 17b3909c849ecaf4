//! Programs that come with the system, not with cargo or npm: found, or what gets them.

use crate::workspace::find_program;
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// A program that is run here and comes from somewhere else.
#[derive(Debug)]
pub struct Program {
    /// Any of these will do: a name on `PATH`, or a path.
    pub names: &'static [&'static str],
    /// The environment variable that names another one.
    pub variable: Option<&'static str>,
    /// What people call it.
    pub called: &'static str,
    /// The package of Debian and Ubuntu that has it.
    pub package: &'static str,
}

/// Makes links and routes of faulty networks.
pub const IP: Program = Program { names: &["ip"], variable: None, called: "ip", package: "iproute2" };
/// Drops and rejects packets in them.
pub const NFT: Program = Program { names: &["nft"], variable: None, called: "nft", package: "nftables" };
/// Makes the namespaces that they are in.
pub const UNSHARE: Program = Program { names: &["unshare"], variable: None, called: "unshare", package: "util-linux" };
/// Enters them.
pub const NSENTER: Program = Program { names: &["nsenter"], variable: None, called: "nsenter", package: "util-linux" };
/// Says whether a build has changed the checkout.
pub const GIT: Program = Program { names: &["git"], variable: None, called: "git", package: "git" };

/// Clients that our table of clients, and that of odd servers, are held against.
pub const CURL: Program = Program { names: &["curl"], variable: None, called: "curl", package: "curl" };
pub const WGET: Program = Program { names: &["wget"], variable: None, called: "wget", package: "wget" };
pub const PYTHON: Program = Program { names: &["python3"], variable: None, called: "Python 3", package: "python3" };

pub const CHROMIUM: Program = Program {
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ],
    variable: Some("CHROMIUM"),
    called: "Chromium or Google Chrome",
    package: "chromium",
};

pub const FIREFOX: Program = Program {
    names: &["firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"],
    variable: Some("FIREFOX"),
    called: "Firefox",
    package: "firefox-esr",
};

impl Program {
    /// Returns where it is. What the variable names and is no file is an error in words.
    pub fn find(&self) -> Result<Option<PathBuf>, String> {
        self.find_with(|variable| env::var_os(variable))
    }

    fn find_with(&self, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<PathBuf>, String> {
        match self.variable.and_then(|name| Some((name, PathBuf::from(variable(name)?)))) {
            Some((_, given)) if given.is_file() => Ok(Some(given)),
            Some((name, given)) => Err(format!("a file that the variable {name} names ({} is none)", given.display())),
            None => Ok(find_program(self.names)),
        }
    }

    /// Says what is missing, and how to get it.
    pub fn wanted(&self) -> String {
        let variable = self.variable.map(|name| format!(", or name one in {name}")).unwrap_or_default();
        format!("{} (Debian: apt install {}{variable})", self.called, self.package)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_variable_names_is_taken_or_refused() {
        let find = |given: &'static str| FIREFOX.find_with(move |_| Some(given.into()));
        assert_eq!(find("/bin/sh"), Ok(Some("/bin/sh".into())));
        assert!(find("/no/such/file").unwrap_err().contains("the variable FIREFOX"));
    }

    #[test]
    fn what_is_missing_is_named_with_the_way_to_get_it() {
        assert_eq!(NFT.wanted(), "nft (Debian: apt install nftables)");
        assert_eq!(FIREFOX.wanted(), "Firefox (Debian: apt install firefox-esr, or name one in FIREFOX)");
    }
}
