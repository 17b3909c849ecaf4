//! A year of days over each family, and its months as a table.

use super::{
    super::{Still, strip::day_words},
    figures, list, state, states,
};
use crate::components::markup::escape;
use dualwatch_chart::{calendar::Calendar, lane::State};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    time::{DAY, Timestamp},
};
use dualwatch_wire::{
    seconds::Seconds,
    v1::{
        chart::{ChartStep, ChartSums},
        history::BucketTimes,
    },
};
use dualwatch_words::{
    charts::{self as words, Label, label},
    report::date_of,
};

/// Returns the calendars of both families and their table.
pub fn parts(sums: &ChartSums, still: &Still) -> String {
    let calendars = Family::ALL.map(|family| calendar(sums, family, still)).concat();
    let note = label(still.spoken.language, Label::YearSays);
    format!(
        "<figure class=\"card chart\"><figcaption>{}<p>{note}</p></figcaption>{calendars}</figure>{}",
        list(&states(still)),
        months(sums, still)
    )
}

/// How many days the year has; the last is not over.
fn n_days(sums: &ChartSums) -> usize {
    usize::try_from((sums.to.ms_since(sums.from) + DAY - 1) / DAY).unwrap_or_default()
}

/// How long a day is so far.
fn passed_ms(step: &ChartStep, sums: &ChartSums) -> i64 {
    sums.to.ms_since(step.from).clamp(1, DAY)
}

fn calendar(sums: &ChartSums, family: Family, still: &Still) -> String {
    let mut days: Vec<Option<State>> = vec![None; n_days(sums)];
    for step in &sums.steps {
        let i = usize::try_from(step.from.ms_since(sums.from) / DAY).unwrap_or(usize::MAX);
        if let Some(day) = days.get_mut(i) {
            *day = state(step.family(family).state(passed_ms(step, sums)));
        }
    }
    let n = |wanted: Option<State>| days.iter().filter(|day| **day == wanted).count();
    let title = words::year(still.spoken.language, family, n(Some(State::Down)), n(None));
    let (id, about) = (format!("chart-year-{}", super::code(family)), label(still.spoken.language, Label::YearSays));
    let drawn = Calendar { id: &id, title: &title, description: about, from: sums.from, days: &days };
    format!("<p>{}</p>{}", escape(&title), drawn.svg())
}

/// A month: its name, how much of it has passed, and its sums.
struct Month {
    name: String,
    ms: i64,
    times: PerFamily<BucketTimes>,
}

/// The newest month first.
fn months(sums: &ChartSums, still: &Still) -> String {
    let w = still.words();
    let mut months: Vec<Month> = Vec::new();
    let mut steps = sums.steps.iter().peekable();
    for (i, _) in (0_i64..).zip(0..n_days(sums)) {
        let day: Timestamp = sums.from + i * DAY;
        let name = date_of(day).get(..7).unwrap_or_default().to_owned();
        if months.last().is_none_or(|month| month.name != name) {
            months.push(Month { name, ms: 0, times: PerFamily::default() });
        }
        let Some(month) = months.last_mut() else { continue };
        month.ms += sums.to.ms_since(day).min(DAY);
        while let Some(step) = steps.next_if(|step| step.from <= day) {
            for family in Family::ALL {
                add(month.times.get_mut(family), &step.family(family).times);
            }
        }
    }
    let row = |month: &Month| {
        let cells = Family::ALL.map(|family| format!("<td>{}</td>", day_words(month.times.get(family), month.ms, w)));
        format!("<tr><th scope=\"row\">{}</th>{}</tr>", month.name, cells.concat())
    };
    let heads: Vec<String> = Family::ALL.map(|family| family.to_string()).into();
    let caption = label(still.spoken.language, Label::Month);
    figures::whole(&heads, months.iter().rev().map(row), caption, "", still)
}

fn add(sum: &mut BucketTimes, times: &BucketTimes) {
    let plus = |a: Seconds, b: Seconds| Seconds::from_ms(a.ms() + b.ms());
    sum.up_s = plus(sum.up_s, times.up_s);
    sum.degraded_s = plus(sum.degraded_s, times.degraded_s);
    sum.down_s = plus(sum.down_s, times.down_s);
    sum.maintenance_s = plus(sum.maintenance_s, times.maintenance_s);
}
