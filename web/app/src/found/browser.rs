//! What the visitor's browser found: at targets, at our own endpoints, and of its own addresses.

use crate::found::route::{PerRoute, Route};
use dualwatch_core::{
    judge::verdict::PageControl,
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        time::Timestamp,
    },
};
use std::{collections::BTreeMap, net::IpAddr};

/// What the browser found at one URL.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Found {
    /// No WebAssembly has run (yet).
    #[default]
    NotYet,
    /// There is no URL that a browser could use for this.
    NoEndpoint,
    /// The browser does not let the page ask, and why.
    Refused(Cause),
    Pending,
    Reached(Reach),
    Failed(Miss),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The worker's clock when the answer was complete.
    pub at: Timestamp,
    /// From the request to the answer, in milliseconds.
    pub ms: f64,
    /// The HTTP status; `None` where the browser hides the answer from the page (then only reachability is proven).
    pub status: Option<u16>,
    pub timing: Timing,
}

/// Milliseconds of Resource Timing, where the server allows the page to see them and a new connection was made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timing {
    /// TCP, including the wait for a family that does not answer. Without TLS.
    pub connect: Option<f64>,
    pub tls: Option<f64>,
    pub first_byte: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Miss {
    pub at: Timestamp,
    pub after_ms: f64,
    /// Our own timer ended it: nothing came back.
    pub is_timeout: bool,
}

impl Found {
    /// Returns the stable code, as in `data-browser`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotYet | Self::NoEndpoint | Self::Refused(_) => "not_measured",
            Self::Pending => "pending",
            Self::Reached(_) => "ok",
            Self::Failed(_) => "failed",
        }
    }

    /// Notes that a measurement of `url` begins, if there is one. A former result stands until the new one is there.
    pub fn begin(&mut self, url: Option<&str>) {
        match (url, &*self) {
            (None, _) => *self = Self::NoEndpoint,
            (Some(_), Self::NotYet | Self::NoEndpoint) => *self = Self::Pending,
            (Some(_), _) => {}
        }
    }

    pub const fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Reached(reach) => Some(reach.at),
            Self::Failed(miss) => Some(miss.at),
            Self::NotYet | Self::NoEndpoint | Self::Refused(_) | Self::Pending => None,
        }
    }
}

/// What one of our own endpoints gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SelfTest {
    pub found: Found,
    /// The family and address that the endpoint saw.
    pub family_seen: Option<Family>,
    pub address_seen: Option<IpAddr>,
    /// Reached, and yet no proof.
    pub doubt: Option<Doubt>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The answer is not our endpoint's: a login page or a proxy answered.
    NotOurs,
    /// A single-family endpoint answered over the other family.
    WrongFamily,
}

impl SelfTest {
    /// Returns the stable code, as in `data-result`.
    pub const fn code(&self) -> &'static str {
        match self.doubt {
            Some(Doubt::NotOurs) => "failed",
            Some(Doubt::WrongFamily) => "not_measured",
            None => self.found.code(),
        }
    }
}

/// Whether the device has an address of a family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    Present,
    Absent,
    #[default]
    Unknown,
}

/// Everything that the browser found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    pub self_test: PerRoute<SelfTest>,
    pub presence: PerFamily<Presence>,
    /// By slug.
    pub targets: BTreeMap<String, PerRoute<Found>>,
    /// Whether the first pass over everything is complete.
    pub is_done: bool,
}

impl Report {
    pub fn target(&self, slug: &str, route: Route) -> &Found {
        static NOT_YET: Found = Found::NotYet;
        self.targets.get(slug).map_or(&NOT_YET, |found| found.get(route))
    }

    /// Returns what the browser knows of its own connection over a route.
    ///
    /// One answer over a family proves it, whoever gave it (`dualwatch_core::measure::vantage::judge` is of the same mind):
    /// our own endpoint, or any target. `presence` is what is known of the device's addresses.
    pub fn control(&self, route: Route, presence: &PerFamily<Presence>) -> PageControl {
        let test = self.self_test.get(route);
        let by_target = self.targets.values().any(|found| matches!(found.get(route), Found::Reached(_)));
        match (test.code(), by_target) {
            ("ok", _) | (_, true) => PageControl::Ok,
            ("failed", false) => match (test.doubt, present(route, presence)) {
                (Some(Doubt::NotOurs), _) | (_, Presence::Unknown) => PageControl::Failed,
                (_, Presence::Present) => PageControl::FailedHasAddress,
                (_, Presence::Absent) => PageControl::FailedNoAddress,
            },
            _ => PageControl::NotMeasured,
        }
    }
}

/// A client with both families has an address where either is present.
fn present(route: Route, presence: &PerFamily<Presence>) -> Presence {
    match route.family() {
        Some(family) => *presence.get(family),
        None => match (presence.ipv4, presence.ipv6) {
            (Presence::Present, _) | (_, Presence::Present) => Presence::Present,
            (Presence::Absent, Presence::Absent) => Presence::Absent,
            _ => Presence::Unknown,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISS: Found = Found::Failed(Miss { at: Timestamp::from_unix_ms(0), after_ms: 3.0, is_timeout: false });

    fn reached() -> Found {
        Found::Reached(Reach { at: Timestamp::from_unix_ms(0), ms: 3.0, status: None, timing: Timing::default() })
    }

    fn check(found: Found, doubt: Option<Doubt>, ipv6: Presence, expected: PageControl) {
        let mut report = Report::default();
        *report.self_test.get_mut(Route::Ipv6) = SelfTest { found, doubt, ..SelfTest::default() };
        let presence = PerFamily { ipv4: Presence::Present, ipv6 };
        assert_eq!(report.control(Route::Ipv6, &presence), expected, "{report:?} {ipv6:?}");
    }

    #[test]
    fn the_own_connection() {
        use Presence as P;
        check(reached(), None, P::Absent, PageControl::Ok);
        check(MISS, None, P::Present, PageControl::FailedHasAddress);
        check(MISS, None, P::Absent, PageControl::FailedNoAddress);
        check(MISS, None, P::Unknown, PageControl::Failed);
        check(Found::NoEndpoint, None, P::Present, PageControl::NotMeasured);
        check(Found::Pending, None, P::Present, PageControl::NotMeasured);
        check(reached(), Some(Doubt::NotOurs), P::Present, PageControl::Failed);
        check(reached(), Some(Doubt::WrongFamily), P::Present, PageControl::NotMeasured);
    }

    #[test]
    fn a_target_that_answers_proves_the_family() {
        let mut report = Report::default();
        report.self_test.get_mut(Route::Ipv6).found = MISS;
        let mut found = PerRoute::default();
        *found.get_mut(Route::Ipv6) = reached();
        report.targets.insert("service".into(), found);
        assert_eq!(report.control(Route::Ipv6, &PerFamily::default()), PageControl::Ok);
        assert_eq!(report.control(Route::Ipv4, &PerFamily::default()), PageControl::NotMeasured);
    }

    #[test]
    fn a_dual_stack_device_has_an_address_where_either_family_has() {
        let p = |ipv4, ipv6| present(Route::DualStack, &PerFamily { ipv4, ipv6 });
        assert_eq!(p(Presence::Present, Presence::Absent), Presence::Present);
        assert_eq!(p(Presence::Absent, Presence::Absent), Presence::Absent);
        assert_eq!(p(Presence::Unknown, Presence::Absent), Presence::Unknown);
    }
}
