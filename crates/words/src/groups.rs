//! One event of several targets, in words: how many, what they share, how it ended.

use crate::{cause, duration, report::moment};
use dualwatch_core::{
    measure::{bracket::Bracket, time::Timestamp},
    notice::grouping::{Group, Link, Shared},
};
use dualwatch_wire::v1::incident::{Bound, Event};

/// Returns what an event of several targets says. `time` prints a point in time as the reader wants it.
pub fn group(group: &Group, time: impl Fn(Timestamp) -> String) -> String {
    let n = group.members.len();
    let families = match group.families[..] {
        [family] => format!(" over {family}"),
        _ => String::new(),
    };
    // "Since" is said of what lasts.
    let is_over = group.members.iter().all(|m| m.ended.is_some());
    let since = if is_over { "at" } else { "since" };
    let first = group.members.iter().map(|m| m.began.by).min();
    let since = first.map_or_else(String::new, |by| format!(" {since} {}", time(by)));
    let mut text = format!("{n} targets failed together{families}{since}.");
    let told: Vec<String> = group.shared.iter().map(|s| shared(s, n)).collect();
    if !told.is_empty() {
        text += " Of them ";
        text += &told.join(", ");
        text.push('.');
    }
    text + &recovery(group)
}

/// Returns the document of an event, with what it says.
pub fn event(group: &Group) -> Event {
    let bound = |b: Bracket| Bound { after: b.after, by: b.by };
    Event {
        began: bound(group.began),
        ended: group.ended.map(bound),
        incidents: group.members.iter().map(|member| member.id.clone()).collect(),
        text: self::group(group, moment),
    }
}

/// Returns what members share, as part of a sentence.
fn shared(shared: &Shared, n_all: usize) -> String {
    let who = if shared.n_members == n_all { "all".to_owned() } else { shared.n_members.to_string() };
    match &shared.link {
        Link::Address(address) => format!("{who} have the address {address}"),
        Link::Ipv4Network(network) => format!("{who} are in {network}/24"),
        Link::Ipv6Network(network) => format!("{who} are in {network}/48"),
        Link::Resolver(name) => format!("{who} were looked up at {name}"),
        Link::Cause(shared) => format!("{who} began with \"{}\"", cause(*shared)),
        Link::Vantage(name) => format!("{who} were measured from {name}"),
    }
}

fn recovery(group: &Group) -> String {
    let lasting = group.members.iter().filter_map(|m| m.ended.map(|ended| ended.by.ms_since(m.began.by)));
    let (shortest, longest) = (lasting.clone().min(), lasting.clone().max());
    match (lasting.count(), shortest, longest) {
        (n, Some(shortest), Some(longest)) if n == group.members.len() => match group.n_stages() {
            0 | 1 => format!(" All came back together, after {}.", duration(longest)),
            stages => {
                format!(" They came back in {stages} stages, after {} to {}.", duration(shortest), duration(longest))
            }
        },
        (0, ..) => " None has come back.".to_owned(),
        (n, ..) => format!(" {n} of {} have come back.", group.members.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::{
        measure::{cause::Cause, family::Family, time::MINUTE},
        notice::grouping,
    };

    fn check(ends: [Option<i64>; 3], expected: &str) {
        let at = |minute: i64| Timestamp::from_unix_ms(minute * MINUTE);
        let summaries = ["a", "b", "c"].iter().zip(ends).map(|(name, end)| grouping::Summary {
            id: (*name).to_owned(),
            target: (*name).to_owned(),
            families: vec![Family::Ipv6],
            began: Bracket::new(Some(at(0)), at(1)),
            ended: end.map(|end| Bracket::new(Some(at(end - 1)), at(end))),
            addresses: vec![format!("2001:db8::{name}").parse().unwrap()],
            resolver: None,
            vantage: "edge".to_owned(),
            causes: vec![Cause::TcpRefused],
        });
        let groups = grouping::group(&summaries.collect::<Vec<_>>());
        let since = if ends.iter().all(Option::is_some) { "at" } else { "since" };
        let begin = format!(
            "3 targets failed together over IPv6 {since} 14:02. Of them all are in 2001:db8::/48, all began with \
             \"connection refused\", all were measured from edge."
        );
        assert_eq!(group(&groups[0], |_| "14:02".to_owned()), format!("{begin} {expected}"));
    }

    #[test]
    fn how_it_ended() {
        check([None; 3], "None has come back.");
        check([Some(11), None, None], "1 of 3 have come back.");
        check([Some(11), Some(11), Some(11)], "All came back together, after 10 minutes.");
        check([Some(11), Some(11), Some(91)], "They came back in 2 stages, after 10 minutes to 1 hour 30 minutes.");
    }
}
