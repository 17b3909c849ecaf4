//! What a badge is made of, as the directory tells it.

use super::said::Ends;
use crate::v1::{Judged, TargetStatus, Uptime};
use dualwatch_core::{
    measure::family::Family,
    remember::spell::{PerTrack, Track},
};
use serde::{Deserialize, Serialize};

/// The published facts of one target, or of several together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant)] // It lives for one badge.
pub enum Facts {
    Target {
        status: TargetStatus,
        interval_s: u32,
        /// The shares of the last 30 days.
        uptime: Option<Uptime>,
    },
    Several(Several),
}

/// The published facts of the targets of a group, or of all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Several {
    /// Of the group; `None`: all targets.
    pub name: Option<String>,
    pub judged: Judged,
    /// The means of the shares of each window, in the order of [`PERIODS`](crate::door::badge::PERIODS), of the targets that
    /// have one.
    pub uptime: [PerTrack<Option<f64>>; 4],
    /// The medians of the latencies in milliseconds, of the targets that have one.
    pub latency_ms: PerTrack<Option<f64>>,
    /// Of the certificates that were seen in rounds that still speak: which ends first.
    pub certificates: PerTrack<Ends>,
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
