//! The clock on somebody's wall beside UTC, which always stays.
//!
//! Every moment that people read is written in one of a few forms (`report::moment`, and the page's time of day), which
//! end in ` UTC`. So the other clock is written behind that, once for all that a text says.

use crate::report::{clock_of, date_of};
use dualwatch_core::measure::{
    time::{DAY, SECOND, Timestamp},
    zone::Zone,
};
use dualwatch_wire::time;

/// What stands between two moments that share one `UTC`.
const BETWEEN: [&str; 7] = [" to ", " and ", " → ", ", ", " und ", " bis ", " 至 "];
const UTC: &str = " UTC";

/// Returns a text with the clock of a zone in brackets behind what it says in UTC, such as "10:11:51 UTC (11:11:51 CET)".
/// A time without a date is the last such before `now`. What the zone says nothing of stays as it is.
pub fn beside(text: &str, zone: &Zone, now: Timestamp) -> String {
    let mut whole = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = 0;
    for (at, _) in text.match_indices(UTC) {
        let end = at + UTC.len();
        whole += &text[rest..end];
        rest = end;
        if let Some(local) = local(&text[..at], zone, now) {
            whole += " (";
            whole += &local;
            whole.push(')');
        }
    }
    whole + &text[rest..]
}

/// One moment as it is written: with what comes before it, and on which day, where that is said.
struct Written<'a> {
    separator: &'static str,
    date: Option<&'a str>,
    clock: &'a str,
}

/// Returns the moments at the end of a text by the clock of a zone.
fn local(text: &str, zone: &Zone, now: Timestamp) -> Option<String> {
    let mut written: Vec<Written<'_>> = Vec::new();
    let mut before = text;
    while let Some((head, date, clock)) = last_moment(before) {
        let separator = BETWEEN.into_iter().find(|separator| head.ends_with(separator));
        let goes_on = separator.filter(|s| last_moment(&head[..head.len() - s.len()]).is_some());
        written.push(Written { separator: goes_on.unwrap_or_default(), date, clock });
        let Some(separator) = goes_on else { break };
        before = &head[..head.len() - separator.len()];
    }
    written.reverse();
    let mut told = String::new();
    let (mut last, mut day): (Option<Timestamp>, Option<String>) = (None, None);
    let mut name: Option<&str> = None;
    let mut is_other = false;
    for Written { separator, date, clock } in &written {
        let at = match (date, last) {
            (Some(date), _) => instant(date, clock)?,
            (None, Some(last)) => {
                let same = instant(&date_of(last), clock)?;
                if same < last { same + DAY } else { same }
            }
            (None, None) => {
                let today = instant(&date_of(now), clock)?;
                if today > now + 5 * SECOND { today - DAY } else { today }
            }
        };
        let change = zone.at(at)?;
        is_other |= change.offset_s != 0;
        let wall = at + i64::from(change.offset_s) * SECOND;
        // Another name: what came before had its own.
        if let Some(earlier) = name.filter(|earlier| *earlier != change.name) {
            told.push(' ');
            told += earlier;
        }
        told += separator;
        let wall_day = date_of(wall);
        // The day is said where the text says one, or where it is another here.
        let is_said = if last.is_some() { day.as_ref() != Some(&wall_day) } else { wall_day != date_of(at) };
        if is_said {
            told += &wall_day;
            told.push(' ');
        }
        told += &clock_of(wall);
        (last, day, name) = (Some(at), Some(wall_day), Some(&*change.name));
    }
    told.push(' ');
    told += name?;
    is_other.then_some(told)
}

/// Returns the moment at the end of a text, what is before it, and its day where that is said.
fn last_moment(text: &str) -> Option<(&str, Option<&str>, &str)> {
    let (head, clock) = split_shape(text, b"00:00:00")?;
    if head.as_bytes().last().is_some_and(|b| b.is_ascii_digit() || *b == b'T' || *b == b':') {
        return None;
    }
    match head.strip_suffix(' ').and_then(|head| split_shape(head, b"0000-00-00")) {
        Some((head, date)) => Some((head, Some(date), clock)),
        None => Some((head, None, clock)),
    }
}

/// Splits a text before an end that has digits where a shape has zeros, and otherwise what the shape has.
fn split_shape<'a>(text: &'a str, shape: &[u8]) -> Option<(&'a str, &'a str)> {
    let (head, end) = text.split_at_checked(text.len().checked_sub(shape.len())?)?;
    let is = end.bytes().zip(shape).all(|(b, s)| if *s == b'0' { b.is_ascii_digit() } else { b == *s });
    is.then_some((head, end))
}

fn instant(date: &str, clock: &str) -> Option<Timestamp> {
    time::parse(&format!("{date}T{clock}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{between, from_to, moment};
    use dualwatch_core::measure::time::{HOUR, MINUTE};

    fn at(text: &str) -> Timestamp {
        time::parse(text).unwrap()
    }

    /// Berlin, and the nights in which its clocks change in 2026.
    fn berlin() -> Zone {
        let (spring, autumn) = (at("2026-03-29T01:00:00Z"), at("2026-10-25T01:00:00Z"));
        Zone::between(at("2025-11-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), |t| {
            if (spring..autumn).contains(&t) { (7_200, "CEST".to_owned()) } else { (3_600, "CET".to_owned()) }
        })
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(beside(text, &berlin(), at("2026-11-23T10:12:00Z")), expected);
    }

    #[test]
    fn utc_stays_and_the_other_clock_is_behind_it() {
        check("down since 2026-11-23 10:11:51 UTC.", "down since 2026-11-23 10:11:51 UTC (11:11:51 CET).");
        check("since 10:11:51 UTC, 9 seconds", "since 10:11:51 UTC (11:11:51 CET), 9 seconds");
        // Yesterday: it is not half past ten yet.
        check("since 10:30:00 UTC", "since 10:30:00 UTC (11:30:00 CET)");
        check("2026-11-23 23:30:00 UTC", "2026-11-23 23:30:00 UTC (2026-11-24 00:30:00 CET)");
        let expected = "between 2026-11-23 22:59:00 and 23:01:00 UTC (23:59:00 and 2026-11-24 00:01:00 CET)";
        check("between 2026-11-23 22:59:00 and 23:01:00 UTC", expected);
        check(
            "A 10:00:00 to 10:05:00, 10:06:00 UTC",
            "A 10:00:00 to 10:05:00, 10:06:00 UTC (11:00:00 to 11:05:00, 11:06:00 CET)",
        );
        check("2026-05-01 10:00:00 → 10:05:00 UTC", "2026-05-01 10:00:00 → 10:05:00 UTC (12:00:00 → 12:05:00 CEST)");
    }

    #[test]
    fn both_sides_of_a_change_of_the_clocks_are_right() {
        let spring = "between 2026-03-29 00:59:59 and 01:00:00 UTC";
        check(spring, &format!("{spring} (01:59:59 CET and 03:00:00 CEST)"));
        let autumn = "2026-10-25 00:30:00 to 01:30:00 UTC";
        check(autumn, &format!("{autumn} (02:30:00 CEST to 02:30:00 CET)"));
    }

    #[test]
    fn what_is_not_known_or_no_time_of_ours_stays_as_it_is() {
        for text in [
            "",
            "UTC",
            "the zone UTC",
            "1999-01-01 00:00:00 UTC",
            "9999-99-99 99:99:99 UTC",
            "2026-11-23T10:11:51 UTC",
            "ä0:11:51 UTC",
            "110:11:51 UTC",
        ] {
            check(text, text);
        }
        let utc = Zone::between(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), |_| (0, "UTC".to_owned()));
        let text = "2026-11-23 10:11:51 UTC";
        assert_eq!(beside(text, &utc, at("2026-11-23T10:12:00Z")), text, "the same clock twice says nothing");
    }

    #[test]
    fn every_form_that_moments_have_is_read() {
        let (zone, now) = (berlin(), at("2026-12-30T00:00:00Z"));
        let begin = at("2025-11-02T00:00:07Z");
        for n in 0..400 {
            let (from, to) = (begin + n * (DAY + 7 * MINUTE), begin + n * (DAY + 7 * MINUTE) + n * HOUR / 9);
            let of = |t: Timestamp| {
                let change = zone.at(t).unwrap();
                (clock_of(t + i64::from(change.offset_s) * SECOND), change.name.clone())
            };
            for text in [moment(from), from_to(from, to), between(from, to)] {
                let told = beside(&text, &zone, now);
                let local = told.strip_prefix(&text).unwrap_or_else(|| panic!("{told}"));
                let (clock, name) = if text == moment(from) { of(from) } else { of(to) };
                assert!(local.ends_with(&format!("{clock} {name})")), "{told}");
                assert!(text.starts_with("at ") || local.contains(&of(from).0), "{told}");
            }
        }
    }
}
