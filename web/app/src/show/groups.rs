//! The services in their groups: what is worst comes first, of groups and within each.

use crate::show::{target::TargetModel, tone::Tone};

/// Services that the configuration puts together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// `None`: those that have no group.
    pub name: Option<String>,
    /// Its place in the order of the configuration.
    pub place: usize,
    /// That of its worst member.
    pub tone: Tone,
    /// Which of the targets, the worst first.
    pub members: Vec<usize>,
    pub troubled: u32,
}

/// Returns how much of a look a service needs: what is as it is meant to be needs none.
fn urgency(target: &TargetModel) -> Tone {
    match target.tone() {
        Tone::Good | Tone::Quiet if target.is_remarkable() => Tone::Slow,
        Tone::Good | Tone::Quiet => Tone::Quiet,
        tone => tone,
    }
}

/// Returns the groups of these targets. What needs an equal look stays in the order in which it came.
pub fn groups(targets: &[TargetModel]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (i, target) in targets.iter().enumerate() {
        let known = groups.iter().position(|group| group.name == target.group);
        let at = known.unwrap_or_else(|| {
            let (name, place) = (target.group.clone(), groups.len());
            groups.push(Group { name, place, tone: Tone::Quiet, members: Vec::new(), troubled: 0 });
            place
        });
        let group = &mut groups[at];
        group.members.push(i);
        group.tone = group.tone.max(target.tone());
        group.troubled += u32::from(target.tone() == Tone::Bad);
    }
    for group in &mut groups {
        group.members.sort_by_key(|i| std::cmp::Reverse(urgency(&targets[*i])));
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.members.first().map(|i| urgency(&targets[*i]))));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        samples::{NOW, down, en, target, up},
        show::target as shown,
    };
    use dualwatch_core::measure::cause::Cause;
    use dualwatch_wire::v1::FamilyFacts;

    #[test]
    fn the_worst_comes_first_and_otherwise_nothing_moves() {
        let of = |(name, group, ipv6): (&str, Option<&str>, FamilyFacts)| {
            let mut status = target(name, up(), ipv6, None);
            status.group = group.map(str::to_owned);
            shown::target(&status, 60, "edge", NOW, en())
        };
        let slow = FamilyFacts { cause: Some(Cause::Slow), ..up() };
        let targets = [
            ("a", Some("One"), up()),
            ("b", None, up()),
            ("c", Some("Two"), up()),
            ("d", Some("Two"), down(Cause::TcpRefused)),
            ("e", Some("Two"), up()),
            ("f", Some("Three"), slow),
            ("g", Some("One"), up()),
        ]
        .map(of);
        let seen: Vec<String> = (groups(&targets).iter())
            .map(|group| {
                let members: Vec<&str> = group.members.iter().map(|i| &*targets[*i].name).collect();
                let name = group.name.as_deref().unwrap_or("-");
                format!("{name}{} {} {} {}", group.place, group.tone.code(), group.troubled, members.concat())
            })
            .collect();
        assert_eq!(seen, ["Two2 bad 1 dce", "Three3 slow 0 f", "One0 good 0 ag", "-1 good 0 b"]);
        assert_eq!(groups(&[]), []);
    }
}
