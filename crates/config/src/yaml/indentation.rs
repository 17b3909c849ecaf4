//! What the parser calls a missing `-` or a missing key is mostly a line that is indented by one space too few or too many.

use crate::finding::Place;

/// What the parser says of such a line (granit-parser 2.2).
const SAID: [&str; 3] = ["expected '-' indicator", "did not find expected key", "mapping values are not allowed"];

/// Returns place, message and hint where the line of a syntax error begins in a column in which nothing around it does.
pub(super) fn finding(said: &str, text: &str, at: Place) -> Option<(Place, String, String)> {
    if !SAID.iter().any(|part| said.contains(part)) {
        return None;
    }
    let lines: Vec<&str> = text.lines().collect();
    let index = usize::try_from(at.line).ok()?.checked_sub(1)?;
    let line = Line::read(lines.get(index)?)?;
    let before: Vec<Line> = lines[..index].iter().rev().filter_map(|line| Line::read(line)).collect();
    // Below a key without a value anything may begin, as long as it is deeper.
    let above = before.first()?;
    if above.opens && line.first > above.last {
        return None;
    }
    let mut limit = usize::MAX;
    let mut columns: Vec<(usize, bool)> = Vec::new();
    for above in &before {
        if above.first < limit {
            columns.extend(above.columns().filter(|(column, _)| *column < limit));
            limit = above.first;
        }
    }
    if columns.iter().any(|(column, _)| *column == line.first) {
        return None;
    }
    let alike = columns.into_iter().filter(|(_, is_item)| *is_item == line.is_item);
    // Of two that are as near, the one that is deeper: it is further on in the text.
    let (meant, _) = alike.min_by_key(|(column, _)| (column.abs_diff(line.first), usize::MAX - column))?;
    let what = if line.is_item { "item" } else { "key" };
    let spaces = |n: usize| if n == 1 { "1 space".to_owned() } else { format!("{n} spaces") };
    let message = format!("this {what} is indented by {}, those beside it by {}", spaces(line.first), spaces(meant));
    let place = Place { line: at.line, column: line.first as u64 + 1 };
    Some((place, message, format!("indent it by {}", spaces(meant))))
}

/// A line that is a key, an item, or an item that begins with a key.
struct Line {
    /// The column of its first sign.
    first: usize,
    /// The column of its key; that of its first sign where it has none.
    last: usize,
    is_item: bool,
    has_key: bool,
    /// Whether it is a key whose value is on the lines below.
    opens: bool,
}

impl Line {
    fn read(line: &str) -> Option<Self> {
        let first = line.find(|c: char| c != ' ')?;
        let rest = &line[first..];
        if rest.starts_with('#') || rest.starts_with("---") {
            return None;
        }
        let is_item = rest.starts_with("- ") || rest.trim_end() == "-";
        let after = if is_item { rest.strip_prefix('-').unwrap_or_default().trim_start() } else { rest };
        let last = first + (rest.len() - after.len());
        let key = after.split_once(':').filter(|(key, value)| {
            let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'');
            !key.is_empty() && key.chars().all(is_word) && (value.is_empty() || value.starts_with(' '))
        });
        let opens = key.is_some_and(|(_, value)| {
            let value = value.trim();
            value.is_empty() || value.starts_with(['#', '|', '>', '&'])
        });
        (is_item || key.is_some()).then_some(Self { first, last, is_item, has_key: key.is_some(), opens })
    }

    /// Where something like this may go on: an item in the column of its dash, a key in its own.
    fn columns(&self) -> impl Iterator<Item = (usize, bool)> {
        let item = self.is_item.then_some((self.first, true));
        let key = self.has_key.then_some((self.last, false));
        key.into_iter().chain(item)
    }
}
