//! A paragraph of a list of such.

use dualwatch_wire::answer::language::Language;
use leptos::prelude::*;

/// One line of a list: its class, its code (if it has one), its text.
pub struct Line {
    pub class: &'static str,
    pub code: Option<&'static str>,
    /// Its language, where that is not the page's.
    pub lang: Option<&'static str>,
    pub text: String,
}

impl Line {
    pub fn new(class: &'static str, text: impl Into<String>) -> Self {
        Self { class, code: None, lang: None, text: text.into() }
    }

    /// Says that it is English on a page in this language, where it is.
    pub fn in_english(self, is_english: bool, page: Language) -> Self {
        Self { lang: english(page).filter(|_| is_english), ..self }
    }
}

/// Returns what marks English on a page in this language; nothing where that is English, too.
pub fn english(page: Language) -> Option<&'static str> {
    (page != Language::En).then_some(Language::En.code())
}

/// Paragraphs, as many as there are.
pub fn lines(lines: impl IntoIterator<Item = Line>) -> impl IntoView {
    let paragraph = |Line { class, code, lang, text }| view! { <p class=class data-notice=code lang=lang>{text}</p> };
    lines.into_iter().map(paragraph).collect::<Vec<_>>()
}
