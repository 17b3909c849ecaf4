//! Shares in words, as the page sets them.

/// Returns a share, 0 to 1, in percent ([`dualwatch_words::percent`]). A line does not break before the sign.
///
/// ```
/// assert_eq!(dualwatch_app::show::percent::percent(0.99999), "99.999\u{a0}%");
/// assert_eq!(dualwatch_app::show::percent::percent(1.0), "100\u{a0}%");
/// ```
pub fn percent(share: f64) -> String {
    dualwatch_words::percent(share).replace(' ', "\u{a0}")
}
