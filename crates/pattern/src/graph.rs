//! A pattern as the positions of its characters, and what may follow what (Glushkov's construction).
//!
//! Whatever asks something of a boundary is a condition of going from one position to the next: a set of boundaries.

use crate::{
    Error,
    boundary::{ALL, Boundaries},
    chars::Chars,
};
use std::{collections::BTreeMap, rc::Rc};

/// As many characters a pattern may have, with repetitions written out: building it takes time in proportion to the
/// square.
pub const MAX_POSITIONS: usize = 512;

/// A set of positions.
pub type Row = [u64; MAX_POSITIONS / 64];

#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// Of each position, what it takes.
    pub chars: Vec<Rc<Chars>>,
    follow: Vec<Row>,
    /// From, to, and at which boundaries; those at all boundaries are in `follow`.
    conditional: BTreeMap<(u16, u16), Boundaries>,
    /// What the whole pattern may begin and end with.
    pub first: Ends,
    pub last: Ends,
    /// At which boundaries it matches nothing at all.
    pub empty: Boundaries,
}

/// Positions with the boundaries at which they are there.
pub type Ends = Vec<(u16, Boundaries)>;

/// A part of a pattern.
#[derive(Clone, Debug)]
pub struct Part {
    /// At which boundaries it may be left out.
    empty: Boundaries,
    first: Ends,
    last: Ends,
    /// Its positions.
    from: usize,
    to: usize,
}

impl Graph {
    pub const fn n_positions(&self) -> usize {
        self.chars.len()
    }

    /// Returns what follows what, the boundaries last.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize, Boundaries)> + '_ {
        let always = self.follow.iter().enumerate().flat_map(|(from, row)| {
            row.iter().enumerate().flat_map(move |(i, word)| bits(*word).map(move |bit| (from, i * 64 + bit, ALL)))
        });
        always.chain(self.conditional.iter().map(|(&(from, to), &at)| (usize::from(from), usize::from(to), at)))
    }

    /// Makes a part the whole.
    pub fn whole(mut self, part: Part) -> Self {
        (self.empty, self.first, self.last) = (part.empty, part.first, part.last);
        self
    }

    /// Nothing, at these boundaries.
    pub fn nothing(&self, at: Boundaries) -> Part {
        let here = self.n_positions();
        Part { empty: at, first: Vec::new(), last: Vec::new(), from: here, to: here }
    }

    pub fn one_of(&mut self, chars: Chars) -> Result<Part, Error> {
        let at = self.push(Rc::new(chars))?;
        let end = vec![(at, ALL)];
        Ok(Part { empty: 0, first: end.clone(), last: end, from: at.into(), to: usize::from(at) + 1 })
    }

    fn push(&mut self, chars: Rc<Chars>) -> Result<u16, Error> {
        let at = self.n_positions();
        if at == MAX_POSITIONS {
            return Err(Error::TooLarge);
        }
        self.chars.push(chars);
        self.follow.push(Row::default());
        Ok(at as u16)
    }

    /// `a`, then `b`.
    pub fn then(&mut self, mut a: Part, b: Part) -> Part {
        self.link(&a.last, &b.first);
        if a.empty != 0 {
            join(&mut a.first, &b.first, a.empty);
        }
        let mut last = b.last;
        if b.empty != 0 {
            join(&mut last, &a.last, b.empty);
        }
        Part { empty: a.empty & b.empty, first: a.first, last, from: a.from.min(b.from), to: a.to.max(b.to) }
    }

    /// `a` or `b`.
    pub fn either(mut a: Part, b: &Part) -> Part {
        join(&mut a.first, &b.first, ALL);
        join(&mut a.last, &b.last, ALL);
        Part { empty: a.empty | b.empty, from: a.from.min(b.from), to: a.to.max(b.to), ..a }
    }

    /// `part` at least `min` times and at most `max` times; `None`: without end.
    pub fn repeated(&mut self, part: Part, min: u32, max: Option<u32>) -> Result<Part, Error> {
        if max == Some(0) {
            return Ok(self.nothing(ALL));
        }
        // A part without characters is the same however often it is there.
        if part.first.is_empty() {
            return Ok(if min == 0 { self.nothing(ALL) } else { part });
        }
        // The last copy is repeated where there is no end.
        let n = max.unwrap_or(min.max(1)) as usize;
        if n.saturating_mul(part.to - part.from) > MAX_POSITIONS {
            return Err(Error::TooLarge);
        }
        let mut copies = vec![part];
        while copies.len() < n {
            copies.push(self.copy(&copies[0])?);
        }
        if max.is_none()
            && let Some(last) = copies.last()
        {
            let (last, first) = (last.last.clone(), last.first.clone());
            self.link(&last, &first);
        }
        // From the end: a copy that may be missing is there only behind those before it.
        let mut whole = None;
        for (i, copy) in copies.into_iter().enumerate().rev() {
            let mut with = match whole {
                None => copy,
                Some(rest) => self.then(copy, rest),
            };
            if i >= min as usize {
                with.empty = ALL;
            }
            whole = Some(with);
        }
        Ok(whole.unwrap_or_else(|| self.nothing(ALL)))
    }

    fn copy(&mut self, part: &Part) -> Result<Part, Error> {
        let by = self.n_positions() - part.from;
        for at in part.from..part.to {
            self.push(self.chars[at].clone())?;
        }
        let shifted = |ends: &Ends| ends.iter().map(|(at, when)| (at + by as u16, *when)).collect::<Ends>();
        for at in part.from..part.to {
            for (i, word) in self.follow[at].into_iter().enumerate() {
                for to in bits(word).map(|bit| i * 64 + bit + by) {
                    self.follow[at + by][to / 64] |= 1 << (to % 64);
                }
            }
        }
        let inside = (part.from as u16, 0)..(part.to as u16, 0);
        let some: Vec<_> = self.conditional.range(inside).map(|(edge, when)| (*edge, *when)).collect();
        self.conditional.extend(some.into_iter().map(|((a, b), when)| ((a + by as u16, b + by as u16), when)));
        Ok(Part {
            empty: part.empty,
            first: shifted(&part.first),
            last: shifted(&part.last),
            from: part.from + by,
            to: part.to + by,
        })
    }

    fn link(&mut self, from: &Ends, to: &Ends) {
        for &(a, at_a) in from {
            for &(b, at_b) in to {
                let row = &mut self.follow[usize::from(a)];
                let (word, bit) = (usize::from(b) / 64, 1_u64 << (b % 64));
                let at = at_a & at_b;
                if at == 0 || row[word] & bit != 0 {
                    continue;
                }
                if at == ALL {
                    row[word] |= bit;
                    self.conditional.remove(&(a, b));
                } else {
                    *self.conditional.entry((a, b)).or_default() |= at;
                }
            }
        }
    }
}

/// Adds ends, those that are there twice at the boundaries of both.
fn join(ends: &mut Ends, more: &Ends, at: Boundaries) {
    ends.extend(more.iter().map(|(position, when)| (*position, when & at)).filter(|(_, when)| *when != 0));
    ends.sort_unstable();
    ends.dedup_by(|b, a| {
        let is_same = a.0 == b.0;
        if is_same {
            a.1 |= b.1;
        }
        is_same
    });
}

/// Returns the places of the bits that are set.
pub fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros() as usize;
        word &= word.checked_sub(1)?;
        Some(bit)
    })
}
