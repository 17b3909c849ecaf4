//! What the sentence on a sample must be, whatever happened: something that a person understands at once.

use dualwatch_core::measure::{
    cause::{Cause, Phase},
    family::Family,
    sample::{Outcome, Sample},
    time::Timestamp,
};

/// Returns the sentence on a sample of what has a name.
pub fn of(family: Family, sample: &Sample) -> String {
    dualwatch_words::sample_sentence("https://service.example/", family, sample)
}

/// Returns what is wrong with the sentence on a sample.
pub fn faults(family: Family, sample: &Sample) -> Vec<String> {
    let sentence = of(family, sample);
    let mut faults = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            faults.push(format!("{what}: {sentence}"));
        }
    };
    let is_failed = sample.outcome == Outcome::Failed;
    let is_blind = sample.cause.is_some_and(|c| c.phase() == Phase::Vantage);
    let is_ours = is_blind || sample.cause.is_some_and(|c| c.phase() == Phase::Measurement);
    if let Some(address) = sample.address.filter(|_| is_failed && !is_ours) {
        must(sentence.contains(&address.to_string()), "no address");
    }
    let is_resolvers = sample.cause.is_some_and(|c| c.phase() == Phase::Resolve);
    let is_skip = sample.cause.is_some_and(|c| c.phase() == Phase::Policy);
    if is_failed && !is_ours && !is_resolvers && !is_skip {
        must(sentence.contains(" after ") && has_time(&sentence), "no time after which it failed");
    }
    if is_failed {
        must(!sentence.contains(": reached ") && !has_latency(&sentence), "a latency of what failed");
    }
    must(!sentence.contains(" 0 ms"), "a zero");
    for cause in Cause::ALL.iter().filter(|cause| cause.code().contains('.')) {
        must(!sentence.contains(cause.code()), "a code");
    }
    for sign in ["::{", "Some(", "None", "{ ", "\\u{", "Error: "] {
        must(!sentence.contains(sign), "text for programmers");
    }
    must(sentence.chars().count() < 400, "too long");
    faults
}

/// Whether a time is told as one that something took.
fn has_latency(sentence: &str) -> bool {
    sentence.match_indices(" in ").any(|(at, _)| sentence[at + 4..].starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether there is a number with a unit of time.
fn has_time(sentence: &str) -> bool {
    let units = [" ms", " s", " minute", " second"];
    units
        .iter()
        .any(|unit| sentence.match_indices(unit).any(|(at, _)| sentence[..at].ends_with(|c: char| c.is_ascii_digit())))
}

/// Puts times and ports that differ from run to run to fixed ones, for a file that is compared.
pub fn steady(sample: &mut Sample) {
    /// A phase that ended at once, and one that ran into its deadline.
    const SOON_MS: f64 = 12.0;
    const LATE_MS: f64 = 2_500.0;
    // Of a service over TCP or WebSocket what is expected may come until its time is over, which is 10 s in the tables; a row that
    // ends in a timeout has less. Whatever else is slow, the machine is busy.
    let late_from_ms = match sample.cause {
        Some(cause) if cause.is_waited_for() => 1_000.0,
        Some(Cause::HttpBodyMismatch) => 9_000.0,
        _ => f64::INFINITY,
    };
    for ms in [&mut sample.evidence.elapsed_ms, &mut sample.evidence.spent_ms].into_iter().flatten() {
        *ms = if *ms > late_from_ms { LATE_MS } else { SOON_MS };
    }
    // Of certificates that are made when the lab starts.
    if let Some(date) = sample.evidence.fault.as_mut().and_then(|fault| fault.date.as_mut()) {
        *date = Timestamp::from_unix_ms(1_794_787_200_000);
    }
    if let Some(ms) = sample.phases.total.as_mut() {
        *ms = 30.0;
        sample.phases.resolve = None;
    }
}
