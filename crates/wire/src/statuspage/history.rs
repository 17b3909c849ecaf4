//! `history.json`: the incidents by month, three months at a time, as the history of such a page is read by scripts.
//!
//! The form is not documented by those who made it; it is what their pages are drawn from.

use super::{
    Page,
    standing::{headline, impact},
};
use crate::{bulletin, phrases::Phrases, time, v1};
use dualwatch_core::measure::time::{DAY, Timestamp};
use serde::Serialize;

/// So many months are in one answer.
pub const MONTHS_PER_PAGE: u32 = 3;

/// One answer.
#[derive(Debug, Serialize)]
pub struct Months {
    page: Page,
    months: Vec<Month>,
}

#[derive(Debug, Serialize)]
struct Month {
    name: String,
    year: i64,
    /// The day of the week of its first day; Sunday is 0.
    starts_on: i64,
    days: i64,
    incidents: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    code: String,
    name: String,
    message: String,
    impact: &'static str,
    timestamp: String,
}

/// A month of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Calendar {
    year: i64,
    /// From 1 on.
    month: i64,
}

impl Calendar {
    fn of(at: Timestamp) -> Self {
        let text = time::format(at);
        let part = |range| text.get(range).and_then(|digits: &str| digits.parse().ok()).unwrap_or(1);
        Self { year: part(0..4), month: part(5..7) }
    }

    /// Returns so many months before; none before year 1.
    fn before(self, n: i64) -> Self {
        let months = (self.year * 12 + self.month - 1 - n).max(12);
        Self { year: months / 12, month: months % 12 + 1 }
    }

    fn begin(self) -> Timestamp {
        time::parse(&format!("{:04}-{:02}-01T00:00:00Z", self.year, self.month)).unwrap_or(Timestamp::from_unix_ms(0))
    }

    fn end(self) -> Timestamp {
        self.before(-1).begin()
    }
}

/// Returns the span of one page, from 1 on: the first is this month and the two before it.
pub fn span(page: u32, now: Timestamp) -> (Timestamp, Timestamp) {
    let skipped = i64::from(page.max(1) - 1) * i64::from(MONTHS_PER_PAGE);
    let newest = Calendar::of(now).before(skipped);
    (newest.before(i64::from(MONTHS_PER_PAGE) - 1).begin(), newest.end())
}

impl Months {
    /// Returns one page; `incidents` are those that began in its [`span`], the newest first.
    pub fn of(
        page: u32,
        incidents: &[v1::Incident],
        now: Timestamp,
        updated_at: Timestamp,
        phrases: &dyn Phrases,
    ) -> Self {
        let (_, end) = span(page, now);
        let newest = Calendar::of(end + -1);
        let months = (0..i64::from(MONTHS_PER_PAGE)).map(|n| newest.before(n)).map(|month| {
            let (begin, end) = (month.begin(), month.end());
            let within = |incident: &&v1::Incident| (begin..end).contains(&incident.summary.began.by);
            Month {
                name: usize::try_from(month.month - 1)
                    .ok()
                    .and_then(|i| time::MONTHS.get(i))
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
                year: month.year,
                // 1 January 1970 was a Thursday.
                starts_on: (begin.unix_ms().div_euclid(DAY) + 4).rem_euclid(7),
                days: end.ms_since(begin) / DAY,
                incidents: incidents.iter().filter(within).map(|incident| line(incident, phrases)).collect(),
            }
        });
        Self { page: Page::new(updated_at), months: months.collect() }
    }

    /// Returns it as text, which is always JSON.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn line(incident: &v1::Incident, phrases: &dyn Phrases) -> Line {
    let moments = bulletin::moments(incident);
    let ended = incident.summary.ended.filter(|_| !incident.open);
    let began = phrases.time(incident.summary.began.by);
    Line {
        code: incident.summary.id.clone(),
        name: phrases.headline(&incident.name, headline(incident)),
        message: moments.last().map(|moment| phrases.moment(moment)).unwrap_or_default(),
        impact: impact(incident),
        timestamp: ended.map_or_else(|| began.clone(), |ended| format!("{began} - {}", phrases.time(ended.by))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_three_whole_months() {
        let at = |text: &str| time::parse(text).unwrap();
        let now = at("2026-01-15T10:00:00Z");
        assert_eq!(span(1, now), (at("2025-11-01T00:00:00Z"), at("2026-02-01T00:00:00Z")));
        assert_eq!(span(2, now), (at("2025-08-01T00:00:00Z"), at("2025-11-01T00:00:00Z")));
        let first = span(u32::MAX, now);
        assert!(first.0 <= first.1, "{first:?}");
    }
}
