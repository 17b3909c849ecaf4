//! No text whatever makes the crate panic, and every error has a place and a hint.

use dualwatch_config::{Severity, load, parse_resolver, parse_url};
use proptest::prelude::*;

fn check(text: &str, name: &str) {
    match load(text, name, &|path| if path.len() % 2 == 0 { Ok(path.to_owned()) } else { Err("no".to_owned()) }) {
        Ok(config) => assert!(config.warnings.iter().all(|w| w.severity == Severity::Warning)),
        Err(findings) => {
            assert!(findings.iter().any(|f| f.severity == Severity::Error));
            for finding in &findings {
                assert!(finding.line >= 1 && finding.column >= 1, "{finding}\n{text:?}");
                assert!(finding.severity == Severity::Warning || finding.hint.is_some(), "{finding}");
                assert!(finding.to_string().lines().count() <= 2, "{finding:?}");
            }
        }
    }
}

/// Pieces of which a configuration is made, and of which a broken one is made.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "targets:\n",
        "sites:\n",
        "  - ",
        "    ",
        "name: ",
        "url: ",
        "slug: ",
        "interval: ",
        "timeout: ",
        "expect: ",
        "status: ",
        "headers: ",
        "browser: ",
        "addresses: ",
        "controls: ",
        "resolvers: ",
        "tls: ",
        "roots: ",
        "ipv4: ",
        "ipv6: ",
        "network: ",
        "allow_private: ",
        "self_test: ",
        "check: ",
        "port: ",
        "https://",
        "tcp://",
        "a.example",
        "[2001:db8::1]",
        "192.0.2.1",
        ":443",
        "@",
        "%",
        "$A",
        "&a ",
        "*a",
        "<<: ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "\n",
        "\t",
        "|\n",
        "'",
        "\"",
        "#",
        "0",
        "1e9",
        ".inf",
        "-",
        "2xx",
        "30s",
        "true",
        "~",
        "? ",
        ": ",
        "!x ",
        "-----BEGIN CERTIFICATE-----",
        "é",
        "鸭",
        "\u{0}",
        "\u{301}",
        "---\n",
        "expectedStatusCodes: ",
        "maxRedirects: ",
    ];
    prop_oneof![4 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text(text in any::<String>()) {
        check(&text, "dualwatch.yml");
        check(&text, ".upptimerc.yml");
    }

    #[test]
    fn text_of_known_pieces(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        check(&text, "dualwatch.yml");
        check(&text, ".upptimerc.yml");
    }

    #[test]
    fn arbitrary_values(key in "(name|slug|url|interval|timeout|addresses)", value in any::<String>()) {
        let quoted = value.replace('\'', "''");
        check(&format!("targets:\n  - url: https://a.example/\n    {key}: '{quoted}'\n"), "dualwatch.yml");
        check(&format!("sites:\n  - name: a\n    {key}: '{quoted}'\n"), ".upptimerc.yml");
    }

    #[test]
    fn urls_that_are_read_are_read_again_the_same(text in "(https|http|tcp)://[a-z0-9.@:/?#\\[\\]%_-]{0,30}") {
        if let Ok((endpoint, _)) = parse_url(&text) {
            let again = parse_url(&endpoint.to_string()).expect("its own text");
            prop_assert_eq!(again, (endpoint, None));
        }
        let _ = parse_resolver(&text);
    }
}
