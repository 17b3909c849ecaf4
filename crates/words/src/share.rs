//! Shares of time: "100 %" and "0 %" are said only of what is exactly that, and of how much anything is known.

use crate::duration;

/// Returns a share, 0 to 1, in percent with two digits, three above 99.99; rounded down, but never to zero.
///
/// It is the only place where a share becomes a number of percent.
///
/// ```
/// assert_eq!(dualwatch_words::percent(0.99999), "99.999 %");
/// assert_eq!(dualwatch_words::percent(1.0), "100 %");
/// ```
pub fn percent(share: f64) -> String {
    if share <= 0.0 {
        return "0 %".to_owned();
    }
    if share >= 1.0 {
        return "100 %".to_owned();
    }
    // A hundred-thousandth; the little more is for shares such as 0.9998, which no float is.
    let fine = ((share * 100_000.0 + 1e-6) as i64).clamp(1, 99_999);
    let (whole, rest) = (fine / 1_000, fine % 1_000);
    if (10..=99_990).contains(&fine) { format!("{whole}.{:02} %", rest / 10) } else { format!("{whole}.{rest:03} %") }
}

/// Says for how long a window was observed, where that is less than half of it: what is said of such a window is said of
/// little, and this comes first. `known_ms` is the time of which something is known or was planned.
///
/// ```
/// assert_eq!(dualwatch_words::known_for(8_000, 2_592_000_000).as_deref(), Some("known for 8 seconds of 30 days"));
/// assert_eq!(dualwatch_words::known_for(43_200_000, 86_400_000), None);
/// ```
pub fn known_for(known_ms: i64, length_ms: i64) -> Option<String> {
    let is_hardly_known = known_ms.saturating_mul(2) < length_ms;
    is_hardly_known.then(|| format!("known for {} of {}", duration(known_ms), duration(length_ms)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_is_whole_is_a_hundred() {
        for (share, text) in [
            (0.0, "0 %"),
            (1e-12, "0.001 %"),
            (0.000_1, "0.01 %"),
            (0.5, "50.00 %"),
            (0.994_999, "99.49 %"),
            (0.999_8, "99.98 %"),
            (0.999_9, "99.99 %"),
            (0.999_95, "99.995 %"),
            (1.0 - 1e-15, "99.999 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), text, "{share}");
        }
    }

    proptest! {
        /// A millisecond of outage, or of success, in a hundred years.
        #[test]
        fn no_outage_and_no_success_is_rounded_away(one in 1u64..4_000_000_000_000, other in 1u64..4_000_000_000_000) {
            let (part, whole) = (one.min(other), one.max(other) + 1);
            let text = percent(part as f64 / whole as f64);
            prop_assert!(text != "0 %" && text != "100 %", "{part} of {whole}: {text}");
            let number: f64 = text.trim_end_matches(" %").parse().unwrap();
            prop_assert!(number > 0.0 && number < 100.0, "{text}");
        }
    }
}
