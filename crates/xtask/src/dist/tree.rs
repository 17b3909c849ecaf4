//! Which packages are in the program, in the worker and in the page: what cargo says of each, for its own target.

use super::bom::Part;
use crate::children;
use crate::workspace::Workspace;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// A package, by what makes it unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    pub name: String,
    pub version: String,
}

/// What is known of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// An SPDX expression.
    pub licence: String,
    /// SHA-256 of what the registry has, in hex. None of our own.
    pub checksum: Option<String>,
}

/// Everything that is compiled into what is handed out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parts {
    pub packages: BTreeMap<Package, Known>,
    /// What each package uses itself.
    pub uses: BTreeMap<Package, BTreeSet<Package>>,
    /// The package that each part is made from.
    pub roots: BTreeMap<Part, Package>,
    /// Name, version and licence of the runtime, which comes from npm.
    pub runtime: (String, String, String),
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

impl Parts {
    /// Asks cargo once for each part, with the features and the target that it is built with.
    pub fn read(workspace: &Workspace, host: &str, crypto: &str) -> Result<Self> {
        let path = workspace.root.join("Cargo.lock");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let lock: Lock = toml::from_str(&text).context("cannot understand Cargo.lock")?;
        let wasm = ["--target", "wasm32-unknown-unknown", "--no-default-features", "--features"];
        let mut parts = Self { runtime: runtime(workspace)?, ..Self::default() };
        for (part, arguments) in [
            (Part::Program, [&["--package", "dualwatch-cli", "--target", host][..], &[]].concat()),
            (Part::Worker, [&["--package", "dualwatch-worker"][..], &wasm, &[crypto]].concat()),
            (Part::Page, [&["--package", "dualwatch-self-test"][..], &wasm, &[""]].concat()),
        ] {
            let mut cargo = workspace.cargo();
            // Macros run where it is built; they are not in what is handed out.
            cargo.args(["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "depth"]);
            cargo.args(["--format", "|{p}|{l}"]).args(&arguments);
            let output = children::output(&mut cargo).context("cannot run cargo")?;
            if !output.status.success() {
                bail!("cargo tree failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
            }
            parts.add(part, &String::from_utf8_lossy(&output.stdout), &lock.package)?;
        }
        Ok(parts)
    }

    /// Adds what `cargo tree` printed: `DEPTH|NAME vVERSION (...)|LICENCE`, where `(*)` ends what was printed before.
    fn add(&mut self, part: Part, printed: &str, lock: &[Locked]) -> Result<()> {
        let mut above: Vec<Package> = Vec::new();
        for line in printed.lines() {
            let mut fields = line.split('|');
            let (Some(depth), Some(package), Some(licence)) = (fields.next(), fields.next(), fields.next()) else {
                bail!("cannot understand this line of cargo tree: {line}");
            };
            let depth: usize = depth.parse().with_context(|| format!("no depth in this line of cargo tree: {line}"))?;
            let mut words = package.split(' ');
            let (Some(name), Some(version)) = (words.next(), words.next().and_then(|word| word.strip_prefix('v')))
            else {
                bail!("no version in this line of cargo tree: {line}");
            };
            let package = Package { name: name.to_owned(), version: version.to_owned() };
            // `MIT/Apache-2.0` is how it was written before SPDX expressions.
            let licence = licence.trim_end_matches("(*)").trim().replace('/', " OR ");
            if licence.is_empty() {
                bail!("{name} {version} names no licence");
            }
            let locked = lock.iter().find(|locked| locked.name == name && locked.version == version);
            let checksum = locked.with_context(|| format!("{name} {version} is not in Cargo.lock"))?.checksum.clone();
            if checksum.is_none() && !line.contains(" (/") && !line.contains(":\\") {
                bail!("{name} {version} has no checksum in Cargo.lock");
            }
            above.truncate(depth);
            match above.last() {
                Some(parent) => drop(self.uses.entry(parent.clone()).or_default().insert(package.clone())),
                None => drop(self.roots.insert(part, package.clone())),
            }
            self.uses.entry(package.clone()).or_default();
            self.packages.insert(package.clone(), Known { licence, checksum });
            above.push(package);
        }
        Ok(())
    }
}

/// The runtime as the lock file of npm has it, for the machine it was installed on.
fn runtime(workspace: &Workspace) -> Result<(String, String, String)> {
    let path = workspace.worker_dir().join("package-lock.json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let lock: serde_json::Value = serde_json::from_str(&text).context("cannot understand package-lock.json")?;
    let package = &lock["packages"]["node_modules/workerd"];
    let value = |key: &str| {
        package[key].as_str().map(str::to_owned).with_context(|| format!("package-lock.json has no {key} of workerd"))
    };
    Ok(("workerd".to_owned(), value("version")?, value("license")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = "\
0|dualwatch-cli v0.1.0 (/somewhere/crates/cli)|MIT OR Apache-2.0
1|anyhow v1.0.104|MIT OR Apache-2.0
1|clap v4.6.9|MIT OR Apache-2.0
2|clap_lex v1.1.2|MIT/Apache-2.0
1|rustls v0.23.0|Apache-2.0 OR ISC OR MIT
2|anyhow v1.0.104|MIT OR Apache-2.0 (*)
";

    fn package(name: &str, version: &str) -> Package {
        Package { name: name.into(), version: version.into() }
    }

    fn lock(names: &[(&str, &str)]) -> Vec<Locked> {
        let locked = |(name, version): &(&str, &str)| Locked {
            name: (*name).into(),
            version: (*version).into(),
            checksum: (!name.starts_with("dualwatch")).then(|| format!("{name}-sum")),
        };
        names.iter().map(locked).collect()
    }

    const LOCKED: [(&str, &str); 5] = [
        ("dualwatch-cli", "0.1.0"),
        ("anyhow", "1.0.104"),
        ("clap", "4.6.9"),
        ("clap_lex", "1.1.2"),
        ("rustls", "0.23.0"),
    ];

    #[test]
    fn a_tree_is_read_with_who_uses_whom() {
        let mut parts = Parts::default();
        parts.add(Part::Program, PRINTED, &lock(&LOCKED)).unwrap();
        let anyhow = package("anyhow", "1.0.104");
        assert_eq!(parts.roots[&Part::Program], package("dualwatch-cli", "0.1.0"));
        assert_eq!(parts.packages.len(), 5);
        assert_eq!(parts.packages[&anyhow].checksum.as_deref(), Some("anyhow-sum"));
        assert_eq!(parts.packages[&anyhow].licence, "MIT OR Apache-2.0");
        assert_eq!(parts.packages[&package("clap_lex", "1.1.2")].licence, "MIT OR Apache-2.0");
        assert_eq!(parts.uses[&package("rustls", "0.23.0")], BTreeSet::from([anyhow]));
        assert_eq!(parts.uses[&package("dualwatch-cli", "0.1.0")].len(), 3);
        assert_eq!(parts.packages[&package("dualwatch-cli", "0.1.0")].checksum, None);
    }

    /// Promise (Supply chain): What is handed out has a bill of materials: every file with its digest, every package
    /// with version, checksum and licence.
    #[test]
    fn what_names_no_licence_or_is_not_locked_is_refused() {
        let mut parts = Parts::default();
        let error = parts.add(Part::Program, PRINTED, &lock(&LOCKED[..4])).unwrap_err().to_string();
        assert_eq!(error, "rustls 0.23.0 is not in Cargo.lock");
        let error = parts.add(Part::Program, "0|anyhow v1.0.104|", &lock(&LOCKED)).unwrap_err().to_string();
        assert_eq!(error, "anyhow 1.0.104 names no licence");
        let mut unsummed = lock(&LOCKED);
        unsummed[1].checksum = None;
        let error = parts.add(Part::Program, PRINTED, &unsummed).unwrap_err().to_string();
        assert_eq!(error, "anyhow 1.0.104 has no checksum in Cargo.lock");
    }
}
