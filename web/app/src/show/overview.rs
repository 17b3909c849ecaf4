//! The sentence at the top of the page, and what else belongs there.

use crate::{
    found::{
        browser::{Found, Report},
        route::{PerRoute, Route},
    },
    show::{phrases::sentence, self_test::SelfTestRow, target::TargetModel, tone::Tone},
};
use dualwatch_core::judge::verdict::Verdict;

/// The state of everything in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    pub headline: String,
    /// Further sentences.
    pub details: Vec<String>,
    pub tone: Tone,
    /// Slug and name of the targets that have trouble.
    pub troubled: Vec<(String, String)>,
}

/// Returns the overview. A service has trouble where it is down in some way that is not the visitor's own.
pub fn overview(targets: &[TargetModel], self_test: &PerRoute<SelfTestRow>) -> Overview {
    let n = targets.len();
    let tone = |t: &TargetModel, route| t.rows.get(route).tone;
    let in_trouble = |t: &TargetModel, route| tone(t, route) == Tone::Bad || is_up_for_you(t, route);
    let count = |is: &dyn Fn(&TargetModel) -> bool| targets.iter().filter(|t| is(t)).count();

    let four = count(&|t| in_trouble(t, Route::Ipv4));
    let six = count(&|t| in_trouble(t, Route::Ipv6));
    let any = |t: &TargetModel| Route::ALL.into_iter().any(|route| in_trouble(t, route));
    let unknown = count(&|t| !any(t) && Route::ALL.into_iter().any(|route| tone(t, route) == Tone::Unknown));
    let troubled: Vec<(String, String)> =
        targets.iter().filter(|t| any(t)).map(|t| (t.slug.clone(), t.name.clone())).collect();

    let mut details = Vec::new();
    if !troubled.is_empty() && unknown > 0 {
        details.push(format!("Of {unknown} more it is not known."));
    }
    let from_here = count(&|t| Route::ALL.into_iter().any(|r| tone(t, r) == Tone::Caution && !is_up_for_you(t, r)));
    if from_here > 0 {
        let services = if from_here == 1 { "service does" } else { "services do" };
        details.push(format!("{from_here} {services} not answer your browser in at least one way."));
    }
    let yours: Vec<_> = self_test.iter().filter(|(_, row)| row.tone == Tone::You).collect();
    details.extend(yours.iter().map(|(_, row)| sentence(&row.cell.main)));

    let headline = headline(n, troubled.len(), four, six, unknown);
    let tone = if !troubled.is_empty() {
        Tone::Bad
    } else if n == 0 || unknown == n {
        Tone::Unknown
    } else if !yours.is_empty() {
        Tone::You
    } else if from_here > 0 {
        Tone::Caution
    } else {
        Tone::Good
    };
    Overview { headline, details, tone, troubled }
}

fn is_up_for_you(target: &TargetModel, route: Route) -> bool {
    target.rows.get(route).verdict == Verdict::UpForYou
}

fn headline(n: usize, troubled: usize, four: usize, six: usize, unknown: usize) -> String {
    let who = match (n, troubled) {
        (1, _) => "The service has".to_owned(),
        (_, 1) => format!("1 of {n} services has"),
        _ => format!("{troubled} of {n} services have"),
    };
    match (troubled, four, six) {
        (0, ..) if n == 0 => "No service is watched yet.".to_owned(),
        (0, ..) if unknown == n => "Nothing is known yet.".to_owned(),
        (0, ..) if unknown > 0 => format!("No trouble is known, but {unknown} of {n} services cannot be judged."),
        (0, ..) if n == 1 => "The service is up.".to_owned(),
        (0, ..) => format!("All {n} services are up."),
        (_, 0, 0) => format!("{who} trouble for clients with both families."),
        (_, 0, _) => format!("{who} trouble over IPv6."),
        (_, _, 0) => format!("{who} trouble over IPv4."),
        (_, 1, 1) if n == 1 => format!("{who} trouble over IPv4 and IPv6."),
        _ => format!("{who} trouble: {four} over IPv4, {six} over IPv6."),
    }
}

/// Returns one sentence on the visitor's own connection.
pub fn your_connection(report: &Report, rows: &PerRoute<SelfTestRow>) -> String {
    let found = |route| &report.self_test.get(route).found;
    match (found(Route::Ipv4), found(Route::Ipv6)) {
        (Found::NotYet, _) | (_, Found::NotYet) => "Your own connection has not been checked.".to_owned(),
        (Found::Pending, _) | (_, Found::Pending) => "Checking your own connection…".to_owned(),
        (Found::NoEndpoint, Found::NoEndpoint) => "Your own connection is not tested here.".to_owned(),
        _ => {
            let [four, six] = [Route::Ipv4, Route::Ipv6].map(|route| rows.get(route).cell.main.as_str());
            sentence(&format!("{four}; {six}"))
        }
    }
}
