//! What a good answer of a target looks like.

use super::{DEFAULT_MAX_REDIRECTS, json::JsonExpectation, octets::Octets};
use crate::measure::{cause::Cause, family::PerFamily};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Whether a family is part of what the target promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expected {
    /// Measured where the target publishes an address; "single-family by design" where it does not.
    #[default]
    Published,
    /// Missing addresses are a failure.
    Required,
    /// Not measured.
    Ignored,
}

/// What a good answer looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Expect {
    /// Accepted HTTP status codes; empty: 200 to 299 (and 300 to 399 where no redirect is followed).
    pub status: Vec<StatusRange>,
    pub headers: Vec<HeaderExpectation>,
    pub body_contains: Vec<String>,
    pub body_lacks: Vec<String>,
    /// Regular expressions, each of which the body matches somewhere.
    pub body_matches: Vec<String>,
    /// What a JSON body holds.
    pub body_json: Vec<JsonExpectation>,
    /// What must come over a stream or a WebSocket: each of these bytes, in any order. Over a WebSocket each of them
    /// within one message.
    pub receives: Vec<Octets>,
    /// The response code of a name server; `None`: NOERROR, and at least one record.
    pub dns_rcode: Option<String>,
    /// Records that must be among those of the answer, in their text form.
    pub dns_answers: Vec<String>,
    /// Slower than this is `slow`: degraded, not down.
    pub max_response_ms: Option<u32>,
    /// A certificate that expires in fewer days is a warning: degraded, not down.
    pub certificate_days: Option<u16>,
    /// How many redirects are followed; 0: none, the redirect itself is the answer.
    pub max_redirects: u8,
    pub families: PerFamily<Expected>,
    /// The target must not be reached: what it must fail with.
    pub fails_with: Option<ExpectedFailure>,
}

impl Default for Expect {
    fn default() -> Self {
        Self {
            status: Vec::new(),
            headers: Vec::new(),
            body_contains: Vec::new(),
            body_lacks: Vec::new(),
            body_matches: Vec::new(),
            body_json: Vec::new(),
            receives: Vec::new(),
            dns_rcode: None,
            dns_answers: Vec::new(),
            max_response_ms: None,
            certificate_days: None,
            max_redirects: DEFAULT_MAX_REDIRECTS,
            families: PerFamily::default(),
            fails_with: None,
        }
    }
}

impl Expect {
    /// Whether something is expected of the text of a body.
    pub fn reads_body(&self) -> bool {
        !(self.body_contains.is_empty()
            && self.body_lacks.is_empty()
            && self.body_matches.is_empty()
            && self.body_json.is_empty())
    }

    pub fn accepts_status(&self, status: u16) -> bool {
        if self.status.is_empty() {
            (200..300).contains(&status) || (self.max_redirects == 0 && (300..400).contains(&status))
        } else {
            self.status.iter().any(|r| (r.first..=r.last).contains(&status))
        }
    }
}

/// Status codes from `first` to `last`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRange {
    pub first: u16,
    pub last: u16,
}

impl fmt::Display for StatusRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

/// A header that must be there and, where `contains` is given, contain that text (letter case counts).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderExpectation {
    pub name: String,
    pub contains: Option<String>,
}

/// The failure that a target must show, where it must not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedFailure {
    /// Whatever says something about the target.
    Any,
    Cause(Cause),
}

impl ExpectedFailure {
    const ANY: &str = "any";

    /// Returns the code of the cause, or `any`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Any => Self::ANY,
            Self::Cause(cause) => cause.code(),
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        if code == Self::ANY { Some(Self::Any) } else { Cause::from_code(code).map(Self::Cause) }
    }
}

impl Serialize for ExpectedFailure {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for ExpectedFailure {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(d)?;
        Self::from_code(&code).ok_or_else(|| de::Error::custom(format!("`{code}` is no cause")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_an_answer_only_where_none_is_followed() {
        let mut expect = Expect::default();
        assert!(expect.accepts_status(204) && !expect.accepts_status(301) && !expect.accepts_status(404));
        expect.max_redirects = 0;
        assert!(expect.accepts_status(301));
        expect.status = vec![StatusRange { first: 404, last: 404 }];
        assert!(expect.accepts_status(404) && !expect.accepts_status(200));
    }
}
