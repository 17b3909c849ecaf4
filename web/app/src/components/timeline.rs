//! The timeline of an incident: told by shape and by word.

use crate::timeline::{HEIGHT, Row, Timeline, WIDTH};
use leptos::prelude::*;

/// Returns the rows as one element. Their markup is made as text: nothing in it comes from outside or can be focused,
/// and a view of so many elements would be 5 kB of WebAssembly.
pub fn timeline(timeline: &Timeline) -> impl IntoView + use<> {
    let rows: String = timeline.rows.iter().map(row).collect();
    view! { <ul class="timeline" inner_html=rows></ul> }
}

/// The words say what the shapes do: those are hidden from a screen reader.
fn row(Row { family, words, down, blind }: &Row) -> String {
    format!(
        "<li><span class=\"name\">{family}</span>\
         <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <path class=\"down\" d=\"{down}\"/><path class=\"blind\" d=\"{blind}\"/></svg>\
         <span class=\"detail\">{words}</span></li>"
    )
}
