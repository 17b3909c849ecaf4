//! The bill of materials: what was handed out is made of these packages, in these versions, under these licences.
//!
//! `CycloneDX` 1.6 as JSON. The crates that write it cost every fresh run of the tests half a minute of compiling for the
//! dozen fields that are used here.

use super::tree::{Package, Parts};
use anyhow::{Context as _, Result};
use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

const SPEC_VERSION: &str = "1.6";

/// One of the things that are handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// `dualwatch`, for this machine.
    Program,
    /// The worker's WebAssembly module.
    Worker,
    /// The page's.
    Page,
    /// workerd.
    Runtime,
}

/// A file that is handed out.
pub struct File {
    pub part: Part,
    /// In the folder.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// The document, as `bom.cdx.json` has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    bom_format: &'static str,
    spec_version: &'static str,
    version: u32,
    metadata: Metadata,
    components: Vec<Component>,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Serialize)]
struct Metadata {
    component: Component,
}

#[derive(Debug, Serialize)]
struct Component {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    reference: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<Licence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
}

#[derive(Debug, Serialize)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Debug, Serialize)]
struct Licence {
    expression: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency {
    #[serde(rename = "ref")]
    reference: String,
    depends_on: Vec<String>,
}

/// Lists `parts` and the `files` made from them; `compiler` is the version whose standard library is in each.
pub fn document(parts: &Parts, compiler: &str, files: &[File]) -> Result<Document> {
    let ours = env!("CARGO_PKG_VERSION");
    let (runtime, version, licence) = &parts.runtime;
    let runtime = library("application", format!("pkg:npm/{runtime}@{version}"), runtime, version, licence);
    let std = library("library", format!("pkg:generic/rust-std@{compiler}"), "rust-std", compiler, "MIT OR Apache-2.0");

    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    let mut handed_out = Vec::new();
    for file in files {
        let from = match file.part {
            Part::Runtime => vec![runtime.reference.clone()],
            part => {
                let root = parts.roots.get(&part).with_context(|| format!("nothing is known of {}", file.path))?;
                vec![purl(root), std.reference.clone()]
            }
        };
        let reference = format!("file:{}", file.path);
        components.push(Component {
            kind: "file",
            reference: reference.clone(),
            name: file.path.clone(),
            version: None,
            hashes: vec![sha256(HEXLOWER.encode(&Sha256::digest(&file.bytes)))],
            licenses: Vec::new(),
            purl: None,
        });
        handed_out.push(reference.clone());
        dependencies.push(Dependency { reference, depends_on: from });
    }
    for single in [runtime, std] {
        dependencies.push(Dependency { reference: single.reference.clone(), depends_on: Vec::new() });
        components.push(single);
    }
    for (package, known) in &parts.packages {
        let mut component = library("library", purl(package), &package.name, &package.version, &known.licence);
        component.hashes = known.checksum.iter().cloned().map(sha256).collect();
        dependencies.push(Dependency {
            reference: component.reference.clone(),
            depends_on: parts.uses.get(package).into_iter().flatten().map(purl).collect(),
        });
        components.push(component);
    }
    let whole = library("application", format!("pkg:generic/dualwatch@{ours}"), "dualwatch", ours, "MIT OR Apache-2.0");
    dependencies.push(Dependency { reference: whole.reference.clone(), depends_on: handed_out });
    Ok(Document {
        bom_format: "CycloneDX",
        spec_version: SPEC_VERSION,
        version: 1,
        metadata: Metadata { component: whole },
        components,
        dependencies,
    })
}

/// How much a document lists, in words.
pub fn summary(document: &Document) -> String {
    let files = document.components.iter().filter(|component| component.kind == "file").count();
    format!("{files} files made from {} packages", document.components.len() - files)
}

fn library(kind: &'static str, purl: String, name: &str, version: &str, licence: &str) -> Component {
    Component {
        kind,
        reference: purl.clone(),
        name: name.to_owned(),
        version: Some(version.to_owned()),
        hashes: Vec::new(),
        licenses: vec![Licence { expression: licence.to_owned() }],
        purl: Some(purl),
    }
}

/// As the registry's packages are named everywhere (purl). A `+` of a version is not one of its plain characters.
fn purl(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version.replace('+', "%2B"))
}

fn sha256(content: String) -> Hash {
    Hash { alg: "SHA-256", content }
}

#[cfg(test)]
mod tests {
    use super::super::tree::Known;
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn package(name: &str, version: &str) -> Package {
        Package { name: name.into(), version: version.into() }
    }

    fn parts() -> Parts {
        let (cli, ring) = (package("dualwatch-cli", "0.1.0"), package("ring", "0.17.14+x"));
        let known = |checksum: Option<&str>| Known { licence: "ISC".into(), checksum: checksum.map(Into::into) };
        Parts {
            packages: BTreeMap::from([(cli.clone(), known(None)), (ring.clone(), known(Some("ab")))]),
            uses: BTreeMap::from([(cli.clone(), BTreeSet::from([ring.clone()])), (ring, BTreeSet::new())]),
            roots: BTreeMap::from([(Part::Program, cli)]),
            runtime: ("workerd".into(), "1.2.3".into(), "Apache-2.0".into()),
        }
    }

    fn file(part: Part, path: &str) -> File {
        File { part, path: path.into(), bytes: b"abc".to_vec() }
    }

    /// Whoever starts at the whole reaches every component by what it is said to consist of, and meets nothing unknown.
    ///
    /// Promise (Supply chain): What is handed out has a bill of materials: every file with its digest, every package
    /// with version, checksum and licence.
    #[test]
    fn everything_listed_is_reached_from_the_whole() {
        let files = [file(Part::Program, "dualwatch"), file(Part::Runtime, "workerd")];
        let document = document(&parts(), "1.95.0", &files).unwrap();
        let uses: BTreeMap<&str, &Vec<String>> =
            document.dependencies.iter().map(|entry| (entry.reference.as_str(), &entry.depends_on)).collect();
        let mut reached = BTreeSet::new();
        let mut open = vec![document.metadata.component.reference.as_str()];
        while let Some(reference) = open.pop() {
            if reached.insert(reference) {
                open.extend(uses[reference].iter().map(String::as_str));
            }
        }
        for component in &document.components {
            assert!(reached.contains(component.reference.as_str()), "{} is of no part", component.reference);
        }
        assert_eq!(reached.len(), document.components.len() + 1);
        assert_eq!(summary(&document), "2 files made from 4 packages");
    }

    #[test]
    fn a_file_has_its_digest_and_a_package_its_checksum_and_licence() {
        let document = document(&parts(), "1.95.0", &[file(Part::Program, "dualwatch")]).unwrap();
        let json = serde_json::to_value(&document).unwrap();
        assert_eq!(json["bomFormat"], "CycloneDX");
        assert_eq!(
            json["components"][0]["hashes"][0]["content"],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        let ring = json["components"].as_array().unwrap().last().unwrap();
        assert_eq!(ring["purl"], "pkg:cargo/ring@0.17.14%2Bx");
        assert_eq!(ring["hashes"][0]["content"], "ab");
        assert_eq!(ring["licenses"][0]["expression"], "ISC");
        assert!(json["components"][0].get("purl").is_none());
    }

    #[test]
    fn a_file_of_which_nothing_is_known_is_an_error() {
        let error = document(&parts(), "1.95.0", &[file(Part::Page, "app.wasm")]).unwrap_err().to_string();
        assert_eq!(error, "nothing is known of app.wasm");
    }
}
