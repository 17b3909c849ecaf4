//! What came whole over each family in this round, so that one can witness for the other.

use crate::exchange::Answer;
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    target::Endpoint,
};
use std::cell::RefCell;

/// What any path carries in one packet: the 1,280 bytes of RFC 8200 section 5, less the headers of IPv6 and TCP.
const MAX_SMALL_BYTES: usize = 1_220;

/// An answer that came whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whole {
    pub status: u16,
    /// On the wire, at least: head and body without their framing.
    n_bytes: usize,
}

impl Whole {
    fn of(answer: &Answer) -> Self {
        let head: usize = answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        Self { status: answer.status, n_bytes: head + answer.body.bytes.len() }
    }

    /// Whether no path has to carry it in one packet.
    pub fn is_large(self) -> bool {
        self.n_bytes > MAX_SMALL_BYTES
    }
}

/// The answers of a round. Never borrowed across an await.
#[derive(Debug)]
pub(crate) struct Answers(RefCell<PerFamily<Vec<(Endpoint, Whole)>>>);

impl Default for Answers {
    fn default() -> Self {
        Self(RefCell::new(PerFamily::from_fn(|_| Vec::new())))
    }
}

impl Answers {
    pub(super) fn keep(&self, family: Family, endpoint: &Endpoint, answer: &Answer) {
        self.0.borrow_mut().get_mut(family).push((endpoint.clone(), Whole::of(answer)));
    }

    /// Returns what this endpoint has answered over the family so far.
    pub(super) fn of(&self, family: Family, endpoint: &Endpoint) -> Option<Whole> {
        let answers = self.0.borrow();
        answers.get(family).iter().find(|(at, _)| at == endpoint).map(|(_, whole)| *whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Body;
    use dualwatch_core::measure::target::{Host, Scheme};
    use http::HeaderMap;

    #[test]
    fn an_answer_witnesses_for_its_endpoint_and_only_where_it_is_large() {
        let answer = |n_bytes: usize| Answer {
            status: 200,
            headers: HeaderMap::new(),
            body: Body { bytes: vec![b'x'; n_bytes], is_cut: false },
            first_byte_ms: 1.0,
        };
        let at = |path: &str| Endpoint {
            scheme: Scheme::Http,
            host: Host::Name("web.example".into()),
            port: 80,
            path: path.into(),
        };
        let answers = Answers::default();
        answers.keep(Family::Ipv4, &at("/"), &answer(1_221));
        answers.keep(Family::Ipv4, &at("/small"), &answer(1_220));
        let is_large = |family, path| answers.of(family, &at(path)).map(Whole::is_large);
        assert_eq!(is_large(Family::Ipv4, "/"), Some(true));
        assert_eq!(is_large(Family::Ipv4, "/small"), Some(false));
        assert_eq!(is_large(Family::Ipv4, "/other"), None);
        assert_eq!(is_large(Family::Ipv6, "/"), None);
    }
}
