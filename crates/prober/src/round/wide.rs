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
        match anew(tools, host, speak, ask, address).await {
            // Where it breaks off again without the signatures that only others verify, these are what it is about; where it
            // does not, it has machines that are not alike, and what it did to us counts.
            Some(Found::UnseenKey) => {
                let again = anew(tools, host, speak, Ask::OurSignatures, address).await;
                (again == Some(Found::Offered(Offered::RefusedToo))).then(|| Found::Offered(wide::unseen_key()))
            }
            found => found,
        }
    };
    match deadline.bound(tools.dial, asked).await.flatten() {
        Some(Found::Offered(offered)) => {
            if matches!(offered, Offered::Chose { .. }) {
                failure.cause = Cause::MeasurementTls;
            }
            failure.evidence.offered = Some(offered);
        }
        Some(Found::TooLarge(bytes)) => failure.evidence.bytes = Some(bytes),
        Some(Found::UnseenKey) | None => {}
    }
}

async fn anew<D: Dial>(
    tools: &Tools<'_, D>,
    host: &Host,
    speak: Speak,
    ask: Ask,
    address: SocketAddr,
) -> Option<Found> {
    let stream = tools.dial.connect(address).await.ok()?;
    wide::ask(host, speak, ask, stream).await.ok()?
}
