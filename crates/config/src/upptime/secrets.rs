//! `$NAMES` in a configuration: which of them Upptime fills by itself, which are secrets, and which nothing ever replaces.
//!
//! Read in `helpers/environment.ts` and `helpers/workflow-secrets.ts` of uptime-monitor 1.43.15: what is handed over is put
//! into the environment of the run, and there every `$` with the name of a variable is replaced, in the order of the variables.

use super::js;
use crate::{
    finding::{Place, Report, quoted},
    yaml::{Node, Value},
};
use std::{borrow::Cow, collections::HashSet};

/// What Upptime itself writes for them, in place of a random number below a million and ten random letters and digits: a
/// configuration here is the same at any time.
const PLACEHOLDERS: [(&str, &str); 2] =
    [("$DYNAMIC_RANDOM_NUMBER", "482913"), ("$DYNAMIC_ALPHANUMERIC_STRING", "Dw7Qm2Zk9x")];

/// Variables of GitHub's runners that begin names which people give to secrets.
const RUNNER: [&str; 9] = ["CI", "HOME", "PATH", "USER", "LANG", "PWD", "SHLVL", "CONDA", "JAVA_HOME"];
/// Some of GitHub's own variables, for which the runner has a value.
const GITHUB: [&str; 8] = [
    "GITHUB_REPOSITORY",
    "GITHUB_REPOSITORY_OWNER",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_NUMBER",
    "GITHUB_SHA",
    "GITHUB_REF",
    "GITHUB_ACTOR",
    "GITHUB_SERVER_URL",
];
/// Each is compared with each; nobody has more.
const MAX_NAMES: usize = 500;
/// The keys of a site in which names are replaced.
const KEYS: [&str; 8] = [
    "url",
    "headers",
    "body",
    "port",
    "__dangerous__body_down",
    "__dangerous__body_down_if_text_missing",
    "__dangerous__body_degraded",
    "__dangerous__body_degraded_if_text_missing",
];

/// Returns a text with what Upptime fills by itself.
pub(super) fn filled(text: &str) -> Cow<'_, str> {
    let mut filled = Cow::Borrowed(text);
    for (name, value) in PLACEHOLDERS {
        if filled.contains(name) {
            filled = Cow::Owned(filled.replace(name, value));
        }
    }
    filled
}

/// What stands in a text in place of something that is known at GitHub only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// The name of a secret, `$` included, and what else there is to say of it.
    Needed(String, &'static str),
    /// What nothing ever replaces, and why; hint.
    NeverReplaced(String, &'static str, String),
}

/// The names that a configuration hands over, where it says so.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets {
    listed: Option<Vec<String>>,
}

impl Secrets {
    pub(super) fn of(root: &Node) -> Self {
        let Some(Value::List(items)) = root.entry("secrets").map(|entry| &entry.value.value) else {
            return Self::default();
        };
        Self { listed: Some(items.iter().filter_map(js::as_text).map(str::to_owned).collect()) }
    }

    fn is_listed(&self, name: &str) -> bool {
        self.listed.as_ref().is_some_and(|listed| listed.iter().any(|known| known == name))
    }

    /// Returns the first of those in a text.
    pub(super) fn unknown(&self, text: &str) -> Option<Unknown> {
        if let Some(at) = text.find("${{") {
            let end = text[at..].find("}}").map_or(text.len(), |end| at + end + 2);
            let expression = &text[at..end];
            let name = expression.rsplit('.').next().unwrap_or_default().trim_end_matches('}').trim();
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let hint = if is_name { format!("write `${name}`") } else { "write `$NAME` for a secret".to_owned() };
            return Some(Unknown::NeverReplaced(
                expression.to_owned(),
                "expressions of GitHub Actions are not evaluated in this file",
                hint,
            ));
        }
        let name = names(text).next()?;
        let whole = text.strip_prefix('$').filter(|whole| whole.len() > name.len() && whole.bytes().all(is_odd_name));
        if let Some(whole) = whole.filter(|_| !self.is_listed(name)) {
            let hint = "name the secret with letters, digits and `_` only";
            let why = "names of GitHub's secrets have letters, digits and `_` only";
            return Some(Unknown::NeverReplaced(format!("${whole}"), why, hint.to_owned()));
        }
        if name.starts_with("GITHUB_") && !GITHUB.contains(&name) {
            let hint = "give the secret another name".to_owned();
            let why = "GitHub keeps names that begin with `GITHUB_` to itself";
            return Some(Unknown::NeverReplaced(format!("${name}"), why, hint));
        }
        let more = if RUNNER.contains(&name) || GITHUB.contains(&name) {
            ", a variable of GitHub's runner"
        } else if self.listed.is_some() && !self.is_listed(name) {
            ", which `secrets:` does not hand over, so Upptime cannot measure it either"
        } else {
            ""
        };
        Some(Unknown::Needed(format!("${name}"), more))
    }
}

/// Signs of a name that was meant for one and can be none.
const fn is_odd_name(b: u8) -> bool {
    b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.')
}

/// Returns the names after `$` that may be those of variables, in their order.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('$').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_').then(|| &rest[..end])
    })
}

/// Reports names that begin with another one: Upptime replaces that one inside of them.
pub(super) fn review(root: &Node, sites: &[Node], secrets: &Secrets, report: &mut Report) {
    let used = used(sites);
    for (name, at) in &used {
        let others = used.iter().map(|(other, _)| other.as_str());
        let others = others.chain(secrets.listed.iter().flatten().map(String::as_str)).filter(|other| *other != name);
        let handed = others.filter(|other| name.starts_with(other) && secrets.comes_first(other, name));
        let runner = RUNNER.into_iter().filter(|variable| name.starts_with(variable) && name != variable);
        let (Some(inside), is_runner) = (match handed.max_by_key(|other| other.len()) {
            Some(inside) => (Some(inside), false),
            None => (runner.max_by_key(|variable| variable.len()), true),
        }) else {
            continue;
        };
        let whose = if is_runner { "a variable of GitHub's runner" } else { "another secret" };
        let message =
            format!("{} begins with {}, {whose}: Upptime replaces that inside of it", shown(name), shown(inside));
        report.warning(*at, "secret_in_secret", message, "give one of them a name that does not begin the other");
    }
    review_list(root, report);
}

fn shown(name: &str) -> String {
    quoted(&format!("${name}"))
}

impl Secrets {
    /// Whether a name is replaced before another one: in the order of the list, else in that of the alphabet.
    fn comes_first(&self, name: &str, other: &str) -> bool {
        let Some(listed) = &self.listed else { return true };
        let place = |name: &str| listed.iter().position(|known| known == name);
        match (place(name), place(other)) {
            (Some(name), Some(other)) => name < other,
            (name, _) => name.is_some(),
        }
    }
}

/// Returns the names that the sites use, each with the first value in which it stands.
fn used(sites: &[Node]) -> Vec<(String, Place)> {
    let (mut used, mut seen) = (Vec::new(), HashSet::new());
    for node in sites.iter().flat_map(|site| KEYS.iter().filter_map(|key| site.entry(key))).map(|entry| &entry.value) {
        for item in crate::fields::one_or_more(node) {
            let Some(text) = js::as_text(item) else { continue };
            for name in names(&filled(text)) {
                if used.len() < MAX_NAMES && seen.insert(name.to_owned()) {
                    used.push((name.to_owned(), item.at));
                }
            }
        }
    }
    used
}

/// Reports a list of secrets from which no workflow can be written.
fn review_list(root: &Node, report: &mut Report) {
    let Some(entry) = root.entry("secrets") else { return };
    let refuse = |at: Place, what: String, report: &mut Report| {
        let hint =
            "Upptime writes its workflows anew from this list, and stops there: letters, digits and `_` make a name";
        report.warning(at, "wrong_shape", what, hint);
    };
    let Value::List(items) = &entry.value.value else {
        let what = format!("`secrets` must be a list, and is {}", entry.value.kind());
        return refuse(entry.value.at, what, report);
    };
    for item in items {
        let is_name = |name: &str| {
            let first = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
            let all = name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
            first && all && !name.starts_with("GITHUB_")
        };
        match js::as_text(item) {
            Some(name) if is_name(name) => {}
            Some(name) => refuse(item.at, format!("{} can be no secret", quoted(name)), report),
            None => refuse(item.at, format!("the name of a secret must be text, and is {}", item.kind()), report),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listed: Option<&[&str]>, text: &str, expected: &str) {
        let listed = listed.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        let found = Secrets { listed }.unknown(&filled(text));
        let shown = found.map_or_else(String::new, |found| match found {
            Unknown::Needed(name, more) => format!("{name}{}", more.split(' ').next().unwrap_or_default()),
            Unknown::NeverReplaced(name, ..) => format!("never {name}"),
        });
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn what_is_a_secret() {
        for (text, expected) in [
            ("$SECRET_SITE", "$SECRET_SITE"),
            ("https://$HOST/x", "$HOST"),
            ("https://shop.example/?$filter=x", ""),
            ("https://shop.example/?p=$&q=$_A1", "$_A1"),
            ("https://shop.example/$", ""),
            ("$100 US$", ""),
            ("$discovery", ""),
            ("?$SKIP_WAF", "$SKIP_WAF"),
            ("$REDIRECT-CHECKER", "never $REDIRECT-CHECKER"),
            ("$MY-SITE.URL", "never $MY-SITE.URL"),
            ("$HOST.example.com", "$HOST"),
            ("${{ secrets.DATA_URL }}", "never ${{ secrets.DATA_URL }}"),
            ("Bearer ${{secrets.T}}", "never ${{secrets.T}}"),
            ("$GITHUB_SITE", "never $GITHUB_SITE"),
            ("$GITHUB_SHA", "$GITHUB_SHA,"),
            ("$HOME/x", "$HOME,"),
            ("https://a.example/?cb=$DYNAMIC_RANDOM_NUMBER", ""),
            ("$DYNAMIC_ALPHANUMERIC_STRING", ""),
            ("$DYNAMIC_STRING", "$DYNAMIC_STRING"),
        ] {
            check(None, text, expected);
        }
        check(Some(&["A"]), "$A", "$A");
        check(Some(&["A"]), "$B", "$B,");
        check(Some(&["MY"]), "$MY-SITE", "$MY");
    }

    #[test]
    fn the_order_of_the_list_decides() {
        let of = |listed: Option<&[&str]>| Secrets {
            listed: listed.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        };
        assert!(of(None).comes_first("LIVE", "LIVEWEB"));
        assert!(of(Some(&["LIVE", "LIVEWEB"])).comes_first("LIVE", "LIVEWEB"));
        assert!(!of(Some(&["LIVEWEB", "LIVE"])).comes_first("LIVE", "LIVEWEB"));
        assert!(!of(Some(&["LIVEWEB"])).comes_first("LIVE", "LIVEWEB"));
    }
}
