//! The figures of a range as tables: what is drawn, for who reads it.

use super::super::{Still, strip::day_words};
use dualwatch_core::{
    measure::{
        family::Family,
        time::{DAY, Timestamp},
    },
    remember::rollup::latency::Timing,
};
use dualwatch_wire::v1::chart::{ChartStep, ChartSums, FamilyStep};
use dualwatch_words::{
    charts::{self as words, Label, label},
    pages::Heading,
    report::{clock_of, date_of, moment},
};

/// Returns how much longer IPv6 takes, where both have answered.
pub fn difference(step: &ChartStep) -> Option<f64> {
    Some(step.ipv6.median(Timing::Total)? - step.ipv4.median(Timing::Total)?)
}

/// A step, or several of which nothing is known.
enum Row<'a> {
    Known(&'a ChartStep),
    Unseen { from: Timestamp, to: Timestamp },
}

/// Returns the rows of a table, the newest first.
fn rows(sums: &ChartSums) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut told_to = sums.from;
    for step in &sums.steps {
        if step.from > told_to {
            rows.push(Row::Unseen { from: told_to, to: step.from });
        }
        rows.push(Row::Known(step));
        told_to = step.from + sums.step_ms;
    }
    if told_to < sums.to {
        rows.push(Row::Unseen { from: told_to, to: sums.to });
    }
    rows.reverse();
    rows
}

/// Returns a moment as it heads a row: a whole day has no clock.
fn head(at: Timestamp, step_ms: i64) -> String {
    if step_ms < DAY { moment(at) } else { date_of(at) }
}

/// Two moments, between which a zone's clock can be written in one pair of brackets.
fn between(from: Timestamp, to: Timestamp, step_ms: i64) -> String {
    if step_ms < DAY {
        return format!("{} {} → {} {} UTC", date_of(from), clock_of(from), date_of(to), clock_of(to));
    }
    let last = date_of(to - 1);
    if date_of(from) == last { last } else { format!("{} → {last}", date_of(from)) }
}

/// Returns the medians of both families, what was not up, and the difference.
pub fn table(sums: &ChartSums, range: &str, still: &Still) -> String {
    let (w, language) = (still.words(), still.spoken.language);
    let cell = |step: &FamilyStep, ms: i64| {
        let state = day_words(&step.times, ms, w);
        match step.median(Timing::Total) {
            Some(median) if state == w.heading(Heading::Up) => words::ms(language, median),
            Some(median) => format!("{}; {state}", words::ms(language, median)),
            None => state,
        }
    };
    let row = |row: Row<'_>| match row {
        Row::Unseen { from, to } => {
            let unseen = w.heading(Heading::NotObserved);
            let head = between(from, to, sums.step_ms);
            format!("<tr><th scope=\"row\">{head}</th><td>{unseen}</td><td>{unseen}</td><td></td></tr>")
        }
        Row::Known(step) => {
            let to = (step.from + sums.step_ms).min(sums.to);
            let ms = to.ms_since(step.from);
            let [ipv4, ipv6] = Family::ALL.map(|family| cell(step.family(family), ms));
            let apart = difference(step).map(|value| words::difference(language, value)).unwrap_or_default();
            let (head, x) = (head(step.from, sums.step_ms), place(step.from, to, sums));
            format!(
                "<tr data-x=\"{x}\"><th scope=\"row\">{head}</th><td>{ipv4}</td><td>{ipv6}</td><td>{apart}</td></tr>"
            )
        }
    };
    let heads = Family::ALL.map(|family| family.to_string()).into_iter();
    let heads: Vec<String> = heads.chain([label(language, Label::Difference).to_owned()]).collect();
    let read = format!(" data-read=\"{}\"", label(language, Label::Read));
    whole(&heads, rows(sums).into_iter().map(row), &words::figures(language, range), &read, still)
}

/// Returns the medians of the phases, those of IPv4 before those of IPv6.
pub fn phases<const N: usize>(sums: &ChartSums, phases: [Timing; N], range: &str, still: &Still) -> String {
    let language = still.spoken.language;
    let known = |timing: &Timing| {
        sums.steps.iter().any(|step| Family::ALL.iter().any(|family| step.family(*family).median(*timing).is_some()))
    };
    let phases: Vec<Timing> = phases.into_iter().filter(known).collect();
    let row = |step: &ChartStep| {
        let cells = phases.iter().map(|timing| {
            let told = Family::ALL.map(|family| {
                step.family(family).median(*timing).map_or_else(|| "–".to_owned(), |ms| words::ms(language, ms))
            });
            format!("<td>{}</td>", told.join(" / "))
        });
        format!("<tr><th scope=\"row\">{}</th>{}</tr>", head(step.from, sums.step_ms), cells.collect::<String>())
    };
    let heads: Vec<String> =
        phases.iter().map(|timing| format!("{} (IPv4 / IPv6)", words::timing(language, *timing))).collect();
    whole(&heads, sums.steps.iter().rev().map(row), &words::figures(language, range), "", still)
}

/// Returns a table, closed; `more` are attributes of it.
pub fn whole(heads: &[String], rows: impl Iterator<Item = String>, caption: &str, more: &str, still: &Still) -> String {
    let heads = heads.iter().fold(String::new(), |all, head| all + "<th scope=\"col\">" + head + "</th>");
    let (summary, time) = (still.words().heading(Heading::AsTable), label(still.spoken.language, Label::Time));
    format!(
        "<details><summary>{summary}</summary><table class=\"figures\"{more}><caption>{caption}</caption>\
         <thead><tr><th scope=\"col\">{time}</th>{heads}</tr></thead><tbody>{}</tbody></table></details>",
        rows.collect::<String>()
    )
}

/// Returns where the middle of a step lies, in thousandths of the range.
fn place(from: Timestamp, to: Timestamp, sums: &ChartSums) -> i64 {
    let middle = from.ms_since(sums.from) + to.ms_since(from) / 2;
    (middle * 1_000 / sums.to.ms_since(sums.from).max(1)).clamp(0, 1_000)
}
