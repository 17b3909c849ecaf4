//! What the lab's DNS server knows of a name.

use super::play::Saying;
use crate::words::Dns;
use serde::{Deserialize, Deserializer, de};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// The records of one name, or how it misbehaves.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Name {
    pub a: Records,
    pub aaaa: Records,
    /// Every question is answered with this CNAME, followed by what the zone knows of its target.
    pub cname: Option<String>,
    /// For every type, instead of records.
    pub answer: Option<Dns>,
    /// For every type, instead of a message that is made of records: bytes.
    pub reply: Option<Reply>,
    pub ttl_s: u32,
    /// How long the server waits before it answers, in milliseconds.
    pub delay_ms: u64,
}

/// The bytes of an answer, whatever they are.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reply {
    pub says: Vec<Saying>,
    /// The length that stands before the message on a stream (RFC 1035 section 4.2.2), where it is not that of the bytes.
    pub length: Option<u16>,
    /// Bytes that are sent at once on a stream; `None`: all of them.
    pub piece: Option<usize>,
    /// The wait behind each piece, in milliseconds.
    pub pause_ms: u64,
}

impl Reply {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.says.iter().any(|saying| saying.times.is_none()) {
            return Err("an answer of a DNS server ends".to_owned());
        }
        self.says.iter().try_for_each(Saying::check)
    }
}

/// The answer for one record type.
#[derive(Clone, Debug, PartialEq)]
pub enum Records {
    /// Never empty; all of the type's own family.
    Addresses(Vec<IpAddr>),
    Does(Dns),
}

impl Default for Name {
    fn default() -> Self {
        let nothing = || Records::Does(Dns::Nodata);
        Self { a: nothing(), aaaa: nothing(), cname: None, answer: None, reply: None, ttl_s: 60, delay_ms: 0 }
    }
}

impl From<Dns> for Name {
    fn from(answer: Dns) -> Self {
        Self { answer: Some(answer), ..Self::default() }
    }
}

impl Name {
    /// Returns a name with these addresses; a family without one is NODATA.
    pub fn addresses(addresses: &[IpAddr]) -> Self {
        let of =
            |wanted: fn(&IpAddr) -> bool| Records::from(addresses.iter().copied().filter(wanted).collect::<Vec<_>>());
        Self { a: of(IpAddr::is_ipv4), aaaa: of(IpAddr::is_ipv6), ..Self::default() }
    }

    /// Returns a name that is on both loopback addresses.
    pub fn dual() -> Self {
        Self::addresses(&[Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
    }

    /// Returns an alias.
    pub fn cname(to: &str) -> Self {
        Self { cname: Some(super::canonical(to)), ..Self::default() }
    }
}

impl From<Vec<IpAddr>> for Records {
    fn from(addresses: Vec<IpAddr>) -> Self {
        if addresses.is_empty() { Self::Does(Dns::Nodata) } else { Self::Addresses(addresses) }
    }
}

/// A name as a script writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    a: Option<Records>,
    aaaa: Option<Records>,
    cname: Option<String>,
    answer: Option<Dns>,
    reply: Option<Reply>,
    #[serde(default = "default_ttl_s")]
    ttl_s: u32,
    #[serde(default)]
    delay_ms: u64,
}

fn default_ttl_s() -> u32 {
    Name::default().ttl_s
}

impl TryFrom<Written> for Name {
    type Error = String;

    fn try_from(w: Written) -> Result<Self, String> {
        let only = |records: Option<Records>, wanted: fn(&IpAddr) -> bool, family: &str| match records {
            Some(Records::Addresses(list)) if !list.iter().all(wanted) => Err(format!("expected {family} addresses")),
            other => Ok(other.unwrap_or(Records::Does(Dns::Nodata))),
        };
        Ok(Self {
            a: only(w.a, IpAddr::is_ipv4, "IPv4")?,
            aaaa: only(w.aaaa, IpAddr::is_ipv6, "IPv6")?,
            cname: w.cname.as_deref().map(super::canonical),
            answer: w.answer,
            reply: w.reply,
            ttl_s: w.ttl_s,
            delay_ms: w.delay_ms,
        })
    }
}

impl<'de> Deserialize<'de> for Records {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> de::Visitor<'de> for Reader {
            type Value = Records;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of addresses, or the word of a behaviour")
            }

            fn visit_str<E: de::Error>(self, word: &str) -> Result<Records, E> {
                let unknown = || E::invalid_value(de::Unexpected::Str(word), &self);
                Dns::from_word(word).map(Records::Does).ok_or_else(unknown)
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Records, A::Error> {
                Vec::<IpAddr>::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Records::from)
            }
        }

        d.deserialize_any(Reader)
    }
}
