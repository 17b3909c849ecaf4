//! What each of the last ninety days was like over each family, a letter for each: what a line of bars is drawn from.

use crate::time;
use dualwatch_core::{
    measure::{
        family::Family,
        time::{DAY, Timestamp},
    },
    remember::{availability::Times, spell::PerTrack},
};
use serde::{Deserialize, Serialize};

/// So many days are told, the last of them included.
pub const DAYS: usize = 90;
/// Of so many parts of the time that it was up, one degraded makes a day that is not as it should be.
const DEGRADED_PART: u64 = 100;

/// What a day was like, by the worst of it that matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Day {
    /// Nobody measured.
    #[default]
    Unobserved,
    Up,
    /// Up as far as that was seen, which is less than half of the day.
    Partly,
    /// Up, and not as it should be for a hundredth of that or more.
    Degraded,
    /// Never down, and announced to be so for a time.
    Maintenance,
    /// Down, however short.
    Down,
}

impl Day {
    pub const ALL: [Self; 6] =
        [Self::Unobserved, Self::Up, Self::Partly, Self::Degraded, Self::Maintenance, Self::Down];

    /// Returns the letter that stands for it.
    pub const fn letter(self) -> char {
        match self {
            Self::Unobserved => '.',
            Self::Up => 'u',
            Self::Partly => 'p',
            Self::Degraded => 's',
            Self::Maintenance => 'm',
            Self::Down => 'd',
        }
    }

    /// Returns what a letter stands for; one of another version says nothing.
    fn of_letter(letter: char) -> Self {
        Self::ALL.into_iter().find(|day| day.letter() == letter).unwrap_or_default()
    }

    /// Returns what a day was like of which so many milliseconds have passed.
    pub const fn of(times: &Times, passed_ms: u64) -> Self {
        let Times { up_ms, degraded_ms, down_ms, maintenance_ms } = *times;
        if down_ms > 0 {
            Self::Down
        } else if degraded_ms > 0 && degraded_ms.saturating_mul(DEGRADED_PART) >= up_ms {
            Self::Degraded
        } else if maintenance_ms > 0 {
            Self::Maintenance
        } else if up_ms == 0 {
            Self::Unobserved
        } else if up_ms.saturating_mul(2) < passed_ms {
            Self::Partly
        } else {
            Self::Up
        }
    }
}

/// The last days of a target, as many as anything is known of, at most [`DAYS`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Days {
    /// The last of them (UTC), such as `2026-11-28`.
    pub until: String,
    /// A letter for each day, the last one of `until`: `u` up, `p` up as far as seen, `s` degraded, `m` maintenance, `d` down,
    /// `.` not observed.
    pub ipv4: String,
    pub ipv6: String,
}

impl Days {
    /// Returns those up to `now` from sums of whole days, each with its first moment; `None` where nothing is known.
    pub fn of<'a>(rows: impl IntoIterator<Item = (Timestamp, &'a PerTrack<Times>)>, now: Timestamp) -> Option<Self> {
        let mut letters = [[Day::Unobserved; DAYS]; 2];
        for (from, times) in rows {
            let Some(i) = index(from, now) else { continue };
            let passed_ms = now.ms_since(from).clamp(0, DAY).cast_unsigned();
            letters[0][i] = Day::of(&times.ipv4, passed_ms);
            letters[1][i] = Day::of(&times.ipv6, passed_ms);
        }
        let first = letters.iter().filter_map(|days| days.iter().position(|day| *day != Day::Unobserved)).min()?;
        let [ipv4, ipv6] = letters.map(|days| days[first..].iter().map(|day| day.letter()).collect());
        Some(Self { until: time::format(now).get(..10)?.to_owned(), ipv4, ipv6 })
    }

    /// Returns the [`DAYS`] up to `now` over a family: those that nobody has told of are not observed.
    pub fn over(&self, family: Family, now: Timestamp) -> [Day; DAYS] {
        let mut days = [Day::Unobserved; DAYS];
        let Ok(until) = time::parse(&format!("{}T00:00:00Z", self.until)) else { return days };
        let letters = match family {
            Family::Ipv4 => &self.ipv4,
            Family::Ipv6 => &self.ipv6,
        };
        for (letter, i) in letters.chars().rev().take(2 * DAYS).zip(0..) {
            if let Some(at) = index(until - i * DAY, now) {
                days[at] = Day::of_letter(letter);
            }
        }
        days
    }
}

/// Returns the place of a day among those that end with that of `now`.
fn index(day: Timestamp, now: Timestamp) -> Option<usize> {
    let age = now.unix_ms().div_euclid(DAY) - day.unix_ms().div_euclid(DAY);
    usize::try_from(age).ok().filter(|age| *age < DAYS).map(|age| DAYS - 1 - age)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::time::{HOUR, MINUTE};

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_042);

    fn times(up: i64, degraded: i64, down: i64, maintenance: i64) -> Times {
        let [up_ms, degraded_ms, down_ms, maintenance_ms] =
            [up, degraded, down, maintenance].map(|minutes| (minutes * MINUTE).cast_unsigned());
        Times { up_ms, degraded_ms, down_ms, maintenance_ms }
    }

    #[test]
    fn a_day_is_told_by_the_worst_of_it_that_matters() {
        let check = |times: Times, expected: char| assert_eq!(Day::of(&times, DAY as u64).letter(), expected);
        check(times(0, 0, 0, 0), '.');
        check(times(1_440, 0, 0, 0), 'u');
        check(times(1_440, 14, 0, 0), 'u');
        check(times(1_440, 15, 0, 0), 's');
        check(times(1_439, 1_000, 1, 0), 'd');
        check(times(1_000, 0, 0, 440), 'm');
        check(times(0, 0, 0, 10), 'm');
        check(times(719, 0, 0, 0), 'p');
        check(times(720, 0, 0, 0), 'u');
        assert_eq!(Day::of(&times(10, 0, 0, 0), (20 * MINUTE) as u64), Day::Up, "today is not over");
    }

    #[test]
    fn days_are_where_they_were_and_others_are_gaps() {
        let today = NOW - NOW.unix_ms().rem_euclid(DAY);
        let of = |ipv4, ipv6| PerTrack { ipv4, ipv6, dual_stack: Times::default() };
        let (up, down) = (times(1_440, 0, 0, 0), times(1_400, 0, 40, 0));
        let rows = [
            (today - 90 * DAY, of(down, down)),
            (today - 5 * DAY, of(up, Times::default())),
            (today - 3 * DAY, of(up, down)),
            (today, of(up, up)),
        ];
        let days = Days::of(rows.iter().map(|(at, times)| (*at, times)), NOW).unwrap();
        assert_eq!(serde_json::to_string(&days).unwrap(), r#"{"until":"2026-11-23","ipv4":"u.u..u","ipv6":"..d..u"}"#);
        let told = |now: Timestamp| {
            let letters = days.over(Family::Ipv6, now).map(Day::letter);
            letters.iter().rev().take(8).rev().collect::<String>()
        };
        assert_eq!(told(NOW), "....d..u");
        assert_eq!(told(NOW + 2 * DAY), "..d..u..", "told two days ago");
        assert_eq!(days.over(Family::Ipv4, NOW)[..84], [Day::Unobserved; 84]);
        assert_eq!(days.over(Family::Ipv4, NOW + 90 * DAY), [Day::Unobserved; DAYS]);
        assert_eq!(Days::of([], NOW), None);
    }

    #[test]
    fn the_day_is_that_of_utc_at_every_hour() {
        for hour in 0..24 {
            let now = NOW - NOW.unix_ms().rem_euclid(DAY) + hour * HOUR + 1;
            let up = PerTrack { ipv4: times(1_440, 0, 0, 0), ..PerTrack::default() };
            let days = Days::of([(now - now.unix_ms().rem_euclid(DAY), &up)], now).unwrap();
            assert_eq!((&*days.until, &*days.ipv4), ("2026-11-23", "u"), "{hour}");
        }
    }

    #[test]
    fn what_another_version_wrote_is_read_as_far_as_it_can_be() {
        let odd = Days { until: "yesterday".into(), ipv4: "uuu".into(), ipv6: String::new() };
        assert_eq!(odd.over(Family::Ipv4, NOW), [Day::Unobserved; DAYS]);
        let odd = Days { until: "2026-11-23".into(), ipv4: "u?d".into(), ipv6: "ü".repeat(500) };
        assert_eq!(odd.over(Family::Ipv4, NOW)[87..], [Day::Up, Day::Unobserved, Day::Down]);
        assert_eq!(odd.over(Family::Ipv6, NOW), [Day::Unobserved; DAYS]);
    }
}
