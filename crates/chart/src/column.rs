//! A series in columns: what is closer together than can be drawn is its least and its largest value.

use crate::plot::Point;

/// How many columns a drawing has: its size is bounded, whatever is drawn.
pub const N: i64 = 400;
/// Shares of the width are told in so many parts.
pub const WIDTH: i64 = 1_000;

/// From where to where a drawing reaches in time, in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from: i64,
    pub to: i64,
}

impl Span {
    /// Returns where a moment is, 0 to 1.
    pub fn share(&self, at: i64) -> f64 {
        let length = self.to.saturating_sub(self.from).max(1);
        (at.saturating_sub(self.from) as f64 / length as f64).clamp(0.0, 1.0)
    }

    /// The same in parts of [`WIDTH`].
    pub fn x(&self, at: i64) -> i64 {
        (self.share(at) * WIDTH as f64).round() as i64
    }

    /// Returns the columns that a span of time touches, at least one. In whole numbers: neighbours share no column where they
    /// share none.
    pub fn columns(&self, from: i64, to: i64) -> std::ops::Range<i64> {
        let length = i128::from(self.to.saturating_sub(self.from).max(1));
        let within = |at: i64| i128::from(at.saturating_sub(self.from)).clamp(0, length) * i128::from(N);
        let first = ((within(from) / length) as i64).min(N - 1);
        let end = ((within(to) + length - 1) / length) as i64;
        first..end.max(first + 1)
    }

    fn has(&self, from: i64, to: i64) -> bool {
        from < self.to && self.from < to
    }
}

/// A piece of a line: where, in parts of [`WIDTH`], and how much. Between two pieces is a gap.
pub type Piece = Vec<(i64, f64)>;

/// Returns the pieces of a line: at most two values a column, the least and the largest one, in the order of time. A gap that is
/// narrower than a column cannot be drawn.
pub fn pieces(points: &[Point], span: Span) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    // The column that is being filled, its values, and whether it goes on from the one before.
    let mut column: Option<(i64, Column, bool)> = None;
    let mut told_to = None;
    for point in points.iter().filter(|point| span.has(point.from, point.to)) {
        let Some(value) = point.value.filter(|value| value.is_finite()) else {
            told_to = None;
            continue;
        };
        let middle = point.from.max(span.from).midpoint(point.to.min(span.to));
        let (at, x) = (span.columns(middle, middle).start, span.x(middle));
        let goes_on = told_to == Some(point.from);
        told_to = Some(point.to);
        match &mut column {
            Some((of, known, _)) if *of == at => known.add(x, value),
            _ => {
                let new = Some((at, Column { first: (x, value), second: None }, goes_on));
                put(&mut pieces, std::mem::replace(&mut column, new).as_ref());
            }
        }
    }
    put(&mut pieces, column.as_ref());
    pieces
}

fn put(pieces: &mut Vec<Piece>, column: Option<&(i64, Column, bool)>) {
    let Some(&(_, Column { first, second }, goes_on)) = column else { return };
    match pieces.last_mut().filter(|_| goes_on) {
        Some(last) => last.push(first),
        None => pieces.push(vec![first]),
    }
    if let (Some(second), Some(last)) = (second, pieces.last_mut()) {
        last.push(second);
    }
}

/// The least and the largest value of a column, in the order of time.
struct Column {
    first: (i64, f64),
    second: Option<(i64, f64)>,
}

impl Column {
    fn add(&mut self, x: i64, value: f64) {
        let Some(second) = self.second else {
            self.second = Some((x, value));
            return;
        };
        let (low, high) = (self.first.1.min(second.1), self.first.1.max(second.1));
        let is_first_low = self.first.1 <= second.1;
        // The one of the same side gives way, and the newer stands behind.
        if value < low {
            *self = Self { first: if is_first_low { second } else { self.first }, second: Some((x, value)) };
        } else if value > high {
            *self = Self { first: if is_first_low { self.first } else { second }, second: Some((x, value)) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[Option<f64>]) -> Vec<Point> {
        values.iter().zip(0..).map(|(value, i)| Point { from: i * 10, to: (i + 1) * 10, value: *value }).collect()
    }

    #[test]
    fn a_gap_is_a_gap() {
        let points = series(&[Some(1.0), Some(2.0), None, Some(3.0), None, Some(f64::NAN), Some(4.0)]);
        let pieces = pieces(&points, Span { from: 0, to: 70 });
        let values: Vec<Vec<f64>> =
            pieces.iter().map(|piece| piece.iter().map(|(_, value)| *value).collect()).collect();
        assert_eq!(values, [vec![1.0, 2.0], vec![3.0], vec![4.0]]);
        assert_eq!(pieces[0], [(71, 1.0), (214, 2.0)]);
        // Left out altogether it is one as well.
        let mut sparse = series(&[Some(1.0); 5]);
        sparse.remove(2);
        assert_eq!(super::pieces(&sparse, Span { from: 0, to: 50 }).len(), 2);
    }

    #[test]
    fn a_column_has_its_least_and_its_largest_value_in_order() {
        let n = 40_000_i64;
        let value = |i: i64| {
            if i == 12_345 {
                900.0
            } else if i == 23_456 {
                -5.0
            } else {
                20.0 + (i % 7) as f64
            }
        };
        let points: Vec<Point> = (0..n).map(|i| Point { from: i, to: i + 1, value: Some(value(i)) }).collect();
        let pieces = pieces(&points, Span { from: 0, to: n });
        assert_eq!(pieces.len(), 1);
        assert!(pieces[0].len() <= 2 * N as usize, "{}", pieces[0].len());
        let values = || pieces[0].iter().map(|(_, value)| *value);
        assert!(values().any(|value| value > 899.0) && values().any(|value| value < -4.0));
        assert!(pieces[0].windows(2).all(|pair| pair[0].0 <= pair[1].0), "the order of time");
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let points = series(&[Some(1.0), Some(2.0), Some(3.0), Some(4.0)]);
        assert_eq!(pieces(&points, Span { from: 10, to: 30 }), [[(250, 2.0), (750, 3.0)]]);
        assert_eq!(pieces(&points, Span { from: 100, to: 90 }), [] as [Piece; 0]);
        assert_eq!(pieces(&[], Span { from: 0, to: 0 }), [] as [Piece; 0]);
    }
}
