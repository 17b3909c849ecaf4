//! The ticks of an axis of time, by the clock on somebody's wall.

use dualwatch_core::measure::{
    time::{DAY, HOUR, MINUTE, Timestamp},
    zone::Zone,
};
use dualwatch_wire::time;

/// One tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Milliseconds since 1970.
    pub at: i64,
    /// `14:00`, `11-23` or `2026-11`.
    pub label: String,
    /// Where there is little room it is left out.
    pub is_fine: bool,
}

/// How far ticks are from each other.
#[derive(Clone, Copy)]
enum Step {
    Ms(i64),
    Month,
}

/// So many ticks fit where there is room.
const MOST: i64 = 13;
/// Noons would stand where days are looked for.
const STEPS: [i64; 8] = [10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY];
/// The first of 1970 was a Thursday: weeks begin three days before it.
const MONDAY_MS: i64 = -3 * DAY;

/// Returns the ticks from `from` up to `to`, at full hours, midnights, Mondays or first days of months of a clock; without
/// one, of UTC. Where clocks are changed, ticks keep to the clock.
pub fn ticks(from: Timestamp, to: Timestamp, zone: Option<&Zone>) -> Vec<Tick> {
    let offset = |at: Timestamp| zone.and_then(|zone| zone.at(at)).map_or(0, |clock| i64::from(clock.offset_s) * 1_000);
    let length = to.ms_since(from);
    let step = STEPS.into_iter().find(|step| length / step <= MOST).map_or(Step::Month, Step::Ms);
    // Years of months are nobody's range.
    let mut wall = if (1..=800 * DAY).contains(&length) { from + offset(from) } else { to + offset(to) };
    let mut ticks = Vec::new();
    while let Some(next) = next(wall, step) {
        wall = next;
        // What the offset is there: twice, for the one before a change leads to the other side of it.
        let near = wall - offset(wall - offset(wall));
        if near >= to {
            break;
        }
        if near >= from {
            ticks.push(Tick { at: near.unix_ms(), label: label(wall, step), is_fine: false });
        }
        wall = wall + 1;
    }
    // With many, each second one is fine.
    if ticks.len() > 7 {
        ticks.iter_mut().skip(1).step_by(2).for_each(|tick| tick.is_fine = true);
    }
    ticks
}

/// Returns the first tick of a clock that is not before a time on it.
fn next(wall: Timestamp, step: Step) -> Option<Timestamp> {
    match step {
        Step::Ms(step) => {
            let origin = if step == 7 * DAY { MONDAY_MS } else { 0 };
            let since = wall.unix_ms() - origin;
            Some(Timestamp::from_unix_ms(origin + (since + step - 1).div_euclid(step) * step))
        }
        Step::Month => {
            let first = |t: Timestamp| time::parse(&format!("{}-01T00:00:00Z", time::format(t).get(..7)?)).ok();
            let this = first(wall)?;
            if this == wall { Some(this) } else { first(this + 32 * DAY) }
        }
    }
}

fn label(wall: Timestamp, step: Step) -> String {
    let text = time::format(wall);
    let part = match step {
        Step::Ms(step) if step < DAY && wall.unix_ms().rem_euclid(DAY) != 0 => 11..16,
        Step::Ms(_) => 5..10,
        Step::Month => 0..7,
    };
    text.get(part).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        time::parse(text).unwrap()
    }

    fn labels(from: &str, to: &str, zone: Option<&Zone>) -> String {
        let ticks = ticks(at(from), at(to), zone);
        let told = ticks.iter().map(|tick| if tick.is_fine { format!("({})", tick.label) } else { tick.label.clone() });
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ticks_are_where_a_clock_is_round() {
        let to = "2026-11-23T10:11:51Z";
        assert_eq!(labels("2026-11-22T10:11:51Z", to, None), "12:00 (15:00) 18:00 (21:00) 11-23 (03:00) 06:00 (09:00)");
        assert_eq!(labels("2026-11-16T10:11:51Z", to, None), "11-17 11-18 11-19 11-20 11-21 11-22 11-23");
        assert_eq!(labels("2026-11-16T11:00:00Z", to, None), "11-17 11-18 11-19 11-20 11-21 11-22 11-23");
        assert_eq!(
            labels("2026-10-24T10:11:51Z", to, None),
            "10-25 (10-28) 10-31 (11-03) 11-06 (11-09) 11-12 (11-15) 11-18 (11-21)"
        );
        assert_eq!(
            labels("2026-08-25T10:11:51Z", to, None),
            "08-31 (09-07) 09-14 (09-21) 09-28 (10-05) 10-12 (10-19) 10-26 (11-02) 11-09 (11-16) 11-23"
        );
        assert_eq!(
            labels("2025-11-23T10:11:51Z", to, None),
            "2025-12 (2026-01) 2026-02 (2026-03) 2026-04 (2026-05) 2026-06 (2026-07) 2026-08 (2026-09) 2026-10 (2026-11)"
        );
    }

    #[test]
    fn no_time_has_no_ticks_and_little_has_few() {
        let now = "2026-11-23T10:11:51Z";
        assert_eq!(labels(now, now, None), "");
        assert_eq!(labels("2026-11-24T10:11:51Z", now, None), "");
        assert_eq!(labels("1970-01-01T00:00:00Z", now, None), "");
        assert_eq!(labels("2026-11-23T10:00:00Z", now, None), "10:00 10:10");
    }

    #[test]
    fn ticks_keep_to_the_clock_where_clocks_change() {
        let (spring, autumn) = (at("2026-03-29T01:00:00Z"), at("2026-10-25T01:00:00Z"));
        let berlin = Zone::between(at("2025-11-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), |t| {
            if (spring..autumn).contains(&t) { (7_200, "CEST".to_owned()) } else { (3_600, "CET".to_owned()) }
        });
        let days = ticks(at("2026-10-22T12:00:00Z"), at("2026-10-27T12:00:00Z"), Some(&berlin));
        let told: Vec<_> = days.iter().map(|t| (&*t.label, time::format(Timestamp::from_unix_ms(t.at)))).collect();
        let midnights =
            [("10-23", "22T22"), ("10-24", "23T22"), ("10-25", "24T22"), ("10-26", "25T23"), ("10-27", "26T23")];
        let hours: Vec<_> = told.iter().filter(|(label, _)| label.contains('-')).collect();
        for (label, utc) in midnights {
            let is = |(told, at): &&&(&str, String)| *told == label && at.contains(&format!("2026-10-{utc}:00"));
            assert!(hours.iter().any(|one| is(&one)), "{label} in {told:?}");
        }
        assert!(days.windows(2).all(|pair| pair[0].at < pair[1].at), "{told:?}");
    }
}
