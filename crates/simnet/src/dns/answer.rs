//! Decides what one DNS question is answered with.

use crate::{
    script::{BLANKS, Blanks, Name as Entry, Records, Reply as Written, canonical},
    words::Dns,
};
use hickory_proto::{
    op::{Edns, Message, MessageType, Metadata, OpCode, Query, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{CNAME, SOA, TXT, opt::EdnsOption},
    },
};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The time to live where the script gives none: answers that are themselves faults.
const TTL_S: u32 = 60;
/// Aliases that are followed within the zone before the rest is left to the client.
const MAX_ALIASES: usize = 16;

/// How a question came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Udp,
    /// TCP or HTTPS: answers of any length.
    Stream,
}

/// What the server does with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Bytes(Vec<u8>),
    /// Sent as a script says.
    Odd(Odd),
    /// Sent, and nothing after it.
    Last(Vec<u8>),
    Silence,
    Close,
}

/// An answer that a script gives byte by byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    pub bytes: Vec<u8>,
    /// What is said to be their length on a stream.
    pub length: u16,
    /// Bytes that are sent at once on a stream.
    pub piece: usize,
    /// The wait behind each piece.
    pub pause: Duration,
}

/// The names of a lab, which can change while it runs, and how often each was asked for.
#[derive(Default)]
pub struct Zone(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    names: BTreeMap<String, Entry>,
    n_questions: BTreeMap<String, u64>,
}

impl Zone {
    pub fn new(names: BTreeMap<String, Entry>) -> Self {
        Self(Mutex::new(Inner { names, n_questions: BTreeMap::new() }))
    }

    pub fn set(&self, name: &str, entry: Entry) {
        self.lock().names.insert(canonical(name), entry);
    }

    /// Returns how many questions of any type came in for a name.
    pub fn n_questions(&self, name: &str) -> u64 {
        self.lock().n_questions.get(&canonical(name)).copied().unwrap_or(0)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what to do with the bytes of a question, and how long to wait before.
    pub fn reply(&self, question: &[u8], transport: Transport) -> (Reply, Duration) {
        let Ok(message) = Message::from_vec(question) else {
            // RFC 1035 section 4.1.1: FORMERR, if there is at least an id to send it to.
            let Some(id) = question.first_chunk::<2>() else { return (Reply::Close, Duration::ZERO) };
            let error = Message::error_msg(u16::from_be_bytes(*id), OpCode::Query, ResponseCode::FormErr);
            return (encode(&error), Duration::ZERO);
        };
        let ([query], OpCode::Query, MessageType::Query) =
            (&message.queries[..], message.metadata.op_code, message.metadata.message_type)
        else {
            let error = Message::error_msg(message.metadata.id, message.metadata.op_code, ResponseCode::NotImp);
            return (encode(&error), Duration::ZERO);
        };
        let name = canonical(&written(query.name()));
        let mut inner = self.lock();
        *inner.n_questions.entry(name.clone()).or_default() += 1;
        let entry = inner.names.get(&name);
        let delay = Duration::from_millis(entry.map_or(0, |entry| entry.delay_ms));
        (answer(&inner.names, question, &message, query, transport), delay)
    }
}

/// Returns how a question of this type for a name is answered, where not with records.
fn behaviour(entry: &Entry, kind: RecordType) -> Option<Dns> {
    let records = match kind {
        _ if entry.answer.is_some() => return entry.answer,
        RecordType::A => &entry.a,
        RecordType::AAAA => &entry.aaaa,
        _ => return Some(Dns::Nodata),
    };
    match records {
        Records::Addresses(_) => None,
        Records::Does(does) => Some(*does),
    }
}

fn answer(
    names: &BTreeMap<String, Entry>,
    question: &[u8],
    message: &Message,
    query: &Query,
    transport: Transport,
) -> Reply {
    if let Some(written) = names.get(&canonical(&written(query.name()))).and_then(|entry| entry.reply.as_ref()) {
        return odd(written, question, query.query_type());
    }
    let mut reply = base(message, query);
    let Some(owner) = follow(names, query, &mut reply) else { return encode(&reply) };
    let kind = query.query_type();
    let Some(entry) = names.get(&canonical(&written(&owner))) else {
        // RFC 2308 section 2.1: an alias is answered together with the NXDOMAIN of its target.
        return encode(negative(reply, ResponseCode::NXDomain));
    };
    let Some(does) = behaviour(entry, kind) else {
        if let Records::Addresses(list) = if kind == RecordType::A { &entry.a } else { &entry.aaaa } {
            reply.add_answers(list.iter().map(|ip| address(&owner, *ip, entry.ttl_s)));
        }
        return encode(&reply);
    };
    match does {
        Dns::Nxdomain => encode(negative(reply, ResponseCode::NXDomain)),
        Dns::Nodata => encode(negative(reply, ResponseCode::NoError)),
        Dns::Servfail => encode(status(reply, ResponseCode::ServFail)),
        Dns::Refused => encode(status(reply, ResponseCode::Refused)),
        Dns::Silent => Reply::Silence,
        Dns::Close if transport == Transport::Udp => Reply::Silence,
        Dns::Close => Reply::Close,
        Dns::Malformed => Reply::Bytes([&question[..2], b"this is not a DNS message"].concat()),
        Dns::Cut => {
            reply.add_answers(stand_in(&owner, kind));
            match encode(&reply) {
                Reply::Bytes(mut bytes) => {
                    bytes.truncate(bytes.len() - 3);
                    Reply::Bytes(bytes)
                }
                other => other,
            }
        }
        Dns::MismatchedId => {
            reply.metadata.id = !message.metadata.id;
            reply.add_answers(stand_in(&owner, kind));
            encode(&reply)
        }
        Dns::MismatchedQuestion => {
            let other = parse("another-question.example");
            reply.queries = vec![Query::query(other.clone(), kind)];
            reply.add_answers(stand_in(&other, kind));
            encode(&reply)
        }
        Dns::OtherType => {
            let text = RData::TXT(TXT::new(vec!["not what was asked for".to_owned()]));
            reply.add_answer(Record::from_rdata(owner, TTL_S, text));
            encode(&reply)
        }
        Dns::QueryEcho => Reply::Bytes(question.to_vec()),
        Dns::Truncated if transport == Transport::Udp => {
            reply.metadata.truncation = true;
            encode(&reply)
        }
        Dns::Truncated => {
            reply.add_answers(stand_in(&owner, kind));
            encode(&reply)
        }
        Dns::Bogus => encode(extended(message, status(reply, ResponseCode::ServFail), 7, "expired on Sunday")),
        Dns::Blocked => encode(extended(message, negative(reply, ResponseCode::NXDomain), 15, "")),
        Dns::Unreached => {
            encode(extended(message, status(reply, ResponseCode::ServFail), 22, "at delegation lab.test"))
        }
        Dns::NoExtensions if message.edns.is_some() => encode(status(reply, ResponseCode::FormErr)),
        Dns::NoExtensions => {
            reply.add_answers(stand_in(&owner, kind));
            encode(&reply)
        }
        Dns::OneAnswer => {
            reply.add_answers(stand_in(&owner, kind));
            match encode(&reply) {
                Reply::Bytes(bytes) => Reply::Last(bytes),
                other => other,
            }
        }
        Dns::CnameLoop => {
            let other = parse(&format!("loop.{}", owner.to_ascii()));
            reply.add_answer(alias(&owner, &other, TTL_S));
            reply.add_answer(alias(&other, &owner, TTL_S));
            encode(&reply)
        }
    }
}

/// Fills in what a script leaves open: of the question, and a loopback address of its type with the length before it.
fn odd(written: &Written, question: &[u8], kind: RecordType) -> Reply {
    /// RFC 1035 section 4.1.1: the head of a message; the question stands behind it, and nothing else where no EDNS is.
    const HEAD: usize = 12;
    let end_of_name = question[HEAD..].iter().position(|b| *b == 0).map_or(question.len(), |at| HEAD + at + 1);
    let address: IpAddr = match kind {
        RecordType::AAAA => Ipv6Addr::LOCALHOST.into(),
        _ => Ipv4Addr::LOCALHOST.into(),
    };
    let address = match address {
        IpAddr::V4(ip) => [&[0, 4][..], &ip.octets()].concat(),
        IpAddr::V6(ip) => [&[0, 16][..], &ip.octets()].concat(),
    };
    let mut blanks: Blanks = BLANKS.iter().map(|name| (*name, Vec::new())).collect();
    blanks.insert("id", question[..2].to_vec());
    blanks.insert("question", question[HEAD..(end_of_name + 4).min(question.len())].to_vec());
    blanks.insert("type", u16::from(kind).to_be_bytes().to_vec());
    blanks.insert("address", address);
    let mut bytes = Vec::new();
    for saying in &written.says {
        // A script that was checked can be filled in.
        bytes.extend((0..saying.times.unwrap_or(0)).flat_map(|i| saying.bytes(&blanks, i).unwrap_or_default()));
    }
    Reply::Odd(Odd {
        length: written.length.unwrap_or(bytes.len() as u16),
        piece: written.piece.unwrap_or(usize::MAX),
        pause: Duration::from_millis(written.pause_ms),
        bytes,
    })
}

/// Follows aliases within the zone (RFC 1034 section 4.3.2) and returns whose records are wanted; nothing where
/// the aliases themselves are the answer.
fn follow(names: &BTreeMap<String, Entry>, query: &Query, reply: &mut Message) -> Option<Name> {
    let mut owner = query.name().clone();
    for _ in 0..MAX_ALIASES {
        let alias_of = names.get(&canonical(&written(&owner))).and_then(|e| Some((e.cname.as_ref()?, e.ttl_s)));
        let Some((to, ttl_s)) = alias_of else { return Some(owner) };
        let to = parse(to);
        reply.add_answer(alias(&owner, &to, ttl_s));
        if query.query_type() == RecordType::CNAME || to == *query.name() {
            return None;
        }
        owner = to;
    }
    None
}

fn base(message: &Message, query: &Query) -> Message {
    let mut reply = Message::response(message.metadata.id, OpCode::Query);
    reply.metadata = Metadata::response_from_request(&message.metadata);
    reply.metadata.authoritative = true;
    // Clients set RD and some insist on RA: this server stands where their resolver stands.
    reply.metadata.recursion_available = true;
    reply.add_query(query.clone());
    reply
}

fn status(mut reply: Message, code: ResponseCode) -> Message {
    reply.metadata.response_code = code;
    reply
}

/// RFC 8914 section 2: only for those who say that they know EDNS.
fn extended(question: &Message, mut reply: Message, code: u16, text: &str) -> Message {
    if question.edns.is_some() {
        let mut edns = Edns::new();
        edns.options_mut().insert(EdnsOption::Unknown(15, [&code.to_be_bytes()[..], text.as_bytes()].concat()));
        reply.set_edns(edns);
    }
    reply
}

/// RFC 2308 section 3: negative answers carry the SOA.
fn negative(reply: Message, code: ResponseCode) -> Message {
    let mut reply = status(reply, code);
    reply.add_authority(authority());
    reply
}

fn authority() -> Record {
    let soa = SOA::new(parse("ns.lab.test"), parse("hostmaster.lab.test"), 1, 3600, 600, 86_400, 60);
    Record::from_rdata(Name::root(), TTL_S, RData::SOA(soa))
}

/// A loopback address, for answers whose fault lies elsewhere.
fn stand_in(owner: &Name, kind: RecordType) -> Option<Record> {
    let ip: IpAddr = match kind {
        RecordType::A => Ipv4Addr::LOCALHOST.into(),
        RecordType::AAAA => Ipv6Addr::LOCALHOST.into(),
        _ => return None,
    };
    Some(address(owner, ip, TTL_S))
}

fn address(owner: &Name, ip: IpAddr, ttl_s: u32) -> Record {
    let data = match ip {
        IpAddr::V4(ip) => RData::A(ip.into()),
        IpAddr::V6(ip) => RData::AAAA(ip.into()),
    };
    Record::from_rdata(owner.clone(), ttl_s, data)
}

fn alias(owner: &Name, to: &Name, ttl_s: u32) -> Record {
    Record::from_rdata(owner.clone(), ttl_s, RData::CNAME(CNAME(to.clone())))
}

/// A name as scripts write it: its labels as they are, with no sign escaped.
fn written(name: &Name) -> String {
    let labels: Vec<_> = name.iter().map(String::from_utf8_lossy).collect();
    labels.join(".")
}

/// A name that DNS cannot hold becomes the root, which no client asks for.
fn parse(name: &str) -> Name {
    let labels = name.strip_suffix('.').unwrap_or(name).split('.').map(str::as_bytes);
    let mut name = Name::from_labels(labels).unwrap_or_else(|_| Name::root());
    name.set_fqdn(true);
    name
}

fn encode(reply: impl std::borrow::Borrow<Message>) -> Reply {
    // A message that cannot be written (too long) is one that never comes.
    reply.borrow().to_vec().map_or(Reply::Silence, Reply::Bytes)
}
