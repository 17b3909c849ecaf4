//! How much a phase must change, and for how long, before that is worth a finding: one table.

use crate::{measure::target::Scheme, remember::baseline::Phase};

/// What counts as different for one phase of one protocol.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// The new level is at least so many times the old one, or the old one so many times the new one.
    pub ratio: f64,
    /// And at least so many milliseconds away.
    pub min_ms: f64,
    /// For so many rounds more than went back.
    pub rounds: u16,
}

/// Changes must have lasted so long, however quickly rounds follow each other.
pub const MIN_LASTING_MS: i64 = 5 * crate::measure::time::MINUTE;

/// The classes of protocols, by what a probe of them waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// A page, made by a server: http, https and what is upgraded from them.
    Web,
    /// A connection, perhaps with a greeting.
    Stream,
    /// One question over one connection.
    Dns,
}

const fn class(scheme: Scheme) -> Class {
    match scheme {
        Scheme::Dns => Class::Dns,
        Scheme::Tcp | Scheme::Tls => Class::Stream,
        _ => Class::Web,
    }
}

/// Returns what counts as different; `None` where the phase does not exist or says nothing that another does not.
///
/// | phase | why these numbers |
/// |---|---|
/// | resolve | A resolver answers from its cache or not: two levels are normal. Only a lasting, large change counts. |
/// | connect | One round trip, made by kernels: steady. 5 ms are a detour of some 500 km of fibre. |
/// | tls | One or two round trips and a signature. |
/// | first byte | A server's work: restless on the web, steady for DNS and greetings. |
/// | total | Only the web transfers something; elsewhere it is the sum of the phases. |
pub const fn tuning(scheme: Scheme, phase: Phase) -> Option<Tuning> {
    let (ratio, min_ms, rounds) = match (phase, class(scheme)) {
        (Phase::Resolve, _) => (2.0, 20.0, 20),
        (Phase::Connect, _) => (1.2, 5.0, 12),
        (Phase::Tls, Class::Web | Class::Stream) if scheme.is_tls() => (1.3, 10.0, 12),
        (Phase::FirstByte, Class::Web) => (1.5, 25.0, 15),
        (Phase::FirstByte, Class::Stream | Class::Dns) => (1.3, 10.0, 12),
        (Phase::Total, Class::Web) => (1.6, 50.0, 15),
        (Phase::Tls | Phase::Total, _) => return None,
    };
    Some(Tuning { ratio, min_ms, rounds })
}

/// What counts as different for the gap between the families, in the phases in which both are compared.
///
/// Both families of a round share the moment, the vantage and the server, so their difference is steadier than either.
pub const fn gap_tuning(scheme: Scheme, phase: Phase) -> Option<Tuning> {
    match phase {
        Phase::Connect => Some(Tuning { ratio: 1.2, min_ms: 8.0, rounds: 18 }),
        Phase::FirstByte => match class(scheme) {
            Class::Web => Some(Tuning { ratio: 1.4, min_ms: 30.0, rounds: 20 }),
            Class::Stream | Class::Dns => Some(Tuning { ratio: 1.3, min_ms: 15.0, rounds: 18 }),
        },
        Phase::Resolve | Phase::Tls | Phase::Total => None,
    }
}

/// Slow degradation: a day's median counts as different by so much, in the phases that are watched for it.
pub const fn slow_tuning(phase: Phase) -> Option<Tuning> {
    match phase {
        Phase::Connect => Some(Tuning { ratio: 1.25, min_ms: 5.0, rounds: 0 }),
        Phase::FirstByte => Some(Tuning { ratio: 1.35, min_ms: 20.0, rounds: 0 }),
        Phase::Resolve | Phase::Tls | Phase::Total => None,
    }
}
