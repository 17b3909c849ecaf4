//! A small network of Linux namespaces, for faults that loopback cannot show.
//!
//! ```text
//!   here                        hop                            there
//!   the command (vantage) ----- resolver, controls ----------- the script's services
//!   192.0.2.1                   192.0.2.2   198.51.100.2       198.51.100.1
//!   2001:db8:1::1               2001:db8:1::2   2001:db8:2::2  2001:db8:2::1
//! ```
//!
//! What is done to make one is a list of shell scripts ([`steps`]); [`run()`] performs them. Nothing outside of the
//! namespaces is touched, and they vanish with their processes.

mod run;

pub use run::{Order, SETTING, alone, enter, refusal, run};

use crate::{
    script::{Behaviour, Listen, Name, Script, Service},
    words::{Tcp, Tls, World},
};
use dualwatch_core::measure::family::Family;
use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, Ipv6Addr},
};

/// Where the services are.
pub const THERE: Listen =
    Listen { ipv4: Ipv4Addr::new(198, 51, 100, 1), ipv6: Ipv6Addr::new(0x2001, 0xdb8, 2, 0, 0, 0, 0, 1) };
/// Where the resolver and the controls are.
pub const HOP: Listen =
    Listen { ipv4: Ipv4Addr::new(192, 0, 2, 2), ipv6: Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 2) };

/// A namespace of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Here,
    Hop,
    There,
}

/// One shell script and where it runs; `$HOP` and `$THERE` are process ids in these namespaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub place: Place,
    pub script: String,
}

/// The login page to which a captive portal redirects: a service at the hop, and its name.
const LOGIN: &str = "login";
const LOGIN_NAME: &str = "login.portal.test";

/// Returns the part of a script that runs at a place: names, controls and whatever intercepts at the hop, all other
/// services there.
pub fn part(script: Script, place: Place) -> Script {
    let mut script = script;
    match place {
        Place::Here => Script::new(),
        Place::Hop => {
            script.services.retain(|_, service| service.control);
            intercepting(Script { listen: HOP, ..script })
        }
        Place::There => {
            script.services.retain(|_, service| !service.control);
            script.names.clear();
            Script { listen: THERE, ..script }
        }
    }
}

/// Adds what answers in everybody's name; nothing is led there but in the worlds of the same words.
fn intercepting(script: Script) -> Script {
    let redirect =
        Behaviour { redirect_to: Some(format!("http://{LOGIN_NAME}:{{port:{LOGIN}}}/")), ..Behaviour::default() };
    let name = Name::addresses(&[HOP.ipv4.into(), HOP.ipv6.into()]);
    script
        .name(LOGIN_NAME, name)
        .service(LOGIN, Service::good())
        .service(World::CaptivePortalTls.word(), Service::both(Tls::UnknownRoot))
        .service(World::CaptivePortalHttp.word(), Service::both(redirect))
        .service(World::Tunnel.word(), Service::both(Tcp::Hold))
}

/// Returns the steps that make the network, without a fault.
pub fn plain_steps() -> Vec<Step> {
    // RFC 4862 section 5.4: duplicate address detection would delay every address by a second.
    // RFC 1812 section 4.3.2.8: a kernel says little by ICMP in a second to one host, and nothing at all to several
    // programs there that try again and again. A place says what it says each time.
    let begin = "for conf in all default; do echo 0 > /proc/sys/net/ipv6/conf/$conf/accept_dad; done\n\
                 echo 0 > /proc/sys/net/ipv4/icmp_ratelimit\necho 0 > /proc/sys/net/ipv4/icmp_ratemask\n\
                 echo 0 > /proc/sys/net/ipv6/icmp/ratelimit\nip link set lo up\n";
    let forward = "echo 1 > /proc/sys/net/ipv4/ip_forward\necho 1 > /proc/sys/net/ipv6/conf/all/forwarding\n";
    let link = |name: &str, v4: &str, v6: &str| {
        format!("ip addr add {v4}/24 dev {name}\nip addr add {v6}/64 dev {name} nodad\nip link set {name} up\n")
    };
    let (hop_v4, hop_v6) = ("198.51.100.2", "2001:db8:2::2");
    let step = |place, script: String| Step { place, script };
    vec![
        step(
            Place::Here,
            format!("{begin}ip link add here0 type veth peer name hop0\nip link set hop0 netns $HOP\n")
                + &link("here0", "192.0.2.1", "2001:db8:1::1"),
        ),
        step(
            Place::Hop,
            format!("{begin}{forward}ip link add hop1 type veth peer name there0\nip link set there0 netns $THERE\n")
                + &link("hop0", &HOP.ipv4.to_string(), &HOP.ipv6.to_string())
                + &link("hop1", hop_v4, hop_v6)
                // An address that is silent in every world, for names whose first address is dead.
                + "ip route add blackhole 198.51.100.99/32\nip -6 route add blackhole 2001:db8:2::99/128\n",
        ),
        step(
            Place::There,
            begin.to_owned()
                + &link("there0", &THERE.ipv4.to_string(), &THERE.ipv6.to_string())
                + &format!("ip route add default via {hop_v4}\nip -6 route add default via {hop_v6}\n"),
        ),
        // Routes last: each needs the link to be up on both sides.
        step(Place::Here, format!("ip route add default via {}\nip -6 route add default via {}\n", HOP.ipv4, HOP.ipv6)),
    ]
}

/// The ports at the hop by which [`steps`] tell what to touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HopPorts {
    pub controls: Vec<u16>,
    /// Name servers, which answer in every world.
    pub resolvers: Vec<u16>,
    pub services: BTreeMap<String, u16>,
}

/// Returns the steps that bring the fault, once the servers run.
pub fn steps(world: World, over: Family, ports: &HopPorts) -> Vec<Step> {
    let pick = |v4: &str, v6: &str| if over == Family::Ipv4 { v4.to_owned() } else { v6.to_owned() };
    let ip = pick("ip -4", "ip -6");
    let protocol = pick("ipv4", "ipv6");
    let target = pick(&format!("{}/32", THERE.ipv4), &format!("{}/128", THERE.ipv6));
    let one = |place, script: String| vec![Step { place, script }];
    let filter = |hook: &str, rule: &str| {
        format!(
            "nft add table inet lab\nnft add chain inet lab {hook} '{{ type filter hook {hook} priority 0; }}'\n\
             nft add rule inet lab {hook} '{rule}'\n"
        )
    };
    let reject = |v4: &str, v6: &str| {
        let (to, with) = (pick("ip daddr", "ip6 daddr"), pick(v4, v6));
        filter("forward", &format!("{to} {target} reject with {with}"))
    };
    match world {
        World::Plain => Vec::new(),
        World::NoFamily => {
            let without = pick("ip -4 addr flush dev here0", "echo 1 > /proc/sys/net/ipv6/conf/here0/disable_ipv6");
            one(Place::Here, without)
        }
        World::FamilySilent => {
            // Neighbour discovery stays: without it the kernel would say "unreachable" after 3 s.
            one(
                Place::Hop,
                filter("prerouting", &format!("iifname hop0 meta nfproto {protocol} meta l4proto {{ tcp, udp }} drop")),
            )
        }
        World::Offline => one(Place::Here, "ip link set here0 down".to_owned()),
        World::NoRoute => one(Place::Here, format!("{ip} route del default")),
        World::GatewaySilent => {
            one(Place::Here, format!("{ip} route replace default via {}", pick("192.0.2.99", "2001:db8:1::99")))
        }
        // By a rule: of what a route says to one host the kernel lets through one in a second, whatever is set.
        World::Unreachable => one(Place::Hop, reject("icmp type host-unreachable", "icmpv6 type no-route")),
        World::Prohibited => one(Place::Hop, reject("icmp type admin-prohibited", "icmpv6 type admin-prohibited")),
        World::Blackhole => one(Place::Hop, format!("{ip} route add blackhole {target}")),
        World::Dropped => {
            one(Place::There, filter("input", &format!("meta nfproto {protocol} tcp flags syn / syn,ack drop")))
        }
        World::Rejected => {
            let rule = format!("meta nfproto {protocol} tcp flags syn / syn,ack reject with tcp reset");
            one(Place::There, filter("input", &rule))
        }
        World::PathMtu => {
            // RFC 8201: the sender learns of the smaller link by ICMP alone, and that is dropped.
            let too_big = pick("icmp type destination-unreachable", "icmpv6 type packet-too-big");
            one(Place::Hop, filter("output", &format!("{too_big} drop")) + "ip link set hop0 mtu 1280\n")
        }
        World::ControlsDead => {
            let rule = format!("iifname hop0 meta nfproto {protocol} tcp dport {} drop", set(&ports.controls));
            one(Place::Hop, filter("prerouting", &rule))
        }
        World::CaptivePortalTls | World::CaptivePortalHttp | World::Tunnel => {
            let port = |key: &str| ports.services.get(key).copied().unwrap_or_default();
            let spared: Vec<u16> = ports.resolvers.iter().copied().chain([port(LOGIN)]).collect();
            let to = pick(&format!("ip to {}", HOP.ipv4), &format!("ip6 to [{}]", HOP.ipv6));
            let which = format!("iifname hop0 meta nfproto {protocol} tcp dport != {}", set(&spared));
            one(
                Place::Hop,
                format!(
                    "nft add table inet lab\nnft add chain inet lab prerouting '{{ type nat hook prerouting priority \
                     dstnat; }}'\nnft add rule inet lab prerouting '{which} dnat {to}:{}'\n",
                    port(world.word())
                ),
            )
        }
    }
}

/// Prints a set of ports as nft reads it.
fn set(ports: &[u16]) -> String {
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    format!("{{ {} }}", ports.join(", "))
}
