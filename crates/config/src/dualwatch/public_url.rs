//! `public_url:`: where people find the page, for links that are read elsewhere.

use super::target::read_browser_url;
use crate::{
    fields,
    finding::{Report, quoted},
    yaml::Node,
};
use dualwatch_core::measure::target::Host;

const EXAMPLE: &str = "write `https://status.example/`, or `https://example.com/status/`";

/// Returns the URL without a slash at its end.
pub(super) fn read(node: &Node, report: &mut Report) -> Option<String> {
    let text = fields::text(node, "`public_url`", report)?;
    let mut bad = |message: String, hint: &str| {
        report.error(node.at, "bad_url", message, hint);
        None
    };
    if text.contains(['?', '#']) {
        return bad(format!("{} has more than a path", quoted(text)), EXAMPLE);
    }
    // An address is a name here like any other: which family it has is said nowhere.
    let literal = url_of_literal(text);
    let endpoint = match literal {
        Some(endpoint) => endpoint,
        None => read_browser_url(node, text, None, report)?,
    };
    let path = endpoint.path.trim_end_matches('/');
    if !endpoint.scheme.is_http() || path.contains("//") || path.contains('"') {
        report.error(node.at, "bad_url", format!("{} is no address of a page", quoted(text)), EXAMPLE);
        return None;
    }
    Some(format!("{}://{}{path}", endpoint.scheme.code(), endpoint.authority()))
}

fn url_of_literal(text: &str) -> Option<dualwatch_core::measure::target::Endpoint> {
    let (endpoint, secret) = crate::parse_url(text).ok()?;
    (secret.is_none() && matches!(endpoint.host, Host::Address(_))).then_some(endpoint)
}

#[cfg(test)]
mod tests {
    use crate::load;

    /// What a document says of `public_url`, or what is wrong with it.
    fn public_url(value: &str) -> Result<Option<String>, String> {
        let text = format!("targets: [{{ url: 'https://shop.example/' }}]\npublic_url: {value}\n");
        let read = load(&text, "dualwatch.yml", &|_| Err("no files".to_owned()));
        read.map(|config| config.public_url).map_err(|findings| {
            let [finding] = &findings[..] else { return format!("{findings:?}") };
            let hint = finding.hint.clone().unwrap_or_default();
            format!("{}:{} {}: {}; {hint}", finding.line, finding.column, finding.code, finding.message)
        })
    }

    #[test]
    fn it_is_a_url_with_or_without_a_path() {
        for (value, expected) in [
            ("https://Status.Example", "https://status.example"),
            ("https://status.example/", "https://status.example"),
            ("https://status.example:8443/status/", "https://status.example:8443/status"),
            ("https://status.example:443/a/b", "https://status.example/a/b"),
            ("http://192.0.2.1/", "http://192.0.2.1"),
            ("'http://[2001:db8::1]:8787/'", "http://[2001:db8::1]:8787"),
            ("http://localhost:8787/", "http://localhost:8787"),
        ] {
            assert_eq!(public_url(value), Ok(Some(expected.to_owned())), "{value}");
        }
    }

    #[test]
    fn what_is_none_is_said_at_its_place() {
        for (value, said) in [
            ("status.example", "2:13 bad_url: "),
            (
                "https://status.example/?lang=de",
                "2:13 bad_url: `https://status.example/?lang=de` has more than a path; write `https://status.example/`",
            ),
            ("'https://status.example/#x'", "2:13 bad_url: "),
            ("tcp://status.example:443", "2:13 bad_url: "),
            ("tcp://192.0.2.1:443", "2:13 bad_url: `tcp://192.0.2.1:443` is no address of a page"),
            ("wss://status.example/", "2:13 bad_url: "),
            ("https://me:secret@status.example/", "2:13 bad_url: credentials in a URL that every visitor sees"),
            ("https://status.example//x", "2:13 bad_url: `https://status.example//x` is no address of a page"),
            ("[a]", "2:13 wrong_type: `public_url`"),
            ("true", "2:13 wrong_type: `public_url`"),
        ] {
            let found = public_url(value).unwrap_err();
            assert!(found.starts_with(said) && !found.contains("secret"), "{value}: {found}");
        }
    }
}
