//! HTTP bodies: ours, which are small, and theirs, which are read only so far.

use crate::classify::{self, Failure, hex};
use dualwatch_core::measure::cause::Cause;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as HttpBody, Bytes};
use sha2::{Digest, Sha256};

/// As much of a body as is read, whether or not something is expected of it.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The body of a request.
pub type RequestBody = Full<Bytes>;

pub fn request(bytes: Vec<u8>) -> RequestBody {
    Full::new(Bytes::from(bytes))
}

/// What was read of an answer's body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    pub bytes: Vec<u8>,
    /// There was more than the limit; reading stopped there.
    pub is_cut: bool,
}

impl Body {
    /// Returns the first 8 bytes of the SHA-256, in hex; none of a body that was not read whole.
    pub fn digest(&self) -> Option<String> {
        (!self.is_cut).then(|| hex(&Sha256::digest(&self.bytes)[..8]))
    }
}

/// Reads at most `limit` bytes. A body that ends before it is whole is a failure.
pub async fn read(
    mut incoming: impl HttpBody<Data = Bytes, Error = hyper::Error> + Unpin,
    limit: usize,
) -> Result<Body, Failure> {
    let mut body = Body::default();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|e| {
            let mut failure = classify::http(&e);
            // Whatever ends a body in the middle without being malformed, the answer was not whole.
            if failure.cause == Cause::MeasurementFailed {
                failure.cause = Cause::HttpClosed;
            }
            failure.evidence.bytes = Some(body.bytes.len() as u64);
            failure
        })?;
        let Ok(data) = frame.into_data() else { continue };
        let room = limit - body.bytes.len();
        if data.len() > room {
            body.bytes.extend_from_slice(&data[..room]);
            body.is_cut = true;
            break;
        }
        body.bytes.extend_from_slice(&data);
    }
    Ok(body)
}
