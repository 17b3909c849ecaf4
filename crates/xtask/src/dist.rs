//! Puts what a host needs into one folder and one archive, with a bill of materials of everything in it.
//!
//! ```text
//! <target>/dist/dualwatch-VERSION-TRIPLE/{dualwatch, bundle/, workerd, LICENSE-*, README.md, bom.cdx.json}
//! <target>/dist/dualwatch-VERSION-TRIPLE.tar.gz
//! ```
//!
//! The same commit gives the same list and the same order: no time and no random number is written.

mod bom;
mod tree;

use crate::build;
use crate::say;
use crate::workspace::{self, Workspace};
use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// Builds everything in the form that is handed out, and packs it.
///
/// # Errors
/// What does not build or cannot be written, and a part whose licence or checksum is not known.
pub fn run(workspace: &Workspace) -> Result<()> {
    let built = build::run(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--locked", "--release", "--package", "dualwatch-cli", "--bin", "dualwatch"]);
    workspace::run(&mut cargo, "cargo build --release")?;

    let compiler = compiler()?;
    let name = format!("dualwatch-{}-{}", env!("CARGO_PKG_VERSION"), compiler.host);
    let dist = workspace.target.join("dist");
    let folder = dist.join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let program = format!("dualwatch{}", std::env::consts::EXE_SUFFIX);
    copy(&workspace.target.join("release").join(&program), &folder.join(&program))?;
    copy(&built.workerd, &folder.join("workerd"))?;
    copy_folder(built.bundle.root(), &folder.join("bundle"), &["bundle.json", "worker", "site"])?;
    for file in ["LICENSE-MIT", "LICENSE-APACHE", "README.md"] {
        copy(&workspace.root.join(file), &folder.join(file))?;
    }

    let parts = tree::Parts::read(workspace, &compiler.host, &built.bundle.crypto)?;
    let document = bom::document(&parts, &compiler.release, &shipped(&folder, &program)?)?;
    fs::write(folder.join("bom.cdx.json"), serde_json::to_string_pretty(&document)? + "\n")
        .context("cannot write bom.cdx.json")?;
    let archive = dist.join(format!("{name}.tar.gz"));
    pack(&dist, &name, &archive)?;
    say(format_args!("{} has {}", folder.join("bom.cdx.json").display(), bom::summary(&document)));
    say(format_args!("{}", archive.display()));
    Ok(())
}

struct Compiler {
    release: String,
    host: String,
}

fn compiler() -> Result<Compiler> {
    let output = Command::new("rustc").arg("-vV").output().context("cannot run rustc")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        line.map(|value| value.trim().to_owned()).with_context(|| format!("rustc -vV says no {key}"))
    };
    Ok(Compiler { release: value("release:")?, host: value("host:")? })
}

/// The files that the list names, each as (part, path in the folder, its bytes).
fn shipped(folder: &Path, program: &str) -> Result<Vec<bom::File>> {
    let mut files = Vec::new();
    let mut add = |part, path: String| -> Result<()> {
        let bytes = fs::read(folder.join(&path)).with_context(|| format!("cannot read {path}"))?;
        files.push(bom::File { part, path, bytes });
        Ok(())
    };
    add(bom::Part::Program, program.to_owned())?;
    add(bom::Part::Runtime, "workerd".to_owned())?;
    for (part, place) in [(bom::Part::Worker, "bundle/worker"), (bom::Part::Page, "bundle/site/assets")] {
        for entry in sorted(&folder.join(place))? {
            if Path::new(&entry).extension().is_some_and(|extension| extension == "wasm") {
                add(part, format!("{place}/{entry}"))?;
            }
        }
    }
    Ok(files)
}

fn sorted(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names =
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(drop).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

fn copy_folder(from: &Path, to: &Path, names: &[&str]) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for name in names {
        let (from, to) = (from.join(name), to.join(name));
        if from.is_dir() {
            let inside = sorted(&from)?;
            copy_folder(&from, &to, &inside.iter().map(String::as_str).collect::<Vec<_>>())?;
        } else {
            copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Packs the folder `name` of `dist`; in the order of names, owned by nobody in particular, with no times.
fn pack(dist: &Path, name: &str, archive: &Path) -> Result<()> {
    let file = File::create(archive).with_context(|| format!("cannot write {}", archive.display()))?;
    let mut tar = tar::Builder::new(GzEncoder::new(file, Compression::best()));
    tar.mode(tar::HeaderMode::Deterministic);
    append(&mut tar, dist, name)?;
    tar.into_inner()?.finish()?.flush()?;
    Ok(())
}

fn append(tar: &mut tar::Builder<GzEncoder<File>>, dist: &Path, name: &str) -> Result<()> {
    let path = dist.join(name);
    if !path.is_dir() {
        return tar.append_path_with_name(&path, name).with_context(|| format!("cannot pack {}", path.display()));
    }
    sorted(&path)?.iter().try_for_each(|inside| append(tar, dist, &format!("{name}/{inside}")))
}
