//! The section `page`: what is taken of it, and what is wrong with it at its place.

use dualwatch_config::{Config, Finding, Severity, file_text, load};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::v1::branding::{Accent, Announcement, Branding, Link, Picture};

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg'/>";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\xff";

/// Line 4 is the first below `page:`.
fn read(page: &str) -> Result<Config, Vec<Finding>> {
    let files = |name: &str| match name {
        "logo.svg" => Ok(SVG.to_owned()),
        "icon.png" => Ok(file_text(PNG.to_vec())),
        "page.html" => Ok("<p>".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    let text = format!(
        "targets:\n  - {{ name: Shop, url: 'https://shop.example/' }}\npage:\n  {}\n",
        page.replace('\n', "\n  ")
    );
    load(&text, "dualwatch.yml", &files)
}

#[test]
fn without_the_section_nothing_is_anybodys() {
    let config = load("targets: [{ url: 'https://shop.example/' }]", "x.yml", &|_| Err(String::new())).unwrap();
    assert_eq!((config.branding, config.pictures), Default::default());
}

#[test]
fn every_key_is_taken() {
    let config = read(
        "name: Shop & Co\ncontact: ops@shop.example\nlinks: [{ text: Imprint, url: 'https://shop.example/imprint' }]\n\
         introduction: |\n  One\n\n  Two\nfooter: '*x*'\nannouncements:\n- title: We move\n  from: 1970-01-01T00:01:00Z\n- \
         { title: B, text: C, until: 1970-01-01T01:01, zone: Europe/Berlin }\n\
         accent: { light: '#06c', dark: '#7db7ff' }\nlogo: logo.svg\nfavicon: icon.png",
    )
    .unwrap();
    let minute = |n: i64| Some(Timestamp::from_unix_ms(n * 60_000));
    let announcement = |title: &str, text: &str, from, until| Announcement {
        title: title.to_owned(),
        text: text.to_owned(),
        from,
        until,
    };
    let expected = Branding {
        name: Some("Shop & Co".to_owned()),
        contact: Some("mailto:ops@shop.example".to_owned()),
        links: vec![Link { text: "Imprint".to_owned(), url: "https://shop.example/imprint".to_owned() }],
        introduction: Some("<p>One</p><p>Two</p>".to_owned()),
        footer: Some("<p><em>x</em></p>".to_owned()),
        announcements: vec![
            announcement("We move", "", minute(1), None),
            announcement("B", "<p>C</p>", None, minute(1)),
        ],
        accent: Some(Accent { light: "#0066cc".to_owned(), dark: "#7db7ff".to_owned() }),
        logo: Some(Picture::Svg),
        favicon: Some(Picture::Png),
    };
    assert_eq!(config.branding, expected);
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    assert_eq!(config.pictures.favicon.as_deref(), Some("iVBORw0KGgoA/w=="));
    assert_eq!(
        read("contact: https://shop.example/help").unwrap().branding.contact.unwrap(),
        "https://shop.example/help"
    );
}

#[test]
fn one_colour_is_made_readable_on_both_grounds_and_that_is_said() {
    let config = read("accent: '#0b57a8'").unwrap();
    let accent = config.branding.accent.unwrap();
    assert!(accent.light == "#0b57a8" && accent.dark != "#0b57a8", "{accent:?}");
    let [note] = &config.warnings[..] else { panic!("{:?}", config.warnings) };
    assert_eq!((note.severity, note.code, note.line, note.column), (Severity::Note, "accent_shade", 4, 11));
    assert!(note.message.contains(&accent.dark), "{note}");
}

#[test]
fn what_is_wrong_is_said_at_its_place() {
    let long = "x".repeat(10_000);
    for (page, at, code) in [
        ("title: Shop", (4, 3), "unknown_key"),
        ("name: [a]", (4, 9), "wrong_type"),
        ("name: ''", (4, 9), "empty_text"),
        ("name: \"a\\u202eb\"", (4, 9), "invisible_character"),
        ("name: \"a\\nb\"", (4, 9), "out_of_range"),
        (&format!("name: {long}"), (4, 9), "out_of_range"),
        ("contact: shop", (4, 12), "bad_url"),
        ("contact: http://shop.example/", (4, 12), "bad_url"),
        ("contact: 'javascript:alert(1)//@a.example'", (4, 12), "bad_url"),
        ("contact: '@shop.example'", (4, 12), "bad_url"),
        ("links: [{ text: A, url: 'http://a.example/' }]", (4, 27), "bad_url"),
        ("links: [{ text: A, url: 'https://a@b.example/' }]", (4, 27), "bad_url"),
        ("links: [{ url: 'https://a.example/' }]", (4, 11), "missing_key"),
        ("links: [{ text: A }]", (4, 11), "missing_key"),
        ("links: 5", (4, 10), "wrong_type"),
        (&format!("links: [{}]", "{ text: A, url: 'https://a.example/' }, ".repeat(13)), (4, 491), "out_of_range"),
        (&format!("introduction: {long}"), (4, 17), "out_of_range"),
        ("introduction: ''", (4, 17), "empty_text"),
        ("footer: '![x](https://x.example/)'", (4, 11), "bad_markdown"),
        ("footer: '[x](javascript:alert(1))'", (4, 11), "bad_markdown"),
        ("announcements: [{ text: A }]", (4, 19), "missing_key"),
        ("announcements: [{ title: A, until: tomorrow }]", (4, 38), "bad_time"),
        ("announcements: [{ title: A, from: 2026-12-02 }]", (4, 37), "bad_time"),
        (
            "announcements: [{ title: A, from: 2026-12-02T00:00:00Z, until: 2026-12-01T00:00:00Z }]",
            (4, 59),
            "empty_window",
        ),
        ("accent: blue", (4, 11), "bad_colour"),
        ("accent: '#12345'", (4, 11), "bad_colour"),
        ("accent: { light: '#ffcc00', dark: '#ffcc00' }", (4, 20), "low_contrast"),
        ("accent: { light: '#000' }", (4, 11), "missing_key"),
        ("logo: none.svg", (4, 9), "unreadable_file"),
        ("favicon: page.html", (4, 12), "bad_picture"),
    ] {
        let found = read(page).map(|config| config.branding).unwrap_err();
        let found: Vec<_> = found.iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert_eq!(((found[0].line, found[0].column), found[0].code), (at, code), "{page}\n{found:?}");
        assert!(found[0].hint.is_some(), "{found:?}");
    }
}
