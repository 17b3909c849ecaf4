//! What of a target is public, and that what is shown tells nothing of what is hidden.

use dualwatch_config::{Config, Finding, load};
use dualwatch_core::measure::{public::Public, target::BrowserEndpoints};

fn read(text: &str) -> Result<Config, Vec<Finding>> {
    load(text, "dualwatch.yml", &|_| Err("no such file".to_owned()))
}

/// One target with these further lines, and a line above.
fn target(top: &str, url: &str, lines: &str) -> Result<Config, Vec<Finding>> {
    read(&format!("{top}\ntargets:\n  - name: Shop\n    url: {url}\n    {}\n", lines.replace('\n', "\n    ")))
}

#[test]
fn a_target_says_what_of_it_is_public_and_a_default_what_of_all() {
    let all = Public::default();
    for (top, lines, expected) in [
        ("", "", all),
        ("", "public: true", all),
        ("", "public: {}", all),
        ("", "public: { url: false }", Public { url: false, ..all }),
        ("", "public: { address: false, url: true }", Public { address: false, ..all }),
        ("", "public: false", Public { target: false, ..all }),
        ("public: { address: false }", "", Public { address: false, ..all }),
        ("public: { address: false }", "public: { url: false }", Public::NAME_ONLY),
        ("public: { address: false }", "public: true", all),
        ("public: false", "", Public { target: false, ..all }),
        ("public: false", "public: { address: false }", Public { address: false, ..all }),
    ] {
        let config = target(top, "https://origin.shop.example/", lines).unwrap();
        assert_eq!(config.targets[0].public, expected, "{top} {lines}");
    }
}

#[test]
fn what_is_derived_from_a_hidden_url_is_told_to_no_browser() {
    let hidden =
        target("network: { allow_private: true }", "http://localhost:9000/", "public: { url: false }").unwrap();
    assert_eq!(hidden.targets[0].browser, BrowserEndpoints::default());
    let named = "public: { url: false }\nbrowser: { dual_stack: 'https://www.shop.example/' }";
    let named = target("", "https://origin.shop.example/", named).unwrap();
    assert_eq!(named.targets[0].browser.dual_stack.as_deref(), Some("https://www.shop.example/"));
}

/// One error, at this place.
fn check(text: &str, at: (u64, u64), code: &str, part: &str) {
    let found = read(text).map(|config| config.targets).unwrap_err();
    assert_eq!(found.len(), 1, "{text}\n{found:?}");
    assert_eq!(((found[0].line, found[0].column), found[0].code), (at, code), "{text}\n{found:?}");
    assert!(found[0].message.contains(part) && found[0].hint.is_some(), "{found:?}");
}

#[test]
fn what_tells_what_is_hidden_is_an_error_at_its_place() {
    let of = |first: &str, lines: &[&str]| {
        let lines = lines.iter().fold(String::new(), |all, line| all + "    " + line + "\n");
        format!("targets:\n  - {first}\n{lines}")
    };
    let code = "shown_all_the_same";
    let url = "url: https://origin.shop.example/";
    check(&of(url, &["public: { url: false }"]), (3, 5), code, "`name` shows it");
    check(&of("name: The Origin.Shop.example", &[url, "public: { url: false }"]), (2, 5), code, "`name` shows it");
    check(&of("name: Shop", &[url, "slug: origin-shop-example", "public: { url: false }"]), (4, 5), code, "`slug`");
    check(
        &of("name: Shop", &[url, "group: At origin.shop.example", "public: { url: false }"]),
        (4, 5),
        code,
        "`group`",
    );
    let browser = "browser: { dual_stack: 'https://origin.shop.example/x' }";
    check(&of("name: Shop", &[url, browser, "public: { url: false }"]), (4, 16), code, "every visitor");
    let literal = "browser: { ipv4: 'https://198.41.0.4/' }";
    check(&of("name: Shop", &[url, literal, "public: { address: false }"]), (4, 16), code, "198.41.0.4");
    for public in ["{ url: false }", "{ address: false }"] {
        let text = of("name: Shop", &["url: https://198.41.0.4/", &format!("public: {public}")]);
        check(&text, (4, 5), code, "the URL is an address");
    }
    assert!(read(&of("name: Shop", &["url: https://198.41.0.4/", "public: { url: false, address: false }"])).is_ok());
    // Of an internal target nothing is shown.
    assert!(read(&of(url, &["public: false"])).is_ok());
    // A word as any other.
    assert!(read(&of("name: Shop", &["url: http://shop:8080/", "public: { url: false }"])).is_ok());
    check(&of("name: Shop", &[url, "public: hidden"]), (4, 13), "wrong_type", "`public`");
    check(&of("name: Shop", &[url, "public: { urls: false }"]), (4, 15), "unknown_key", "`urls`");
    check(&of("name: Shop", &[url, "public: { url: no }"]), (4, 20), "wrong_type", "`url`");
    check(&of("name: Shop", &[url, "browser: { ipv6: 'https://a.example/?k=v' }"]), (4, 22), "bad_url", "a query");
}
