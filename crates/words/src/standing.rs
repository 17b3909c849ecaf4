//! What a place that measures has proven about itself, in words.

use dualwatch_core::{family::Family, vantage::Standing};

/// Returns the word of a standing, as in "IPv6 proven".
pub const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Proven => "proven",
        Standing::NoFamily => "missing",
        Standing::Offline => "offline",
        Standing::CaptivePortal => "behind a login page",
        Standing::Clock => "clock wrong",
        Standing::Untested => "untested",
    }
}

/// Returns what a standing means for the targets, where it means that they are not accused; `None` where
/// what is measured stands.
///
/// ```
/// use dualwatch_core::{family::Family, vantage::Standing};
/// assert_eq!(
///     dualwatch_words::standing::consequence("edge", Family::Ipv6, Standing::NoFamily).as_deref(),
///     Some("edge has no working IPv6 and therefore accuses nobody over IPv6."),
/// );
/// ```
pub fn consequence(name: &str, family: Family, standing: Standing) -> Option<String> {
    match standing {
        Standing::Proven | Standing::Untested => None,
        Standing::NoFamily => {
            Some(format!("{name} has no working {family} and therefore accuses nobody over {family}."))
        }
        Standing::Offline => Some(format!("{name} is offline and therefore accuses nobody over {family}.")),
        Standing::CaptivePortal => {
            Some(format!("{name} is behind a login page and therefore accuses nobody over {family}."))
        }
        Standing::Clock => {
            Some(format!("{name} has a wrong clock and therefore does not judge certificates over {family}."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_keeps_us_from_accusing_has_a_consequence() {
        for s in [Standing::Proven, Standing::Untested] {
            assert_eq!(consequence("edge", Family::Ipv4, s), None);
        }
        for s in [Standing::NoFamily, Standing::Offline, Standing::CaptivePortal, Standing::Clock] {
            let text = consequence("edge", Family::Ipv4, s).unwrap();
            assert!(text.starts_with("edge ") && text.contains("IPv4"), "{text}");
        }
    }
}
