//! Where the time of each answer went: a line of words, and the same as bars.

use dualwatch_wire::v1::self_test::SelfTestResult;
use dualwatch_words::self_test::phrases::Words;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

thread_local! {
    /// What stands there.
    static SHOWN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Writes the lines anew where one has changed.
pub fn show(words: &dyn Words, root: &Element, result: &SelfTestResult) {
    let shown: Vec<_> = result.questions.iter().filter(|asked| !asked.phases.is_empty()).collect();
    let lines: Vec<String> =
        (shown.iter()).map(|asked| words.pair(words.question(asked.question), &words.phases(&asked.phases))).collect();
    let (Ok(Some(list)), Some(document)) = (root.query_selector("[data-waterfall]"), root.owner_document()) else {
        return;
    };
    if SHOWN.replace(lines.clone()) == lines {
        return;
    }
    list.set_text_content(None);
    for (asked, line) in shown.iter().zip(&lines) {
        let Ok(item) = document.create_element("li") else { return };
        item.set_text_content(Some(line));
        let phases = &asked.phases;
        if let Ok(bar) = document.create_element("div") {
            _ = bar.set_attribute("aria-hidden", "true");
            for ms in [phases.resolve_ms, phases.connect_ms, phases.tls_ms, phases.first_byte_ms] {
                let Some(part) = document.create_element("span").ok().and_then(|span| span.dyn_into().ok()) else {
                    return;
                };
                let part: HtmlElement = part;
                // The policy of the page forbids the attribute, not this.
                _ = part.style().set_property("flex-grow", &ms.unwrap_or(0).to_string());
                _ = bar.append_child(&part);
            }
            _ = item.append_child(&bar);
        }
        _ = list.append_child(&item);
    }
}
