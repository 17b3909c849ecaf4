//! Outages of many sites that began in one run.

use crate::conclude::{
    codes::{Code, Finding},
    incidents::{Failure, failures},
    target::History,
    text::{grouped, list, plural, time},
    url::host,
};
use dualwatch_core::measure::time::{MINUTE, SECOND, Timestamp};
use std::collections::BTreeSet;

/// A run visits one site after the other. A dead one costs it up to three tries of 60 s with pauses between, so two
/// neighbours of one run are at most this far apart.
const MAX_STEP_MS: i64 = 5 * MINUTE;
/// Two sites fail together by chance, or are one host.
const MIN_SITES: usize = 3;

struct Member<'h> {
    history: &'h History,
    failure: Failure,
}

/// Returns one finding for each run in which many sites failed.
pub(crate) fn together(targets: &[History]) -> Vec<Finding> {
    let mut began: Vec<Member<'_>> = targets
        .iter()
        .flat_map(|history| failures(history).into_iter().map(move |failure| Member { history, failure }))
        .filter(|member| !member.failure.opens_history)
        .collect();
    began.sort_by_key(|member| member.failure.began);
    let mut found = Vec::new();
    let mut group: Vec<Member<'_>> = Vec::new();
    for member in began {
        let is_same_run = group.last().is_some_and(|last| {
            member.failure.began.ms_since(last.failure.began) <= MAX_STEP_MS
                && group.iter().all(|other| other.history.slug != member.history.slug)
        });
        if !is_same_run {
            found.extend(finding(&group, targets));
            group.clear();
        }
        group.push(member);
    }
    found.extend(finding(&group, targets));
    found
}

fn finding(group: &[Member<'_>], targets: &[History]) -> Option<Finding> {
    let (first, last) = (group.first()?, group.last()?);
    if group.len() < MIN_SITES {
        return None;
    }
    let (from, to) = (first.failure.began, last.failure.began);
    let is_tracked = |history: &&History| {
        history.first_at().is_some_and(|t| t <= from) && history.last_at().is_some_and(|t| t >= from)
    };
    let slugs: Vec<&str> = group.iter().map(|member| member.history.slug.as_str()).collect();
    let detail = format!(
        "{} of the {} then tracked went down from {} to {}; {}; {}: {}",
        plural(group.len(), "site"),
        targets.iter().filter(is_tracked).count(),
        time(from),
        time(to),
        shared(group),
        recoveries(group),
        list(&slugs),
    );
    Some(Finding::new(Code::SimultaneousOutage, detail))
}

/// Returns what the members have in common, apart from the vantage.
fn shared(group: &[Member<'_>]) -> String {
    let hosts: BTreeSet<&str> = group.iter().map(|member| host(&member.history.url)).collect();
    if hosts.len() == 1 {
        return format!("they share the host {} and the vantage", hosts.iter().next().copied().unwrap_or_default());
    }
    let domain = common_domain(&hosts);
    if domain.contains('.') {
        format!("they share the domain {domain} and the vantage")
    } else {
        format!("{} hosts, which share the vantage", hosts.len())
    }
}

/// Returns the labels that all names end in.
fn common_domain(hosts: &BTreeSet<&str>) -> String {
    let mut names = hosts.iter().map(|name| name.rsplit('.').collect::<Vec<_>>());
    let mut common = names.next().unwrap_or_default();
    for labels in names {
        let n = common.iter().zip(&labels).take_while(|(a, b)| a == b).count();
        common.truncate(n);
    }
    common.reverse();
    common.join(".")
}

/// Returns the recoveries in steps: each run in which some came back, with the shortest and the longest outage.
fn recoveries(group: &[Member<'_>]) -> String {
    let mut ends: Vec<(Timestamp, i64)> = group
        .iter()
        .filter_map(|member| member.failure.ended.map(|ended| (ended, ended.ms_since(member.failure.began) / SECOND)))
        .collect();
    ends.sort_unstable();
    let n_open = group.len() - ends.len();
    let mut steps: Vec<String> = ends
        .chunk_by(|a, b| b.0.ms_since(a.0) <= MAX_STEP_MS)
        .map(|step| {
            let seconds = || step.iter().map(|(_, s)| *s);
            let (shortest, longest) = (seconds().min().unwrap_or(0), seconds().max().unwrap_or(0));
            let lasted = if shortest == longest {
                grouped(shortest.unsigned_abs())
            } else {
                format!("{} … {}", grouped(shortest.unsigned_abs()), grouped(longest.unsigned_abs()))
            };
            format!("{} at {} after {lasted} s", step.len(), time(step[0].0))
        })
        .collect();
    if n_open > 0 {
        steps.push(format!("{n_open} not before the history ends"));
    }
    if let [step] = steps.as_slice() {
        return format!("recovered: {step}");
    }
    format!("recovered in {} steps: {}", steps.len(), steps.join("; "))
}

#[cfg(test)]
mod tests {
    use crate::{Code, Source, analyse};

    /// Three certificate checks, with `MINUTE status code` of each; returns the findings about more than one site.
    fn check(records: [&str; 3], expected: &[&str]) {
        let sites = "abc".chars().map(|c| format!("  - {{ name: {c}, url: {c}.example, check: ssl }}\n"));
        let config = format!("sites:\n{}", sites.collect::<String>());
        let mut source = Source { configuration: Some((".upptimerc.yml".into(), config)), ..Source::default() };
        for (slug, records) in ["a", "b", "c"].into_iter().zip(records) {
            for record in records.split(", ") {
                let [minute, status, code] = record.split(' ').collect::<Vec<_>>()[..] else { panic!("{record}") };
                let text = format!(
                    "url: {slug}.example\nstatus: {status}\ncode: {code}\nlastUpdated: 2026-01-01T00:{minute}:00.000Z\n"
                );
                source.read_history(&text, "h.yml", slug, "", None);
            }
        }
        let found = analyse(source).findings;
        let details: Vec<_> = found
            .iter()
            .filter(|f| f.code == Code::SimultaneousOutage)
            .map(|f| f.detail.split("; ").collect())
            .collect();
        let shown: Vec<_> = details.iter().map(|parts: &Vec<&str>| format!("{}; {}", parts[0], parts[2])).collect();
        assert_eq!(shown, expected, "{found:#?}");
    }

    #[test]
    fn a_certificate_warning_is_no_outage_of_many() {
        check(["00 up 200, 10 down 200, 50 up 200"; 3], &[]);
        // Nobody knows when that began: it is said in the finding about the certificate.
        check(["00 up 200, 10 down 200, 20 down 0, 30 down 200, 50 up 200"; 3], &[]);
        check(
            ["00 up 200, 20 down 0, 30 down 200, 50 up 200"; 3],
            &["3 sites of the 3 then tracked went down from 2026-01-01T00:20:00.000Z to 2026-01-01T00:20:00.000Z; \
               recovered: 3 at 2026-01-01T00:30:00.000Z after 600 s: a, b, c"],
        );
        let outage = "00 up 200, 20 down 0, 30 up 200";
        check([outage, outage, "00 up 200, 20 down 200, 30 up 200"], &[]);
    }
}
