//! What is sent to a target: `method`, `headers` and `body`, or `send`.

use super::{expect::is_token, octets, refuse_http_keys, short_text::short_text};
use crate::{
    fields::{self, Fields, wrong_type},
    finding::{Report, quoted},
    yaml::{Node, Value},
};
use dualwatch_core::measure::target::{Method, Request, RequestHeader, Scheme};

/// What only an HTTP request has.
const HTTP_KEYS: &[&str] = &["method", "headers", "body"];
/// What the opening handshake of a WebSocket, a GET of its own form, has not.
const NOT_WEB_SOCKET_KEYS: &[&str] = &["method", "body"];
pub(crate) const MAX_HEADERS: usize = 30;
pub(crate) const MAX_BODY: usize = 16 * 1_024;
/// RFC 9112 and RFC 9110: what frames a message or belongs to one connection only is the client's own.
const OWN: &[&str] =
    &["connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];
/// RFC 6455 section 4.1: so is what opens a WebSocket; `Sec-WebSocket-Protocol` is what the user speaks.
const OWN_WEB_SOCKET: &[&str] =
    &["sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-key", "sec-websocket-version"];

/// Reads the keys of a target that say what is sent. `scheme` is unknown where the URL could not be read.
pub(super) fn read(fields: &Fields<'_>, scheme: Option<Scheme>, report: &mut Report) -> Request {
    if scheme.is_some_and(|s| !s.is_http()) {
        let is_web_socket = scheme.is_some_and(Scheme::is_web_socket);
        refuse_http_keys(fields, if is_web_socket { NOT_WEB_SOCKET_KEYS } else { HTTP_KEYS }, report);
        refuse_send(scheme, fields, report);
        let headers = fields.get("headers").filter(|_| is_web_socket).map(|node| headers(node, report));
        let send = fields.get("send").and_then(|node| octets::read(node, "`send`", report));
        return Request { headers: headers.unwrap_or_default(), send, ..Request::default() };
    }
    refuse_send(scheme, fields, report);
    let method = fields.get("method").map(|node| method(node, report));
    let request = Request {
        method: method.flatten().unwrap_or_default(),
        headers: fields.get("headers").map(|node| headers(node, report)).unwrap_or_default(),
        body: fields.get("body").and_then(|node| body(node, report)),
        send: None,
    };
    // A wrong method has been reported.
    if request.body.is_some() && !request.method.takes_body() && method != Some(None) {
        let message = format!("a {} request has no body", request.method.code());
        report.error(fields.place_of("body"), "no_body", message, "add `method: POST`, or remove `body`");
    }
    request
}

fn refuse_send(scheme: Option<Scheme>, fields: &Fields<'_>, report: &mut Report) {
    if scheme.is_some_and(|s| !s.is_conversation()) && fields.get("send").is_some() {
        let message = "only a TCP, TLS or WebSocket target has `send`";
        report.error(
            fields.place_of("send"),
            "only_tcp",
            message,
            "write `body`, or measure a `tcp://` or `wss://` URL",
        );
    }
}

fn method(node: &Node, report: &mut Report) -> Option<Method> {
    let text = fields::text(node, "`method`", report)?;
    let found = Method::ALL.into_iter().find(|m| m.code().eq_ignore_ascii_case(text));
    if found.is_none() {
        let message = format!("`method` cannot be {}", quoted(text));
        let hint = fields::enumerate(&Method::ALL.map(Method::code));
        report.error(node.at, "unknown_value", message, format!("known methods: {hint}"));
    }
    found
}

fn headers(node: &Node, report: &mut Report) -> Vec<RequestHeader> {
    let Value::Map(entries) = &node.value else {
        wrong_type(node, "`headers`", "a mapping", "write `accept: application/json` below it", report);
        return Vec::new();
    };
    if entries.len() > MAX_HEADERS {
        let message = format!("`headers` has {} items; {MAX_HEADERS} is the limit", entries.len());
        report.error(entries[MAX_HEADERS].at, "out_of_range", message, "send less");
    }
    let mut headers: Vec<RequestHeader> = Vec::new();
    for entry in entries.iter().take(MAX_HEADERS) {
        if let Err((message, hint)) = check_header_name(&entry.key) {
            report.error(entry.at, "bad_header", message, hint);
        } else if headers.iter().any(|h| h.name.eq_ignore_ascii_case(&entry.key)) {
            let message = format!("the header {} is already there", quoted(&entry.key));
            report.error(entry.at, "duplicate_key", message, "keep one of them");
        } else if let Some(value) = header_value(&entry.value, report) {
            headers.push(RequestHeader { name: entry.key.clone(), value });
        }
    }
    headers
}

/// Returns what is wrong with the name of a header to send, and a hint.
pub(crate) fn check_header_name(name: &str) -> Result<(), (String, &'static str)> {
    if name.is_empty() || !name.bytes().all(is_token) {
        let message = format!("{} is no header name", quoted(name));
        return Err((message, "letters, digits and hyphens make a name (RFC 9110, 5.1)"));
    }
    if OWN.iter().chain(OWN_WEB_SOCKET).any(|own| own.eq_ignore_ascii_case(name)) {
        let hint = if name.eq_ignore_ascii_case("host") {
            "write the host into `url`, and where it is into `addresses`"
        } else {
            "remove it: the connection itself decides it"
        };
        return Err((format!("the header {} is not yours", quoted(name)), hint));
    }
    Ok(())
}

/// RFC 9110 section 5.5: one line of ASCII.
pub(crate) fn is_header_value(text: &str) -> bool {
    text.bytes().all(|b| b == b'\t' || (0x20..0x7f).contains(&b))
}

/// The text itself may be a secret, so it is never repeated.
fn header_value(node: &Node, report: &mut Report) -> Option<String> {
    let value = short_text(node, "the text of a header", report)?;
    let trimmed = value.trim();
    if is_header_value(trimmed) {
        return Some(trimmed.to_owned());
    }
    let message = "the text of a header has a line break or a character that is not ASCII";
    report.error(node.at, "bad_header", message, "write one line of ASCII (RFC 9110, 5.5)");
    None
}

fn body(node: &Node, report: &mut Report) -> Option<String> {
    let text = fields::text(node, "`body`", report)?;
    if text.len() > MAX_BODY {
        let message = format!("`body` has {} bytes; {MAX_BODY} is the limit", text.len());
        report.error(node.at, "out_of_range", message, "send less");
        return None;
    }
    Some(text.to_owned())
}
