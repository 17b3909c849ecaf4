//! Asks controls of one family: what proves that the family works here, and that nobody answers in others' names.

use crate::{
    dial::{Deadline, Dial, DialErrorKind},
    resolve::Tools,
    tls::Speak,
};
use dualwatch_core::measure::{
    cause::Cause,
    controls::Order,
    family::Family,
    target::Host,
    vantage::{SecondOpinion, Tally},
};
use futures_util::{
    StreamExt,
    future::{Either, select},
    stream::FuturesUnordered,
};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::pin,
};

/// How many controls of a family are asked at once after the first did not answer. With both families, and one
/// connection each to the target, that makes six sockets: as many as the edge runtime allows.
const AT_ONCE: usize = 2;
/// How much of the time that is left the first control gets.
const FIRST_SHARE: f64 = 0.4;
/// The same where it is the only one: what is left is for other targets that may be asked.
const ALONE_SHARE: f64 = 0.7;
/// For so long it is waited for who answers for everybody, after a witness has answered.
const ANYBODYS_MS: f64 = 200.0;
/// No control is waited for longer than this.
const MAX_MS: f64 = 2_000.0;

/// Asks the first control of the order, and the others only if it does not answer.
///
/// An answer is a TCP handshake. Controls serve the port they are asked on: a refusal comes from something nearer. Where
/// none answers, other targets that were reached before are asked as well, the witnesses.
pub async fn tally<D: Dial>(
    dial: &D,
    order: &Order,
    witnesses: impl FnOnce() -> Vec<SocketAddr>,
    deadline: Deadline,
) -> Asked {
    let staged = async {
        let mut asked = ask_in_stages(dial, &order.staged, deadline).await;
        if asked.tally.answered == 0 && asked.tally.failed > 0 {
            // Only now: one that is reached in this moment counts, too.
            asked.is_witnessed = is_witnessed(dial, &witnesses(), deadline).await;
        }
        asked
    };
    let again = async {
        match order.again {
            Some(control) => Some((control, ask(dial, control, deadline.sooner(dial, MAX_MS)).await)),
            None => None,
        }
    };
    let (mut asked, again) = futures_util::join!(staged, again);
    // It is asked for its own sake: where it is silent, that says nothing of the family.
    asked.answers.extend(again.map(|(control, outcome)| (control, matches!(outcome, Outcome::Answered))));
    asked
}

/// What came of asking the controls of a family.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub tally: Tally,
    /// Whether each that was asked answered.
    pub answers: Vec<(SocketAddr, bool)>,
    /// Whether a witness has answered, where no control has.
    pub is_witnessed: bool,
}

async fn ask_in_stages<D: Dial>(dial: &D, order: &[SocketAddr], deadline: Deadline) -> Asked {
    let mut asked = Asked::default();
    let Some((&first, others)) = order.split_first() else { return asked };

    let share = if others.is_empty() { ALONE_SHARE } else { FIRST_SHARE };
    let first_deadline = deadline.sooner(dial, (deadline.remaining_ms(dial) * share).min(MAX_MS));
    if asked.count(first, ask(dial, first, first_deadline).await) {
        return asked;
    }

    // One share is that of the witnesses.
    let n_groups = others.len().div_ceil(AT_ONCE) + 1;
    for (i, group) in others.chunks(AT_ONCE).enumerate() {
        let share = deadline.remaining_ms(dial) / (n_groups - i) as f64;
        let group_deadline = deadline.sooner(dial, share.min(MAX_MS));
        let mut pending: FuturesUnordered<_> =
            group.iter().map(|control| async { (*control, ask(dial, *control, group_deadline).await) }).collect();
        while let Some((control, outcome)) = pending.next().await {
            if asked.count(control, outcome) {
                return asked;
            }
        }
    }
    asked
}

/// Whether one of these targets answers, and an address that no host has does not: what answers for everybody is near.
async fn is_witnessed<D: Dial>(dial: &D, witnesses: &[SocketAddr], deadline: Deadline) -> bool {
    for (i, witness) in witnesses.iter().enumerate() {
        let share = deadline.remaining_ms(dial) / (witnesses.len() - i) as f64;
        let soon = deadline.sooner(dial, share.min(MAX_MS));
        let answers = |to: SocketAddr| async move { matches!(ask(dial, to, soon).await, Outcome::Answered) };
        let nobody = SocketAddr::new(nobody(Family::of(witness.ip())), witness.port());
        // Whoever answers for everybody does so at once; nobody's silence is not waited for longer than the witness.
        let mut is_anybodys = pin!(answers(nobody));
        match select(pin!(answers(*witness)), is_anybodys.as_mut()).await {
            Either::Left((true, _)) => {
                let moment = pin!(dial.sleep_ms(deadline.remaining_ms(dial).min(ANYBODYS_MS)));
                match select(is_anybodys, moment).await {
                    Either::Left((true, _)) => return false,
                    Either::Left((false, _)) | Either::Right(_) => return true,
                }
            }
            Either::Right((true, _)) => return false,
            Either::Right((false, witness)) => {
                if witness.await {
                    return true;
                }
            }
            Either::Left((false, _)) => {}
        }
    }
    false
}

/// RFC 5737 section 3 (TEST-NET-3) and RFC 3849: addresses that no host has.
pub const fn nobody(family: Family) -> IpAddr {
    match family {
        Family::Ipv4 => IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1)),
        Family::Ipv6 => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0xffff, 0, 0, 0, 1)),
    }
}

/// Whether a cause says that a certificate was refused: then a control's may be refused too.
pub fn is_about_the_certificate(cause: Cause) -> bool {
    matches!(cause, Cause::TlsUntrusted | Cause::TlsNameMismatch | Cause::TlsExpired | Cause::TlsNotYetValid)
}

/// Asks controls for their certificates: the first, and two more only where that one's is not good.
pub async fn certificates<D: Dial>(tools: &Tools<'_, D>, order: &[SocketAddr], deadline: Deadline) -> SecondOpinion {
    if order.is_empty() {
        return SecondOpinion::None;
    }
    let share = if order.len() > 1 { 0.5 } else { 1.0 };
    let soon = deadline.sooner(tools.dial, deadline.remaining_ms(tools.dial) * share);
    let mut opinions = vec![certificate(tools, order[0], soon).await];
    if opinions[0] != SecondOpinion::Good {
        let others = order[1..].iter().take(AT_ONCE).map(|control| certificate(tools, *control, deadline));
        opinions.extend(futures_util::future::join_all(others).await);
    }
    SecondOpinion::of(&opinions, order.len())
}

/// Shakes hands with a control under its own address. Controls that are public resolvers have certificates for their
/// addresses; one that does not speak TLS gives no opinion.
async fn certificate<D: Dial>(tools: &Tools<'_, D>, control: SocketAddr, deadline: Deadline) -> SecondOpinion {
    let handshake = async {
        let stream = tools.dial.connect(control).await.ok()?;
        match tools.tls.handshake(&Host::Address(control.ip()), Speak::Http, tools.now, stream).await {
            Ok(_) => Some(SecondOpinion::Good),
            Err(error) => match error.failure.cause {
                Cause::TlsUntrusted | Cause::TlsNameMismatch => Some(SecondOpinion::Intercepted),
                Cause::TlsExpired | Cause::TlsNotYetValid => Some(SecondOpinion::WrongDate),
                _ => None,
            },
        }
    };
    deadline.sooner(tools.dial, MAX_MS).bound(tools.dial, handshake).await.flatten().unwrap_or_default()
}

#[derive(Clone, Copy)]
enum Outcome {
    Answered,
    Refused,
    Silent,
}

async fn ask<D: Dial>(dial: &D, control: SocketAddr, deadline: Deadline) -> Outcome {
    match deadline.bound(dial, dial.connect(control)).await {
        Some(Ok(_)) => Outcome::Answered,
        Some(Err(error)) if matches!(error.kind, DialErrorKind::Refused | DialErrorKind::Reset) => Outcome::Refused,
        Some(Err(_)) | None => Outcome::Silent,
    }
}

impl Asked {
    /// Counts one outcome; whether that settles it.
    fn count(&mut self, control: SocketAddr, outcome: Outcome) -> bool {
        self.answers.push((control, matches!(outcome, Outcome::Answered)));
        match outcome {
            Outcome::Answered => self.tally.answered += 1,
            Outcome::Refused => {
                self.tally.failed += 1;
                self.tally.refused += 1;
            }
            Outcome::Silent => self.tally.failed += 1,
        }
        self.tally.answered > 0
    }
}
