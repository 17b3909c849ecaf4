//! The sentence at the top of the page, and what else belongs there.

use crate::{
    found::route::Route,
    show::{phrases, target::TargetModel, tone::Tone},
};
use dualwatch_wire::v1::Judged;

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

/// Returns how one target counts. A service has trouble where it is down in some way.
pub fn judged(target: &TargetModel) -> Judged {
    let tone = |route| target.rows.get(route).tone;
    let in_trouble = |route| tone(route) == Tone::Bad;
    let any = Route::ALL.into_iter().any(in_trouble);
    Judged {
        targets: 1,
        troubled: any.into(),
        over_ipv4: in_trouble(Route::Ipv4).into(),
        over_ipv6: in_trouble(Route::Ipv6).into(),
        unknown: (!any && Route::ALL.into_iter().any(|route| tone(route) == Tone::Unknown)).into(),
        late: 0,
    }
}

/// Returns the overview of these targets, and of those that are elsewhere.
pub fn overview(targets: &[TargetModel], elsewhere: Judged) -> Overview {
    let count = |is: &dyn Fn(&TargetModel) -> bool| targets.iter().filter(|t| is(t)).count();
    let all = targets.iter().fold(elsewhere, |sum, target| sum.and(judged(target)));
    let troubled: Vec<(String, String)> =
        (targets.iter()).filter(|t| judged(t).troubled > 0).map(|t| (t.slug.clone(), t.name.clone())).collect();

    let Judged { targets: n, troubled: n_troubled, unknown, .. } = all;
    let mut details = Vec::new();
    if n_troubled > 0 && unknown > 0 {
        details.push(format!("Of {unknown} more it is not known."));
    }
    let unstable = count(&|t| t.findings.iter().any(|finding| finding.code == phrases::UNSTABLE));
    if unstable > 0 {
        let are = if unstable == 1 { "service is" } else { "services are" };
        details.push(format!("{unstable} {are} unstable."));
    }

    let headline = headline(all);
    let tone = if n_troubled > 0 {
        Tone::Bad
    } else if n == 0 || unknown == n {
        Tone::Unknown
    } else {
        Tone::Good
    };
    Overview { headline, details, tone, troubled }
}

fn headline(all: Judged) -> String {
    let Judged { targets: n, troubled, over_ipv4: four, over_ipv6: six, unknown, .. } = all;
    let who = match (n, troubled) {
        (1, _) => "The service has".to_owned(),
        (_, 1) => format!("1 of {n} services has"),
        _ => format!("{troubled} of {n} services have"),
    };
    match (troubled, four, six) {
        (0, ..) if n == 0 => "No service is watched yet.".to_owned(),
        (0, ..) if unknown == n => "Nothing is known at the moment.".to_owned(),
        (0, ..) if unknown > 0 => {
            let others = if n - unknown == 1 { "the other is up" } else { "the others are up" };
            format!("{unknown} of {n} services cannot be judged now; {others}.")
        }
        (0, ..) if n == 1 => "The service is up.".to_owned(),
        (0, ..) => format!("All {n} services are up."),
        (_, 0, 0) => format!("{who} trouble for clients with both families."),
        (_, 0, _) => format!("{who} trouble over IPv6."),
        (_, _, 0) => format!("{who} trouble over IPv4."),
        (1, 1, 1) => format!("{who} trouble over IPv4 and IPv6."),
        _ => format!("{who} trouble: {four} over IPv4, {six} over IPv6."),
    }
}
