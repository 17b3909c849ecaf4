//! Where the figures come from, as a document, and what happens to the visitor's data.

use crate::show::model::PageModel;
use dualwatch_words::{self_test::phrases::Whole, status::Label};
use leptos::prelude::*;

pub fn footer(model: &PageModel, w: &dyn Whole) -> impl IntoView + use<> {
    view! {
        <footer>
            <p>
                <span>{w.label(Label::Published)} {model.published.clone()}</span>
                " · "
                <a href="/api/v1/status">{w.label(Label::AsJson)}</a>
            </p>
            <p>{w.label(Label::Privacy)}</p>
        </footer>
    }
}
