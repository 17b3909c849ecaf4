//! What goes to and fro: machines behind one name or address that are not alike.

use super::{Change, LOOK_BACK_MS, What};
use crate::{
    judge::consistency::Aspect,
    measure::{
        bytes::{Reader, Unreadable, Writer},
        family::Family,
        time::Timestamp,
        veil::Veil,
    },
};
use serde::{Deserialize, Serialize};
use std::{mem::discriminant, net::IpAddr};

/// So many turns are no deployment that was taken back: to, fro, and to again.
const TURNS: u8 = 3;

/// Of longer lists of addresses a resolver picks some each time.
const MAX_ADDRESSES: usize = 4;

/// What a family shows in turns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Alternation {
    pub family: Family,
    pub aspect: Aspect,
    /// The two values; of a certificate and of a body the first digits of its SHA-256, addresses with spaces in between.
    pub values: [String; 2],
}

/// What a family shows of one aspect, what it showed before, and how often it went from one of the two to the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turns {
    aspect: Aspect,
    now: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    n: u8,
    /// When it turned last, or was seen first.
    at: Timestamp,
}

/// The order belongs to the version of the bytes.
const ASPECTS: [Aspect; 6] =
    [Aspect::Addresses, Aspect::Status, Aspect::Certificate, Aspect::Redirect, Aspect::Server, Aspect::Body];

impl Turns {
    fn turn(&mut self, now: &str, at: Timestamp) {
        // What came back after days is no machine that each connection meets by chance.
        let is_back = self.before.as_deref() == Some(now) && at.ms_since(self.at) < LOOK_BACK_MS;
        self.n = if is_back { self.n.saturating_add(1) } else { 1 };
        self.before = Some(std::mem::replace(&mut self.now, now.to_owned()));
        self.at = at;
    }

    const fn goes_to_and_fro(&self) -> bool {
        self.n >= TURNS
    }

    pub(super) fn alternation(&self, family: Family, now: Timestamp) -> Option<Alternation> {
        let before = self.before.as_ref().filter(|_| self.goes_to_and_fro() && self.at > now - LOOK_BACK_MS)?;
        let mut values = [self.now.clone(), before.clone()];
        values.sort_unstable();
        Some(Alternation { family, aspect: self.aspect, values })
    }

    pub(super) fn write(&self, writer: &mut Writer, base: Timestamp) {
        let Self { aspect, now, before, n, at } = self;
        writer.number(ASPECTS.iter().position(|of| of == aspect).unwrap_or_default() as u64);
        writer.bytes(now.as_bytes());
        writer.maybe(before.as_ref(), |writer, before| writer.bytes(before.as_bytes()));
        writer.number(*n);
        writer.time(*at, base);
    }

    pub(super) fn read(reader: &mut Reader<'_>, base: Timestamp) -> Result<Self, Unreadable> {
        let aspect = *ASPECTS.get(reader.fitting::<usize>()?).ok_or(Unreadable::Range)?;
        let (now, before) = (reader.text()?, reader.maybe(Reader::text)?);
        Ok(Self { aspect, now, before, n: reader.fitting()?, at: reader.time(base)? })
    }
}

/// Notes that a family shows another value than before; returns whether it goes to and fro between the two.
pub(super) fn note(turns: &mut Vec<Turns>, what: &What, at: Timestamp) -> bool {
    let Some((aspect, before, after)) = turn(what) else { return false };
    // What it showed since the last turn that was noted is what it showed just before this one.
    turns.retain(|turns| turns.aspect != aspect || turns.now == before);
    look(turns, aspect, &before, at);
    look(turns, aspect, &after, at);
    turns.iter().any(|turns| turns.aspect == aspect && turns.goes_to_and_fro())
}

/// Notes what a family shows of what is no change by itself: pages that are made anew are never the same.
pub(super) fn look(turns: &mut Vec<Turns>, aspect: Aspect, seen: &str, at: Timestamp) {
    match turns.iter_mut().find(|turns| turns.aspect == aspect) {
        None => turns.push(Turns::new(aspect, seen, at)),
        Some(known) if known.now != seen => known.turn(seen, at),
        Some(_) => {}
    }
}

/// Forgets turns that are too long ago to say anything.
pub(super) fn forget(turns: &mut Vec<Turns>, now: Timestamp) {
    turns.retain(|turns| turns.aspect == Aspect::Body || turns.at > now - LOOK_BACK_MS);
}

impl Turns {
    fn new(aspect: Aspect, now: &str, at: Timestamp) -> Self {
        Self { aspect, now: now.to_owned(), before: None, n: 0, at }
    }
}

/// Keeps of changes that go to and fro the newest two of their kind: they are one remark, and other changes have room.
pub(super) fn thin(changes: &mut Vec<Change>, family: Family, what: &What) {
    let is_alike = |c: &Change| c.family == family && discriminant(&c.what) == discriminant(what);
    while changes.iter().filter(|c| is_alike(c)).count() > 1
        && let Some(oldest) = changes.iter().position(is_alike)
    {
        changes.remove(oldest);
    }
}

impl Alternation {
    /// Takes out what is not told of the target. Returns whether anything is left to tell.
    pub fn veil(&mut self, veil: &Veil) -> bool {
        for value in &mut self.values {
            match self.aspect {
                Aspect::Addresses => return !veil.hides_address(),
                Aspect::Redirect if veil.hides_url() => return false,
                Aspect::Certificate | Aspect::Body => veil.digest(value),
                Aspect::Redirect | Aspect::Server => veil.text(value),
                Aspect::Status => {}
            }
        }
        true
    }

    pub(super) fn is_of(&self, change: &Change) -> bool {
        self.family == change.family && turn(&change.what).is_some_and(|(aspect, ..)| aspect == self.aspect)
    }
}

/// Returns what of a change can alternate: from which value to which.
fn turn(what: &What) -> Option<(Aspect, String, String)> {
    match what {
        What::Certificate { before, after, .. } => Some((Aspect::Certificate, before.clone(), after.clone())),
        What::Server { before, after } => Some((Aspect::Server, before.clone(), after.clone())),
        What::Status { before, after } => Some((Aspect::Status, before.to_string(), after.to_string())),
        What::Addresses { before, after } => Some((Aspect::Addresses, listed(before)?, listed(after)?)),
        // What is made of numbers is never the same.
        What::Ttl { .. } | What::Latency { .. } => None,
    }
}

fn listed(addresses: &[IpAddr]) -> Option<String> {
    let listed = || addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    (addresses.len() <= MAX_ADDRESSES).then(listed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::time::{DAY, MINUTE};

    fn found(turns: &[Turns], now: Timestamp) -> Vec<Alternation> {
        turns.iter().filter_map(|turns| turns.alternation(Family::Ipv6, now)).collect()
    }

    /// The statuses of rounds so far apart, in milliseconds.
    fn check(statuses: &[u16], apart: i64, expected: Option<[&str; 2]>) {
        let (mut turns, mut at) = (Vec::new(), Timestamp::from_unix_ms(0));
        let mut bodies = Vec::new();
        look(&mut bodies, Aspect::Body, &statuses[0].to_string(), at);
        for pair in statuses.windows(2) {
            at = at + apart;
            look(&mut bodies, Aspect::Body, &pair[1].to_string(), at);
            if pair[0] != pair[1] {
                note(&mut turns, &What::Status { before: pair[0], after: pair[1] }, at);
            }
        }
        for (turns, aspect) in [(turns, Aspect::Status), (bodies, Aspect::Body)] {
            let found = found(&turns, at);
            let values = found.first().map(|found| found.values.each_ref().map(String::as_str));
            assert_eq!(values, expected, "{statuses:?}");
            assert!(found.len() <= 1 && found.iter().all(|found| found.aspect == aspect));
        }
    }

    #[test]
    fn what_goes_to_and_fro_is_told_from_what_changed() {
        check(&[200, 200, 204, 204], MINUTE, None);
        check(&[200, 204, 200], MINUTE, None);
        check(&[200, 204, 200, 200, 204], MINUTE, Some(["200", "204"]));
        check(&[200, 204, 200, 204, 206], MINUTE, None);
        check(&[200, 204, 206, 204, 206, 204], MINUTE, Some(["204", "206"]));
        // What is made anew for every visitor.
        check(&[201, 202, 203, 204, 205, 206, 207], MINUTE, None);
        // Deployments that were taken back, days apart.
        check(&[200, 204, 200, 204], 2 * DAY, None);
    }

    #[test]
    fn addresses_that_take_turns_are_one_remark() {
        let of = |last: &[u8]| last.iter().map(|n| IpAddr::from([192, 0, 2, *n])).collect::<Vec<_>>();
        let check = |lists: &[&[u8]], expected: Option<[&str; 2]>| {
            let (mut turns, at) = (Vec::new(), Timestamp::from_unix_ms(0));
            for pair in lists.windows(2) {
                note(&mut turns, &What::Addresses { before: of(pair[0]), after: of(pair[1]) }, at);
            }
            let found = found(&turns, at);
            assert_eq!(found.first().map(|found| found.values.each_ref().map(String::as_str)), expected);
        };
        check(&[&[1], &[2], &[1], &[2]], Some(["192.0.2.1", "192.0.2.2"]));
        check(&[&[1, 2], &[3], &[1, 2], &[3]], Some(["192.0.2.1 192.0.2.2", "192.0.2.3"]));
        check(&[&[1], &[2], &[3], &[1], &[2], &[3]], None);
        check(&[&[1, 2, 3, 4, 5], &[6], &[1, 2, 3, 4, 5], &[6]], None);
    }

    #[test]
    fn turns_survive_as_bytes() {
        let (mut turns, at) = (Vec::new(), Timestamp::from_unix_ms(DAY));
        look(&mut turns, Aspect::Body, "00", at);
        note(&mut turns, &What::Status { before: 200, after: 204 }, at + MINUTE);
        for turns in turns {
            let mut writer = Writer::new(1, 16);
            turns.write(&mut writer, at);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes, 1).unwrap();
            assert_eq!(Turns::read(&mut reader, at), Ok(turns));
            assert!(reader.finish().is_ok());
        }
    }

    #[test]
    fn other_changes_have_room_beside_what_goes_to_and_fro() {
        let at = crate::measure::bracket::Bracket { after: None, by: Timestamp::from_unix_ms(0) };
        let of = |before: u16, after: u16| What::Status { before, after };
        let mut changes: Vec<Change> = [of(200, 204), of(204, 200), of(200, 204)]
            .map(|what| Change { family: Family::Ipv6, at, what })
            .into_iter()
            .chain([Change { family: Family::Ipv4, at, what: of(200, 204) }])
            .collect();
        thin(&mut changes, Family::Ipv6, &of(204, 200));
        assert_eq!(changes.len(), 2);
    }
}
