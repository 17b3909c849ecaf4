//! Two hundred small configurations, and what Upptime makes of each: read with its own parser and slugify, by its own rules
//! (`findings/upptime-reads-its-configuration.sh`). What is read here is the same, field by field.

use dualwatch_config::{Config, Finding, SKIPS_A_SITE, load, upptime_sites};
use dualwatch_core::measure::target::Target;
use serde_json::Value;

const REFERENCE: &str = include_str!("as_upptime.jsonl");
/// What every finding says at which Upptime's whole run ends.
const ENDS: &str = "Upptime's whole run ends";

fn load_text(text: &str) -> Result<Config, Vec<Finding>> {
    load(text, ".upptimerc.yml", &|_| Err("no such file".to_owned()))
}

fn config(text: &str) -> Config {
    load_text(text).unwrap_or_else(|found| panic!("{text}\n{found:?}"))
}

fn rows() -> Vec<Value> {
    let rows: Vec<Value> = REFERENCE.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), 200);
    rows
}

#[test]
fn where_upptimes_run_ends_is_named() {
    for row in rows() {
        let text = row["text"].as_str().expect("a text");
        let found = load_text(text).map_or_else(|found| found, |config| config.warnings);
        let found: Vec<String> = found.iter().map(ToString::to_string).filter(|w| w.contains(ENDS)).collect();
        let ends = !row["refused"].is_null() || !row["ends"].is_null();
        assert_eq!(!found.is_empty(), ends, "{text}\n{} {}\n{found:#?}", row["refused"], row["ends"]);
    }
}

#[test]
fn every_site_at_which_it_ends_is_named() {
    for row in rows()
        .iter()
        .filter(|row| row["refused"].is_null() && !row["text"].as_str().is_some_and(|text| text.contains("sites: x")))
    {
        let text = row["text"].as_str().expect("a text");
        let sites = row["sites"].as_array().expect("sites");
        let expected: Vec<bool> = sites.iter().map(|site| site.get("ends").is_some()).collect();
        let ours = upptime_sites(text);
        // A site without a URL is none that could have a history.
        if ours.len() == sites.len() {
            let found: Vec<bool> = ours.iter().map(|site| site.ends_run.is_some()).collect();
            assert_eq!(found, expected, "{text}\n{ours:#?}");
        }
    }
}

#[test]
fn sites_are_read_as_upptime_reads_them() {
    let mut n = 0;
    for row in rows()
        .iter()
        .filter(|row| row["refused"].is_null() && !row["text"].as_str().is_some_and(|text| text.contains("sites: x")))
    {
        let text = row["text"].as_str().expect("a text");
        let sites = row["sites"].as_array().expect("sites");
        let ours = upptime_sites(text);
        if ours.len() != sites.len() {
            assert!(sites.iter().any(|site| site.get("ends").is_some() || site["isDown"] == true), "{text}\n{ours:#?}");
            continue;
        }
        let config = config(text);
        let mut targets = config.targets.iter();
        for (site, theirs) in ours.iter().zip(sites) {
            let target = site.target.as_ref().and_then(|_| targets.next());
            if theirs.get("ends").is_some() {
                continue;
            }
            n += 1;
            let check = if ["tcp-ping", "ws", "ssl"].contains(&&*site.check) { &*site.check } else { "http" };
            assert_eq!(site.slug, theirs["slug"], "{text}");
            assert_eq!(
                (check, site.is_globalping, site.ipv6),
                (theirs["check"].as_str().unwrap(), theirs["isGlobalping"] == true, theirs["ipv6"] == true),
                "{text}"
            );
            if check == "http" {
                assert_eq!(site.expects_no_answer, theirs["zero"] == true, "{text}");
            }
            if let Some(target) = target {
                check_target(target, theirs, check, site.only_down.is_some(), text);
            }
        }
        let n_skipped = config.warnings.iter().filter(|w| SKIPS_A_SITE.contains(&w.code)).count();
        assert_eq!(config.targets.len() + n_skipped, sites.len(), "{text}\n{:#?}", config.warnings);
    }
    assert!(n >= 100, "{n}");
}

fn check_target(target: &Target, theirs: &Value, check: &str, only_down: bool, text: &str) {
    let shown = format!("{text}\n{theirs}\n{target:#?}");
    if let Some(url) = theirs["url"].as_str() {
        assert_eq!(target.url(), url, "{shown}");
    }
    if let (Some(port), false) = (theirs["port"].as_u64(), only_down) {
        assert_eq!(u64::from(target.endpoint.port), port, "{shown}");
    }
    if let Some(n) = theirs["maxRedirects"].as_u64() {
        assert_eq!(u64::from(target.expect.max_redirects), n.min(20), "{shown}");
    }
    if check == "http" {
        assert_eq!(
            target.expect.max_response_ms.map(u64::from),
            theirs["maxResponseTime"].as_f64().map(|ms| ms as u64),
            "{shown}"
        );
        let codes: Vec<u64> = theirs["codes"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        // Where no status is expected, what is meant is Upptime's own.
        for status in (100..=599_u16).filter(|_| !codes.is_empty()) {
            assert_eq!(target.expect.accepts_status(status), codes.contains(&u64::from(status)), "{status} {shown}");
        }
        // Globalping refuses what is no text.
        let method = theirs["method"].as_str().unwrap_or("GET");
        assert_eq!(target.request.method.code(), method, "{shown}");
        // A request without a body is sent without one.
        let body = theirs["body"].as_str().filter(|_| target.request.method.takes_body());
        assert_eq!(target.request.body.as_deref(), body, "{shown}");
        let lacks: Vec<&str> = theirs["bodyDown"].as_str().filter(|_| method != "HEAD").into_iter().collect();
        assert_eq!(target.expect.body_lacks, lacks, "{shown}");
    }
    if let Some(headers) = theirs["headers"].as_array() {
        let expected: Vec<(&str, &str)> =
            headers.iter().map(|pair| (pair[0].as_str().unwrap().trim(), pair[1].as_str().unwrap())).collect();
        let sent = target.request.headers.iter().map(|h| (h.name.as_str(), h.value.as_str()));
        let sent: Vec<_> = sent.filter(|(name, _)| *name != "content-type").collect();
        if check == "http" {
            assert_eq!(sent, expected, "{shown}");
        }
    }
}
