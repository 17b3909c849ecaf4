//! Page data for tests: one target per kind of trouble. Documentation addresses only.

use dualwatch_core::{
    cause::Cause,
    dual_stack::DualStack,
    family::Family,
    target::BrowserEndpoints,
    time::{MINUTE, Timestamp},
    vantage::Standing,
};
use dualwatch_wire::v1::{
    FamilyFacts, PageData, PageTarget, SelfTest, Status, TargetStatus, VantageStatus, status::State,
};

pub const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_042);

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
        differences: Vec::new(),
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
        version: 1,
        now: NOW,
        targets: targets
            .iter()
            .map(|t| PageTarget {
                slug: t.slug.clone(),
                interval_s: 60,
                browser: endpoints(&format!("{}.example", t.slug)),
                uptime: None,
            })
            .collect(),
        incidents: Vec::new(),
        status: Status {
            version: 1,
            published_at: NOW,
            vantages: vec![VantageStatus {
                name: "edge".into(),
                ipv4: Standing::Proven,
                ipv6: Standing::Proven,
                silent_controls: Vec::new(),
                last_round_at: NOW - 3_000,
            }],
            targets,
        },
        self_test: SelfTest { origins: endpoints("probe.example"), same_machine: false },
    }
}
