//! Which of all URLs a visitor's browser may be asked about: those that mean the same machine where the visitor is.
//!
//! The page's own policy allows no others, its script asks for no others, and its rows say so of the others.

use crate::found::route::{PerRoute, Route};
use dualwatch_core::{
    measure::vicinity::{Vicinity, is_shared},
    self_test::place::Place,
};
use dualwatch_wire::v1::{PageData, PageTarget, TargetStatus};
use std::net::IpAddr;

/// Returns the URL of one route of a target, where a browser in this vicinity may measure it.
///
/// The addresses that the edge has connected to count too: a name says little about where it leads.
pub fn endpoint<'a>(
    target: &'a PageTarget,
    status: Option<&TargetStatus>,
    route: Route,
    visitor: Vicinity,
) -> Option<&'a str> {
    let url = route.endpoint(&target.browser)?;
    is_shared(url, addresses(status), visitor).then_some(url)
}

/// Returns the URL of one route of a target, and how near a visitor has to be for it to mean the same machine: `elsewhere`
/// is anywhere.
pub fn widest<'a>(target: &'a PageTarget, status: &TargetStatus, route: Route) -> Option<(&'a str, &'static str)> {
    let widest = [("elsewhere", Vicinity::Elsewhere), ("network", Vicinity::Network), ("machine", Vicinity::Machine)];
    widest.into_iter().find_map(|(code, visitor)| endpoint(target, Some(status), route, visitor).map(|url| (url, code)))
}

/// Returns of each route whether there is a URL that means something else where the visitor is.
pub fn is_elsewhere(target: Option<&PageTarget>, status: &TargetStatus, visitor: Vicinity) -> PerRoute<bool> {
    PerRoute::from_fn(|route| {
        target.is_some_and(|target| {
            route.endpoint(&target.browser).is_some() && endpoint(target, Some(status), route, visitor).is_none()
        })
    })
}

/// Returns our own endpoint of a route, where a browser in this vicinity may ask it.
pub fn origin(data: &PageData, route: Route, visitor: Vicinity) -> Option<&str> {
    route.endpoint(&data.self_test.origins).filter(|url| is_shared(url, [], visitor))
}

/// The same of any endpoint of the self-test, which may have some beside those.
pub fn place(data: &PageData, place: Place, visitor: Vicinity) -> Option<&str> {
    place.origin(&data.self_test.origins, &data.self_test.beside).filter(|url| is_shared(url, [], visitor))
}

/// Returns every URL that somebody may measure who asked for the page where it was asked for.
pub fn measurable(data: &PageData) -> Vec<&str> {
    let visitor = data.self_test.vicinity;
    let own = Route::ALL.into_iter().filter_map(|route| origin(data, route, visitor));
    let targets = data.targets.iter().flat_map(|target| {
        let status = data.status.targets.iter().find(|status| status.slug == target.slug);
        Route::ALL.into_iter().filter_map(move |route| endpoint(target, status, route, visitor))
    });
    own.chain(targets).collect()
}

fn addresses(status: Option<&TargetStatus>) -> impl Iterator<Item = IpAddr> {
    status.into_iter().flat_map(|status| [status.ipv4.address, status.ipv6.address]).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{page, target, up};
    use dualwatch_core::measure::target::BrowserEndpoints;
    use dualwatch_wire::v1::FamilyFacts;

    /// A page with one service of `localhost` and one whose name is public, and that the edge reached at `address`.
    fn data(address: &str) -> PageData {
        let seen = FamilyFacts { address: address.parse().ok(), ..up() };
        let mut data = page(vec![target("own", up(), up(), None), target("web", seen, up(), None)]);
        data.targets[0].browser = BrowserEndpoints {
            ipv4: Some("http://127.0.0.1:9000/".into()),
            ipv6: Some("http://[::1]:9000/".into()),
            dual_stack: Some("http://localhost:9000/".into()),
        };
        data
    }

    #[test]
    fn a_remote_visitor_is_never_sent_to_the_own_machine() {
        let mut data = data("9.9.9.9");
        let own = ["https://ipv4.probe.example", "https://ipv6.probe.example", "https://probe.example"];
        let web = ["https://ipv4.web.example", "https://ipv6.web.example", "https://web.example"];
        for vicinity in [Vicinity::Elsewhere, Vicinity::Network] {
            data.self_test.vicinity = vicinity;
            assert_eq!(measurable(&data), [own, web].concat(), "{vicinity:?}");
            let is = |i: usize| is_elsewhere(Some(&data.targets[i]), &data.status.targets[i], vicinity);
            assert!(is(0).iter().all(|(_, is)| *is) && is(1).iter().all(|(_, is)| !is));
        }
        data.self_test.vicinity = Vicinity::Machine;
        assert_eq!(measurable(&data).len(), 9);
    }

    #[test]
    fn a_name_is_as_near_as_the_addresses_that_the_edge_found() {
        let mut data = data("10.0.0.7");
        assert_eq!(measurable(&data).len(), 3, "our own endpoints alone");
        data.self_test.vicinity = Vicinity::Network;
        assert_eq!(measurable(&data).len(), 6);
    }

    #[test]
    fn our_own_endpoints_are_no_exception() {
        let mut data = data("9.9.9.9");
        data.self_test.origins.ipv6 = Some("http://[::1]:8787".into());
        assert_eq!(origin(&data, Route::Ipv6, Vicinity::Elsewhere), None);
        assert_eq!(origin(&data, Route::Ipv6, Vicinity::Machine), Some("http://[::1]:8787"));
        assert_eq!(is_elsewhere(None, &data.status.targets[0], Vicinity::Elsewhere), PerRoute::default());
    }
}
