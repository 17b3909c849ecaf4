//! The places that measure, and what each has proven about itself.

use super::line::{Line, lines};
use crate::show::{model::PageModel, vantage::VantageLine};
use dualwatch_words::{self_test::phrases::Whole, status::Caption};
use leptos::prelude::*;

pub fn vantages(model: &PageModel, w: &dyn Whole) -> impl IntoView + use<> {
    let of = |v: &VantageLine| {
        let notes = v.consequences.iter().map(|text| Line::new("note", text));
        std::iter::once(Line::new("vantage", &v.text)).chain(notes).collect::<Vec<_>>()
    };
    let said: Vec<Line> = model.vantages.iter().flat_map(of).collect();
    view! {
        <section class="vantages" aria-labelledby="measured-from">
            <h2 id="measured-from">{w.caption(Caption::MeasuredFrom)}</h2>
            {lines(said)}
        </section>
    }
}
