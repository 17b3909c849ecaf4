//! Scenarios through the worker: loaded into real workerd, they come out as they do natively.

use dualwatch_core::{
    measure::{
        family::Family,
        target::Confirmation,
        time::{DAY, HOUR, MINUTE, Timestamp},
    },
    remember::spell::{State, Track},
    respond::{
        incident::Policy,
        maintenance::{Expected, Window},
        report::Context,
    },
};
use dualwatch_replay::TargetReplay;
use dualwatch_simnet::scenario::{BEGIN, Scenario};
use dualwatch_tests::{
    feed::{REFUSED, WELL, deliver_rounds, round_at},
    scenario::{named, ndjson, run},
    told::Told,
    worker::{Worker, eventually},
};
use dualwatch_wire::{
    seconds::Seconds,
    time,
    v1::{self, IncidentDocument, TargetAvailability, history::FamilyBucket},
};
use serde_json::{Value, json};
use std::{
    ops::Range,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const SOON: Duration = Duration::from_secs(30);
/// So many lines are loaded at once, as a program would that sends a long history in parts: a short one in so short ones
/// that every state is cut somewhere.
const PARTS: [usize; 2] = [7, 4_000];
/// From so many rounds on a history is long.
const LONG: usize = 1_000;
/// The founding outage, 10,935 rounds, on a machine that is busy with other things.
const LOADED_WITHIN: Duration = Duration::from_secs(30);

const ESSENTIAL: &[&str] = &[
    "the founding outage",
    "the twin of the founding outage",
    "joined and parted",
    "flapping",
    "an outage inside of a window",
    "an outage that outlasts its window",
    "two vantages agree",
    "two of three see the outage",
    "withdrawn",
    "a gap in the middle of an outage",
    "blind in the middle of the outage",
    "degraded never hides down",
    "two incidents on one day",
];

/// Moves a scenario to another day, and to another address.
fn moved(mut scenario: Scenario, url: &str, to: Timestamp) -> Scenario {
    let by = to.ms_since(BEGIN);
    for delivery in &mut scenario.deliveries {
        assert_eq!(
            delivery.at,
            delivery.round.started_at,
            "{scenario}: what is loaded is heard at its own time",
            scenario = scenario.name
        );
        delivery.at = delivery.at + by;
        delivery.round.started_at = delivery.round.started_at + by;
        url.clone_into(&mut delivery.round.target);
    }
    for window in &mut scenario.maintenance {
        (window.from, window.to) = (window.from + by, window.to + by);
    }
    url.clone_into(&mut scenario.target);
    scenario
}

/// The target of a scenario in the configuration. It is measured as well, but for a minute it does not answer: until
/// then, availability is that of the past alone.
fn target(slug: &str, scenario: &Scenario) -> Value {
    let confirm =
        json!({ "failures": scenario.confirm.failures_to_confirm, "successes": scenario.confirm.successes_to_confirm });
    let mut target = json!({
        "name": scenario.name, "slug": slug, "url": scenario.target, "interval": scenario.interval_s,
        "timeout": scenario.interval_s.min(60), "confirm": confirm,
    });
    if scenario.confirm.unstable_percent != Confirmation::default().unstable_percent {
        target["unstable"] = scenario.confirm.unstable_percent.map_or(Value::Bool(false), Value::from);
    }
    target
}

fn rule(slug: &str, window: &Window) -> Value {
    let families: Vec<&str> = Family::ALL.iter().filter(|f| *window.families.get(**f)).map(|f| f.code()).collect();
    let expected = if window.expected == Expected::Down { "down" } else { "degraded" };
    json!({
        "title": "announced", "targets": [slug], "families": families, "expected": expected,
        "from": time::format(window.from), "to": time::format(window.to),
    })
}

#[test]
fn the_essential_scenarios_come_out_of_the_worker_as_they_do_natively() {
    let setting = Told::new();
    let url = setting.silent_url();
    let midnight = today();
    let scenarios: Vec<(String, Scenario)> = ESSENTIAL
        .iter()
        .zip(0..)
        .map(|(name, i)| (format!("s{i}"), moved(named(name), &url, midnight - (60 + 10 * i) * DAY)))
        .collect();
    for (_, scenario) in &scenarios {
        assert_eq!(scenario.incidents, Policy::default(), "{}: the worker has no other", scenario.name);
        assert_eq!(scenario.own_vantage(), "edge", "{}", scenario.name);
    }
    let targets: Vec<Value> = scenarios.iter().map(|(slug, scenario)| target(slug, scenario)).collect();
    let mut config = setting.config(&targets, &[Told::channel("ops", &setting.receiver)]);
    let rules = scenarios.iter().flat_map(|(slug, s)| s.maintenance.iter().map(move |window| rule(slug, window)));
    config["maintenance"] = rules.collect();
    let worker = setting.start(&config);

    for (slug, scenario) in &scenarios {
        let begun = Instant::now();
        let text = ndjson(scenario);
        let lines: Vec<&str> = text.lines().collect();
        let part = PARTS[usize::from(lines.len() > LONG)];
        let n_taken: u64 = lines.chunks(part).map(|part| worker.load(slug, &part.join("\n"))).sum();
        assert_eq!(n_taken, u64::try_from(lines.len()).expect("a few"), "{}", scenario.name);
        let (n, ms) = (lines.len(), begun.elapsed().as_millis());
        println!("{}: {n} rounds, {} kB in {ms} ms", scenario.name, text.len() / 1_000);
        if n > LONG {
            assert!(begun.elapsed() < LOADED_WITHIN, "{n} rounds took {ms} ms");
        }
    }
    for (slug, scenario) in &scenarios {
        compare(&worker, slug, scenario, &run(scenario));
        compare_days(&worker, slug, scenario);
    }
    assert_eq!(setting.receiver.received().len(), 0, "nobody is told of what was long ago");

    // Once more: nothing changes.
    let (slug, founding) = &scenarios[0];
    let text = ndjson(founding);
    let part = text.lines().take(PARTS[1]).collect::<Vec<_>>().join("\n");
    assert_eq!(worker.load(slug, &part), 0);
    compare(&worker, slug, founding, &run(founding));
}

/// Rounds of IPv6 down in one hour of three, every ten minutes from an hour to another of a day.
fn rounds(url: &str, vantage: &str, midnight: Timestamp, hours: Range<i64>) -> Vec<v1::Round> {
    let look = |minute: i64| if minute / 60 % 3 == 1 { REFUSED } else { WELL };
    let minutes = (hours.start * 60..hours.end * 60).step_by(10);
    minutes.map(|minute| round_at(url, vantage, look(minute), midnight + minute * MINUTE)).collect()
}

#[test]
fn a_past_that_is_loaded_late_is_in_the_day_on_which_measuring_began() {
    let setting = Told::new();
    let url = setting.silent_url();
    let target = json!({ "name": "Shop", "slug": "shop", "url": url, "interval": 600, "timeout": 60 });
    let worker = setting.start(&setting.config(&[target], &[]));
    let midnight = today() - 2 * DAY;
    // Measuring begins at ten past noon, and goes on into the next day: the day is summed up.
    let live: Vec<v1::Round> = rounds(&url, "one", midnight, 12..26).split_off(1);
    deliver_rounds(worker.edge.addresses()[0], "one", "shop", live);
    let hours = |hours: i64| Seconds::from_ms(hours * HOUR);
    let day = || -> FamilyBucket {
        let to = midnight + DAY;
        let path = format!("/api/v1/targets/shop/history?size=1d&from={}&to={}", midnight.unix_ms(), to.unix_ms());
        let history: v1::TargetHistory = worker.document(&path);
        history.buckets.into_iter().next().expect("the day").ipv6
    };
    let before = eventually("the day is summed up", SOON, || Some(day()).filter(|day| day.rounds > 60));
    assert_eq!((before.rounds, before.times.down_s), (71, hours(4)));

    let past = rounds(&url, "one", midnight, 0..13);
    let past: Vec<String> = past[..73].iter().map(|round| serde_json::to_string(round).expect("JSON")).collect();
    assert_eq!(past.chunks(25).map(|part| worker.load("shop", &part.join("\n"))).sum::<u64>(), 73);
    let after = day();
    assert_eq!((after.times.up_s, after.times.down_s), (hours(16), hours(8)));
    assert_eq!(after.rounds, 144);
}

/// What IPv6 of the day that begins at `midnight` sums up to, and how many rows of days there are.
fn day(worker: &Worker, slug: &str, midnight: Timestamp) -> Option<FamilyBucket> {
    let path =
        format!("/api/v1/targets/{slug}/history?size=1d&from={}&to={}", midnight.unix_ms(), (midnight + DAY).unix_ms());
    let history: v1::TargetHistory = worker.document(&path);
    assert!(history.buckets.len() <= 1, "{} rows for one day", history.buckets.len());
    history.buckets.into_iter().next().map(|bucket| bucket.ipv6)
}

/// A past, and from when on the target is measured; in hours of the day on which the past ends. The past is loaded before
/// anything is measured.
struct Course {
    slug: &'static str,
    /// How many days ago that day is.
    days_ago: i64,
    /// From when to when; each is loaded by itself.
    past: &'static [(i64, i64)],
    live: Range<i64>,
    /// Of what there is of that day.
    hours: Range<i64>,
}

#[test]
fn a_past_has_its_last_day_whenever_it_ends_and_measuring_begins() {
    let courses = [
        Course { slug: "same-day", days_ago: 2, past: &[(0, 12)], live: 12..30, hours: 0..24 },
        Course { slug: "next-day", days_ago: 2, past: &[(0, 13)], live: 24..30, hours: 0..13 },
        Course { slug: "days-later", days_ago: 20, past: &[(0, 13)], live: 18 * 24 + 7..19 * 24, hours: 0..13 },
        Course { slug: "years-later", days_ago: 800, past: &[(0, 13)], live: 798 * 24 + 7..799 * 24, hours: 0..13 },
        Course { slug: "two-loads", days_ago: 3, past: &[(-30, 7), (7, 13)], live: 30..50, hours: 0..13 },
        Course { slug: "loads-that-overlap", days_ago: 3, past: &[(-30, 9), (5, 13)], live: 30..50, hours: 0..13 },
        // A vantage sends what it measured before the past ended: what was measured stands.
        Course { slug: "measured-before-it-ends", days_ago: 3, past: &[(0, 13)], live: 9..50, hours: 0..24 },
    ];
    let setting = Told::new();
    let url = setting.silent_url();
    let target = |slug: &str| json!({ "name": slug, "slug": slug, "url": url, "interval": 600, "timeout": 60 });
    let worker = setting.start(&setting.config(&courses.each_ref().map(|course| target(course.slug)), &[]));
    for Course { slug, days_ago, past, live, hours } in courses {
        let midnight = today() - days_ago * DAY;
        for (from, to) in past {
            let lines: Vec<String> = (rounds(&url, "one", midnight, *from..*to).iter())
                .map(|round| serde_json::to_string(round).expect("JSON"))
                .collect();
            worker.load(slug, &lines.join("\n"));
        }
        let times = |hours: &Range<i64>| {
            let down = hours.clone().filter(|hour| hour % 3 == 1).count();
            let down = i64::try_from(down).expect("few");
            (Seconds::from_ms((hours.end - hours.start - down) * HOUR), Seconds::from_ms(down * HOUR))
        };
        let check = |hours: &Range<i64>, when: &str| {
            let found = day(&worker, slug, midnight).unwrap_or_else(|| panic!("{slug}: no row of the day {when}"));
            let (up_s, down_s) = times(hours);
            // The last round is one period before the hour, and speaks until the next would have been due.
            let seen = (found.times.up_s.ms(), found.times.down_s.ms());
            assert_eq!(seen, (up_s.ms(), down_s.ms()), "{slug} {when}");
            assert_eq!(found.rounds, u32::try_from((hours.end - hours.start) * 6).expect("few"), "{slug} {when}");
        };
        let loaded = 0..past.last().expect("a part").1;
        check(&loaded, "before anything is measured");
        let live: Vec<v1::Round> = rounds(&url, "one", midnight, live);
        for batch in live.chunks(200) {
            deliver_rounds(worker.edge.addresses()[0], "one", slug, batch.to_vec());
        }
        check(&hours, "once it is measured");
    }
}

#[test]
fn the_worker_and_a_replay_name_the_same_peers() {
    let setting = Told::new();
    let url = setting.silent_url();
    let midnight = today() - 3 * DAY;
    // Three break together, one of them under the name of another; a fourth breaks an hour later.
    let breaks = [("a", "Shop", 60), ("b", "Shop", 60), ("c", "Mail", 60), ("d", "News", 121)];
    let address = |slug: &str| format!("{url}{slug}");
    let target = |(slug, name, _): &(&str, &str, i64)| json!({ "name": name, "slug": slug, "url": address(slug), "interval": 60, "timeout": 60 });
    let config = setting.config(&breaks.each_ref().map(target), &[]);
    let worker = setting.start(&config);
    let mut all = Vec::new();
    for (slug, _, minute) in breaks {
        let look = |at: i64| if (minute..minute + 20).contains(&at) { REFUSED } else { WELL };
        let rounds: Vec<v1::Round> =
            (0..180).map(|at| round_at(&address(slug), "edge", look(at), midnight + at * MINUTE)).collect();
        let lines: Vec<String> = rounds.iter().map(|round| serde_json::to_string(round).expect("JSON")).collect();
        assert_eq!(worker.load(slug, &lines.join("\n")), 180, "{slug}");
        all.extend(rounds.into_iter().map(Into::into));
    }
    let config =
        dualwatch_config::load(&config.to_string(), "dualwatch.yml", &|_| Err("no files".into())).expect("good");
    let replayed = dualwatch_replay::replay(all, Some(&config), &dualwatch_replay::Policy::default());
    let events = dualwatch_replay::named_events(&replayed);
    assert_eq!(events.len(), 1, "{events:#?}");
    let mut told = Vec::new();
    for target in &replayed {
        let [incident] = &target.incidents[..] else { panic!("{}: {:?}", target.url, target.incidents) };
        let id = v1::incident::id(&target.known.slug, incident.id);
        let document: IncidentDocument = eventually(&format!("the worker has {id} and its peers"), SOON, || {
            let (status, _, body) = worker.get(&format!("/api/v1/incidents/{id}"));
            let document: IncidentDocument = serde_json::from_str(&body).ok().filter(|_| status == 200)?;
            // Every target tells the directory for itself.
            let natively = target.report(incident, &events);
            (document.report.hypotheses == natively.hypotheses).then_some(document)
        });
        told.push(serde_json::to_string(&document.report).expect("JSON"));
    }
    assert!(told[0].contains("Shop") && told[0].contains("Mail") && !told[0].contains("News"), "{}", told[0]);
    assert!(told[2].contains("Shop") && !told[2].contains("News"), "{}", told[2]);
    assert!(!told[3].contains("Shop") && !told[3].contains("Mail"), "{}", told[3]);
}

fn compare(worker: &Worker, slug: &str, scenario: &Scenario, replay: &TargetReplay) {
    let name = &scenario.name;
    let natively: Vec<v1::Incident> =
        replay.incidents.iter().rev().map(|incident| v1::Incident::of(slug, name, incident)).collect();
    let found = eventually(&format!("the directory has the incidents of {name}"), SOON, || {
        let found = worker.incidents(slug);
        (found.len() == natively.len()).then_some(found)
    });
    assert_eq!(found, natively, "{name}");
    for incident in &replay.incidents {
        let id = v1::incident::id(slug, incident.id);
        let document: IncidentDocument = worker.document(&format!("/api/v1/incidents/{id}"));
        let url = document.report.url.as_deref();
        assert_eq!(url, Some(replay.url.as_str()), "{name}");
        let context = Context { url, scheme: replay.known.scheme, others: &replay.incidents, ..Context::default() };
        assert_eq!(document.report, dualwatch_words::report::report(slug, name, incident, &context), "{name}");
        let (_, _, text) = worker.get(&format!("/api/v1/incidents/{id}/report.md"));
        let site = worker.origin();
        assert_eq!(
            text,
            dualwatch_words::report::markdown(&document.incident, &document.report, Some(&site)),
            "{name}"
        );
        assert!(text.contains(&format!("]({site}/incidents/{id})")), "{name}: {text}");
    }

    let availability: TargetAvailability = worker.document(&format!("/api/v1/targets/{slug}/availability"));
    let year = availability.windows.iter().find(|w| w.window == "1y").expect("a year");
    for (track, over) in [(Track::Ipv4, &year.ipv4), (Track::Ipv6, &year.ipv6), (Track::DualStack, &year.dual_stack)] {
        let times = replay.times(track);
        let expected = [times.up_ms, times.degraded_ms, times.down_ms, times.maintenance_ms];
        let found = [over.up_s, over.degraded_s, over.down_s, over.maintenance_s].map(|s| s.ms().cast_unsigned());
        // Until the next was due, the last round spoke for what came after it; natively the last round is the end.
        let more: Vec<u64> = found.iter().zip(expected).map(|(found, expected)| found - expected).collect();
        let is_known_at_the_end =
            replay.spells.get(track).last().is_some_and(|s| s.state != State::Unobserved && s.to == replay.window.to);
        let tail = if is_known_at_the_end { u64::from(scenario.interval_s) * 1_000 } else { 0 };
        assert_eq!(more.iter().sum::<u64>(), tail, "{name}: {found:?}, natively {expected:?}, over {}", track.code());
        assert!(more.iter().filter(|ms| **ms > 0).count() <= 1, "{name}: {found:?}, natively {expected:?}");
    }
}

/// What the days of the history sum up to is what the windows say.
fn compare_days(worker: &Worker, slug: &str, scenario: &Scenario) {
    let (from, to) = (scenario.begin() - DAY, scenario.begin() + 10 * DAY);
    let path = format!("/api/v1/targets/{slug}/history?size=1d&from={}&to={}", from.unix_ms(), to.unix_ms());
    let history: v1::TargetHistory = worker.document(&path);
    let availability: TargetAvailability = worker.document(&format!("/api/v1/targets/{slug}/availability"));
    let year = availability.windows.iter().find(|w| w.window == "1y").expect("a year");
    let sums = history.buckets.iter().fold([0; 3], |sums, bucket| {
        let times = &bucket.ipv6.times;
        [sums[0] + times.up_s.ms(), sums[1] + times.down_s.ms(), sums[2] + times.maintenance_s.ms()]
    });
    let whole = [&year.ipv6.up_s, &year.ipv6.down_s, &year.ipv6.maintenance_s].map(|s| s.ms());
    assert_eq!(sums, whole, "{}: {} days", scenario.name, history.buckets.len());
}

/// The last midnight of UTC.
fn today() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let now = i64::try_from(since_1970).expect("a time");
    Timestamp::from_unix_ms(now - now % DAY)
}
