//! What was announced, in documents: maintenance that goes on, and what is to come.

use crate::{
    phrases::Announced,
    scheduled::{Phase, Scheduled},
    time::rfc3339,
};
use dualwatch_core::{
    measure::{
        family::PerFamily,
        time::{DAY, Timestamp},
    },
    respond::maintenance::Expected,
};
use serde::{Deserialize, Serialize};

/// Maintenance is told of for so long before it begins.
pub const AHEAD_MS: i64 = 31 * DAY;
/// So many windows are in one document, those that begin first.
pub const MAX_TOLD: usize = 20;

/// A time for which maintenance was announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Maintenance {
    /// Its name, for ever.
    pub id: String,
    pub title: String,
    #[serde(with = "rfc3339")]
    pub from: Timestamp,
    /// The first moment after it.
    #[serde(with = "rfc3339")]
    pub to: Timestamp,
    /// Whether it goes on.
    pub in_progress: bool,
    /// Which families it is about.
    pub families: PerFamily<bool>,
    /// What may be met: `down` or `degraded`.
    pub expected: Expected,
    /// The slugs of the targets that it is about; left out where it is about all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<String>>,
}

impl Maintenance {
    /// Returns what is told at `now` of windows in the order of their beginning: those that go on, and those to come. Of what
    /// comes again and again the next time alone.
    pub fn told(windows: &[Scheduled], now: Timestamp) -> Vec<Self> {
        let mut told: Vec<Self> = Vec::new();
        for window in windows.iter().filter(|window| now < window.to && window.from.ms_since(now) <= AHEAD_MS) {
            let in_progress = window.phase(now) == Phase::InProgress;
            let is_again = |other: &Self| {
                !in_progress && !other.in_progress && (&other.title, &other.targets) == (&window.title, &window.targets)
            };
            if told.len() < MAX_TOLD && !told.iter().any(is_again) {
                told.push(Self {
                    id: window.id.clone(),
                    title: window.title.clone(),
                    from: window.from,
                    to: window.to,
                    in_progress,
                    families: window.families,
                    expected: window.expected,
                    targets: window.targets.clone(),
                });
            }
        }
        told
    }

    /// Returns when something else is told of these windows; `None` where nothing is to come.
    pub fn told_until(windows: &[Scheduled], now: Timestamp) -> Option<Timestamp> {
        windows.iter().filter_map(|window| window.next_change(now)).min()
    }

    pub fn concerns(&self, slug: &str) -> bool {
        self.targets.as_ref().is_none_or(|slugs| slugs.iter().any(|s| s == slug))
    }

    pub const fn phase(&self) -> Phase {
        if self.in_progress { Phase::InProgress } else { Phase::Scheduled }
    }
}

impl<'a> From<&'a Maintenance> for Announced<'a> {
    fn from(window: &'a Maintenance) -> Self {
        let Maintenance { title, from, to, families, expected, .. } = window;
        Self { title, from: *from, to: *to, families: *families, expected: *expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheduled::tests::scheduled;
    use dualwatch_core::measure::time::HOUR;

    #[test]
    fn what_goes_on_and_what_comes_next_is_told() {
        let at = |h: i64| Timestamp::from_unix_ms(1_795_428_660_000 + h * HOUR);
        let windows =
            [scheduled(at(-3), at(-2)), scheduled(at(-1), at(2)), scheduled(at(24), at(26)), scheduled(at(48), at(50))];
        let told = Maintenance::told(&windows, at(0));
        let phases: Vec<_> = told.iter().map(|window| (window.in_progress, window.from)).collect();
        assert_eq!(phases, [(true, at(-1)), (false, at(24))]);
        assert_eq!(Maintenance::told_until(&windows, at(0)), Some(at(2)));
        assert!(told[0].concerns("shop") && !told[0].concerns("mail"));
        assert_eq!(Maintenance::told(&windows, at(50)), []);
        let far = [scheduled(at(24 * 32), at(24 * 32 + 1))];
        assert_eq!(Maintenance::told(&far, at(0)), []);
    }
}
