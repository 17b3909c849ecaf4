//! Whatever a repository holds, reading it and concluding from it ends well.

use dualwatch_import::{Source, analyse, rounds};
use proptest::prelude::*;

/// Lines that begin well, so that something behind the first check is reached.
fn line(keys: &'static [&'static str]) -> impl Strategy<Value = String> {
    (0..keys.len(), ".{0,40}").prop_map(|(key, rest)| format!("{}{rest}", keys[key]))
}

fn text(keys: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::collection::vec(line(keys), 0..12).prop_map(|lines| lines.join("\n"))
}

const HISTORY: &[&str] = &[
    "",
    "- ",
    "url: ",
    "status: up",
    "status: down",
    "code: ",
    "code: 400",
    "responseTime: 9e9",
    "lastUpdated: 2026-01-01T00:00:00Z",
    "lastUpdated: '9999-12-31T23:59:59'",
    "lastUpdated: -009999-01-01T00:00:00",
];

const ISSUE: &[&str] = &[
    "",
    r#"{"title":"a","labels":["maintenance"],"body":"<!--\nstart: 2026-01-01T00:00:00Z\nend: "#,
    r#"{"title":"a","body":"In [`a`](x/commit/a\n), S (u) was **down**:\n- HTTP code: 0","comments":["**Resolved:** S) after 9223372036854775807 minutes, 1 minute."]}"#,
    r#"{"title":"a","comments":["**Resolved:** "]}"#,
];

proptest! {
    #[test]
    fn any_text(
        histories in proptest::collection::vec(text(HISTORY), 0..6),
        tsv in text(&["", "commit\tslug\tstatus\tlastUpdated", "a\tb\tdown\t2026-01-01T00:00:00Z", "a\tb\tup\t"]),
        issues in text(ISSUE),
        summary in ".{0,60}",
        config in text(&["sites:", "  - name: v6", "    url: http:///", "    ipv6: true", "    type: globalping", "- "]),
    ) {
        let mut source = Source { configuration: Some((".upptimerc.yml".into(), config)), ..Source::default() };
        for (n, history) in histories.iter().enumerate() {
            source.read_history(history, "h.yml", if n % 2 == 0 { "v6" } else { "ssl" }, "", None);
        }
        source.read_versions(&tsv, "v.tsv");
        source.read_issues(&issues, "i.jsonl");
        source.read_summary(&summary, "s.json");
        source.read_badge(&summary, "b.json");
        let n = source.versions.len();
        let analysis = analyse(source);
        prop_assert_eq!(rounds::rounds(&analysis).len(), n);
        for target in analysis.document().targets {
            for incident in target.incidents {
                prop_assert!(incident.duration_s.is_none_or(|s| s >= 0));
            }
        }
    }
}
