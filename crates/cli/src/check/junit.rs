//! A check as XML in the form of `JUnit`, which build servers read: a case for each family of each URL.

use dualwatch_core::{
    judge::diagnosis::{Conclusion, conclude},
    measure::{family::Family, round::Round},
};
use dualwatch_wire::{time, xml::escaped};
use dualwatch_words as words;
use std::fmt::Write as _;

/// Returns the document. A family that failed is a failure, one that could not be measured an error, one that is not there
/// is skipped.
pub fn print(rounds: &[Round]) -> String {
    let (mut cases, mut n) = (String::new(), [0_usize; 4]);
    let mut total_s = 0.0;
    for round in rounds {
        for family in Family::ALL {
            let sample = round.samples.get(family);
            let said = escaped(&words::sample_sentence(&round.target, family, sample));
            let cause = sample.cause.map_or("", |cause| cause.code());
            let seconds = sample.latency_ms().or(sample.evidence.elapsed_ms).unwrap_or_default() / 1_000.0;
            total_s += seconds;
            let (kind, inside) = match conclude(sample) {
                Conclusion::Good { .. } => (0, String::new()),
                Conclusion::Bad(_) => (1, format!("<failure type=\"{cause}\" message=\"{said}\">{said}</failure>")),
                Conclusion::Blind(_) => (2, format!("<error type=\"{cause}\" message=\"{said}\">{said}</error>")),
                Conclusion::Unpublished(_) => (3, format!("<skipped message=\"{said}\"/>")),
            };
            n[kind] += 1;
            let target = escaped(&round.target);
            let _ = writeln!(
                cases,
                "    <testcase classname=\"{target}\" name=\"{family}\" time=\"{seconds:.3}\">{inside}</testcase>"
            );
        }
    }
    let [_, failures, errors, skipped] = n;
    let tests: usize = n.iter().sum();
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    let began = rounds.first().map_or_else(String::new, |round| {
        // Without a zone, as its schema has it: UTC.
        format!(" timestamp=\"{}\"", time::format(round.started_at).get(..19).unwrap_or_default())
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dualwatch\" {counts} time=\"{total_s:.3}\">\n  \
         <testsuite name=\"dualwatch check\" {counts} skipped=\"{skipped}\" time=\"{total_s:.3}\"{began}>\n{cases}  \
         </testsuite>\n</testsuites>\n"
    )
}
