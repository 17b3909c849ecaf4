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
    fn named_ones_come_in_their_order_and_once() {
        let fared = named(Fault::Silent, ["nginx", "node-22", "nginx", "no-such"]);
        let ids: Vec<_> = fared.iter().map(|fared| fared.client.id).collect();
        assert_eq!(ids, ["nginx", "node-22-fetch", "node-22-http"]);
    }
}
