//! Every number that the product says about a timeline: the API, the pages, the report, the notices and a replay say the
//! same, and it is what a count of the seconds, one by one, comes to.

use dualwatch_core::{
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
    },
    respond::incident::outline::DurationMs,
};
use dualwatch_replay::Policy;
use dualwatch_tests::{
    feed::{Look, deliver_rounds, round_at},
    told::Told,
    worker::{Worker, eventually},
};
use dualwatch_wire::v1::{
    self, IncidentDocument, TargetAvailability, TargetHistory, history::TrackAvailability, incident::Length,
};
use dualwatch_words::{duration, duration_with_error};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SOON: Duration = Duration::from_secs(30);
/// So often the targets are measured, in seconds. For as long a round may take: meanwhile the worker's own vantage, which
/// waits for a service that says nothing, has measured none.
const INTERVAL_S: i64 = 60;
/// By then the next round has begun, or there is none.
const HOLD_S: i64 = 2 * INTERVAL_S + 1;

/// A minute each: `g`ood, IPv6 `r`efused, `b`oth refused, IPv4 `f`ails alone, IPv6 not seen `?`, no round `.`.
const TIMELINES: &[(&str, &str)] = &[
    ("once", "ggggrrrrrrrrggggg"),
    ("flapping", "gggrrrrggggrrrrrrgggrrrgggggggggggggggggggggggggggggggggggggg"),
    ("stopped", "gggrrrr....rrrrggggg"),
    ("stopped-for-long", "gggrrrr.......................rrrrggggg"),
    ("blind", "gggrrrr?????rrrrgg???ggg"),
    ("joined", "gggrrrrbbbbbffffgggggg"),
    ("taking-turns", "gggrrrrggffffgggggg"),
    ("recovered-unseen", "gggrrrr....ggggg"),
    ("suspected-unseen", "gggr..rrrgggg"),
    ("well", "ggggg...ggggg"),
];

fn look(letter: char) -> Look {
    let (ipv4, ipv6) = match letter {
        'r' => (None, Some(Cause::TcpRefused)),
        'b' => (Some(Cause::TcpRefused), Some(Cause::TcpRefused)),
        'f' => (Some(Cause::TcpRefused), None),
        '?' => (None, Some(Cause::VantageNoFamily)),
        _ => (None, None),
    };
    PerFamily { ipv4, ipv6 }
}

/// What a family was in one round.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Was {
    Good,
    Bad,
    Blind,
}

/// The rounds of a timeline, and what the seconds of it come to, counted one by one.
struct Count {
    rounds: Vec<(i64, char)>,
}

impl Count {
    fn of(letters: &str) -> Self {
        let minutes = (0..).zip(letters.chars()).filter(|(_, letter)| *letter != '.');
        Self { rounds: minutes.map(|(minute, letter)| (minute * INTERVAL_S, letter)).collect() }
    }

    fn was(letter: char, family: Family) -> Was {
        match (look(letter).get(family), letter) {
            (None, _) => Was::Good,
            (_, '?') => Was::Blind,
            _ => Was::Bad,
        }
    }

    fn seconds(&self) -> std::ops::Range<i64> {
        0..self.rounds.last().map_or(0, |(at, _)| at + INTERVAL_S)
    }

    /// Returns what the round says that speaks of this second.
    fn at(&self, second: i64, family: Family) -> Was {
        let n = self.rounds.partition_point(|(at, _)| *at <= second);
        let (last, letter) = self.rounds[n - 1];
        let is_in_time = self.rounds.get(n).is_some_and(|(next, _)| next - last <= HOLD_S);
        if is_in_time || second < last + INTERVAL_S { Self::was(letter, family) } else { Was::Blind }
    }

    fn n(&self, family: Family, was: Was) -> i64 {
        let n = self.seconds().filter(|second| self.at(*second, family) == was).count();
        i64::try_from(n).expect("few")
    }

    /// The nearest round before or after that saw the family: whether it was bad.
    fn nearest(&self, second: i64, family: Family, is_before: bool) -> Option<Was> {
        let seen = |(at, letter): &(i64, char)| {
            let was = Self::was(*letter, family);
            ((*at <= second) == is_before && was != Was::Blind).then_some(was)
        };
        if is_before { self.rounds.iter().rev().find_map(seen) } else { self.rounds.iter().find_map(seen) }
    }

    /// How long something was down at least, and at most: what lies between two failures and was seen, and what lies
    /// next to one. Every failure of these timelines belongs to a confirmed outage.
    fn down_s(&self) -> (i64, i64) {
        let (mut min, mut max) = (0, 0);
        for second in self.seconds() {
            let sides = |family| [true, false].map(|is_before| self.nearest(second, family, is_before));
            let bad = Some(Was::Bad);
            let is_certain = |family: &Family| sides(*family) == [bad, bad] && self.at(second, *family) == Was::Bad;
            let is_possible = |family: &Family| sides(*family).contains(&bad);
            min += i64::from(Family::ALL.iter().any(is_certain));
            max += i64::from(Family::ALL.iter().any(is_possible));
        }
        (min, max)
    }

    /// How often it went from well to down.
    fn turns(&self) -> usize {
        let is_bad = |second| {
            let seen = |family: &Family| self.nearest(second, *family, true) == Some(Was::Bad);
            Family::ALL.iter().any(seen)
        };
        self.seconds().filter(|second| *second > 0 && is_bad(*second) && !is_bad(second - 1)).count()
    }
}

fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    Timestamp::from_unix_ms(i64::try_from(since_1970).expect("a time"))
}

#[test]
fn no_two_numbers_differ() {
    let setting = Told::new();
    let url = setting.silent_url();
    let address = |slug: &str| format!("{url}{slug}");
    let target = |(slug, _): &(&str, &str)| json!({ "name": slug, "slug": slug, "url": address(slug), "interval": INTERVAL_S, "timeout": INTERVAL_S });
    let targets: Vec<Value> = TIMELINES.iter().map(target).collect();
    let config = setting.config(&targets, &[Told::channel("ops", &setting.receiver)]);
    let worker = setting.start(&config);
    // Whole seconds, so that what is printed in seconds is exact.
    let begin = now() - 3 * HOUR;
    let begin = begin - begin.unix_ms() % SECOND;
    let mut all = Vec::new();
    for (slug, letters) in TIMELINES {
        let count = Count::of(letters);
        let round = |(at, letter): &(i64, char)| round_at(&address(slug), "one", look(*letter), begin + at * SECOND);
        let rounds: Vec<v1::Round> = count.rounds.iter().map(round).collect();
        deliver_rounds(worker.edge.addresses()[0], "one", slug, rounds.clone());
        all.extend(rounds.into_iter().map(Into::into));
    }
    let read = dualwatch_config::load(&config.to_string(), "dualwatch.yml", &|_| Err("no files".into()));
    let replayed = dualwatch_replay::replay(all, Some(&read.expect("good")), &Policy::default());
    for (slug, letters) in TIMELINES {
        let count = Count::of(letters);
        let natively = replayed.iter().find(|target| target.known.slug == *slug).expect("it was replayed");
        times(&worker, slug, &count, begin, natively);
        incident(&setting, &worker, slug, &count, natively);
    }
}

/// Time up, down, and not observed: windows, days, the page of the service, the replay.
fn times(worker: &Worker, slug: &str, count: &Count, begin: Timestamp, natively: &dualwatch_replay::TargetReplay) {
    let availability: TargetAvailability = worker.document(&format!("/api/v1/targets/{slug}/availability"));
    let day = availability.windows.iter().find(|w| w.window == "24h").expect("a day");
    let to = begin + DAY / 2;
    let path = format!("/api/v1/targets/{slug}/history?size=5m&from={}&to={}", (begin - HOUR).unix_ms(), to.unix_ms());
    let history: TargetHistory = worker.document(&path);
    let (_, _, page) = worker.get(&format!("/targets/{slug}"));
    let document = natively.document(&[]).availability;
    for (family, track, over) in [(Family::Ipv4, &day.ipv4, &document.ipv4), (Family::Ipv6, &day.ipv6, &document.ipv6)]
    {
        let seconds = |was: Was| count.n(family, was) * SECOND;
        let TrackAvailability { up_s, down_s, observed_s, maintenance_s, unobserved_share, .. } = track;
        assert_eq!((up_s.ms(), down_s.ms()), (seconds(Was::Good), seconds(Was::Bad)), "{slug} {family}");
        let whole = observed_s.ms() + maintenance_s.ms() + (unobserved_share * DAY as f64).round() as i64;
        assert!((whole - DAY).abs() <= 1, "{slug} {family}: {whole}");

        let sums = history.buckets.iter().map(|bucket| match family {
            Family::Ipv4 => bucket.ipv4.times,
            Family::Ipv6 => bucket.ipv6.times,
        });
        let sums = sums.fold((0, 0), |(up, down), times| (up + times.up_s.ms(), down + times.down_s.ms()));
        assert_eq!(sums, (up_s.ms(), down_s.ms()), "{slug} {family}: the history");

        // Natively the last round is the end.
        let (_, last) = count.rounds.last().expect("some");
        let tail = |was: Was| if Count::was(*last, family) == was { INTERVAL_S * SECOND } else { 0 };
        let told = (over.up_s.ms() + tail(Was::Good), over.down_s.ms() + tail(Was::Bad));
        assert_eq!(told, (up_s.ms(), down_s.ms()), "{slug} {family}: the replay");
        if down_s.ms() > 0 {
            let words = format!("down {}", duration(down_s.ms()));
            assert!(page.contains(&words), "{slug} {family}: the page does not say {words:?}");
        }
    }
}

/// How long it was down, and how often: the incident, its report in all its forms, the lists, the notice, the replay.
fn incident(setting: &Told, worker: &Worker, slug: &str, count: &Count, natively: &dualwatch_replay::TargetReplay) {
    let (min, max) = count.down_s();
    if max == 0 {
        assert_eq!(worker.incidents(slug), [], "{slug}");
        return;
    }
    let found = eventually(&format!("the directory knows of {slug}"), SOON, || {
        worker.incidents(slug).into_iter().next().filter(|incident| !incident.open)
    });
    let summary = &found.summary;
    let seconds = |length: Option<Length>| length.map(|l| (l.min.ms() / SECOND, l.max.map(|max| max.ms() / SECOND)));
    assert_eq!(seconds(summary.down_s), Some((min, Some(max))), "{slug}: {found:#?}");
    assert_eq!(summary.troubled_s, summary.down_s, "{slug}");
    assert_eq!(summary.episodes as usize, count.turns(), "{slug}");
    for blind in &found.blind {
        let (from, to) = (blind.from, blind.to.expect("it is over"));
        let began = natively.window.from;
        for second in from.ms_since(began) / SECOND..to.ms_since(began) / SECOND {
            assert!(count.at(second, blind.family) == Was::Blind, "{slug}: {second} is not blind");
        }
    }

    let id = &summary.id;
    let document: IncidentDocument = worker.document(&format!("/api/v1/incidents/{id}"));
    assert_eq!(document.incident, found, "{slug}");
    let report = &document.report;
    let down = duration_with_error(DurationMs { min: min * SECOND, max: Some(max * SECOND) });
    assert_eq!(report.down.as_ref(), Some(&down), "{slug}");
    assert!(report.title.contains(&format!(" for {down}")), "{slug}: {}", report.title);
    let span = report.duration.as_ref().expect("it is over");
    let turns = count.turns();
    let says_turns = report.title.contains(&format!("{turns} times, for {down} in all, within {span}"));
    assert_eq!(says_turns, turns > 1, "{slug}: {}", report.title);

    let markdown = worker.get(&format!("/api/v1/incidents/{id}/report.md")).2;
    assert!(markdown.starts_with(&format!("# {}\n", report.title)), "{slug}: {markdown}");
    let says = if down == *span { format!("- Lasted {down}") } else { format!("- Down for {down}") };
    assert!(markdown.contains(&says), "{slug}: {markdown}");
    for path in [format!("/incidents/{id}"), "/incidents".to_owned(), format!("/targets/{slug}"), "/".to_owned()] {
        let page = eventually(&format!("{path} tells of {slug}"), SOON, || {
            let (status, _, page) = worker.get(&path);
            (status == 200 && page.contains(&report.title)).then_some(page)
        });
        assert!(!page.contains("NaN"), "{path}");
    }

    let told = eventually(&format!("a notice of the end of {slug}"), SOON, || {
        let received = setting.receiver.received();
        let mut ends = received.iter().map(dualwatch_tests::receiver::Delivery::event);
        ends.rfind(|event| event["type"] == "incident.resolved" && event["data"]["target"] == *slug)
    });
    assert_eq!(told["data"], serde_json::to_value(&found).expect("JSON"), "{slug}: the notice");

    let [again] = &natively.incidents[..] else { panic!("{slug}: {:?}", natively.incidents) };
    // Who decides has another clock there.
    let natively = v1::incident::Summary::of(slug, again);
    assert_eq!(&natively, summary, "{slug}: the replay");
    let minutes = found.resolved_at.map(|at| at.ms_since(found.summary.began.by) / MINUTE);
    assert!(minutes.is_some_and(|minutes| minutes >= 0), "{slug}");
}
