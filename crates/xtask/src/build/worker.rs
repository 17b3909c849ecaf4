//! Makes the worker's modules: generated glue, WebAssembly, and the entry point.

use anyhow::{Context as _, Result};
use dualwatch_edgehost::{Module, ModuleKind};
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// The entry point: hands events to the generated glue.
pub const SHIM: &str = include_str!("shim.js");
const ENTRY: &str = "shim.js";

/// Generates the modules for `wasm` into `dir`; returns their names, the entry point first.
pub fn generate(wasm: &Path, dir: &Path) -> Result<Vec<Module>> {
    Bindgen::new()
        .input_path(wasm)
        .out_name("index")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // Both for the entry point: it starts over after a panic.
        .reset_state_function(true)
        .force_enable_abort_handler(true)
        .module(true)?
        .generate(dir)
        .context("cannot generate the worker's glue")?;
    let index = dir.join("index.js");
    let glue = fs::read_to_string(&index).context("wasm-bindgen wrote no index.js")?;
    fs::write(&index, plain_imports(&glue))?;
    fs::write(dir.join(ENTRY), SHIM)?;
    let mut names = Vec::new();
    collect(dir, "", &mut names)?;
    // The first module is the entry point; the others in a stable order.
    names.sort_by_key(|name| (name != ENTRY, name.clone()));
    Ok(names.into_iter().map(module).collect())
}

/// Source phase imports are new; a plain import of a WebAssembly module gives the same on every host of this worker.
fn plain_imports(glue: &str) -> String {
    glue.replace("import source ", "import ")
}

fn module(name: String) -> Module {
    let is_wasm = Path::new(&name).extension().is_some_and(|extension| extension == "wasm");
    Module { kind: if is_wasm { ModuleKind::Wasm } else { ModuleKind::EsModule }, name }
}

/// The generator also writes a `package.json`, with what `npm` installs for the worker's development.
fn is_module(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "js" || extension == "wasm")
}

/// Collects the names of all modules below `dir`, with `/` between folders as in an import.
fn collect(dir: &Path, prefix: &str, names: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), names)?;
        } else if is_module(&name) {
            names.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_lose_their_phase() {
        let glue = "import source wasmModule from \"./index_bg.wasm\"\nimport { a } from \"./b.js\"";
        assert!(plain_imports(glue).starts_with("import wasmModule from \"./index_bg.wasm\"\nimport { a }"));
    }

    #[test]
    fn only_modules_are_handed_to_the_host() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("snippets/a/src")).unwrap();
        for file in ["index.js", "index_bg.wasm", "package.json", "snippets/a/src/flow.js"] {
            fs::write(dir.path().join(file), "").unwrap();
        }
        let mut names = Vec::new();
        collect(dir.path(), "", &mut names).unwrap();
        names.sort();
        assert_eq!(names, ["index.js", "index_bg.wasm", "snippets/a/src/flow.js"]);
    }

    #[test]
    fn the_entry_point_exports_every_class_that_workerd_is_told_of() {
        for class in ["TargetObject", "DirectoryObject"] {
            assert!(SHIM.contains(&format!("export const {class} = ")), "{class}");
        }
    }
}
