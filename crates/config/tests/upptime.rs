//! A `.upptimerc.yml` is taken as it is, and warned about where it misleads its author.

use dualwatch_config::{Config, Finding, Format, SKIPS_A_SITE, load};
use dualwatch_core::measure::target::{Expected, Method, Octets, Policy, Target};

fn config(text: &str) -> Config {
    load(text, ".upptimerc.yml", &|_| Err("no such file".to_owned()))
        .unwrap_or_else(|findings| panic!("{text}\n{findings:?}"))
}

fn shown(warnings: &[Finding]) -> Vec<String> {
    warnings.iter().map(|w| format!("{}:{} {}", w.line, w.column, w.code)).collect()
}

/// One site, whose keys begin on line 2.
fn site(lines: &[&str]) -> Config {
    config(&format!("sites:\n  - {}\n", lines.join("\n    ")))
}

fn target(lines: &[&str]) -> Target {
    site(lines).targets.into_iter().next().expect("a target")
}

fn check_warning(lines: &[&str], at: &str, code: &str, message: &str, hint: &str) {
    let config = site(lines);
    let found = &config.warnings;
    assert_eq!(found.len(), 1, "{lines:?}: {found:?}");
    assert_eq!(shown(found), [format!("{at} {code}")], "{lines:?}: {found:?}");
    assert!(found[0].message.contains(message), "{}", found[0]);
    assert!(found[0].hint.as_deref().unwrap_or_default().contains(hint), "{}", found[0]);
    assert_eq!(config.targets.len(), usize::from(!SKIPS_A_SITE.contains(&code)), "{lines:?}");
}

#[test]
fn a_site_has_upptimes_defaults() {
    let config = site(&["name: IPv4 Shop", "url: https://shop.example/a"]);
    assert_eq!((config.format, config.warnings.as_slice()), (Format::Upptime, [].as_slice()));
    assert_eq!(config.policy, Policy::default());
    let target = &config.targets[0];
    assert_eq!((target.slug.as_str(), target.name.as_str()), ("i-pv4-shop", "IPv4 Shop"));
    assert_eq!(target.url(), "https://shop.example/a");
    assert_eq!((target.interval_s, target.timeout_ms), (300, 60_000));
    let expect = &target.expect;
    for (status, accepted) in [(200, true), (208, true), (209, false), (226, true), (308, true), (404, false)] {
        assert_eq!(expect.accepts_status(status), accepted, "{status}");
    }
    assert_eq!((expect.max_response_ms, expect.max_redirects), (Some(60_000), 3));
    assert_eq!(target.browser.dual_stack.as_deref(), Some("https://shop.example/a"));
}

#[test]
fn no_sites_at_all_are_said() {
    for (text, at) in [("owner: a\nsites:\n", "2:1"), ("sites: []\n", "1:1"), ("owner: a\n", "1:1")] {
        let config = config(text);
        assert!(shown(&config.warnings).contains(&format!("{at} no_sites")), "{text}: {:?}", config.warnings);
        assert_eq!(config.targets, []);
    }
}

#[test]
fn what_a_site_says_is_followed() {
    let target = target(&[
        "name: A",
        "url: https://u:p@shop.example",
        "slug: the-shop",
        "expectedStatusCodes: [200, '401']",
        "maxResponseTime: 250",
        "maxRedirects: 0",
        "requestTimeout: 20",
        "__dangerous__body_down: Error",
        "__dangerous__body_down_if_text_missing: Welcome",
    ]);
    assert_eq!(target.slug, "the-shop");
    assert!(target.authorization.is_some() && !target.url().contains("u:p"));
    assert!(target.expect.accepts_status(401) && !target.expect.accepts_status(302));
    assert_eq!((target.expect.max_response_ms, target.expect.max_redirects, target.timeout_ms), (Some(250), 0, 20_000));
    assert_eq!(target.expect.body_lacks, ["Error"]);
    assert_eq!(target.expect.body_contains, ["Welcome"]);
}

#[test]
fn checks() {
    let url = |lines: &[&str]| target(lines).url();
    for (host, port, expected) in [
        ("shop.example", "22", "tcp://shop.example:22"),
        ("https://shop.example/x", "443", "tcp://shop.example:443"),
        ("tcp://shop.example:25", "''", "tcp://shop.example:25"),
        ("shop.example:25", "26", "tcp://shop.example:26"),
        ("\"2620:fe::fe\"", "53", "tcp://[2620:fe::fe]:53"),
        ("\"[2620:fe::fe]\"", "53", "tcp://[2620:fe::fe]:53"),
        ("9.9.9.9", "53", "tcp://9.9.9.9:53"),
    ] {
        let lines = ["name: A", "check: tcp-ping", &format!("url: {host}"), &format!("port: {port}")];
        assert_eq!(url(&lines), expected);
    }
    assert_eq!(url(&["name: A", "check: ssl", "url: shop.example"]), "https://shop.example/");
    assert_eq!(url(&["name: A", "check: ssl", "url: shop.example", "port: 465"]), "https://shop.example:465/");
    assert_eq!(url(&["name: A", "check: ws", "url: wss://shop.example/s"]), "wss://shop.example/s");
    assert_eq!(url(&["name: A", "check: ws", "url: ws://shop.example/s"]), "ws://shop.example/s");
    assert_eq!(url(&["name: A", "check: ws", "url: 'https://shop.example/s'"]), "wss://shop.example/s");
    assert!(target(&["name: A", "check: ssl", "url: shop.example"]).expect.accepts_status(503));

    let v6 = target(&["name: A", "check: tcp-ping", "url: shop.example", "port: 80", "ipv6: true"]);
    assert_eq!((v6.expect.families.ipv4, v6.expect.families.ipv6), (Expected::Published, Expected::Required));
}

#[test]
fn what_misleads() {
    let tcp = ["check: tcp-ping", "port: 25"];
    let check_tcp = |lines: &[&str], at: &str, code: &str, message: &str, hint: &str| {
        check_warning(&[lines, &tcp].concat(), at, code, message, hint);
    };
    check_tcp(
        &["name: Mail (IPv6)", "url: a.example", "ipv6: false"],
        "2:11",
        "named_ipv6_probes_ipv4",
        "says IPv6",
        "both",
    );
    check_tcp(&["name: Mail v6", "url: a.example"], "2:11", "named_ipv6_probes_ipv4", "says IPv6", "both families");
    check_tcp(&["name: A", "url: 9.9.9.9", "ipv6: true"], "4:11", "ipv6_flag_ignored", "IPv4 address", "IPv6 address");
    let http = ["name: IPv6 A", "url: https://a.example", "ipv6: true"];
    check_warning(&http, "4:11", "ipv6_flag_ignored", "`type: globalping` only", "both families");
    let globalping = ["name: IPv6 A", "url: https://a.example", "ipv6: true", "type: globalping"];
    check_warning(&globalping, "5:5", "not_followed", "`type`", "Globalping");
    check_warning(&["name: A", "url: a.example"], "3:10", "guessed_scheme", "`http`", "https://");
    check_warning(&["name: A", "url: a.example", "check: tcp-ping"], "3:10", "guessed_port", "port 80", "port:");
    check_warning(&["name: A", "url: a.example", "check: ssl"], "3:10", "ssl_as_https", "HTTPS request", "certificate");
    check_warning(
        &["name: A", "url: 'http://a.example'", "check: icmp-ping"],
        "4:12",
        "unknown_check",
        "`icmp-ping`",
        "`tcp-ping`",
    );
    check_warning(&["url: 'http://a.example'"], "2:10", "missing_name", "without `name`", "name:");
    check_warning(&["name: 鸭鸭梨", "url: 'http://a.example'"], "2:11", "slug_changed", "`a-example`", "lower-case");
    check_warning(
        &["name: A", "slug: My Shop", "url: 'http://a.example'"],
        "3:11",
        "slug_changed",
        "`my-shop`",
        "lower-case",
    );
    check_warning(
        &["name: A", "url: 'http://a.example'", "clint: x"],
        "4:5",
        "unknown_key",
        "`clint` in a site (1 site)",
        "no effect",
    );
    check_warning(
        &["name: A", "url: 'http://a.example'", "maxRedirect: 1"],
        "4:5",
        "unknown_key",
        "`maxRedirect`",
        "`maxRedirects`",
    );
    check_warning(&["name: A", "url: 'http://a.example'", "icon: x"], "4:5", "no_meaning_here", "`icon` (1 site)", "");
    check_warning(
        &["name: A", "url: 'http://a.example'", "type: globalping"],
        "4:5",
        "not_followed",
        "`type`",
        "Globalping",
    );
    check_warning(
        &["name: A", "name: B", "url: 'http://a.example'"],
        "3:5",
        "duplicate_key",
        "Upptime's whole run ends here: duplicated mapping key",
        "line 2 has it first, which counts here",
    );
    check_warning(
        &["name: A", "url: 'http://a.example'", "maxResponseTime: fast"],
        "4:22",
        "ignored_value",
        "nothing is ever too slow then, and no default holds",
        "milliseconds",
    );
    check_warning(
        &["name: A", "url: 'http://a.example'", "maxRedirects: 99"],
        "4:19",
        "ignored_value",
        "larger than 20",
        "",
    );
    check_warning(
        &["name: A", "url: 'http://a.example'", "expectedStatusCodes: [200, 0]"],
        "4:32",
        "no_answer_expected",
        "a dead server, name or certificate counts as up",
        "here it is down",
    );
    check_warning(
        &["name: A", "url: 'http://a.example'", "expectedStatusCodes: [200, 2xx]"],
        "4:32",
        "ignored_value",
        "left out",
        "599",
    );
}

#[test]
fn what_is_sent_is_sent_here_too() {
    let posted = target(&[
        "name: A",
        "url: https://shop.example",
        "method: post",
        "headers: ['X-Key:  a: b ', 'accept: application/json']",
        "body: '{\"a\": 1}'",
    ])
    .request;
    assert_eq!(posted.method, Method::Post);
    let headers: Vec<_> = posted.headers.iter().map(|h| (h.name.as_str(), h.value.as_str())).collect();
    let form = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(headers, [("X-Key", "a: b"), ("accept", "application/json"), form], "as curl does");
    assert_eq!(posted.body.as_deref(), Some("{\"a\": 1}"));
    let typed = ["name: A", "url: https://a.example", "method: PUT", "headers: 'Content-Type: a/b'", "body: 1"];
    let typed = target(&typed).request;
    assert_eq!((typed.headers.len(), typed.body.as_deref()), (1, Some("1")));
    let socket = target(&["name: A", "check: ws", "url: wss://a.example", "body: PING"]);
    assert_eq!(socket.request.send, Some(Octets::Text("PING".to_owned())));
    assert_eq!((socket.expect.receives.len(), socket.expect.status.len()), (0, 0));
}

#[test]
fn what_cannot_be_sent_is_said() {
    let check = |line: &str, at: &str, code: &str, message: &str, hint: &str| {
        check_warning(&["name: A", "url: 'http://a.example'", line], at, code, message, hint);
    };
    check("headers: ['X: $KEY']", "4:15", "secret_left_out", "secret `$KEY`; it is left out", "GitHub");
    check("headers: [Accept: a]", "4:15", "ignored_value", "must be text", "in quotes");
    check("headers: [Accept]", "4:15", "ignored_value", "without `:`", "Accept: text/html");
    check("headers: ['Host: b']", "4:15", "ignored_value", "`Host` is not yours", "`url`");
    check("headers: ['a b: c']", "4:15", "ignored_value", "no header name", "hyphens");
    check("headers: ['Accept:']", "4:15", "ignored_value", "no text that can be sent", "ASCII");
    check("method: TRACE", "4:13", "ignored_value", "cannot be `TRACE`", "`GET`, ");
    check("body: x", "4:11", "ignored_value", "GET request goes out without", "POST");
    check("__dangerous__body_degraded: x", "4:5", "not_followed", "`__dangerous__body_degraded`", "slowness");
    let head = ["name: A", "url: 'http://a.example'", "method: HEAD", "__dangerous__body_down: x"];
    check_warning(&head, "5:29", "ignored_value", "HEAD has no body", "GET");
    assert!(target(&head).expect.body_lacks.is_empty());
    let post = ["name: A", "url: 'http://a.example'", "method: POST", "body: 'a $B'"];
    check_warning(&post, "5:11", "secret_left_out", "`$B`", "GitHub");
    let map = ["name: A", "url: 'http://a.example'", "method: POST", "body: { a: 1 }"];
    check_warning(&map, "5:11", "ignored_value", "must be text", "quotes");
    let socket = ["name: A", "url: 'ws://a.example'", "check: ws", "headers: ['a: b']"];
    check_warning(&socket, "5:14", "no_effect", "in Upptime as well", "first message");
    let bare = ["name: A", "url: a.example", "check: ws"];
    check_warning(&bare, "3:10", "malformed_url", "no URL of a WebSocket", "wss://");
}

#[test]
fn what_cannot_be_measured_is_skipped_and_nothing_else_is_lost() {
    check_warning(&["name: A", "url: $SITE_A"], "3:10", "secret_needed", "`$SITE_A`", "GitHub");
    check_warning(
        &["name: A", "url: a.example", "check: tcp-ping", "port: $PORT"],
        "3:10",
        "secret_needed",
        "`$PORT`",
        "GitHub",
    );
    check_warning(
        &["name: A", "url: 'http:///u:secret@a.example'"],
        "3:10",
        "malformed_url",
        "three slashes",
        "two slashes",
    );
    check_warning(&["name: A", "url: 'tcp://a.example:1'"], "3:10", "malformed_url", "`tcp`", "tcp-ping");
    check_warning(
        &["name: A", "url: a.example", "check: tcp-ping", "port: 0"],
        "3:10",
        "guessed_port",
        "port 80, as in Upptime",
        "port:",
    );
    check_warning(
        &["name: A", "url: a.example", "check: tcp-ping", "port: 65536"],
        "3:10",
        "malformed_url",
        "out of range",
        "65535",
    );
    check_warning(&["name: A", "url: 'http://192.168.0.1'"], "3:10", "private_address", "private", "dualwatch.yml");
    check_warning(&["name: A", "url: 'http://localhost'"], "3:10", "private_address", "this machine", "dualwatch.yml");
    check_warning(&["name: A"], "2:5", "malformed_site", "without `url`", "url:");
    let config = config("sites:\n  - https://a.example\n  - { name: B, url: 'https://b.example' }\n  -\n");
    assert_eq!(shown(&config.warnings), ["2:5 malformed_site", "4:4 malformed_site"]);
    assert_eq!(config.targets.len(), 1);
}

#[test]
fn things_are_said_once_with_their_count() {
    let config = config(
        "owner: me
repo: status
userAgent: x
theme: dark
sites:
  - { name: A, url: a.example, icon: x, method: HEAD, client: c }
  - { name: a, url: b.example, icon: y, method: GET, client: c }
  - { name: A!, url: c.example, method: POST, body: x, type: local }
workflowSchedule: {}
",
    );
    assert_eq!(
        shown(&config.warnings),
        [
            "3:1 page_only",
            "4:1 unknown_key",
            "6:21 guessed_scheme",
            "6:32 no_meaning_here",
            "6:55 unknown_key",
            "7:13 duplicate_slug",
            "8:13 duplicate_slug",
        ]
    );
    let text = config.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for part in [
        "without meaning here: `workflowSchedule`, `icon` (2 sites)",
        "did you mean `user-agent`?",
        "below `status-website:` only",
        "as Upptime's curl does (3 sites)",
        "`client` in a site (2 sites)",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let slugs: Vec<&str> = config.targets.iter().map(|t| t.slug.as_str()).collect();
    assert_eq!(slugs, ["a", "a-2", "a-3"]);
}

#[test]
fn which_format_a_file_has() {
    let format = |text: &str, name: &str| {
        load(text, name, &|_| Err(String::new())).map(|c| (c.format, c.targets.len())).map_err(|f| f[0].code)
    };
    assert_eq!(format("sites:\n", "x.yml"), Ok((Format::Upptime, 0)));
    assert_eq!(format("owner: me\n", "/a/.upptimerc.yml"), Ok((Format::Upptime, 0)));
    assert_eq!(format("targets: [{ url: 'https://a.example' }]", ".upptimerc.yml"), Ok((Format::Dualwatch, 1)));
    assert_eq!(format("owner: me\n", "x.yml"), Err("unknown_key"));
    assert_eq!(format("sites: 1\n", "x.yml"), Err("wrong_type"));
    assert_eq!(format("", ".upptimerc.yml"), Err("empty_file"));
    assert_eq!(format("- a\n", ".upptimerc.yml"), Err("wrong_type"));
    assert_eq!(format("sites:\n\t- a\n", ".upptimerc.yml"), Err("tab_indentation"));
}

#[test]
fn ten_thousand_sites_of_one_name_stay_cheap() {
    let text = format!("sites:\n{}", "- {name: A, url: 'http://a.example'}\n".repeat(10_000));
    let config = config(&text);
    assert_eq!(config.targets[9_999].slug, "a-10000");
    assert!(config.warnings.len() <= 501);
}
