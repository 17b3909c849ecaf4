//! One line of rounds, one line of what they lead to.

use crate::{
    judge::dual_stack,
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        round::{Round, Vantage},
        sample::{Phases, Sample},
        target::Confirmation,
        time::{MINUTE, Timestamp},
        vantage::Standing,
    },
    respond::incident::{Amendment, Kind, Policy, Rate, Trouble},
    watch::{Settings, Watch},
};
use std::fmt::Write as _;

pub fn settings() -> Settings<'static> {
    Settings {
        url: "https://service.example/",
        own_vantage: "edge",
        interval_s: 60,
        timeout_ms: 10_000,
        unchanged_s: None,
        confirm: Confirmation::default(),
        incidents: Policy::default(),
        scheme: crate::measure::target::Scheme::Https,
        windows: &[],
    }
}

/// `g`ood, `r`efused, `t`imeout, `v`ague, blind `?`, `n`ot offered.
fn sample(letter: char) -> Sample {
    match letter {
        'g' => {
            let phases = Phases { connect: Some(10.0), total: Some(40.0), ..Phases::default() };
            Sample { phases, ..Sample::reached() }
        }
        'r' => Sample::failed(Cause::TcpRefused),
        't' => Sample::failed(Cause::TcpTimeout),
        'v' => Sample::failed(Cause::TcpNoConnection),
        'n' => Sample::skipped(Some(Cause::DnsNodata)),
        _ => Sample::failed(Cause::VantageNoFamily),
    }
}

pub fn round(minute: i64, ipv4: char, ipv6: char) -> Round {
    let samples = PerFamily { ipv4: sample(ipv4), ipv6: sample(ipv6) };
    Round {
        target: "https://service.example/".into(),
        started_at: Timestamp::from_unix_ms(minute * MINUTE),
        vantage: Vantage { name: "edge".into(), standing: PerFamily::default(), silent_controls: Vec::new() },
        dual_stack: dual_stack::view(&samples),
        samples,
    }
}

/// Feeds one round a minute, `46` letters each (`.`: none in this minute, and so on); expects the effects as text.
fn check(rounds: &str, expected: &str) -> Watch {
    let mut watch = Watch::default();
    let mut text = String::new();
    for (minute, pair) in rounds.split_whitespace().enumerate() {
        let letters: Vec<char> = pair.chars().collect();
        let [ipv4, ipv6] = letters[..] else { continue };
        let minute = i64::try_from(minute).unwrap();
        let round = round(minute, ipv4, ipv6);
        let now = round.started_at;
        for effect in watch.hear(round.clone(), &settings(), now).effects {
            let what = match effect.kind {
                Kind::Open { episode } => format!("open{episode}"),
                Kind::Resolve { episode } => format!("resolve{episode}"),
                Kind::Amend { change } => match change {
                    Amendment::Joined { family } => format!("join:{}", family.code()),
                    Amendment::Unstable { family } => format!("unstable:{}", family.code()),
                    Amendment::WentDown { family } => format!("worse:{}", family.code()),
                    Amendment::Parted { family } => format!("part:{}", family.code()),
                    Amendment::CauseChanged { cause, .. } => format!("cause:{cause}"),
                    Amendment::Flaps => "flaps".into(),
                    Amendment::Relapsed { episode } => format!("relapse{episode}"),
                    Amendment::Calms => "calms".into(),
                },
            };
            let bell = if effect.notify { "!" } else { "" };
            write!(text, " {minute}:{what}{bell}").unwrap();
        }
        // The same round once more, and an older one: nothing.
        let before = watch.clone();
        assert!(!watch.hear(round, &settings(), now).accepted);
        assert_eq!(watch, before);
    }
    assert_eq!(text.trim(), expected, "{rounds}");
    watch
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_unix_ms(minute * MINUTE)
}

#[test]
fn it_opens_when_confirmed_and_ends_when_confirmed() {
    let watch = check("gg gg gr gr gr gg gg gg", "3:open1! 6:resolve1!");
    let incident = watch.state.incidents.latest.unwrap();
    assert_eq!((incident.id.0, incident.began().after, incident.began().by), (at(2), Some(at(1)), at(2)));
    let ended = incident.ended().unwrap();
    assert_eq!((ended.after, ended.by), (Some(at(4)), at(5)));
    assert_eq!((incident.confirmed_at, incident.resolved_at), (at(3), Some(at(6))));
    assert_eq!(incident.families(), PerFamily { ipv4: false, ipv6: true });
    let [span] = &incident.causes[..] else { panic!("{:?}", incident.causes) };
    assert_eq!((span.cause, span.from, span.to, span.samples), (Cause::TcpRefused, at(2), at(4), 3));
    assert_eq!((incident.impact.rounds, incident.impact.dual_stack_served), (3, 3));
}

#[test]
fn a_single_failure_is_no_incident() {
    let watch = check("gg gr gg gg gt gg", "");
    assert_eq!(watch.incident(), None);
}

#[test]
fn families_join_and_part_in_one_incident() {
    let watch = check("gg gr gr rr rr gr gr gg gg", "2:open1! 4:join:ipv4! 6:part:ipv4! 8:resolve1!");
    let incident = watch.incident().unwrap();
    assert_eq!(incident.segments().len(), 3);
    assert_eq!(incident.episodes, 1);
}

#[test]
fn each_change_of_cause_is_kept_and_told_once() {
    let watch = check(
        "gg gr gr gt gt gr gt gg gg",
        "2:open1! 3:cause:tcp.timeout! 5:cause:tcp.refused 6:cause:tcp.timeout 8:resolve1!",
    );
    assert_eq!(watch.incident().unwrap().causes.len(), 4);
}

#[test]
fn a_blind_vantage_neither_opens_nor_ends() {
    check("gg g? g? g? g?", "");
    let watch = check("gg gr gr g? g? gr gg gg", "2:open1! 7:resolve1!");
    let incident = watch.incident().unwrap();
    let [spell] = &incident.blind[..] else { panic!("{:?}", incident.blind) };
    assert_eq!((spell.family, spell.from, spell.to), (Family::Ipv6, at(3), Some(at(5))), "so far the last round spoke");
    assert_eq!(incident.outages.len(), 1);
}

#[test]
fn missing_rounds_widen_the_error_bar() {
    let watch = check("gg gr gr . . . . . gg gg", "2:open1! 9:resolve1!");
    let incident = watch.incident().unwrap();
    assert_eq!(incident.blind.len(), 1);
    let ended = incident.ended().unwrap();
    assert_eq!((ended.after, ended.by), (Some(at(2)), at(8)));
    let watch = check("gg . . . . . gr gr", "7:open1!");
    assert_eq!(watch.incident().unwrap().began().after, Some(at(0)));
}

#[test]
fn a_relapse_is_the_same_incident_and_the_third_episode_flaps() {
    let once = "gr gr gg gg ";
    let watch = check(
        &format!("gg {once}{once}{once}gg"),
        "2:open1! 4:resolve1! 6:open2! 8:resolve2! 10:open3! 10:flaps 12:calms",
    );
    assert!(watch.incident().unwrap().flapping && watch.incident().unwrap().is_open());
    let calm = "gg ".repeat(30);
    check(
        &format!("gg {once}{once}{once}{once}{calm}"),
        "2:open1! 4:resolve1! 6:open2! 8:resolve2! 10:open3! 10:flaps 12:calms 14:relapse4 16:calms 45:resolve4!",
    );
    let long = "gg ".repeat(95);
    check(&format!("gg gr gr gg gg {long} gr gr gg gg"), "2:open1! 4:resolve1! 101:open1! 103:resolve1!");
}

#[test]
fn a_family_that_is_withdrawn_is_not_down_any_more() {
    let watch = check("gg gr gr gn gr gn gn", "2:open1! 6:resolve1!");
    assert_eq!(watch.incident().unwrap().outages[0].ended.unwrap().1, crate::respond::incident::Ending::Withdrawn);
}

#[test]
fn what_is_open_ends_with_its_configuration() {
    let watch = check("gg gr gr gr", "2:open1!");
    let step = super::abandon(watch.state.incidents, crate::respond::incident::Ending::Reconfigured, at(9));
    let [effect] = &step.effects[..] else { panic!("{:?}", step.effects) };
    assert_eq!((effect.kind, effect.n), (Kind::Resolve { episode: 1 }, 2));
    let incident = step.state.latest.unwrap();
    let (ended, ending) = incident.outages[0].ended.unwrap();
    assert_eq!((ended.after, ended.by, ending), (Some(at(3)), at(9), crate::respond::incident::Ending::Reconfigured));
    assert!(!incident.is_open() && step.state.open.is_none());
    assert_eq!(
        super::abandon(super::State::default(), crate::respond::incident::Ending::RecordEnds, at(9)),
        super::Step::default()
    );
}

/// As a document that somebody else wrote may be: the vantage has no IPv6, and the cause says silence.
#[test]
fn silence_over_a_family_that_the_vantage_does_not_have_accuses_nobody() {
    let opens = |standing| {
        let mut watch = Watch::default();
        let rounds = (0..5).map(|minute| {
            let mut round = round(minute, 'g', if minute == 0 { 'g' } else { 't' });
            round.vantage.standing.ipv6 = standing;
            round
        });
        rounds.map(|round| watch.hear(round.clone(), &settings(), round.started_at).effects.len()).sum::<usize>() > 0
    };
    assert!(opens(Standing::Proven) && opens(Standing::Untested));
    assert!(!opens(Standing::NoFamily) && !opens(Standing::Offline));
}

#[test]
fn what_fails_every_other_round_is_unstable_and_told_once() {
    let calm = "gg ".repeat(62);
    let watch = check(&format!("{}{calm}", "gr gg ".repeat(20)), "11:open1! 92:resolve1!");
    let incident = watch.incident().unwrap();
    let [outage] = &incident.outages[..] else { panic!("{:?}", incident.outages) };
    assert_eq!((incident.trouble(), outage.unstable), (Trouble::Unstable, Some(Rate { failed: 20, of: 39 })));
    let (ended, _) = outage.ended.unwrap();
    assert_eq!((outage.began.after, outage.began.by, ended.after, ended.by), (None, at(0), Some(at(38)), at(39)));
    let [span] = &incident.causes[..] else { panic!("{:?}", incident.causes) };
    assert_eq!((span.samples, span.from, span.to), (20, at(0), at(38)));
    assert_eq!(incident.impact.rounds, 20);
}

#[test]
fn an_outage_of_what_is_unstable_is_in_the_same_incident() {
    let unstable = "gr gg ".repeat(8);
    let calm = "gg ".repeat(70);
    let watch = check(
        &format!("{unstable}gr gr gr gg gg {unstable}{calm}"),
        "11:open1! 17:worse:ipv6! 20:unstable:ipv6! 89:resolve1!",
    );
    let incident = watch.incident().unwrap();
    let told: Vec<_> = incident.outages.iter().map(|o| (o.trouble(), o.began.by, o.ended.unwrap().0.by)).collect();
    let (mild, grave) = (Trouble::Unstable, Trouble::Down);
    assert_eq!(told, [(mild, at(0), at(16)), (grave, at(16), at(19)), (mild, at(19), at(36))]);
    assert_eq!(incident.segments().len(), 3);
    let watch =
        check(&format!("{unstable}gr gr gr gg gg {calm}"), "11:open1! 17:worse:ipv6! 20:unstable:ipv6! 73:resolve1!");
    assert_eq!(watch.incident().unwrap().outages.len(), 2, "nothing failed after it was down");
}

#[test]
fn a_threshold_that_is_taken_away_ends_what_it_began() {
    let mut watch = check(&"gr gg ".repeat(8), "11:open1!");
    let never = Confirmation { unstable_percent: None, ..Confirmation::default() };
    let settings = Settings { confirm: never, ..settings() };
    let heard = watch.hear(round(16, 'g', 'g'), &settings, at(16));
    assert_eq!(heard.effects.last().unwrap().kind, Kind::Resolve { episode: 1 });
    let (ended, ending) = watch.incident().unwrap().outages[0].ended.unwrap();
    assert_eq!((ended.after, ended.by), (Some(at(14)), at(16)));
    assert_eq!(ending, crate::respond::incident::Ending::Reconfigured);
}

#[test]
fn a_round_that_two_vantages_measured_is_counted_once_and_by_who_knows_more() {
    // The order in which they are heard, and by how many milliseconds each began after the grid. `edge` knows less.
    for order in [[("edge", 0), ("local", 2)], [("local", 0), ("edge", 3)], [("edge", 5), ("local", 3)]] {
        let mut watch = Watch::default();
        let mut hear = |minute: i64, knows: &dyn Fn(&str) -> char| {
            for (vantage, ms) in order {
                let mut round = round(minute, 'g', knows(vantage));
                round.started_at = round.started_at + ms;
                round.vantage.name = vantage.to_owned();
                let now = round.started_at;
                watch.hear(round, &settings(), now);
            }
        };
        let fails = |vantage: &str| if vantage == "edge" { 'v' } else { 'r' };
        for minute in 0..9 {
            if (2..7).contains(&minute) { hear(minute, &fails) } else { hear(minute, &|_| 'g') }
        }
        let incident = watch.incident().unwrap();
        let told: Vec<(Cause, u32)> =
            incident.causes.iter().map(|c| (c.cause, c.samples)).filter(|(_, n)| *n > 0).collect();
        assert_eq!(told, [(Cause::TcpRefused, 5)], "{order:?}");
        assert_eq!((incident.impact.rounds, incident.impact.dual_stack_served), (5, 5), "{order:?}");
    }
}

#[test]
fn what_one_vantage_says_a_moment_later_is_another_failure() {
    let mut watch = Watch::default();
    let mut hear = |ms: i64, letter: char| {
        let mut round = round(0, 'g', letter);
        round.started_at = round.started_at + ms;
        let now = round.started_at;
        watch.hear(round, &settings(), now);
    };
    for (n, letter) in "ggrrrrtttt".chars().enumerate() {
        hear(i64::try_from(n).unwrap() * 10, letter);
    }
    let causes: Vec<Cause> = watch.incident().unwrap().causes.iter().map(|c| c.cause).collect();
    assert_eq!(causes, [Cause::TcpRefused, Cause::TcpTimeout]);
}
