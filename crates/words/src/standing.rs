//! What a place that measures has proven about itself, in words.

use dualwatch_core::measure::{family::Family, vantage::Standing};
use std::net::SocketAddr;

/// Returns the word of a standing, as in "IPv6 proven".
pub const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Proven => "proven",
        Standing::NoFamily => "missing",
        Standing::Offline => "offline",
        Standing::CaptivePortal => "behind a login page",
        Standing::Clock => "clock wrong",
        Standing::Untested => "untested",
        Standing::Disputed => "disputed",
    }
}

/// Returns what a standing means for the targets, where it means that they are not accused; `None` where
/// what is measured stands.
///
/// ```
/// use dualwatch_core::measure::{family::Family, vantage::Standing};
/// assert_eq!(
///     dualwatch_words::standing::consequence("edge", Family::Ipv6, Standing::NoFamily).as_deref(),
///     Some("edge has no working IPv6 and therefore accuses nobody over IPv6."),
/// );
/// ```
pub fn consequence(name: &str, family: Family, standing: Standing) -> Option<String> {
    match standing {
        Standing::Proven | Standing::Untested | Standing::Disputed => None,
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

/// Returns what there is to say of a standing: its consequence, or what contradicts the controls (`reached`, by its name
/// where one is known).
pub fn meaning(name: &str, family: Family, standing: Standing, reached: Option<&str>) -> Option<String> {
    match standing {
        Standing::Disputed => Some(disputed(name, family, reached)),
        standing => consequence(name, family, standing),
    }
}

/// Returns the sentence on a family whose controls are silent and over which a target is reached all the same: this one,
/// where one is known.
pub fn disputed(name: &str, family: Family, target: Option<&str>) -> String {
    let target = target.unwrap_or("a service");
    format!("No control of {name} answers over {family}, but {target} does: what {name} measures over {family} stands.")
}

/// Returns the sentence on a control that does not answer though others do; `for_ms`: for so long.
pub fn silent_control(name: &str, control: SocketAddr, for_ms: i64, is_dropped: bool) -> String {
    let since = crate::duration(for_ms);
    let then = if is_dropped { "; it is left out, and asked again once an hour" } else { "" };
    format!("The control {control} of {name} has not answered for {since}, while others do{then}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_control_is_no_fault_of_the_vantage() {
        assert_eq!(
            silent_control("edge", "192.0.2.1:443".parse().unwrap(), 180_000, true),
            "The control 192.0.2.1:443 of edge has not answered for 3 minutes, while others do; it is left out, and asked \
             again once an hour."
        );
    }

    #[test]
    fn what_contradicts_the_controls_is_named() {
        assert_eq!(
            disputed("edge", Family::Ipv6, Some("Shop")),
            "No control of edge answers over IPv6, but Shop does: what edge measures over IPv6 stands."
        );
        assert_eq!(meaning("edge", Family::Ipv6, Standing::Proven, Some("Shop")), None);
        assert_eq!(
            meaning("edge", Family::Ipv6, Standing::Disputed, Some("Shop")),
            Some(disputed("edge", Family::Ipv6, Some("Shop")))
        );
        assert!(disputed("edge", Family::Ipv4, None).contains("over IPv4, but a service does"));
    }

    #[test]
    fn only_what_keeps_us_from_accusing_has_a_consequence() {
        for s in [Standing::Proven, Standing::Untested, Standing::Disputed] {
            assert_eq!(consequence("edge", Family::Ipv4, s), None);
        }
        for s in [Standing::NoFamily, Standing::Offline, Standing::CaptivePortal, Standing::Clock] {
            let text = consequence("edge", Family::Ipv4, s).unwrap();
            assert!(text.starts_with("edge ") && text.contains("IPv4"), "{text}");
        }
    }
}
