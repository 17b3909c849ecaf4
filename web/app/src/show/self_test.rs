//! What the page shows of the visitor's own connection: a row per endpoint of ours.

use crate::{
    found::{
        browser::{Presence, Report},
        route::Route,
    },
    show::{
        phrases::{self, Cell},
        tone::Tone,
    },
};
use dualwatch_core::{
    judge::verdict::PageControl,
    measure::family::{Family, PerFamily},
};

/// One own endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct SelfTestRow {
    pub route: Route,
    pub code: &'static str,
    pub family_seen: Option<Family>,
    pub cell: Cell,
    pub tone: Tone,
}

/// Returns what is shown of one endpoint, at `origin` if there is one.
pub fn self_test(
    report: &Report,
    route: Route,
    control: PageControl,
    presence: &PerFamily<Presence>,
    origin: Option<&str>,
) -> SelfTestRow {
    let test = report.self_test.get(route);
    let presence = match route.family() {
        Some(family) => *presence.get(family),
        None => Presence::Unknown,
    };
    let tone = match (test.code(), control) {
        ("pending", _) => Tone::Unknown,
        ("ok", _) | ("not_measured", PageControl::Ok) => Tone::Good,
        ("not_measured", _) => Tone::Unknown,
        (_, PageControl::Ok) => Tone::Caution,
        _ => Tone::You,
    };
    SelfTestRow {
        route,
        code: test.code(),
        family_seen: test.family_seen,
        cell: phrases::self_test(test, route, presence, control == PageControl::Ok, origin),
        tone,
    }
}
