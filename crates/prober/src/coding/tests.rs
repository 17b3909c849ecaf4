use super::*;
use crate::{
    dial::Deadline,
    work::{PIECE_WORDS, testing::Counting},
};
use flate2::{Compression, write};
use std::io::Write;

const TEXT: &[u8] = b"all is well, all is well, all is well";
const FAR: f64 = 1_000_000.0;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = write::GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn decode_by(
    coding: &str,
    bytes: &[u8],
    is_cut: bool,
    limit: usize,
    ms: f64,
) -> (Result<Decoded<'static>, Failure>, u32) {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_ENCODING, coding.parse().unwrap());
    let body = Body { bytes: bytes.to_vec(), is_cut };
    let clock = Counting::default();
    let mut work = Work::new(&clock, Deadline::after(&clock, ms));
    let decoded = futures_util::FutureExt::now_or_never(decode(&mut work, &body, &headers, limit)).unwrap();
    let decoded = decoded.map(|decoded| match decoded {
        Decoded::Body(body) => Decoded::Body(Cow::Owned(body.into_owned())),
        Decoded::Unread(coding) => Decoded::Unread(coding),
    });
    (decoded, clock.0.get())
}

fn check(coding: &str, bytes: &[u8], is_cut: bool, expected: Result<(&[u8], bool), Cause>) {
    let decoded = decode_by(coding, bytes, is_cut, 1_000, FAR).0.map_err(|failure| failure.cause);
    let body = |(bytes, is_cut): (&[u8], bool)| Decoded::Body(Cow::Owned(Body { bytes: bytes.to_vec(), is_cut }));
    assert_eq!(decoded, expected.map(body), "{coding}");
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
    let raw = raw.finish().unwrap();
    check("deflate", &raw, false, Ok((TEXT, false)));
    check("gzip, gzip", &gzip(&packed), false, Ok((TEXT, false)));
    check("deflate, identity, gzip", &gzip(&raw), false, Ok((TEXT, false)));
    // With everything that a header may have: 5 bytes of extra, a name, a comment, a checksum.
    let header = [&[0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 5, 0][..], b"extra", b"name\0", b"why\0", &[0, 0]];
    check("gzip", &[&header.concat(), &raw[..]].concat(), false, Ok((TEXT, false)));
}

/// Chromium 156 and Firefox 153 show all of these.
#[test]
fn what_browsers_forgive_is_forgiven() {
    let packed = gzip(TEXT);
    let mut falsely = packed.clone();
    let at = falsely.len() - 6;
    falsely[at] ^= 0xff;
    check("gzip", &falsely, false, Ok((TEXT, false)));
    check("gzip", &packed[..packed.len() - 4], false, Ok((TEXT, false)));
    check("gzip", &[&packed[..], b"and more"].concat(), false, Ok((TEXT, false)));
    check("gzip", &[&packed[..], &gzip(b"second")].concat(), false, Ok((TEXT, false)));
    check("gzip", &packed[..5], false, Ok((b"", false)));
    for unknown in ["foo", "compress", "aes128gcm", "foo, gzip"] {
        check(unknown, TEXT, false, Ok((TEXT, false)));
    }
}

#[test]
fn what_browsers_cannot_unpack_is_the_targets_fault() {
    for coding in ["gzip", "deflate", "gzip, gzip"] {
        check(coding, TEXT, false, Err(Cause::HttpCoding));
    }
    // RFC 1951 section 3.2.3: a block of the reserved type.
    check("gzip", &[&gzip(TEXT)[..10], &[7; 40]].concat(), false, Err(Cause::HttpCoding));
    check("gzip, gzip", &gzip(TEXT), false, Err(Cause::HttpCoding));
}

#[cfg(feature = "native")]
#[test]
fn brotli_and_zstandard_where_there_is_room() {
    // Made by the reference encoders, of TEXT.
    let brotli = [
        0x1b, 0x24, 0x0, 0xf8, 0x8d, 0xd4, 0x4e, 0xf9, 0xc3, 0x50, 0xd4, 0x61, 0x65, 0x69, 0x77, 0x9a, 0xd, 0x84, 0x65,
        0x6e, 0x10, 0x15, 0xd, 0x2c, 0xa8, 0xb7, 0x2c,
    ];
    let zstd = [
        0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68, 0x9d, 0x00, 0x00, 0x68, 0x61, 0x6c, 0x6c, 0x20, 0x69, 0x73, 0x20, 0x77,
        0x65, 0x6c, 0x6c, 0x2c, 0x20, 0x01, 0x00, 0x00, 0xce, 0x2f,
    ];
    for (coding, packed) in [("br", &brotli[..]), ("zstd", &zstd[..])] {
        check(coding, packed, false, Ok((TEXT, false)));
        check(coding, &[packed, b"and more"].concat(), false, Ok((TEXT, false)));
        check(&format!("{coding}, gzip"), &gzip(packed), false, Ok((TEXT, false)));
        check(coding, &TEXT[..20], false, Err(Cause::HttpCoding));
        check(coding, b"", false, Ok((b"", false)));
        // What there is without its end is shown.
        assert!(matches!(decode_by(coding, &packed[..packed.len() - 1], false, 1_000, FAR).0, Ok(Decoded::Body(_))));
    }
    // A window of 16 MiB (RFC 8878 section 3.1.1.1.2), which browsers refuse.
    check("zstd", &[0x28, 0xb5, 0x2f, 0xfd, 0, 0x70, 1, 0, 0], false, Err(Cause::HttpCoding));
}

#[test]
fn a_chain_that_nobody_means_is_not_read() {
    let (decoded, _) = decode_by(&["gzip"; 7].join(","), TEXT, false, 1_000, FAR);
    assert!(matches!(decoded, Ok(Decoded::Unread(coding)) if coding.starts_with("the content coding `gzip, gzip")));
    let chain = (0..6).fold(TEXT.to_vec(), |text, _| gzip(&text));
    check(&["gzip"; 6].join(","), &chain, false, Ok((TEXT, false)));
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let packed = gzip(&vec![0; 100_000]);
    check("gzip", &packed, false, Ok((&[0; 1_000], true)));
    // Every layer is one.
    let nested = gzip(&gzip(&vec![0; 1_000_000_usize]));
    let (decoded, _) = decode_by("gzip, gzip", &nested, false, 2_000, FAR);
    assert!(matches!(decoded, Ok(Decoded::Body(body)) if body.bytes.len() == 2_000 && body.is_cut));
}

/// Blocks that are all header and no text: as much input as there may be, and nothing comes of it.
#[test]
fn the_thread_is_given_back_while_unpacking_and_the_deadline_ends_it() {
    let nothing = [0, 0, 0, 0xff, 0xff].repeat(200_000);
    let packed = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &nothing].concat();
    let (decoded, n_pauses) = decode_by("gzip", &packed, false, 1_000, FAR);
    assert_eq!(decoded, Ok(Decoded::Body(Cow::Owned(Body::default()))));
    let expected = packed.len() * WORDS_A_BYTE / PIECE_WORDS;
    assert!((expected..expected + 3).contains(&(n_pauses as usize)), "{n_pauses} of {expected}");
    let (cut, n_pauses) = decode_by("gzip", &packed, false, 1_000, 5.0);
    assert_eq!((cut.unwrap_err().cause, n_pauses), (Cause::MeasurementCut, 5));
}
