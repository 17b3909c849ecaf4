//! Published uptimes against the records they should come from.

use crate::conclude::{
    availability::availability,
    codes::{Code, Finding},
    target::History,
    text::{grouped, time},
};
use dualwatch_core::measure::time::{DAY, Timestamp};
use dualwatch_wire::upptime::{Status, SummaryItem, percent};
use dualwatch_words as words;

/// Upptime's month in seconds (uptime-monitor, `calculateUptime`): a twelfth of a mean year, 30.42 days.
const UPPTIME_MONTH_S: i64 = 2_628_288;
const DAY_S: i64 = 86_400;
const DAY_MIN: u32 = 1_440;
/// A day that lasts is rounded to fewer minutes now and then.
const WHOLE_DAY_MIN: u32 = DAY_MIN - 1;

/// The published windows: name, text, length in milliseconds (`None`: since tracking began).
fn windows(item: &SummaryItem) -> [(&'static str, &str, Option<i64>); 5] {
    [
        ("24 h", item.uptime_day.as_str(), Some(DAY)),
        ("7 days", item.uptime_week.as_str(), Some(7 * DAY)),
        ("30 days", item.uptime_month.as_str(), Some(30 * DAY)),
        ("a year", item.uptime_year.as_str(), Some(365 * DAY)),
        ("all time", item.uptime.as_str(), None),
    ]
}

/// A site that is published as down and as always up, or the reverse.
pub(super) fn contradiction(history: &History, as_of: Option<Timestamp>) -> Option<Finding> {
    let item = history.published.as_ref()?;
    let (first, last) = (history.versions.first()?, history.versions.last()?);
    let to = as_of?;
    let mut wrong = Vec::new();
    for (name, text, length) in windows(item) {
        let published = percent(text)?;
        let from = length.map_or(first.record.at, |ms| to - ms);
        let Some(recorded) = availability(history, from, to).ratio() else { continue };
        let never_down = published >= 100.0 && item.status == Status::Down && recorded < 0.9999;
        let never_up = published <= 0.0 && item.status == Status::Up && recorded > 0.9999;
        if never_down || never_up {
            wrong.push(format!("{name}: published {text}, recorded {}", words::percent(recorded)));
        }
    }
    if wrong.is_empty() {
        return None;
    }
    let minutes: u64 = item.daily_minutes_down.values().map(|minutes| u64::from(*minutes)).sum();
    let since = history.incidents.last().filter(|incident| incident.ended.is_none()).map_or_else(
        || format!("last recorded {} at {}", last.record.status.code(), time(last.record.at)),
        |incident| format!("recorded {} since {}", incident.status.code(), time(incident.began)),
    );
    let detail = format!(
        "published as {} with {} minutes down in its days, {since}; {}",
        item.status.code(),
        grouped(minutes),
        wrong.join("; ")
    );
    Some(Finding::new(Code::UptimeContradictsStatus, detail))
}

/// A whole month down that is published as a little more than 0 %.
pub(super) fn window_arithmetic(history: &History) -> Option<Finding> {
    let item = history.published.as_ref().filter(|item| item.status == Status::Down)?;
    let published = percent(&item.uptime_month)?;
    // From the last day with a failure, which is today and not over yet, backwards.
    let n_whole =
        item.daily_minutes_down.values().rev().skip(1).take_while(|minutes| **minutes >= WHOLE_DAY_MIN).count();
    let days = (28..=30).find(|days| (share(*days) - published).abs() < 0.005 && n_whole + 1 >= *days as usize)?;
    let (oldest, newest) = (item.daily_minutes_down.keys().next()?, item.daily_minutes_down.keys().next_back()?);
    let detail = format!(
        "expected exactly 0 % over a month that is down from end to end; published {}, because {} s ({days} days) are \
         divided by {} s (30.42 days); down on each of {} whole days before {newest}, in the days listed since {oldest}",
        item.uptime_month,
        grouped((days * DAY_S).unsigned_abs()),
        grouped(UPPTIME_MONTH_S.unsigned_abs()),
        n_whole,
    );
    Some(Finding::new(Code::WindowArithmetic, detail))
}

/// Returns what Upptime publishes for a calendar month of so many days without a minute up.
fn share(days: i64) -> f64 {
    let percent = (1.0 - (days * DAY_S) as f64 / UPPTIME_MONTH_S as f64) * 100.0;
    (percent * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_upptime() {
        for (days, published) in [(28, 7.96), (29, 4.67), (30, 1.38)] {
            assert!((share(days) - published).abs() < 1e-9, "{days}: {}", share(days));
        }
    }
}
