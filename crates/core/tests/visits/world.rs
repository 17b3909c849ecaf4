//! A visitor's network and browser in virtual time: what becomes of each ask, and when.

use dualwatch_core::{
    measure::family::Family,
    self_test::{
        addresses::Addresses,
        answer::{Echo, Phases, Protocol, Reply},
        conclude::Conclusion,
        evidence::Clock,
        question::{Question, Questions},
        run::{Ask, AskId, Ending, Offer, Order, Run},
        told::Refusal,
    },
};

/// What one family does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Round trip in milliseconds.
    Healthy(u32),
    /// The server, or something before it, says no after a round trip.
    Refused(u32),
    /// No address or no route: fails on the device.
    Absent,
    /// Packets vanish.
    Silent,
    /// The same, and the browser calls the first try a failure after its own wait.
    GivenUp,
    /// The gateway does not exist.
    Gateway,
    /// The same, where another question has been waiting for it before: everything fails when that one does, at this moment.
    Queue(u32),
    /// Connections open, and nothing more comes.
    TlsSilent,
    /// Small answers pass.
    LargeLost(u32),
    /// The browser does not ask.
    Forbidden(Refusal),
    /// A login page answers.
    Portal(u32),
    /// Our name answers over the other family.
    Crossed(u32),
    /// Every second answer is lost, beginning with the first.
    Lossy(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
}

impl Browser {
    pub const BOTH: [Self; 2] = [Self::Chromium, Self::Firefox];

    /// How long IPv6 is waited for (measured).
    pub const fn wait_ms(self) -> u32 {
        match self {
            Self::Chromium => 301,
            Self::Firefox => 251,
        }
    }
}

#[derive(Clone, Debug)]
pub struct World {
    pub browser: Browser,
    pub ipv4: Path,
    pub ipv6: Path,
    pub addresses: Addresses,
    pub offer: Offer,
    pub is_offline: bool,
    pub clock: Clock,
    /// What becomes of an address without a name, where that is something else.
    pub unnamed_ipv4: Option<Path>,
    pub unnamed_ipv6: Option<Path>,
    /// What IPv6 does for the page's own address, where that is something else.
    pub page_ipv6: Option<Path>,
    /// What a filter blocks by name: it fails before it is asked.
    pub blocked: Questions,
    /// The browser carries questions to the names of one family over the connection of the name of both (HTTP/2).
    pub joins_connections: bool,
}

impl World {
    pub fn new(browser: Browser, ipv4: Path, ipv6: Path, addresses: Addresses) -> Self {
        let extras = [
            Question::LiteralIpv4,
            Question::LiteralIpv6,
            Question::Http3,
            Question::ResolverIpv6,
            Question::NeutralIpv4,
            Question::NeutralIpv6,
        ];
        let questions = extras.into_iter().fold(Questions::ALL, Questions::without);
        Self {
            browser,
            ipv4,
            ipv6,
            addresses,
            offer: Offer { questions, ..Offer::default() },
            is_offline: false,
            clock: Clock::Unknown,
            unnamed_ipv4: None,
            unnamed_ipv6: None,
            page_ipv6: None,
            blocked: Questions::NONE,
            joins_connections: false,
        }
    }

    const fn path(&self, family: Family) -> Path {
        match family {
            Family::Ipv4 => self.ipv4,
            Family::Ipv6 => self.ipv6,
        }
    }

    /// Returns what the family of an ask does, if it is about one.
    fn path_of(&self, ask: &Ask) -> Option<Path> {
        ask.question.family().map(|family| self.path(family))
    }

    /// Returns what becomes of an ask: after how long, and what. `None`: nothing, for ever.
    fn fate(&self, ask: &Ask) -> Option<(u32, Ending)> {
        if self.blocked.has(ask.question) {
            return Some((2, Ending::Failed));
        }
        if let (Question::LiteralIpv4, Some(ipv4)) = (ask.question, self.unnamed_ipv4) {
            return World { ipv4, ..self.clone() }.over(ask, Family::Ipv4, 0);
        }
        if let (Question::LiteralIpv6, Some(ipv6)) = (ask.question, self.unnamed_ipv6) {
            return World { ipv6, ..self.clone() }.over(ask, Family::Ipv6, 0);
        }
        if let (Question::Portal, Some(ipv6)) = (ask.question, self.page_ipv6) {
            return World { ipv6, ..self.clone() }.over_both(ask);
        }
        match ask.question.family() {
            Some(family) => self.over(ask, family, 0),
            None => self.over_both(ask),
        }
    }

    /// A browser with both families (measured; facts on browsers, section 2).
    fn over_both(&self, ask: &Ask) -> Option<(u32, Ending)> {
        match self.ipv6 {
            Path::Healthy(rtt) | Path::LargeLost(rtt) | Path::Crossed(rtt) | Path::Lossy(rtt)
                if rtt < self.browser.wait_ms() =>
            {
                let path = if let Path::Lossy(rtt) = self.ipv6 { Path::Healthy(rtt) } else { self.ipv6 };
                World { ipv6: path, ..self.clone() }.over(ask, Family::Ipv6, 0)
            }
            Path::TlsSilent | Path::Portal(_) | Path::Forbidden(_) => self.over(ask, Family::Ipv6, 0),
            Path::Refused(rtt) => self.over(ask, Family::Ipv4, rtt),
            Path::Absent => self.over(ask, Family::Ipv4, 0),
            _ => self.over(ask, Family::Ipv4, self.browser.wait_ms()),
        }
    }

    /// One connection over a family, after a wait.
    fn over(&self, ask: &Ask, family: Family, wait: u32) -> Option<(u32, Ending)> {
        let replied = |rtt: u32, seen: Family| {
            let n = u16::from(ask.id.0);
            let port = if self.joins_connections && ask.nth == 0 { 40_000 } else { 40_000 + n };
            let address = match seen {
                Family::Ipv4 => "192.0.2.7".parse().unwrap(),
                Family::Ipv6 => "2001:db8::7".parse().unwrap(),
            };
            let echo = Echo { nonce: Some(ask.nonce), family: Some(seen), address: Some(address), port: Some(port) };
            let reply = Reply {
                status: Some(200),
                is_secure: true,
                echo: Some(echo),
                is_whole: true,
                connect_ms: Some(wait + rtt),
                round_trip_ms: Some(rtt),
                phases: Phases { protocol: Some(Protocol::Http3), ..Phases::default() },
                offers_http3: true,
            };
            Some((wait + 4 * rtt + 3, Ending::Replied(reply)))
        };
        match self.path(family) {
            Path::Healthy(rtt) => replied(rtt, family),
            Path::Lossy(_) if ask.nth == 0 => None,
            Path::Lossy(rtt) => replied(rtt, family),
            Path::Crossed(rtt) => replied(rtt, family.other()),
            Path::LargeLost(rtt) if !ask.question.is_large() => replied(rtt, family),
            Path::Refused(rtt) => Some((wait + rtt + 1, Ending::Failed)),
            Path::Absent => Some((wait + 2, Ending::Failed)),
            Path::GivenUp if ask.nth == 0 => Some((265, Ending::Failed)),
            Path::Gateway | Path::Queue(_) => Some((wait + 3_070, Ending::Failed)),
            Path::Silent | Path::GivenUp | Path::TlsSilent | Path::LargeLost(_) => None,
            Path::Forbidden(refusal) => Some((1, Ending::Refused(refusal))),
            Path::Portal(rtt) => {
                let reply = Reply { status: Some(200), is_whole: true, ..Reply::default() };
                Some((wait + 2 * rtt, Ending::Replied(reply)))
            }
        }
    }
}

/// What was said from a moment on.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub at_ms: u32,
    pub what: Conclusion,
}

/// Runs the self-test in a world; returns everything that was said, and the run at its end.
pub fn visit(world: &World, seed: u64) -> (Vec<Said>, Run) {
    let mut run = Run::new(world.offer, seed);
    run.is_offline = world.is_offline;
    run.clock = world.clock;
    let gathered = match (world.addresses, world.browser) {
        (Addresses::Nothing | Addresses::Untold, _) => 500,
        (_, Browser::Chromium) => 150,
        (_, Browser::Firefox) => 60,
    };
    let mut coming: Vec<(u32, AskId, Ending)> = Vec::new();
    let mut said: Vec<Said> = Vec::new();
    let mut now = 0;
    loop {
        run.is_gathering = now < gathered;
        if now >= gathered {
            run.addresses = world.addresses;
        }
        for (_, id, ending) in coming.extract_if(.., |(at, ..)| *at <= now).collect::<Vec<_>>() {
            run.hear(id, now, ending);
        }
        for order in run.due(now) {
            match order {
                Order::Ask(ask) => coming.extend(world.fate(&ask).map(|(after, e)| match world.path_of(&ask) {
                    Some(Path::Queue(at)) if now < at => (at, ask.id, e),
                    _ => (now + after, ask.id, e),
                })),
                Order::Abandon(id) => coming.retain(|(_, asked, _)| *asked != id),
            }
        }
        let what = run.conclude(now);
        if said.last().is_none_or(|last| last.what != what) {
            said.push(Said { at_ms: now, what });
        }
        let next =
            coming.iter().map(|(at, ..)| *at).chain(run.wake_at_ms(now)).chain((now < gathered).then_some(gathered));
        match next.min() {
            Some(next) if next > now && next < 60_000 => now = next,
            Some(next) => panic!("woken at {next} at {now}"),
            None => return (said, run),
        }
    }
}

/// Returns the sentence with its family, what each family does, and whose side it is on.
pub fn say(said: &Said) -> String {
    let what = said.what;
    let family = what.sentence.family().map_or(String::new(), |family| format!(" {}", family.code()));
    let states = what.families.map(|_, finding| finding.state.code());
    format!("{}{family} · {} {} · {}", what.sentence.code(), states.ipv4, states.ipv6, what.side.code())
}

/// The addresses of a device that has IPv6 alone.
pub fn ipv6_only(browser: Browser) -> Addresses {
    match browser {
        Browser::Chromium => Addresses::Nothing,
        Browser::Firefox => Addresses::Families { both: false },
    }
}
