//! What is expected inside of a body: texts, regular expressions, places in JSON. Worked through piece by piece.

use super::{
    super::json::{self, Found},
    unexpected,
};
use crate::{
    body::Body,
    charset::without_mark,
    classify::{Failure, clip},
    dial::Clock,
    work::{PIECE_WORDS, Work},
};
use dualwatch_core::measure::{
    cause::Cause,
    target::{Expect, JsonExpectation, MAX_PATTERN_COST, MAX_PATTERNS_COST},
};
use dualwatch_pattern::{Pattern, Search};

/// What a byte takes at most, in words: to be searched for a text, to be read as JSON.
const WORDS_OF_A_SEARCH: usize = 4;
const WORDS_AS_JSON: usize = 32;
/// What is read of a pattern before the search, for each word that it touches then.
const WORDS_TO_BEGIN: usize = 1_024;

/// Checks a body that has been unpacked, and its text; `is_cut`: the end of the text is missing.
pub async fn check<C: Clock>(
    work: &mut Work<'_, C>,
    expect: &Expect,
    body: &Body,
    text: &str,
    is_cut: bool,
) -> Result<(), Failure> {
    let result = check_each(work, expect, body, text, is_cut).await;
    result.map_err(|mut failure| {
        if failure.cause == Cause::MeasurementCut {
            failure.evidence.bytes = Some(body.bytes.len() as u64);
        }
        failure
    })
}

async fn check_each<C: Clock>(
    work: &mut Work<'_, C>,
    expect: &Expect,
    body: &Body,
    text: &str,
    is_cut: bool,
) -> Result<(), Failure> {
    let missing = |expected| missing(body, is_cut, expected);
    for wanted in &expect.body_contains {
        work.takes(text.len() * WORDS_OF_A_SEARCH).await?;
        if !text.contains(wanted.as_str()) {
            return Err(missing(format!("the body contains {wanted:?}")));
        }
    }
    for unwanted in &expect.body_lacks {
        work.takes(text.len() * WORDS_OF_A_SEARCH).await?;
        if text.contains(unwanted.as_str()) {
            let mut failure = missing(format!("the body does not contain {unwanted:?}"));
            failure.cause = Cause::HttpBodyMismatch;
            return Err(failure);
        }
    }
    let mut cost = 0;
    for wanted in &expect.body_matches {
        let pattern = Pattern::parse(wanted).map_err(|e| Failure::measurement(format!("read {wanted:?}: {e}")))?;
        cost += pattern.cost();
        // What is configured now was held against this; a plan of an earlier version may not have been.
        if pattern.cost() > MAX_PATTERN_COST || cost > MAX_PATTERNS_COST {
            let why = format!("look for {wanted:?}: it costs more than is allowed ({})", pattern.cost());
            return Err(Failure::measurement(why));
        }
        if !matches(work, &pattern, text).await? {
            return Err(missing(format!("the body matches {wanted:?}")));
        }
    }
    if expect.body_json.is_empty() {
        return Ok(());
    }
    work.takes(body.bytes.len() * WORDS_AS_JSON).await?;
    let paths: Vec<_> = expect.body_json.iter().map(|wanted| &wanted.path).collect();
    match json::find(without_mark(&body.bytes), &paths) {
        Ok(found) => expect.body_json.iter().zip(found).try_for_each(|(wanted, found)| check_place(wanted, &found)),
        Err(_) if body.is_cut => Err(missing(expect.body_json[0].to_string())),
        Err(error) => {
            let seen = clip(&format!("no JSON: {error}"));
            Err(unexpected(Cause::HttpBodyMismatch, expect.body_json[0].to_string(), seen))
        }
    }
}

async fn matches<C: Clock>(work: &mut Work<'_, C>, pattern: &Pattern, text: &str) -> Result<bool, Failure> {
    work.takes(pattern.cost() * WORDS_TO_BEGIN).await?;
    let mut search = Search::new(pattern);
    let mut rest = text;
    while !rest.is_empty() {
        let piece = &rest[..rest.floor_char_boundary((PIECE_WORDS / pattern.cost()).max(4))];
        work.takes(piece.len() * pattern.cost()).await?;
        if search.feed(piece) {
            return Ok(true);
        }
        rest = &rest[piece.len()..];
    }
    Ok(search.finish())
}

fn check_place(wanted: &JsonExpectation, found: &Found) -> Result<(), Failure> {
    let is_met = match (found, &wanted.equals) {
        (Found::Nothing, _) => false,
        (_, None) => true,
        (Found::Scalar(value), Some(wanted)) => value.is_same(wanted),
        (Found::Array | Found::Object, Some(_)) => false,
    };
    if is_met {
        return Ok(());
    }
    Err(unexpected(Cause::HttpBodyMismatch, wanted.to_string(), clip(&found.to_string())))
}

/// A text that is not there. One that may stand behind the limit is not missing: it was not looked for.
fn missing(body: &Body, is_cut: bool, expected: String) -> Failure {
    let cause = if is_cut { Cause::HttpTooLarge } else { Cause::HttpBodyMismatch };
    let mut failure = unexpected(cause, expected, format!("{} bytes", body.bytes.len()));
    failure.evidence.bytes = Some(body.bytes.len() as u64);
    failure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{body::MAX_BODY_BYTES, dial::Deadline, work::testing::Counting};
    use dualwatch_core::measure::target::{JsonPath, JsonScalar};
    use futures_util::FutureExt;

    fn check_within(ms: f64, expect: &Expect, text: &str) -> (Result<(), Cause>, u32) {
        let clock = Counting::default();
        let body = Body { bytes: text.as_bytes().to_vec(), is_cut: false };
        let mut work = Work::new(&clock, Deadline::after(&clock, ms));
        let result = check(&mut work, expect, &body, text, false).now_or_never().unwrap();
        (result.map_err(|failure| failure.cause), clock.0.get())
    }

    fn matching(patterns: &[&str]) -> Expect {
        Expect { body_matches: patterns.iter().map(|p| (*p).to_owned()).collect(), ..Expect::default() }
    }

    #[test]
    fn a_costly_pattern_gives_the_thread_back_and_is_cut_by_the_deadline() {
        let (costly, text) = (".{0,300}z", "y".repeat(MAX_BODY_BYTES));
        let cost = Pattern::parse(costly).unwrap().cost();
        assert!((MAX_PATTERN_COST / 2..=MAX_PATTERN_COST).contains(&cost), "{cost}");
        let (result, n_pauses) = check_within(1_000.0, &matching(&[costly]), &text);
        assert_eq!(result, Err(Cause::HttpBodyMismatch));
        let expected = text.len() * cost / PIECE_WORDS;
        assert!((expected..expected + 4).contains(&(n_pauses as usize)), "{n_pauses} of {expected}");
        assert_eq!(check_within(3.0, &matching(&[costly]), &text), (Err(Cause::MeasurementCut), 3));
        // What is found is found, also where a piece ends in it.
        let at = PIECE_WORDS / cost - 1;
        let text = format!("{}up{}", "ä".repeat(at / 2), "y".repeat(MAX_BODY_BYTES / 2));
        assert_eq!(check_within(9.0, &matching(&["up"]), &text).0, Ok(()));
    }

    #[test]
    fn patterns_of_an_earlier_version_may_be_too_much() {
        let (result, n_pauses) = check_within(1.0, &matching(&[".{0,500}z"]), "z");
        assert_eq!((result, n_pauses), (Err(Cause::MeasurementFailed), 0));
    }

    #[test]
    fn texts_and_json_are_work_as_well() {
        let text = "a".repeat(MAX_BODY_BYTES);
        let lacks = Expect { body_lacks: vec!["b".to_owned(); 50], ..Expect::default() };
        let (result, n_pauses) = check_within(1_000.0, &lacks, &text);
        assert_eq!(result, Ok(()));
        // Before the first there was nothing to give back.
        assert!(n_pauses >= 49, "{n_pauses}");
        // Fifty places are found in one reading.
        let places = (0..50).map(|i| {
            let path = JsonPath::parse(&format!("$.a[{i}].b")).unwrap();
            JsonExpectation { path, equals: Some(JsonScalar::Number(i.to_string())) }
        });
        let json = Expect { body_json: places.collect(), ..Expect::default() };
        let members: Vec<_> = (0..50_000).map(|i| format!("{{\"b\":{i}}}")).collect();
        let (result, n_pauses) = check_within(1_000.0, &json, &format!("{{\"a\":[{}]}}", members.join(",")));
        assert_eq!(result, Ok(()));
        assert!(n_pauses <= 10, "{n_pauses}");
    }
}
