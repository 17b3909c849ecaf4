//! Page data for tests: one target per kind of trouble. Documentation addresses only.

use dualwatch_core::{
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        round::DualStack,
        sample::Evidence,
        target::BrowserEndpoints,
        time::{MINUTE, SECOND, Timestamp},
        vantage::Standing,
    },
    respond::incident::{self, CauseSpan, Ending, Exhibit, Impact, IncidentId},
};
use dualwatch_wire::answer::language::Language;
use dualwatch_wire::events::Revision;
use dualwatch_wire::v1::{
    FamilyFacts, Incident, PageData, PageIncident, PageTarget, SelfTest, Status, TargetStatus, VantageStatus,
    status::State,
};
use dualwatch_words::self_test::{phrases::Whole, words};

pub const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_042);

/// The words of English.
pub fn en() -> &'static dyn Whole {
    words(Language::En)
}

pub fn facts(state: State, cause: Option<Cause>) -> FamilyFacts {
    let is_up = state == State::Up;
    FamilyFacts {
        state,
        cause,
        since: Some(NOW - 12 * MINUTE),
        latency_ms: is_up.then_some(23.4),
        ..FamilyFacts::default()
    }
}

pub fn up() -> FamilyFacts {
    facts(State::Up, None)
}

pub fn down(cause: Cause) -> FamilyFacts {
    facts(State::Down, Some(cause))
}

pub fn target(name: &str, ipv4: FamilyFacts, ipv6: FamilyFacts, family: Option<Family>) -> TargetStatus {
    let slug = name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    TargetStatus {
        url: format!("https://{slug}.example/"),
        slug,
        name: name.to_owned(),
        last_round_at: Some(NOW - 3_000),
        ipv4,
        ipv6,
        dual_stack: DualStack { family, cost_ms: family.map(|_| 0.0) },
        clients: None,
        client_tally: None,
        differences: Vec::new(),
        alternations: Vec::new(),
        group: None,
    }
}

/// A page with these targets, measured by an edge that has both families.
pub fn page(targets: Vec<TargetStatus>) -> PageData {
    let endpoints = |host: &str| BrowserEndpoints {
        ipv4: Some(format!("https://ipv4.{host}")),
        ipv6: Some(format!("https://ipv6.{host}")),
        dual_stack: Some(format!("https://{host}")),
    };
    PageData {
        revision: Revision::of(1_795_902_136_123),
        version: 1,
        now: NOW,
        targets: targets
            .iter()
            .map(|t| PageTarget {
                without_query: false,
                slug: t.slug.clone(),
                interval_s: 60,
                browser: endpoints(&format!("{}.example", t.slug)),
                uptime: None,
                days: None,
            })
            .collect(),
        incidents: Vec::new(),
        part: None,
        groups: Vec::new(),
        search: None,
        status: Status {
            version: 1,
            published_at: NOW,
            vantages: vec![VantageStatus {
                name: "edge".into(),
                ipv4: Standing::Proven,
                ipv6: Standing::Proven,
                silent_controls: Vec::new(),
                reached: PerFamily::default(),
                last_round_at: NOW - 3_000,
            }],
            targets,
            next_after: None,
            maintenance: Vec::new(),
            storage: None,
        },
        self_test: SelfTest { origins: endpoints("probe.example"), ..SelfTest::default() },
    }
}

/// An incident as the engine keeps it: per outage its family, and how many minutes ago it began and ended (0: it lasts).
/// Every moment is known to a minute; every failure is a refusal.
pub fn record(outages: &[(Family, i64, i64)]) -> incident::Incident {
    let bound =
        |minutes: i64| incident::Bound { after: Some(NOW - (minutes + 1) * MINUTE), by: NOW - minutes * MINUTE };
    let is_over = outages.iter().all(|(.., ended)| *ended > 0);
    let first = outages.iter().map(|(_, began, _)| *began).max().unwrap_or_default();
    let last = outages.iter().map(|(.., ended)| *ended).min().unwrap_or_default();
    let mut record = incident::Incident {
        id: IncidentId(NOW - first * MINUTE),
        outages: Vec::new(),
        outages_omitted: 0,
        outages_omitted_ms: PerFamily::default(),
        causes: Vec::new(),
        causes_omitted: 0,
        blind: Vec::new(),
        blind_omitted_ms: PerFamily::default(),
        episodes: 1,
        flapping: false,
        confirmed_at: NOW - first * MINUTE + 10 * SECOND,
        resolved_at: is_over.then(|| NOW - last * MINUTE + 10 * SECOND),
        impact: Impact { rounds: 10, other_family_served: 10, dual_stack_served: 10, ..Impact::default() },
        changes: Vec::new(),
        addresses: Vec::new(),
        n_effects: 2,
    };
    for &(family, began, ended) in outages {
        let ended_at = (ended > 0).then(|| (bound(ended), Ending::Recovered));
        record.outages.push(incident::Outage {
            family,
            began: bound(began),
            ended: ended_at,
            unstable: None,
            answers: incident::Answers::default(),
        });
        let address = if family == Family::Ipv6 { "2001:db8::1" } else { "192.0.2.1" };
        record.causes.push(CauseSpan {
            cause: Cause::TcpRefused,
            family,
            from: NOW - began * MINUTE,
            to: NOW - (ended + 1) * MINUTE,
            samples: u32::try_from(began - ended).unwrap(),
            exhibit: Exhibit {
                vantage: "edge".into(),
                standing: Standing::Proven,
                address: address.parse().ok(),
                http_status: None,
                connect_ms: None,
                evidence: Evidence { elapsed_ms: Some(12.0), ..Evidence::default() },
                certificate: None,
            },
        });
    }
    record.episodes = u32::try_from(record.episodes().len()).unwrap();
    record
}

/// What the page shows of [`record`].
pub fn incident(name: &str, outages: &[(Family, i64, i64)]) -> PageIncident {
    (&Incident::of(&name.to_lowercase(), name, &record(outages))).into()
}
