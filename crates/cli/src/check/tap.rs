//! A check in the Test Anything Protocol, version 14: a point for each family of each URL.

use dualwatch_core::{
    judge::diagnosis::{Conclusion, conclude},
    measure::{family::Family, round::Round, text::visible},
};
use dualwatch_words as words;
use std::fmt::Write as _;

/// Returns the whole stream. What could not be measured is not ok, and says so: a build that nobody has tested did not pass.
pub fn print(rounds: &[Round]) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", rounds.len() * Family::ALL.len());
    let points = rounds.iter().flat_map(|round| Family::ALL.map(|family| (round, family)));
    for (i, (round, family)) in points.enumerate() {
        let sample = round.samples.get(family);
        let said = words::sample_sentence(&round.target, family, sample);
        let description = description(&format!("{} over {family}", round.target));
        let conclusion = conclude(sample);
        let (ok, directive) = match conclusion {
            Conclusion::Good { .. } => ("ok", String::new()),
            Conclusion::Unpublished(_) => ("ok", format!(" # SKIP {}", visible(&said).replace('#', "\\#"))),
            Conclusion::Bad(_) | Conclusion::Blind(_) => ("not ok", String::new()),
        };
        let _ = writeln!(text, "{ok} {} - {description}{directive}", i + 1);
        if ok == "not ok" {
            let severity = if matches!(conclusion, Conclusion::Blind(_)) { "not measured" } else { "fail" };
            let cause = sample.cause.map_or("", |cause| cause.code());
            let _ = writeln!(
                text,
                "  ---\n  message: {}\n  severity: {severity}\n  cause: {}\n  ...",
                quoted(&said),
                quoted(cause)
            );
        }
    }
    text
}

/// Escapes what TAP reads as the beginning of a directive.
fn description(text: &str) -> String {
    visible(text).replace('\\', "\\\\").replace('#', "\\#")
}

/// A text in double quotation marks of YAML, which takes those of JSON.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
