//! The history as rounds, one for each record, for the engine that rounds of today go through.
//!
//! Upptime records neither the family nor the cause of a failure, and nothing at all while a status lasts (apart from
//! one record a day). So a round here has one family, the other is skipped; and what lies between two rounds was measured
//! every few minutes ([`crate::Analysis::measured_every_s`]), and was as the first of them says.

use crate::{
    conclude::{analysis::Analysis, nature::Nature, target::History},
    read::Version,
};
use dualwatch_config::parse_url;
use dualwatch_core::{
    judge::dual_stack,
    measure::{
        cause::Cause,
        family::PerFamily,
        round::{Round, Vantage},
        sample::{Confidence, Outcome, Sample, Warning},
        time::{DAY, Timestamp},
        vantage::Standing,
    },
};
use dualwatch_wire::{upptime::Status, v1};
use std::collections::HashMap;

/// The vantage of imported rounds. Whether it had the family it measured over was never tested.
pub const VANTAGE: &str = "upptime";

/// Upptime's `ssl` check says "down" below this many days.
const CERTIFICATE_DAYS: u16 = 7;

/// So many seconds at most one record stands for all measurements that said the same until the next. While a status lasts
/// Upptime writes one a day; GitHub drops a run now and then, and where all of a week are missing nobody measured.
pub const UNCHANGED_S: u32 = 7 * 86_400;

/// The rounds of one site, and where Dualwatch measures it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounds {
    pub target: String,
    /// One for each version, in the order of time.
    pub rounds: Vec<Round>,
}

/// Returns the rounds of every site, in the order of the sites.
pub fn per_target(analysis: &Analysis) -> Vec<Rounds> {
    let names: Vec<String> = analysis.targets.iter().map(endpoint).collect();
    let mut n_of: HashMap<&str, usize> = HashMap::new();
    for name in &names {
        *n_of.entry(name).or_default() += 1;
    }
    let of = |(history, name): (&History, &String)| {
        // Two sites may measure the same place ("… (IPv4)", "… (IPv6)"); a fragment is never sent, and tells them apart.
        let target = if n_of[name.as_str()] > 1 { format!("{name}#{}", history.slug) } else { name.clone() };
        let was_ever_up = history.was_ever_up();
        let mut warned_since = None;
        let mut rounds = Vec::with_capacity(history.versions.len());
        for version in &history.versions {
            let sample = sample(history, version, was_ever_up, &mut warned_since);
            let own = history.place_of(version);
            rounds.push(round(own.as_deref().unwrap_or(&target), history, version.record.at, &sample));
        }
        Rounds { target, rounds }
    };
    analysis.targets.iter().zip(&names).map(of).collect()
}

/// Returns a round for every version, in the order of time.
pub fn rounds(analysis: &Analysis) -> Vec<v1::Round> {
    let mut list: Vec<Round> = per_target(analysis).into_iter().flat_map(|site| site.rounds).collect();
    list.sort_by_key(|round| round.started_at);
    list.iter().map(v1::Round::from).collect()
}

/// Returns where Dualwatch would measure the site, or its URL as it stands where that cannot be told.
fn endpoint(history: &History) -> String {
    let url = || parse_url(&history.url).ok().map(|(endpoint, _)| endpoint.to_string());
    history.endpoint.clone().or_else(url).unwrap_or_else(|| history.url.clone())
}

fn round(target: &str, history: &History, started_at: Timestamp, sample: &Sample) -> Round {
    let other = Sample::skipped(None);
    let samples =
        PerFamily::from_fn(|family| if family == history.measured.family { sample.clone() } else { other.clone() });
    Round {
        target: target.to_owned(),
        started_at,
        vantage: Vantage {
            name: VANTAGE.to_owned(),
            standing: PerFamily { ipv4: Standing::Untested, ipv6: Standing::Untested },
            silent_controls: Vec::new(),
        },
        dual_stack: dual_stack::view(&samples),
        samples,
    }
}

fn sample(history: &History, version: &Version, was_ever_up: bool, warned_since: &mut Option<Timestamp>) -> Sample {
    let record = &version.record;
    // 0 is Upptime's word for "no answer", in both numbers.
    let status = record.code.filter(|code| (100..=599).contains(code) && record.url.contains("://"));
    let total = record.response_ms.filter(|ms| *ms > 0).map(f64::from);
    let mut sample = match record.status {
        // Whether nobody answered, or nobody was asked in a way that works, the configuration does not care.
        Status::Up | Status::Degraded if record.code == Some(0) => {
            let mut sample = Sample::failed(Cause::MeasurementFailed);
            sample.evidence.error =
                Some("Upptime recorded up with code 0: no answer, which its configuration counts as up".to_owned());
            sample
        }
        Status::Up => Sample::reached(),
        Status::Degraded => Sample { cause: Some(Cause::Slow), ..Sample::reached() },
        Status::Down => down(history, version, was_ever_up, warned_since),
    };
    if record.status != Status::Down {
        *warned_since = None;
    }
    sample.http_status = status;
    if sample.outcome == Outcome::Reached {
        sample.phases.total = total;
        // A bare connection has one phase; what a request has of its time is not recorded.
        sample.phases.connect = total.filter(|_| !record.url.contains("://") && !history.measured.is_certificate_check);
    } else {
        sample.evidence.elapsed_ms = total;
    }
    sample
}

fn down(history: &History, version: &Version, was_ever_up: bool, warned_since: &mut Option<Timestamp>) -> Sample {
    let record = &version.record;
    let code = record.code.map_or_else(|| "null".to_owned(), |code| code.to_string());
    let says = |why: &str| Some(format!("Upptime recorded down with code {code}: {why}"));
    let nature = Nature::of(version, history.measured);
    let mut sample = match (nature, record.code) {
        (Nature::MeasurementError, _) => {
            let mut sample = Sample::failed(Cause::MeasurementFailed);
            sample.evidence.error = says("the measuring service's own answer");
            sample
        }
        (Nature::CertificateWarning, _) => {
            let since = *warned_since.get_or_insert(record.at);
            let days_left = i64::from(CERTIFICATE_DAYS) - 1 - record.at.ms_since(since) / DAY;
            let mut sample = Sample::reached();
            // At most: Upptime does not record the date.
            let warning = Warning::CertificateExpires {
                days_left: days_left.max(0),
                expected_days: CERTIFICATE_DAYS,
                made_for_days: None,
            };
            sample.evidence.warning = Some(warning);
            sample
        }
        (_, Some(0)) => {
            // What a runtime says that tells no more: no name, no route, refused, timed out and TLS look alike.
            let mut sample = Sample::failed(Cause::TcpNoConnection);
            sample.evidence.error = says("no answer, no cause");
            sample.evidence.confidence = Some(Confidence::Low);
            sample
        }
        (_, Some(400..)) => {
            let mut sample = Sample::failed(Cause::HttpStatus);
            sample.evidence.seen = Some(code.clone());
            sample
        }
        _ => {
            // An accepted status, and down all the same: a rule about the body, or one about the time it took.
            let mut sample = Sample::failed(Cause::HttpBodyMismatch);
            sample.evidence.error = says("an answer, but not the expected one");
            sample
        }
    };
    if !was_ever_up && nature != Nature::MeasurementError {
        sample.evidence.measured = sample.cause;
        sample.cause = Some(Cause::MeasurementFailed);
        sample.outcome = Outcome::Failed;
        sample.evidence.error = says("never seen up by this vantage, so not held against the target");
    }
    sample
}

#[cfg(test)]
mod tests {
    use crate::{Source, analyse};
    use dualwatch_core::{
        judge::diagnosis::{Conclusion, conclude},
        measure::{family::Family, sample},
    };

    const CONFIG: &str = "sites:\n  - { name: IPv6 test, url: a.example, check: tcp-ping, port: 25, ipv6: true }\n  \
                          - { name: Shop, url: 'https://shop.example' }\n  \
                          - { name: Shop two, url: 'https://shop.example' }\n  \
                          - { name: Cert, url: shop.example, check: ssl }\n  \
                          - { name: Probe, url: 'https://p.example', type: globalping }\n";

    /// `slug status code`, a minute apart; returns target, family that was measured, outcome, cause.
    fn check(record: &str, expected: &str) {
        let mut source = Source { configuration: Some((".upptimerc.yml".into(), CONFIG.into())), ..Source::default() };
        let (slug, records) = record.split_once(' ').unwrap();
        let url = if matches!(slug, "i-pv6-test" | "cert") { "a.example" } else { "https://shop.example" };
        for (minute, record) in records.split(", ").enumerate() {
            let (status, code) = record.split_once(' ').unwrap();
            let text = format!(
                "url: {url}\nstatus: {status}\ncode: {code}\nresponseTime: 7\nlastUpdated: 2026-01-01T00:{minute:02}:00Z\n"
            );
            source.read_history(&text, "h.yml", slug, "", None);
        }
        let rounds = super::rounds(&analyse(source));
        let last = rounds.last().unwrap();
        let family = Family::ALL.into_iter().find(|f| last.sample(*f).outcome != sample::Outcome::Skipped).unwrap();
        let seen = sample::Sample::from(last.sample(family).clone());
        let conclusion = match conclude(&seen) {
            Conclusion::Good { degraded: false } => "good".to_owned(),
            Conclusion::Good { degraded: true } => "degraded".to_owned(),
            Conclusion::Bad(cause) => format!("bad {cause}"),
            Conclusion::Blind(cause) => format!("blind {cause}"),
            Conclusion::Unpublished(_) => "unpublished".to_owned(),
        };
        let status = seen.http_status.map_or(String::new(), |s| format!(" {s}"));
        assert_eq!(format!("{} {family} {conclusion}{status}", last.target), expected, "{record}");
        let reached = (!conclusion.starts_with('b')).then_some(family);
        assert_eq!(last.dual_stack.family, reached, "{record}");
        assert_eq!(seen.latency_ms(), (!conclusion.starts_with('b')).then_some(7.0), "{record}");
    }

    #[test]
    fn a_record_becomes_a_round() {
        check("i-pv6-test up 200", "tcp://a.example:25 IPv6 good");
        check("i-pv6-test up 200, down 0", "tcp://a.example:25 IPv6 bad tcp.no_connection");
        check("i-pv6-test down 0, down 0", "tcp://a.example:25 IPv6 blind measurement.failed");
        check("shop up 200", "https://shop.example/#shop IPv4 good 200");
        check("shop up 200, degraded 200", "https://shop.example/#shop IPv4 degraded 200");
        check("shop-two up 200, down 503", "https://shop.example/#shop-two IPv4 bad http.status 503");
        check("shop up 200, down 200", "https://shop.example/#shop IPv4 bad http.body_mismatch 200");
        check("shop up 200, down null", "https://shop.example/#shop IPv4 blind measurement.failed");
        check("cert up 200, down 200", "https://shop.example/#cert IPv4 degraded");
        check("probe up 200, down 422", "https://p.example/ IPv4 blind measurement.failed 422");
        check("gone up 200, down 422", "https://shop.example/#gone IPv4 bad http.status 422");
    }
}
