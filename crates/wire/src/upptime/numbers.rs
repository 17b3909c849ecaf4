//! What Upptime's files say of a site in numbers, and how it writes them.

use super::{Badge, Color, Status, SummaryItem, percent};
use crate::{
    time::rfc3339_or_null,
    v1::{Days, TargetStatus, status::State},
};
use dualwatch_core::{
    judge::verdict::Edge,
    measure::{family::Family, time::Timestamp},
    remember::spell::PerTrack,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The time that a number is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    All,
    Day,
    Week,
    Month,
    Year,
}

impl Span {
    pub const ALL: [Self; 5] = [Self::All, Self::Day, Self::Week, Self::Month, Self::Year];

    /// Returns how the name of a file of it ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Day => "-day",
            Self::Week => "-week",
            Self::Month => "-month",
            Self::Year => "-year",
        }
    }

    /// Returns how the label of a badge of it ends.
    const fn label(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Day => " 24h",
            Self::Week => " 7d",
            Self::Month => " 30d",
            Self::Year => " 1y",
        }
    }
}

/// One value for each span, in the order of [`Span::ALL`].
pub type PerSpan<T> = [T; 5];

/// What a target tells of itself for these files, now and then: it is more than what every report has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// The share of the observed time in which a client with both families got through, 0 to 1.
    pub uptime: PerSpan<Option<f64>>,
    /// How long an answer took in the mean, in milliseconds.
    pub time_ms: PerSpan<Option<f64>>,
    /// Of the last 365 days (UTC): `YYYY-MM-DD` to minutes that it was down, where there are any.
    #[serde(default)]
    pub minutes_down: BTreeMap<String, u32>,
    /// Since when anything is known.
    #[serde(default, with = "rfc3339_or_null")]
    pub since: Option<Timestamp>,
    /// For badges of several targets: the share of each window, in the order of [`PERIODS`](crate::door::badge::PERIODS), over
    /// each track.
    #[serde(default)]
    pub shares: [PerTrack<Option<f64>>; 4],
    /// For the line of bars on the status page, which reads the same rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
}

/// Stands in a summary for a share of which nothing is known; no number does.
pub const NOT_OBSERVED: &str = "not observed";

/// Returns a share as Upptime writes it, with two digits (`toFixed(2)`); but an outage, or a success, is never rounded away.
pub fn percent_text(share: f64) -> String {
    let hundredths = (share.clamp(0.0, 1.0) * 10_000.0).round();
    let hundredths = match hundredths as u32 {
        10_000 if share < 1.0 => 9_999,
        0 if share > 0.0 => 1,
        hundredths => hundredths,
    };
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

impl SummaryItem {
    /// Returns what the summary says of a target.
    pub fn of(status: &TargetStatus, numbers: &Numbers) -> Self {
        let [uptime, uptime_day, uptime_week, uptime_month, uptime_year] =
            numbers.uptime.map(|share| share.map_or_else(|| NOT_OBSERVED.to_owned(), percent_text));
        let [time, time_day, time_week, time_month, time_year] = numbers.time_ms.map(whole_ms);
        Self {
            name: status.name.clone(),
            url: status.url.clone(),
            icon: None,
            slug: status.slug.clone(),
            status: Status::of(status),
            uptime,
            uptime_day,
            uptime_week,
            uptime_month,
            uptime_year,
            time,
            time_day,
            time_week,
            time_month,
            time_year,
            daily_minutes_down: numbers.minutes_down.clone(),
        }
    }

    /// Returns the badge of the uptime, as Upptime makes it of this file: of the number without zeros at its end.
    pub fn uptime_badge(&self, span: Span) -> Badge {
        let text = match span {
            Span::All => &self.uptime,
            Span::Day => &self.uptime_day,
            Span::Week => &self.uptime_week,
            Span::Month => &self.uptime_month,
            Span::Year => &self.uptime_year,
        };
        let label = format!("uptime{}", span.label());
        match percent(text) {
            Some(percent) => Badge::new(label, format!("{percent}%"), Color::of_uptime(percent)),
            None => Badge::new(label, NOT_OBSERVED.to_owned(), Color::Lightgrey),
        }
    }

    /// Returns the badge of the response time. Upptime draws a site without any as "0 ms", in red; here that is not known.
    pub fn response_time_badge(&self, span: Span) -> Badge {
        let ms = match span {
            Span::All => self.time,
            Span::Day => self.time_day,
            Span::Week => self.time_week,
            Span::Month => self.time_month,
            Span::Year => self.time_year,
        };
        let label = format!("response time{}", span.label());
        match ms {
            0 => Badge::new(label, NOT_OBSERVED.to_owned(), Color::Lightgrey),
            ms => Badge::new(label, format!("{ms} ms"), Color::of_response_time(ms)),
        }
    }
}

/// 0 is Upptime's word for "no answer": what was faster than a millisecond is one.
fn whole_ms(ms: Option<f64>) -> u64 {
    ms.map_or(0, |ms| (ms.round() as u64).max(1))
}

impl Badge {
    const fn new(label: String, message: String, color: Color) -> Self {
        Self { schema_version: 1, label, message, color }
    }
}

impl Status {
    /// Returns the nearest of Upptime's three words. Down is what is down over every family that is offered; everything else
    /// that is not simply up is "degraded", also what is not known: it is neither green nor red on Upptime's pages.
    pub fn of(status: &TargetStatus) -> Self {
        let edges = Family::ALL.map(|family| status.facts(family).edge());
        let offered = || edges.iter().filter(|edge| **edge != Edge::Unpublished);
        let is_whole = |family| {
            let facts = status.facts(family);
            !(facts.degraded || facts.unstable || facts.state == State::Recovering)
        };
        if offered().count() == 0 {
            Self::Degraded
        } else if offered().all(|edge| *edge == Edge::Failed) {
            Self::Down
        } else if offered().all(|edge| *edge == Edge::Ok) && Family::ALL.into_iter().all(is_whole) {
            Self::Up
        } else {
            Self::Degraded
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::FamilyFacts;
    use dualwatch_core::measure::{cause::Cause, round::DualStack};

    fn target(ipv4: State, ipv6: State) -> TargetStatus {
        let facts = |state| FamilyFacts {
            state,
            cause: (state == State::Unknown).then_some(Cause::VantageNoFamily),
            ..FamilyFacts::default()
        };
        TargetStatus {
            slug: "shop".into(),
            name: "Shop".into(),
            group: None,
            url: "https://shop.example/".into(),
            last_round_at: None,
            ipv4: facts(ipv4),
            ipv6: facts(ipv6),
            dual_stack: DualStack::default(),
            clients: None,
            client_tally: None,
            differences: Vec::new(),
            alternations: Vec::new(),
        }
    }

    #[test]
    fn the_nearest_of_three_words() {
        use State::{Down, Recovering, Suspect, Unknown, Up};
        for (ipv4, ipv6, word) in [
            (Up, Up, "up"),
            (Up, Down, "degraded"),
            (Down, Down, "down"),
            (Down, Suspect, "down"),
            (Up, Recovering, "degraded"),
            (Up, Unknown, "degraded"),
            (Unknown, Unknown, "degraded"),
            (Down, Unknown, "degraded"),
        ] {
            assert_eq!(Status::of(&target(ipv4, ipv6)).code(), word, "{ipv4:?} {ipv6:?}");
        }
        let mut only = target(Down, Unknown);
        only.ipv6.cause = Some(Cause::DnsNodata);
        assert_eq!(Status::of(&only), Status::Down, "what is not offered has no say");
    }

    #[test]
    fn no_outage_is_rounded_away() {
        for (share, text) in [
            (1.0, "100.00%"),
            (0.999_98, "99.99%"),
            (0.9998, "99.98%"),
            (0.99625, "99.63%"),
            (0.5, "50.00%"),
            (0.000_01, "0.01%"),
            (0.0, "0.00%"),
        ] {
            assert_eq!(percent_text(share), text, "{share}");
        }
    }

    /// Upptime's own rules (`graphs/src/index.ts`, `calculate-uptime.ts`) for the same numbers, as its programs write them: the
    /// messages and colours were made by running them, not by hand.
    #[test]
    fn badges_are_those_of_upptime_for_the_same_numbers() {
        for line in include_str!("rules.tsv").lines() {
            let [kind, number, label, message, color] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("five columns: {line}");
            };
            let number: f64 = number.parse().unwrap();
            let mut numbers = Numbers::default();
            let span = Span::ALL.into_iter().find(|span| label.ends_with(span.label()) && *span != Span::All);
            let span = span.unwrap_or(Span::All);
            numbers.uptime[span as usize] = Some(number);
            numbers.time_ms[span as usize] = Some(number);
            let item = SummaryItem::of(&target(State::Up, State::Up), &numbers);
            let badge = if kind == "uptime" { item.uptime_badge(span) } else { item.response_time_badge(span) };
            let color = serde_json::from_value(serde_json::Value::from(color)).unwrap();
            assert_eq!(badge, Badge::new(label.to_owned(), message.to_owned(), color), "{line}");
        }
        let item = SummaryItem::of(&target(State::Up, State::Up), &Numbers::default());
        for span in Span::ALL {
            for badge in [item.uptime_badge(span), item.response_time_badge(span)] {
                assert_eq!((&*badge.message, badge.color), (NOT_OBSERVED, Color::Lightgrey), "nothing is no number");
            }
        }
    }
}
