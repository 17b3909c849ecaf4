//! Ninety days, a cell each: what was down at the bottom, what nobody saw left empty; and the same as a table.

use super::{Inert, availability::head};
use crate::{found::route::Route, show::phrases};
use dualwatch_core::measure::time::{DAY, SECOND, Timestamp};
use dualwatch_wire::v1::{
    TargetHistory,
    history::{BucketTimes, HistoryBucket},
};
use dualwatch_words::{
    pages::{Heading, Lasting, Told},
    self_test::phrases::Whole,
};
use leptos::{prelude::*, tachys::html::InertElement};

/// How many days are drawn, today included.
pub const DAYS: i64 = 90;
/// A cell of the drawing, in units of its box.
const WIDTH: i64 = 10;
const HEIGHT: i64 = 40;
/// What was down is drawn at least so high, so that a minute can be seen.
const MIN_DOWN: i64 = 6;

/// One day, the oldest first: its first moment, its length so far, and its sums where there are any.
struct Day<'a> {
    from: Timestamp,
    ms: i64,
    bucket: Option<&'a HistoryBucket>,
}

impl Day<'_> {
    fn times(&self, route: Route) -> BucketTimes {
        self.bucket.map_or_else(BucketTimes::default, |b| match route {
            Route::Ipv4 => b.ipv4.times,
            Route::Ipv6 => b.ipv6.times,
            Route::DualStack => b.dual_stack,
        })
    }
}

/// Returns the first moment of the first day that is drawn.
pub fn from(now: Timestamp) -> Timestamp {
    now - now.unix_ms().rem_euclid(DAY) - (DAYS - 1) * DAY
}

fn days(history: &TargetHistory, now: Timestamp) -> Vec<Day<'_>> {
    let first = from(now);
    (0..DAYS)
        .map(|i| {
            let from = first + i * DAY;
            let bucket = history.buckets.iter().find(|b| b.from == from);
            // The sums may be from a moment before.
            Day { from, ms: now.min(history.to).ms_since(from).clamp(1, DAY), bucket }
        })
        .collect()
}

/// Returns what a day was like, in words.
pub(super) fn day_words(times: &BucketTimes, ms: i64, w: &dyn Whole) -> String {
    let (up, down) = (times.up_s.ms(), times.down_s.ms());
    let (degraded, maintenance) = (times.degraded_s.ms(), times.maintenance_s.ms());
    if up + down + maintenance == 0 {
        return w.heading(Heading::NotObserved).to_owned();
    }
    let told = |what, ms| w.tell(Told::Lasted(what, &w.span(ms)));
    let lasting = [(Lasting::Down, down), (Lasting::Maintenance, maintenance), (Lasting::Degraded, degraded)];
    let mut parts: Vec<String> =
        lasting.into_iter().filter(|(_, ms)| *ms > 0).map(|(what, ms)| told(what, ms)).collect();
    if parts.is_empty() {
        parts.push(w.heading(Heading::Up).to_owned());
    }
    // However short: what nobody saw is said. Less than a second is what is left of a rounded sum.
    let unseen = ms - up - down - maintenance;
    if unseen >= SECOND {
        parts.push(told(Lasting::NotObserved, unseen));
    }
    parts.join("; ")
}

/// Returns the strips of both families and of a client that has both, with their table.
pub fn strips(history: &TargetHistory, now: Timestamp, w: &dyn Whole) -> InertElement {
    let days = days(history, now);
    let strips: Vec<_> = Route::ALL.iter().map(|route| strip(&days, *route, w)).collect();
    let unreadable = (history.n_unreadable > 0)
        .then(|| view! { <p class="note">{w.tell(Told::Unreadable(history.n_unreadable))}</p> });
    view! {
        <div class="card strips">
            {strips}
            <p class="note">{w.tell(Told::ColumnIsADay(&phrases::date(from(now))))}</p>
            {legend(w)}
        </div>
        {unreadable}
        <details><summary>{w.heading(Heading::AsTable)}</summary>{table(&days, w)}</details>
    }
    .inert()
}

fn strip(days: &[Day<'_>], route: Route, w: &dyn Whole) -> impl IntoView + use<> {
    let n = |is: &dyn Fn(&BucketTimes) -> bool| days.iter().filter(|day| is(&day.times(route))).count();
    let n_down = n(&|t| t.down_s.ms() > 0);
    let n_unseen = n(&|t| *t == BucketTimes::default());
    let outages = || match n_down {
        0 => w.heading(Heading::NoOutageSeen).to_owned(),
        n => w.tell(Told::OutagesOn(n)),
    };
    let summary = match n_unseen {
        0 => outages(),
        n if n == days.len() => w.heading(Heading::NotObserved).to_owned(),
        n => [outages(), w.tell(Told::DaysNotObserved(n))].join(", "),
    };
    let head = head(route, w);
    let label = w.tell(Told::StripOf { route: head, n_days: DAYS, said: &summary });
    let cells: Vec<_> = days
        .iter()
        .zip(0..)
        .map(|(day, i)| {
            let times = day.times(route);
            let title = format!("{}: {}", phrases::date(day.from), day_words(&times, day.ms, w));
            view! { <g><title>{title}</title>{cell(&times, day.ms, i * WIDTH)}</g> }
        })
        .collect();
    view! {
        <h3>{head} " " <span class="detail">{summary}</span></h3>
        <svg class="strip" role="img" aria-label=label viewBox=format!("0 0 {} {HEIGHT}", DAYS * WIDTH) preserveAspectRatio="none">
            {cells}
        </svg>
    }
}

/// Up is thin, maintenance and degraded are outlines, down is broad and stands at the bottom.
fn cell(times: &BucketTimes, ms: i64, x: i64) -> InertElement {
    let share = |part: i64| part.max(0) * HEIGHT / ms.max(1);
    let part = |kind: &'static str, x: i64, width: i64, y: i64, height: i64| {
        (height > 0).then(|| {
            view! {
                <rect class=kind x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string()></rect>
            }
        })
    };
    let down = if times.down_s.ms() > 0 { share(times.down_s.ms()).max(MIN_DOWN) } else { 0 };
    let maintenance = share(times.maintenance_s.ms()).min(HEIGHT - down);
    let degraded = share(times.degraded_s.ms()).min(HEIGHT - down - maintenance);
    let up = times.up_s.ms() - times.degraded_s.ms();
    let up = if up > 0 { share(up).max(1) } else { 0 }.min(HEIGHT - down - maintenance - degraded);
    let mut top = HEIGHT;
    let mut next = |height: i64| {
        top -= height;
        top
    };
    view! {
        <rect class="day" x=x.to_string() y="0" width=WIDTH.to_string() height=HEIGHT.to_string()></rect>
        {part("down", x, WIDTH - 1, next(down), down)}
        {part("announced", x + 2, WIDTH - 5, next(maintenance), maintenance)}
        {part("degraded", x + 2, WIDTH - 5, next(degraded), degraded)}
        {part("up", x + 3, WIDTH - 7, next(up), up)}
    }
    .inert()
}

fn legend(w: &dyn Whole) -> impl IntoView + use<> {
    let sample = |times: BucketTimes, name: &'static str| {
        view! {
            <li><svg viewBox="0 0 10 40" aria-hidden="true">{cell(&times, DAY, 0)}</svg> " " {name}</li>
        }
    };
    let whole = dualwatch_wire::seconds::Seconds::from_ms(DAY);
    let none = BucketTimes::default();
    view! {
        <ul class="legend">
            {sample(BucketTimes { up_s: whole, ..none }, w.heading(Heading::Up))}
            {sample(BucketTimes { up_s: whole, degraded_s: whole, ..none }, w.heading(Heading::Degraded))}
            {sample(BucketTimes { down_s: whole, ..none }, w.heading(Heading::Down))}
            {sample(BucketTimes { maintenance_s: whole, ..none }, w.heading(Heading::Maintenance))}
            {sample(none, w.heading(Heading::NotObserved))}
        </ul>
    }
}

/// The newest day first.
fn table(days: &[Day<'_>], w: &dyn Whole) -> impl IntoView + use<> {
    let row = |day: &Day<'_>| {
        let cells: Vec<_> = Route::ALL
            .map(|route| view! { <td role="cell">{day_words(&day.times(route), day.ms, w)}</td> })
            .into_iter()
            .collect();
        view! { <tr role="row"><th scope="row" role="rowheader">{phrases::date(day.from)}</th>{cells}</tr> }
    };
    let rows: Vec<_> = days.iter().rev().map(row).collect();
    let heads: Vec<_> = Route::ALL
        .map(|route| view! { <th scope="col" role="columnheader">{head(route, w)}</th> })
        .into_iter()
        .collect();
    view! {
        <table role="table">
            <caption>{w.heading(Heading::DaysInUtc)}</caption>
            <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">{w.heading(Heading::Day)}</th>{heads}</tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::en;
    use dualwatch_core::measure::time::{HOUR, MINUTE};
    use dualwatch_wire::seconds::Seconds;

    fn times(up: i64, down: i64, maintenance: i64) -> BucketTimes {
        let hours = |n: i64| Seconds::from_ms(n * HOUR);
        BucketTimes {
            up_s: hours(up),
            down_s: hours(down),
            maintenance_s: hours(maintenance),
            ..BucketTimes::default()
        }
    }

    #[test]
    fn a_day_in_words() {
        let check = |times: BucketTimes, words: &str| assert_eq!(day_words(&times, DAY, en()), words);
        check(times(24, 0, 0), "up");
        check(times(0, 0, 0), "not observed");
        check(times(21, 3, 0), "down 3 hours");
        check(times(12, 3, 1), "down 3 hours; maintenance 1 hour; not observed 8 hours");
        check(times(20, 0, 0), "up; not observed 4 hours");
        let but = |ms: i64| BucketTimes { up_s: Seconds::from_ms(DAY - ms), ..BucketTimes::default() };
        check(but(90 * SECOND), "up; not observed 1 minute 30 seconds");
        check(but(SECOND), "up; not observed 1 second");
        assert_eq!(day_words(&times(3, 0, 0), 3 * HOUR, en()), "up", "today is not over");
    }

    #[test]
    fn the_first_day_is_ninety_days_ago() {
        let now = Timestamp::from_unix_ms(1_795_428_711_042);
        assert_eq!(phrases::date(from(now)), "2026-08-26");
        assert_eq!(phrases::time_of_day(from(now)), "00:00:00 UTC");
    }

    #[test]
    fn a_minute_down_can_be_seen_and_a_gap_is_empty() {
        let drawn = |times: BucketTimes| cell(&times, DAY, 30).to_html();
        let minute = BucketTimes { down_s: Seconds::from_ms(MINUTE), ..times(23, 0, 0) };
        assert!(
            drawn(minute).contains("x=\"30\" y=\"34\" width=\"9\" height=\"6\" class=\"down\""),
            "{}",
            drawn(minute)
        );
        assert!(!drawn(times(0, 0, 0)).contains("class=\"up\""));
        assert!(drawn(times(12, 0, 0)).contains("y=\"20\" width=\"3\" height=\"20\" class=\"up\""));
    }
}
