//! Content codings: bodies that were compressed although `identity` was asked for, unpacked within a bound.

use crate::{body::Body, classify::Failure};
use dualwatch_core::measure::cause::Cause;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, header};
use std::{
    borrow::Cow,
    io::{self, Read},
};

/// Returns the body without its content coding (RFC 9110 section 8.4), at most `limit` bytes of it.
///
/// Asked only where something is expected of the body. A coding that we cannot read is then `measurement.failed`: what it
/// hides is not known, and a browser may well read it. Brotli and Zstandard are among them: a decoder would be a tenth
/// of the whole worker, and no server need use what was not asked for.
pub fn decode<'a>(body: &'a Body, headers: &HeaderMap, limit: usize) -> Result<Cow<'a, Body>, Failure> {
    let codings: Vec<String> = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .flat_map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .to_ascii_lowercase()
                .split(',')
                .map(|c| c.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    // An answer without a body (204, or to HEAD) may name the coding that its body would have.
    if body.bytes.is_empty() {
        return Ok(Cow::Borrowed(body));
    }
    match &codings.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(Cow::Borrowed(body)),
        ["gzip" | "x-gzip"] => unpack(MultiGzDecoder::new(&body.bytes[..]), body.is_cut, limit),
        ["deflate"] if is_zlib(&body.bytes) => unpack(ZlibDecoder::new(&body.bytes[..]), body.is_cut, limit),
        // RFC 9110 section 8.4.1.2: some servers send it without the zlib frame.
        ["deflate"] => unpack(DeflateDecoder::new(&body.bytes[..]), body.is_cut, limit),
        _ => {
            let named: String = codings.join(", ").chars().take(80).collect();
            let mut failure = Failure::measurement(format!(
                "the body came in the content coding `{named}`, and only gzip, deflate and identity are read here, so \
                 what is expected of it is not known"
            ));
            failure.evidence.bytes = Some(body.bytes.len() as u64);
            Err(failure)
        }
    }
}

/// RFC 1950 section 2.2: the method is 8, and both bytes together are a multiple of 31.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [cmf, flg, ..] if cmf & 0x0f == 8 && (u16::from(*cmf) << 8 | u16::from(*flg)) % 31 == 0)
}

fn unpack(decoder: impl Read, is_cut: bool, limit: usize) -> Result<Cow<'static, Body>, Failure> {
    let mut bytes = Vec::new();
    let result = decoder.take(limit as u64 + 1).read_to_end(&mut bytes);
    let is_longer = bytes.len() > limit;
    bytes.truncate(limit);
    match result {
        Ok(_) => Ok(Cow::Owned(Body { bytes, is_cut: is_cut || is_longer })),
        // We stopped reading: of course its end is missing.
        Err(error) if is_cut && error.kind() == io::ErrorKind::UnexpectedEof => {
            Ok(Cow::Owned(Body { bytes, is_cut: true }))
        }
        Err(error) => {
            Err(Failure::with_error(Cause::HttpMalformed, format!("the body is not compressed as it says: {error}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write};
    use std::io::Write;

    const TEXT: &[u8] = b"all is well, all is well, all is well";

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = write::GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn check(coding: &str, bytes: &[u8], is_cut: bool, expected: Result<(&[u8], bool), Cause>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, coding.parse().unwrap());
        let body = Body { bytes: bytes.to_vec(), is_cut };
        let decoded = decode(&body, &headers, 1_000).map(Cow::into_owned).map_err(|f| f.cause);
        assert_eq!(decoded, expected.map(|(bytes, is_cut)| Body { bytes: bytes.to_vec(), is_cut }), "{coding}");
    }

    #[test]
    fn what_is_compressed_is_unpacked() {
        let packed = gzip(TEXT);
        check("gzip", &packed, false, Ok((TEXT, false)));
        check("X-GZIP", &packed, false, Ok((TEXT, false)));
        check("identity", TEXT, false, Ok((TEXT, false)));
        check("gzip", b"", false, Ok((b"", false)));
        let mut zlib = write::ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(TEXT).unwrap();
        check("deflate", &zlib.finish().unwrap(), false, Ok((TEXT, false)));
        let mut raw = write::DeflateEncoder::new(Vec::new(), Compression::best());
        raw.write_all(TEXT).unwrap();
        check("deflate", &raw.finish().unwrap(), false, Ok((TEXT, false)));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let packed = gzip(&vec![0; 100_000]);
        check("gzip", &packed, false, Ok((&[0; 1_000], true)));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let packed = gzip(TEXT);
        check("gzip", TEXT, false, Err(Cause::HttpMalformed));
        check("gzip", &packed[..packed.len() - 4], false, Err(Cause::HttpMalformed));
        for other in ["br", "zstd", "compress", "gzip, br", "aes128gcm"] {
            check(other, TEXT, false, Err(Cause::MeasurementFailed));
            // Nothing is hidden by it.
            check(other, b"", false, Ok((b"", false)));
        }
        check("gzip, gzip", &packed, false, Err(Cause::MeasurementFailed));
    }
}
