//! The pages: all services, an incident with its report, the list of all, a service with its availability, the self-test.
//!
//! They are plain HTML, rendered at the edge from documents of the API, and say as of when they are true. Those of services and
//! incidents load a small script that keeps them up to date; a service, whose charts are read with a pointer, one of each more.

mod about;
mod availability;
mod bar;
pub mod charts;
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
mod who;

pub use crate::components::branding::{dressed, style};
pub use about::about;
pub use clients::clients;
pub use embed::{EmbedPage, embed, frame as embed_frame};
pub use incident::incident;
pub use list::incidents;
pub use missing::{failed, missing};
pub use self_test::{early_script, self_test};
pub use status::status;
pub use target::{TargetPage, target};

use crate::{
    components::markup::escape,
    document::{self, Assets},
    show::{notice, phrases, tone::Tone},
};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::answer::language::{Language, Spoken};
use dualwatch_words::{
    pages::{Heading, Told},
    self_test::{
        phrases::{Text, Whole},
        words,
    },
};
use leptos::{prelude::*, tachys::html::InertElement};

/// The icon, as a file: what has no head asks for it by itself.
pub const ICON: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='6' cy='8' r='5' fill='#177245'/>\
                        <circle cx='10' cy='8' r='4' fill='none' stroke='#2b5fb4' stroke-width='2'/></svg>";

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

/// What stands around the content of a page.
struct Frame {
    title: String,
    tone: Tone,
    lead: String,
    /// Where the same can be read by a machine: a name and an address.
    also: Vec<(&'static str, String)>,
}

/// In which language a page is that measures nothing, and where: with the links to the other ones.
#[derive(Clone, Debug)]
pub struct Still {
    pub spoken: Spoken,
    /// Its path and query, without a language; `None` where there is no page at its address.
    pub path: Option<String>,
    pub now: Timestamp,
    /// What was asked for it is as new as this; `None` where it is not kept up to date while it is open.
    pub live: Option<Timestamp>,
}

impl Still {
    fn words(&self) -> &'static dyn Whole {
        words(self.spoken.language)
    }

    /// Returns what marks English on this page; nothing where all of it is.
    fn english(&self) -> Option<&'static str> {
        (self.spoken.language != Language::En).then_some(Language::En.code())
    }

    /// Returns the address of another page, so that it comes in the same language.
    fn link(&self, path: &str) -> String {
        self.spoken.link(path)
    }
}

/// Returns the whole document.
fn document(frame: Frame, still: &Still, assets: &Assets, content: impl IntoView) -> String {
    document_with(frame, still, assets, "", content)
}

/// The same of a page that loads more; `further` are elements of its head.
fn document_with(frame: Frame, still: &Still, assets: &Assets, further: &str, content: impl IntoView) -> String {
    let Frame { title, tone, lead, also } = frame;
    let (w, spoken) = (still.words(), still.spoken);
    let also: Vec<_> = (also.into_iter()).map(|(name, href)| view! { " · " <a href=href>{name}</a> }).collect();
    let as_of = w.tell(Told::AsOf(&format!("{} {}", phrases::date(still.now), phrases::time_of_day(still.now))));
    let about = lead.clone();
    let bar = bar::inner(spoken, still.path.as_deref(), &assets.branding);
    // A revision is the moment of a change.
    let live = still.live.map(Timestamp::unix_ms);
    let unreachable = still.live.map(|_| {
        let notice = notice::unreachable(still.now, w);
        view! { <p class="notice" role="status" hidden="" data-notice=notice.code>{notice.text}</p> }
    });
    let again = w.heading(Heading::LoadAgain);
    let again = match still.live {
        // With scripts it does.
        Some(_) => view! { <noscript>{again}</noscript> }.into_any(),
        None => again.into_any(),
    };
    let body = view! {
        <div id="app" data-live=live>
            <a class="skip" href="#content">{w.text(Text::Skip)}</a>
            <header class="top" data-tone=tone.code()>
                <div class="bar" inner_html=bar></div>
                <h1><span class="mark" aria-hidden="true"></span><span>{title.clone()}</span></h1>
                <p class="lead">{lead}</p>
                {unreachable}
            </header>
            <main id="content" tabindex="-1">{content.inert()}</main>
            <footer><p>{as_of} {again} {also}</p></footer>
        </div>
    };
    let of = |path: &str| document::described(&about, path) + &self_test::alternates(path);
    let mut head = still.path.as_deref().map(of).unwrap_or_default();
    // Before what else runs: it keeps the page as it was served.
    if still.live.is_some() {
        let [script, stream] = [&assets.still, &assets.stream].map(|url| escape(url));
        head = format!("{head}<script defer src=\"{script}\" data-stream=\"{stream}\"></script>\n");
    }
    head += further;
    document::document(spoken.language, &title, assets, &head, &body.into_view().to_html())
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
