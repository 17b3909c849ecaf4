//! A built bundle on disk: the worker's modules, the page's files, and the manifest that names them.
//!
//! ```text
//! bundle.json          this manifest; written last, so a folder with one is whole
//! worker/shim.js ...   the worker's modules, under their module names
//! site/assets/...      the page's files under names that contain a hash of their content
//! ```

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

const VERSION: u32 = 4;

/// What `bundle.json` says, with the folder that it was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bundle {
    pub version: u32,
    /// `ring` or `rustcrypto`: the TLS cryptography inside the worker.
    pub crypto: String,
    /// The first module is the entry point.
    pub modules: Vec<Module>,
    pub pages: Pages,
    pub widget: WidgetAssets,
    #[serde(skip)]
    root: PathBuf,
}

/// One module of the worker: a file below `worker/`, imported by the same name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    pub name: String,
    pub kind: ModuleKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModuleKind {
    EsModule,
    Wasm,
}

/// What each WebAssembly module of the browser loads, by the name of the module: `app` is the status page. As JSON it is the
/// worker's text binding `PAGE_ASSETS`.
pub type Pages = BTreeMap<String, PageAssets>;

/// URLs, from the root of the site, of what the pages of one module load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAssets {
    /// The script that starts the page: an ECMAScript module.
    pub boot: String,
    /// The generated glue that `boot` imports.
    pub js: String,
    pub wasm: String,
    pub css: String,
    /// The script of a page that measures nothing.
    pub still: String,
    /// The worker that such a page and the status page share.
    pub stream: String,
    /// The style of charts, and the script that reads them: of the pages that have some, the same for every module.
    pub chart_css: String,
    pub chart_js: String,
}

/// URLs, from the root of the site, of the scripts of the widget. As JSON it is the worker's text binding `WIDGET_ASSETS`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WidgetAssets {
    /// The element, and its digest as the attribute `integrity` has it.
    pub widget: String,
    pub integrity: String,
    /// What the element loads when somebody wants that.
    pub more: String,
    /// What a frame around it runs.
    pub frame: String,
}

#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("no bundle in {}: run `cargo xtask build` first", .0.display())]
    Missing(PathBuf),
    #[error("cannot use {}: {reason}", .path.display())]
    Unusable { path: PathBuf, reason: String },
}

impl Bundle {
    /// Returns the manifest of these parts in `root`; nothing is written yet.
    pub fn new(root: PathBuf, crypto: String, modules: Vec<Module>, pages: Pages, widget: WidgetAssets) -> Self {
        Self { version: VERSION, crypto, modules, pages, widget, root }
    }

    /// Reads the manifest in `root` and checks that every module is there.
    pub fn open(root: &Path) -> Result<Self, BundleError> {
        let path = root.join("bundle.json");
        let unusable = |reason: String| BundleError::Unusable { path: path.clone(), reason };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(BundleError::Missing(root.into())),
            Err(error) => return Err(unusable(error.to_string())),
        };
        let mut bundle: Self = serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
        if bundle.version != VERSION {
            return Err(unusable(format!("version {} instead of {VERSION}", bundle.version)));
        }
        // Absolute, because workerd reads paths relative to its own working folder.
        bundle.root = root.canonicalize().map_err(|error| unusable(error.to_string()))?;
        match bundle.modules.iter().find(|module| !bundle.worker_dir().join(&module.name).is_file()) {
            Some(module) => Err(unusable(format!("module {} is missing", module.name))),
            None => Ok(bundle),
        }
    }

    /// Writes the manifest: the last step of a build.
    pub fn write(&self) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(io::Error::other)?;
        fs::write(self.root.join("bundle.json"), text + "\n")
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn worker_dir(&self) -> PathBuf {
        self.root.join("worker")
    }

    pub fn site_dir(&self) -> PathBuf {
        self.root.join("site")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(modules: &[&str], files: &[&str]) -> (tempfile::TempDir, Result<Bundle, BundleError>) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("worker")).unwrap();
        for file in files {
            fs::write(dir.path().join("worker").join(file), "").unwrap();
        }
        let modules = modules.iter().map(|name| Module { name: (*name).into(), kind: ModuleKind::EsModule }).collect();
        Bundle::new(dir.path().into(), "ring".into(), modules, Pages::new(), WidgetAssets::default()).write().unwrap();
        let opened = Bundle::open(dir.path());
        (dir, opened)
    }

    #[test]
    fn a_written_bundle_is_read_again() {
        let (_dir, bundle) = written(&["shim.js", "index.js"], &["shim.js", "index.js"]);
        let bundle = bundle.unwrap();
        assert_eq!(bundle.modules[0].name, "shim.js");
        assert!(bundle.worker_dir().is_absolute());
    }

    #[test]
    fn a_missing_module_and_a_missing_manifest_are_named() {
        let (_dir, bundle) = written(&["shim.js", "index.js"], &["shim.js"]);
        assert!(bundle.unwrap_err().to_string().contains("index.js is missing"));
        let empty = tempfile::tempdir().unwrap();
        assert!(Bundle::open(empty.path()).unwrap_err().to_string().contains("cargo xtask build"));
    }

    #[test]
    fn page_assets_have_the_keys_that_the_worker_reads() {
        let json = serde_json::to_value(PageAssets::default()).unwrap();
        assert_eq!(
            json.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["boot", "chart_css", "chart_js", "css", "js", "still", "stream", "wasm"]
        );
    }
}
