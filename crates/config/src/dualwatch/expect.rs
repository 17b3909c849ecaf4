//! What a good answer of a target looks like.

mod body;

use super::{octets, refuse_http_keys, short_text::short_text};
use crate::{
    duration,
    fields::{self, Fields, wrong_type},
    finding::{Report, quoted},
    yaml::{Node, Value},
};
use dualwatch_core::measure::{
    cause::Cause,
    family::{Family, PerFamily},
    target::{Expect, Expected, ExpectedFailure, HeaderExpectation, Scheme, StatusRange},
};
use std::ops::RangeInclusive;

const KEYS: &[&str] = &[
    "status",
    "headers",
    "body_contains",
    "body_lacks",
    "body_matches",
    "body_json",
    "receives",
    "rcode",
    "answers",
    "max_response_time",
    "certificate_days",
    "redirects",
    "ipv4",
    "ipv6",
    "fails_with",
];
/// What only an HTTP answer has.
const HTTP_KEYS: &[&str] =
    &["status", "headers", "body_contains", "body_lacks", "body_matches", "body_json", "redirects"];
/// RFC 9110, 15: three digits; the first one is the class.
const STATUS: RangeInclusive<u16> = 100..=599;
pub(crate) const MAX_REDIRECTS: u8 = 20;
/// Bounds of what is kept with every target.
const MAX_ITEMS: usize = 50;

/// Reads `expect:`. `scheme` is unknown where the URL could not be read.
pub(super) fn read(node: &Node, scheme: Option<Scheme>, report: &mut Report) -> Expect {
    let mut expect = Expect::default();
    let Some(fields) = Fields::read(node, "`expect`", KEYS, report) else {
        return expect;
    };
    if scheme.is_some_and(|s| !s.is_http()) {
        refuse_http_keys(&fields, HTTP_KEYS, report);
    }
    if scheme.is_some_and(|s| !s.is_conversation()) && fields.get("receives").is_some() {
        let message = "only a TCP, TLS or WebSocket target has `receives`";
        report.error(
            fields.place_of("receives"),
            "only_tcp",
            message,
            "write `body_contains`, or measure a `tcp://` or `wss://` URL",
        );
    }
    for key in ["rcode", "answers"].into_iter().filter(|key| fields.get(key).is_some()) {
        if scheme.is_some_and(|s| s != Scheme::Dns) {
            let message = format!("only a DNS target has `{key}`");
            report.error(fields.place_of(key), "only_dns", message, "measure a `dns://SERVER/NAME?type=AAAA` URL");
        }
    }
    expect.dns_rcode = fields.get("rcode").and_then(|node| rcode(node, report));
    if let Some(node) = fields.get("answers") {
        expect.dns_answers = texts(node, "`answers`", report);
    }
    if let Some(node) = fields.get("receives") {
        let items = bounded(node, "`receives`", report);
        expect.receives = items.iter().filter_map(|item| octets::read(item, "`receives`", report)).collect();
    }
    if let Some(node) = fields.get("status") {
        expect.status = bounded(node, "`status`", report).iter().filter_map(|item| status(item, report)).collect();
    }
    if let Some(node) = fields.get("headers") {
        expect.headers = headers(node, report);
    }
    if let Some(node) = fields.get("body_contains") {
        expect.body_contains = texts(node, "`body_contains`", report);
    }
    if let Some(node) = fields.get("body_lacks") {
        expect.body_lacks = texts(node, "`body_lacks`", report);
    }
    if let Some(node) = fields.get("body_matches") {
        expect.body_matches = body::matches(node, report);
    }
    if let Some(node) = fields.get("body_json") {
        expect.body_json = body::json(node, report);
    }
    expect.fails_with = fields.get("fails_with").and_then(|node| fails_with(node, report));
    if let Some(node) = fields.get("max_response_time") {
        expect.max_response_ms = max_response_ms(node, report);
    }
    if let Some(node) = fields.get("certificate_days") {
        if scheme.is_some_and(|s| !s.is_tls()) {
            let message = "there is no certificate without TLS";
            report.error(
                fields.place_of("certificate_days"),
                "no_tls",
                message,
                "measure an `https://`, `wss://` or `tls://` URL",
            );
        }
        expect.certificate_days = certificate_days(node, report);
    }
    if let Some(number) = fields.get("redirects").and_then(|node| redirects(node, report)) {
        expect.max_redirects = number;
    }
    expect.families = PerFamily::from_fn(|family| {
        fields.get(family.code()).and_then(|node| expected(node, family, report)).unwrap_or_default()
    });
    if expect.families == (PerFamily { ipv4: Expected::Ignored, ipv6: Expected::Ignored }) {
        report.error(
            fields.place_of("ipv6"),
            "nothing_to_measure",
            "both families are ignored",
            "leave one of them `published`",
        );
    }
    expect
}

fn bounded<'n>(node: &'n Node, what: &str, report: &mut Report) -> &'n [Node] {
    let items = fields::one_or_more(node);
    if items.len() <= MAX_ITEMS {
        return items;
    }
    let message = format!("{what} has {} items; {MAX_ITEMS} is the limit", items.len());
    report.error(items[MAX_ITEMS].at, "out_of_range", message, "expect less");
    &items[..MAX_ITEMS]
}

fn status(node: &Node, report: &mut Report) -> Option<StatusRange> {
    const HINT: &str = "write `200`, `200-299` or `2xx`";
    let text = fields::text(node, "a status", report)?;
    let parsed = parse_status(text.trim());
    if parsed.is_none() {
        report.error(node.at, "bad_status", format!("{} is no HTTP status", quoted(text)), HINT);
    }
    parsed
}

fn parse_status(text: &str) -> Option<StatusRange> {
    let code = |text: &str| {
        let text = text.trim();
        (text.len() == 3).then(|| text.parse::<u16>().ok()).flatten().filter(|code| STATUS.contains(code))
    };
    if let Some(class) = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX")) {
        let first = code(&format!("{class}00"))?;
        return Some(StatusRange { first, last: first + 99 });
    }
    let (first, last) = match text.split_once(['-', '–']) {
        Some((first, last)) => (code(first)?, code(last)?),
        None => (code(text)?, code(text)?),
    };
    (first <= last).then_some(StatusRange { first, last })
}

fn headers(node: &Node, report: &mut Report) -> Vec<HeaderExpectation> {
    let Value::Map(entries) = &node.value else {
        let hint = "write `content-type: text/html` below it; a name without text means that the header is there";
        wrong_type(node, "`headers`", "a mapping", hint, report);
        return Vec::new();
    };
    let mut headers: Vec<HeaderExpectation> = Vec::new();
    for entry in entries {
        if entry.key.is_empty() || !entry.key.bytes().all(is_token) {
            let message = format!("{} is no header name", quoted(&entry.key));
            report.error(entry.at, "bad_header", message, "letters, digits and hyphens make a name (RFC 9110, 5.1)");
            continue;
        }
        if headers.len() == MAX_ITEMS {
            let message = format!("`headers` has {} items; {MAX_ITEMS} is the limit", entries.len());
            report.error(entry.at, "out_of_range", message, "expect less");
            break;
        }
        let contains = match entry.value.value {
            Value::Null => None,
            _ => match short_text(&entry.value, "the text of a header", report) {
                Some(text) => Some(text),
                None => continue,
            },
        };
        headers.push(HeaderExpectation { name: entry.key.clone(), contains });
    }
    headers
}

/// RFC 9110, 5.6.2.
pub(super) const fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(
            b,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        )
}

fn texts(node: &Node, what: &str, report: &mut Report) -> Vec<String> {
    bounded(node, what, report).iter().filter_map(|item| short_text(item, what, report)).collect()
}

fn max_response_ms(node: &Node, report: &mut Report) -> Option<u32> {
    let ms = fields::duration_ms(node, "`max_response_time`", report)?;
    if (1..=u64::from(super::target::MAX_TIMEOUT_MS)).contains(&ms) {
        return u32::try_from(ms).ok();
    }
    let message = format!("`max_response_time` is {}; it must be from 1ms to 60s", duration::show(ms));
    report.error(node.at, "out_of_range", message, "leave the key out where slowness does not matter");
    None
}

fn rcode(node: &Node, report: &mut Report) -> Option<String> {
    const KNOWN: &[&str] = &["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];
    let text = fields::text(node, "`rcode`", report)?.to_ascii_uppercase();
    if KNOWN.contains(&text.as_str()) {
        return Some(text);
    }
    let hint = format!("known codes: {}", fields::enumerate(KNOWN));
    report.error(node.at, "unknown_value", format!("`rcode` cannot be {}", quoted(&text)), hint);
    None
}

fn certificate_days(node: &Node, report: &mut Report) -> Option<u16> {
    /// No public certificate lives longer than 398 days.
    const DAYS: RangeInclusive<u16> = 1..=365;
    let text = fields::text(node, "`certificate_days`", report)?;
    let days = text.parse().ok().filter(|days| DAYS.contains(days));
    if days.is_none() {
        let message = format!("`certificate_days` is {}; it must be from 1 to 365", quoted(text));
        report.error(
            node.at,
            "out_of_range",
            message,
            "write how many days before its end you want to know, such as 14",
        );
    }
    days
}

fn redirects(node: &Node, report: &mut Report) -> Option<u8> {
    let text = fields::text(node, "`redirects`", report)?;
    let number = if text == "none" { Some(0) } else { text.parse().ok().filter(|n| *n <= MAX_REDIRECTS) };
    if number.is_none() {
        let message = format!("`redirects` is {}; it must be from 0 to {MAX_REDIRECTS}", quoted(text));
        report.error(node.at, "out_of_range", message, "write a number, or `none` to take the redirect as the answer");
    }
    number
}

/// Returns the cause that the target must fail with: one that says something about a target.
fn fails_with(node: &Node, report: &mut Report) -> Option<ExpectedFailure> {
    let text = fields::text(node, "`fails_with`", report)?;
    let refuse = |report: &mut Report, why: &str, hint: String| {
        report.error(node.at, "unknown_value", format!("`fails_with` cannot be {}{why}", quoted(text)), hint);
        None
    };
    match ExpectedFailure::from_code(text) {
        Some(ExpectedFailure::Cause(Cause::Slow)) => {
            refuse(report, ": a slow target is reached", "remove it; `max_response_time` tells what is slow".to_owned())
        }
        Some(ExpectedFailure::Cause(cause)) if !cause.counts_against_target() => {
            let hint = "name what the target itself does, for example `tcp.refused`, or `any`".to_owned();
            refuse(report, ": it says nothing about the target", hint)
        }
        Some(expected) => Some(expected),
        None => {
            let known: Vec<&str> = Cause::ALL.iter().filter(|c| c.counts_against_target()).map(|c| c.code()).collect();
            let hint = fields::nearest(text, &known).map_or_else(
                || "write the code of a cause, for example `tcp.refused` or `tls.expired`, or `any`".to_owned(),
                |word| format!("did you mean `{word}`?"),
            );
            refuse(report, "", hint)
        }
    }
}

fn expected(node: &Node, family: Family, report: &mut Report) -> Option<Expected> {
    const KNOWN: &[&str] = &["published", "required", "ignored"];
    let text = fields::text(node, &format!("`{}`", family.code()), report)?;
    match text {
        "published" => Some(Expected::Published),
        "required" => Some(Expected::Required),
        "ignored" => Some(Expected::Ignored),
        other => {
            let hint = fields::nearest(other, KNOWN).map_or_else(
                || {
                    "`published`: measured where there is an address; `required`: a missing one is a failure; `ignored`"
                        .to_owned()
                },
                |word| format!("did you mean `{word}`?"),
            );
            report.error(node.at, "unknown_value", format!("`{}` cannot be {}", family.code(), quoted(other)), hint);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        let check = |text: &str, expected: Option<(u16, u16)>| {
            assert_eq!(parse_status(text).map(|r| (r.first, r.last)), expected, "{text}");
        };
        check("200", Some((200, 200)));
        check("200-299", Some((200, 299)));
        check("200 - 204", Some((200, 204)));
        check("2xx", Some((200, 299)));
        check("5XX", Some((500, 599)));
        for bad in ["", "2", "20x", "6xx", "0xx", "xx", "299-200", "200-", "-200", "099", "600", "2000", "+20", "2é0"]
        {
            check(bad, None);
        }
    }
}
