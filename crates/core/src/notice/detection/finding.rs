//! What detection says: findings as values, with what was usual, what was seen, and since when.

use crate::{
    measure::{bracket::Bracket, family::Family, time::Timestamp},
    remember::baseline::Phase,
};
use serde::{Deserialize, Serialize};

/// What kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A phase takes another time than before, at once and for good.
    LatencyShift,
    /// A phase takes longer from day to day.
    SlowDegradation,
    /// The difference between the families changed, and neither family alone says so.
    FamilyGap,
    /// A connection came about sooner than the target could have answered: something nearer answered for it.
    ImpossibleRoundTrip,
    /// The target began to answer in a content coding that we cannot read: what is expected of its body is not known.
    BodyUnread,
}

impl Kind {
    /// Returns the stable public code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LatencyShift => "latency_shift",
            Self::SlowDegradation => "slow_degradation",
            Self::FamilyGap => "family_gap",
            Self::ImpossibleRoundTrip => "impossible_round_trip",
            Self::BodyUnread => "body_unread",
        }
    }
}

/// Where the change most likely comes from, as told by the phases and families that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Connecting in one family: packets take another way.
    Route,
    /// Connecting in both families: the service moved, or the network of the vantage did.
    ServiceOrVantage,
    /// The name look-up.
    Resolver,
    /// The TLS handshake alone.
    Handshake,
    /// The time until the server answers.
    Server,
    /// The body of the answer.
    Transfer,
    /// A proxy, a tunnel or a gateway near the vantage.
    Middlebox,
}

/// A level in milliseconds, and how far eight rounds of ten stay from it. Tenths of a millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    pub ms: f64,
    pub spread_ms: f64,
}

/// One thing that is not as it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub kind: Kind,
    /// The family it is about; for `family_gap` the one that moved away from what it was beside the other.
    pub family: Family,
    /// The first phase that changed.
    pub phase: Phase,
    /// What was expected. For `family_gap`: how much longer IPv6 takes than IPv4. For `impossible_round_trip`: the
    /// other family's time. For `body_unread`: the usual time of the whole answer, of which nothing is concluded.
    pub expected: Usual,
    /// What was seen instead, in milliseconds, on the same terms.
    pub seen_ms: f64,
    /// When it began: (last as expected, first different].
    pub since: Bracket,
    /// The round that confirmed it.
    pub confirmed_at: Timestamp,
    pub origin: Origin,
    /// All phases that changed together, the first one included.
    pub moved: Vec<Phase>,
    /// Whether the other family changed in the same phase at the same time.
    pub is_in_both_families: bool,
}

/// How a finding ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It is as it was before.
    Returned,
    /// It lasted so long that it is usual now.
    Settled,
    /// It changed again, to something new: another finding begins.
    Replaced,
}

/// What one round changed about the findings of a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum FindingChange {
    Began { finding: Finding },
    Ended { finding: Finding, at: Bracket, how: Ending },
}

/// Rounds to what is worth telling: tenths of a millisecond.
pub(super) fn tenths(ms: f64) -> f64 {
    (ms * 10.0).round() / 10.0
}
