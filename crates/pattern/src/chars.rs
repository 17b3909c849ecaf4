//! Sets of characters.

/// Ranges of characters, both ends included, in order and apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chars(Vec<(u32, u32)>);

/// One behind the last character.
pub const END: u32 = 0x0011_0000;

impl Chars {
    pub fn of(ranges: impl IntoIterator<Item = (char, char)>) -> Self {
        let mut chars = Self::default();
        chars.extend(ranges);
        chars
    }

    pub fn extend(&mut self, ranges: impl IntoIterator<Item = (char, char)>) {
        self.0.extend(ranges.into_iter().map(|(first, last)| (u32::from(first), u32::from(last))));
        self.0.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(self.0.len());
        for &(first, last) in &self.0 {
            match merged.last_mut() {
                Some((_, end)) if first <= *end + 1 => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        self.0 = merged;
    }

    /// Returns all other characters. Surrogates are none, so that they may be on either side.
    pub fn negated(&self) -> Self {
        let mut from = 0;
        let mut others = Vec::with_capacity(self.0.len() + 1);
        for &(first, last) in &self.0 {
            if from < first {
                others.push((from, first - 1));
            }
            from = last + 1;
        }
        if from < END {
            others.push((from, END - 1));
        }
        Self(others)
    }

    /// Returns where membership changes, in order: inside from the first, outside from the second, and so on.
    pub fn edges(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().flat_map(|&(first, last)| [first, last + 1])
    }

    pub fn ranges(&self) -> &[(u32, u32)] {
        &self.0
    }
}

/// Returns a range, and its ASCII letters in the other case.
pub fn in_both_cases((first, last): (char, char)) -> impl Iterator<Item = (char, char)> {
    let part = |from: char, to: char| (first.max(from), last.min(to));
    let lower = part('a', 'z');
    let upper = part('A', 'Z');
    let upper_of_lower = (lower.0 <= lower.1).then(|| (lower.0.to_ascii_uppercase(), lower.1.to_ascii_uppercase()));
    let lower_of_upper = (upper.0 <= upper.1).then(|| (upper.0.to_ascii_lowercase(), upper.1.to_ascii_lowercase()));
    [Some((first, last)), upper_of_lower, lower_of_upper].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let set = Chars::of([('x', 'z'), ('a', 'c'), ('d', 'f')]);
        assert_eq!(set.edges().collect::<Vec<_>>(), [0x61, 0x67, 0x78, 0x7b]);
        assert_eq!(set.negated().negated(), set);
        assert_eq!(Chars::default().negated(), Chars::of([('\0', char::MAX)]));
        let both: Vec<_> = in_both_cases(('Y', 'b')).collect();
        assert_eq!(both, [('Y', 'b'), ('A', 'B'), ('y', 'z')]);
        assert_eq!(in_both_cases(('0', '9')).count(), 1);
    }
}
