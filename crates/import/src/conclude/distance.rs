//! How far apart a repository measured: what the records do not say.
//!
//! Upptime writes down what changes, so what it says holds until the next record; when it looked for the last time before
//! a change is written nowhere. The schedule says when a run may begin, and GitHub begins many of them later or never. How
//! much later the outages tell: none is shorter than the distance of two runs.

use crate::conclude::target::History;
use dualwatch_core::measure::time::SECOND;

/// From so many outages on the shortest of them tell something.
const MIN_OUTAGES: usize = 10;
/// The share of the outages that are taken for as short as can be: one in so many. A run that somebody started by hand
/// makes a single one shorter than any schedule would.
const SHORTEST: usize = 10;
/// No run is taken to be later than that.
const MAX_S: u32 = 3_600;

/// Returns after how many seconds at most a site was measured again: by the schedule, and where the shortest outages are
/// longer than that, by these.
pub(crate) fn measured_every_s(schedule_s: u32, targets: &[History]) -> u32 {
    let incidents = targets.iter().filter(|history| history.was_ever_up()).flat_map(|history| &history.incidents);
    let mut outages: Vec<_> =
        incidents.filter(|i| !i.opens_history).filter_map(|i| Some((i.began, i.duration_ms()?))).collect();
    outages.sort_unstable();
    // What fails together is one event, and tells once how soon there was another run.
    let run_ms = i64::from(schedule_s) * SECOND;
    let events = outages.chunk_by(|(a, _), (b, _)| b.ms_since(*a) < run_ms);
    let mut lengths: Vec<i64> = events.filter_map(|event| event.iter().map(|(_, ms)| *ms).min()).collect();
    if lengths.len() < MIN_OUTAGES {
        return schedule_s;
    }
    let nth = lengths.len() / SHORTEST;
    let (_, shortest, _) = lengths.select_nth_unstable(nth);
    let shortest_s = u32::try_from((*shortest + SECOND - 1) / SECOND).unwrap_or(MAX_S);
    shortest_s.min(MAX_S).max(schedule_s)
}

#[cfg(test)]
mod tests {
    use crate::{Source, analyse};
    use dualwatch_core::measure::time::{HOUR, SECOND, Timestamp};

    /// A site that was down for so many seconds each, and the distance that this comes to.
    fn check(schedule: &str, outages_s: &[i64], expected: u32) {
        let config = format!("workflowSchedule: {{ uptime: '{schedule}' }}\nsites: []\n");
        let mut source = Source { configuration: Some((".upptimerc.yml".into(), config)), ..Source::default() };
        let mut at = Timestamp::from_unix_ms(1_767_225_600_000);
        let mut record = |status: &str, after_ms: i64| {
            let text =
                format!("url: a\nstatus: {status}\ncode: 0\nlastUpdated: {}\n", dualwatch_wire::time::format(at));
            source.read_history(&text, "a.yml", "a", "", None);
            at = at + after_ms;
        };
        record("up", HOUR);
        for outage_s in outages_s {
            record("down", outage_s * SECOND);
            record("up", HOUR);
        }
        assert_eq!(analyse(source).measured_every_s, expected, "{schedule} {outages_s:?}");
    }

    #[test]
    fn the_schedule_holds_unless_the_outages_say_that_runs_came_later() {
        check("*/5 * * * *", &[], 300);
        check("*/5 * * * *", &[900; 9], 300);
        check("*/5 * * * *", &[900; 10], 900);
        check("*/5 * * * *", &[12, 700, 800, 900, 900, 900, 900, 900, 900, 900], 700);
        check("*/5 * * * *", &[20; 30], 300);
        check("*/30 * * * *", &[900; 10], 1_800);
        check("*/5 * * * *", &[90_000; 10], 3_600);
    }
}
