//! `/clients`: what real clients do when one side of a name is broken, as it was measured. At a glance each fault with how many
//! get through; then each client, folded by its kind, with a name to link to, and found by `?q=`.

use super::bar::bar;
use crate::{
    components::markup::escape,
    document::{self, Assets},
};
use dualwatch_clients::{Class, Client, Fate, Fault, Kind, MEASURED_ON, all};
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    door::Page,
};
use dualwatch_words::clients_page::{Label, cell, found, label, tone, waits};
use std::fmt::Write as _;

/// The columns of a client: what is broken at targets most often. The other faults stand behind each name.
const COLUMNS: [Fault; 7] =
    [Fault::Refused, Fault::Silent, Fault::NoRoute, Fault::Mute, Fault::Certificate, Fault::PathMtu, Fault::Ipv4Silent];

/// Returns the whole document; with `search` only the clients that are looked for.
pub fn clients(spoken: Spoken, search: Option<&str>, assets: &Assets) -> String {
    let language = spoken.language;
    let say = |text| label(language, text);
    let title = say(Label::Title);
    let shown: Vec<&Client> =
        all().iter().filter(|client| search.is_none_or(|query| is_found(client, query))).collect();
    let tables: String = Kind::ALL.iter().map(|kind| table(language, *kind, &shown, search.is_some())).collect();
    let glance = if search.is_none() { at_a_glance(language) } else { String::new() };
    let path = Page::Clients { search: search.map(str::to_owned), language: None }.name();
    let body = format!(
        r#"<div id="app" class="measured-clients">
{bar}
<main id="content" tabindex="-1">
<h1>{title}</h1>
<p class="lead">{lead}</p>
{form}
{glance}{tables}
<section class="card" aria-labelledby="method"><h2 id="method">{method}</h2>
<p><time datetime="{MEASURED_ON}">{MEASURED_ON}</time>. {method_text}</p>
<p>{legend} {hint}</p>
<p><a href="/api/v1/clients">{json}</a></p></section>
</main>
</div>"#,
        bar =
            bar(spoken, &Page::Clients { search: search.map(str::to_owned), language: None }.name(), &assets.branding),
        lead = say(Label::Lead),
        form = form(spoken, search, shown.len()),
        method = say(Label::Method),
        method_text = say(Label::MethodText),
        legend = say(Label::Legend),
        hint = say(Label::SettingsHint),
        json = say(Label::AsJson),
    );
    let head = document::described(say(Label::Lead), &path) + &super::self_test::alternates(&path);
    document::document(language, title, assets, &head, &body)
}

/// Whether a client is looked for: each word stands in its names, its kind, its version, its source or what it speaks.
fn is_found(client: &Client, query: &str) -> bool {
    let speaks = client.speaks.iter().map(|protocol| protocol.code());
    let of = [client.id, client.name, client.kind.code(), client.version, client.source].into_iter().chain(speaks);
    let text = of.map(str::to_lowercase).collect::<Vec<_>>().join("\n");
    query.split(' ').all(|word| text.contains(word))
}

/// The form that looks for clients, for whoever runs no script; and how many there are.
fn form(spoken: Spoken, search: Option<&str>, n: usize) -> String {
    let language =
        spoken.chosen().map(|language| format!(r#"<input type="hidden" name="lang" value="{}">"#, language.code()));
    let said = search.map(|_| {
        let (said, every) = (found(spoken.language, n), label(spoken.language, Label::Every));
        format!(r#" <span class="found">{said} <a href="{}">{every}</a></span>"#, escape(&spoken.link("/clients")))
    });
    format!(
        r#"<form class="find" role="search" action="/clients" method="get"><input type="search" name="q" maxlength="64" value="{query}" aria-label="{find}" placeholder="{find}">{language}<button type="submit">{go}</button>{said}</form>"#,
        query = escape(search.unwrap_or_default()),
        find = label(spoken.language, Label::Find),
        go = label(spoken.language, Label::Search),
        language = language.unwrap_or_default(),
        said = said.unwrap_or_default(),
    )
}

/// Each fault with how many clients fare how.
fn at_a_glance(language: Language) -> String {
    let say = |text| label(language, text);
    let mut head = format!(r#"<th scope="col">{}</th>"#, say(Label::Broken));
    for class in Class::ALL {
        _ = write!(head, r#"<th scope="col">{}</th>"#, say(Label::Class(*class)));
    }
    let mut rows = String::new();
    for fault in Fault::ALL.iter().filter(|fault| **fault != Fault::Healthy) {
        let (name, means) = (say(Label::Fault(*fault)), say(Label::Means(*fault)));
        _ = write!(rows, r#"<tr><th scope="row">{name} <span class="detail">{means}</span></th>"#);
        let fates: Vec<Fate> = all().iter().filter_map(|client| client.fate(*fault)).collect();
        for class in Class::ALL {
            let of = || fates.iter().filter(|fate| Class::of(**fate) == *class);
            let n = of().count();
            let waited =
                of().filter_map(|fate| if let Fate::Waits { after_s, .. } = fate { Some(*after_s) } else { None });
            let waited: Vec<f64> = waited.collect();
            let told = match (n, waited.as_slice()) {
                (n, []) => n.to_string(),
                (n, all) => format!(r#"{n} <span class="detail">{}</span>"#, waits(language, all)),
            };
            // Nobody is neither good nor bad.
            _ = write!(rows, "<td{}>{told}</td>", toned(of().next().copied()));
        }
        rows += "</tr>\n";
    }
    format!(
        r#"<section aria-labelledby="faults"><h2 id="faults">{title}</h2>
<div class="wide glance" role="region" aria-labelledby="faults" tabindex="0"><table><thead><tr>{head}</tr></thead>
<tbody>{rows}</tbody></table></div></section>
"#,
        title = say(Label::Faults),
    )
}

/// The clients of a kind, folded; open where they are looked for.
fn table(language: Language, kind: Kind, shown: &[&Client], is_open: bool) -> String {
    let say = |text| label(language, text);
    let clients: Vec<&&Client> = shown.iter().filter(|client| client.kind == kind).collect();
    if clients.is_empty() {
        return String::new();
    }
    let (code, n) = (kind.code(), clients.len());
    let mut head = format!(r#"<th scope="col">{}</th>"#, say(Label::Client));
    for fault in COLUMNS {
        _ = write!(head, r#"<th scope="col">{}</th>"#, say(Label::Fault(fault)));
    }
    let rows: String = clients.into_iter().map(|client| row(language, client)).collect();
    // What is wider than the page is moved by itself, also by keyboard.
    format!(
        r#"<details class="kind"{open}><summary><h2 id="{code}">{name}</h2> <span class="detail">{n}</span></summary>
<div class="wide" role="region" aria-labelledby="{code}" tabindex="0"><table><thead><tr>{head}</tr></thead>
<tbody>{rows}</tbody></table></div></details>
"#,
        open = if is_open { " open" } else { "" },
        name = say(Label::Of(kind)),
    )
}

/// The tone of a cell, as the status page has them; none where nothing is told.
fn toned(fate: Option<Fate>) -> String {
    fate.map_or_else(String::new, |fate| format!(r#" data-tone="{}""#, tone(fate)))
}

fn row(language: Language, client: &Client) -> String {
    let [id, name, version, source, settings] =
        [client.id, client.name, client.version, client.source, client.settings].map(escape);
    let say = |text| label(language, text);
    let mut more = String::new();
    for fault in Fault::ALL.iter().filter(|fault| !COLUMNS.contains(fault)) {
        let fate = client.fate(*fault);
        if fate.is_some() {
            let (name, told) = (say(Label::Fault(*fault)), cell(language, *fault, fate));
            _ = write!(more, "<dt>{name}</dt><dd{}>{told}</dd>", toned(fate));
        }
    }
    if !matches!(client.settings, "" | "none") {
        _ = write!(more, "<dt>{}</dt><dd>{settings}</dd>", say(Label::Settings));
    }
    let mut cells = String::new();
    for fault in COLUMNS {
        let fate = client.fate(fault);
        _ = write!(cells, "<td{}>{}</td>", toned(fate), cell(language, fault, fate));
    }
    format!(
        r##"<tr id="{id}"><th scope="row"><a href="#{id}">{name}</a> <span class="detail">{version} · {source}</span><details><summary>{further}</summary><dl>{more}</dl></details></th>{cells}</tr>
"##,
        further = say(Label::More),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_has_a_row_with_a_name_of_its_own_in_every_language() {
        let assets = Assets {
            css: "/a.css".into(),
            boot: String::new(),
            js: String::new(),
            wasm: String::new(),
            ..Assets::default()
        };
        for language in Language::ALL {
            let html = clients(Spoken { language, ..Spoken::default() }, None, &assets);
            for client in all() {
                assert_eq!(html.matches(&format!(r#"<tr id="{}">"#, client.id)).count(), 1, "{}", client.id);
            }
            let n_cells = all().len() * COLUMNS.len() + (Fault::ALL.len() - 1) * Class::ALL.len();
            assert_eq!(html.matches("<td").count(), n_cells);
            let n_further: usize = all().iter().map(further).sum();
            assert_eq!(html.matches("<dd data-tone").count(), n_further);
            assert!(html.contains(&format!(r#"<html lang="{}">"#, language.code())));
        }
    }

    /// What was run with a client and has no column.
    fn further(client: &Client) -> usize {
        Fault::ALL.iter().filter(|fault| !COLUMNS.contains(fault) && client.fate(**fault).is_some()).count()
    }

    #[test]
    fn who_is_looked_for_stands_open_and_alone() {
        let assets = Assets { css: "/a.css".into(), ..Assets::default() };
        let rows = |query| {
            let html = clients(Spoken::default(), Some(query), &assets);
            assert_eq!(html.contains(r#"<details class="kind" open>"#), html.contains("<tr id="), "{query}");
            html.split(r#"<tr id=""#)
                .skip(1)
                .filter_map(|row| row.split('"').next())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(rows("node.js 22"), ["node-22-fetch", "node-22-http"]);
        assert_eq!(rows("postgresql"), ["psql", "python-psycopg2"]);
        assert_eq!(rows("<nothing>"), [""; 0]);
        let html = clients(Spoken::default(), Some("\"><b>"), &assets);
        assert!(html.contains(r#"value="&quot;&gt;&lt;b&gt;""#) && !html.contains("<b>"), "{html}");
    }

    #[test]
    fn a_row_says_what_the_table_says() {
        let row = row(Language::En, dualwatch_clients::find("nginx")[0]);
        assert!(
            row.starts_with(r##"<tr id="nginx"><th scope="row"><a href="#nginx">nginx (proxy_pass)</a>"##),
            "{row}"
        );
        assert!(row.contains(r#"<td data-tone="slow">1 min, once</td>"#), "{row}");
        assert!(row.contains("<td>–</td>"), "{row}");
        assert!(row.contains("<dt>Settings</dt><dd>proxy_connect_timeout 60s"), "{row}");
    }
}
