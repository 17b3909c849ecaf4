//! Rounds that were loaded into a target of another URL.

use super::Round;
use serde::{Deserialize, Serialize};

/// How many of the loaded rounds are of another URL than the target, and which one the first of them has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnotherUrl {
    pub url: String,
    pub n_rounds: u64,
}

impl AnotherUrl {
    /// Returns what is to be said of rounds for a target with this URL; `None` where all are its own. A fragment, by which
    /// an import tells two sites of one place apart, and a slash at the end make no other URL.
    pub fn among(rounds: &[Round], url: &str) -> Option<Self> {
        let place = |url: &str| url.split('#').next().unwrap_or_default().trim_end_matches('/').to_ascii_lowercase();
        let own = place(url);
        let others: Vec<&Round> = rounds.iter().filter(|round| place(&round.target) != own).collect();
        let first = others.first()?;
        Some(Self { url: first.target.clone(), n_rounds: others.len() as u64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::{Sample, Vantage};
    use dualwatch_core::measure::{round::DualStack, sample, time::Timestamp, vantage::Standing};

    fn round(url: &str) -> Round {
        let sample = Sample::from(&sample::Sample::reached());
        Round {
            version: 1,
            target: url.to_owned(),
            started_at: Timestamp::from_unix_ms(1_795_428_711_042),
            vantage: Vantage {
                name: "edge".to_owned(),
                ipv4: Standing::Proven,
                ipv6: Standing::Proven,
                silent_controls: Vec::new(),
            },
            ipv4: sample.clone(),
            ipv6: sample,
            dual_stack: DualStack::default(),
        }
    }

    #[test]
    fn another_url_is_said() {
        let own = ["https://a.example/", "https://a.example", "https://A.example/#shop"].map(round);
        assert_eq!(AnotherUrl::among(&own, "https://a.example/"), None);
        assert_eq!(AnotherUrl::among(&[], "https://a.example/"), None);
        let mixed = ["https://a.example/", "https://b.example/", "tcp://a.example:443"].map(round);
        let expected = AnotherUrl { url: "https://b.example/".to_owned(), n_rounds: 2 };
        assert_eq!(AnotherUrl::among(&mixed, "https://a.example/"), Some(expected));
    }
}
