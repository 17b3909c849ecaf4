//! The page of the self-test: all questions, and a result that can be shared.

use crate::{
    drive::{begin, now_ms, take_over},
    names, share,
    targets::Targets,
    waterfall,
};
use dualwatch_core::self_test::place::Place;
use dualwatch_words::self_test::phrases::Words;
use std::rc::Rc;

/// Runs the test, or shows the result that the address holds.
pub fn start(words: &'static dyn Words) {
    let Some((early, page)) = take_over(words, waterfall::show) else { return };
    names::offer(page.words, &page.root, page.origin(Place::Own).unwrap_or_default());
    match share::opened() {
        None => {
            let drive = begin(early, page);
            let asked = Rc::clone(&drive);
            share::offer(&drive.page, move |tell| asked.result(now_ms(), tell));
        }
        Some(Ok(result)) => {
            page.note(&words.measured(result.at));
            page.show(&result, true);
            share::offer_languages(&page);
            if let Some(targets) = Targets::find(page.words) {
                targets.show_result(&result);
            }
            share::offer(&page, move |_| result.clone());
        }
        Some(Err(why)) => {
            page.refuse(&words.unreadable(why));
            share::offer_again(&page);
        }
    }
}
