//! The widget for sites of others: in every look, with the code to paste; and the frame that holds it alone.
//!
//! All of it is plain HTML: what is chosen is in the address, so that it works without a script of ours.

use super::bar::bar;
use crate::{
    components::markup::escape,
    document::{self, Assets},
};
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    badge::svg,
    door::{
        Look, Page, Theme, Variant, Whom,
        badge::{self, About, Badge},
    },
    v1::widget::Tone,
};
use dualwatch_words::widget::{Label, label};
use std::fmt::Write as _;

/// What the page is made of.
pub struct EmbedPage<'a> {
    /// Where others reach us: scheme, host and port, and a path where there is one, without a slash at its end.
    pub origin: &'a str,
    pub look: &'a Look,
    pub spoken: Spoken,
    /// How what was chosen is drawn; `None`: there is no such target, and no such group.
    pub tone: Option<Tone>,
    /// Slugs and names, to choose from.
    pub targets: &'a [(String, String)],
    /// The URLs of the scripts, from the root of the site, and the digest of the first.
    pub script: &'a str,
    pub integrity: &'a str,
}

/// How high a card is: as `widget.css` has it, and of a target with room for the button below.
const CARD: &str = "11rem";
const CARD_OF_SEVERAL: &str = "20rem";

/// Returns the whole document.
pub fn embed(page: &EmbedPage<'_>, assets: &Assets) -> String {
    let language = page.spoken.language;
    let say = |text| label(language, text);
    let title = say(Label::Title);
    let body = format!(
        r#"<div id="app" class="embed">
{bar}
<main id="content" tabindex="-1">
<h1>{title}</h1>
<p class="lead">{lead}</p>
{choice}
{preview}
{codes}
</main>
</div>"#,
        bar = bar(
            page.spoken,
            &Page::Embed { look: page.look.clone(), is_framed: false, language: None }.name(),
            &assets.branding
        ),
        lead = say(Label::Lead),
        choice = choice(page),
        preview = preview(page),
        codes = codes(page),
    );
    let path = Page::Embed { look: Look::default(), is_framed: false, language: None }.name();
    let head = document::described(say(Label::Lead), &path)
        + &format!("<script type=\"module\" async src=\"{}\"></script>\n", escape(page.script));
    document::document(language, title, assets, &head, &body)
}

/// Returns the frame: the widget alone, and what tells the page around it how high it is.
pub fn frame(look: &Look, language: Language, widget: &str, tells: &str) -> String {
    let [widget, tells] = [widget, tells].map(escape);
    let scheme = look.theme.unwrap_or(Theme::System).code();
    format!(
        r#"<!doctype html>
<html lang="{code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{scheme}">
<base target="_blank">
<title>{title}</title>
<script type="module" async crossorigin src="{widget}"></script>
<script type="module" async crossorigin src="{tells}"></script>
</head>
<body topmargin="0" leftmargin="0" rightmargin="0" bottommargin="0"><main>{tag}</main></body>
</html>
"#,
        code = language.code(),
        title = label(language, Label::Link),
        tag = tag(look, look.variant, ""),
    )
}

fn choice(page: &EmbedPage<'_>) -> String {
    let say = |text| label(page.spoken.language, text);
    let Look { whom, variant, theme, has_check } = page.look;
    let (slug, group) = match whom {
        Whom::All => (String::new(), String::new()),
        Whom::Target(slug) => (slug.to_string(), String::new()),
        Whom::Group(group) => (String::new(), escape(group.as_str())),
    };
    let mut names = String::new();
    for (slug, name) in page.targets {
        _ = write!(names, r#"<option value="{}">{}</option>"#, escape(slug), escape(name));
    }
    let option = |value: &str, is_chosen: bool, name: &str| {
        let selected = if is_chosen { " selected" } else { "" };
        format!(r#"<option value="{value}"{selected}>{name}</option>"#)
    };
    let variants = Variant::ALL.map(|one| option(one.code(), one == *variant, say(Label::Of(one)))).concat();
    let themes = Theme::ALL.map(|one| option(one.code(), Some(one) == *theme, say(Label::In(one)))).concat();
    format!(
        r#"<form class="card" action="/embed" aria-labelledby="choose">
<h2 id="choose">{choose}</h2>
<label>{service} <input name="target" list="targets" value="{slug}" placeholder="{hint}" autocomplete="off"></label>
<datalist id="targets">{names}</datalist>
<label>{of_group} <input name="group" value="{group}" autocomplete="off"></label>
<label>{look} <select name="variant">{variants}</select></label>
<label>{colours} <select name="theme">{as_page}{themes}</select></label>
<label><input type="checkbox" name="check"{checked}> {check}</label>
<input type="hidden" name="lang" value="{language}">
<button>{show}</button>
</form>"#,
        choose = say(Label::Choose),
        service = say(Label::Service),
        hint = say(Label::ServiceHint),
        of_group = say(Label::Group),
        look = say(Label::Look),
        colours = say(Label::Colours),
        as_page = option("", theme.is_none(), say(Label::AsPage)),
        checked = if *has_check { " checked" } else { "" },
        check = say(Label::Check),
        language = page.spoken.language.code(),
        show = say(Label::Show),
    )
}

/// Every look; what floats has a page of its own to float above.
fn preview(page: &EmbedPage<'_>) -> String {
    let language = page.spoken.language;
    let shown = Variant::ALL.map(|variant| {
        let name = label(language, Label::Of(variant));
        let inside = match variant {
            Variant::Line | Variant::Card => tag(page.look, variant, &link(page, "")),
            Variant::Button | Variant::Banner => {
                let look = Look { variant, ..page.look.clone() };
                let src = Page::Embed { look, is_framed: true, language: Some(language) }.name();
                let note = if variant == Variant::Banner { note(page) } else { String::new() };
                format!(
                    r#"{note}<iframe src="{}" title="{name}" sandbox="allow-scripts allow-popups"></iframe>"#,
                    escape(&src)
                )
            }
        };
        format!(r#"<figure data-variant="{}"><figcaption>{name}</figcaption>{inside}</figure>"#, variant.code())
    });
    let heading = label(language, Label::Preview);
    format!(
        r#"<section class="card" aria-labelledby="preview"><h2 id="preview">{heading}</h2>{}</section>"#,
        shown.concat()
    )
}

/// Says why there is nothing to see of a banner, where there is not.
fn note(page: &EmbedPage<'_>) -> String {
    let said = match page.tone {
        Some(Tone::Warn | Tone::Bad) => return String::new(),
        Some(Tone::Good | Tone::Quiet | Tone::None) => Label::Calm,
        None => Label::Nobody,
    };
    format!("<p data-note=\"\">{}</p>", label(page.spoken.language, said))
}

/// The link that stands where the script has not loaded, or never does.
fn link(page: &EmbedPage<'_>, origin: &str) -> String {
    let name = match &page.look.whom {
        Whom::Target(slug) => {
            let known = page.targets.iter().find(|(known, _)| known == slug.as_str());
            known.map_or_else(|| slug.to_string(), |(_, name)| name.clone())
        }
        Whom::Group(group) => group.to_string(),
        Whom::All => label(page.spoken.language, Label::Link).to_owned(),
    };
    format!(r#"<a href="{}">{}</a>"#, escape(&format!("{origin}{}", path(&page.look.whom))), escape(&name))
}

/// Where more is said, from the root of the site.
fn path(whom: &Whom) -> String {
    match whom {
        Whom::Target(slug) => format!("/targets/{slug}"),
        Whom::Group(_) | Whom::All => "/".to_owned(),
    }
}

/// A badge as an image, which leads to where more is said.
fn image(page: &EmbedPage<'_>) -> String {
    let EmbedPage { origin, look, spoken, .. } = page;
    let theme = match look.theme {
        None | Some(Theme::Light) => svg::Theme::Light,
        Some(Theme::Dark) => svg::Theme::Dark,
        Some(Theme::System) => svg::Theme::Auto,
    };
    let badge = Badge {
        form: badge::Form::Svg,
        whom: look.whom.clone(),
        about: About::Status,
        track: None,
        style: svg::Style::default(),
        theme,
        language: spoken.language,
    };
    format!(
        r#"<a href="{origin}{}"><img src="{}" alt="{}"></a>"#,
        path(&look.whom),
        escape(&format!("{origin}{}", badge.name())),
        label(spoken.language, Label::Link),
    )
}

/// The element, with what was chosen as attributes.
fn tag(look: &Look, variant: Variant, inside: &str) -> String {
    let mut attributes = String::new();
    match &look.whom {
        Whom::All => {}
        Whom::Target(slug) => _ = write!(attributes, r#" target="{slug}""#),
        Whom::Group(group) => _ = write!(attributes, r#" group="{}""#, escape(group.as_str())),
    }
    if variant != Variant::Line {
        _ = write!(attributes, r#" variant="{}""#, variant.code());
    }
    if let Some(theme) = look.theme {
        _ = write!(attributes, r#" theme="{}""#, theme.code());
    }
    if look.has_check {
        attributes += " check";
    }
    format!("<dual-watch{attributes}>{inside}</dual-watch>")
}

/// What a policy has to allow: a source of one has no path, or means nothing below it.
fn policy(origin: &str) -> String {
    let host = origin.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    format!("script-src {host}; connect-src {host}")
}

/// The code to paste, in every form.
fn codes(page: &EmbedPage<'_>) -> String {
    let EmbedPage { origin, look, spoken, script, integrity, .. } = page;
    let say = |text| label(spoken.language, text);
    let element = tag(look, look.variant, &link(page, origin));
    let mut parts = vec![
        (
            Label::Script,
            Label::ScriptHint,
            format!("<script type=\"module\" async src=\"{origin}/widget.js\"></script>\n{element}"),
        ),
        (
            Label::Pinned,
            Label::PinnedHint,
            format!(
                "<script type=\"module\" async crossorigin src=\"{origin}{script}\"\n  integrity=\"{integrity}\"></script>\n{element}"
            ),
        ),
    ];
    parts.push((Label::Image, Label::ImageHint, image(page)));
    let frame = Page::Embed { look: (*look).clone(), is_framed: true, language: Some(spoken.language) }.name();
    let frame = escape(&format!("{origin}{frame}"));
    parts.push((
        Label::Frame,
        Label::FrameHint,
        format!(
            r#"<iframe src="{frame}" title="{title}" sandbox="allow-scripts allow-popups"
  width="100%" height="160" loading="lazy" style="border: 0"></iframe>
<script>
  addEventListener("message", ({{ source, data }}) => {{
    for (const frame of document.querySelectorAll("iframe"))
      if (frame.contentWindow === source && data?.dualwatch?.height > 0) frame.height = data.dualwatch.height;
  }});
</script>"#,
            title = say(Label::Link),
        ),
    ));
    if look.variant == Variant::Card {
        let height = if matches!(look.whom, Whom::Target(_)) { CARD } else { CARD_OF_SEVERAL };
        let style = format!(
            "dual-watch[variant=card] {{ display: block; min-height: {height}; --dual-watch-height: {height} }}"
        );
        parts.push((Label::Place, Label::PlaceHint, style));
    }
    parts.push((Label::Policy, Label::PolicyHint, policy(origin)));
    let mut html = String::new();
    for (i, (heading, hint, code)) in parts.into_iter().enumerate() {
        let rows = code.lines().count() + 1;
        _ = write!(
            html,
            r#"<section class="card" aria-labelledby="code-{i}"><h2 id="code-{i}">{}</h2><p id="hint-{i}">{}</p>
<textarea readonly rows="{rows}" aria-labelledby="code-{i}" aria-describedby="hint-{i}" spellcheck="false">{}</textarea></section>
"#,
            say(heading),
            say(hint),
            escape(&code),
        );
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::{group::Group, slug::Slug};

    fn page(look: &Look) -> String {
        let targets = [("shop".to_owned(), "Shop <b> \"1\"".to_owned())];
        let page = EmbedPage {
            origin: "https://status.example",
            look,
            tone: Some(Tone::Good),
            spoken: Spoken::of(Some(Language::En), None),
            targets: &targets,
            script: "/assets/widget-1.js",
            integrity: "sha384-abc",
        };
        let file = |name: &str| format!("/assets/{name}");
        let assets = Assets {
            css: file("a.css"),
            boot: file("a.js"),
            js: file("b.js"),
            wasm: file("b.wasm"),
            ..Assets::default()
        };
        embed(&page, &assets)
    }

    fn code(page: &str, n: usize) -> String {
        let code =
            page.split("<textarea").nth(n + 1).unwrap().split_once('>').unwrap().1.split("</textarea>").next().unwrap();
        code.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    #[test]
    fn the_code_to_paste_says_what_was_chosen_and_keeps_names_in_their_place() {
        let whom = Whom::Target(Slug::parse("shop").unwrap());
        let look = Look { whom, variant: Variant::Card, theme: Some(Theme::Dark), has_check: true };
        let page = page(&look);
        assert_eq!(
            code(&page, 0),
            "<script type=\"module\" async src=\"https://status.example/widget.js\"></script>\n\
             <dual-watch target=\"shop\" variant=\"card\" theme=\"dark\" check>\
             <a href=\"https://status.example/targets/shop\">Shop &lt;b&gt; &quot;1&quot;</a></dual-watch>"
        );
        assert!(
            code(&page, 1).contains("src=\"https://status.example/assets/widget-1.js\"\n  integrity=\"sha384-abc\"")
        );
        assert!(
            code(&page, 3)
                .contains("/embed/frame?target=shop&amp;variant=card&amp;theme=dark&amp;check=on&amp;lang=en")
        );
        assert_eq!(
            code(&page, 2),
            "<a href=\"https://status.example/targets/shop\">\
             <img src=\"https://status.example/badge/shop.svg?theme=dark\" alt=\"Status\"></a>"
        );
        assert!(code(&page, 4).contains("min-height: 11rem"));
        assert!(!page.contains("<b>"));
    }

    #[test]
    fn a_group_is_a_text_everywhere() {
        let look = Look { whom: Whom::Group(Group::parse("A \"&\" <i>").unwrap()), ..Look::default() };
        let page = page(&look);
        assert!(!page.contains("<i>"));
        assert!(page.contains(r#"<dual-watch group="A &quot;&amp;&quot; &lt;i&gt;">"#));
        assert!(page.contains("group=A+%22%26%22+%3Ci%3E"));
        assert!(
            code(&page, 2).contains(r#"<img src="https://status.example/badge.svg?group=A+%22%26%22+%3Ci%3E" alt"#)
        );
    }

    #[test]
    fn there_is_an_image_of_all_and_a_card_of_several_has_its_place() {
        let look = Look { variant: Variant::Card, theme: Some(Theme::System), ..Look::default() };
        let page = page(&look);
        assert_eq!(
            code(&page, 2),
            "<a href=\"https://status.example/\"><img src=\"https://status.example/badge.svg?theme=auto\" alt=\"Status\"></a>"
        );
        assert!(code(&page, 4).contains("min-height: 20rem"));
    }

    #[test]
    fn a_banner_that_shows_nothing_says_so() {
        let page = page(&Look::default());
        assert!(page.contains("<p data-note=\"\">Nothing is wrong just now, so it shows nothing.</p><iframe"));
        for (tone, is_said) in
            [(None, true), (Some(Tone::Quiet), true), (Some(Tone::Warn), false), (Some(Tone::Bad), false)]
        {
            let (targets, look) = ([], Look::default());
            let page = EmbedPage {
                origin: "",
                look: &look,
                tone,
                spoken: Spoken::of(None, None),
                targets: &targets,
                script: "",
                integrity: "",
            };
            assert_eq!(!note(&page).is_empty(), is_said, "{tone:?}");
        }
    }
}
