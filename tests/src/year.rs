//! A year in the life of one target: a round a minute over both families, with outages whose times are known.

use dualwatch_core::{
    judge::dual_stack,
    measure::{
        cause::Cause,
        family::PerFamily,
        round::{Round, Vantage},
        sample::{Certificate, Evidence, Phases, Sample},
        time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
        vantage::Standing,
    },
};

/// Midnight of 1 January 2026, UTC.
pub const BEGIN: Timestamp = Timestamp::from_unix_ms(20_454 * DAY);
/// What is measured.
pub const URL: &str = "https://service.example/health";
pub const INTERVAL_S: u32 = 60;
pub const N_ROUNDS: i64 = 365 * DAY / MINUTE;

/// A bad time: what each family's probes give in `[from, from + length)`, counted from the beginning.
struct Trouble {
    from: i64,
    length: i64,
    ipv4: Option<Cause>,
    ipv6: Option<Cause>,
}

const fn trouble(from: i64, length: i64, ipv4: Option<Cause>, ipv6: Option<Cause>) -> Trouble {
    Trouble { from, length, ipv4, ipv6 }
}

/// One long outage of IPv6, outages of both, a vantage without IPv6, and a slow week; whole minutes.
const TROUBLES: &[Trouble] = &[
    trouble(20 * DAY + 7 * HOUR, 3 * MINUTE, Some(Cause::HttpStatus), Some(Cause::HttpStatus)),
    trouble(55 * DAY, 9 * HOUR + 12 * MINUTE, None, Some(Cause::VantageNoFamily)),
    trouble(91 * DAY + 3 * HOUR, 7 * DAY + 12 * HOUR + 15 * MINUTE, None, Some(Cause::TcpRefused)),
    trouble(150 * DAY, 40 * MINUTE, Some(Cause::TcpTimeout), Some(Cause::TcpTimeout)),
    trouble(150 * DAY + 40 * MINUTE, 11 * MINUTE, Some(Cause::TlsAlert), None),
    trouble(201 * DAY + 5 * HOUR, 7 * DAY, Some(Cause::Slow), None),
    trouble(299 * DAY + 23 * HOUR + 50 * MINUTE, 25 * MINUTE, None, Some(Cause::NetUnreachable)),
    trouble(340 * DAY, 6 * HOUR, Some(Cause::DnsServfail), Some(Cause::DnsServfail)),
];
/// From this day on, IPv6 is refused for a minute in every 40.
const FLAPS_FROM: i64 = 360 * DAY;
const FLAPS_EVERY: i64 = 40 * MINUTE;

/// The rounds of the year, or of a part of it.
pub struct Year {
    seed: u64,
    minutes: std::ops::Range<i64>,
}

impl Year {
    /// Returns the rounds of the minutes of the year in the range.
    pub const fn rounds(minutes: std::ops::Range<i64>) -> Self {
        Self { seed: 0x0bad_5eed_0000_0000 ^ minutes.start.cast_unsigned(), minutes }
    }

    /// Evenly in 0 to 1 (splitmix64, Steele et al. 2014).
    fn uniform(&mut self) -> f64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A latency as networks give it: most near the base, some far above.
    fn latency(&mut self, base: f64) -> f64 {
        let spread = 1.0 + 0.12 * (self.uniform() + self.uniform() + self.uniform() - 1.5);
        let spike = if self.uniform() < 0.01 { 1.0 + 8.0 * self.uniform() } else { 1.0 };
        (base * spread * spike * 1_000.0).round() / 1_000.0
    }

    fn sample(&mut self, cause: Option<Cause>, address: &str, base: f64) -> Sample {
        let address = address.parse().expect("an address");
        let mut sample = match cause {
            None | Some(Cause::Slow) => Sample { cause, ..Sample::reached() },
            Some(cause) => Sample::failed(cause),
        };
        if cause == Some(Cause::DnsServfail) {
            sample.evidence =
                Evidence { rcode: Some("SERVFAIL".into()), elapsed_ms: Some(12.0), ..Evidence::default() };
            return sample;
        }
        (sample.addresses, sample.address) = (vec![address], Some(address));
        let slow = if cause == Some(Cause::Slow) { 6.0 } else { 1.0 };
        let (resolve, connect) = (self.latency(4.0), self.latency(base));
        let (tls, first_byte) = (self.latency(2.1 * base), self.latency(1.4 * base * slow));
        let total = (resolve + connect + tls + first_byte + 0.3) * 1_000.0;
        sample.phases.resolve = Some(resolve);
        let connected = Phases { connect: Some(connect), ..sample.phases };
        match cause {
            None | Some(Cause::Slow) => {
                sample.phases = Phases {
                    tls: Some(tls),
                    first_byte: Some(first_byte),
                    total: Some(total.round() / 1_000.0),
                    ..connected
                };
                sample.http_status = Some(200);
                sample.certificate = Some(certificate());
                sample.evidence = Evidence {
                    bytes: Some(18_211),
                    server: Some("nginx/1.28.0".into()),
                    body_digest: Some("9f86d081884c7d65".into()),
                    ..Evidence::default()
                };
            }
            Some(Cause::HttpStatus) => {
                sample.phases = Phases { tls: Some(tls), first_byte: Some(first_byte), ..connected };
                sample.http_status = Some(503);
                sample.certificate = Some(certificate());
            }
            Some(Cause::TlsAlert) => {
                sample.phases = connected;
                sample.evidence = Evidence { alert: Some(40), elapsed_ms: Some(tls), ..Evidence::default() };
            }
            Some(_) => sample.evidence.elapsed_ms = Some(connect),
        }
        sample
    }
}

impl Iterator for Year {
    type Item = Round;

    fn next(&mut self) -> Option<Round> {
        let at = self.minutes.next()? * MINUTE;
        let now = TROUBLES.iter().find(|t| (t.from..t.from + t.length).contains(&at));
        let flaps = at >= FLAPS_FROM && at % FLAPS_EVERY < MINUTE;
        let (ipv4, ipv6) = now.map_or((None, flaps.then_some(Cause::TcpRefused)), |t| (t.ipv4, t.ipv6));
        let samples =
            PerFamily { ipv4: self.sample(ipv4, "192.0.2.10", 18.0), ipv6: self.sample(ipv6, "2001:db8:1::10", 16.5) };
        let has_ipv6 = ipv6 != Some(Cause::VantageNoFamily);
        Some(Round {
            target: URL.into(),
            // Timers are a few milliseconds late, and the schedule does not drift; the year itself begins exactly.
            started_at: BEGIN + at + if at == 0 { 0 } else { (self.uniform() * 9.0) as i64 },
            vantage: Vantage {
                name: "edge".into(),
                standing: PerFamily {
                    ipv4: Standing::Proven,
                    ipv6: if has_ipv6 { Standing::Proven } else { Standing::NoFamily },
                },
                silent_controls: Vec::new(),
            },
            dual_stack: dual_stack::view(&samples),
            samples,
        })
    }
}

fn certificate() -> Certificate {
    Certificate {
        subject_names: vec!["service.example".into(), "www.service.example".into()],
        further_names: 0,
        not_before: None,
        issuer: "CN=Example Issuing CA R11,O=Example Trust,C=NL".into(),
        not_after: BEGIN + 400 * DAY,
        sha256: "5d41402abc4b2a76b9719d911017c592".repeat(2),
    }
}

/// Returns how long IPv6 was down in the year, to within the lateness of the timers.
pub fn ipv6_down_ms() -> i64 {
    let is_down = |cause: Cause| cause.counts_against_target() && cause != Cause::Slow;
    let troubles: i64 = TROUBLES.iter().filter(|t| t.ipv6.is_some_and(is_down)).map(|t| t.length).sum();
    troubles + (365 * DAY - FLAPS_FROM) / FLAPS_EVERY * MINUTE
}

/// Returns by how much times of the year may differ from what is known: 10 ms at each border of a spell.
pub fn lateness_ms(n_spells: usize) -> i64 {
    i64::try_from(n_spells).map_or(i64::MAX, |n| n * SECOND / 100)
}
