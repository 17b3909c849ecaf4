//! The head of a page that is written as text: where else one may go, and in which languages there is the same.

use crate::components::markup::escape;
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    door::Page,
};
use dualwatch_words::self_test::{phrases::Text, words};

/// Returns it, with the link over it to the content.
pub fn bar(spoken: Spoken, page: &Page) -> String {
    let text = |text| words(spoken.language).text(text);
    format!(
        r##"<a class="skip" href="#content">{skip}</a>
<header class="bar">
<p class="brand"><span class="logo" aria-hidden="true"></span>Dualwatch</p>
<nav aria-label="{pages}"><a href="{all}">{all_services}</a> · <a href="{self_test}">{connection}</a></nav>
{languages}
</header>"##,
        skip = text(Text::Skip),
        pages = text(Text::Pages),
        all = spoken.link("/"),
        all_services = text(Text::AllServices),
        self_test = spoken.link("/self-test"),
        connection = text(Text::Title),
        languages = languages(spoken, page),
    )
}

/// The switch of languages: links, for whoever runs no script.
fn languages(spoken: Spoken, page: &Page) -> String {
    let each = Language::ALL.map(|language| {
        let (code, name) = (language.code(), language.own_name());
        if language == spoken.language {
            return format!(r#"<span lang="{code}" aria-current="true">{name}</span>"#);
        }
        let href = page.clone().in_language(Some(language)).name();
        format!(r#"<a href="{}" lang="{code}" hreflang="{code}">{name}</a>"#, escape(&href))
    });
    let name = words(spoken.language).text(Text::Languages);
    format!(r#"<nav data-languages="" aria-label="{name}">{}</nav>"#, each.join(" · "))
}
