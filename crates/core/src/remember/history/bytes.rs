//! The state of a history as bytes: a few hundred, stored with every round.

use super::History;
use crate::{
    judge::schedule::{Reach, Spoken},
    measure::{
        bytes::{Reader, Unreadable, Writer},
        target::DEFAULT_TIMEOUT_MS,
        time::{DAY, MINUTE, SECOND, Timestamp},
    },
    remember::{
        rollup::{
            bucket::{Bucket, Size},
            open::Open,
        },
        spell::{
            Cover, State, Track,
            timeline::{Lasting, Timeline, Told},
        },
    },
};

/// The first byte. A reader refuses what it does not know.
const VERSION: u8 = 2;
/// Before a round spoke until the next one was due: then it spoke for two periods and a minute.
const PATIENT: u8 = 1;
/// No round speaks for longer; bytes that say so are broken.
const LONGEST_HOLD_MS: i64 = 400 * DAY;

const EPOCH: Timestamp = Timestamp::from_unix_ms(0);
const COVERS: [Cover; 3] = [Cover::Nothing, Cover::Degraded, Cover::All];

impl History {
    /// Returns the state as bytes, the same for equal states.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Timeline { told_to, last_round_at, measured, cover } = self.timeline;
        let mut writer = Writer::new(VERSION, 512);
        writer.time(told_to, EPOCH);
        writer.number(u8::from(last_round_at.is_some()));
        if let Some(at) = last_round_at {
            writer.time(at, told_to);
        }
        let mut before = Spoken { due: told_to, holds_until: told_to };
        for track in Track::ALL {
            let Told { state, spoken } = *measured.get(track);
            // Mostly all tracks were told by one round.
            writer.time(spoken.due, before.due);
            writer.time(spoken.holds_until, before.holds_until);
            before = spoken;
            writer.number(state.tag());
            writer.number(*cover.get(track) as u8);
            let (state, since) = *self.lasting.since.get(track);
            writer.number(state.tag());
            writer.time(since, told_to);
        }
        writer.time(self.bucket.start(), told_to);
        writer.number(u8::from(self.is_hour_due) | u8::from(self.is_day_due) << 1);
        self.open.write(writer)
    }

    /// Reads what [`History::to_bytes`] wrote, and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let is_patient = bytes.first() == Some(&PATIENT);
        let mut reader = Reader::new(bytes, if is_patient { PATIENT } else { VERSION })?;
        let told_to = reader.time(EPOCH)?;
        let last_round_at = match reader.number()? {
            0 => None,
            1 => Some(reader.time(told_to)?),
            _ => return Err(Unreadable::Range),
        };
        let mut spoken = Spoken { due: told_to, holds_until: told_to };
        if is_patient {
            spoken = impatient(last_round_at.unwrap_or(told_to), reader.time(told_to)?);
        }
        let mut timeline = Timeline { last_round_at, ..Timeline::new(told_to) };
        let mut lasting = Lasting::new(told_to);
        for track in Track::ALL {
            if !is_patient {
                let due = reader.time(spoken.due)?;
                spoken = Spoken { due, holds_until: reader.time(spoken.holds_until)? };
            }
            *timeline.measured.get_mut(track) = Told { state: state(&mut reader)?, spoken };
            *timeline.cover.get_mut(track) =
                *usize::try_from(reader.number()?).ok().and_then(|tag| COVERS.get(tag)).ok_or(Unreadable::Range)?;
            *lasting.since.get_mut(track) = (state(&mut reader)?, reader.time(told_to)?);
        }
        let bucket = Size::FiveMinutes.of(reader.time(told_to)?);
        let due = reader.number()?;
        let is_sound = |bucket: Bucket| {
            Bucket::from_key(bucket.key()) == Some(bucket)
                && bucket.start() <= told_to
                && timeline
                    .measured
                    .iter()
                    .all(|(_, told)| told.spoken.due.max(told.spoken.holds_until).ms_since(told_to) <= LONGEST_HOLD_MS)
                && lasting.since.iter().all(|(_, (_, since))| *since <= told_to)
        };
        if due > 3 || !is_sound(bucket) {
            return Err(Unreadable::Range);
        }
        let open = Open::read(reader)?;
        Ok(Self { timeline, lasting, bucket, open, is_hour_due: due & 1 != 0, is_day_due: due & 2 != 0 })
    }
}

/// Returns for what time a round speaks of which a version before noted that it speaks until `late_at`.
fn impatient(last_round_at: Timestamp, late_at: Timestamp) -> Spoken {
    let period_ms = (late_at.ms_since(last_round_at) - MINUTE) / 2;
    let interval_s = u32::try_from(period_ms / SECOND).unwrap_or_default();
    let Spoken { due, holds_until } = Reach::of(interval_s, DEFAULT_TIMEOUT_MS).spoken(last_round_at);
    Spoken { due: due.min(late_at), holds_until: holds_until.min(late_at) }
}

fn state(reader: &mut Reader<'_>) -> Result<State, Unreadable> {
    u8::try_from(reader.number()?).ok().and_then(State::from_tag).ok_or(Unreadable::Range)
}
