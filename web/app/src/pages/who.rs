//! Who suffers, by name, as a list: it leads to the table of all.

use super::{Inert, Still, text::rich};
use dualwatch_clients::find;
use dualwatch_wire::v1::RealClients;
use leptos::{prelude::*, tachys::html::InertElement};

/// Returns what real clients do, a line each: those that the operator has named lead to their rows.
pub fn suffering(told: &RealClients, still: &Still) -> Option<InertElement> {
    let mut lines: Vec<_> = told.lines.iter().map(|line| rich(&line.text)).collect();
    lines.extend(told.stack.iter().map(|client| {
        let named =
            find(&client.client).first().and_then(|known| Some((known.name, client.text.strip_prefix(known.name)?)));
        let Some((name, rest)) = named else { return rich(&client.text) };
        let href = still.link("/clients") + "#" + &client.client;
        vec![view! { <a href=href>{name}</a> {rest.to_owned()} }.inert()]
    }));
    lines.extend((!told.source.is_empty()).then(|| source(&told.source, still)));
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
    (!lines.is_empty()).then(|| view! { <ul class="lines">{lines}</ul> }.inert())
}

/// Returns a line with what it calls `/clients` as a link; as it stands where it names no such page.
pub fn source(line: &str, still: &Still) -> Vec<InertElement> {
    const PAGE: &str = "/clients";
    let Some((before, after)) = line.split_once(PAGE).filter(|(before, _)| before.ends_with(' ')) else {
        return rich(line);
    };
    let html = view! { {before.to_owned()} <a href=still.link(PAGE)>{PAGE}</a> {after.to_owned()} };
    vec![html.inert()]
}
