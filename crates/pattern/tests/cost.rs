//! What a pattern costs is known before it is used, and no text makes it cost more.

use dualwatch_pattern::{Pattern, Search};

fn cost(pattern: &str) -> usize {
    Pattern::parse(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}")).cost()
}

#[test]
fn what_is_longer_costs_more() {
    let order = ["ok", r#""status":\s*"(ok|up)""#, ".{0,100}b", r"\b.{0,100}b\b", ".{0,300}b", ".{0,500}b"];
    let costs: Vec<usize> = order.iter().map(|pattern| cost(pattern)).collect();
    assert!(costs.is_sorted() && costs[0] < 20, "{costs:?}");
}

/// No subset of `n` characters needs a state of its own: the positions are what they are, however many are active.
#[test]
fn no_text_makes_more_than_there_is() {
    for (pattern, text) in [("(a|b)*a(a|b){60}c", "ab".repeat(5_000)), (".{0,250}z", "y".repeat(5_000))] {
        let pattern = Pattern::parse(pattern).unwrap();
        let mut search = Search::new(&pattern);
        let mut most = 0;
        for piece in text.as_bytes().chunks(100) {
            search.feed(std::str::from_utf8(piece).unwrap());
            most = most.max(search.n_active());
        }
        assert!(!search.finish());
        assert!((30..260).contains(&most), "{most}");
    }
}
