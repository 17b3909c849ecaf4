//! What the records of one site say about how they came about.

use crate::{
    conclude::{
        codes::{Code, Finding},
        nature::Nature,
        target::{History, Incident},
        text::{list, plural, span, time},
    },
    read::Version,
};
use dualwatch_core::measure::family::Family;
use dualwatch_wire::upptime::Status;
use std::collections::BTreeMap;

/// Down in every record there is.
pub(super) fn never_up(history: &History) -> Option<Finding> {
    let (first, last) = (history.versions.first()?, history.versions.last()?);
    if history.was_ever_up() {
        return None;
    }
    let n = history.versions.len();
    let records = if n == 1 {
        format!("the only record, of {}, says down", time(first.record.at))
    } else {
        format!("all {n} records from {} to {} say down", time(first.record.at), time(last.record.at))
    };
    let only_down = history.site.as_ref().and_then(|site| site.only_down.as_deref());
    let hint = match history.measured.family {
        _ if only_down.is_some() => "",
        Family::Ipv6 => "; it is measured over IPv6, which GitHub's hosted runners do not have (actions/runner#3138)",
        Family::Ipv4 => "",
    };
    let codes = codes(history.versions.iter());
    Some(Finding::new(
        Code::NeverObservedUp,
        match only_down {
            Some(why) => format!("by the configuration it can only be down: {why}; {records} ({codes})"),
            None => format!("expected at least one record that says up; {records} ({codes}){hint}"),
        },
    ))
}

/// Records from before another URL took its name, one finding for each URL.
pub(super) fn url_changed(history: &History) -> Vec<Finding> {
    let changes = history.versions.windows(2).filter_map(|pair| {
        let place = history.place_of(&pair[0])?;
        (history.place_of(&pair[1]).as_ref() != Some(&place)).then(|| (pair[1].record.at, &pair[0].record.url))
    });
    let told = |(since, url): (_, &String)| {
        let url = crate::conclude::url::without_credentials(url);
        let detail = format!("until {} measured at {url}, now at {}", time(since), history.url);
        Finding::new(Code::UrlChanged, detail)
    };
    changes.map(told).collect()
}

/// Records that say up of an answer that never came.
pub(super) fn silent(history: &History) -> Option<Finding> {
    let is_silent = |v: &&Version| v.record.status != Status::Down && v.record.code == Some(0);
    let first = history.versions.iter().find(is_silent)?;
    let n = history.versions.iter().filter(is_silent).count();
    let detail = format!(
        "{} of {} with code 0, which is no answer at all, and not down, since {}; they count for nothing here",
        plural(n, "record"),
        history.versions.len(),
        time(first.record.at)
    );
    Some(Finding::new(Code::NoAnswerExpected, detail))
}

/// Records in which the measuring service's own answer stands as the site's.
pub(super) fn measurement_errors(history: &History) -> Option<Finding> {
    let errors: Vec<&Version> = history
        .versions
        .iter()
        .filter(|v| v.record.status != Status::Up && Nature::of(v, history.measured) == Nature::MeasurementError)
        .collect();
    let (first, last) = (errors.first()?, errors.last()?);
    let detail = format!(
        "{} ({}) {}: these are answers of the measuring service, not of the site; they do not count \
         against it",
        if errors.len() == 1 { "1 record says down".to_owned() } else { format!("{} records say down", errors.len()) },
        codes(errors.iter().copied()),
        if errors.len() == 1 {
            format!("at {}", time(first.record.at))
        } else {
            format!("between {} and {}", time(first.record.at), time(last.record.at))
        },
    );
    Some(Finding::new(Code::MeasurementErrorPublished, detail))
}

/// One for each incident in which the certificate was short, also where the site failed meanwhile.
pub(super) fn certificate_warnings(history: &History) -> Vec<Finding> {
    history.incidents.iter().filter_map(|incident| certificate_warning(history, incident)).collect()
}

fn certificate_warning(history: &History, incident: &Incident) -> Option<Finding> {
    let is_within = |v: &&Version| v.record.at >= incident.began && incident.ended.is_none_or(|end| v.record.at < end);
    let is_warning = |v: &&Version| Nature::of(v, history.measured) == Nature::CertificateWarning;
    let since = history.versions.iter().filter(is_within).find(is_warning)?.record.at;
    let n_others = history.versions.iter().filter(is_within).filter(|v| !is_warning(v)).count();
    let until = incident.ended.map_or_else(
        || "not renewed when the history ends".to_owned(),
        |ended| format!("renewed by {} ({})", time(ended), span(ended.ms_since(since))),
    );
    let others = match n_others {
        0 => String::new(),
        n => format!("; {} of this time say something else", plural(n, "record")),
    };
    let detail = format!(
        "published as down with code 200 since {}: the certificate expires in less than 7 days; {until}{others}",
        time(since)
    );
    Some(Finding::new(Code::CertificateWarningNotOutage, detail))
}

/// Times that say no zone.
pub(super) fn without_zone(history: &History) -> Option<Finding> {
    let mut zoneless = history.versions.iter().filter(|version| version.record.is_zoneless);
    let first = zoneless.next()?;
    let n = 1 + zoneless.count();
    let detail = format!(
        "{} of {} without a zone, taken as UTC; the first is {} ({})",
        plural(n, "record"),
        history.versions.len(),
        time(first.record.at),
        first.place
    );
    Some(Finding::new(Code::TimestampWithoutZone, detail))
}

/// Returns `640 × code 0, code null`.
fn codes<'v>(versions: impl Iterator<Item = &'v Version>) -> String {
    let mut counts: BTreeMap<Option<u16>, usize> = BTreeMap::new();
    for version in versions {
        *counts.entry(version.record.code).or_default() += 1;
    }
    let shown: Vec<String> = counts
        .iter()
        .map(|(code, n)| {
            let code = code.map_or_else(|| "null".to_owned(), |code| code.to_string());
            if *n == 1 { format!("code {code}") } else { format!("{n} × code {code}") }
        })
        .collect();
    list(&shown.iter().map(String::as_str).collect::<Vec<_>>())
}
