//! What a screen reader is told: that a verdict changed, and nothing else.

use crate::show::{model::PageModel, target::TargetModel};

/// More changes than this are counted instead of read out.
const AT_MOST: usize = 4;

/// Returns the announcement of what differs between two moments, if anything does.
///
/// The first moment after the page has looked for itself is announced as a whole.
pub fn announcement(before: &PageModel, after: &PageModel) -> Option<String> {
    if !before.is_done {
        return after.is_done.then(|| format!("{} {}", after.overview.headline, after.connection));
    }
    let changes: Vec<String> = after
        .targets
        .iter()
        .filter_map(|t| before.targets.iter().find(|b| b.slug == t.slug).map(|b| (b, t)))
        .flat_map(|(before, after)| changes(before, after))
        .collect();
    match changes.len() {
        0 => None,
        n if n > AT_MOST => Some(format!("{n} results changed. {}", after.overview.headline)),
        _ => Some(changes.join(" ")),
    }
}

fn changes(before: &TargetModel, after: &TargetModel) -> Vec<String> {
    let rows = before.rows.iter().zip(after.rows.iter());
    rows.filter(|((_, before), (_, after))| before.verdict != after.verdict)
        .map(|(_, (route, row))| format!("{}, {}: {}.", after.name, route.label(), row.verdict_words))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        found::browser::Report,
        samples::{NOW, down, page, target, up},
        show::{model::build, notice::Contact},
    };
    use dualwatch_core::measure::{cause::Cause, family::Family};

    fn model(n_down: usize, is_done: bool) -> PageModel {
        let facts = |i| if i < n_down { down(Cause::TcpRefused) } else { up() };
        let names = ["A", "B", "C", "D", "E", "F"];
        let targets = names.iter().enumerate().map(|(i, n)| target(n, up(), facts(i), Some(Family::Ipv4))).collect();
        let report = Report { is_done, ..Report::default() };
        build(&page(targets), &report, Contact::Fresh, NOW)
    }

    #[test]
    fn only_changes_of_verdicts_are_read_out() {
        let check = |before: &PageModel, after: &PageModel, expected: Option<&str>| {
            assert_eq!(announcement(before, after).as_deref(), expected);
        };
        check(&model(0, false), &model(1, false), None);
        let whole = "1 of 6 services has trouble over IPv6. Your own connection has not been checked.";
        check(&model(0, false), &model(1, true), Some(whole));
        check(&model(1, true), &model(1, true), None);
        check(&model(0, true), &model(1, true), Some("A, IPv6: down over IPv6, seen from the edge."));
        check(&model(0, true), &model(5, true), Some("5 results changed. 5 of 6 services have trouble over IPv6."));
    }
}
