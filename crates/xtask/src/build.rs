//! Builds worker and page into one bundle that workerd and Cloudflare take as it is.
//!
//! ```text
//! cargo (profile wasm) -> wasm-bindgen, as a library -> <target>/dualwatch/{worker,site,bundle.json}
//! ```
//!
//! Cargo knows what it need not compile again; the step after it is skipped while its inputs have the same hash.

mod compile;
mod described;
pub mod first_load;
pub mod pack;
mod page;
mod pin;
mod widget;
mod worker;

use crate::say;
use crate::setup::{Crypto, Ready, prepare};
use crate::workspace::Workspace;
use anyhow::{Context as _, Result};
use compile::Compiled;
use data_encoding::HEXLOWER;
use dualwatch_edgehost::Bundle;
pub use page::{MODULES, PageModule};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// A whole bundle, and the program that runs it.
pub struct Built {
    pub bundle: Bundle,
    pub workerd: PathBuf,
}

/// Gets what is missing, then builds what has changed.
pub fn run(workspace: &Workspace) -> Result<Built> {
    build(workspace, &prepare(workspace, &[])?)
}

/// Builds what has changed.
pub fn build(workspace: &Workspace, Ready { node, workerd, crypto, .. }: &Ready) -> Result<Built> {
    pin::check(workspace)?;
    let root = workspace.bundle_dir();
    fs::create_dir_all(&root).with_context(|| format!("cannot create {}", root.display()))?;
    // Two builds at once would mix their files.
    let lock = File::create(root.join("lock")).context("cannot create the lock of the bundle")?;
    lock.lock().context("cannot lock the bundle")?;

    let compiled = compile::run(workspace, crypto)?;
    let widget = widget::Source::read(workspace)?;
    let inputs = fingerprint(workspace, &compiled, &widget, crypto)?;
    let stamp = root.join("inputs.sha256");
    let bundle = match Bundle::open(&root) {
        Ok(bundle) if fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == inputs) => bundle,
        _ => assemble(workspace, &root, &compiled, (&widget, node), crypto, (&stamp, &inputs))?,
    };
    Ok(Built { bundle, workerd: workerd.clone() })
}

/// Builds the worker that does the worst that is allowed (`tests/worst`); returns the folder of its modules, and workerd.
pub fn worst(workspace: &Workspace) -> Result<(PathBuf, PathBuf)> {
    let Ready { workerd, crypto, .. } = prepare(workspace, &[])?;
    pin::check(workspace)?;
    let dir = workspace.target.join("worst");
    remove(&dir)?;
    worker::generate(&compile::worst(workspace, &crypto)?, &dir)?;
    for name in ["worst.js", "worst.capnp"] {
        fs::copy(workspace.root.join("tests/worst").join(name), dir.join(name))
            .with_context(|| format!("cannot copy {name}"))?;
    }
    Ok((dir, workerd))
}

fn assemble(
    workspace: &Workspace,
    root: &Path,
    compiled: &Compiled,
    (widget, node): (&widget::Source, &Path),
    crypto: &Crypto,
    (stamp, inputs): (&Path, &str),
) -> Result<Bundle> {
    say(format_args!("bundling into {}", root.display()));
    // The manifest goes first and comes back last: a folder with one is whole.
    remove(&root.join("bundle.json"))?;
    remove(&root.join("worker"))?;
    remove(&root.join("site"))?;
    let modules = worker::generate(&compiled.worker, &root.join("worker"))?;
    let (pages, widget) = page::generate(&compiled.pages, widget, node, &root.join("site"))?;
    described::copy(workspace, &root.join("site"))?;
    let bundle = Bundle::new(root.to_owned(), crypto.feature().to_owned(), modules, pages, widget);
    bundle.write().context("cannot write bundle.json")?;
    fs::write(stamp, inputs)?;
    Ok(Bundle::open(root)?)
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Hash of everything that the bundle is made from, the rules of this program included.
fn fingerprint(workspace: &Workspace, compiled: &Compiled, widget: &widget::Source, crypto: &Crypto) -> Result<String> {
    let mut hash = Sha256::new();
    let mut parts = vec![worker::SHIM, pin::VERSION, pack::VERSION, crypto.feature()];
    parts.extend(
        compiled
            .pages
            .iter()
            .flat_map(|page| [page.module.name, &page.style, &page.boot, &page.chart.style, &page.chart.script]),
    );
    parts.extend(widget.parts());
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    for file in described::files(workspace)? {
        hash.update(file.content);
        hash.update([0]);
    }
    for path in compiled.pages.iter().map(|page| &page.wasm).chain([&compiled.worker]) {
        hash.update(Sha256::digest(fs::read(path).with_context(|| format!("cannot read {}", path.display()))?));
    }
    Ok(HEXLOWER.encode(&hash.finalize()))
}
