//! Times and durations in scenario files: counted from the scenario's midnight.

use dualwatch_core::measure::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};

/// 2026-11-23T00:00:00Z: the midnight from which a scenario counts.
pub const BEGIN: Timestamp = Timestamp::from_unix_ms(1_795_392_000_000);

/// Reads a duration such as `12ms`, `5s`, `90m` or `7d12h15m`, in milliseconds.
pub fn duration(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no duration such as `5s`, `90m` or `7d12h15m`");
    let mut rest = text;
    let mut total = 0_i64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let n: i64 = rest[..digits].parse().map_err(|_| wrong())?;
        let unit = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        let unit_ms = match &rest[digits..unit] {
            "ms" => 1,
            "s" => SECOND,
            "m" => MINUTE,
            "h" => HOUR,
            "d" => DAY,
            _ => return Err(wrong()),
        };
        total = n.checked_mul(unit_ms).and_then(|ms| total.checked_add(ms)).ok_or_else(wrong)?;
        rest = &rest[unit..];
    }
    if text.is_empty() { Err(wrong()) } else { Ok(total) }
}

/// Reads a time such as `00:02`, `00:02:30`, `00:02:30.500` or, a week later, `7d00:02`.
pub fn time(text: &str) -> Result<Timestamp, String> {
    parse_time(text).ok_or_else(|| format!("`{text}` is no time such as `00:02`, `00:02:30` or `7d00:02`"))
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let (days, clock) = match text.split_once('d') {
        Some((days, clock)) => (days.parse::<i64>().ok()?, clock),
        None => (0, text),
    };
    let (clock, ms) = match clock.split_once('.') {
        Some((clock, ms)) if ms.len() == 3 => (clock, ms.parse::<i64>().ok()?),
        Some(_) => return None,
        None => (clock, 0),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) || parts.iter().any(|p| p.len() != 2) {
        return None;
    }
    let number = |i: usize| parts.get(i).map_or(Some(0), |p| p.parse::<i64>().ok());
    let (hours, minutes, seconds) = (number(0)?, number(1)?, number(2)?);
    let is_clock = (0..24).contains(&hours) && (0..60).contains(&minutes) && (0..60).contains(&seconds);
    is_clock.then(|| BEGIN + days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + ms)
}

/// Reads a time, with a minus before it also one before the scenario: `-3d00:00`.
pub(super) fn date(text: &str) -> Result<Timestamp, String> {
    match text.strip_prefix('-') {
        Some(before) => time(before).map(|t| BEGIN - t.ms_since(BEGIN)),
        None => time(text),
    }
}

/// Returns a time as it is written in scenarios, such as `00:02:00` or `7d00:02:30.500`.
pub fn time_text(t: Timestamp) -> String {
    let ms = t.ms_since(BEGIN);
    let (day, rest) = (ms.div_euclid(DAY), ms.rem_euclid(DAY));
    let days = if day == 0 { String::new() } else { format!("{day}d") };
    let (hours, minutes, seconds) = (rest / HOUR, rest % HOUR / MINUTE, rest % MINUTE / SECOND);
    let parts = if rest % SECOND == 0 { String::new() } else { format!(".{:03}", rest % SECOND) };
    format!("{days}{hours:02}:{minutes:02}:{seconds:02}{parts}")
}
