//! Good `dualwatch.yml` files become the targets and the policy that they describe.

use dualwatch_config::{Config, Format, load, starter};
use dualwatch_core::measure::{
    cause::Cause,
    family::PerFamily,
    target::{
        BrowserEndpoints, Expect, Expected, ExpectedFailure, HeaderExpectation, Host, JsonExpectation, JsonPath,
        JsonScalar, Method, Octets, Policy, Request, RequestHeader, Retention, Slo, StatusRange, default_controls,
        default_resolvers,
    },
};
use std::fmt::Write;

fn config(text: &str) -> Config {
    let files = |path: &str| match path {
        "ca.pem" => Ok(PEM.to_owned()),
        "logo.svg" | "favicon.png" => Ok("<svg xmlns='http://www.w3.org/2000/svg'/>".to_owned()),
        "webhook.secret" => Ok(format!("{SECRET}\n")),
        _ => Err("no such file".to_owned()),
    };
    load(text, "dualwatch.yml", &files).unwrap_or_else(|findings| {
        let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{text}\n{}", shown.join("\n"))
    })
}

/// Thirty-two bytes.
const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

const PEM: &str = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";

#[test]
fn the_starter_loads_without_findings() {
    let config = config(starter());
    assert!(config.warnings.is_empty());
    assert_eq!(config.targets.len(), 1);
}

/// What the starter shows as comments is true, too.
#[test]
fn the_starter_loads_with_every_comment_of_keys_taken_out() {
    let mut text = String::new();
    for line in starter().lines() {
        let code = line.trim_start().strip_prefix("# ").unwrap_or(line);
        let is_key = [
            "- name: Shop",
            "- name: Database",
            "- name: Name server",
            "- name: Chat",
            "- name: Mail",
            "controls:",
            "resolvers:",
            "network:",
            "tls:",
            "self_test:",
            "slo:",
            "confirm:",
            "unstable:",
            "notify:",
            "maintenance:",
            "history:",
            "page:",
        ]
        .iter()
        .any(|key| code.starts_with(key));
        let is_inside = line.starts_with("  #   ") || line.starts_with("#   ");
        if is_key || is_inside {
            text.push_str(&line.replacen("# ", "", 1));
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    let text = text.replace("company-ca.pem", "ca.pem");
    let config = config(&text);
    assert_eq!(config.targets.len(), 6);
    assert_eq!(config.targets[1].expect.body_lacks, ["Error", "Exception"]);
    assert_eq!(config.targets[1].expect.body_json.len(), 3);
    assert_eq!(config.targets[2].expect.fails_with, Some(ExpectedFailure::Cause(Cause::TcpRefused)));
    assert_eq!(config.targets[5].request.send, Some(Octets::Text("QUIT\r\n".to_owned())));
    assert_eq!(config.targets[5].expect.receives, [Octets::Text("220 ".to_owned())]);
    assert_eq!(config.targets[4].url(), "wss://chat.example/live");
    assert_eq!(config.targets[4].request.headers[0].value, "https://chat.example");
    assert_eq!(config.targets[4].expect.receives, [Octets::Text("pong".to_owned())]);
    assert_eq!(config.targets[3].expect.dns_answers, ["2001:db8::7"]);
    assert_eq!(config.targets[2].browser, BrowserEndpoints::default());
    assert_eq!(config.targets[1].addresses.len(), 2);
    assert_eq!((config.policy.controls.ipv4.len(), config.policy.resolvers.len()), (2, 2));
    assert!(config.policy.allow_private && config.self_test.ipv6.is_some());
    assert_eq!(config.targets[1].slo.map(Slo::ppm), Some(999_500));
    assert_eq!(config.targets[1].notify.as_deref(), Some(&["on-call".to_owned()][..]));
    assert_eq!((config.channels.len(), config.maintenance.len()), (2, 2));
    assert_eq!(config.policy.history, Retention::default());
    assert_eq!((config.branding.links.len(), config.branding.announcements.len()), (1, 1));
    assert!(config.pictures.logo.is_some() && config.pictures.favicon.is_some());
}

#[test]
fn the_smallest_file_has_every_default() {
    let config = config("targets: [{ url: 'https://shop.example' }]");
    assert_eq!(config.format, Format::Dualwatch);
    assert_eq!(config.policy, Policy::default());
    assert_eq!(config.self_test, BrowserEndpoints::default());
    let target = &config.targets[0];
    assert_eq!((target.name.as_str(), target.slug.as_str()), ("shop.example", "shop-example"));
    assert_eq!((target.interval_s, target.timeout_ms), (60, 10_000));
    assert_eq!(target.expect, Expect::default());
    assert_eq!(target.browser.dual_stack.as_deref(), Some("https://shop.example/"));
    assert_eq!((&target.browser.ipv4, &target.browser.ipv6), (&None, &None));
}

#[test]
fn everything_that_a_target_can_have() {
    let config = config(
        r#"
targets:
  - name: 404
    slug: shop-2
    url: https://us%40er:secret@Shop.example:8443/health?x=1#top
    interval: 1h
    timeout: 500ms
    method: post
    headers: { Accept: application/json, X-Number: 1.10 }
    body: '{"deep":true}'
    addresses: [9.9.9.9, "2620:fe::fe", "::ffff:8.8.8.8"]
    expect:
      status: [2xx, 301, 400-404]
      headers: { Content-Type: text/html, X-Version: 1.10, Server: }
      body_contains: Welcome
      body_lacks: [Error, 1.50]
      body_matches: '^v\d+'
      body_json: { $.status: ok, "$.parts[0].n": 1.0, $.up: true, "$['a b']": }
      fails_with: tls.expired
      max_response_time: 2.5
      certificate_days: 14
      redirects: none
      ipv4: ignored
      ipv6: required
    browser:
      ipv4: https://ipv4.shop.example/a
"#,
    );
    let target = &config.targets[0];
    assert_eq!((target.name.as_str(), target.slug.as_str()), ("404", "shop-2"));
    assert_eq!(target.url(), "https://shop.example:8443/health?x=1");
    assert_eq!(target.authorization.as_deref(), Some("Basic dXNAZXI6c2VjcmV0"));
    assert_eq!((target.interval_s, target.timeout_ms), (3_600, 500));
    assert_eq!(
        target.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["9.9.9.9", "2620:fe::fe", "8.8.8.8"]
    );
    let header = |name: &str, contains: Option<&str>| HeaderExpectation {
        name: name.to_owned(),
        contains: contains.map(str::to_owned),
    };
    let json = |path: &str, equals| JsonExpectation { path: JsonPath::parse(path).expect("a path"), equals };
    let range = |first, last| StatusRange { first, last };
    assert_eq!(
        target.expect,
        Expect {
            status: vec![range(200, 299), range(301, 301), range(400, 404)],
            headers: vec![
                header("Content-Type", Some("text/html")),
                header("X-Version", Some("1.10")),
                header("Server", None),
            ],
            body_contains: vec!["Welcome".to_owned()],
            body_lacks: vec!["Error".to_owned(), "1.50".to_owned()],
            body_matches: vec![r"^v\d+".to_owned()],
            body_json: vec![
                json("$.status", Some(JsonScalar::Text("ok".to_owned()))),
                json("$.parts[0].n", Some(JsonScalar::Number("1.0".to_owned()))),
                json("$.up", Some(JsonScalar::Bool(true))),
                json("$['a b']", None),
            ],
            receives: Vec::new(),
            dns_rcode: None,
            dns_answers: Vec::new(),
            max_response_ms: Some(2_500),
            certificate_days: Some(14),
            max_redirects: 0,
            families: PerFamily { ipv4: Expected::Ignored, ipv6: Expected::Required },
            fails_with: Some(ExpectedFailure::Cause(Cause::TlsExpired)),
        }
    );
    let sent = |name: &str, value: &str| RequestHeader { name: name.to_owned(), value: value.to_owned() };
    assert_eq!(
        target.request,
        Request {
            method: Method::Post,
            headers: vec![sent("Accept", "application/json"), sent("X-Number", "1.10")],
            body: Some(r#"{"deep":true}"#.to_owned()),
            send: None,
        }
    );
    let browser =
        BrowserEndpoints { ipv4: Some("https://ipv4.shop.example/a".to_owned()), ..BrowserEndpoints::default() };
    assert_eq!(target.browser, browser);
    assert!(!format!("{:?}", target.browser).contains("secret"));
}

#[test]
fn times_and_their_defaults() {
    let times = |keys: &str| {
        let config = config(&format!("targets: [{{ url: 'https://a.example', {keys} }}]"));
        (config.targets[0].interval_s, config.targets[0].timeout_ms)
    };
    assert_eq!(times("interval: 5"), (5, 5_000));
    assert_eq!(times("interval: 5s, timeout: 5s"), (5, 5_000));
    assert_eq!(times("interval: 5m"), (300, 10_000));
    assert_eq!(times("interval: 1h, timeout: 60s"), (3_600, 60_000));
    assert_eq!(times("timeout: 1m"), (60, 60_000));
    assert_eq!(times("interval: '30'"), (30, 10_000));
}

#[test]
fn the_whole_policy() {
    let config = config(
        "
x-note: anything
network: { allow_private: true }
controls: { ipv4: ['127.0.0.1:1', '10.0.0.1:443'], ipv6: [] }
resolvers: ['tcp://127.0.0.1:5353', 'https://dns.example', system]
tls:
  roots:
    - ca.pem
    - |
      -----BEGIN CERTIFICATE-----
      MAMCAQE=
      -----END CERTIFICATE-----
self_test: { ipv4: 'http://127.0.0.1:8787', ipv6: 'http://[::1]:8787/', dual_stack: 'http://LOCALHOST:8787' }
targets:
  - url: http://localhost:9000/x
  - url: tcp://[::1]:22
  - url: https://192.0.2.1/
",
    );
    assert!(config.policy.allow_private);
    assert_eq!(config.policy.controls.ipv4.len(), 2);
    assert!(config.policy.controls.ipv6.is_empty());
    let resolvers: Vec<String> = config.policy.resolvers.iter().map(ToString::to_string).collect();
    assert_eq!(resolvers, ["tcp://127.0.0.1:5353", "https://dns.example/dns-query", "system"]);
    assert_eq!(config.policy.extra_roots_pem, [PEM, PEM]);
    assert_eq!(config.self_test.ipv6.as_deref(), Some("http://[::1]:8787"));
    assert_eq!(config.self_test.dual_stack.as_deref(), Some("http://localhost:8787"));
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    let slugs: Vec<&str> = config.targets.iter().map(|t| t.slug.as_str()).collect();
    assert_eq!(slugs, ["localhost-9000", "1-22", "192-0-2-1"]);
    assert_eq!(config.targets[0].browser.ipv6.as_deref(), Some("http://[::1]:9000/x"));
    assert_eq!(config.targets[1].browser, BrowserEndpoints::default());
    assert_eq!(config.targets[2].browser.ipv4.as_deref(), Some("https://192.0.2.1/"));
}

#[test]
fn what_is_left_out_keeps_its_default() {
    let config = config("controls: { ipv6: [] }\nresolvers:\ntargets: [{ url: 'https://a.example', browser: {} }]");
    assert_eq!(config.policy.controls.ipv4, default_controls().ipv4);
    assert!(config.policy.controls.ipv6.is_empty());
    assert_eq!(config.policy.resolvers, default_resolvers());
    assert_eq!(config.targets[0].browser, BrowserEndpoints::default());
}

#[test]
fn literals_and_pinned_names_need_no_resolver() {
    let config = config(
        "resolvers: []\ntargets:\n  - url: https://9.9.9.9/\n  - { url: 'https://a.example/', addresses: 8.8.8.8 }\n",
    );
    assert!(config.policy.resolvers.is_empty());
    assert!(matches!(config.targets[0].endpoint.host, Host::Address(_)));
    assert_eq!(config.targets[1].addresses.len(), 1);
}

#[test]
fn anchors_serve_many_targets() {
    let mut text = "x-web: &web { status: 2xx, body_contains: Welcome }\ntargets:\n".to_owned();
    for n in 0..10_000 {
        writeln!(text, "- {{ url: 'https://host{n}.example/', expect: *web }}").unwrap();
    }
    let config = config(&text);
    assert_eq!(config.targets.len(), 10_000);
    assert_eq!(config.targets[9_999].expect.body_contains, ["Welcome"]);
}

#[test]
fn endpoints_of_the_self_test_have_room_for_a_label() {
    let read = |endpoints: &str| {
        config(&format!("targets: [{{ url: 'https://a.example/' }}]\nself_test: {{ {endpoints} }}\n"))
    };
    let whole = read(
        "ipv4: 'https://*.v4.example', ipv6: 'http://*.v6.example:8080/', dual_stack: 'https://*.ds.example', \
         literal_ipv4: 'http://192.0.2.7', literal_ipv6: 'https://[2001:db8::7]:8443', resolver_ipv6: 'https://*.ns.example'",
    );
    assert_eq!(whole.warnings, []);
    assert_eq!(whole.self_test.ipv4.as_deref(), Some("https://*.v4.example"));
    assert_eq!(whole.self_test.ipv6.as_deref(), Some("http://*.v6.example:8080"));
    assert_eq!(whole.self_test_beside.literal_ipv6.as_deref(), Some("https://[2001:db8::7]:8443"));
    assert_eq!(whole.self_test_beside.resolver_ipv6.as_deref(), Some("https://*.ns.example"));
    let warnings = |endpoints: &str| -> Vec<String> {
        read(endpoints).warnings.iter().map(|w| format!("{}:{} {}", w.line, w.column, w.code)).collect()
    };
    // A neutral name that lists of names know as well is no control.
    let whole = "ipv4: 'https://*.v4.example', ipv6: 'https://*.v6.example', dual_stack: 'https://*.ds.example'";
    for (neutral, expected) in [
        ("neutral_ipv4: 'https://*.oak.example', neutral_ipv6: 'https://*.elm.example'", &[][..]),
        ("neutral_ipv6: 'https://*.ipv6-b.example'", &["2:124 not_neutral"]),
        ("neutral_ipv4: 'https://*.v4.example'", &["2:124 not_neutral"]),
    ] {
        assert_eq!(warnings(&format!("{whole}, {neutral}")), expected, "{neutral}");
    }
    // What is missing is said: labels at the place of the name, endpoints at the place of the section.
    let stiff = "ipv4: 'https://*.v4.example', ipv6: 'https://[2001:db8::1]', dual_stack: 'https://ds.example'";
    assert_eq!(warnings(stiff), ["2:87 no_fresh_labels"]);
    assert_eq!(warnings("dual_stack: 'https://*.ds.example'"), ["2:12 self_test_incomplete"]);
}

#[test]
fn credentials_without_encryption_are_a_warning() {
    let config = config("targets: [{ url: 'http://u:p@a.example/' }]");
    assert_eq!(config.warnings.len(), 1);
    assert_eq!(config.warnings[0].code, "clear_credentials");
}

#[test]
fn special_use_names_stay_targets() {
    let config = config("targets: [{ url: 'http://abcdef.onion/' }, { url: 'http://a.test' }]");
    assert_eq!(config.targets.len(), 2);
}

#[test]
fn names_that_look_like_others_are_warned_of() {
    let found = |text: &str| {
        let warnings = config(text).warnings;
        warnings.into_iter().map(|w| (w.line, w.code, w.message)).collect::<Vec<_>>()
    };
    let target =
        |keys: &str| format!("targets:\n  - {{ url: 'https://a.example/', name: Paypal }}\n  - {{ {keys} }}\n");
    for (keys, message) in [
        ("url: 'https://b.example/', name: Pаypal2", "`name` has U+0430 (а), which looks like the Latin a around it"),
        ("url: 'https://b.example/', name: Paypa1", "the name `Paypa1` looks like `Paypal` in line 2"),
        ("url: 'https://b.example/', name: Раураl, slug: other", "the name `Раураl` looks like `Paypal` in line 2"),
        ("url: 'https://b.example/', name: B, slug: paypa1", "the slug `paypa1` looks like `paypal` in line 2"),
        ("url: 'https://pаypal.example/', name: B", "`url` has U+0430 (а), which looks like the Latin a around it"),
    ] {
        let all = found(&target(keys));
        let is_there = all.iter().any(|(line, code, said)| (*line, *code, &**said) == (3, "look_alike", message));
        assert!(is_there, "{keys}: {all:?}");
    }
    for keys in ["url: 'https://b.example/', name: Магазин", "url: 'https://b.example/', name: Payment"] {
        assert_eq!(found(&target(keys)), []);
    }
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let channels = format!(
        "notify:\n  - {{ name: ops-1, webhook: 'https://hooks.example/', secret: {secret} }}\n  - {{ name: ops-l, log: true }}\n"
    );
    let all = found(&(channels + "targets:\n  - url: https://a.example/\n"));
    assert!(all.iter().any(|(line, code, _)| (*line, *code) == (3, "look_alike")), "{all:?}");
}
