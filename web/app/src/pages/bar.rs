//! The bar at the top of every page: where else one may go, and in which languages there is the same.

use crate::components::{branding, markup::escape};
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    v1::Branding,
};
use dualwatch_words::{
    pages::Heading,
    self_test::{
        phrases::{Text, Whole},
        words,
    },
    status::Caption,
};

/// The pages that every other one leads to, each with its name.
fn pages(w: &dyn Whole) -> [(&'static str, &'static str); 4] {
    [
        ("/", w.caption(Caption::Services)),
        ("/incidents", w.caption(Caption::Incidents)),
        ("/self-test", w.heading(Heading::YourConnection)),
        ("/about", w.caption(Caption::About)),
    ]
}

/// Returns the bar with the link over it to the content, of a page at this path and query, without a language.
pub fn bar(spoken: Spoken, path: &str, theirs: &Branding) -> String {
    let skip = words(spoken.language).text(Text::Skip);
    format!(
        "<a class=\"skip\" href=\"#content\">{skip}</a>\n<header class=\"bar\">{}</header>",
        inner(spoken, Some(path), theirs)
    )
}

/// Returns what is in the bar. Where there is no page at an address, there is none in another language.
pub fn inner(spoken: Spoken, path: Option<&str>, theirs: &Branding) -> String {
    let w = words(spoken.language);
    let links = pages(w).map(|(to, name)| {
        let here =
            if path.is_some_and(|path| path.split('?').next() == Some(to)) { " aria-current=\"page\"" } else { "" };
        format!(r#"<a href="{}"{here}>{name}</a>"#, escape(&spoken.link(to)))
    });
    format!(
        r#"{}<nav aria-label="{}">{}</nav>{}"#,
        branding::brand(theirs),
        w.text(Text::Pages),
        links.join(" "),
        path.map(|path| languages(spoken, path)).unwrap_or_default(),
    )
}

/// The switch of languages: links, for whoever runs no script.
fn languages(spoken: Spoken, path: &str) -> String {
    let each = Language::ALL.map(|language| {
        let (code, name) = (language.code(), language.own_name());
        if language == spoken.language {
            return format!(r#"<span lang="{code}" aria-current="true">{name}</span>"#);
        }
        let href = Spoken::of(Some(language), None).link(path);
        format!(r#"<a href="{}" lang="{code}" hreflang="{code}">{name}</a>"#, escape(&href))
    });
    let name = words(spoken.language).text(Text::Languages);
    format!(r#"<nav data-languages="" aria-label="{name}">{}</nav>"#, each.join(" · "))
}
