//! Who is named where a fault is told: the clients of what the target speaks, grouped by their fate.

use crate::{Client, Fate, Fault, Protocol, all, codes::codes, find};

codes! {
    /// The fates in the order in which they are told: whoever suffers most comes first.
    Class {
        Fails = "fails",
        Partly = "partly",
        Waits = "waits",
        Unnoticed = "unnoticed",
        Untouched = "untouched",
    }
}

impl Class {
    pub const fn of(fate: Fate) -> Self {
        match fate {
            Fate::Fails { .. } => Self::Fails,
            Fate::Partly { .. } => Self::Partly,
            Fate::Waits { .. } => Self::Waits,
            Fate::Unnoticed => Self::Unnoticed,
            Fate::Untouched => Self::Untouched,
        }
    }
}

/// One client and how it fares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fared {
    pub client: &'static Client,
    pub fate: Fate,
}

/// Clients of one fate.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub class: Class,
    /// The best known first, those of the target's protocol before all others.
    pub clients: Vec<Fared>,
}

/// Returns how the clients of a protocol fare with a fault, grouped by fate. Those of plain TCP are behind every protocol
/// but HTTP, which has enough of its own.
pub fn groups(fault: Fault, protocol: Protocol) -> Vec<Group> {
    let own = |client: &&Client| client.speaks.contains(&protocol);
    let plain = |client: &&Client| {
        protocol != Protocol::Http && !client.speaks.contains(&protocol) && client.speaks.contains(&Protocol::Tcp)
    };
    let clients = all().iter().filter(own).chain(all().iter().filter(plain));
    let fared: Vec<Fared> =
        clients.filter_map(|client| client.fate(fault).map(|fate| Fared { client, fate })).collect();
    let group = |class: Class| Group {
        class,
        clients: fared.iter().copied().filter(|fared| Class::of(fared.fate) == class).collect(),
    };
    Class::ALL.iter().copied().map(group).filter(|group| !group.clients.is_empty()).collect()
}

/// How many of the clients of a protocol fare how with a fault: those that [`groups`] names.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// So many were run with it.
    pub of: u32,
    pub fails: u32,
    pub partly: u32,
    pub waits: u32,
    /// The shortest and the longest of those waits.
    pub wait_s: Option<(f64, f64)>,
    pub unnoticed: u32,
    pub untouched: u32,
}

impl Tally {
    /// Returns the counts; `None`: no client of the protocol was run with the fault.
    pub fn of(fault: Fault, protocol: Protocol) -> Option<Self> {
        let mut tally = Self::default();
        for group in groups(fault, protocol) {
            let n = u32::try_from(group.clients.len()).unwrap_or(u32::MAX);
            tally.of += n;
            *tally.class(group.class) = n;
            for Fared { fate, .. } in group.clients {
                if let Fate::Waits { after_s, .. } = fate {
                    let (least, most) = tally.wait_s.unwrap_or((after_s, after_s));
                    tally.wait_s = Some((least.min(after_s), most.max(after_s)));
                }
            }
        }
        (tally.of > 0).then_some(tally)
    }

    const fn class(&mut self, class: Class) -> &mut u32 {
        match class {
            Class::Fails => &mut self.fails,
            Class::Partly => &mut self.partly,
            Class::Waits => &mut self.waits,
            Class::Unnoticed => &mut self.unnoticed,
            Class::Untouched => &mut self.untouched,
        }
    }
}

/// Returns how the clients fare that an operator has named, in that order, each once.
pub fn named<'a>(fault: Fault, names: impl IntoIterator<Item = &'a str>) -> Vec<Fared> {
    let mut fared: Vec<Fared> = Vec::new();
    for client in names.into_iter().flat_map(find) {
        let Some(fate) = client.fate(fault) else { continue };
        if fared.iter().all(|known| known.client.id != client.id) {
            fared.push(Fared { client, fate });
        }
    }
    fared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(group: &Group) -> Vec<&'static str> {
        group.clients.iter().map(|fared| fared.client.id).collect()
    }

    #[test]
    fn at_least_ten_well_known_ones_are_there_for_the_web() {
        for fault in [Fault::Refused, Fault::Silent, Fault::Prohibited, Fault::Mute, Fault::AllSilent] {
            let groups = groups(fault, Protocol::Http);
            assert!(groups.iter().map(|group| group.clients.len()).sum::<usize>() > 60, "{}", fault.code());
            assert!(groups.iter().all(|group| !group.clients.is_empty()));
        }
        let silent = groups(Fault::Silent, Protocol::Http);
        let first = |class| ids(silent.iter().find(|group| group.class == class).unwrap())[..3].to_vec();
        assert_eq!(first(Class::Unnoticed), ["chromium", "firefox", "webkitgtk"]);
        assert_eq!(first(Class::Fails), ["haproxy", "envoy", "php-streams"]);
        assert_eq!(first(Class::Waits), ["wget", "python-requests", "python-urllib"]);
        assert_eq!(first(Class::Untouched), ["java-httpclient", "varnish", "squid-forward"]);
    }

    #[test]
    fn a_database_has_its_own_clients_first() {
        let silent = groups(Fault::Silent, Protocol::Postgresql);
        let waits = silent.iter().find(|group| group.class == Class::Waits).unwrap();
        assert_eq!(ids(waits)[..3], ["psql", "python-psycopg2", "python-socket"]);
        assert!(silent.iter().all(|group| !ids(group).contains(&"curl")));
        let redis = groups(Fault::Silent, Protocol::Redis);
        assert_eq!(ids(redis.iter().find(|group| group.class == Class::Untouched).unwrap())[0], "redis-cli");
    }

    #[test]
    fn the_clients_of_a_port_come_before_those_that_speak_anything() {
        let check = |port: u16, all: &[&str]| {
            let protocol = Protocol::of(&format!("tcp://a.example:{port}")).unwrap();
            let groups = groups(Fault::Silent, protocol);
            let is_own = |fared: &Fared| fared.client.speaks.contains(&protocol);
            for group in &groups {
                assert!(group.clients.is_sorted_by_key(|fared| !is_own(fared)), "{port}: {:?}", ids(group));
            }
            let own = groups.iter().flat_map(|group| &group.clients).filter(|fared| is_own(fared));
            let mut found: Vec<_> = own.map(|fared| fared.client.id).collect();
            found.sort_unstable();
            assert_eq!(found, all, "{port}");
        };
        check(22, &["check-ssh", "ssh"]);
        check(25, &["check-smtp", "exim", "msmtp", "postfix", "postfix-prefer-ipv6", "python-smtplib", "swaks"]);
        check(5432, &["psql", "python-psycopg2"]);
        check(6379, &["python-redis", "redis-cli"]);
        check(3306, &["mariadb", "python-pymysql"]);
        check(389, &["ldapsearch"]);
        check(993, &["mbsync"]);
        check(110, &["fetchmail"]);
        check(1883, &["mosquitto"]);
        check(873, &["rsync"]);
        check(1194, &["openvpn"]);
    }

    #[test]
    fn a_tally_counts_who_is_named() {
        for (fault, protocol) in [(Fault::Silent, Protocol::Http), (Fault::Mute, Protocol::Postgresql)] {
            let tally = Tally::of(fault, protocol).unwrap();
            let n = |class| {
                let group = groups(fault, protocol).into_iter().find(|group| group.class == class);
                group.map_or(0, |group| u32::try_from(group.clients.len()).unwrap())
            };
            let counted = [tally.fails, tally.partly, tally.waits, tally.unnoticed, tally.untouched];
            assert_eq!(counted.as_slice(), Class::ALL.iter().map(|class| n(*class)).collect::<Vec<_>>());
            assert_eq!(tally.of, counted.iter().sum::<u32>());
        }
        let silent = Tally::of(Fault::Silent, Protocol::Http).unwrap();
        assert_eq!((silent.of, silent.wait_s), (89, Some((1.03, 135.0))));
        assert_eq!(Tally::of(Fault::Refused, Protocol::Http).unwrap().wait_s, None);
        assert_eq!(Tally::of(Fault::PathMtu, Protocol::Postgresql), None);
    }

    #[test]
    fn named_ones_come_in_their_order_and_once() {
        let fared = named(Fault::Silent, ["nginx", "node-22", "nginx", "no-such"]);
        let ids: Vec<_> = fared.iter().map(|fared| fared.client.id).collect();
        assert_eq!(ids, ["nginx", "node-22-fetch", "node-22-http"]);
    }
}
