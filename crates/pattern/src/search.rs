//! The search: all positions that a text may have come to, taken one character further at once.

use crate::{
    Pattern,
    boundary::{ALL, Boundaries, Kind, between},
    chars::END,
    graph::{Graph, bits},
};
use std::collections::BTreeMap;

/// Positions that are looked up at once.
const GROUP: usize = 8;
const GROUPS_A_WORD: usize = 64 / GROUP;
/// Beside the tables: what is begun with, what a character allows, whether it is an end, for each word; and what reading
/// a character takes.
const COST_OF_A_WORD: usize = 3;
const COST_OF_A_CHARACTER: usize = 6;

/// Returns how many words are touched for a character, at most.
pub fn cost(graph: &Graph) -> usize {
    let steps = Step::all(graph);
    let n_words = n_words(graph);
    let of_step = |(_, step): (&Boundaries, &Step)| {
        step.spans(n_words).iter().map(|(_, n)| n).sum::<usize>() + COST_OF_A_WORD * n_words
    };
    COST_OF_A_CHARACTER + COST_OF_A_WORD * n_words + steps.iter().map(of_step).sum::<usize>()
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
    /// Of each group of positions: where its rows begin, which words they are of.
    groups: Vec<Group>,
    rows: Vec<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Group {
    at: usize,
    from: usize,
    n: usize,
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
    /// Adds what may come next.
    fn reach(&self, active: &[u64], next: &mut [u64]) {
        for (next, first) in next.iter_mut().zip(&self.first) {
            *next |= first;
        }
        for (groups, word) in self.groups.chunks(GROUPS_A_WORD).zip(active) {
            let mut word = *word;
            while word != 0 {
                let i = word.trailing_zeros() as usize / GROUP;
                let set = (word >> (i * GROUP)) as usize & 0xff;
                word &= !(0xff << (i * GROUP));
                let Some(group) = groups.get(i) else { break };
                let row = &self.rows[group.at + set * group.n..][..group.n];
                for (next, row) in next[group.from..].iter_mut().zip(row) {
                    *next |= row;
                }
            }
        }
    }
}

/// What follows what at the same boundaries.
#[derive(Default)]
struct Step {
    first: Vec<usize>,
    last: Vec<usize>,
    edges: BTreeMap<usize, Vec<usize>>,
}

impl Step {
    fn all(graph: &Graph) -> BTreeMap<Boundaries, Self> {
        let mut steps: BTreeMap<Boundaries, Self> = BTreeMap::new();
        for (from, to, at) in graph.edges() {
            steps.entry(at).or_default().edges.entry(from).or_default().push(to);
        }
        for (position, at) in &graph.first {
            steps.entry(*at).or_default().first.push(usize::from(*position));
        }
        for (position, at) in &graph.last {
            steps.entry(*at).or_default().last.push(usize::from(*position));
        }
        steps
    }

    /// Returns for each group of positions which words may follow: the first of them, and how many.
    fn spans(&self, n_words: usize) -> Vec<(usize, usize)> {
        let span = |group: usize| {
            let of_group = self.edges.range(group * GROUP..(group + 1) * GROUP);
            let words = of_group.flat_map(|(_, to)| to.iter().map(|to| to / 64));
            let (first, last) = words.fold((usize::MAX, 0), |(first, last), w| (first.min(w), last.max(w)));
            if first > last { (0, 0) } else { (first, last + 1 - first) }
        };
        (0..n_words * GROUPS_A_WORD).map(span).collect()
    }

    fn tables(&self, n_words: usize) -> Tables {
        let set = |positions: &[usize]| {
            let mut words = vec![0_u64; n_words];
            for position in positions {
                words[position / 64] |= 1 << (position % 64);
            }
            words
        };
        let mut groups = Vec::new();
        let mut rows: Vec<u64> = Vec::new();
        for (i, (from, n)) in self.spans(n_words).into_iter().enumerate() {
            let at = rows.len();
            groups.push(Group { at, from, n });
            rows.resize(at + n * (1 << GROUP), 0);
            for member in 1_usize..1 << GROUP {
                // All but the lowest position are in a row that is there already.
                let (lowest, others) = (member.trailing_zeros() as usize, member & (member - 1));
                rows.copy_within(at + others * n..at + (others + 1) * n, at + member * n);
                for to in self.edges.get(&(i * GROUP + lowest)).into_iter().flatten() {
                    rows[at + member * n + to / 64 - from] |= 1 << (to % 64);
                }
            }
        }
        Tables { first: set(&self.first), last: set(&self.last), groups, rows }
    }
}

/// Positions that are set, for those who look at a search from outside.
impl Search {
    /// Returns how many positions the text may have come to.
    pub fn n_active(&self) -> usize {
        self.active.iter().map(|word| bits(*word).count()).sum()
    }
}
