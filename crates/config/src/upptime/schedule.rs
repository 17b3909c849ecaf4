//! How often Upptime looks, as far as `workflowSchedule` says: GitHub starts no run before that, and often later.

use super::{js, site::INTERVAL_S};
use crate::{finding::Report, yaml};

const HOUR_S: u32 = 3_600;

/// Returns how many seconds there are between two runs of `.upptimerc.yml` at the most, on any day; Upptime's own where it
/// says nothing, or nothing that can be read.
///
/// ```
/// let every = |schedule: &str| dualwatch_config::upptime_interval_s(&format!("workflowSchedule: {{ uptime: '{schedule}' }}"));
/// assert_eq!(["*/5 * * * *", "*/11 * * * *", "0,20 * * * *", "7 */2 * * *"].map(every), [300, 660, 2_400, 7_200]);
/// ```
pub fn upptime_interval_s(text: &str) -> u32 {
    let root = yaml::parse(text, &mut Report::new("")).and_then(|_| yaml::js::compose(text)).map(|(root, _)| root);
    let schedule = root.as_ref().and_then(|root| root.entry("workflowSchedule")).map(|entry| &entry.value);
    let cron = schedule.and_then(|schedule| schedule.entry("uptime")).and_then(|entry| js::as_text(&entry.value));
    cron.and_then(longest_s).unwrap_or(INTERVAL_S)
}

/// Returns the longest distance that the minutes and hours of a cron expression leave.
fn longest_s(cron: &str) -> Option<u32> {
    let mut fields = cron.split_whitespace();
    let (minutes, hours) = (times(fields.next()?, 60)?, times(fields.next()?, 24)?);
    if hours.len() == 24 {
        return Some(longest(&minutes, 60) * 60);
    }
    Some(longest(&hours, 24) * HOUR_S)
}

/// Returns the numbers below `end` that a field names, in order.
fn times(field: &str, end: u32) -> Option<Vec<u32>> {
    let mut named = Vec::new();
    for part in field.split(',') {
        let (range, step) = part.split_once('/').map_or((part, Some(1)), |(range, step)| (range, step.parse().ok()));
        let step = step.filter(|step| *step > 0)?;
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (0, end - 1),
            Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
            None if part.contains('/') => (range.parse().ok()?, end - 1),
            None => (range.parse().ok()?, range.parse().ok()?),
        };
        named.extend((from..=to.min(end - 1)).step_by(step));
    }
    named.sort_unstable();
    named.dedup();
    (!named.is_empty()).then_some(named)
}

/// Returns the longest step from one of these to the next, around the clock.
fn longest(times: &[u32], end: u32) -> u32 {
    let around = times.first().map_or(end, |first| first + end);
    let next = times.iter().skip(1).copied().chain([around]);
    times.iter().zip(next).map(|(time, next)| next - time).max().unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_schedule_is_upptimes_own() {
        for text in ["", "sites: []", "workflowSchedule: 5", "workflowSchedule: { uptime: often }", "%"] {
            assert_eq!(upptime_interval_s(text), INTERVAL_S, "{text}");
        }
    }

    #[test]
    fn the_longest_distance_counts() {
        let check = |cron: &str, expected: Option<u32>| assert_eq!(longest_s(cron), expected, "{cron}");
        check("* * * * *", Some(60));
        check("*/7 * * * *", Some(420));
        check("3-58/5 * * * *", Some(300));
        check("0,10,30 * * * *", Some(1_800));
        check("15 * * * *", Some(3_600));
        check("0 3 * * *", Some(86_400));
        check("0 8-20 * * *", Some(43_200));
        check("*/0 * * * *", None);
        check("61 * * * *", None);
        check("5", None);
    }
}
