//! Checks that can only ever be down in Upptime, whatever the server does.

use super::{
    js,
    secrets::{Secrets, filled},
};
use crate::{
    finding::Place,
    yaml::{Node, Value},
};
use std::net::IpAddr;

/// The statuses of redirects that curl follows.
const FOLLOWED: [u16; 5] = [301, 302, 303, 307, 308];

/// Whose machine measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runner {
    /// GitHub's own, without IPv6 (actions/runner#3138).
    Hosted,
    /// Whether it has IPv6 is not known here.
    Other,
}

impl Runner {
    pub(super) fn of(root: &Node) -> Self {
        let label = root.entry("runner").and_then(|entry| js::as_text(&entry.value)).unwrap_or("ubuntu-latest");
        let is_hosted = ["ubuntu-", "windows-", "macos-"].iter().any(|system| label.trim().starts_with(system));
        if is_hosted { Self::Hosted } else { Self::Other }
    }
}

/// Returns where a site says that it can only be down, and why; `None` where that cannot be told from the file alone.
pub(super) fn up(site: &Node, secrets: &Secrets) -> Option<(Place, String)> {
    let get = |key: &str| site.entry(key).map(|entry| &entry.value).filter(|node| !matches!(node.value, Value::Null));
    let url_node = get("url")?;
    let url = js::written(url_node)?;
    let url = filled(&url).into_owned();
    let is_globalping = get("type").and_then(js::as_text) == Some("globalping");
    let is_url_known = secrets.unknown(&url).is_none();
    let port = get("port").filter(|node| js::is_truthy(node));
    let port_number = port.map(js::number).filter(|number| !number.is_nan());
    let bad_port =
        port.zip(port_number).filter(|(_, number)| !(0.0..=65_535.0).contains(number) || number.fract() != 0.0);
    match (is_globalping, get("check").and_then(js::as_text).unwrap_or("http")) {
        (true, "http") => {
            let method = get("method").filter(|node| js::is_truthy(node))?;
            let word = js::as_text(method)?;
            let is_known = ["GET", "HEAD", "OPTIONS"].contains(&word);
            (!is_known).then(|| (method.at, "Globalping knows the methods `GET`, `HEAD` and `OPTIONS` only".to_owned()))
        }
        (true, _) => None,
        (false, check @ ("tcp-ping" | "ssl")) => {
            let wants_ipv6 = check == "tcp-ping" && get("ipv6").is_some_and(js::is_truthy);
            let what = is_url_known.then(|| name_or_address(&url, url_node, wants_ipv6)).flatten();
            what.map(|why| (url_node.at, why))
                .or_else(|| bad_port.map(|(node, _)| (node.at, "there is no such port".to_owned())))
        }
        (false, "ws") => {
            let schemes = ["ws://", "wss://", "http://", "https://"];
            let is_one = schemes.iter().any(|scheme| url.to_ascii_lowercase().starts_with(scheme));
            (is_url_known && !is_one).then(|| (url_node.at, "this is no URL of a WebSocket".to_owned()))
        }
        (false, _) => answer(&get),
    }
}

/// What is asked of DNS, or connected to, is the whole text.
fn name_or_address(url: &str, node: &Node, wants_ipv6: bool) -> Option<String> {
    if js::as_text(node).is_none() {
        return Some("`url` must be text".to_owned());
    }
    if let Ok(address) = url.parse::<IpAddr>() {
        let is_other = wants_ipv6 && address.is_ipv4();
        return is_other.then(|| "`ipv6` is switched on, and this is an IPv4 address".to_owned());
    }
    let odd = url.chars().find(|c| matches!(c, '/' | ':' | '[' | ']' | '?' | '#' | '@' | ' ' | '%'))?;
    let what = match odd {
        ':' if url.contains("://") => "a scheme",
        ':' => "a port, which belongs into `port:`,",
        '[' | ']' => "brackets",
        '/' => "a path",
        _ => "a sign that no name has",
    };
    Some(format!("the whole text is asked of DNS, and {what} is in it"))
}

/// Whether no answer at all counts as up.
fn answer<'n>(get: &impl Fn(&str) -> Option<&'n Node>) -> Option<(Place, String)> {
    if let (Some(down), Some(missing)) = (
        get("__dangerous__body_down").and_then(js::as_text).filter(|text| !text.is_empty()),
        get("__dangerous__body_down_if_text_missing"),
    ) && js::as_text(missing).is_some_and(|missing| missing.contains(down))
    {
        return Some((
            missing.at,
            "with this text in the body it is down by `__dangerous__body_down`, without it by this".to_owned(),
        ));
    }
    let node = get("expectedStatusCodes")?;
    let Value::List(items) = &node.value else { return None };
    let codes: Vec<f64> = items.iter().map(js::number).collect();
    let is_code = |code: &f64| *code == 0.0 || (100.0..=999.0).contains(code) && code.fract() == 0.0;
    if !codes.iter().any(is_code) {
        return Some((node.at, "no code is expected that any answer has".to_owned()));
    }
    let redirects = get("maxRedirects").and_then(js::integer).unwrap_or(3.0);
    let are_followed = codes.iter().all(|code| !is_code(code) || FOLLOWED.contains(&(*code as u16)));
    (redirects != 0.0 && are_followed).then(|| {
        let why = "it follows redirects, so it never sees the codes that are expected: write `maxRedirects: 0`";
        (node.at, why.to_owned())
    })
}
