//! What is said over a stream that speaks no HTTP: bytes sent, bytes expected.

use crate::{
    classify::{self, Failure, clip},
    dial::{Clock, Deadline, Stopwatch},
};
use dualwatch_core::measure::{
    cause::Cause,
    target::{Octets, Target},
};
use memchr::memmem;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// As much of an answer as is looked through.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// How the conversation went: when the first byte came, if one did, and what was wrong, if anything.
pub struct Dialogue {
    pub first_byte_ms: Option<f64>,
    pub result: Result<(), Failure>,
}

/// Sends what is to be sent, then reads until all that is expected has come.
///
/// | what happens first | cause |
/// |---|---|
/// | everything expected has come, in any order | none |
/// | the connection is reset, or ends without a byte | `http.closed` |
/// | it ends, or the time is over, and something else had come | `http.body_mismatch` |
/// | the time is over, and nothing had come | `http.timeout` |
/// | 64 KiB, and not what is expected | `http.too_large` |
pub async fn converse<C: Clock, S: AsyncRead + AsyncWrite + Unpin>(
    clock: &C,
    stream: &mut S,
    target: &Target,
    deadline: Deadline,
) -> Dialogue {
    let watch = Stopwatch::start(clock);
    let mut seen = Seen { bytes: Vec::new(), first_byte_ms: None };
    let talk = talk(clock, watch, stream, target, &mut seen);
    let ended = deadline.bound(clock, talk).await.map(|ended| ended.map_err(|e| classify::stream(&e)));
    let result = judge(ended, &target.expect.receives, &seen.bytes).map_err(|mut failure| {
        failure.evidence.elapsed_ms = Some(watch.elapsed_ms(clock));
        failure
    });
    Dialogue { first_byte_ms: seen.first_byte_ms, result }
}

struct Seen {
    bytes: Vec<u8>,
    first_byte_ms: Option<f64>,
}

/// How a conversation ended that was not cut off by its deadline.
pub(super) enum End {
    AllCame,
    Closed,
    TooLong,
}

async fn talk<C: Clock, S: AsyncRead + AsyncWrite + Unpin>(
    clock: &C,
    watch: Stopwatch,
    stream: &mut S,
    target: &Target,
    seen: &mut Seen,
) -> io::Result<End> {
    if let Some(send) = &target.request.send {
        stream.write_all(send.as_bytes()).await?;
        stream.flush().await?;
    }
    let mut missing: Vec<&[u8]> = target.expect.receives.iter().map(Octets::as_bytes).collect();
    while !missing.is_empty() {
        if seen.bytes.len() >= MAX_BYTES {
            return Ok(End::TooLong);
        }
        let before = seen.bytes.len();
        if stream.read_buf(&mut seen.bytes).await? == 0 {
            return Ok(End::Closed);
        }
        seen.first_byte_ms.get_or_insert_with(|| watch.elapsed_ms(clock));
        // Only what ends in the new bytes can be new.
        missing.retain(|wanted| {
            let from = before.saturating_sub(wanted.len().saturating_sub(1));
            memmem::find(&seen.bytes[from..], wanted).is_none()
        });
    }
    Ok(End::AllCame)
}

/// Decides by the table above. `ended`: `None` where the time was over; `seen`: everything that came.
pub(super) fn judge(ended: Option<Result<End, Failure>>, wanted: &[Octets], seen: &[u8]) -> Result<(), Failure> {
    let mut failure = match ended {
        Some(Ok(End::AllCame)) => return Ok(()),
        Some(Ok(End::TooLong)) => Failure::bare(Cause::HttpTooLarge),
        Some(Err(failure)) => failure,
        Some(Ok(End::Closed)) | None if !seen.is_empty() => Failure::bare(Cause::HttpBodyMismatch),
        Some(Ok(End::Closed)) => Failure::bare(Cause::HttpClosed),
        None => Failure::bare(Cause::HttpTimeout),
    };
    let expected = wanted.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    failure.evidence.expected = (!wanted.is_empty()).then(|| clip(&format!("the answer contains {expected}")));
    failure.evidence.bytes = Some(seen.len() as u64);
    if !seen.is_empty() {
        failure.evidence.seen = Some(shown(seen));
    }
    Err(failure)
}

fn shown(bytes: &[u8]) -> String {
    /// Enough of a greeting to know what it is.
    const FIRST: usize = 200;
    let first = &bytes[..bytes.len().min(FIRST)];
    let octets = match std::str::from_utf8(first) {
        Ok(text) => Octets::Text(text.to_owned()),
        // A character that the limit cut in two.
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            Octets::Text(String::from_utf8_lossy(&first[..error.valid_up_to()]).into_owned())
        }
        Err(_) => Octets::Bytes(first[..first.len().min(64)].to_vec()),
    };
    clip(&octets.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_shown() {
        assert_eq!(shown(b"220 ready\r\n"), r#""220 ready\r\n""#);
        assert_eq!(shown(&[0xff, 0x16]), "hex ff 16");
        assert_eq!(shown("ü".as_bytes().repeat(150).as_slice()).chars().filter(|c| *c == 'ü').count(), 100);
        assert_eq!(shown(&[b'a', 0xc3]), "\"a\"");
    }
}
