//! What the visitor's browser found: at targets, at our own endpoints, and of its own addresses.

use crate::found::route::{PerRoute, Route};
use dualwatch_core::{
    judge::verdict::PageControl,
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        time::Timestamp,
        url::host,
        vicinity::{self, Vicinity},
    },
};
use dualwatch_wire::v1::{ProbeAnswer, TargetStatus};
use std::{collections::BTreeMap, net::IpAddr};

/// What the browser found at one URL.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Found {
    /// No WebAssembly has run (yet).
    #[default]
    NotYet,
    /// There is no URL that a browser could use for this.
    NoEndpoint,
    /// There is one, and where the visitor is it means another machine.
    Elsewhere,
    /// The browser does not let the page ask, and why.
    Refused(Cause),
    Pending,
    Reached(Reach),
    Failed(Miss),
    /// Failed, perhaps only because the browser does not know the authority that vouches for the certificate.
    Distrusted(Miss),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The worker's clock when the answer was complete.
    pub at: Timestamp,
    /// From the request to the answer, in milliseconds.
    pub ms: f64,
    /// The HTTP status; `None` where the browser hides the answer from the page (then only reachability is proven).
    pub status: Option<u16>,
    /// Whether it was asked for over TLS: then it was the named host that answered, and nobody in its place.
    pub is_secure: bool,
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
            Self::NotYet | Self::NoEndpoint | Self::Elsewhere | Self::Refused(_) | Self::Distrusted(_) => {
                "not_measured"
            }
            Self::Pending => "pending",
            Self::Reached(_) => "ok",
            Self::Failed(_) => "failed",
        }
    }

    /// Notes that a measurement of `url` begins, if there is one. A former result stands until the new one is there.
    pub fn begin(&mut self, url: Option<&str>) {
        match (url, &*self) {
            (None, _) => *self = Self::NoEndpoint,
            (Some(_), Self::NotYet | Self::NoEndpoint | Self::Elsewhere) => *self = Self::Pending,
            (Some(_), _) => {}
        }
    }

    pub const fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Reached(reach) => Some(reach.at),
            Self::Failed(miss) | Self::Distrusted(miss) => Some(miss.at),
            Self::NotYet | Self::NoEndpoint | Self::Elsewhere | Self::Refused(_) | Self::Pending => None,
        }
    }

    /// Takes back the accusation of a failure at `url` that a certificate alone may explain, where the edge was shown one
    /// of an authority of the operator's own by this very target. Silence is never explained by that.
    #[must_use]
    pub fn excused(self, url: &str, target: Option<&TargetStatus>) -> Self {
        match self {
            Self::Failed(miss)
                if !miss.is_timeout && is_secure(url) && target.is_some_and(TargetStatus::has_own_authority) =>
            {
                Self::Distrusted(miss)
            }
            found => found,
        }
    }
}

/// Whether a URL is asked for over TLS from its first request on.
pub fn is_secure(url: &str) -> bool {
    url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
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
    /// Decides what an answer of the endpoint at `origin` proves: it must be to this very question, and over the family
    /// that was meant. What a proxy beside the worker is says nothing of the visitor.
    pub fn judge(origin: &str, route: Route, nonce: &str, answer: Option<ProbeAnswer>, reach: Reach) -> Self {
        let found = Found::Reached(reach);
        let Some(answer) = answer.filter(|answer| answer.nonce.as_deref() == Some(nonce)) else {
            return Self { found, doubt: Some(Doubt::NotOurs), ..Self::default() };
        };
        let address_seen = answer.ip.filter(|ip| !vicinity::is_a_proxys(host(origin), *ip));
        let family_seen = if answer.ip.is_some() { address_seen.map(Family::of) } else { answer.family };
        let is_other = |meant| family_seen.is_some_and(|seen| seen != meant);
        Self {
            found,
            doubt: route.family().is_some_and(is_other).then_some(Doubt::WrongFamily),
            family_seen,
            address_seen,
        }
    }

    /// Whether it is bad news: a failure, or an answer that is not ours.
    pub fn is_bad(&self) -> bool {
        self.code() == "failed"
    }

    /// Whether our own endpoint has answered, over whatever family.
    const fn is_ours(&self) -> bool {
        matches!((&self.found, self.doubt), (Found::Reached(_), None | Some(Doubt::WrongFamily)))
    }

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
    /// How near the visitor is, once the page has been told from which address it was asked for.
    pub vicinity: Option<Vicinity>,
    /// Whether the first pass over everything is complete.
    pub is_done: bool,
}

impl Report {
    pub fn target(&self, slug: &str, route: Route) -> &Found {
        static NOT_YET: Found = Found::NotYet;
        self.targets.get(slug).map_or(&NOT_YET, |found| found.get(route))
    }

    /// Returns what the browser knows of its own connection over a route. `presence` is what is known of the device's
    /// addresses.
    pub fn control(&self, route: Route, presence: &PerFamily<Presence>) -> PageControl {
        let test = self.self_test.get(route);
        if self.is_proven(route) {
            return PageControl::Ok;
        }
        match (test.is_bad(), test.doubt, present(route, presence)) {
            (false, ..) => PageControl::NotMeasured,
            (_, Some(Doubt::NotOurs), _) | (.., Presence::Unknown) => PageControl::Failed,
            (.., Presence::Present) => PageControl::FailedHasAddress,
            (.., Presence::Absent) => PageControl::FailedNoAddress,
        }
    }

    /// Whether the browser's connection over a route is proven, which no failure of a single name can undo.
    ///
    /// One answer proves it that nobody else can have given: one of our own endpoints' with our nonce, at whatever name,
    /// seen over the family; or one of a service that was asked over TLS at an address of the family. Whoever answers
    /// plain HTTP is no proof: a gateway does that, too.
    pub fn is_proven(&self, route: Route) -> bool {
        let by_target =
            || self.targets.values().any(|found| matches!(found.get(route), Found::Reached(reach) if reach.is_secure));
        let is_by = |at: Route, test: &SelfTest| match (route.family(), test.family_seen) {
            (Some(family), Some(seen)) => seen == family,
            _ => at == route && test.doubt.is_none(),
        };
        self.self_test.iter().any(|(at, test)| test.is_ours() && is_by(at, test)) || by_target()
    }

    /// Returns how near the visitor is to the machine that serves the page, which was asked for at `page` as far as that
    /// tells.
    pub fn vicinity(&self, page: Vicinity) -> Vicinity {
        self.vicinity.map_or(page, |known| known.max(page))
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
    use crate::samples::{target, up};
    use dualwatch_wire::v1::FamilyFacts;

    const MISS: Found = Found::Failed(Miss { at: Timestamp::from_unix_ms(0), after_ms: 3.0, is_timeout: false });

    fn reach(is_secure: bool) -> Reach {
        Reach { at: Timestamp::from_unix_ms(0), ms: 3.0, status: None, is_secure, timing: Timing::default() }
    }

    fn reached() -> Found {
        Found::Reached(reach(false))
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

    /// A report in which our IPv6 endpoint has failed.
    fn broken() -> Report {
        let mut report = Report::default();
        report.self_test.get_mut(Route::Ipv6).found = MISS;
        report
    }

    #[test]
    fn only_an_answer_that_nobody_else_can_give_proves_a_family() {
        for (is_secure, expected) in [(true, PageControl::Ok), (false, PageControl::Failed)] {
            let mut report = broken();
            let mut found = PerRoute::default();
            *found.get_mut(Route::Ipv6) = Found::Reached(reach(is_secure));
            report.targets.insert("service".into(), found);
            assert_eq!(report.control(Route::Ipv6, &PerFamily::default()), expected);
            assert_eq!(report.control(Route::Ipv4, &PerFamily::default()), PageControl::NotMeasured);
        }
    }

    #[test]
    fn what_proves_a_family_outweighs_what_fails_in_it() {
        let chosen = |family| SelfTest { found: reached(), family_seen: Some(family), ..SelfTest::default() };
        let mut report = broken();
        let control = |report: &Report| report.control(Route::Ipv6, &PerFamily::default());
        assert_eq!(control(&report), PageControl::Failed);
        *report.self_test.get_mut(Route::DualStack) = chosen(Family::Ipv4);
        assert_eq!(control(&report), PageControl::Failed);
        *report.self_test.get_mut(Route::DualStack) = chosen(Family::Ipv6);
        assert_eq!(control(&report), PageControl::Ok);
        // Also over the name that was meant for the other family.
        let mut report = broken();
        *report.self_test.get_mut(Route::Ipv4) = SelfTest { doubt: Some(Doubt::WrongFamily), ..chosen(Family::Ipv6) };
        assert_eq!(control(&report), PageControl::Ok);
        assert_eq!(report.control(Route::Ipv4, &PerFamily::default()), PageControl::NotMeasured);
        // What answers in our place proves nothing.
        let mut report = broken();
        *report.self_test.get_mut(Route::DualStack) = SelfTest { doubt: Some(Doubt::NotOurs), ..chosen(Family::Ipv6) };
        assert_eq!(control(&report), PageControl::Failed);
    }

    fn answer(nonce: &str, ip: &str) -> ProbeAnswer {
        let ip: Option<IpAddr> = ip.parse().ok();
        ProbeAnswer {
            asn: None,
            network: None,
            version: 1,
            ip,
            family: ip.map(Family::of),
            port: None,
            nonce: Some(nonce.into()),
            received_at: Timestamp::from_unix_ms(0),
            protocol: None,
        }
    }

    #[test]
    fn what_an_answer_proves() {
        let check = |origin, route, answer, code, doubt, seen| {
            let test = SelfTest::judge(origin, route, "n", answer, reach(false));
            assert_eq!((test.code(), test.doubt, test.family_seen), (code, doubt, seen), "{origin} {route:?}");
        };
        let (page, v4, v6) = ("https://status.example", Some(Family::Ipv4), Some(Family::Ipv6));
        check(page, Route::DualStack, Some(answer("n", "2620:fe::fe")), "ok", None, v6);
        check(page, Route::Ipv6, Some(answer("n", "2620:fe::fe")), "ok", None, v6);
        check(page, Route::Ipv6, Some(answer("n", "9.9.9.9")), "not_measured", Some(Doubt::WrongFamily), v4);
        check(page, Route::Ipv6, Some(answer("other", "2620:fe::fe")), "failed", Some(Doubt::NotOurs), None);
        check(page, Route::Ipv6, None, "failed", Some(Doubt::NotOurs), None);
        check(page, Route::Ipv6, Some(answer("n", "the host does not tell")), "ok", None, None);
        // A proxy beside the worker.
        check(page, Route::DualStack, Some(answer("n", "127.0.0.1")), "ok", None, None);
        check(page, Route::Ipv6, Some(answer("n", "172.18.0.2")), "ok", None, None);
        check("http://[::1]:8787", Route::Ipv6, Some(answer("n", "::1")), "ok", None, v6);
    }

    #[test]
    fn an_authority_of_ones_own_is_no_outage() {
        let miss = |is_timeout| Found::Failed(Miss { at: Timestamp::from_unix_ms(0), after_ms: 3.0, is_timeout });
        let of = |own_authority| target("service", FamilyFacts { own_authority, ..up() }, up(), None);
        let code = |found: Found, url, own| found.excused(url, Some(&of(own))).code();
        assert_eq!(code(miss(false), "https://service.internal/", true), "not_measured");
        assert_eq!(code(miss(false), "https://service.internal/", false), "failed");
        assert_eq!(code(miss(false), "http://service.internal/", true), "failed");
        assert_eq!(code(miss(true), "https://service.internal/", true), "failed", "silence is no certificate");
        assert_eq!(code(reached(), "https://service.internal/", true), "ok");
        assert_eq!(miss(false).excused("https://service.internal/", None).code(), "failed", "nothing is known of it");
    }

    #[test]
    fn a_dual_stack_device_has_an_address_where_either_family_has() {
        let p = |ipv4, ipv6| present(Route::DualStack, &PerFamily { ipv4, ipv6 });
        assert_eq!(p(Presence::Present, Presence::Absent), Presence::Present);
        assert_eq!(p(Presence::Absent, Presence::Absent), Presence::Absent);
        assert_eq!(p(Presence::Unknown, Presence::Absent), Presence::Unknown);
    }
}
