//! What is asked of targets and of their history: `slo`, `confirm`, `unstable`, `history`.

use crate::{
    fields::{self, Fields},
    finding::{Place, Report, quoted},
    yaml::{Node, Value},
};
use dualwatch_core::measure::target::{Confirmation, Retention, Slo};

/// Below the first, chance alone gets there; above the last nearly nothing is answered, and that is down.
const UNSTABLE: std::ops::RangeInclusive<u8> = 10..=90;
const UNSTABLE_HINT: &str = "write a percentage of rounds, 10 to 90, or `false` for never; 20 when it is missing";

/// More rounds than this only delay what everybody sees.
const CONFIRM: std::ops::RangeInclusive<u32> = 1..=10;

const DAY_S: u32 = 86_400;
const YEAR_S: u32 = 365 * DAY_S;

const SLO_HINT: &str = "write a percentage, such as `99.9`";
const SPAN_HINT: &str = "write `36h`, `7d`, `12w` or `2y`";

/// Reads an objective in percent, above 0 and below 100.
pub(super) fn slo(node: &Node, report: &mut Report) -> Option<Slo> {
    let text = match &node.value {
        Value::Number(text) | Value::Text(text) => text.trim(),
        _ => {
            fields::wrong_type(node, "`slo`", "a number", SLO_HINT, report);
            return None;
        }
    };
    let number = text.strip_suffix('%').unwrap_or(text).trim_end();
    let Some(ppm) = parts_per_million(number) else {
        let message = format!("`slo` is {}; it must be a percentage with at most four decimals", quoted(text));
        report.error(node.at, "out_of_range", message, SLO_HINT);
        return None;
    };
    let slo = Slo::from_ppm(ppm);
    if slo.is_none() {
        let message = format!("`slo` is {}; it must be above 0 and below 100", quoted(text));
        let hint = if ppm == 0 { SLO_HINT } else { "100 leaves no error budget; write at most `99.9999`" };
        report.error(node.at, "out_of_range", message, hint);
    }
    slo
}

/// Reads `99.95` without a detour through binary fractions.
fn parts_per_million(percent: &str) -> Option<u32> {
    let (whole, decimals) = percent.split_once('.').unwrap_or((percent, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(decimals) || whole.len() > 3 || decimals.len() > 4 {
        return None;
    }
    Some(whole.parse::<u32>().ok()? * 10_000 + format!("{decimals:0<4}").parse::<u32>().ok()?)
}

/// Reads how many rounds in a row confirm a change; what is left out comes from `default`.
pub(super) fn confirm(node: &Node, default: Confirmation, report: &mut Report) -> Confirmation {
    let Some(fields) = Fields::read(node, "`confirm`", &["failures", "successes"], report) else { return default };
    let mut rounds = |key: &str, default: u32| {
        let Some(node) = fields.get(key) else { return default };
        let what = format!("`confirm.{key}`");
        let (first, last) = (CONFIRM.start(), CONFIRM.end());
        let hint = format!("write a number of rounds, {first} to {last}; leave it out for {default}");
        let Value::Number(text) = &node.value else {
            fields::wrong_type(node, &what, "a number", &hint, report);
            return default;
        };
        match text.parse::<u32>() {
            Ok(n) if CONFIRM.contains(&n) => n,
            _ => {
                let message = format!("{what} is {}; it must be from {first} to {last}", quoted(text));
                report.error(node.at, "out_of_range", message, hint);
                default
            }
        }
    };
    Confirmation {
        failures_to_confirm: rounds("failures", default.failures_to_confirm),
        successes_to_confirm: rounds("successes", default.successes_to_confirm),
        ..default
    }
}

/// Reads from which share of failed rounds on something is unstable, into what is known of confirmation.
pub(super) fn unstable(node: &Node, confirm: Confirmation, report: &mut Report) -> Confirmation {
    let text = match &node.value {
        Value::Bool(false) => return Confirmation { unstable_percent: None, ..confirm },
        Value::Number(text) | Value::Text(text) => text.trim(),
        _ => {
            fields::wrong_type(node, "`unstable`", "a percentage or `false`", UNSTABLE_HINT, report);
            return confirm;
        }
    };
    let number = text.strip_suffix('%').unwrap_or(text).trim_end();
    let Some(percent) = number.parse::<u8>().ok().filter(|n| UNSTABLE.contains(n)) else {
        let message = format!("`unstable` is {}; it must be a whole percentage from 10 to 90", quoted(text));
        report.error(node.at, "out_of_range", message, UNSTABLE_HINT);
        return confirm;
    };
    // A good round comes between failures, or they are an outage.
    let failures = confirm.failures_to_confirm;
    let most = 100 * failures.saturating_sub(1) / failures.max(1);
    if u32::from(percent) > most {
        let message = format!(
            "`unstable` is {percent}, but with `confirm.failures: {failures}` more than {most} % of the rounds cannot fail without an outage"
        );
        let hint = format!("write at most {most}, confirm with more failures, or write `unstable: false`");
        let hint = if most < 10 { "write `unstable: false`, or confirm with more failures".to_owned() } else { hint };
        report.error(node.at, "never_unstable", message, hint);
    }
    Confirmation { unstable_percent: Some(percent), ..confirm }
}

/// Reads how long each resolution of the history is kept.
pub(super) fn history(node: &Node, report: &mut Report) -> Retention {
    let default = Retention::default();
    let Some(fields) = Fields::read(node, "`history`", &["rounds", "five_minutes", "hourly"], report) else {
        return default;
    };
    let mut read = |key: &str, default: u32, longest: u32| {
        fields.get(key).map_or(default, |node| kept(node, key, longest, report).unwrap_or(default))
    };
    let kept = Retention {
        rounds_s: read("rounds", default.rounds_s, YEAR_S),
        five_minutes_s: read("five_minutes", default.five_minutes_s, 10 * YEAR_S),
        hourly_s: read("hourly", default.hourly_s, 100 * YEAR_S),
    };
    // Otherwise there would be a time of which the finer is known and the coarser not.
    let mut in_order = |finer: (&str, u32), coarser: (&str, u32)| {
        if finer.1 > coarser.1 {
            let at: Place =
                if fields.get(finer.0).is_some() { fields.place_of(finer.0) } else { fields.place_of(coarser.0) };
            let message = format!(
                "`{}` is kept longer ({}) than `{}` ({}), which is coarser",
                finer.0,
                show(finer.1),
                coarser.0,
                show(coarser.1)
            );
            report.error(at, "out_of_range", message, "keep what is coarser at least as long");
        }
    };
    in_order(("rounds", kept.rounds_s), ("five_minutes", kept.five_minutes_s));
    in_order(("five_minutes", kept.five_minutes_s), ("hourly", kept.hourly_s));
    kept
}

fn kept(node: &Node, key: &str, longest_s: u32, report: &mut Report) -> Option<u32> {
    let what = format!("`history.{key}`");
    let text = fields::text(node, &what, report)?;
    let Some(seconds) = parse_span(text) else {
        report.error(node.at, "bad_duration", format!("{what}: {} is no span of time", quoted(text)), SPAN_HINT);
        return None;
    };
    // A day is what a page shows first, and what the watch after a recovery looks back at.
    let kept = u32::try_from(seconds).ok().filter(|s| (DAY_S..=longest_s).contains(s));
    if kept.is_none() {
        let message = format!("{what} is {text}; it must be from 1d to {}", show(longest_s));
        report.error(node.at, "out_of_range", message, "daily sums are kept for ever anyway");
    }
    kept
}

/// Reads `36h`, `7d`, `12w` and `2y` (of 365 days) as seconds.
fn parse_span(text: &str) -> Option<u64> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let seconds = match unit {
        'h' => 3_600,
        'd' => u64::from(DAY_S),
        'w' => 7 * u64::from(DAY_S),
        'y' => u64::from(YEAR_S),
        _ => return None,
    };
    let digits = text.strip_suffix(unit)?.trim_end();
    let is_number = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number { Some(digits.parse::<u64>().ok()? * seconds) } else { None }
}

fn show(seconds: u32) -> String {
    match seconds {
        _ if seconds.is_multiple_of(YEAR_S) => format!("{}y", seconds / YEAR_S),
        _ if seconds.is_multiple_of(DAY_S) => format!("{}d", seconds / DAY_S),
        _ => format!("{}h", seconds / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact() {
        for (text, expected) in [
            ("99.9", Some(999_000)),
            ("99.95", Some(999_500)),
            ("99", Some(990_000)),
            ("0.0001", Some(1)),
            ("99.9999", Some(999_999)),
            ("100", Some(1_000_000)),
            ("99.99999", None),
            ("-1", None),
            ("1e1", None),
            (".5", None),
            ("", None),
            ("1000", None),
        ] {
            assert_eq!(parts_per_million(text), expected, "{text}");
        }
    }

    #[test]
    fn long_spans() {
        for (text, expected) in [
            ("7d", Some(604_800)),
            ("36h", Some(129_600)),
            ("2 y", Some(63_072_000)),
            ("12w", Some(7_257_600)),
            ("7", None),
            ("d", None),
            ("1.5d", None),
            ("9999999d", None),
            ("5m", None),
            ("7é", None),
        ] {
            assert_eq!(parse_span(text), expected, "{text}");
        }
        assert_eq!([show(63_072_000), show(604_800), show(129_600)], ["2y", "7d", "36h"]);
    }
}
