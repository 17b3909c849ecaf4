//! The sentence at the top of the page, and what else belongs there.

use crate::{
    found::route::Route,
    show::{phrases, target::TargetModel, tone::Tone},
};
use dualwatch_wire::v1::Judged;
use dualwatch_words::{self_test::phrases::Whole, status::Said};

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
pub fn overview(targets: &[TargetModel], elsewhere: Judged, w: &dyn Whole) -> Overview {
    let count = |is: &dyn Fn(&TargetModel) -> bool| targets.iter().filter(|t| is(t)).count();
    let all = targets.iter().fold(elsewhere, |sum, target| sum.and(judged(target)));
    let troubled: Vec<(String, String)> =
        (targets.iter()).filter(|t| judged(t).troubled > 0).map(|t| (t.slug.clone(), t.name.clone())).collect();

    let Judged { targets: n, troubled: n_troubled, unknown, .. } = all;
    let mut details = Vec::new();
    if n_troubled > 0 && unknown > 0 {
        details.push(w.say(Said::MoreUnknown(unknown)));
    }
    let unstable = count(&|t| t.findings.iter().any(|finding| finding.code == phrases::UNSTABLE));
    if unstable > 0 {
        details.push(w.say(Said::Unstable(unstable)));
    }

    let headline = w.say(Said::Headline(all));
    let tone = if n_troubled > 0 {
        Tone::Bad
    } else if n == 0 || unknown == n {
        Tone::Unknown
    } else {
        Tone::Good
    };
    Overview { headline, details, tone, troubled }
}
