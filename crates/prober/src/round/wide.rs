//! Whether a server that broke off our handshake would go on with other clients.

use crate::{
    classify::Failure,
    dial::{Deadline, Dial},
    resolve::Tools,
    tls::{
        Speak,
        wide::{self, Ask, Found},
    },
};
use dualwatch_core::measure::{cause::Cause, client::Offered, target::Host};
use std::net::SocketAddr;

/// Asks the server over a new connection, where there is something to `ask`, and notes what came of it in time: where it
/// goes on with others, what they get is not known here.
#[allow(clippy::too_many_arguments)] // All of them belong to the one handshake that failed.
pub(super) async fn explain<D: Dial>(
    tools: &Tools<'_, D>,
    host: &Host,
    speak: Speak,
    ask: Option<Ask>,
    address: SocketAddr,
    deadline: Deadline,
    failure: &mut Failure,
) {
    let Some(ask) = ask else { return };
    let asked = async {
        let stream = tools.dial.connect(address).await.ok()?;
        wide::ask(host, speak, ask, stream).await.ok()?
    };
    match deadline.bound(tools.dial, asked).await.flatten() {
        Some(Found::Offered(offered)) => {
            if matches!(offered, Offered::Chose { .. }) {
                failure.cause = Cause::MeasurementTls;
            }
            failure.evidence.offered = Some(offered);
        }
        Some(Found::TooLarge(bytes)) => failure.evidence.bytes = Some(bytes),
        None => {}
    }
}
