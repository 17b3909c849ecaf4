//! One run of the self-test: which questions are asked when, and what each has told at a moment.
//!
//! | when | what |
//! |---|---|
//! | at the beginning | everything that waits for nothing: `dual_stack` and `portal` first, then `ipv4`, `ipv6` in an order that the seed decides, the literals, the large ones |
//! | when `dual_stack` or `portal` is answered | `resolver_ipv6`; `http3` |
//! | when the name of a family fails | the same server under its neutral name |
//! | 0.25 s after a failure, or a discarded answer | the same once more, under another label |
//! | after 1 s of silence | the same once more, beside the first |
//! | after the deadline of the first, and 2 s of the second | given up: what is known then is the verdict |
//! | until 15 s | a late answer still makes it `slow`; then the request is abandoned |

mod services;
mod telling;
mod track;

use crate::{
    measure::family::{Family, PerFamily},
    self_test::{
        addresses::Addresses,
        answer::{Phases, Reply},
        conclude::{Conclusion, conclude},
        environment::Environment,
        evidence::{Clock, Endpoint, Evidence},
        patience,
        question::{Question, Questions},
        told::{Refusal, Told},
    },
};
use std::net::IpAddr;
use track::{End, Track, Try};

/// What can be asked here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The questions that there is an endpoint for.
    pub questions: Questions,
    /// What the edge says of our endpoint of each family.
    pub endpoints: PerFamily<Endpoint>,
}

/// The number of an ask within its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AskId(pub u8);

/// One request that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    pub id: AskId,
    pub question: Question,
    /// Goes into the query, and must come back.
    pub nonce: u64,
    /// 0 for the first try.
    pub nth: u8,
}

impl Ask {
    /// Returns a DNS label that no request has used before: only the first connection to a name counts, as browsers
    /// remember for minutes what became of it.
    pub fn label(&self, seed: u64) -> String {
        format!("r{:08x}{:02x}", seed & 0xffff_ffff, self.id.0)
    }
}

/// What the page has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ask(Ask),
    /// Nobody waits for it any longer.
    Abandon(AskId),
}

/// What became of an ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Replied(Reply),
    /// The browser says that it failed, and nothing else.
    Failed,
    /// The browser did not ask; an event, the URL or a permission says why.
    Refused(Refusal),
}

/// How one question stands, with its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub told: Told,
    /// From the ask to the answer; where there is none, to the failure, or how long was waited. In milliseconds.
    pub after_ms: Option<u32>,
    pub family: Option<Family>,
    /// The visitor's address as our endpoint saw it.
    pub address: Option<IpAddr>,
    /// Length of the connect phase, where it is known: it contains the browser's wait for IPv6.
    pub connect_ms: Option<u32>,
    pub phases: Phases,
    /// How often it was asked.
    pub n_tries: u8,
    /// Answered, but not at every try.
    pub is_unsteady: bool,
}

/// A run of the self-test. Plain data: cloning it is a picture of it.
#[derive(Clone, Debug)]
pub struct Run {
    offer: Offer,
    seed: u64,
    began_ms: Option<u32>,
    tracks: [Track; Question::ALL.len()],
    n_asks: u8,
    pub addresses: Addresses,
    /// Whether the device's addresses are still to come.
    pub is_gathering: bool,
    pub clock: Clock,
    /// Families that a service has proven, asked over TLS at its own name.
    pub proven: PerFamily<bool>,
    pub is_offline: bool,
    pub environment: Environment,
}

impl Run {
    pub fn new(offer: Offer, seed: u64) -> Self {
        Self {
            offer,
            seed,
            began_ms: None,
            tracks: Default::default(),
            n_asks: 0,
            addresses: Addresses::Untold,
            is_gathering: false,
            clock: Clock::Unknown,
            proven: PerFamily::default(),
            is_offline: false,
            environment: Environment::default(),
        }
    }

    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Takes over a request that a script made before this run began.
    pub fn adopt(&mut self, question: Question, nonce: u64, asked_ms: u32) -> AskId {
        self.began_ms = Some(self.began_ms.map_or(asked_ms, |began| began.min(asked_ms)));
        self.note(question, nonce, asked_ms).id
    }

    /// Returns what is to be done now, and notes that it is done.
    pub fn due(&mut self, now_ms: u32) -> Vec<Order> {
        self.began_ms.get_or_insert(now_ms);
        let mut orders = Vec::new();
        for track in &mut self.tracks {
            for attempt in &mut track.tries {
                if attempt.end.is_none() && !attempt.is_abandoned && now_ms >= attempt.asked_ms + patience::LATE_MS {
                    attempt.is_abandoned = true;
                    orders.push(Order::Abandon(attempt.id));
                }
            }
        }
        for question in self.order() {
            if self.next_try_ms(question).is_some_and(|at| at <= now_ms) {
                let nonce = self.nonce();
                orders.push(Order::Ask(self.note(question, nonce, now_ms)));
            }
        }
        orders
    }

    /// Hears what became of an ask.
    pub fn hear(&mut self, id: AskId, now_ms: u32, ending: Ending) {
        let Some((question, i)) = self.find(id) else { return };
        let attempt = self.tracks[question as usize].tries[i];
        if attempt.end.is_some() {
            return;
        }
        let end = match ending {
            Ending::Replied(reply) => {
                End::replied(question, &attempt, now_ms, &reply, self.is_reused(question, &reply))
            }
            Ending::Failed => End::failed(now_ms),
            Ending::Refused(refusal) => End::refused(now_ms, refusal),
        };
        self.tracks[question as usize].tries[i].end = Some(end);
    }

    /// Returns when [`Run::due`] or [`Run::conclude`] may give something else than now although nothing was heard.
    pub fn wake_at_ms(&self, now_ms: u32) -> Option<u32> {
        let tries = Question::ALL.into_iter().filter_map(|question| self.next_try_ms(question));
        let turns = Question::ALL.into_iter().flat_map(|question| self.turns_ms(question));
        tries.chain(turns).filter(|at| *at > now_ms).min()
    }

    /// Returns everything that is known.
    pub fn evidence(&self, now_ms: u32) -> Evidence {
        let mut evidence = Evidence {
            choice: self.choice(),
            addresses: self.addresses,
            proven: self.proven,
            page: self.track(Question::Portal).came_over(self.page_limit_ms()),
            is_page_asked: self.is_page_asked(now_ms),
            endpoints: self.offer.endpoints,
            clock: self.clock,
            is_offline: self.is_offline,
            ..Evidence::default()
        };
        for question in Question::ALL {
            evidence.tell(question, self.told(question, now_ms));
        }
        evidence
    }

    /// Returns what can be said. It is complete when nothing that is still to come can change it: the device's addresses are
    /// waited for where they matter.
    pub fn conclude(&self, now_ms: u32) -> Conclusion {
        let evidence = self.evidence(now_ms);
        let what = conclude(&evidence);
        let mut is_complete = what.is_complete;
        if is_complete && self.is_gathering {
            for addresses in Addresses::all() {
                is_complete &= conclude(&evidence.with(addresses)) == what;
            }
        }
        Conclusion { is_complete, ..what }
    }

    /// Returns how a question stands, with its numbers.
    pub fn reading(&self, question: Question, now_ms: u32) -> Reading {
        let told = self.told(question, now_ms);
        let track = self.track(question);
        let n_tries = track.tries.len() as u8;
        let best = track.best();
        let after_ms = match best {
            Some((after_ms, _)) => Some(after_ms),
            None => track.lasted_ms(now_ms, self.deadline_ms(question)),
        };
        let end = best.map(|(_, end)| end);
        Reading {
            told,
            after_ms,
            family: end.and_then(|end| end.family),
            address: end.and_then(|end| end.address),
            connect_ms: end.and_then(|end| end.connect_ms),
            phases: end.map(|end| end.phases).unwrap_or_default(),
            n_tries,
            is_unsteady: best.is_some() && n_tries > 1,
        }
    }

    fn track(&self, question: Question) -> &Track {
        &self.tracks[question as usize]
    }

    /// The questions in the order in which they are asked: which family is first, chance decides.
    fn order(&self) -> impl Iterator<Item = Question> + use<> {
        let swapped = |question| match question {
            Question::Ipv4 => Question::Ipv6,
            Question::Ipv6 => Question::Ipv4,
            other => other,
        };
        let is_swapped = self.seed & 1 == 1;
        Question::ALL.into_iter().map(move |question| if is_swapped { swapped(question) } else { question })
    }

    /// Returns a number for the next ask: the seed mixed with how many there were (splitmix64).
    fn nonce(&self) -> u64 {
        let mut z = self.seed.wrapping_add((u64::from(self.n_asks) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn note(&mut self, question: Question, nonce: u64, asked_ms: u32) -> Ask {
        let id = AskId(self.n_asks);
        self.n_asks = self.n_asks.saturating_add(1);
        let track = &mut self.tracks[question as usize];
        let nth = track.tries.len() as u8;
        track.tries.push(Try { id, nonce, asked_ms, end: None, is_abandoned: false });
        Ask { id, question, nonce, nth }
    }

    fn find(&self, id: AskId) -> Option<(Question, usize)> {
        Question::ALL.into_iter().find_map(|question| {
            let i = self.track(question).tries.iter().position(|attempt| attempt.id == id)?;
            Some((question, i))
        })
    }

    /// Returns when a question is to be asked, for the first or the second time; `None` where that is not known, or
    /// where it will not be.
    fn next_try_ms(&self, question: Question) -> Option<u32> {
        if !self.offer.questions.has(question) {
            return None;
        }
        if let Some(own) = question.control_of() {
            return self.control_ms(question, own);
        }
        let has_begun = !self.track(question).tries.is_empty();
        if has_begun && question.is_asked_beside() && !self.has_small_answer(question) {
            return None;
        }
        match self.track(question).tries.as_slice() {
            [] => self.first_try_ms(question),
            [first] if !question.is_extra() => match first.end {
                Some(end) if end.told.is_answer() || matches!(end.told, Told::Refused(_)) => None,
                Some(end) => Some(end.at_ms + patience::CONFIRM_FAILURE_MS),
                None => {
                    let overdue = self.overdue_ms(question).unwrap_or(0);
                    Some(first.asked_ms + patience::CONFIRM_SILENCE_MS.max(overdue))
                }
            },
            _ => None,
        }
    }

    /// Returns when the control of a question is to be asked: as soon as that has failed, once. Silence has another cause: what
    /// blocks names lets them fail.
    fn control_ms(&self, control: Question, own: Question) -> Option<u32> {
        let end = self.track(own).tries.first().and_then(|first| first.end);
        let failed = end.filter(|end| matches!(end.told, Told::Failed(_))).map(|end| end.at_ms);
        failed.filter(|_| self.track(control).tries.is_empty())
    }

    fn first_try_ms(&self, question: Question) -> Option<u32> {
        let began = self.began_ms.unwrap_or(0);
        if let Some(small) = question.after() {
            let first = self.track(small).tries.first();
            if question.is_asked_beside() && first.is_none_or(|first| first.end.is_none()) {
                return self.offer.questions.has(small).then(|| self.first_try_ms(small))?;
            }
            let limit = self.deadline_ms(small);
            return self.track(small).answered_in_time_ms(limit);
        }
        // Together: each has a name of its own, so that none opens a connection for another, and the first rendering of the
        // page, which holds its thread, comes after all of them.
        Some(began)
    }

    /// Returns the moments at which an open question stands otherwise without having been answered.
    fn turns_ms(&self, question: Question) -> impl Iterator<Item = u32> {
        let track = self.track(question);
        let is_open = |t: &&Try| t.end.is_none() && !t.is_abandoned;
        let open = track.tries.iter().filter(is_open).map(|t| t.asked_ms).min().filter(|_| track.best().is_none());
        let overdue = open.and_then(|asked| Some(asked + self.overdue_ms(question)?));
        let limit = self.deadline_ms(question);
        let given_up = track.given_up_ms(limit).filter(|_| track.best().is_none());
        let page = track.tries.first().filter(|_| question == Question::Portal);
        let page = page.map(|first| first.asked_ms + patience::PAGE_MS);
        let late = track.tries.iter().filter(|t| t.end.is_none() && !t.is_abandoned);
        let late = late.map(|t| t.asked_ms + patience::LATE_MS).min();
        [overdue, given_up, page, late].into_iter().flatten()
    }
}
