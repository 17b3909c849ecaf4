//! What is said where there is nothing: what was looked for, and where to look instead.

use super::{Frame, Still, document};
use crate::{document::Assets, show::tone::Tone};
use dualwatch_words::pages::Heading;
use leptos::prelude::*;

/// Returns the page for an address that leads nowhere; `sentence` says what there is none of.
pub fn missing(sentence: &str, still: &Still, assets: &Assets) -> String {
    failed(still.words().heading(Heading::NothingHere), sentence, still, assets)
}

/// Returns the page in place of one that cannot be had; the title and the sentence say why.
pub fn failed(title: &str, sentence: &str, still: &Still, assets: &Assets) -> String {
    let w = still.words();
    let frame = Frame { title: title.to_owned(), tone: Tone::Unknown, lead: sentence.to_owned(), also: Vec::new() };
    let content = view! {
        <p>
            {w.heading(Heading::WayBefore)}
            <a href=still.link("/")>{w.heading(Heading::WayServices)}</a>
            {w.heading(Heading::WayAnd)}
            <a href=still.link("/incidents")>{w.heading(Heading::WayIncidents)}</a>
            {w.heading(Heading::WayAfter)}
        </p>
    };
    document(frame, still, assets, content)
}
