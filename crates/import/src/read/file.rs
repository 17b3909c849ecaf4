//! Which file of a repository says what.

use super::source::Source;
use std::collections::HashSet;

/// Reads one file of a repository, if it is one that says something; `file` is its path in the repository. Histories
/// of sites that are known already are not read again.
pub(crate) fn read<E>(
    source: &mut Source,
    file: &str,
    known: &HashSet<String>,
    text: impl FnOnce() -> Result<String, E>,
) -> Result<(), E> {
    let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
    let has_extension = |extension: &str| name.rsplit_once('.').is_some_and(|(_, e)| e == extension);
    match folder {
        "" if is_configuration(name) => source.configuration = Some((file.to_owned(), text()?)),
        "history" if has_extension("yml") => {
            let (slug, commit) = slug_and_commit(name);
            if !known.contains(slug) {
                source.read_history(&text()?, file, slug, commit, None);
            }
        }
        "history" if name.starts_with("summary.") && has_extension("json") => source.read_summary(&text()?, file),
        "issues" if has_extension("jsonl") => source.read_issues(&text()?, file),
        _ if file.starts_with("api/") && has_extension("json") => source.read_badge(&text()?, file),
        _ => {}
    }
    Ok(())
}

fn is_configuration(name: &str) -> bool {
    let name = name.trim_start_matches('.');
    let Some(rest) = name.strip_prefix("upptimerc.") else { return false };
    matches!(rest.rsplit('.').next(), Some("yml" | "yaml"))
}

/// `shop.yml`, or `shop.{commit}.yml` of a single version that was saved.
fn slug_and_commit(name: &str) -> (&str, &str) {
    let stem = name.strip_suffix(".yml").unwrap_or(name);
    match stem.rsplit_once('.') {
        Some((slug, commit)) if commit.len() >= 7 && commit.bytes().all(|b| b.is_ascii_hexdigit()) => (slug, commit),
        _ => (stem, ""),
    }
}
