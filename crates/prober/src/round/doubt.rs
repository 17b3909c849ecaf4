//! What is asked where a target is about to be accused, or is reached in a doubtful way: does something near us answer in
//! everybody's name?
//!
//! A round trip that is too short to be true would be a guess, on clocks that tick in whole milliseconds. That an address
//! which no host has accepts a connection is proof.

use super::redirect::is_elsewhere;
use crate::{
    body, control,
    dial::{Deadline, Dial, Stopwatch},
    exchange::{Connection, Limits},
    resolve::Tools,
};
use dualwatch_core::measure::{
    cause::{Cause, Phase},
    family::Family,
    sample::{Attempt, Outcome, Sample},
    target::{Scheme, Target},
    vantage::{Nearby, SecondOpinion},
};
use futures_util::future::{Either, select};
use http::header;
use std::{net::SocketAddr, pin::pin};

/// Who accepts in everybody's name is near, and quick.
const MAX_MS: f64 = 1_000.0;

/// What was found out beside a probe.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubt {
    pub opinion: SecondOpinion,
    pub nearby: Nearby,
    /// The connection that should not have come about.
    pub nobody: Option<Attempt>,
}

/// Who can be asked about one family.
pub(super) struct AskedInDoubt<'a> {
    pub family: Family,
    /// In the order of asking.
    pub controls: &'a [SocketAddr],
    /// Whether the target's addresses are public: on loopback and in private networks no address is surely nobody's.
    pub is_public: bool,
}

/// Waits for a probe, and asks the witnesses where there is doubt: after a probe that failed, and already beside one that
/// takes more than half of its time, because it may leave none.
pub(super) async fn probe_in_doubt<D: Dial, T>(
    tools: &Tools<'_, D>,
    target: &Target,
    asked: &AskedInDoubt<'_>,
    deadline: Deadline,
    probe: impl Future<Output = (Sample, T)>,
) -> (Sample, T, Doubt) {
    let mut probe = pin!(probe);
    let half = pin!(tools.dial.sleep_ms(deadline.remaining_ms(tools.dial) / 2.0));
    let mut doubt = Doubt::default();
    let mut is_asked = false;
    let (sample, rest) = match select(probe.as_mut(), half).await {
        Either::Left((done, _)) => done,
        Either::Right(((), probe)) => {
            is_asked = true;
            let (done, ()) = futures_util::join!(probe, ask_nobody(tools, target, asked, deadline, &mut doubt));
            done
        }
    };
    if !is_asked && is_doubtful(&sample, target) {
        ask_nobody(tools, target, asked, deadline, &mut doubt).await;
    }
    if sample.cause.is_some_and(control::is_about_the_certificate) && doubt.opinion == SecondOpinion::None {
        doubt.opinion = control::certificates(tools, asked.controls, deadline).await;
    }
    (sample, rest, doubt)
}

/// Whether something near us could have made this sample.
fn is_doubtful(sample: &Sample, target: &Target) -> bool {
    match (sample.outcome, sample.cause) {
        (Outcome::Failed, Some(cause)) => {
            let after_connect = matches!(cause.phase(), Phase::Handshake | Phase::Exchange | Phase::Any);
            (after_connect || cause == Cause::TcpReset) && sample.phases.tls.is_none()
        }
        // A portal that lets the page of its login come.
        (Outcome::Reached, _) => {
            target.endpoint.scheme == Scheme::Http
                && sample.evidence.location.as_ref().is_some_and(|to| is_elsewhere(&target.endpoint, to))
        }
        _ => false,
    }
}

async fn ask_nobody<D: Dial>(
    tools: &Tools<'_, D>,
    target: &Target,
    asked: &AskedInDoubt<'_>,
    deadline: Deadline,
    doubt: &mut Doubt,
) {
    if !asked.is_public {
        return;
    }
    // The target's port: what intercepts may do so on some ports only.
    let to = SocketAddr::new(control::nobody(asked.family), target.endpoint.port);
    let watch = Stopwatch::start(tools.dial);
    let soon = deadline.sooner(tools.dial, MAX_MS);
    let Some(Ok(stream)) = soon.bound(tools.dial, tools.dial.connect(to)).await else { return };
    doubt.nobody = Some(Attempt { address: to, cause: None, elapsed_ms: watch.elapsed_ms(tools.dial) });
    doubt.nearby = Nearby::Accepts;
    if target.endpoint.scheme == Scheme::Http && is_answered(tools, to, stream, deadline).await {
        doubt.nearby = Nearby::Answers;
        return;
    }
    doubt.opinion = control::certificates(tools, asked.controls, deadline).await;
}

/// Whether HTTP is spoken where nobody is.
async fn is_answered<D: Dial>(tools: &Tools<'_, D>, to: SocketAddr, stream: D::Stream, deadline: Deadline) -> bool {
    let request = http::Request::builder()
        .uri("/")
        .header(header::HOST, to.to_string())
        .header(header::CONNECTION, "close")
        .body(body::request(Vec::new()));
    let (Ok(request), Ok(mut connection)) = (request, Connection::open(stream).await) else { return false };
    // Half of what is left: the controls are asked after it.
    let half = deadline.remaining_ms(tools.dial) / 2.0;
    let soon = deadline.sooner(tools.dial, half.min(MAX_MS));
    match connection.send(tools.dial, request, Limits { body_bytes: 0 }, soon).await {
        Ok(_) => true,
        Err(unanswered) => unanswered.status.is_some(),
    }
}
