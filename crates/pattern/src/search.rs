//! The search: all positions that a text may have come to, taken one character further at once.

use crate::{
    Pattern,
    boundary::{ALL, Boundaries, Kind, between},
    chars::END,
    graph::{Graph, MAX_POSITIONS, Row, bits},
};
use std::collections::BTreeMap;

/// Beside what follows what: what a character allows, whether it is an end, for each word; and what reading a character
/// takes.
const COST_OF_A_WORD: usize = 3;
const COST_OF_A_CHARACTER: usize = 6;

/// Returns how many words are touched for a character, at most.
pub fn cost(graph: &Graph) -> usize {
    let n_words = n_words(graph);
    let steps: usize = Step::all(graph).into_values().map(|step| step.tables(n_words).cost()).sum();
    COST_OF_A_CHARACTER + COST_OF_A_WORD * n_words + steps
}

fn n_words(graph: &Graph) -> usize {
    graph.n_positions().div_ceil(64).max(1)
}

/// A search for one pattern in one text.
#[derive(Clone, Debug)]
pub struct Search {
    /// Where ranges of characters begin that are taken by the same positions, and these positions.
    classes: Vec<u32>,
    of_ascii: [u16; 128],
    taken: Vec<u64>,
    /// What holds at every boundary, and what at some.
    always: Tables,
    sometimes: Vec<(Boundaries, Tables)>,
    empty: Boundaries,
    n_words: usize,
    /// What the text has come to.
    active: Vec<u64>,
    next: Vec<u64>,
    before: Kind,
    is_found: bool,
}

/// What follows, at some boundaries.
#[derive(Clone, Debug, Default)]
struct Tables {
    first: Vec<u64>,
    last: Vec<u64>,
    /// From these positions to those so far behind them: what is written one behind the other.
    shifts: Vec<(u32, Vec<u64>)>,
    /// From any of some positions to all of others: out of repetitions, and back.
    jumps: Vec<Jump>,
}

#[derive(Clone, Debug, Default)]
struct Jump {
    from: Words,
    to: Words,
}

/// Words of a set, without those before the first and behind the last that have any of it.
#[derive(Clone, Debug, Default)]
struct Words {
    at: usize,
    words: Vec<u64>,
}

impl Words {
    fn of(row: &Row) -> Self {
        let at = row.iter().position(|word| *word != 0).unwrap_or(0);
        let end = row.iter().rposition(|word| *word != 0).map_or(at, |last| last + 1);
        Self { at, words: row[at..end].to_vec() }
    }
}

impl Search {
    pub fn new(pattern: &Pattern) -> Self {
        let graph = &pattern.graph;
        let n_words = n_words(graph);
        let mut steps = Step::all(graph);
        let always = steps.remove(&ALL).map(|step| step.tables(n_words)).unwrap_or_default();
        let mut classes: Vec<u32> = graph.chars.iter().flat_map(|chars| chars.edges()).chain([0]).collect();
        classes.sort_unstable();
        classes.dedup();
        let mut taken = vec![0; classes.len() * n_words];
        for (position, chars) in graph.chars.iter().enumerate() {
            for &(first, last) in chars.ranges() {
                let begin = classes.partition_point(|c| *c < first);
                let end = classes.partition_point(|c| *c <= last);
                for class in begin..end {
                    taken[class * n_words + position / 64] |= 1 << (position % 64);
                }
            }
        }
        debug_assert!(classes.last().is_none_or(|last| *last <= END));
        let class_of = |c: usize| classes.partition_point(|begin| *begin as usize <= c) as u16 - 1;
        Self {
            of_ascii: std::array::from_fn(class_of),
            classes,
            taken,
            always,
            sometimes: steps.into_iter().map(|(at, step)| (at, step.tables(n_words))).collect(),
            empty: graph.empty,
            n_words,
            active: vec![0; n_words],
            next: vec![0; n_words],
            before: Kind::Nothing,
            is_found: false,
        }
    }

    /// Goes on with the next piece of the text; whether the text matches, as far as it is known.
    pub fn feed(&mut self, piece: &str) -> bool {
        let bytes = piece.as_bytes();
        let looks = !self.sometimes.is_empty() || !matches!(self.empty, 0 | ALL);
        self.is_found |= self.empty == ALL;
        let mut at = 0;
        while at < bytes.len() && !self.is_found {
            let byte = bytes[at];
            let (c, class) = if byte < 0x80 {
                at += 1;
                (char::from(byte), usize::from(self.of_ascii[usize::from(byte)]))
            } else {
                // A piece is whole characters.
                let Some(c) = piece.get(at..).and_then(|rest| rest.chars().next()) else { break };
                at += c.len_utf8();
                (c, self.classes.partition_point(|begin| *begin <= u32::from(c)) - 1)
            };
            let behind = if looks { Kind::of(c) } else { Kind::Other };
            self.step(behind, class);
        }
        self.is_found
    }

    /// The text is over; whether it matches.
    pub fn finish(mut self) -> bool {
        if !self.is_found {
            self.end_at(between(self.before, Kind::Nothing));
        }
        self.is_found
    }

    /// Whether a match ends at this boundary, which not every one allows.
    fn end_at(&mut self, boundary: Boundaries) {
        let active = &self.active;
        let ends = |(at, tables): &(Boundaries, Tables)| at & boundary != 0 && meets(&tables.last, active);
        self.is_found |= self.empty & boundary != 0 || self.sometimes.iter().any(ends);
    }

    fn step(&mut self, behind: Kind, class: usize) {
        let boundary = between(self.before, behind);
        if !self.sometimes.is_empty() || self.empty != 0 {
            self.end_at(boundary);
        }
        self.next.fill(0);
        self.always.reach(&self.active, &mut self.next);
        for (_, tables) in self.sometimes.iter().filter(|(at, _)| at & boundary != 0) {
            tables.reach(&self.active, &mut self.next);
        }
        let taken = &self.taken[class * self.n_words..][..self.n_words];
        for (next, taken) in self.next.iter_mut().zip(taken) {
            *next &= taken;
        }
        std::mem::swap(&mut self.active, &mut self.next);
        self.before = behind;
        self.is_found |= meets(&self.always.last, &self.active);
    }
}

fn meets(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).any(|(a, b)| a & b != 0)
}

impl Tables {
    fn cost(&self) -> usize {
        let of_shifts = self.shifts.iter().map(|(_, from)| 2 * from.len() + 1);
        let of_jumps = self.jumps.iter().map(|jump| jump.from.words.len() + jump.to.words.len() + 2);
        self.first.len() + self.last.len() + of_shifts.chain(of_jumps).sum::<usize>()
    }

    /// Adds what may come next.
    fn reach(&self, active: &[u64], next: &mut [u64]) {
        for (next, first) in next.iter_mut().zip(&self.first) {
            *next |= first;
        }
        for (by, from) in &self.shifts {
            let mut carried = 0;
            for ((next, active), from) in next.iter_mut().zip(active).zip(from) {
                let moved = active & from;
                *next |= moved << by | carried;
                carried = moved >> (64 - by);
            }
        }
        for Jump { from, to } in &self.jumps {
            let met = active[from.at..].iter().zip(&from.words).fold(0, |met, (active, from)| met | active & from);
            if met != 0 {
                for (next, to) in next[to.at..].iter_mut().zip(&to.words) {
                    *next |= to;
                }
            }
        }
    }
}

/// What follows what at the same boundaries.
#[derive(Default)]
struct Step {
    first: Row,
    last: Row,
    follow: BTreeMap<usize, Row>,
}

/// As many distances are shifts.
const MAX_SHIFTS: usize = 3;
/// As many are tried each time, the most frequent.
const TRIED: usize = 6;

impl Step {
    fn all(graph: &Graph) -> BTreeMap<Boundaries, Self> {
        let mut steps: BTreeMap<Boundaries, Self> = BTreeMap::new();
        for (from, to, at) in graph.edges() {
            put(steps.entry(at).or_default().follow.entry(from).or_default(), to);
        }
        for (position, at) in &graph.first {
            put(&mut steps.entry(*at).or_default().first, usize::from(*position));
        }
        for (position, at) in &graph.last {
            put(&mut steps.entry(*at).or_default().last, usize::from(*position));
        }
        steps
    }

    /// Takes those distances as shifts that save most; all else are jumps, one for all positions that lead to the same.
    fn tables(mut self, n_words: usize) -> Tables {
        let mut tables =
            Tables { first: self.first[..n_words].to_vec(), last: self.last[..n_words].to_vec(), ..Tables::default() };
        tables.jumps = self.jumps();
        while tables.shifts.len() < MAX_SHIFTS {
            let shorter = self.distances().into_iter().map(|by| {
                let (shift, rest) = self.without(by, n_words);
                let shifts = tables.shifts.iter().cloned().chain([(by, shift)]).collect();
                let jumps = rest.jumps();
                (rest, Tables { shifts, jumps, ..tables.clone() })
            });
            match shorter.min_by_key(|(_, tables)| tables.cost()) {
                Some((rest, shorter)) if shorter.cost() < tables.cost() => (self, tables) = (rest, shorter),
                _ => break,
            }
        }
        tables
    }

    fn jumps(&self) -> Vec<Jump> {
        let mut from: BTreeMap<&Row, Row> = BTreeMap::new();
        for (position, to) in &self.follow {
            put(from.entry(to).or_default(), *position);
        }
        from.into_iter().map(|(to, from)| Jump { from: Words::of(&from), to: Words::of(to) }).collect()
    }

    /// Returns how far positions are behind those that they follow, the most frequent first.
    fn distances(&self) -> Vec<u32> {
        let mut counts = [0_usize; 64];
        for (from, to) in &self.follow {
            for by in members(to).filter_map(|to| to.checked_sub(*from)) {
                if let Some(count) = counts.get_mut(by) {
                    *count += 1;
                }
            }
        }
        let mut distances: Vec<u32> = (1..64).filter(|by| counts[*by as usize] > 0).collect();
        distances.sort_by_key(|by| std::cmp::Reverse(counts[*by as usize]));
        distances.truncate(TRIED);
        distances
    }

    /// Returns the positions from which one so far behind follows, and all that follows otherwise.
    fn without(&self, by: u32, n_words: usize) -> (Vec<u64>, Self) {
        let mut shift = Row::default();
        let mut rest = Self { first: self.first, last: self.last, follow: BTreeMap::new() };
        for (from, to) in &self.follow {
            let (at, mut to) = (from + by as usize, *to);
            if at < MAX_POSITIONS && to[at / 64] & 1 << (at % 64) != 0 {
                put(&mut shift, *from);
                to[at / 64] &= !(1 << (at % 64));
            }
            if to != Row::default() {
                rest.follow.insert(*from, to);
            }
        }
        (shift[..n_words].to_vec(), rest)
    }
}

fn put(row: &mut Row, position: usize) {
    row[position / 64] |= 1 << (position % 64);
}

fn members(row: &Row) -> impl Iterator<Item = usize> + '_ {
    row.iter().enumerate().flat_map(|(i, word)| bits(*word).map(move |bit| i * 64 + bit))
}

/// Positions that are set, for those who look at a search from outside.
impl Search {
    /// Returns how many positions the text may have come to.
    pub fn n_active(&self) -> usize {
        self.active.iter().map(|word| bits(*word).count()).sum()
    }
}
