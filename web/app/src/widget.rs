//! What a browser is told that asks a target from a page of somebody else's: whom to ask, and what each outcome comes to.
//!
//! The table of verdicts is not in the browser: for every outcome the answer has its code, its side and its words.

use crate::found::{edge, near, route::Route};
use dualwatch_core::{
    judge::verdict::{self, PageControl, Side},
    measure::{time::Timestamp, vicinity::is_shared},
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{VERSION, WidgetFacts},
};
use dualwatch_words::{self_test::words, widget};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Check<'a> {
    version: u32,
    routes: BTreeMap<&'static str, Ask<'a>>,
    /// What is said first of each side.
    sides: BTreeMap<&'static str, &'static str>,
    /// What is said where nothing could be asked, and where the whole test is.
    not_asked: &'static str,
    self_test: String,
}

/// One way to a target.
#[derive(Serialize)]
struct Ask<'a> {
    /// The URL of the target, where a browser may ask it.
    target: Option<&'a str>,
    /// Our own endpoint of the same family, which proves that the visitor's works.
    control: Option<String>,
    /// By what was found at the target, and then at the control.
    says: BTreeMap<&'static str, BTreeMap<&'static str, Says>>,
}

#[derive(Serialize)]
struct Says {
    verdict: &'static str,
    side: &'static str,
    text: String,
}

const PAGES: [(&str, verdict::Page); 3] =
    [("ok", verdict::Page::Ok), ("failed", verdict::Page::Failed), ("not_measured", verdict::Page::NotMeasured)];
/// A page of somebody else's never learns which addresses the device has.
const CONTROLS: [(&str, PageControl); 3] =
    [("ok", PageControl::Ok), ("failed", PageControl::Failed), ("not_measured", PageControl::NotMeasured)];

/// Returns the document, in a language.
pub fn check(facts: &WidgetFacts, language: Language, now: Timestamp) -> String {
    let WidgetFacts { status, target, self_test } = facts;
    let spoken = words(language);
    let routes = Route::ALL.map(|route| {
        let side = edge::side(status, target.interval_s, route, now);
        let says = |page| {
            let of = CONTROLS.map(|(code, control)| {
                let verdict = verdict::decide(page, control, side.edge);
                let text = spoken.verdict(verdict, route.family());
                (code, Says { verdict: verdict.code(), side: verdict.side().code(), text })
            });
            BTreeMap::from(of)
        };
        // One that nobody has configured is at the host that this was asked for at, which is shared by all who ask there.
        let is_near = |url: &&str| url.starts_with("//") || is_shared(url, [], self_test.vicinity);
        let control = route.endpoint(&self_test.origins).filter(is_near);
        let ask = Ask {
            target: near::endpoint(target, Some(status), route, self_test.vicinity),
            control: control.map(|origin| format!("{}/probe/ip", origin.replace("//*.", "//"))),
            says: BTreeMap::from(PAGES.map(|(code, page)| (code, says(page)))),
        };
        (route.code(), ask)
    });
    let sides = [Side::None, Side::You, Side::Them, Side::Between, Side::Unknown];
    let document = Check {
        version: VERSION,
        routes: BTreeMap::from(routes),
        sides: BTreeMap::from(sides.map(|side| (side.code(), widget::side(language, side)))),
        not_asked: widget::not_asked(language),
        self_test: format!("/self-test?lang={}", language.code()),
    };
    serde_json::to_string(&document).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{page, target, up};
    use dualwatch_core::measure::{cause::Cause, family::Family, target::BrowserEndpoints, vicinity::Vicinity};
    use dualwatch_wire::v1::{FamilyFacts, status::State};

    fn facts() -> WidgetFacts {
        let down = FamilyFacts { state: State::Down, cause: Some(Cause::TcpRefused), ..up() };
        let mut data = page(vec![target("shop", up(), down, Some(Family::Ipv4))]);
        let mut facts = WidgetFacts {
            status: data.status.targets.remove(0),
            target: data.targets.remove(0),
            self_test: data.self_test,
        };
        facts.target.browser = BrowserEndpoints {
            ipv4: Some("https://ipv4.shop.example/".to_owned()),
            ipv6: None,
            dual_stack: Some("http://127.0.0.1/".to_owned()),
        };
        facts.self_test.vicinity = Vicinity::Elsewhere;
        facts.self_test.origins.ipv6 = Some("https://*.ipv6.status.example".to_owned());
        facts
    }

    #[test]
    fn every_outcome_has_its_verdict_in_every_language() {
        let facts = facts();
        let now = facts.status.last_round_at.unwrap();
        for (language, between) in [
            (Language::En, "between you and the service, or blocked here"),
            (Language::De, "zwischen Ihnen und dem Dienst gestört oder hier blockiert"),
            (Language::ZhHans, ""),
        ] {
            let document: serde_json::Value = serde_json::from_str(&check(&facts, language, now)).unwrap();
            let says =
                |route: &str, page: &str, control: &str| document["routes"][route]["says"][page][control].clone();
            assert_eq!(says("ipv4", "failed", "ok")["verdict"], "between");
            assert_eq!(says("ipv4", "failed", "failed")["side"], "you");
            assert_eq!(says("ipv6", "failed", "ok")["side"], "them");
            assert_eq!(says("dual_stack", "ok", "not_measured")["verdict"], "up");
            let text = says("ipv4", "failed", "ok")["text"].as_str().unwrap().to_owned();
            assert!(between.is_empty() || text == between, "{text}");
        }
    }

    /// As from our own page: a name or an address that is another machine where the visitor is, is not asked.
    #[test]
    fn nobody_is_sent_to_addresses_that_mean_something_else_there() {
        let facts = facts();
        let now = facts.status.last_round_at.unwrap();
        let document: serde_json::Value = serde_json::from_str(&check(&facts, Language::En, now)).unwrap();
        assert_eq!(document["routes"]["ipv4"]["target"], "https://ipv4.shop.example/");
        assert!(document["routes"]["dual_stack"]["target"].is_null());
        assert_eq!(document["routes"]["ipv6"]["control"], "https://ipv6.status.example/probe/ip");
    }
}
