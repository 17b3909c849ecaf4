//! The timeline of an incident: told by shape and by word.

use crate::show::timeline::{HEIGHT, Row, Timeline, WIDTH};

/// Returns the rows as markup. Nothing in it comes from outside.
pub fn timeline(timeline: &Timeline) -> String {
    let rows: String = timeline.rows.iter().map(row).collect();
    format!("<ul class=\"timeline\">{rows}</ul>")
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
