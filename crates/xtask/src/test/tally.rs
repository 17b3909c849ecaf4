//! Counts tests from what their runners write.

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    /// What a runner itself passed over.
    pub skipped: u64,
}

impl Tally {
    /// Adds what a line sums up, of Rust's test runner or of Node's; other lines say nothing.
    pub fn read(&mut self, line: &str) {
        if let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) {
            for count in counts.split("; ") {
                if let Some((n, word)) = count.split_once(' ') {
                    self.add(word, n);
                }
            }
        }
        let own = line.strip_prefix("# ").or_else(|| line.strip_prefix("\u{2139} "));
        if let Some((word, n)) = own.and_then(|rest| rest.split_once(' ')) {
            self.add(word, n);
        }
    }

    fn add(&mut self, word: &str, n: &str) {
        let Ok(n) = n.parse::<u64>() else { return };
        match word {
            "passed" | "pass" => self.passed += n,
            "failed" | "fail" | "cancelled" => self.failed += n,
            "ignored" | "skipped" | "todo" => self.skipped += n,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_are_understood() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test a ... ok",
            "test result: FAILED. 40 passed; 2 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.10s",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "\u{2139} tests 9",
            "\u{2139} pass 5",
            "# fail 1",
            "\u{2139} cancelled 1",
            "\u{2139} duration_ms 1203.5",
        ] {
            tally.read(line);
        }
        assert_eq!(tally, Tally { passed: 46, failed: 4, skipped: 1 });
    }
}
