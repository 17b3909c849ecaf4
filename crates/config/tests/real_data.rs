//! Real `.upptimerc.yml` files of public repositories are accepted whole.
//!
//! They are looked for in `$UPPTIME_DATA`, or beside the workspace; without them these tests do not run, and that is counted.

use dualwatch_config::{Config, SKIPS_A_SITE, load};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/upptime");
    let folder = std::env::var_os("UPPTIME_DATA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    dualwatch_notrun::no_data(format_args!("no Upptime data at {} (set UPPTIME_DATA)", folder.display()));
    None
}

/// Returns every configuration below the folder, with its place.
fn configurations(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for directory in fs::read_dir(folder).expect("a readable folder").flatten().map(|e| e.path()).filter(|p| p.is_dir())
    {
        for file in fs::read_dir(directory).expect("a readable folder").flatten().map(|e| e.path()) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_old = name.starts_with("upptimerc.");
            if Path::new(&name).extension().is_some_and(|e| e == "yml") && (name.contains(".upptimerc.") || is_old) {
                let text = fs::read_to_string(&file).expect("readable text");
                found.insert(file, text);
            }
        }
    }
    found
}

fn read(path: &Path, text: &str) -> Config {
    load(text, &path.display().to_string(), &|_| Err("no files".to_owned())).unwrap_or_else(|findings| {
        let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}", shown.join("\n"))
    })
}

fn n_with(config: &Config, code: &str) -> usize {
    config.warnings.iter().filter(|w| w.code == code).count()
}

#[test]
fn nothing_is_lost() {
    let Some(folder) = data() else { return };
    let files = configurations(&folder);
    assert!(files.len() >= 14, "{} files", files.len());
    let mut n_targets = 0;
    for (path, text) in &files {
        let config = read(path, text);
        let n_skipped = config.warnings.iter().filter(|w| SKIPS_A_SITE.contains(&w.code)).count();
        assert_eq!(config.targets.len() + n_skipped, n_sites(text), "{}: {:#?}", path.display(), config.warnings);
        n_targets += config.targets.len();
    }
    println!("{} configurations, {n_targets} targets", files.len());
}

/// Read in another way than the crate: what begins a line and ends in a colon. Keys of Upptime have no meaning here,
/// others are unknown; both are said, but of what every file has.
#[test]
fn every_key_at_the_top_is_named() {
    let Some(folder) = data() else { return };
    for (path, text) in configurations(&folder) {
        let config = read(&path, &text);
        let said: Vec<&str> = config
            .warnings
            .iter()
            .filter(|w| matches!(w.code, "no_meaning_here" | "unknown_key" | "page_only"))
            .map(|w| w.message.as_str())
            .collect();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let Some((key, value)) = line.split_once(':').filter(|_| line.starts_with(char::is_alphabetic)) else {
                continue;
            };
            let value = value.split('#').next().unwrap_or_default().trim();
            let has_block = lines.peek().is_some_and(|next| next.starts_with([' ', '-']));
            if !["sites", "owner", "repo", "status-website"].contains(&key) && (!value.is_empty() || has_block) {
                let name = format!("`{key}`");
                assert!(said.iter().any(|message| message.contains(&name)), "{}: {name} {said:?}", path.display());
            }
        }
    }
}

/// Counts the sites in another way than the crate: list items directly below `sites:`, by their indentation.
fn n_sites(text: &str) -> usize {
    let mut lines = text.lines().skip_while(|l| !l.starts_with("sites:")).skip(1).peekable();
    let block = std::iter::from_fn(|| lines.next_if(|l| l.is_empty() || l.starts_with([' ', '-', '#'])));
    let items: Vec<&str> = block.filter(|l| l.trim_start().starts_with("- ")).collect();
    let indentation = |l: &str| l.len() - l.trim_start().len();
    let outermost = items.iter().map(|l| indentation(l)).min();
    items.iter().filter(|l| Some(indentation(l)) == outermost).count()
}

#[test]
fn what_is_known_about_single_files_is_found() {
    let Some(folder) = data() else { return };
    let files = configurations(&folder);
    let config = |part: &str| {
        let (path, text) = files.iter().find(|(p, _)| p.to_string_lossy().contains(part)).expect(part);
        read(path, text)
    };
    let paltian = config("AlexP38");
    assert_eq!(n_with(&paltian, "named_ipv6_probes_ipv4"), 9);
    assert_eq!(n_with(&paltian, "ssl_as_https"), 1);
    assert_eq!(config("FoodCoopX").targets.len(), 0);

    let glinet = config("glinet");
    assert_eq!((glinet.targets.len(), n_with(&glinet, "malformed_url")), (3, 1));
    assert!(glinet.warnings.iter().any(|w| w.hint.as_deref() == Some("did you mean `user-agent`?")));
    assert!(!glinet.warnings.iter().any(|w| w.to_string().contains(":user:pw")));

    let monitor = config("monitor2");
    assert!(
        monitor.warnings.iter().any(|w| w.code == "unknown_key" && w.message.contains("`client` in a site (29 sites)"))
    );
    assert_eq!(n_with(&config("tannerln7"), "secret_needed"), 8);
    assert_eq!(config("manticore").targets[0].expect.max_redirects, 0);
    assert_eq!(n_with(&config("kpocius"), "not_followed"), 2);
}

/// Upptime's own published slugs, in `history/summary.json`, are those that are made here of the same names.
#[test]
fn slugs_are_upptimes() {
    let Some(folder) = data() else { return };
    let mut n = 0;
    for directory in fs::read_dir(&folder).expect("a readable folder").flatten() {
        let Ok(summary) = fs::read_to_string(directory.path().join("history/summary.json")) else { continue };
        let explicit = fs::read_to_string(directory.path().join(".upptimerc.yml")).is_ok_and(|t| t.contains(" slug:"));
        let names = strings(&summary, "name");
        let slugs = strings(&summary, "slug");
        assert_eq!(names.len(), slugs.len());
        for (name, slug) in names.iter().zip(&slugs).filter(|_| !explicit) {
            let name = name.replace('\'', "''");
            let text = format!("sites: [{{ name: '{name}', url: 'https://a.example' }}]");
            assert_eq!(&read(Path::new("x.yml"), &text).targets[0].slug, slug, "{name}");
            n += 1;
        }
    }
    println!("{n} slugs");
    assert!(n >= 100, "{n}");
}

/// Returns the values of a key in pretty-printed JSON without escapes.
fn strings(json: &str, key: &str) -> Vec<String> {
    let marker = format!("\"{key}\": \"");
    json.lines().filter_map(|line| line.trim().strip_prefix(&marker)?.split('"').next().map(str::to_owned)).collect()
}
