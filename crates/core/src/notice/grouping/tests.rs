//! Cases in one line each, and the laws.

use super::*;
use crate::measure::time::Timestamp;
use proptest::prelude::*;

fn seconds(s: i64) -> Timestamp {
    Timestamp::from_unix_ms(s * SECOND)
}

/// One incident in words: `TARGET AFTER BY [END] [46] [=ADDRESS] [@RESOLVER] [CAUSE]`, times in seconds.
fn parse(text: &str) -> Summary {
    let mut numbers = Vec::new();
    let mut summary = Summary {
        id: text.to_owned(),
        target: String::new(),
        families: vec![Family::Ipv6],
        began: Bracket::new(None, seconds(0)),
        ended: None,
        addresses: Vec::new(),
        resolver: None,
        vantage: "edge".to_owned(),
        causes: vec![Cause::TcpTimeout],
    };
    for (i, word) in text.split_whitespace().enumerate() {
        if i == 0 {
            word.clone_into(&mut summary.target);
        } else if let Some(address) = word.strip_prefix('=') {
            summary.addresses.push(address.parse().unwrap());
        } else if let Some(resolver) = word.strip_prefix('@') {
            summary.resolver = Some(resolver.to_owned());
        } else if let Some(cause) = Cause::from_code(word) {
            summary.causes = vec![cause];
        } else if word == "v4" {
            summary.families = vec![Family::Ipv4];
        } else {
            numbers.push(word.parse::<i64>().unwrap());
        }
    }
    summary.began = Bracket::new(Some(seconds(numbers[0])), seconds(numbers[1]));
    summary.ended = numbers.get(2).map(|end| Bracket::new(Some(seconds(end - 60)), seconds(*end)));
    summary
}

/// Expects groups of targets, each followed by what all its members share beside the vantage.
fn check(incidents: &[&str], expected: &[&str]) -> Vec<Group> {
    let summaries: Vec<Summary> = incidents.iter().map(|text| parse(text)).collect();
    let groups = group(&summaries);
    let told = |group: &Group| {
        let targets: Vec<&str> = group.members.iter().map(|m| m.target.as_str()).collect();
        let common = group.shared.iter().filter(|s| s.n_members == group.members.len());
        let links = common.filter_map(|s| match &s.link {
            Link::Address(a) => Some(format!(" {a}")),
            Link::Ipv4Network(a) => Some(format!(" {a}/24")),
            Link::Ipv6Network(a) => Some(format!(" {a}/48")),
            Link::Resolver(name) => Some(format!(" @{name}")),
            Link::Cause(_) | Link::Vantage(_) => None,
        });
        format!("{}{}", targets.join("+"), links.collect::<String>())
    };
    assert_eq!(groups.iter().map(told).collect::<Vec<_>>(), expected, "{incidents:?}");
    groups
}

#[test]
fn what_is_shared_makes_two_one() {
    check(&["a 0 60 =2001:db8::1", "b 10 70 =2001:db8::1"], &["a+b 2001:db8::1"]);
    check(&["a 0 60 =2001:db8::1", "b 10 70 =2001:db8::2"], &["a+b 2001:db8::/48"]);
    check(&["a 0 60 v4 =192.0.2.1", "b 10 70 v4 =192.0.2.200"], &["a+b 192.0.2.0/24"]);
    check(&["a 0 60 =2001:db8::1", "b 10 70 =2001:db8:1::1"], &[]);
    // IPv4 addresses are no matter where IPv6 fails.
    check(&["a 0 60 =192.0.2.1", "b 10 70 =192.0.2.1"], &[]);
    check(&["a 0 60 @ns dns.timeout", "b 10 70 @ns dns.servfail"], &["a+b @ns"]);
    check(&["a 0 60 @ns tcp.refused", "b 10 70 @ns tcp.refused"], &[]);
}

#[test]
fn what_cannot_have_begun_together_is_two() {
    check(&["a 0 60 =2001:db8::1", "b 60 120 =2001:db8::1"], &[]);
    check(&["a 0 60 =2001:db8::1", "b 0 60 v4 =192.0.2.1"], &[]);
    check(&["a 0 60 200 =2001:db8::1", "b 300 360 =2001:db8::1"], &[]);
    // Hours apart in being noticed, with error bars of a day: possible, and not worth saying.
    check(&["a 0 36000 =2001:db8::1", "b 0 80000 =2001:db8::1"], &[]);
    // Measured once an hour.
    check(&["a 0 3600 =2001:db8::1", "b 1800 5400 =2001:db8::1"], &["a+b 2001:db8::1"]);
}

#[test]
fn the_time_alone_makes_three_one_and_two_none() {
    check(&["a 0 60", "b 10 70"], &[]);
    check(&["a 0 60", "b 10 70", "c 20 80"], &["a+b+c"]);
    check(&["a 0 60", "b 10 70", "c 20 80 v4"], &[]);
    check(&["a 0 60", "b 0 100", "c 0 150", "d 0 209", "e 0 300"], &["a+b+c+d"]);
}

#[test]
fn a_target_is_in_a_group_once_and_an_incident_in_one_group() {
    let twice = ["a 0 60 100", "b 0 90", "c 0 100", "a 95 118"];
    check(&twice, &["a+b+c"]);
    check(&["a 0 60", "b 0 60", "c 0 60", "x 500 560", "y 500 560", "z 500 560"], &["a+b+c", "x+y+z"]);
    check(&["a 0 60", "a 0 60", "b 0 60 =2001:db8::1"], &[]); // the same incident twice
}

#[test]
fn each_member_keeps_its_recovery() {
    let groups = check(&["a 0 60 600", "b 10 70 630", "c 20 80 9000"], &["a+b+c"]);
    assert_eq!(groups[0].began, Bracket::new(Some(seconds(20)), seconds(60)));
    assert_eq!(groups[0].ended, Some(Bracket::new(Some(seconds(8940)), seconds(9000))));
    assert_eq!(groups[0].n_stages(), 2);
    assert_eq!(groups[0].shared[0], Shared { link: Link::Cause(Cause::TcpTimeout), n_members: 3 });
    let lasting = check(&["a 0 60 600", "b 10 70", "c 20 80"], &["a+b+c"]);
    assert_eq!((lasting[0].ended, lasting[0].n_stages()), (None, 1));
    // One after another: no moment fits all, so the beginning spans them.
    let spread = check(&["a 0 60", "b 50 110", "c 100 160"], &["a+b+c"]);
    assert_eq!(spread[0].began, Bracket::new(Some(seconds(0)), seconds(160)));
}

/// Target, begin, width of the error bar, how long it lasts, families, host.
type Drawn = (u8, i64, i64, Option<i64>, u8, u8);

fn incidents() -> impl Strategy<Value = Vec<Summary>> {
    let one = (0..8_u8, 0..600_i64, 1..200_i64, proptest::option::of(1..900_i64), 0..3_u8, 0..4_u8);
    proptest::collection::vec(one, 0..24).prop_map(|all| {
        let text = |(i, one): (usize, Drawn)| {
            let (target, after, width, lasting, families, host) = one;
            let by = after + width;
            let end = lasting.map_or_else(String::new, |lasting| (by + lasting).to_string());
            let mut summary = parse(&format!("t{target} {after} {by} {end} =2001:db8:{host}::1 =192.0.{host}.1"));
            summary.id = i.to_string();
            summary.families =
                [vec![Family::Ipv4], vec![Family::Ipv6], Family::ALL.to_vec()][usize::from(families)].clone();
            summary
        };
        all.into_iter().enumerate().map(text).collect()
    })
}

proptest! {
    #[test]
    fn the_order_does_not_matter((incidents, shuffled) in incidents().prop_flat_map(|all| {
        (Just(all.clone()), Just(all).prop_shuffle())
    })) {
        prop_assert_eq!(group(&incidents), group(&shuffled));
    }

    #[test]
    fn every_group_is_two_targets_or_more_and_every_incident_in_one(incidents in incidents()) {
        let groups = group(&incidents);
        let mut seen = std::collections::BTreeSet::new();
        for group in &groups {
            let targets: std::collections::BTreeSet<_> = group.members.iter().map(|m| &m.target).collect();
            prop_assert!(targets.len() >= 2 && targets.len() == group.members.len());
            prop_assert!(group.members.iter().all(|m| seen.insert(m.id.clone())));
            prop_assert!(group.shared.iter().all(|s| (2..=group.members.len()).contains(&s.n_members)));
        }
        // Nothing is gained by grouping again: what is left over forms no group.
        let rest: Vec<Summary> = incidents.iter().filter(|s| !seen.contains(&s.id)).cloned().collect();
        prop_assert!(group(&rest).is_empty());
    }
}
