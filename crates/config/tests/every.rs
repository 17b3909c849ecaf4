//! `addresses: every`, in a target and for all of them, and its mistakes at their places.

use dualwatch_config::{Finding, load};

/// One error, at `at`, with these parts.
fn check(text: &str, at: &str, code: &str, message: &str, hint: &str) {
    let found: Vec<Finding> = load(text, "dualwatch.yml", &|_| Err(String::new())).expect_err(text);
    assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    let finding = &found[0];
    assert_eq!((format!("{}:{}", finding.line, finding.column).as_str(), finding.code), (at, code), "{text}");
    assert!(finding.message.contains(message), "{finding:?}");
    assert!(finding.hint.as_deref().unwrap_or_default().contains(hint), "{finding:?}");
}

#[test]
fn each_mistake_is_found_at_its_place() {
    let in_target = |lines: &str, at: &str, code: &str, message: &str, hint: &str| {
        check(&format!("targets:\n  - url: https://shop.example/\n    {lines}\n"), at, code, message, hint);
    };
    let at_top = |line: &str, at: &str, code: &str, message: &str, hint: &str| {
        check(&format!("{line}\ntargets: [{{ url: 'https://shop.example/' }}]\n"), at, code, message, hint);
    };
    in_target("addresses: all", "3:16", "bad_address", "`all` is no address", "did you mean `every`?");
    let fails = "addresses: every\n    expect: { fails_with: any }";
    in_target(fails, "3:16", "unused_addresses", "must fail", "remove `every`, or `fails_with`");
    let literal = "targets:\n  - url: https://9.9.9.9/\n    addresses: every\n";
    check(literal, "3:16", "unused_addresses", "only this one", "write a name");
    at_top("addresses: each", "1:12", "unknown_value", "of all targets is `each`", "did you mean `every`?");
    at_top("addresses: 192.0.2.1", "1:12", "unknown_value", "`192.0.2.1`", "belong to one target");
    at_top("addresses: [every]", "1:12", "wrong_type", "`addresses`", "");
}

#[test]
fn every_address_is_asked_for_by_a_target_or_by_all() {
    let config = |top: &str| {
        let text = format!(
            "{top}targets:\n  - {{ url: 'https://a.example/' }}\n  - {{ url: 'https://b.example/', addresses: every }}\n  \
             - {{ url: 'https://c.example/', addresses: [every, 9.9.9.9, '2620:fe::fe'] }}\n  \
             - {{ url: 'https://d.example/', addresses: first }}\n  - {{ url: 'https://e.example/', addresses: 9.9.9.9 }}\n"
        );
        load(&text, "dualwatch.yml", &|_| Err(String::new())).unwrap_or_else(|f| panic!("{f:#?}"))
    };
    let asked =
        |top: &str| config(top).targets.iter().map(|t| (t.every_address, t.addresses.len())).collect::<Vec<_>>();
    assert_eq!(asked(""), [(false, 0), (true, 0), (true, 2), (false, 0), (false, 1)]);
    assert_eq!(asked("addresses: every\n"), [(true, 0), (true, 0), (true, 2), (false, 0), (true, 1)]);
    // What does not ask for it is written down as before.
    let plain = serde_json::to_string(&config("").targets[0]).unwrap();
    assert!(!plain.contains("every"), "{plain}");
}
