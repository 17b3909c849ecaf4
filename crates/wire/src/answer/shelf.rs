//! Answers that are kept, within a bound: what was asked for longest ago goes first.

use std::collections::HashMap;

/// Kept values by name, with a bound of their sizes together.
#[derive(Debug)]
pub struct Shelf<V> {
    kept: HashMap<String, Kept<V>>,
    most_bytes: usize,
    bytes: usize,
    /// Counts uses: a larger number is later.
    n_uses: u64,
}

#[derive(Debug)]
struct Kept<V> {
    value: V,
    bytes: usize,
    used: u64,
}

/// What an entry takes beside its value: its place in the table, headers, a tag. Without it, empty answers would be free.
const ENTRY_BYTES: usize = 512;

impl<V> Shelf<V> {
    /// Returns an empty shelf for so many bytes.
    pub fn new(most_bytes: usize) -> Self {
        Self { kept: HashMap::new(), most_bytes, bytes: 0, n_uses: 0 }
    }

    /// Returns what is kept under a name, and notes that it was asked for.
    pub fn get(&mut self, name: &str) -> Option<&mut V> {
        let kept = self.kept.get_mut(name)?;
        self.n_uses += 1;
        kept.used = self.n_uses;
        Some(&mut kept.value)
    }

    /// Keeps a value of so many bytes in place of what had its name. Whatever is over the bound then goes, the value itself
    /// where it is alone too large.
    pub fn put(&mut self, name: &str, value: V, bytes: usize) {
        self.remove(name);
        let bytes = bytes + name.len() + ENTRY_BYTES;
        if bytes > self.most_bytes {
            return;
        }
        self.n_uses += 1;
        self.bytes += bytes;
        self.kept.insert(name.to_owned(), Kept { value, bytes, used: self.n_uses });
        self.give_way();
    }

    /// Notes that what is kept under a name has so many bytes now. Whatever is over the bound then goes.
    pub fn weigh(&mut self, name: &str, bytes: usize) {
        let Some(kept) = self.kept.get_mut(name) else { return };
        self.bytes -= kept.bytes;
        kept.bytes = bytes + name.len() + ENTRY_BYTES;
        self.bytes += kept.bytes;
        self.give_way();
    }

    fn give_way(&mut self) {
        while self.bytes > self.most_bytes {
            let Some(oldest) = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(name, _)| name.clone()) else {
                break;
            };
            self.remove(&oldest);
        }
    }

    /// Forgets what is kept under a name.
    pub fn remove(&mut self, name: &str) {
        if let Some(kept) = self.kept.remove(name) {
            self.bytes -= kept.bytes;
        }
    }

    /// Returns how many values are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: usize = 1_000;

    /// A shelf for three values of `BYTES` with names of one letter.
    fn shelf() -> Shelf<u32> {
        Shelf::new(3 * (BYTES + 1 + ENTRY_BYTES))
    }

    #[test]
    fn what_was_asked_for_longest_ago_goes_first() {
        let mut shelf = shelf();
        for (name, n) in [("a", 1), ("b", 2), ("c", 3)] {
            shelf.put(name, n, BYTES);
        }
        assert_eq!(shelf.get("a"), Some(&mut 1));
        shelf.put("d", 4, BYTES);
        assert_eq!(
            [shelf.get("a").copied(), shelf.get("b").copied(), shelf.get("d").copied()],
            [Some(1), None, Some(4)]
        );
        assert_eq!(shelf.len(), 3);
    }

    #[test]
    fn a_value_takes_the_place_of_an_earlier_one_of_its_name() {
        let mut shelf = shelf();
        for n in 0..100 {
            shelf.put("a", n, BYTES);
        }
        assert_eq!((shelf.len(), shelf.get("a").copied()), (1, Some(99)));
        shelf.remove("a");
        assert!(shelf.is_empty() && shelf.bytes == 0);
    }

    #[test]
    fn what_becomes_heavier_pushes_out_what_was_asked_for_longest_ago() {
        let mut shelf = shelf();
        for name in ["a", "b", "c"] {
            shelf.put(name, 0, BYTES);
        }
        shelf.get("a");
        shelf.weigh("a", BYTES + 1);
        assert_eq!((shelf.len(), shelf.get("b")), (2, None));
        shelf.weigh("a", BYTES);
        shelf.put("d", 0, BYTES);
        assert_eq!(shelf.len(), 3);
        // Alone too heavy, it goes itself.
        shelf.get("d");
        shelf.weigh("d", 100 * BYTES);
        assert!(shelf.is_empty() && shelf.bytes == 0);
        shelf.weigh("d", BYTES);
        assert!(shelf.is_empty() && shelf.bytes == 0);
    }

    #[test]
    fn nothing_is_over_the_bound_whatever_is_put() {
        let mut shelf = shelf();
        for i in 0..1_000_usize {
            shelf.put(&format!("name-{}", i * 7 % 400), 0, i * 37 % (2 * BYTES));
            shelf.weigh(&format!("name-{}", i * 5 % 400), i * 41 % BYTES);
            assert!(shelf.bytes <= shelf.most_bytes);
            assert_eq!(shelf.bytes, shelf.kept.values().map(|kept| kept.bytes).sum::<usize>());
        }
        // What is too large alone pushes nothing out.
        let n = shelf.len();
        shelf.put("large", 0, 100 * BYTES);
        assert_eq!((shelf.len(), shelf.get("large")), (n, None));
        // Nor are empty values without end.
        for i in 0..10_000 {
            shelf.put(&i.to_string(), 0, 0);
        }
        assert!(shelf.len() < 20, "{}", shelf.len());
    }
}
