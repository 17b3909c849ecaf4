//! A check as Markdown, to be pasted into a ticket.

use super::compare;
use crate::clients::found_here;
use dualwatch_core::{
    judge::diagnosis::{Conclusion, conclude},
    measure::{family::Family, round::Round, sample::Warning},
};
use dualwatch_wire::time;
use dualwatch_words::{self as words, glass::markdown};
use std::fmt::Write as _;

/// Returns a heading, a table and the comparison for each round.
pub fn print(rounds: &[Round]) -> String {
    let mut text = String::new();
    for round in rounds {
        let _ = writeln!(text, "### {}\n", markdown(&round.target));
        text += "| Family | Result | What was found | Certificate until |\n|---|---|---|---|\n";
        for family in Family::ALL {
            let sample = round.samples.get(family);
            let result = match conclude(sample) {
                Conclusion::Good { degraded: true }
                    if matches!(sample.evidence.warning, Some(Warning::AddressesFail { .. })) =>
                {
                    "reached, in part"
                }
                Conclusion::Good { degraded: true } => "reached, slowly",
                Conclusion::Good { degraded: false } => "reached",
                Conclusion::Bad(_) => "**failed**",
                Conclusion::Blind(_) => "not measured",
                Conclusion::Unpublished(_) => "not offered",
            };
            let said = words::sample_sentence(&round.target, family, sample);
            let until = sample.certificate.as_ref().map_or_else(String::new, |c| time::format(c.not_after));
            let _ = writeln!(text, "| {family} | {result} | {} | {until} |", markdown(&said));
        }
        text.push('\n');
        for family in Family::ALL {
            for line in words::each_address(&round.target, family, round.samples.get(family)) {
                let _ = writeln!(text, "- {}", markdown(&found_here(&line)));
            }
        }
        for line in compare::lines(round) {
            let _ = writeln!(text, "- {}", markdown(&line));
        }
        let _ = writeln!(
            text,
            "\nMeasured from {} at {}.\n",
            markdown(&round.vantage.name),
            time::format(round.started_at)
        );
    }
    text
}
