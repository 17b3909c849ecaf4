//! Makes the files that browsers load, under names that contain a hash of their content, so that they may be cached for
//! ever.

use super::{pack, widget};
use crate::workspace::Workspace;
use anyhow::{Context as _, Result};
use data_encoding::HEXLOWER;
use dualwatch_edgehost::{PageAssets, Pages, WidgetAssets};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// A WebAssembly module for the browser, made from the package in `web/FOLDER`; the style is that of all pages.
#[derive(Debug, PartialEq, Eq)]
pub struct PageModule {
    pub name: &'static str,
    pub folder: &'static str,
    /// It is a program of the package, of the same name.
    pub package: &'static str,
    /// The scripts of the folder that make the one which loads it.
    pub scripts: &'static [&'static str],
    /// The page that loads it; its first load has a budget.
    pub path: &'static str,
}

/// Every module that browsers load. A further one is a line here, and its budget a line in `sizes.toml`; the worker finds
/// its files in `PAGE_ASSETS` under its name.
pub const MODULES: &[PageModule] = &[
    self_test("self-test-en", "/self-test?lang=en"),
    self_test("self-test-zh-Hans", "/self-test?lang=zh-Hans"),
    self_test("self-test-de", "/self-test?lang=de"),
    status("status-en", "/"),
    status("status-zh-Hans", "/?lang=zh-Hans"),
    status("status-de", "/?lang=de"),
];

/// The self-test in one language: a browser is sent no other.
const fn self_test(name: &'static str, path: &'static str) -> PageModule {
    PageModule { name, folder: "self-test", package: "dualwatch-self-test", scripts: &["boot.js"], path }
}

/// The status page in one language, with the self-test in brief.
const fn status(name: &'static str, path: &'static str) -> PageModule {
    PageModule { scripts: &["patch.js", "follow.js", "live.js", "boot.js"], ..self_test(name, path) }
}

/// What a page runs that measures nothing and is kept up to date.
const STILL: &[&str] = &["patch.js", "follow.js", "still.js"];

/// What all pages share that are kept up to date; they load it when they are there.
const STREAM: &[&str] = &["stream.js"];

/// Where the style of all pages is: beside what renders them.
const STYLED: &str = "web/app";

/// What the files of one module are made from.
pub struct Source {
    pub module: &'static PageModule,
    /// The module as the compiler left it.
    pub wasm: PathBuf,
    /// The text of the script that loads it.
    pub boot: String,
    /// The texts of [`STILL`] and [`STREAM`].
    still: String,
    stream: String,
    pub style: String,
    pub chart: Chart,
}

/// What pages with charts load beside the style of all pages: no other page waits for it.
#[derive(Clone)]
pub struct Chart {
    pub style: String,
    pub script: String,
}

/// Where it is.
const CHART: &str = "web/chart";

/// Eight bytes: a collision among a handful of files is out of the question.
const HASH_BYTES: usize = 8;

/// For hosts that read it from the folder, as Cloudflare does; workerd gets the same from its configuration.
const HEADERS: &str = "/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n  X-Content-Type-Options: nosniff\n  \
     Access-Control-Allow-Origin: *\n  Cross-Origin-Resource-Policy: cross-origin\n";

/// Returns what the files of every module are made from; `out` has the modules as the compiler left them.
pub fn sources(workspace: &Workspace, out: &Path) -> Result<Vec<Source>> {
    let style = style(&workspace.root.join(STYLED))?;
    let chart = workspace.root.join(CHART);
    let chart = Chart { style: read(&chart.join("chart.css"))?, script: bare(&read(&chart.join("chart.js"))?) };
    let source = |module: &'static PageModule| {
        let folder = workspace.root.join("web").join(module.folder);
        let joined = |scripts: &[&str]| {
            scripts.iter().map(|script| Ok(bare(&read(&folder.join(script))?))).collect::<Result<String>>()
        };
        Ok(Source {
            module,
            wasm: out.join(format!("{}.wasm", module.name)),
            boot: joined(module.scripts)?,
            still: joined(STILL)?,
            stream: joined(STREAM)?,
            style: style.clone(),
            chart: chart.clone(),
        })
    };
    MODULES.iter().map(source).collect()
}

/// Returns a script without its comments and indents. They stand in lines of their own.
fn bare(script: &str) -> String {
    let lines = script.lines().map(str::trim_start);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with("/**"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// Returns the style: `style.css`, then the files that lie beside their components.
fn style(dir: &Path) -> Result<String> {
    let mut files = Vec::new();
    collect_css(dir, &mut files)?;
    files.sort_by_key(|path| (*path != dir.join("style.css"), path.clone()));
    let texts = files.iter().map(|path| read(path));
    Ok(texts.collect::<Result<Vec<_>>>()?.join("\n"))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
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

/// Writes the files of every module, and those of the widget, below `site`; returns their URLs.
pub fn generate(
    sources: &[Source],
    widget: &widget::Source,
    node: &Path,
    site: &Path,
) -> Result<(Pages, WidgetAssets)> {
    let assets = site.join("assets");
    fs::create_dir_all(&assets)?;
    let pages = sources.iter().map(|source| Ok((source.module.name.to_owned(), files(source, &assets)?)));
    let pages = pages.collect::<Result<Pages>>()?;
    let widget = widget.generate(node, &assets)?;
    pack::folder(&assets)?;
    fs::write(site.join("_headers"), HEADERS)?;
    Ok((pages, widget))
}

/// Writes the files of one module into `assets`.
fn files(source: &Source, assets: &Path) -> Result<PageAssets> {
    let Source { module: PageModule { name, .. }, wasm, boot, still, stream, style, chart } = source;
    let generated = assets.join("generated");
    Bindgen::new()
        .input_path(wasm)
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // `boot.js` says where the module is: its name is not known yet.
        .omit_default_module_path(true)
        .web(true)?
        .generate(&generated)
        .with_context(|| format!("cannot generate the glue of {name}"))?;
    let page = PageAssets {
        boot: write(assets, "boot", "js", boot.as_bytes())?,
        js: write(assets, name, "js", &fs::read(generated.join(format!("{name}.js")))?)?,
        wasm: write(assets, name, "wasm", &fs::read(generated.join(format!("{name}_bg.wasm")))?)?,
        css: write(assets, "style", "css", style.as_bytes())?,
        still: write(assets, "still", "js", still.as_bytes())?,
        stream: write(assets, "stream", "js", stream.as_bytes())?,
        chart_css: write(assets, "chart", "css", chart.style.as_bytes())?,
        chart_js: write(assets, "chart", "js", chart.script.as_bytes())?,
    };
    let snippets = generated.join("snippets");
    if snippets.is_dir() {
        // The glue imports them by a relative path, which already contains a hash.
        let all = assets.join("snippets");
        fs::create_dir_all(&all)?;
        for entry in fs::read_dir(snippets)? {
            let entry = entry?;
            let place = all.join(entry.file_name());
            // Another module may have the same.
            if !place.exists() {
                fs::rename(entry.path(), place)?;
            }
        }
    }
    fs::remove_dir_all(generated)?;
    Ok(page)
}

/// Writes one file and returns its URL.
pub(super) fn write(dir: &Path, stem: &str, extension: &str, content: &[u8]) -> Result<String> {
    let hash = HEXLOWER.encode(&Sha256::digest(content)[..HASH_BYTES]);
    let name = format!("{stem}-{hash}.{extension}");
    fs::write(dir.join(&name), content).with_context(|| format!("cannot write {name}"))?;
    Ok(format!("/assets/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_has_its_folder_and_a_name_of_its_own() {
        let workspace = Workspace::locate().unwrap();
        let sources = sources(&workspace, Path::new("out")).unwrap();
        assert_eq!(sources[0].wasm, Path::new("out/self-test-en.wasm"));
        for (i, source) in sources.iter().enumerate() {
            assert!(!source.boot.is_empty() && !source.style.is_empty(), "{}", source.module.name);
            assert!(MODULES[..i].iter().all(|earlier| earlier.name != source.module.name), "{}", source.module.name);
        }
    }

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
