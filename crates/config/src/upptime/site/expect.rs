//! What an Upptime site expects of the answer, as its check reads it.

use super::{Check, MAX_TEXT, Site};
use crate::{
    finding::quoted,
    upptime::{
        js,
        secrets::{Unknown, filled},
    },
};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    target::{Endpoint, Expect, Expected, Host, Method, StatusRange},
};

/// `requestTimeout`, in seconds: default and longest.
const TIMEOUT_S: u32 = 60;
/// `maxResponseTime`, in milliseconds: slower is "degraded".
const MAX_RESPONSE_MS: u32 = 60_000;
const MAX_REDIRECTS: u8 = 3;
/// What Upptime accepts unless told otherwise: 200 to 208, 226, 300 to 308.
const STATUS: [StatusRange; 3] = [
    StatusRange { first: 200, last: 208 },
    StatusRange { first: 226, last: 226 },
    StatusRange { first: 300, last: 308 },
];
/// Any answer at all.
const ANY_STATUS: StatusRange = StatusRange { first: 100, last: 599 };

impl Site<'_, '_> {
    pub(super) fn expect(&mut self, endpoint: &Endpoint, method: Method) -> Expect {
        let is_http = self.check == Check::Http;
        let has_body = is_http && self.answer_has_body(method);
        let needs_ipv6 = self.reads_ipv6()
            && self.wants_ipv6()
            && !matches!(endpoint.host, Host::Address(a) if Family::of(a) == Family::Ipv4);
        Expect {
            status: match self.check {
                Check::Http => self.status(),
                Check::Ssl => vec![ANY_STATUS],
                Check::TcpPing | Check::Ws => Vec::new(),
            },
            headers: Vec::new(),
            body_contains: self.body_text("__dangerous__body_down_if_text_missing", has_body),
            body_lacks: self.body_text("__dangerous__body_down", has_body),
            max_response_ms: self.max_response_ms(),
            max_redirects: if is_http { self.redirects() } else { 0 },
            families: PerFamily {
                ipv4: Expected::Published,
                ipv6: if needs_ipv6 { Expected::Required } else { Expected::Published },
            },
            ..Expect::default()
        }
    }

    pub(super) fn timeout_ms(&mut self) -> u32 {
        let Some(node) = self.get("requestTimeout") else { return TIMEOUT_S * 1_000 };
        let seconds = js::number(node);
        if seconds > f64::from(TIMEOUT_S) {
            let message = format!("`requestTimeout` is larger than {TIMEOUT_S}, which is used in its place");
            self.report.warning(node.at, "ignored_value", message, "");
        } else if seconds >= 1.0 {
            return seconds as u32 * 1_000;
        } else {
            let message = "`requestTimeout` is no number that can be used; Upptime's default holds";
            self.report.warning(node.at, "ignored_value", message, "write a number from 1");
        }
        TIMEOUT_S * 1_000
    }

    /// Upptime compares with whatever is there: with what is no number nothing is ever too slow.
    fn max_response_ms(&mut self) -> Option<u32> {
        let Some(node) = self.get("maxResponseTime").filter(|node| js::is_truthy(node)) else {
            return Some(MAX_RESPONSE_MS);
        };
        let ms = js::number(node);
        let hint = "write a number of milliseconds";
        if ms.is_nan() {
            let message = "`maxResponseTime` is no number: nothing is ever too slow then, and no default holds";
            self.report.warning(node.at, "ignored_value", message, hint);
            None
        } else if ms < 1.0 {
            let message =
                "`maxResponseTime` is shorter than any answer, so in Upptime it is never up; the default is used";
            self.report.warning(node.at, "ignored_value", message, hint);
            Some(MAX_RESPONSE_MS)
        } else {
            Some(ms as u32)
        }
    }

    /// Only whole numbers count, and no text is one; Globalping follows no redirect at all.
    fn redirects(&mut self) -> u8 {
        if self.is_globalping {
            return 0;
        }
        let Some(node) = self.get("maxRedirects") else { return MAX_REDIRECTS };
        let limit = crate::dualwatch::MAX_REDIRECTS;
        match js::integer(node) {
            Some(n) if n > f64::from(limit) => {
                let message = format!("`maxRedirects` is larger than {limit}, which is used in its place");
                self.report.warning(node.at, "ignored_value", message, "");
                limit
            }
            Some(n) if n < 0.0 => {
                let message = format!("with `maxRedirects` below 0 curl follows all; here they are {limit} at most");
                self.report.warning(node.at, "ignored_value", message, "");
                limit
            }
            Some(n) => n as u8,
            None => {
                let message = format!("`maxRedirects` is no whole number; Upptime's default holds ({MAX_REDIRECTS})");
                self.report.warning(node.at, "ignored_value", message, "write digits, without quotes");
                MAX_REDIRECTS
            }
        }
    }

    fn status(&mut self) -> Vec<StatusRange> {
        let Some(node) = self.get("expectedStatusCodes").filter(|node| js::is_truthy(node)) else {
            return STATUS.to_vec();
        };
        let mut accepted = Vec::new();
        for item in crate::fields::one_or_more(node) {
            let code = js::number(item);
            if code == 0.0 {
                let message =
                    "0 is Upptime's code of no answer at all: there a dead server, name or certificate counts as up";
                let hint = "here it is down; leave the 0 out, or write a `dualwatch.yml` with `fails_with`";
                self.report.warning(item.at, "no_answer_expected", message, hint);
            } else if (f64::from(ANY_STATUS.first)..=f64::from(ANY_STATUS.last)).contains(&code) && code.fract() == 0.0
            {
                accepted.push(StatusRange { first: code as u16, last: code as u16 });
            } else {
                let message = "this is no HTTP status; it is left out";
                self.report.warning(item.at, "ignored_value", message, "write a number from 100 to 599");
            }
        }
        if accepted.is_empty() { STATUS.to_vec() } else { accepted }
    }

    /// RFC 9110 section 9.3.2: the answer to HEAD has none.
    fn answer_has_body(&mut self, method: Method) -> bool {
        let keys = ["__dangerous__body_down", "__dangerous__body_down_if_text_missing"];
        if method == Method::Head
            && let Some(node) = keys.iter().find_map(|key| self.get(key))
        {
            let message = "the answer to HEAD has no body, so no text is looked for";
            self.report.warning(node.at, "ignored_value", message, "write `method: GET`, or leave `method` out");
        }
        method != Method::Head
    }

    fn body_text(&mut self, key: &str, has_body: bool) -> Vec<String> {
        let Some(node) = self.get(key).filter(|node| has_body && js::is_truthy(node)) else {
            return Vec::new();
        };
        let text =
            super::request::single(node).map(|text| filled(&text).into_owned()).filter(|text| text.len() <= MAX_TEXT);
        let Some(text) = text else {
            let message = format!("`{key}` is not used: it must be text of at most {MAX_TEXT} bytes");
            self.report.warning(node.at, "ignored_value", message, "a characteristic part is enough");
            return Vec::new();
        };
        if let Some(Unknown::Needed(secret, _)) = self.around.secrets.unknown(&text) {
            let message = format!("`{key}` needs the secret {}; it is left out", quoted(&secret));
            self.report.warning(node.at, "secret_left_out", message, super::request::SECRET_HINT);
            return Vec::new();
        }
        vec![text]
    }
}
