//! Boundaries between characters: what `^`, `$`, `\b` and their kind ask of them.

/// A set of boundaries: one bit for each pair of kinds, of the character before and of the one behind.
pub type Boundaries = u32;

/// Every boundary.
pub const ALL: Boundaries = (1 << (N_KINDS * N_KINDS)) - 1;

const N_KINDS: u32 = 5;

/// What a boundary looks at in a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// None: the beginning or the end of the text.
    Nothing,
    LineFeed,
    Return,
    /// ASCII letters and digits, and `_`.
    Word,
    Other,
}

impl Kind {
    const EVERY: [Self; N_KINDS as usize] = [Self::Nothing, Self::LineFeed, Self::Return, Self::Word, Self::Other];

    pub const fn of(c: char) -> Self {
        match c {
            '\n' => Self::LineFeed,
            '\r' => Self::Return,
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => Self::Word,
            _ => Self::Other,
        }
    }

    fn is_word(self) -> bool {
        self == Self::Word
    }
}

/// Returns the set of one boundary.
pub const fn between(before: Kind, behind: Kind) -> Boundaries {
    1 << (before as u32 * N_KINDS + behind as u32)
}

/// What a pattern may ask of a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Start,
    End,
    StartOfLine,
    EndOfLine,
    /// Lines that end in `\r\n`, `\n` or `\r`.
    StartOfAnyLine,
    EndOfAnyLine,
    WordBoundary,
    NoWordBoundary,
    WordStart,
    WordEnd,
    WordStartHalf,
    WordEndHalf,
}

impl Look {
    /// Returns the boundaries at which this holds.
    pub fn boundaries(self) -> Boundaries {
        use Kind::{LineFeed, Nothing, Return};
        let holds = |before: Kind, behind: Kind| match self {
            Self::Start => before == Nothing,
            Self::End => behind == Nothing,
            Self::StartOfLine => matches!(before, Nothing | LineFeed),
            Self::EndOfLine => matches!(behind, Nothing | LineFeed),
            Self::StartOfAnyLine => matches!(before, Nothing | LineFeed) || (before == Return && behind != LineFeed),
            Self::EndOfAnyLine => matches!(behind, Nothing | Return) || (behind == LineFeed && before != Return),
            Self::WordBoundary => before.is_word() != behind.is_word(),
            Self::NoWordBoundary => before.is_word() == behind.is_word(),
            Self::WordStart => !before.is_word() && behind.is_word(),
            Self::WordEnd => before.is_word() && !behind.is_word(),
            Self::WordStartHalf => !before.is_word(),
            Self::WordEndHalf => !behind.is_word(),
        };
        let pairs = Kind::EVERY.into_iter().flat_map(|before| Kind::EVERY.map(|behind| (before, behind)));
        pairs.filter(|(before, behind)| holds(*before, *behind)).fold(0, |all, (a, b)| all | between(a, b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks() {
        let check = |look: Look, before: char, behind: char, expected: bool| {
            let kind = |c| if c == '|' { Kind::Nothing } else { Kind::of(c) };
            let is_in = look.boundaries() & between(kind(before), kind(behind)) != 0;
            assert_eq!(is_in, expected, "{look:?} between {before:?} and {behind:?}");
        };
        check(Look::Start, '|', 'a', true);
        check(Look::Start, '\n', 'a', false);
        check(Look::StartOfLine, '\n', 'a', true);
        check(Look::StartOfAnyLine, '\r', '\n', false);
        check(Look::StartOfAnyLine, '\r', 'a', true);
        check(Look::EndOfAnyLine, '\r', '\n', false);
        check(Look::WordBoundary, 'a', 'ä', true);
        check(Look::NoWordBoundary, '|', '|', true);
        assert_eq!(Look::WordBoundary.boundaries() | Look::NoWordBoundary.boundaries(), ALL);
        assert_eq!(Look::WordStart.boundaries() & Look::WordEnd.boundaries(), 0);
    }
}
