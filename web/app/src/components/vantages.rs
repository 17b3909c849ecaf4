//! The places that measure, and what each has proven about itself.

use super::live::{self, Line};
use crate::show::{model::PageModel, vantage::VantageLine};
use leptos::prelude::*;

pub fn vantages(model: Memo<PageModel>) -> impl IntoView {
    let lines = move || {
        model.with(|m| {
            let of = |v: &VantageLine| {
                let notes = v.consequences.iter().map(|text| Line::new("note", text));
                std::iter::once(Line::new("vantage", &v.text)).chain(notes).collect::<Vec<_>>()
            };
            m.vantages.iter().flat_map(of).collect()
        })
    };
    view! {
        <section class="vantages" aria-labelledby="measured-from">
            <h2 id="measured-from">"Measured from"</h2>
            {live::lines(lines)}
        </section>
    }
}
