use super::*;

fn all() -> impl Iterator<Item = (Style, Theme)> {
    Style::ALL.into_iter().flat_map(|style| Theme::ALL.map(|theme| (style, theme)))
}

/// Returns the luminance of a colour such as `#1f7a33` (WCAG 2.2, relative luminance).
fn luminance(color: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn letters_can_be_read_on_every_ground() {
    for is_dark in [false, true] {
        for tone in Tone::ALL {
            let ground = ground(tone, is_dark);
            assert!(contrast(ground, "#ffffff") >= 4.5, "{tone:?} {ground}: {}", contrast(ground, "#ffffff"));
        }
        let [label, bubble, _, letters] = rest(is_dark);
        assert!(contrast(label, "#ffffff") >= 4.5 && contrast(bubble, letters) >= 4.5);
    }
}

/// Promise (Texts): No name of a target is markup in a badge.
#[test]
fn no_name_is_markup() {
    let name = "</text><script>alert(1)</script>\"'&\u{0}\u{202e}]]>";
    for (style, theme) in all() {
        let svg = draw(&Badge::new(name, name, Tone::Good), style, theme, Language::En);
        assert!(!svg.to_ascii_lowercase().contains("<script") && !svg.contains("\u{202e}"), "{svg}");
        // The title, the label, the message, and the shadows of both: nothing else is text.
        assert!(svg.matches("&lt;/").count() >= 4, "{svg}");
    }
}

#[test]
fn a_reader_hears_it() {
    for (style, theme) in all() {
        let svg = draw(&Badge::new("Shop", "down", Tone::Bad), style, theme, Language::De);
        assert!(
            svg.contains("role=\"img\" aria-label=\"Shop: down\" xml:lang=\"de\"><title>Shop: down</title>"),
            "{svg}"
        );
        assert_eq!(svg.contains("<style>"), theme == Theme::Auto);
    }
    let svg = draw(&Badge::new("", "down", Tone::Bad), Style::Flat, Theme::Light, Language::En);
    assert!(svg.contains("aria-label=\"down\""), "{svg}");
}

/// Label, message, and the widths in the order of [`Style::ALL`].
const WIDTHS: [(&str, &str, [&str; 5]); 8] = [
    ("Shop", "up", ["62", "62", "62", "98.5", "65"]),
    ("Shop IPv6", "down", ["106", "106", "106", "155.25", "107"]),
    ("uptime 30d", "99.98 %", ["130", "130", "130", "179.25", "125"]),
    ("服务", "正常", ["66", "66", "66", "93", "71"]),
    ("Größe ß", "nicht bekannt", ["138", "138", "138", "227.5", "139"]),
    ("W", "i", ["34", "34", "34", "64.5", "39"]),
    ("قائمة", "한글 😀", ["108", "108", "108", "143.5", "107"]),
    ("a b", "expires in 12 days", ["138", "138", "138", "208.25", "135"]),
];

/// The widths that `badge-maker` 6.0.0 draws; more of them are compared with it in `tests/browser/badges.test.mjs`.
#[test]
fn it_is_as_wide_as_that_of_shields() {
    let width = |label: &str, message: &str, style| {
        let svg = draw(&Badge::new(label, message, Tone::Good), style, Theme::Light, Language::En);
        let rest = svg.split_once("width=\"").unwrap().1;
        rest.split_once('"').unwrap().0.to_owned()
    };
    for (label, message, widths) in WIDTHS {
        for (style, expected) in Style::ALL.into_iter().zip(widths) {
            assert_eq!(width(label, message, style), expected, "{label} {message} {style:?}");
        }
    }
}
