//! Time zones, and points in time as people write them: with an offset, or by the clock on the wall of a zone.

use crate::{
    fields::{self, nearest},
    finding::{Report, quoted},
    yaml::Node,
};
use dualwatch_core::measure::{time::Timestamp, zone::Zone};
use jiff::{
    Zoned,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};
use std::sync::LazyLock;

pub(crate) const TIME_HINT: &str =
    "write `2026-12-01T02:00:00+01:00`, or `2026-12-01T02:00` beside `zone: Europe/Berlin`";

/// The database inside of the program, never that of the machine: a configuration means the same everywhere.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Returns a zone of the IANA time zone database.
pub(crate) fn find(name: &str) -> Option<TimeZone> {
    DATABASE.get(name).ok()
}

/// Returns what the clock of a zone is from one moment to another; `None` where there is no such zone.
///
/// The whole database is in the program and in the worker, which have it for recurring maintenance; a browser has one of its
/// own. A clock is called by its place: what the library has for abbreviations is 30 kB of WebAssembly.
///
/// ```
/// use dualwatch_core::measure::time::{DAY, Timestamp};
/// let now = Timestamp::from_unix_ms(1_795_428_711_000); // 2026-11-23
/// let berlin = dualwatch_config::zone("Europe/Berlin", now - 200 * DAY, now).unwrap();
/// let clocks: Vec<_> = berlin.changes.iter().map(|change| (change.offset_s, change.name.as_str())).collect();
/// assert_eq!(clocks, [(7_200, "in Berlin"), (3_600, "in Berlin")]);
/// assert_eq!(dualwatch_config::zone("Europe/Berlim", now, now), None);
/// ```
pub fn zone(name: &str, from: Timestamp, until: Timestamp) -> Option<Zone> {
    let zone = find(name)?;
    let called = format!("in {}", name.rsplit('/').next().unwrap_or(name).replace('_', " "));
    let clock = |at: Timestamp| {
        let at = jiff::Timestamp::from_millisecond(at.unix_ms()).unwrap_or_default();
        (zone.to_offset(at).seconds(), called.clone())
    };
    Some(Zone::between(from, until, clock))
}

/// Reads the name of a zone; `what` is the key that has it.
pub(crate) fn read(node: &Node, what: &str, report: &mut Report) -> Option<(String, TimeZone)> {
    let text = fields::text(node, what, report)?;
    if let Some(zone) = find(text) {
        return Some((zone.iana_name().unwrap_or(text).to_owned(), zone));
    }
    let names: Vec<String> = DATABASE.available().map(|name| name.as_str().to_owned()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let hint = nearest(text, &names).map_or_else(
        || "write a name of the IANA time zone database, such as `Europe/Berlin`, or `UTC`".to_owned(),
        |name| format!("did you mean `{name}`?"),
    );
    report.error(node.at, "unknown_zone", format!("there is no time zone {}", quoted(text)), hint);
    None
}

/// What a date without a time stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    /// Its first moment.
    Start,
    /// The first moment after it.
    End,
}

/// Reads a point in time. One by the clock on the wall that is skipped or comes twice is reported: only its author knows
/// what was meant.
pub(crate) fn moment(
    node: &Node,
    what: &str,
    zone: Option<&TimeZone>,
    day: Day,
    report: &mut Report,
) -> Option<Timestamp> {
    let text = fields::text(node, what, report)?.trim();
    match parse(text, zone, day) {
        Ok(moment) => Some(moment),
        Err((code, message, hint)) => {
            report.error(node.at, code, format!("{what}: {message}"), hint);
            None
        }
    }
}

type Mistake = (&'static str, String, String);

fn parse(text: &str, zone: Option<&TimeZone>, day: Day) -> Result<Timestamp, Mistake> {
    let bad = |message: String| ("bad_time", message, TIME_HINT.to_owned());
    // Calendars read much else, each something different.
    let has_a_zone_in_brackets = text.contains('[');
    if !has_a_zone_in_brackets && let Ok(exact) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp::from_unix_ms(exact.as_millisecond()));
    }
    let needs_zone = || bad(format!("{} has neither an offset nor a `zone` beside it", quoted(text)));
    if text.len() == "2026-12-01".len()
        && let Ok(date) = text.parse::<Date>()
    {
        let date = match day {
            Day::Start => date,
            Day::End => date.tomorrow().map_err(|_| bad(format!("{} is out of range", quoted(text))))?,
        };
        let start = date.to_zoned(zone.ok_or_else(needs_zone)?.clone()).and_then(|zoned| zoned.start_of_day());
        return start.map(|zoned| stamp(&zoned)).map_err(|_| bad(format!("{} is out of range", quoted(text))));
    }
    let is_local = !has_a_zone_in_brackets && text.len() >= "2026-12-01T02:00".len();
    let Some(local) = text.parse::<DateTime>().ok().filter(|_| is_local) else {
        return Err(bad(format!("{} is no point in time", quoted(text))));
    };
    let ambiguous = zone.ok_or_else(needs_zone)?.to_ambiguous_zoned(local);
    let with_offset = |zoned: Result<Zoned, jiff::Error>| {
        let text = zoned.map(|z| z.to_string()).unwrap_or_default();
        format!("`{}`", text.split('[').next().unwrap_or_default())
    };
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => {
            let message = format!("{} does not exist: the clocks are put forward over it", quoted(text));
            Err(("no_such_time", message, format!("for example {}", with_offset(ambiguous.compatible()))))
        }
        AmbiguousOffset::Fold { .. } => {
            let message = format!("{} comes twice: the clocks are put back over it", quoted(text));
            let hint = format!("write the offset, for example {}", with_offset(ambiguous.earlier()));
            Err(("ambiguous_time", message, hint))
        }
        AmbiguousOffset::Unambiguous { .. } => {
            let zoned = ambiguous.compatible().map_err(|_| bad(format!("{} is out of range", quoted(text))))?;
            Ok(stamp(&zoned))
        }
    }
}

fn stamp(zoned: &Zoned) -> Timestamp {
    Timestamp::from_unix_ms(zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a document says of `timezone`, or what is wrong with it and how it is mended.
    fn timezone(value: &str) -> Result<Option<String>, String> {
        let text = format!("targets: [{{ url: 'https://shop.example/' }}]\ntimezone: {value}\n");
        let read = crate::load(&text, "dualwatch.yml", &|_| Err("no files".into()));
        read.map(|config| config.timezone).map_err(|findings| {
            let [finding] = &findings[..] else { panic!("{findings:?}") };
            format!(
                "{}:{} {}: {}; {}",
                finding.line,
                finding.column,
                finding.code,
                finding.message,
                finding.hint.clone().unwrap_or_default()
            )
        })
    }

    #[test]
    fn the_zone_of_the_operator_is_one_that_there_is() {
        assert_eq!(timezone("Europe/Berlin"), Ok(Some("Europe/Berlin".to_owned())));
        assert_eq!(timezone("europe/berlin"), Ok(Some("Europe/Berlin".to_owned())));
        let found = "2:11 unknown_zone: there is no time zone `Europe/Berlim`; did you mean `Europe/Berlin`?";
        assert_eq!(timezone("Europe/Berlim"), Err(found.to_owned()));
        let found = timezone("Mars/Olympus").unwrap_err();
        assert!(found.contains("write a name of the IANA time zone database"), "{found}");
        let found = timezone("[UTC]").unwrap_err();
        assert!(found.starts_with("2:11 wrong_type: `timezone`"), "{found}");
    }

    #[test]
    fn both_sides_of_a_change_of_the_clocks() {
        let at = |text: &str| Timestamp::from_unix_ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let table = zone("Europe/Berlin", at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap();
        for (moment, offset_s) in [
            ("2026-03-29T00:59:59.999Z", 3_600),
            ("2026-03-29T01:00:00Z", 7_200),
            ("2026-10-25T00:59:59.999Z", 7_200),
            ("2026-10-25T01:00:00Z", 3_600),
        ] {
            assert_eq!(table.at(at(moment)).unwrap().offset_s, offset_s, "{moment}");
        }
        let half = zone("Asia/Kolkata", at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z")).unwrap();
        assert_eq!(half.changes[0].offset_s, 19_800);
        let far = at("2026-01-01T00:00:00Z");
        let name = |zone_name| zone(zone_name, far, far).unwrap().changes[0].name.clone();
        assert_eq!(name("America/Argentina/Buenos_Aires"), "in Buenos Aires");
    }

    #[test]
    fn points_in_time() {
        let berlin = find("Europe/Berlin");
        let check = |text: &str, day, expected: Result<&str, &str>| {
            let found = parse(text, berlin.as_ref(), day).map_err(|(code, ..)| code);
            let expected = expected.map(|t| t.parse::<jiff::Timestamp>().unwrap().as_millisecond());
            assert_eq!(found.map(Timestamp::unix_ms), expected, "{text}");
        };
        check("2026-12-01T02:00:00Z", Day::Start, Ok("2026-12-01T02:00:00Z"));
        check("2026-12-01T02:00:00+05:30", Day::Start, Ok("2026-11-30T20:30:00Z"));
        check("2026-12-01T02:00", Day::Start, Ok("2026-12-01T01:00:00Z"));
        check("2026-07-01 02:00", Day::Start, Ok("2026-07-01T00:00:00Z"));
        check("2026-12-01", Day::Start, Ok("2026-11-30T23:00:00Z"));
        check("2026-12-01", Day::End, Ok("2026-12-01T23:00:00Z"));
        check("2026-03-29T02:30", Day::Start, Err("no_such_time"));
        check("2026-10-25T02:30", Day::Start, Err("ambiguous_time"));
        check("2026-10-25T02:30:00+02:00", Day::Start, Ok("2026-10-25T00:30:00Z"));
        for text in
            ["", "soon", "02:00", "2026-12-01T02:00:00+01:00[Europe/Paris]", "2026-13-01T02:00", "20261201", "1"]
        {
            check(text, Day::Start, Err("bad_time"));
        }
        assert_eq!(parse("2026-12-01T02:00", None, Day::Start).map_err(|(code, ..)| code), Err("bad_time"));
    }
}
