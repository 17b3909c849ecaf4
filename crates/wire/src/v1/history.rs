//! `GET /api/v1/targets/{slug}/availability` and `GET /api/v1/targets/{slug}/history`.

use crate::{
    seconds::Seconds,
    time::{self, rfc3339, rfc3339_or_null},
};
use dualwatch_core::{
    measure::{cause::Cause, target::Slo, time::Timestamp},
    remember::availability::{Availability, Period, Times, Window, budget},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Availability over observed time, in every window that people ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetAvailability {
    pub version: u32,
    pub slug: String,
    /// The objective in percent, from the configuration.
    pub slo: Option<f64>,
    /// Since when anything is known of the target: measured here, or loaded. Of what is older than spells are kept it is
    /// the beginning of a day. `null` where nothing is.
    #[serde(default, with = "rfc3339_or_null")]
    pub since: Option<Timestamp>,
    /// `24h`, `7d`, `30d`, `90d`, `1y`, then calendar months (UTC) such as `2026-11`, the newest first; where more is known
    /// than these hold, calendar years such as `2024`; in the end `all`, since then.
    pub windows: Vec<WindowAvailability>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WindowAvailability {
    pub window: String,
    #[serde(with = "rfc3339")]
    pub from: Timestamp,
    #[serde(with = "rfc3339")]
    pub to: Timestamp,
    pub ipv4: TrackAvailability,
    pub ipv6: TrackAvailability,
    pub dual_stack: TrackAvailability,
}

/// One track over one window. What nobody saw is in none of the times but in `unobserved_share`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TrackAvailability {
    pub observed_s: Seconds,
    pub up_s: Seconds,
    /// The part of `up_s` in which it was degraded.
    pub degraded_s: Seconds,
    pub down_s: Seconds,
    /// Announced, and in neither of the times above.
    pub maintenance_s: Seconds,
    /// 0 to 1.
    pub unobserved_share: f64,
    /// 0 to 1; `null` where nothing was observed.
    pub ratio: Option<f64>,
    /// The times are right to within this; 0 is exact.
    pub blurred_s: Seconds,
    /// `null` without an objective.
    pub budget: Option<ErrorBudget>,
}

/// How much may be down under the objective, over the observed time of the window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorBudget {
    pub allowed_s: Seconds,
    pub spent_s: Seconds,
    /// Below zero where it is overspent.
    pub left_s: Seconds,
}

/// Sums of rounds in buckets of one size, oldest first. Buckets in which nothing was known are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetHistory {
    pub version: u32,
    pub slug: String,
    /// `5m`, `1h`, `1d`.
    pub size: String,
    #[serde(with = "rfc3339")]
    pub from: Timestamp,
    #[serde(with = "rfc3339")]
    pub to: Timestamp,
    pub buckets: Vec<HistoryBucket>,
    /// Stored sums of this span that this version cannot read.
    pub n_unreadable: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HistoryBucket {
    #[serde(with = "rfc3339")]
    pub from: Timestamp,
    #[serde(with = "rfc3339")]
    pub to: Timestamp,
    pub ipv4: FamilyBucket,
    pub ipv6: FamilyBucket,
    pub dual_stack: BucketTimes,
}

/// How long a track was in each state within a bucket; what is left was not observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BucketTimes {
    pub up_s: Seconds,
    pub degraded_s: Seconds,
    pub down_s: Seconds,
    pub maintenance_s: Seconds,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FamilyBucket {
    #[serde(flatten)]
    pub times: BucketTimes,
    pub rounds: u32,
    /// Rounds per cause, of those that were not simply good.
    pub causes: BTreeMap<Cause, u32>,
    /// Per phase, of the rounds in which it completed.
    pub latency_ms: BTreeMap<String, Quantiles>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quantiles {
    pub n: u64,
    pub median: f64,
    pub p95: f64,
}

/// So many calendar months are told about.
const MONTHS: usize = 13;

/// Returns the windows that end at `now` and that every target is told about, of which anything is known since `since`: in
/// the order of [`TargetAvailability::windows`], with their codes.
pub fn windows(now: Timestamp, since: Option<Timestamp>) -> Vec<(String, Window)> {
    let mut windows: Vec<(String, Window)> =
        Period::ALL.iter().map(|period| (period.code().to_owned(), period.ending(now))).collect();
    let months = calendar(now, "2026-11".len(), "-01T00:00:00Z").take(MONTHS);
    windows.extend(months);
    let Some(since) = since.filter(|since| *since < now) else { return windows };
    if windows.iter().all(|(_, window)| since < window.from) {
        windows.extend(calendar(now, "2026".len(), "-01-01T00:00:00Z").take_while(|(_, window)| since < window.to));
    }
    windows.push(("all".to_owned(), Window { from: since, to: now }));
    windows
}

/// The calendar months or years of UTC up to now, the newest first: those whose names are so many letters of the time, and
/// begin with `begin` behind their names.
fn calendar(now: Timestamp, n_letters: usize, begin: &'static str) -> impl Iterator<Item = (String, Window)> {
    let mut to = now;
    std::iter::from_fn(move || {
        let name = time::format(to - 1).get(..n_letters)?.to_owned();
        let from = time::parse(&format!("{name}{begin}")).ok()?;
        let window = Window { from, to };
        to = from;
        Some((name, window))
    })
}

impl TrackAvailability {
    /// Returns the availability of a track over a window, with the budget of an objective.
    pub fn of(over: &Availability, slo: Option<Slo>) -> Self {
        let seconds = |ms: u64| Seconds::from_ms(ms.cast_signed());
        let BucketTimes { up_s, degraded_s, down_s, maintenance_s } = (&over.times).into();
        Self {
            observed_s: seconds(over.times.observed_ms()),
            up_s,
            degraded_s,
            down_s,
            maintenance_s,
            unobserved_share: over.unobserved_share(),
            ratio: over.ratio(),
            blurred_s: seconds(over.blurred_ms),
            budget: slo.map(|slo| budget::ErrorBudget::of(slo, &over.times).into()),
        }
    }
}

impl From<budget::ErrorBudget> for ErrorBudget {
    fn from(budget: budget::ErrorBudget) -> Self {
        let seconds = |ms: u64| Seconds::from_ms(ms.cast_signed());
        Self {
            allowed_s: seconds(budget.allowed_ms),
            spent_s: seconds(budget.spent_ms),
            left_s: Seconds::from_ms(budget.left_ms()),
        }
    }
}

impl From<&Times> for BucketTimes {
    fn from(times: &Times) -> Self {
        let seconds = |ms: u64| Seconds::from_ms(ms.cast_signed());
        Self {
            up_s: seconds(times.up_ms),
            degraded_s: seconds(times.degraded_ms),
            down_s: seconds(times.down_ms),
            maintenance_s: seconds(times.maintenance_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(now: &str, since: Option<&str>) -> String {
        let at = |text: &str| time::parse(text).unwrap();
        let windows = windows(at(now), since.map(at));
        assert!(windows.iter().all(|(_, window)| window.from < window.to));
        windows.into_iter().map(|(code, _)| code).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_older_than_the_months_has_years() {
        const MONTHS: &str = "24h 7d 30d 90d 1y 2026-11 2026-10 2026-09 2026-08 2026-07 2026-06 2026-05 2026-04 2026-03 \
                              2026-02 2026-01 2025-12 2025-11";
        let now = "2026-11-28T08:00:00Z";
        assert_eq!(codes(now, None), MONTHS);
        assert_eq!(codes(now, Some(now)), MONTHS);
        assert_eq!(codes(now, Some("2026-11-28T07:59:52Z")), format!("{MONTHS} all"));
        assert_eq!(codes(now, Some("2025-11-01T00:00:00Z")), format!("{MONTHS} all"));
        assert_eq!(codes(now, Some("2025-10-31T23:59:59Z")), format!("{MONTHS} 2026 2025 all"));
        assert_eq!(codes(now, Some("2022-09-24T10:00:00Z")), format!("{MONTHS} 2026 2025 2024 2023 2022 all"));
    }
}
