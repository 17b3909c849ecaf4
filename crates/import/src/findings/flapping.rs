//! Outages that follow each other so closely that they are one.

use super::{Code, Finding};
use crate::{
    incidents::Incident,
    target::History,
    text::{grouped, span, time},
};
use dualwatch_core::time::{MINUTE, SECOND};

/// A failure this soon after a recovery is the same trouble: a few of Upptime's runs, which are 5 minutes apart at best
/// and some 15 in practice.
const MAX_PEACE_MS: i64 = 30 * MINUTE;
/// Fewer are a coincidence.
const MIN_EPISODES: usize = 3;

/// Returns one finding for each row of episodes. An episode has both ends; one that is still open is only mentioned.
pub(super) fn flapping(history: &History) -> Vec<Finding> {
    let accusing: Vec<&Incident> = history.incidents.iter().filter(|incident| incident.nature.accuses()).collect();
    accusing.chunk_by(|a, b| is_soon(a, b)).filter_map(finding).collect()
}

fn is_soon(earlier: &Incident, later: &Incident) -> bool {
    earlier.ended.is_some_and(|ended| later.began.ms_since(ended) <= MAX_PEACE_MS)
}

fn finding(row: &[&Incident]) -> Option<Finding> {
    let closed: Vec<_> = row.iter().filter_map(|i| i.ended.map(|ended| (i.began, ended))).collect();
    let (first, last) = (closed.first()?, closed.last()?);
    if closed.len() < MIN_EPISODES {
        return None;
    }
    let lengths: Vec<String> =
        closed.iter().map(|(began, ended)| grouped((ended.ms_since(*began) / SECOND).unsigned_abs())).collect();
    let peace = closed.windows(2).map(|pair| pair[1].0.ms_since(pair[0].1)).max().unwrap_or(0);
    let open = row.last().filter(|incident| incident.ended.is_none());
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
