//! A year of days: a column is a week from Monday on, a cell is a day of UTC.

use crate::{
    lane::State,
    xml::{escape, percent},
};
use dualwatch_core::measure::time::{DAY, Timestamp};
use dualwatch_wire::time;
use std::fmt::Write as _;

/// The days of a family.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    /// No other drawing of a page has it; letters and digits.
    pub id: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    /// The first moment of the first day.
    pub from: Timestamp,
    /// What counts most of each day; `None`: nobody saw it.
    pub days: &'a [Option<State>],
}

/// A cell with what is between it and the next, in pixels of height.
const CELL: i64 = 10;
const TOP: i64 = 16;
/// More than this is no year.
const MOST_DAYS: usize = 370;

impl Calendar<'_> {
    /// Returns the drawing: a path for each state.
    pub fn svg(&self) -> String {
        let days = &self.days[..self.days.len().min(MOST_DAYS)];
        let first = weekday(self.from);
        let n_days = i64::try_from(days.len()).unwrap_or(0);
        let n_weeks = (first + n_days + 6) / 7;
        let (id, title, description) = (self.id, escape(self.title), escape(self.description));
        let mut svg = format!(
            "<svg class=\"plot\" role=\"img\" aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-about\" width=\"100%\" \
             height=\"{}\"><title id=\"{id}-title\">{title}</title><desc id=\"{id}-about\">{description}</desc>",
            TOP + 7 * CELL
        );
        for (i, day) in (0_i64..).zip(days).map(|(i, _)| (i, self.from + i * DAY)) {
            let text = time::format(day);
            // One at either edge would be cut.
            let share = ((i + first) / 7) as f64 / n_weeks as f64;
            if let (Some("01"), Some(month)) = (text.get(8..10), text.get(5..7).filter(|_| share < 0.97)) {
                let label = if month == "01" { text.get(..4).unwrap_or_default() } else { month };
                // Each second month is left out where there is little room; that with the year stays.
                let fine = if month.ends_with(['0', '2', '4', '6', '8']) { " fine" } else { "" };
                _ = write!(svg, "<text class=\"tick{fine}\" y=\"10\" x=\"");
                percent(&mut svg, share);
                _ = write!(svg, "\">{label}</text>");
            }
        }
        _ = write!(
            svg,
            "<svg y=\"{TOP}\" width=\"100%\" height=\"{}\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\">",
            7 * CELL,
            (n_weeks * CELL).max(1),
            7 * CELL
        );
        let unseen = (None, "is-unseen");
        for (state, code) in State::ALL.map(|state| (Some(state), state.code())).into_iter().chain([unseen]) {
            let mut path = String::new();
            for (i, _) in (first..).zip(days).filter(|(_, day)| **day == state) {
                cell(&mut path, state, i / 7 * CELL, i % 7 * CELL);
            }
            if !path.is_empty() {
                _ = write!(svg, "<path class=\"{code}\" d=\"{path}\"/>");
            }
        }
        svg + "</svg></svg>"
    }
}

/// Each state has another shape: down fills its cell, degraded its lower half, maintenance is a frame, up is a small square,
/// and what nobody saw is a dash.
fn cell(path: &mut String, state: Option<State>, x: i64, y: i64) {
    let (left, top, width, height) = match state {
        Some(State::Down) => (0, 0, 9, 9),
        Some(State::Degraded) => (1, 4, 7, 5),
        Some(State::Maintenance) => (1, 1, 7, 7),
        Some(State::Up) => (2, 2, 5, 5),
        None => (3, 4, 3, 1),
    };
    _ = write!(path, "M{} {}h{width}v{height}h-{width}z", x + left, y + top);
}

/// Returns how many days after a Monday it is.
fn weekday(day: Timestamp) -> i64 {
    // The first of 1970 was a Thursday.
    (day.unix_ms().div_euclid(DAY) + 3).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(from: &str, days: &[Option<State>]) -> String {
        let from = time::parse(&format!("{from}T00:00:00Z")).unwrap();
        Calendar { id: "c", title: "A <year>", description: "", from, days }.svg()
    }

    #[test]
    fn a_day_is_where_its_week_and_its_weekday_are() {
        // A Sunday, and the Monday after it.
        let svg = draw("2026-11-22", &[Some(State::Down), Some(State::Up), None]);
        assert!(svg.contains("<path class=\"is-down\" d=\"M0 60h9v9h-9z\"/>"), "{svg}");
        assert!(svg.contains("<path class=\"is-up\" d=\"M12 2h5v5h-5z\"/>"), "{svg}");
        assert!(svg.contains("<path class=\"is-unseen\" d=\"M13 14h3v1h-3z\"/>"), "{svg}");
        assert!(svg.contains("viewBox=\"0 0 20 70\"") && svg.contains("A &lt;year&gt;"), "{svg}");
    }

    #[test]
    fn a_year_has_its_months_and_is_small() {
        let days = [Some(State::Up); 365];
        let svg = draw("2025-11-24", &days);
        let labels: Vec<_> = svg.split("<text").skip(1).filter_map(|part| part.split(['>', '<']).nth(1)).collect();
        assert_eq!(labels, ["12", "2026", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"]);
        assert_eq!(svg.matches('M').count(), 365);
        assert!(svg.len() < 8_000, "{}", svg.len());
    }

    #[test]
    fn nothing_and_too_much_are_drawn() {
        assert!(draw("2026-11-22", &[]).ends_with("</svg></svg>"));
        assert_eq!(draw("2020-11-22", &[Some(State::Down); 5_000]).matches('M').count(), MOST_DAYS);
    }
}
