//! One sentence or two for a finding: what it takes now, since when, what was usual, and where to look.

use crate::{
    elapsed,
    times::{exact_duration, whole_seconds},
};
use dualwatch_core::{
    measure::{bracket::Bracket, family::Family, time::Timestamp},
    notice::detection::{Ending, Finding, Kind, Origin},
    remember::baseline::Phase,
};

/// Returns what a finding says. `time` prints a point in time as the reader wants it.
pub fn finding(finding: &Finding, time: impl Fn(Timestamp) -> String) -> String {
    let Finding { family, phase, expected, seen_ms, .. } = finding;
    let since = since(finding.since, time);
    let usual = format!("{} ± {}", elapsed(expected.ms), spread(expected.spread_ms));
    match finding.kind {
        Kind::LatencyShift => {
            let takes =
                format!("{} over {family} takes {} {since}; {usual} was usual.", doing(*phase), elapsed(*seen_ms));
            format!("{takes} {}", moved(finding))
        }
        Kind::SlowDegradation => format!(
            "{} over {family} takes longer from day to day: {} {since}; {usual} was usual in the weeks before. {}",
            doing(*phase),
            elapsed(*seen_ms),
            origin(finding.origin)
        ),
        Kind::FamilyGap => format!(
            "{} over IPv6 takes {} {since}; {} was usual. Neither family alone changed enough to say so.",
            doing(*phase),
            beside_ipv4(*seen_ms),
            usual_beside_ipv4(expected.ms, expected.spread_ms)
        ),
        Kind::ImpossibleRoundTrip => format!(
            "Connecting over {family} takes {} {since}, and {} over {}: no answer can come back from there so soon. {}",
            elapsed(*seen_ms),
            elapsed(expected.ms),
            family.other(),
            origin(finding.origin)
        ),
        Kind::BodyUnread => format!(
            "The body over {family} cannot be read here {since}, and could before: whether it holds what is expected is not \
             known, while browsers may show it. Nobody asked for the content coding that it comes in."
        ),
    }
}

/// Returns how a finding ended, as the end of a sentence about it.
pub const fn finding_ended(how: Ending) -> &'static str {
    match how {
        Ending::Returned => "it is as it was before",
        Ending::Settled => "it has lasted so long that it is usual now",
        Ending::Replaced => "it changed again",
    }
}

/// Returns a phase as what is done in it.
pub const fn doing(phase: Phase) -> &'static str {
    match phase {
        Phase::Resolve => "Looking up the name",
        Phase::Connect => "Connecting",
        Phase::Tls => "The TLS handshake",
        Phase::FirstByte => "The first byte of the answer",
        Phase::Total => "The whole answer",
    }
}

/// Returns where a change comes from, as a sentence.
pub const fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Route => "Packets take another way, or the way is busier.",
        Origin::ServiceOrVantage => {
            "Both families changed together: the service moved, or the network we measure from did."
        }
        Origin::Resolver => "The resolver, or the way to it, changed; the service itself did not.",
        Origin::Handshake => "The TLS settings, the certificate or the machine that shakes hands changed.",
        Origin::Server => "The server needs another time to answer; the way to it is as it was.",
        Origin::Transfer => "The answer arrives at another speed, or its size changed.",
        Origin::Middlebox => "A proxy, a tunnel or a gateway near us accepts the connection in the target's name.",
    }
}

/// Which phases moved, and what that means.
fn moved(finding: &Finding) -> String {
    let reason = origin(finding.origin);
    match (finding.origin, &finding.moved[..]) {
        (Origin::Route, [_]) => format!("Only the connection changed. {reason}"),
        (Origin::Route, _) => format!("The phases after it follow. {reason}"),
        (Origin::Server, _) if finding.is_in_both_families => format!("Both families changed together. {reason}"),
        _ => reason.to_owned(),
    }
}

fn since(since: Bracket, time: impl Fn(Timestamp) -> String) -> String {
    let by = time(since.by);
    match since.width_ms() {
        Some(width) => format!("since {by} (± {})", exact_duration(whole_seconds(width))),
        None => format!("since {by} or earlier"),
    }
}

/// A spread below what is told of a time is told as that.
fn spread(ms: f64) -> String {
    elapsed(ms.max(0.1))
}

fn beside_ipv4(ms: f64) -> String {
    match longer(ms) {
        Some(word) => format!("{} {word} than over IPv4", elapsed(ms.abs())),
        None => "as long as over IPv4".to_owned(),
    }
}

fn usual_beside_ipv4(ms: f64, spread_ms: f64) -> String {
    match longer(ms) {
        Some(word) => format!("{} ± {} {word}", elapsed(ms.abs()), spread(spread_ms)),
        None => format!("no difference (± {})", spread(spread_ms)),
    }
}

fn longer(ms: f64) -> Option<&'static str> {
    if ms.abs() < 0.1 { None } else { Some(if ms > 0.0 { "longer" } else { "less" }) }
}

/// Returns the name of a family that a finding is about; both where it is about the difference.
pub fn finding_family(finding: &Finding) -> Option<Family> {
    (finding.kind != Kind::FamilyGap).then_some(finding.family)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::{measure::time::MINUTE, notice::detection::Usual};

    const AT: Timestamp = Timestamp::from_unix_ms(1_000 * MINUTE);

    fn check(kind: Kind, phase: Phase, origin: Origin, ms: (f64, f64, f64), expected: &str) {
        let finding_of = Finding {
            kind,
            family: Family::Ipv6,
            phase,
            expected: Usual { ms: ms.0, spread_ms: ms.1 },
            seen_ms: ms.2,
            since: Bracket::new(Some(AT - MINUTE), AT),
            confirmed_at: AT + 12 * MINUTE,
            origin,
            moved: vec![phase],
            is_in_both_families: false,
        };
        assert_eq!(finding(&finding_of, |_| "14:02".to_owned()), expected);
    }

    #[test]
    fn one_of_each_kind() {
        check(
            Kind::LatencyShift,
            Phase::Connect,
            Origin::Route,
            (41.0, 3.0, 182.0),
            "Connecting over IPv6 takes 182 ms since 14:02 (± 1 minute); 41 ms ± 3 ms was usual. \
             Only the connection changed. Packets take another way, or the way is busier.",
        );
        check(
            Kind::LatencyShift,
            Phase::Resolve,
            Origin::Resolver,
            (2.0, 0.04, 90.0),
            "Looking up the name over IPv6 takes 90 ms since 14:02 (± 1 minute); 2 ms ± 0.1 ms was usual. \
             The resolver, or the way to it, changed; the service itself did not.",
        );
        check(
            Kind::SlowDegradation,
            Phase::FirstByte,
            Origin::Server,
            (120.0, 9.0, 170.0),
            "The first byte of the answer over IPv6 takes longer from day to day: 170 ms since 14:02 (± 1 minute); \
             120 ms ± 9 ms was usual in the weeks before. The server needs another time to answer; the way to it is \
             as it was.",
        );
        check(
            Kind::FamilyGap,
            Phase::Connect,
            Origin::Route,
            (-3.0, 1.0, 12.0),
            "Connecting over IPv6 takes 12 ms longer than over IPv4 since 14:02 (± 1 minute); 3 ms ± 1 ms less was \
             usual. Neither family alone changed enough to say so.",
        );
        check(
            Kind::ImpossibleRoundTrip,
            Phase::Connect,
            Origin::Middlebox,
            (135.0, 20.0, 2.0),
            "Connecting over IPv6 takes 2 ms since 14:02 (± 1 minute), and 135 ms over IPv4: no answer can come back \
             from there so soon. A proxy, a tunnel or a gateway near us accepts the connection in the target's name.",
        );
    }

    #[test]
    fn a_gap_that_was_none_is_told_without_zeros() {
        assert_eq!(beside_ipv4(0.0), "as long as over IPv4");
        assert_eq!(usual_beside_ipv4(0.0, 1.3), "no difference (± 1.3 ms)");
    }
}
