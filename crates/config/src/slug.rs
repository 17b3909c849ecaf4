//! Names as parts of URLs, by the rules of `sindresorhus/slugify`, which Upptime uses for its file names.

use crate::finding::Place;
use dualwatch_core::measure::slug::Slug;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
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

/// Returns the name in ASCII; what has no equivalent becomes a space.
fn transliterate(name: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(name);
    let mut ascii = String::with_capacity(composed.len());
    for c in composed.chars() {
        match c {
            '&' => ascii.push_str(" and "),
            '♥' => ascii.push_str(" love "),
            '🦄' => ascii.push_str(" unicorn "),
            c if c.is_ascii() => ascii.push(c),
            c => push_letter(c, &mut ascii),
        }
    }
    ascii
}

fn push_letter(c: char, ascii: &mut String) {
    if let Some(letters) = letters_of(c) {
        ascii.push_str(letters);
        return;
    }
    // A capital of the table: `Ö` is `Oe`.
    let mut lower = c.to_lowercase();
    if let (Some(small), None) = (lower.next(), lower.next())
        && let Some(letters) = letters_of(small)
    {
        let mut rest = letters.chars();
        ascii.extend(rest.next().map(|first| first.to_ascii_uppercase()));
        ascii.push_str(rest.as_str());
        return;
    }
    let mut buffer = [0; 4];
    for part in DecomposingNormalizerBorrowed::new_nfd().normalize(c.encode_utf8(&mut buffer)).chars() {
        match part {
            // Accents stand alone after decomposition.
            '\u{300}'..='\u{36f}' => {}
            part if part.is_ascii() => ascii.push(part),
            part if part != c => push_letter(part, ascii),
            _ => ascii.push(' '),
        }
    }
}

/// Letters that are more than a letter with an accent: German first, as slugify has it, then the other Latin ones,
/// Cyrillic and Greek.
const fn letters_of(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'æ' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'œ' => "oe",
        'ø' => "o",
        'ð' | 'đ' | 'д' | 'δ' => "d",
        'þ' | 'θ' => "th",
        'ł' | 'л' | 'λ' => "l",
        'ı' | 'и' | 'і' | 'ι' | 'η' => "i",
        'ħ' | 'х' => "h",
        'а' | 'α' => "a",
        'б' => "b",
        'в' | 'β' => "v",
        'г' | 'ґ' | 'γ' => "g",
        'е' | 'э' | 'ε' => "e",
        'ё' => "yo",
        'є' => "ye",
        'ї' => "yi",
        'ж' => "zh",
        'з' | 'ζ' => "z",
        'й' | 'ј' => "j",
        'к' | 'κ' => "k",
        'м' | 'μ' => "m",
        'н' | 'ν' => "n",
        'о' | 'ο' | 'ω' => "o",
        'п' | 'π' => "p",
        'р' | 'ρ' => "r",
        'с' | 'σ' | 'ς' => "s",
        'т' | 'τ' => "t",
        'у' => "u",
        'ф' | 'φ' => "f",
        'ц' => "cz",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shh",
        'ъ' | 'ь' => "",
        'ы' | 'υ' => "y",
        'ю' => "yu",
        'я' => "ya",
        'χ' => "x",
        'ξ' => "ks",
        'ψ' => "ps",
        _ => return None,
    })
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
            ("///", ""),
            ("", ""),
        ] {
            assert_eq!(slugify(name), slug, "{name}");
            assert!(slug.is_empty() || is_slug(slug));
        }
        assert!(is_slug(&slugify(&"ab-".repeat(40))) && is_slug(&slugify(&"abc-".repeat(40))));
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
