//! Every mistake in `dualwatch.yml` is found at its place, with a hint.

use dualwatch_config::{Finding, Runtime, Severity, load, load_for};
use std::fmt::Write;

const FILE: &str = "dualwatch.yml";

fn errors(text: &str) -> Vec<Finding> {
    let files = |path: &str| match path {
        "good.pem" => Ok(PEM.to_owned()),
        "key.pem" => Ok(format!("{PEM}{}", PEM.replace("CERTIFICATE", "PRIVATE KEY"))),
        "text.pem" => Ok("hello".to_owned()),
        "cut.pem" => Ok("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    match load(text, FILE, &files) {
        Ok(config) => panic!("loaded: {text}\n{config:?}"),
        Err(findings) => findings,
    }
}

/// Any DER will do: what is inside is the verifier's business.
const PEM: &str = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";

/// One error, at `at`, with these parts.
fn check(text: &str, at: &str, code: &str, message: &str, hint: &str) {
    let found = errors(text);
    let shown = found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert_eq!(found.len(), 1, "{text}\n{shown}");
    let finding = &found[0];
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!((format!("{}:{}", finding.line, finding.column).as_str(), finding.code), (at, code), "{text}\n{shown}");
    assert!(finding.message.contains(message), "{text}\n{shown}");
    assert!(finding.hint.as_deref().is_some_and(|h| h.contains(hint)), "{text}\n{shown}");
    assert!(shown.starts_with(&format!("{FILE}:{at}: error[{code}]: ")), "{shown}");
}

/// One error in a target, whose lines begin at line 3; `url:` is on line 2.
fn in_target(lines: &str, at: &str, code: &str, message: &str, hint: &str) {
    let lines = lines.replace('\n', "\n    ");
    check(&format!("targets:\n  - url: https://shop.example/\n    {lines}\n"), at, code, message, hint);
}

fn in_url(url: &str, code: &str, message: &str, hint: &str) {
    check(&format!("targets:\n  - name: A\n    url: \"{url}\"\n"), "3:10", code, message, hint);
}

/// One error above the targets.
fn at_top(lines: &str, at: &str, code: &str, message: &str, hint: &str) {
    check(&format!("{lines}\ntargets: [{{ url: 'https://shop.example/' }}]\n"), at, code, message, hint);
}

#[test]
fn what_is_indented_otherwise_is_told_as_that() {
    let check = |text: &str, at: &str, message: &str, hint: &str| check(text, at, "yaml_syntax", message, hint);
    let target = "targets:\n  - name: a\n    url: https://a.example/\n";
    check(
        &format!("{target}   interval: 5s\n"),
        "4:4",
        "this key is indented by 3 spaces, those beside it by 4 spaces",
        "indent it by 4 spaces",
    );
    check(&format!("{target}     interval: 5s\n"), "4:6", "by 5 spaces, those beside it by 4", "by 4 spaces");
    check(
        "targets:\n  - name: a\n   url: https://a.example/\n",
        "3:4",
        "by 3 spaces, those beside it by 4",
        "4 spaces",
    );
    check(
        &format!("{target}    expect:\n      status: 200\n     body: x\n"),
        "6:6",
        "by 5 spaces, those beside it by 6",
        "by 6 spaces",
    );
    check(
        "notify:\n   - name: a\n     log: true\n  - name: b\n    log: true\n",
        "4:3",
        "this item is indented by 2 spaces, those beside it by 3",
        "by 3 spaces",
    );
    // A list without its dashes stays what it is.
    let missing = errors("targets:\n  - a: 1\n  b: 2\n");
    assert!(missing[0].hint.as_deref().is_some_and(|hint| hint.contains("`- `")), "{missing:?}");
}

#[test]
fn the_document() {
    check("", "1:1", "empty_file", "empty", "targets:");
    check("# only a comment\n", "1:1", "empty_file", "empty", "targets:");
    check("---\n", "1:1", "empty_file", "empty", "targets:");
    check("just text", "1:1", "wrong_type", "a mapping, this is text", "`targets`");
    check("- a\n- b\n", "1:1", "wrong_type", "a mapping, this is a list", "`targets`");
    check("network: {}\n", "1:1", "no_targets", "no targets", "targets:");
    check("targets:\n", "1:1", "no_targets", "no targets", "targets:");
    check("\n\ntargets: []\n", "3:10", "no_targets", "no targets", "targets:");
    check("targets: https://shop.example/\n", "1:10", "wrong_type", "a list, this is text", "`- `");
    check("targets:\n  - https://shop.example/\n", "2:5", "wrong_type", "a mapping, this is text", "`url`");
    check(&"# \n".repeat(400_000), "1:1", "too_large", "1 MiB", "several installations");
    let many = format!("targets: [{}]", "{},".repeat(10_001));
    check(&many, "1:30011", "too_many_targets", "10001 targets; 10000", "several");
}

#[test]
fn yaml_syntax() {
    check("targets:\n\t- url: x\n", "2:1", "tab_indentation", "tab", "indentation is spaces");
    check("targets:\n  - name: A\n  \t  url: x\n", "3:3", "tab_indentation", "tab", "indentation is spaces");
    check("targets:\n  - name: A\n\turl: x\n", "3:1", "tab_indentation", "tab", "indentation is spaces");
    check("targets:\n  - name: Shop: the best\n", "2:15", "yaml_syntax", "not allowed", "quotes");
    check("targets:\n  - name: \"Shop\n", "2:11", "yaml_syntax", "unclosed quote", "close");
    check("targets: [\n", "1:10", "yaml_syntax", "unclosed bracket", "close");
    check("targets: []]\n", "1:12", "yaml_syntax", "misplaced bracket", "remove");
    check("targets: @x\n", "1:10", "yaml_syntax", "unexpected character", "quotes");
    check("targets: \"\\q\"\n", "1:10", "yaml_syntax", "unknown escape", "single quotes");
    check("targets:\n- a\nb\n", "3:1", "yaml_syntax", "expected ':'", "`key: value`");
    check("targets: []\n---\nb: 1\n", "3:1", "yaml_syntax", "second YAML document", "`---`");
    check("targets: *all\n", "1:10", "yaml_syntax", "no anchor", "&name");
    check("? [a]\n: b\ntargets: [{ url: 'https://a.example' }]\n", "1:3", "wrong_type", "a list", "key: value");
    check("~: b\ntargets: [{ url: 'https://a.example' }]\n", "1:1", "wrong_type", "nothing", "key: value");
}

#[test]
fn aliases_cannot_blow_a_document_up() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let previous = format!("*a{}, ", n - 1).repeat(10);
        writeln!(bomb, "a{n}: &a{n} [{}]", previous.trim_end_matches(", ")).unwrap();
    }
    assert_eq!(errors(&bomb)[0].code, "too_complex");
    let wide = format!("a: &a \"{}\"\nb: [{}]\n", "\\u0041".repeat(50_000), "*a, ".repeat(20_000));
    assert_eq!(errors(&wide)[0].code, "too_complex");
    assert_eq!(errors(&"[".repeat(10_000))[0].code, "too_complex");
    let mut deep = String::new();
    for n in 0..200 {
        writeln!(deep, "{}a:", " ".repeat(n)).unwrap();
    }
    assert_eq!(errors(&deep)[0].code, "too_complex");
}

#[test]
fn unknown_and_repeated_keys() {
    at_top("network: {}\nresolver: [system]", "2:1", "unknown_key", "`resolver`", "did you mean `resolvers`?");
    at_top("zzz: 1", "1:1", "unknown_key", "`zzz` in the configuration", "known keys: `targets`");
    at_top(
        "network: { allow-private: true }",
        "1:12",
        "unknown_key",
        "`allow-private` in `network`",
        "`allow_private`",
    );
    at_top("tls: { root: [] }", "1:8", "unknown_key", "in `tls`", "`roots`");
    at_top("controls: { v4: [] }", "1:13", "unknown_key", "in `controls`", "`ipv4`");
    at_top("self_test: { dualstack: 'https://a.example' }", "1:14", "unknown_key", "in `self_test`", "`dual_stack`");
    in_target("Interval: 30s", "3:5", "unknown_key", "`Interval` in a target", "`interval`");
    in_target("expect: { statuscode: 200 }", "3:15", "unknown_key", "in `expect`", "`status`");
    in_target("expect:\n  maxResponseTime: 1s", "4:7", "unknown_key", "in `expect`", "`max_response_time`");
    in_target("browser: { ipv5: x }", "3:16", "unknown_key", "in `browser`", "`ipv");
    in_target("name: A\nname: B", "4:5", "duplicate_key", "`name`", "line 3");
    at_top("network: {}\nnetwork: {}", "2:1", "duplicate_key", "`network`", "line 1");
    check("targets: [{ url: 'https://a.example' }]\nsites: []\n", "2:1", "mixed_formats", "Upptime", "keep one");
}

#[test]
fn wrong_types() {
    in_target("name: [a]", "3:11", "wrong_type", "`name` must be text, this is a list", "one value");
    in_target("name: true", "3:11", "wrong_type", "text", "quotes");
    in_target("interval: {}", "3:15", "wrong_type", "a span of time", "30s");
    in_target("expect: 200", "3:13", "wrong_type", "`expect` must be a mapping", "`status`");
    in_target("expect: { headers: [a] }", "3:24", "wrong_type", "`headers` must be a mapping", "content-type");
    in_target("expect: { headers: { a: [b] } }", "3:29", "wrong_type", "text", "one value");
    in_target("addresses: { a: 1 }", "3:16", "wrong_type", "an address must be text", "one value");
    in_target("browser: https://a.example", "3:14", "wrong_type", "`browser` must be a mapping", "`ipv4`");
    at_top("network: true", "1:10", "wrong_type", "`network` must be a mapping", "allow_private");
    at_top("network: { allow_private: 'true' }", "1:27", "wrong_type", "true or false, this is text", "without quotes");
    at_top("network: { allow_private: yes }", "1:27", "wrong_type", "true or false", "`true`");
    at_top("resolvers: system", "1:12", "wrong_type", "a list", "`- `");
    at_top("controls: { ipv4: '192.0.2.1:443' }", "1:19", "wrong_type", "a list", "`- `");
    at_top("controls: []", "1:11", "wrong_type", "a mapping", "`ipv4`");
    at_top("tls: { roots: [[a]] }", "1:16", "wrong_type", "text", "one value");
}

#[test]
fn urls() {
    check("targets:\n  - name: A\n", "2:5", "missing_key", "without `url`", "url: https://");
    check("targets:\n  - name: A\n    url:\n", "2:5", "missing_key", "without `url`", "url: https://");
    in_url("shop.example", "bad_url", "no scheme", "`https://shop.example`");
    in_url("shop.example:443", "bad_url", "no scheme", "`tcp://shop.example:443`");
    in_url("ftp://shop.example", "bad_url", "`ftp` is not supported", "tcp://host:port");
    in_url("https://", "bad_url", "host is empty", "https://host");
    in_url("http:///user:pw@shop.example/", "bad_url", "three slashes", "two slashes");
    in_url("htp:/shop.example/", "bad_url", "does not begin a URL", "https://");
    in_url("https://shop.example:0/", "bad_url", "port 0", "1 to 65535");
    in_url("https://shop.example:70000/", "bad_url", "out of range", "1 to 65535");
    in_url("tcp://shop.example", "bad_url", "needs a port", "`tcp://shop.example:PORT`");
    in_url("https://shop .example/", "bad_url", "space", "%20");
    in_url("https://2001:db8::1/", "bad_url", "brackets", "`[2001:db8::1]`");
    in_url("https://[fe80::1%eth0]/", "bad_url", "zone", "link-local");
    in_url("https://127.0.0.1/", "private_address", "loopback", "network: { allow_private: true }");
    in_url("https://0x7f.1/", "private_address", "127.0.0.1", "network: { allow_private: true }");
    in_url("https://[::ffff:10.0.0.1]/", "private_address", "private", "network: { allow_private: true }");
    in_url("https://192.168.1.1/", "private_address", "private", "network: { allow_private: true }");
    in_url("https://192.0.2.1/", "private_address", "not routed", "network: { allow_private: true }");
    in_url("http://localhost:8080/", "private_address", "this machine", "network: { allow_private: true }");
    in_url("tcp://shop.localhost:80", "private_address", "this machine", "network: { allow_private: true }");
    let special = "network: { allow_private: true }\ntargets: [{ url: 'https://0.0.0.0/' }]\n";
    check(special, "2:18", "private_address", "no destination", "another address");
}

#[test]
fn names_and_slugs() {
    in_target("name: ''", "3:11", "empty_text", "`name` is empty", "leave the key out");
    in_target(&format!("name: {}", "x".repeat(201)), "3:11", "out_of_range", "200 characters", "shorten");
    in_target("name: \"a\\nb\"", "3:11", "out_of_range", "one line", "shorten");
    in_target("name: \"a\\u202Eb\"", "3:11", "invisible_character", r"\u202e", "without");
    in_target("name: \"pay\\u200Bpal\"", "3:11", "invisible_character", r"\u200b", "without");
    in_target("slug: My Shop", "3:11", "bad_slug", "`My Shop` is no slug", "for example `my-shop`");
    in_target("slug: a--b", "3:11", "bad_slug", "no slug", "`a-b`");
    in_target("slug: '!'", "3:11", "bad_slug", "no slug", "single hyphens");
    in_target(&format!("slug: {}", "x".repeat(65)), "3:11", "bad_slug", "64 characters", "for example");
    let two = |second: &str| format!("targets:\n  - name: My Shop\n    url: https://a.example/\n{second}");
    check(&two("  - name: my-shop\n    url: https://b.example/\n"), "4:11", "duplicate_slug", "`my-shop`", "line 2");
    check(&two("  - url: https://b.example/\n    slug: my-shop\n"), "5:11", "duplicate_slug", "`my-shop`", "line 2");
    let same_url = "targets:\n  - url: https://a.example/\n  - url: https://a.example/b\n";
    check(same_url, "3:5", "duplicate_slug", "`a-example`", "line 2");
}

#[test]
fn times() {
    in_target("interval: 0", "3:15", "out_of_range", "`interval` is 0", "shortest interval is `5s`");
    in_target("interval: 4s", "3:15", "out_of_range", "4s; it must be from 5s to 1h", "`5s` or more");
    in_target("interval: 3601", "3:15", "out_of_range", "3601s", "`1h` or less");
    in_target("interval: 2h", "3:15", "out_of_range", "2h", "`1h` or less");
    in_target("interval: 5500ms", "3:15", "out_of_range", "whole seconds", "`6s`");
    in_target("interval: -5s", "3:15", "bad_duration", "negative", "`30s`");
    in_target("interval: soon", "3:15", "bad_duration", "`soon` is no span of time", "`30s`");
    in_target("interval: 99999999999999999999h", "3:15", "bad_duration", "", "`30s`");
    in_target("interval: .inf", "3:15", "bad_duration", "", "`30s`");
    in_target("timeout: 0", "3:14", "out_of_range", "0s", "leave the key out");
    in_target("timeout: 61s", "3:14", "out_of_range", "61s", "leave the key out");
    in_target("timeout: 20s\ninterval: 10s", "3:14", "out_of_range", "longer than the interval (10s)", "at most `10s`");
    in_target("expect: { max_response_time: 0 }", "3:34", "out_of_range", "0s", "leave the key out");
    in_target("expect: { max_response_time: 2m }", "3:34", "out_of_range", "2m", "leave the key out");
}

#[test]
fn expectations() {
    in_target("expect: { status: 20 }", "3:23", "bad_status", "`20` is no HTTP status", "`2xx`");
    in_target("expect: { status: [200, 700] }", "3:29", "bad_status", "`700`", "`2xx`");
    in_target("expect: { status: ok }", "3:23", "bad_status", "`ok`", "`2xx`");
    in_target("expect: { headers: { 'a b': c } }", "3:26", "bad_header", "`a b` is no header name", "RFC 9110");
    in_target("expect: { headers: { a: '' } }", "3:29", "empty_text", "empty", "remove");
    in_target("expect: { body_contains: '' }", "3:30", "empty_text", "empty", "remove");
    in_target("expect: { body_lacks: [a, ''] }", "3:31", "empty_text", "empty", "remove");
    let long = format!("expect: {{ body_lacks: {} }}", "x".repeat(5_000));
    in_target(&long, "3:27", "out_of_range", "5000 bytes", "part is enough");
    in_target("expect: { redirects: 21 }", "3:26", "out_of_range", "`21`; it must be from 0 to 20", "`none`");
    in_target("expect: { redirects: few }", "3:26", "out_of_range", "`few`", "`none`");
    in_target("expect: { ipv6: require }", "3:21", "unknown_value", "`ipv6` cannot be `require`", "`required`?");
    in_target("expect: { ipv6: 1 }", "3:21", "unknown_value", "`1`", "`published`");
    in_target("expect: { ipv4: ignored, ipv6: ignored }", "3:30", "nothing_to_measure", "both", "`published`");
    let tcp = |key: &str| format!("targets:\n  - url: tcp://a.example:25\n    expect: {{ {key} }}\n");
    check(&tcp("status: 200"), "3:15", "no_http", "has `status`", "https://");
    check(&tcp("certificate_days: 14"), "3:15", "no_tls", "no certificate", "tls://");
    in_target("expect: { certificate_days: 0 }", "3:33", "out_of_range", "`0`; it must be from 1 to 365", "14");
    in_target("expect: { certificate_days: two weeks }", "3:33", "out_of_range", "`two weeks`", "14");
    check(&tcp("max_response_time: 1s, redirects: 1"), "3:38", "no_http", "has `redirects`", "https://");
    check(&tcp("body_json: { $.a: 1 }"), "3:15", "no_http", "has `body_json`", "https://");
}

#[test]
fn bodies() {
    in_target("expect: { body_matches: 'a(' }", "3:29", "bad_regex", "`a(` is no regular expression", "look-around");
    in_target(
        "expect: { body_matches: [a, 'x{5000}{5000}'] }",
        "3:33",
        "costly_regex",
        "`x{5000}",
        "`.{0,200}` is 200",
    );
    in_target("expect: { body_matches: '.{0,500}x' }", "3:29", "costly_regex", "60 is the limit", "`body_contains`");
    let many = format!("expect: {{ body_matches: [{}] }}", ["'.{0,300}x'"; 10].join(", "));
    in_target(&many, "3:147", "costly_regex", "and those before it", "`body_contains`");
    in_target("expect: { body_matches: '' }", "3:29", "empty_text", "empty", "remove");
    in_target("expect: { body_json: $.a }", "3:26", "wrong_type", "`body_json` must be a mapping", "`$.status: ok`");
    in_target("expect: { body_json: { status: ok } }", "3:28", "bad_json_path", "begin with `$`", "`$.parts[0].name`");
    in_target("expect: { body_json: { '$..a': ok } }", "3:28", "bad_json_path", "one member", "`$.parts[0].name`");
    in_target("expect: { body_json: { $.a: [1] } }", "3:33", "wrong_type", "the value at a path", "inside of it");
    in_target("method: HEAD\nexpect: { body_lacks: a }", "4:5", "no_body", "HEAD has no body", "GET");
}

#[test]
fn failures_that_are_expected() {
    in_target("expect: { fails_with: tcp.refuse }", "3:27", "unknown_value", "`tcp.refuse`", "`tcp.refused`?");
    in_target("expect: { fails_with: never }", "3:27", "unknown_value", "`never`", "`any`");
    in_target("expect: { fails_with: slow }", "3:27", "unknown_value", "slow target is reached", "`max_response_time`");
    in_target("expect: { fails_with: vantage.offline }", "3:27", "unknown_value", "nothing about the target", "`any`");
}

#[test]
fn requests() {
    in_target("method: GTE", "3:13", "unknown_value", "`GTE`", "`GET`, `HEAD`");
    in_target("method: TRACE", "3:13", "unknown_value", "`TRACE`", "`GET`, `HEAD`");
    in_target("body: hello", "3:5", "no_body", "a GET request has no body", "`method: POST`");
    in_target("method: DELETE\nbody: hello", "4:5", "no_body", "a DELETE request has no body", "`method: POST`");
    in_target("headers: [a]", "3:14", "wrong_type", "a mapping", "accept: application/json");
    in_target("headers: { 'a b': c }", "3:16", "bad_header", "`a b` is no header name", "RFC 9110");
    in_target("headers: { Host: c }", "3:16", "bad_header", "`Host` is not yours", "`url`");
    in_target("headers: { content-length: 5 }", "3:16", "bad_header", "`content-length` is not yours", "remove");
    in_target("headers: { a: b, A: c }", "3:22", "duplicate_key", "`A` is already there", "keep one");
    in_target(r#"headers: { a: "b\r\nc: d" }"#, "3:19", "bad_header", "a line break", "one line of ASCII");
    in_target("headers: { a: }", "3:17", "wrong_type", "text", "one value");
    let long = format!("method: POST\nbody: {}", "x".repeat(20_000));
    in_target(&long, "4:11", "out_of_range", "20000 bytes", "send less");
    in_target("send: HELO", "3:5", "only_tcp", "has `send`", "`body`");
    in_target("expect: { receives: 220 }", "3:15", "only_tcp", "has `receives`", "`body_contains`");
    in_target("expect: { answers: 192.0.2.1 }", "3:15", "only_dns", "has `answers`", "dns://");
    let dns = |keys: &str| format!("targets:\n  - url: dns://ns.example/a.example\n    {keys}\n");
    check(&dns("expect: { rcode: NXDOMIAN }"), "3:22", "unknown_value", "`NXDOMIAN`", "`NXDOMAIN`");
    check(&dns("send: a"), "3:5", "only_tcp", "has `send`", "tcp://");
    check(&dns("body: a"), "3:5", "no_http", "has `body`", "https://");
    let tcp = |key: &str| format!("targets:\n  - url: tcp://a.example:25\n    {key}\n");
    check(&tcp("send: { hex: 1 }"), "3:18", "bad_hex", "`1` is not hexadecimal", "16 03 01");
    check(&tcp("send: {}"), "3:11", "missing_key", "without `hex`", "16 03 01");
    check(&tcp("send: ''"), "3:11", "empty_text", "empty", "remove");
    check(&tcp("expect: { receives: [220, ''] }"), "3:31", "empty_text", "empty", "remove");
    let ws = |key: &str| format!("targets:\n  - url: wss://a.example/\n    {key}\n");
    check(&ws("method: POST"), "3:5", "no_http", "has `method`", "https://");
    check(&ws("body: a"), "3:5", "no_http", "has `body`", "https://");
    check(&ws("expect: { status: 200 }"), "3:15", "no_http", "has `status`", "https://");
    check(&ws("expect: { redirects: 1 }"), "3:15", "no_http", "has `redirects`", "https://");
    check(&ws("headers: { Sec-WebSocket-Key: a }"), "3:16", "bad_header", "`Sec-WebSocket-Key` is not yours", "remove");
    let clear = "targets:\n  - url: ws://a.example/\n    expect: { certificate_days: 9 }\n";
    check(clear, "3:15", "no_tls", "no certificate", "wss://");
    let tcp = "targets:\n  - url: tcp://a.example:25\n    method: POST\n";
    check(tcp, "3:5", "no_http", "has `method`", "https://");
}

#[test]
fn addresses() {
    in_target("addresses: [shop.example]", "3:17", "bad_address", "`shop.example` is no address", "192.0.2.1");
    in_target("addresses: ['9.9.9.9:443']", "3:17", "bad_address", "no address", "port out");
    in_target("addresses: ['[2620:fe::fe]:443']", "3:17", "bad_address", "no address", "port out");
    in_target("addresses: [9.9.9.0/24]", "3:17", "bad_address", "no address", "not a network");
    in_target("addresses: ['fe80::1%eth0']", "3:17", "bad_address", "no address", "zone");
    in_target("addresses: [9.9.9.9, 9.9.9.9]", "3:26", "duplicate_address", "twice", "one of them");
    in_target("addresses: [10.0.0.1]", "3:17", "private_address", "private", "network: { allow_private: true }");
    in_target(
        "addresses: [9.9.9.9]\nexpect: { ipv6: required }",
        "4:5",
        "nothing_to_measure",
        "IPv6 is required",
        "add",
    );
    in_target("addresses: [9.9.9.9]\nexpect: { ipv4: ignored }", "4:5", "nothing_to_measure", "IPv4 is ignored", "add");
    let literal = "targets:\n  - url: https://9.9.9.9/\n    addresses: [8.8.8.8]\n";
    check(literal, "3:5", "unused_addresses", "address already", "name into the URL");
}

#[test]
fn browser_endpoints() {
    in_target("browser: { ipv4: 'tcp://a.example:1' }", "3:22", "bad_url", "cannot open `tcp`", "https://");
    in_target("browser: { ipv4: 'https://[2001:db8::1]/' }", "3:22", "bad_url", "IPv6 address", "move it to `ipv6`");
    in_target("browser: { ipv6: 'https://192.0.2.1/' }", "3:22", "bad_url", "IPv4 address", "move it to `ipv4`");
    in_target("browser: { dual_stack: 'https://192.0.2.1/' }", "3:28", "bad_url", "one family", "both families");
    in_target("browser: { dual_stack: 'https://u:p@a.example/' }", "3:28", "bad_url", "every visitor", "`@`");
    in_target("browser: { dual_stack: a.example }", "3:28", "bad_url", "no scheme", "`https://a.example`");
}

#[test]
fn what_the_edge_cannot_do_has_its_place() {
    let text = "resolvers:\n  - tcp://9.9.9.9\n  - system\ntargets: [{ url: 'https://shop.example/' }]\n";
    let read = |runtime| load_for(runtime, text, FILE, &|_| Err(String::new())).map(drop);
    assert_eq!(read(Runtime::Native), Ok(()));
    let found = read(Runtime::Edge).unwrap_err();
    let finding = &found[0];
    assert_eq!((found.len(), finding.line, finding.column, finding.code), (1, 3, 5, "no_system_resolver"));
    assert!(finding.message.contains("`resolvers`") && finding.hint.is_some(), "{finding}");
}

#[test]
fn controls_resolvers_and_roots() {
    at_top("controls: { ipv4: ['one.example:443'] }", "1:20", "bad_control", "no address", "needs no resolver");
    at_top("controls: { ipv4: ['9.9.9.9'] }", "1:20", "bad_control", "port is missing", "`9.9.9.9:443`");
    at_top("controls: { ipv6: ['9.9.9.9:443'] }", "1:20", "bad_control", "IPv4 address", "move it to `ipv4`");
    at_top("controls: { ipv4: ['10.0.0.1:443'] }", "1:20", "private_address", "control: 10.0.0.1", "allow_private");
    let many = format!("controls: {{ ipv4: [{}] }}", "'9.9.9.9:443', ".repeat(17));
    at_top(&many, "1:260", "out_of_range", "17 items; 16", "best");
    at_top("resolvers: [9.9.9.9]", "1:13", "bad_resolver", "no scheme", "`tcp://9.9.9.9`");
    at_top("resolvers: ['udp://9.9.9.9']", "1:13", "bad_resolver", "only DNS over TCP", "`tcp://9.9.9.9`");
    at_top("resolvers: ['tcp://10.0.0.1']", "1:13", "private_address", "resolver: 10.0.0.1", "allow_private");
    at_top("resolvers: ['https://localhost/']", "1:13", "private_address", "this machine", "allow_private");
    at_top("resolvers: []", "1:1", "no_resolver", "nobody can resolve the host of `shop.example`", "leave");
    at_top("resolvers: ['https://dns.example/']", "1:1", "no_resolver", "names of these resolvers", "tcp://9.9.9.9");
    at_top(
        "tls: { roots: [missing.pem] }",
        "1:16",
        "unreadable_file",
        "`missing.pem` cannot be read: no such file",
        "path",
    );
    at_top("tls: { roots: [text.pem] }", "1:16", "bad_certificate", "no certificate", "BEGIN CERTIFICATE");
    at_top("tls: { roots: [cut.pem] }", "1:16", "bad_certificate", "PEM", "BEGIN CERTIFICATE");
    at_top("tls: { roots: [key.pem] }", "1:16", "bad_certificate", "private key", "secret");
    let inline =
        "tls:\n  roots:\n    - |\n      -----BEGIN PUBLIC KEY-----\n      MAMCAQE=\n      -----END PUBLIC KEY-----";
    at_top(inline, "4:7", "bad_certificate", "no certificate", "BEGIN CERTIFICATE");
}

#[test]
fn everything_is_found_in_one_go() {
    let text = "\
network: { alow_private: true }
controls: { ipv6: ['9.9.9.9:443', 'x'] }
targets:
  - { name: A, url: shop.example, interval: 0, timeout: 90s }
  - { name: B, url: 'https://b.example/', slug: B_, expect: { status: 1, ipv4: x }, nmae: C }
  - { name: B, url: 'https://b.example/', interval: 1s }
  - { name: b, url: 'http://u:p@b.example/' }
";
    let found: Vec<String> =
        errors(text).iter().map(|f| format!("{}:{} {} {}", f.line, f.column, f.severity, f.code)).collect();
    let expected = [
        "1:12 error unknown_key",
        "2:20 error bad_control",
        "2:35 error bad_control",
        "4:21 error bad_url",
        "4:45 error out_of_range",
        "4:57 error out_of_range",
        "5:49 error bad_slug",
        "5:71 error bad_status",
        "5:80 error unknown_value",
        "5:85 error unknown_key",
        "6:53 error out_of_range",
        "7:13 error duplicate_slug",
        "7:21 warning clear_credentials",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_place_of_a_merged_or_aliased_value_is_where_it_is_used() {
    let text = "x-all: &all { interval: 0 }\ntargets:\n  - url: https://a.example/\n    <<: *all\n";
    check(text, "4:9", "out_of_range", "`interval` is 0", "5s");
}
