//! What to do now, by cause, in English.

use super::En;
use crate::self_test::phrases::Advice;
use dualwatch_core::{measure::family::Family, self_test::why::Why};

impl<F> Advice for En<F> {
    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn for_visitor(&self, why: Why, family: Option<Family>) -> Option<String> {
        let f = family.map_or_else(|| "the connection".to_owned(), |family| family.to_string());
        let text = match why {
            Why::Fine | Why::Checking | Why::Unpublished | Why::Unreadable | Why::NotTested => return None,
            Why::NoAddress | Why::LocalAddress | Why::FailsAtOnce => format!(
                "You need not do anything. If you want {f}, look for it in your router's settings, or ask your provider for it."
            ),
            Why::OurName => "You need not do anything: only a test name of ours does not answer.".to_owned(),
            Why::RejectedNear | Why::Rejected => format!(
                "Turn off a VPN or a firewall program for a moment and test again. If that helps, allow {f} in it. If not, try another name server (DNS)."
            ),
            Why::NoGateway => format!(
                "Restart your router. If it stays so, switch {f} off in the router until your provider has looked at it."
            ),
            Why::Silent => format!(
                "Restart your router, then test again. If it stays so, call your provider and give them the code below. Until then you can switch {f} off in the router's settings."
            ),
            Why::Hangs | Why::LargeLost | Why::LargeLate => format!(
                "Turn off a VPN and test again. If it stays so, set the MTU in your router to 1280 for {f}, or call your provider and give them the code below."
            ),
            Why::Late => "Test again near your router, by cable if you can. If it stays slow, call your provider.".to_owned(),
            Why::CutShort => "Test again. If it stays so, turn off a VPN or a filter that looks into connections.".to_owned(),
            Why::NamesFiltered => format!(
                "Choose another name server (DNS) in your router or device: the one in use leaves {f} addresses out."
            ),
            Why::Intercepted | Why::CaptivePortal => {
                "Open any page that begins with http:// and log in to this network, then test again.".to_owned()
            }
            Why::Csp | Why::MixedContent => "You need not do anything: whoever runs this page has to change it.".to_owned(),
            Why::LocalNetwork | Why::Permission => {
                "Allow this page to reach your local network: look at the left end of the address bar.".to_owned()
            }
            Why::Blocker => "Turn off your ad blocker or filter for this page, and test again.".to_owned(),
            Why::NameBlocked => {
                "Turn off ad blockers and filters for this page, and test again. If that does not help, ask whoever runs your network whether this name is on a block list.".to_owned()
            }
            Why::Offline => "Connect your device to a network: check the cable, Wi-Fi and flight mode.".to_owned(),
            Why::WrongClock => "Set the date and time of your device, best by itself, and load this page again.".to_owned(),
            Why::NothingAnswers => {
                "Open another site. If none opens, restart your router. If others open, come back later.".to_owned()
            }
            Why::YourFamily => format!("Mend your own {f} first: see above."),
            Why::Between => {
                "Try another network, such as your phone's. If it works there, call your provider and give them this result.".to_owned()
            }
            Why::CertificateHere => {
                "Check the clock of your device, and whether security software looks into your connections.".to_owned()
            }
            Why::NotKnown | Why::Reused | Why::WrongFamily => "Test again in a minute, or from another browser.".to_owned(),
            Why::OurServer => "You need not do anything: it is ours to mend.".to_owned(),
            Why::NoSuchName | Why::PrivateAddress | Why::ErrorStatus | Why::Down | Why::Certificate => {
                "You need not do anything but wait: it is theirs to mend.".to_owned()
            }
        };
        Some(text)
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn for_operator(&self, why: Why, family: Option<Family>) -> Option<String> {
        let f = family.map_or_else(|| "either family".to_owned(), |family| family.to_string());
        let text = match why {
            Why::Fine
            | Why::Checking
            | Why::NotKnown
            | Why::NothingAnswers
            | Why::Offline
            | Why::Blocker
            | Why::Permission
            | Why::LocalNetwork
            | Why::WrongClock
            | Why::YourFamily
            | Why::CertificateHere => return None,
            Why::NoAddress | Why::FailsAtOnce => {
                format!("The device got no usable {f} address: look at router advertisements or DHCP, and at the access network.")
            }
            Why::LocalAddress => {
                format!("The device has unique local {f} addresses only: the router announces no prefix of the provider's.")
            }
            Why::RejectedNear | Why::Rejected => {
                format!("Connections over {f} are answered by a reset or an ICMP error, or the resolver finds no address: look at firewalls on the way, at what listens, and at the resolver's filter.")
            }
            Why::NoGateway => format!("Neighbour discovery for the default {f} gateway is not answered: the announced router is gone."),
            Why::Silent => format!(
                "An address and a default route are there, and nothing comes back over {f}: look at the return route, at a prefix that has changed, and at filters."
            ),
            Why::Hangs | Why::LargeLost | Why::LargeLate => format!(
                "Small packets pass over {f} and large ones do not: let ICMP Packet Too Big through (RFC 4890), clamp the MSS on tunnels, or announce an MTU that fits."
            ),
            Why::Late => format!("Round trips over {f} are several times those of the other family: look at routing and tunnels."),
            Why::CutShort => "Answers end before their length: look at proxies on the way.".to_owned(),
            Why::NamesFiltered => {
                "The visitor's resolver leaves AAAA records out although the path works: look at its filter and at DNS64.".to_owned()
            }
            Why::Intercepted | Why::CaptivePortal => "Something answers with another document than ours, in our name.".to_owned(),
            Why::OurName | Why::OurServer => format!("Look at the self-test endpoint of {f}: its listener, its certificate, its DNS record."),
            Why::WrongFamily => format!("The name that stands for {f} alone has records of the other family, or a proxy before it."),
            Why::Reused => {
                "Browsers join connections to names with one certificate over HTTP/2: serve the self-test over HTTP/1.1, as `dualwatch echo` does.".to_owned()
            }
            Why::NotTested => "Name endpoints under `self_test:` in the configuration.".to_owned(),
            Why::Csp => "Add the endpoint to `connect-src` of the page's Content-Security-Policy.".to_owned(),
            Why::MixedContent => "Serve the endpoint over https, as the page is.".to_owned(),
            Why::NoSuchName => "The name does not exist in the public DNS: look at the domain and its spelling.".to_owned(),
            Why::Unpublished => format!("There is no record for {f}: add one if it should be reachable over it."),
            Why::PrivateAddress => "The name leads to private addresses: visitors from elsewhere cannot reach them.".to_owned(),
            Why::Unreadable => {
                "Send Access-Control-Allow-Origin if this page is to read the answer; nothing is wrong otherwise.".to_owned()
            }
            Why::ErrorStatus => "Look at the application's own logs.".to_owned(),
            Why::Down => format!("It is down over {f} for the edge as well: see the incident."),
            Why::Between => format!("It fails for this visitor only: look at routing and peering to their network over {f}, and at rate limits."),
            Why::NameBlocked => "Its name or address is on a block list somewhere: look at the well-known ones.".to_owned(),
            Why::Certificate => "Renew the certificate, or serve the one of this name.".to_owned(),
        };
        Some(text)
    }
}
