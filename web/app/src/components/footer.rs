//! Where the figures come from, as a document, and what happens to the visitor's data.

use crate::show::model::PageModel;
use dualwatch_words::{self_test::phrases::Whole, status::Caption};
use leptos::prelude::*;

pub fn footer(model: &PageModel, w: &dyn Whole) -> impl IntoView + use<> {
    view! {
        <footer>
            <p>
                <span>{w.caption(Caption::Published)} {model.published.clone()}</span>
                " · "
                <a href="/api/v1/status">{w.caption(Caption::AsJson)}</a>
            </p>
            <p>{w.caption(Caption::Privacy)}</p>
        </footer>
    }
}
