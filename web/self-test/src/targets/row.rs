//! One service in the document, and each of its routes: what the edge says of it, what was asked, and what is written there.

use super::{
    MERGE_WITHIN_MS, PageControl, PerFamily, Reach, RouteResult, Side, TargetResult, Told, Vicinity, Way, Why,
    control_of_both, said,
};
use crate::show::{elements, set, text};
use dualwatch_core::{
    judge::verdict::{Edge, Verdict},
    measure::{family::Family, slug::Slug, url::is_mixed},
    self_test::{
        reach::Said,
        target::{Asked, Dns, EdgeSays, Next, TargetFacts},
        told::Refusal,
    },
};
use dualwatch_words::self_test::phrases::Words;
use web_sys::Element;

/// A service: its routes over IPv4, over IPv6, and at its usual name.
pub struct Service {
    words: &'static dyn Words,
    element: Element,
    pub slug: String,
    pub rows: Vec<Row>,
    /// Unix milliseconds of its newest round, and from when on the next one is late.
    round_at_ms: Option<i64>,
    late_at_ms: i64,
}

/// One route.
pub struct Row {
    words: &'static dyn Words,
    element: Element,
    family: Option<Family>,
    pub url: String,
    /// How near the visitor has to be for it to be asked.
    near: Vicinity,
    edge: Edge,
    says: EdgeSays,
    dns: Dns,
    has_own_authority: bool,
    /// What was found, and what is being found anew.
    found: Measured,
    asking: Measured,
    /// What is known already is shown until something newer is clear.
    is_again: bool,
    /// What makes the edge's word milder.
    mild: Mild,
    /// What is not as it should be, as it follows the verdict.
    but: Option<String>,
    /// Why it is not offered, where that is not the usual reason.
    only: Option<String>,
}

/// What was asked, and what came of it.
#[derive(Clone, Copy, Default)]
struct Measured {
    asked: Asked,
    /// Of the first answer, or else of the first failure.
    after_ms: Option<u32>,
    /// Unix milliseconds of what was heard last.
    at_ms: Option<i64>,
}

/// How the edge's word of a route is milder than its verdict, as the status page has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mild {
    No,
    Suspect,
    Slow,
}

impl Service {
    /// Reads all services of the page.
    pub fn all(section: &Element, words: &'static dyn Words) -> Vec<Self> {
        let mut services = Vec::new();
        for element in elements(section.query_selector_all("[data-service]")) {
            let number = |name: &str| element.get_attribute(name).and_then(|text| text.parse::<i64>().ok());
            let has_own_authority = element.has_attribute("data-own-authority");
            let routes = ["ipv4", "ipv6", "dual_stack"];
            let rows = routes
                .into_iter()
                .filter_map(|route| Row::read(&element, route, has_own_authority, words))
                .collect::<Vec<_>>();
            if rows.len() == routes.len() {
                let (round_at_ms, late_at_ms) = (number("data-round-at"), number("data-late-at").unwrap_or(0));
                let slug = element.get_attribute("data-service").unwrap_or_default();
                services.push(Self { words, element, slug, rows, round_at_ms, late_at_ms });
            }
        }
        services
    }

    /// Whether the service answers over each family at names of their own: then its name of both, which does not, is blocked
    /// as a whole, path or no path.
    fn is_reached_at_other_names(&self) -> bool {
        let host = |row: &Row| row.url.split('/').nth(2).map(str::to_owned);
        let Some(dual) = self.rows.iter().find(|row| row.family.is_none()).and_then(host) else { return false };
        let mut own = self.rows.iter().filter(|row| row.family.is_some());
        own.all(|row| row.has_answered() && host(row).is_some_and(|host| host != dual))
    }

    /// Returns what is said of each route.
    pub fn judge(&self, controls: PerFamily<PageControl>, now_ms: i64) -> Vec<(Said, Way)> {
        let judged = self.rows.iter().map(|row| {
            let edge = match row.edge {
                Edge::Ok | Edge::Failed | Edge::Blind | Edge::Unpublished if now_ms > self.late_at_ms => Edge::Late,
                edge => edge,
            };
            set(&row.element, "data-edge", edge.code());
            if edge != row.edge {
                text(&row.element, "[data-edge-said]", self.words.edge(edge));
            }
            // What lies too far apart is not merged: the newer one stands alone.
            let heard_ms = row.found.at_ms.unwrap_or(now_ms);
            let apart_ms = self.round_at_ms.map(|at| heard_ms - at).filter(|_| row.found.asked.n_readable > 0);
            let is_merged = matches!(edge, Edge::Ok | Edge::Failed);
            let is_old = is_merged && apart_ms.is_some_and(|ms| ms < -MERGE_WITHIN_MS);
            let is_alone =
                is_merged && row.found.asked.n_readable > 0 && apart_ms.is_none_or(|ms| ms > MERGE_WITHIN_MS);
            let edge = if is_alone { Edge::Nothing } else { edge };
            let control = row.family.map_or_else(|| control_of_both(controls), |family| *controls.get(family));
            let mut facts = row.facts(edge, control);
            if row.family.is_none() && self.is_reached_at_other_names() {
                facts.alias = Told::Ok;
            }
            if is_old {
                (facts.readable, facts.hidden, facts.alias) = (Told::NotAsked, Told::NotAsked, Told::NotAsked);
            }
            let said = said(&facts);
            (said, Way { why: said.why, after_ms: row.found.after_ms.filter(|_| row.has_answered()) })
        });
        judged.collect()
    }

    /// Writes what is said into the document.
    pub fn show(&self, found: &[(Said, Way)], reach: Reach) {
        for (row, (said, _)) in self.rows.iter().zip(found) {
            row.show(*said);
        }
        text(&self.element, "[data-reach]", &self.words.reach(reach));
        let troubled = self
            .rows
            .iter()
            .zip(found)
            .find(|(_, (said, _))| matches!(said.side, Side::You | Side::Them | Side::Between));
        let (advice, operator) = troubled.map_or((None, None), |(row, (said, _))| {
            (self.words.for_visitor(said.why, row.family), self.words.for_operator(said.why, row.family))
        });
        text(&self.element, "[data-advice]", &advice.unwrap_or_default());
        text(&self.element, "[data-operator]", &operator.unwrap_or_default());
    }

    /// Returns what goes into a shared result.
    pub fn result(&self, found: &[(Said, Way)]) -> Option<TargetResult> {
        let route = |i: usize| {
            let (row, (said, way)) = (self.rows.get(i)?, found.get(i)?);
            (row.found.asked.n_readable > 0).then_some(RouteResult {
                why: said.why,
                verdict: said.verdict,
                after_ms: way.after_ms,
            })
        };
        let (ipv4, ipv6, dual_stack) = (route(0), route(1), route(2));
        let is_any = ipv4.is_some() || ipv6.is_some() || dual_stack.is_some();
        let slug = Slug::parse(&self.slug).filter(|_| is_any)?;
        Some(TargetResult { slug, ipv4, ipv6, dual_stack })
    }

    /// Writes what somebody else found.
    pub fn show_result(&self, routes: [Option<RouteResult>; 3]) {
        for (row, route) in self.rows.iter().zip(routes) {
            let element = &row.element;
            set(element, "data-edge", "");
            text(element, "[data-edge-said]", "");
            let (verdict, why) = route.map_or((Verdict::NotKnown, Why::NotTested), |route| (route.verdict, route.why));
            let side = if why.side() == Side::None || route.is_none() { verdict.side() } else { why.side() };
            set(
                element,
                "data-browser",
                route.map_or("not_measured", |route| if route.after_ms.is_some() { "ok" } else { "failed" }),
            );
            row.write(verdict, why, side);
            let found = route
                .and_then(|route| route.after_ms)
                .map(|ms| self.words.found(Told::Ok, Some(ms), why == Why::Unreadable));
            text(element, "[data-found]", &found.unwrap_or_default());
        }
    }
}

impl Row {
    fn read(service: &Element, route: &str, has_own_authority: bool, words: &'static dyn Words) -> Option<Self> {
        let element = service.query_selector(&["[data-family=", route, "]"].concat()).ok()??;
        let attribute = |name: &str| element.get_attribute(name).unwrap_or_default();
        // Of a page that stays, the edge's word stands where nothing is written over it.
        let told = element.get_attribute("data-told").unwrap_or_else(|| attribute("data-edge"));
        let (edge, says, dns) = (told, attribute("data-says"), attribute("data-dns"));
        let near = match attribute("data-near").as_str() {
            "elsewhere" => Vicinity::Elsewhere,
            "network" => Vicinity::Network,
            _ => Vicinity::Machine,
        };
        Some(Self {
            words,
            family: Family::ALL.into_iter().find(|family| family.code() == route),
            url: attribute("data-url"),
            near,
            edge: Edge::ALL.into_iter().find(|known| known.code() == edge).unwrap_or(Edge::Nothing),
            says: EdgeSays::ALL.into_iter().find(|known| known.code() == says).unwrap_or_default(),
            dns: Dns::ALL.into_iter().find(|known| known.code() == dns).unwrap_or_default(),
            has_own_authority,
            found: Measured::default(),
            asking: Measured::default(),
            is_again: false,
            mild: match attribute("data-mild").as_str() {
                "suspect" => Mild::Suspect,
                "slow" => Mild::Slow,
                _ => Mild::No,
            },
            but: element.get_attribute("data-but"),
            only: element.get_attribute("data-only"),
            element,
        })
    }

    /// Whether what was found of another row can be merged with what this one says of the edge.
    fn is_same(&self, other: &Self) -> bool {
        (&self.url, self.edge, self.says, self.dns, self.near)
            == (&other.url, other.edge, other.says, other.dns, other.near)
    }

    /// Takes over what was found of the same route before. Returns whether it has to be asked anew.
    pub fn inherit(&mut self, before: &Self) -> bool {
        self.found = before.found;
        self.is_again = before.found.asked.n_readable > 0;
        !self.is_same(before)
    }

    /// Returns what is asked now.
    pub const fn asking(&self) -> &Asked {
        &self.asking.asked
    }

    /// Ends asking: what is clear takes the place of what was known.
    pub fn settle(&mut self) {
        self.found = self.asking;
        self.is_again = self.found.asked.n_readable > 0;
    }

    /// Begins, where a visitor in this vicinity may ask. Returns whether there is something to ask.
    pub fn begin(&mut self, visitor: Vicinity, protocol: &str) -> bool {
        self.asking = Measured::default();
        let asked = &mut self.asking.asked;
        let is_asked = !self.url.is_empty() && visitor <= self.near;
        if !is_asked {
        } else if is_mixed(protocol, &self.url) {
            (asked.readable, asked.n_readable) = (Told::Refused(Refusal::MixedContent), 1);
        } else {
            (asked.readable, asked.has_alias) = (Told::Waiting, true);
            if !self.is_again {
                self.found = self.asking;
            }
            return true;
        }
        self.settle();
        false
    }

    /// Hears what became of a question.
    pub fn hear(&mut self, what: Next, told: Told, after_ms: u32, now_ms: i64) {
        let Measured { asked, after_ms: known, at_ms } = &mut self.asking;
        match what {
            Next::Readable => {
                asked.readable = told;
                asked.n_readable += 1;
            }
            Next::Hidden => asked.hidden = told,
            Next::Alias => asked.alias = told,
        }
        let is_answer = told.is_answer() || told == Told::Status;
        if what != Next::Alias && (known.is_none() || is_answer) {
            *known = Some(after_ms);
        }
        *at_ms = Some(now_ms);
        if !self.is_again {
            self.found = self.asking;
        }
    }

    fn has_answered(&self) -> bool {
        let Asked { readable, hidden, .. } = self.found.asked;
        readable.is_answer() || readable == Told::Status || hidden.is_answer()
    }

    fn is_secure(&self) -> bool {
        self.url.starts_with("https://")
    }

    /// Returns the family that an answer proves: over TLS it was the named host.
    pub fn proves(&self) -> Option<Family> {
        self.family.filter(|_| self.is_secure() && self.has_answered())
    }

    fn facts(&self, edge: Edge, control: PageControl) -> TargetFacts {
        let Asked { readable, hidden, alias, n_readable, .. } = self.found.asked;
        // A first failure is not confirmed yet.
        let is_confirmed = n_readable != 1 || !readable.is_dead() || hidden.is_answer();
        TargetFacts {
            readable: if is_confirmed { readable } else { Told::Waiting },
            hidden,
            alias,
            control,
            dns: self.dns,
            edge,
            edge_says: self.says,
            is_secure: self.is_secure(),
            has_own_authority: self.has_own_authority,
        }
    }

    fn show(&self, said: Said) {
        let Asked { readable, hidden, n_readable, .. } = self.found.asked;
        let after_ms = self.found.after_ms;
        let browser = match readable {
            _ if self.has_answered() => "ok",
            _ if said.why == Why::Checking => "pending",
            told if told.is_dead() => "failed",
            _ => "not_measured",
        };
        set(&self.element, "data-browser", browser);
        self.write(said.verdict, said.why, said.side);
        let found = match n_readable {
            // Why it is not asked stands there already, where that is known.
            0 if readable == Told::NotAsked => return,
            0 => String::new(),
            _ if hidden.is_answer() => self.words.found(Told::Ok, after_ms, true),
            _ if said.why == Why::Checking => String::new(),
            _ => self.words.found(readable, after_ms, false),
        };
        text(&self.element, "[data-found]", &found);
    }

    fn write(&self, verdict: Verdict, why: Why, side: Side) {
        let element = &self.element;
        set(element, "data-verdict", verdict.code());
        // On the status page the cause is the edge's.
        let cause = if element.has_attribute("data-why") { "data-why" } else { "data-cause" };
        set(element, cause, why.code());
        set(element, "data-side", side.code());
        let said = self.words.verdict_of_route(verdict, why, self.family);
        let (tone, said) = match (tone(verdict, why, side), self.mild, self.family) {
            ("good", ..) if let Some(but) = &self.but => ("slow", said + but),
            ("good", Mild::Slow, _) => ("slow", self.words.but_slow(&said)),
            ("bad", Mild::Suspect, Some(family)) => ("bad", self.words.suspected(verdict, family)),
            (tone, ..) => (tone, said),
        };
        set(element, "data-tone", tone);
        let only = self.only.as_ref().filter(|_| verdict == Verdict::Unpublished);
        text(element, "[data-said]", only.unwrap_or(&said));
    }
}

/// Returns how a route is drawn: by whose side it is on.
fn tone(verdict: Verdict, why: Why, side: Side) -> &'static str {
    match (verdict, why, side) {
        (_, Why::Checking, _) | (Verdict::NotKnown, ..) => "unknown",
        (Verdict::Unpublished, ..) => "quiet",
        (_, Why::Late, _) => "slow",
        (Verdict::UpForYou, ..) | (_, _, Side::Between | Side::Unknown) => "caution",
        (_, _, Side::You) => "you",
        (_, _, Side::Them) => "bad",
        (_, _, Side::None) => "good",
    }
}
