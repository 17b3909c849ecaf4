//! A result as plain text, for a ticket or a chat with a help desk.

use crate::self_test::phrases::{Label, Words};
use dualwatch_core::measure::family::Family;
use dualwatch_wire::{
    time::format,
    v1::self_test::{RouteResult, SelfTestResult},
};
use std::fmt::Write as _;

/// Returns the whole result, line by line, in the language of `words`. It has no text of anybody else in it but the names
/// of services. Its last line is the same in every language: who is asked for help may not read the visitor's.
pub fn ticket<W: Words + ?Sized>(words: &W, result: &SelfTestResult) -> String {
    let mut text = String::new();
    let family = result.sentence.family();
    let mut line = |written: &str| {
        text.push_str(written);
        text.push('\n');
    };
    line(&words.aside(&words.sentence(result.sentence, result.preferred), words.confidence(result.confidence)));
    line(&words.taken(&format(result.at)));
    if let Some(advice) = words.for_visitor(result.why, family) {
        line(&words.pair(words.label(Label::ToDo), &advice));
    }
    if let Some(advice) = words.for_operator(result.why, family) {
        line(&words.pair(words.label(Label::ForOperator), &advice));
    }
    line("");
    for (family, found) in result.families.iter() {
        let mut reasons = vec![words.why(found.why).to_owned(), words.presence(found.presence, family)];
        reasons.extend(found.address.map(|seen| words.seen_as(family, seen)));
        let state = words.aside(words.family_state(found.state), &words.list(&reasons));
        line(&words.pair(&family.to_string(), &state));
    }
    let preferred = result.preferred.map(|family| family.to_string());
    line(&words.pair(words.label(Label::Preferred), preferred.as_deref().unwrap_or(words.label(Label::NotSeen))));
    line("");
    for asked in &result.questions {
        let mut told = words.told(asked.told, asked.after_ms);
        told.extend(asked.family.map(|family| words.over(family)));
        let phases = words.phases(&asked.phases);
        let told = if phases.is_empty() { told } else { words.aside(&told, &phases) };
        line(&words.pair(words.question(asked.question), &told));
    }
    for noticed in &result.environment {
        line(&words.pair(words.fact(noticed.fact), words.condition(noticed.fact, noticed.condition)));
    }
    line("");
    let code = result.helpdesk.map(|helpdesk| helpdesk.to_string());
    line(&words.pair(words.label(Label::HelpDeskCode), code.as_deref().unwrap_or(words.label(Label::NoCode))));
    let score = |family: &str, points: Option<u8>| {
        let points = points.map(|points| [&points.to_string(), "/10"].concat());
        [family, " ", points.as_deref().unwrap_or(words.label(Label::NoScore))].concat()
    };
    let scores = [score("IPv4", result.score_ipv4), score("IPv6", result.score_ipv6)].join(", ");
    line(&words.pair(words.label(Label::Scores), &scores));
    for target in &result.targets {
        let of = |name: &str, route: Option<RouteResult>| route.map(|route| words.pair(name, words.why(route.why)));
        let routes = [
            of(&Family::Ipv4.to_string(), target.ipv4),
            of(&Family::Ipv6.to_string(), target.ipv6),
            of(words.label(Label::Both), target.dual_stack),
        ];
        let routes: Vec<String> = routes.into_iter().flatten().collect();
        line(&words.pair(target.slug.as_str(), &words.list(&routes)));
    }
    line(&words.pair(words.label(Label::Codes), &codes(result)));
    text
}

/// Returns the codes of what was found.
fn codes(result: &SelfTestResult) -> String {
    let mut text = ["cause=", result.why.code(), " side=", result.side().code()].concat();
    for (family, found) in result.families.iter() {
        // Writing to a string cannot fail.
        _ = write!(text, " {}={},{}", family.code(), found.state.code(), found.why.code());
    }
    for asked in &result.questions {
        _ = write!(text, " {}:{}", asked.question.code(), asked.told.code());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::self_test::words;
    use dualwatch_core::{
        measure::time::Timestamp,
        self_test::run::{Offer, Run},
    };
    use dualwatch_wire::{answer::language::Language, v1::self_test::Tell};

    #[test]
    fn a_ticket_begins_with_the_sentence_and_holds_the_code() {
        let run = Run::new(Offer::default(), 1);
        let at = Timestamp::from_unix_ms(1_795_428_711_000);
        let result = SelfTestResult::of(&run, 0, at, Tell::Networks);
        let text = ticket(words(Language::En), &result);
        let first = "There is no test server set up here, so your connection was not tested. (this is certain)\n";
        assert!(text.starts_with(first), "{text}");
        assert!(text.contains("\nHelp desk code: none\n") && text.contains("Scores: IPv4 n/a, IPv6 n/a"), "{text}");
        assert!(text.contains("Measured 2026-11-23T10:11:51.000Z."), "{text}");
        for language in Language::ALL {
            let text = ticket(words(language), &result);
            assert!(text.contains("2026-11-23T10:11:51.000Z") && text.contains("cause=not_tested side="), "{text}");
        }
    }
}
