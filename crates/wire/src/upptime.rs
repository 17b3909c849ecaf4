//! The files that Upptime publishes: `history/summary.json` and the badges in `api/{slug}/`.
//!
//! Source: uptime-monitor v1.43.15 (`summary.ts`, `graphs/src/index.ts`); the colours agree with the badge files of
//! public repositories (`crates/import/tests/real_data.rs`).

pub mod graph;
pub mod history;
pub mod numbers;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What Upptime says of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Up,
    Down,
    Degraded,
}

impl Status {
    /// Returns the status with this name.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "up" => Some(Self::Up),
            "down" => Some(Self::Down),
            "degraded" => Some(Self::Degraded),
            _ => None,
        }
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Degraded => "degraded",
        }
    }
}

/// One site of `history/summary.json`. Uptimes are text such as `99.98%`, times are milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SummaryItem {
    pub name: String,
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    pub slug: String,
    pub status: Status,
    pub uptime: String,
    pub uptime_day: String,
    pub uptime_week: String,
    pub uptime_month: String,
    pub uptime_year: String,
    pub time: u64,
    pub time_day: u64,
    pub time_week: u64,
    pub time_month: u64,
    pub time_year: u64,
    /// `YYYY-MM-DD` to minutes, at most 1440; days without a failure are absent.
    #[serde(default)]
    pub daily_minutes_down: BTreeMap<String, u32>,
}

/// Returns the number of a published uptime such as `99.98%`.
pub fn percent(text: &str) -> Option<f64> {
    text.trim().strip_suffix('%')?.trim().parse().ok().filter(|p: &f64| p.is_finite())
}

/// A shields endpoint badge (shields.io, "Endpoint Badge").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Badge {
    pub schema_version: u32,
    pub label: String,
    pub message: String,
    pub color: Color,
}

impl Badge {
    /// Returns the colour that Upptime gives to this message; `None` where it is none of its messages.
    pub fn expected_color(&self) -> Option<Color> {
        if let Some(percent) = percent(&self.message) {
            return Some(Color::of_uptime(percent));
        }
        self.message.strip_suffix(" ms")?.trim().parse().ok().map(Color::of_response_time)
    }
}

/// The named colours of shields that Upptime uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Color {
    Brightgreen,
    Green,
    Yellowgreen,
    Yellow,
    Orange,
    Red,
    /// Of what is not known: Upptime has no word for that.
    Lightgrey,
}

impl Color {
    /// Each bound belongs to the worse colour.
    pub fn of_uptime(percent: f64) -> Self {
        const STEPS: [(f64, Color); 5] = [
            (95.0, Color::Brightgreen),
            (90.0, Color::Green),
            (85.0, Color::Yellowgreen),
            (80.0, Color::Yellow),
            (75.0, Color::Orange),
        ];
        STEPS.iter().find(|(bound, _)| percent > *bound).map_or(Self::Red, |(_, color)| *color)
    }

    /// 0 ms is Upptime's word for "no answer", and red.
    pub fn of_response_time(ms: u64) -> Self {
        const STEPS: [(u64, Color); 5] = [
            (200, Color::Brightgreen),
            (400, Color::Green),
            (600, Color::Yellowgreen),
            (800, Color::Yellow),
            (1_000, Color::Orange),
        ];
        if ms == 0 {
            return Self::Red;
        }
        STEPS.iter().find(|(bound, _)| ms < *bound).map_or(Self::Red, |(_, color)| *color)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors() {
        for (message, color) in [
            ("100%", Color::Brightgreen),
            ("95.01%", Color::Brightgreen),
            ("95%", Color::Green),
            ("90%", Color::Yellowgreen),
            ("85%", Color::Yellow),
            ("80%", Color::Orange),
            ("75%", Color::Red),
            ("0.41%", Color::Red),
            ("0 ms", Color::Red),
            ("1 ms", Color::Brightgreen),
            ("199 ms", Color::Brightgreen),
            ("200 ms", Color::Green),
            ("400 ms", Color::Yellowgreen),
            ("600 ms", Color::Yellow),
            ("800 ms", Color::Orange),
            ("1000 ms", Color::Red),
        ] {
            let badge = Badge { schema_version: 1, label: String::new(), message: message.to_owned(), color };
            assert_eq!(badge.expected_color(), Some(color), "{message}");
        }
    }

    #[test]
    fn percents() {
        for (text, value) in [("99.98%", Some(99.98)), ("100%", Some(100.0)), ("12", None), ("NaN%", None), ("", None)]
        {
            assert_eq!(percent(text), value, "{text}");
        }
    }

    /// Pins the form, in the order of Upptime's own files.
    #[test]
    fn the_form_is_pinned() {
        let text = concat!(
            r#"{"name":"Shop","url":"https://shop.example","icon":"https://icons.example/shop.ico","slug":"shop","#,
            r#""status":"up","uptime":"99.98%","uptimeDay":"100.00%","uptimeWeek":"100.00%","uptimeMonth":"99.90%","#,
            r#""uptimeYear":"99.98%","time":212,"timeDay":200,"timeWeek":210,"timeMonth":220,"timeYear":212,"#,
            r#""dailyMinutesDown":{"2026-01-02":12}}"#,
        );
        let item: SummaryItem = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&item).unwrap(), text);
        let badge = r#"{"schemaVersion":1,"label":"uptime 30d","message":"0.41%","color":"red"}"#;
        assert_eq!(serde_json::to_string(&serde_json::from_str::<Badge>(badge).unwrap()).unwrap(), badge);
    }
}
