//! The self-test: what is on the page before anything has been asked. `web/self-test` fills it in.

mod services;

use crate::{
    components::markup::escape,
    document::{self, Assets},
    found::near,
};
use dualwatch_core::self_test::{
    environment::{Condition, Fact},
    place::Place,
    question::Question,
    sentence::Sentence,
    told::Told,
};
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    v1::PageData,
};
use dualwatch_words::self_test::{
    phrases::{Text, Whole},
    words,
};
use leptos::prelude::*;
use std::fmt::Write;

/// Where the self-test is, as a page and as a part of somebody's.
const SELF_TEST: &str = "/self-test";
const EMBEDDED: &str = "/self-test?embed";

/// The script that asks the first questions, as it stands in the document: without its comments. A policy names its digest.
pub fn early_script() -> String {
    let lines = include_str!("../../../self-test/early.js").lines().map(str::trim_start);
    let mut script = String::new();
    for line in lines.filter(|line| !line.starts_with("//") && !line.starts_with("/**")) {
        _ = writeln!(script, "{line}");
    }
    script
}

/// Returns the whole document. It works without any services: then their part is left out. `assets` are those of the
/// language that is spoken.
pub fn self_test(data: &PageData, is_embedded: bool, spoken: Spoken, assets: &Assets) -> String {
    let words = words(spoken.language);
    let endpoints = endpoints(data);
    let content = view! {
        <div id="app" class="self-test">
            {(!is_embedded).then(|| frame(words, spoken, assets))}
            <main id="content" tabindex="-1">
                {test(words, data)}
                <div inner_html=services::services(data, is_embedded, words, spoken)></div>
            </main>
            {privacy(words, &endpoints)}
        </div>
    };
    let about = words.means(Sentence::Checking);
    let head = scripts(&endpoints, assets, None)
        + &document::described(&about, SELF_TEST)
        + &alternates(if is_embedded { EMBEDDED } else { SELF_TEST });
    let around = if is_embedded { document::embedded } else { document::document };
    around(spoken.language, words.text(Text::Title), assets, &head, &content.into_view().to_html())
}

/// Returns the address of a page in a language; `None`: in what its reader asks for.
fn address(path: &str, language: Option<Language>) -> String {
    Spoken::of(language, None).link(path)
}

/// The elements of the head that say where the page is in which language.
pub fn alternates(path: &str) -> String {
    let mut links = String::new();
    let each = Language::ALL.map(|language| (language.code(), Some(language)));
    for (code, language) in each.into_iter().chain([("x-default", None)]) {
        let address = address(path, language);
        _ = writeln!(links, r#"<link rel="alternate" hreflang="{code}" href="{}">"#, escape(&address));
    }
    links
}

/// The endpoints that there are, each with its origin.
pub type Endpoints = Vec<(Place, String)>;

/// Returns the endpoints that may be asked from where the page was asked for.
pub fn endpoints(data: &PageData) -> Endpoints {
    let origin = |place| near::place(data, place, data.self_test.vicinity).map(str::to_owned);
    Place::ALL.into_iter().filter_map(|place| Some((place, origin(place)?))).collect()
}

/// What stands above the test where it is a page of its own.
fn frame(words: &'static dyn Whole, spoken: Spoken, assets: &Assets) -> impl IntoView + use<> {
    view! {
        <a class="skip" href="#content">{words.text(Text::Skip)}</a>
        <header class="bar" inner_html=super::bar::inner(spoken, Some(SELF_TEST), &assets.branding)></header>
    }
}

/// The questions that decide what can be said of the connection.
const FIRST: [Question; 3] = [Question::DualStack, Question::Ipv4, Question::Ipv6];

/// The visitor's own connection as a part of the status page: one sentence, what to do, a row for each family, and where the
/// rest is. Only what that needs is asked: see `web/self-test`.
pub fn own_connection(words: &'static dyn Whole, spoken: Spoken) -> impl IntoView {
    let rows = FIRST.map(|question| {
        view! {
            <li class="route" data-question=question.code() data-state="waiting" data-tone="unknown">
                <h3 class="name"><span class="mark" aria-hidden="true"></span>{words.question(question)}</h3>
                <p class="verdict" data-said="">{words.told(Told::Waiting, None)}</p>
            </li>
        }
    });
    let rows: Vec<_> = rows.into();
    view! {
        <section
            class="card test you"
            aria-labelledby="sentence"
            data-self-test=""
            data-run="running"
            data-ipv4="unknown"
            data-ipv6="unknown"
            data-side="unknown"
            data-tone="unknown"
        >
            <h2 id="sentence">
                <span class="mark" aria-hidden="true"></span>
                <span data-sentence="">{words.sentence(Sentence::Checking, None)}</span>
                <noscript>{words.text(Text::NoScriptHeading)}</noscript>
            </h2>
            <p class="lead" data-meaning="">{words.means(Sentence::Checking)}</p>
            <p class="advice" data-advice=""></p>
            <ul class="routes">{rows}</ul>
            <p class="links">
                <a href=spoken.link("/self-test")>{words.text(Text::Title)}</a>
                <button type="button" data-again="">{words.text(Text::Again)}</button>
            </p>
            <div class="visually-hidden" role="status" aria-live="polite" data-told=""></div>
            {plain(words)}
        </section>
    }
}

/// What is said where the browser does not run WebAssembly.
fn plain(words: &'static dyn Whole) -> impl IntoView {
    view! {
        <p
            hidden=""
            data-plain=words.text(Text::PlainMeaning)
            data-both=words.text(Text::PlainBoth)
            data-ipv4=words.text(Text::PlainIpv4)
            data-ipv6=words.text(Text::PlainIpv6)
            data-neither=words.text(Text::PlainNeither)
            data-ok=words.text(Text::PlainOk)
            data-failed=words.text(Text::PlainFailed)
            data-none=words.text(Text::PlainNone)
            data-services=words.text(Text::PlainServices)
        ></p>
    }
}

/// The test: what it comes to, then a row for each question.
fn test(words: &'static dyn Whole, data: &PageData) -> impl IntoView {
    let is_first = |question: &Question| FIRST.contains(question);
    let of = |question: Question| row(question.code(), words.question(question), words.told(Told::Waiting, None));
    let rows: Vec<_> = Question::ALL.into_iter().filter(is_first).map(of).collect();
    let others: Vec<_> = Question::ALL.into_iter().filter(|question| !is_first(question)).map(of).collect();
    let noticed = |fact: Fact| row(fact.code(), words.fact(fact), words.condition(fact, Condition::Unseen).to_owned());
    let noticed: Vec<_> = Fact::ALL.into_iter().map(noticed).collect();
    view! {
        <section
            class="card test"
            aria-labelledby="sentence"
            data-self-test=""
            data-run="running"
            data-ipv4="unknown"
            data-ipv6="unknown"
            data-side="unknown"
            data-tone="unknown"
        >
            <p class="fact" data-when=""></p>
            <h1 id="sentence">
                <span class="mark" aria-hidden="true"></span>
                <span data-sentence="">{words.sentence(Sentence::Checking, None)}</span>
                <noscript>{words.text(Text::NoScriptHeading)}</noscript>
            </h1>
            <p class="lead" data-meaning="">{words.means(Sentence::Checking)}</p>
            <p class="advice" data-advice=""></p>
            <noscript>
                <p class="note">
                    {words.text(Text::NoScript)}
                    <a href="/probe/ip">{words.text(Text::NoScriptLink)}</a>
                    {words.text(Text::NoScriptSays)}
                </p>
            </noscript>
            <ul class="routes">{rows}</ul>
            <details>
                <summary>{words.text(Text::MoreQuestions)}</summary>
                <ul class="routes">{others}</ul>
            </details>
            <details>
                <summary>{words.text(Text::Around)}</summary>
                <ul class="routes">{noticed}</ul>
            </details>
            <details>
                <summary>{words.text(Text::TimeSpent)}</summary>
                <ul class="waterfall" data-waterfall=""></ul>
                <p class="note">{words.text(Text::TimeHidden)}</p>
            </details>
            {names(words, data)}
            <details>
                <summary>{words.text(Text::Evidence)}</summary>
                <ul class="lines" data-evidence=""></ul>
                <p data-operator=""></p>
                <p data-codes=""></p>
                <p data-network=""></p>
            </details>
            <div class="share">
                <button type="button" data-again="">{words.text(Text::Again)}</button>
                <button type="button" data-share-link="">{words.text(Text::ShareLink)}</button>
                <button type="button" data-share-text="">{words.text(Text::ShareText)}</button>
                <button type="button" data-share-file="">{words.text(Text::ShareFile)}</button>
                <button type="button" data-share-print="">{words.text(Text::SharePrint)}</button>
                <label><input type="checkbox" data-share-whole=""/>" "{words.text(Text::ShareWhole)}</label>
                <p class="note" role="status" data-shared=""></p>
                <pre hidden="" tabindex="0" data-shared-text=""></pre>
            </div>
            <div class="visually-hidden" role="status" aria-live="polite" data-told=""></div>
            {plain(words)}
        </section>
    }
}

fn row(code: &'static str, about: &'static str, said: String) -> impl IntoView {
    view! {
        <li class="route" data-question=code data-state="waiting" data-tone="unknown">
            <h2 class="name"><span class="mark" aria-hidden="true"></span>{about}</h2>
            <p class="verdict" data-said="">{said}</p>
            <p class="fact wide" data-seen=""></p>
        </li>
    }
}

/// More services than this are not asked about by themselves.
const MOST_NAMES: usize = 20;

/// What the resolvers of the worker say of the services' names; asked for when it is opened.
fn names(words: &'static dyn Whole, data: &PageData) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = (data.status.targets.iter().take(MOST_NAMES))
        .map(|target| {
            view! {
                <li
                    class="route"
                    data-question="dns"
                    data-name-of=target.slug.clone()
                    data-state="not_measured"
                    data-tone="unknown"
                >
                    <h2 class="name"><span class="mark" aria-hidden="true"></span>{target.name.clone()}</h2>
                    <p class="verdict" data-said="">{words.told(Told::NotAsked, None)}</p>
                    <p class="fact wide" data-seen=""></p>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <details data-names="">
                <summary>{words.text(Text::Names)}</summary>
                <ul class="routes">{rows}</ul>
            </details>
        }
    })
}

/// Who is asked, and why.
fn privacy(words: &'static dyn Whole, endpoints: &Endpoints) -> impl IntoView {
    let asked: Vec<_> = endpoints
        .iter()
        .filter_map(|(place, origin)| {
            let question = Question::ALL.into_iter().find(|question| question.place() == *place)?;
            let origin = origin.trim_start_matches("//").to_owned();
            Some(view! { <li>{words.pair(words.question(question), "")} <code>{origin}</code></li> })
        })
        .collect();
    view! {
        <footer>
            <p>{words.text(Text::Privacy)}</p>
            <ul class="lines">{asked}</ul>
        </footer>
    }
}

/// The scripts. The first asks before anything else is loaded, and then loads and compiles the WebAssembly; the other one, a
/// module, runs it when the document is whole, whether that has its style or not. `brief`: large answers are not asked for;
/// and which families this machine has, where a visitor may sit at it.
pub fn scripts(endpoints: &Endpoints, assets: &Assets, brief: Option<&str>) -> String {
    let mut attributes = brief.map(|families| format!(r#" data-brief="{families}""#)).unwrap_or_default();
    for (place, origin) in endpoints {
        _ = write!(attributes, r#" {}="{}""#, place.attribute(), escape(origin));
    }
    if brief.is_some() {
        _ = write!(attributes, r#" data-stream="{}""#, escape(&assets.stream));
    }
    let [boot, js, wasm] = [&assets.boot, &assets.js, &assets.wasm].map(|text| escape(text));
    let early = early_script();
    format!(
        r#"<script id="early" data-js="{js}" data-wasm="{wasm}"{attributes}>{early}</script>
<link rel="modulepreload" href="{js}">
<script type="module" async src="{boot}"></script>
"#
    )
}

#[cfg(test)]
mod tests;
