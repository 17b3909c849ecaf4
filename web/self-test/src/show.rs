//! Writes a result into the document. What has not changed is not touched, so that a screen reader hears news only.
//!
//! Everything comes out of the result, as it is shared: a link shows what its sender saw.

use dualwatch_core::{
    measure::{family::Family, url::is_mixed},
    self_test::{
        environment::{Condition, Fact},
        family::FamilyState,
        patience,
        place::{NotAsked, Place},
        question::Question,
        sentence::Sentence,
        told::Told,
    },
};
use dualwatch_wire::v1::self_test::{QuestionResult, SelfTestResult};
use dualwatch_words::self_test::phrases::Words;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement, NodeList};

/// Shows what only one of the pages has.
pub type Further = fn(&dyn Words, &Element, &SelfTestResult);

/// The parts of the document that are written to.
pub struct Page {
    further: Further,
    document: Document,
    /// In the one language that this module has.
    pub words: &'static dyn Words,
    pub root: Element,
    /// Where there is an endpoint.
    origins: Vec<(Place, String)>,
    /// Of the page, such as `https:`.
    pub protocol: String,
    pub is_secure: bool,
    said: Cell<Option<Sentence>>,
}

/// Returns the path that the page stands below, without a slash at its end: its files are there, too.
fn base(early: &HtmlElement) -> String {
    let script = early.get_attribute("data-js").unwrap_or_default();
    script.split("/assets/").next().unwrap_or_default().to_owned()
}

impl Page {
    /// Finds the test in the document.
    pub fn find(words: &'static dyn Words, further: Further) -> Option<Self> {
        let document = crate::drive::window().document()?;
        let root = document.query_selector("[data-self-test]").ok()??;
        let early: HtmlElement = document.get_element_by_id("early")?.dyn_into().ok()?;
        let location = crate::drive::window().location();
        let own = location.origin().ok()? + &base(&early);
        let origins = Place::ALL.into_iter().filter_map(|place| {
            let named = early.get_attribute(place.attribute()).filter(|origin| !origin.is_empty());
            Some((place, if place == Place::Own { own.clone() } else { named? }))
        });
        let protocol = location.protocol().ok()?;
        let is_secure = protocol == "https:";
        let origins = origins.collect();
        Some(Self { further, origins, protocol, is_secure, root, document, words, said: Cell::new(None) })
    }

    /// Returns where an endpoint is, if there is one.
    pub fn origin(&self, place: Place) -> Option<&str> {
        self.origins.iter().find(|(other, _)| *other == place).map(|(_, origin)| origin.as_str())
    }

    /// Whether there is an endpoint that this page may not ask, as it has no TLS.
    pub fn has_mixed(&self) -> bool {
        self.origins.iter().any(|(_, origin)| is_mixed(&self.protocol, origin))
    }

    /// Says whose network the visitor comes from.
    pub fn network(&self, asn: Option<u32>, name: Option<&str>) {
        text(&self.root, "[data-network]", &self.words.network(asn, name));
    }

    /// Whether only what is small is asked: everybody who looks at the status page asks it.
    pub fn is_brief(&self) -> bool {
        self.brief().is_some()
    }

    /// Returns what the status page says of the machine that it is served from: the families that it has, where a visitor
    /// may sit at it.
    pub fn brief(&self) -> Option<String> {
        self.document.get_element_by_id("early")?.get_attribute("data-brief")
    }

    /// Returns what holds all of the page.
    pub fn app(&self) -> Option<Element> {
        self.document.get_element_by_id("app")
    }

    /// Says that everything has been asked.
    pub fn done(&self) {
        if let Some(app) = self.app().filter(|app| app.has_attribute("data-self-test-state")) {
            set(&app, "data-self-test-state", "done");
        }
    }

    /// Returns the links to this page in other languages.
    pub fn languages(&self) -> Vec<Element> {
        elements(self.document.query_selector_all("[data-languages] a"))
    }

    /// Shows a result as it stands.
    pub fn show(&self, result: &SelfTestResult, is_complete: bool) {
        let root = &self.root;
        for question in Question::ALL {
            if let Some(row) = row(root, question.code()) {
                let asked = result.questions.iter().find(|asked| asked.question == question);
                // What is not in a result has not been asked, or not yet.
                let has = self.origin(question.place()).is_some();
                let why = NotAsked::of(question, has, self.is_secure);
                let absent = (is_complete || why.is_known_at_once()).then_some(why);
                show_question(self.words, &row, asked, result, absent);
            }
        }
        for fact in Fact::ALL {
            if let Some(row) = row(root, fact.code()) {
                let noticed = result.environment.iter().find(|noticed| noticed.fact == fact);
                show_fact(self.words, &row, fact, noticed.map_or(Condition::Untold, |noticed| noticed.condition));
            }
        }
        (self.further)(self.words, root, result);
        set(root, "data-ipv4", result.families.ipv4.state.code());
        set(root, "data-ipv6", result.families.ipv6.state.code());
        set(root, "data-preferred", result.preferred.map_or("", Family::code));
        set(root, "data-side", result.side().code());
        set(root, "data-cause", result.why.code());
        set(root, "data-confidence", result.confidence.code());
        set(root, "data-tone", tone(result));
        let points = |points: Option<u8>| points.map_or_else(String::new, |points| points.to_string());
        set(root, "data-score-ipv4", &points(result.score_ipv4));
        set(root, "data-score-ipv6", &points(result.score_ipv6));
        set(root, "data-helpdesk", &result.helpdesk.map_or_else(String::new, |helpdesk| helpdesk.to_string()));

        let sentence = self.words.sentence(result.sentence, result.preferred);
        let family = result.sentence.family();
        text(root, "[data-sentence]", &sentence);
        text(root, "[data-meaning]", &self.words.means(result.sentence));
        text(root, "[data-advice]", &self.words.for_visitor(result.why, family).unwrap_or_default());
        text(root, "[data-operator]", &self.words.for_operator(result.why, family).unwrap_or_default());
        text(root, "[data-codes]", &self.words.codes(result));
        self.list("[data-evidence]", &evidence(self.words, result));
        if self.said.replace(Some(result.sentence)) != Some(result.sentence) {
            text(root, "[data-told]", &sentence);
        }
        // Last: whoever waits for it finds all the rest.
        set(root, "data-run", if is_complete { "complete" } else { "running" });
    }

    /// Says that there is nothing to show, and why.
    pub fn refuse(&self, sentence: &str) {
        for row in Question::ALL.into_iter().filter_map(|question| row(&self.root, question.code())) {
            set(&row, "data-state", Told::NotAsked.code());
            text(&row, "[data-said]", &self.words.told(Told::NotAsked, None));
        }
        text(&self.root, "[data-sentence]", sentence);
        text(&self.root, "[data-told]", sentence);
        set(&self.root, "data-run", "complete");
    }

    /// Says that a result was measured before, and elsewhere.
    pub fn note(&self, said: &str) {
        text(&self.root, "[data-when]", said);
    }

    /// Writes the lines of a list, unless it has them.
    fn list(&self, selector: &str, lines: &[String]) {
        let Ok(Some(list)) = self.root.query_selector(selector) else { return };
        if list.text_content().unwrap_or_default() == lines.concat() {
            return;
        }
        list.set_text_content(None);
        for line in lines {
            if let Ok(item) = self.document.create_element("li") {
                item.set_text_content(Some(line));
                _ = list.append_child(&item);
            }
        }
    }
}

/// Shows a question; `absent` is why it is not in the result, where that is known.
fn show_question(
    words: &dyn Words,
    row: &Element,
    asked: Option<&QuestionResult>,
    result: &SelfTestResult,
    absent: Option<NotAsked>,
) {
    let told = match (asked, absent) {
        (Some(asked), _) => asked.told,
        (None, Some(_)) => Told::NotAsked,
        (None, None) => Told::Waiting,
    };
    let absent = absent.filter(|_| told == Told::NotAsked);
    set(row, "data-state", told.code());
    set(row, "data-cause", told.cause().or(absent.map(NotAsked::code)).unwrap_or_default());
    let after_ms = asked.and_then(|asked| asked.after_ms).filter(|_| !told.is_open());
    set(row, "data-after-ms", &after_ms.map_or_else(String::new, |ms| ms.to_string()));
    let tone = match told {
        Told::Ok => "good",
        Told::Slow => "slow",
        Told::NotAsked | Told::Waiting | Told::Overdue | Told::Discarded | Told::NotOffered | Told::NotUsed => {
            "unknown"
        }
        _ => "caution",
    };
    set(row, "data-tone", tone);
    let said = absent.map_or_else(|| words.told(told, after_ms), |why| words.not_asked(why).to_owned());
    text(row, "[data-said]", &said);
    let seen = asked.and_then(|asked| asked.family).and_then(|family| {
        let address = result.families.get(family).address?;
        Some(words.seen_as(family, address))
    });
    text(row, "[data-seen]", &seen.unwrap_or_default());
}

fn show_fact(words: &dyn Words, row: &Element, fact: Fact, condition: Condition) {
    if !row.has_attribute("data-noticed") {
        _ = row.set_attribute("data-noticed", "");
    }
    set(row, "data-state", condition.code(fact));
    set(row, "data-cause", condition.cause(fact).unwrap_or_default());
    let tone = match condition {
        Condition::Fine => "good",
        Condition::Bad => "caution",
        Condition::Unseen | Condition::Untold | Condition::NotNeeded => "unknown",
    };
    set(row, "data-tone", tone);
    text(row, "[data-said]", words.condition(fact, condition));
}

/// What the sentence rests on, beside the answers to the questions.
fn evidence(words: &dyn Words, result: &SelfTestResult) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (family, found) in result.families.iter() {
        lines.push(words.family_line(family, found));
    }
    let dual = result.questions.iter().find(|asked| asked.question == Question::DualStack);
    let waited = dual.filter(|asked| asked.family == Some(Family::Ipv4)).and_then(|asked| asked.connect_ms);
    if let Some(ms) = waited.filter(|ms| *ms >= patience::FALLBACK_WAIT_MS) {
        lines.push(words.waits(f64::from(ms)));
    }
    lines.push(words.surely(result.confidence));
    lines
}

/// Returns the tone of the whole.
fn tone(result: &SelfTestResult) -> &'static str {
    let states = [result.families.ipv4.state, result.families.ipv6.state];
    match result.sentence {
        Sentence::Checking
        | Sentence::Answers(_)
        | Sentence::BothAnswer
        | Sentence::NotTested
        | Sentence::Untested(_) => "unknown",
        Sentence::OursDown(_) | Sentence::OursAllDown => "caution",
        _ if states.contains(&FamilyState::Broken) || states.contains(&FamilyState::Blocked) => "you",
        Sentence::Both => "good",
        Sentence::Only(_) => "quiet",
        Sentence::Slow(_) | Sentence::BothSlow => "slow",
        _ => "you",
    }
}

fn row(root: &Element, code: &str) -> Option<Element> {
    let selector = ["[data-question=\"", code, "\"]"].concat();
    root.query_selector(&selector).ok()?
}

/// Returns the elements of what was looked for, in the order of the document.
pub fn elements(found: Result<NodeList, JsValue>) -> Vec<Element> {
    let Ok(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.get(i)?.dyn_into().ok()).collect()
}

/// Sets an attribute, unless it has that value; an empty one is taken away.
pub fn set(element: &Element, name: &str, value: &str) {
    let before = element.get_attribute(name);
    if value.is_empty() {
        if before.is_some() {
            _ = element.remove_attribute(name);
        }
    } else if before.as_deref() != Some(value) {
        _ = element.set_attribute(name, value);
    }
}

/// Sets the text of the element that a selector finds, unless it has that text.
pub fn text(root: &Element, selector: &str, text: &str) {
    if let Ok(Some(element)) = root.query_selector(selector)
        && element.text_content().as_deref() != Some(text)
    {
        element.set_text_content(Some(text));
    }
}
