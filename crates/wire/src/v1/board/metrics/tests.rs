use super::*;
use crate::{
    metrics::probe::{Probe, Probed},
    v1::{FamilyFacts, board::Judged},
};
use dualwatch_core::{
    measure::{
        cause::Cause,
        family::PerFamily,
        round::DualStack,
        target::{Endpoint, Host, Scheme, Target},
        time::{MINUTE, SECOND},
    },
    respond::incident::{self, Answers, Bound, Impact, IncidentId, Outage},
};

const T0: Timestamp = Timestamp::from_unix_ms(1_795_428_711_042);

fn target(slug: &str) -> Target {
    let host = Host::Name(format!("{slug}.example"));
    Target::new(slug, Endpoint { scheme: Scheme::Https, host, port: 443, path: "/".into() })
}

fn vantage(name: &str, ipv6: Standing) -> VantageStatus {
    VantageStatus {
        name: name.into(),
        ipv4: Standing::Proven,
        ipv6,
        last_round_at: T0,
        silent_controls: Vec::new(),
        reached: PerFamily::default(),
    }
}

/// IPv4 is up; of IPv6 nobody knows, for `edge` has none; `office` has not measured for long.
fn report(slug: &str) -> Report {
    let up = FamilyFacts { state: State::Up, since: Some(T0), latency_ms: Some(12.5), ..FamilyFacts::default() };
    let blind = FamilyFacts { cause: Some(Cause::VantageNoFamily), ..FamilyFacts::default() };
    let reached = Probe { is_reached: Some(true), has_address: true, http_status: Some(200), ..Probe::default() };
    let probed = |vantage: &str, at, ipv6| Probed { vantage: vantage.into(), at, ipv4: reached, ipv6 };
    let unseen = Probe { cause: Some(Cause::VantageNoFamily), ..Probe::default() };
    Report {
        status: crate::v1::TargetStatus {
            group: None,
            slug: slug.into(),
            name: slug.into(),
            url: target(slug).url(),
            last_round_at: Some(T0),
            ipv4: up,
            ipv6: blind,
            dual_stack: DualStack { family: None, cost_ms: Some(250.0) },
            clients: None,
            client_tally: None,
            differences: Vec::new(),
            alternations: Vec::new(),
        },
        vantages: vec![vantage("edge", Standing::NoFamily), vantage("office", Standing::Untested)],
        incidents: Vec::new(),
        uptime: None,
        upptime: None,
        spoken: None,
        turns_of_sight: 0,
        about: String::new(),
        probes: vec![probed("edge", T0, unseen), probed("office", T0 - 60 * MINUTE, reached)],
    }
}

fn board(reports: &[&str], without: &[&str]) -> Board {
    let entries = reports.iter().map(|slug| (target(slug), Some(report(slug))));
    let entries = entries.chain(without.iter().map(|slug| (target(slug), None)));
    Board::new("edge", |_, _, _| Judged::default(), entries, T0)
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

fn open_incident(slug: &str) -> Incident {
    let began = Bound { after: Some(T0 - MINUTE), by: T0 };
    let incident = incident::Incident {
        id: IncidentId(T0),
        outages: vec![Outage { family: Family::Ipv6, began, ended: None, unstable: None, answers: Answers::default() }],
        outages_omitted: 0,
        outages_omitted_ms: PerFamily::default(),
        causes: Vec::new(),
        causes_omitted: 0,
        blind: Vec::new(),
        blind_omitted_ms: PerFamily::default(),
        episodes: 1,
        flapping: false,
        confirmed_at: T0,
        resolved_at: None,
        impact: Impact::default(),
        changes: Vec::new(),
        addresses: Vec::new(),
        n_effects: 1,
    };
    Incident::of(slug, slug, &incident)
}

/// What nobody knows is nowhere: neither up nor down, no probe of who is late, no health of what was never tested.
#[test]
fn unknown_is_absent_or_a_state_of_its_own() {
    let text = board(&["shop"], &["new"]).metrics(Format::Text, &[], T0 + SECOND);
    let all = lines(&text);
    for there in [
        "probe_success{target=\"shop\",family=\"ipv4\",vantage=\"edge\"} 1",
        "dualwatch_probe_cause_info{target=\"shop\",family=\"ipv6\",vantage=\"edge\",cause=\"vantage.no_family\"} 1",
        "dualwatch_family_up{target=\"shop\",family=\"ipv4\"} 1",
        "dualwatch_family_state{target=\"shop\",family=\"ipv6\",state=\"unknown\"} 1",
        "dualwatch_family_state{target=\"new\",family=\"ipv6\",state=\"unknown\"} 1",
        "dualwatch_vantage_healthy{vantage=\"edge\",family=\"ipv6\"} 0",
        "dualwatch_vantage_standing{vantage=\"office\",family=\"ipv6\",standing=\"untested\"} 1",
        "dualwatch_dual_stack_cost_seconds{target=\"shop\"} 0.25",
        "dualwatch_target_late{target=\"shop\"} 0",
    ] {
        assert!(all.contains(&there), "{there} in\n{text}");
    }
    for absent in [
        "probe_success{target=\"shop\",family=\"ipv6\"",
        "dualwatch_family_up{target=\"shop\",family=\"ipv6\"",
        "dualwatch_family_up{target=\"new\"",
        "dualwatch_target_late{target=\"new\"",
        "dualwatch_target_last_round_timestamp_seconds{target=\"new\"",
        "dualwatch_uptime_ratio",
        "vantage=\"office\",cause",
        "family=\"ipv4\",vantage=\"office\"",
        "dualwatch_vantage_healthy{vantage=\"office\",family=\"ipv6\"",
    ] {
        assert!(!all.iter().any(|line| line.contains(absent)), "{absent} in\n{text}");
    }
}

#[test]
fn who_is_late_is_late_and_says_nothing_else() {
    let mut board = board(&["shop"], &[]);
    let late = T0 + late_after_ms(60) + 1;
    assert!(board.pass(late));
    let text = board.metrics(Format::OpenMetrics, &[], late);
    let all = lines(&text);
    assert!(all.contains(&"dualwatch_target_late{target=\"shop\"} 1"), "{text}");
    assert!(all.contains(&"dualwatch_family_state{target=\"shop\",family=\"ipv4\",state=\"unknown\"} 1"), "{text}");
    assert!(all.contains(&"dualwatch_family_cause_info{target=\"shop\",family=\"ipv4\",cause=\"not_observed\"} 1"));
    assert!(!all.iter().any(|line| line.starts_with("probe_") || line.starts_with("dualwatch_family_up")), "{text}");
}

#[test]
fn an_incident_is_open_over_its_family_and_of_its_kind() {
    let text = board(&["shop", "mail"], &[]).metrics(Format::Text, &[open_incident("shop")], T0);
    let open: Vec<&str> = lines(&text).into_iter().filter(|line| line.starts_with("dualwatch_incident_open")).collect();
    assert_eq!(open.len(), 8);
    let is_open = "dualwatch_incident_open{target=\"shop\",family=\"ipv6\",kind=\"down\"} 1";
    assert_eq!(open.iter().filter(|line| line.ends_with(" 1")).collect::<Vec<_>>(), [&is_open], "{text}");
    assert!(text.contains("dualwatch_incident_began_timestamp_seconds{target=\"shop\"} 1795428711.042\n"), "{text}");
}

/// Both forms name each family once, and all of its samples stand together.
#[test]
fn no_family_is_named_twice_and_no_series_either() {
    for format in Format::ALL {
        let text = board(&["a", "b", "c"], &["d"]).metrics(format, &[open_incident("b")], T0);
        let types: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
        let families: Vec<&str> = types.iter().filter_map(|line| line.split(' ').next()).collect();
        let mut series: Vec<&str> = lines(&text).iter().filter_map(|line| Some(line.rsplit_once(' ')?.0)).collect();
        for mut list in [families, std::mem::take(&mut series)] {
            let n = list.len();
            list.sort_unstable();
            list.dedup();
            assert_eq!(list.len(), n, "{list:?}");
        }
        let mut names: Vec<&str> = lines(&text).iter().filter_map(|line| line.split(['{', ' ']).next()).collect();
        names.dedup();
        let n = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n, "a family is interleaved");
        let helps = text.lines().filter(|line| line.starts_with("# HELP ")).count();
        assert_eq!(helps, types.len());
        assert!(!text.lines().any(|line| line.starts_with("# HELP ") && line.contains(['"', '\\'])));
    }
}

/// What one reader or another refuses or misreads, each found with the real one: exemplars, time stamps, `_created`, names
/// beyond `[a-z_]`, the labels `instance` and `job`, comments, empty lines, two spaces, carriage returns, an `info` that is
/// not 1, and a value that is none.
#[test]
fn every_line_is_one_that_every_reader_takes() {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    for format in Format::ALL {
        let text = board(&["a", "b"], &["c"]).metrics(format, &[open_incident("b")], T0);
        assert!(text.ends_with('\n') && !text.contains('\r') && !text.contains("\n\n"), "{text}");
        let mut lines: Vec<&str> = text.lines().collect();
        if format == Format::OpenMetrics {
            assert_eq!(lines.pop(), Some("# EOF"));
        }
        for line in lines {
            assert!(!line.contains("  ") && line.trim() == line, "{line}");
            if let Some(header) = line.strip_prefix("# ") {
                let (kind, rest) = header.split_once(' ').expect("a header");
                assert!(matches!(kind, "TYPE" | "HELP") || (kind == "UNIT" && format == Format::OpenMetrics), "{line}");
                let (name, said) = rest.split_once(' ').expect("a name");
                assert!(is_name(name) && !name.ends_with("_created") && !name.ends_with("_ms"), "{line}");
                if kind == "TYPE" {
                    let kinds: &[&str] =
                        if format == Format::Text { &["gauge", "counter"] } else { &["gauge", "counter", "info"] };
                    assert!(kinds.contains(&said), "{line}");
                    assert_eq!(name.ends_with("_total"), said == "counter" && format == Format::Text, "{line}");
                }
                continue;
            }
            // Nothing stands behind the value: no time, and no exemplar.
            let (series, value) = line.rsplit_once(' ').expect("a value");
            let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
            assert!(value.is_finite(), "{line}");
            let (name, labels) = series.split_once('{').map_or((series, ""), |(n, l)| (n, l.trim_end_matches('}')));
            assert!(is_name(name) && !name.ends_with("_created"), "{line}");
            assert!(value >= 0.0 || !name.ends_with("_total"), "{line}");
            assert!(!name.ends_with("_info") || (value - 1.0).abs() < f64::EPSILON, "{line}");
            let mut names: Vec<&str> = labels.split("\",").filter_map(|label| label.split('=').next()).collect();
            names.retain(|name| !name.is_empty());
            assert!(names.iter().all(|name| is_name(name) && !matches!(*name, "instance" | "job")), "{line}");
            let n = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), n, "{line}");
        }
    }
}
