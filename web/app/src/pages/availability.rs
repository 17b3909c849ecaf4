//! Availability in words and as tables: how much of the time that was observed, in every window that people ask for.

use super::Inert;
use crate::{
    found::route::Route,
    show::{percent::percent, phrases},
};
use dualwatch_wire::v1::{
    TargetAvailability,
    history::{ErrorBudget, TrackAvailability, WindowAvailability},
};
use dualwatch_words as words;
use leptos::{prelude::*, tachys::html::InertElement};

/// What stands in a cell: the figure, and what goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub main: String,
    pub details: Vec<String>,
}

/// Returns the availability of one track in one window.
pub fn figure(track: &TrackAvailability) -> Figure {
    let mut details = Vec::new();
    let mut lasted = |what: &str, ms: i64| {
        if ms > 0 {
            details.push(format!("{what} {}", words::duration(ms)));
        }
    };
    lasted("down", track.down_s.ms());
    lasted("degraded", track.degraded_s.ms());
    lasted("maintenance", track.maintenance_s.ms());
    if track.blurred_s.ms() > 0 {
        details.push(format!("right to within {}", words::duration(track.blurred_s.ms())));
    }
    let Some(ratio) = track.ratio else {
        return Figure { main: "not observed".to_owned(), details };
    };
    if track.unobserved_share > 0.0 {
        details.push(format!("{} not observed", percent(track.unobserved_share)));
    }
    Figure { main: percent(ratio), details }
}

/// Returns what is left of an error budget.
pub fn budget(budget: &ErrorBudget) -> Figure {
    let (allowed, spent, left) = (budget.allowed_s.ms(), budget.spent_s.ms(), budget.left_s.ms());
    let main = match left {
        1.. => format!("{} left", words::duration(left)),
        0 if spent == 0 => "nothing to spend yet".to_owned(),
        0 => "spent".to_owned(),
        _ => format!("overspent by {}", words::duration(-left)),
    };
    let of = format!("of {}", words::duration(allowed));
    Figure { main, details: if allowed > 0 { vec![of] } else { Vec::new() } }
}

/// Returns the table of all windows.
pub fn table(availability: &TargetAvailability) -> InertElement {
    let caption = "Share of the observed time in which it was up; maintenance counts neither way";
    rows(caption, known(availability), |track| Some(figure(track)))
}

/// Returns the windows without the oldest, of which nothing at all is known.
fn known(availability: &TargetAvailability) -> &[WindowAvailability] {
    let is_known = |w: &WindowAvailability| {
        [&w.ipv4, &w.ipv6, &w.dual_stack].iter().any(|t| t.observed_s.ms() + t.maintenance_s.ms() > 0)
    };
    let is_month = |w: &WindowAvailability| w.window.contains('-');
    let n = availability.windows.iter().rposition(|w| is_known(w) || !is_month(w)).map_or(0, |last| last + 1);
    &availability.windows[..n]
}

/// Returns the table of error budgets; `None` without an objective.
pub fn budgets(availability: &TargetAvailability) -> Option<InertElement> {
    let slo = availability.slo?;
    let caption = format!("Time that may be down under the objective of {slo} %, over the observed time");
    Some(rows(&caption, known(availability), |track| track.budget.as_ref().map(budget)))
}

fn rows(
    caption: &str,
    windows: &[WindowAvailability],
    figure: impl Fn(&TrackAvailability) -> Option<Figure>,
) -> InertElement {
    let cell = |track: &TrackAvailability| {
        let Figure { main, details } =
            figure(track).unwrap_or_else(|| Figure { main: "–".to_owned(), details: Vec::new() });
        view! { <td role="cell"><b>{main}</b> <span class="detail">{details.join(", ")}</span></td> }
    };
    let row = |w: &WindowAvailability| {
        let cells: Vec<_> = [&w.ipv4, &w.ipv6, &w.dual_stack].map(cell).into_iter().collect();
        view! { <tr role="row"><th scope="row" role="rowheader">{window(&w.window)}</th>{cells}</tr> }
    };
    let rows: Vec<_> = windows.iter().map(row).collect();
    let heads: Vec<_> =
        Route::ALL.map(|route| view! { <th scope="col" role="columnheader">{head(route)}</th> }).into_iter().collect();
    view! {
        <table role="table">
            <caption>{caption.to_owned()}</caption>
            <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">"Window"</th>{heads}</tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .inert()
}

/// Returns the name of a column.
pub const fn head(route: Route) -> &'static str {
    match route {
        Route::DualStack => "Client with both",
        single => single.label(),
    }
}

fn window(code: &str) -> String {
    match code {
        "24h" => "24 hours".to_owned(),
        "7d" => "7 days".to_owned(),
        "30d" => "30 days".to_owned(),
        "90d" => "90 days".to_owned(),
        "1y" => "1 year".to_owned(),
        month => phrases::month(month),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_wire::seconds::Seconds;

    fn s(seconds: i64) -> Seconds {
        Seconds::from_ms(seconds * 1_000)
    }

    /// A day of which so many seconds were down, and so many announced.
    pub fn track(observed: i64, down: i64, maintenance: i64) -> TrackAvailability {
        TrackAvailability {
            observed_s: s(observed),
            up_s: s(observed - down),
            degraded_s: s(0),
            down_s: s(down),
            maintenance_s: s(maintenance),
            unobserved_share: (86_400 - observed - maintenance) as f64 / 86_400.0,
            ratio: (observed > 0).then(|| (observed - down) as f64 / observed as f64),
            blurred_s: s(0),
            budget: None,
        }
    }

    #[test]
    fn figures() {
        let check = |track: &TrackAvailability, main: &str, details: &[&str]| {
            let seen = figure(track);
            let seen = [vec![seen.main], seen.details].concat().join("|").replace('\u{a0}', " ");
            assert_eq!(seen, [&[main], details].concat().join("|"));
        };
        check(&track(86_400, 0, 0), "100 %", &[]);
        check(&track(86_400, 86_400, 0), "0 %", &["down 1 day"]);
        check(&track(86_400, 1, 0), "99.998 %", &["down 1 second"]);
        check(
            &track(43_200, 432, 3_600),
            "99.00 %",
            &["down 7 minutes 12 seconds", "maintenance 1 hour", "45.83 % not observed"],
        );
        check(&track(0, 0, 0), "not observed", &[]);
        check(&track(0, 0, 86_400), "not observed", &["maintenance 1 day"]);
        let mut blurred = track(86_400, 0, 0);
        blurred.blurred_s = s(300);
        check(&blurred, "100 %", &["right to within 5 minutes"]);
    }

    #[test]
    fn budgets_are_left_or_overspent() {
        let check = |allowed, spent, expected: &str| {
            let it = ErrorBudget { allowed_s: s(allowed), spent_s: s(spent), left_s: s(allowed - spent) };
            assert_eq!(budget(&it).main, expected);
        };
        check(2_592, 0, "43 minutes 12 seconds left");
        check(2_592, 2_592, "spent");
        check(2_592, 2_652, "overspent by 1 minute");
        check(0, 0, "nothing to spend yet");
    }

    #[test]
    fn windows_have_names() {
        assert_eq!(["24h", "1y", "2026-11", "2026-13"].map(window), ["24 hours", "1 year", "November 2026", "2026-13"]);
    }
}
