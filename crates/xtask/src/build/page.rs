//! Makes the page's files under names that contain a hash of their content, so that they may be cached for ever.

use super::compile::Compiled;
use crate::workspace::Workspace;
use anyhow::{Context as _, Result};
use data_encoding::HEXLOWER;
use dualwatch_edgehost::PageAssets;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// Eight bytes: a collision among a handful of files is out of the question.
const HASH_BYTES: usize = 8;

/// For hosts that read it from the folder, as Cloudflare does; workerd gets the same from its configuration.
const HEADERS: &str =
    "/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n  X-Content-Type-Options: nosniff\n";

/// Returns the style of the page: `style.css`, then the files that lie beside their components.
pub fn style(workspace: &Workspace) -> Result<String> {
    let mut files = Vec::new();
    collect_css(&workspace.root.join("web/app"), &mut files)?;
    files.sort_by_key(|path| (!path.ends_with("web/app/style.css"), path.clone()));
    let texts =
        files.iter().map(|path| fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display())));
    Ok(texts.collect::<Result<Vec<_>>>()?.join("\n"))
}

fn collect_css(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect_css(&entry.path(), files)?;
        } else if entry.path().extension().is_some_and(|extension| extension == "css") {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Writes the page's files below `site`; returns their URLs.
pub fn generate(compiled: &Compiled, style: &str, site: &Path) -> Result<PageAssets> {
    let assets = site.join("assets");
    fs::create_dir_all(&assets)?;
    let generated = assets.join("generated");
    Bindgen::new()
        .input_path(&compiled.page)
        .out_name("app")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // `boot.js` says where the module is: its name is not known yet.
        .omit_default_module_path(true)
        .web(true)?
        .generate(&generated)
        .context("cannot generate the page's glue")?;
    let page = PageAssets {
        boot: write(&assets, "boot", "js", compiled.boot.as_bytes())?,
        js: write(&assets, "app", "js", &fs::read(generated.join("app.js"))?)?,
        wasm: write(&assets, "app", "wasm", &fs::read(generated.join("app_bg.wasm"))?)?,
        css: write(&assets, "style", "css", style.as_bytes())?,
    };
    let snippets = generated.join("snippets");
    if snippets.is_dir() {
        // The glue imports them by a relative path, which already contains a hash.
        fs::rename(snippets, assets.join("snippets"))?;
    }
    fs::remove_dir_all(generated)?;
    fs::write(site.join("_headers"), HEADERS)?;
    Ok(page)
}

/// Writes one file and returns its URL.
fn write(dir: &Path, stem: &str, extension: &str, content: &[u8]) -> Result<String> {
    let hash = HEXLOWER.encode(&Sha256::digest(content)[..HASH_BYTES]);
    let name = format!("{stem}-{hash}.{extension}");
    fs::write(dir.join(&name), content).with_context(|| format!("cannot write {name}"))?;
    Ok(format!("/assets/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_with_the_content_and_only_then() {
        let dir = tempfile::tempdir().unwrap();
        let name = |content: &str| write(dir.path(), "app", "js", content.as_bytes()).unwrap();
        assert_eq!(name("a"), "/assets/app-ca978112ca1bbdca.js");
        assert_eq!(name("a"), name("a"));
        assert_ne!(name("a"), name("b"));
        assert!(dir.path().join("app-ca978112ca1bbdca.js").is_file());
    }
}
