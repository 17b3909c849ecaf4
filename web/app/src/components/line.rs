//! A paragraph of a list of such.

use leptos::prelude::*;

/// One line of a list: its class, its code (if it has one), its text.
pub struct Line {
    pub class: &'static str,
    pub code: Option<&'static str>,
    pub text: String,
}

impl Line {
    pub fn new(class: &'static str, text: impl Into<String>) -> Self {
        Self { class, code: None, text: text.into() }
    }
}

/// Paragraphs, as many as there are.
pub fn lines(lines: impl IntoIterator<Item = Line>) -> impl IntoView {
    let paragraph = |Line { class, code, text }| view! { <p class=class data-notice=code>{text}</p> };
    lines.into_iter().map(paragraph).collect::<Vec<_>>()
}
