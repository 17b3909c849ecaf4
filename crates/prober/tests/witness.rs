//! Where all controls of a family are silent, and another target is reached over it in the same moment.

use dualwatch_core::measure::{
    cause::Cause,
    family::{Family, PerFamily},
    round::Round,
    sample::Outcome,
    target::{Endpoint, Host, Policy, Resolver, Scheme, Target},
    time::Timestamp,
    vantage::Standing,
};
use dualwatch_prober::{Clock, Decode, Dial, DialError, DialErrorKind, Prober};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    time::Instant,
};

/// What an address does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Answers,
    NotSpeakTls,
    Accepts,
    Refuses,
    NeverAnswers,
}

/// A network in memory, whose clock goes on when nobody has anything to do. What has no word never answers.
#[derive(Clone)]
struct Net {
    started: Instant,
    hosts: Arc<Mutex<Vec<(IpAddr, Does)>>>,
    connected: Arc<Mutex<Vec<IpAddr>>>,
}

impl Net {
    fn new(hosts: &[(&str, Does)]) -> Self {
        let hosts = hosts.iter().map(|(address, does)| (address.parse().expect("an address"), *does)).collect();
        Self { started: Instant::now(), hosts: Arc::new(Mutex::new(hosts)), connected: Arc::default() }
    }

    fn set(&self, address: &str, does: Does) {
        let address = address.parse().expect("an address");
        let mut hosts = self.hosts.lock().expect("not poisoned");
        hosts.retain(|(known, _)| *known != address);
        hosts.push((address, does));
    }
}

impl Decode for Net {
    fn decode(&self, _label: &str, _bytes: &[u8]) -> Option<String> {
        None
    }
}

impl Clock for Net {
    fn now_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1_000.0
    }

    fn wall(&self) -> Timestamp {
        Timestamp::from_unix_ms(1_700_000_000_000 + i64::try_from(self.started.elapsed().as_millis()).expect("short"))
    }

    async fn sleep_ms(&self, ms: f64) {
        tokio::time::sleep(Duration::from_secs_f64(ms / 1_000.0)).await;
    }
}

impl Dial for Net {
    type Stream = DuplexStream;

    async fn connect(&self, to: SocketAddr) -> Result<DuplexStream, DialError> {
        self.connected.lock().expect("not poisoned").push(to.ip());
        let does =
            self.hosts.lock().expect("not poisoned").iter().find(|(ip, _)| *ip == to.ip()).map(|(_, does)| *does);
        self.sleep_ms(20.0).await;
        match does.unwrap_or(Does::NeverAnswers) {
            Does::NeverAnswers => std::future::pending().await,
            Does::Refuses => Err(DialError::new(DialErrorKind::Refused, "refused")),
            does => {
                let (ours, mut theirs) = tokio::io::duplex(64 * 1_024);
                tokio::task::spawn_local(async move {
                    let mut request = vec![0; 1_024];
                    let _ = theirs.read(&mut request).await;
                    let answer: &[u8] = match does {
                        Does::Accepts => std::future::pending().await,
                        Does::NotSpeakTls => b"\x00\x00\x00\x00\x00\x00\x00",
                        _ => b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                    };
                    let _ = theirs.write_all(answer).await;
                });
                Ok(ours)
            }
        }
    }

    async fn system_lookup(&self, name: &str) -> Result<Vec<IpAddr>, DialError> {
        Err(DialError::new(DialErrorKind::NoSuchName, name))
    }
}

const CONTROLS: PerFamily<&str> = PerFamily { ipv4: "9.9.9.9", ipv6: "2620:fe::fe" };
const WEB: PerFamily<&str> = PerFamily { ipv4: "198.51.100.1", ipv6: "2001:db8::1" };
const SHOP: PerFamily<&str> = PerFamily { ipv4: "198.51.100.2", ipv6: "2001:db8::2" };
const NOBODY: PerFamily<&str> = PerFamily { ipv4: "203.0.113.1", ipv6: "2001:db8:ffff:ffff::1" };

fn prober(net: &Net) -> Prober<Net> {
    let control = |family: Family| vec![SocketAddr::new(CONTROLS.get(family).parse().expect("an address"), 443)];
    let policy = Policy {
        controls: PerFamily::from_fn(control),
        resolvers: vec![Resolver::System],
        allow_private: true,
        ..Policy::default()
    };
    Prober::new(net.clone(), policy, "here").expect("no roots of its own")
}

fn target(name: &str, scheme: Scheme, addresses: PerFamily<&str>) -> Target {
    let endpoint = Endpoint { scheme, host: Host::Name(format!("{name}.example")), port: 80, path: "/".to_owned() };
    let addresses = addresses.iter().map(|(_, a)| a.parse().expect("an address")).collect();
    Target { addresses, timeout_ms: 5_000, ..Target::new(name, endpoint) }
}

async fn rounds(prober: &Prober<Net>, targets: &[Target]) -> Vec<Round> {
    let mut rounds = Vec::new();
    for target in targets {
        rounds.push(Box::pin(tokio::task::LocalSet::new().run_until(prober.round(target))).await);
    }
    rounds
}

/// Measures a target that behaves as `web`, and after it one that behaves as `shop`, where all controls are silent over
/// one family and `nobody` is what an address does that no host has. Returns what is found of the second.
async fn second(over: Family, web: Does, scheme: Scheme, shop: Does, nobody: Does) -> (Standing, Option<Cause>) {
    let other = over.other();
    let net = Net::new(&[
        (WEB.get(over), web),
        (SHOP.get(over), shop),
        (NOBODY.get(over), nobody),
        (CONTROLS.get(other), Does::Answers),
        (WEB.get(other), Does::Answers),
        (SHOP.get(other), Does::Answers),
    ]);
    let prober = prober(&net);
    let targets = [target("web", scheme, WEB), target("shop", Scheme::Http, SHOP)];
    let rounds = rounds(&prober, &targets).await;
    assert_eq!(*rounds[1].vantage.standing.get(other), Standing::Proven);
    assert_eq!(rounds[1].samples.get(other).outcome, Outcome::Reached);
    (*rounds[1].vantage.standing.get(over), rounds[1].samples.get(over).cause)
}

#[tokio::test(start_paused = true)]
async fn silence_beside_a_target_that_answers_accuses_over_either_family() {
    use Does::{Accepts, Answers, NeverAnswers, NotSpeakTls, Refuses};
    for over in Family::ALL {
        for (web, scheme, shop, nobody, expected) in [
            // It answers, in the same moment.
            (Answers, Scheme::Http, NeverAnswers, NeverAnswers, (Standing::Disputed, Some(Cause::TcpTimeout))),
            (Answers, Scheme::Http, NeverAnswers, Refuses, (Standing::Disputed, Some(Cause::TcpTimeout))),
            (Answers, Scheme::Http, Refuses, NeverAnswers, (Standing::Disputed, Some(Cause::TcpRefused))),
            // Not as it should, and yet somebody is there.
            (NotSpeakTls, Scheme::Https, NeverAnswers, NeverAnswers, (Standing::Disputed, Some(Cause::TcpTimeout))),
            // The target itself is reached, over whatever.
            (NeverAnswers, Scheme::Http, Answers, NeverAnswers, (Standing::Disputed, None)),
            // Nobody is reached: the vantage lacks the family.
            (
                NeverAnswers,
                Scheme::Http,
                NeverAnswers,
                NeverAnswers,
                (Standing::NoFamily, Some(Cause::VantageNoFamily)),
            ),
            // What refuses may be near.
            (Refuses, Scheme::Http, NeverAnswers, NeverAnswers, (Standing::NoFamily, Some(Cause::VantageNoFamily))),
            // Something near accepts, or answers, in everybody's name.
            (Answers, Scheme::Http, NeverAnswers, Accepts, (Standing::NoFamily, Some(Cause::VantageNoFamily))),
            (
                Answers,
                Scheme::Http,
                NeverAnswers,
                Answers,
                (Standing::CaptivePortal, Some(Cause::VantageCaptivePortal)),
            ),
        ] {
            let found = second(over, web, scheme, shop, nobody).await;
            assert_eq!(found, expected, "{over}: {web:?} {scheme:?} {shop:?} {nobody:?}");
        }
    }
}

/// That it was reached before is no proof: this vantage may have lost the family since then.
#[tokio::test(start_paused = true)]
async fn a_family_that_is_lost_accuses_nobody() {
    let net = Net::new(&[(WEB.ipv6, Does::Answers), (SHOP.ipv6, Does::Answers), (CONTROLS.ipv4, Does::Answers)]);
    let prober = prober(&net);
    let [web, shop] = [target("web", Scheme::Http, WEB), target("shop", Scheme::Http, SHOP)];
    let standing = |round: &Round| round.vantage.standing.ipv6;
    let before = rounds(&prober, &[web.clone(), shop.clone()]).await;
    assert_eq!(before.iter().map(standing).collect::<Vec<_>>(), [Standing::Disputed; 2]);
    net.set(WEB.ipv6, Does::NeverAnswers);
    net.set(SHOP.ipv6, Does::NeverAnswers);
    for round in rounds(&prober, &[shop.clone(), web.clone()]).await {
        assert_eq!((standing(&round), round.samples.ipv6.cause), (Standing::NoFamily, Some(Cause::VantageNoFamily)));
    }
    // Who is silent is no witness any more.
    net.connected.lock().expect("not poisoned").clear();
    rounds(&prober, &[shop]).await;
    let asked = net.connected.lock().expect("not poisoned").clone();
    assert!(!asked.contains(&WEB.ipv6.parse().expect("an address")), "{asked:?}");
}

/// Probers of one vantage know what each of them has reached, as those of the worker's objects do; others do not.
#[tokio::test(start_paused = true)]
async fn probers_of_a_vantage_share_their_witnesses() {
    let net = Net::new(&[(WEB.ipv6, Does::Answers), (CONTROLS.ipv4, Does::Answers)]);
    let [web, shop] = [target("web", Scheme::Http, WEB), target("shop", Scheme::Http, SHOP)];
    let known = Arc::default();
    let of = |known: &Arc<_>| prober(&net).with_witnesses(Arc::clone(known));
    rounds(&of(&known), &[web]).await;
    let standing = |rounds: Vec<Round>| rounds[0].vantage.standing.ipv6;
    assert_eq!(standing(rounds(&of(&known), std::slice::from_ref(&shop)).await), Standing::Disputed);
    assert_eq!(standing(rounds(&prober(&net), &[shop]).await), Standing::NoFamily);
}
