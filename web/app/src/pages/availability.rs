//! Availability in words and as tables: how much of the time that was observed, in every window that people ask for.

use super::Inert;
use crate::{found::route::Route, show::phrases};
use dualwatch_core::measure::time::DAY;
use dualwatch_wire::v1::{
    TargetAvailability,
    history::{ErrorBudget, TrackAvailability, WindowAvailability},
};
use dualwatch_words::{
    self as words,
    pages::{self, Heading, Lasting, Told},
    self_test::phrases::Whole,
};
use leptos::{prelude::*, tachys::html::InertElement};

/// What stands in a cell: the figure, and what goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub main: String,
    pub details: Vec<String>,
}

/// Returns the availability of one track in one window of this length.
pub fn figure(track: &TrackAvailability, length_ms: i64, w: &dyn Whole) -> Figure {
    let known_ms = track.observed_s.ms() + track.maintenance_s.ms();
    // What is said of such a window is said of little of it: that comes first.
    let hardly = words::known_for(known_ms, length_ms).filter(|_| track.ratio.is_some());
    let lasting = [
        (Lasting::Down, track.down_s.ms()),
        (Lasting::Degraded, track.degraded_s.ms()),
        (Lasting::Maintenance, track.maintenance_s.ms()),
    ];
    let lasted = lasting.into_iter().filter(|(_, ms)| *ms > 0);
    let mut details: Vec<String> = lasted.map(|(what, ms)| w.tell(Told::Lasted(what, &w.span(ms)))).collect();
    if track.blurred_s.ms() > 0 {
        details.push(w.tell(Told::RightToWithin(&w.span(track.blurred_s.ms()))));
    }
    let Some(ratio) = track.ratio.map(|ratio| w.percent(ratio)) else {
        return Figure { main: w.heading(Heading::NotObserved).to_owned(), details };
    };
    if hardly.is_some() {
        details.insert(0, w.tell(Told::OfThat(&ratio)));
        let main = w.tell(Told::KnownFor { known: &w.span(known_ms), of: &w.span(length_ms) });
        return Figure { main, details };
    }
    if track.unobserved_share > 0.0 {
        details.push(w.tell(Told::NotObserved(&w.percent(track.unobserved_share))));
    }
    Figure { main: ratio, details }
}

/// Returns what is left of an error budget.
pub fn budget(budget: &ErrorBudget, w: &dyn Whole) -> Figure {
    let (allowed, spent, left) = (budget.allowed_s.ms(), budget.spent_s.ms(), budget.left_s.ms());
    let main = match left {
        1.. => w.tell(Told::Left(&w.span(left))),
        0 if spent == 0 => w.heading(Heading::NothingToSpend).to_owned(),
        0 => w.heading(Heading::Spent).to_owned(),
        _ => w.tell(Told::OverspentBy(&w.span(-left))),
    };
    let details = (allowed > 0).then(|| w.tell(Told::OfBudget(&w.span(allowed))));
    Figure { main, details: details.into_iter().collect() }
}

/// Returns the table of all windows.
pub fn table(availability: &TargetAvailability, w: &dyn Whole) -> InertElement {
    rows(w.heading(Heading::Shares), availability, |track, length_ms| Some(figure(track, length_ms, w)), w)
}

/// Returns the windows that say something of their own: those that reach back further than anything is known are all the
/// same, and the last one stands for them.
fn telling(availability: &TargetAvailability) -> Vec<&WindowAvailability> {
    let is_known = |w: &WindowAvailability| {
        [&w.ipv4, &w.ipv6, &w.dual_stack].iter().any(|t| t.observed_s.ms() + t.maintenance_s.ms() > 0)
    };
    // `2026-11`, `2026`; not `24h`.
    let is_calendar = |w: &WindowAvailability| w.window.ends_with(|c: char| c.is_ascii_digit());
    let (Some(since), Some(all)) = (availability.since, availability.windows.last().filter(|w| w.window == ALL)) else {
        let n = availability.windows.iter().rposition(|w| is_known(w) || !is_calendar(w)).map_or(0, |last| last + 1);
        return availability.windows[..n].iter().collect();
    };
    // What reaches from before the beginning until now is all there is, whatever it is called.
    let is_all = |w: &&WindowAvailability| w.from <= since && w.to >= all.to;
    let own = availability.windows.iter().filter(|w| !is_all(w) && (is_known(w) || !is_calendar(w)));
    own.chain([all].into_iter().filter(|all| is_known(all))).collect()
}

/// The code of the window that holds all that is known.
const ALL: &str = "all";

/// Returns the table of error budgets; `None` without an objective.
pub fn budgets(availability: &TargetAvailability, w: &dyn Whole) -> Option<InertElement> {
    let slo = w.formats().number(availability.slo?);
    let caption = w.tell(Told::BudgetUnder(&slo));
    Some(rows(&caption, availability, |track, _| track.budget.as_ref().map(|it| budget(it, w)), w))
}

fn rows(
    caption: &str,
    availability: &TargetAvailability,
    figure: impl Fn(&TrackAvailability, i64) -> Option<Figure>,
    words: &dyn Whole,
) -> InertElement {
    let cell = |track: &TrackAvailability, length_ms: i64| {
        let Figure { main, details } =
            figure(track, length_ms).unwrap_or_else(|| Figure { main: "–".to_owned(), details: Vec::new() });
        view! { <td role="cell"><b>{main}</b> <span class="detail">{details.join(", ")}</span></td> }
    };
    let row = |w: &&WindowAvailability| {
        let length_ms = w.to.ms_since(w.from);
        let cells: Vec<_> = [&w.ipv4, &w.ipv6, &w.dual_stack].map(|track| cell(track, length_ms)).into_iter().collect();
        view! { <tr role="row"><th scope="row" role="rowheader">{window(w, words)}</th>{cells}</tr> }
    };
    let rows: Vec<_> = telling(availability).iter().map(row).collect();
    let heads: Vec<_> = Route::ALL
        .map(|route| view! { <th scope="col" role="columnheader">{head(route, words)}</th> })
        .into_iter()
        .collect();
    view! {
        <table role="table">
            <caption>{caption.to_owned()}</caption>
            <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">{words.heading(Heading::Window)}</th>{heads}</tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .inert()
}

/// Returns the name of a column.
pub fn head(route: Route, w: &dyn Whole) -> &'static str {
    match route {
        Route::DualStack => w.heading(Heading::Both),
        single => single.label(),
    }
}

fn window(window: &WindowAvailability, w: &dyn Whole) -> String {
    match window.window.as_str() {
        "24h" => w.tell(Told::Hours(24)),
        "7d" => w.tell(Told::LastDays(7)),
        "30d" => w.tell(Told::LastDays(30)),
        "90d" => w.tell(Told::LastDays(90)),
        "1y" => w.tell(Told::Year),
        ALL => {
            // As old as it is: of what began a moment ago, the time of day.
            let (since, length_ms) = (window.from, window.to.ms_since(window.from));
            let since_time = if length_ms < DAY { format!(" {}", phrases::time_of_day(since)) } else { String::new() };
            w.tell(Told::AllSince(&format!("{}{since_time}", phrases::date(since))))
        }
        month => pages::month(month, w),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::en;
    use dualwatch_core::measure::time::Timestamp;
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
            let seen = figure(track, DAY, en());
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
            assert_eq!(budget(&it, en()).main, expected);
        };
        check(2_592, 0, "43 minutes 12 seconds left");
        check(2_592, 2_592, "spent");
        check(2_592, 2_652, "overspent by 1 minute");
        check(0, 0, "nothing to spend yet");
    }

    /// What is called so, of a target that is known since then, in seconds of a day of which the last is `to`.
    fn over(code: &str, from: i64, to: i64, observed: i64) -> WindowAvailability {
        let at = |s: i64| Timestamp::from_unix_ms(1_795_392_000_000 + s * 1_000);
        let track = || track(observed, 0, 0);
        WindowAvailability {
            window: code.into(),
            from: at(from),
            to: at(to),
            ipv4: track(),
            ipv6: track(),
            dual_stack: track(),
        }
    }

    #[test]
    fn windows_have_names() {
        let name = |code| window(&over(code, 0, 3_600, 0), en());
        assert_eq!(
            ["24h", "1y", "2026-11", "2026-13", "2024"].map(name),
            ["24 hours", "1 year", "November 2026", "2026-13", "2024"]
        );
        assert_eq!(window(&over("all", 60, 68, 8), en()), "All since 2026-11-23 00:01:00 UTC");
        assert_eq!(window(&over("all", 0, 86_400, 8), en()), "All since 2026-11-23");
    }

    #[test]
    fn what_was_hardly_observed_says_so_first() {
        let seen = figure(&track(8, 2, 0), 30 * DAY, en());
        assert_eq!(seen.main, "known for 8 seconds of 30 days");
        assert_eq!(seen.details.join("|").replace('\u{a0}', " "), "75.00 % of that|down 2 seconds");
        assert_eq!(figure(&track(0, 0, 0), 30 * DAY, en()).main, "not observed");
    }

    #[test]
    fn windows_longer_than_the_life_of_a_target_are_told_once() {
        const DAY_S: i64 = 86_400;
        let told = |since: i64, windows: Vec<WindowAvailability>| {
            let since = Some(over("all", since, 0, 0).from);
            let all = TargetAvailability { version: 1, slug: "api".into(), slo: None, since, windows };
            telling(&all).iter().map(|w| w.window.clone()).collect::<Vec<_>>().join(" ")
        };
        // Eight seconds old.
        let all = ["24h", "7d", "30d", "90d", "1y", "2026-11", "2026-10"].map(|code| over(code, -DAY_S, 8, 8));
        let mut young = all.to_vec();
        young[6] = over("2026-10", -60 * DAY_S, -30 * DAY_S, 0);
        young.push(over("all", 0, 8, 8));
        assert_eq!(told(0, young), "all");
        // A past that was loaded; nothing was measured since.
        let old = vec![
            over("24h", -DAY_S, 0, 0),
            over("1y", -365 * DAY_S, 0, 0),
            over("2026-11", -20 * DAY_S, 0, 0),
            over("2025", -600 * DAY_S, -235 * DAY_S, 9),
            over("2024", -965 * DAY_S, -600 * DAY_S, 9),
            over("all", -700 * DAY_S, 0, 9),
        ];
        assert_eq!(told(-700 * DAY_S, old), "24h 1y 2025 2024 all");
    }
}
