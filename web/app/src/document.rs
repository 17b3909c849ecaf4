//! The HTML document around a page.

use crate::components::{branding, markup::escape};
use dualwatch_wire::{answer::language::Language, v1::Branding};
use std::rc::Rc;

/// The URLs of what the page loads, and what makes it the operator's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets {
    /// `style.css`.
    pub css: String,
    /// `boot.js`, which loads the two below.
    pub boot: String,
    /// The `web` glue of wasm-bindgen.
    pub js: String,
    /// The WebAssembly module.
    pub wasm: String,
    /// The script of a page that measures nothing and is kept up to date.
    pub still: String,
    /// The worker by which open pages hear of changes.
    pub stream: String,
    /// The style of charts, and the script that reads them, of pages that have some.
    pub chart_css: String,
    pub chart_js: String,
    pub branding: Rc<Branding>,
}

/// Returns the elements of the head that say what a page is about, and where it is, whatever else is in its address.
pub fn described(about: &str, path: &str) -> String {
    let [about, path] = [about, path].map(escape);
    format!(
        "<meta name=\"description\" content=\"{about}\">\n<meta property=\"og:description\" content=\"{about}\">\n\
         <link rel=\"canonical\" href=\"{path}\">\n"
    )
}

/// Returns the document around a body. `further` are more elements of the head, such as those that load scripts; they stand
/// before the style sheet, which a script that stands in the document would wait for. What the operator says below every page
/// stands behind the body.
pub fn document(language: Language, title: &str, assets: &Assets, further: &str, body: &str) -> String {
    let below = branding::below(&assets.branding, language);
    embedded(language, title, assets, further, &[body, &below].concat())
}

/// Returns the same of a page that is a part of somebody's, with nothing behind its body.
pub fn embedded(language: Language, title: &str, assets: &Assets, further: &str, body: &str) -> String {
    let site = branding::name(&assets.branding);
    let [css, title, site] = [&assets.css, title, site].map(escape);
    let style = branding::head(&assets.branding);
    let icon = branding::icon(&assets.branding).unwrap_or(ICON);
    let language = language.code();
    format!(
        r#"<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title} · {site}</title>
<meta property="og:title" content="{title}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="{site}">
<meta name="twitter:card" content="summary">
{further}<link rel="stylesheet" href="{css}">
{style}<link rel="icon" href="{icon}">
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
