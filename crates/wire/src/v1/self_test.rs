//! The result of a self-test, as it is downloaded (JSON) and shared (`packed`): codes and numbers, and no text of anybody's.

mod packed;

pub use packed::{MAX_SHARED_BYTES, Unreadable, read_shared, write_shared};

use super::VERSION;
use crate::time::rfc3339;
use dualwatch_core::{
    judge::verdict::{Side, Verdict},
    measure::{
        family::{Family, PerFamily},
        slug::Slug,
        time::Timestamp,
    },
    self_test::{
        addresses::Presence,
        answer::Phases,
        conclude::Conclusion,
        environment::{Condition, Fact},
        family::FamilyState,
        question::Question,
        run::Run,
        score::{HelpDesk, Inputs, score},
        sentence::Sentence,
        told::Told,
        why::{Confidence, Why},
    },
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, net::IpAddr};

/// More services than this are not in a shared result.
pub const MAX_TARGETS: usize = 100;

/// A whole result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfTestResult {
    #[serde(deserialize_with = "super::this_version")]
    pub version: u32,
    /// When it was complete, by the worker's clock.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    #[serde(with = "sentence")]
    pub sentence: Sentence,
    #[serde(with = "coded")]
    pub why: Why,
    #[serde(with = "coded")]
    pub confidence: Confidence,
    pub preferred: Option<Family>,
    pub families: PerFamily<FamilyResult>,
    pub questions: Vec<QuestionResult>,
    /// In the order of [`Fact::ALL`]; what was not looked at is left out.
    pub environment: Vec<FactResult>,
    pub score_ipv4: Option<u8>,
    pub score_ipv6: Option<u8>,
    #[serde(with = "helpdesk")]
    pub helpdesk: Option<HelpDesk>,
    pub targets: Vec<TargetResult>,
}

/// What was found of one family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyResult {
    #[serde(with = "coded")]
    pub state: FamilyState,
    #[serde(with = "coded")]
    pub why: Why,
    #[serde(with = "coded")]
    pub confidence: Confidence,
    /// What the device has.
    #[serde(with = "coded")]
    pub presence: Presence,
    /// As our endpoint saw the visitor.
    pub address: Option<Seen>,
}

/// An address, or the network that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    pub address: IpAddr,
    /// How many bits of it are told; the others are 0.
    pub prefix: u8,
}

impl Seen {
    /// Tells the whole address.
    pub fn whole(address: IpAddr) -> Self {
        Self { address, prefix: if address.is_ipv4() { 32 } else { 128 } }
    }

    /// Tells the network alone: /24 of IPv4, /48 of IPv6.
    pub fn shortened(address: IpAddr) -> Self {
        Self::cut(address.to_canonical(), if address.to_canonical().is_ipv4() { 24 } else { 48 })
    }

    /// Keeps so many bits; no more than there are.
    fn cut(address: IpAddr, prefix: u8) -> Self {
        match address {
            IpAddr::V4(ip) => {
                let prefix = prefix.min(32);
                let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
                Self { address: IpAddr::V4((ip.to_bits() & mask).into()), prefix }
            }
            IpAddr::V6(ip) => {
                let prefix = prefix.min(128);
                let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
                Self { address: IpAddr::V6((ip.to_bits() & mask).into()), prefix }
            }
        }
    }

    /// Whether nothing but the told bits is in it.
    pub fn is_clean(self) -> bool {
        Self::cut(self.address, self.prefix) == self
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_whole = self.prefix == if self.address.is_ipv4() { 32 } else { 128 };
        if is_whole { self.address.fmt(f) } else { write!(f, "{}/{}", self.address, self.prefix) }
    }
}

/// What one question gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionResult {
    #[serde(with = "coded")]
    pub question: Question,
    #[serde(with = "told")]
    pub told: Told,
    /// Of an answer, how long it took; of a failure, after how long it failed; in milliseconds.
    pub after_ms: Option<u32>,
    pub family: Option<Family>,
    pub connect_ms: Option<u32>,
    pub n_tries: u8,
    /// Left out where the browser shows none.
    #[serde(default, skip_serializing_if = "Phases::is_empty")]
    pub phases: Phases,
}

/// What the page noticed without asking anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactResult {
    pub fact: Fact,
    pub condition: Condition,
}

/// What was found of one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetResult {
    #[serde(with = "slug")]
    pub slug: Slug,
    pub ipv4: Option<RouteResult>,
    pub ipv6: Option<RouteResult>,
    pub dual_stack: Option<RouteResult>,
}

/// What was found of one route to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteResult {
    #[serde(with = "coded")]
    pub why: Why,
    pub verdict: Verdict,
    pub after_ms: Option<u32>,
}

/// How much of the visitor's addresses goes into a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tell {
    #[default]
    Networks,
    Addresses,
}

impl SelfTestResult {
    /// Returns the result of a run as it stands.
    pub fn of(run: &Run, now_ms: u32, at: Timestamp, tell: Tell) -> Self {
        Self::of_conclusion(run, &run.conclude(now_ms), now_ms, at, tell)
    }

    /// The same, where what follows from the run is known already.
    pub fn of_conclusion(run: &Run, what: &Conclusion, now_ms: u32, at: Timestamp, tell: Tell) -> Self {
        let evidence = run.evidence(now_ms);
        let presence = evidence.addresses.presence(what.preferred);
        let score = Inputs::of(run, now_ms).map(|inputs| score(&inputs));
        let seen = |family| {
            let readings = Question::ALL.into_iter().map(|question| run.reading(question, now_ms));
            let address = readings.filter(|r| r.family == Some(family)).find_map(|r| r.address)?;
            Some(match tell {
                Tell::Networks => Seen::shortened(address),
                Tell::Addresses => Seen::whole(address.to_canonical()),
            })
        };
        let questions = Question::ALL.into_iter().filter_map(|question| {
            let reading = run.reading(question, now_ms);
            (reading.told != Told::NotAsked).then_some(QuestionResult {
                question,
                told: reading.told,
                after_ms: reading.after_ms,
                family: reading.family,
                connect_ms: reading.connect_ms,
                n_tries: reading.n_tries,
                phases: reading.phases,
            })
        });
        let facts = Fact::ALL.map(|fact| FactResult { fact, condition: run.environment.get(fact) });
        Self {
            version: VERSION,
            at,
            sentence: what.sentence,
            why: what.why,
            confidence: what.confidence,
            preferred: what.preferred,
            families: PerFamily::from_fn(|family| {
                let finding = what.families.get(family);
                FamilyResult {
                    state: finding.state,
                    why: finding.why,
                    confidence: finding.confidence,
                    presence: *presence.get(family),
                    address: seen(family),
                }
            }),
            questions: questions.collect(),
            environment: facts.into_iter().filter(|noticed| noticed.condition != Condition::Unseen).collect(),
            score_ipv4: score.and_then(|score| score.ipv4),
            score_ipv6: score.and_then(|score| score.ipv6),
            helpdesk: score.and_then(|score| score.helpdesk),
            targets: Vec::new(),
        }
    }

    pub const fn side(&self) -> Side {
        self.why.side()
    }
}

/// What has a stable code.
trait Coded: Sized {
    fn code(&self) -> &'static str;
    fn from_code(code: &str) -> Option<Self>;
}

macro_rules! coded {
    ($($type:ident)+) => {
        $(impl Coded for $type {
            fn code(&self) -> &'static str {
                $type::code(*self)
            }

            fn from_code(code: &str) -> Option<Self> {
                $type::from_code(code)
            }
        })+
    };
}

coded!(Why Confidence FamilyState Presence Question);

mod coded {
    use super::{Coded, Cow, Deserialize, Deserializer, Serializer};
    use serde::de::Error as _;

    pub fn serialize<T: Coded, S: Serializer>(value: &T, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(value.code())
    }

    pub fn deserialize<'de, T: Coded, D: Deserializer<'de>>(d: D) -> Result<T, D::Error> {
        let code = Cow::<str>::deserialize(d)?;
        T::from_code(&code).ok_or_else(|| D::Error::custom("a code is not known"))
    }
}

/// A sentence is its code and its family, as `broken ipv6`.
mod sentence {
    use super::{Cow, Deserialize, Deserializer, Family, Sentence, Serializer};
    use serde::de::Error as _;

    pub fn serialize<S: Serializer>(sentence: &Sentence, s: S) -> Result<S::Ok, S::Error> {
        match sentence.family() {
            None => s.serialize_str(sentence.code()),
            Some(family) => s.serialize_str(&[sentence.code(), family.code()].join(" ")),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Sentence, D::Error> {
        let text = Cow::<str>::deserialize(d)?;
        let (code, family) = text.split_once(' ').unwrap_or((&text, ""));
        let family = Family::ALL.into_iter().find(|f| f.code() == family);
        Sentence::from_code(code, family).ok_or_else(|| D::Error::custom("a sentence is not known"))
    }
}

/// How a question stands is its cause, or its state where there is none.
mod told {
    use super::{Cow, Deserialize, Deserializer, Serializer, Told};
    use serde::de::Error as _;

    fn code(told: Told) -> &'static str {
        match told {
            Told::Overdue => "overdue",
            told => told.cause().unwrap_or(told.code()),
        }
    }

    pub fn serialize<S: Serializer>(told: &Told, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(code(*told))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Told, D::Error> {
        let text = Cow::<str>::deserialize(d)?;
        let told = Told::ALL.into_iter().find(|told| code(*told) == text);
        told.ok_or_else(|| D::Error::custom("a state is not known"))
    }
}

mod helpdesk {
    use super::{Cow, Deserialize, Deserializer, HelpDesk, Serialize, Serializer};
    use serde::de::Error as _;

    #[allow(clippy::ref_option)] // That is how serde hands it over.
    pub fn serialize<S: Serializer>(helpdesk: &Option<HelpDesk>, s: S) -> Result<S::Ok, S::Error> {
        helpdesk.map(|helpdesk| helpdesk.to_string()).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<HelpDesk>, D::Error> {
        let text = Option::<Cow<str>>::deserialize(d)?;
        let read = |text: Cow<str>| HelpDesk::parse(&text).ok_or_else(|| D::Error::custom("a code is not known"));
        text.map(read).transpose()
    }
}

mod slug {
    use super::{Cow, Deserialize, Deserializer, Serializer, Slug};
    use serde::de::Error as _;

    pub fn serialize<S: Serializer>(slug: &Slug, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(slug.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Slug, D::Error> {
        let text = Cow::<str>::deserialize(d)?;
        Slug::parse(&text).ok_or_else(|| D::Error::custom("a name is none"))
    }
}

#[cfg(test)]
mod tests;
