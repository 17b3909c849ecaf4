//! `/clients`: what real clients do when IPv6 is broken, as it was measured. A table for each kind, and a name to link to for
//! each row.

use super::bar::bar;
use crate::{
    components::markup::escape,
    document::{self, Assets},
};
use dualwatch_clients::{Client, Fault, Kind, MEASURED_ON, all};
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    door::Page,
};
use dualwatch_words::clients_page::{Label, cell, label, tone};
use std::fmt::Write as _;

/// The columns: what is broken at targets first, then what is missing at clients.
const COLUMNS: [Fault; 16] = [
    Fault::Healthy,
    Fault::Refused,
    Fault::Silent,
    Fault::AllSilent,
    Fault::Prohibited,
    Fault::NoRoute,
    Fault::Mute,
    Fault::MuteTls,
    Fault::Certificate,
    Fault::PathMtu,
    Fault::Ipv4Refused,
    Fault::Ipv4Silent,
    Fault::Ipv4Mute,
    Fault::Unreachable,
    Fault::NoIpv6,
    Fault::NoIpv6Slow,
];

/// Returns the whole document.
pub fn clients(spoken: Spoken, assets: &Assets) -> String {
    let language = spoken.language;
    let say = |text| label(language, text);
    let title = say(Label::Title);
    let tables: String = Kind::ALL.iter().map(|kind| table(language, *kind)).collect();
    let mut columns = String::new();
    for fault in COLUMNS {
        let (name, means) = (say(Label::Fault(fault)), say(Label::Means(fault)));
        _ = write!(columns, "<dt>{name}</dt><dd>{means}</dd>");
    }
    let path = Page::Clients { language: None }.name();
    let body = format!(
        r#"<div id="app" class="measured-clients">
{bar}
<main id="content" tabindex="-1">
<h1>{title}</h1>
<p class="lead">{lead}</p>
<section class="card" aria-labelledby="columns"><h2 id="columns">{faults}</h2><dl>{columns}</dl></section>
{tables}
<section class="card" aria-labelledby="method"><h2 id="method">{method}</h2>
<p><time datetime="{MEASURED_ON}">{MEASURED_ON}</time>. {method_text} {hint}</p>
<p><a href="/api/v1/clients">{json}</a></p></section>
</main>
</div>"#,
        bar = bar(spoken, &path, &assets.branding),
        lead = say(Label::Lead),
        faults = say(Label::Faults),
        method = say(Label::Method),
        method_text = say(Label::MethodText),
        hint = say(Label::SettingsHint),
        json = say(Label::AsJson),
    );
    let head = document::described(say(Label::Lead), &path) + &super::self_test::alternates(&path);
    document::document(language, title, assets, &head, &body)
}

fn table(language: Language, kind: Kind) -> String {
    let say = |text| label(language, text);
    let code = kind.code();
    let mut head = format!(r#"<th scope="col">{}</th>"#, say(Label::Client));
    for fault in COLUMNS {
        _ = write!(head, r#"<th scope="col">{}</th>"#, say(Label::Fault(fault)));
    }
    let rows: String = all().iter().filter(|client| client.kind == kind).map(|client| row(language, client)).collect();
    // What is wider than the page is moved by itself, also by keyboard.
    format!(
        r#"<section aria-labelledby="{code}"><h2 id="{code}">{name}</h2>
<div class="wide" role="region" aria-labelledby="{code}" tabindex="0"><table><thead><tr>{head}</tr></thead>
<tbody>{rows}</tbody></table></div></section>
"#,
        name = say(Label::Of(kind)),
    )
}

fn row(language: Language, client: &Client) -> String {
    let [id, name, version, source, settings] =
        [client.id, client.name, client.version, client.source, client.settings].map(escape);
    let settings = match client.settings {
        "" | "none" => String::new(),
        _ => format!("<details><summary>{}</summary>{settings}</details>", label(language, Label::Settings)),
    };
    let mut cells = String::new();
    for fault in COLUMNS {
        let fate = client.fate(fault);
        _ = write!(cells, r#"<td data-tone="{}">{}</td>"#, tone(fate), cell(language, fault, fate));
    }
    format!(
        r##"<tr id="{id}"><th scope="row"><a href="#{id}">{name}</a> <span class="detail">{version} · {source}</span>{settings}</th>{cells}</tr>
"##
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
            let html = clients(Spoken { language, ..Spoken::default() }, &assets);
            for client in all() {
                assert_eq!(html.matches(&format!(r#"<tr id="{}">"#, client.id)).count(), 1, "{}", client.id);
            }
            assert_eq!(html.matches("<td ").count(), all().len() * COLUMNS.len());
            assert!(html.contains(&format!(r#"<html lang="{}">"#, language.code())));
        }
    }

    #[test]
    fn a_row_says_what_the_table_says() {
        let row = row(Language::En, dualwatch_clients::find("nginx")[0]);
        assert!(
            row.starts_with(r##"<tr id="nginx"><th scope="row"><a href="#nginx">nginx (proxy_pass)</a>"##),
            "{row}"
        );
        assert!(row.contains(r#"<td data-tone="slow">1 min, once</td>"#), "{row}");
        assert!(row.contains(r#"<td data-tone="unknown">–</td>"#), "{row}");
    }
}
