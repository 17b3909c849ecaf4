//! The rules of the house: what each crate must know nothing of.

use dualwatch_tests::{promises, stairs::Uses};
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
        "what is shown are values: components know how",
    ),
    ("web/app/src/components", &["fetch(", "gloo_timers", "spawn_local"], "components do not fetch"),
    ("worker/src", &["simnet", "Health::Down", "Verdict::"], "the worker loads, calls core, commits, answers"),
];

/// (sources of a crate, its rooms from below to above): a room uses only rooms below it.
const ROOMS: &[(&str, &[&str])] = &[
    ("crates/core/src", &["measure", "judge", "self_test", "remember", "notice", "respond", "watch"]),
    ("crates/import/src", &["read", "conclude", "tell"]),
    ("web/app/src", &["found", "show", "components", "document", "widget", "pages"]),
];

/// The crates from below to above.
const CRATES: [&str; 21] = [
    "crates/notrun",
    "crates/pattern",
    "crates/core",
    "crates/clients",
    "crates/wire",
    "crates/words",
    "crates/chart",
    "crates/config",
    "crates/prober",
    "crates/simnet",
    "crates/import",
    "crates/replay",
    "crates/cli",
    "crates/edgehost",
    "crates/xtask",
    "web/app",
    "web/self-test",
    "worker",
    "tests",
    "tests/fuzz",
    "tests/worst",
];

/// Crates that are only whole as WebAssembly: `cargo xtask` builds them.
const WEB_ASSEMBLY: [&str; 3] = ["web/app", "worker", "tests/worst"];

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
fn no_room_uses_one_above_it() {
    for (src, rooms) in ROOMS {
        let wrong = Uses::read(&workspace().join(src)).against(rooms);
        assert!(wrong.is_empty(), "rooms of {src}, from below to above: {}\n{}", rooms.join(", "), wrong.join("\n"));
    }
}

/// Also by their tests and build scripts, which cargo would let run in a ring.
#[test]
fn no_crate_uses_one_above_it() {
    for (i, folder) in CRATES.iter().enumerate() {
        let manifest = fs::read_to_string(workspace().join(folder).join("Cargo.toml")).unwrap();
        for used in manifest.lines().filter_map(|line| line.strip_prefix("dualwatch-")) {
            let used = used.split(['.', ' ', '=']).next().unwrap_or_default();
            let is_it = |crate_: &&&str| crate_.rsplit('/').next() == Some(used);
            let at = CRATES.iter().position(|crate_| is_it(&crate_));
            assert!(at.is_some_and(|at| at < i), "{folder} uses {used}, which is not below it");
        }
    }
    let mut ordered = CRATES.map(str::to_owned).to_vec();
    ordered.sort_unstable();
    assert_eq!(ordered, sorted_once("members", &members()), "every crate has its place in the order");
}

#[test]
fn the_top_level_is_tidy() {
    let allowed =
        ["Cargo.toml", "Cargo.lock", "crates", "web", "worker", "tests", "README.md", "CHANGELOG.md", "findings"];
    for entry in fs::read_dir(workspace()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_known = allowed.contains(&name.as_str())
            || name.starts_with('.')
            || name.starts_with("LICENSE")
            || ["target", "rust-toolchain.toml", "deny.toml", "dualwatch.yml"].contains(&name.as_str());
        assert!(is_known, "{name} is new at the top");
    }
}

/// Every crate is a member once and described once, and what is not WebAssembly is a default member.
#[test]
fn every_crate_is_listed_once() {
    let all = sorted_once("members", &members());
    let native: Vec<_> = all.iter().filter(|name| !WEB_ASSEMBLY.contains(&name.as_str())).cloned().collect();
    assert_eq!(sorted_once("default-members", &listed("default-members")), native);

    let map = fs::read_to_string(workspace().join("crates/README.md")).unwrap();
    let chapter = map.split("\n## The crates\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let described = chapter.lines().filter_map(|line| line.strip_prefix("- **`")?.split_once("`**: "));
    let described: Vec<String> = described.map(|(name, _)| name.to_owned()).collect();
    let names = all.iter().map(|name| name.strip_prefix("crates/").unwrap_or(name).to_owned()).collect::<Vec<_>>();
    assert_eq!(sorted_once("crates/README.md", &described), sorted_once("members", &names));
}

/// The folders of the workspace's members.
fn members() -> Vec<String> {
    let mut members = Vec::new();
    for member in listed("members") {
        match member.strip_suffix("/*") {
            Some(folder) => members.extend(crates_in(&workspace(), folder)),
            None => members.push(member),
        }
    }
    members
}

/// A list of the workspace's manifest.
fn listed(key: &str) -> Vec<String> {
    let manifest: toml::Table = fs::read_to_string(workspace().join("Cargo.toml")).unwrap().parse().unwrap();
    let names = manifest["workspace"][key].as_array().unwrap().iter();
    names.map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn sorted_once(what: &str, names: &[String]) -> Vec<String> {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), names.len(), "{what} names one twice: {names:?}");
    sorted
}

/// What is promised of security is what tests say that they hold; with `DUALWATCH_TESTS_WRITE` the list is written anew.
#[test]
fn the_list_of_promises_is_that_of_the_tests() {
    const HEAD: &str = "# What is promised, and what holds it\n\nOf the doors and bounds of Dualwatch: each row is said by \
                        the tests beside it, which fail when it is broken. `tests/suites/house.rs` keeps this list.\n\n";
    let (root, path) = (workspace(), workspace().join("tests/SECURITY.md"));
    let mut promises = Vec::new();
    for file in rust_files(&root) {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        if name != "tests/src/promises.rs" {
            promises.extend(promises::read(&name, &fs::read_to_string(&file).unwrap()).unwrap());
        }
    }
    promises.sort();
    let list = HEAD.to_owned() + &promises::table(&promises, "../");
    if std::env::var_os("DUALWATCH_TESTS_WRITE").is_some() {
        fs::write(&path, &list).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == list, "{} is not what the tests say; write it with DUALWATCH_TESTS_WRITE=1", path.display());
}

/// What runs on every change is what people are told to run.
#[test]
fn the_integration_runs_the_command_of_the_readme() {
    let read = |name: &str| fs::read_to_string(workspace().join(name)).unwrap();
    let ci = read(".ci/run");
    let command = ci.lines().find_map(|line| line.strip_prefix("exec ")).unwrap();
    let told = read("README.md");
    assert!(told.lines().any(|line| line.split(" #").next().unwrap_or_default().trim_end() == command), "{command}");
    assert!(ci.lines().all(|line| ["#", "set ", "cd ", "exec "].iter().any(|begin| line.starts_with(begin))), "{ci}");
}

fn crates_in(root: &Path, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap());
    let crates = entries.filter(|entry| entry.path().join("Cargo.toml").is_file());
    crates.map(|entry| format!("{folder}/{}", entry.file_name().to_str().unwrap())).collect()
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
