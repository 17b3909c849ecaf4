//! What is remembered of a target, stored as bytes and read again: equal, whatever has happened before.

#[path = "detection/generator.rs"]
mod generator;
#[path = "laws/settings.rs"]
mod settings;

use dualwatch_core::{
    judge::dual_stack,
    measure::{
        bytes::Unreadable,
        cause::Cause,
        certificate_fault::Reason,
        family::{Family, PerFamily},
        round::{Round, Vantage},
        sample::{Certificate, EachAddress, Phases, Sample},
        time::{DAY, MINUTE, SECOND, Timestamp},
        vantage::Standing,
    },
    respond::{
        maintenance::{Expected, Window},
        report::hypotheses::Code,
    },
    watch::{Settings, State, Watch},
};
use generator::World;
use proptest::prelude::*;
use settings::{BEGIN, URL, settings};

fn stored(state: &State) -> Vec<u8> {
    state.to_bytes(serde_json::to_vec).expect("what is rare is JSON")
}

fn read(bytes: &[u8]) -> Result<State, Unreadable> {
    State::from_bytes(bytes, serde_json::from_slice)
}

/// Rounds that show the same: a letter, how many, and how many seconds apart.
///
/// `g`ood, `u`nstable: IPv6 is refused every other time, IPv6 `r`efused, both families `b`ad, IPv6 blind `?`, not o`f`fered, `s`low, on a `d`etour or `n`ear; on a
/// `m`oved service (addresses, server, certificate, status), with a `t`tl that was lowered, `w`: both bad in a window.
type Run = (char, i64, i64);

struct Target {
    world: World,
    watch: Watch,
    at: Timestamp,
    n_moves: u8,
}

impl Target {
    fn new(seed: u64) -> Self {
        Self { world: World::new(seed), watch: Watch::default(), at: BEGIN, n_moves: 0 }
    }

    /// Lives through a run; looks at the state after every round.
    fn live(&mut self, (letter, n, gap_s): Run, mut look: impl FnMut(&State)) {
        self.n_moves += u8::from(letter == 'm');
        let window = Window {
            title: "Work".to_owned(),
            from: self.at,
            to: self.at + (n + 1) * gap_s * SECOND,
            families: PerFamily { ipv4: true, ipv6: true },
            expected: Expected::Down,
        };
        let windows = if letter == 'w' { std::slice::from_ref(&window) } else { &[] };
        let settings = Settings { windows, ..settings() };
        for _ in 0..n {
            self.at = self.at + gap_s * SECOND;
            let round = self.round(letter);
            self.watch.hear(round, &settings, self.at);
            look(&self.watch.state);
        }
    }

    fn round(&mut self, letter: char) -> Round {
        self.world.round_trip = match letter {
            'd' => PerFamily { ipv4: 38.0, ipv6: 182.0 },
            'n' => PerFamily { ipv4: 182.0, ipv6: 182.0 },
            _ => PerFamily { ipv4: 38.0, ipv6: 41.0 },
        };
        let good = self.world.round(self.at);
        let samples = good.map(|family, sample| self.sample(letter, family, sample));
        Round {
            target: URL.to_owned(),
            started_at: self.at,
            vantage: Vantage {
                name: "edge".to_owned(),
                standing: PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven },
                silent_controls: Vec::new(),
            },
            dual_stack: dual_stack::view(&samples),
            samples,
        }
    }

    fn sample(&self, letter: char, family: Family, good: Sample) -> Sample {
        let is_ipv6 = family == Family::Ipv6;
        // What JSON keeps to the last bit.
        let short = |ms: Option<f64>| ms.map(|ms| (ms * 1_000.0).round() / 1_000.0);
        let Phases { resolve, connect, tls, first_byte, total } = good.phases;
        let connect = if letter == 'n' && is_ipv6 { Some(2.0) } else { connect };
        let phases = Phases {
            resolve: short(resolve),
            connect: short(connect),
            tls: short(tls),
            first_byte: short(first_byte),
            total: short(total),
        };
        let mut sample = match (letter, is_ipv6) {
            ('u', true) if self.at.ms_since(BEGIN) / SECOND / 5 % 2 == 0 => Sample::failed(Cause::TcpRefused),
            ('r', true) | ('b' | 'w', _) => Sample::failed(Cause::TcpRefused),
            ('?', true) => Sample::failed(Cause::VantageNoFamily),
            ('f', true) => Sample::skipped(Some(Cause::DnsNodata)),
            ('s', _) => Sample { cause: Some(Cause::Slow), phases, ..good },
            _ => Sample { phases, ..good },
        };
        let nth = self.n_moves;
        let address = if is_ipv6 { format!("2001:db8::{nth:x}").parse() } else { format!("192.0.2.{nth}").parse() };
        sample.addresses = address.into_iter().collect();
        sample.evidence.ttl_s = Some(if letter == 't' { 60 } else { 3_600 });
        if sample.phases.connect.is_some() {
            sample.http_status = Some(if nth.is_multiple_of(2) { 200 } else { 204 });
            sample.evidence.server = Some(format!("nginx/1.{nth}"));
            sample.certificate = Some(Certificate {
                subject_names: vec!["service.example".to_owned()],
                further_names: 0,
                not_before: None,
                issuer: "CN=Example".to_owned(),
                not_after: BEGIN + 90 * DAY,
                sha256: format!("{nth:02x}").repeat(32),
            });
        }
        sample
    }
}

#[test]
fn what_is_known_of_each_address_is_stored_and_changes_nothing_where_there_is_none() {
    let mut target = Target::new(1);
    target.live(('g', 3, 60), |_| {});
    let without = stored(&target.watch.state).len();
    for _ in 0..4 {
        target.at = target.at + MINUTE;
        let mut round = target.round('g');
        for (_, sample) in [(0, &mut round.samples.ipv4), (1, &mut round.samples.ipv6)] {
            let first = sample.addresses[0];
            let other = if first.is_ipv4() { "192.0.2.99" } else { "2001:db8::99" }.parse().unwrap();
            sample.addresses.push(other);
            sample.each =
                vec![EachAddress::of(first, sample), EachAddress::unconnected(other, Cause::TcpTimeout, 10_000.0)];
        }
        target.watch.hear(round, &settings(), target.at);
        let state = &target.watch.state;
        assert_eq!(read(&stored(state)).as_ref(), Ok(state));
    }
    let n_down = |state: &State| state.addresses.ipv6.rows.iter().filter(|row| row.fails()).count();
    assert_eq!(n_down(&target.watch.state), 1);
    let each = (stored(&target.watch.state).len() - without) / 4;
    assert!(each < 600, "{each} bytes an address");
    // It is no longer asked for.
    target.live(('g', 2, 60), |_| {});
    assert!(target.watch.state.addresses.is_none());
    let now = stored(&target.watch.state);
    assert!(!now.windows(11).any(|window| window == b"\"addresses\"".as_slice()), "{}", String::from_utf8_lossy(&now));
}

/// A life in which everything is remembered that can be.
const EVENTFUL: &[Run] = &[
    ('?', 2, 60),
    ('g', 50, 60),
    ('w', 3, 60),
    ('g', 5, 60),
    ('r', 4, 60),
    ('b', 3, 5),
    ('?', 2, 60),
    ('f', 1, 60),
    ('r', 2, 60),
    ('g', 1, 60),
    ('g', 30, 60),
    ('n', 8, 60),
    ('g', 2, 60),
    ('s', 3, 60),
    ('g', 40, 60),
    ('d', 20, 60),
    ('m', 3, 60),
    ('t', 30, 60),
    ('g', 20, 3_600),
    ('m', 3, 60),
    ('g', 5, 5),
    ('u', 40, 5),
    ('r', 3, 5),
    ('u', 6, 5),
    ('g', 70, 5),
];

#[test]
fn an_eventful_life_reads_back_and_its_documents_of_before_do_too() {
    let mut target = Target::new(3);
    let mut documents = String::new();
    for run in EVENTFUL {
        target.live(*run, |state| {
            assert_eq!(read(&stored(state)).as_ref(), Ok(state), "{run:?}");
            let document = serde_json::to_string(state).expect("a state is JSON");
            assert_eq!(serde_json::from_str::<State>(&document).ok().as_ref(), Some(state), "{run:?}");
            documents += &document;
        });
    }
    for part in ["open", "latest", "pending", "pending_impact", "excused_until", "first_good", "not_offered_since"]
        .into_iter()
        .chain(["degraded_since", "ttl", "low", "addresses", "certificate", "server", "status", "latency"])
        .chain(["unrest", "misses", "exhibits", "left", "met", "unstable", "turns", "answers"])
        .chain(["nearness", "possible_at", "recent", "latency_shift", "impossible_round_trip", "blind"])
    {
        assert!(documents.contains(&format!("\"{part}\"")), "{part} is not among what was stored");
    }
}

#[test]
fn a_quiet_target_is_small() {
    let mut target = Target::new(8);
    target.live(('g', 20 * DAY / MINUTE, 60), |_| {});
    let n_bytes = stored(&target.watch.state).len();
    println!("{n_bytes} bytes");
    assert!(n_bytes < 700, "{n_bytes} bytes");
    assert!(stored(&State::default()).len() < 50);
}

/// In the form in which a version before stored it; shortened to two of the phases.
const BEFORE: &str = r#"{"incidents":{"tracks":{"ipv4":{"last_good":1770767940007,"last_bad":1768978920004},
    "ipv6":{"last_good":1770767940007}},"last_heard":1770767940007},
    "changes":{"looks":{"ipv4":{"addresses":[1770767940007,["192.0.2.10"]],"certificate":[1770767940007,"5d41402abc4b2a76"],
    "server":[1770767940007,"nginx/1.28.0"],"status":[1770767940007,200]},
    "ipv6":{"addresses":[1770767940007,["2001:db8:1::10"]],"ttl":{"zone_s":300,"learned_at":1770767940007,
    "heard_at":1770767940007,"heard_s":120}}},"changes":[{"family":"ipv6","at":{"after":1770767880002,"by":1770767940007},
    "what":{"what":"server","before":"nginx/1.27.0","after":"nginx/1.28.0"}}]},
    "detection":{"seen_at":1770767940007,"learned_at":1770767940007,"families":{
    "ipv4":{"reached_at":1770767940007,"tracks":[[[2434871,131072,140021,20000,[1205,-3310,8812,-770],255],null],
    [[4458123,102400,120322,20000,[905,-3310,8812,-770],255],{"is_up":true,"sum":16,"since":{"after":1770767880002,
    "by":1770767940007},"recent":[5458123,5458123,5458123,5458123,5458123,5458123,5458123],"n_seen":1}],null,null,null],
    "days":[[[20495,4461000,1440],[4459000,30000,31000,4460000],[41,0,0],[0,1,false]],null]},
    "ipv6":{"reached_at":null,"tracks":[null,null,null,null,null],"days":[null,null]}},
    "gaps":[[[-24576,40000,41000,900,[0,0,0,0],85],null],null]},"hurry":3}"#;

#[test]
fn a_document_of_a_version_before_is_read_and_stored_as_bytes() {
    let state: State = serde_json::from_str(BEFORE).expect("it is read");
    let document = serde_json::to_value(&state).expect("a state is JSON");
    assert_eq!(document, serde_json::from_str::<serde_json::Value>(BEFORE).expect("JSON"), "nothing of it is lost");
    let bytes = stored(&state);
    assert_eq!(read(&bytes), Ok(state));
    assert!(bytes.len() < 300, "{} bytes", bytes.len());
}

/// As the version before stored it, while an incident was open: bytes, and the same as a document.
const BYTES_BEFORE: &str = include_str!("stored/version1.hex");
const SAME_BEFORE: &str = include_str!("stored/version1.json");

#[test]
fn bytes_of_the_version_before_are_read_and_stored_as_those_of_now() {
    let digits: Vec<u8> = BYTES_BEFORE.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("a byte");
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    let state = read(&bytes).expect("they are read");
    assert_eq!(serde_json::from_str::<State>(SAME_BEFORE).ok().as_ref(), Some(&state));
    let again = stored(&state);
    assert_eq!((bytes[0], again[0]), (1, 3));
    assert_eq!(read(&again), Ok(state));
    // There was nothing of failures that confirm no outage: a byte a family, and one for both; nor of what goes to and fro:
    // a byte a family. What it cost nobody is `null`, and was `0.0`.
    assert_eq!(again.len(), bytes.len() + 3 + 2 + 1);
}

#[test]
fn bytes_from_before_there_was_anything_of_turns_are_read() {
    // Of an empty state, where every list is a zero: two fewer.
    let mut bytes = stored(&State::default());
    bytes[0] = 2;
    let zeros = bytes.windows(12).position(|window| window == [0; 12]).expect("an empty state is zeros");
    bytes.drain(zeros..zeros + 2);
    assert_eq!(read(&bytes), Ok(State::default()));
}

#[test]
fn what_is_cut_or_of_another_version_is_no_state() {
    let mut target = Target::new(1);
    for run in [('g', 40, 60), ('m', 2, 60), ('r', 5, 60)] {
        target.live(run, |_| {});
    }
    let mut bytes = stored(&target.watch.state);
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "{end} of {}", bytes.len());
    }
    bytes.push(0);
    assert_eq!(read(&bytes), Err(Unreadable::Long(1)));
    bytes[0] = 200;
    assert_eq!(read(&bytes), Err(Unreadable::Version(200)));
    // A document of another form, and one that is longer than all there is.
    assert_eq!(read(&[1, 2, b'{', b'x']), Err(Unreadable::Document));
    assert_eq!(read(&[1, 0xff, 0xff, 0xff, 0xff, 0x0f, b'{']), Err(Unreadable::Short));
}

#[test]
fn codes_of_certificates_are_words_as_all_others() {
    for reason in Reason::ALL {
        let code = serde_json::to_string(&Code::Certificate(reason)).expect("JSON");
        assert_eq!(code, serde_json::to_string(&reason).expect("JSON"));
        assert_eq!(serde_json::from_str::<Code>(&code).ok(), Some(Code::Certificate(reason)));
    }
    assert_eq!(serde_json::from_str::<Code>("\"no_listener\"").ok(), Some(Code::NoListener));
}

fn runs() -> impl Strategy<Value = Vec<Run>> {
    let letter = prop::sample::select("ggggrbuu?fsdnmtw".chars().collect::<Vec<_>>());
    let gap = prop_oneof![6 => Just(60), 2 => Just(5), 1 => Just(600), 1 => Just(20_000)];
    prop::collection::vec((letter, 1i64..25, gap), 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn every_state_reads_back(seed in any::<u64>(), n_first in 0i64..60, runs in runs()) {
        let mut target = Target::new(seed);
        for run in std::iter::once(('g', n_first, 60)).chain(runs) {
            target.live(run, |state| assert_eq!(read(&stored(state)).as_ref(), Ok(state), "{run:?}"));
        }
    }

    #[test]
    fn garbage_never_panics(
        garbage in prop::collection::vec(any::<u8>(), 0..200), runs in runs(),
        flips in prop::collection::vec((any::<usize>(), any::<u8>()), 1..4),
    ) {
        let _ = read(&garbage);
        let _ = read(&[&[1, 0][..], &garbage].concat());
        let mut target = Target::new(2);
        for run in std::iter::once(('g', 40, 60)).chain(runs) {
            target.live(run, |_| {});
        }
        let mut bytes = stored(&target.watch.state);
        for (at, with) in flips {
            let at = at % bytes.len();
            bytes[at] ^= with;
        }
        if let Ok(state) = read(&bytes) {
            // What is read is a state: it is stored as any other.
            let bytes = stored(&state);
            prop_assert_eq!(read(&bytes).map(|state| stored(&state)), Ok(bytes));
        }
    }
}
