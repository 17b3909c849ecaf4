//! Names as parts of URLs, by the rules of slugify 1.1.2, which Upptime uses for its file names.

mod letters;

use crate::finding::Place;
use dualwatch_core::measure::slug::Slug;
use icu_normalizer::ComposingNormalizerBorrowed;
use std::collections::HashMap;

pub(crate) const MAX_SLUG: usize = Slug::MAX_BYTES;

/// Whether a text is lower-case letters and digits, with single hyphens between.
pub(crate) fn is_slug(text: &str) -> bool {
    Slug::is(text)
}

/// Returns the slug of a name; empty where nothing of the name can be written in ASCII.
pub(crate) fn slugify(name: &str) -> String {
    let mut slug = slugify_whole(name);
    slug.truncate(MAX_SLUG);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// Returns the slug of a name however long it is.
pub(crate) fn slugify_whole(name: &str) -> String {
    let words = separate_words(&transliterate(name)).to_ascii_lowercase();
    let mut slug = String::new();
    for part in words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty()) {
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(part);
    }
    slug
}

/// The slugs of one configuration, and where each was first used.
#[derive(Default)]
pub(crate) struct Taken {
    places: HashMap<String, Place>,
    /// The last number tried for a slug, so that ten thousand equal names stay cheap.
    numbers: HashMap<String, u32>,
}

impl Taken {
    /// Takes a slug; returns where it was taken before, if it was.
    pub(crate) fn take(&mut self, slug: &str, at: Place) -> Option<Place> {
        if let Some(first) = self.places.get(slug) {
            return Some(*first);
        }
        self.places.insert(slug.to_owned(), at);
        None
    }

    /// Takes the first of `slug-2`, `slug-3`, ... that is free.
    pub(crate) fn take_numbered(&mut self, slug: &str, at: Place) -> String {
        let mut number = self.numbers.get(slug).copied().unwrap_or(1);
        loop {
            number += 1;
            let suffix = format!("-{number}");
            let stem = &slug[..slug.len().min(MAX_SLUG - suffix.len())];
            let candidate = format!("{}{suffix}", stem.trim_end_matches('-'));
            if self.take(&candidate, at).is_none() {
                self.numbers.insert(slug.to_owned(), number);
                return candidate;
            }
        }
    }
}

/// Returns the slug that Upptime makes of a site without `slug`, which is the name of its history file (`getSiteSlug` of
/// uptime-monitor 1.43.15): that of the name, else the name itself, else that of the URL.
pub(crate) fn of_upptime(name: &str, url: &str) -> String {
    let choices = [slugify_whole(name), as_file_name(name), slugify_whole(url)];
    choices.into_iter().find(|slug| !slug.is_empty()).unwrap_or_else(|| "site".to_owned())
}

/// Returns a name as Upptime's `sanitizeUnicodeSlug` writes it.
fn as_file_name(name: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize(name);
    let mut slug = String::with_capacity(composed.len());
    for c in composed.trim_matches(is_js_space).chars() {
        match c {
            '\u{0}'..='\u{1f}' | '\u{7f}' => {}
            '\\' | '/' | '<' | '>' | ':' | '"' | '|' | '?' | '*' | '#' | '%' | '-' => push_hyphen(&mut slug),
            c if is_js_space(c) => push_hyphen(&mut slug),
            c => slug.push(c),
        }
    }
    slug.trim_matches(['.', '-']).to_owned()
}

fn push_hyphen(slug: &mut String) {
    if !slug.ends_with('-') {
        slug.push('-');
    }
}

/// Whether JavaScript's `trim` and `\s` take a character for a space: other than in Rust that is the byte order mark, too,
/// and not U+0085.
pub(crate) fn is_js_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

/// Returns the name in ASCII; what has no equivalent becomes a space.
fn transliterate(name: &str) -> String {
    // Two pairs of slugify's table; its other pairs never come about, since their first letters are written before.
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(name);
    let composed = composed.replace("\u{64e}\u{200e}", "a").replace("\u{650}\u{200e}", "i");
    let mut ascii = String::with_capacity(composed.len());
    for c in composed.chars() {
        match (letters::written(c), c) {
            (Some(written), _) => ascii.push_str(written),
            (None, c) if c.is_ascii() => ascii.push(c),
            (None, _) => ascii.push(' '),
        }
    }
    ascii
}

/// Writes a space at every change of case that begins a word: `fooBar`, `XMLParser`, `ESPACE2cloud`.
/// The four patterns of slugify's `decamelize`, as conditions on the neighbours of a gap.
fn separate_words(ascii: &str) -> String {
    let bytes = ascii.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(b' ');
    let mut words = String::with_capacity(ascii.len() + 8);
    for (index, c) in ascii.char_indices() {
        if index > 0 {
            let (before, here, after) = (at(index - 1), at(index), at(index + 1));
            let two_capitals = index > 1 && at(index - 2).is_ascii_uppercase() && before.is_ascii_uppercase();
            let begins = (two_capitals && here.is_ascii_digit())
                || ((before.is_ascii_lowercase() || before.is_ascii_digit()) && here.is_ascii_uppercase())
                || (before.is_ascii_uppercase() && here.is_ascii_uppercase() && after.is_ascii_lowercase());
            if begins {
                words.push(' ');
            }
        }
        words.push(c);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_of_names() {
        for (name, slug) in [
            ("IPv6 test", "i-pv6-test"),
            ("ApertoDNS Website", "aperto-dns-website"),
            ("paltian-mail.de:443 (IPv4)", "paltian-mail-de-443-i-pv4"),
            ("SP4.sp4com", "sp-4-sp4com"),
            ("ESPACE2cloud (Shiny Server)", "espace-2cloud-shiny-server"),
            ("EASIcloud (Jupyterhub)", "eas-icloud-jupyterhub"),
            ("environMENTAL (GeoApp)", "environ-mental-geo-app"),
            ("Tapir Katringer Grünzeug (KGZ)", "tapir-katringer-gruenzeug-kgz"),
            ("Solawi Großhöchberg e.V.", "solawi-grosshoechberg-e-v"),
            ("Foo & Bar", "foo-and-bar"),
            ("I ♥ Dogs", "i-love-dogs"),
            ("Hællæ, hva skjera?", "haellae-hva-skjera"),
            ("Déjà Vu!", "deja-vu"),
            ("D\u{e9}ja\u{300} Gru\u{308}n", "deja-gruen"),
            ("ÖBB Łódź", "oe-bb-lodz"),
            ("Москва Єва", "moskva-yeva"),
            ("Αθήνα", "athina"),
            ("反代1（diii.tk）", "1-diii-tk"),
            ("鸭鸭梨", ""),
            ("مرحبا", "mrhba"),
            ("فروشگاه", "frwshgah"),
            ("გამარჯობა", "gamarjoba"),
            ("Բարեւ", "barye"),
            ("Ærø Þór Ŋ ĳ", "a-ero-t-hor-n-ij"),
            ("///", ""),
            ("", ""),
        ] {
            assert_eq!(slugify(name), slug, "{name}");
            assert!(slug.is_empty() || is_slug(slug));
        }
        assert!(is_slug(&slugify(&"ab-".repeat(40))) && is_slug(&slugify(&"abc-".repeat(40))));
    }

    #[test]
    fn history_files_of_upptime() {
        for (name, slug) in [
            ("日本語", "日本語"),
            ("한국어 / API", "api"),
            ("ə", "ə"),
            ("हिन्दी", "हिन्दी"),
            ("שלום: עולם?", "שלום-עולם"),
            ("🚀", "🚀"),
            ("日/本 %語.", "日-本-語"),
            ("---", "https-a-example"),
            ("", "https-a-example"),
        ] {
            assert_eq!(of_upptime(name, "https://a.example"), slug, "{name}");
        }
        assert_eq!(of_upptime("-", "."), "site");
    }

    #[test]
    fn taken_slugs_get_a_number() {
        let at = |line| Place { line, column: 1 };
        let mut taken = Taken::default();
        assert_eq!(taken.take("a", at(1)), None);
        assert_eq!(taken.take("a-2", at(2)), None);
        assert_eq!(taken.take("a", at(3)), Some(at(1)));
        assert_eq!(taken.take_numbered("a", at(3)), "a-3");
        assert_eq!(taken.take_numbered("a", at(4)), "a-4");
        let long = "x".repeat(64);
        assert_eq!(taken.take_numbered(&long, at(5)), format!("{}-2", "x".repeat(62)));
    }
}
