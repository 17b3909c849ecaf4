//! Shares in words: "100 %" and "0 %" are said only of what is exactly that.

/// Returns a share, 0 to 1, in percent with two digits, three above 99.99; rounded down, but never to zero. A line does
/// not break before the sign.
///
/// ```
/// assert_eq!(dualwatch_app::show::percent::percent(0.99999), "99.999\u{a0}%");
/// assert_eq!(dualwatch_app::show::percent::percent(1.0), "100\u{a0}%");
/// ```
pub fn percent(share: f64) -> String {
    if share <= 0.0 {
        return "0\u{a0}%".to_owned();
    }
    if share >= 1.0 {
        return "100\u{a0}%".to_owned();
    }
    // A hundred-thousandth; the little more is for shares such as 0.9998, which no float is.
    let fine = ((share * 100_000.0 + 1e-6) as i64).clamp(1, 99_999);
    let (whole, rest) = (fine / 1_000, fine % 1_000);
    if (10..=99_990).contains(&fine) {
        format!("{whole}.{:02}\u{a0}%", rest / 10)
    } else {
        format!("{whole}.{rest:03}\u{a0}%")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(percent(share), text.replace(' ', "\u{a0}"), "{share}");
        }
    }
}
