//! When something is announced for: once, or again and again by a calendar.

use crate::{
    duration,
    fields::{self, Fields},
    finding::{Report, quoted},
    yaml::{Node, Value},
    zone::{self, Day},
};
use dualwatch_core::{
    measure::time::Timestamp,
    respond::maintenance::{Every, MAX_WINDOW_S, Nth, Recurring, Weekday, When},
};
use jiff::tz::TimeZone;

const EVERY_HINT: &str =
    "write `day`, `monday`, `[saturday, sunday]`, `second tuesday`, `last friday`, or a day of the month from 1 to 31";
const DAY_S: u32 = 86_400;

pub(super) fn read(fields: &Fields<'_>, report: &mut Report) -> Option<When> {
    let zone = match fields.get("zone") {
        Some(node) => Some(zone::read(node, "`zone`", report)?),
        None => None,
    };
    if let Some(every) = fields.get("every") {
        return recurring(fields, every, zone, report).map(When::Recurring);
    }
    for key in ["at", "until"] {
        if fields.get(key).is_some() {
            let message = format!("`{key}` without `every`");
            let hint = "add `every: sunday`, or write `from` and `to` for what happens once";
            report.error(fields.place_of(key), "missing_key", message, hint);
            return None;
        }
    }
    once(fields, zone.as_ref().map(|(_, zone)| zone), report)
}

fn once(fields: &Fields<'_>, zone: Option<&TimeZone>, report: &mut Report) -> Option<When> {
    let Some(from_node) = fields.get("from") else {
        let hint = "write `from` and `to`, or `every`, `at`, `for` and `zone`";
        report.error(fields.at, "missing_key", "a maintenance that says not when it is", hint);
        return None;
    };
    let from = zone::moment(from_node, "`from`", zone, Day::Start, report);
    let (node, to) = match (fields.get("to"), fields.get("for")) {
        (Some(_), Some(node)) => {
            report.error(node.at, "two_ends", "both `to` and `for`", "keep one of them");
            return None;
        }
        (Some(node), None) => (node, zone::moment(node, "`to`", zone, Day::End, report)),
        (None, Some(node)) => (node, length(node, report).and_then(|s| Some(from? + i64::from(s) * 1_000))),
        (None, None) => {
            report.error(fields.at, "missing_key", "a maintenance without an end", "add `to`, or `for: 2h`");
            return None;
        }
    };
    let (from, to) = (from?, to?);
    let length_ms = to.ms_since(from);
    if length_ms <= 0 {
        let message = if length_ms == 0 { "the window is empty" } else { "the window ends before it begins" };
        report.error(node.at, "empty_window", message, "write a `to` that is later than `from`");
        return None;
    }
    if length_ms > i64::from(MAX_WINDOW_S) * 1_000 {
        let message = format!("the window lasts {} days; 31 is the limit", length_ms / i64::from(DAY_S) / 1_000);
        let hint = "remove the target, or say with `fails_with` or `ignored` what is expected of it";
        report.error(node.at, "out_of_range", message, hint);
        return None;
    }
    Some(When::Once { from, to })
}

fn recurring(
    fields: &Fields<'_>,
    every_node: &Node,
    zone: Option<(String, TimeZone)>,
    report: &mut Report,
) -> Option<Recurring> {
    if fields.get("to").is_some() {
        let message = "`to` beside `every`";
        report.error(fields.place_of("to"), "two_ends", message, "write how long it lasts: `for: 2h`");
        return None;
    }
    let every = every(every_node, report);
    let mut needed = |key: &str, hint: &str| {
        if fields.get(key).is_none() && (key != "zone" || zone.is_none()) {
            report.error(fields.at, "missing_key", format!("`every` without `{key}`"), hint);
        }
    };
    needed("at", "add `at: \"02:00\"`");
    needed("for", "add `for: 2h`");
    needed("zone", "add `zone: Europe/Berlin`, or `zone: UTC`: by whose clock is it?");
    let at = fields.get("at").and_then(|node| time_of_day(node, report));
    let length = fields.get("for").and_then(|node| Some((node, length(node, report)?)));
    let (name, zone) = zone?;
    let mut bound = |key, day| -> Option<Option<Timestamp>> {
        let Some(node) = fields.get(key) else { return Some(None) };
        zone::moment(node, &format!("`{key}`"), Some(&zone), day, report).map(Some)
    };
    let (from, until) = (bound("from", Day::Start), bound("until", Day::End));
    let (every, at_minute, (length_node, length_s)) = (every?, at?, length?);
    let (from, until) = (from?, until?);
    let period_s = shortest_period_s(&every);
    if length_s >= period_s {
        let message = format!(
            "each window lasts {}, and the next one begins after {}",
            duration::show(u64::from(length_s) * 1_000),
            duration::show(u64::from(period_s) * 1_000)
        );
        report.error(length_node.at, "out_of_range", message, "shorten it: there would be no time without maintenance");
        return None;
    }
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        let message = "`until` is not later than `from`";
        report.error(fields.place_of("until"), "empty_window", message, "exchange them, or leave one out");
        return None;
    }
    Some(Recurring { every, at_minute, length_s, zone: name, from, until })
}

/// The shortest time between two windows. A day has 24 hours here: a night in which clocks are put forward is no reason
/// to refuse a rule.
fn shortest_period_s(every: &Every) -> u32 {
    match every {
        Every::Day => DAY_S,
        Every::Month { .. } | Every::Nth { .. } => 28 * DAY_S,
        Every::Weekdays { days } => {
            let is_on = |at: usize| days.contains(&Weekday::ALL[at % 7]);
            let gaps = (0..7).filter(|at| is_on(*at)).filter_map(|at| (1..=7).find(|gap| is_on(at + gap)));
            gaps.min().and_then(|gap| u32::try_from(gap).ok()).unwrap_or(7) * DAY_S
        }
    }
}

fn every(node: &Node, report: &mut Report) -> Option<Every> {
    if let Value::List(items) = &node.value {
        let mut days = Vec::new();
        for item in items {
            let word = fields::text(item, "`every`", report)?;
            let Some(day) = weekday(word) else {
                let message = format!("{} is no day of the week", quoted(word));
                report.error(item.at, "unknown_value", message, "a list has days of the week: `[saturday, sunday]`");
                return None;
            };
            if !days.contains(&day) {
                days.push(day);
            }
        }
        if days.is_empty() {
            report.error(node.at, "nothing_announced", "`every` is empty", EVERY_HINT);
            return None;
        }
        return Some(Every::Weekdays { days });
    }
    let text = fields::text(node, "`every`", report)?;
    let every = parse_every(text);
    if every.is_none() {
        report.error(node.at, "unknown_value", format!("{} is no day", quoted(text)), EVERY_HINT);
    }
    every
}

fn parse_every(text: &str) -> Option<Every> {
    if let Ok(day) = text.parse::<u8>() {
        return (1..=31).contains(&day).then_some(Every::Month { day });
    }
    match text.split_ascii_whitespace().collect::<Vec<_>>()[..] {
        ["day" | "daily"] => Some(Every::Day),
        [day] => weekday(day).map(|day| Every::Weekdays { days: vec![day] }),
        [nth, day] => Some(Every::Nth {
            nth: Nth::ALL.into_iter().find(|n| n.code() == nth.to_ascii_lowercase())?,
            weekday: weekday(day)?,
        }),
        _ => None,
    }
}

/// Reads `monday`, or its first three letters, in any case.
fn weekday(word: &str) -> Option<Weekday> {
    let word = word.to_ascii_lowercase();
    Weekday::ALL.into_iter().find(|day| day.code() == word || day.code()[..3] == word)
}

fn time_of_day(node: &Node, report: &mut Report) -> Option<u16> {
    let text = fields::text(node, "`at`", report)?;
    let minute = parse_time(text);
    if minute.is_none() {
        let message = format!("{} is no time of day", quoted(text));
        report.error(
            node.at,
            "bad_time",
            message,
            "write hours and minutes in quotes, from `\"00:00\"` to `\"23:59\"`",
        );
    }
    minute
}

fn parse_time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let is_number = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| text.parse::<u16>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours, 1..=2)?, number(minutes, 2..=2)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// Reads how long a window lasts: a minute to 31 days, in whole seconds.
fn length(node: &Node, report: &mut Report) -> Option<u32> {
    let text = fields::text(node, "`for`", report)?;
    let ms = text
        .trim()
        .strip_suffix('d')
        .and_then(|days| days.trim_end().parse::<u16>().ok())
        .map(|days| u64::from(days) * u64::from(DAY_S) * 1_000);
    let ms = match ms {
        Some(ms) => ms,
        None => fields::duration_ms(node, "`for`", report)?,
    };
    if (60_000..=u64::from(MAX_WINDOW_S) * 1_000).contains(&ms) {
        return u32::try_from(ms / 1_000).ok();
    }
    let message = format!("`for` is {}; it must be from 1m to 31d", duration::show(ms));
    report.error(node.at, "out_of_range", message, "write for example `2h`");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        for (text, expected) in [
            ("02:00", Some(120)),
            ("2:05", Some(125)),
            ("23:59", Some(1_439)),
            ("00:00", Some(0)),
            ("24:00", None),
            ("2", None),
            ("02:5", None),
            ("02:60", None),
            ("02:00:00", None),
            ("+2:00", None),
            ("", None),
        ] {
            assert_eq!(parse_time(text), expected, "{text}");
        }
    }

    #[test]
    fn days_and_the_time_between_them() {
        let check = |text: &str, days: u32| {
            assert_eq!(parse_every(text).map(|every| shortest_period_s(&every) / DAY_S), Some(days), "{text}");
        };
        check("day", 1);
        check("daily", 1);
        check("Sunday", 7);
        check("sun", 7);
        check("31", 28);
        check("second tuesday", 28);
        check("Last Fri", 28);
        let two = |days: &[Weekday]| shortest_period_s(&Every::Weekdays { days: days.to_vec() }) / DAY_S;
        assert_eq!(two(&[Weekday::Saturday, Weekday::Sunday]), 1);
        assert_eq!(two(&[Weekday::Sunday, Weekday::Monday]), 1);
        assert_eq!(two(&[Weekday::Monday, Weekday::Thursday]), 3);
        for text in ["", "0", "32", "sundays", "sixth monday", "second", "last", "first of may", "-1"] {
            assert_eq!(parse_every(text), None, "{text}");
        }
    }
}
