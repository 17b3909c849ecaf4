//! What resolvers say of their errors (RFC 8914).

use dualwatch_core::measure::sample::ExtendedError;

/// Returns the name of an extended DNS error as its registry has it, and the resolver's own text.
///
/// ```
/// # use dualwatch_core::measure::sample::ExtendedError;
/// let error = ExtendedError { code: 7, text: Some("expired on Sunday".to_owned()) };
/// assert_eq!(dualwatch_words::extended_error(&error), "Signature Expired: expired on Sunday");
/// ```
pub fn extended_error(error: &ExtendedError) -> String {
    let name = match error.code {
        0 => "Other Error",
        1 => "Unsupported DNSKEY Algorithm",
        2 => "Unsupported DS Digest Type",
        3 => "Stale Answer",
        4 => "Forged Answer",
        5 => "DNSSEC Indeterminate",
        6 => "DNSSEC Bogus",
        7 => "Signature Expired",
        8 => "Signature Not Yet Valid",
        9 => "DNSKEY Missing",
        10 => "RRSIGs Missing",
        11 => "No Zone Key Bit Set",
        12 => "NSEC Missing",
        13 => "Cached Error",
        14 => "Not Ready",
        15 => "Blocked",
        16 => "Censored",
        17 => "Filtered",
        18 => "Prohibited",
        19 => "Stale NXDOMAIN Answer",
        20 => "Not Authoritative",
        21 => "Not Supported",
        22 => "No Reachable Authority",
        23 => "Network Error",
        24 => "Invalid Data",
        25 => "Signature Expired before Valid",
        code => return error.text.clone().unwrap_or_else(|| format!("extended error {code}")),
    };
    match &error.text {
        Some(text) => format!("{name}: {text}"),
        None => name.to_owned(),
    }
}
