//! The whole HTML document: readable as it is, and ready to be hydrated.

use crate::components::{Signals, app, markup::escape};
use dualwatch_wire::{answer::language::Language, v1::PageData};
use leptos::prelude::*;
use std::fmt::Write;

/// The URLs of what the page loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// `style.css`.
    pub css: String,
    /// `boot.js`, which loads the two below.
    pub boot: String,
    /// The `web` glue of wasm-bindgen.
    pub js: String,
    /// The WebAssembly module.
    pub wasm: String,
}

/// Returns the complete document for `data`.
///
/// No script and no style is inline: the document works under
/// `script-src 'self' 'wasm-unsafe-eval'; style-src 'self'`. A script element with a data type is not run,
/// so that policy does not concern it (HTML "data block").
pub fn render(data: &PageData, assets: &Assets) -> String {
    let owner = Owner::new();
    let (body, headline) = owner.with(|| {
        let signals = Signals::new(data.clone());
        let headline = signals.model.with_untracked(|m| m.overview.headline.clone());
        (app(signals).into_view().to_html(), headline)
    });
    drop(owner);
    let json = serde_json::to_string(data).unwrap_or_else(|_| "null".to_owned());
    let [boot, js, wasm] = [&assets.boot, &assets.js, &assets.wasm].map(|text| escape(text));
    let scripts = format!(
        r#"<link rel="modulepreload" href="{js}">
<script type="module" id="boot" src="{boot}" data-js="{js}" data-wasm="{wasm}"></script>
"#
    );
    let data = format!(r#"<script type="application/json" id="page-data">{}</script>"#, escape_json(&json));
    document(Language::En, &headline, assets, &scripts, &(body + &data))
}

/// Returns the document around a body. `further` are more elements of the head, such as those that load scripts; they stand
/// before the style sheet, which a script that stands in the document would wait for.
pub fn document(language: Language, title: &str, assets: &Assets, further: &str, body: &str) -> String {
    let [css, title] = [&assets.css, title].map(escape);
    let language = language.code();
    format!(
        r#"<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title} · Dualwatch</title>
{further}<link rel="stylesheet" href="{css}">
<link rel="icon" href="{ICON}">
</head>
<body>{body}</body>
</html>
"#
    )
}

/// Two families, overlapping. Inline, so that no request is made for it; the policy allows `img-src data:`.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
                    %3Ccircle cx='6' cy='8' r='5' fill='%23177245'/%3E\
                    %3Ccircle cx='10' cy='8' r='4' fill='none' stroke='%232b5fb4' stroke-width='2'/%3E%3C/svg%3E";

/// Escapes what could end a script element or start a comment in it. All of these only occur inside JSON strings,
/// where the escape means the same.
fn escape_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => _ = write!(escaped, "\\u{:04x}", u32::from(c)),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
