//! Ninety days of a service as two lines of bars, IPv4 above and IPv6 below: a path for each kind of day.

use crate::found::route::Route;
use dualwatch_core::{
    judge::verdict::Edge,
    measure::{family::Family, time::Timestamp},
};
use dualwatch_wire::v1::{Day, Days, TargetStatus, days::DAYS, status::State};
use dualwatch_words::{
    pages::{Heading, Told},
    self_test::phrases::Whole,
};
use std::fmt::Write as _;

/// The box of the drawing: a day is four wide, the last of which is a gap; a line is ten high, with two between them.
pub const BOX: &str = "0 0 359 22";
const STEP: usize = 4;
const LINE: usize = 12;

/// Two lines of bars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bars {
    /// A class of the style sheet, which strokes it, and the path.
    pub paths: Vec<(&'static str, String)>,
    /// The same in words.
    pub words: String,
}

/// What a day is drawn as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bar {
    Day(Day),
    /// The family is not published, and never was on these days: that is no gap of ours.
    Absent,
}

/// Returns the class of a bar, and how far below the top of its line the middles of its strokes are. Down has a notch.
const fn drawn(bar: Bar) -> (&'static str, &'static [usize]) {
    match bar {
        Bar::Day(Day::Up) => ("bar-up", &[5]),
        Bar::Day(Day::Partly) => ("bar-partly", &[8]),
        Bar::Day(Day::Degraded) => ("bar-degraded", &[7]),
        Bar::Day(Day::Maintenance) => ("bar-announced", &[5]),
        Bar::Day(Day::Down) => ("bar-down", &[2, 8]),
        Bar::Day(Day::Unobserved) => ("bar-unseen", &[9]),
        Bar::Absent => ("bar-absent", &[5]),
    }
}

/// Returns the bars of a service at `now`; what is published now is true of today, whatever was reckoned of it before.
/// `edge`: what is published of each family.
pub fn bars(
    days: Option<&Days>,
    status: &TargetStatus,
    edge: impl Fn(Family) -> Edge,
    now: Timestamp,
    w: &dyn Whole,
) -> Bars {
    let of = |family: Family| {
        let mut told = days.map_or([Day::Unobserved; DAYS], |days| days.over(family, now));
        let is_absent = edge(family) == Edge::Unpublished && told.iter().all(|day| *day == Day::Unobserved);
        let today = &mut told[DAYS - 1];
        match (edge(family), status.facts(family).state) {
            (Edge::Failed, State::Down) if !status.facts(family).maintenance => *today = Day::Down,
            (Edge::Ok, State::Up) if *today == Day::Unobserved => *today = Day::Up,
            _ => {}
        }
        told.map(|day| if is_absent { Bar::Absent } else { Bar::Day(day) })
    };
    let lines = [of(Family::Ipv4), of(Family::Ipv6)];
    let said = [Route::Ipv4, Route::Ipv6]
        .iter()
        .zip(&lines)
        .map(|(route, line)| w.tell(Told::StripOf { route: route.label(), n_days: 90, said: &summary(line, w) }));
    Bars { paths: paths(&lines), words: said.collect::<Vec<_>>().join("; ") }
}

/// Returns what a line says in words.
fn summary(line: &[Bar; DAYS], w: &dyn Whole) -> String {
    let n = |day: Day| line.iter().filter(|bar| **bar == Bar::Day(day)).count();
    let outages = || match n(Day::Down) {
        0 => w.heading(Heading::NoOutageSeen).to_owned(),
        n => w.tell(Told::OutagesOn(n)),
    };
    match n(Day::Unobserved) + line.iter().filter(|bar| **bar == Bar::Absent).count() {
        0 => outages(),
        DAYS => w.heading(Heading::NotObserved).to_owned(),
        n => [outages(), w.tell(Told::DaysNotObserved(n))].join(", "),
    }
}

/// Returns the paths of both lines: the days of a run are one stroke, which the style sheet cuts into bars.
fn paths(lines: &[[Bar; DAYS]; 2]) -> Vec<(&'static str, String)> {
    let mut paths: Vec<(&'static str, String)> = Vec::new();
    for (line, top) in lines.iter().zip([0, LINE]) {
        let mut x = 0;
        for run in line.chunk_by(|a, b| a == b) {
            let (class, middles) = drawn(run[0]);
            let i = paths.iter().position(|(known, _)| *known == class).unwrap_or_else(|| {
                paths.push((class, String::new()));
                paths.len() - 1
            });
            for middle in middles {
                _ = write!(paths[i].1, "M{x} {}h{}", top + middle, run.len() * STEP - 1);
            }
            x += run.len() * STEP;
        }
    }
    paths
}

/// Returns what a bar of each kind means, with one of it.
pub fn legend(w: &dyn Whole) -> [(&'static str, String, &'static str); 6] {
    use dualwatch_words::status::Caption;
    let sample = |day: Day, name| {
        let (class, middles) = drawn(Bar::Day(day));
        (class, middles.iter().fold(String::new(), |path, middle| path + &format!("M0 {middle}h7")), name)
    };
    [
        sample(Day::Up, w.heading(Heading::Up)),
        sample(Day::Partly, w.caption(Caption::PartlySeen)),
        sample(Day::Degraded, w.heading(Heading::Degraded)),
        sample(Day::Down, w.heading(Heading::Down)),
        sample(Day::Maintenance, w.heading(Heading::Maintenance)),
        sample(Day::Unobserved, w.heading(Heading::NotObserved)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{NOW, en, facts, target, up};
    use dualwatch_core::measure::cause::Cause;

    fn days(ipv4: &str, ipv6: &str) -> Days {
        Days { until: "2026-11-23".into(), ipv4: ipv4.into(), ipv6: ipv6.into() }
    }

    fn bars_of(days: Option<&Days>, ipv6: dualwatch_wire::v1::FamilyFacts) -> Bars {
        let status = target("Api", up(), ipv6, None);
        bars(days, &status, |family| status.facts(family).edge(), NOW, en())
    }

    /// Which days a class marks on a line, of the last ten.
    fn read(bars: &Bars, class: &str, top: usize) -> String {
        let mut line = ['-'; DAYS];
        for (_, path) in bars.paths.iter().filter(|(known, _)| *known == class) {
            for run in path.split('M').skip(1) {
                let mut numbers = run.split([' ', 'h']).map(|n| n.parse::<usize>().unwrap());
                let [x, y, length] = std::array::from_fn(|_| numbers.next().unwrap());
                if (top..top + LINE).contains(&y) {
                    line[x / STEP..(x + length).div_ceil(STEP)].fill('#');
                }
            }
        }
        line[DAYS - 10..].iter().collect()
    }

    #[test]
    fn a_year_without_a_cloud_is_one_stroke_a_line() {
        let all = "u".repeat(DAYS);
        let bars = bars_of(Some(&days(&all, &all)), up());
        assert_eq!(bars.paths, [("bar-up", "M0 5h359M0 17h359".to_owned())]);
        assert_eq!(bars.words, "IPv4, the last 90 days: no outage seen; IPv6, the last 90 days: no outage seen");
    }

    #[test]
    fn every_bar_is_the_day_that_it_stands_for() {
        let bars = bars_of(Some(&days("upsmdud.uu", "uuuuuddd.u")), up());
        for (class, ipv4, ipv6) in [
            ("bar-up", "#----#--##", "#####----#"),
            ("bar-partly", "-#--------", "----------"),
            ("bar-degraded", "--#-------", "----------"),
            ("bar-announced", "---#------", "----------"),
            ("bar-down", "----#-#---", "-----###--"),
            ("bar-unseen", "-------#--", "--------#-"),
        ] {
            assert_eq!((read(&bars, class, 0), read(&bars, class, LINE)), (ipv4.into(), ipv6.into()), "{class}");
        }
        assert!(
            bars.words.starts_with("IPv4, the last 90 days: outages on 2 days, 81 days not observed; "),
            "{bars:?}"
        );
    }

    #[test]
    fn what_is_known_now_is_true_of_today() {
        let down = || facts(State::Down, Some(Cause::TcpRefused));
        assert_eq!(read(&bars_of(Some(&days("uu", "uu")), down()), "bar-down", LINE), "---------#");
        let yesterday = Days { until: "2026-11-22".into(), ..days("uu", "ud") };
        let bars = bars_of(Some(&yesterday), up());
        assert_eq!(read(&bars, "bar-up", 0), "-------###");
        assert_eq!(read(&bars, "bar-down", LINE), "--------#-");
        let unknown = bars_of(None, facts(State::Unknown, Some(Cause::VantageNoFamily)));
        assert_eq!(read(&unknown, "bar-unseen", LINE), "##########", "what nobody knows is a gap");
    }

    #[test]
    fn what_is_not_offered_is_a_hairline_and_no_gap() {
        let none = || facts(State::Unknown, Some(Cause::DnsNodata));
        let bars = bars_of(Some(&days("uuu", "")), none());
        assert!(bars.paths.contains(&("bar-absent", "M0 17h359".to_owned())), "{bars:?}");
        let once = bars_of(Some(&days("uuu", "u..")), none());
        assert_eq!(read(&once, "bar-unseen", LINE), "#######-##", "it was offered");
    }
}
