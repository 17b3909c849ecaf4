//! Addresses that say less than they seem, in words.

use dualwatch_core::measure::unfit::{Unfit, UnfitAddress};

/// Returns what an address is, as a fragment that may stand for a failure.
pub fn unfit(unfit: &UnfitAddress) -> String {
    let UnfitAddress { address, why } = unfit;
    match why {
        Unfit::Translated { holds: Some(holds) } => {
            format!("{address} stands for {holds}: a translator (NAT64), which says nothing of IPv6 there")
        }
        Unfit::Translated { holds: None } => {
            format!("{address} stands for an IPv4 address: a translator (NAT64), which says nothing of IPv6 there")
        }
        Unfit::LinkLocal => {
            format!("no destination: {address} is link-local, and nobody outside of its link can use it")
        }
        Unfit::Unspecified => format!(
            "no destination: {address} means \"none\"; it is what a filtering resolver answers, or what the owner of the \
             name has set"
        ),
        Unfit::Multicast => format!("no destination: {address} is multicast, a group and no host"),
        Unfit::Broadcast => format!("no destination: {address} is broadcast, everybody on a link and no host"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: &str) {
        let said = unfit(&UnfitAddress::of(address.parse().unwrap()).unwrap());
        assert!(said.starts_with(expected), "{said}");
    }

    #[test]
    fn each_is_named() {
        check("64:ff9b::7f00:1", "64:ff9b::7f00:1 stands for 127.0.0.1: a translator (NAT64)");
        check("64:ff9b:1:abcd::1:2", "64:ff9b:1:abcd::1:2 stands for an IPv4 address");
        check("fe80::1", "no destination: fe80::1 is link-local");
        check("0.0.0.0", "no destination: 0.0.0.0 means \"none\"; it is what a filtering resolver answers");
        check("::", "no destination: :: means \"none\"");
        check("ff02::1", "no destination: ff02::1 is multicast");
        check("255.255.255.255", "no destination: 255.255.255.255 is broadcast");
    }
}
