//! A result in the fragment of an address: a few hundred bytes, read to the last bit or not at all.
//!
//! `d` `w`, the version, then what [`SelfTestResult`] holds in its order, then a checksum; all of it in base64url. Numbers
//! are varints, codes are places in their lists (a change of a list is another version; a test pins them), absence is 0.
//! There is no compression to be bombed with: it is shorter than the same document in JSON, deflated.

use super::{
    FactResult, FamilyResult, MAX_TARGETS, QuestionResult, RouteResult, Seen, SelfTestResult, TargetResult, VERSION,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use dualwatch_core::{
    judge::verdict::Verdict,
    measure::{
        family::{Family, PerFamily},
        slug::Slug,
        time::Timestamp,
    },
    self_test::{
        addresses::Presence,
        answer::{Phases, Protocol},
        environment::{Condition, Fact},
        family::FamilyState,
        question::Question,
        score::{Code, HelpDesk},
        sentence::Sentence,
        told::Told,
        why::{Confidence, Why},
    },
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use unsigned_varint::{decode, encode};

/// Longer texts are not looked at. A result with a hundred services has about 6,000.
pub const MAX_SHARED_BYTES: usize = 16 * 1024;

/// The first bytes of every version.
const MAGIC: [u8; 2] = *b"dw";

/// The version of this form. Since the first one, lists have only become longer: that is read as well.
const FORM: u8 = 2;

/// Why a text is not a result that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Longer than any result.
    TooLong,
    /// It is something else.
    NotOurs,
    /// Of a version that is newer than this page.
    Later(u8),
    /// Cut off or changed on its way.
    Damaged,
    /// Whole, and yet not what a page of ours writes.
    Malformed,
}

/// Writes a result as the text of a fragment. Services beyond the first hundred are left out.
pub fn write_shared(result: &SelfTestResult) -> String {
    let mut w = Writer(Vec::with_capacity(256));
    w.0.extend_from_slice(&MAGIC);
    w.0.push(FORM);
    w.number(result.at.unix_ms().max(0).cast_unsigned());
    w.place(&Sentence::all(), &result.sentence);
    w.place(Why::ALL, &result.why);
    w.place(&Confidence::ALL, &result.confidence);
    w.maybe(result.preferred.map(|family| family as u64));
    for (_, family) in result.families.iter() {
        w.place(&FamilyState::ALL, &family.state);
        w.place(Why::ALL, &family.why);
        w.place(&Confidence::ALL, &family.confidence);
        w.place(&Presence::ALL, &family.presence);
        w.seen(family.address);
    }
    w.number(result.questions.len() as u64);
    for question in &result.questions {
        w.place(&Question::ALL, &question.question);
        w.place(&Told::ALL, &question.told);
        w.maybe(question.after_ms.map(u64::from));
        w.maybe(question.family.map(|family| family as u64));
        w.maybe(question.connect_ms.map(u64::from));
        w.number(question.n_tries.into());
        w.phases(&question.phases);
    }
    w.number(result.environment.len() as u64);
    for noticed in &result.environment {
        w.place(&Fact::ALL, &noticed.fact);
        w.place(&Condition::ALL, &noticed.condition);
    }
    w.maybe(result.score_ipv4.map(u64::from));
    w.maybe(result.score_ipv6.map(u64::from));
    w.maybe(result.helpdesk.map(|h| h.code as u64 * 4 + u64::from(h.mtu) * 2 + u64::from(h.slow)));
    w.number(result.targets.len().min(MAX_TARGETS) as u64);
    for target in result.targets.iter().take(MAX_TARGETS) {
        w.number(target.slug.as_str().len() as u64);
        w.0.extend_from_slice(target.slug.as_str().as_bytes());
        for route in [target.ipv4, target.ipv6, target.dual_stack] {
            match route {
                None => w.number(0),
                Some(route) => {
                    w.number(1);
                    w.place(Why::ALL, &route.why);
                    w.place(Verdict::ALL, &route.verdict);
                    w.maybe(route.after_ms.map(u64::from));
                }
            }
        }
    }
    let sum = checksum(&w.0);
    w.0.extend_from_slice(&sum.to_le_bytes());
    URL_SAFE_NO_PAD.encode(w.0)
}

/// Reads the text of a fragment. What it returns was checked to the last byte; nothing else of the text is to be shown.
pub fn read_shared(text: &str) -> Result<SelfTestResult, Unreadable> {
    if text.len() > MAX_SHARED_BYTES {
        return Err(Unreadable::TooLong);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Unreadable::NotOurs)?;
    let rest = bytes.strip_prefix(&MAGIC).ok_or(Unreadable::NotOurs)?;
    match rest.first() {
        None => return Err(Unreadable::Damaged),
        Some(0) => return Err(Unreadable::Malformed),
        Some(version) if *version > FORM => return Err(Unreadable::Later(*version)),
        Some(_) => {}
    }
    let (body, sum) = bytes.split_last_chunk::<4>().ok_or(Unreadable::Damaged)?;
    if checksum(body).to_le_bytes() != *sum {
        return Err(Unreadable::Damaged);
    }
    let mut reader = Reader(body.get(MAGIC.len() + 1..).ok_or(Unreadable::Damaged)?);
    let result = reader.result()?;
    if reader.0.is_empty() { Ok(result) } else { Err(Unreadable::Malformed) }
}

/// FNV-1a over 32 bits: it finds what a mail program cut off or broke, and protects against nobody.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, n: u64) {
        self.0.extend_from_slice(encode::u64(n, &mut encode::u64_buffer()));
    }

    /// Absence is 0, so that a value is one more.
    fn maybe(&mut self, n: Option<u64>) {
        self.number(n.map_or(0, |n| n + 1));
    }

    /// Every value is in the list of all.
    fn place<T: PartialEq>(&mut self, all: &[T], value: &T) {
        let place = all.iter().position(|other| other == value).unwrap_or(0);
        self.number(place as u64);
    }

    /// Where there are none, one byte says so.
    fn phases(&mut self, phases: &Phases) {
        self.number(u64::from(!phases.is_empty()));
        if !phases.is_empty() {
            for ms in [phases.resolve_ms, phases.connect_ms, phases.tls_ms, phases.first_byte_ms] {
                self.maybe(ms.map(u64::from));
            }
            self.maybe(phases.protocol.map(|protocol| protocol as u64));
        }
    }

    fn seen(&mut self, seen: Option<Seen>) {
        self.maybe(seen.map(|seen| seen.prefix.into()));
        match seen.map(|seen| seen.address) {
            None => {}
            Some(IpAddr::V4(ip)) => {
                self.0.push(4);
                self.0.extend_from_slice(&ip.octets());
            }
            Some(IpAddr::V6(ip)) => {
                self.0.push(6);
                self.0.extend_from_slice(&ip.octets());
            }
        }
    }
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

type Read<T> = Result<T, Unreadable>;

impl Reader<'_> {
    fn number(&mut self) -> Read<u64> {
        let (n, rest) = decode::u64(self.0).map_err(|_| Unreadable::Malformed)?;
        self.0 = rest;
        Ok(n)
    }

    fn maybe(&mut self) -> Read<Option<u64>> {
        Ok(self.number()?.checked_sub(1))
    }

    fn small<T: TryFrom<u64>>(&mut self) -> Read<Option<T>> {
        self.maybe()?.map(T::try_from).transpose().map_err(|_| Unreadable::Malformed)
    }

    fn place<T: Copy>(&mut self, all: &[T]) -> Read<T> {
        at(all, self.number()?)
    }

    fn maybe_place<T: Copy>(&mut self, all: &[T]) -> Read<Option<T>> {
        self.maybe()?.map(|place| at(all, place)).transpose()
    }

    fn bytes(&mut self, n: usize) -> Read<&[u8]> {
        let (bytes, rest) = self.0.split_at_checked(n).ok_or(Unreadable::Malformed)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        self.bytes(N)?.try_into().map_err(|_| Unreadable::Malformed)
    }

    /// How many of something follow, each of them at least a byte long.
    fn count(&mut self, most: usize) -> Read<usize> {
        let n = usize::try_from(self.number()?).map_err(|_| Unreadable::Malformed)?;
        if n <= most && n <= self.0.len() { Ok(n) } else { Err(Unreadable::Malformed) }
    }

    fn seen(&mut self) -> Read<Option<Seen>> {
        let Some(prefix) = self.small()? else { return Ok(None) };
        let address = match self.array()? {
            [4] => IpAddr::V4(Ipv4Addr::from(self.array::<4>()?)),
            [6] => IpAddr::V6(Ipv6Addr::from(self.array::<16>()?)),
            [_] => return Err(Unreadable::Malformed),
        };
        let seen = Seen { address, prefix };
        if seen.is_clean() { Ok(Some(seen)) } else { Err(Unreadable::Malformed) }
    }

    fn family(&mut self) -> Read<FamilyResult> {
        Ok(FamilyResult {
            state: self.place(&FamilyState::ALL)?,
            why: self.place(Why::ALL)?,
            confidence: self.place(&Confidence::ALL)?,
            presence: self.place(&Presence::ALL)?,
            address: self.seen()?,
        })
    }

    fn question(&mut self) -> Read<QuestionResult> {
        Ok(QuestionResult {
            question: self.place(&Question::ALL)?,
            told: self.place(&Told::ALL)?,
            after_ms: self.small()?,
            family: self.maybe_place(&Family::ALL)?,
            connect_ms: self.small()?,
            n_tries: self.number()?.try_into().map_err(|_| Unreadable::Malformed)?,
            phases: self.phases()?,
        })
    }

    fn phases(&mut self) -> Read<Phases> {
        if self.number()? == 0 {
            return Ok(Phases::default());
        }
        Ok(Phases {
            resolve_ms: self.small()?,
            connect_ms: self.small()?,
            tls_ms: self.small()?,
            first_byte_ms: self.small()?,
            protocol: self.maybe_place(&Protocol::ALL)?,
        })
    }

    fn noticed(&mut self) -> Read<FactResult> {
        Ok(FactResult { fact: self.place(&Fact::ALL)?, condition: self.place(&Condition::ALL)? })
    }

    fn route(&mut self) -> Read<Option<RouteResult>> {
        match self.number()? {
            0 => Ok(None),
            1 => Ok(Some(RouteResult {
                why: self.place(Why::ALL)?,
                verdict: self.place(Verdict::ALL)?,
                after_ms: self.small()?,
            })),
            _ => Err(Unreadable::Malformed),
        }
    }

    fn target(&mut self) -> Read<TargetResult> {
        let n = self.count(Slug::MAX_BYTES)?;
        let slug = std::str::from_utf8(self.bytes(n)?).ok().and_then(Slug::parse).ok_or(Unreadable::Malformed)?;
        Ok(TargetResult { slug, ipv4: self.route()?, ipv6: self.route()?, dual_stack: self.route()? })
    }

    fn helpdesk(&mut self) -> Read<Option<HelpDesk>> {
        let Some(n) = self.maybe()? else { return Ok(None) };
        Ok(Some(HelpDesk { code: at(&Code::ALL, n / 4)?, mtu: n & 2 != 0, slow: n & 1 != 0 }))
    }

    fn result(&mut self) -> Read<SelfTestResult> {
        let at_ms = i64::try_from(self.number()?).unwrap_or(i64::MAX);
        let result = SelfTestResult {
            version: VERSION,
            at: Timestamp::from_unix_ms(at_ms),
            sentence: self.place(&Sentence::all())?,
            why: self.place(Why::ALL)?,
            confidence: self.place(&Confidence::ALL)?,
            preferred: self.maybe_place(&Family::ALL)?,
            families: PerFamily { ipv4: self.family()?, ipv6: self.family()? },
            questions: {
                let n = self.count(Question::ALL.len())?;
                (0..n).map(|_| self.question()).collect::<Read<_>>()?
            },
            environment: {
                let n = self.count(Fact::ALL.len())?;
                (0..n).map(|_| self.noticed()).collect::<Read<_>>()?
            },
            score_ipv4: self.small()?,
            score_ipv6: self.small()?,
            helpdesk: self.helpdesk()?,
            targets: {
                let n = self.count(MAX_TARGETS)?;
                (0..n).map(|_| self.target()).collect::<Read<_>>()?
            },
        };
        let is_ordered = result.questions.windows(2).all(|pair| pair[0].question < pair[1].question)
            && result.environment.windows(2).all(|pair| pair[0].fact < pair[1].fact);
        let is_score = |score: Option<u8>| score.is_none_or(|score| score <= 10);
        let is_one = is_ordered && is_score(result.score_ipv4) && is_score(result.score_ipv6);
        if is_one && at_ms <= MAX_UNIX_MS { Ok(result) } else { Err(Unreadable::Malformed) }
    }
}

fn at<T: Copy>(all: &[T], place: u64) -> Read<T> {
    usize::try_from(place).ok().and_then(|place| all.get(place)).copied().ok_or(Unreadable::Malformed)
}

/// The end of the year 9999: what every calendar can print.
const MAX_UNIX_MS: i64 = 253_402_300_799_999;
