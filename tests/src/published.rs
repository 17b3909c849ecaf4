//! What a worker in a faulty network publishes, held against the rows of the table: status, incidents, page.

use crate::{
    table::{NetworkRow, slug},
    worker::{Worker, eventually},
};
use dualwatch_core::measure::{
    cause::Cause,
    family::{Family, PerFamily},
    vantage::Standing,
};
use dualwatch_wire::v1::{
    Incidents, Status,
    status::{State, TargetStatus},
};
use dualwatch_words::standing::consequence;
use serde::{Deserialize, Serialize};
use std::{fmt::Debug, time::Duration};

/// A target tells the directory right after its round.
const SOON: Duration = Duration::from_secs(10);

/// What everybody can see of a worker.
#[derive(Serialize, Deserialize)]
pub struct Published {
    pub status: Status,
    pub incidents: Incidents,
    /// `GET /`, as it is read without scripts.
    pub page: String,
}

impl Published {
    /// Returns what is published once the directory knows what these targets have concluded from their rounds.
    pub fn of(worker: &Worker, slugs: &[&String]) -> Self {
        let status = eventually("what the targets know is published", SOON, || {
            let status = worker.status();
            let is_told = |slug: &&String| {
                let own = worker.target(slug).status;
                target(&status, slug).is_some_and(|told| !own.is_news_after(told))
            };
            slugs.iter().all(is_told).then_some(status)
        });
        let (code, _, page) = worker.get("/");
        assert_eq!(code, 200, "{page}");
        Self { status, incidents: worker.document("/api/v1/incidents"), page }
    }

    /// Compares with a row in the network whose fault is over `over`; returns what differs.
    ///
    /// | the row expects at the edge | the family's state | an incident over it | on the page |
    /// |---|---|---|---|
    /// | no cause | up | none | ok |
    /// | a cause that counts against the target | down, with the cause | open | failed |
    /// | a cause of the vantage | unknown, with the cause | none | blind |
    ///
    /// Whatever it expects, its standings are those of the vantage, and the page says what each of them means. Where the
    /// vantage is blind there is no finding about the families either.
    pub fn differences(&self, row: &NetworkRow, over: Family) -> Vec<String> {
        let slug = slug(&row.target);
        let [vantage] = &self.status.vantages[..] else {
            return vec![format!("one vantage measures here, not {:?}", self.status.vantages)];
        };
        let Some(target) = target(&self.status, &slug) else { return vec!["it is not in the status".to_owned()] };
        let mut differences = Differences::default();
        let expected = PerFamily::from_fn(|family| expected(row, family, over));
        for (family, (standing, state, cause)) in expected.iter() {
            let facts = target.facts(family);
            differences.expect(
                &format!("state and cause over {family}"),
                &(*state, *cause),
                &(facts.state, facts.cause),
            );
            let proven = if family == Family::Ipv4 { vantage.ipv4 } else { vantage.ipv6 };
            differences.expect(&format!("standing of {} over {family}", vantage.name), standing, &proven.code());
            for lacking in [Standing::NoFamily, Standing::Offline, Standing::CaptivePortal, Standing::Clock] {
                let sentence = consequence(&vantage.name, family, lacking).expect("it excuses targets");
                let (is_so, is_said) = (*standing == lacking.code(), self.page.contains(&sentence));
                differences.expect(&format!("whether the page says {sentence:?}"), &is_so, &is_said);
            }
            let disputed = format!("No control of {} answers over {family}, but ", vantage.name);
            let (is_so, is_said) = (*standing == Standing::Disputed.code(), self.page.contains(&disputed));
            differences.expect(&format!("whether the page says {disputed:?}"), &is_so, &is_said);
            let on_the_page = (edge_code(*state), cause.map_or("", Cause::code));
            let shown = self.line(&slug, family.code());
            let shown = (attribute(shown, "edge"), attribute(shown, "cause"));
            differences.expect(&format!("on the page over {family}"), &on_the_page, &shown);
        }
        let are = |state| Family::ALL.into_iter().filter(|family| expected.get(*family).1 == state).collect::<Vec<_>>();
        let (down, blind) = (are(State::Down), are(State::Unknown));
        let own = self.incidents.incidents.iter().filter(|incident| incident.target == slug);
        let mut affected: Vec<Family> = own.flat_map(|incident| incident.summary.families.clone()).collect();
        affected.sort_unstable();
        differences.expect("families with an incident", &down, &affected);
        if down.is_empty() {
            let is_hidden = target.clients.is_some_and(|clients| clients.hidden_outage);
            differences.expect("whether racing clients hide an outage", &false, &is_hidden);
            let both = edge_code(if blind.is_empty() { State::Up } else { State::Unknown });
            differences.expect("on the page over both", &both, &attribute(self.line(&slug, "dual_stack"), "edge"));
        }
        if !blind.is_empty() {
            // What a portal shows is not the target's.
            differences.expect("findings about the families", &Vec::new(), &target.differences);
        }
        differences.0
    }

    /// Returns the beginning of the element that shows a route of a target.
    fn line(&self, slug: &str, route: &str) -> &str {
        let begins = format!(r#"data-target="{slug}" data-family="{route}""#);
        self.page.split('<').find(|element| element.contains(&begins)).unwrap_or_default()
    }
}

/// Returns the vantage's standing, and the state and cause of the target, that a row asks for in the status.
fn expected(row: &NetworkRow, family: Family, over: Family) -> (&str, State, Option<Cause>) {
    let (standing, cause) = row.expected(family, over, true);
    let standing = row.published_standing.as_deref().filter(|_| family == over).unwrap_or(standing);
    let cause = cause.map(|code| Cause::from_code(code).unwrap_or_else(|| panic!("{code} is no cause")));
    let state = match cause {
        None => State::Up,
        Some(cause) if cause.counts_against_target() => State::Down,
        Some(_) => State::Unknown,
    };
    (standing, state, cause)
}

/// Returns what the page says of a state in `data-edge`.
const fn edge_code(state: State) -> &'static str {
    match state {
        State::Up | State::Recovering => "ok",
        State::Suspect | State::Down => "failed",
        State::Unknown => "blind",
    }
}

fn target<'a>(status: &'a Status, slug: &str) -> Option<&'a TargetStatus> {
    status.targets.iter().find(|target| target.slug == slug)
}

/// Returns the value of the attribute `data-NAME`.
fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let rest = element.split(&format!("data-{name}=\"")).nth(1);
    rest.and_then(|rest| rest.split('"').next()).unwrap_or("not there")
}

#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn expect<T: PartialEq + Debug>(&mut self, what: &str, expected: &T, seen: &T) {
        if expected != seen {
            self.0.push(format!("{what}: expected {expected:?}, saw {seen:?}"));
        }
    }
}
