//! What a badge is made of, as the directory tells it.

use crate::v1::{Judged, TargetStatus, Uptime};
use dualwatch_core::{
    measure::family::Family,
    remember::spell::{PerTrack, Track},
};
use serde::{Deserialize, Serialize};

/// The published facts of one target, or of all together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant)] // It lives for one badge.
pub enum Facts {
    Target {
        status: TargetStatus,
        interval_s: u32,
        /// The shares of the last 30 days.
        uptime: Option<Uptime>,
    },
    All {
        judged: Judged,
        /// The means of the shares of the last 30 days, of the targets that have one.
        uptime: PerTrack<Option<f64>>,
        /// The medians of the latencies in milliseconds, of the targets that have one.
        latency_ms: PerTrack<Option<f64>>,
    },
}

/// Returns the family of a track of one.
pub const fn family(track: Track) -> Option<Family> {
    match track {
        Track::Ipv4 => Some(Family::Ipv4),
        Track::Ipv6 => Some(Family::Ipv6),
        Track::DualStack => None,
    }
}

impl Uptime {
    /// Returns the share of a track.
    pub const fn share(&self, track: Track) -> Option<f64> {
        match track {
            Track::Ipv4 => self.ipv4,
            Track::Ipv6 => self.ipv6,
            Track::DualStack => self.dual_stack,
        }
    }
}

impl TargetStatus {
    /// Returns the family that a track goes over; of a client that has both the one that it ends up on, where that is known.
    pub const fn family_of(&self, track: Track) -> Option<Family> {
        match family(track) {
            None => self.dual_stack.family,
            family => family,
        }
    }

    /// Returns the latency of the newest round over a track, in milliseconds.
    pub fn latency_over(&self, track: Track) -> Option<f64> {
        self.facts(self.family_of(track)?).latency_ms
    }
}
