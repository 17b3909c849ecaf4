//! How numbers, moments and lengths of time are written.

use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::{answer::language::Language, time::MONTHS};

/// How a platform writes numbers and moments in one language. A browser has its own ways, and they win; [`Plain`] is ours.
pub trait Formats {
    /// Returns a number that has at most one digit after the point.
    fn number(&self, value: f64) -> String;

    /// Returns a moment to the second, in UTC and saying so: who sends a result and who reads it mean the same.
    fn moment(&self, at: Timestamp) -> String;

    /// Returns a length of time of minutes; `None` where the platform has no words for it.
    fn length(&self, minutes: u32, seconds: u32) -> Option<String>;
}

/// Our own formats, where there is no platform that has any: at the edge, and in tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain(pub Language);

impl Formats for Plain {
    fn number(&self, value: f64) -> String {
        let tenths = (value * 10.0).round() as i64;
        let point = match self.0 {
            Language::En | Language::ZhHans => '.',
            Language::De => ',',
        };
        match (tenths / 10, tenths % 10) {
            (whole, 0) => whole.to_string(),
            (whole, tenth) => format!("{whole}{point}{tenth}"),
        }
    }

    fn moment(&self, at: Timestamp) -> String {
        // RFC 3339 begins with the date and the time of day, each in two digits a part.
        let text = dualwatch_wire::time::format(at);
        let (date, clock) = text.split_once('T').unwrap_or((&text, ""));
        let clock = clock.get(..8).unwrap_or(clock);
        let mut parts = date.rsplitn(3, '-').map(|part| part.trim_start_matches('0'));
        let (day, month, year) = (
            parts.next().unwrap_or_default(),
            parts.next().and_then(|month| month.parse::<usize>().ok()).unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let name = |names: &[&'static str; 12]| names.get(month.wrapping_sub(1)).copied().unwrap_or_default();
        match self.0 {
            Language::En => format!("{day} {} {year}, {clock} UTC", name(&MONTHS)),
            Language::De => format!("{day}. {} {year}, {clock} UTC", name(&GERMAN_MONTHS)),
            Language::ZhHans => format!("{year}年{month}月{day}日 {clock} UTC"),
        }
    }

    fn length(&self, _: u32, _: u32) -> Option<String> {
        None
    }
}

pub(crate) const GERMAN_MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// Joins numbers with their units, each in its singular and its plural; what is 0 is left out.
pub(super) fn counts(parts: [(u32, &str, &str); 2]) -> String {
    let count = |(n, one, many): (u32, &str, &str)| (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { many }));
    parts.into_iter().filter_map(count).collect::<Vec<_>>().join(" ")
}

/// The words of a language for lengths of time.
pub trait Times {
    /// Returns how numbers and moments are written.
    fn formats(&self) -> &dyn Formats;

    /// Returns a number of milliseconds.
    fn milliseconds(&self, number: &str) -> String;

    /// Returns a number of seconds.
    fn seconds(&self, number: &str) -> String;

    /// Returns minutes and seconds, in words; either may be 0.
    fn minutes(&self, minutes: u32, seconds: u32) -> String;

    /// Says that it was less than that.
    fn less_than(&self, length: &str) -> String;

    /// Returns the time that a probe or a phase took, to three digits at most. Nothing measured is ever "0 ms".
    fn elapsed(&self, ms: f64) -> String {
        let number = |value: f64| self.formats().number(value);
        if ms < 0.05 {
            self.less_than(&self.milliseconds(&number(0.1)))
        } else if ms < 9.95 {
            self.milliseconds(&number((ms * 10.0).round() / 10.0))
        } else if ms < 999.5 {
            self.milliseconds(&number(ms.round()))
        } else if ms < 9_950.0 {
            self.seconds(&number((ms / 100.0).round() / 10.0))
        } else if ms < 59_500.0 {
            self.seconds(&number((ms / 1_000.0).round()))
        } else {
            let whole = (ms / 1_000.0).round() as u32;
            let (minutes, seconds) = (whole / 60, whole % 60);
            self.formats().length(minutes, seconds).unwrap_or_else(|| self.minutes(minutes, seconds))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::self_test::words;

    #[test]
    fn lengths_of_time_in_each_language() {
        for (ms, english, chinese, german) in [
            (0.0, "less than 0.1 ms", "不到 0.1 毫秒", "weniger als 0,1 ms"),
            (2.34, "2.3 ms", "2.3 毫秒", "2,3 ms"),
            (9.96, "10 ms", "10 毫秒", "10 ms"),
            (12.4, "12 ms", "12 毫秒", "12 ms"),
            (999.6, "1 s", "1 秒", "1 s"),
            (1_840.0, "1.8 s", "1.8 秒", "1,8 s"),
            (59_000.0, "59 s", "59 秒", "59 s"),
            (61_000.0, "1 minute 1 second", "1 分 1 秒", "1 Minute 1 Sekunde"),
            (120_000.0, "2 minutes", "2 分钟", "2 Minuten"),
        ] {
            let said = Language::ALL.map(|language| words(language).elapsed(ms));
            assert_eq!(said, [english, chinese, german], "{ms}");
        }
    }

    #[test]
    fn english_lengths_are_those_of_the_other_pages() {
        for ms in [0, 1, 9, 42, 999, 1_000, 1_449, 3_200, 9_949, 15_000, 59_499, 59_500, 61_000, 3_540_000] {
            assert_eq!(words(Language::En).elapsed(f64::from(ms)), crate::elapsed(f64::from(ms)), "{ms}");
        }
    }

    #[test]
    fn moments_in_each_language() {
        let at = Timestamp::from_unix_ms(1_767_348_671_000);
        let said = Language::ALL.map(|language| Plain(language).moment(at));
        assert_eq!(said, ["2 January 2026, 10:11:11 UTC", "2026年1月2日 10:11:11 UTC", "2. Januar 2026, 10:11:11 UTC"]);
    }
}
