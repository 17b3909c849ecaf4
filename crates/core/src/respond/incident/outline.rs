//! What people ask of an incident, derived from its outages: families, segments, episodes, beginning, end, duration.

use super::{Bound, Incident, Outage, Rate, Trouble};
use crate::measure::{
    family::{Family, PerFamily},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A part of an incident in which the same families were down, or unstable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub families: PerFamily<bool>,
    /// Those of them that were not down: they were unstable.
    #[serde(default)]
    pub unstable: PerFamily<bool>,
    pub began: Bound,
    /// `None`: it lasts.
    pub ended: Option<Bound>,
}

/// A duration in milliseconds, between the shortest and the longest that fit what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DurationMs {
    pub min: i64,
    /// `None`: it had begun before anybody looked, or the record ends before it did.
    pub max: Option<i64>,
}

impl DurationMs {
    /// Returns how long it is from `began` to `ended`.
    pub fn between(began: Bound, ended: Bound) -> Self {
        // An end without "after" cannot be: something failed before it. Its own moment stands in.
        let last_bad = ended.after.unwrap_or(ended.by);
        Self {
            min: last_bad.ms_since(began.by).max(0),
            max: began.after.map(|last_good| ended.by.ms_since(last_good).max(0)),
        }
    }

    /// Returns the middle and the error bar, half of the whole range; `None` without a longest.
    pub fn middle_and_error(self) -> Option<(i64, i64)> {
        self.max.map(|max| (i64::midpoint(self.min, max), (max - self.min + 1) / 2))
    }
}

impl Incident {
    /// Returns which families were down, or unstable, at some time.
    pub fn families(&self) -> PerFamily<bool> {
        PerFamily::from_fn(|family| self.outages.iter().any(|o| o.family == family))
    }

    /// Whether both families were down, or unstable, at the same time.
    pub fn is_together(&self) -> bool {
        self.segments().iter().any(|segment| segment.families.ipv4 && segment.families.ipv6)
    }

    /// Returns when the first of its outages began.
    pub fn began(&self) -> Bound {
        let first = self.outages.iter().map(|o| o.began).min_by_key(|b| (b.by, b.after));
        first.unwrap_or(Bound { after: None, by: self.id.0 })
    }

    /// Returns when the last of its outages ended; `None` until it is resolved: one that flaps is not over while it is
    /// well for now.
    pub fn ended(&self) -> Option<Bound> {
        self.well_since().filter(|_| !self.is_open())
    }

    /// Returns when the last of its outages ended; `None` while one lasts.
    pub fn well_since(&self) -> Option<Bound> {
        let ends: Option<Vec<Bound>> = self.outages.iter().map(|o| Some(o.ended?.0)).collect();
        ends?.into_iter().max_by_key(|b| (b.by, b.after))
    }

    /// Returns which families are down, and when the last of these went down: since then all of them are. `None` where
    /// none is.
    pub fn down_now(&self) -> Option<(PerFamily<bool>, Bound)> {
        self.all_now(Trouble::Down)
    }

    /// Returns which families are unstable, and since when all of these are. `None` where none is.
    pub fn unstable_now(&self) -> Option<(PerFamily<bool>, Bound)> {
        self.all_now(Trouble::Unstable)
    }

    fn all_now(&self, trouble: Trouble) -> Option<(PerFamily<bool>, Bound)> {
        let lasting = self.outages.iter().filter(|o| o.ended.is_none() && o.trouble() == trouble);
        let last = lasting.map(|o| o.began).max_by_key(|b| (b.by, b.after))?;
        Some((PerFamily::from_fn(|family| self.now(family) == Some(trouble)), last))
    }

    /// Returns how many of how many rounds of a family failed while it was unstable, or down and answering in between;
    /// `None` where it never was.
    pub fn rate(&self, family: Family) -> Option<Rate> {
        let rates = self.outages.iter().filter(|o| o.family == family).filter_map(Outage::rate);
        rates.reduce(|a, b| Rate { failed: a.failed.saturating_add(b.failed), of: a.of.saturating_add(b.of) })
    }

    pub fn duration(&self) -> Option<DurationMs> {
        self.ended().map(|ended| self.span_to(ended))
    }

    /// Returns how long it is from its beginning to its end.
    pub(super) fn span_to(&self, ended: Bound) -> DurationMs {
        let span = DurationMs::between(self.began(), ended);
        DurationMs { max: span.max.filter(|_| !self.outages.iter().any(Outage::is_cut)), ..span }
    }

    /// Returns the parts in which the same families were down, or unstable, in order; spans between two episodes are not
    /// among them.
    pub fn segments(&self) -> Vec<Segment> {
        // Every moment at which an outage begins or ends, in the order of time.
        let mut turns: Vec<(Bound, &Outage, i32)> = Vec::new();
        for outage in &self.outages {
            turns.push((outage.began, outage, 1));
            turns.extend(outage.ended.map(|(ended, _)| (ended, outage, -1)));
        }
        turns.sort_by_key(|(bound, ..)| bound.by);
        let mut segments: Vec<Segment> = Vec::new();
        // Of each family how many outages last in which it is down, and in which it is unstable.
        let mut lasting = PerFamily { ipv4: (0, 0), ipv6: (0, 0) };
        let mut troubled = lasting.map(|_, _| None);
        let mut rest = &turns[..];
        while let Some((bound, ..)) = rest.first() {
            // What is seen in the same round happened in the same interval.
            let n = rest.iter().take_while(|(other, ..)| other.by == bound.by).count();
            let (now, later) = rest.split_at(n);
            for (_, outage, more) in now {
                let (down, unstable) = lasting.get_mut(outage.family);
                *(if outage.trouble() == Trouble::Down { down } else { unstable }) += more;
            }
            rest = later;
            let before = troubled;
            troubled = lasting.map(|_, (down, unstable)| match (down, unstable) {
                (1.., _) => Some(Trouble::Down),
                (_, 1..) => Some(Trouble::Unstable),
                _ => None,
            });
            if troubled == before {
                continue;
            }
            // Two families that turn together may have been seen last at different times: the wider bound holds.
            let after = now.iter().map(|(b, ..)| b.after).min().flatten();
            let turn = Bound { after, by: bound.by };
            if let Some(last) = segments.last_mut().filter(|s| s.ended.is_none()) {
                last.ended = Some(turn);
            }
            let families = troubled.map(|_, trouble| trouble.is_some());
            if families.ipv4 || families.ipv6 {
                let unstable = troubled.map(|_, trouble| trouble == Some(Trouble::Unstable));
                segments.push(Segment { families, unstable, began: turn, ended: None });
            }
        }
        segments
    }

    /// Returns the parts with something down, in order: each from "all well" to "all well".
    pub fn episodes(&self) -> Vec<(Bound, Option<Bound>)> {
        let mut episodes: Vec<(Bound, Option<Bound>)> = Vec::new();
        for segment in self.segments() {
            match episodes.last_mut() {
                Some((_, ended)) if ended.is_some_and(|e| e.by == segment.began.by) => *ended = segment.ended,
                _ => episodes.push((segment.began, segment.ended)),
            }
        }
        episodes
    }

    /// Returns the time from the first failure to its confirmation, in milliseconds.
    pub fn time_to_confirm_ms(&self) -> i64 {
        self.confirmed_at.ms_since(self.began().by).max(0)
    }

    /// Returns the milliseconds of `family` that nobody saw while it was down, up to `now`.
    pub fn blind_ms(&self, family: Family, now: Timestamp) -> i64 {
        let spells = self.blind.iter().filter(|b| b.family == family);
        let kept: i64 = spells.map(|b| b.to.unwrap_or(now).ms_since(b.from).max(0)).sum();
        kept + self.blind_omitted_ms.get(family)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        measure::time::MINUTE,
        respond::incident::{Answers, Ending, Impact, IncidentId},
    };

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_unix_ms(minute * MINUTE)
    }

    /// A moment in the minute before `minute`.
    fn bound(minute: i64) -> Bound {
        Bound { after: Some(at(minute - 1)), by: at(minute) }
    }

    /// `4` or `6`, from minute to minute (0: it lasts).
    fn incident(outages: &[(u8, i64, i64)]) -> Incident {
        let outages: Vec<Outage> = (outages.iter())
            .map(|(family, from, to)| Outage {
                family: if *family == 4 { Family::Ipv4 } else { Family::Ipv6 },
                began: bound(*from),
                ended: (*to > 0).then(|| (bound(*to), Ending::Recovered)),
                unstable: None,
                answers: Answers::default(),
            })
            .collect();
        Incident {
            id: IncidentId(outages[0].began.by),
            confirmed_at: outages[0].began.by + MINUTE,
            outages,
            outages_omitted: 0,
            outages_omitted_ms: PerFamily::default(),
            causes: Vec::new(),
            causes_omitted: 0,
            blind: Vec::new(),
            blind_omitted_ms: PerFamily::default(),
            episodes: 1,
            flapping: false,
            resolved_at: None,
            impact: Impact::default(),
            changes: Vec::new(),
            addresses: Vec::new(),
            n_effects: 1,
        }
    }

    /// Expects segments as `4`, `6` or `46` with minutes.
    fn check(outages: &[(u8, i64, i64)], expected: &str) {
        let minute = |b: Bound| b.by.unix_ms() / MINUTE;
        let segments: Vec<String> = (incident(outages).segments().iter())
            .map(|s| {
                let families = [(s.families.ipv4, "4"), (s.families.ipv6, "6")];
                let name: String = families.iter().filter(|f| f.0).map(|f| f.1).collect();
                format!("{name}:{}-{}", minute(s.began), s.ended.map_or(String::new(), |e| minute(e).to_string()))
            })
            .collect();
        assert_eq!(segments.join(" "), expected, "{outages:?}");
    }

    #[test]
    fn families_join_and_part() {
        check(&[(6, 2, 0)], "6:2-");
        check(&[(6, 2, 40), (4, 10, 31)], "6:2-10 46:10-31 6:31-40");
        check(&[(4, 2, 9), (6, 2, 9)], "46:2-9");
        check(&[(4, 2, 9), (6, 9, 12)], "4:2-9 6:9-12");
        check(&[(6, 2, 5), (6, 8, 9)], "6:2-5 6:8-9");
        check(&[(6, 2, 5), (4, 4, 0)], "6:2-4 46:4-5 4:5-");
    }

    #[test]
    fn what_is_down_now_is_so_since_the_last_of_it_went_down() {
        let check = |outages: &[(u8, i64, i64)], expected: Option<(bool, bool, i64)>| {
            let found = incident(outages).down_now();
            let found = found.map(|(families, since)| (families.ipv4, families.ipv6, since.by.unix_ms() / MINUTE));
            assert_eq!(found, expected, "{outages:?}");
        };
        check(&[(6, 2, 0)], Some((false, true, 2)));
        check(&[(6, 2, 0), (4, 10, 31)], Some((false, true, 2)));
        check(&[(6, 2, 8), (4, 5, 0)], Some((true, false, 5)));
        check(&[(6, 2, 0), (4, 10, 0)], Some((true, true, 10)));
        check(&[(6, 2, 5), (6, 8, 0)], Some((false, true, 8)));
        check(&[(6, 2, 5), (4, 2, 9)], None);
    }

    #[test]
    fn episodes_go_from_well_to_well() {
        let n = |outages: &[(u8, i64, i64)]| incident(outages).episodes().len();
        assert_eq!(n(&[(6, 2, 40), (4, 10, 31)]), 1);
        assert_eq!(n(&[(4, 2, 9), (6, 9, 12)]), 1);
        assert_eq!(n(&[(6, 2, 5), (6, 8, 9)]), 2);
    }

    #[test]
    fn a_duration_has_its_error_bar() {
        let over = |outages| Incident { resolved_at: Some(at(99)), ..incident(outages) };
        let duration = over(&[(6, 2, 40), (4, 10, 31)]).duration().unwrap();
        assert_eq!(duration, DurationMs { min: 37 * MINUTE, max: Some(39 * MINUTE) });
        assert_eq!(duration.middle_and_error(), Some((38 * MINUTE, MINUTE)));
        assert_eq!(incident(&[(6, 2, 0)]).duration(), None);
        let calming = incident(&[(6, 2, 4)]);
        assert_eq!((calming.duration(), calming.well_since()), (None, Some(bound(4))), "well for now, and not over");
        let mut early = over(&[(6, 2, 4)]);
        early.outages[0].began.after = None;
        assert_eq!(early.duration(), Some(DurationMs { min: MINUTE, max: None }));
        assert_eq!(early.duration().unwrap().middle_and_error(), None);
    }
}
