//! A result as plain text, for a ticket or a chat with a help desk.

use crate::self_test::{
    condition, confidence, fact, family_state, for_operator, for_visitor, phases, presence, question, sentence, told,
    why,
};
use dualwatch_core::measure::family::Family;
use dualwatch_wire::{
    time::format,
    v1::self_test::{RouteResult, SelfTestResult},
};
use std::fmt::Write as _;

/// Returns the whole result, line by line. It has no text of anybody else in it but the names of services.
pub fn ticket(result: &SelfTestResult) -> String {
    let mut text = sentence(result.sentence, result.preferred);
    let family = result.sentence.family();
    let mut line = |written: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{written}");
    };
    line(format_args!(" ({})", confidence(result.confidence)));
    line(format_args!("Measured {}.", format(result.at)));
    if let Some(advice) = for_visitor(result.why, family) {
        line(format_args!("To do: {advice}"));
    }
    if let Some(advice) = for_operator(result.why, family) {
        line(format_args!("For the operator: {advice}"));
    }
    line(format_args!(""));
    for (family, found) in result.families.iter() {
        let seen = found.address.map(|seen| format!(", seen as {seen}")).unwrap_or_default();
        let (state, reason) = (family_state(found.state), why(found.why));
        line(format_args!("{family}: {state} ({reason}; {}{seen})", presence(found.presence, family)));
    }
    match result.preferred {
        Some(family) => line(format_args!("Preferred: {family}")),
        None => line(format_args!("Preferred: not seen")),
    }
    line(format_args!(""));
    for asked in &result.questions {
        let over = asked.family.map(|family| format!(" over {family}")).unwrap_or_default();
        let phases = phases(&asked.phases);
        let phases = if phases.is_empty() { phases } else { format!(" ({phases})") };
        line(format_args!("{}: {}{over}{phases}", question(asked.question), told(asked.told, asked.after_ms)));
    }
    for noticed in &result.environment {
        line(format_args!("{}: {}", fact(noticed.fact), condition(noticed.fact, noticed.condition)));
    }
    let score = |score: Option<u8>| score.map_or_else(|| "n/a".to_owned(), |score| format!("{score}/10"));
    let code = result.helpdesk.map_or_else(|| "none".to_owned(), |helpdesk| helpdesk.to_string());
    line(format_args!(""));
    line(format_args!("Help desk code: {code}"));
    line(format_args!("Scores: IPv4 {}, IPv6 {}", score(result.score_ipv4), score(result.score_ipv6)));
    for target in &result.targets {
        let of = |name: &str, route: Option<RouteResult>| route.map(|route| format!("{name}: {}", why(route.why)));
        let routes = [
            of(&Family::Ipv4.to_string(), target.ipv4),
            of(&Family::Ipv6.to_string(), target.ipv6),
            of("both", target.dual_stack),
        ];
        let routes: Vec<String> = routes.into_iter().flatten().collect();
        line(format_args!("{}: {}", target.slug, routes.join("; ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::{
        measure::time::Timestamp,
        self_test::run::{Offer, Run},
    };
    use dualwatch_wire::v1::self_test::Tell;

    #[test]
    fn a_ticket_begins_with_the_sentence_and_holds_the_code() {
        let run = Run::new(Offer::default(), 1);
        let at = Timestamp::from_unix_ms(1_795_428_711_000);
        let text = ticket(&SelfTestResult::of(&run, 0, at, Tell::Networks));
        let first = "There is no test server set up here, so your connection was not tested. (this is certain)\n";
        assert!(text.starts_with(first), "{text}");
        assert!(text.contains("\nHelp desk code: none\n") && text.contains("Scores: IPv4 n/a, IPv6 n/a"), "{text}");
        assert!(text.contains("Measured 2026-11-23T10:11:51.000Z."), "{text}");
    }
}
