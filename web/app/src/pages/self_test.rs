//! The self-test: what is on the page before anything has been asked. `web/self-test` fills it in.

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
use dualwatch_wire::v1::PageData;
use dualwatch_words::self_test as words;
use leptos::prelude::*;
use std::fmt::Write;

/// The script that asks the first questions, as it stands in the document: without its comments. A policy names its digest.
pub fn early_script() -> String {
    let lines = include_str!("../../../self-test/early.js").lines().map(str::trim_start);
    let mut script = String::new();
    for line in lines.filter(|line| !line.starts_with("//") && !line.starts_with("/**")) {
        _ = writeln!(script, "{line}");
    }
    script
}

/// Returns the whole document. The endpoints are those of `data`; nothing else of it is shown, so that the test works where
/// nothing is watched.
pub fn self_test(data: &PageData, is_embedded: bool, assets: &Assets) -> String {
    let origin = |place| near::place(data, place, data.self_test.vicinity).map(str::to_owned);
    let endpoints: Endpoints = Place::ALL.into_iter().filter_map(|place| Some((place, origin(place)?))).collect();
    let content = view! {
        <div id="app" class="self-test">
            {(!is_embedded).then(frame)}
            <main id="content" tabindex="-1">{test(data)}</main>
            {(!is_embedded).then(|| privacy(&endpoints))}
        </div>
    };
    document::document(words::TITLE, assets, &scripts(&endpoints, assets), &content.into_view().to_html())
}

/// The endpoints that there are, each with its origin.
type Endpoints = Vec<(Place, String)>;

/// What stands above the test where it is a page of its own.
fn frame() -> impl IntoView {
    view! {
        <a class="skip" href="#content">"Skip to the content"</a>
        <header class="bar">
            <p class="brand"><span class="logo" aria-hidden="true"></span>"Dualwatch"</p>
            <nav aria-label="Pages"><a href="/">"All services"</a> " · " <a href="/incidents">"All incidents"</a></nav>
        </header>
    }
}

/// The test: what it comes to, then a row for each question.
fn test(data: &PageData) -> impl IntoView {
    let is_first = |question: &Question| matches!(question, Question::DualStack | Question::Ipv4 | Question::Ipv6);
    let of = |question: Question| row(question.code(), words::question(question), words::told(Told::Waiting, None));
    let rows: Vec<_> = Question::ALL.into_iter().filter(is_first).map(of).collect();
    let others: Vec<_> = Question::ALL.into_iter().filter(|question| !is_first(question)).map(of).collect();
    let noticed =
        |fact: Fact| row(fact.code(), words::fact(fact), words::condition(fact, Condition::Unseen).to_owned());
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
                <span data-sentence="">{words::sentence(Sentence::Checking, None)}</span>
            </h1>
            <p class="lead" data-meaning="">{words::means(Sentence::Checking)}</p>
            <p class="advice" data-advice=""></p>
            <noscript>
                <p class="note">
                    "Without JavaScript nothing can be measured here. You see this page, so IPv4 or IPv6 works; "
                    <a href="/probe/ip">"this address"</a>
                    " says which one your browser took (\"family\")."
                </p>
            </noscript>
            <ul class="routes">{rows}</ul>
            <details>
                <summary>"More questions"</summary>
                <ul class="routes">{others}</ul>
            </details>
            <details>
                <summary>"Your browser, and this page"</summary>
                <ul class="routes">{noticed}</ul>
            </details>
            <details>
                <summary>"Where the time went"</summary>
                <ul class="waterfall" data-waterfall=""></ul>
                <p class="note">"What your browser hides is left out. Each time is of the first connection to a name."</p>
            </details>
            {names(data)}
            <details>
                <summary>"Evidence, and help for help desks"</summary>
                <ul class="lines" data-evidence=""></ul>
                <p data-operator=""></p>
                <p data-codes=""></p>
                <p data-network=""></p>
            </details>
            <div class="share">
                <button type="button" data-again="">"Test again"</button>
                <button type="button" data-share-link="">"Copy a link"</button>
                <button type="button" data-share-text="">"Copy as text"</button>
                <button type="button" data-share-file="">"Download"</button>
                <button type="button" data-share-print="">"Print"</button>
                <label><input type="checkbox" data-share-whole=""/>" with my whole addresses"</label>
                <p class="note" role="status" data-shared=""></p>
                <pre hidden="" tabindex="0" data-shared-text=""></pre>
            </div>
            <div class="visually-hidden" role="status" aria-live="polite" data-told=""></div>
            <p
                hidden=""
                data-plain=plain::MEANING
                data-both=plain::BOTH
                data-ipv4=plain::IPV4
                data-ipv6=plain::IPV6
                data-neither=plain::NEITHER
                data-ok=plain::OK
                data-failed=plain::FAILED
                data-none=plain::NONE
            ></p>
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
fn names(data: &PageData) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = (data.status.targets.iter().take(MOST_NAMES))
        .map(|target| {
            view! {
                <li class="route" data-question="dns" data-target=target.slug.clone() data-state="not_measured" data-tone="unknown">
                    <h2 class="name"><span class="mark" aria-hidden="true"></span>{target.name.clone()}</h2>
                    <p class="verdict" data-said="">{words::told(Told::NotAsked, None)}</p>
                    <p class="fact wide" data-seen=""></p>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <details data-names="">
                <summary>"The names of the services, as this page's own server finds them"</summary>
                <ul class="routes">{rows}</ul>
            </details>
        }
    })
}

/// What is said where the browser does not run WebAssembly: which questions were answered, and no causes.
mod plain {
    pub const MEANING: &str = "Your browser does not run WebAssembly here, so causes are not looked for.";
    pub const BOTH: &str = "IPv4 and IPv6 both answer.";
    pub const IPV4: &str = "IPv4 answers. IPv6 does not.";
    pub const IPV6: &str = "IPv6 answers. IPv4 does not.";
    pub const NEITHER: &str = "Neither IPv4 nor IPv6 answers.";
    pub const OK: &str = "answers";
    pub const FAILED: &str = "no answer";
    pub const NONE: &str = "not asked";
}

/// Who is asked, and why.
fn privacy(endpoints: &Endpoints) -> impl IntoView {
    let asked: Vec<_> = endpoints
        .iter()
        .filter_map(|(place, origin)| {
            let question = Question::ALL.into_iter().find(|question| question.place() == *place)?;
            let origin = origin.trim_start_matches("//").to_owned();
            Some(view! { <li>{words::question(question)} ": " <code>{origin}</code></li> })
        })
        .collect();
    view! {
        <footer>
            <p>
                "To test your connection, your browser asks this page's own server and the addresses below, and nobody else. \
                 They see the address that you come from, and repeat it to you. WebRTC, without any server, says which \
                 kinds of addresses your device has. Nothing is stored; the results stay in this page."
            </p>
            <ul class="lines">{asked}</ul>
        </footer>
    }
}

/// The scripts. The first asks before anything else is loaded; the other one, a module, runs when the document is whole, and
/// what it loads is loaded meanwhile.
fn scripts(endpoints: &Endpoints, assets: &Assets) -> String {
    let mut attributes = String::new();
    for (place, origin) in endpoints {
        _ = write!(attributes, r#" {}="{}""#, place.attribute(), escape(origin));
    }
    let [boot, js, wasm] = [&assets.boot, &assets.js, &assets.wasm].map(|text| escape(text));
    let early = early_script();
    format!(
        r#"<script id="early" data-js="{js}" data-wasm="{wasm}"{attributes}>{early}</script>
<link rel="preload" as="fetch" type="application/wasm" crossorigin href="{wasm}">
<link rel="modulepreload" href="{js}">
<script type="module" src="{boot}"></script>
"#
    )
}
