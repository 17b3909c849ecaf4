//! Every scenario of `tests/scenarios` through the engine: effects, incidents, health, availability, reports.
//!
//! `DUALWATCH_BLESS=1` writes what was found into the files, to be read before it is committed.

use dualwatch_core::{measure::time::Timestamp, respond::incident::Kind};
use dualwatch_replay::{Event, TargetReplay};
use dualwatch_simnet::scenario::Scenario;
use dualwatch_tests::scenario::{difference, files, outcome, read, rewritten, run};
use std::collections::BTreeSet;

#[test]
fn every_scenario_goes_as_it_says() {
    let is_blessing = std::env::var_os("DUALWATCH_BLESS").is_some_and(|v| v == "1");
    let mut names = BTreeSet::new();
    let mut failures = Vec::new();
    for path in files() {
        let mut found = Vec::new();
        for scenario in read(&path) {
            assert!(names.insert(scenario.name.clone()), "{scenario}: another scenario has this name");
            assert!(scenario.why.ends_with('.') && scenario.why.len() > 20, "{scenario}: say why, in one sentence");
            let replay = run(&scenario);
            obeys_the_laws(&scenario, &replay);
            let outcome = outcome(&scenario, &replay);
            failures.extend(difference(&scenario, &outcome));
            found.push((scenario, outcome));
        }
        if is_blessing {
            let text = std::fs::read_to_string(&path).expect("read above");
            std::fs::write(&path, rewritten(&text, &found)).expect("written");
        }
    }
    assert!(names.len() >= 60, "only {} scenarios", names.len());
    assert!(is_blessing || failures.is_empty(), "{} of {}:\n\n{}", failures.len(), names.len(), failures.join("\n"));
}

/// What holds in every scenario, whatever it expects.
fn obeys_the_laws(scenario: &Scenario, replay: &TargetReplay) {
    let mut last: Option<Timestamp> = None;
    for incident in &replay.incidents {
        let effects = replay.events.iter().filter_map(|event| match event {
            Event::Effect { effect, .. } if effect.incident == incident.id => Some(effect),
            _ => None,
        });
        let mut open = None;
        let mut n = 0;
        for effect in effects {
            n += 1;
            assert_eq!(effect.n, n, "{scenario}: effects are numbered without a gap");
            match effect.kind {
                Kind::Open { episode } => assert_eq!(open.replace(episode), None, "{scenario}: opened twice"),
                Kind::Resolve { episode } => {
                    let opened = open.take();
                    assert!(opened.is_some_and(|opened| opened <= episode), "{scenario}: resolved without an open");
                }
                Kind::Amend { .. } => assert!(open.is_some(), "{scenario}: amended while it is not open"),
            }
        }
        assert_eq!(open.is_some(), incident.is_open(), "{scenario}");
        assert_eq!(n, incident.n_effects, "{scenario}");
        let began = incident.began();
        assert!(began.after.is_none_or(|after| after <= began.by), "{scenario}: {began:?}");
        if let Some(ended) = incident.ended() {
            let last_bad = ended.after.unwrap_or(ended.by);
            assert!(began.by <= last_bad && last_bad <= ended.by, "{scenario}: {began:?} {ended:?}");
        }
        assert!(last.is_none_or(|last| last < incident.id.0), "{scenario}: incidents in the order of time");
        last = Some(incident.id.0);
    }
}
