//! A roll-up as bytes: a version, then whole numbers as varints; the bins of the latencies as distances.

use super::{CauseCounts, Counts, Rollup, latency::Latency};
use crate::{
    measure::{
        bytes::{Reader, Unreadable, Writer},
        family::Family,
    },
    remember::{availability::Times, spell::Track},
};

/// The first byte. A reader refuses what it does not know.
const VERSION: u8 = 1;
/// An hour of one-minute rounds fits without growing.
const USUAL_BYTES: usize = 1_024;

impl Rollup {
    /// Returns the roll-up as bytes, the same for equal roll-ups.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.write(Writer::new(VERSION, USUAL_BYTES))
    }

    pub(super) fn write(&self, mut writer: Writer) -> Vec<u8> {
        for family in Family::ALL {
            write_counts(&mut writer, self.counts.get(family));
            write_latency(&mut writer, self.latency.get(family));
        }
        for track in Track::ALL {
            write_times(&mut writer, self.times.get(track));
        }
        writer.finish()
    }

    /// Reads what [`Rollup::to_bytes`] wrote, and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        Self::read(Reader::new(bytes, VERSION)?)
    }

    pub(super) fn read(mut reader: Reader<'_>) -> Result<Self, Unreadable> {
        let mut rollup = Self::default();
        for family in Family::ALL {
            *rollup.counts.get_mut(family) = read_counts(&mut reader)?;
            *rollup.latency.get_mut(family) = read_latency(&mut reader)?;
        }
        for track in Track::ALL {
            *rollup.times.get_mut(track) = read_times(&mut reader)?;
        }
        reader.finish()?;
        Ok(rollup)
    }
}

fn write_counts(writer: &mut Writer, counts: &Counts) {
    for n in [counts.good, counts.degraded, counts.unpublished] {
        writer.number(n);
    }
    for causes in [&counts.bad, &counts.blind] {
        writer.number(causes.iter().len() as u64);
        for (cause, n) in causes.iter() {
            writer.cause(cause);
            writer.number(n);
        }
    }
}

fn read_counts(reader: &mut Reader<'_>) -> Result<Counts, Unreadable> {
    let (good, degraded, unpublished) = (reader.small()?, reader.small()?, reader.small()?);
    let (bad, blind) = (read_causes(reader)?, read_causes(reader)?);
    Ok(Counts { good, degraded, bad, blind, unpublished })
}

fn read_causes(reader: &mut Reader<'_>) -> Result<CauseCounts, Unreadable> {
    let mut causes = CauseCounts::default();
    for _ in 0..reader.number()? {
        let (cause, n) = (reader.cause()?, reader.small()?);
        if n == 0 || causes.get(cause) > 0 {
            return Err(Unreadable::Range);
        }
        causes.add(cause, n);
    }
    Ok(causes)
}

/// Per bin the distance from the one before, doubled; plus 1 and followed by the count where that is not 1.
fn write_latency(writer: &mut Writer, latency: &Latency) {
    writer.number(latency.bins.len() as u64);
    let mut next = 0;
    for (key, n) in &latency.bins {
        let distance = u64::from(key - next) << 1;
        next = key + 1;
        if *n == 1 {
            writer.number(distance);
        } else {
            writer.number(distance | 1);
            writer.number(*n);
        }
    }
}

fn read_latency(reader: &mut Reader<'_>) -> Result<Latency, Unreadable> {
    let n_bins = usize::try_from(reader.number()?).map_err(|_| Unreadable::Range)?;
    // A bin takes a byte at least: what claims more than there are asks for no memory.
    if n_bins > reader.n_left() {
        return Err(Unreadable::Short);
    }
    let mut bins = Vec::with_capacity(n_bins);
    let mut next = 0;
    for _ in 0..n_bins {
        let distance = reader.number()?;
        let key = (distance >> 1).checked_add(next).filter(|key| *key < u64::from(super::latency::KEYS));
        let key = key.ok_or(Unreadable::Range)?;
        next = key + 1;
        let n = if distance & 1 == 0 { 1 } else { reader.small()? };
        if n == 0 || (n == 1 && distance & 1 == 1) {
            return Err(Unreadable::Range);
        }
        bins.push((key as u16, n));
    }
    Ok(Latency { bins })
}

fn write_times(writer: &mut Writer, times: &Times) {
    for ms in [times.up_ms, times.degraded_ms, times.down_ms, times.maintenance_ms] {
        writer.number(ms);
    }
}

fn read_times(reader: &mut Reader<'_>) -> Result<Times, Unreadable> {
    let (up_ms, degraded_ms) = (reader.number()?, reader.number()?);
    let (down_ms, maintenance_ms) = (reader.number()?, reader.number()?);
    if degraded_ms > up_ms {
        return Err(Unreadable::Range);
    }
    Ok(Times { up_ms, degraded_ms, down_ms, maintenance_ms })
}
