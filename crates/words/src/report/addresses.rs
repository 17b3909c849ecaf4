//! What became of each address of a name while an incident was open, a line each, in every language.

use super::moment;
use crate::widget::in_language as tell;
use dualwatch_core::{
    measure::{cause::Cause, time::Timestamp},
    respond::incident::{Incident, each::Visited},
};
use dualwatch_wire::{answer::language::Language, v1::incident_report::ReportedAddress};

/// Returns all of them, whoever failed most often first.
pub fn all(incident: &Incident) -> Vec<ReportedAddress> {
    let of = |visited: &Visited| {
        let failed = visited.failed;
        let mut reported = ReportedAddress {
            family: visited.family,
            address: visited.address,
            visits: visited.visits,
            failures: failed.map_or(0, |failed| failed.n),
            from: failed.map(|failed| failed.from),
            to: failed.map(|failed| failed.to),
            cause: failed.map(|failed| failed.cause),
            text: String::new(),
        };
        reported.text = address(Language::En, &reported, &|cause| crate::cause(cause).to_owned());
        reported
    };
    let mut all: Vec<ReportedAddress> = incident.addresses.iter().filter(|v| v.visits > 0).map(of).collect();
    // Stable: of equals the one that was visited first.
    all.sort_by_key(|reported| std::cmp::Reverse(reported.failures));
    all
}

/// Returns the line of one; `cause` says a cause in that language.
pub fn address(language: Language, reported: &ReportedAddress, cause: &dyn Fn(Cause) -> String) -> String {
    let ReportedAddress { address, visits, failures, from, to, .. } = reported;
    let texts = match (from, to) {
        (Some(from), Some(to)) if from < to => [
            "@a: failed from @f to @t, @why; @n of @of visits failed",
            "@a：@f 至 @t 失败，@why；@of 次访问中 @n 次失败",
            "@a: versagte von @f bis @t, @why; @n von @of Besuchen scheiterten",
        ],
        (Some(_), _) => [
            "@a: failed at @f, @why; @n of @of visits failed",
            "@a：@f 失败，@why；@of 次访问中 @n 次失败",
            "@a: versagte am @f, @why; @n von @of Besuchen scheiterten",
        ],
        (None, _) => ["@a: answered all @of visits", "@a：@of 次访问均有应答", "@a: antwortete auf alle @of Besuche"],
    };
    let when = |t: &Option<Timestamp>| t.map_or_else(String::new, moment);
    let why = reported.cause.map_or_else(String::new, cause);
    let values = [("@of", visits.to_string()), ("@n", failures.to_string()), ("@f", when(from)), ("@t", when(to))];
    let text = values.iter().fold(tell(language, texts).to_owned(), |text, (mark, value)| text.replace(mark, value));
    text.replace("@a", &address.to_string()).replace("@why", &why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(language: Language, failures: u32, to: i64) -> String {
        let at = |s: i64| Some(Timestamp::from_unix_ms(1_795_428_720_000 + s * 1_000));
        let reported = ReportedAddress {
            family: dualwatch_core::measure::family::Family::Ipv6,
            address: "2001:db8::2".parse().unwrap(),
            visits: 12,
            failures,
            from: at(0).filter(|_| failures > 0),
            to: at(to).filter(|_| failures > 0),
            cause: Some(Cause::TcpRefused).filter(|_| failures > 0),
            text: String::new(),
        };
        address(language, &reported, &|cause| crate::cause(cause).to_owned())
    }

    #[test]
    fn an_address_says_since_when_why_and_how_often_it_failed() {
        assert_eq!(
            line(Language::En, 9, 600),
            "2001:db8::2: failed from 2026-11-23 10:12:00 UTC to 2026-11-23 10:22:00 UTC, connection refused; 9 of 12 visits \
             failed"
        );
        assert_eq!(
            line(Language::De, 1, 0),
            "2001:db8::2: versagte am 2026-11-23 10:12:00 UTC, connection refused; 1 von 12 Besuchen scheiterten"
        );
        assert_eq!(line(Language::ZhHans, 0, 0), "2001:db8::2：12 次访问均有应答");
    }
}
