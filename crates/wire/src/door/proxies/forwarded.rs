//! `Forwarded` (RFC 7239 section 4): a list, of which each proxy has written one element.

use super::{Told, node};

/// Reads all elements, in their order. `None` where any part is not what the RFC has: a visitor may have written the beginning
/// so that it swallows what a proxy puts behind it, and then nothing of it is known.
pub fn parse(list: &str) -> Option<Vec<Told>> {
    let mut rest = list;
    let mut elements = Vec::new();
    loop {
        let (element, behind) = element(rest)?;
        elements.push(element);
        match behind.strip_prefix(',') {
            Some(behind) => rest = behind,
            None => return behind.is_empty().then_some(elements),
        }
    }
}

/// Reads `for=192.0.2.1;proto=https`, up to a comma or the end.
fn element(text: &str) -> Option<(Told, &str)> {
    let mut told = Told::default();
    let mut seen: Vec<String> = Vec::new();
    let mut rest = text.trim_start_matches(BLANK);
    loop {
        let (name, behind) = token(rest)?;
        let name = name.to_ascii_lowercase();
        let (value, behind) = value(behind.strip_prefix('=')?)?;
        match &*name {
            "for" => told.who = node::parse(&value),
            "proto" => told.is_secure = node::is_secure(&value),
            "host" => told.host = node::host(&value),
            _ => {}
        }
        // Section 4: each occurs once at most.
        (!seen.contains(&name)).then(|| seen.push(name))?;
        rest = behind.trim_start_matches(BLANK);
        match rest.strip_prefix(';') {
            Some(behind) => rest = behind.trim_start_matches(BLANK),
            None => return Some((told, rest)),
        }
    }
}

const BLANK: [char; 2] = [' ', '\t'];

/// Reads a token, or a text in quotes (RFC 9110 section 5.6). Addresses without quotes are read as well: some write them so.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ';', ' ', '\t', '"']).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

fn token(text: &str) -> Option<(&str, &str)> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let end = text.bytes().position(|byte| !is_part(byte)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}
