//! What a request says of who asks.

/// Returns the token in an `Authorization` header of RFC 6750: the scheme in any case (RFC 9110 section 11.1), spaces, the
/// token (section 11.4).
pub fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim_matches(' ').split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_has_no_case_and_the_token_has() {
        for (header, token) in [
            ("Bearer aB", Some("aB")),
            ("bearer aB", Some("aB")),
            ("BEARER   aB ", Some("aB")),
            ("Bearer", None),
            ("Bearer ", None),
            ("BeareraB", None),
            ("Bearer\taB", None),
            ("Basic aB", None),
            ("", None),
        ] {
            assert_eq!(bearer(header), token, "{header:?}");
        }
    }
}
