//! `slo`, `confirm`, `history`, `notify` and `maintenance`: what they become, and every mistake in them.

use dualwatch_config::{Config, Finding, Severity, load};
use dualwatch_core::{
    measure::{
        family::PerFamily,
        target::{Retention, Slo},
        time::{HOUR, Timestamp},
    },
    respond::{
        delivery::{Channel, Means},
        maintenance::{Every, Expected, Nth, Recurring, Rule, Weekday, When},
    },
};

/// Thirty-two bytes.
const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const TARGETS: &str =
    "targets: [{ name: Shop, url: 'https://shop.example/' }, { name: Mail, url: 'tcp://mail.example:25' }]";

fn loaded(top: &str) -> Result<Config, Vec<Finding>> {
    let files = |path: &str| match path {
        "good.secret" => Ok(format!("{SECRET}\n")),
        "bad.secret" => Ok("whsec_hunter2".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    load(&format!("{}\n{TARGETS}\n", top.replace("SECRET", SECRET)), "dualwatch.yml", &files)
}

fn good(top: &str) -> Config {
    let config = loaded(top).unwrap_or_else(|findings| panic!("{top}\n{findings:#?}"));
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    config
}

/// One error, at `at`, with these parts; no secret in it.
#[track_caller]
fn bad(top: &str, at: &str, code: &str, message: &str, hint: &str) {
    let findings = loaded(top).map(|_| top.to_owned()).unwrap_err();
    assert_eq!(findings.len(), 1, "{top}\n{findings:#?}");
    let f = &findings[0];
    assert_eq!((f.severity, f.code), (Severity::Error, code), "{top}\n{f}");
    assert_eq!(format!("{}:{}", f.line, f.column), at, "{top}\n{f}");
    assert!(f.message.contains(message) && f.hint.as_ref().is_some_and(|h| h.contains(hint)), "{top}\n{f}");
    assert!(!f.to_string().contains("hunter2"), "{f}");
}

/// The rule of one maintenance.
fn rule(keys: &str) -> Rule {
    good(&format!("maintenance: [{{ title: T, {keys} }}]")).maintenance.remove(0)
}

/// One error in a maintenance; columns count from its first key at 27.
#[track_caller]
fn bad_rule(keys: &str, column: u32, code: &str, message: &str, hint: &str) {
    bad(&format!("maintenance: [{{title: T, {keys} }}]"), &format!("1:{column}"), code, message, hint);
}

fn time(text: &str) -> Timestamp {
    Timestamp::from_unix_ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

#[test]
fn the_share_of_failures_that_is_unstable_is_inherited_and_can_be_switched_off() {
    let shares = |top: &str| good(top).targets.iter().map(|t| t.confirm.unstable_percent).collect::<Vec<_>>();
    assert_eq!(shares("slo: 99.9"), [Some(20); 2]);
    assert_eq!(shares("unstable: 35 %"), [Some(35); 2]);
    assert_eq!(shares("unstable: false"), [None; 2]);
    assert_eq!(shares("unstable: 60\nconfirm: { failures: 3 }"), [Some(60); 2]);
    assert_eq!(shares("confirm: { failures: 1 }"), [Some(20); 2], "nothing was asked for that cannot be");
    let text = "\
unstable: 30
targets:
  - { url: 'https://shop.example/' }
  - { url: 'https://mail.example/', unstable: false }
  - { url: 'https://chat.example/', unstable: 80, confirm: { failures: 5 } }";
    let config = load(text, "dualwatch.yml", &|_| Err(String::new())).unwrap();
    let shares: Vec<_> = config.targets.iter().map(|t| t.confirm.unstable_percent).collect();
    assert_eq!(shares, [Some(30), None, Some(80)]);
}

#[test]
fn objectives_and_confirmation_are_inherited() {
    let config = good("slo: 99.9\nconfirm: { failures: 4 }");
    for target in &config.targets {
        assert_eq!(target.slo, Slo::from_ppm(999_000));
        assert_eq!((target.confirm.failures_to_confirm, target.confirm.successes_to_confirm), (4, 2));
    }
    let text = "
slo: 99
confirm: { failures: 4, successes: 5 }
targets: [{ url: 'https://shop.example/', slo: '99.99 %', confirm: { successes: 1 } }]";
    let config = load(text, "dualwatch.yml", &|_| Err(String::new())).unwrap();
    assert_eq!(config.targets[0].slo, Slo::from_ppm(999_900));
    let confirm = config.targets[0].confirm;
    assert_eq!((confirm.failures_to_confirm, confirm.successes_to_confirm), (4, 1));
    let config = good("");
    assert_eq!((config.targets[0].slo, &config.targets[0].notify), (None, &None));

    bad("slo: 100", "1:6", "out_of_range", "below 100", "99.9999");
    bad("slo: 0", "1:6", "out_of_range", "above 0", "99.9");
    bad("slo: 99.99999", "1:6", "out_of_range", "four decimals", "99.9");
    bad("slo: high", "1:6", "out_of_range", "percentage", "99.9");
    bad("slo: [99]", "1:6", "wrong_type", "a number, this is a list", "99.9");
    bad("confirm: { failures: 0 }", "1:22", "out_of_range", "from 1 to 10", "leave it out for 2");
    bad("confirm: { successes: 11 }", "1:23", "out_of_range", "from 1 to 10", "rounds");
    bad("confirm: { failures: 1.5 }", "1:22", "out_of_range", "from 1 to 10", "rounds");
    bad("confirm: { failures: two }", "1:22", "wrong_type", "a number", "rounds");
    bad("confirm: { failure: 2 }", "1:12", "unknown_key", "`confirm`", "`failures`");
    bad("unstable: 5", "1:11", "out_of_range", "from 10 to 90", "`false` for never");
    bad("unstable: 12.5", "1:11", "out_of_range", "whole percentage", "`false` for never");
    bad("unstable: true", "1:11", "wrong_type", "a percentage or `false`", "10 to 90");
    bad("unstable: often", "1:11", "out_of_range", "from 10 to 90", "10 to 90");
    bad("unstable: 51", "1:11", "never_unstable", "more than 50 %", "at most 50");
    bad("confirm: { failures: 1 }\nunstable: 20", "2:11", "never_unstable", "more than 0 %", "`unstable: false`");
    bad("confirm: 2", "1:10", "wrong_type", "a mapping", "`failures`");
}

#[test]
fn history() {
    let days = |d: u32| d * 86_400;
    let kept = good("history: { rounds: 36h, hourly: 100y }").policy.history;
    let expected = Retention { rounds_s: 129_600, five_minutes_s: days(90), hourly_s: days(36_500) };
    assert_eq!(kept, expected);
    assert_eq!(good("history: {}").policy.history, Retention::default());
    bad("history: { rounds: 7 }", "1:20", "bad_duration", "no span", "`7d`");
    bad("history: { rounds: 1h }", "1:20", "out_of_range", "from 1d to 1y", "for ever");
    bad("history: { hourly: 101y }", "1:20", "out_of_range", "from 1d to 100y", "for ever");
    bad("history: { rounds: 100d }", "1:12", "out_of_range", "`rounds` is kept longer (100d)", "coarser");
    bad("history: { hourly: 30d }", "1:12", "out_of_range", "`five_minutes` is kept longer (90d)", "coarser");
    bad("history: { daily: 1y }", "1:12", "unknown_key", "`daily`", "`rounds`");
}

#[test]
fn channels() {
    let config = good(
        "notify:
  - { name: on-call, webhook: 'https://u:p@hooks.example/x?y', secret: SECRET }
  - { webhook: 'https://hooks.example/', secret: { file: good.secret } }
  - log
  - { name: quiet, log: true }",
    );
    let names: Vec<&str> = config.channels.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["on-call", "webhook", "log", "quiet"]);
    assert_eq!(config.channels[2], Channel { name: "log".to_owned(), means: Means::Log });
    let Means::Webhook { endpoint, authorization, secret } = &config.channels[0].means else { panic!("a webhook") };
    assert_eq!(endpoint.to_string(), "https://hooks.example/x?y");
    assert_eq!((authorization.as_deref(), secret.as_str()), (Some("Basic dTpw"), SECRET));
    assert!(matches!(&config.channels[1].means, Means::Webhook { secret, .. } if secret == SECRET));
    let private = "network: { allow_private: true }\nnotify: [{ webhook: 'http://127.0.0.1:9/', secret: SECRET }]";
    assert_eq!(good(private).channels.len(), 1);
    assert!(config.channels[0].hears(None) && !config.channels[0].hears(Some(&[])));

    let webhook = |rest: &str| format!("notify: [{{ webhook: {rest} }}]");
    let url = |url: &str| webhook(&format!("'{url}', secret: SECRET"));
    bad("notify: log", "1:9", "wrong_type", "a list", "`- `");
    bad("notify: [mail]", "1:10", "unknown_value", "`mail` is no kind", "`- log`");
    bad("notify: [{ name: a }]", "1:10", "missing_key", "without `webhook` or `log`", "whsec_");
    bad("notify: [log, log]", "1:15", "duplicate_channel", "`log` is there twice", "line 1");
    bad("notify: [{ log: true, name: On Call }]", "1:29", "bad_slug", "no name", "`on-call`");
    bad("notify: [{ log: true, secret: x }]", "1:23", "unused_secret", "only a webhook", "remove");
    bad("notify: [{ log: true, hook: x }]", "1:23", "unknown_key", "`hook` in a channel", "`webhook`");
    bad(&webhook("'https://h.example/'"), "1:10", "missing_key", "without `secret`", "openssl");
    bad(&webhook("'https://h.example/', log: true, secret: SECRET"), "1:43", "mixed_channel", "both", "two");
    bad(&webhook("'https://h.example/', secret: hunter2"), "1:51", "bad_secret", "does not begin", "openssl");
    bad(&webhook("'https://h.example/', secret: whsec_hunter2"), "1:51", "bad_secret", "no Base64", "openssl");
    bad(&webhook("'https://h.example/', secret: whsec_c2hvcnQ="), "1:51", "bad_secret", "has 5 bytes", "24 to 64");
    bad(&webhook("'https://h.example/', secret: { file: bad.secret }"), "1:59", "bad_secret", "no Base64", "24");
    bad(&webhook("'https://h.example/', secret: { file: gone }"), "1:59", "unreadable_file", "`gone`", "relative");
    bad(&webhook("'https://h.example/', secret: {}"), "1:51", "missing_key", "without `file`", "webhook.secret");
    bad(&url("tcp://h.example:1"), "1:21", "bad_url", "posted to `tcp`", "https");
    bad(&url("h.example"), "1:21", "bad_url", "no scheme", "https");
    bad(&url("http://h.example/"), "1:21", "clear_webhook", "can be read", "https");
    bad(&url("https://10.0.0.1/"), "1:21", "private_address", "webhook: 10.0.0.1", "to deliver there");
    bad(&url("https://[::1]/"), "1:21", "private_address", "loopback", "allow_private");
    bad(&url("https://localhost/"), "1:21", "private_address", "this machine", "allow_private");
    bad(&url("https://169.254.169.254/latest"), "1:21", "private_address", "private", "allow_private");
}

#[test]
fn channels_of_a_target() {
    let text = |notify: &str| {
        format!(
            "notify: [log, {{ name: ops, log: true }}]\ntargets: [{{ url: 'https://a.example/', notify: {notify} }}]"
        )
    };
    let notify = |names: &str| load(&text(names), "dualwatch.yml", &|_| Err(String::new()));
    let names = |n: &str| notify(n).unwrap().targets[0].notify.clone().unwrap_or_default();
    assert_eq!(names("ops"), ["ops"]);
    assert_eq!(names("[ops, log, ops]"), ["ops", "log"]);
    assert_eq!(names("[]"), [""; 0]);
    let findings = notify("[obs]").unwrap_err();
    assert_eq!((findings[0].code, findings[0].column), ("unknown_channel", 49));
    assert_eq!(findings[0].hint.as_deref(), Some("did you mean `ops`?"));
    let none = "targets: [{ url: 'https://a.example/', notify: ops }]";
    let findings = load(none, "dualwatch.yml", &|_| Err(String::new())).unwrap_err();
    assert!(findings[0].hint.as_deref().is_some_and(|h| h.contains("at the top")));
}

#[test]
fn maintenance_once() {
    let once = |keys: &str| match rule(keys).when {
        When::Once { from, to } => (from, to),
        When::Recurring(_) => panic!("once: {keys}"),
    };
    let (from, to) = (time("2026-12-01T01:00:00Z"), time("2026-12-01T03:00:00Z"));
    for keys in [
        "from: 2026-12-01T02:00:00+01:00, to: 2026-12-01T04:00:00+01:00",
        "from: 2026-12-01T02:00, to: 2026-12-01T04:00, zone: Europe/Berlin",
        "from: 2026-12-01 02:00:00, for: 2h, zone: europe/berlin",
        "from: 2026-12-01T01:00:00Z, for: 120m",
    ] {
        assert_eq!(once(keys), (from, to), "{keys}");
    }
    let day = once("from: 2026-12-01, to: 2026-12-01, zone: Asia/Kolkata");
    assert_eq!(day, (time("2026-11-30T18:30:00Z"), time("2026-12-01T18:30:00Z")));

    let all = rule("from: 2026-12-01T01:00:00Z, for: 2h");
    assert_eq!((all.targets.clone(), all.expected), (None, Expected::Down));
    assert!(all.families.ipv4 && all.families.ipv6 && all.title == "T");
    let some = rule("from: 2026-12-01T01:00:00Z, for: 2h, targets: mail, families: [ipv6], expected: degraded");
    assert_eq!((some.targets, some.expected), (Some(vec!["mail".to_owned()]), Expected::Degraded));
    assert_eq!(some.families, PerFamily { ipv4: false, ipv6: true });
}

#[test]
fn maintenance_that_recurs() {
    let of = |keys: &str| match rule(keys).when {
        When::Recurring(recurring) => recurring,
        When::Once { .. } => panic!("recurring: {keys}"),
    };
    let every = |word: &str| of(&format!("every: {word}, at: 02:30, for: 2h, zone: europe/berlin")).every;
    let one = |day| Every::Weekdays { days: vec![day] };
    assert_eq!(every("day"), Every::Day);
    assert_eq!(every("Sunday"), one(Weekday::Sunday));
    assert_eq!(every("[sat, sun, sat]"), Every::Weekdays { days: vec![Weekday::Saturday, Weekday::Sunday] });
    assert_eq!(every("31"), Every::Month { day: 31 });
    assert_eq!(every("second tuesday"), Every::Nth { nth: Nth::Second, weekday: Weekday::Tuesday });
    assert_eq!(every("last friday"), Every::Nth { nth: Nth::Last, weekday: Weekday::Friday });
    let bounded = of("every: day, at: '2:30', for: 2h, zone: Asia/Kolkata, from: 2026-12-01, until: 2026-12-31");
    let expected = Recurring {
        every: Every::Day,
        at_minute: 150,
        length_s: 7_200,
        zone: "Asia/Kolkata".to_owned(),
        from: Some(time("2026-11-30T18:30:00Z")),
        until: Some(time("2026-12-31T18:30:00Z")),
    };
    assert_eq!(bounded, expected);
    assert_eq!(of("every: 1, at: '02:30', for: 3d, zone: UTC").length_s, 3 * 86_400);
    assert_eq!(of("every: day, at: '02:30', for: 1h, zone: europe/berlin").zone, "Europe/Berlin");
    assert_eq!(time("2026-01-01T00:00:00Z") + HOUR, time("2026-01-01T01:00:00Z"));
}

#[test]
fn mistakes_in_maintenance() {
    bad("maintenance: {}", "1:14", "wrong_type", "a list", "`- `");
    bad("maintenance: [{ from: 2026-12-01T01:00:00Z, for: 2h }]", "1:15", "missing_key", "without `title`", "title");
    bad("maintenance: [{ title: ' ', from: 2026-12-01T01:00:00Z, for: 2h }]", "1:24", "empty_text", "`title`", "done");
    let good = "from: 2026-12-01T01:00:00Z, for: 2h";
    bad_rule(&format!("targets: [shop, mial], {good}"), 42, "unknown_target", "slug `mial`", "did you mean `mail`?");
    bad_rule(&format!("targets: [], {good}"), 35, "nothing_announced", "`targets`", "leave the key out");
    bad_rule(&format!("families: [v6], {good}"), 37, "unknown_value", "`v6` is no family", "`ipv6`");
    bad_rule(&format!("families: [], {good}"), 36, "nothing_announced", "`families`", "both");
    bad_rule(&format!("expected: up, {good}"), 36, "unknown_value", "`up`", "`degraded`");
    bad_rule(&format!("expect: down, {good}"), 26, "unknown_key", "`expect`", "`expected`");

    let whole = |keys: &str, code: &str, message: &str, hint: &str| bad_rule(keys, 15, code, message, hint);
    whole("expected: down", "missing_key", "says not when", "`from` and `to`");
    whole("from: 2026-12-01T01:00:00Z", "missing_key", "without an end", "`for: 2h`");
    whole("every: day, for: 2h, zone: UTC", "missing_key", "without `at`", "02:00");
    whole("every: day, at: '02:00', zone: UTC", "missing_key", "without `for`", "2h");
    whole("every: day, at: '02:00', for: 2h", "missing_key", "without `zone`", "by whose clock");

    let z = "zone: Europe/Berlin";
    bad_rule("from: 2026-12-01T02:00, for: 2h", 32, "bad_time", "neither an offset nor", "+01:00");
    bad_rule("from: tomorrow, for: 2h", 32, "bad_time", "`tomorrow` is no point", "2026-12-01");
    bad_rule(&format!("{z}, from: 2026-03-29T02:30, for: 2h"), 53, "no_such_time", "does not exist", "03:30:00+02:00");
    bad_rule(&format!("{z}, from: 2026-10-25T02:30, for: 2h"), 53, "ambiguous_time", "comes twice", "02:30:00+02:00");
    bad_rule("zone: Europe/Berln, from: 2026-12-01, for: 2h", 32, "unknown_zone", "`Europe/Berln`", "`Europe/Berlin`?");
    bad_rule("zone: 7, from: 2026-12-01, for: 2h", 32, "unknown_zone", "`7`", "IANA");
    let both = "from: 2026-12-01T01:00:00Z, to: ";
    bad_rule(&format!("{both}2026-12-01T01:00:00Z"), 58, "empty_window", "is empty", "later");
    bad_rule(&format!("{both}2026-12-01T00:00:00Z"), 58, "empty_window", "ends before it begins", "later");
    bad_rule(&format!("{both}2027-12-01T00:00:00Z"), 58, "out_of_range", "364 days; 31", "fails_with");
    bad_rule(&format!("{good}, to: 2026-12-02T01:00:00Z"), 59, "two_ends", "both", "one of them");
    bad_rule(&format!("{good}, at: '02:00'"), 63, "missing_key", "`at` without `every`", "every: sunday");
    bad_rule(&format!("{good}, until: 2026-12-01"), 63, "missing_key", "`until` without `every`", "`to`");
    bad_rule("from: 2026-12-01T01:00:00Z, for: 5s", 59, "out_of_range", "from 1m to 31d", "2h");
    bad_rule("from: 2026-12-01T01:00:00Z, for: 32d", 59, "out_of_range", "from 1m to 31d", "2h");

    let daily = "every: day, zone: UTC";
    bad_rule(&format!("{daily}, for: 2h, at: '24:00'"), 62, "bad_time", "`24:00`", "23:59");
    bad_rule(&format!("{daily}, at: '02:00', for: 24h"), 67, "out_of_range", "lasts 24h, and the next", "shorten");
    bad_rule(&format!("{daily}, at: '02:00', for: 2h, to: 2026-12-01"), 71, "two_ends", "beside `every`", "for: 2h");
    let span = "from: 2026-12-02, until: 2026-12-01";
    bad_rule(&format!("{daily}, at: '02:00', for: 2h, {span}"), 89, "empty_window", "not later", "exchange");
    bad_rule("every: sundays, zone: UTC, at: '02:00', for: 2h", 33, "unknown_value", "`sundays`", "second tuesday");
    bad_rule("every: [], zone: UTC, at: '02:00', for: 2h", 33, "nothing_announced", "empty", "`day`");
    bad_rule("every: [1], zone: UTC, at: '02:00', for: 2h", 34, "unknown_value", "no day of the week", "saturday");
    let weekend = "every: [saturday, sunday], zone: UTC, at: '02:00', for: 30h";
    bad_rule(weekend, 82, "out_of_range", "next one begins after 24h", "shorten");
}
