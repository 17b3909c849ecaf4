//! Who hears of incidents: the channels of `notify:`, and the names of them that a target has.

use super::{
    Files,
    declared::{Declared, Name},
};
use crate::{
    endpoint::parse_url,
    fields::{self, Fields},
    finding::{Place, Report, quoted},
    look_alike, reach, slug,
    yaml::{Node, Value},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use dualwatch_core::{
    measure::target::Scheme,
    respond::delivery::{Channel, Means},
};

const KEYS: &[&str] = &["name", "webhook", "secret", "log"];
/// Every incident is told through each of them.
const MAX_CHANNELS: usize = 20;
const EXAMPLE: &str = "write `- webhook: https://...` with `secret: whsec_...` below it, or `- log`";

/// Standard Webhooks, "Signature scheme": 24 to 64 bytes in Base64, after this.
const SECRET_PREFIX: &str = "whsec_";
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
const SECRET_HINT: &str = "24 to 64 random bytes: `echo whsec_$(openssl rand -base64 32)`";

/// A channel as it is declared; what is wrong with it has been reported.
struct Found {
    name: Name,
    at: Place,
    means: Option<Means>,
}

/// Reads the channels of the configuration, and their names: also of those that cannot be used as they are.
pub(super) fn channels(
    node: &Node,
    files: Files<'_>,
    allow_private: bool,
    report: &mut Report,
) -> (Vec<Channel>, Declared) {
    if matches!(node.value, Value::Map(_)) {
        fields::wrong_type(node, "`notify`", "a list", EXAMPLE, report);
        return (Vec::new(), Declared::unreadable());
    }
    let Some(items) = fields::list(node, "`notify`", report) else { return (Vec::new(), Declared::unreadable()) };
    let mut names = Declared::nothing();
    if items.len() > MAX_CHANNELS {
        let message = format!("`notify` has {} items; {MAX_CHANNELS} is the limit", items.len());
        report.error(items[MAX_CHANNELS].at, "out_of_range", message, "keep those that somebody reads");
        names.add(&Name::Unreadable);
    }
    let mut channels = Vec::new();
    let mut taken: Vec<(String, Place)> = Vec::new();
    let mut seen = look_alike::Seen::default();
    for item in items.iter().take(MAX_CHANNELS) {
        let Found { name, at, means } = channel(item, files, allow_private, report);
        names.add(&name);
        let Name::Certain(name) = name else { continue };
        if let Some((_, first)) = taken.iter().find(|(n, _)| *n == name) {
            let message = format!("the channel {} is there twice", quoted(&name));
            let hint = format!("line {} has it first; give one of them another `name:`", first.line);
            report.error(at, "duplicate_channel", message, hint);
            continue;
        }
        taken.push((name.clone(), at));
        seen.note(&name, "the channel", at, report);
        channels.extend(means.map(|means| Channel { name, means }));
    }
    (channels, names)
}

/// Returns the names of channels where the document has no `notify:` with a value: none, unless a key that it does not know
/// is likely to be meant for it, which has been reported.
pub(super) fn without(root: &Node, known: &[&str]) -> Declared {
    let Value::Map(entries) = &root.value else { return Declared::nothing() };
    let is_misspelt = |key: &str| !known.contains(&key) && fields::nearest(key, known) == Some("notify");
    if entries.iter().any(|entry| is_misspelt(&entry.key)) {
        return Declared::unreadable();
    }
    root.entry("notify").map_or(Declared::nothing(), |entry| Declared::empty(entry.at))
}

fn channel(node: &Node, files: Files<'_>, allow_private: bool, report: &mut Report) -> Found {
    let unreadable = |at| Found { name: Name::Unreadable, at, means: None };
    if let Value::Text(word) = &node.value {
        if word == "log" {
            return Found { name: Name::Certain("log".to_owned()), at: node.at, means: Some(Means::Log) };
        }
        report.error(node.at, "unknown_value", format!("{} is no kind of channel", quoted(word)), EXAMPLE);
        return unreadable(node.at);
    }
    let Some(fields) = Fields::read(node, "a channel", KEYS, report) else { return unreadable(node.at) };
    let named = fields.get("name").map(|node| (node.at, name(node, report)));
    let (kind, means) = match means(&fields, files, allow_private, report) {
        Some((kind, means)) => (Some(kind), means),
        None => (None, None),
    };
    match (named, kind) {
        (Some((at, name)), _) => Found { name, at, means },
        (None, Some(kind)) => Found { name: Name::Certain(kind.to_owned()), at: fields.at, means },
        (None, None) => unreadable(fields.at),
    }
}

/// Returns the kind of a channel, which is its name where it has none, and what it does. `None`: it has no kind, or two.
fn means(
    fields: &Fields<'_>,
    files: Files<'_>,
    allow_private: bool,
    report: &mut Report,
) -> Option<(&'static str, Option<Means>)> {
    let log = fields.get("log").and_then(|node| fields::flag(node, "`log`", report));
    match (fields.get("webhook"), log) {
        (Some(_), Some(true)) => {
            let message = "a channel with both `webhook` and `log`";
            report.error(fields.place_of("log"), "mixed_channel", message, "make two channels of it");
            None
        }
        (Some(url), _) => Some(("webhook", webhook(url, fields, files, allow_private, report))),
        (None, Some(true)) => {
            if fields.get("secret").is_some() {
                let message = "only a webhook has `secret`";
                report.error(fields.place_of("secret"), "unused_secret", message, "remove it");
            }
            Some(("log", Some(Means::Log)))
        }
        (None, _) => {
            report.error(fields.at, "missing_key", "a channel without `webhook` or `log`", EXAMPLE);
            None
        }
    }
}

fn name(node: &Node, report: &mut Report) -> Name {
    let Some(text) = fields::text(node, "`name`", report) else { return Name::Unreadable };
    if slug::is_slug(text) {
        return Name::Certain(text.to_owned());
    }
    let message = format!("{} is no name of a channel", quoted(text));
    report.error(node.at, "bad_slug", message, "lower-case letters, digits, single hyphens between: `on-call`");
    Name::Likely(slug::slugify(text))
}

fn webhook(
    node: &Node,
    fields: &Fields<'_>,
    files: Files<'_>,
    allow_private: bool,
    report: &mut Report,
) -> Option<Means> {
    let secret = fields.get("secret").map(|node| secret(node, files, report));
    if secret.is_none() {
        let hint = format!("add `secret: whsec_...`, which the receiver has as well: {SECRET_HINT}");
        report.error(fields.at, "missing_key", "a webhook without `secret`", hint);
    }
    let text = fields::text(node, "`webhook`", report)?;
    let (endpoint, authorization) = match parse_url(text) {
        Ok(url) => url,
        Err(error) => {
            report.error(node.at, "bad_url", error.message, error.hint);
            return None;
        }
    };
    if !endpoint.scheme.is_http() {
        let message = format!("nothing can be posted to `{}`", endpoint.scheme.code());
        report.error(node.at, "bad_url", message, "write an `https://` URL");
        return None;
    }
    if let Some((message, hint)) = reach::refuse_host(&endpoint.host, allow_private) {
        let hint =
            if hint == reach::ALLOW_HINT { "to deliver there: `network: { allow_private: true }`" } else { hint };
        report.error(node.at, "private_address", format!("webhook: {message}"), hint);
    } else if endpoint.scheme == Scheme::Http && !allow_private {
        let message = "a webhook over `http` can be read on its way";
        report.error(
            node.at,
            "clear_webhook",
            message,
            "use `https`; inside of a network of your own: `network: { allow_private: true }`",
        );
    }
    Some(Means::Webhook { endpoint, authorization, secret: secret?? })
}

/// Reads `whsec_...`, or `{ file: PATH }`, whose text that is. What is wrong is said without a letter of it.
fn secret(node: &Node, files: Files<'_>, report: &mut Report) -> Option<String> {
    let (at, text) = if matches!(node.value, Value::Map(_)) {
        let fields = Fields::read(node, "`secret`", &["file"], report)?;
        let Some(file) = fields.get("file") else {
            report.error(fields.at, "missing_key", "`secret` without `file`", "write `{ file: webhook.secret }`");
            return None;
        };
        let path = fields::text(file, "`file`", report)?;
        match files(path) {
            Ok(text) => (file.at, text.trim().to_owned()),
            Err(why) => {
                let message = format!("the file {} cannot be read: {why}", quoted(path));
                report.error(file.at, "unreadable_file", message, "write a path relative to this file");
                return None;
            }
        }
    } else {
        (node.at, fields::text(node, "`secret`", report)?.to_owned())
    };
    let message = match text.strip_prefix(SECRET_PREFIX).map(|encoded| BASE64_STANDARD.decode(encoded)) {
        Some(Ok(bytes)) if SECRET_BYTES.contains(&bytes.len()) => return Some(text),
        Some(Ok(bytes)) => format!("the secret has {} bytes", bytes.len()),
        Some(Err(_)) => format!("what follows `{SECRET_PREFIX}` is no Base64"),
        None => format!("the secret does not begin with `{SECRET_PREFIX}`"),
    };
    report.error(at, "bad_secret", message, SECRET_HINT);
    None
}

/// Reads the names of the channels that a target has, of those that there are; an empty list: none.
pub(super) fn names(node: &Node, channels: &Declared, report: &mut Report) -> Vec<String> {
    let mut chosen: Vec<String> = Vec::new();
    for item in fields::one_or_more(node) {
        let Some(name) = fields::text(item, "`notify`", report) else { continue };
        let otherwise = |known: &[&str]| {
            let empty = match channels.empty_at() {
                Some(at) => format!("line {} has `notify:` without a channel; {EXAMPLE}", at.line),
                None => "add `notify:` at the top, with a list of channels".to_owned(),
            };
            if known.is_empty() { empty } else { format!("known: {}", fields::enumerate(known)) }
        };
        channels.check(item, name, ("unknown_channel", "channel"), otherwise, report);
        if !chosen.iter().any(|n| n == name) {
            chosen.push(name.to_owned());
        }
    }
    chosen
}
