//! What badges say of what is published.

use super::{Board, Place};
use crate::{
    badge::{
        facts::Facts,
        grade::{mean, median},
    },
    v1::Judged,
};
use dualwatch_core::remember::spell::{PerTrack, Track};

impl Board {
    /// Returns the facts of one target, or of all. `None`: there is no such target.
    pub fn badge(&self, slug: Option<&str>) -> Option<Facts> {
        if let Some(slug) = slug {
            let place = &self.places[*self.by_slug.get(slug)?];
            let uptime = place.report.as_ref().and_then(|report| report.uptime);
            return Some(Facts::Target { status: place.status.clone(), interval_s: place.target.interval_s, uptime });
        }
        let share = |place: &Place, track| place.report.as_ref()?.uptime?.share(track);
        let shares = |track| mean(self.places.iter().filter_map(|place| share(place, track)));
        let latencies =
            |track| median(self.places.iter().filter_map(|place| place.status.latency_over(track)).collect());
        Some(Facts::All {
            judged: self.places.iter().fold(Judged::default(), |sum, place| sum.and(place.judged)),
            uptime: PerTrack::from_fn(|track: Track| shares(track)),
            latency_ms: PerTrack::from_fn(|track: Track| latencies(track)),
        })
    }
}
