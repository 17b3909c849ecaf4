//! When a rule of maintenance makes windows: the calendar of its time zone.

use crate::zone;
use dualwatch_core::{
    measure::time::{DAY, SECOND, Timestamp},
    respond::maintenance::{Every, Nth, Recurring, Rule, Weekday, When, Window},
};
use jiff::{
    civil::{self, Date, DateTime},
    tz::TimeZone,
};
use std::fmt;

/// The zone of a rule is not known here: the rule was accepted by a version that knew it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownZone(pub String);

impl fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the time zone `{}` is unknown here", self.0)
    }
}

impl std::error::Error for UnknownZone {}

/// Returns the windows of a rule that have a moment in `[from, to)`, oldest first and uncut.
///
/// A recurring window begins when the clock on the wall says so, and lasts its length by a clock that never jumps: what
/// begins at 01:00 and lasts 2 h ends at 04:00 in the night in which clocks are put forward. Where the wall says that time
///
/// - never, since clocks are put forward over it, the window begins as much later as they are (02:30 becomes 03:30), which
///   is the rule of RFC 5545, 3.3.5;
/// - never, since the whole day is left out (Samoa, 2011-12-30), there is no window on that day;
/// - twice, since clocks are put back over it, the window begins the first time, and there is only one.
///
/// Days are looked at one by one: a year costs a millisecond, not a microsecond.
///
/// ```
/// use dualwatch_config::{load, occurrences};
/// use dualwatch_core::measure::time::{DAY, Timestamp};
///
/// let text = "
/// targets: [{ url: 'https://shop.example/' }]
/// maintenance: [{ title: Backups, every: sunday, at: '02:30', for: 2h, zone: Europe/Berlin }]
/// ";
/// let config = load(text, "dualwatch.yml", &|_| Err("no such file".into())).unwrap();
/// let from = Timestamp::from_unix_ms(1_795_428_711_000); // Monday, 2026-11-23
/// let windows = occurrences(&config.maintenance[0], from, from + 7 * DAY).unwrap();
/// assert_eq!(windows[0].from, Timestamp::from_unix_ms(1_795_915_800_000)); // 2026-11-29T01:30:00Z
/// ```
pub fn occurrences(rule: &Rule, from: Timestamp, to: Timestamp) -> Result<Vec<Window>, UnknownZone> {
    let window = |begin: Timestamp, end: Timestamp| Window {
        title: rule.title.clone(),
        from: begin,
        to: end,
        families: rule.families,
        expected: rule.expected,
    };
    let has_a_moment = |begin: Timestamp, end: Timestamp| begin < to && from < end;
    match &rule.when {
        When::Once { from: begin, to: end } => {
            Ok(has_a_moment(*begin, *end).then(|| window(*begin, *end)).into_iter().collect())
        }
        When::Recurring(recurring) => {
            let zone = zone::find(&recurring.zone).ok_or_else(|| UnknownZone(recurring.zone.clone()))?;
            let length_ms = i64::from(recurring.length_s) * SECOND;
            let first = recurring.from.map_or(from - length_ms, |first| first.max(from - length_ms));
            let last = recurring.until.map_or(to, |until| until.min(to));
            let begins = begins(recurring, &zone, first, last).into_iter();
            let windows = begins.map(|begin| (begin, begin + length_ms)).filter(|(b, e)| has_a_moment(*b, *e));
            Ok(windows.map(|(begin, end)| window(begin, end)).collect())
        }
    }
}

/// Returns the windows of every rule that concerns a target, in the order of their beginning.
pub fn windows(rules: &[Rule], slug: &str, from: Timestamp, to: Timestamp) -> Result<Vec<Window>, UnknownZone> {
    let mut all = Vec::new();
    for rule in rules.iter().filter(|rule| rule.concerns(slug)) {
        all.extend(occurrences(rule, from, to)?);
    }
    all.sort_by_key(|w| (w.from, w.to));
    Ok(all)
}

/// Returns when windows begin in `[first, last)`.
fn begins(recurring: &Recurring, zone: &TimeZone, first: Timestamp, last: Timestamp) -> Vec<Timestamp> {
    let Some(time) = civil::Time::new(
        i8::try_from(recurring.at_minute / 60).unwrap_or(-1),
        i8::try_from(recurring.at_minute % 60).unwrap_or(-1),
        0,
        0,
    )
    .ok() else {
        return Vec::new();
    };
    // A day more on both sides: a clock that is put forward or back moves a beginning by hours, never further.
    let (Some(day), Some(end)) = (date(first - DAY, zone), date(last + DAY, zone)) else { return Vec::new() };
    let days = std::iter::successors(Some(day), |day| day.tomorrow().ok()).take_while(|day| *day <= end);
    days.filter(|day| is_on(&recurring.every, *day))
        .filter_map(|day| begin(day.to_datetime(time), zone))
        .filter(|begin| first <= *begin && *begin < last)
        .collect()
}

fn date(at: Timestamp, zone: &TimeZone) -> Option<Date> {
    let bounds = jiff::Timestamp::MIN.as_millisecond()..=jiff::Timestamp::MAX.as_millisecond();
    let ms = at.unix_ms().clamp(*bounds.start(), *bounds.end());
    jiff::Timestamp::from_millisecond(ms).ok().map(|at| zone.to_datetime(at).date())
}

fn begin(wall: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    // `compatible` is RFC 5545's rule for both, the gap and the fold.
    let begin = zone.to_ambiguous_zoned(wall).compatible().ok()?;
    // Not by adding a span to it: what the library would say of a span that is too long is 30 kB of WebAssembly.
    let tomorrow = wall.date().tomorrow().map(|day| day.to_datetime(wall.time()));
    let is_left_out = tomorrow.is_ok_and(|tomorrow| begin.datetime() >= tomorrow);
    (!is_left_out).then(|| Timestamp::from_unix_ms(begin.timestamp().as_millisecond()))
}

fn is_on(every: &Every, day: Date) -> bool {
    match every {
        Every::Day => true,
        Every::Weekdays { days } => days.iter().any(|d| of_library(*d) == day.weekday()),
        Every::Month { day: of_month } => day.day().unsigned_abs() == *of_month,
        Every::Nth { nth, weekday } => {
            let nth = match nth {
                Nth::First => 1,
                Nth::Second => 2,
                Nth::Third => 3,
                Nth::Fourth => 4,
                Nth::Fifth => 5,
                Nth::Last => -1,
            };
            day.nth_weekday_of_month(nth, of_library(*weekday)).is_ok_and(|found| found == day)
        }
    }
}

const fn of_library(weekday: Weekday) -> civil::Weekday {
    match weekday {
        Weekday::Monday => civil::Weekday::Monday,
        Weekday::Tuesday => civil::Weekday::Tuesday,
        Weekday::Wednesday => civil::Weekday::Wednesday,
        Weekday::Thursday => civil::Weekday::Thursday,
        Weekday::Friday => civil::Weekday::Friday,
        Weekday::Saturday => civil::Weekday::Saturday,
        Weekday::Sunday => civil::Weekday::Sunday,
    }
}
