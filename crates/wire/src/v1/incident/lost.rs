//! An incident that nobody can end any more, because what its target had stored is lost.

use super::{Bound, DurationRange, Incident, Summary};
use crate::{seconds::Seconds, v1::page::lengths};
use dualwatch_core::{measure::time::Timestamp, respond::incident::Ending};

impl Incident {
    /// Returns the incident as it is closed at `at` where what its target had stored is lost: when it was well again,
    /// nobody knows. One that is over stays as it is.
    #[must_use]
    pub fn lost(mut self, at: Timestamp) -> Self {
        if !self.open {
            return self;
        }
        let last_bad = self.summary.causes.iter().map(|span| span.to).max();
        let last_bad = last_bad.map_or(self.summary.began.by, |last| last.max(self.summary.began.by));
        let by = at.max(last_bad);
        let ended = Bound { after: Some(last_bad), by };
        for outage in self.outages.iter_mut().filter(|outage| outage.ended.is_none()) {
            let own = self.summary.causes.iter().filter(|span| span.family == outage.family).map(|span| span.to).max();
            let after = own.map_or(outage.began.by, |last| last.max(outage.began.by));
            (outage.ended, outage.ending) = (Some(Bound { after: Some(after), by }), Some(Ending::HistoryLost));
        }
        for segment in self.segments.iter_mut().filter(|segment| segment.ended.is_none()) {
            segment.ended = Some(ended);
        }
        for blind in self.blind.iter_mut().filter(|blind| blind.to.is_none()) {
            blind.to = Some(by);
        }
        let Summary { began, duration_s, ended: whole, .. } = &mut self.summary;
        *whole = Some(ended);
        *duration_s = began.after.map(|after| DurationRange {
            min: Seconds::from_ms(last_bad.ms_since(began.by)),
            max: Seconds::from_ms(by.ms_since(after)),
        });
        self.open = false;
        self.resolved_at = Some(by);
        (self.summary.down_s, self.summary.troubled_s) = lengths(&self);
        if self.outages_omitted > 0 {
            // Those count, too, whenever they were: no more than the whole.
            let most = self.summary.duration_s.map(|whole| whole.max);
            for length in [&mut self.summary.down_s, &mut self.summary.troubled_s].into_iter().flatten() {
                length.max = most;
            }
        }
        self
    }

    /// Whether it was closed because its history is lost.
    pub fn is_lost(&self) -> bool {
        self.outages.iter().any(|outage| outage.ending == Some(Ending::HistoryLost))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Length, tests::incident},
        *,
    };

    #[test]
    fn an_incident_whose_history_is_lost_is_over_and_says_so() {
        let at = |s: i64| Timestamp::from_unix_ms(1_795_428_660_000 + s * 1_000);
        let over = Incident::of("a", "Shop", &incident());
        assert_eq!(over.clone().lost(at(900)), over);
        let mut open = incident();
        (open.outages[0].ended, open.resolved_at) = (None, None);
        let open = Incident::of("a", "Shop", &open);
        assert!(open.open && !open.is_lost());
        let many = Incident { outages_omitted: 3, ..open.clone() }.lost(at(900));
        let lost = open.lost(at(900));
        assert!(!lost.open && lost.is_lost() && lost.resolved_at == Some(at(900)));
        let ended = Some(Bound { after: Some(at(60)), by: at(900) });
        assert_eq!((lost.summary.ended, lost.segments[0].ended, lost.outages[0].ended), (ended, ended, ended));
        let duration = lost.summary.duration_s.unwrap();
        assert_eq!((duration.min, duration.max), (Seconds::from_ms(0), Seconds::from_ms(900_000)));
        // Down at least until it was last seen so, at most until it was given up.
        let began = lost.summary.began;
        let down = Length {
            min: Seconds::from_ms(0),
            max: began.after.map(|after| Seconds::from_ms(at(900).ms_since(after))),
        };
        assert_eq!((lost.summary.down_s, lost.summary.troubled_s), (Some(down), Some(down)));
        assert_eq!(many.summary.down_s.and_then(|down| down.max), many.summary.duration_s.map(|whole| whole.max));
        let text = serde_json::to_string(&lost).unwrap();
        assert!(text.contains(r#""ending":"history_lost""#), "{text}");
    }
}
