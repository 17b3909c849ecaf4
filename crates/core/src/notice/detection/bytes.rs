//! The memory of detection as bytes: some four hundred for a target whose phases are all known.

use super::{Detection, FamilyState, Finding, Track, days::Days, gap::Gaps, nearness::Nearness, run::Run};
use crate::{
    measure::{
        bytes::{Reader, Unreadable, Writer},
        family::PerFamily,
        time::Timestamp,
    },
    remember::baseline::Series,
};

impl Detection {
    /// Writes all of it but the open findings.
    pub(crate) fn write(&self, writer: &mut Writer, base: Timestamp) {
        let Self { seen_at, learned_at, families, gaps: Gaps(gaps), open: _ } = self;
        for at in [seen_at, learned_at] {
            writer.maybe(*at, |writer, at| writer.time(at, base));
        }
        for (_, state) in families.iter() {
            state.write(writer, base);
        }
        for track in gaps {
            write_track(writer, track.as_ref(), base);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>, base: Timestamp, open: Vec<Finding>) -> Result<Self, Unreadable> {
        let seen_at = reader.maybe(|reader| reader.time(base))?;
        let learned_at = reader.maybe(|reader| reader.time(base))?;
        let families = PerFamily { ipv4: FamilyState::read(reader, base)?, ipv6: FamilyState::read(reader, base)? };
        let mut gaps = Gaps::default();
        for track in &mut gaps.0 {
            *track = read_track(reader, base)?;
        }
        Ok(Self { seen_at, learned_at, families, gaps, open })
    }
}

impl FamilyState {
    fn write(&self, writer: &mut Writer, base: Timestamp) {
        let Self { reached_at, tracks, days, nearness } = self;
        writer.maybe(*reached_at, |writer, at| writer.time(at, base));
        for track in tracks {
            write_track(writer, track.as_ref(), base);
        }
        for days in days {
            writer.maybe(*days, |writer, days| days.write(writer, base));
        }
        writer.maybe(*nearness, |writer, nearness| nearness.write(writer, base));
    }

    fn read(reader: &mut Reader<'_>, base: Timestamp) -> Result<Self, Unreadable> {
        let mut state = Self { reached_at: reader.maybe(|reader| reader.time(base))?, ..Self::default() };
        for track in &mut state.tracks {
            *track = read_track(reader, base)?;
        }
        for days in &mut state.days {
            *days = reader.maybe(|reader| Days::read(reader, base))?;
        }
        state.nearness = reader.maybe(|reader| Nearness::read(reader, base))?;
        Ok(state)
    }
}

fn write_track(writer: &mut Writer, track: Option<&Track>, base: Timestamp) {
    writer.maybe(track, |writer, Track(series, run)| {
        series.write(writer);
        writer.maybe(*run, |writer, run| run.write(writer, base));
    });
}

fn read_track(reader: &mut Reader<'_>, base: Timestamp) -> Result<Option<Track>, Unreadable> {
    reader.maybe(|reader| Ok(Track(Series::read(reader)?, reader.maybe(|reader| Run::read(reader, base))?)))
}
