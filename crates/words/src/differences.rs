//! What differs between the families, in words.

use dualwatch_core::{
    judge::consistency::{Aspect, Difference},
    notice::changes::Alternation,
};

/// Returns one sentence for a difference.
pub fn difference(difference: &Difference) -> String {
    let Difference { aspect, ipv4, ipv6 } = difference;
    let short = |digest: &String| digest.chars().take(16).collect::<String>();
    match aspect {
        Aspect::Addresses => format!("The name has {} over IPv4 and {} over IPv6", addresses(ipv4), addresses(ipv6)),
        Aspect::Status => format!("The HTTP status differs: {ipv4} over IPv4, {ipv6} over IPv6"),
        Aspect::Certificate => {
            format!("The certificate differs: {}… over IPv4, {}… over IPv6", short(ipv4), short(ipv6))
        }
        Aspect::Redirect => format!("The redirect leads to {ipv4} over IPv4, to {ipv6} over IPv6"),
        Aspect::Server => format!("The server calls itself {ipv4:?} over IPv4, {ipv6:?} over IPv6"),
        Aspect::Body => {
            "The page itself differs between IPv4 and IPv6; one that is made anew for every visitor always does"
                .to_owned()
        }
    }
}

/// Returns one sentence for what a family shows in turns.
pub fn alternation(alternation: &Alternation) -> String {
    let Alternation { family, aspect, values: [one, other] } = alternation;
    let what = match aspect {
        Aspect::Certificate => format!("Two certificates alternate over {family}: {one}… and {other}…"),
        Aspect::Status => format!("Two HTTP statuses alternate over {family}: {one} and {other}"),
        Aspect::Redirect => format!("Two destinations of the redirect alternate over {family}: {one} and {other}"),
        Aspect::Server => format!("Two servers alternate over {family}: {one:?} and {other:?}"),
        Aspect::Body => format!("Two bodies alternate over {family} ({one}… and {other}…)"),
        Aspect::Addresses => {
            return format!(
                "The name leads to {} and to {} in turns over {family}; each visitor meets one of them by chance",
                addresses(one),
                addresses(other)
            );
        }
    };
    what + "; of the machines behind the name some are not like the others"
}

/// Returns the addresses that a list tells, and how many more there are.
pub fn told(list: &str) -> (Vec<&str>, usize) {
    let (told, more) = list.split_once(" +").map_or((list, None), |(told, more)| (told, more.parse::<usize>().ok()));
    (told.split_whitespace().collect(), more.unwrap_or_default())
}

fn addresses(list: &str) -> String {
    let (told, more) = told(list);
    let and = if more > 0 { format!(" and {more} more") } else { String::new() };
    match told.len() + more {
        1 => format!("one address ({list})"),
        n => format!("{n} addresses ({}{and})", told.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_alternates_is_told_with_both_values() {
        use dualwatch_core::measure::family::Family;
        let of = |aspect, values: [&str; 2]| {
            alternation(&Alternation { family: Family::Ipv6, aspect, values: values.map(str::to_owned) })
        };
        assert_eq!(
            of(Aspect::Body, ["00ff", "11ff"]),
            "Two bodies alternate over IPv6 (00ff… and 11ff…); of the machines behind the name some are not like the others"
        );
        assert_eq!(
            of(Aspect::Addresses, ["2001:db8::1", "2001:db8::2 2001:db8::3"]),
            "The name leads to one address (2001:db8::1) and to 2 addresses (2001:db8::2, 2001:db8::3) in turns over IPv6; \
             each visitor meets one of them by chance"
        );
    }

    #[test]
    fn both_sides_are_told() {
        let difference_of = |aspect| {
            let digest = |c: &str| c.repeat(64);
            difference(&Difference { aspect, ipv4: digest("a"), ipv6: digest("b") })
        };
        assert_eq!(
            difference_of(Aspect::Certificate),
            "The certificate differs: aaaaaaaaaaaaaaaa… over IPv4, bbbbbbbbbbbbbbbb… over IPv6"
        );
        let two =
            Difference { aspect: Aspect::Addresses, ipv4: "192.0.2.1 192.0.2.2".into(), ipv6: "2001:db8::1".into() };
        assert_eq!(
            difference(&two),
            "The name has 2 addresses (192.0.2.1, 192.0.2.2) over IPv4 and one address (2001:db8::1) over IPv6"
        );
        let many = Difference { ipv6: "::1 ::2 +98".into(), ..two };
        assert!(
            difference(&many).ends_with("and 100 addresses (::1, ::2 and 98 more) over IPv6"),
            "{}",
            difference(&many)
        );
        for aspect in [Aspect::Status, Aspect::Redirect, Aspect::Server, Aspect::Body] {
            let text = difference_of(aspect);
            assert!(text.contains("IPv4") && text.contains("IPv6"), "{text}");
        }
    }
}
