//! One pass over everything: what is good is shown at once, what is bad only when all has been heard.
//!
//! A failure accuses somebody, and whom it accuses depends on answers that may come later: a sentence said before would
//! be taken back.

use crate::found::{
    browser::{Found, Report, SelfTest},
    route::Route,
};

/// The bad news of a pass so far.
#[derive(Debug, Default)]
pub struct Hearing {
    own: Vec<(Route, SelfTest)>,
    targets: Vec<(String, Route, Found)>,
}

impl Hearing {
    /// Hears what one of our own endpoints gave.
    pub fn own(&mut self, report: &mut Report, route: Route, test: SelfTest) {
        if test.is_bad() {
            self.own.push((route, test));
        } else {
            *report.self_test.get_mut(route) = test;
        }
    }

    /// Hears what a target gave. One that is not in the report is gone.
    pub fn target(&mut self, report: &mut Report, slug: &str, route: Route, found: Found) {
        if matches!(found, Found::Failed(_)) {
            self.targets.push((slug.to_owned(), route, found));
        } else if let Some(target) = report.targets.get_mut(slug) {
            *target.get_mut(route) = found;
        }
    }

    /// Whether one of our own endpoints has failed.
    pub fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// Ends the pass: what was held back is in the report.
    pub fn close(self, report: &mut Report) {
        for (route, test) in self.own {
            *report.self_test.get_mut(route) = test;
        }
        for (slug, route, found) in self.targets {
            if let Some(target) = report.targets.get_mut(&slug) {
                *target.get_mut(route) = found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::{
        browser::{Miss, Reach, Timing},
        route::PerRoute,
    };
    use dualwatch_core::measure::{family::PerFamily, time::Timestamp};

    const AT: Timestamp = Timestamp::from_unix_ms(0);
    const MISS: Found = Found::Failed(Miss { at: AT, after_ms: 3.0, is_timeout: false });

    fn test(found: Found) -> SelfTest {
        SelfTest { found, ..SelfTest::default() }
    }

    #[test]
    fn nobody_is_accused_before_all_are_heard() {
        let reached =
            Found::Reached(Reach { at: AT, ms: 3.0, status: None, is_secure: true, timing: Timing::default() });
        let mut report = Report::default();
        let endpoint = Some("https://service.example/");
        let mut pending: PerRoute<Found> = PerRoute::default();
        for route in Route::ALL {
            report.self_test.get_mut(route).found.begin(endpoint);
            pending.get_mut(route).begin(endpoint);
        }
        report.targets.insert("service".into(), pending);

        let mut hearing = Hearing::default();
        hearing.own(&mut report, Route::Ipv6, test(MISS));
        hearing.own(&mut report, Route::Ipv4, test(reached.clone()));
        hearing.target(&mut report, "service", Route::Ipv6, MISS);
        hearing.target(&mut report, "gone", Route::Ipv6, MISS);
        assert!(hearing.has_own());
        let codes = |report: &Report| {
            let own = Route::ALL.map(|route| report.self_test.get(route).code());
            (own, report.target("service", Route::Ipv6).code())
        };
        assert_eq!(codes(&report), (["ok", "pending", "pending"], "pending"));
        hearing.target(&mut report, "service", Route::DualStack, reached.clone());
        hearing.own(&mut report, Route::DualStack, test(reached));
        assert!(!report.is_proven(Route::Ipv6));
        hearing.close(&mut report);
        assert_eq!(codes(&report), (["ok", "failed", "ok"], "failed"));
        assert_eq!(report.targets.len(), 1);
        assert_eq!(
            report.control(Route::Ipv6, &PerFamily::default()),
            dualwatch_core::judge::verdict::PageControl::Failed
        );
    }
}
