//! The self-test: what is on the page before anything has been asked. `web/self-test` fills it in.

mod services;

use crate::{
    components::markup::escape,
    document::{self, Assets},
    found::{near, route::Route},
};
use dualwatch_core::self_test::{question::Question, sentence::Sentence, told::Told};
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

/// Returns the whole document. It works without any services: then their part is left out.
pub fn self_test(data: &PageData, is_embedded: bool, assets: &Assets) -> String {
    let origin = |route| near::origin(data, route, data.self_test.vicinity).unwrap_or_default().to_owned();
    let endpoints = [Route::DualStack, Route::Ipv4, Route::Ipv6].map(|route| (route, origin(route)));
    let offered: Vec<Question> =
        Question::ALL.into_iter().filter(|question| is_offered(*question, &endpoints)).collect();
    let content = view! {
        <div id="app" class="self-test">
            {(!is_embedded).then(frame)}
            <main id="content" tabindex="-1">
                {test(&offered)}
                <div inner_html=services::services(data, is_embedded)></div>
            </main>
            {privacy(&endpoints)}
        </div>
    };
    let body = content.into_view().to_html() + &scripts(&endpoints, assets);
    document::document(words::TITLE, assets, "", &body)
}

/// Whether there is an endpoint for a question.
fn is_offered(question: Question, endpoints: &[(Route, String)]) -> bool {
    let has = |route| endpoints.iter().any(|(of, origin)| *of == route && !origin.is_empty());
    match question {
        Question::Portal => true,
        Question::DualStack | Question::LargeDualStack | Question::UploadDualStack => has(Route::DualStack),
        Question::Ipv4 | Question::LargeIpv4 | Question::UploadIpv4 => has(Route::Ipv4),
        Question::Ipv6 | Question::LargeIpv6 | Question::UploadIpv6 => has(Route::Ipv6),
        // No endpoint is known for these.
        Question::LiteralIpv4 | Question::LiteralIpv6 | Question::Http3 | Question::ResolverIpv6 => false,
    }
}

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
fn test(offered: &[Question]) -> impl IntoView {
    let is_first = |question: &&Question| matches!(question, Question::DualStack | Question::Ipv4 | Question::Ipv6);
    let rows: Vec<_> = offered.iter().filter(is_first).map(|question| row(*question)).collect();
    let others: Vec<_> = offered.iter().filter(|question| !is_first(question)).map(|question| row(*question)).collect();
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
                <noscript>"Your connection can only be tested with JavaScript."</noscript>
            </h1>
            <p class="lead" data-meaning="">{words::means(Sentence::Checking)}</p>
            <p class="advice" data-advice=""></p>
            <noscript>
                <p class="note">
                    "Without JavaScript nothing can be measured from where you are. You see this page, so IPv4 or IPv6 works; "
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
                <summary>"Evidence, and help for help desks"</summary>
                <ul class="lines" data-evidence=""></ul>
                <p data-operator=""></p>
                <p data-codes=""></p>
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
                data-services=plain::SERVICES
            ></p>
        </section>
    }
}

fn row(question: Question) -> impl IntoView {
    view! {
        <li class="route" data-question=question.code() data-state="waiting" data-tone="unknown">
            <h2 class="name"><span class="mark" aria-hidden="true"></span>{words::question(question)}</h2>
            <p class="verdict" data-said="">{words::told(Told::Waiting, None)}</p>
            <p class="fact wide" data-seen=""></p>
        </li>
    }
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
    pub const SERVICES: &str = "They were not asked from where you are. This is what our own watcher sees.";
}

/// Who is asked, and why.
fn privacy(endpoints: &[(Route, String)]) -> impl IntoView {
    let asked: Vec<_> = endpoints
        .iter()
        .filter(|(_, origin)| !origin.is_empty())
        .map(|(route, origin)| view! { <li>{route.label()} ": " <code>{origin.trim_start_matches("//").to_owned()}</code></li> })
        .collect();
    view! {
        <footer>
            <p>
                "To test your connection, your browser asks this page's own server, the addresses below and the services on \
                 this page, and nobody else. They see the address that you come from, and ours repeat it to you. WebRTC, without any server, says which \
                 kinds of addresses your device has. Nothing is stored; the results stay in this page."
            </p>
            <ul class="lines">{asked}</ul>
        </footer>
    }
}

/// The scripts, last in the document: what they look for is there then.
fn scripts(endpoints: &[(Route, String)], assets: &Assets) -> String {
    let mut attributes = String::new();
    for (route, origin) in endpoints.iter().filter(|(_, origin)| !origin.is_empty()) {
        let name = match route {
            Route::DualStack => "dual-stack",
            Route::Ipv4 => "ipv4",
            Route::Ipv6 => "ipv6",
        };
        _ = write!(attributes, r#" data-{name}="{}""#, escape(origin));
    }
    let [boot, js, wasm] = [&assets.boot, &assets.js, &assets.wasm].map(|text| escape(text));
    let early = early_script();
    format!(
        r#"<script id="early" data-js="{js}" data-wasm="{wasm}"{attributes}>{early}</script><script type="module" src="{boot}"></script>"#
    )
}
