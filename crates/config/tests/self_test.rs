//! Every mistake in `self_test:` of `dualwatch.yml` is found at its place, with a hint.

use dualwatch_config::load;

/// One error in the first line, above the targets: where, its code, and a part of its message and of its hint.
fn at_top(line: &str, at: &str, code: &str, message: &str, hint: &str) {
    let text = format!("{line}\ntargets: [{{ url: 'https://shop.example/' }}]\n");
    let found = load(&text, "dualwatch.yml", &|_| Err("no such file".to_owned())).map(|_| line).unwrap_err();
    let shown = found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert_eq!(found.len(), 1, "{text}\n{shown}");
    assert!(shown.starts_with(&format!("dualwatch.yml:{at}: error[{code}]: ")), "{shown}");
    assert!(found[0].message.contains(message), "{text}\n{shown}");
    assert!(found[0].hint.as_deref().is_some_and(|h| h.contains(hint)), "{text}\n{shown}");
}

#[test]
fn endpoints_of_the_self_test() {
    at_top("self_test: { ipv4: 'https://a.example/x' }", "1:20", "bad_url", "no path", "`https://a.example`");
    at_top("self_test: { ipv6: a.example }", "1:20", "bad_url", "no scheme", "https://");
    at_top("self_test: { ipv6: 'https://*.[2001:db8::1]' }", "1:20", "bad_url", "nothing can stand before it", "`*.`");
    at_top("self_test: { ipv6: 'https://*.*.a.example' }", "1:20", "bad_url", "not the whole first label", "one label");
    at_top("self_test: { ipv6: 'https://a.*.example' }", "1:20", "bad_url", "first label", "`https://*.ipv6.status");
    at_top("self_test: { ipv6: 'https://*a.example' }", "1:20", "bad_url", "first label", "`https://*.ipv6.status");
    at_top("self_test: { ipv6: 'https://*.a.example/x' }", "1:20", "bad_url", "no path", "`https://*.a.example`");
    at_top("self_test: { ipv4: 'https://*.192.0.2.1' }", "1:20", "bad_url", "nothing can stand before it", "`*.`");
    at_top("self_test: { literal_ipv4: 'https://a.example' }", "1:28", "bad_url", "without names", "IPv4 address");
    at_top("self_test: { literal_ipv6: 'https://192.0.2.1' }", "1:28", "bad_url", "IPv4 address", "`ipv4`");
    at_top("self_test: { neutral_ipv4: 'https://[2001:db8::1]' }", "1:28", "bad_url", "IPv6 address", "`ipv6`");
    at_top(
        "self_test: { neutral_ipv6: 'https://*.elm.example/x' }",
        "1:28",
        "bad_url",
        "no path",
        "`https://*.elm.example`",
    );
    at_top("self_test: { resolver_ipv6: 'https://192.0.2.1' }", "1:29", "bad_url", "one family", "both families");
}
