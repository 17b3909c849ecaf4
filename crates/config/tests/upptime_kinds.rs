//! Where Upptime does something else than its author means: each kind with its neighbours.

use dualwatch_config::{Config, SKIPS_A_SITE, Severity, UpptimeSite, load, upptime_sites};
use dualwatch_core::measure::target::{Expected, Target};

fn config(text: &str) -> Config {
    load(text, ".upptimerc.yml", &|_| Err("no such file".to_owned()))
        .unwrap_or_else(|found| panic!("{text}\n{found:?}"))
}

/// The codes of one site, `type`, `name` and so on in braces; notes with a hyphen before them.
fn codes(site: &str) -> Vec<String> {
    let config = config(&format!("sites:\n  - {site}\n"));
    let shown = |severity, code: &str| if severity == Severity::Note { format!("-{code}") } else { code.to_owned() };
    config.warnings.iter().map(|w| shown(w.severity, w.code)).collect()
}

fn check(site: &str, expected: &[&str]) {
    assert_eq!(codes(site), expected, "{site}");
}

fn target(site: &str) -> Target {
    let config = config(&format!("sites:\n  - {site}\n"));
    config.targets.into_iter().next().unwrap_or_else(|| panic!("{site}: {:?}", config.warnings))
}

fn site(site: &str) -> UpptimeSite {
    upptime_sites(&format!("sites:\n  - {site}\n")).remove(0)
}

fn message(text: &str, code: &str) -> String {
    let config = config(text);
    let found = config.warnings.iter().find(|w| w.code == code);
    found.unwrap_or_else(|| panic!("{code}: {:#?}", config.warnings)).to_string()
}

#[test]
fn globalping_has_rules_of_its_own() {
    let url = |site: &str| target(site).url();
    assert_eq!(url("{name: A, url: a.example/x, type: globalping}"), "https://a.example/x");
    assert_eq!(url("{name: A, url: 'http://a.example/x', type: globalping, port: 8080}"), "http://a.example:8080/x");
    assert_eq!(url("{name: A, url: 'http://a.example/x', type: globalping, check: ssl}"), "https://a.example/");
    assert_eq!(url("{name: A, url: a.example, type: Globalping}"), "http://a.example/");
    check("{name: B, url: vpn.a.example, type: globalping, check: tcp-ping}", &["icmp_ping", "-not_followed"]);
    assert!(SKIPS_A_SITE.contains(&"icmp_ping"));
    let c =
        target("{name: C, url: 'https://c.example', type: globalping, expectedStatusCodes: [301], maxRedirects: 5}");
    assert_eq!(c.expect.max_redirects, 0);
    assert!(c.expect.accepts_status(301) && !c.expect.accepts_status(200));
    let v6 = target("{name: C, url: 'https://c.example', type: globalping, ipv6: true}");
    assert_eq!(v6.expect.families.ipv6, Expected::Required);
    check("{name: D, url: 'wss://d.example', type: globalping, check: ws}", &["-not_followed", "ends_upptime"]);
    check("{name: E, url: 'https://e.example', type: globalping, method: POST}", &["-not_followed", "only_down"]);
    check("{name: E, url: 'https://e.example', type: globalping, body: x}", &["-not_followed", "no_effect"]);
}

#[test]
fn what_can_only_be_down_is_said() {
    check("{name: T, url: a.example/public/x, port: 80, check: tcp-ping, ipv6: true}", &["only_down"]);
    for (yaml, why) in [
        ("url: a.example/x, port: 80, check: tcp-ping", "a path"),
        ("url: 'https://a.example', port: 80, check: tcp-ping", "a scheme"),
        ("url: 'a.example:80', check: tcp-ping, port: 80", "a port"),
        ("url: '[2001:db8::1]', check: tcp-ping, port: 80", "brackets"),
        ("url: 'https://a.example/', check: ssl", "a scheme"),
        ("url: 'a.example:465', check: ssl", "a port"),
        ("url: a.example, check: tcp-ping, port: 70000", "no such port"),
        ("url: a.example, check: ssl, port: -1", "no such port"),
        ("url: 9.9.9.9, check: tcp-ping, port: 53, ipv6: yes", "IPv4 address"),
        ("url: a.example, check: ws", "WebSocket"),
        ("url: 'https://a.example', expectedStatusCodes: []", "no code is expected"),
        ("url: 'https://a.example', expectedStatusCodes: [2xx]", "no code is expected"),
        ("url: 'https://a.example', expectedStatusCodes: [301, 302]", "follows redirects"),
        (
            "url: 'https://a.example', __dangerous__body_down: ok, __dangerous__body_down_if_text_missing: is ok",
            "`__dangerous__body_down`",
        ),
    ] {
        let found = site(&format!("{{name: A, {yaml}}}")).only_down.unwrap_or_else(|| panic!("{yaml}"));
        assert!(found.contains(why), "{yaml}: {found}");
    }
    for yaml in [
        "url: a.example, check: tcp-ping, port: 80",
        "url: '2001:db8::1', check: tcp-ping, port: 80, ipv6: true",
        "url: $HOST/x, check: tcp-ping, port: 80",
        "url: a.example/x, check: tcp-ping, type: globalping",
        "url: 'https://a.example', expectedStatusCodes: [301], maxRedirects: 0",
        "url: 'https://a.example', expectedStatusCodes: [301], type: globalping",
        "url: 'https://a.example', expectedStatusCodes: [301, 200]",
        "url: 'https://a.example', expectedStatusCodes: [304]",
        "url: 'wss://a.example', check: ws",
        "url: a.example, check: ssl",
    ] {
        assert_eq!(site(&format!("{{name: A, {yaml}}}")).only_down, None, "{yaml}");
    }
    check("{name: A, url: a.example, check: tcp-ping, port: 80, ipv6: true}", &["no_ipv6_at_github"]);
    let own =
        "runner: '[self-hosted, linux]'\nsites: [{name: A, url: a.example, check: tcp-ping, port: 80, ipv6: true}]";
    assert_eq!(config(own).warnings.iter().map(|w| w.code).collect::<Vec<_>>(), ["no_meaning_here"]);
    let ssl = message("sites: [{name: A, url: a.example, check: ssl}]", "ssl_as_https");
    assert!(ssl.contains("fewer than 7 days") && ssl.contains("for ever"), "{ssl}");
}

#[test]
fn zero_is_no_status() {
    let both = site("{name: A, url: 'https://a.example', expectedStatusCodes: [200, '0']}");
    assert!(both.expects_no_answer && both.expected == [200]);
    check("{name: A, url: 'https://a.example', expectedStatusCodes: [200, ~]}", &["no_answer_expected"]);
    assert!(!site("{name: A, url: 'https://a.example', expectedStatusCodes: [200]}").expects_no_answer);
}

#[test]
fn keys_below_others_are_known() {
    let text = "owner: o\nrepo: r\nsites: [{name: A, url: 'https://a.example'}]\nstatus-website:\n  cname: a.example\n  \
                logoHref: /\n  hideNavLogo: true\n  hideNavTitle: true\n  navbarGitHub: true\n  localhostCacheTime: 1\n  \
                productionCacheTime: 2\n  skipDeleteIssues: true\n  navBar: []\n  statusPage: x\n  publish: no\n  navbar: x\n\
                workflowSchedule:\n  uptime: '*/5 * * * *'\n  summery: x\n  cname: x\ncommitMessages:\n  statusChange: x\n  \
                commitauthor: x\ni18n:\n  anything: at all\nuserAgent: x\nuser-agent: y\ngraph: { width: 600 }\n";
    let found: Vec<String> = config(text).warnings.iter().map(ToString::to_string).collect();
    let unknown: Vec<&str> = found
        .iter()
        .filter(|w| w.contains("[unknown_key]"))
        .map(|w| w.split_once("key]: ").map_or("", |(_, rest)| rest))
        .collect();
    assert_eq!(
        unknown,
        [
            "nothing of Upptime reads `skipDeleteIssues` below `status-website`\n  hint: Upptime reads it at the top only: it \
             is indented once too often",
            "nothing of Upptime reads `navBar` below `status-website`\n  hint: did you mean `navbar`?",
            "nothing of Upptime reads `statusPage` below `status-website`\n  hint: it has no effect, neither in Upptime nor here",
            "nothing of Upptime reads `summery` below `workflowSchedule`\n  hint: did you mean `summary`?",
            "nothing of Upptime reads `cname` below `workflowSchedule`\n  hint: Upptime reads it below `status-website:` only",
            "nothing of Upptime reads `commitauthor` below `commitMessages`\n  hint: it has no effect, neither in Upptime nor \
             here",
        ]
    );
    for part in ["switched_on]: `status-website.publish: no`", "wrong_shape]: `status-website.navbar` must be a list"] {
        assert!(found.iter().any(|w| w.contains(part)), "{part}: {found:#?}");
    }
    assert!(!found.iter().any(|w| w.contains("page_only")), "{found:#?}");
}

#[test]
fn a_right_file_has_nothing_but_notes() {
    let text = "owner: o\nrepo: r\nuser-agent: x\nassignees: [a]\nsites:\n  - { name: A, url: 'https://a.example', icon: x, \
                tags: [t] }\n  - { name: B, url: b.example, check: ssl }\nstatus-website: { cname: a.example, name: S }\n\
                i18n: { up: oben }\nskipTopicsUpdate: true\ncommitMessages: { statusChange: x }\n";
    let found = config(text).warnings;
    assert!(found.iter().all(|w| w.severity == Severity::Note), "{found:#?}");
    let least = "owner: o\nrepo: r\nsites: [{ name: A, url: 'https://a.example' }]\nstatus-website: { name: S }\n";
    assert_eq!(config(least).warnings, []);
}

#[test]
fn no_hint_turns_the_meaning_round() {
    for (key, hint) in [
        ("ipv4: true", None),
        ("maxRedirect: 1", Some("`maxRedirects`")),
        ("expectedStatusCode: [200]", Some("`expectedStatusCodes`")),
        ("requesttimeout: 5", Some("`requestTimeout`")),
    ] {
        let text = message(&format!("sites: [{{ name: A, url: 'https://a.example', {key} }}]"), "unknown_key");
        assert_eq!(text.split_once("did you mean ").map(|(_, rest)| rest.trim_end_matches('?')), hint, "{text}");
    }
    for key in ["commitInterval", "skipCommit", "autoAssign"] {
        let text = message(&format!("sites: [{{ name: A, url: 'https://a.example' }}]\n{key}: 1\n"), "unknown_key");
        assert!(text.contains("it has no effect"), "{text}");
    }
}

#[test]
fn names_in_names_are_said() {
    let inside = |sites: &str| message(&format!("sites: [{sites}]"), "secret_in_secret");
    let found = inside("{name: A, url: $LIVEWEB}, {name: B, url: $LIVEWEBSOCKET}");
    assert!(found.contains("`$LIVEWEBSOCKET` begins with `$LIVEWEB`, another secret"), "{found}");
    let found = inside("{name: A, url: 'https://a.example', headers: ['X: $CI_TOKEN']}");
    assert!(found.contains("`$CI_TOKEN` begins with `$CI`, a variable of GitHub's runner"), "{found}");
    let listed = "secrets: [LIVEWEBSOCKET, LIVEWEB]\nsites: [{name: A, url: $LIVEWEB}, {name: B, url: $LIVEWEBSOCKET}]";
    assert!(!config(listed).warnings.iter().any(|w| w.code == "secret_in_secret"));
    let bad = "secrets: [lower, 5, GITHUB_X]\nsites: [{name: A, url: 'https://a.example'}]";
    assert_eq!(config(bad).warnings.iter().filter(|w| w.code == "wrong_shape").count(), 3);
}

#[test]
fn what_needs_no_secret_is_measured() {
    let text = "owner: o\nrepo: r\nsecrets: [NOTIFICATION_SLACK]\nsites:\n  - {name: A, url: $REDIRECT-CHECKER}\n  \
                - {name: B, url: '${{ secrets.DATA_URL }}'}\n  - {name: C, url: 'https://shop.example/?cb=$DYNAMIC_RANDOM_NUMBER'}\n  \
                - {name: D, url: 'https://shop.example/?cb=$DYNAMIC_ALPHANUMERIC_STRING'}\n  - {name: E, url: $NOT_LISTED}\n";
    let config = config(text);
    let urls: Vec<String> = config.targets.iter().map(Target::url).collect();
    assert_eq!(urls.len(), 2);
    assert!(
        urls[0].starts_with("https://shop.example/?cb=") && urls[0].ends_with(|c: char| c.is_ascii_digit()),
        "{urls:?}"
    );
    let found: Vec<String> = config.warnings.iter().map(ToString::to_string).collect();
    for part in [
        "nothing ever replaces `$REDIRECT-CHECKER`: names of GitHub's secrets",
        "hint: write `$DATA_URL`",
        "needs the secret `$NOT_LISTED`, which `secrets:` does not hand over",
        "note[fixed_random]: what Upptime draws by lot is always the same here (2 sites)",
    ] {
        assert!(found.iter().any(|w| w.contains(part)), "{part}: {found:#?}");
    }
    let sent = target(
        "{name: A, url: 'https://a.example', headers: ['X-Cb: $DYNAMIC_RANDOM_NUMBER', 'Authorization: Bearer ${{ secrets.T }}']}",
    );
    assert_eq!(sent.request.headers.len(), 2);
    check("{name: A, url: 'https://a.example', headers: ['A: ${{ secrets.T }}']}", &["sent_as_written"]);
    check("{name: A, url: $GITHUB_SITE}", &["never_replaced"]);
}

#[test]
fn a_name_of_another_host_is_said() {
    let codes = |sites: &str| {
        let config = config(&format!("sites: [{sites}]"));
        config.warnings.iter().map(|w| w.code).collect::<Vec<_>>()
    };
    let one = "{name: de1.vpn.example, url: 'https://de1.vpn.example'}";
    assert_eq!(
        codes(&format!("{{name: de2.vpn.example, url: 'https://de1.vpn.example'}}, {one}")),
        ["name_of_another_host"]
    );
    assert_eq!(codes("{name: de2.vpn.example, url: 'https://de1.vpn.example'}"), [""; 0]);
    assert_eq!(codes(&format!("{{name: Shop (shop.example), url: 'https://www.shop.example'}}, {one}")), [""; 0]);
    assert_eq!(
        codes("{name: a.example, url: 'https://www.a.example'}, {name: www.a.example, url: 'https://www.a.example'}"),
        [""; 0]
    );
    assert_eq!(codes("{name: mail.b.example (SMTP), url: mx7.b.example, check: tcp-ping, port: 25}"), [""; 0]);
}

#[test]
fn what_is_switched_on_by_no_is_said() {
    let tcp = |flag: &str| format!("{{name: A, url: a.example, check: tcp-ping, port: 22, ipv6: {flag}}}");
    for (flag, is_on) in [
        ("yes", true),
        ("no", true),
        ("off", true),
        ("'false'", true),
        ("1", true),
        ("true", true),
        ("False", false),
        ("0", false),
        ("''", false),
        ("~", false),
        ("[]", true),
        ("0.0", false),
    ] {
        assert_eq!(site(&tcp(flag)).follows_ipv6(), is_on, "{flag}");
        let expected = if is_on { Expected::Required } else { Expected::Published };
        assert_eq!(target(&tcp(flag)).expect.families.ipv6, expected, "{flag}");
        assert_eq!(
            codes(&tcp(flag)).contains(&"switched_on".to_owned()),
            matches!(flag, "no" | "off" | "'false'"),
            "{flag}"
        );
    }
    check("{name: A, url: 'https://a.example', ipv6: no}", &[]);
    check("{name: A, url: 'https://a.example', verbose: off}", &["-no_meaning_here", "switched_on"]);
    check("{name: A, url: 'https://a.example', __dangerous__insecure: 'false'}", &["-not_followed", "switched_on"]);
    check("{name: A, url: 'https://a.example', tags: prod}", &["-no_meaning_here", "wrong_shape"]);
}

#[test]
fn where_upptime_ends_is_said() {
    for (yaml, part) in [
        ("{name: 123, url: 'https://a.example'}", "`name` must be text, and is a number"),
        ("{name: 2026-01-01, url: 'https://a.example'}", "`name` must be text, and is a date"),
        ("{name: true, url: 'https://a.example'}", "`name` must be text, and is true or false"),
        ("{url: 'https://a.example'}", "Expected a string"),
        ("{url: $SECRET}", "a site without `name`"),
        ("{name: A, slug: 123, url: 'https://a.example'}", "`slug` must be text"),
        ("{name: A, url: 'https://a.example', headers: 'A: b'}", "`headers` is no list"),
        ("{name: A, url: 'https://a.example', headers: [A: b]}", "a header must be text"),
        ("{name: A, url: 'https://a.example', body: {a: 1}, method: POST}", "`body` must be text"),
        ("{name: A, url: 'https://a.example', method: true}", "`method` must be text"),
        ("{name: A, url: 'https://a.example', expectedStatusCodes: 200}", "`expectedStatusCodes` is no list"),
        (
            "{name: A, url: 'https://a.example', __dangerous__body_degraded: 5}",
            "`__dangerous__body_degraded` must be text",
        ),
        ("{name: A, url: 'wss://a.example', check: ws, body: 5}", "once the WebSocket is open"),
        ("{name: A, url: 123}", "`url` must be text"),
        ("{name: A, url: 'https://a.example', icon: !mine x}", "unknown tag !<!mine>"),
        ("https://a.example", "a site must be a mapping"),
        ("{name: A}", "a site without `url`"),
    ] {
        let found = config(&format!("sites:\n  - {yaml}\n")).warnings;
        let ends: Vec<String> =
            found.iter().map(ToString::to_string).filter(|w| w.contains("Upptime's whole run ends")).collect();
        assert_eq!(ends.len(), 1, "{yaml}: {found:#?}");
        assert!(ends[0].contains(part), "{yaml}: {}", ends[0]);
    }
    for yaml in [
        "{name: 123, slug: own, url: 'https://a.example'}",
        "{name: A, url: a.example, check: tcp-ping, port: 22, headers: 'A: b'}",
        "{name: A, url: 'https://a.example', headers: ''}",
        "{name: A, url: 'https://a.example', body: 0}",
        "{name: A, url: 'https://a.example', expectedStatusCodes: ''}",
        "{name: 12e4567, url: 'https://a.example'}",
        "{name: yes, url: 'https://a.example'}",
    ] {
        assert_eq!(site(yaml).ends_run, None, "{yaml}");
    }
    assert_eq!(site("{name: 12e4567, url: 'https://a.example'}").slug, "12e4567");
}

#[test]
fn what_is_left_over_is_said() {
    let text = "owner: me\nrepo: r\nPAT: ghp_x\nsites:\n  - {name: Test Broken Site, url: 'https://thissitedoesnotexist.koj.co'}\n\
                status-website: {cname: demo.upptime.js.org}\n";
    let codes: Vec<&str> = config(text).warnings.iter().map(|w| w.code).filter(|c| *c != "no_meaning_here").collect();
    assert_eq!(codes, ["open_secret", "left_over", "left_over"]);
    assert!(!config(&text.replace("owner: me", "owner: upptime")).warnings.iter().any(|w| w.code == "left_over"));
}

#[test]
fn slugs_that_are_cut_are_two_files_in_upptime() {
    let long = "a".repeat(70);
    let text =
        format!("sites: [{{name: {long}b, url: 'https://a.example'}}, {{name: {long}c, url: 'https://b.example'}}]");
    let config = config(&text);
    assert!(config.warnings.iter().all(|w| w.code == "slug_changed"), "{:#?}", config.warnings);
    let slugs: Vec<String> = upptime_sites(&text).into_iter().map(|site| site.slug).collect();
    assert_eq!(slugs, [format!("{long}b"), format!("{long}c")]);
}
