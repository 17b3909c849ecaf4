//! DNS questions and answers as bytes, and what an answer means (RFC 1035, RFC 2308).

use crate::classify::{Failure, clip};
use dualwatch_core::measure::{cause::Cause, family::Family, sample::ExtendedError};
use hickory_proto::{
    op::{Edns, Message, MessageType, OpCode, Query, ResponseCode},
    rr::{
        Name, RData, RecordType,
        rdata::opt::{EdnsCode, EdnsOption},
    },
};
use std::{net::IpAddr, str::FromStr};

/// A question that is on its way.
#[derive(Clone, Debug)]
pub struct Question {
    pub id: u16,
    query: Query,
    pub bytes: Vec<u8>,
}

/// As many aliases of one answer are followed; resolvers stop earlier.
const MAX_ALIASES: usize = 32;
/// What a datagram may hold on any path (DNS flag day 2020); of no account over a stream.
const MAX_DATAGRAM: u16 = 1232;
/// As many extended errors of one answer are kept: each says something of its own.
const MAX_EXTENDED: usize = 4;
/// As many addresses of one answer are kept: no client tries more, and rounds are stored.
pub const MAX_ADDRESSES: usize = 64;

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Not empty, in the order of the answer. In `ttl_s` seconds the first record on the way to them is stale.
    Addresses { addresses: Vec<IpAddr>, ttl_s: u32 },
    /// The name is an alias, and the answer does not hold the addresses of the real one.
    Alias { name: Name, ttl_s: u32 },
    /// No address: NODATA, or a response code, and what is said of it (RFC 8914).
    Code { cause: Cause, rcode: String, extended: Vec<ExtendedError> },
}

/// Reads a name that somebody wrote. One that came in an answer stays as it came: labels may hold any bytes (RFC 2181 section
/// 11), dots among them, and not all of them can be read back from a text.
///
/// What is not ASCII is taken for an international name. All else is asked for as it stands: which names hosts should have is
/// no matter of the DNS, and a label may begin with a hyphen (RFC 2181 section 11).
pub fn name(text: &str) -> Result<Name, Failure> {
    let labels = || text.strip_suffix('.').unwrap_or(text).split('.').map(str::as_bytes);
    let name = match text {
        "." => Ok(Name::root()),
        // A backslash is an octet that cannot be written (RFC 1035 section 5.1).
        _ if text.is_ascii() && !text.contains('\\') => Name::from_labels(labels()),
        _ => Name::from_str(text),
    };
    let mut name = name.map_err(|e| Failure::measurement(format!("ask for `{text}`: {e}")))?;
    name.set_fqdn(true);
    Ok(name)
}

/// Whether a question says that its sender knows EDNS, without which nobody may say what an error is about (RFC 6891 section
/// 6.1.1, RFC 8914 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extensions {
    Known,
    /// For servers that take a question with extensions for no question.
    None,
}

/// Makes the question for the addresses of `name`. `id` 0 is what RFC 8484 section 4.1 asks for over HTTPS.
pub fn question(name: &Name, family: Family, extensions: Extensions, id: u16) -> Result<Question, Failure> {
    let record_type = match family {
        Family::Ipv4 => RecordType::A,
        Family::Ipv6 => RecordType::AAAA,
    };
    ask(name.clone(), record_type, extensions, id)
}

/// Makes the question for the records of `name` of a type, written as in zone files.
pub fn question_of(name: &str, record_type: &str, id: u16) -> Result<Question, Failure> {
    let record_type = RecordType::from_str(record_type)
        .map_err(|e| Failure::measurement(format!("ask for {record_type} of `{name}`: {e}")))?;
    ask(self::name(name)?, record_type, Extensions::None, id)
}

fn ask(name: Name, record_type: RecordType, extensions: Extensions, id: u16) -> Result<Question, Failure> {
    let query = Query::query(name, record_type);
    let mut message = Message::new(id, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(query.clone());
    if extensions == Extensions::Known {
        let mut edns = Edns::new();
        edns.set_max_payload(MAX_DATAGRAM);
        message.set_edns(edns);
    }
    let bytes = message.to_vec().map_err(|e| Failure::measurement(format!("ask: {e}")))?;
    Ok(Question { id, query, bytes })
}

/// What an answer says about one type of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub rcode: String,
    /// `None`: NOERROR.
    pub cause: Option<Cause>,
    /// Those of the type that was asked for, in their text form.
    pub records: Vec<String>,
}

/// Reads the answer to `question` for its records.
pub fn read_records(question: &Question, bytes: &[u8]) -> Result<Answer, Failure> {
    let message = check(question, bytes)?;
    let wanted = question.query.query_type();
    let of_type = message.answers.iter().filter(|r| r.record_type() == wanted).take(MAX_ADDRESSES);
    let code = message.metadata.response_code;
    Ok(Answer {
        rcode: rcode_text(code),
        cause: code_cause(code),
        records: of_type.map(|r| clip(&r.data.to_string())).collect(),
    })
}

/// Reads the answer to `question` for its addresses.
pub fn read(question: &Question, bytes: &[u8]) -> Result<Reply, Failure> {
    let message = check(question, bytes)?;
    let code = message.metadata.response_code;
    match code_cause(code) {
        None => addresses(question, &message),
        Some(cause) => Ok(Reply::Code { cause, rcode: rcode_text(code), extended: extended(&message) }),
    }
}

fn code_cause(code: ResponseCode) -> Option<Cause> {
    match code {
        ResponseCode::NoError => None,
        ResponseCode::NXDomain => Some(Cause::DnsNxdomain),
        ResponseCode::Refused => Some(Cause::DnsRefused),
        _ => Some(Cause::DnsServfail),
    }
}

/// Whether this is the answer to `question`. Anything else is `dns.malformed`.
fn check(question: &Question, bytes: &[u8]) -> Result<Message, Failure> {
    let malformed = |text: String| Failure::with_error(Cause::DnsMalformed, text);
    let message = Message::from_vec(bytes).map_err(|e| malformed(e.to_string()))?;
    if message.metadata.message_type != MessageType::Response {
        return Err(malformed("a question came back, not an answer".to_owned()));
    }
    if message.metadata.id != question.id {
        return Err(malformed(format!("the answer has id {}, not {}", message.metadata.id, question.id)));
    }
    // RFC 9619 section 4: a message with more than one question is not to be read, whatever else it says.
    if message.queries.len() > 1 {
        return Err(malformed(format!("the answer has {} questions", message.queries.len())));
    }
    // A server that could not read the question may leave it out; everybody else repeats it.
    let repeats = message.queries.iter().any(|q| {
        q.query_type() == question.query.query_type() && q.name().eq_ignore_root_and_case(question.query.name())
    });
    let could_not_read = message.queries.is_empty() && message.metadata.response_code != ResponseCode::NoError;
    if !repeats && !could_not_read {
        return Err(malformed("the answer is to another question".to_owned()));
    }
    if message.metadata.truncation {
        return Err(malformed("the answer is truncated, over a stream".to_owned()));
    }
    Ok(message)
}

/// Follows the aliases inside of one answer (RFC 1034 section 3.6.2), then takes the addresses.
fn addresses(question: &Question, message: &Message) -> Result<Reply, Failure> {
    let wanted = question.query.query_type();
    let mut path = vec![question.query.name()];
    let mut ttl_s = u32::MAX;
    loop {
        let name = path[path.len() - 1];
        let own = message.answers.iter().filter(|r| r.name.eq_ignore_root_and_case(name));
        let mut alias = None;
        let mut found = Vec::new();
        for record in own {
            match &record.data {
                RData::A(a) if wanted == RecordType::A => found.push(IpAddr::V4(a.0)),
                RData::AAAA(a) if wanted == RecordType::AAAA => found.push(IpAddr::V6(a.0)),
                RData::CNAME(target) => alias = Some(&target.0),
                _ => continue,
            }
            ttl_s = ttl_s.min(record.ttl);
        }
        match alias {
            _ if !found.is_empty() => {
                return Ok(Reply::Addresses { addresses: found, ttl_s });
            }
            Some(_) if path.len() > MAX_ALIASES => {
                let text = format!("more than {MAX_ALIASES} CNAMEs in one answer");
                return Err(Failure::with_error(Cause::DnsMalformed, text));
            }
            Some(next) if path.iter().any(|seen| seen.eq_ignore_root_and_case(next)) => {
                return Err(Failure::with_error(Cause::DnsMalformed, format!("CNAME loop at `{next}`")));
            }
            Some(next) => path.push(next),
            None => break,
        }
    }
    let end_is_known = message.authorities.iter().any(|r| matches!(r.data, RData::SOA(_)));
    Ok(match &path[..] {
        // An alias whose end the answer leaves open is ours to ask for.
        [_, .., end] if !end_is_known => Reply::Alias { name: end.to_lowercase(), ttl_s },
        _ => Reply::Code { cause: Cause::DnsNodata, rcode: "NOERROR".to_owned(), extended: extended(message) },
    })
}

/// Returns the extended errors of an answer (RFC 8914 section 2): a number, and a text for people.
fn extended(message: &Message) -> Vec<ExtendedError> {
    /// RFC 8914 section 5.2.
    const CODE: u16 = 15;
    let Some(edns) = &message.edns else { return Vec::new() };
    let of_it = edns.options().get_all(EdnsCode::Unknown(CODE)).into_iter();
    let read = of_it.filter_map(|option| match option {
        EdnsOption::Unknown(_, bytes) => {
            let (code, text) = bytes.split_first_chunk::<2>()?;
            let text = clip(String::from_utf8_lossy(text).trim_end_matches('\0'));
            Some(ExtendedError { code: u16::from_be_bytes(*code), text: (!text.is_empty()).then_some(text) })
        }
        _ => None,
    });
    read.take(MAX_EXTENDED).collect()
}

/// Returns the code by its name in the registry of IANA, where it is one that a resolver may answer a question with.
fn rcode_text(code: ResponseCode) -> String {
    let name = match u16::from(code) {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        6 => "YXDOMAIN",
        9 => "NOTAUTH",
        11 => "DSOTYPENI",
        16 => "BADVERS",
        23 => "BADCOOKIE",
        other => return format!("RCODE {other}"),
    };
    name.to_owned()
}

trait EqIgnore {
    fn eq_ignore_root_and_case(&self, other: &Self) -> bool;
}

impl EqIgnore for Name {
    fn eq_ignore_root_and_case(&self, other: &Self) -> bool {
        self.num_labels() == other.num_labels() && self.iter().zip(other.iter()).all(|(a, b)| a.eq_ignore_ascii_case(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::rr::{
        Record,
        rdata::{A, AAAA, CNAME},
    };

    fn name(text: &str) -> Name {
        super::name(text).unwrap()
    }

    fn answer(question: &Question, edit: impl FnOnce(&mut Message)) -> Vec<u8> {
        let mut message = Message::response(question.id, OpCode::Query);
        message.add_query(question.query.clone());
        edit(&mut message);
        message.to_vec().unwrap()
    }

    fn reply_of(cause: Cause, rcode: &str, extended: &[(u16, &str)]) -> Reply {
        let error = |(code, text): &(u16, &str)| {
            let text = (!text.is_empty()).then(|| (*text).to_owned());
            ExtendedError { code: *code, text }
        };
        Reply::Code { cause, rcode: rcode.to_owned(), extended: extended.iter().map(error).collect() }
    }

    fn check(family: Family, edit: impl FnOnce(&mut Message), expected: &Result<Reply, Cause>) {
        let q = question(&name("service.example"), family, Extensions::Known, 7).unwrap();
        let reply = read(&q, &answer(&q, edit)).map_err(|f| f.cause);
        assert_eq!(reply, *expected);
    }

    #[test]
    fn addresses_of_the_family_in_order() {
        let a = |last| Record::from_rdata(name("SERVICE.example"), 60, RData::A(A::new(192, 0, 2, last)));
        check(
            Family::Ipv4,
            |m| {
                m.add_answer(a(2)).add_answer(a(1));
            },
            &Ok(Reply::Addresses {
                addresses: vec!["192.0.2.2".parse().unwrap(), "192.0.2.1".parse().unwrap()],
                ttl_s: 60,
            }),
        );
    }

    #[test]
    fn aliases_are_followed_inside_of_the_answer() {
        let alias = |from: &str, to: &str| Record::from_rdata(name(from), 60, RData::CNAME(CNAME(name(to))));
        let end = Record::from_rdata(name("b.example"), 30, RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)));
        check(
            Family::Ipv6,
            |m| {
                m.add_answer(alias("service.example", "a.example"))
                    .add_answer(alias("a.example", "b.example"))
                    .add_answer(end);
            },
            &Ok(Reply::Addresses { addresses: vec!["2001:db8::1".parse().unwrap()], ttl_s: 30 }),
        );
        check(
            Family::Ipv6,
            |m| {
                m.add_answer(alias("service.example", "a.example"));
            },
            &Ok(Reply::Alias { name: name("a.example"), ttl_s: 60 }),
        );
        check(
            Family::Ipv6,
            |m| {
                m.add_answer(alias("service.example", "0.example"));
                for i in 0..200 {
                    m.add_answer(alias(&format!("{i}.example"), &format!("{}.example", i + 1)));
                }
            },
            &Err(Cause::DnsMalformed),
        );
    }

    #[test]
    fn an_alias_of_any_bytes_is_asked_for_as_it_came() {
        let odd = Name::from_labels([&b"\xff\0.\\.."[..], b"x"]).unwrap();
        let q = question(&name("service.example"), Family::Ipv4, Extensions::Known, 7).unwrap();
        let reply = read(
            &q,
            &answer(&q, |m| {
                m.add_answer(Record::from_rdata(name("service.example"), 60, RData::CNAME(CNAME(odd.clone()))));
            }),
        );
        let Ok(Reply::Alias { name: next, .. }) = reply else { panic!("{reply:?}") };
        let asked = Message::from_vec(&question(&next, Family::Ipv4, Extensions::Known, 8).unwrap().bytes).unwrap();
        assert!(asked.queries[0].name().eq_ignore_root_and_case(&odd));
    }

    #[test]
    fn codes() {
        check(Family::Ipv6, |_| {}, &Ok(reply_of(Cause::DnsNodata, "NOERROR", &[])));
        for (code, cause, text) in [
            (ResponseCode::NXDomain, Cause::DnsNxdomain, "NXDOMAIN"),
            (ResponseCode::ServFail, Cause::DnsServfail, "SERVFAIL"),
            (ResponseCode::Refused, Cause::DnsRefused, "REFUSED"),
        ] {
            check(Family::Ipv4, |m| m.metadata.response_code = code, &Ok(reply_of(cause, text, &[])));
        }
    }

    #[test]
    fn what_is_not_the_answer_is_malformed() {
        check(Family::Ipv4, |m| m.metadata.id = 8, &Err(Cause::DnsMalformed));
        check(Family::Ipv4, |m| m.metadata.truncation = true, &Err(Cause::DnsMalformed));
        check(Family::Ipv4, |m| m.metadata.message_type = MessageType::Query, &Err(Cause::DnsMalformed));
        check(
            Family::Ipv4,
            |m| m.queries = vec![Query::query(name("other.example"), RecordType::A)],
            &Err(Cause::DnsMalformed),
        );
        let q = question(&name("service.example"), Family::Ipv4, Extensions::Known, 7).unwrap();
        assert_eq!(read(&q, &[0; 5]).unwrap_err().cause, Cause::DnsMalformed);
    }

    #[test]
    fn what_is_said_of_an_error_is_kept() {
        let with = |options: &'static [&'static [u8]]| {
            move |m: &mut Message| {
                m.metadata.response_code = ResponseCode::ServFail;
                let mut edns = Edns::new();
                for bytes in options {
                    edns.options_mut().insert(EdnsOption::Unknown(15, bytes.to_vec()));
                }
                m.set_edns(edns);
            }
        };
        let failed = |extended: &[(u16, &str)]| Ok(reply_of(Cause::DnsServfail, "SERVFAIL", extended));
        check(Family::Ipv6, with(&[]), &failed(&[]));
        check(Family::Ipv6, with(&[b"\0\x06"]), &failed(&[(6, "")]));
        check(Family::Ipv6, with(&[b"\0\x16at delegation", b"\0\x17"]), &failed(&[(22, "at delegation"), (23, "")]));
        // A number cut in half is none.
        check(Family::Ipv6, with(&[b"\0"]), &failed(&[]));
    }

    #[test]
    fn a_question_says_that_its_sender_knows_extensions() {
        let edns = |extensions| {
            let q = question(&name("service.example"), Family::Ipv6, extensions, 7).unwrap();
            Message::from_vec(&q.bytes).unwrap().edns.map(|edns| edns.max_payload())
        };
        assert_eq!((edns(Extensions::Known), edns(Extensions::None)), (Some(1232), None));
    }
}
