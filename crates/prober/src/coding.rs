//! Content codings: bodies that were compressed although `identity` was asked for, unpacked as browsers do.
//!
//! | the codings | browsers (Chromium 156, Firefox 153) | here |
//! |---|---|---|
//! | one or more of `gzip`, `x-gzip`, `deflate` | show the text | unpacked |
//! | among them `br`, `zstd`, or more than six | show the text | unpacked natively (six at most), else unread: said, and no failure |
//! | the bytes are not in that coding | show an error | `http.coding` |
//! | the end is missing, the checksum is wrong, more follows the end | show what came until then | so too |
//! | one that nobody knows | show the bytes as they are | so too |

mod inflate;
#[cfg(feature = "native")]
mod native;

use crate::{
    body::Body,
    classify::{Failure, clip},
    dial::Clock,
    work::Work,
};
use dualwatch_core::measure::cause::Cause;
use http::{HeaderMap, header};
use std::borrow::Cow;

/// One behind the other. Browsers have no limit; nobody means more than two.
const MAX_CODINGS: usize = 6;
/// What is given to an unpacker at once.
const STEP_BYTES: usize = 4 * 1024;
const OUT_BYTES: usize = 64 * 1024;
/// What a byte may take, in words: a block of a dozen bytes may describe codes of hundreds of symbols.
const WORDS_A_BYTE: usize = 64;

/// A body without its content codings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded<'b> {
    Body(Cow<'b, Body>),
    /// Browsers would read it, and we cannot: its codings, for people.
    Unread(String),
}

/// What came of a step of unpacking.
struct Step {
    n_in: usize,
    n_out: usize,
    is_end: bool,
}

trait Unpack {
    /// Takes from `input`, gives into `output`. Fails with a fragment for people where the input is not in this coding.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String>;
}

/// Takes the content codings off a body (RFC 9110 section 8.4), keeping at most `limit` bytes of each.
///
/// Asked only where something is expected of the body.
pub async fn decode<'b, C: Clock>(
    work: &mut Work<'_, C>,
    body: &'b Body,
    headers: &HeaderMap,
    limit: usize,
) -> Result<Decoded<'b>, Failure> {
    let codings = codings(headers);
    let is_known = |coding: &String| matches!(&**coding, "gzip" | "x-gzip" | "deflate" | "br" | "zstd");
    // An answer without a body (204, or to HEAD) may name the coding that its body would have.
    if body.bytes.is_empty() || !codings.iter().all(is_known) {
        return Ok(Decoded::Body(Cow::Borrowed(body)));
    }
    let unread = || Ok(Decoded::Unread(clip(&format!("the content coding `{}`", codings.join(", ")))));
    if codings.len() > MAX_CODINGS {
        return unread();
    }
    let mut decoded = Cow::Borrowed(body);
    for coding in codings.iter().rev() {
        let Some(begun) = begin(coding, &decoded.bytes) else { return unread() };
        let body_or_why = match begun {
            Ok((mut unpacker, at)) => unpack(work, &mut *unpacker, &decoded, at, limit).await?,
            Err(why) => Err(why),
        };
        match body_or_why {
            Ok(body) => decoded = Cow::Owned(body),
            Err(why) => {
                let mut failure = Failure::bare(Cause::HttpCoding);
                failure.evidence.expected = Some(format!("the body is in the content coding `{coding}`"));
                failure.evidence.seen = Some(clip(&why));
                failure.evidence.bytes = Some(body.bytes.len() as u64);
                return Err(failure);
            }
        }
    }
    Ok(Decoded::Body(decoded))
}

fn codings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let texts = values.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    let each = texts.flat_map(|text| text.split(',').map(|c| c.trim().to_owned()).collect::<Vec<_>>());
    each.filter(|coding| !coding.is_empty() && coding != "identity").collect()
}

/// An unpacker, and where its input begins; or why the bytes are not in this coding.
type Begun = Result<(Box<dyn Unpack>, usize), String>;

/// `None`: this vantage has no unpacker for the coding.
fn begin(coding: &str, bytes: &[u8]) -> Option<Begun> {
    match coding {
        "gzip" | "x-gzip" => Some(inflate::gzip(bytes)),
        "deflate" => Some(Ok(inflate::deflate(bytes))),
        #[cfg(feature = "native")]
        "br" => Some(Ok(native::brotli())),
        #[cfg(feature = "native")]
        "zstd" => Some(native::zstd(bytes)),
        // At the edge a decoder of Brotli would be 75 kB more to load, one of Zstandard 35 kB, for what nobody asks for.
        _ => None,
    }
}

async fn unpack<C: Clock>(
    work: &mut Work<'_, C>,
    unpacker: &mut dyn Unpack,
    packed: &Body,
    mut at: usize,
    limit: usize,
) -> Result<Result<Body, String>, Failure> {
    let mut body = Body { bytes: Vec::new(), is_cut: packed.is_cut };
    let mut output = vec![0; OUT_BYTES];
    loop {
        work.takes(STEP_BYTES * WORDS_A_BYTE).await?;
        let input = &packed.bytes[at..packed.bytes.len().min(at + STEP_BYTES)];
        let step = match unpacker.step(input, &mut output) {
            Ok(step) => step,
            Err(why) => return Ok(Err(why)),
        };
        at += step.n_in;
        body.bytes.extend_from_slice(&output[..step.n_out]);
        if body.bytes.len() > limit {
            body.bytes.truncate(limit);
            body.is_cut = true;
            return Ok(Ok(body));
        }
        // What is missing at the end is missing: browsers show what there is.
        if step.is_end || (step.n_in == 0 && step.n_out == 0) {
            return Ok(Ok(body));
        }
    }
}

#[cfg(test)]
mod tests;
