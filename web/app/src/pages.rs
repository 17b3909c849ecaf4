//! The pages: all services, an incident with its report, the list of all, a service with its availability, the self-test.
//!
//! They are plain HTML, rendered at the edge from documents of the API, and say as of when they are true. All but the status
//! page and the self-test load one style sheet, and no script.

mod availability;
mod clients;
mod embed;
mod incident;
mod list;
mod missing;
mod self_test;
mod status;
mod strip;
mod target;
mod text;

pub use clients::clients;
pub use embed::{EmbedPage, embed, frame as embed_frame};
pub use incident::incident;
pub use list::incidents;
pub use missing::{failed, missing};
pub use self_test::{early_script, self_test};
pub use status::status;
pub use target::{TargetPage, target};

use crate::{
    document::{self, Assets},
    show::{phrases, tone::Tone},
};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::answer::language::Language;
use dualwatch_words::self_test::{phrases::Whole, words};
use leptos::{prelude::*, tachys::html::InertElement};

/// Turns a view into finished HTML at once. A view that is only boxed keeps ten functions each in the worker, for
/// streaming and hydration that these pages do not know.
trait Inert {
    fn inert(self) -> InertElement;
}

impl<V: IntoView> Inert for V {
    fn inert(self) -> InertElement {
        InertElement::new(self.into_view().to_html())
    }
}

/// The pages of incidents and of services are in English.
fn english() -> &'static dyn Whole {
    words(Language::En)
}

/// What stands around the content of a page.
struct Frame {
    title: String,
    tone: Tone,
    lead: String,
    /// Where the same can be read by a machine: a name and an address.
    also: Vec<(&'static str, String)>,
    now: Timestamp,
}

/// Returns the whole document.
fn document(frame: Frame, assets: &Assets, content: impl IntoView) -> String {
    let Frame { title, tone, lead, also, now } = frame;
    let also: Vec<_> = (also.into_iter()).map(|(name, href)| view! { " · " <a href=href>{name}</a> }).collect();
    let body = view! {
        <div id="app">
            <a class="skip" href="#content">"Skip to the content"</a>
            <header class="top" data-tone=tone.code()>
                <p class="brand"><span class="logo" aria-hidden="true"></span>"Dualwatch"</p>
                <nav aria-label="Pages"><a href="/">"All services"</a> " · " <a href="/incidents">"All incidents"</a> " · " <a href="/self-test">"Your connection"</a></nav>
                <h1><span class="mark" aria-hidden="true"></span><span>{title.clone()}</span></h1>
                <p class="lead">{lead}</p>
            </header>
            <main id="content" tabindex="-1">{content.inert()}</main>
            <footer>
                <p>
                    "As of " {phrases::date(now)} " " {phrases::time_of_day(now)}
                    ". This page does not change by itself: load it again for news." {also}
                </p>
            </footer>
        </div>
    };
    document::document(Language::En, &title, assets, "", &body.into_view().to_html())
}

/// Returns a part of a page under a heading; nothing where there is nothing to say.
fn section(id: &'static str, heading: &'static str, content: Option<InertElement>) -> InertElement {
    let part = |content| {
        view! {
            <section class="part" aria-labelledby=id>
                <h2 id=id>{heading}</h2>
                {content}
            </section>
        }
    };
    content.map(part).inert()
}

/// Returns a list of lines; `None` where there are none.
fn list(lines: impl IntoIterator<Item = String>) -> Option<InertElement> {
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{text::rich(&line)}</li> }).collect();
    (!lines.is_empty()).then(|| view! { <ul class="lines">{lines}</ul> }.inert())
}

#[cfg(test)]
mod tests;
