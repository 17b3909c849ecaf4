//! Names that look like others: a letter of another script among Latin ones, or two names that nobody tells apart.
//!
//! A small rule and no table of Unicode (UTS #39): the letters of Cyrillic, Greek and Armenian that most typefaces draw
//! as Latin ones, the full-width forms, and the digits that are taken for letters. What is spelt in one script is not
//! touched.

use crate::finding::{Place, Report, quoted};
use std::collections::HashMap;

const HINT: &str = "write it in the letters of one script; readers take it for another name";

/// Returns the Latin letter that a letter of another script looks like.
const fn latin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'ϲ' | 'с' => 'c',
        'ԁ' => 'd',
        'е' => 'e',
        'һ' | 'հ' => 'h',
        'і' | 'ι' | 'ӏ' => 'i',
        'ј' | 'ϳ' => 'j',
        'ո' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' => 'y',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' | 'Ϲ' => 'C',
        'Е' | 'Ε' => 'E',
        'Ԍ' => 'G',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'Ј' => 'J',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'О' | 'Ο' | 'Օ' => 'O',
        'Р' | 'Ρ' => 'P',
        'Ѕ' | 'Տ' => 'S',
        'Т' | 'Τ' => 'T',
        'Ս' => 'U',
        'Ѵ' => 'V',
        'Ԝ' => 'W',
        'Х' | 'Χ' => 'X',
        'У' | 'Υ' => 'Y',
        'Ζ' => 'Z',
        _ => return None,
    })
}

/// Returns the letter that looks like a Latin one and stands in a word among Latin ones, with the one that it looks like.
fn stranger(name: &str) -> Option<(char, char)> {
    name.split(|c: char| !c.is_alphanumeric()).find_map(|word| {
        let is_latin = word.chars().any(|c| c.is_ascii_alphabetic());
        word.chars().filter(|_| is_latin).find_map(|c| Some((c, latin(c)?)))
    })
}

/// Returns what readers see of a name: the same for all that look alike.
fn looks(name: &str) -> String {
    let seen = name.chars().filter(|c| !matches!(c, '\u{200c}' | '\u{200d}')).map(|c| match c {
        // Halfwidth and Fullwidth Forms.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => latin(c).unwrap_or(c),
    });
    let seen: String = seen.flat_map(char::to_lowercase).collect();
    // Digits and letters of one shape, and a pair that is read as one letter.
    let same = |c| match c {
        '1' | 'i' | '|' => 'l',
        '0' => 'o',
        c => c,
    };
    seen.replace("rn", "m").replace("vv", "w").chars().map(same).collect()
}

/// Warns of a letter that is taken for another one. `what` is what the name is of, such as "`name`".
pub(crate) fn check(name: &str, what: &str, at: Place, report: &mut Report) {
    if let Some((c, like)) = stranger(name) {
        let message = format!("{what} has U+{:04X} ({c}), which looks like the Latin {like} around it", c as u32);
        report.warning(at, "look_alike", message, HINT);
    }
}

/// Names of one kind, by what readers see of them.
#[derive(Default)]
pub(crate) struct Seen(HashMap<String, (String, Place)>);

impl Seen {
    /// Notes a name; warns where it looks like another one, and returns whether it does. The same name twice is nothing to
    /// say here.
    pub(crate) fn note(&mut self, name: &str, what: &str, at: Place, report: &mut Report) -> bool {
        let (first, place) = self.0.entry(looks(name)).or_insert_with(|| (name.to_owned(), at));
        let is_another = first != name;
        if is_another {
            let message = format!("{what} {} looks like {} in line {}", quoted(name), quoted(first), place.line);
            report.warning(at, "look_alike", message, "call one of them otherwise");
        }
        is_another
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_among_those_of_another_script_is_found() {
        for (name, found) in [
            ("pаypal", Some(('а', 'a'))),
            ("Shop Αthens", Some(('Α', 'A'))),
            ("Сhess", Some(('С', 'C'))),
            ("Shop", None),
            ("Магазин", None),
            ("Αθήνα", None),
            ("Shop Москва", None),
            ("µService", None),
            ("Ωmega", None),
            ("日本 shop", None),
            ("сервер1", None),
        ] {
            assert_eq!(stranger(name), found, "{name}");
        }
    }

    #[test]
    fn what_looks_alike_is_one() {
        for (one, other) in [
            ("paypal", "paypa1"),
            ("paypal", "раураl"),
            ("modern", "modem"),
            ("shop-0", "shop-o"),
            ("Ｓｈｏｐ", "Shop"),
            ("Shop", "shop"),
            ("a\u{200d}b", "ab"),
        ] {
            assert_eq!(looks(one), looks(other), "{one} {other}");
        }
        for (one, other) in [("shop-1", "shop-2"), ("api", "app"), ("Mail", "Mall-2"), ("münchen", "munchen")] {
            assert_ne!(looks(one), looks(other), "{one} {other}");
        }
    }
}
