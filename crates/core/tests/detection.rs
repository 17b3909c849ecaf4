//! Detection over generated series: silent for a year of ordinary noise, quick and exact where something changes.

#[path = "detection/generator.rs"]
mod generator;

use dualwatch_core::{
    measure::{
        family::{Family, PerFamily},
        sample::Sample,
        target::Scheme,
        time::{DAY, MINUTE, Timestamp},
    },
    notice::detection::{Detection, Ending, Finding, FindingChange, Kind, Observed, Origin},
    remember::baseline::Phase,
};
use generator::World;

const BEGIN: Timestamp = Timestamp::from_unix_ms(1_767_225_600_000);

/// Runs rounds of a world from day to day, one a minute.
fn run(
    detection: &mut Detection,
    world: &mut World,
    scheme: Scheme,
    minutes: std::ops::Range<i64>,
) -> Vec<(i64, FindingChange)> {
    let mut told = Vec::new();
    for minute in minutes {
        let at = BEGIN + minute * MINUTE;
        let mut samples = world.round(at);
        if scheme == Scheme::Tcp {
            for sample in [&mut samples.ipv4, &mut samples.ipv6] {
                (sample.phases.tls, sample.phases.first_byte) = (None, None);
            }
        }
        let round = Observed { at, scheme, samples: &samples, is_flagged: false };
        told.extend(detection.observe(&round).into_iter().map(|change| (minute, change)));
    }
    told
}

const DAY_MINUTES: i64 = DAY / MINUTE;

#[test]
fn a_year_of_ordinary_rounds_has_no_finding() {
    // 2 targets, 525,600 rounds of two families each: 10 million numbers.
    for (seed, scheme) in [(1, Scheme::Https), (2, Scheme::Http)] {
        let (mut detection, mut world) = (Detection::default(), World::new(seed));
        let told = run(&mut detection, &mut world, scheme, 0..365 * DAY_MINUTES);
        assert!(told.is_empty(), "seed {seed}: {} changes, the first: {:#?}", told.len(), told[0]);
    }
}

/// Ten ordinary days, then a change; expects the finding within `rounds` and its beginning exact.
fn check(
    scheme: Scheme,
    change: impl Fn(&mut World),
    rounds: i64,
    expected: &[(Family, Phase, Origin)],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seed in 10..20 {
        let (mut detection, mut world) = (Detection::default(), World::new(seed));
        let from = 10 * DAY_MINUTES + 14 * 60 + 7;
        assert!(run(&mut detection, &mut world, scheme, 0..from).is_empty());
        change(&mut world);
        let told = run(&mut detection, &mut world, scheme, from..from + 6 * 60);
        let mut began: Vec<Finding> = Vec::new();
        for (minute, change) in told {
            let FindingChange::Began { finding } = change else { panic!("seed {seed}: {change:?}") };
            assert!(minute - from < rounds, "seed {seed}: took {} rounds: {finding:#?}", minute - from);
            let error = finding.since.by.ms_since(BEGIN + from * MINUTE) / MINUTE;
            assert!(error.abs() <= 3, "seed {seed}: began {error} minutes late");
            began.push(finding);
        }
        let places: Vec<_> = began.iter().map(|f| (f.family, f.phase, f.origin)).collect();
        assert_eq!(places, expected, "seed {seed}: {began:#?}");
        assert_eq!(detection.open(), began);
        findings = began;
    }
    findings
}

#[test]
fn a_reroute_is_found_within_fifteen_rounds() {
    let ipv6 = [(Family::Ipv6, Phase::Connect, Origin::Route)];
    let found = check(Scheme::Https, |w| w.round_trip.ipv6 = 182.0, 15, &ipv6);
    assert!((found[0].expected.ms - 41.5).abs() < 1.5 && (found[0].seen_ms - 184.0).abs() < 5.0, "{found:?}");
    assert_eq!(found[0].moved[..3], [Phase::Connect, Phase::Tls, Phase::FirstByte]);
    check(Scheme::Tcp, |w| w.round_trip.ipv6 = 60.0, 15, &ipv6);
    check(Scheme::Tcp, |w| w.round_trip.ipv6 = 20.0, 15, &ipv6);
    let both = [Family::Ipv4, Family::Ipv6].map(|f| (f, Phase::Connect, Origin::ServiceOrVantage));
    check(Scheme::Https, |w| (w.round_trip.ipv4, w.round_trip.ipv6) = (90.0, 95.0), 15, &both);
}

#[test]
fn what_did_not_move_keeps_its_own_usual_time() {
    // Connecting alone takes longer; the handshake is with something as near as before.
    for scheme in [Scheme::Https, Scheme::Wss, Scheme::Tls] {
        for (from, to) in [(12.0, 95.0), (95.0, 12.0), (12.0, 24.0)] {
            let (mut detection, mut told) = (Detection::default(), Vec::new());
            for minute in 0..2 * DAY_MINUTES {
                let at = BEGIN + minute * MINUTE;
                let connect = if minute < DAY_MINUTES / 3 { from } else { to } + f64::from(minute as i32 % 7) * 0.2;
                let mut sample = Sample::reached();
                let times = [Some(2.0), Some(connect), Some(14.0), Some(20.0), Some(connect + 34.0)];
                let phases = &mut sample.phases;
                [phases.resolve, phases.connect, phases.tls, phases.first_byte, phases.total] = times;
                let samples = PerFamily { ipv4: Sample::skipped(None), ipv6: sample };
                told.extend(detection.observe(&Observed { at, scheme, samples: &samples, is_flagged: false }));
            }
            let [FindingChange::Began { finding }] = &told[..] else { panic!("{scheme:?} {from}: {told:#?}") };
            assert_eq!(finding.phase, Phase::Connect);
            let usual = detection.usual(Family::Ipv6, Phase::Tls, BEGIN + 2 * DAY).unwrap();
            assert!((usual.ms - 14.0).abs() < 0.2, "{scheme:?} {from}: {usual:?}");
        }
    }
}

#[test]
fn a_small_detour_takes_longer_and_is_found() {
    let ipv6 = [(Family::Ipv6, Phase::Connect, Origin::Route)];
    check(Scheme::Tcp, |w| w.round_trip.ipv6 = 41.0 * 1.22, 20, &ipv6);
}

#[test]
fn a_slow_server_is_told_from_a_longer_way() {
    let both = [Family::Ipv4, Family::Ipv6].map(|f| (f, Phase::FirstByte, Origin::Server));
    check(Scheme::Https, |w| w.server_ms = 400.0, 20, &both);
    let both = [Family::Ipv4, Family::Ipv6].map(|f| (f, Phase::Total, Origin::Transfer));
    check(Scheme::Https, |w| w.transfer_ms = 700.0, 20, &both);
}

#[test]
fn a_gap_too_small_for_either_family_alone_is_found_between_them() {
    let places = [(Family::Ipv6, Phase::Connect, Origin::Route)];
    let apart = |w: &mut World| (w.round_trip.ipv4, w.round_trip.ipv6) = (34.6, 44.6);
    let found = check(Scheme::Tcp, apart, 40, &places);
    assert_eq!(found[0].kind, Kind::FamilyGap);
    assert!((found[0].expected.ms - 3.0).abs() < 1.0 && (found[0].seen_ms - 10.0).abs() < 1.5, "{found:?}");
}

#[test]
fn a_way_back_ends_the_finding_and_a_week_makes_it_usual() {
    let (mut detection, mut world) = (Detection::default(), World::new(5));
    let day = |n: i64| n * DAY_MINUTES;
    assert!(run(&mut detection, &mut world, Scheme::Https, 0..day(10)).is_empty());
    world.round_trip.ipv6 = 120.0;
    assert_eq!(run(&mut detection, &mut world, Scheme::Https, day(10)..day(12)).len(), 1);
    world.round_trip.ipv6 = 41.0;
    let told = run(&mut detection, &mut world, Scheme::Https, day(12)..day(13));
    let [(_, FindingChange::Ended { at, how, .. })] = &told[..] else { panic!("{told:#?}") };
    assert_eq!(*how, Ending::Returned);
    assert_eq!((at.after, at.by), (Some(BEGIN + (12 * DAY - MINUTE)), BEGIN + 12 * DAY));
    assert!(detection.open().is_empty());

    world.round_trip.ipv6 = 80.0;
    let told = run(&mut detection, &mut world, Scheme::Https, day(13)..day(25));
    let [(_, FindingChange::Began { .. }), (settled_at, FindingChange::Ended { how, .. })] = &told[..] else {
        panic!("{told:#?}")
    };
    assert_eq!(*how, Ending::Settled);
    assert!((day(20)..day(20) + 15).contains(settled_at), "{settled_at}");
}

#[test]
fn a_server_that_slows_from_day_to_day_is_found() {
    let (mut detection, mut world) = (Detection::default(), World::new(6));
    let mut told = Vec::new();
    for day in 0..90 {
        if day >= 20 {
            world.server_ms *= 1.02;
        }
        told.extend(run(&mut detection, &mut world, Scheme::Https, day * DAY_MINUTES..(day + 1) * DAY_MINUTES));
    }
    let slow = told.iter().find_map(|(minute, change)| match change {
        FindingChange::Began { finding } if finding.kind == Kind::SlowDegradation => {
            Some((minute / DAY_MINUTES, finding))
        }
        _ => None,
    });
    let (day, finding) = slow.unwrap_or_else(|| panic!("{told:#?}"));
    assert!((35..60).contains(&day) && finding.phase == Phase::FirstByte, "day {day}: {finding:#?}");
    assert!(told.iter().all(|(_, change)| matches!(change,
        FindingChange::Began { finding } | FindingChange::Ended { finding, .. } if finding.phase != Phase::Connect)));
}

#[test]
fn storing_and_repeating_change_nothing() {
    let mut told = [Vec::new(), Vec::new()];
    let mut states = [Detection::default(), Detection::default()];
    let mut world = World::new(7);
    for minute in 0..2 * DAY_MINUTES {
        if minute == DAY_MINUTES {
            world.round_trip.ipv4 = 99.0;
        }
        let at = BEGIN + minute * MINUTE;
        let samples = world.round(at);
        let round = Observed { at, scheme: Scheme::Https, samples: &samples, is_flagged: false };
        told[0].extend(states[0].observe(&round));
        // Stored and read again before each round, which comes twice, and an older one after it.
        let stored = serde_json::to_string(&states[1]).unwrap();
        states[1] = serde_json::from_str(&stored).unwrap();
        told[1].extend(states[1].observe(&round));
        told[1].extend(states[1].observe(&round));
        told[1].extend(states[1].observe(&Observed { at: at - 7 * MINUTE, ..round }));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(states[0], states[1]);
    assert_eq!(told[0].len(), 1);
}

#[test]
fn the_state_of_a_target_is_small() {
    let (mut detection, mut world) = (Detection::default(), World::new(8));
    run(&mut detection, &mut world, Scheme::Https, 0..40 * DAY_MINUTES);
    let stored = serde_json::to_string(&detection).unwrap();
    println!("https: {} bytes: {stored}", stored.len());
    assert!(stored.len() < 1_500, "{} bytes", stored.len());
    let mut detection = Detection::default();
    run(&mut detection, &mut world, Scheme::Tcp, 0..40 * DAY_MINUTES);
    let stored = serde_json::to_string(&detection).unwrap();
    println!("tcp: {} bytes", stored.len());
    assert!(stored.len() < 1_000, "{} bytes", stored.len());
}
