//! Outages that follow each other so closely that they are one.

use crate::conclude::{
    codes::{Code, Finding},
    incidents::{Failure, failures},
    target::History,
    text::{grouped, span, time},
};
use dualwatch_core::measure::time::{MINUTE, SECOND};

/// A failure this soon after a recovery is the same trouble: a few of Upptime's runs, which are 5 minutes apart at best
/// and some 15 in practice.
const MAX_PEACE_MS: i64 = 30 * MINUTE;
/// Fewer are a coincidence.
const MIN_EPISODES: usize = 3;

/// Returns one finding for each row of episodes. An episode has both ends; one that is still open is only mentioned.
pub(super) fn flapping(history: &History) -> Vec<Finding> {
    episodes(history).chunk_by(|a, b| is_soon(*a, *b)).filter_map(finding).collect()
}

/// Returns the failures with an "up" between any two: from down to degraded and back is one episode.
fn episodes(history: &History) -> Vec<Failure> {
    let mut joined: Vec<Failure> = Vec::new();
    for next in failures(history) {
        match joined.last_mut() {
            Some(last) if last.ended == Some(next.began) => last.ended = next.ended,
            _ => joined.push(next),
        }
    }
    joined
}

fn is_soon(earlier: Failure, later: Failure) -> bool {
    earlier.ended.is_some_and(|ended| later.began.ms_since(ended) <= MAX_PEACE_MS)
}

fn finding(row: &[Failure]) -> Option<Finding> {
    let closed: Vec<_> = row.iter().filter_map(|i| i.ended.map(|ended| (i.began, ended))).collect();
    let (first, last) = (closed.first()?, closed.last()?);
    if closed.len() < MIN_EPISODES {
        return None;
    }
    let lengths: Vec<String> =
        closed.iter().map(|(began, ended)| grouped((ended.ms_since(*began) / SECOND).unsigned_abs())).collect();
    let peace = closed.windows(2).map(|pair| pair[1].0.ms_since(pair[0].1)).max().unwrap_or(0);
    let open = row.last().filter(|last| last.ended.is_none());
    let detail = format!(
        "{} episodes from {} to {}, of {} s; at most {} between them{}",
        closed.len(),
        time(first.0),
        time(last.1),
        lengths.join("; "),
        span(peace),
        open.map_or_else(String::new, |open| format!(
            "; down again since {}, and no recovery recorded",
            time(open.began)
        )),
    );
    Some(Finding::new(Code::Flapping, detail))
}

#[cfg(test)]
mod tests {
    use crate::{Source, analyse};

    /// One site, with `HH:MM status` of each record.
    fn check(records: &str, expected: &[&str]) {
        let mut source = Source::default();
        for record in records.split(", ") {
            let (time, status) = record.split_once(' ').unwrap();
            let code = if status == "down" { 0 } else { 200 };
            let text = format!("url: a\nstatus: {status}\ncode: {code}\nlastUpdated: 2026-01-01T{time}:00.000Z\n");
            source.read_history(&text, "h.yml", "a", "", None);
        }
        let analysis = analyse(source);
        let found = super::flapping(&analysis.targets[0]);
        let shown: Vec<&str> = found.iter().filter_map(|f| f.detail.split_once(", of ")).map(|parts| parts.1).collect();
        assert_eq!(shown, expected, "{records}: {found:#?}");
    }

    #[test]
    fn episodes_have_an_up_between_them() {
        let three = "600; 600; 1,800 s; at most 20 minutes 0 seconds between them";
        check("00:00 up, 01:00 down, 01:10 up, 01:20 down, 01:30 up, 01:50 down, 02:20 up", &[three]);
        check("00:00 up, 01:00 down, 01:10 degraded, 01:20 up, 01:40 down, 02:10 up", &[]);
        let joined = "1,200; 600; 1,200 s; at most 10 minutes 0 seconds between them";
        let degraded_first = "01:50 degraded, 02:00 down, 02:10 up";
        check(
            &format!("00:00 up, 01:00 down, 01:10 degraded, 01:20 up, 01:30 down, 01:40 up, {degraded_first}"),
            &[joined],
        );
    }
}
