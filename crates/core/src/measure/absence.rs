//! Why a target has nothing to measure over a family.

use super::{family::Family, sample::Sample, url::literal};

/// Why there is no address of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Its name has no record of it: whoever runs it left it out.
    NoRecord,
    /// Its name has no record of its own: the network that measured makes one of the other family's.
    Translated,
    /// It is named by an address of the other family, which has no records; nobody left anything out.
    Literal,
    /// The configuration says which addresses are measured, and all are of the other family. Its name may have others.
    Pinned,
}

impl Absence {
    /// Returns why a target with this URL has nothing over a family. `is_pinned`: what it has instead is written in the
    /// configuration.
    pub fn of(url: &str, family: Family, is_pinned: bool) -> Self {
        match literal(url) {
            Some(own) if own != family => Self::Literal,
            _ if is_pinned => Self::Pinned,
            _ => Self::NoRecord,
        }
    }
}

impl Sample {
    /// Whether the addresses that there are instead were written down: nobody was asked for any.
    pub fn is_of_known_addresses(&self) -> bool {
        self.evidence.resolver.is_none() && self.evidence.seen.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_no_records_and_pinned_ones_say_nothing_of_the_name() {
        let of = |url, is_pinned| Absence::of(url, Family::Ipv4, is_pinned);
        assert_eq!(of("https://[2606:4700::1]/", false), Absence::Literal);
        assert_eq!(of("https://[2606:4700::1]/", true), Absence::Literal);
        assert_eq!(of("https://service.example/", true), Absence::Pinned);
        assert_eq!(of("https://service.example/", false), Absence::NoRecord);
    }
}
