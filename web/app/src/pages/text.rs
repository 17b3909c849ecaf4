//! Text of reports as markup: code in backticks, a capital at the beginning.

use super::Inert;
use leptos::{prelude::*, tachys::html::InertElement};

/// Returns a line with what is in backticks as code, and with a capital at the beginning.
pub fn rich(line: &str) -> Vec<InertElement> {
    let line = dualwatch_words::capitalised(line.to_owned());
    line.split('`')
        .enumerate()
        .filter(|(_, piece)| !piece.is_empty())
        .map(|(i, piece)| {
            let piece = piece.to_owned();
            if i % 2 == 1 { view! { <code>{piece}</code> }.inert() } else { piece.inert() }
        })
        .collect()
}
