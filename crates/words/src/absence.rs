//! Why nothing is measured over a family: one text, wherever it is said.

use dualwatch_core::measure::{absence::Absence, family::Family};

/// Returns why there is nothing to measure over a family, as a fragment.
pub fn absence(absence: Absence, family: Family) -> String {
    let other = family.other();
    match absence {
        Absence::NoRecord => format!("{}: {other} only by design", no_record(family)),
        Absence::Literal => format!("nothing to measure: what is measured is an {other} address"),
        Absence::Translated => format!("{} of its own: {other} only by design", no_record(family)),
        Absence::Pinned => format!("nothing to measure: the configuration pins {other} addresses only"),
    }
}

/// Returns the verdict on such a family, in a few words.
pub fn only(absence: Absence, family: Family) -> String {
    let other = family.other();
    match absence {
        Absence::NoRecord => format!("{other} only by design"),
        Absence::Translated => format!("{other} only: the network translates"),
        Absence::Literal => format!("{other} only: it is an address"),
        Absence::Pinned => format!("{other} only: its addresses are pinned"),
    }
}

/// Returns which record is missing.
pub const fn no_record(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "no A record",
        Family::Ipv6 => "no AAAA record",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_somebody_left_out_is_a_design() {
        let texts = [Absence::NoRecord, Absence::Translated, Absence::Literal, Absence::Pinned]
            .map(|why| (absence(why, Family::Ipv6), only(why, Family::Ipv6)));
        assert_eq!(
            texts.map(|(long, short)| format!("{long} | {short}")),
            [
                "no AAAA record: IPv4 only by design | IPv4 only by design",
                "no AAAA record of its own: IPv4 only by design | IPv4 only: the network translates",
                "nothing to measure: what is measured is an IPv4 address | IPv4 only: it is an address",
                "nothing to measure: the configuration pins IPv4 addresses only | IPv4 only: its addresses are pinned",
            ]
        );
    }
}
