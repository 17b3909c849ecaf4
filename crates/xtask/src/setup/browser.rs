//! The browsers that the page is tested in.

use super::debian;
use crate::workspace::find_program;
use anyhow::{Result, bail};
use std::env;
use std::path::PathBuf;

const CHROMIUMS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const FIREFOXES: [&str; 3] = ["firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox"];

/// Returns Chromium, installing it where we may; the variable `CHROMIUM` names another.
pub fn chromium() -> Result<PathBuf> {
    if let Some(given) = env::var_os("CHROMIUM").map(PathBuf::from) {
        if given.is_file() {
            return Ok(given);
        }
        bail!("CHROMIUM is {}, which is no file", given.display());
    }
    if let Some(found) = find_program(&CHROMIUMS) {
        return Ok(found);
    }
    if debian::install("chromium", "the page is tested in a real browser")
        && let Some(found) = find_program(&CHROMIUMS)
    {
        return Ok(found);
    }
    bail!("no Chromium: install chromium or Google Chrome, or name one in the variable CHROMIUM")
}

/// Returns Firefox where it is installed; the variable `FIREFOX` names another.
pub fn firefox() -> Option<PathBuf> {
    env::var_os("FIREFOX").map(PathBuf::from).filter(|path| path.is_file()).or_else(|| find_program(&FIREFOXES))
}
