//! The rules of the house: what each crate must know nothing of.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// (folder, words that must not occur in its code, why)
const ABSENT: &[(&str, &[&str], &str)] = &[
    (
        "crates/core/src",
        &["SystemTime", "Instant::now", "async fn", "serde_json", "std::net::Tcp", "tokio", "web_sys", "println!"],
        "core is pure: no clock, no async, no JSON text, no sockets, no DOM",
    ),
    (
        "crates/wire/src",
        &["SystemTime", "Instant::now", "async fn", "tokio", "web_sys", "std::fs"],
        "wire knows documents, not where they are stored or who asked",
    ),
    ("crates/words/src", &["SystemTime", "async fn", "tokio", "web_sys", "std::fs"], "words are only words"),
    ("crates/config/src", &["std::fs", "async fn", "tokio", "SystemTime"], "config reads text; the caller reads files"),
    (
        "crates/import/src/conclude",
        &["std::fs", "gix", "SystemTime", "println!"],
        "what is concluded is concluded from values; folder.rs and git.rs read",
    ),
    (
        "crates/prober/src",
        &["worker::", "js_sys", "web_sys", "std::fs", "simnet"],
        "the prober does not know which host it runs in",
    ),
    (
        "web/app/src/show",
        &["leptos", "web_sys", "js_sys", "SystemTime"],
        "what is shown are values: components know how, the client knows when",
    ),
    ("web/app/src/components", &["fetch(", "gloo_timers", "spawn_local"], "components do not fetch"),
    ("worker/src", &["simnet", "Health::Down", "Verdict::"], "the worker loads, calls core, commits, answers"),
];

/// Files longer than this want to be two.
const MAX_LINES: usize = 450;

#[test]
fn every_crate_knows_nothing_of_what_it_must_not() {
    let mut found = Vec::new();
    for (folder, words, why) in ABSENT {
        let files = rust_files(&workspace().join(folder));
        assert!(!files.is_empty(), "{folder} has no code: has it moved?");
        for file in files {
            for (i, line) in code(&file).lines().enumerate() {
                for word in words.iter().filter(|w| line.contains(**w)) {
                    found.push(format!("{}:{}: `{word}` ({why})", file.display(), i + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_fit_one_sentence() {
    for file in rust_files(&workspace()) {
        let text = fs::read_to_string(&file).unwrap();
        let n_lines = text.lines().count();
        assert!(n_lines <= MAX_LINES, "{} has {n_lines} lines", file.display());
        assert_ne!(file.file_name().unwrap(), "mod.rs", "{}: modules are foo.rs beside foo/", file.display());
    }
}

#[test]
fn the_top_level_is_tidy() {
    let allowed = ["Cargo.toml", "Cargo.lock", "crates", "web", "worker", "tests", "README.md", "CHANGELOG.md"];
    for entry in fs::read_dir(workspace()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_known = allowed.contains(&name.as_str())
            || name.starts_with('.')
            || name.starts_with("LICENSE")
            || ["target", "rust-toolchain.toml", "deny.toml", "dualwatch.yml"].contains(&name.as_str());
        assert!(is_known, "{name} is new at the top");
    }
}

/// The part of a file before its tests, without comments.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
