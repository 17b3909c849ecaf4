//! Round trips that are too short for where the target is.

use crate::conclude::{
    codes::{Code, Finding},
    target::History,
    text::{list, time},
    url::host,
};
use dualwatch_core::measure::family::Family;
use dualwatch_wire::upptime::Status;

/// Fewer records are no distribution.
const MIN_RECORDS: usize = 3;
/// The same host cannot be this much nearer over one way than over another; routes differ by far less.
const FACTOR: u32 = 5;

/// Bare TCP round trips of one site, in milliseconds, in the order in which they were measured.
struct Trips {
    ms: Vec<u32>,
    since: String,
}

/// Compares a site with the others of the same host: typical here against the shortest there.
pub(super) fn impossible(history: &History, all: &[History]) -> Option<Finding> {
    let (at, own) = trips(history)?;
    let typical = median(&own.ms);
    let others = all.iter().filter(|other| other.slug != history.slug);
    let (other, theirs) = others
        .filter_map(|other| trips(other).filter(|(host, _)| *host == at).map(|(_, theirs)| (other, theirs)))
        .filter(|(_, theirs)| theirs.ms.iter().min().is_some_and(|shortest| typical * FACTOR <= *shortest))
        .max_by_key(|(_, theirs)| theirs.ms.len())?;
    let shown: Vec<String> = own.ms.iter().map(u32::to_string).collect();
    let detail = format!(
        "over {} {at} answers in {typical} ms ({} ms, since {}); over {} (`{}`) the same host takes {} to {} ms, so \
         nothing below {} ms was expected",
        family(history),
        list(&shown.iter().map(String::as_str).collect::<Vec<_>>()),
        own.since,
        family(other),
        other.slug,
        theirs.ms.iter().min()?,
        theirs.ms.iter().max()?,
        theirs.ms.iter().min()?,
    );
    Some(Finding::new(Code::ImpossibleRoundTrip, detail))
}

/// Returns the host and the times of bare TCP connections, which a URL without a scheme shows.
fn trips(history: &History) -> Option<(&str, Trips)> {
    let mut at = None;
    let mut trips = Trips { ms: Vec::new(), since: String::new() };
    for version in &history.versions {
        let record = &version.record;
        if record.status != Status::Up || record.url.contains("://") || history.measured.is_certificate_check {
            continue;
        }
        if let Some(ms) = record.response_ms.filter(|ms| *ms > 0) {
            if at.is_none() {
                trips.since = time(record.at);
            }
            at = Some(host(&record.url));
            trips.ms.push(ms);
        }
    }
    at.filter(|_| trips.ms.len() >= MIN_RECORDS).map(|at| (at, trips))
}

fn median(values: &[u32]) -> u32 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

fn family(history: &History) -> Family {
    history.measured.family
}
