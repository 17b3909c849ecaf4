//! What in a text of somebody else is a URL, a name of a host or an address.

use super::HIDDEN;
use crate::measure::url;
use std::net::{IpAddr, SocketAddr};

/// What stands between two words that may be URLs: none of these is in one (RFC 3986 section 2, appendix C).
fn ends_url(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`')
}

/// Whether a word may have a query or a user part: it has a path or an authority before, or a query as forms write it.
fn is_with_query(word: &str) -> bool {
    let Some((before, after)) = word.split_once(['?', '#']) else { return word.contains("//") && word.contains('@') };
    (before.contains('/') && !after.is_empty()) || after.contains('=') || before.contains('@')
}

/// Cuts user part, query and fragment off every URL in a text.
pub(super) fn cut_queries(text: &mut String) {
    if !text.contains(['?', '#', '@']) {
        return;
    }
    let mut cut = String::with_capacity(text.len());
    for word in text.split_inclusive(ends_url) {
        let end = word.find(ends_url).unwrap_or(word.len());
        let (word, ending) = word.split_at(end);
        if is_with_query(word) {
            cut += &url::public(word);
        } else {
            cut += word;
        }
        cut += ending;
    }
    *text = cut;
}

/// Replaces every URL in a text whole: its path tells of the target as its host does.
pub(super) fn hide_urls(text: &mut String) {
    if !text.contains("//") {
        return;
    }
    let mut told = String::with_capacity(text.len());
    for word in text.split_inclusive(ends_url) {
        let end = word.find(ends_url).unwrap_or(word.len());
        let (word, ending) = word.split_at(end);
        match word.find("//") {
            Some(slashes) => {
                let scheme = word[..slashes].trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, ':' | '+'));
                told += scheme;
                told += HIDDEN;
            }
            None => told += word,
        }
        told += ending;
    }
    *text = told;
}

/// What may be part of a name or an address.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%' | '*' | '[' | ']')
}

/// Replaces the words of a text that are meant, with the path that follows a name.
pub(super) fn hide(text: &mut String, is_meant: impl Fn(&str) -> bool) {
    let mut told = String::with_capacity(text.len());
    let mut rest = &**text;
    while !rest.is_empty() {
        let begin = rest.find(is_part).unwrap_or(rest.len());
        told += &rest[..begin];
        rest = &rest[begin..];
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if is_meant(word) {
            told += HIDDEN;
            rest = if after.starts_with('/') { &after[after.find(ends_url).unwrap_or(after.len())..] } else { after };
        } else {
            told += word;
            rest = after;
        }
    }
    *text = told;
}

/// Returns a word without what ends a sentence or stands around a name: a port, a wildcard, the last dot.
pub(super) fn bare(word: &str) -> &str {
    let word = word.trim_end_matches(['.', ':']).trim_start_matches([':', '.']);
    let word = word.strip_prefix("*.").unwrap_or(word);
    let name = match word.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.contains(':') => name,
        _ => word,
    };
    name.trim_end_matches('.')
}

/// Whether a word is a name of a host of at least two labels, the last of letters.
pub(super) fn is_host(word: &str) -> bool {
    let name = bare(word);
    let Some((labels, last)) = name.rsplit_once('.') else { return false };
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let is_last = last.chars().count() >= 2 && last.chars().all(|c| c.is_alphabetic() || c == '-');
    (is_last || last.starts_with("xn--")) && labels.split('.').all(is_label)
}

/// Whether a word is an address, with or without brackets, port or zone.
pub(super) fn is_address(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    let word = word.strip_suffix(':').filter(|word| !word.ends_with(':')).unwrap_or(word);
    let plain = word.strip_prefix('[').map_or(word, |word| word.strip_suffix(']').unwrap_or(word));
    let plain = plain.split('%').next().unwrap_or_default();
    plain.parse::<IpAddr>().is_ok() || word.parse::<SocketAddr>().is_ok()
}
