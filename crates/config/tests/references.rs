//! What one part of the document says of another: a reference to nothing is named beside all other mistakes, and nothing
//! is said of a reference whose other end could not be read.

use dualwatch_config::load;

/// Loads a text; its findings are exactly these, each as `line:column code part-of-the-message`.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let findings = load(text, "dualwatch.yml", &|_| Err("no such file".into())).map(|_| text).unwrap_err();
    let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), expected.len(), "{text}\n{shown:#?}");
    for (finding, expected) in findings.iter().zip(expected) {
        let (place, rest) = expected.split_once(' ').expect("place, code, part");
        let (code, part) = rest.split_once(' ').expect("code, part");
        let begin = format!("dualwatch.yml:{place}: error[{code}]: ");
        assert!(finding.to_string().starts_with(&begin) && finding.message.contains(part), "{text}\n{shown:#?}");
    }
}

#[test]
fn a_channel_is_not_missing_beside_a_broken_notify() {
    let target = "targets:\n  - url: https://a.example/\n    notify: [slack]\n";
    let misspelt = "notfy:\n  - { name: slack, log: true }\n";
    check(&format!("{misspelt}{target}"), &["1:1 unknown_key `notfy`"]);
    let mapping = "notify:\n  slack: { log: true }\n";
    check(&format!("{mapping}{target}"), &["2:3 wrong_type must be a list"]);
    let empty = format!("notify:\n{target}");
    check(&empty, &["4:14 unknown_channel `slack`"]);
    let hint = |text: &str| load(text, "dualwatch.yml", &|_| Err(String::new())).unwrap_err()[0].hint.clone().unwrap();
    assert!(hint(&empty).starts_with("line 1 has `notify:` without a channel"), "{}", hint(&empty));
    assert!(hint(&format!("{mapping}{target}")).contains("- webhook:"));
    assert!(hint(target).starts_with("add `notify:` at the top"), "{}", hint(target));
}

const RULE: &str = "title: T, from: 2026-12-01T01:00:00Z, for: 2h";

#[test]
fn an_unknown_target_of_a_maintenance_is_named_beside_other_errors() {
    let text = |targets: &str, top: &str, named: &str| {
        format!("targets:\n{targets}{top}maintenance:\n  - {{ targets: {named}, {RULE} }}\n")
    };
    let shop = "  - { name: Shop, url: 'https://shop.example/' }\n";
    let unknown = "unknown_target there is no target with the slug `nosuch`";
    check(&text(shop, "", "[nosuch]"), &[&format!("4:17 {unknown}")]);
    // An error of the document, of another section, of the rule itself, of another target, and of the very target.
    check(&text(shop, "tragets: 1\n", "[nosuch]"), &["3:1 unknown_key `tragets`", &format!("5:17 {unknown}")]);
    check(
        &text(shop, "self_test: 1\n", "[shop, nosuch]"),
        &["3:12 wrong_type `self_test`", &format!("5:23 {unknown}")],
    );
    check(
        &format!("targets:\n{shop}maintenance:\n  - {{ targets: nosuch, title: T }}\n"),
        &["4:5 missing_key says not when", &format!("4:16 {unknown}")],
    );
    let bad_url = "  - { name: Mail, url: 'mail.example' }\n";
    check(
        &text(&format!("{shop}{bad_url}"), "", "[shop, mail, nosuch]"),
        &["3:24 bad_url no scheme", &format!("5:29 {unknown}")],
    );
    let bad_slug = "  - { slug: Shop!, url: 'https://shop.example/' }\n";
    check(&text(bad_slug, "", "[shop, nosuch]"), &["2:13 bad_slug `Shop!`", &format!("4:23 {unknown}")]);
    let no_url = "  - { slug: shop }\n";
    check(&text(no_url, "", "[shop, nosuch]"), &["2:5 missing_key without `url`", &format!("4:23 {unknown}")]);
    check(
        &text("  - { url: 'https://shop.example/', interval: 0 }\n", "", "[shop-example, nosuch]"),
        &["2:47 out_of_range `interval` is 0", &format!("4:31 {unknown}")],
    );
}

#[test]
fn nothing_is_said_of_a_target_that_could_not_be_read() {
    let text = |targets: &str| format!("targets: {targets}\nmaintenance: [{{ targets: [mail], {RULE} }}]\n");
    check(&text("[{ slug: [mail], url: 'https://mail.example/' }]"), &["1:19 wrong_type `slug`"]);
    check(&text("[{ url: 'mail.example' }]"), &["1:18 bad_url no scheme"]);
    check(&text("[{ name: [mail], url: 'https://a.example/' }]"), &["1:19 wrong_type `name`"]);
    check(&text("[mail]"), &["1:11 wrong_type a target"]);
    check(&text("mail"), &["1:10 wrong_type `targets`"]);
    // There is none, and none is in doubt.
    check(&text("[]"), &["1:10 no_targets no targets", "2:27 unknown_target `mail`"]);
}

#[test]
fn slugs_are_compared_whatever_else_is_wrong_with_their_targets() {
    check(
        "targets:\n  - { slug: a, url: nowhere }\n  - { slug: a, url: 'https://a.example/' }\n",
        &["2:21 bad_url no scheme", "3:13 duplicate_slug `a` is taken"],
    );
    // What would become of these names is not known.
    check(
        "targets:\n  - { name: '', url: 'https://a.example/' }\n  - { name: '', url: 'https://a.example/' }\n",
        &["2:13 empty_text `name`", "3:13 empty_text `name`"],
    );
}

#[test]
fn an_unknown_channel_is_named_beside_other_errors() {
    let text = |notify: &str, named: &str| {
        format!("notify: {notify}\ntargets:\n  - {{ notify: {named}, url: 'https://a.example/', interval: 0 }}\n")
    };
    let interval = "out_of_range `interval` is 0";
    let with = |notify: &str, named: &str, expected: &[&str]| {
        let column = 54 + named.len();
        let own = format!("3:{column} {interval}");
        check(&text(notify, named), &[expected, &[&own]].concat());
    };
    with("[log]", "[ops]", &["3:16 unknown_channel no channel `ops`"]);
    // Channels that are there, and cannot be used as they are.
    let hook = "[{ name: ops, webhook: 'https://h.example/' }]";
    with(hook, "[ops, obs]", &["1:10 missing_key without `secret`", "3:21 unknown_channel no channel `obs`"]);
    with("[{ name: ops }]", "[ops]", &["1:10 missing_key without `webhook` or `log`"]);
    with("[{ name: On Call, log: true }]", "[on-call]", &["1:18 bad_slug `On Call`"]);
    with("[mail]", "[ops]", &["1:10 unknown_value `mail`"]);
    with("log", "[log]", &["1:9 wrong_type `notify`"]);
    with(
        "[{ name: a, webhook: x, secret: y }, { name: a, log: true }]",
        "[a]",
        &["1:30 bad_url no scheme", "1:41 bad_secret does not begin", "1:54 duplicate_channel `a`"],
    );
}

#[test]
fn what_resolvers_and_networks_say_of_targets_is_told_beside_other_errors() {
    let targets = "targets:\n  - { url: 'https://a.example/', interval: 0 }\n";
    let interval = "out_of_range `interval` is 0";
    check(
        &format!("resolvers: []\n{targets}"),
        &["1:1 no_resolver nobody can resolve the host of `a.example`", &format!("3:44 {interval}")],
    );
    check(
        &format!("resolvers: ['https://dns.example/dns-query']\n{targets}"),
        &["1:1 no_resolver names of these resolvers", &format!("3:44 {interval}")],
    );
    // The one that could not be read may be the one with an address.
    check(
        &format!("resolvers: [x://1, 'https://dns.example/dns-query']\n{targets}"),
        &["1:13 bad_resolver resolver", &format!("3:44 {interval}")],
    );
    // Nobody has to resolve a name whose pinned address could not be read, and nobody can say which family it has.
    check(
        "resolvers: []\ntargets:\n  - { url: 'https://a.example/', addresses: [x], expect: { ipv6: required } }\n",
        &["3:46 bad_address `x`"],
    );
    // What a network allows that could not be read is not held against its targets.
    check(
        "network: { allow_private: 'yes' }\ntargets: [{ url: 'https://10.0.0.1/' }]\n",
        &["1:27 wrong_type `allow_private`"],
    );
    check(
        "network: { allow_private: false }\ntargets: [{ url: 'https://10.0.0.1/' }]\n",
        &["2:18 private_address 10.0.0.1"],
    );
}
