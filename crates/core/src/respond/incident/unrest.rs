//! Failures that confirmed no outage: what is remembered of them, so that an incident of many of them can be told.
//!
//! [`Lately`] decides whether they are one. Here are their times, their causes, and who met them.

use super::{Bound, CauseSpan, Impact};
use crate::{
    judge::steadiness::{Lately, WINDOW},
    measure::{
        bytes::{Reader, Unreadable, Writer},
        time::Timestamp,
    },
};
use serde::{Deserialize, Serialize};

/// In how many of how many observed rounds something failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rate {
    pub failed: u32,
    pub of: u32,
}

/// Rounds in a row that failed for one cause, fewer than confirm an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Miss {
    /// The last good round before.
    after: Option<Timestamp>,
    from: Timestamp,
    to: Timestamp,
    /// The first good round after.
    by: Timestamp,
    /// How many of its rounds are in the window.
    n: u8,
    /// Whose place among the exhibits this cause has; 0 while it is unstable: there are none then.
    cause: u8,
}

/// The newest rounds of a family outside of confirmed outages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unrest {
    lately: Lately,
    misses: Vec<Miss>,
    /// The first span of each cause among them; what is known of it when an incident opens. None while it is open.
    pub(crate) exhibits: Vec<CauseSpan>,
    is_unstable: bool,
    /// Between which rounds the failures ended that have left the window last, while it is unstable.
    left: Option<Bound>,
}

/// What a family turns to.
#[derive(Clone, Debug, PartialEq)]
pub enum Turned {
    Not,
    /// It is unstable, since the first failure of the window.
    Unstable {
        began: Bound,
        causes: Vec<CauseSpan>,
        rate: Rate,
    },
    /// It goes on: with the rounds that came to it.
    StillUnstable {
        causes: Vec<CauseSpan>,
        rate: Rate,
    },
    /// It is over since the last failure that belongs to it; so many of the rounds that were told were after that.
    Steady {
        ended: Bound,
        since: Rate,
    },
}

impl Unrest {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    pub fn is_unstable(&self) -> bool {
        self.is_unstable
    }

    /// Whether nothing in the window has failed.
    pub const fn is_calm(&self) -> bool {
        self.misses.is_empty() && !self.is_unstable
    }

    /// Takes an observed good round where nothing has failed.
    pub const fn hear_calm(&mut self) {
        self.lately.push(false);
    }

    /// Returns when the first failure of the window was; `None` where there is none.
    pub fn first_failure(&self) -> Option<Timestamp> {
        self.misses.first().map(|miss| miss.from)
    }

    /// Takes an observed good round, and the failures before it that confirmed nothing. `last_good` is the good round
    /// before those; `is_counted` is false where this good round says nothing, being in maintenance or known already.
    pub fn hear(
        &mut self,
        missed: Vec<CauseSpan>,
        last_good: Option<Timestamp>,
        at: Timestamp,
        is_counted: bool,
        percent: u8,
    ) -> Turned {
        let n_missed: u32 = missed.iter().map(|span| span.samples.min(WINDOW.into())).sum();
        let told = if self.is_unstable { missed.clone() } else { Vec::new() };
        for span in missed {
            self.miss(span, last_good, at);
        }
        if is_counted {
            self.push(false);
        }
        let was_unstable = self.is_unstable;
        self.is_unstable = match (was_unstable, is_counted) {
            (was, false) => was,
            (was, true) => self.lately.is_unstable(was, percent),
        };
        match (was_unstable, self.is_unstable) {
            (false, false) => Turned::Not,
            (false, true) => self.begin(at),
            (true, true) => {
                let rate = Rate { failed: n_missed, of: n_missed + u32::from(is_counted) };
                Turned::StillUnstable { causes: told, rate }
            }
            (true, false) => {
                let (ended, n_since) = self.end(percent);
                // The rounds of now were not told before.
                let since = Rate {
                    failed: self.lately.n_failed_of(n_since).saturating_sub(n_missed),
                    of: n_since.saturating_sub(n_missed + 1),
                };
                // Stray failures after it were not worth an incident: they are forgotten with it.
                *self = Self::default();
                Turned::Steady { ended: ended.unwrap_or(Bound { after: None, by: at }), since }
            }
        }
    }

    fn begin(&mut self, at: Timestamp) -> Turned {
        let mut causes = std::mem::take(&mut self.exhibits);
        for (i, span) in causes.iter_mut().enumerate() {
            let of = || self.misses.iter().filter(|miss| usize::from(miss.cause) == i);
            span.samples = of().map(|miss| u32::from(miss.n)).sum();
            span.from = of().map(|miss| miss.from).min().unwrap_or(span.from);
            span.to = of().map(|miss| miss.to).max().unwrap_or(span.to);
        }
        causes.sort_by_key(|span| span.from);
        for miss in &mut self.misses {
            miss.cause = 0;
        }
        let first = self.misses.first();
        let began = first.map_or(Bound { after: None, by: at }, |miss| Bound { after: miss.after, by: miss.from });
        let rate = Rate { failed: self.lately.n_failed(), of: self.lately.n_since_first_failure() };
        Turned::Unstable { began, causes, rate }
    }

    /// Returns when the last failure was over that belongs to it, and how many rounds came after that.
    fn end(&self, percent: u8) -> (Option<Bound>, u32) {
        let Some(n_since) = self.lately.n_after_last(percent) else { return (self.left, self.lately.n_rounds()) };
        let mut n_left = self.lately.n_failed() - self.lately.n_failed_of(n_since);
        let of = |miss: &&Miss| {
            n_left = n_left.saturating_sub(miss.n.into());
            n_left == 0
        };
        (self.misses.iter().find(of).map(|miss| Bound { after: Some(miss.to), by: miss.by }), n_since)
    }

    fn miss(&mut self, span: CauseSpan, after: Option<Timestamp>, by: Timestamp) {
        let n = u8::try_from(span.samples).unwrap_or(WINDOW).min(WINDOW);
        // What was made of a round that another vantage knew more of.
        if n == 0 {
            return;
        }
        let known = self.exhibits.iter().position(|exhibit| exhibit.cause == span.cause);
        let cause = if self.is_unstable { 0 } else { known.unwrap_or(self.exhibits.len()) };
        let Ok(cause) = u8::try_from(cause) else { return };
        self.misses.push(Miss { after, from: span.from, to: span.to, by, n, cause });
        if !self.is_unstable && known.is_none() {
            self.exhibits.push(span);
        }
        for _ in 0..n {
            self.push(true);
        }
    }

    /// Takes one round, and lets go of the one that leaves the window for it.
    fn push(&mut self, is_failed: bool) {
        if !self.lately.push(is_failed) {
            return;
        }
        let Some(first) = self.misses.first_mut() else { return };
        first.n = first.n.saturating_sub(1);
        if self.is_unstable {
            self.left = Some(Bound { after: Some(first.to), by: first.by });
        }
        if first.n > 0 {
            return;
        }
        let gone = self.misses.remove(0).cause;
        if !self.is_unstable && !self.misses.iter().any(|miss| miss.cause == gone) {
            self.exhibits.remove(gone.into());
            for miss in self.misses.iter_mut().filter(|miss| miss.cause > gone) {
                miss.cause -= 1;
            }
        }
    }

    /// Writes all of it but the exhibits. Mostly nothing has failed: that is one byte.
    pub(crate) fn write(&self, writer: &mut Writer, base: Timestamp) {
        let Self { lately, misses, exhibits: _, is_unstable, left } = self;
        let (bits, n) = lately.parts();
        let is_calm = misses.is_empty() && !is_unstable;
        writer.number(n << 1 | u8::from(!is_calm));
        if is_calm {
            return;
        }
        writer.number(bits);
        writer.number(*is_unstable);
        writer.maybe(*left, |writer, left| writer.bracket(left, base));
        writer.list(misses, |writer, miss| {
            writer.time(miss.from, base);
            writer.maybe(miss.after, |writer, after| writer.time(after, miss.from));
            writer.time(miss.to, miss.from);
            writer.time(miss.by, miss.from);
            writer.number(miss.n);
            writer.number(miss.cause);
        });
    }

    pub(crate) fn read(reader: &mut Reader<'_>, base: Timestamp, exhibits: Vec<CauseSpan>) -> Result<Self, Unreadable> {
        let header: u8 = reader.fitting()?;
        let bits = if header & 1 == 0 { 0 } else { reader.number()? };
        let lately = Lately::from_parts(bits, header >> 1).ok_or(Unreadable::Range)?;
        let mut unrest = Self { lately, exhibits, ..Self::default() };
        if header & 1 != 0 {
            unrest.is_unstable = reader.flag()?;
            unrest.left = reader.maybe(|reader| reader.bracket(base))?;
            unrest.misses = reader.list(|reader| {
                let from = reader.time(base)?;
                let after = reader.maybe(|reader| reader.time(from))?;
                let (to, by) = (reader.time(from)?, reader.time(from)?);
                Ok(Miss { after, from, to, by, n: reader.fitting()?, cause: reader.fitting()? })
            })?;
        }
        if unrest.is_sound() { Ok(unrest) } else { Err(Unreadable::Range) }
    }

    /// Whether its parts fit each other.
    fn is_sound(&self) -> bool {
        let Self { lately, misses, exhibits, is_unstable, left } = self;
        let n_failed: u32 = misses.iter().map(|miss| u32::from(miss.n)).sum();
        let n_causes = if *is_unstable { 1 } else { exhibits.len() };
        let has_cause = |i: usize| misses.iter().any(|miss| usize::from(miss.cause) == i);
        n_failed == lately.n_failed()
            && misses.iter().all(|miss| miss.n > 0 && usize::from(miss.cause) < n_causes)
            && (*is_unstable || left.is_none() && (0..exhibits.len()).all(has_cause))
            && (!is_unstable || exhibits.is_empty())
            && (*is_unstable || misses.is_empty() == (n_failed == 0))
    }
}

/// Who met failures that confirmed nothing so far, by the round that ended them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Met(Vec<(Timestamp, Impact)>);

impl Met {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps what was counted up to `at`. Whole milliseconds are enough of what it cost.
    pub(crate) fn keep(&mut self, at: Timestamp, impact: Impact) {
        self.0.push((at, Impact { dual_stack_worst_ms: impact.dual_stack_worst_ms.map(f64::ceil), ..impact }));
    }

    /// Forgets what came before the first failure that is still looked at.
    pub(crate) fn forget_before(&mut self, first: Option<Timestamp>) {
        self.0.retain(|(at, _)| first.is_some_and(|first| *at >= first));
    }

    /// Hands over what came from `began` on.
    pub(crate) fn take_since(&mut self, began: Timestamp, impact: &mut Impact) {
        for (at, met) in std::mem::take(&mut self.0) {
            if at >= began {
                impact.add(&met);
            }
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer, base: Timestamp) {
        writer.list(&self.0, |writer, (at, impact)| {
            writer.time(*at, base);
            impact.write(writer);
        });
    }

    pub(crate) fn read(reader: &mut Reader<'_>, base: Timestamp) -> Result<Self, Unreadable> {
        reader.list(|reader| Ok((reader.time(base)?, Impact::read(reader)?))).map(Self)
    }
}
