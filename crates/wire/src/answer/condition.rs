//! `If-None-Match`: whether the asker has the answer already.

/// Whether the field names the tag of what would be answered, so that 304 is enough.
///
/// `etag` is written as in the `ETag` field: `"..."`. Compared weakly (RFC 9110 section 13.1.2): a proxy that compresses
/// makes tags weak. `*` names whatever there is. A field that is not written as section 8.8.3 says is read as far as it
/// is, and names nothing after that: who is answered in full lacks nothing.
///
/// ```
/// use dualwatch_wire::answer::condition::names;
/// assert!(names(r#""a", W/"b""#, r#""b""#));
/// assert!(!names(r#""a", W/"b""#, r#""c""#));
/// ```
pub fn names(if_none_match: &str, etag: &str) -> bool {
    let mut rest = if_none_match.trim();
    if rest == "*" {
        return true;
    }
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some(quoted) = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"') else { return false };
        let Some((tag, after)) = quoted.split_once('"') else { return false };
        if etag.strip_prefix('"').and_then(|e| e.strip_suffix('"')) == Some(tag) {
            return true;
        }
        // Between two tags there is a comma.
        rest = after.trim_start_matches([' ', '\t']);
        if !rest.starts_with(',') {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_weak_tags_and_the_star_are_read_as_written() {
        let is = |field: &str| names(field, "\"a,b\"");
        for field in ["*", " * ", "\"a,b\"", "W/\"a,b\"", "\"x\", \"a,b\"", "\"x\",,W/\"a,b\" , \"y\"", "\t\"a,b\""] {
            assert!(is(field), "{field}");
        }
        for field in ["", "a,b", "\"a\"", "\"a,b", "w/\"a,b\"", "\"x\" \"a,b\"", "*, \"x\"", "\"A,B\"", ","] {
            assert!(!is(field), "{field}");
        }
    }
}
