//! How long is waited for what. Every limit is here; a page has none of its own.

/// Browsers give IPv6 250 to 300 ms before they try IPv4.
pub const FALLBACK_MS: u32 = 300;

/// A connect phase of at least this is the browser's wait for IPv6 (measured: 251 to 303 ms), where the round trip to us
/// does not explain it.
pub const FALLBACK_WAIT_MS: u32 = 200;

/// When Firefox calls a name with IPv6 addresses only a failure whose packets nobody answers (measured: 255 to 290 ms, and
/// 354 on a busy machine). It is only called silence where something else shows silence as well.
pub const GIVEN_UP_MS: std::ops::RangeInclusive<u32> = 240..=600;

/// Nothing is called overdue sooner.
pub const OVERDUE_MS: u32 = 350;

/// What fails is asked once more after this.
pub const CONFIRM_FAILURE_MS: u32 = 250;

/// What is silent is asked once more after this, beside the first try: after the first retransmission (RFC 6298: 1 s).
pub const CONFIRM_SILENCE_MS: u32 = 1_000;

/// A second try gets at least this long, and so does a control: one retransmission, and an answer to it.
pub const SECOND_TRY_MS: u32 = 2_000;

/// How long the page's own address is waited for, where nothing shows that the browser gets past a name of both families.
pub const PAGE_MS: u32 = 900;

/// Tries that were asked at least so far apart have nothing in common but what they wait for ...
pub const APART_MS: u32 = 500;

/// ... where they end within this. A packet that says no comes to each for itself.
pub const ONE_MOMENT_MS: u32 = 60;

/// The shortest and the longest time until a question is given up. A gateway that does not exist shows itself after
/// 3,065 to 3,075 ms (measured).
pub const DEADLINE_MS: std::ops::RangeInclusive<u32> = 3_200..=6_000;

/// What is only worth knowing is given up sooner.
pub const EXTRA_DEADLINE_MS: u32 = 2_500;

/// Late answers are taken until then: it is slow, and not silent. test-ipv6.com waits as long.
pub const LATE_MS: u32 = 15_000;

/// An answer that takes a second is noticed by people; see [`is_slow`].
pub const SLOW_MS: u32 = 1_000;

/// Gathering the device's addresses takes 3 to 190 ms where it ends at all (measured).
pub const GATHER_MS: u32 = 500;

/// Returns when a question is given up, counted from its first try, by the longest round trip known so far.
///
/// Six round trips carry DNS, TCP, TLS and HTTP with one loss; 1.5 s cover a retransmission of the first packet.
pub fn deadline_ms(round_trip_ms: Option<u32>, is_extra: bool) -> u32 {
    let wanted = round_trip_ms.unwrap_or(0).saturating_mul(6).saturating_add(1_500);
    let within = wanted.clamp(*DEADLINE_MS.start(), *DEADLINE_MS.end());
    if is_extra { within.min(EXTRA_DEADLINE_MS) } else { within }
}

/// Returns after how long an answer is overdue, where the same question to us over the other family took `reference_ms`.
/// Where nothing was answered, nothing is overdue.
pub const fn overdue_ms(reference_ms: Option<u32>, may_fall_back: bool) -> Option<u32> {
    let Some(reference) = reference_ms else { return None };
    let twice = reference.saturating_mul(2);
    let wait = if twice > OVERDUE_MS { twice } else { OVERDUE_MS };
    Some(if may_fall_back { wait.saturating_add(FALLBACK_MS) } else { wait })
}

/// Whether an answer is slow: people notice, and the same question over the other family took a quarter of it or less.
pub const fn is_slow(after_ms: u32, reference_ms: Option<u32>) -> bool {
    match reference_ms {
        Some(reference) => after_ms >= SLOW_MS && after_ms / 4 >= reference,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_follow_the_round_trip() {
        for (round_trip, expected) in
            [(None, 3_200), (Some(20), 3_200), (Some(500), 4_500), (Some(5_000), 6_000), (Some(u32::MAX), 6_000)]
        {
            assert_eq!(deadline_ms(round_trip, false), expected, "{round_trip:?}");
            assert!(deadline_ms(round_trip, true) <= EXTRA_DEADLINE_MS);
        }
    }

    #[test]
    fn a_slow_network_is_given_its_time() {
        assert_eq!(overdue_ms(None, false), None);
        assert_eq!(overdue_ms(Some(20), false), Some(350));
        assert_eq!(overdue_ms(Some(20), true), Some(650));
        assert_eq!(overdue_ms(Some(1_000), false), Some(2_000));
        assert!(is_slow(2_000, Some(20)) && !is_slow(900, Some(20)));
        assert!(!is_slow(2_000, Some(1_500)) && !is_slow(2_000, None));
    }
}
