//! What the tracks tell together: how a question stands beside the others, and how long it is waited for.

use super::{Run, track, track::Track};
use crate::{
    measure::family::Family,
    self_test::{answer::Reply, evidence::Choice, patience, question::Question, told::Told},
};
use std::net::IpAddr;

impl Run {
    pub(super) fn told(&self, question: Question, now_ms: u32) -> Told {
        let track = self.track(question);
        // Before the small one is answered, what becomes of a large one says nothing.
        if track.tries.is_empty() || (question.is_asked_beside() && !self.has_small_answer(question)) {
            let is_coming = self.offer.questions.has(question) && self.is_coming(question, now_ms);
            return if is_coming { Told::Waiting } else { Told::NotAsked };
        }
        let limit = self.deadline_ms(question);
        if let Some((after_ms, _)) = track.best() {
            let is_late = after_ms > limit || patience::is_slow(after_ms, self.reference_ms(question));
            return if is_late { Told::Slow } else { Told::Ok };
        }
        let is_asked_again = self.next_try_ms(question).is_some();
        if let Some(given_up) = track.given_up_ms(limit)
            && now_ms >= given_up
            && !is_asked_again
        {
            return track.conclude(self.round_trip_ms().0);
        }
        // What was overdue stays so, also where it has failed in the meantime and is being asked again.
        match (self.overdue_ms(question), track.waited_ms(now_ms)) {
            (Some(overdue), Some(waited)) if waited >= overdue => Told::Overdue,
            (Some(patience::OVERDUE_MS), _) if self.choice() == Choice::Ipv4AfterWait && track.is_given_up_early() => {
                Told::Overdue
            }
            _ => Told::Waiting,
        }
    }

    /// How long the page's own address may take to prove a family. Where the browser hangs on the name of both, it may hang
    /// on the page's as well: that is not waited for any longer.
    pub(super) fn page_limit_ms(&self) -> u32 {
        let is_clear = self.choice() != Choice::Unknown || !self.offer.questions.has(Question::DualStack);
        if is_clear { self.deadline_ms(Question::Portal) } else { patience::PAGE_MS }
    }

    /// Whether the page's own address may still prove a family.
    pub(super) fn is_page_asked(&self, now_ms: u32) -> bool {
        let first = self.track(Question::Portal).tries.first();
        let is_soon = first.is_none_or(|first| now_ms < first.asked_ms + self.page_limit_ms());
        self.told(Question::Portal, now_ms).is_open() && is_soon
    }

    /// Whether the small question that comes before this one was answered in time.
    pub(super) fn has_small_answer(&self, question: Question) -> bool {
        let in_time = |small| self.track(small).answered_in_time_ms(self.deadline_ms(small)).is_some();
        question.after().is_some_and(in_time)
    }

    /// Whether a question that has told nothing so far will.
    fn is_coming(&self, question: Question, now_ms: u32) -> bool {
        if question.control_of().is_some() {
            return self.next_try_ms(question).is_some();
        }
        question.after().is_none_or(|small| {
            self.has_small_answer(question)
                || (self.offer.questions.has(small)
                    && self.track(small).best().is_none()
                    && self.told(small, now_ms).is_open())
        })
    }

    /// Returns which family the browser took where it could choose. Only the first connection to a name counts, and each
    /// try has a name of its own.
    pub(super) fn choice(&self) -> Choice {
        let answers = self.track(Question::DualStack).tries.iter().filter_map(|attempt| attempt.end);
        let Some(end) = answers.into_iter().find(|end| end.told == Told::Ok) else { return Choice::Unknown };
        match (end.family, end.connect_ms) {
            (None, _) => Choice::Unknown,
            (Some(Family::Ipv6), _) => Choice::Ipv6,
            (Some(Family::Ipv4), None | Some(0)) => Choice::Ipv4Untimed,
            (Some(Family::Ipv4), Some(connect)) => {
                let (least, _) = self.round_trip_ms();
                let explained = end.round_trip_ms.or(least).unwrap_or(0);
                let is_wait = connect >= explained.saturating_add(patience::FALLBACK_WAIT_MS);
                if is_wait { Choice::Ipv4AfterWait } else { Choice::Ipv4 }
            }
        }
    }

    /// Whether a reply came over the connection of another of our names: a browser may join them, where they have an
    /// address and a certificate in common (RFC 9113 section 9.1.1).
    pub(super) fn is_reused(&self, question: Question, reply: &Reply) -> bool {
        let peer = |address: Option<IpAddr>, port: Option<u16>| address.zip(port);
        let Some(here) = reply.echo.and_then(|echo| peer(echo.address, echo.port)) else { return false };
        track::host(question).is_some_and(|host| {
            let others = Question::ALL.into_iter().filter(|other| track::host(*other).is_some_and(|o| o != host));
            let mut ends = others.flat_map(|other| self.track(other).tries.iter().filter_map(|attempt| attempt.end));
            ends.any(|end| peer(end.address, end.port) == Some(here))
        })
    }

    /// Returns the shortest and the longest round trip to us that is known.
    pub(super) fn round_trip_ms(&self) -> (Option<u32>, Option<u32>) {
        let all = || self.tracks.iter().flat_map(Track::round_trips_ms).map(|(_, ms)| ms);
        (all().min(), all().max())
    }

    /// Returns how long a question has, from its first try. What is learnt later than the shortest deadline does not
    /// move it any more: what was given up stays given up.
    pub(super) fn deadline_ms(&self, question: Question) -> u32 {
        if question.control_of().is_some() {
            return patience::SECOND_TRY_MS;
        }
        let until = self.track(question).tries.first().map(|first| first.asked_ms + patience::DEADLINE_MS.start());
        let known = self.tracks.iter().flat_map(Track::round_trips_ms);
        let longest = known.filter(|(at, _)| until.is_none_or(|until| *at < until)).map(|(_, ms)| ms).max();
        patience::deadline_ms(longest, question.is_extra())
    }

    pub(super) fn overdue_ms(&self, question: Question) -> Option<u32> {
        patience::overdue_ms(self.reference_ms(question), question == Question::DualStack)
    }

    /// Returns how long the name of both took over IPv4, without the browser's wait for IPv6.
    fn after_the_wait_ms(&self) -> Option<u32> {
        let (after_ms, end) = self.track(Question::DualStack).best()?;
        let waited = end.connect_ms.filter(|_| end.family == Some(Family::Ipv4))?;
        Some(after_ms.saturating_sub(waited.saturating_sub(end.round_trip_ms.unwrap_or(0))))
    }

    /// Returns how long the same question took over the other family.
    fn reference_ms(&self, question: Question) -> Option<u32> {
        let took = |question: Question| self.track(question).best().map(|(after_ms, _)| after_ms);
        match question {
            Question::DualStack => Family::ALL.into_iter().filter_map(|f| took(Question::name_of(f))).min(),
            Question::Ipv4 => took(Question::Ipv6),
            Question::Ipv6 => took(Question::Ipv4).or_else(|| self.after_the_wait_ms()),
            Question::LiteralIpv4 => took(Question::LiteralIpv6).or(took(Question::Ipv6)),
            Question::LiteralIpv6 => took(Question::LiteralIpv4).or(took(Question::Ipv4)),
            Question::LargeIpv4 => took(Question::LargeIpv6),
            Question::LargeIpv6 => took(Question::LargeIpv4),
            Question::UploadIpv4 => took(Question::UploadIpv6),
            Question::UploadIpv6 => took(Question::UploadIpv4),
            Question::LargeDualStack => Family::ALL.into_iter().filter_map(|f| took(Question::large_of(f))).min(),
            Question::UploadDualStack => Family::ALL.into_iter().filter_map(|f| took(Question::upload_of(f))).min(),
            Question::Portal
            | Question::Http3
            | Question::ResolverIpv6
            | Question::NeutralIpv4
            | Question::NeutralIpv6 => None,
        }
    }
}
