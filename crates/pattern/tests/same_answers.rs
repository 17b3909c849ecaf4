//! A pattern means what it means to `regex-lite`: the same texts match, however they are cut into pieces.

use dualwatch_pattern::{Error, Pattern, Search};

fn matches(pattern: &str, pieces: &[&str]) -> bool {
    let pattern = Pattern::parse(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
    let mut search = Search::new(&pattern);
    for piece in pieces {
        search.feed(piece);
    }
    search.finish()
}

#[track_caller]
fn check(pattern: &str, text: &str) {
    let expected = regex_lite::Regex::new(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}")).is_match(text);
    assert_eq!(matches(pattern, &[text]), expected, "{pattern:?} in {text:?}");
    let characters: Vec<&str> = text.split_inclusive(|_| true).collect();
    assert_eq!(matches(pattern, &characters), expected, "{pattern:?} in {text:?}, character by character");
}

#[test]
fn patterns_of_people() {
    for (pattern, texts) in [
        ("", &["", "a"][..]),
        ("ok", &["", "ok", "not okay", "o k"]),
        (r#""status":\s*"(ok|up)""#, &[r#"{"status": "up"}"#, "{\"status\":\n\"ok\"", r#"{"status": "down"}"#]),
        (r"version \d+\.\d+", &["version 1.20", "version 1,20", "version ١.٢"]),
        (r"^\s*<html", &["<html", "  \r\n<html>", "x<html"]),
        (r"(?m)^\d+$", &["a\n12\nb", "a\n12 \nb", "12"]),
        (r"(?m)^$", &["", "a\n\nb", "a\n", "a"]),
        (r"(?mR)^a$", &["x\r\na\r\ny", "x\ra\ry", "xa\r\n"]),
        (r"(?R).", &["\r\n", "\r\nx"]),
        (r"a$", &["a", "a\n", "ab"]),
        (r"\bup\b", &["up", "it is up.", "cup", "upper", "üup", "_up"]),
        (r"\Bup\B", &["up", "cupx", "cup"]),
        (r"\<up\>", &["up", "cup"]),
        (r"\b{start}a|b\b{end-half}", &["a", "xa", "xb", "xbx"]),
        ("(?i)WeLcOmE", &["welcome", "WELCOME", "wElcome", "ﬀ"]),
        ("(?i)straße", &["STRASSE", "STRAßE", "STRAẞE"]),
        ("(?i:a)b", &["Ab", "aB"]),
        ("a(?i)b|c", &["aB", "C", "A"]),
        ("(?s)a.b", &["a\nb"]),
        ("a.b", &["a\nb", "aßb", "a😀b"]),
        ("(?x) a b # and c", &["ab", "a b"]),
        ("[^a-z]", &["abc", "abC", "ü"]),
        (r"[\w.-]+@[\w-]+\.example", &["me@host.example", "@host.example"]),
        (r"[[:alpha:]_][^[:space:]]", &["_x", "_ "]),
        (r"[]a]", &["]"]),
        ("a{2,3}b", &["ab", "aab", "aaab", "xaaaab"]),
        ("^a{2,3}b", &["aab", "aaaab"]),
        ("(a|bc){2}d?e", &["abcde", "abce", "ae"]),
        ("^(a{0,2}b?){2}$", &["", "aab", "aabaab", "aabaabb"]),
        ("^(?:a|ab)(?:c|bcd)(d*)$", &["abcd", "acd", "abcdd"]),
        (r"(^a|b$)+", &["a", "b", "cbc"]),
        (r"(\b|x)a", &["a", "xa", "ya"]),
        (r"^(\b)*a", &["a"]),
        (r"a{0}b", &["b"]),
        (r"\x41\u{42}\U00000043", &["ABC"]),
        (r"(?u:\w)\d", &["é1", "a1"]),
        (r"é+", &["caféé", "cafe"]),
    ] {
        for text in texts {
            check(pattern, text);
        }
    }
}

/// Grown from seeds: what is nested, empty, repeated or asks for a boundary in places where nobody would write it.
#[test]
fn patterns_of_nobody() {
    let mut random = fastrand::Rng::with_seed(2);
    let mut n = [0; 2];
    for _ in 0..4_000 {
        let pattern = grown(&mut random, 4);
        let Ok(theirs) = regex_lite::Regex::new(&pattern) else { continue };
        let ours = match Pattern::parse(&pattern) {
            Err(Error::TooLarge) => continue,
            ours => ours.unwrap_or_else(|e| panic!("{pattern}: {e}")),
        };
        for _ in 0..5 {
            let text: String = (0..random.usize(0..12)).map(|_| *random.choice(&TEXTS).unwrap()).collect();
            let mut search = Search::new(&ours);
            let at = (0..=text.len()).rev().find(|at| text.is_char_boundary(*at) && random.bool()).unwrap_or(0);
            search.feed(&text[..at]);
            search.feed(&text[at..]);
            let expected = theirs.is_match(&text);
            assert_eq!(search.finish(), expected, "{pattern:?} in {text:?}");
            n[usize::from(expected)] += 1;
        }
    }
    assert!(n.iter().all(|n| *n > 2_000), "{n:?}");
}

const TEXTS: [&str; 9] = ["a", "b", "B", "ä", " ", "\n", "\r", "\r\n", "_"];

fn grown(random: &mut fastrand::Rng, depth: usize) -> String {
    const LEAVES: [&str; 24] = [
        "a", "b", "ab", ".", "ä", "[ab]", "[^a]", r"\w", r"\W", r"\s", "^", "$", r"\b", r"\B", r"\<", r"\>", "(?i)b",
        "(?m)$", "(?m)^", "(?mR)^", "(?mR)$", "(?s).", r"\A", "",
    ];
    if depth == 0 {
        return (*random.choice(&LEAVES).unwrap()).to_owned();
    }
    let mut part = || grown(random, depth - 1);
    let (a, b) = (part(), part());
    match random.u8(0..10) {
        0 => format!("(?:{a}|{b})"),
        1 => format!("(?:{a})*"),
        2 => format!("(?:{a})+"),
        3 => format!("(?:{a})?"),
        4 => format!("(?:{a}){{2}}"),
        5 => format!("(?:{a}){{1,3}}"),
        6 => format!("(?:{a}){{0,2}}{b}"),
        7 => format!("(?:{a}){{2,}}"),
        8 => a,
        _ => format!("{a}{b}"),
    }
}

#[test]
fn what_is_no_pattern_is_an_error() {
    for bad in ["(", ")", "[a", "a{2,1}", "*", r"\1", "(?=a)", r"\p{L}", "[a[b]]", "[a&&b]", r"\q", "a{"] {
        assert!(regex_lite::Regex::new(bad).is_err(), "{bad}");
        assert!(matches!(Pattern::parse(bad), Err(Error::Syntax(_))), "{bad}");
    }
    for large in ["a{513}", "(a{100}){6}", "(a{1000}){1000}", "(((a?){100}){100}){100}"] {
        assert_eq!(Pattern::parse(large).unwrap_err(), Error::TooLarge, "{large}");
    }
    // Nothing, however often.
    assert!(Pattern::parse("((((){1000}){1000}){1000}){1000}").is_ok());
    assert!(Pattern::parse(&"(".repeat(5_000)).is_err());
}
