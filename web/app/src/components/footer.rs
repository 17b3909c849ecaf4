//! Where the figures come from, as a document, and what happens to the visitor's data.

use crate::show::model::PageModel;
use leptos::prelude::*;

pub fn footer(model: &PageModel) -> impl IntoView + use<> {
    view! {
        <footer>
            <p>
                <span>"Published at " {model.published.clone()}</span>
                " · "
                <a href="/api/v1/status">"the same as JSON"</a>
            </p>
            <p>
                "To check from here, your browser asks our own endpoints and the services listed above, and reads from WebRTC \
                 which address families your device has. The results stay in this page; nothing is stored, and nobody else is asked."
            </p>
        </footer>
    }
}
