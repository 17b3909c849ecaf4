//! `/about`: what is measured, from where, and how a verdict is reached.

use super::bar::bar;
use crate::{
    components::{branding, markup::escape},
    document::{self, Assets},
};
use dualwatch_wire::{answer::language::Spoken, door::Page};
use dualwatch_words::{
    about::{Part, about as part},
    clients_page::{self, Label},
    self_test::{phrases::Text, words},
};
use std::fmt::Write as _;

/// Returns the whole document.
pub fn about(spoken: Spoken, assets: &Assets) -> String {
    let language = spoken.language;
    let (title, lead) = part(language, Part::Title);
    let mut parts = String::new();
    for (heading, text) in Part::BELOW.map(|of| part(language, of)) {
        _ = write!(parts, r#"<section class="part"><h2>{}</h2><p>{}</p></section>"#, escape(heading), escape(text));
    }
    parts += &branding::operator(&assets.branding, language);
    let w = words(language);
    let links = [
        ("/", w.text(Text::AllServices)),
        ("/self-test", w.text(Text::Title)),
        ("/clients", clients_page::label(language, Label::Title)),
    ];
    let links =
        links.map(|(path, name)| format!(r#"<li><a href="{}">{}</a></li>"#, escape(&spoken.link(path)), escape(name)));
    let path = Page::About { language: None }.name();
    let body = format!(
        r#"<div id="app" class="about">
{bar}
<main id="content" tabindex="-1">
<h1>{title}</h1>
<p class="lead">{lead}</p>
{parts}
<ul class="lines">{links}</ul>
</main>
</div>"#,
        bar = bar(spoken, &path, &assets.branding),
        links = links.concat(),
    );
    let head = document::described(lead, &path) + &super::self_test::alternates(&path);
    document::document(language, title, assets, &head, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_wire::answer::language::Language;

    #[test]
    fn the_page_is_whole_in_every_language() {
        let url = |name: &str| format!("/assets/{name}");
        let assets = Assets {
            css: url("style.css"),
            boot: url("boot.js"),
            js: url("app.js"),
            wasm: url("app_bg.wasm"),
            ..Assets::default()
        };
        for language in Language::ALL {
            let html = about(Spoken { language, is_chosen: true }, &assets);
            assert_eq!(html.matches("<h2").count(), Part::BELOW.len());
            assert!(html.contains("<link rel=\"canonical\" href=\"/about\">"), "{html}");
            assert!(html.contains("aria-current=\"page\"") && !html.contains("<script"));
        }
    }
}
