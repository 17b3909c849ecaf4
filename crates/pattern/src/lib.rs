//! Regular expressions whose worst case is known before they are used, searched for piece by piece.
//!
//! In scope: whether a text matches somewhere; what that costs for each byte of any text ([`Pattern::cost`]), so that a
//! configuration can be refused; a search that may stop between two pieces of a text ([`Search`]).
//! Out of scope: where in a text, and groups; who reads the text, and until when (`dualwatch-prober`); what is allowed
//! (`dualwatch-core`).
//!
//! A pattern is the set of its characters (positions) and what may follow what (Glushkov, 1961). A search keeps the
//! positions that a text may have come to as bits, and takes all of them one character further at once: what is written
//! one behind the other by shifting, and all that leads to the same by one look. So the work for a character has a bound that no text can exceed, and no state is made while
//! searching: automata that are made deterministic as they go have neither (`(a|b)*a(a|b){60}`).
//!
//! The syntax is that of Rust's `regex-lite`: `\d`, `\w`, `\s`, `\b` and `(?i)` mean ASCII, `.` is any character but a line
//! feed.
//!
//! ```
//! use dualwatch_pattern::{Pattern, Search};
//!
//! let pattern = Pattern::parse(r#""status":\s*"(ok|up)""#).unwrap();
//! let mut search = Search::new(&pattern);
//! assert!(!search.feed(r#"{"name": "a", "status": "#));
//! assert!(search.feed(r#""up"}"#));
//! assert!(search.finish());
//! assert!(pattern.cost() < Pattern::parse(".{0,99}status").unwrap().cost());
//! ```

mod boundary;
mod chars;
mod graph;
mod parse;
mod search;

use graph::Graph;
pub use search::Search;
use std::fmt;

/// A regular expression that has been understood.
#[derive(Clone, Debug)]
pub struct Pattern {
    graph: Graph,
    cost: usize,
}

impl Pattern {
    /// Reads a pattern. Fails where it is none, or is larger than any that could be allowed.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let graph = parse::graph(text)?;
        let cost = search::cost(&graph);
        Ok(Self { graph, cost })
    }

    /// Returns how many words of 64 bits are touched for one character of a text, at most: the unit of time.
    pub const fn cost(&self) -> usize {
        self.cost
    }
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A lower-case fragment.
    Syntax(String),
    /// More than [`graph::MAX_POSITIONS`] characters, with repetitions written out.
    TooLarge,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(why) => f.write_str(why),
            Self::TooLarge => write!(f, "more than {} characters, with repetitions written out", graph::MAX_POSITIONS),
        }
    }
}

impl std::error::Error for Error {}
