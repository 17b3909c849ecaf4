//! A lane: how a family was over time, as a strip below the lines.

use crate::column::{N, Span, WIDTH};
use std::fmt::Write as _;

/// How it was. What nobody saw is in no spell, and stays empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Up,
    Maintenance,
    Degraded,
    Down,
}

impl State {
    /// From the one that stands behind to the one that counts most where a column has several.
    pub const ALL: [Self; 4] = [Self::Up, Self::Maintenance, Self::Degraded, Self::Down];

    /// Returns the class of what is drawn of it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Up => "is-up",
            Self::Maintenance => "is-announced",
            Self::Degraded => "is-degraded",
            Self::Down => "is-down",
        }
    }

    /// Returns where it begins and how high it is, in a lane of [`HEIGHT`]: each has another shape, not only another colour.
    pub(crate) const fn shape(self) -> (i64, i64) {
        match self {
            Self::Up => (8, 2),
            Self::Maintenance => (2, 8),
            Self::Degraded => (5, 5),
            Self::Down => (0, 10),
        }
    }
}

/// How high a lane is, in pixels.
pub const HEIGHT: i64 = 10;

/// From `from` up to `to`, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    pub from: i64,
    pub to: i64,
    pub state: State,
}

/// Returns stretches of columns with the state that counts most in each.
pub fn stretches(spells: &[Spell], span: Span) -> Vec<(std::ops::Range<i64>, State)> {
    let mut columns = [None; N as usize];
    for spell in spells.iter().filter(|spell| spell.from < span.to && span.from < spell.to) {
        for i in span.columns(spell.from, spell.to) {
            if let Some(known) = usize::try_from(i).ok().and_then(|i| columns.get_mut(i)) {
                *known = (*known).max(Some(spell.state));
            }
        }
    }
    let mut stretches: Vec<(std::ops::Range<i64>, State)> = Vec::new();
    for (i, state) in (0..).zip(columns) {
        let Some(state) = state else { continue };
        match stretches.last_mut() {
            Some((range, last)) if *last == state && range.end == i => range.end = i + 1,
            _ => stretches.push((i..i + 1, state)),
        }
    }
    stretches
}

/// Writes the lane at a height, a path for each state, into a drawing that is [`WIDTH`] wide and in tenths of a pixel high.
pub fn draw(into: &mut String, spells: &[Spell], span: Span, top: i64) {
    let stretches = stretches(spells, span);
    for state in State::ALL {
        let mut path = String::new();
        let (y, height) = state.shape();
        for (range, _) in stretches.iter().filter(|(_, of)| *of == state) {
            let (x, width) = (at(range.start), at(range.end) - at(range.start));
            // A text takes everything.
            _ = write!(path, "M{} {}h{}v{}h-{}z", tenth(x), (top + y) * 10, tenth(width), height * 10, tenth(width));
        }
        if !path.is_empty() {
            _ = write!(into, "<path class=\"{}\" d=\"{path}\"/>", state.code());
        }
    }
}

/// Returns where a column begins, in tenths of a part.
const fn at(column: i64) -> i64 {
    column * WIDTH * 10 / N
}

fn tenth(tenths: i64) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span { from: 0, to: 4_000 };

    #[test]
    fn what_counts_most_stands_where_a_column_has_several() {
        let spell = |from, to, state| Spell { from, to, state };
        let spells = [
            spell(-50, 1_000, State::Up),
            spell(1_000, 1_001, State::Down),
            spell(1_001, 1_005, State::Degraded),
            spell(2_000, 3_000, State::Maintenance),
        ];
        let expected = [(0..100, State::Up), (100..101, State::Down), (200..300, State::Maintenance)];
        assert_eq!(stretches(&spells, SPAN), expected, "a millisecond down can be seen; from 1,010 on nobody saw it");
        assert_eq!(stretches(&[], SPAN), []);
        assert_eq!(stretches(&spells, Span { from: 9_000, to: 9_000 }), []);
    }

    #[test]
    fn a_lane_has_a_path_for_each_state_and_is_bounded() {
        let spells: Vec<Spell> = (0..4_000)
            .map(|i| Spell { from: i, to: i + 1, state: if i / 10 % 2 == 0 { State::Up } else { State::Down } })
            .collect();
        let mut drawn = String::new();
        draw(&mut drawn, &spells, SPAN, 0);
        assert_eq!((drawn.matches("<path").count(), drawn.matches('M').count()), (2, 400));
        assert!(drawn.starts_with("<path class=\"is-up\" d=\"M0 80h2.5v20h-2.5zM5 80h2.5"), "{drawn}");
        assert!(drawn.len() < 9_000, "{}", drawn.len());
    }
}
