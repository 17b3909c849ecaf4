//! Records of a monitor that measures often and writes down what has changed: what they say of the time between them.

use dualwatch_core::{
    judge::{diagnosis::conclude, dual_stack},
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        round::{Round, Vantage},
        sample::Sample,
        target::{Confirmation, Scheme},
        time::{HOUR, MINUTE, Timestamp},
        vantage::Standing,
    },
    remember::{
        availability::{Past, Times, Window},
        history::Record,
        spell::{Spell, State, Track},
    },
    respond::incident::{self, Bound, Ending, Incident, step::abandon},
    watch::{Settings, Watch},
};

const URL: &str = "https://service.example/";

/// Measured every five minutes; a record is written every two hours at least.
const SETTINGS: Settings<'static> = Settings {
    url: URL,
    own_vantage: "records",
    interval_s: 300,
    timeout_ms: 300_000,
    unchanged_s: Some(7_200),
    confirm: Confirmation { failures_to_confirm: 1, successes_to_confirm: 1, unstable_percent: Some(20) },
    incidents: incident::Policy { relapse_within_ms: 10 * MINUTE, flapping_from: 3, calm_ms: 10 * MINUTE },
    scheme: Scheme::Https,
    windows: &[],
};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_unix_ms(100 * 24 * HOUR + minute * MINUTE)
}

fn round(minute: i64, what: &str) -> Round {
    let ipv4 = match what {
        "up" => Sample::reached(),
        "down" => Sample::failed(Cause::TcpNoConnection),
        _ => Sample::failed(Cause::MeasurementFailed),
    };
    let samples = PerFamily { ipv4, ipv6: Sample::skipped(None) };
    let standing = PerFamily { ipv4: Standing::Untested, ipv6: Standing::Untested };
    let dual_stack = dual_stack::view(&samples);
    let vantage = Vantage { name: "records".into(), standing, silent_controls: Vec::new() };
    Round { target: URL.into(), started_at: at(minute), vantage, samples, dual_stack }
}

/// Hears records `minute:what` and ends them; returns the incidents, and the times of IPv4 until a minute.
fn hear(records: &str, until: i64) -> (Vec<Incident>, Times) {
    let (mut watch, mut incidents, mut spells) = (Watch::default(), Vec::<Incident>::new(), Vec::<Spell>::new());
    let mut keep = |incident: Option<&Incident>| {
        let Some(incident) = incident else { return };
        match incidents.iter_mut().find(|known| known.id == incident.id) {
            Some(known) => *known = incident.clone(),
            None => incidents.push(incident.clone()),
        }
    };
    let mut take = |records: Vec<Record>| {
        spells.extend(records.into_iter().filter_map(|record| match record {
            Record::Spell(Track::Ipv4, spell) => Some(spell),
            _ => None,
        }));
    };
    for record in records.split_whitespace() {
        let (minute, what) = record.split_once(':').unwrap();
        let round = round(minute.parse().unwrap(), what);
        take(watch.hear_unchanged(&round, &SETTINGS).records);
        keep(watch.incident());
        let now = round.started_at;
        let heard = watch.hear(round, &SETTINGS, now);
        assert!(heard.accepted, "{record}");
        take(heard.records);
        keep(watch.incident());
    }
    let mut history = watch.history.take().unwrap();
    history.expect_no_more();
    take(history.close(at(until)));
    let lasting = history.lasting(Track::Ipv4);
    spells.push(Spell { to: at(until), ..lasting });
    let end = watch.state.incidents.last_heard.unwrap();
    if watch.state.incidents.open.is_some() {
        keep(abandon(watch.state.incidents, Ending::RecordEnds, end).state.latest.as_deref());
    }
    let times = Past { folded: &[], spells: &spells }.over(Window { from: at(0), to: at(until) }).times;
    (incidents, times)
}

/// Expects the outages as `after-by after-by` in minutes, and how many minutes it was up and down.
fn check(records: &str, until: i64, outages: &str, (up, down): (i64, i64)) {
    let (incidents, times) = hear(records, until);
    let minute = |t: Timestamp| t.ms_since(at(0)) / MINUTE;
    let bound = |b: Bound| format!("{}-{}", b.after.map_or("?".to_owned(), |t| minute(t).to_string()), minute(b.by));
    let outages_seen: Vec<String> = (incidents.iter().flat_map(|incident| &incident.outages))
        .map(|outage| format!("{} {}", bound(outage.began), outage.ended.map_or("open".into(), |(end, _)| bound(end))))
        .collect();
    assert_eq!(outages_seen.join(", "), outages, "{records}");
    assert_eq!(
        (times.up_ms, times.down_ms),
        ((up * MINUTE).cast_unsigned(), (down * MINUTE).cast_unsigned()),
        "{records}"
    );
}

#[test]
fn between_two_records_it_was_as_the_first_says_and_a_change_is_as_exact_as_it_was_measured() {
    check("0:up 100:down 160:up 200:up", 300, "95-100 155-160", (145, 60));
    // Two records are nearer than two measurements usually are: no other lay between them.
    check("0:up 100:down 102:up 200:up", 300, "95-100 100-102", (203, 2));
    // It says the same twice.
    check("0:up 100:up 150:down 230:down 300:up", 310, "145-150 295-300", (155, 150));
    check("0:down 60:up", 70, "?-0 55-60", (5, 60));
}

#[test]
fn nobody_knows_what_came_after_the_last_record() {
    check("0:up 100:up", 1_000, "", (105, 0));
    check("0:up 100:down", 1_000, "95-100 100-100", (100, 5));
}

#[test]
fn where_the_daily_record_is_missing_nobody_measured() {
    check("0:up 121:up", 130, "", (5 + 5, 0));
    check("0:up 120:up", 130, "", (120 + 5, 0));
    // What was down before a gap, and is after it: what lies in between is seen by nobody, and not down.
    let records = "0:up 10:down 400:down 410:up";
    check(records, 420, "5-10 405-410", (10 + 5, 5 + 10));
    let (incidents, _) = hear(records, 420);
    assert_eq!(incidents.len(), 1);
    let lasted = incidents[0].lasted(None).unwrap().down.unwrap();
    assert_eq!((lasted.min, lasted.max), (10 * MINUTE, Some(405 * MINUTE)));
}

#[test]
fn a_failed_measurement_between_two_records_is_no_outage() {
    check("0:up 60:failed 90:up 120:up", 130, "", (60 + 35, 0));
    // It is blind since the record that says so, and was down until at most an interval before.
    check("0:up 30:down 60:failed 90:up", 95, "25-30 55-90", (30 + 5, 30));
}

#[test]
fn rounds_that_are_all_at_hand_are_not_heard_twice() {
    let settings = Settings { unchanged_s: None, ..SETTINGS };
    let mut watch = Watch::default();
    let first = round(0, "up");
    assert!(watch.hear(first.clone(), &settings, first.started_at).accepted);
    let (before, next) = (watch.clone(), round(60, "down"));
    assert_eq!(watch.hear_unchanged(&next, &settings), dualwatch_core::watch::Heard::default());
    assert_eq!(watch, before);
    // And records of another place say nothing about this one.
    let other = Round { target: "https://other.example/".into(), ..next };
    watch.hear_unchanged(&other, &SETTINGS);
    assert_eq!(watch, before);
    assert_eq!(State::of(conclude(watch.progress[0].round.samples.get(Family::Ipv4))), State::Up);
}
