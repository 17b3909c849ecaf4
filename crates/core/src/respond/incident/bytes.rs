//! What is remembered of one family between rounds, as bytes.

use super::{CauseSpan, Track};
use crate::measure::{
    bytes::{Reader, Unreadable, Writer},
    time::Timestamp,
};

impl Track {
    /// Writes all of it but the failures that are not confirmed yet, and those that were not: bits that say which times there are, and those.
    pub(crate) fn write(&self, writer: &mut Writer, base: Timestamp) {
        let Self { last_good, last_bad, first_good, not_offered_since, .. } = self;
        let Self { degraded_since, pending: _, unseen: _, unrest: _, excused_until, .. } = self;
        let times = [last_good, last_bad, first_good, not_offered_since, degraded_since, excused_until];
        writer.number(times.iter().rev().fold(0_u8, |bits, at| bits << 1 | u8::from(at.is_some())));
        for at in times.into_iter().flatten() {
            writer.time(*at, base);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>, base: Timestamp, pending: Vec<CauseSpan>) -> Result<Self, Unreadable> {
        let mut track = Self { pending, ..Self::default() };
        let bits: u8 = reader.fitting()?;
        let times = [
            &mut track.last_good,
            &mut track.last_bad,
            &mut track.first_good,
            &mut track.not_offered_since,
            &mut track.degraded_since,
            &mut track.excused_until,
        ];
        if bits >> times.len() != 0 {
            return Err(Unreadable::Range);
        }
        for (_, at) in times.into_iter().enumerate().filter(|(i, _)| bits >> i & 1 != 0) {
            *at = Some(reader.time(base)?);
        }
        Ok(track)
    }
}
