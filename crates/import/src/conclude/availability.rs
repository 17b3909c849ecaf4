//! How much of a window a site was up, by what was recorded of it.

use crate::conclude::{nature::Nature, target::History};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::upptime::Status;

/// Milliseconds of a window. A record holds until the next one: Upptime commits only what changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Availability {
    /// Up or down; the rest of the window was not observed, or its measurement failed.
    pub observed_ms: i64,
    /// Degraded included: the site answered.
    pub up_ms: i64,
    pub down_ms: i64,
}

impl Availability {
    /// Returns the share from 0 to 1; `None` where nothing was observed.
    pub fn ratio(&self) -> Option<f64> {
        (self.observed_ms > 0).then(|| self.up_ms as f64 / self.observed_ms as f64)
    }
}

/// Sums up a window. The last record holds until its end, so let the window end where the history does.
pub fn availability(history: &History, from: Timestamp, to: Timestamp) -> Availability {
    let versions = &history.versions;
    let ends = versions.iter().skip(1).map(|next| next.record.at).chain([to]);
    let mut sum = Availability::default();
    for (version, end) in versions.iter().zip(ends) {
        let ms = end.min(to).ms_since(version.record.at.max(from));
        if ms <= 0 {
            continue;
        }
        let is_up = match version.record.status {
            Status::Up | Status::Degraded if version.record.code == Some(0) => None,
            Status::Up | Status::Degraded => Some(true),
            Status::Down => match Nature::of(version, history.measured) {
                Nature::CertificateWarning => Some(true),
                Nature::MeasurementError => None,
                Nature::Outage | Nature::NeverUp => Some(false),
            },
        };
        match is_up {
            Some(true) => sum.up_ms += ms,
            Some(false) => sum.down_ms += ms,
            None => continue,
        }
        sum.observed_ms += ms;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Source, analyse};
    use dualwatch_core::measure::time::{DAY, HOUR};

    /// `up@0 down@3`: statuses and the hours at which they were recorded.
    fn check(line: &str, from_h: i64, to_h: i64, expected_h: (i64, i64, i64), ratio: Option<f64>) {
        let start = 1_767_225_600_000; // 2026-01-01T00:00:00Z
        let mut source = Source::default();
        for record in line.split_whitespace() {
            let (status, hour) = record.split_once('@').unwrap();
            let (status, code) = status.split_once(':').unwrap_or((status, "200"));
            let at = dualwatch_wire::time::format(Timestamp::from_unix_ms(start + hour.parse::<i64>().unwrap() * HOUR));
            let text = format!("url: a.example\nstatus: {status}\ncode: {code}\nlastUpdated: {at}\n");
            source.read_history(&text, "a.yml", "a", "", None);
        }
        let analysis = analyse(source);
        let at = |hour: i64| Timestamp::from_unix_ms(start + hour * HOUR);
        let seen = availability(&analysis.targets[0], at(from_h), at(to_h));
        assert_eq!((seen.observed_ms / HOUR, seen.up_ms / HOUR, seen.down_ms / HOUR), expected_h, "{line}");
        assert_eq!(seen.ratio(), ratio, "{line}");
    }

    #[test]
    fn windows_are_exact() {
        let month = 30 * DAY / HOUR;
        check("down:0@0 down:0@24", 0, month, (month, 0, month), Some(0.0));
        check("up@0", 0, month, (month, month, 0), Some(1.0));
        check("up@0 down:0@6 up@12", 0, 24, (24, 18, 6), Some(0.75));
        check("up@0 down:0@6 up@12", 7, 9, (2, 0, 2), Some(0.0));
        check("up@12", 0, 24, (12, 12, 0), Some(1.0));
        check("up@0 degraded@12", 0, 24, (24, 24, 0), Some(1.0));
        check("up@0 down:null@6 up@12", 0, 24, (18, 18, 0), Some(1.0));
        check("up@30", 0, 24, (0, 0, 0), None);
    }
}
