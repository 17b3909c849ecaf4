//! What is sent to an Upptime site: `method`, `headers` and `body`, as its check sends them.

use super::{Check, MAX_TEXT, Site};
use crate::{
    dualwatch::{MAX_BODY, MAX_HEADERS, check_header_name, is_header_value},
    finding::quoted,
    upptime::{
        js,
        secrets::{Secrets, Unknown, filled},
        tally::Remark,
    },
    yaml::{Node, Value},
};
use dualwatch_core::measure::target::{Method, Octets, Request, RequestHeader};

/// What curl says of the body that it sends (`CURLOPT_POSTFIELDS`), unless a header says otherwise.
const BODY_TYPE: &str = "application/x-www-form-urlencoded";
pub(super) const SECRET_HINT: &str = "Upptime's secrets stay at GitHub; write the text itself into a `dualwatch.yml`";

impl Site<'_, '_> {
    pub(super) fn request(&mut self) -> Request {
        match self.check {
            Check::Http if self.is_globalping => {
                self.note_unsent();
                Request { method: self.method(), headers: self.headers(), ..Request::default() }
            }
            Check::Http => {
                self.note_port();
                let method = self.method();
                let mut headers = self.headers();
                let body = if self.takes_body(method) { self.body() } else { None };
                if body.is_some() && !headers.iter().any(|h| h.name.eq_ignore_ascii_case("content-type")) {
                    headers.push(RequestHeader { name: "content-type".to_owned(), value: BODY_TYPE.to_owned() });
                }
                Request { method, headers, body, send: None }
            }
            // The body is the first message.
            Check::Ws => {
                self.note_without_effect(&["method", "headers"]);
                Request { send: self.body().map(Octets::Text), ..Request::default() }
            }
            Check::TcpPing | Check::Ssl => {
                self.note_without_effect(&["method", "headers", "body"]);
                Request::default()
            }
        }
    }

    /// Globalping sends no body.
    fn note_unsent(&mut self) {
        let remark = Remark::Assumed("no_effect", "`body` is not sent by Globalping, nor here", "leave it out");
        if let Some(node) = self.get("body") {
            self.tally.note_site(remark, "unsent", node.at);
        }
    }

    /// curl is given the URL alone.
    fn note_port(&mut self) {
        let what = "`port` where the check is one of a URL, in Upptime as well as here";
        let remark = Remark::Assumed("no_effect", what, "write the port into `url`");
        if let Some(node) = self.get("port").filter(|node| js::is_truthy(node)) {
            self.tally.note_site(remark, "port", node.at);
        }
    }

    fn note_without_effect(&mut self, keys: &[&str]) {
        let remark = Remark::Assumed(
            "no_effect",
            "`method`, `headers` or `body` where the check sends none, in Upptime as well as here",
            "they belong to `check: http`; `check: ws` sends `body` as its first message",
        );
        if let Some(node) = keys.iter().find_map(|key| self.get(key)) {
            self.tally.note_site(remark, "no_effect", node.at);
        }
    }

    fn method(&mut self) -> Method {
        let Some(node) = self.get("method") else { return Method::Get };
        let word = js::written(node).unwrap_or_default();
        let word = word.trim();
        let found = Method::ALL.into_iter().find(|m| m.code().eq_ignore_ascii_case(word));
        if found.is_some_and(|method| method.code() != word) {
            let message =
                format!("Upptime sends the method {} as it is written, which servers may not know", quoted(word));
            self.report.note(node.at, "sent_otherwise", message, "write it in capitals, as it is sent from here");
        }
        if found.is_none() && !word.is_empty() {
            let known = crate::fields::enumerate(&Method::ALL.map(Method::code));
            let message = format!("`method` cannot be {} here; the request is a GET", quoted(word));
            self.report.warning(node.at, "ignored_value", message, format!("known methods: {known}"));
        }
        found.unwrap_or_default()
    }

    fn takes_body(&mut self, method: Method) -> bool {
        if !method.takes_body()
            && let Some(node) = self.get("body")
        {
            let message = format!("a {} request goes out without its `body`, which Upptime sends", method.code());
            self.report.warning(node.at, "ignored_value", message, "write `method: POST`");
        }
        method.takes_body()
    }

    /// Returns the headers that can be sent; each of the others has its finding. Their text is never repeated.
    fn headers(&mut self) -> Vec<RequestHeader> {
        let Some(node) = self.get("headers").filter(|node| js::is_truthy(node)) else { return Vec::new() };
        let items = crate::fields::one_or_more(node);
        if let Some(item) = items.get(MAX_HEADERS) {
            let message =
                format!("`headers` has {} items; those after the first {MAX_HEADERS} are left out", items.len());
            self.report.warning(item.at, "ignored_value", message, "send less");
        }
        let mut headers: Vec<RequestHeader> = Vec::new();
        for item in items.iter().take(MAX_HEADERS) {
            match header(item, &self.around.secrets) {
                Ok((header, remark)) => {
                    if let Some((message, hint)) = remark {
                        self.report.warning(item.at, "sent_as_written", message, hint);
                    }
                    headers.push(header);
                }
                Err(Unusable { code, what, hint }) => {
                    self.report.warning(item.at, code, format!("{what}; it is left out"), hint);
                }
            }
        }
        headers
    }

    fn body(&mut self) -> Option<String> {
        let node = self.get("body").filter(|node| js::is_truthy(node))?;
        let text = single(node).map(|text| filled(&text).into_owned());
        let (code, message, hint) = match text {
            Some(text) => match self.around.secrets.unknown(&text) {
                Some(Unknown::Needed(secret, _)) => {
                    ("secret_left_out", format!("`body` needs the secret {}", quoted(&secret)), SECRET_HINT)
                }
                unknown if text.len() <= MAX_BODY => {
                    if let Some(Unknown::NeverReplaced(what, why, hint)) = unknown {
                        let message = format!("{} is sent as it is: {why}", quoted(&what));
                        self.report.warning(node.at, "sent_as_written", message, hint);
                    }
                    return Some(text);
                }
                _ => ("ignored_value", format!("`body` has more than {MAX_BODY} bytes"), "send less"),
            },
            None => ("ignored_value", "`body` must be text".to_owned(), "put it in quotes"),
        };
        self.report.warning(node.at, code, format!("{message}; it is left out"), hint);
        None
    }
}

/// Returns a single value as it is written; a yes or no is none.
pub(super) fn single(node: &Node) -> Option<String> {
    match &node.value {
        Value::Bool(_) => None,
        _ => js::written(node),
    }
}

/// Why a header cannot be sent: code of the finding, what it is, hint.
struct Unusable {
    code: &'static str,
    what: String,
    hint: String,
}

/// What is said of a header that is sent all the same: message and hint.
type Said = Option<(String, String)>;

fn header(item: &Node, secrets: &Secrets) -> Result<(RequestHeader, Said), Unusable> {
    let unusable = |what: &str, hint: &str| Unusable { code: "ignored_value", what: what.into(), hint: hint.into() };
    let Some(text) = single(item) else {
        // Without quotes, YAML reads a mapping, on which Upptime fails.
        return Err(unusable("a header must be text", "in quotes: `- \"Accept: text/html\"`"));
    };
    let text = filled(&text);
    let mut said = None;
    match secrets.unknown(&text) {
        Some(Unknown::Needed(secret, _)) => {
            let what = format!("a header needs the secret {}", quoted(&secret));
            return Err(Unusable { code: "secret_left_out", what, hint: SECRET_HINT.into() });
        }
        Some(Unknown::NeverReplaced(what, why, hint)) => {
            said = Some((format!("{} is sent as it is: {why}", quoted(&what)), hint));
        }
        None => {}
    }
    let Some((name, value)) = text.split_once(':') else {
        return Err(unusable("a header without `:`", "write `- \"Accept: text/html\"`"));
    };
    let name = name.trim();
    check_header_name(name).map_err(|(what, hint)| unusable(&what, hint))?;
    let value = value.trim();
    // Without a value curl sends none.
    if value.is_empty() || value.len() > MAX_TEXT || !is_header_value(value) {
        let hint = format!("write one line of ASCII, at most {MAX_TEXT} bytes");
        return Err(unusable(&format!("the header {} has no text that can be sent", quoted(name)), &hint));
    }
    Ok((RequestHeader { name: name.to_owned(), value: value.to_owned() }, said))
}
