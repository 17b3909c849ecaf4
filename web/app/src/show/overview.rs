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

/// Of so many services it is told at the top why they are not as they should be; of the others where they stand.
const MAX_REASONS: usize = 3;

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
/// `under_maintenance`: some goes on.
pub fn overview(targets: &[TargetModel], elsewhere: Judged, under_maintenance: bool, w: &dyn Whole) -> Overview {
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

    let degraded: Vec<(&TargetModel, &str)> = targets
        .iter()
        .filter_map(|t| Some((t, t.degraded.as_deref()?)))
        .filter(|(t, _)| judged(t).troubled == 0)
        .collect();
    let headline = match (&degraded[..], n, n_troubled, unknown) {
        // What there is to say of the only one fits into its headline.
        ([(_, why)], 1, 0, 0) => w.say(Said::UpBut(why)),
        _ => w.say(Said::Headline(all)),
    };
    let headline = if under_maintenance { [&*headline, &w.say(Said::UnderMaintenance)].join(" ") } else { headline };
    if n > 1 && !degraded.is_empty() {
        details.push(w.say(Said::Degraded(degraded.len())));
        details.extend(degraded.iter().take(MAX_REASONS).map(|(target, why)| w.pair(&target.name, why)));
    }
    let tone = if n_troubled > 0 {
        Tone::Bad
    } else if n == 0 || unknown == n {
        Tone::Unknown
    } else if degraded.is_empty() {
        Tone::Good
    } else {
        Tone::Slow
    };
    Overview { headline, details, tone, troubled }
}
