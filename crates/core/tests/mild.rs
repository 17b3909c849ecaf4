//! What is reached and not as it should be: the state and the history say the same, and both what was confirmed.

#[path = "laws/settings.rs"]
mod settings;

use dualwatch_core::{
    judge::dual_stack,
    measure::{
        cause::Cause,
        family::PerFamily,
        round::{Round, Vantage},
        sample::{Phases, Sample},
        target::Confirmation,
        time::{MINUTE, Timestamp},
        vantage::Standing,
    },
    remember::{
        history::Record,
        spell::{State, Track},
    },
    watch::{Settings, Watch},
};
use settings::{BEGIN, URL, settings};

fn sample(letter: char) -> Sample {
    let phases = Phases { connect: Some(10.0), total: Some(40.0), ..Phases::default() };
    match letter {
        'g' => Sample { phases, ..Sample::reached() },
        'd' => Sample { phases, cause: Some(Cause::Slow), ..Sample::reached() },
        _ => Sample::failed(Cause::TcpRefused),
    }
}

/// A round a minute over both families alike: `g`ood, `d`egraded, `b`ad. Expects a letter for each minute: what the history
/// of a track says of it, and in which minutes the state was told as degraded.
fn check(rounds: &str, confirm: Confirmation, expected: &str, degraded: &str) {
    let settings = Settings { confirm, ..settings() };
    let at = |minute: usize| BEGIN + i64::try_from(minute).unwrap() * MINUTE;
    let (mut watch, mut told) = (Watch::default(), String::new());
    let mut spells = Vec::new();
    let keep = |spells: &mut Vec<(Track, State, Timestamp, Timestamp)>, records: Vec<Record>| {
        for record in records {
            if let Record::Spell(track, spell) = record {
                spells.push((track, spell.state, spell.from, spell.to));
            }
        }
    };
    for (minute, letter) in rounds.chars().enumerate() {
        let samples = PerFamily { ipv4: sample(letter), ipv6: sample(letter) };
        let standing = PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven };
        let round = Round {
            target: URL.into(),
            started_at: at(minute),
            vantage: Vantage { name: "edge".into(), standing, silent_controls: Vec::new() },
            dual_stack: dual_stack::view(&samples),
            samples,
        };
        keep(&mut spells, watch.hear(round, &settings, at(minute)).records);
        told.push(if watch.state.doubts.mild().ipv6.is_degraded { 'D' } else { '.' });
    }
    assert_eq!(told, degraded, "{rounds}");
    let history = watch.history.as_mut().expect("there were rounds");
    let end = at(rounds.len());
    keep(&mut spells, history.advance(end));
    for track in Track::ALL {
        let lasting = history.lasting(track);
        let of = spells.iter().filter(|(of, ..)| *of == track).map(|(_, state, from, to)| (*state, *from, *to));
        let all: Vec<_> = of.chain([(lasting.state, lasting.from, lasting.to)]).collect();
        let letter = |minute| match all.iter().find(|(_, from, to)| *from <= at(minute) && at(minute) < *to) {
            Some((State::Up, ..)) => 'u',
            Some((State::Degraded, ..)) => 'd',
            Some((State::Down, ..)) => 'b',
            _ => '?',
        };
        let said: String = (0..rounds.len()).map(letter).collect();
        assert_eq!(said, expected, "{rounds} {}", track.code());
    }
}

#[test]
fn what_is_confirmed_decides_and_speaks_from_the_first_of_two_rounds_on() {
    let two = Confirmation::default();
    check("gggdggg", two, "uuuuuuu", ".......");
    check("ggdddgg", two, "uuddduu", "...DDD.");
    // One good round between is as little as one bad one.
    check("ddgddgg", two, "ddddduu", ".DDDDD.");
    check("gdgdgdgd", two, "uuuuuuuu", "........");
    // What fails is down, confirmed or not, and hides nothing.
    check("ddbddgg", two, "ddbdduu", ".DDDDD.");
    check("gdbdggg", two, "uubduuu", "...DD..");
}

#[test]
fn of_more_rounds_the_last_two_that_confirm_it_speak() {
    let confirm = |failures_to_confirm, successes_to_confirm| Confirmation {
        failures_to_confirm,
        successes_to_confirm,
        ..Confirmation::default()
    };
    // One round confirms: nothing before it is said otherwise.
    check("gdg", confirm(1, 1), "udu", ".D.");
    // What was told stays: of three rounds the first is past when the third confirms it.
    check("gdddggg", confirm(3, 3), "uuddduu", "...DDD.");
}
