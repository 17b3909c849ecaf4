//! Holds every dependency against `deny.toml`: licences, banned crates, sources.
//!
//! The same file is what cargo-deny reads, and [`crate::audit`] runs that. To build it takes three minutes on two cores,
//! which every run on a fresh machine would pay for; what cargo itself knows is enough for these three, in a second.
//! Advisories are not among them: they are in a database of their own, which has to be fetched.

use crate::say;
use crate::workspace::Workspace;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;

/// The only registry; as cargo writes it.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What is read of `deny.toml`; the rest is for cargo-deny.
#[derive(Deserialize)]
struct Deny {
    graph: Graph,
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Graph {
    targets: Vec<String>,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Banned>,
}

#[derive(Deserialize)]
struct Banned {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

/// What `cargo metadata` says.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// None in this workspace.
    source: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    path: Option<String>,
}

/// Checks all packages of all features and platforms; fails with everything that is not allowed.
pub fn check(workspace: &Workspace) -> Result<()> {
    let path = workspace.root.join("deny.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let deny: Deny = toml::from_str(&text).context("cannot understand deny.toml")?;
    let mut cargo = workspace.cargo();
    cargo.args(["metadata", "--locked", "--all-features", "--format-version=1"]);
    cargo.args(deny.graph.targets.iter().flat_map(|target| ["--filter-platform", target]));
    let output = crate::children::output(&mut cargo).context("cannot run cargo")?;
    if !output.status.success() {
        bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    let Metadata { packages } = serde_json::from_slice(&output.stdout).context("cannot understand cargo metadata")?;
    let wrong = wrong(&deny, &packages)?;
    if !wrong.is_empty() {
        bail!("deny.toml does not allow this:\n{}", wrong.join("\n"));
    }
    say(format_args!("licences, bans and sources of {} packages are as deny.toml wants them", packages.len()));
    say("advisories were not looked at: their database has to be fetched, which `cargo xtask audit` does");
    Ok(())
}

/// Returns a line for everything that is not allowed, and for what is allowed and nothing has.
fn wrong(deny: &Deny, packages: &[Package]) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut unused: BTreeSet<&str> = deny.licenses.allow.iter().map(String::as_str).collect();
    for package in packages {
        let at = format!("{} {}", package.name, package.version);
        match &package.license {
            None => wrong.push(format!("{at}: names no licence")),
            Some(license) => {
                let expression = spdx::Expression::parse_mode(license, spdx::ParseMode::LAX)
                    .with_context(|| format!("{at}: {license:?} is no licence"))?;
                for requirement in expression.requirements() {
                    unused.remove(requirement.req.to_string().as_str());
                }
                if !expression.evaluate(|requirement| allows(&deny.licenses, &package.name, &requirement.to_string())) {
                    wrong.push(format!("{at}: the licence {license} is not allowed"));
                }
            }
        }
        if let Some(banned) = deny.bans.deny.iter().find(|banned| banned.name == package.name) {
            wrong.push(format!("{at}: is banned ({})", banned.reason));
        }
        match package.source.as_deref() {
            Some(CRATES_IO) => {}
            Some(source) => wrong.push(format!("{at}: comes from {source}")),
            None => {
                let wild = package.dependencies.iter().filter(|d| d.req == "*" && d.path.is_none());
                wrong.extend(wild.map(|dependency| format!("{at}: takes any version of {}", dependency.name)));
            }
        }
    }
    wrong.extend(unused.into_iter().map(|license| format!("the licence {license} is allowed, and nothing has it")));
    Ok(wrong)
}

fn allows(licenses: &Licenses, package: &str, license: &str) -> bool {
    let exceptions = licenses.exceptions.iter().filter(|exception| exception.name == package);
    let lists = std::iter::once(&licenses.allow).chain(exceptions.map(|exception| &exception.allow));
    lists.flatten().any(|allowed| allowed == license)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str = r#"
        graph.targets = []
        licenses.allow = ["MIT", "ISC"]
        licenses.exceptions = [{ allow = ["NCSA"], crate = "fuzzer" }]
        bans.deny = [{ crate = "openssl-sys", reason = "TLS is rustls" }]
    "#;

    fn package(name: &str, license: &str) -> Package {
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: Some(license.to_owned()),
            source: Some(CRATES_IO.to_owned()),
            dependencies: Vec::new(),
        }
    }

    /// What is said of packages that have all allowed licences, and one more.
    fn wrong_with(package: Package) -> Vec<String> {
        let deny = toml::from_str(DENY).unwrap();
        wrong(&deny, &[self::package("good", "MIT AND ISC"), package]).unwrap()
    }

    /// Promise (Supply chain): Every dependency comes from the registry, under a licence that is allowed, in an exact
    /// version; every run of the tests checks it.
    #[test]
    fn licences_are_read_as_expressions() {
        assert!(wrong_with(package("a", "Apache-2.0/MIT")).is_empty());
        assert!(wrong_with(package("fuzzer", "(MIT OR Apache-2.0) AND NCSA")).is_empty());
        for license in ["MIT AND GPL-3.0-only", "Apache-2.0", "MIT AND NCSA"] {
            assert_eq!(wrong_with(package("a", license)), [format!("a 1.0.0: the licence {license} is not allowed")]);
        }
        let nothing = Package { license: None, ..package("a", "") };
        assert_eq!(wrong_with(nothing), ["a 1.0.0: names no licence"]);
    }

    /// Promise (Supply chain): Every dependency comes from the registry, under a licence that is allowed, in an exact
    /// version; every run of the tests checks it.
    #[test]
    fn sources_bans_and_any_version_are_named() {
        assert_eq!(wrong_with(package("openssl-sys", "MIT")), ["openssl-sys 1.0.0: is banned (TLS is rustls)"]);
        let git = Package { source: Some("git+https://service.example/a".into()), ..package("a", "MIT") };
        assert_eq!(wrong_with(git), ["a 1.0.0: comes from git+https://service.example/a"]);
        let dependency = |path| Dependency { name: "b".into(), req: "*".into(), path };
        let wild = |path| Package { source: None, dependencies: vec![dependency(path)], ..package("a", "MIT") };
        assert_eq!(wrong_with(wild(None)), ["a 1.0.0: takes any version of b"]);
        assert!(wrong_with(wild(Some("../b".into()))).is_empty());
    }

    #[test]
    fn what_is_allowed_and_nothing_has_is_named() {
        let deny = toml::from_str(DENY).unwrap();
        let found = wrong(&deny, &[package("a", "MIT")]).unwrap();
        assert_eq!(found, ["the licence ISC is allowed, and nothing has it"]);
    }
}
