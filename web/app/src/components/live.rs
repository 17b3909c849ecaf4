//! The three things on the page that change: a text, a code, a list of lines.
//!
//! A closure in a view brings its own copy of the render effect into the module, some 2 kB each. These have one type
//! each, however many places use them.

use leptos::prelude::*;

type Live<T> = Box<dyn Fn() -> T + Send>;

/// Text that follows what it reads.
pub fn text(read: impl Fn() -> String + Send + 'static) -> Live<String> {
    Box::new(read)
}

/// The value of an attribute, from a closed set.
pub fn code(read: impl Fn() -> &'static str + Send + 'static) -> Live<&'static str> {
    Box::new(read)
}

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
pub fn lines(read: impl Fn() -> Vec<Line> + Send + 'static) -> impl IntoView {
    let read: Live<Vec<Line>> = Box::new(read);
    move || read().into_iter().map(paragraph).collect::<Vec<_>>()
}

/// One paragraph.
pub fn paragraph(Line { class, code, text }: Line) -> impl IntoView {
    view! { <p class=class data-notice=code>{text}</p> }
}
