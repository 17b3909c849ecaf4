//! What makes the pages the operator's own: the name in the bar, what stands above the services and below every page, and the
//! style that only such pages load.
//!
//! Texts of the operator keep their own direction of reading, whatever surrounds them.

use super::markup::escape;
use crate::show::phrases;
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::{
    answer::language::Language,
    door::{Branded, Crawled},
    v1::branding::{Announcement, Branding},
};
use dualwatch_words::branding::{Label, label};
use std::fmt::Write as _;

/// What a page is called that nobody has named.
const OURS: &str = "Dualwatch";

/// Lengths are the operator's to choose: what is long is broken, and no picture is larger than its place.
const STYLE: &str = "\
.brand-logo{block-size:1.75rem;inline-size:auto;max-inline-size:12rem;object-fit:contain}
.operator-text>*{margin-block:0 .5rem}
.operator-text ul,.operator-text ol{padding-inline-start:1.5rem;list-style:revert}
.operator-text blockquote{margin-inline:0;padding-inline-start:.75rem;border-inline-start:.25rem solid var(--line)}
.operator-text pre{white-space:pre-wrap}
.announcement{margin-block-end:1rem;padding:.75rem 1rem;border:1px solid var(--line);border-inline-start:.375rem solid var(--link);\
border-radius:.5rem;background:var(--card)}
.operator-below{max-width:64rem;margin:0 auto;padding:0 1rem 1rem;color:var(--soft);font-size:.875rem}
.operator-below ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
";

/// Returns the name of the pages.
pub fn name(branding: &Branding) -> &str {
    branding.name.as_deref().unwrap_or(OURS)
}

/// Returns what stands first in the bar.
pub fn brand(branding: &Branding) -> String {
    let logo = match &branding.logo {
        // Its name is beside it.
        Some(_) => format!(r#"<img class="brand-logo" src="{}" alt="" height="28">"#, Branded::Logo.path()),
        None if branding.name.is_none() => r#"<span class="logo" aria-hidden="true"></span>"#.to_owned(),
        None => String::new(),
    };
    match &branding.name {
        Some(name) => format!(r#"<p class="brand">{logo}<bdi>{}</bdi></p>"#, escape(name)),
        None => format!(r#"<p class="brand">{logo}{OURS}</p>"#),
    }
}

/// Returns the elements of the head that load the operator's style and icon; nothing where there are none.
pub fn head(branding: &Branding) -> String {
    let mut head = String::new();
    if *branding != Branding::default() {
        _ = writeln!(head, r#"<link rel="stylesheet" href="{}">"#, Branded::Style.path());
    }
    head
}

/// Returns a page that is a file as the operator has it.
pub fn dressed(page: &str, branding: &Branding, language: Language) -> String {
    if *branding == Branding::default() {
        return page.to_owned();
    }
    let icon = icon(branding).map(|path| format!("<link rel=\"icon\" href=\"{path}\">\n")).unwrap_or_default();
    page.replacen(&format!(" · {OURS}</title>"), &format!(" · {}</title>", escape(name(branding))), 1)
        .replacen("</head>", &[&*head(branding), &*icon, "</head>"].concat(), 1)
        .replacen(&format!(r#"<p class="brand">{OURS}</p>"#), &brand(branding), 1)
        .replacen("</body>", &[&*below(branding, language), "</body>"].concat(), 1)
}

/// Returns the address of the operator's icon.
pub fn icon(branding: &Branding) -> Option<&'static str> {
    branding.favicon.map(|_| Crawled::Icon.path())
}

/// Returns what stands above the services: what is announced, then what this page is. Nothing where there is nothing to say.
pub fn above(branding: &Branding, now: Timestamp, language: Language) -> Option<String> {
    let announced: String =
        branding.announcements.iter().filter(|announcement| announcement.is_shown(now)).map(article).collect();
    let mut html = String::new();
    if !announced.is_empty() {
        let name = label(language, Label::Announcements);
        _ = write!(html, r#"<section aria-label="{name}">{announced}</section>"#);
    }
    if let Some(introduction) = &branding.introduction {
        _ = write!(html, r#"<div class="operator-text" dir="auto">{introduction}</div>"#);
    }
    (!html.is_empty()).then_some(html)
}

/// Returns what the page is about in the operator's words, as text in one line; `None` where they say nothing of it.
pub fn about(branding: &Branding) -> Option<String> {
    /// Previews show no more of it.
    const MOST: usize = 200;
    let mut text = String::new();
    for (i, part) in branding.introduction.as_deref()?.split('<').enumerate() {
        // What is before the first one is in no element.
        let (tag, behind) = if i == 0 { ("", part) } else { part.split_once('>').unwrap_or_default() };
        let is_inside = ["a", "em", "strong", "code"].contains(&tag.trim_start_matches('/').split(' ').next()?);
        text += if is_inside { "" } else { " " };
        text += behind;
    }
    let text = ["&lt;<", "&gt;>", "&quot;\"", "&amp;&"].iter().fold(text, |text, pair| {
        let (entity, character) = pair.split_at(pair.len() - 1);
        text.replace(entity, character)
    });
    let mut line = String::new();
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() >= MOST {
            line.push('…');
            break;
        }
        line += if line.is_empty() { "" } else { " " };
        line += word;
    }
    Some(line)
}

fn article(announcement: &Announcement) -> String {
    let Announcement { title, text, from, .. } = announcement;
    let since =
        from.map(|from| format!(r#"<p class="note">{} {}</p>"#, phrases::date(from), phrases::time_of_day(from)));
    format!(
        r#"<article class="announcement"><h2><bdi>{}</bdi></h2><div class="operator-text" dir="auto">{text}</div>{}</article>"#,
        escape(title),
        since.unwrap_or_default(),
    )
}

/// Returns what stands below every page; nothing where there is nothing to say.
pub fn below(branding: &Branding, language: Language) -> String {
    let Branding { contact, links, footer, .. } = branding;
    if contact.is_none() && links.is_empty() && footer.is_none() {
        return String::new();
    }
    let mut html = format!(r#"<section class="operator-below" aria-label="{}">"#, escape(name(branding)));
    if let Some(footer) = footer {
        _ = write!(html, r#"<div class="operator-text" dir="auto">{footer}</div>"#);
    }
    let contact = contact.as_deref().map(|url| (label(language, Label::Contact), url));
    let mut listed = String::new();
    for (text, url) in contact.into_iter().chain(links.iter().map(|link| (&*link.text, &*link.url))) {
        _ = write!(listed, r#"<li><a href="{}" rel="noopener"><bdi>{}</bdi></a></li>"#, escape(url), escape(text));
    }
    if !listed.is_empty() {
        _ = write!(html, "<ul>{listed}</ul>");
    }
    html + "</section>"
}

/// Returns who runs the page, as a part of it; nothing where nobody says so.
pub fn operator(branding: &Branding, language: Language) -> String {
    let Branding { name, contact, .. } = branding;
    if name.is_none() && contact.is_none() {
        return String::new();
    }
    let name = name.as_ref().map(|name| format!("<p><bdi>{}</bdi></p>", escape(name)));
    let contact = contact.as_ref().map(|url| {
        let shown = url.strip_prefix("mailto:").unwrap_or(url);
        let label = label(language, Label::Contact);
        format!(r#"<p>{label}: <a href="{}" rel="noopener"><bdi>{}</bdi></a></p>"#, escape(url), escape(shown))
    });
    format!(
        r#"<section class="part"><h2>{}</h2>{}{}</section>"#,
        label(language, Label::Operator),
        name.unwrap_or_default(),
        contact.unwrap_or_default(),
    )
}

/// Returns the style, with the operator's colour.
pub fn style(branding: &Branding) -> String {
    let accent = branding.accent.as_ref();
    let accent = accent
        .map(|accent| format!(":root{{--link:light-dark({},{})}}\n", accent.light, accent.dark))
        .unwrap_or_default();
    accent + STYLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_wire::v1::branding::{Accent, Link, Picture};

    fn branding() -> Branding {
        Branding {
            name: Some("Shop <b> & \"Co\"".to_owned()),
            contact: Some("mailto:ops@shop.example".to_owned()),
            links: vec![Link { text: "<i>".to_owned(), url: "https://shop.example/?a&b".to_owned() }],
            introduction: Some("<p>We</p>".to_owned()),
            footer: Some("<p>Below</p>".to_owned()),
            announcements: vec![Announcement {
                title: "<script>".to_owned(),
                text: "<p>text</p>".to_owned(),
                from: Some(Timestamp::from_unix_ms(60_000)),
                until: Some(Timestamp::from_unix_ms(120_000)),
            }],
            accent: Some(Accent { light: "#000000".to_owned(), dark: "#ffffff".to_owned() }),
            logo: Some(Picture::Png),
            favicon: None,
        }
    }

    const FILE: &str = include_str!("../../../api/page.html");

    #[test]
    fn a_page_that_is_a_file_is_theirs_too() {
        let file = dressed(FILE, &branding(), Language::En);
        assert!(file.contains(" · Shop &lt;b&gt; &amp; &quot;Co&quot;</title>") && !file.contains(OURS), "{file}");
        for once in [r#"href="/branding.css""#, r#"src="/logo""#, "<bdi>Contact</bdi>", r#"class="brand""#] {
            assert_eq!(file.matches(once).count(), 1, "{once}");
        }
    }

    #[test]
    fn a_page_that_nobody_has_named_is_as_it_was() {
        let nobody = Branding::default();
        assert_eq!(brand(&nobody), r#"<p class="brand"><span class="logo" aria-hidden="true"></span>Dualwatch</p>"#);
        let at = Timestamp::from_unix_ms(0);
        assert_eq!((head(&nobody), above(&nobody, at, Language::En), icon(&nobody)), Default::default());
        assert_eq!(below(&nobody, Language::En) + &operator(&nobody, Language::En), "");
        assert!(!style(&nobody).contains(":root"));
        assert_eq!(dressed(FILE, &nobody, Language::En), FILE);
    }

    #[test]
    fn what_the_operator_says_stands_in_its_place_as_text() {
        let theirs = branding();
        let bar = brand(&theirs);
        assert!(
            bar.contains("<bdi>Shop &lt;b&gt; &amp; &quot;Co&quot;</bdi>") && bar.contains("src=\"/logo\""),
            "{bar}"
        );
        let below = below(&theirs, Language::De);
        assert!(below.contains("aria-label=\"Shop &lt;b&gt; &amp; &quot;Co&quot;\"") && below.contains("<p>Below</p>"));
        assert!(below.contains("href=\"mailto:ops@shop.example\" rel=\"noopener\"><bdi>Kontakt</bdi>"), "{below}");
        assert!(
            below.contains("href=\"https://shop.example/?a&amp;b\" rel=\"noopener\"><bdi>&lt;i&gt;</bdi>"),
            "{below}"
        );
        assert!(operator(&theirs, Language::En).contains("<bdi>ops@shop.example</bdi>"));
        assert!(style(&theirs).starts_with(":root{--link:light-dark(#000000,#ffffff)}\n"));
        assert!(!style(&theirs).contains('<'));
    }

    #[test]
    fn an_introduction_is_a_line_of_text_elsewhere() {
        let of = |html: &str| about(&Branding { introduction: Some(html.to_owned()), ..Branding::default() });
        let html = "<p>What <strong>Shop</strong> &amp; &quot;Co&quot;\nruns:<br>all</p><ul><li><a rel=\"nofollow noopener\" \
                    href=\"https://shop.example/\">of</a> it</li></ul><pre><code>&lt;b&gt; &amp;lt;</code></pre>";
        assert_eq!(of(html).as_deref(), Some("What Shop & \"Co\" runs: all of it <b> &lt;"));
        let long = of(&format!("<p>{}</p>", "word ".repeat(100))).unwrap_or_default();
        assert!(long.ends_with("word…") && long.chars().count() <= 200, "{long}");
        assert_eq!(about(&Branding::default()), None);
    }

    #[test]
    fn an_announcement_is_there_while_it_holds() {
        let above = |second: i64| above(&branding(), Timestamp::from_unix_ms(second * 1_000), Language::En).unwrap();
        assert!([59, 120].iter().all(|second| !above(*second).contains("<article")), "{}", above(59));
        let shown = above(60);
        assert!(shown.contains("<h2><bdi>&lt;script&gt;</bdi></h2>") && shown.contains("<p>text</p>"), "{shown}");
        assert!(shown.contains("1970-01-01 00:01:00 UTC") && shown.contains("<p>We</p>"), "{shown}");
    }
}
