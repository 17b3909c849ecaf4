//! What is remembered of a target as bytes: some six hundred, stored with every round.

use super::State;
use crate::{
    judge::{addresses::Addresses, hurry::Hurry},
    measure::{
        bytes::{Reader, Unreadable, Writer},
        family::PerFamily,
        time::Timestamp,
    },
    notice::{
        changes,
        detection::{Detection, Finding},
        doubts::Doubts,
    },
    respond::incident::{self, CauseSpan, Impact, Incident, Met, Track, Unrest},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The first byte. A reader refuses what it does not know.
const VERSION: u8 = 3;
/// Before there was anything of what goes to and fro.
const WITHOUT_TURNS: u8 = 2;
/// Before there was anything of failures that confirm no outage.
const WITHOUT_UNREST: u8 = 1;

const EPOCH: Timestamp = Timestamp::from_unix_ms(0);

/// What is seldom there, and then rich: it is a document inside the bytes, in the form that the host gives it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rare<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    open: Option<Cow<'a, Incident>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<Cow<'a, Incident>>,
    pending: PerFamily<Cow<'a, [CauseSpan]>>,
    #[serde(skip_serializing_if = "is_seen")]
    unseen: PerFamily<Cow<'a, [(Timestamp, Timestamp)]>>,
    pending_impact: Impact,
    #[serde(skip_serializing_if = "is_empty")]
    exhibits: PerFamily<Cow<'a, [CauseSpan]>>,
    findings: Cow<'a, [Finding]>,
    #[serde(skip_serializing_if = "is_sure")]
    doubts: Cow<'a, Doubts>,
    #[serde(skip_serializing_if = "is_not_asked_for")]
    addresses: Cow<'a, Addresses>,
}

fn is_not_asked_for(addresses: &Addresses) -> bool {
    addresses.is_none()
}

fn is_sure(doubts: &Doubts) -> bool {
    *doubts == Doubts::default()
}

fn is_empty(spans: &PerFamily<Cow<'_, [CauseSpan]>>) -> bool {
    spans.iter().all(|(_, spans)| spans.is_empty())
}

fn is_seen(unseen: &PerFamily<Cow<'_, [(Timestamp, Timestamp)]>>) -> bool {
    unseen.iter().all(|(_, gaps)| gaps.is_empty())
}

impl State {
    /// Returns the state as bytes, the same for equal states. `document` writes what is rare; where there is nothing of
    /// that it is not called.
    pub fn to_bytes<'a, E>(&'a self, document: impl FnOnce(&Rare<'a>) -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
        let Self { incidents, changes, detection, hurry, doubts, addresses } = self;
        let incident::State { tracks, open, latest, pending_impact, met, last_heard } = incidents;
        let rare = Rare {
            open: open.as_deref().map(Cow::Borrowed),
            latest: latest.as_deref().map(Cow::Borrowed),
            pending: tracks.as_ref().map(|_, track| Cow::Borrowed(&track.pending[..])),
            unseen: tracks.as_ref().map(|_, track| Cow::Borrowed(&track.unseen[..])),
            pending_impact: *pending_impact,
            exhibits: tracks.as_ref().map(|_, track| Cow::Borrowed(&track.unrest.exhibits[..])),
            findings: Cow::Borrowed(detection.open()),
            doubts: Cow::Borrowed(doubts),
            addresses: Cow::Borrowed(addresses),
        };
        let mut writer = Writer::new(VERSION, 1_024);
        writer.bytes(&if rare == Rare::default() { Vec::new() } else { document(&rare)? });
        writer.maybe(*last_heard, |writer, at| writer.time(at, EPOCH));
        let base = last_heard.unwrap_or(EPOCH);
        for (_, track) in tracks.iter() {
            track.write(&mut writer, base);
        }
        changes.write(&mut writer, base);
        detection.write(&mut writer, base);
        hurry.write(&mut writer);
        for (_, track) in tracks.iter() {
            track.unrest.write(&mut writer, base);
        }
        met.write(&mut writer, base);
        Ok(writer.finish())
    }

    /// Reads what [`State::to_bytes`] wrote, and nothing else. `document` reads what its namesake wrote there.
    pub fn from_bytes<'a, E>(
        bytes: &'a [u8],
        document: impl FnOnce(&'a [u8]) -> Result<Rare<'static>, E>,
    ) -> Result<Self, Unreadable> {
        let version = match bytes.first() {
            Some(&older @ (WITHOUT_UNREST | WITHOUT_TURNS)) => older,
            _ => VERSION,
        };
        let mut reader = Reader::new(bytes, version)?;
        let rare = match reader.bytes()? {
            [] => Rare::default(),
            bytes => document(bytes).map_err(|_| Unreadable::Document)?,
        };
        let Rare { open, latest, pending, unseen, pending_impact, exhibits, findings, doubts, addresses } = rare;
        let last_heard = reader.maybe(|reader| reader.time(EPOCH))?;
        let base = last_heard.unwrap_or(EPOCH);
        let mut tracks = PerFamily {
            ipv4: Track::read(&mut reader, base, pending.ipv4.into_owned())?,
            ipv6: Track::read(&mut reader, base, pending.ipv6.into_owned())?,
        };
        (tracks.ipv4.unseen, tracks.ipv6.unseen) = (unseen.ipv4.into_owned(), unseen.ipv6.into_owned());
        let incident = |incident: Cow<'_, Incident>| Box::new(incident.into_owned());
        let changes = changes::State::read(&mut reader, base, version > WITHOUT_TURNS)?;
        let detection = Detection::read(&mut reader, base, findings.into_owned())?;
        let hurry = Hurry::read(&mut reader)?;
        let mut met = Met::default();
        if version > WITHOUT_UNREST {
            let PerFamily { ipv4, ipv6 } = exhibits;
            tracks.ipv4.unrest = Unrest::read(&mut reader, base, ipv4.into_owned())?;
            tracks.ipv6.unrest = Unrest::read(&mut reader, base, ipv6.into_owned())?;
            met = Met::read(&mut reader, base)?;
        }
        reader.finish()?;
        let incidents = incident::State {
            tracks,
            open: open.map(incident),
            latest: latest.map(incident),
            pending_impact,
            met,
            last_heard,
        };
        let (doubts, addresses) = (doubts.into_owned(), addresses.into_owned());
        Ok(Self { incidents, changes, detection, hurry, doubts, addresses })
    }
}
