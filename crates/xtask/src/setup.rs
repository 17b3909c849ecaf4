//! Gets what a build or a test needs and the machine lacks; each step says what it does.
//!
//! [`prepare`] runs before anything is built. What it cannot get it names, all of it in one sentence.

mod cargo_tool;
mod clang;
mod components;
mod debian;
mod node;
mod npm;
mod program;
mod unpacked;
mod wasm_target;

pub use cargo_tool::{cargo_deny, cargo_fuzz};
pub use clang::Crypto;
pub use unpacked::blackbox;

use crate::workspace::Workspace;
use anyhow::{Result, bail};
use program::{CHROMIUM, CURL, FIREFOX, GIT, IP, NFT, NSENTER, PYTHON, Program, UNSHARE, WGET};
use std::path::PathBuf;
use unpacked::{BLACKBOX, CADDY, NGINX, PROMETHEUS, PROMTOOL, Unpacked};

/// What is done beside building, and needs programs of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Formatting and clippy.
    Lints,
    /// Tests that make networks.
    Networks,
    /// Tests in real browsers.
    Browsers,
    /// What others read us with, from npm.
    Consumers,
    /// A look at what git thinks has changed.
    Checkout,
    /// Tests in which programs of others read what we say: metrics, and the description of the API.
    Readers,
    /// Tests in which a client of others asks what we ask.
    Clients,
    /// Tests in which proxies of others stand in front of us.
    Proxies,
}

/// Everything that was asked for, found or installed.
pub struct Ready {
    pub node: PathBuf,
    pub workerd: PathBuf,
    pub crypto: Crypto,
    /// Where browsers were asked for.
    pub browsers: Option<Browsers>,
}

pub struct Browsers {
    pub chromium: PathBuf,
    pub firefox: PathBuf,
}

/// Makes sure of every program that building and `needs` take: installs what may be installed here, and fails with one
/// sentence about all that is missing then.
pub fn prepare(workspace: &Workspace, needs: &[Need]) -> Result<Ready> {
    let programs = programs(needs);
    let absent = |program: &&Program| matches!(program.find(), Ok(None));
    let mut packages: Vec<&str> = programs.iter().copied().filter(absent).map(|program| program.package).collect();
    packages.extend(clang::package()?);
    packages.dedup();
    debian::install(&packages);

    let mut missing: Vec<String> = programs
        .iter()
        .filter_map(|program| match program.find() {
            Ok(Some(_)) => None,
            Ok(None) => Some(program.wanted()),
            Err(wrong) => Some(wrong),
        })
        .collect();
    for (need, programs) in [(Need::Readers, &[PROMETHEUS, PROMTOOL, BLACKBOX][..]), (Need::Proxies, &[NGINX, CADDY])] {
        if needs.contains(&need) {
            let absent = programs.iter().filter(|program| program.get(workspace).is_none());
            missing.extend(absent.map(Unpacked::wanted));
        }
    }
    let mut need = |outcome: Result<()>| missing.extend(outcome.err().map(|error| format!("{error:#}")));
    need(node::npm().map(drop));
    need(wasm_target::ensure(workspace));
    if needs.contains(&Need::Lints) {
        need(components::ensure(workspace));
    }
    let node = node::ensure_node();
    let crypto = clang::crypto();
    need(node.as_ref().map(drop).map_err(|error| anyhow::anyhow!("{error:#}")));
    need(crypto.as_ref().map(drop).map_err(|error| anyhow::anyhow!("{error:#}")));
    if !missing.is_empty() {
        bail!("this machine lacks {}", missing.join("; "));
    }

    let workerd = npm::workerd(workspace)?;
    npm::packages(&workspace.widget_dir())?;
    for (need, dir) in
        [(Need::Browsers, workspace.browser_tests_dir()), (Need::Consumers, workspace.consumer_tests_dir())]
    {
        if needs.contains(&need) {
            npm::packages(&dir)?;
        }
    }
    if needs.contains(&Need::Readers) {
        npm::openapi_packages(workspace)?;
    }
    let browser = |program: &Program| program.find().ok().flatten();
    let browsers = || Some(Browsers { chromium: browser(&CHROMIUM)?, firefox: browser(&FIREFOX)? });
    let browsers = needs.contains(&Need::Browsers).then(browsers).flatten();
    Ok(Ready { node: node?, workerd, crypto: crypto?, browsers })
}

/// The system's programs that `needs` take.
fn programs(needs: &[Need]) -> Vec<&'static Program> {
    let of = |need: &Need| -> &[&'static Program] {
        match need {
            // No other kernel has what these make.
            Need::Networks if cfg!(target_os = "linux") => &[&IP, &NFT, &UNSHARE, &NSENTER],
            Need::Browsers => &[&CHROMIUM, &FIREFOX],
            Need::Checkout => &[&GIT],
            Need::Clients => &[&CURL, &WGET, &PYTHON],
            Need::Networks | Need::Lints | Need::Consumers | Need::Readers | Need::Proxies => &[],
        }
    };
    needs.iter().flat_map(of).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_needs_no_browser_and_makes_no_network() {
        assert!(programs(&[]).is_empty());
        let all = programs(&[Need::Networks, Need::Browsers]);
        assert!(all.iter().any(|program| program.called == "Firefox"));
        assert_eq!(all.iter().any(|program| program.called == "nft"), cfg!(target_os = "linux"));
    }
}
