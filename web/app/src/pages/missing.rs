//! What is said where there is nothing: what was looked for, and where to look instead.

use super::{Frame, document};
use crate::{
    document::Assets,
    show::{phrases, tone::Tone},
};
use dualwatch_core::measure::time::Timestamp;
use leptos::prelude::*;

/// Returns the page for an address that leads nowhere; `sentence` says what there is none of.
pub fn missing(sentence: &str, now: Timestamp, assets: &Assets) -> String {
    failed("There is nothing here", sentence, now, assets)
}

/// Returns the page in place of one that cannot be had; the title and the sentence say why.
pub fn failed(title: &str, sentence: &str, now: Timestamp, assets: &Assets) -> String {
    let frame = Frame {
        title: title.to_owned(),
        tone: Tone::Unknown,
        lead: phrases::sentence(sentence.trim_end_matches('.')),
        also: Vec::new(),
        now,
    };
    let content = view! {
        <p>
            "The " <a href="/">"list of services"</a> " and the " <a href="/incidents">"list of incidents"</a>
            " lead to everything that is here."
        </p>
    };
    document(frame, assets, content)
}
