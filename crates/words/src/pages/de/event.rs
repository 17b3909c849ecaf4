//! One event of several targets, in German.

use super::dative;
use crate::{pages::Pages, report::moment, self_test::phrases::Causes};
use dualwatch_core::notice::grouping::{Group, Link, Shared};

/// Returns how many failed together, what they share, and how it ended.
pub(super) fn group<W: Pages + Causes>(words: &W, group: &Group) -> String {
    let n = group.members.len();
    let families = match group.families[..] {
        [family] => format!(" über {family}"),
        _ => String::new(),
    };
    let is_over = group.members.iter().all(|m| m.ended.is_some());
    let first = group.members.iter().map(|m| m.began.by).min().map(moment).unwrap_or_default();
    let shared: Vec<String> = group.shared.iter().map(|one| self::shared(words, one, n)).collect();
    let shared = if shared.is_empty() { String::new() } else { format!(" Davon {}.", shared.join(", ")) };
    let failed = if is_over {
        format!("{n} Dienste fielen{families} gemeinsam aus, {first}.")
    } else {
        format!("{n} Dienste sind{families} gemeinsam ausgefallen, seit {first}.")
    };
    failed + &shared + &recovery(words, group)
}

fn shared<W: Causes>(words: &W, shared: &Shared, n_all: usize) -> String {
    let who = if shared.n_members == n_all { "alle".to_owned() } else { shared.n_members.to_string() };
    match &shared.link {
        Link::Address(address) => format!("haben {who} die Adresse {address}"),
        Link::Ipv4Network(network) => format!("liegen {who} in {network}/24"),
        Link::Ipv6Network(network) => format!("liegen {who} in {network}/48"),
        Link::Resolver(name) => format!("wurden {who} bei {name} nachgeschlagen"),
        Link::Cause(cause) => format!("begannen {who} mit „{}“", words.cause(*cause)),
        Link::Vantage(name) => format!("wurden {who} von {name} gemessen"),
    }
}

fn recovery<W: Pages>(words: &W, group: &Group) -> String {
    let lasting = group.members.iter().filter_map(|m| m.ended.map(|ended| ended.by.ms_since(m.began.by)));
    let length = |ms: i64| dative(&words.span(ms));
    let n_all = group.members.len();
    match (lasting.clone().count(), lasting.clone().min(), lasting.max()) {
        (n, Some(shortest), Some(longest)) if n == n_all => match group.n_stages() {
            0 | 1 => format!(" Alle kamen gemeinsam zurück, nach {}.", length(longest)),
            n => format!(" Sie kamen in {n} Stufen zurück, nach {} bis {}.", length(shortest), length(longest)),
        },
        (0, ..) => " Noch keiner ist zurück.".to_owned(),
        (n, ..) => format!(" {n} von {n_all} sind zurück."),
    }
}
