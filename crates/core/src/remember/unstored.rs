//! What could not be stored yet: kept in memory, in order, within a bound of bytes.

use std::collections::VecDeque;

/// Texts by name, the oldest of each first. Where they are too many, the name that has most gives up its oldest.
#[derive(Debug)]
pub struct Unstored {
    most_bytes: usize,
    n_bytes: usize,
    /// A list, for this is code that hardly ever runs: there are as many names as targets.
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    name: String,
    texts: VecDeque<String>,
    n_bytes: usize,
    n_lost: u64,
}

impl Unstored {
    pub const fn new(most_bytes: usize) -> Self {
        Self { most_bytes, n_bytes: 0, waiting: Vec::new() }
    }

    /// Keeps a text, behind the others of its name.
    pub fn push(&mut self, name: &str, text: String) {
        let place = self.waiting.iter().position(|waiting| waiting.name == name).unwrap_or_else(|| {
            let name = name.to_owned();
            self.waiting.push(Waiting { name, texts: VecDeque::new(), n_bytes: 0, n_lost: 0 });
            self.waiting.len() - 1
        });
        let waiting = &mut self.waiting[place];
        waiting.n_bytes += text.len();
        self.n_bytes += text.len();
        waiting.texts.push_back(text);
        while self.n_bytes > self.most_bytes {
            let Some(largest) = self.waiting.iter_mut().max_by_key(|waiting| waiting.n_bytes) else { break };
            let Some(oldest) = largest.texts.pop_front() else { break };
            largest.n_bytes -= oldest.len();
            largest.n_lost += 1;
            self.n_bytes -= oldest.len();
        }
    }

    /// Returns what waits under a name, the oldest first.
    pub fn of(&self, name: &str) -> Vec<String> {
        self.get(name).map(|waiting| waiting.texts.iter().cloned().collect()).unwrap_or_default()
    }

    /// Returns how many wait under a name.
    pub fn len(&self, name: &str) -> usize {
        self.get(name).map_or(0, |waiting| waiting.texts.len())
    }

    /// Whether nothing waits at all.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn get(&self, name: &str) -> Option<&Waiting> {
        self.waiting.iter().find(|waiting| waiting.name == name)
    }

    /// Forgets the `n` oldest of a name: they are stored now. Returns how many more had to be given up, once.
    pub fn stored(&mut self, name: &str, n: usize) -> u64 {
        let Some(place) = self.waiting.iter().position(|waiting| waiting.name == name) else { return 0 };
        let waiting = &mut self.waiting[place];
        for text in waiting.texts.drain(..n.min(waiting.texts.len())) {
            waiting.n_bytes -= text.len();
            self.n_bytes -= text.len();
        }
        let n_lost = std::mem::take(&mut waiting.n_lost);
        if waiting.texts.is_empty() {
            self.waiting.swap_remove(place);
        }
        n_lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_comes_back_in_order_and_is_forgotten_when_it_is_stored() {
        let mut unstored = Unstored::new(100);
        for text in ["1", "2", "3"] {
            unstored.push("a", text.to_owned());
        }
        unstored.push("b", "4".to_owned());
        assert_eq!(
            (unstored.of("a"), unstored.len("b"), unstored.len("c")),
            (["1", "2", "3"].map(str::to_owned).to_vec(), 1, 0)
        );
        assert_eq!(unstored.stored("a", 2), 0);
        assert_eq!(unstored.of("a"), ["3"]);
        assert_eq!((unstored.stored("a", 9), unstored.stored("b", 1), unstored.stored("c", 1)), (0, 0, 0));
        assert!(unstored.is_empty() && unstored.n_bytes == 0);
    }

    #[test]
    fn the_name_with_most_gives_up_its_oldest_and_that_is_counted() {
        let mut unstored = Unstored::new(10);
        unstored.push("small", "s".to_owned());
        for n in 0..6 {
            unstored.push("large", format!("{n}{n}"));
        }
        assert_eq!(unstored.of("small"), ["s"]);
        assert_eq!(unstored.of("large"), ["22", "33", "44", "55"]);
        assert_eq!(unstored.stored("large", 4), 2);
        unstored.push("large", "too long for all".to_owned());
        assert_eq!((unstored.len("large"), unstored.n_bytes <= 10), (0, true));
        assert_eq!(unstored.stored("large", 0), 1);
    }
}
