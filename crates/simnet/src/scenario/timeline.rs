//! The timeline of a scenario: lines of words become rounds, each with the moment at which it arrives.
//!
//! | line | meaning |
//! |---|---|
//! | `[TIME] [xN] [every D] SAMPLES` | N rounds (one), an interval or `D` apart, from `TIME` or where the line before ended |
//! | `... until TIME SAMPLES` | as many as fit before that time |
//! | `... late D SAMPLES` | they arrive `D` after they began |
//! | `... twice SAMPLES` | each arrives twice |
//! | `... reversed SAMPLES` | they arrive together, the last first |
//! | `stray TIME SAMPLES` | arrives now, says it began at `TIME`; the clock of the timeline stays |
//! | `gap D` | no rounds for `D` |
//! | `repeat N`, lines, `end` | the lines N times |
//!
//! `SAMPLES` is `[VANTAGE] 4:SAMPLE 6:SAMPLE` (or `46:SAMPLE`); several vantages are separated by `|`, each begins its
//! rounds at its own offset.

use super::{Line, Vantage, World, clock, sample};
use dualwatch_core::{
    judge::dual_stack,
    measure::{
        family::{Family, PerFamily},
        round::{self, Round},
        sample::Sample,
        time::Timestamp,
        vantage::Standing,
    },
};

/// A round and the moment at which whoever decides gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub round: Round,
    pub at: Timestamp,
}

/// A mistake with the number of its line.
type Mistake = (usize, String);

/// Reads the lines of a timeline.
pub(super) fn read(world: &World, lines: &[Line]) -> Result<Vec<Delivery>, Mistake> {
    let mut reader = Reader { world, cursor: clock::BEGIN, deliveries: Vec::new() };
    let mut rest = lines;
    while let Some((line, later)) = rest.split_first() {
        rest = later;
        let located = |message: String| (line.number, message);
        let Some(times) = line.text.strip_prefix("repeat ") else {
            reader.line(&line.text).map_err(located)?;
            continue;
        };
        let times: u32 = times.trim().parse().map_err(|_| located(format!("`{times}` is no number of times")))?;
        let n_lines = rest.iter().position(|l| l.text == "end");
        let (body, later) = rest.split_at(n_lines.ok_or_else(|| located("`repeat` without `end`".to_owned()))?);
        rest = &later[1..];
        for _ in 0..times {
            for line in body {
                reader.line(&line.text).map_err(|message| (line.number, message))?;
            }
        }
    }
    // Stable: what arrives at the same moment stays in the order of the file.
    reader.deliveries.sort_by_key(|d| d.at);
    Ok(reader.deliveries)
}

struct Reader<'a> {
    world: &'a World,
    /// When the next round is due.
    cursor: Timestamp,
    deliveries: Vec<Delivery>,
}

/// What the words before the samples say.
#[derive(Default)]
struct Manner {
    at: Option<Timestamp>,
    until: Option<Timestamp>,
    times: Option<u32>,
    every_ms: Option<i64>,
    late_ms: i64,
    is_stray: bool,
    is_twice: bool,
    is_reversed: bool,
}

/// What one vantage measured.
struct Measured<'a> {
    vantage: &'a Vantage,
    samples: PerFamily<(Sample, Standing)>,
}

impl Reader<'_> {
    fn line(&mut self, text: &str) -> Result<(), String> {
        if let Some(length) = text.strip_prefix("gap ") {
            self.cursor = self.cursor + super::duration(length.trim())?;
            return Ok(());
        }
        let (manner, samples) = manner(text)?;
        let world = self.world;
        let measured: Vec<Measured<'_>> = samples.split('|').map(|of| group(world, of)).collect::<Result<_, _>>()?;
        let every_ms = manner.every_ms.unwrap_or(self.world.interval_ms);
        let begin = manner.at.unwrap_or(self.cursor);
        if manner.is_stray {
            let at = manner.at.ok_or("a stray round needs its time")?;
            let now = self.deliveries.iter().map(|d| d.at).max().unwrap_or(at).max(at);
            self.deliver(&measured, at, now);
            return Ok(());
        }
        if begin < self.cursor {
            let expected = clock::time_text(self.cursor);
            return Err(format!("this goes back in time: the next round is due at {expected} (`stray` does so)"));
        }
        let times = match (manner.times, manner.until) {
            (Some(_), Some(_)) => return Err("`x` and `until` at once".to_owned()),
            (times, None) => i64::from(times.unwrap_or(1)),
            (None, Some(until)) => (until.ms_since(begin) + every_ms - 1) / every_ms.max(1),
        };
        if times < 1 {
            return Err("no round at all".to_owned());
        }
        let together = begin + times * every_ms;
        let mut order: Vec<i64> = (0..times).collect();
        if manner.is_reversed {
            order.reverse();
        }
        for i in order {
            let at = begin + i * every_ms;
            let now = if manner.is_reversed { together } else { at + manner.late_ms };
            for _ in 0..=u8::from(manner.is_twice) {
                self.deliver(&measured, at, now);
            }
        }
        self.cursor = together;
        Ok(())
    }

    fn deliver(&mut self, measured: &[Measured<'_>], due: Timestamp, now: Timestamp) {
        for Measured { vantage, samples } in measured {
            let standing = PerFamily { ipv4: samples.ipv4.1, ipv6: samples.ipv6.1 };
            let samples = PerFamily { ipv4: samples.ipv4.0.clone(), ipv6: samples.ipv6.0.clone() };
            let round = Round {
                target: self.world.target.clone(),
                started_at: due + vantage.offset_ms,
                vantage: round::Vantage { name: vantage.name.clone(), standing, silent_controls: Vec::new() },
                dual_stack: dual_stack::view(&samples),
                samples,
            };
            self.deliveries.push(Delivery { round, at: now + vantage.offset_ms });
        }
    }
}

/// Reads what one vantage measured.
fn group<'a>(world: &'a World, text: &str) -> Result<Measured<'a>, String> {
    let mut words = text.split_whitespace().peekable();
    let mut vantage = &world.vantages[0];
    if let Some(name) = words.next_if(|word| !word.contains(':')) {
        let known = world.vantages.iter().find(|v| v.name == name);
        vantage = known.ok_or_else(|| format!("`{name}` is neither a word of the timeline nor a vantage"))?;
    }
    let mut samples: PerFamily<Option<(Sample, Standing)>> = PerFamily::default();
    for word in words {
        let (families, said) = word.split_once(':').ok_or_else(|| format!("`{word}` is no sample: `6:ok`"))?;
        let families: Vec<Family> = match families {
            "46" => Family::ALL.to_vec(),
            one => vec![sample::family(one)?],
        };
        for family in families {
            let usual = *vantage.standing.get(family);
            let read = sample::sample(world, family, usual, said)?;
            if samples.get_mut(family).replace(read).is_some() {
                return Err(format!("two samples of {family}"));
            }
        }
    }
    match samples {
        PerFamily { ipv4: Some(ipv4), ipv6: Some(ipv6) } => Ok(Measured { vantage, samples: PerFamily { ipv4, ipv6 } }),
        PerFamily { ipv4: None, .. } => Err("no sample of IPv4; `4:off` where it is not measured".to_owned()),
        PerFamily { ipv6: None, .. } => Err("no sample of IPv6; `6:off` where it is not measured".to_owned()),
    }
}

/// Splits a line into how its rounds come and what they show.
fn manner(text: &str) -> Result<(Manner, String), String> {
    let mut manner = Manner::default();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.peek().copied() {
        let is_times = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let is_time = word.starts_with(|c: char| c.is_ascii_digit()) && clock::time(word).is_ok();
        let mut value = |of: &str| {
            words.next();
            words.peek().copied().ok_or_else(|| format!("`{of}` needs a value"))
        };
        match word {
            "stray" => manner.is_stray = true,
            "twice" => manner.is_twice = true,
            "reversed" => manner.is_reversed = true,
            "every" => manner.every_ms = Some(super::duration(value("every")?)?),
            "late" => manner.late_ms = super::duration(value("late")?)?,
            "until" => manner.until = Some(clock::time(value("until")?)?),
            word if is_time => manner.at = Some(clock::time(word)?),
            word if word.strip_prefix('x').is_some_and(is_times) => {
                manner.times = Some(word[1..].parse().map_err(|_| format!("`{word}` is too many"))?);
            }
            _ => break,
        }
        words.next();
    }
    Ok((manner, words.collect::<Vec<_>>().join(" ")))
}
