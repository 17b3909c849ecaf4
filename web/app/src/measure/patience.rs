//! How long the page waits for an answer.

/// Returns the time limit of one probe in milliseconds, from the slowest own round trip known so far.
///
/// Six round trips carry DNS, TCP, TLS and HTTP with one loss; 1.5 s cover a retransmission of the first packet
/// (RFC 6298: 1 s). Never below 3 s, where a silent gateway shows itself, and never above 5 s.
pub fn timeout_ms(round_trips_ms: impl IntoIterator<Item = f64>) -> u32 {
    let slowest = round_trips_ms.into_iter().fold(0.0, f64::max);
    (6.0 * slowest + 1_500.0).clamp(3_000.0, 5_000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_three_and_five_seconds() {
        for (round_trips, expected) in
            [(&[][..], 3_000), (&[20.0], 3_000), (&[20.0, 400.0], 3_900), (&[5_000.0], 5_000), (&[f64::NAN], 3_000)]
        {
            assert_eq!(timeout_ms(round_trips.iter().copied()), expected, "{round_trips:?}");
        }
    }
}
